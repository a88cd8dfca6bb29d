package mappings

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// linked is the folder of service a of small, and a file beside it that is nobody's
// business.
func linked(t *testing.T) (folder, secret string) {
	t.Helper()
	folder, secret = filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "secret")
	if err := errors.Join(os.CopyFS(folder, smallFolder(t, nil)), os.WriteFile(secret, []byte("root:hunter2\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return folder, secret
}

// Who may write into the folder of a mapping could otherwise have the daemon tell
// what only it may read: lines of it are in the problems of what is no mapping.
func TestALinkThatLeadsOutOfTheFolderIsAProblem(t *testing.T) {
	for _, name := range []string{"mapping.yaml", "cases/good/in.xml", "cases/good/case.yaml", "codes/xa.csv", "cases/beside", "README.md"} {
		for _, target := range []func(folder, secret string) string{
			func(_, secret string) string { return secret },
			func(_, secret string) string { return filepath.Dir(secret) },
			func(folder, secret string) string {
				up, err := filepath.Rel(filepath.Dir(filepath.Join(folder, name)), secret)
				if err != nil {
					t.Fatal(err)
				}
				return up
			},
			func(folder, _ string) string { return filepath.Join(folder, "cases") },
		} {
			folder, secret := linked(t)
			file := filepath.Join(folder, name)
			if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.Symlink(target(folder, secret), file)); err != nil {
				t.Fatal(err)
			}
			_, err := ReadFolder(FolderFS(folder), nil, "a")
			var problems Problems
			if !errors.As(err, &problems) || len(problems) != 1 || problems[0].File != "a/"+name || !strings.Contains(problems[0].Text, "leads out of the folder") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s -> %s: got %v", name, target(folder, secret), err)
			}
		}
	}
}

func TestALinkInsideTheFolderIsFollowed(t *testing.T) {
	folder, _ := linked(t)
	whole := mustRead(t, FolderFS(folder))
	in := filepath.Join(folder, "cases", "good", "in.xml")
	if err := errors.Join(os.Rename(in, filepath.Join(folder, ".in.xml")), os.Symlink("../../.in.xml", in), os.Symlink("cases", filepath.Join(folder, "khac"))); err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, FolderFS(folder)); got.Hash() != whole.Hash() {
		t.Error("a link to a file is not followed, or one to a folder is")
	}
	link := filepath.Join(t.TempDir(), "a")
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, FolderFS(link)); got.Hash() != whole.Hash() {
		t.Error("a folder that is a link is another")
	}
}

func TestNothingWaitsForAPipe(t *testing.T) {
	folder, _ := linked(t)
	codes := filepath.Join(folder, CodesFolder)
	rules := strings.Replace(smallMapping, "fields:\n", "fields:\n  - {to: z, from: Z, codes: {table: xa.csv}}\n", 1)
	if err := errors.Join(os.WriteFile(filepath.Join(folder, "mapping.yaml"), []byte(rules), 0o600), os.Mkdir(codes, 0o755), syscall.Mkfifo(filepath.Join(codes, "xa.csv"), 0o600)); err != nil {
		t.Fatal(err)
	}
	done := make(chan string, 3)
	go func() {
		for _, fsys := range []fs.FS{os.DirFS(filepath.Dir(folder)), beside(folder)} {
			_, err := OpenSuite(fsys, "a")
			done <- errorText(err)
		}
		_, err := readBounded(FolderFS(folder), "codes/xa.csv", 10)
		done <- errorText(err)
	}()
	for _, want := range []string{"table: xa.csv is not in a/codes", "table: xa.csv is not in a/codes", "no file, but a folder, a pipe or a device"} {
		select {
		case got := <-done:
			if !strings.Contains(got, want) {
				t.Errorf("got %s, want %s", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("it waits")
		}
	}
	if f, err := FolderFS(folder).Open("codes/xa.csv"); err == nil {
		t.Errorf("%v is opened", f)
	}
}

// beside is the file system in which a folder is called a.
type beside string

func (b beside) Open(name string) (fs.File, error) {
	if inside, ok := strings.CutPrefix(name, "a/"); ok {
		return FolderFS(string(b)).Open(inside)
	}
	if name == "a" {
		return FolderFS(string(b)).Open(".")
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	folder, _ := linked(t)
	_, err := FolderFS(folder).Open("nowhere/x")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), filepath.Join(folder, "nowhere/x")) {
		t.Errorf("got %v", err)
	}
	_, err = fs.Stat(FolderFS(folder+"-lost"), ".")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), folder+"-lost") {
		t.Errorf("got %v", err)
	}
	if _, err = FolderFS(folder).Open("../x"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}
