package mappings

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"regexp/syntax"

	"github.com/santhosh-tekuri/jsonschema/v6"
	broken "github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// schemaURL is what the schema of the output is called while it is compiled: a
// place that no reference to a file leads to. Nobody sees it.
const schemaURL = "lgspd:///schema"

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
		return Problems{placed(file, text, err)}, nil
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
	if err := m.boundSchema(s); err != nil {
		return nil, err
	}
	for _, one := range reachable(s) {
		lookInside(one)
	}
	return s, nil
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

// The marks stand in the place of a finding before what is inside: of a text that
// is JSON, and of the name of a member.
const (
	textMark = "\x00text"
	nameMark = "\x00name"
)

// lookInside has the texts and the names that s looks at checked by extensions.
// The library forgets where in the document those are.
func lookInside(s *jsonschema.Schema) {
	if s.ContentSchema != nil {
		s.Extensions = append(s.Extensions, textCheck{s.ContentSchema, s.ContentEncoding, s.ContentMediaType})
		s.ContentSchema = nil
	}
	if s.PropertyNames != nil {
		s.Extensions = append(s.Extensions, nameCheck{s.PropertyNames})
		s.PropertyNames = nil
	}
}

// textCheck checks the value that a text holds as JSON. What is no such text the
// library reports.
type textCheck struct {
	schema   *jsonschema.Schema
	encoding *jsonschema.Decoder // nil = none
	media    *jsonschema.MediaType
}

func (c textCheck) Validate(ctx *jsonschema.ValidatorContext, v any) {
	s, ok := v.(string)
	if !ok {
		return
	}
	raw, err := []byte(s), error(nil)
	if c.encoding != nil {
		raw, err = c.encoding.Decode(s)
	}
	if err != nil {
		return
	}
	if v, err = c.media.UnmarshalJSON(raw); err != nil {
		return
	}
	ctx.AddErr(ctx.Validate(c.schema, v, []string{textMark}))
}

// nameCheck checks the names of members.
type nameCheck struct{ schema *jsonschema.Schema }

func (c nameCheck) Validate(ctx *jsonschema.ValidatorContext, v any) {
	members, _ := v.(map[string]any)
	for name := range members {
		var wrong *jsonschema.ValidationError
		if errors.As(ctx.Validate(c.schema, name, []string{nameMark}), &wrong) {
			ctx.AddErrors([]*jsonschema.ValidationError{wrong}, &broken.PropertyNames{Property: name})
		}
	}
}
