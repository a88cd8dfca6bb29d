package sandbox

// A nodeKind is a kind of JSON value.
type nodeKind uint8

const (
	nullNode nodeKind = iota
	textNode
	numberNode
	boolNode
	objectNode
	listNode
)

// A node is one value of a JSON text. Unlike a map it keeps what was written:
// the order of members and members that are there twice.
type node struct {
	name string // as a member of an object
	kind nodeKind
	text string // of a text, a number (as written) or a bool
	kids []node
}

// index returns where the first member of that name is, -1 if there is none.
func (n node) index(name string) int {
	for i := range n.kids {
		if n.kids[i].name == name {
			return i
		}
	}
	return -1
}

// get returns the text of a member, "" if there is none.
func (n node) get(name string) string {
	if i := n.index(name); i >= 0 {
		return n.kids[i].text
	}
	return ""
}

// empty reports whether the value says nothing: null, "", {} or [].
func (n node) empty() bool { return n.text == "" && len(n.kids) == 0 }
