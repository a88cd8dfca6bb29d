package mappings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// wantMark begins the lines at the end of a file of testdata/bad that say which
// problems it has: "# want: line:col: text".
const wantMark = "# want: "

// problemsOf loads one mapping.yaml as the service a and returns its problems.
func problemsOf(t testing.TB, mapping []byte) []string {
	t.Helper()
	tree := fstest.MapFS{
		"a/mapping.yaml":        {Data: mapping},
		"a/cases/one/in.xml":    {Data: []byte("<A/>")},
		"a/cases/one/want.json": {Data: []byte("{}")},
	}
	_, err := Load(tree)
	var problems Problems
	if err != nil && !errors.As(err, &problems) {
		t.Fatalf("not a Problems: %v", err)
	}
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = fmt.Sprintf("%d:%d: %s", p.Line, p.Col, p.Text)
	}
	return lines
}

func TestEveryFaultyMappingIsReportedWithItsPlace(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata/bad: %d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			mapping, _, _ := strings.Cut(string(text), wantMark)
			got := problemsOf(t, []byte(mapping))
			want := ""
			for _, line := range got {
				want += wantMark + line + "\n"
			}
			if *update {
				if err := os.WriteFile(file, []byte(mapping+want), 0o644); err != nil {
					t.Fatal(err)
				}
				text = []byte(mapping + want)
			}
			if len(got) == 0 {
				t.Error("no problem was found")
			}
			if string(text) != mapping+want {
				t.Errorf("got\n%swant\n%s", want, strings.TrimPrefix(string(text), mapping))
			}
		})
	}
}

func TestCodesAreBoundedInAll(t *testing.T) {
	var b strings.Builder
	b.WriteString(jsonHead + "fields:\n  - {to: r, from: B, codes: &c {")
	for i := range maxCodes {
		fmt.Fprintf(&b, "t%d: c, ", i)
	}
	b.WriteString("}}\n")
	for i := range maxAllCodes / maxCodes {
		fmt.Fprintf(&b, "  - {to: r%d, from: B, codes: *c}\n", i)
	}
	got := problemsOf(t, []byte(b.String()))
	if len(got) != 1 || !strings.HasSuffix(got[0], "codes: more than 20000 entries in all") {
		t.Errorf("got %v", got)
	}
}

func TestWhatIsNoYAMLIsReportedWhereItIsWithTheRemedy(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"another charset", "service: a\ntitle: Nguyễn Văn \xaa\n", "2:19: not UTF-8; save the file as UTF-8"},
		{"a tab before a dash", "service: a\nfields:\n\t- {to: b, from: B}\n", "; the line begins with a tab, and YAML wants spaces there"},
		{"a tab before a key", "source:\n  namespace: urn:a\n \troot: A\n", "; the line begins with a tab, and YAML wants spaces there"},
		{"a path without quotes", "service: a\nid: @ma\n", `; a text that begins with @ wants quotes, as in "@Ma"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := problemsOf(t, []byte(tt.text))
			if len(got) != 1 || !strings.HasSuffix(got[0], tt.want) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}
