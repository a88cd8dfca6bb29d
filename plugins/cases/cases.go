// Package cases reads the cases of a service whose messages a plugin maps, and
// compares what the plugin makes of them with what they want.
//
// It is for the tests of authors: a folder of cases is what docs/mapping-language.md
// says, and lgspd runs the same ones with everything that it does itself around
// the plugin. Here the plugin is alone, so what mapping.yaml would say is left
// out: cases that want a message refused before a plugin sees it, and parts of
// the document that the plugin leaves to the mapping.
package cases

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	lgsp "lgsp.internal/adapter"
)

// What every case is mapped with.
const (
	id      = "01900000-0000-7000-8000-000000000001"
	sender  = "H29.11"
	maxFile = 16 << 20 // bytes
)

// Case is one message, and what a plugin must make of it.
type Case struct {
	Name     string        // of its folder
	Doc      string        // what it shows, "" = not said
	Envelope lgsp.Envelope // what the plugin gets
	Outside  bool          // the message never reaches a plugin

	answer   []byte // of a look-up; nil = the case is about the message
	file     string // that holds what is wanted, "want.json"
	want     []byte
	parts    [][2]string // what case.yaml wants of the document besides its body
	warnings []string    // "path code", of a document that is made
}

// IsReply reports whether the case is about an answer, and not about a message.
func (c Case) IsReply() bool { return c.answer != nil }

// Fails reports whether the message is wanted to be refused.
func (c Case) Fails() bool { return c.file == wantErr }

// The files of a case.
const (
	inXML     = "in.xml"
	answerXML = "answer.xml"
	wantJSON  = "want.json"
	wantXML   = "want.xml"
	wantErr   = "want.err"
	caseYAML  = "case.yaml"
)

// outside are the codes of messages that are refused before a plugin sees them.
var outside = [...]string{"Encoding", "Malformed", "Doctype", "TooDeep", "TooLarge", "Empty", "WrongElement"}

// Read reads the cases of a service: the folders in dir/cases. The name of dir
// is that of the service.
//
// It fails when there are none, or one of them lacks a file.
func Read(dir string) ([]Case, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	folders, err := os.ReadDir(filepath.Join(dir, "cases"))
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	var all []Case
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		c, err := read(os.DirFS(filepath.Join(dir, "cases", f.Name())), f.Name(), filepath.Base(dir))
		if err != nil {
			return nil, fmt.Errorf("case %s: %w", f.Name(), err)
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no cases in %s; want at least one folder with in.xml and want.json, want.xml or want.err", filepath.Join(dir, "cases"))
	}
	return all, nil
}

func read(fsys fs.FS, name, service string) (Case, error) {
	c := Case{Name: name}
	known, err := lgsp.ParseID(id)
	if err != nil {
		return c, err
	}
	c.Envelope = lgsp.Envelope{ID: known, Source: "case", Sender: sender, Service: service, Received: time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)}
	if err := errors.Join(plain(fsys), c.aside(fsys)); err != nil {
		return c, err
	}
	input, in, err := firstOf(fsys, inXML, answerXML)
	if err != nil {
		return c, err
	}
	if c.file, c.want, err = firstOf(fsys, wantJSON, wantXML, wantErr); err != nil {
		return c, err
	}
	if input == answerXML {
		c.answer = handed(in)
	} else {
		c.Envelope.Body = handed(in)
	}
	lines := wanted(c.want)
	c.Outside = c.Outside || c.Fails() && len(lines) == 1 && slices.Contains(outside[:], lines[0])
	return c, nil
}

// firstOf reads the first of some files that is there.
func firstOf(fsys fs.FS, names ...string) (string, []byte, error) {
	for _, name := range names {
		f, err := fsys.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return name, nil, err
		}
		b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
		if err := errors.Join(err, f.Close()); err != nil {
			return name, nil, err
		}
		if len(b) > maxFile {
			return name, nil, fmt.Errorf("%s is larger than %d MiB", name, maxFile>>20)
		}
		return name, b, nil
	}
	return "", nil, fmt.Errorf("want one of %s", strings.Join(names, ", "))
}

// handed is a message as the daemon hands it to a plugin: in NFC, without an XML
// declaration and a byte order mark.
func handed(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte("\uFEFF"))
	if bytes.HasPrefix(b, []byte("<?xml")) {
		_, b, _ = bytes.Cut(b, []byte("?>"))
	}
	return norm.NFC.Bytes(bytes.TrimLeft(b, " \t\r\n"))
}

// aside reads case.yaml, of which only lines of a key and a value are taken.
func (c *Case) aside(fsys fs.FS) error {
	if _, err := fs.Stat(fsys, caseYAML); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	_, text, err := firstOf(fsys, caseYAML)
	if err != nil {
		return err
	}
	n, list := 0, ""
	for line := range strings.Lines(string(text)) {
		n++
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if entry, ok := strings.CutPrefix(line, "- "); ok && list == "warnings" {
			c.warnings = append(c.warnings, strings.Trim(strings.TrimSpace(entry), `"'`))
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		list = key
		switch {
		case !ok:
			return fmt.Errorf("%s:%d: want a key, a colon and a value on one line", caseYAML, n)
		case key == "doc":
			c.Doc = value
		case key == "warnings" && value == "": // a list, an entry a line
		case key == "received":
			day, err := time.Parse(time.DateOnly, value)
			if err != nil {
				return fmt.Errorf("%s:%d: received: want a day, as in 2026-01-05", caseYAML, n)
			}
			c.Envelope.Received = day.Add(time.Hour) // eight in the morning, in Vietnam
		case key == "sender":
			c.Envelope.Sender = value
		case key == "charset":
			c.Outside = true // only the daemon knows charsets
		default:
			c.parts = append(c.parts, [2]string{key, value})
		}
	}
	return nil
}

// Run has a plugin map the message of the case, or put its answer into the
// sender's words, and returns what differs from what is wanted, in English, a
// line each. A case that never reaches a plugin holds.
func (c Case) Run(ctx context.Context, m lgsp.Mapper) []string {
	if c.Outside {
		return nil
	}
	if c.answer == nil {
		d, err := m.Map(ctx, c.Envelope)
		return append(c.compare(d.Body, err), c.compareParts(d)...)
	}
	r, ok := m.(lgsp.Replier)
	if !ok {
		return []string{"the case holds an answer, and the plugin has no Reply"}
	}
	body, err := r.Reply(ctx, c.Envelope, lgsp.Ack{At: c.Envelope.Received, Body: c.answer})
	return c.compare(body, err)
}

// Form is what the document is wanted to be: "json" or "xml"; "" of a message
// that is wanted to be refused.
func (c Case) Form() string {
	return map[string]string{wantJSON: "json", wantXML: "xml"}[c.file]
}
