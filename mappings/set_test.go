package mappings

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	lgsp "lgsp.internal/adapter"
)

const smallMapping = jsonHead + "fields:\n  - {to: b, from: B, required: true}\n  - {to: c, encode: json, fields: [{to: d, each: D, from: '@e', type: int}]}\n"

func small(files map[string]string) fstest.MapFS {
	tree := fstest.MapFS{
		"a/mapping.yaml":         {Data: []byte(smallMapping)},
		"a/cases/good/in.xml":    {Data: []byte(a("<B>x</B><D e='1'/><D e='2'/>"))},
		"a/cases/good/want.json": {Data: []byte(`{ "b": "x", "c": "{\"d\": [1, 2]}" }`)},
		"a/cases/good/case.yaml": {Data: []byte("doc: Tốt\n")},
		"a/cases/README.md":      {Data: []byte("passed over")},
		".git/config":            {Data: []byte("passed over")},
		"README.md":              {Data: []byte("passed over")},
	}
	for name, text := range files {
		if text == "" {
			delete(tree, name)
			continue
		}
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

func TestASetKnowsItsServices(t *testing.T) {
	set, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	m, ok := set.Get("hotich.khai-sinh")
	if !ok || m.Service() != "hotich.khai-sinh" || m.Title() != "Đăng ký khai sinh liên thông" || m.Root() != "DangKyKhaiSinh" ||
		m.Namespace() != "http://hotich.sotuphap.vidu.gov.vn/" || m.Action() != "http://hotich.sotuphap.vidu.gov.vn/DangKyKhaiSinh" {
		t.Errorf("got %+v", m)
	}
	if m, _ := set.Get("dancu.cap-nhat"); m.Action() != "urn:vidu:cu-tru:2009#cap_nhat" {
		t.Errorf("action: %s", m.Action())
	}
	if _, ok := set.Get("no-such"); ok {
		t.Error("a service that is not there was found")
	}
	set.Services()[0] = "x"
	if set.Services()[0] == "x" {
		t.Error("a caller can change the names of services")
	}
}

func TestFoldersThatAreNoServiceAreReported(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no mapping", map[string]string{"a/mapping.yaml": ""}, "a/mapping.yaml: missing; every folder of a service has one"},
		{"too large", map[string]string{"a/mapping.yaml": smallMapping + strings.Repeat("# much\n", maxFile/7)}, "a/mapping.yaml: larger than 256 KB"},
		{"no cases", map[string]string{"a/cases/good/in.xml": "", "a/cases/good/want.json": "", "a/cases/good/case.yaml": ""},
			"a/cases: no cases; want at least one folder with in.xml and want.json, want.xml or want.err"},
		{"a case without message", map[string]string{"a/cases/good/in.xml": ""}, "a/cases/good: want exactly one of in.xml, answer.xml"},
		{"a case that wants nothing", map[string]string{"a/cases/good/want.json": ""}, "a/cases/good: want exactly one of want.json, want.xml, want.err"},
		{"a case that wants two things", map[string]string{"a/cases/good/want.err": "Malformed"}, "a/cases/good: want exactly one of want.json, want.xml, want.err"},
		{"problems of all files, sorted", map[string]string{"b/mapping.yaml": "service: b", "a/cases/good/in.xml": ""},
			"a/cases/good: want exactly one of in.xml, answer.xml\nb/cases: no cases; want at least one folder with in.xml and want.json, want.xml or want.err\n" +
				"b/mapping.yaml:1:1: mapping: title is missing\nb/mapping.yaml:1:1: mapping: source is missing\n" +
				"b/mapping.yaml:1:1: mapping: target is missing\nb/mapping.yaml:1:1: mapping: fields is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set, err := Load(small(tt.files))
			if set != nil || err == nil || err.Error() != tt.want {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
	if _, err := Load(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), "no mappings here") {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestAFileSystemThatFailsIsNotAProblemOfTheMapping(t *testing.T) {
	_, err := Load(brokenFS{})
	var problems Problems
	if err == nil || errors.As(err, &problems) {
		t.Errorf("got %v", err)
	}
}

type brokenFS struct{}

func (brokenFS) Open(string) (fs.File, error) { return nil, errors.New("broken") }

func runSmall(t *testing.T, files map[string]string) CaseResult {
	t.Helper()
	results, err := RunCases(small(files), "a")
	if err != nil || len(results) != 1 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	return results[0]
}

func TestACaseHoldsWhateverTheSpacesAreBetweenTokens(t *testing.T) {
	r := runSmall(t, nil)
	if !r.OK() || r.Name != "good" || r.Service != "a" || r.Doc != "Tốt" || r.Want != "want.json" {
		t.Errorf("got %+v", r)
	}
}

func TestACaseThatDoesNotHoldNamesTheRuleAndTheSource(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"another value", map[string]string{"a/cases/good/want.json": `{"b":"y","c":"{\"d\":[1,3]}"}`},
			"b: want \"y\", got \"x\" (a/mapping.yaml:6:5, reads /A/B)\nc/d[2]: want 3, got 2 (a/mapping.yaml:7:36, reads /A/D/@e, /A/D)"},
		{"more and less", map[string]string{"a/cases/good/want.json": `{"b":"x","e":1}`},
			"e: want 1, got nothing\nc: want nothing, got an object (a/mapping.yaml:7:5)\nc/d: want nothing, got a list (a/mapping.yaml:7:36, reads /A/D/@e, /A/D)\n" +
				"c/d[1]: want nothing, got 1 (a/mapping.yaml:7:36, reads /A/D/@e, /A/D)\nc/d[2]: want nothing, got 2 (a/mapping.yaml:7:36, reads /A/D/@e, /A/D)"},
		{"another order", map[string]string{"a/cases/good/want.json": `{"c":"{\"d\":[1,2]}","b":"x"}`},
			"c: want it here, got b: the order differs (a/mapping.yaml:6:5, reads /A/B)"},
		{"an error instead of a document", map[string]string{"a/cases/good/in.xml": a("<D e='x'/>")},
			"want a document, got mapping.map: invalid (Invalid), /A/B missing, /A/D[1]/@e number\n/A/B missing (a/mapping.yaml:6:5)\n/A/D[1]/@e number (a/mapping.yaml:7:36)"},
		{"a document instead of an error", map[string]string{"a/cases/good/want.json": "", "a/cases/good/want.err": "/A/B missing\n"},
			"want the errors of want.err, got a document"},
		{"other errors", map[string]string{"a/cases/good/want.json": "", "a/cases/good/in.xml": a("<D e='x'/>"), "a/cases/good/want.err": "# why\n/A/B   length\n/A/D[1]/@e number\n"},
			"want /A/B length, which was not reported (a/mapping.yaml:6:5)\ngot /A/B missing, which is not wanted (a/mapping.yaml:6:5)"},
		{"another id", map[string]string{"a/cases/good/case.yaml": "legacy_id: x\n"}, `legacy_id: want "x", got "" (case.yaml:1:1)`},
		{"the other form", map[string]string{"a/cases/good/want.json": "", "a/cases/good/want.xml": "<a/>"}, "want.xml is not of the form that target.form names"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := runSmall(t, tt.files)
			if got := strings.Join(r.Diffs, "\n"); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestXMLIsComparedByNamesNotByPrefixes(t *testing.T) {
	files := map[string]string{
		"a/mapping.yaml":         xmlHead + "fields:\n  - {to: c, fields: [{to: '@d', from: D}, {to: '@e', from: E}, {to: f, from: F}]}\n",
		"a/cases/good/in.xml":    a("<D>1</D><E>2</E><F>3</F>"),
		"a/cases/good/want.json": "",
	}
	files["a/cases/good/want.xml"] = `<R xmlns="urn:v"><c e="2" d="1"> <f>3</f> </c></R>`
	if r := runSmall(t, files); !r.OK() {
		t.Errorf("got %v", r.Diffs)
	}
	files["a/cases/good/want.xml"] = `<R xmlns="urn:v"><c e="2" d="1"><f xmlns="">3</f></c></R>`
	want := `R/c/f: want "3", got "3" of urn:v (a/mapping.yaml:6:64, reads /A/F)`
	if r := runSmall(t, files); strings.Join(r.Diffs, "\n") != want {
		t.Errorf("got %v", r.Diffs)
	}
}

func TestAFaultyCaseFileIsAnError(t *testing.T) {
	_, err := RunCases(small(map[string]string{"a/cases/good/case.yaml": "legacyid: x\n"}), "a")
	if err == nil || err.Error() != `a/cases/good/case.yaml:1:1: case: unknown key "legacyid"; did you mean legacy_id?` {
		t.Errorf("got %v", err)
	}
	if _, err := RunCases(small(nil), "b"); err == nil {
		t.Error("cases of a service that is not there ran")
	}
}

func TestAMappingIsAMapper(t *testing.T) {
	var _ lgsp.Mapper = mappingOf(t, smallMapping)
}
