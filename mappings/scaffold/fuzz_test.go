package scaffold_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/mappings/scaffold"
)

// FuzzNew: whatever a file and the one that it imports hold, there is either a
// list of problems or a draft that loads, keeps to the limits of mappings and
// has a first case that holds.
func FuzzNew(f *testing.F) {
	err := filepath.WalkDir("testdata", func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".wsdl" && ext != ".xsd" && ext != ".xml" || strings.Contains(path, "golden") {
			return err
		}
		text, err := os.ReadFile(path)
		f.Add(text, []byte(head+`</xs:schema>`), "", false)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(head+`<xs:include schemaLocation="b"/><xs:element name="A" type="t:B"/></xs:schema>`), []byte(head+`<xs:complexType name="B"><xs:sequence><xs:element name="C" type="xs:date" maxOccurs="2"/></xs:sequence></xs:complexType></xs:schema>`), "", true)
	f.Add([]byte(wsdl("", "", "", "")), []byte("<x/>"), "", false)
	f.Add([]byte("<Goc><HoTen>NguyÔn V¨n</HoTen></Goc>"), []byte(""), "tcvn3-in-utf-8", true)
	f.Add([]byte("<Goc a='1' b=\"2\">5/1/1990<![CDATA[x]]><A xml:lang='vi'/></Goc>"), []byte(""), "vni", true)
	f.Fuzz(func(t *testing.T, text, beside []byte, charset string, other bool) {
		o, err := scaffold.Open(fstest.MapFS{"a": {Data: text}, "b": {Data: beside}}, "a", charset)
		if err != nil {
			wantProblems(t, err)
			return
		}
		for i, m := range o.Messages() {
			if i == 3 {
				break
			}
			d, err := o.Draft(m, scaffold.Options{XML: other, KeepValues: other})
			if err != nil {
				wantProblems(t, err)
				continue
			}
			results, err := mappings.RunCases(tree(d), d.Service)
			if err != nil || len(results) != 1 || !results[0].OK() {
				t.Fatal(err, results)
			}
			if d.Rules < 1 || d.Rules > 2000 {
				t.Fatalf("%d rules", d.Rules)
			}
		}
	})
}

func wantProblems(t *testing.T, err error) {
	t.Helper()
	var problems mappings.Problems
	if !errors.As(err, &problems) || len(problems) == 0 || problems[0].File == "" || problems[0].Text == "" {
		t.Fatalf("%v is no list of problems", err)
	}
	if strings.Contains(err.Error(), "does not load") {
		t.Fatal(err)
	}
}
