// Package scaffold drafts the mapping of a service from what its developer has
// at hand: a WSDL 1.1, an XML Schema, or one message as it was sent.
//
// A Draft is a mapping.yaml with a rule for every element that was found, and a
// first case that holds. It loads and lints as it is; its comments say what its
// author has to decide. Drafting is pure: it reads the file system that it is
// given and nothing else, fetches nothing, and makes the same draft of the same
// files every time. Its time and memory are bounded, whatever the files hold.
package scaffold

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Limits of what is read and of what is written. Those of mappings are what a
// mapping may hold (docs/mapping-language.md).
const (
	maxFiles    = 64       // that are imported
	maxFile     = 8 << 20  // bytes of one of them
	maxBytes    = 32 << 20 // bytes of all of them, as UTF-8
	maxMessages = 1000     // operations, or elements that may be a message
	maxVisits   = 100_000  // parts of schemas that one message is made of, each counted as often as it is used
	maxChain    = 64       // types, groups and locations that lead from one to the next
	maxSample   = 20_000   // elements of a sample
	maxWritten  = 4 << 20  // bytes of a sample

	maxRules    = 2000
	maxLevels   = 16
	maxText     = 256 << 10 // bytes of a mapping.yaml
	maxCodes    = 1000
	maxAllCodes = 20_000
	maxPattern  = 2000 // instructions of a compiled pattern
	maxPatterns = 50_000
	maxDigits   = 18 // of a whole number
	maxList     = 16 // entries of one list of lengths or paths
	maxLength   = 100_000
)

// Kind is what a file turned out to be.
type Kind uint8

// The kinds of files.
const (
	WSDL   Kind = iota // a WSDL 1.1 document
	Schema             // an XML Schema
	Sample             // a message, in a SOAP envelope or bare
)

// Origin is what mappings are drafted from: one file, with all that it imports.
type Origin struct {
	kind     Kind
	file     string
	messages []Message
	others   []Message   // elements of a Schema to which others refer
	sample   *sampleFile // of a Sample
	schemas  *schemas    // of a WSDL or a Schema
}

// Message is one message that a mapping can be drafted for.
type Message struct {
	Name string // of the operation, the root element of a schema, or of the sample's body
	Doc  string // what the file says about it, "" if nothing

	operation *operation // of a WSDL
	element   node       // of a Schema
}

// Options say how a draft is made.
type Options struct {
	Service    string // the service's name; "" = made from the message's
	XML        bool   // the upstream is sent XML, not JSON
	KeepValues bool   // of a sample, whose texts are otherwise replaced by invented ones
}

// Draft is a mapping that was drafted.
type Draft struct {
	Service string
	Files   []File   // sorted by path
	Rules   int      // how many rules the mapping has
	Notes   []string // what its author should know, in English, a sentence or more each
}

// File is one file of a draft.
type File struct {
	Path string // below the service's folder: "mapping.yaml", "cases/dau-tien/in.xml"
	Text []byte
}

// Open reads a file of fsys, and the files that it imports: by relative paths,
// and from its own folder or one below. Nothing is fetched. What the file is, is
// told by its root element. charset is that of a sample whose XML declaration
// does not tell it; "" is what the file says, or UTF-8.
//
// The error is a mappings.Problems that names file, line and column where it
// has them, or the error of fsys.
func Open(fsys fs.FS, name, charset string) (*Origin, error) {
	fl := &files{fsys: fsys, docs: map[string]*document{}}
	doc, err := fl.open(name, charset)
	if err != nil {
		return nil, err
	}
	o := &Origin{file: name}
	root := doc.node()
	switch space := root.NamespaceURI(); {
	case space == wsdlSpace && root.Tag == "definitions":
		err = o.readWSDL(fl, root)
	case space == wsdl20Space && root.Tag == "description":
		err = root.refuse("this is a WSDL 2.0; want a WSDL 1.1, which most servers give at ?wsdl, an XML Schema or a sample message")
	case isSchemaSpace(space) && root.Tag == "schema":
		err = o.readSchema(fl, root)
	case strings.EqualFold(root.Tag, "html"):
		err = root.refuse("this is a web page, as a server shows to somebody who is not logged in; save the WSDL itself, which mostly ends in ?wsdl")
	default:
		err = o.readSample(doc)
	}
	if err != nil {
		return nil, err
	}
	return o, nil
}

// Kind returns what the file is.
func (o *Origin) Kind() Kind { return o.kind }

// Messages returns the messages that a mapping can be drafted for, in the order
// of the file; at least one.
func (o *Origin) Messages() []Message { return slices.Clone(o.messages) }

// Find returns the message of that name. Of a schema it may also be an element
// to which others refer, which Messages leaves out.
func (o *Origin) Find(name string) (Message, bool) {
	for _, m := range slices.Concat(o.messages, o.others) {
		if m.Name == name {
			return m, true
		}
	}
	return Message{}, false
}

// Draft drafts the mapping of one of the messages.
//
// The error is a mappings.Problems.
func (o *Origin) Draft(m Message, opt Options) (Draft, error) {
	service := opt.Service
	if service == "" {
		service = serviceName(m.Name)
	}
	if !isService(service) {
		return Draft{}, refusal(o.file, "service %.80q: want lower-case letters, digits, \".\" and \"-\", as in hotich.khai-sinh", service)
	}
	d := &drafting{origin: o, message: m, options: opt, service: service, docs: true, codes: maxAllCodes, rules: maxRules}
	// What is too large for a file says less: first without words, then without
	// codes, then in fewer rules.
	for {
		draft, err := d.draft()
		if err != nil || len(d.text) <= maxText {
			return draft, err
		}
		switch {
		case d.docs:
			d.docs = false
		case d.codes > 0:
			d.codes = 0
		case d.rules > 0:
			d.rules /= 2
		default:
			return Draft{}, refusal(o.file, "the mapping would have more than %d KB, whatever is left out", maxText>>10)
		}
	}
}

// fileName is a file as it is called in comments.
func (o *Origin) fileName() string { return path.Base(o.file) }

func (k Kind) String() string {
	switch k {
	case WSDL:
		return "WSDL"
	case Schema:
		return "XML Schema"
	case Sample:
		return "sample message"
	}
	return fmt.Sprint(uint8(k))
}
