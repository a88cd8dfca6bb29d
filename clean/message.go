package clean

import (
	"strings"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

// namespace is that of the question and of the answer.
const namespace = "urn:lgsp:lam-sach:1"

// request returns the body of the envelope that asks about one person.
func request(q Question, r Row) []byte {
	b := make([]byte, 0, 320)
	b = append(b, `<KiemTra xmlns="`+namespace+`">`...)
	b = element(b, "MaDVC", q.Purpose)
	b = element(b, "MaCanBo", q.Officer)
	if r.ID != "" {
		b = element(b, "SoDinhDanh", r.ID)
	} else {
		b = element(b, "SoCMND", r.CMND)
	}
	b = element(b, "HoVaTen", r.Name)
	b = element(b, "NgaySinh", r.Born)
	return append(b, `</KiemTra>`...)
}

func element(b []byte, name, text string) []byte {
	b = append(append(append(b, '<'), name...), '>')
	b = strictxml.EscapeText(b, text)
	return append(append(append(b, '<', '/'), name...), '>')
}

// The elements of an answer.
const (
	tagExists = "TonTai"
	tagName   = "HoVaTen"
	tagBorn   = "NgayThangNamSinh"
)

// Compared returns the fields of a verification that an approval for lists has
// to cover. A field that is kept from the answer cannot be told from one that
// the platform said nothing of.
func Compared() []string { return []string{tagExists, tagName, tagBorn} }

// answerLimits bounds an answer, which is four short elements.
func answerLimits() strictxml.Limits {
	return strictxml.Limits{Bytes: 64 << 10, Depth: 4, Elements: 16, Attributes: 16}
}

// verdictOf reads an answer. What is not exactly an answer is no verdict about
// anybody: ok is false then. So it is when only one of the two compared fields is
// told and right, because nobody has said that the other is.
func verdictOf(answer []byte) (v Verdict, wrong []Field, ok bool) {
	doc, err := strictxml.Parse(answer, answerLimits())
	if err != nil {
		return "", nil, false
	}
	root := doc.Root()
	if root == nil || root.Tag != "KetQua" || root.NamespaceURI() != namespace {
		return "", nil, false
	}
	said, ok := answersOf(root)
	if !ok {
		return "", nil, false
	}
	exists, told := said[tagExists]
	if !told {
		return "", nil, false
	}
	if !exists {
		return Absent, nil, true
	}
	for _, f := range [...]struct {
		tag   string
		field Field
	}{{tagName, FieldName}, {tagBorn, FieldBorn}} {
		if right, told := said[f.tag]; told && !right {
			wrong = append(wrong, f.field)
		}
	}
	if wrong != nil {
		return Differs, wrong, true
	}
	_, name := said[tagName]
	_, born := said[tagBorn]
	// Who says neither compares the whole: there is a person with all of these data.
	return Match, nil, name == born
}

func answersOf(root *etree.Element) (map[string]bool, bool) {
	said := map[string]bool{}
	for _, e := range root.ChildElements() {
		switch e.Tag {
		case tagExists, tagName, tagBorn:
		default:
			return nil, false
		}
		if _, twice := said[e.Tag]; twice || e.NamespaceURI() != namespace || len(e.ChildElements()) > 0 {
			return nil, false
		}
		switch strings.TrimSpace(e.Text()) {
		case "true":
			said[e.Tag] = true
		case "false":
			said[e.Tag] = false
		default:
			return nil, false
		}
	}
	return said, true
}
