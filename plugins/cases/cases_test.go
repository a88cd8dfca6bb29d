package cases_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/cases"
)

// fixed is a mapper that makes the same of everything.
type fixed struct {
	document lgsp.Document
	err      error
	got      *lgsp.Envelope
}

func (f fixed) Map(_ context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	if f.got != nil {
		*f.got = e
	}
	return f.document, f.err
}

func (f fixed) Reply(_ context.Context, _ lgsp.Envelope, a lgsp.Ack) ([]byte, error) {
	return a.Body, f.err
}

// one writes one case and returns what is read of it.
func one(t *testing.T, files map[string]string) (cases.Case, error) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vidu.thu")
	for name, text := range files {
		path := filepath.Join(dir, "cases", "mot", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := cases.Read(dir)
	if err != nil {
		return cases.Case{}, err
	}
	return all[0], nil
}

func TestTheMessageIsWhatTheDaemonWouldHandOver(t *testing.T) {
	c, err := one(t, map[string]string{"in.xml": "\uFEFF<?xml version=\"1.0\"?>\n<A>Mâ\u0303u</A>", "want.json": "{}", "case.yaml": "doc: 'Thử'\n\n# more\nsender: H29.7\n"})
	if err != nil {
		t.Fatal(err)
	}
	var got lgsp.Envelope
	if diffs := c.Run(t.Context(), fixed{document: lgsp.Document{Body: []byte("{}")}, got: &got}); diffs != nil {
		t.Error(diffs)
	}
	if string(got.Body) != "<A>Mẫu</A>" || got.Sender != "H29.7" || got.Service != "vidu.thu" || got.ID == (lgsp.ID{}) || c.Doc != "Thử" || c.IsReply() || c.Fails() {
		t.Errorf("%q, %+v, %+v", got.Body, got, c)
	}
}

func TestOnlyWhatMattersDiffers(t *testing.T) {
	for _, x := range []struct {
		file, want, got string
		holds           bool
	}{
		{"want.json", `{"a": 1, "b": ["x"]}`, `{"a":1,"b":["x"]}`, true},
		{"want.json", `{"a":"<"}`, `{"a":"\u003c"}`, true},
		{"want.json", `{"a":1,"b":2}`, `{"b":2,"a":1}`, false},
		{"want.json", `{"a":1}`, `{"a":"1"}`, false},
		{"want.json", `{"a":null}`, `{"a":"<nil>"}`, false},
		{"want.json", `{"a":1}`, `{"a":1,"b":2}`, false},
		{"want.json", `{"a":1,"b":2}`, `{"a":1}`, false},
		{"want.json", `{"a":[1],"b":2}`, `{"a":[1,2]}`, false},
		{"want.json", `{}`, `{`, false},
		{"want.json", `{}`, ``, false},
		{"want.xml", `<a xmlns="u"> <b>x</b> </a>`, `<p:a xmlns:p="u"><p:b>x</p:b></p:a>`, true},
		{"want.xml", `<a k="1" l="2"/>`, `<a l="2" k="1"></a>`, true},
		{"want.xml", `<a>x</a>`, `<a>x </a>`, false},
		{"want.xml", `<a> </a>`, `<a></a>`, false},
		{"want.xml", `<a xmlns="u"/>`, `<a xmlns="v"/>`, false},
		{"want.xml", `<a k="1"/>`, `<a k="2"/>`, false},
		{"want.xml", `<a><b/><c/></a>`, `<a><c/><b/></a>`, false},
		{"want.xml", `<a/>`, `<a`, false},
	} {
		c, err := one(t, map[string]string{"in.xml": "<A/>", x.file: x.want})
		if err != nil {
			t.Fatal(err)
		}
		if diffs := c.Run(t.Context(), fixed{document: lgsp.Document{Body: []byte(x.got)}}); (len(diffs) == 0) != x.holds {
			t.Errorf("%s beside %s: %q", x.want, x.got, diffs)
		}
	}
}

func TestErrorsAreComparedByPathAndCode(t *testing.T) {
	bad := &lgsp.Error{Kind: lgsp.Invalid, Code: "Invalid", Fields: []lgsp.FieldError{{Path: "/A/B", Code: "date"}, {Path: "/A/C", Code: "missing"}}}
	for _, x := range []struct {
		want  string
		err   error
		holds bool
	}{
		{"# in any order\n/A/C   missing\n\n/A/B date\n", bad, true},
		{"/A/B date\n", bad, false},
		{"/A/B date\n/A/C missing\n/A/D missing\n", bad, false},
		{"/A/B date\n", nil, false},
		{"Ngung\n", &lgsp.Error{Kind: lgsp.Invalid, Code: "Ngung"}, true},
		{"Ngung\n", errors.New("broken"), false},
	} {
		c, err := one(t, map[string]string{"in.xml": "<A/>", "want.err": x.want})
		if err != nil {
			t.Fatal(err)
		}
		if diffs := c.Run(t.Context(), fixed{err: x.err}); (len(diffs) == 0) != x.holds || !c.Fails() {
			t.Errorf("%q beside %v: %q", x.want, x.err, diffs)
		}
	}
	c, err := one(t, map[string]string{"in.xml": "<A/>", "want.json": "{}"})
	if err != nil {
		t.Fatal(err)
	}
	if diffs := c.Run(t.Context(), fixed{err: bad}); len(diffs) != 3 {
		t.Errorf("a bad message where a document is wanted: %q", diffs)
	}
}

func TestWhatThePluginLeavesToTheMappingIsNotCompared(t *testing.T) {
	c, err := one(t, map[string]string{"in.xml": "<A/>", "want.json": "{}", "case.yaml": "legacy_id: \"HS-1\"\nlane: L-1\nnonsense: 1\n"})
	if err != nil {
		t.Fatal(err)
	}
	diffs := c.Run(t.Context(), fixed{document: lgsp.Document{LegacyID: "HS-2", Body: []byte("{}")}})
	if len(diffs) != 2 || !strings.Contains(diffs[0], "HS-2") || !strings.Contains(diffs[1], "nonsense") {
		t.Errorf("%q", diffs)
	}
	for _, files := range []map[string]string{
		{"in.xml": "<A", "want.err": "Malformed\n"},
		{"in.xml": "<A/>", "want.json": "{}", "case.yaml": "charset: tcvn3\n"},
	} {
		if c, err := one(t, files); err != nil || !c.Outside || c.Run(t.Context(), nil) != nil {
			t.Errorf("%v: %+v, %v", files, c, err)
		}
	}
}

func TestWarningsAreCompared(t *testing.T) {
	warned := fixed{document: lgsp.Document{Body: []byte("{}"), Warnings: []lgsp.FieldError{{Path: "/A/B", Code: "date"}, {Path: "/A/C", Code: "unknown"}}}}
	for side, differ := range map[string]int{
		"warnings:\n  - /A/C unknown\n  - '/A/B date'\n":        0,
		"warnings:\n  - /A/B date\n":                            1,
		"doc: x\n":                                              2,
		"warnings:\n- /A/B date\n- /A/C unknown\n- /A/D date\n": 1,
	} {
		c, err := one(t, map[string]string{"in.xml": "<A/>", "want.json": "{}", "case.yaml": side})
		if err != nil {
			t.Fatal(err)
		}
		if diffs := c.Run(t.Context(), warned); len(diffs) != differ {
			t.Errorf("%s: %q", side, diffs)
		}
	}
}

func TestACaseMayComeOnADayOfItsOwn(t *testing.T) {
	var got lgsp.Envelope
	c, err := one(t, map[string]string{"in.xml": "<A/>", "want.json": "{}", "case.yaml": "received: 2025-06-30\n"})
	if err != nil {
		t.Fatal(err)
	}
	c.Run(t.Context(), fixed{document: lgsp.Document{Body: []byte("{}")}, got: &got})
	if want := time.Date(2025, 6, 30, 1, 0, 0, 0, time.UTC); !got.Received.Equal(want) {
		t.Errorf("received %v, want %v", got.Received, want)
	}
	if _, err := one(t, map[string]string{"in.xml": "<A/>", "want.json": "{}", "case.yaml": "received: 30/06/2025\n"}); err == nil {
		t.Error("a day that is none is taken")
	}
}

func TestACaseMayHoldAnAnswer(t *testing.T) {
	c, err := one(t, map[string]string{"answer.xml": "<?xml version='1.0'?><A><B/></A>", "want.xml": "<A><B/></A>"})
	if err != nil || !c.IsReply() {
		t.Fatalf("%+v, %v", c, err)
	}
	if diffs := c.Run(t.Context(), fixed{}); diffs != nil {
		t.Error(diffs)
	}
	if diffs := c.Run(t.Context(), struct{ lgsp.Mapper }{}); len(diffs) != 1 {
		t.Errorf("a plugin without Reply: %q", diffs)
	}
}

func TestCasesThatCannotBeReadAreErrors(t *testing.T) {
	for _, files := range []map[string]string{
		{},
		{"in.xml": "<A/>"},
		{"want.json": "{}"},
		{"in.xml": "<A/>", "want.json": "{}", "case.yaml": "doc\n"},
		{"in.xml": "<A/>", "want.json": "{}", "case.yaml": "doc: cut off: a line\n"},
		{"in.xml": "<A/>", "want.json": "{}", "case.yaml": "doc: a # b\n"},
		{"in.xml": "<A/>", "want.json": "{}", "case.yaml": "doc: [a]\n"},
		{"in.xml": "<A/>", "want.json": "{}", "case.yaml": "doc: \"a\n"},
	} {
		if _, err := one(t, files); err == nil {
			t.Errorf("%v was read", files)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "cases"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := cases.Read(dir); err == nil || !strings.Contains(err.Error(), "no cases") {
		t.Errorf("a folder without cases: %v", err)
	}
}
