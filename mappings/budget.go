package mappings

import (
	"unicode/utf8"

	"github.com/beevik/etree"
)

// Limits of one message in bytes. One text of it may be written many times:
// references lead to it, or every element of a list reads it by a path from the
// root. What a message is allowed follows from its own size, so that many small
// ones at a time cannot take more memory than a few large ones, and never
// exceeds what a plugin may make (maxDocument). Real documents are about as
// large as the message that they are made of.
const (
	freeBytes = 8 << 20   // every message's, for lists of many members that are mostly empty
	timesBody = 8         // besides, for each byte of the message
	maxRead   = 256 << 20 // bytes of text that rules may read, each as often as it is read
	stepCost  = 256       // an element of a list that is looked at, in bytes of text
	runCost   = 64        // an expression besides what it makes, in bytes of text
	tokenCost = 8         // a piece of an element that is looked at again, in bytes
	maxPiece  = 64 << 10  // written at once
)

// allow sets the limits of a message of n bytes.
func (st *state) allow(n int) { st.most = min(freeBytes+timesBody*n, maxDocument) }

// exceed ends the work on a message that costs more than it may: from now on no
// rule finds anything, and nothing is written.
func (st *state) exceed() {
	st.large, st.spent = true, maxRead+1
}

// exceeded reports whether bytes, not elements, were too many.
func (st *state) exceeded() bool { return st.spent > maxRead }

// room reports whether the document may still grow.
func (st *state) room() bool {
	if len(st.out) > st.most {
		st.exceed()
	}
	return !st.large
}

// spend counts work that costs as much as reading n bytes of text, and reports
// whether it may be done.
func (st *state) spend(n int) bool {
	if st.spent += n; st.spent > maxRead {
		st.exceed()
	}
	return !st.large
}

// weigh counts the bytes of an element that references may lead to many times,
// for its texts may have to be copied at each visit, and reports whether it may
// be looked at.
func (st *state) weigh(e *etree.Element) bool {
	st.weight += tokenCost * len(e.Child)
	for i := range e.Attr {
		st.weight += len(e.Attr[i].Value)
	}
	for _, child := range e.Child {
		if c, ok := child.(*etree.CharData); ok {
			st.weight += len(c.Data)
		}
	}
	if st.weight > st.most {
		st.exceed()
	}
	return !st.large
}

// cut returns the first piece of s that is written at once, and the rest. It
// cuts between letters.
func cut[T string | []byte](s T) (piece, rest T) {
	if len(s) <= maxPiece {
		return s, s[len(s):]
	}
	n := maxPiece
	for n > maxPiece-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n], s[n:]
}
