package conform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/beevik/etree"
	"golang.org/x/text/unicode/norm"

	lgsp "lgsp.internal/adapter"
)

// variant is a message that a case was changed into.
type variant struct {
	what     string // was done to it, in words
	envelope lgsp.Envelope
	marks    []string // values that were put into it, and nobody may repeat
}

// mostLeaves is how many elements of a case are changed, one at a time.
const mostLeaves = 40

// Values that no message has by chance.
const (
	markWords  = "Zqxjk Vwbộp Pfghắc"
	markDigits = "970197019701"
)

// change is what can be done to one element without children.
type change struct {
	what string
	do   func(e *etree.Element)
	mark string
}

func text(value string) func(e *etree.Element) { return func(e *etree.Element) { e.SetText(value) } }

// fieldChanges are what senders do to fields.
func fieldChanges() []change {
	all := []change{
		{what: "left out", do: func(e *etree.Element) { e.Parent().RemoveChild(e) }},
		{what: "empty", do: text("")},
		{what: "sent twice", do: func(e *etree.Element) { e.Parent().InsertChildAt(e.Index(), e.Copy()) }},
		{what: "with an element inside", do: func(e *etree.Element) { e.CreateElement("La").SetText(markWords) }, mark: markWords},
		{what: "of words", do: text(markWords), mark: markWords},
		{what: "of digits", do: text(markDigits), mark: markDigits},
		{what: "of 10,000 letters", do: text(strings.Repeat("Mẫu ", 2500))},
	}
	for _, value := range []string{"-1", "0", "99999999999999999999999", "1e400", "NaN", "31/02/2026", "0001-01-01T00:00:00", "\t\n", "null", "%s%n|;,<>&\"'\\{}[]--", "../../etc/passwd"} {
		all = append(all, change{what: strconv.Quote(value), do: text(value)})
	}
	return all
}

// letterChanges are letters that programs stumble over.
func letterChanges() []change {
	var all []change
	for what, value := range map[string]string{
		"in pieces":                norm.NFD.String("Nguyễn Thị Mẫu"),
		"beyond the basic plane":   "𠀀 Mẫu 😀 𝔗𝔥ử",
		"in capitals":              "ĐẶNG THỊ MẪU ỮỰỶỸ",
		"from right to left":       "\u202eمثال Mẫu\u202c \u200f",
		"that nobody sees":         "\u200bMẫu\u00ad\u2060\u00a0\ufeff",
		"that are one of two":      "K Å ﬁ Mẫu \u0130\u0131",
		"of old Vietnamese fonts":  "NguyÔn ThÞ MÉu",
		"with many marks":          "a" + strings.Repeat("\u0301\u0323", 50),
		"that are no characters":   "\ufffd \ue000",
		"that look like another's": "Мẫu Ðặng",
	} {
		all = append(all, change{what: "of letters " + what, do: text(value)})
	}
	slices.SortFunc(all, func(a, b change) int { return strings.Compare(a.what, b.what) })
	return all
}

// variants changes every good case in every such way, one element at a time.
func (x *exam) variants(changes []change) (all []variant) {
	for _, c := range x.good {
		doc := etree.NewDocument()
		if err := doc.ReadFromBytes(c.Envelope.Body); err != nil {
			continue
		}
		n := len(leaves(payload(doc)))
		step := max(1, (n+mostLeaves-1)/mostLeaves)
		for i := 0; i < n; i += step {
			for _, ch := range changes {
				all = append(all, changed(c.Name, c.Envelope, doc, i, ch))
			}
		}
	}
	return all
}

func changed(name string, e lgsp.Envelope, doc *etree.Document, i int, ch change) variant {
	doc = doc.Copy()
	leaf := leaves(payload(doc))[i]
	v := variant{what: fmt.Sprintf("case %s, %s %s", name, leaf.GetPath(), ch.what), envelope: e}
	if ch.mark != "" {
		v.marks = []string{ch.mark}
	}
	ch.do(leaf)
	v.envelope.Body = written(doc)
	return v
}

// wholes changes whole messages: nothing in them, and everything the other way
// round.
func (x *exam) wholes() (all []variant) {
	for _, c := range x.good {
		for what, do := range map[string]func(root *etree.Element){
			"with nothing in it":        func(root *etree.Element) { root.Child = nil },
			"with text in it":           func(root *etree.Element) { root.Child = nil; root.SetText(markWords) },
			"with every element empty":  func(root *etree.Element) { emptied(root) },
			"backwards":                 func(root *etree.Element) { reversed(root) },
			"with an unknown element":   func(root *etree.Element) { root.CreateElement("KhongBiet").SetText(markWords) },
			"with comments and CDATA":   func(root *etree.Element) { root.CreateComment(" x "); root.CreateCData("]] >") },
			"with an unknown attribute": func(root *etree.Element) { root.CreateAttr("khongBiet", markWords) },
		} {
			doc := etree.NewDocument()
			if err := doc.ReadFromBytes(c.Envelope.Body); err != nil {
				continue
			}
			do(payload(doc))
			v := variant{what: "case " + c.Name + " " + what, envelope: c.Envelope, marks: []string{markWords}}
			v.envelope.Body = written(doc)
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b variant) int { return strings.Compare(a.what, b.what) })
	return all
}

// strangers gives every element of a message the same value, so that nothing of
// the case is left in it.
func (x *exam) strangers(changes []change) (all []variant) {
	for _, c := range x.good {
		for _, ch := range changes {
			doc := etree.NewDocument()
			if err := doc.ReadFromBytes(c.Envelope.Body); err != nil {
				continue
			}
			for _, leaf := range leaves(payload(doc)) {
				if leaf.Parent() != nil {
					ch.do(leaf)
				}
			}
			v := variant{what: fmt.Sprintf("case %s, every element %s", c.Name, ch.what), envelope: c.Envelope}
			if ch.mark != "" {
				v.marks = []string{ch.mark}
			}
			v.envelope.Body = written(doc)
			all = append(all, v)
		}
	}
	return all
}

// payload is the message's own element: the child of the SOAP body, or the root.
func payload(doc *etree.Document) *etree.Element {
	root := doc.Root()
	if root.Tag != "Envelope" {
		return root
	}
	for _, part := range root.ChildElements() {
		if children := part.ChildElements(); part.Tag == "Body" && len(children) > 0 {
			return children[0]
		}
	}
	return root
}

// leaves are the elements without children below an element.
func leaves(e *etree.Element) (all []*etree.Element) {
	for _, child := range e.ChildElements() {
		if below := leaves(child); len(below) > 0 {
			all = append(all, below...)
		} else {
			all = append(all, child)
		}
	}
	return all
}

func emptied(e *etree.Element) {
	for _, leaf := range leaves(e) {
		leaf.SetText("")
	}
}

func reversed(e *etree.Element) {
	children := e.ChildElements()
	e.Child = nil
	for _, child := range slices.Backward(children) {
		e.AddChild(child)
	}
}

func written(doc *etree.Document) []byte {
	// The error is that of a writer, and a buffer has none.
	b, _ := doc.WriteToBytes()
	return b
}
