package mappings

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	lgsp "lgsp.internal/adapter"
)

// manyServices copies shipped mappings with some cases under other names.
func manyServices(t testing.TB, n int) manyFS {
	t.Helper()
	tree := manyFS{}
	for i := range n {
		from := []string{"hotich.khai-sinh", "hotich.khai-tu", "hotich.ket-hon", "dancu.cap-nhat"}[i%4]
		to := fmt.Sprintf("thu.dich-vu-%03d", i)
		cases, err := filepath.Glob(from + "/cases/[a-d]*/*") // some of them: loading counts their files only
		if err != nil || len(cases) < 2 {
			t.Fatal(cases, err)
		}
		tree[to] = fstest.MapFS{}
		for _, file := range append(cases, from+"/mapping.yaml") {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text = []byte(strings.Replace(string(text), "service: "+from, "service: "+to, 1))
			tree[to][to+strings.TrimPrefix(file, from)] = &fstest.MapFile{Data: text}
		}
	}
	return tree
}

// manyFS is the file systems of many services as one: a single fstest.MapFS goes
// through all its files for every one that is opened.
type manyFS map[string]fstest.MapFS

func (m manyFS) Open(name string) (fs.File, error) {
	service, _, _ := strings.Cut(name, "/")
	return m[service].Open(name)
}

func (m manyFS) ReadDir(name string) (all []fs.DirEntry, err error) {
	if name != "." {
		service, _, _ := strings.Cut(name, "/")
		return m[service].ReadDir(name)
	}
	for _, service := range slices.Sorted(maps.Keys(m)) {
		one, err := m[service].ReadDir(".")
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	return all, nil
}

func TestTwoHundredMappingsLoad(t *testing.T) {
	set, err := Load(manyServices(t, 200))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(set.Services()); got != 200 {
		t.Errorf("%d mappings", got)
	}
}

// The count does not depend on the machine, so it is tested; how long a message
// takes is for BenchmarkMapBirth to tell.
func TestMappingABirthMakesFewAllocations(t *testing.T) {
	m, _ := must(Load(Shipped())).Get("hotich.khai-sinh")
	body, err := os.ReadFile("hotich.khai-sinh/cases/du-cha-me/in.xml")
	if err != nil {
		t.Fatal(err)
	}
	n := testing.AllocsPerRun(100, func() {
		if _, err := m.Map(context.Background(), lgsp.Envelope{Sender: "H29.11", Body: body}); err != nil {
			t.Fatal(err)
		}
	})
	if n > 40 { // 250 are allowed; far fewer are needed
		t.Errorf("%.0f allocations", n)
	}
}
