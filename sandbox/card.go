package sandbox

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A card is what is kept ready of a person, so that a look-up costs little in
// the load tests that measure the program before it. It lasts until the person
// is updated.
type card struct {
	name    string // normalised
	birth   string // yyyyMMdd or yyyy
	key     string // the pseudonym
	citizen answer
	parents answer
}

// replies are the answers that are the same for everybody.
type replies struct {
	nobody  answer       // an empty collection
	unknown answer       // TonTai false
	known   [2][2]answer // TonTai true, by whether the name and the date of birth agree
}

func (s *Server) newReplies() replies {
	r := replies{
		nobody:  s.told(block(collectionName)),
		unknown: s.told(block("KetQuaXacThuc", word("TonTai", "false"))),
	}
	truth := [2]string{"false", "true"}
	for name := range truth {
		for birth := range truth {
			r.known[name][birth] = s.told(block("KetQuaXacThuc", word("TonTai", "true"),
				word("HoVaTen", truth[name]), word("NgayThangNamSinh", truth[birth])))
		}
	}
	return r
}

// card returns the card of who has the number, nil if nobody has.
func (s *Server) card(number string) *card {
	p := s.people
	p.mu.RLock()
	id := p.idOf(number)
	c := p.cards[id]
	_, known := p.by[id]
	p.mu.RUnlock()
	if c != nil || !known {
		return c
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if c = p.cards[id]; c == nil { // nobody was faster
		c = s.newCard(p.by[id])
		p.cards[id] = c
	}
	return c
}

func (s *Server) newCard(p Person) *card {
	citizen, parents := p.live(), p.liveParents()
	if s.o.AnswerForm == QCVN109Form {
		citizen, parents = p.standard(), p.standardParents()
	}
	return &card{
		name: nameKey(fullName(p.Ho, p.ChuDem, p.Ten)), birth: strings.ReplaceAll(p.NgaySinh, "-", ""), key: s.ledger.pseudonym(p.id()),
		citizen: s.told(block(collectionName, citizen)), parents: s.told(block(collectionName, parents)),
	}
}

// told packs an answer in the namespace of QCVN 109.
func (s *Server) told(n node) answer {
	if s.o.Shape == AsJSON {
		return inJSON(http.StatusOK, map[string]any{n.name: n.converted()})
	}
	return s.pack(http.StatusOK, n.appendXML(make([]byte, 0, 3<<10), congdanNamespace), nil)
}

// nameKey is the form in which names are compared, which is the one that most
// clients send: without diacritics, nothing but letters and digits, capitals.
func nameKey(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		s = norm.NFD.String(s)
	}
	key := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r == 'đ' || r == 'Đ':
			key = append(key, 'D')
		case unicode.IsLetter(r) || unicode.IsDigit(r): // a mark that was split off is neither
			key = utf8.AppendRune(key, unicode.ToUpper(r))
		}
	}
	return string(key)
}
