package mappings

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	lgsp "lgsp.internal/adapter"
)

// What every case is mapped with.
const (
	caseID     = "01900000-0000-7000-8000-000000000001"
	caseSender = "H29.11"
	maxCase    = 16 << 20 // bytes of one file of a case
)

var (
	inputs = [...]string{"in.xml", "answer.xml"} // what a department sends; what the upstream answers
	wants  = [...]string{"want.json", "want.xml", "want.err"}
)

// CaseResult is the outcome of one case of a mapping.
type CaseResult struct {
	Service string   `json:"service"`
	Name    string   `json:"name"`            // of the case's folder
	Doc     string   `json:"doc,omitempty"`   // what the case shows, from case.yaml
	Input   string   `json:"input"`           // name of the file that is mapped, "in.xml", or "answer.xml" of a reply
	Want    string   `json:"want"`            // name of the file that holds what is wanted, "want.json"
	Diffs   []string `json:"diffs,omitempty"` // what differs, in English, a line each; empty when the case holds
	Got     []byte   `json:"-"`               // what the want file would have to hold for the case to hold
}

// OK reports whether the mapping did what the case wants.
func (r CaseResult) OK() bool { return len(r.Diffs) == 0 }

// RunCases maps every case of one service of fsys and compares the outcome with
// what the case wants. Every case is mapped with the same ID.
//
// The error is about the mapping or the cases themselves: a Problems when they
// cannot be loaded. Cases that do not hold are no error.
func RunCases(fsys fs.FS, service string) ([]CaseResult, error) {
	m, problems, err := loadService(fsys, service)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		problems.sort()
		return nil, problems
	}
	dirs, err := fs.ReadDir(fsys, path.Join(service, "cases"))
	if err != nil {
		return nil, fmt.Errorf("list cases of %s: %w", service, err)
	}
	var results []CaseResult
	for _, dir := range dirs {
		if !dir.IsDir() {
			continue
		}
		r, err := m.runCase(fsys, dir.Name())
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

// caseProblems reports cases that lack a file, or that there are none.
func caseProblems(fsys fs.FS, service string) (Problems, error) {
	root := path.Join(service, "cases")
	dirs, err := fs.ReadDir(fsys, root)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list cases of %s: %w", service, err)
	}
	var problems Problems
	found := 0
	for _, dir := range dirs {
		if !dir.IsDir() {
			continue
		}
		found++
		folder := path.Join(root, dir.Name())
		if have(fsys, folder, inputs[:]...) != 1 {
			problems = append(problems, Problem{File: folder, Text: "want exactly one of " + strings.Join(inputs[:], ", ")})
		}
		if have(fsys, folder, wants[:]...) != 1 {
			problems = append(problems, Problem{File: folder, Text: "want exactly one of " + strings.Join(wants[:], ", ")})
		}
	}
	if found == 0 {
		problems = append(problems, Problem{File: root, Text: "no cases; want at least one folder with in.xml and want.json, want.xml or want.err"})
	}
	return problems, nil
}

// have counts the files of a folder that are there.
func have(fsys fs.FS, folder string, names ...string) (n int) {
	for _, name := range names {
		if _, err := fs.Stat(fsys, path.Join(folder, name)); err == nil {
			n++
		}
	}
	return n
}

// sidecar is a case.yaml.
type sidecar struct {
	charset, sender, doc string
	received             time.Time
	wanted               []wantedPart
	warnings             []string // "path code", each once
}

// wantedPart is one part of the document, other than its body, that a case wants.
type wantedPart struct {
	key, value string
	at         pos
}

const sidecarKeys = "doc charset sender received legacy_id lane subject procedure officer unit warnings"

// caseReceived is when the messages of cases are received that do not say it.
func caseReceived() time.Time { return time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC) }

func readSidecar(fsys fs.FS, file string) (sidecar, error) {
	s := sidecar{sender: caseSender, received: caseReceived()}
	text, err := readBounded(fsys, file, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("read %s: %w", file, err)
	}
	rd := &reader{file: file}
	top, ok := rd.document(text)
	if !ok {
		return s, rd.problems
	}
	for _, e := range rd.entries(top, "case", sidecarKeys) {
		if e.key == "warnings" {
			s.warnings = rd.lines(e)
			continue
		}
		v, _ := rd.text(e)
		switch e.key {
		case "doc":
			s.doc = v
		case "charset":
			s.charset = v
		case "sender":
			s.sender = v
		case "received":
			s.received = rd.moment(e)
		default:
			s.wanted = append(s.wanted, wantedPart{e.key, v, e.at})
		}
	}
	if len(rd.problems) > 0 {
		return s, rd.problems
	}
	return s, nil
}

func (m *Mapping) runCase(fsys fs.FS, name string) (CaseResult, error) {
	folder := path.Join(m.service, "cases", name)
	side, err := readSidecar(fsys, path.Join(folder, "case.yaml"))
	if err != nil {
		return CaseResult{}, err
	}
	r := CaseResult{Service: m.service, Name: name, Doc: side.doc}
	r.Input = inputs[0]
	in, err := readBounded(fsys, path.Join(folder, r.Input), maxCase)
	if errors.Is(err, fs.ErrNotExist) && m.reply != nil {
		r.Input = inputs[1]
		if in, err = readBounded(fsys, path.Join(folder, r.Input), maxCase); err == nil {
			m = m.reply.mapping // the rules that such a case is about
		}
	}
	if err != nil {
		return r, fmt.Errorf("read case %s: %w", folder, err)
	}
	var want []byte
	for _, w := range wants {
		if want, err = readBounded(fsys, path.Join(folder, w), maxCase); err == nil {
			r.Want = w
			break
		}
	}
	if r.Want == "" {
		return r, fmt.Errorf("read case %s: %w", folder, err)
	}
	id, err := lgsp.ParseID(caseID)
	if err != nil {
		return r, fmt.Errorf("id of cases: %w", err)
	}
	doc, err := m.Map(context.Background(), lgsp.Envelope{
		ID: id, Source: "case", Sender: side.sender, Service: m.service,
		Received: side.received, Charset: side.charset, Body: in,
	})
	r.Got = gotFile(doc, err)
	r.Diffs = append(m.compareCase(r, want, doc, err), m.compareParts(side, doc)...)
	if err == nil {
		r.Diffs = append(r.Diffs, m.compareWarnings(side.warnings, doc.Warnings)...)
	}
	return r, nil
}

// gotFile is what the case's want file would have to hold.
func gotFile(doc lgsp.Document, err error) []byte {
	if err == nil {
		return append(doc.Body, '\n')
	}
	return []byte(strings.Join(errorLines(err), "\n") + "\n")
}

// errorLines is an error as want.err has it.
func errorLines(err error) []string {
	var e *lgsp.Error
	if !errors.As(err, &e) {
		return []string{err.Error()}
	}
	if len(e.Fields) == 0 {
		return []string{e.Code}
	}
	return fieldLines(e.Fields)
}

func fieldLines(fields []lgsp.FieldError) []string {
	lines := make([]string, len(fields))
	for i, f := range fields {
		lines[i] = f.Path + " " + f.Code
	}
	return lines
}

// lines reads a list of texts, each a path and a code.
func (rd *reader) lines(e entry) []string {
	if e.value.Kind != yaml.SequenceNode {
		rd.report(posOf(e.value), "%s: want a list of texts, each a path and a code", e.key)
		return nil
	}
	var all []string
	for _, n := range e.value.Content {
		n = target(n)
		if len(strings.Fields(n.Value)) != 2 {
			rd.report(posOf(n), "%s: want a path and a code, as in /KhaiSinh/Me/SoDDCN personal-id", e.key)
			continue
		}
		all = append(all, strings.Join(strings.Fields(n.Value), " "))
	}
	return all
}

// moment reads a day of Vietnam, of which it returns eight in the morning.
func (rd *reader) moment(e entry) time.Time {
	t, err := time.Parse(time.DateOnly, e.value.Value)
	if err != nil {
		rd.report(posOf(e.value), "%s: want a day, as in 2025-06-30", e.key)
	}
	return t.Add(8*time.Hour - vietnam)
}
