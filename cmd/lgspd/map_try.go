package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/internal/vntext"
	"lgsp.internal/adapter/mappings"
)

func mapTryCommand(s streams) *cli.Command {
	return &cli.Command{
		Name: "try", Usage: "map one message and show what each rule finds, converts and writes; the values are shown, so use messages of invented people", ArgsUsage: "FILE",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "mapping", Aliases: []string{"M"}, Usage: "the `FOLDER` of the mapping, or the name of a shipped one; without it: the mapping whose folder FILE is in, else the shipped one for its root element"},
			&cli.StringFlag{Name: "charset", Usage: "the `CHARSET` of FILE, as in the configuration of a department; without it: what FILE declares"},
			&cli.StringFlag{Name: "sender", Value: "H29.11", Usage: "agency `CODE` of the sender"},
			&cli.BoolFlag{Name: "watch", Aliases: []string{"w"}, Usage: "do it again whenever FILE or the mapping changes, until Ctrl-C"},
			jsonFlag(), pluginFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.Args().Len() != 1 {
				return usageError("map try: want one FILE, behind the flags; see lgspd map try --help")
			}
			t := trier{c: c, s: s, file: c.Args().First()}
			if c.Bool("watch") {
				return t.watch(c.Context)
			}
			return t.try(c.Context)
		},
	}
}

// trier maps one file.
type trier struct {
	c    *cli.Context
	s    streams
	file string
}

// maxTried is the largest message that is tried, in bytes.
const maxTried = 16 << 20

func (t trier) read() (body []byte, charset string, err error) {
	f, err := os.Open(t.file)
	if err != nil {
		return nil, "", environmentError(err)
	}
	body, err = io.ReadAll(io.LimitReader(f, maxTried+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, "", environmentError(err)
	}
	if len(body) > maxTried {
		return nil, "", usageError("%s is larger than %d MiB", t.file, maxTried>>20)
	}
	charset, err = vntext.Settle("", body, t.c.String("charset"))
	if err != nil {
		return nil, "", usageError("%s: %w", t.file, err)
	}
	return body, charset, nil
}

// place finds the mapping that a message is tried with.
func (t trier) place(body []byte, charset string) (mappingPlace, error) {
	if name := t.c.String("mapping"); name != "" {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			return folderPlace(name)
		}
		if _, err := fs.Stat(mappings.Shipped(), name); err != nil {
			return mappingPlace{}, usageError("%s is neither a folder nor a shipped mapping", name)
		}
		return shippedPlace(name)
	}
	for _, folder := range t.around() {
		if _, err := os.Stat(filepath.Join(folder, "mapping.yaml")); err == nil {
			return folderPlace(folder)
		}
	}
	return shippedFor(t.file, body, charset)
}

// around lists the folders that may be that of the mapping: the file is
// FOLDER/cases/CASE/in.xml, or anywhere in between.
func (t trier) around() (folders []string) {
	abs, err := filepath.Abs(t.file)
	if err != nil {
		return nil
	}
	for folder, up := filepath.Dir(abs), 0; up < 3; folder, up = filepath.Dir(folder), up+1 {
		folders = append(folders, folder)
	}
	return folders
}

// shippedFor returns the shipped mapping for the element that a message holds.
func shippedFor(file string, body []byte, charset string) (mappingPlace, error) {
	text, err := vntext.Decode(body, charset)
	if err != nil {
		return mappingPlace{}, usageError("%s: %w", file, err)
	}
	doc, err := strictxml.Parse(text, strictxml.Limits{})
	if err != nil {
		return mappingPlace{}, usageError("%s:%w", file, err)
	}
	e := doc.Root()
	if e.Tag == "Envelope" {
		for _, b := range e.ChildElements() {
			if kids := b.ChildElements(); b.Tag == "Body" && len(kids) > 0 {
				e = kids[0]
			}
		}
	}
	set, err := mappings.Load(mappings.Shipped())
	if err != nil {
		return mappingPlace{}, err
	}
	for _, service := range set.Services() {
		if m, _ := set.Get(service); m.Root() == e.Tag && m.Namespace() == e.NamespaceURI() {
			return shippedPlace(service)
		}
	}
	return mappingPlace{}, usageError("no mapping is shipped for the element %s of namespace %q; say --mapping FOLDER", e.Tag, e.NamespaceURI())
}

func (t trier) try(ctx context.Context) error {
	body, charset, err := t.read()
	if err != nil {
		return err
	}
	place, err := t.place(body, charset)
	if err != nil {
		return err
	}
	suite, err := place.suite((*mappings.Folder).Draft)
	if err != nil {
		return err
	}
	now := time.Now()
	id, err := lgsp.NewID(now, zeros{})
	if err != nil {
		return err
	}
	end, err := plugged(t.c, suite)
	if err != nil {
		return err
	}
	trial, err := suite.Try(ctx, lgsp.Envelope{ID: id, Source: "try", Sender: t.c.String("sender"), Service: place.service, Received: now.UTC(), Charset: charset, Body: body})
	var wrong *lgsp.Error
	if endErr := end(); endErr != nil || err != nil && !errors.As(err, &wrong) {
		return errors.Join(err, endErr)
	}
	if t.c.Bool("json") {
		if err := printTrialJSON(t.s, trial, wrong); err != nil {
			return err
		}
	} else {
		printTrial(t.s, place, trial, wrong)
	}
	if wrong != nil {
		return fmt.Errorf("%s is not mapped: %s", t.file, codeOfMessage(wrong))
	}
	return nil
}

func codeOfMessage(e *lgsp.Error) string {
	if n := len(e.Fields); n > 0 {
		return many(n, "bad field", "bad fields")
	}
	return e.Code
}

// zeros makes the ID of a try the same but for its time.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func printTrialJSON(s streams, trial mappings.Trial, wrong *lgsp.Error) error {
	shown := struct {
		Steps    []mappings.Step   `json:"steps"`
		Unread   []string          `json:"unread"`
		Document string            `json:"document,omitempty"`
		Route    string            `json:"route,omitempty"`
		LegacyID string            `json:"legacy_id,omitempty"`
		Lane     string            `json:"lane,omitempty"`
		Subject  string            `json:"subject,omitempty"`
		Warnings []lgsp.FieldError `json:"warnings,omitempty"`
		Code     string            `json:"code,omitempty"`
		Fields   []lgsp.FieldError `json:"fields,omitempty"`
	}{Steps: trial.Steps, Unread: trial.Unread}
	d := trial.Document
	shown.Document, shown.Route, shown.LegacyID, shown.Lane, shown.Subject, shown.Warnings = string(d.Body), d.Route, d.LegacyID, d.Lane, d.Subject, d.Warnings
	if wrong != nil {
		shown.Code, shown.Fields = wrong.Code, wrong.Fields
	}
	return printJSON(s.out, shown)
}

func printTrial(s streams, place mappingPlace, trial mappings.Trial, wrong *lgsp.Error) {
	fmt.Fprintf(s.out, "%s\n\n", place.file("mapping.yaml"))
	printSteps(s.out, trial.Steps)
	if len(trial.Unread) > 0 {
		fmt.Fprintln(s.out, "\nNo rule reads:")
		for _, path := range trial.Unread {
			fmt.Fprintln(s.out, "  "+path)
		}
	}
	if wrong != nil {
		fmt.Fprintf(s.out, "\n%s\n", lgsp.TextOf(wrong))
		printFields(s.out, wrong.Fields)
		return
	}
	if w := trial.Document.Warnings; len(w) > 0 {
		fmt.Fprintln(s.out, "\nTaken with warnings:")
		printFields(s.out, w)
	}
	d := trial.Document
	fmt.Fprintf(s.out, "\n→ %s, own id %q, lane %q, subject %q\n%s\n", d.Route, d.LegacyID, d.Lane, d.Subject, readable(d.Body))
}

// printSteps prints a line for each rule: its line, what it writes, where it
// looked, and what came of it.
func printSteps(w io.Writer, steps []mappings.Step) {
	width := 0
	for _, st := range steps {
		width = max(width, 2*st.Level+utf8.RuneCountInString(st.To))
	}
	width = min(width, 28)
	for _, st := range steps {
		name := strings.Repeat("  ", st.Level) + st.To
		sign := " "
		if st.Outcome == mappings.Bad {
			sign = "✗"
		}
		line := fmt.Sprintf("%s %4d  %s%s  %s", sign, st.Line, name, strings.Repeat(" ", max(0, width-utf8.RuneCountInString(name))), stepWords(st))
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

func stepWords(st mappings.Step) string {
	where := strings.Join(st.From, ", ")
	if where != "" {
		where += "  "
	}
	switch st.Outcome {
	case mappings.Written:
		if st.Found == "" {
			return where + "→ " + quoted(st.Made)
		}
		if st.Found == st.Made {
			return where + quoted(st.Found)
		}
		return where + quoted(st.Found) + " → " + quoted(st.Made)
	case mappings.Defaulted:
		return where + "nothing → " + quoted(st.Made) + ", the default"
	case mappings.Holds:
		return where + "holds: " + st.Want
	case mappings.Bad:
		if st.Want != "" {
			return where + "✗ " + st.Code + ": " + st.Want
		}
		return where + quoted(st.Found) + " ✗ " + st.Code
	case mappings.Opened:
		return where + st.Found
	case mappings.LeftOut:
		return "left out: its condition does not hold"
	}
	return where + "nothing"
}

// quoted is a value on one line, cut where nobody reads on.
func quoted(s string) string {
	const longest = 60
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

func printFields(w io.Writer, fields []lgsp.FieldError) {
	for _, f := range fields {
		fmt.Fprintf(w, "  %s  %s\n    %s\n", f.Path, f.Code, f.Text)
		if f.Want != "" {
			fmt.Fprintf(w, "    mong đợi: %s\n", f.Want)
		}
		if f.Found != "" {
			fmt.Fprintf(w, "    thực tế: %s\n", f.Found)
		}
	}
}

// readable is a document as a person reads it.
func readable(body []byte) []byte {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") == nil {
		return b.Bytes()
	}
	doc, err := strictxml.Parse(body, strictxml.Limits{})
	if err != nil {
		return body
	}
	doc.Indent(2)
	text, err := doc.WriteToBytes()
	if err != nil {
		return body
	}
	return bytes.TrimSpace(text)
}
