package sandbox

import (
	"cmp"
	"strings"
)

// The look-ups of the population database.
const (
	traCuu  = "TraCuuThongTinCongDan"   // what is known of a citizen
	xacThuc = "XacThucThongTinCongDan"  // whether what is known agrees with what is said
	xacMinh = "XacMinhThongTinNhanThan" // who the parents are
)

// A lookup is one of the services that tell and change nothing.
type lookup struct {
	operation string
	grammar   element
}

// newLookups returns the look-ups by path.
func newLookups() map[string]lookup {
	all := map[string]lookup{}
	for _, operation := range []string{traCuu, xacThuc, xacMinh} {
		all[dancuBase+operation] = lookup{operation, lookupGrammar(operation)}
	}
	return all
}

// A question is what a look-up asks.
type question struct {
	call
	number string // SoDinhDanh or SoCMND
	name   string // HoVaTen
	birth  string // yyyyMMdd or yyyy
}

// lookUp serves POST /dancu/1.0/ and the name of a look-up. A refusal is a SOAP
// Fault, because a result without a person would be taken for "nobody".
func (s *Server) lookUp(r request, l lookup) answer {
	if a, refused := s.turnAway(r); refused {
		return a
	}
	read := readLookup
	if s.o.Lax {
		read = skimLookup
	}
	q := read(r, l)
	if len(q.wrong) > 0 {
		r.count.refused.Add(1)
		s.ledger.refuse(dancuBase+l.operation, q.wrong)
		return s.faulted(cmp.Or(q.malformed, "Client"), q.wrong[0].code, q.wrong.sentence())
	}
	c := s.card(q.number)
	a, found := s.reply(l.operation, c, q)
	if found {
		r.count.found.Add(1)
	} else {
		r.count.notFound.Add(1)
	}
	key := ""
	if c != nil {
		key = c.key
	} else if q.number != "" {
		key = s.ledger.pseudonym(q.number)
	}
	if !s.journal.enter(Lookup{Code: q.code, Service: l.operation, Key: key, Found: found}) {
		r.count.duplicates.Add(1)
	}
	return a
}

// reply chooses the answer for somebody, nil = nobody has that number.
func (s *Server) reply(operation string, c *card, q question) (answer, bool) {
	named := c != nil && c.name == nameKey(q.name)
	born := c != nil && agree(c.birth, q.birth)
	switch {
	case operation == xacThuc && c == nil:
		return s.replies.unknown, false
	case operation == xacThuc:
		return s.replies.known[ordinal(named)][ordinal(born)], true
	case !named || !born:
		return s.replies.nobody, false
	case operation == xacMinh:
		return c.parents, true
	}
	return c.citizen, true
}

func ordinal(b bool) int {
	if b {
		return 1
	}
	return 0
}

// agree reports whether two dates of birth, each yyyyMMdd or yyyy, may be one
// person's: where one side knows no more than the year, the year decides.
func agree(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) == len(b) && a != "" && a == b || len(a) == 4 && len(b) == 8 && strings.HasPrefix(b, a)
}

// readLookup checks a whole request.
func readLookup(r request, l lookup) question {
	x, c := openCall(r.body, l.operation)
	q := question{call: c}
	if x == nil {
		return q
	}
	q.check(x, l.grammar, r.Header)
	id, old := childText(x, "SoDinhDanh"), childText(x, "SoCMND")
	switch {
	case id == "" && old == "":
		q.wrong.add("SoDinhDanh", codeMissing)
	case id != "" && old != "":
		q.wrong.add("SoCMND", codeConflict)
	}
	q.number = cmp.Or(id, old)
	q.name = childText(x, "HoVaTen")
	q.birth = cmp.Or(childText(x, "NgayThangNamSinh", "NgayThangNam"), childText(x, "NgayThangNamSinh", "Nam"))
	return q
}

// skimLookup reads of a request only what it asks.
func skimLookup(r request, _ lookup) question {
	q := question{call: skimCall(r.body), number: skim(r.body, "SoDinhDanh>"), name: skim(r.body, "HoVaTen>")}
	if q.number == "" {
		q.number = skim(r.body, "SoCMND>")
	}
	if q.birth = skim(r.body, "NgayThangNam>"); q.birth == "" {
		q.birth = skim(r.body, "Nam>")
	}
	return q
}
