package mappings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
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
	GotFile string   `json:"-"`               // which want file that is: Want, but where an error came of what should map, or the other way round
}

// OK reports whether the mapping did what the case wants.
func (r CaseResult) OK() bool { return len(r.Diffs) == 0 }

// Suite is the mapping of one service with the cases that prove it.
type Suite struct {
	m                 *Mapping
	mapper            lgsp.Mapper // m, or m with its plugin
	fsys              fs.FS
	draft             bool   // cases may want nothing yet
	reach, replyReach *reach // of the cases of the last Run; nil = there are no rules
}

// OpenSuite reads the folder of one service of fsys as ReadFolder does, and loads
// its mapping.
//
// The error is about the mapping or the cases themselves: a Problems when they
// cannot be loaded.
func OpenSuite(fsys fs.FS, service string) (*Suite, error) {
	own, err := fs.Sub(fsys, service)
	if err != nil {
		return nil, err
	}
	shared, err := fs.Sub(fsys, CodesFolder)
	if err != nil {
		return nil, err
	}
	folder, err := ReadFolder(own, shared, service)
	if err != nil {
		return nil, err
	}
	return folder.Suite()
}

// Suite loads the mapping for its cases. The error is a Problems.
func (f *Folder) Suite() (*Suite, error) { return openSuite(f.files, f.service, false) }

// Draft is Suite for cases of which some do not say yet what is wanted. Such a
// case does not hold; its CaseResult tells what it could want.
func (f *Folder) Draft() (*Suite, error) { return openSuite(f.files, f.service, true) }

func openSuite(fsys fs.FS, service string, draft bool) (*Suite, error) {
	ts := newTables(fsys)
	m, problems, err := loadMapping(fsys, service, ts)
	if err != nil {
		return nil, err
	}
	found, err := caseProblems(fsys, service, draft)
	if err != nil {
		return nil, err
	}
	problems = append(append(problems, found...), ts.problems...)
	if len(problems) > 0 {
		problems.sort()
		return nil, problems
	}
	return &Suite{m: m, mapper: m, fsys: fsys, draft: draft}, nil
}

// Mapping returns the mapping that the cases prove.
func (s *Suite) Mapping() *Mapping { return s.m }

// Plug has a plugin map the cases of a mapping that names one.
func (s *Suite) Plug(plugin lgsp.Mapper) { s.mapper = s.m.With(plugin) }

// Run maps every case and compares the outcome with what the case wants. Every
// case is mapped with the same ID. Cases that do not hold are no error. The files
// of all cases that cannot be read as cases are reported together.
func (s *Suite) Run(ctx context.Context) ([]CaseResult, error) { return s.run(ctx, nil) }

// run is Run. After each case it calls rest, if that is not nil, with the time
// that the case took.
func (s *Suite) run(ctx context.Context, rest func(context.Context, time.Duration)) ([]CaseResult, error) {
	s.watch()
	dirs, err := fs.ReadDir(s.fsys, path.Join(s.m.service, "cases"))
	if err != nil {
		return nil, fmt.Errorf("list cases of %s: %w", s.m.service, err)
	}
	var results []CaseResult
	var problems Problems
	for _, dir := range dirs {
		if !dir.IsDir() {
			continue
		}
		began := time.Now()
		r, err := s.runCase(ctx, dir.Name())
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

// watch begins to note what the cases reach.
func (s *Suite) watch() {
	s.reach, s.replyReach = nil, nil
	if s.mapper == lgsp.Mapper(s.m) && s.m.plugin == "" {
		s.reach = newReach(s.m)
	}
	if r := s.m.reply; r != nil && r.mapping.fields != nil {
		s.replyReach = newReach(r.mapping)
	}
}

// Coverage says what the cases of the last Run reach of the rules, those of
// reply among them.
func (s *Suite) Coverage() Coverage {
	var c Coverage
	for _, r := range []*reach{s.reach, s.replyReach} {
		if r == nil {
			continue
		}
		part := r.coverage()
		c.Rules.add(part.Rules)
		c.Branches.add(part.Branches)
		c.Refusals.add(part.Refusals)
	}
	return c
}

// RunCases runs the cases of one service of fsys whose documents rules make; see
// OpenSuite and Suite.Run.
func RunCases(fsys fs.FS, service string) ([]CaseResult, error) {
	s, err := OpenSuite(fsys, service)
	if err != nil {
		return nil, err
	}
	return s.Run(context.Background())
}

// caseProblems reports cases that lack a file, or that there are none.
func caseProblems(fsys fs.FS, service string, draft bool) (Problems, error) {
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
		files, err := fs.ReadDir(fsys, folder)
		if err != nil {
			return nil, fmt.Errorf("list the files of %s: %w", folder, err)
		}
		if have(files, inputs[:]) != 1 {
			problems = append(problems, Problem{File: folder, Text: "want exactly one of " + strings.Join(inputs[:], ", ")})
		}
		if n := have(files, wants[:]); n != 1 && (n != 0 || !draft) {
			problems = append(problems, Problem{File: folder, Text: "want exactly one of " + strings.Join(wants[:], ", ")})
		}
	}
	if found == 0 {
		problems = append(problems, Problem{File: root, Text: "no cases; want at least one folder with in.xml and want.json, want.xml or want.err"})
	}
	return problems, nil
}

// have counts the files of a folder that are there.
func have(files []fs.DirEntry, names []string) (n int) {
	for _, f := range files {
		if slices.Contains(names, f.Name()) {
			n++
		}
	}
	return n
}

func (s *Suite) runCase(ctx context.Context, name string) (CaseResult, error) {
	m := s.m
	folder := path.Join(m.service, "cases", name)
	side, err := readSidecar(s.fsys, path.Join(folder, "case.yaml"))
	if err != nil {
		return CaseResult{}, err
	}
	r := CaseResult{Service: m.service, Name: name, Doc: side.doc}
	var in, want []byte
	if r.Input, in, err = s.firstOf(folder, inputs[:]); err != nil {
		return r, err
	}
	if r.Want, want, err = s.firstOf(folder, wants[:]); err != nil && (!s.draft || !errors.Is(err, fs.ErrNotExist)) {
		return r, err
	}
	id, err := lgsp.ParseID(caseID)
	if err != nil {
		return r, fmt.Errorf("id of cases: %w", err)
	}
	e := lgsp.Envelope{
		ID: id, Source: "case", Sender: side.sender, Service: m.service,
		Received: side.received, Charset: side.charset, Body: in,
	}
	var doc lgsp.Document
	if r.Input == inputs[1] {
		if m.reply == nil {
			return r, fmt.Errorf("case %s: an answer needs reply in mapping.yaml", folder)
		}
		m, doc, err = s.reply(ctx, e)
	} else {
		doc, err = s.document(ctx, e)
	}
	r.GotFile, r.Got = m.got(doc, err)
	if r.Want == "" {
		r.Diffs = []string{"nothing is wanted yet"}
		return r, nil
	}
	r.Diffs = append(m.compareCase(r, want, doc, err), m.compareParts(side, doc)...)
	if err == nil {
		r.Diffs = append(r.Diffs, m.compareWarnings(side.warnings, doc.Warnings)...)
	}
	return r, nil
}

func (s *Suite) document(ctx context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	if s.reach != nil {
		return s.m.mapTraced(ctx, e, &tracer{reach: s.reach})
	}
	return s.mapper.Map(ctx, e)
}

// reply makes what a sender gets for an answer. It returns the rules that it is
// compared by.
func (s *Suite) reply(ctx context.Context, e lgsp.Envelope) (*Mapping, lgsp.Document, error) {
	rules := s.m.reply.mapping
	if rules.fields != nil {
		doc, err := rules.mapTraced(ctx, e, &tracer{reach: s.replyReach})
		return rules, doc, err
	}
	var doc lgsp.Document
	r, ok := s.mapper.(lgsp.Replier)
	if !ok {
		return rules, doc, errors.New("nothing puts answers into the sender's words")
	}
	var err error
	doc.Body, err = r.Reply(ctx, e, lgsp.Ack{Body: e.Body})
	return rules, doc, err
}

// firstOf reads the first of some files of a folder that is there.
func (s *Suite) firstOf(folder string, names []string) (string, []byte, error) {
	var err error
	for _, name := range names {
		var b []byte
		if b, err = readBounded(s.fsys, path.Join(folder, name), maxCase); err == nil {
			return name, b, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return "", nil, fmt.Errorf("read case %s: %w", folder, err)
}

// got is which want file a case would have to have, and what it would have to hold.
func (m *Mapping) got(doc lgsp.Document, err error) (file string, text []byte) {
	switch {
	case err != nil:
		return "want.err", []byte(strings.Join(errorLines(err), "\n") + "\n")
	case m.target.xml:
		return "want.xml", append(bytes.Clone(doc.Body), '\n')
	}
	var b bytes.Buffer
	if json.Indent(&b, doc.Body, "", "  ") != nil {
		return "want.json", append(bytes.Clone(doc.Body), '\n')
	}
	return "want.json", append(b.Bytes(), '\n')
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
