package mappings

import (
	"slices"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Kind is what is done with the messages of a service.
type Kind uint8

// The kinds.
const (
	Message Kind = iota // kept until the upstream has it
	LookUp              // asked at once, and answered in the sender's words
	Notice              // kept here, as a notice of an error in shared data
)

var kindWords = [...]string{"message", "lookup", "notice"}

func (k Kind) String() string { return kindWords[k] }

// Mapping is the mapping of one service. It implements lgsp.Mapper, and
// lgsp.Replier if its kind has answers.
type Mapping struct {
	file       string
	service    string
	servicePos pos
	kind       Kind
	kindPos    pos
	title      string
	doc        string

	source struct {
		pos        pos
		namespace  string
		root       string
		action     string
		qualified  bool
		refuse     bool // unknown elements and attributes
		references bool // elements that only refer to another one are followed
		documents  []*document
		names      names
		namespaces []string // every namespace that a path uses, and "" and the root's
	}
	defaults struct {
		spaces spaces
		empty  emptiness
	}
	target struct {
		pos        pos
		route      string
		xml        bool
		root       string
		rootPos    pos
		namespaces map[string]string
		schemaFile string // of the output, beside the mapping; "" = none
		schemaPos  pos
		schema     *jsonschema.Schema
	}
	id, lane, subject        *rule // nil = none
	procedure, officer, unit *rule
	fields                   []*rule
	reply                    *reply // nil = none
	plugin                   string // that makes the documents; "" = the rules do
	pluginPos                pos

	rules  int
	tree   *scope // what the rules read of a message
	top    *rule  // the target's root: an object of fields
	paths  paths  // that the rules name
	schema []byte
	states sync.Pool // of *state
}

// Service returns the service's name, "hotich.khai-sinh".
func (m *Mapping) Service() string { return m.service }

// Kind returns what is done with the messages of the service.
func (m *Mapping) Kind() Kind { return m.kind }

// Title returns what people call the service, in Vietnamese.
func (m *Mapping) Title() string { return m.title }

// Namespace returns the namespace of the source's root element.
func (m *Mapping) Namespace() string { return m.source.namespace }

// Root returns the local name of the one child of the SOAP body.
func (m *Mapping) Root() string { return m.source.root }

// Action returns the SOAPAction that clients send.
func (m *Mapping) Action() string { return m.source.action }

// Schema returns one <xs:schema> element that describes the source message. It
// refers to nothing outside itself. It is meant for clients that generate code:
// it is more permissive than the rules, which alone decide.
func (m *Mapping) Schema() []byte { return slices.Clone(m.schema) }

// values returns the rules that make the parts of the document other than its body.
func (m *Mapping) values() []*rule {
	var rs []*rule
	for _, r := range []*rule{m.id, m.lane, m.subject, m.procedure, m.officer, m.unit} {
		if r != nil {
			rs = append(rs, r)
		}
	}
	return rs
}
