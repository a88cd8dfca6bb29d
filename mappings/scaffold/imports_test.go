package scaffold_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"lgsp.internal/adapter/mappings/scaffold"
)

func TestImportsInCirclesEnd(t *testing.T) {
	include := func(file, rest string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(head + `<xs:include schemaLocation="` + file + `"/>` + rest + `</xs:schema>`)}
	}
	d, err := draftOf(fstest.MapFS{
		"a": include("b", `<xs:element name="Goc" type="t:B"/>`),
		"b": include("c", `<xs:complexType name="B"><xs:sequence><xs:element name="X" type="t:C"/></xs:sequence></xs:complexType>`),
		"c": include("a", `<xs:simpleType name="C"><xs:restriction base="xs:int"/></xs:simpleType>`),
	})
	if err != nil || !strings.Contains(string(file(t, d, "mapping.yaml")), "{to: x, from: X, required: true, type: int}") {
		t.Errorf("%v", err)
	}
	wsdl := func(file string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import namespace="" location="` + file + `"/></definitions>`)}
	}
	_, err = draftOf(fstest.MapFS{"a": wsdl("b"), "b": wsdl("a")})
	refused(t, err, "a:1:1:", "no operation")
}

func TestTheNumberOfFilesIsBounded(t *testing.T) {
	fsys := fstest.MapFS{}
	for i := range 200 {
		name := fmt.Sprintf("s%d", i)
		if i == 0 {
			name = "a"
		}
		fsys[name] = &fstest.MapFile{Data: []byte(head + fmt.Sprintf(`<xs:include schemaLocation="s%d"/><xs:element name="E%d"/></xs:schema>`, i+1, i))}
	}
	_, err := draftOf(fsys)
	refused(t, err, "lead from one to the next")
	imports := ""
	for i := range 200 {
		imports += fmt.Sprintf(`<xs:include schemaLocation="b%d"/>`, i)
		fsys[fmt.Sprintf("b%d", i)] = &fstest.MapFile{Data: []byte(head + `</xs:schema>`)}
	}
	fsys["a"] = &fstest.MapFile{Data: []byte(head + imports + `<xs:element name="A"/></xs:schema>`)}
	_, err = draftOf(fsys)
	refused(t, err, "b64: more than 64 files are imported")
}

func TestNothingOutsideTheFolderIsRead(t *testing.T) {
	root := t.TempDir()
	secret := head + `<xs:element name="BiMat" type="xs:string"/></xs:schema>`
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("ngoai.xsd", secret)
	if err := os.MkdirAll(filepath.Join(root, "trong", "con"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../ngoai.xsd", filepath.Join(root, "trong", "lien-ket.xsd")); err != nil {
		t.Fatal(err)
	}
	for location, want := range map[string]string{
		"../ngoai.xsd": "leads out of the folder", "con/../../ngoai.xsd": "leads out of the folder", `..\ngoai.xsd`: "leads out of the folder",
		"%2e%2e/ngoai.xsd": "leads out of the folder", "..%2Fngoai.xsd": "leads out of the folder", "/etc/passwd": "absolute path", `C:\ngoai.xsd`: "absolute path",
		filepath.Join(root, "ngoai.xsd"): "absolute path", "lien-ket.xsd": "cannot be read", "con": "not a file", "": "no element", ".": "leads out of the folder",
		"%zz": "is not a path", "khong-co.xsd": "is not there; save it beside a",
	} {
		write("trong/a", "\n"+head+`<xs:include schemaLocation="`+location+`"/></xs:schema>`)
		folder, err := os.OpenRoot(filepath.Join(root, "trong"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = scaffold.Open(folder.FS(), "a", "")
		place := "a:2:"
		if location == "con" {
			place = "con: "
		}
		refused(t, err, place, want)
		if err := folder.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNothingIsFetched(t *testing.T) {
	imports := `<xs:import namespace="urn:xa" schemaLocation="http://127.0.0.1:9/xa.xsd"/>`
	if _, err := draftOf(one(head + imports + `<xs:element name="Goc" type="xs:string"/></xs:schema>`)); err != nil {
		t.Errorf("an import that is not needed: %v", err)
	}
	_, err := draftOf(one(head + "\n" + imports + `<xs:element xmlns:x="urn:xa" name="Goc" type="x:T"/></xs:schema>`))
	refused(t, err, "a:2:", "no type \"T of urn:xa\"", "http://127.0.0.1:9/xa.xsd", "a line 2", "nothing is fetched", "save that file")
	_, err = draftOf(one(`<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import namespace="urn:xa" location="http://127.0.0.1:9/?wsdl"/></definitions>`))
	refused(t, err, "a:1:", "nothing is fetched")
}

func TestAllFilesTogetherAreBounded(t *testing.T) {
	fsys, imports := fstest.MapFS{}, ""
	padding := strings.Repeat(" ", 7<<20)
	for i := range 6 {
		name := fmt.Sprintf("b%d", i)
		imports += `<xs:include schemaLocation="` + name + `"/>`
		fsys[name] = &fstest.MapFile{Data: []byte(head + padding + `</xs:schema>`)}
	}
	fsys["a"] = &fstest.MapFile{Data: []byte(head + imports + `<xs:element name="A"/></xs:schema>`)}
	_, err := draftOf(fsys)
	refused(t, err, "b4: the files have more than 32 MB in all")
}
