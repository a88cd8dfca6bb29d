package mappings

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	broken "github.com/santhosh-tekuri/jsonschema/v6/kind"

	lgsp "lgsp.internal/adapter"
)

// schemaURL is what the schema of the output is called while it is compiled.
const schemaURL = "schema.json"

// noLoader refuses schemas that refer to others: what decides about messages
// stands beside the mapping, whole.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s: a schema refers to nothing outside itself", path.Base(url))
}

// loadOutputSchema compiles the JSON Schema that target.schema names.
func (m *Mapping) loadOutputSchema(fsys fs.FS) (Problems, error) {
	t := &m.target
	if t.schemaFile == "" {
		return nil, nil
	}
	file := path.Join(m.service, t.schemaFile)
	text, err := readBounded(fsys, file, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Problems{{m.file, t.schemaPos.line, t.schemaPos.col, fmt.Sprintf("schema: there is no file %s beside the mapping", t.schemaFile)}}, nil
	}
	if err != nil && !errors.Is(err, errTooLarge) {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	if err == nil {
		t.schema, err = m.compileSchema(text)
	}
	if err != nil {
		return Problems{{File: file, Text: strings.Join(strings.Fields(err.Error()), " ")}}, nil
	}
	return nil, nil
}

// compileSchema makes the schema that checks what the rules write.
func (m *Mapping) compileSchema(text []byte) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if n := countSubschemas(doc); n > maxSubschemas {
		return nil, fmt.Errorf("%d schemas; want at most %d", n, maxSubschemas)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	c.AssertFormat()
	c.AssertContent()
	c.UseRegexpEngine(boundedPattern)
	if err := c.AddResource(schemaURL, doc); err != nil {
		return nil, err
	}
	s, err := c.Compile(schemaURL)
	if err != nil {
		return nil, err
	}
	return s, m.boundSchema(s)
}

// boundedPattern compiles a pattern of a schema as large as those of rules may be.
func boundedPattern(s string) (jsonschema.Regexp, error) {
	tree, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	if len(prog.Inst) > maxPattern {
		return nil, errors.New("the pattern is too large")
	}
	return regexp.Compile(s)
}

// checkOutput reports what the document's schema finds wrong, by the places in
// the message that it was made of.
func (st *state) checkOutput() {
	t := &st.m.target
	if t.schema == nil {
		return
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(st.out))
	if err != nil {
		st.fail(lgsp.FieldError{Path: st.path(0, st.m.tree.root), Code: codeSchema, Text: textSchema, Want: "JSON"})
		return
	}
	var wrong *jsonschema.ValidationError
	if err := t.schema.Validate(v); errors.As(err, &wrong) {
		st.wrongOutput(wrong, nil)
		// The library goes through members in any order; a mapping is pure.
		slices.SortFunc(st.errs, func(a, b lgsp.FieldError) int {
			return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Want, b.Want))
		})
	}
}

// wrongOutput reports what e found in the document, or in the JSON text that
// stands at the place within.
func (st *state) wrongOutput(e *jsonschema.ValidationError, within []string) {
	at := slices.Concat(within, e.InstanceLocation)
	if _, ok := e.ErrorKind.(*broken.ContentSchema); ok {
		// The library says where in the text its causes are, but where the text
		// is it has forgotten by now: it shares the place with what came later.
		if within = st.m.jsonText(); within == nil {
			st.fail(lgsp.FieldError{Path: st.path(0, st.m.tree.root), Code: codeSchema, Text: textSchema, Want: demandOf(e.ErrorKind)})
			return
		}
	}
	for _, cause := range e.Causes {
		st.wrongOutput(cause, within)
	}
	if len(e.Causes) > 0 {
		return
	}
	if k, ok := e.ErrorKind.(*broken.Required); ok {
		for _, name := range k.Missing {
			st.fail(lgsp.FieldError{Path: st.madeOf(append(slices.Clone(at), name)), Code: codeSchema, Text: textSchema, Want: "required " + name})
		}
		return
	}
	st.fail(lgsp.FieldError{Path: st.madeOf(at), Code: codeSchema, Text: textSchema, Want: demandOf(e.ErrorKind)})
}

// jsonText is the place of the one rule that makes JSON text, nil if there is
// none or more than one.
func (m *Mapping) jsonText() []string {
	var places [][]string
	var look func(rs []*rule, around []string)
	look = func(rs []*rule, around []string) {
		for _, r := range rs {
			here := append(slices.Clone(around), r.to)
			if r.encoded {
				places = append(places, here)
			}
			look(r.fields, here)
		}
	}
	look(m.fields, nil)
	if len(places) != 1 {
		return nil
	}
	return places[0]
}

// madeOf names what a place of the document was made of: the path that its rule
// reads, without numbers of elements, or the whole message.
func (st *state) madeOf(location []string) string {
	names := make([]string, 0, len(location))
	for _, l := range location {
		if l == "" || l[0] < '0' || l[0] > '9' { // a number is an index
			names = append(names, l)
		}
	}
	if r := st.m.ruleAt(names); r != nil {
		if reads := r.sources(); len(reads) > 0 {
			return reads[0]
		}
	}
	return st.path(0, st.m.tree.root)
}

// demandOf says what a schema wants. What was found is in the kind too, and is
// left there.
func demandOf(k jsonschema.ErrorKind) string {
	keyword := "JSON Schema"
	if words := k.KeywordPath(); len(words) > 0 {
		keyword = words[len(words)-1]
	}
	switch k := k.(type) {
	case *broken.Type:
		return keyword + " " + strings.Join(k.Want, " | ")
	case *broken.Pattern:
		return keyword + " " + k.Want
	case *broken.MaxLength:
		return fmt.Sprint(keyword, " ", k.Want)
	case *broken.MinLength:
		return fmt.Sprint(keyword, " ", k.Want)
	case *broken.MinItems:
		return fmt.Sprint(keyword, " ", k.Want)
	case *broken.MaxItems:
		return fmt.Sprint(keyword, " ", k.Want)
	case *broken.Minimum:
		return keyword + " " + k.Want.RatString()
	case *broken.Maximum:
		return keyword + " " + k.Want.RatString()
	case *broken.Format:
		return keyword + " " + k.Want
	case *broken.Enum:
		if want, err := json.Marshal(k.Want); err == nil && len(want) < 200 {
			return keyword + " " + string(want)
		}
	}
	return keyword
}
