package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	plugtemplate "lgsp.internal/adapter/plugins/template"
)

// sdk returns the folder of the SDK, made from this source once.
func sdk(t testing.TB) string {
	t.Helper()
	path, err := makeSDK()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var makeSDK = sync.OnceValues(func() (string, error) {
	path := filepath.Join(filepath.Dir(os.Getenv(binaryVariable)), "made", "sdk")
	cmd := exec.Command("go", "run", "./cmd/mksdk", path)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("make the SDK: %w\n%s", err, out)
	}
	return path, nil
})

// within runs a program in a folder.
func within(t *testing.T, dir, name string, args ...string) result {
	t.Helper()
	var out, errs buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

func TestANewProjectHasItsOwnNameEverywhere(t *testing.T) {
	for _, language := range []string{"go", "python"} {
		dir := t.TempDir()
		within(t, dir, binary(t), "plugin", "new", "--lang", language, "tach-dong", "--sdk", sdk(t)).
			want(t, exitOK, words("written to tach-dong", "cd tach-dong", "bin/tach-dong"), nil)
		err := filepath.WalkDir(filepath.Join(dir, "tach-dong"), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if strings.Contains(path, plugtemplate.Name) || strings.Contains(string(read(t, path)), plugtemplate.Name) {
				t.Errorf("%s still has the name of the template", path)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestAProjectIsWrittenWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	for _, x := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--lang", "go"}, exitUsage, "want the name of one plugin"},
		{[]string{"--lang", "go", "a", "b"}, exitUsage, "want the name of one plugin"},
		{[]string{"a"}, exitUsage, `--lang "": want go or python`},
		{[]string{"--lang", "cobol", "a"}, exitUsage, `--lang "cobol": want go or python`},
		{[]string{"--lang", "go", "--sdk", sdk(t), "Tach"}, exitUsage, "cannot be the name of a plugin"},
		{[]string{"--lang", "go", "--sdk", sdk(t), "../a"}, exitUsage, "cannot be the name of a plugin"},
		{[]string{"--lang", "go", "--sdk", sdk(t), "ten-plugin"}, exitUsage, "cannot be the name of a plugin"},
		{[]string{"--lang", "go", "--sdk", sdk(t), strings.Repeat("a", 41)}, exitUsage, "cannot be the name of a plugin: want lower-case words"},
		{[]string{"--lang", "go", "--sdk", sdk(t), "tach.dong"}, exitUsage, "cannot be the name of a plugin: want lower-case words"},
		{[]string{"--lang", "go", "--sdk", dir, "a"}, exitEnvironment, "there is no SDK for go in " + dir},
		{[]string{"--lang", "go", "a"}, exitEnvironment, "install.sh lays it down"},
		{[]string{"a", "--lang"}, exitUsage, "--lang needs a value"},
		{[]string{"a", "--long", "go"}, exitUsage, "there is no flag --long"},
	} {
		within(t, dir, binary(t), append([]string{"plugin", "new"}, x.args...)...).want(t, x.code, nil, words(x.says))
	}
	if err := os.Mkdir(filepath.Join(dir, "co-roi"), 0o700); err != nil {
		t.Fatal(err)
	}
	within(t, dir, binary(t), "plugin", "new", "--lang", "python", "--sdk", sdk(t), "co-roi").want(t, exitUsage, nil, words("there is a co-roi here already"))
	broken := filepath.Join(t.TempDir(), "python")
	if err := os.MkdirAll(broken, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nonexistent", filepath.Join(broken, "lgsp_plugin")); err != nil {
		t.Fatal(err)
	}
	within(t, dir, binary(t), "plugin", "new", "--lang", "python", "--sdk", filepath.Dir(broken), "do-dang").want(t, exitEnvironment, nil, words("copy the SDK"))
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// asSources returns a folder that install.sh takes for the sources, with an SDK
// that was made.
func asSources(t *testing.T) string {
	t.Helper()
	sources := t.TempDir()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	from, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "bin" || e.Name() == ".git" {
			continue
		}
		if err := os.Symlink(filepath.Join(from, e.Name()), filepath.Join(sources, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(sources, "bin", "sdk"), os.DirFS(sdk(t))); err != nil {
		t.Fatal(err)
	}
	return sources
}

func TestAnInstallationLaysDownTheSDKAndAnUpgradeReplacesIt(t *testing.T) {
	sources, target := asSources(t), t.TempDir()
	lay := func() string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), filepath.Join(sources, "install.sh"), "--binary", binary(t), "--prefix", "/opt/lgspd")
		cmd.Env = append(os.Environ(), "DESTDIR="+target)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("install.sh: %v\n%s", err, out)
		}
		return string(out)
	}
	laid := filepath.Join(target, "opt/lgspd/share/lgspd/sdk")
	if said := lay(); !strings.Contains(said, "SDK:           "+laid+"\n") {
		t.Errorf("it does not say where the SDK is:\n%s", said)
	}
	stale := filepath.Join(laid, "go/vendor/stale.go")
	if err := os.WriteFile(stale, []byte("package stale\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	lay()
	err := filepath.WalkDir(laid, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if want := map[bool]fs.FileMode{false: 0o644, true: 0o755}[d.IsDir()]; info.Mode().Perm() != want || path == stale {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if beside, err := os.ReadDir(filepath.Dir(laid)); err != nil || len(beside) != 1 {
		t.Errorf("left beside the SDK: %v, %v", beside, err)
	}
	// The program that is installed finds what is installed with it.
	dir := t.TempDir()
	within(t, dir, filepath.Join(target, "opt/lgspd/bin/lgspd"), "plugin", "new", "--lang", "python", "thu").want(t, exitOK, words("written to thu"), nil)
	if r := within(t, filepath.Join(dir, "thu"), "make", "test"); r.code != exitOK {
		t.Errorf("make test ended with %d\n%s%s", r.code, r.out, r.err)
	}
}

func TestAnInstallationWithoutTheSDKSaysHowToMakeIt(t *testing.T) {
	sources := asSources(t)
	if err := os.RemoveAll(filepath.Join(sources, "bin")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(sources, "install.sh"), "--binary", binary(t))
	cmd.Env = append(os.Environ(), "DESTDIR="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "make sdk makes it") {
		t.Errorf("%v\n%s", err, out)
	}
}
