package mappings

import "regexp"

// pos is a place in mapping.yaml, from 1.
type pos struct{ line, col int }

// rule is one rule of a mapping: what was written, and what compiling it
// resolved. The rules of a mapping are a tree; every report walks it.
type rule struct {
	pos  pos
	keys map[string]pos // where each key of the rule was written
	to   string
	doc  string
	// misread: a key was reported, so what is missing may be what it meant.
	misread bool

	from, join  []sourcePath
	with        string
	count, each *sourcePath
	constant    *string
	compute     *expression
	fields      []*rule

	must  *expression // of a check, which writes nothing
	where *sourcePath // of a check: at; nil = where it stands

	cond        *expression // if; nil = always
	required    bool
	when        *demand // nil = required says it all
	only        *demand // nil = always
	differs     *sourcePath
	kind        kind
	lengths     []int
	min, max    int // of an int its bounds, of others the characters; 0 = no limit
	pattern     *regexp.Regexp
	patternText string
	classes     []byteSet // of the pattern, when it says one set of ASCII for each character
	date        *dateRule
	codes       *codeTable
	compare     comparison
	check       *idCheck // nil = none

	fallback *string // default
	empty    emptiness
	spaces   spaces
	part     namePart
	letters  letters
	encoded  bool
	charset  string // that the text was misread from; "" = it was not

	// Resolved by compile.
	shape  shape
	refs   []ref  // of from or join, in order; of a check the place that it points at
	other  *ref   // of differs
	base   *ref   // element that an object or a list stands on; nil = the one around it
	want   string // what FieldErrors say is expected; of a check it is written
	open   []byte // JSON: `"to":`; XML: the tag without its ">", or ` to="`
	close  []byte // XML: end tag
	attrs  int    // XML object: how many of fields are attributes, or checks before the last of them
	inJSON bool   // it is written inside JSON
	direct bool   // an encoded rule whose members are written escaped at once
	within bool   // it is written inside a direct rule
}

type shape uint8

const (
	leafShape shape = iota
	objectShape
	listShape
	mustShape // a check
)

type kind uint8

const (
	textKind kind = iota
	digitsKind
	intKind
	boolKind
	dateKind
	codeKind
	base64Kind
)

type emptiness uint8

const (
	emptyOmit emptiness = iota
	emptyNull
	emptyText
)

type spaces uint8

const (
	spacesTrim spaces = iota
	spacesKeep
	spacesCollapse
	spacesNone
)

type namePart uint8

const (
	wholeName namePart = iota
	familyName
	middleName
	givenName
)

type letters uint8

const (
	lettersKeep letters = iota
	lettersUpper
	lettersPlain
)

type comparison uint8

const (
	compareExact comparison = iota
	compareCase
	compareLoose
)

// has reports whether the key was written in the rule itself.
func (r *rule) has(key string) bool { _, ok := r.keys[key]; return ok }

// at returns where a key was written, or where the rule begins.
func (r *rule) at(key string) pos {
	if p, ok := r.keys[key]; ok {
		return p
	}
	return r.pos
}

// quoted reports whether the value is written as a JSON string.
func (r *rule) quoted() bool { return r.kind != intKind && r.kind != boolKind }
