package mappings

// Description is what a mapping says, as facts for documents about it. It holds
// nothing of any message.
//
// Places in the message are paths from its root in the sender's own names,
// "/KhaiSinh/Tre/NgaySinh", as reports of bad fields have them, but without the
// numbers of elements of lists; "[1]" is the first of a list. "$id" and
// "$sender" are what comes with a message.
type Description struct {
	File     string // mapping.yaml, inside the file system that it was loaded from
	Service  string // "" of a reply
	Title    string // Vietnamese; "" of a reply
	Doc      string // Vietnamese; "" = none
	Kind     Kind
	Source   DescribedSource
	Target   DescribedTarget
	Defaults DescribedDefaults
	Plugin   string            // that makes the documents; "" = the rules do
	Values   []*DescribedRule  // id, lane, subject, procedure, officer, unit, so far as the mapping has them
	Fields   []*DescribedRule  // in the order of the document
	Musts    []DescribedMust   // the checks among them
	Message  *DescribedElement // the root of the message, with all that rules read below it
	Reply    *Description      // the rules of the answer, which is their message; nil = none
}

// DescribedSource is what the department sends or, of a reply, what the upstream
// answers.
type DescribedSource struct {
	Namespace, Root string
	Action          string            // SOAPAction; "" of a reply
	Form            string            // of a reply: "live" or "qcvn109"
	Prefixes        map[string]string // prefix: namespace
	Qualified       bool              // elements below the root are in its namespace
	RefusesUnknown  bool              // what no rule reads is an error of the message
	References      bool              // elements that only refer to others stand for those
	Documents       []DescribedDocument
}

// DescribedDocument is an XML document that an element of the message holds.
type DescribedDocument struct {
	Path      string
	As        string // "text" or "base64"
	Namespace string // of its elements, where paths name none
}

// DescribedTarget is what the upstream gets or, of a reply, the department.
type DescribedTarget struct {
	Route      string // "" of a reply
	Form       string // "json" or "xml"
	Root       string // of XML, "v:CapNhat"
	Namespaces map[string]string
	Schema     string // file of the JSON Schema that documents are checked by; "" = none
}

// DescribedDefaults is what holds for every rule that does not say its own.
type DescribedDefaults struct {
	Spaces string // "trim", "keep", "collapse" or "none"
	Empty  string // "omit", "null" or `""`
}

// RuleShape is what a rule writes.
type RuleShape uint8

// The shapes.
const (
	OneValue RuleShape = iota
	Object
	List
)

// RuleOrigin is where the value of a rule comes from.
type RuleOrigin uint8

// The origins.
const (
	FromFields   RuleOrigin = iota // an object, or a list of objects, is what its fields are
	FromFirst                      // the first of Sources that is not empty
	FromJoined                     // all of Sources that are not empty, with With between them
	FromCount                      // how many elements there are at the one of Sources
	FromConstant                   // always Constant
	FromComputed                   // what Expression makes of Sources
)

// DescribedRule is one rule. The words of the language stand as mapping.yaml has
// them.
type DescribedRule struct {
	To        string // name of the member, element or attribute; of a value its key, "id"
	Doc       string // Vietnamese; "" = none
	Line, Col int    // in mapping.yaml, from 1

	Shape      RuleShape
	Origin     RuleOrigin
	Base       string // the element that an object, or each element of a list, stands on; "" = the one around
	Sources    []string
	With       string
	Constant   string
	Expression string

	If       string     // the rule counts as empty unless this expression is true; "" = always
	Only     *Condition // the value counts as empty unless this holds; nil = always
	Required bool       // always; see When
	When     *Condition // required when this holds; nil = Required says it all
	Differs  string     // whose text the value must not be; "" = none

	Type     string // "text", "digits", "int", "bool", "date", "code" or "base64"; "" of what has fields
	Lengths  []int  // characters; nil = any number
	Min, Max *int   // of an int its bounds, of others characters; nil = none
	Pattern  string // RE2; "" = none
	DatesIn  []string
	DatesOut []string
	DateSkip string // "partial", "full"; "" = none
	Codes    []DescribedCode
	Table    *DescribedTable // the codes stand in a file; nil = they do not
	Compare  string          // "exact", "case" or "loose"; "" without codes
	Check    *DescribedCheck // what is doubted and taken all the same; nil = nothing

	Default *string // nil = none
	Empty   string  // what is written for nothing: "omit", "null", `""`, or "[]" for a list; "" = it does not matter
	Spaces  string  // "" of what has no text
	Letters string  // "keep", "upper" or "plain"
	Name    string  // "family", "middle", "given"; "" = the whole name
	Charset string  // of an old font; "" = none
	Encoded bool    // written as JSON text

	Fields []*DescribedRule
	Musts  []DescribedMust // the checks among them
}

// DescribedMust is a check: what must hold between fields.
type DescribedMust struct {
	Line, Col  int    // in mapping.yaml, from 1
	Expression string // that must be true
	Want       string // what the sender is told to be expected, Vietnamese
	At         string // where the sender is told to look
	If         string // it is asked only where this expression is true; "" = always
	Doc        string // Vietnamese; "" = none
}

// DescribedTable is a file of codes, of which those of one day count.
type DescribedTable struct {
	File  string   // "codes/tinh-34.csv"
	On    string   // the day, "30/06/2025"; "" = Dates
	Dates []string // where the message names the day, the first that is filled; nil = the day on which it is received
}

// DescribedCheck is what a personal id is compared with.
type DescribedCheck struct {
	Born []string // where the date of birth stands, the first that is filled; nil = not compared
	Sex  string   // where the sex stands; "" = not compared
}

// DescribedCode is one entry of codes.
type DescribedCode struct{ Text, Code string }

// Condition is when something holds: when the text at Path is one of Is, or is
// not empty; with Unless, when it is empty; or when Expression is true.
type Condition struct {
	Path       string
	Unless     bool
	Is         []string // nil = any text
	Expression string   // "" = Path decides
}

// DescribedElement is an element or an attribute of the message that rules read
// or pass through.
type DescribedElement struct {
	Name      string // "HoTen", "k:GhiChu"; of an attribute with "@"
	Path      string
	Doc       string // Vietnamese; "" = none
	Attribute bool
	Many      bool   // it may be there several times
	Needed    bool   // must be there when the element around it is
	Document  string // it holds an XML document: "text", "base64"; "" = none
	Uses      []ElementUse
	Elements  []*DescribedElement // attributes first
}

// ElementUse is one rule that reads an element, and what for.
type ElementUse struct {
	Rule *DescribedRule // nil where it is for a check at the top
	For  UseKind
}

// UseKind is what a rule reads an element for.
type UseKind uint8

// The kinds of use.
const (
	UseValue     UseKind = iota // its text becomes the rule's value, or a part of it
	UseStanding                 // the rule's object or list stands on it
	UseCount                    // it is counted
	UseCondition                // it decides whether the rule writes, or demands, a value
	UseCompared                 // the rule's value must differ from it
	UseChecked                  // a check among the rule's fields reads it, or points at it
)
