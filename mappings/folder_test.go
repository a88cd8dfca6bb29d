package mappings

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	lgsp "lgsp.internal/adapter"
)

// smallFolder is the folder of service a of small.
func smallFolder(t *testing.T, files map[string]string) fs.FS {
	t.Helper()
	folder, err := fs.Sub(small(files), "a")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func mustRead(t *testing.T, fsys fs.FS) *Folder {
	t.Helper()
	f, err := ReadFolder(fsys, nil, "a")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func mustLoad(t *testing.T, f *Folder) *Version {
	t.Helper()
	v, err := f.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAFolderStaysWhatItWasWhenItWasRead(t *testing.T) {
	tree := small(nil)
	folder, err := fs.Sub(tree, "a")
	if err != nil {
		t.Fatal(err)
	}
	f := mustRead(t, folder)
	clear(tree)
	v := mustLoad(t, f)
	results, err := f.RunCases(t.Context(), v, nil)
	if err != nil || len(results) != 1 || !results[0].OK() || v.Cases != 1 {
		t.Errorf("%+v, %v, %d cases", results, err, v.Cases)
	}
	d, err := v.Map(t.Context(), lgsp.Envelope{Service: "a", Body: []byte(a("<B>y</B>"))})
	if err != nil || string(d.Body) != `{"b":"y","c":"{\"d\":[]}"}` {
		t.Errorf("%s, %v", d.Body, err)
	}
}

func TestTheHashOfAFolderIsWhatSha256sumMakesOfIt(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, smallFolder(t, map[string]string{"a/cases/good/tệp có dấu.txt": "x", "a/cases-khac.md": "x", "a/.git/config": "x", "a/cases/good/.in.xml.swp": "x", "a/mapping.yaml~": "x"})); err != nil {
		t.Fatal(err)
	}
	// As the page of the language says.
	const command = `find . -type f ! -path '*/.*' ! -name '*~' -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum`
	if page, err := os.ReadFile(languagePage); err != nil || !strings.Contains(string(page), "`"+command+"`") {
		t.Errorf("the page says something else, %v", err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, os.DirFS(dir)).Hash(); got != strings.Fields(string(out))[0] {
		t.Errorf("got %s, sha256sum makes %s", got, out)
	}
}

func TestTheHashOfAFolderChangesWithWhatIsAMappings(t *testing.T) {
	first := mustRead(t, smallFolder(t, nil)).Hash()
	for name, files := range map[string]map[string]string{
		"a text":              {"a/mapping.yaml": smallMapping + "# more\n"},
		"a case":              {"a/cases/good/case.yaml": ""},
		"a file of any name":  {"a/codes/tinh.csv": "79"},
		"a file's other name": {"a/cases/good/case.yaml": "", "a/cases/good/case.yml": "doc: Tốt\n"},
	} {
		if mustRead(t, smallFolder(t, files)).Hash() == first {
			t.Errorf("it does not change with %s", name)
		}
	}
	for name, files := range map[string]map[string]string{
		"a hidden file":    {"a/.mapping.yaml.swp": "x"},
		"a hidden folder":  {"a/.git/config": "x"},
		"an editor's copy": {"a/mapping.yaml~": "x"},
	} {
		if mustRead(t, smallFolder(t, files)).Hash() != first {
			t.Errorf("it changes with %s", name)
		}
	}
}

func TestLinksAndPipesInAFolder(t *testing.T) {
	dir, beside := t.TempDir(), t.TempDir()
	if err := os.CopyFS(dir, smallFolder(t, nil)); err != nil {
		t.Fatal(err)
	}
	whole := mustRead(t, os.DirFS(dir))
	in := filepath.Join(dir, "cases", "good", "in.xml")
	if err := errors.Join(os.Rename(in, filepath.Join(beside, "in.xml")), os.Symlink(filepath.Join(beside, "in.xml"), in)); err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, os.DirFS(dir)); got.Hash() != whole.Hash() {
		t.Error("a link to a file is not followed")
	}
	if err := errors.Join(os.Symlink(dir, filepath.Join(dir, "cases", "again")), os.Symlink("nowhere", filepath.Join(dir, "cases", "lost")), syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, os.DirFS(dir)); got.Hash() != whole.Hash() { // nor does it wait for the pipe
		t.Error("a link to a folder or to nothing, or a pipe, counts")
	}
	link := filepath.Join(t.TempDir(), "a")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, os.DirFS(link)); got.Hash() != whole.Hash() {
		t.Error("a folder that is a link is another")
	}
}

func TestAFolderThatIsTooLargeForAMappingIsAProblem(t *testing.T) {
	many := fstest.MapFS{}
	for i := range MaxFiles {
		many[fmt.Sprintf("cases/%d/in.xml", i)] = &fstest.MapFile{}
	}
	deep := fstest.MapFS{strings.Repeat("x/", MaxDepth+1) + "in.xml": {}}
	large := fstest.MapFS{"cases/1/in.xml": {Data: make([]byte, MaxFolder/2)}, "cases/2/in.xml": {Data: make([]byte, MaxFolder/2)}, "x": {Data: []byte("x")}}
	for want, fsys := range map[string]fs.FS{"holds more than 5000 files and folders": many, "more than 8 folders inside one another": deep, "holds more than 32 MB": large} {
		var problems Problems
		if _, err := ReadFolder(fsys, nil, "a"); !errors.As(err, &problems) || len(problems) != 1 || problems[0].Text != want || !strings.HasPrefix(problems[0].File, "a") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	fits := maps.Clone(large)
	delete(fits, "x")
	deep = fstest.MapFS{strings.Repeat("x/", MaxDepth) + "in.xml": {}}
	for _, fsys := range []fs.FS{fits, deep} {
		if _, err := ReadFolder(fsys, nil, "a"); err != nil {
			t.Errorf("what just fits: %v", err)
		}
	}
	var problems Problems
	if _, err := ReadFolder(brokenFS{}, nil, "a"); err == nil || errors.As(err, &problems) {
		t.Errorf("a file system that fails: %v", err)
	}
}

func TestAFolderIsLintedAsASetIs(t *testing.T) {
	files := map[string]string{"a/mapping.yaml": "service: b\ntitle: x", "a/cases/good/in.xml": ""}
	_, want := Load(small(files))
	if _, err := mustRead(t, smallFolder(t, files)).Load(nil); err == nil || err.Error() != want.Error() {
		t.Errorf("got\n%v\nwant\n%v", err, want)
	}
}

func TestAnEmptyFolderOfACaseIsReported(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.CopyFS(dir, smallFolder(t, nil)), os.Mkdir(filepath.Join(dir, "cases", "empty"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := mustRead(t, os.DirFS(dir)).Load(nil); err == nil || !strings.Contains(err.Error(), "a/cases/empty: want exactly one of in.xml") {
		t.Errorf("got %v", err)
	}
}

func TestFaultyFilesOfAllCasesAreReportedTogether(t *testing.T) {
	f := mustRead(t, smallFolder(t, map[string]string{"a/cases/good/case.yaml": "x: 1", "a/cases/other/case.yaml": "y: 2", "a/cases/other/in.xml": "<A/>", "a/cases/other/want.err": "WrongElement"}))
	_, err := f.RunCases(t.Context(), mustLoad(t, f), nil)
	if err == nil || !strings.Contains(err.Error(), "a/cases/good/case.yaml:1:1: ") || !strings.Contains(err.Error(), "a/cases/other/case.yaml:1:1: ") {
		t.Errorf("got %v", err)
	}
}

func TestCasesEndWithTheirTimeAndRestInBetween(t *testing.T) {
	f := mustRead(t, smallFolder(t, map[string]string{"a/cases/other/in.xml": "<A/>", "a/cases/other/want.err": "WrongElement"}))
	ctx, stop := context.WithCancel(t.Context())
	rests := 0
	_, err := f.RunCases(ctx, mustLoad(t, f), func(_ context.Context, took time.Duration) {
		if rests++; took <= 0 {
			t.Errorf("a case took %s", took)
		}
		stop()
	})
	if !errors.Is(err, context.Canceled) || rests != 1 {
		t.Errorf("%v after %d cases", err, rests)
	}
}

// composed is a mapper that a mapping names, in the place of its own rules.
type composed struct{ made []byte }

func (c composed) Map(context.Context, lgsp.Envelope) (lgsp.Document, error) {
	return lgsp.Document{Body: c.made}, nil
}

func (c composed) Reply(context.Context, lgsp.Envelope, lgsp.Ack) ([]byte, error) { return c.made, nil }

func TestWhatAMappingIsComposedToMapsItsMessagesAndItsCases(t *testing.T) {
	f := mustRead(t, smallFolder(t, nil))
	v, err := f.Load(func(*Mapping) (lgsp.Mapper, error) { return composed{[]byte(`{"b":"composed"}`)}, nil })
	if err != nil {
		t.Fatal(err)
	}
	if d, err := v.Map(t.Context(), lgsp.Envelope{}); err != nil || string(d.Body) != `{"b":"composed"}` {
		t.Errorf("it maps %s, %v", d.Body, err)
	}
	if b, err := v.Reply(t.Context(), lgsp.Envelope{}, lgsp.Ack{}); err != nil || string(b) != `{"b":"composed"}` {
		t.Errorf("it replies %s, %v", b, err)
	}
	results, err := f.RunCases(t.Context(), v, nil)
	if err != nil || results[0].OK() || !strings.Contains(results[0].Diffs[0], `got "composed"`) {
		t.Errorf("its cases: %+v, %v", results, err)
	}
	broken := errors.New("the program is away")
	if _, err := f.Load(func(*Mapping) (lgsp.Mapper, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestAProblemOfAKeyNamesItsPlace(t *testing.T) {
	m := mappingOf(t, "service: a\ntitle: Thử\nkind: message\nsource: {namespace: urn:a, root: A}\ntarget: {route: r, form: json}\nfields: [{to: b, from: B}]\n")
	for key, want := range map[string]string{"kind": "a/mapping.yaml:3:1: x", "source": "a/mapping.yaml:4:1: x", "target": "a/mapping.yaml:5:1: x", "reply": "a/mapping.yaml:1:10: x"} {
		if got := m.Problem(key, "x").String(); got != want {
			t.Errorf("%s: got %s, want %s", key, got, want)
		}
	}
}
