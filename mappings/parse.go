package mappings

import (
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The keys of the language, by where they may stand.
const (
	topKeys      = "service title doc kind source defaults id lane subject purpose target fields plugin reply"
	sourceKeys   = "namespace root action prefixes qualified unknown references documents"
	defaultsKeys = "spaces empty"
	purposeKeys  = "procedure officer unit"
	targetKeys   = "route form root namespaces schema"
	valueKeys    = "doc from join with count const compute default required differs name spaces type length min max pattern date codes compare letters charset check"
	fieldKeys    = "to doc from join with count const compute each fields if required only differs type length min max pattern date codes compare default empty spaces name letters encode charset check"
	originKeys   = "from join const count compute each fields" // of a rule, of which it has one
	demandKeys   = "when is unless if"
	dateKeys     = "in out skip"
)

// parser reads one mapping.yaml into a Mapping.
type parser struct {
	reader
	m        *Mapping
	tables   *tables
	allCodes int // entries of all codes
	patterns int // instructions of all patterns
}

// parseMapping reads, checks and compiles one mapping. The Mapping is of use
// only when there are no problems.
func parseMapping(file string, text []byte, ts *tables) (*Mapping, Problems) {
	p := &parser{reader: reader{file: file}, m: &Mapping{file: file}, tables: ts}
	top, ok := p.document(text)
	if !ok {
		return nil, p.problems
	}
	p.top(top)
	p.finish()
	p.lintKind()
	return p.m, p.problems
}

// finish checks and compiles what was read.
func (p *parser) finish() {
	p.lint()
	c := &compiler{parser: p}
	c.compile()
}

func (p *parser) top(n *yaml.Node) {
	es := p.entries(n, "mapping", topKeys)
	p.require(n, es, "mapping", "service title source target")
	p.m.source.qualified = true
	// Paths need the prefixes, rules need the defaults: those come first.
	for _, e := range es {
		switch e.key {
		case "source":
			p.source(e, sourceKeys)
		case "defaults":
			p.defaults(e)
		case "target":
			p.target(e)
		case "plugin": // without which replies need rules
			p.plugin(e)
		}
	}
	for _, e := range es {
		p.topKey(e)
	}
	p.lintBody(n, es)
}

func (p *parser) topKey(e entry) {
	m := p.m
	switch e.key {
	case "service":
		m.service, m.servicePos = p.filled(e), posOf(e.value)
		if !isService(m.service) {
			p.report(m.servicePos, "service: want lower-case letters, digits, \".\" and \"-\", as in hotich.khai-sinh")
		}
	case "title":
		m.title = p.filled(e)
	case "doc":
		m.doc = p.filled(e)
	case "kind":
		m.kind, m.kindPos = Kind(p.choice(e, strings.Join(kindWords[:], " "))), e.at
	case "reply":
		p.reply(e)
	case "id":
		m.id = p.value(e)
	case "lane":
		m.lane = p.value(e)
	case "subject":
		m.subject = p.value(e)
	case "purpose":
		p.purpose(e)
	case "fields":
		m.fields = p.fields(e, 1)
	}
}

func (p *parser) purpose(e entry) {
	for _, e := range p.entries(e.value, "purpose", purposeKeys) {
		switch e.key {
		case "procedure":
			p.m.procedure = p.value(e)
		case "officer":
			p.m.officer = p.value(e)
		case "unit":
			p.m.unit = p.value(e)
		}
	}
}

func isService(s string) bool {
	for i, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && (i == 0 || r != '.' && r != '-') {
			return false
		}
	}
	return s != ""
}

// require reports the keys that are not there.
func (p *parser) require(n *yaml.Node, es []entry, what, keys string) {
	for _, k := range strings.Fields(keys) {
		if target(n).Kind == yaml.MappingNode && !slices.ContainsFunc(es, func(e entry) bool { return e.key == k }) {
			p.report(posOf(n), "%s: %s is missing", what, k)
		}
	}
}

func (p *parser) source(e entry, known string) {
	s := &p.m.source
	s.pos = e.at
	es := p.entries(e.value, "source", known)
	p.require(e.value, es, "source", "namespace root")
	s.names.prefixes = map[string]string{}
	hasAction := false
	for _, e := range es {
		switch e.key {
		case "namespace":
			s.namespace, _ = p.text(e) // what is no text is reported by it
		case "root":
			if s.root = p.filled(e); s.root != "" && !isName(s.root) {
				p.report(posOf(e.value), "root: %q is not a local name", s.root)
			}
		case "action":
			s.action, hasAction = p.text(e)
		case "prefixes":
			s.names.prefixes = p.namespaces(e)
		case "qualified":
			s.qualified = p.boolean(e)
		case "unknown":
			s.refuse = p.choice(e, unknownWords) == 1
		case "references":
			s.references = p.boolean(e)
		}
	}
	for _, e := range es { // which need the prefixes
		if e.key == "documents" {
			s.documents = p.documents(e)
		}
	}
	if s.qualified {
		s.names.elements = s.namespace
	}
	if !hasAction {
		s.action = strings.TrimSuffix(s.namespace, "/") + "/" + s.root
	}
}

// namespaces reads prefixes with their namespaces.
func (p *parser) namespaces(e entry) map[string]string {
	all := map[string]string{}
	for _, e := range p.entries(e.value, e.key, "") {
		if !isName(e.key) || strings.HasPrefix(strings.ToLower(e.key), "xml") {
			p.report(e.at, "prefix %q cannot be used; want a name that does not begin with xml", e.key)
			continue
		}
		all[e.key] = p.filled(e)
	}
	return all
}

func (p *parser) defaults(e entry) {
	for _, e := range p.entries(e.value, "defaults", defaultsKeys) {
		switch e.key {
		case "spaces":
			p.m.defaults.spaces = p.spaces(e)
		case "empty":
			p.m.defaults.empty = p.empty(e)
		}
	}
}

func (p *parser) spaces(e entry) spaces {
	return spaces(p.choice(e, spacesWords))
}

func (p *parser) empty(e entry) emptiness {
	v := e.value
	switch {
	case v.Kind == yaml.ScalarNode && v.Value == "omit":
		return emptyOmit
	case v.Kind == yaml.ScalarNode && v.Value == "null":
		return emptyNull
	case v.Kind == yaml.ScalarNode && v.Value == "" && !isNull(v):
		return emptyText
	}
	p.report(posOf(v), "%s: want omit, null or \"\"", e.key)
	return emptyOmit
}

func (p *parser) target(e entry) {
	t := &p.m.target
	t.pos = e.at
	es := p.entries(e.value, "target", targetKeys)
	p.require(e.value, es, "target", "route form")
	for _, e := range es {
		switch e.key {
		case "route":
			t.route = p.filled(e)
		case "form":
			t.xml = p.choice(e, formWords) == 1
		case "root":
			t.root, t.rootPos = p.filled(e), posOf(e.value)
		case "namespaces":
			t.namespaces = p.namespaces(e)
		case "schema":
			t.schemaFile, t.schemaPos = p.filled(e), posOf(e.value)
			if strings.ContainsAny(t.schemaFile, `/\`) || !fs.ValidPath(t.schemaFile) {
				p.report(t.schemaPos, "schema: want the name of a file beside mapping.yaml, as in schema.json")
				t.schemaFile = ""
			}
		}
	}
	if t.xml && t.schemaFile != "" {
		p.report(t.schemaPos, "schema: a JSON Schema is for form json only")
	}
	if !t.xml && (t.root != "" || t.namespaces != nil) {
		p.report(t.pos, "target: root and namespaces are for form xml only")
	}
}
