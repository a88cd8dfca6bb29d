package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// do runs a program in a folder, with nothing of Go's but what is named, and
// returns what it prints.
func do(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// A machine that has never seen the internet has the SDK, a compiler and nothing
// else.
func TestAProjectFromTheSDKBuildsPassesItsTestsAndIsExaminedWithoutTheInternet(t *testing.T) {
	tools := t.TempDir()
	sdk, lgspd := filepath.Join(tools, "sdk"), filepath.Join(tools, "lgspd")
	do(t, root, nil, "go", "run", "./cmd/mksdk", sdk)
	do(t, root, nil, "go", "build", "-o", lgspd, "./cmd/lgspd")
	offline := []string{"GOPROXY=off", "GOFLAGS=", "GOMODCACHE=" + filepath.Join(tools, "none"), "GOTOOLCHAIN=local", "CGO_ENABLED=0", "CGO_CFLAGS=", "LGSPD=" + lgspd}
	for _, language := range []string{"go", "python"} {
		t.Run(language, func(t *testing.T) {
			dir := t.TempDir()
			do(t, dir, offline, lgspd, "plugin", "new", "--lang", language, "--sdk", sdk, "tach-dong")
			project := filepath.Join(dir, "tach-dong")
			said := do(t, project, offline, "make", "build", "test", "check")
			for _, want := range []string{"with 3 cases", "ok    purity", "ok    limits", "All checks hold"} {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
			if language == "go" {
				// By hand as well; the flag only spares building everything again.
				do(t, project, offline, "go", "build", "-trimpath")
				do(t, project, offline, "go", "test", "-trimpath", "./...")
			}
		})
	}
	if _, err := os.Stat(filepath.Join(tools, "none", "cache")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was fetched: %v", err)
	}
}

func TestTheSDKHoldsNoTestsAndEveryLicence(t *testing.T) {
	sdk := filepath.Join(t.TempDir(), "sdk")
	do(t, root, nil, "go", "run", "./cmd/mksdk", sdk)
	files := 0
	err := filepath.WalkDir(sdk, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files++
		}
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".pyc") {
			t.Errorf("it holds %s", path)
		}
		return err
	})
	if err != nil || files < 200 {
		t.Errorf("%d files, %v", files, err)
	}
	for _, m := range []string{"github.com/hashicorp/go-plugin", "google.golang.org/grpc", "google.golang.org/protobuf", "golang.org/x/net"} {
		if _, err := os.Stat(filepath.Join(sdk, "go/vendor", m, "LICENSE")); err != nil {
			t.Error(err)
		}
	}
	do(t, root, nil, "go", "run", "./cmd/mksdk", sdk) // once more, over the first
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(sdk), ".sdk-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAFolderThatHoldsSomethingElseIsLeftAsItIs(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", "./cmd/mksdk", dir)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "holds no SDK") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "mine")); err != nil {
		t.Error(err)
	}
}
