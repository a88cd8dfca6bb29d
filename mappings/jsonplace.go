package mappings

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// placed says where in the text of a schema a problem is, and what it is without
// the names that the library has for the file.
func placed(file string, text []byte, err error) Problem {
	p := Problem{File: file, Text: strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), schemaURL, "")), " ")}
	at, known := placeOfSchema(text, err)
	if known {
		p.Line, p.Col = lineCol(text, at)
	}
	var invalid *jsonschema.SchemaValidationError
	var wrong *jsonschema.ValidationError
	if errors.As(err, &invalid) && errors.As(invalid.Err, &wrong) {
		p.Text = saidOf(wrong)
	}
	return p
}

// placeOfSchema returns where in the text an error is, as an offset.
func placeOfSchema(text []byte, err error) (at int, known bool) {
	var (
		syntax  *json.SyntaxError
		invalid *jsonschema.SchemaValidationError
		wrong   *jsonschema.ValidationError
		own     *schemaProblem
		pattern *jsonschema.InvalidRegexError
	)
	switch {
	case errors.As(err, &syntax):
		return max(int(syntax.Offset)-1, 0), true
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return len(text), true
	case errors.As(err, &invalid) && errors.As(invalid.Err, &wrong):
		return offsetOf(text, deepest(wrong)[0].InstanceLocation), true
	case errors.As(err, &own):
		return offsetOf(text, pointer(own.location)), true
	case errors.As(err, &pattern):
		return offsetOf(text, pointer(pattern.URL)), true
	}
	return referenceIn(text, err.Error())
}

// deepest returns what a schema finds furthest inside; more than one when it would
// take one of several.
func deepest(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		for _, one := range deepest(cause) {
			switch {
			case len(all) == 0 || len(one.InstanceLocation) > len(all[0].InstanceLocation):
				all = []*jsonschema.ValidationError{one}
			case slices.Equal(one.InstanceLocation, all[0].InstanceLocation):
				all = append(all, one)
			case len(one.InstanceLocation) == len(all[0].InstanceLocation) && slices.Compare(one.InstanceLocation, all[0].InstanceLocation) < 0:
				all = []*jsonschema.ValidationError{one}
			}
		}
	}
	return all
}

// saidOf says what the schema of schemas finds, and at which keyword.
func saidOf(e *jsonschema.ValidationError) string {
	all := deepest(e)
	printer := message.NewPrinter(language.English)
	var texts []string
	for _, one := range all {
		texts = append(texts, strings.Join(strings.Fields(one.ErrorKind.LocalizedString(printer)), " "))
	}
	slices.Sort(texts)
	return "not a JSON Schema: /" + strings.Join(all[0].InstanceLocation, "/") + ": " + strings.Join(slices.Compact(texts), "; ")
}

// pointer returns the steps of the JSON pointer behind the # of a URL.
func pointer(location string) []string {
	_, fragment, _ := strings.Cut(location, "#")
	if plain, err := url.PathUnescape(fragment); err == nil {
		fragment = plain
	}
	var steps []string
	for _, step := range strings.Split(fragment, "/")[1:] {
		steps = append(steps, strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~"))
	}
	return steps
}

// offsetOf returns where the value at a place of a JSON text begins, or the innermost
// one around it.
func offsetOf(text []byte, steps []string) int {
	dec := json.NewDecoder(bytes.NewReader(text))
	for {
		at := int(dec.InputOffset())
		at += len(text[at:]) - len(bytes.TrimLeft(text[at:], " \t\r\n,:"))
		if len(steps) == 0 {
			return at
		}
		open, err := dec.Token()
		if err != nil || open != json.Delim('{') && open != json.Delim('[') {
			return at
		}
		if !enter(dec, open == json.Delim('{'), steps[0]) {
			return at
		}
		steps = steps[1:]
	}
}

// enter goes on to the value of a member or an element.
func enter(dec *json.Decoder, object bool, step string) bool {
	for i := 0; dec.More(); i++ {
		name := strconv.Itoa(i)
		if object {
			key, err := dec.Token()
			if err != nil {
				return false
			}
			name, _ = key.(string)
		}
		if name == step {
			return true
		}
		var skipped json.RawMessage
		if dec.Decode(&skipped) != nil {
			return false
		}
	}
	return false
}

// referenceIn returns where the first $ref stands that an error speaks of.
func referenceIn(text []byte, said string) (at int, known bool) {
	var doc any
	if json.Unmarshal(text, &doc) != nil {
		return 0, false
	}
	var look func(v any, steps []string) []string
	look = func(v any, steps []string) []string {
		switch v := v.(type) {
		case []any:
			for i, one := range v {
				if found := look(one, append(slices.Clone(steps), strconv.Itoa(i))); found != nil {
					return found
				}
			}
		case map[string]any:
			names := make([]string, 0, len(v))
			for name := range v {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				here := append(slices.Clone(steps), name)
				if to, ok := v[name].(string); ok && (name == "$ref" || name == "$schema") && to != "" && strings.Contains(said, to) {
					return here
				}
				if found := look(v[name], here); found != nil {
					return found
				}
			}
		}
		return nil
	}
	steps := look(doc, nil)
	if steps == nil {
		return 0, false
	}
	return offsetOf(text, steps), true
}

// lineCol returns the line and the column, in characters, of an offset.
func lineCol(text []byte, at int) (line, col int) {
	before := text[:min(at, len(text))]
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}
