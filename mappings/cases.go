package mappings

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

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
	return m.runCases(context.Background(), fsys, m, nil)
}

// runCases runs every case with mapper, which maps by m. The files of all cases
// that cannot be read as cases are reported together.
func (m *Mapping) runCases(ctx context.Context, fsys fs.FS, mapper lgsp.Mapper, rest func(context.Context, time.Duration)) ([]CaseResult, error) {
	dirs, err := fs.ReadDir(fsys, path.Join(m.service, "cases"))
	if err != nil {
		return nil, fmt.Errorf("list cases of %s: %w", m.service, err)
	}
	var results []CaseResult
	var problems Problems
	for _, dir := range dirs {
		if !dir.IsDir() {
			continue
		}
		began := time.Now()
		r, err := m.runCase(ctx, fsys, dir.Name(), mapper)
		var found Problems
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err() // what was cut off says nothing
		case errors.As(err, &found):
			problems = append(problems, found...)
		case err != nil:
			return nil, err
		}
		results = append(results, r)
		if rest != nil {
			rest(ctx, time.Since(began))
		}
	}
	if len(problems) > 0 {
		return nil, problems
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
	wanted               []wantedPart
}

// wantedPart is one part of the document, other than its body, that a case wants.
type wantedPart struct {
	key, value string
	at         pos
}

const sidecarKeys = "doc charset sender legacy_id lane subject procedure officer unit"

func readSidecar(fsys fs.FS, file string) (sidecar, error) {
	s := sidecar{sender: caseSender}
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
		v, _ := rd.text(e)
		switch e.key {
		case "doc":
			s.doc = v
		case "charset":
			s.charset = v
		case "sender":
			s.sender = v
		default:
			s.wanted = append(s.wanted, wantedPart{e.key, v, e.at})
		}
	}
	if len(rd.problems) > 0 {
		return s, rd.problems
	}
	return s, nil
}

func (m *Mapping) runCase(ctx context.Context, fsys fs.FS, name string, mapper lgsp.Mapper) (CaseResult, error) {
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
			mapper = m
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
	doc, err := mapper.Map(ctx, lgsp.Envelope{
		ID: id, Source: "case", Sender: side.sender, Service: m.service,
		Received: time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC), Charset: side.charset, Body: in,
	})
	r.Got = gotFile(doc, err)
	r.Diffs = append(m.compareCase(r, want, doc, err), m.compareParts(side, doc)...)
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
	lines := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		lines[i] = f.Path + " " + f.Code
	}
	return lines
}
