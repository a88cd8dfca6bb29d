package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"lgsp.internal/adapter/mappings"
)

// ownService is the one that newMappingSite gives a folder of its own.
const ownService = "hotich.khai-tu"

// newMappingSite is an installation one of whose mappings is in a folder of its
// own: version 1 of it.
func newMappingSite(t testing.TB, upstream string) *site {
	t.Helper()
	s := newSite(t, upstream)
	s.putFiles(t, versionFiles(t, 1))
	s.replace(t, "{name: "+ownService+", upstream: hotich}", "{name: "+ownService+", upstream: hotich, mapping: mappings/"+ownService+"}")
	return s
}

func (s *site) mappingFolder() string { return filepath.Join(s.folder, "mappings", ownService) }

// putFiles writes files of the mapping's folder one by one, in place.
func (s *site) putFiles(t testing.TB, files map[string]string) {
	t.Helper()
	putInto(t, s.mappingFolder(), files)
}

func putInto(t testing.TB, folder string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

// mark is what version n writes to two places of a document, far from each other.
func mark(n int) string { return fmt.Sprintf("PB-%05d", n) }

// versionFiles is version n of the mapping: the shipped one, but that its title
// and two fields say which version it is.
func versionFiles(t testing.TB, n int) map[string]string {
	t.Helper()
	read := func(name string) string {
		return string(read(t, "../../mappings", ownService, name))
	}
	text := replaceOnce(t, read("mapping.yaml"), "title: Đăng ký khai tử liên thông", "title: Đăng ký khai tử "+mark(n))
	text = replaceOnce(t, text, `{to: maGBT, from: GBT_MA, max: 50, doc: Mã giấy báo tử điện tử}`, `{to: maGBT, const: `+mark(n)+`}`)
	text = replaceOnce(t, text, `{to: cqNuocNgoaiDaDangKy, from: NN_CO_QUAN, max: 250, doc: Cơ quan nước ngoài đã đăng ký}`, `{to: cqNuocNgoaiDaDangKy, const: `+mark(n)+`}`)
	text = replaceOnce(t, text, `doc: Nơi mất}`, `doc: Nơi mất `+mark(n)+`}`)
	files := map[string]string{"mapping.yaml": text, "cases/day-du/in.xml": read("cases/day-du/in.xml"), "cases/day-du/want.json": "{}"}
	wantWhatIsGot(t, ownService, files)
	if strings.Count(files["cases/day-du/want.json"], mark(n)) != 2 {
		t.Fatalf("version %d writes %s", n, files["cases/day-du/want.json"])
	}
	return files
}

// wantWhatIsGot has every case of a folder's files hold.
func wantWhatIsGot(t testing.TB, service string, files map[string]string) {
	t.Helper()
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[service+"/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	results, err := mappings.RunCases(tree, service)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if !r.OK() {
			files["cases/"+r.Name+"/"+r.Want] = string(r.Got)
		}
	}
}

func replaceOnce(t testing.TB, text, old, new string) string {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("the shipped mapping holds %q %d times", old, strings.Count(text, old))
	}
	return strings.Replace(text, old, new, 1)
}

// wsdl is what a service is described as.
func (s *site) wsdl(t testing.TB, service string) string {
	t.Helper()
	resp, err := http.Get("http://" + s.addr + "/soap/" + service + "?wsdl")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status, err)
	}
	return string(text)
}

// describes reports whether the WSDL is wholly of version n.
func (s *site) describes(t testing.TB, n int) bool {
	t.Helper()
	text := s.wsdl(t, ownService)
	return strings.Contains(text, "Đăng ký khai tử "+mark(n)) && strings.Contains(text, "Nơi mất "+mark(n))
}
