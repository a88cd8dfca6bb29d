package cases

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	lgsp "lgsp.internal/adapter"
)

// compare says how a document, or an error, differs from what is wanted.
func (c Case) compare(body []byte, err error) []string {
	if c.Fails() {
		return c.compareErrors(err)
	}
	if err != nil {
		return append([]string{"want a document, got " + err.Error()}, linesOf(err)...)
	}
	pieces := jsonPieces
	if c.file == wantXML {
		pieces = xmlPieces
	}
	want, err := pieces(c.want)
	if err != nil {
		return []string{fmt.Sprintf("%s cannot be read: %v", c.file, err)}
	}
	got, err := pieces(body)
	if err != nil {
		return []string{fmt.Sprintf("the document cannot be read: %v", err)}
	}
	for i := range max(len(want), len(got)) {
		w, g := at(want, i), at(got, i)
		if w != g {
			return []string{fmt.Sprintf("want %s, got %s", w, g), "the document is " + string(body)}
		}
	}
	return nil
}

func at(pieces []string, i int) string {
	if i < len(pieces) {
		return pieces[i]
	}
	return "nothing more"
}

// jsonPieces takes JSON apart, so that spaces between its pieces do not count,
// each with the names that lead to it.
func jsonPieces(b []byte) ([]string, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var all, path []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(all) > 0 && len(path) == 0 {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if bracket, ok := token.(json.Delim); ok {
			if bracket == '}' || bracket == ']' {
				path = path[:len(path)-1]
			}
			all = append(all, strings.Join(path, "/")+" "+bracket.String())
			if bracket == '{' || bracket == '[' {
				path = append(path, bracket.String())
			}
			continue
		}
		all = append(all, fmt.Sprintf("%s %T %q", strings.Join(path, "/"), token, fmt.Sprint(token)))
	}
}

// xmlPieces takes XML apart, so that spaces between elements and the choice of
// prefixes do not count.
func xmlPieces(b []byte) ([]string, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	var all []string
	text := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(all) > 0 {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.CharData:
			text += string(t)
			continue
		case xml.StartElement:
			all = appendText(all, text, true)
			all = append(all, "<"+t.Name.Space+" "+t.Name.Local+attributes(t.Attr)+">")
		case xml.EndElement:
			between := len(all) > 0 && strings.HasPrefix(all[len(all)-1], "</")
			all = append(appendText(all, text, between), "</"+t.Name.Local+">")
		}
		text = ""
	}
}

// appendText appends the text between two tags, unless it is only space between
// elements.
func appendText(all []string, text string, between bool) []string {
	if text == "" || between && strings.TrimSpace(text) == "" {
		return all
	}
	return append(all, fmt.Sprintf("the text %q", text))
}

func attributes(found []xml.Attr) string {
	var all []string
	for _, a := range found {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			all = append(all, fmt.Sprintf(" %s %s=%q", a.Name.Space, a.Name.Local, a.Value))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

// wanted are the lines of want.err.
func wanted(text []byte) (all []string) {
	for line := range strings.Lines(string(text)) {
		if line = strings.Join(strings.Fields(line), " "); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return all
}

// linesOf is an error as want.err has it.
func linesOf(err error) (all []string) {
	var e *lgsp.Error
	if !errors.As(err, &e) {
		return []string{err.Error()}
	}
	if len(e.Fields) == 0 {
		return []string{e.Code}
	}
	for _, f := range e.Fields {
		all = append(all, f.Path+" "+f.Code)
	}
	return all
}

func (c Case) compareErrors(err error) (diffs []string) {
	if err == nil {
		return []string{"want the errors of want.err, got a document"}
	}
	got := linesOf(err)
	for _, line := range wanted(c.want) {
		if i := slices.Index(got, line); i >= 0 {
			got = slices.Delete(got, i, i+1)
			continue
		}
		diffs = append(diffs, "want "+line+", which was not reported")
	}
	for _, line := range got {
		diffs = append(diffs, "got "+line+", which is not wanted")
	}
	return diffs
}

// compareParts compares what case.yaml wants of the document besides its body,
// so far as the plugin says it.
func (c Case) compareParts(d lgsp.Document) (diffs []string) {
	for _, p := range c.parts {
		got, known := map[string]string{
			"legacy_id": d.LegacyID, "lane": d.Lane, "subject": d.Subject,
			"procedure": d.Purpose.Procedure, "officer": d.Purpose.Officer, "unit": d.Purpose.Unit,
		}[p[0]]
		switch {
		case !known:
			diffs = append(diffs, caseYAML+": there is no key "+p[0])
		case got != "" && got != p[1]:
			diffs = append(diffs, fmt.Sprintf("%s: want %q, got %q", p[0], p[1], got))
		}
	}
	return append(diffs, c.compareWarnings(d.Warnings)...)
}

// compareWarnings compares what the sender is warned of, in any order.
func (c Case) compareWarnings(warnings []lgsp.FieldError) (diffs []string) {
	var got []string
	for _, w := range warnings {
		got = append(got, w.Path+" "+w.Code)
	}
	for _, want := range c.warnings {
		if i := slices.Index(got, want); i >= 0 {
			got = slices.Delete(got, i, i+1)
			continue
		}
		diffs = append(diffs, "want the warning "+want+", which was not told")
	}
	for _, line := range got {
		diffs = append(diffs, "got the warning "+line+", which is not wanted")
	}
	return diffs
}
