package citizen

import (
	"strings"

	"github.com/beevik/etree"

	lgsp "lgsp.internal/adapter"
)

// check is what a verification says of one field. No text of an answer is kept,
// so none can be written: some services repeat what they were sent.
type check uint8

const (
	unsaid check = iota
	yes
	no
)

// checks holds what is said of each field that can be compared.
type checks [checkSlots]check

// checkSlots is the number of fields of a verification.
const checkSlots = 21

func (cs *checks) read(x *etree.Element) *lgsp.Error {
	var seen set
	for _, child := range x.Child {
		c, ok := child.(*etree.Element)
		if !ok {
			continue
		}
		i := comparedIndex(c.Tag)
		if i < 0 {
			continue
		}
		if seen.has(i) {
			return unreadable("the element " + compared[i].Path + " is repeated")
		}
		seen.add(i)
		if cs[i], ok = checkOf(c); !ok {
			return unreadable("the element " + compared[i].Path + " is neither true nor false")
		}
	}
	if cs[exists] == unsaid {
		return unreadable("the element " + compared[exists].Path + " is missing or empty")
	}
	return nil
}

func comparedIndex(name string) int {
	for i := range compared {
		if compared[i].Path == name {
			return i
		}
	}
	return -1
}

// checkOf reads true or false. A field that is said in parts is wrong when one
// of them is. What is neither is not passed over, as it may mean that the field
// is wrong.
func checkOf(x *etree.Element) (c check, ok bool) {
	text := ""
	hasKids := false
	for _, child := range x.Child {
		switch kid := child.(type) {
		case *etree.CharData:
			text += strings.TrimSpace(kid.Data)
		case *etree.Element:
			hasKids = true
			part, ok := checkOf(kid)
			if !ok {
				return unsaid, false
			}
			c = max(c, part)
		}
	}
	switch {
	case text == "":
		return c, true
	case hasKids:
		return unsaid, false
	case text == "1" || strings.EqualFold(text, "true"):
		return yes, true
	case text == "0" || strings.EqualFold(text, "false"):
		return no, true
	}
	return unsaid, false
}
