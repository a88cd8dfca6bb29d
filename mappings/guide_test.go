package mappings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/beevik/etree"

	lgsp "lgsp.internal/adapter"
)

// The guide for authors of mappings, in Vietnamese and in English.
var guidePages = [...]string{"../docs/huong-dan/viet-anh-xa.md", "../docs/guide-mappings.md"}

// guideBlock is a fenced block of a page that the tests read: its info string is
// a language, what the block is and the name of its example.
type guideBlock struct {
	lang, what, name string
	text             string
	line             int // of the opening fence
}

func (b guideBlock) info() string { return b.lang + " " + b.what + " " + b.name }

// What blocks of the guide are. Those in `made` are what the program makes of the
// others, and -update writes them.
const (
	aRule     = "quy-tac"  // a mapping, or the part of one that the example is about
	aSchema   = "luoc-do"  // a JSON Schema beside it
	aTable    = "danh-muc" // a code table beside it, codes/xa.csv
	aSidecar  = "kem"      // the case.yaml of the messages that follow
	aMessage  = "vao"      // a message, or the content of its root element
	anAnswer  = "tra-loi"  // what the upstream answers
	aDocument = "ra"       // what goes out
	aReport   = "loi"      // what is reported instead
	aWarning  = "canh-bao"
	aProblem  = "lint" // what lint says of the mapping
)

var made = []string{aDocument, aReport, aWarning, aProblem}

var fence = regexp.MustCompile("(?ms)^```(\\w+) (" + strings.Join([]string{aRule, aSchema, aTable, aSidecar, aMessage, anAnswer, aDocument, aReport, aWarning, aProblem}, "|") + ") ([\\w.-]+)\n(.*?)^```$")

func guideBlocks(page string) []guideBlock {
	var blocks []guideBlock
	for _, at := range fence.FindAllStringSubmatchIndex(page, -1) {
		part := func(i int) string { return page[at[2*i]:at[2*i+1]] }
		blocks = append(blocks, guideBlock{part(1), part(2), part(3), part(4), 1 + strings.Count(page[:at[0]], "\n")})
	}
	return blocks
}

func readGuide(t *testing.T, file string) string {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// What an example leaves out stands at the top of the cookbook.
var guideHead = []struct{ key, line string }{
	{"service", "service: vidu.gui\n"},
	{"title", "title: Ví dụ\n"},
	{"source", "source: {namespace: \"urn:vidu\", root: Gui}\n"},
	{"target", "target: {route: gui, form: json}\n"},
}

// whole is the mapping that an example stands for.
func (b guideBlock) whole() string {
	if strings.HasPrefix(b.text, "- ") {
		b.text = "fields:\n" + b.text
	}
	head := ""
	for _, part := range guideHead {
		if !regexp.MustCompile(`(?m)^` + part.key + `:`).MatchString(b.text) {
			head += part.line
		}
	}
	return head + b.text
}

// message is the message that an example stands for.
func (b guideBlock) message() []byte {
	if b.what == aMessage && !regexp.MustCompile(`^<(\?xml|([\w-]+:)?(Gui|Envelope)\b)`).MatchString(b.text) {
		return []byte(`<Gui xmlns="urn:vidu">` + b.text + `</Gui>`)
	}
	return []byte(b.text)
}

// guideExample is one mapping with what it makes of messages, in the order of the page.
type guideExample struct {
	page    string
	mapping guideBlock
	files   fstest.MapFS
	after   []guideBlock
}

func guideExamples(t *testing.T, file string) []*guideExample {
	t.Helper()
	var all []*guideExample
	byName := map[string]*guideExample{}
	for _, b := range guideBlocks(readGuide(t, file)) {
		ex := byName[b.name]
		switch {
		case b.what == aRule && ex != nil, b.what != aRule && ex == nil:
			t.Fatalf("%s:%d: %s: want one %s %s before the rest of the example", file, b.line, b.info(), aRule, b.name)
		case b.what == aRule:
			ex = &guideExample{page: file, mapping: b, files: fstest.MapFS{}}
			all, byName[b.name] = append(all, ex), ex
		case b.what == aSchema:
			ex.files["luoc-do.json"] = &fstest.MapFile{Data: []byte(b.text)}
		case b.what == aTable:
			ex.files["codes/xa.csv"] = &fstest.MapFile{Data: []byte(b.text)}
		default:
			ex.after = append(ex.after, b)
		}
	}
	return all
}

// tree is the mapping of an example as it stands on disk.
func (ex *guideExample) tree(t *testing.T) (tree fstest.MapFS, service string) {
	t.Helper()
	text := ex.mapping.whole()
	named := regexp.MustCompile(`(?m)^service: *(\S+)`).FindStringSubmatch(text)
	if named == nil {
		t.Fatalf("%s:%d: no service", ex.page, ex.mapping.line)
	}
	service = named[1]
	tree = fstest.MapFS{
		path.Join(service, "mapping.yaml"):     {Data: []byte(text)},
		path.Join(service, "cases/a/in.xml"):   {Data: []byte("<Khac/>")},
		path.Join(service, "cases/a/want.err"): {Data: []byte("WrongElement")},
	}
	for name, f := range ex.files {
		tree[path.Join(service, name)] = f
	}
	return tree, service
}

// makes returns what the blocks of an example must hold that tell what the
// program makes of the others.
func (ex *guideExample) makes(t *testing.T) []guideBlock {
	t.Helper()
	tree, service := ex.tree(t)
	set, err := Load(tree)
	var problems Problems
	if err != nil && !errors.As(err, &problems) {
		t.Fatal(err)
	}
	if len(ex.after) > 0 && ex.after[0].what == aProblem {
		b := ex.after[0]
		b.text = ""
		for _, p := range problems {
			b.text += p.Text + "\n"
		}
		return []guideBlock{b}
	}
	if err != nil {
		t.Fatalf("%s:%d: %v", ex.page, ex.mapping.line, err)
	}
	m, _ := set.Get(service)
	var all []guideBlock
	for i, b := range ex.after {
		if b.what != aMessage && b.what != anAnswer {
			continue
		}
		said := ex.after[i+1:]
		if next := slices.IndexFunc(said, func(b guideBlock) bool { return b.what == aMessage || b.what == anAnswer }); next >= 0 {
			said = said[:next]
		}
		all = append(all, ex.answers(t, m, b, said)...)
	}
	return all
}

// answers maps one message, and returns what is said about it.
func (ex *guideExample) answers(t *testing.T, m *Mapping, in guideBlock, said []guideBlock) []guideBlock {
	t.Helper()
	files := fstest.MapFS{}
	for _, b := range said {
		if b.what == aSidecar {
			files["case.yaml"] = &fstest.MapFile{Data: []byte(b.text)}
		}
	}
	side, err := readSidecar(files, "case.yaml")
	if err != nil {
		t.Fatalf("%s:%d: %v", ex.page, in.line, err)
	}
	doc, err := ex.mapIt(t, m, in, side)
	if diffs := m.compareWarnings(side.warnings, doc.Warnings); len(diffs) > 0 && len(files) > 0 {
		t.Errorf("%s:%d: %s", ex.page, in.line, strings.Join(diffs, "\n"))
	}
	if diffs := m.compareParts(side, doc); len(diffs) > 0 {
		t.Errorf("%s:%d: %s", ex.page, in.line, strings.Join(diffs, "\n"))
	}
	var all []guideBlock
	for _, b := range said {
		switch b.what {
		case aDocument:
			if b.text = shownDocument(doc.Body); err != nil {
				t.Errorf("%s:%d: %v", ex.page, in.line, err)
			}
		case aReport:
			b.text = shownError(err)
		case aWarning:
			b.text = shownFields(doc.Warnings)
		case aSidecar:
			continue
		}
		all = append(all, b)
	}
	if len(all) == 0 {
		t.Errorf("%s:%d: nothing says what comes of the message", ex.page, in.line)
	}
	return all
}

func (ex *guideExample) mapIt(t *testing.T, m *Mapping, in guideBlock, side sidecar) (lgsp.Document, error) {
	t.Helper()
	id, err := lgsp.ParseID(caseID)
	if err != nil {
		t.Fatal(err)
	}
	e := lgsp.Envelope{
		ID: id, Source: "guide", Sender: side.sender, Service: m.Service(),
		Received: side.received, Charset: side.charset, Body: in.message(),
	}
	switch {
	case in.what == anAnswer:
		body, err := m.Reply(context.Background(), e, lgsp.Ack{Body: e.Body})
		return lgsp.Document{Body: body}, err
	case m.Plugin() != "":
		return m.With(mapper(splitLines)).Map(context.Background(), e)
	}
	return m.Map(context.Background(), e)
}

// widestLine is how many characters a line of an example may have before it is
// broken up.
const widestLine = 100

// shownDocument is a document as the guide shows it.
func shownDocument(body []byte) string {
	text := string(body)
	if len([]rune(text)) <= widestLine {
		return text + "\n"
	}
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") == nil {
		return b.String() + "\n"
	}
	doc := etree.NewDocument()
	if doc.ReadFromBytes(body) != nil {
		return text + "\n"
	}
	doc.Indent(2)
	text, err := doc.WriteToString()
	if err != nil {
		return string(body) + "\n"
	}
	return text
}

// shownError is what the sender of a message is told.
func shownError(err error) string {
	var e *lgsp.Error
	switch {
	case err == nil:
		return "\n"
	case !errors.As(err, &e):
		return err.Error() + "\n"
	case len(e.Fields) == 0:
		return e.Code + "\n  " + e.Text + "\n"
	}
	return shownFields(e.Fields)
}

// shownFields is a list of bad fields as lgspd map try shows it.
func shownFields(fields []lgsp.FieldError) string {
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, "%s  %s\n  %s\n", f.Path, f.Code, f.Text)
		if f.Want != "" {
			fmt.Fprintf(&b, "  mong đợi: %s\n", f.Want)
		}
		if f.Found != "" {
			fmt.Fprintf(&b, "  thực tế: %s\n", f.Found)
		}
	}
	return b.String()
}

func TestEveryExampleOfTheGuideHolds(t *testing.T) {
	for _, file := range guidePages {
		page := readGuide(t, file)
		want := map[int]string{} // by line of the block
		examples := guideExamples(t, file)
		for _, ex := range examples {
			for _, b := range ex.makes(t) {
				want[b.line] = b.text
			}
		}
		if len(examples) < 40 {
			t.Errorf("%s: only %d examples", file, len(examples))
		}
		for _, b := range guideBlocks(page) {
			switch text, ok := want[b.line]; {
			case !ok && slices.Contains(made, b.what):
				t.Errorf("%s:%d: %s belongs to no message", file, b.line, b.info())
			case ok && text != b.text && !*update:
				t.Errorf("%s:%d: %s: the guide shows\n%s\nit is\n%s", file, b.line, b.info(), b.text, text)
			}
		}
		if *update {
			if err := os.WriteFile(file, []byte(withBlocks(page, want)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// withBlocks returns the page with new texts in some of its blocks.
func withBlocks(page string, texts map[int]string) string {
	blocks := guideBlocks(page)
	i := -1
	return fence.ReplaceAllStringFunc(page, func(old string) string {
		i++
		text, ok := texts[blocks[i].line]
		if !ok {
			return old
		}
		return "```" + blocks[i].info() + "\n" + text + "```"
	})
}

func TestBothLanguagesOfTheGuideShowTheSame(t *testing.T) {
	shapes := [2][]string{}
	for i, file := range guidePages {
		page := readGuide(t, file)
		for _, m := range anyFence.FindAllStringSubmatch(page, -1) {
			shapes[i] = append(shapes[i], m[0])
		}
	}
	for i := range min(len(shapes[0]), len(shapes[1])) {
		if shapes[0][i] != shapes[1][i] {
			t.Fatalf("%s shows\n%s\nand %s\n%s", guidePages[0], shapes[0][i], guidePages[1], shapes[1][i])
		}
	}
	if len(shapes[0]) != len(shapes[1]) {
		t.Errorf("%s has %d headings and blocks, %s has %d", guidePages[0], len(shapes[0]), guidePages[1], len(shapes[1]))
	}
}

// anyFence finds what both languages have in common: fenced blocks, the level of
// headings, and the first cell of the rows of tables that is code.
var anyFence = regexp.MustCompile("(?ms)^```.*?^```$|^#+ |^\\| `[^`]+`[^|]*")
