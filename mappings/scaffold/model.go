package scaffold

import (
	"fmt"
	"strconv"
	"strings"
)

// message is what a mapping is drafted for: its root element, with all that it
// holds.
type message struct {
	root   *element
	title  string
	action string
	acts   bool // the action is known, though it may be ""
	origin string
	soap12 bool
	typed  bool // a sample says the type of everything, as RPC/encoded does
	left   leftOut
}

// element is an element of a message.
type element struct {
	name   name
	up     *element // nil for the root
	doc    string
	many   bool   // it may be there several times
	must   bool   // a message without it is not valid
	null   bool   // it may be empty whatever its type is (xsi:nil)
	text   *value // what text it holds; nil = none
	attrs  []*attribute
	kids   []*element
	notes  []string // for the author, a sentence or more each
	gone   string   // why it is left out, "" if a rule reads it
	more   int      // children beyond those in kids, for which there is no room
	thin   bool     // no rule reads anything inside
	broken bool     // an attribute that it must have is left out

	// For a sample that is made of a schema.
	def      definition
	particle *particle
	typeName name // "" when the sample need not say its type
	array    *definition
}

// attribute is an attribute of an element of a message.
type attribute struct {
	name  name
	doc   string
	must  bool
	text  *value
	other bool // a sample does not have it
}

// value is what a text must be: how a rule says it, and what a schema said.
type value struct {
	check  check
	simple *simple // nil when it was told from a sample
	fixed  string
}

// check is what a rule says about its value.
type check struct {
	kind     string // "digits", "int", "bool", "base64"; "" = text, a date or codes
	spaces   string
	lengths  []int
	min, max string
	pattern  string
	in, out  []string // layouts of a date
	codes    []code
	notes    []string
}

// isObject reports whether rules read something inside e.
func (e *element) isObject() bool { return !e.thin && (len(e.kids) > 0 || len(e.attrs) > 0) }

// simple reports whether e holds a text, and attributes at most.
func (e *element) simple() bool { return e.text != nil && e.text.simple != nil && len(e.kids) == 0 }

// needed reports whether e must be there and hold something: what is empty
// counts as absent when a message is mapped.
func (e *element) needed() bool {
	if !e.must || e.null {
		return false
	}
	if !e.isObject() {
		return e.text != nil && !e.text.maybeEmpty()
	}
	if e.simple() && !e.text.maybeEmpty() {
		return true
	}
	for _, a := range e.attrs {
		if a.must && !a.text.maybeEmpty() {
			return true
		}
	}
	for _, k := range e.kids {
		if k.gone == "" && k.needed() {
			return true
		}
	}
	return false
}

// maybeEmpty reports whether only an empty text is sure to be right.
func (v *value) maybeEmpty() bool { return v.simple != nil && v.simple.maxLength == 0 }

// rules returns how many rules read e and what is inside.
func (e *element) rules() int {
	n := 0
	if e.up != nil {
		n = 1
	}
	if e.gone != "" {
		return 0
	}
	if !e.isObject() {
		return max(n, 1)
	}
	n += len(e.attrs)
	if e.text != nil {
		n++
	}
	for _, k := range e.kids {
		n += k.rules()
	}
	return n
}

// leftOut is what no rule reads because there is too much of it.
type leftOut struct {
	some []string // the first ones
	all  int
}

// Why elements are left out.
var (
	tooMany = "a mapping has at most " + strconv.Itoa(maxRules) + " rules"
	tooDeep = "a mapping has at most " + strconv.Itoa(maxLevels) + " levels"
)

// add notes that n elements are left out, which are at path or inside.
func (l *leftOut) add(path, why string, n int) {
	const shown = 10
	if l.all += n; len(l.some) < shown {
		l.some = append(l.some, oneLine(path)+" ("+why+")")
	}
}

// note tells what is left out, "" if nothing is.
func (l leftOut) note() string {
	if l.all == 0 {
		return ""
	}
	text := "Left out: " + strings.Join(l.some, ", ")
	if l.all > len(l.some) {
		text += fmt.Sprintf(", and more: %d elements in all", l.all)
	}
	return text + "."
}

// path returns where e is, from the root.
func (e *element) path() string {
	if e.up == nil {
		return "/" + e.name.local
	}
	return e.up.path() + "/" + e.name.local
}
