package conform_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/plugins/cases"
	"lgsp.internal/adapter/plugins/conform"
	"lgsp.internal/adapter/plugins/host"
)

func TestMain(m *testing.M) {
	host.Enter()
	os.Exit(m.Run())
}

// build builds a program of the project and returns its path.
func build(t *testing.T, name, dir string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	// Without the race detector, whose memory no limit allows for.
	if out, err := exec.Command("go", "build", "-o", path, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func samples(t *testing.T, dir string) []cases.Case {
	t.Helper()
	all, err := cases.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// passes fails for every check that a plugin does not pass.
func passes(t *testing.T, o conform.Options) {
	t.Helper()
	results, err := conform.Run(t.Context(), o, func(r conform.Result) {
		t.Logf("%-12s %s %v", r.Name, r.Skipped, r.Took.Round(time.Millisecond))
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if !r.OK() {
			t.Errorf("%s: %s\n  %s", r.Name, r.Title, strings.Join(r.Details, "\n  "))
		}
	}
	if len(results) < len(conform.Checks()) {
		t.Errorf("only %d checks were made", len(results))
	}
}

func TestTheExampleInGoPasses(t *testing.T) {
	passes(t, conform.Options{Command: build(t, "go-dia-chi", "../examples/go-dia-chi"), Cases: samples(t, "../examples/go-dia-chi/services/vidu.dia-chi")})
}

func TestTheExampleInPythonPasses(t *testing.T) {
	passes(t, conform.Options{Command: zipped(t, "../examples/python-danh-sach"), Cases: samples(t, "../examples/python-danh-sach/services/vidu.danh-sach")})
}

// zipped packs a plugin in Python into one file, as its Makefile does.
func zipped(t *testing.T, dir string) string {
	t.Helper()
	root := t.TempDir()
	staged, path := filepath.Join(root, "staged"), filepath.Join(root, "plugin.pyz")
	if err := os.CopyFS(filepath.Join(staged, "lgsp_plugin"), os.DirFS("../python/lgsp_plugin")); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"plugin.py": "__main__.py", "mapper.py": "mapper.py"} {
		b, err := os.ReadFile(filepath.Join(dir, from))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(staged, to), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("/usr/bin/python3", "-m", "zipapp", staged, "-o", path, "-p", "/usr/bin/python3")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// Every check fails for a plugin that does what it is about wrong, and for no
// other reason: the same plugin without its flaw passes.
func TestEveryCheckCanFail(t *testing.T) {
	broken := build(t, "broken", "./testdata/broken")
	all := samples(t, "testdata/vidu.phieu")
	t.Run("none", func(t *testing.T) { passes(t, conform.Options{Command: broken, Args: []string{"none"}, Cases: all}) })
	found := map[string]bool{}
	for _, x := range []struct{ flaw, check, says string }{
		{"ends at once", "greeting", "it ended before it greeted"},
		{"greets late", "greeting", "did not greet within"},
		{"talks first", "greeting", `its first line is "Hello"`},
		{"version", "greeting", `"2" in place 2`},
		{"network", "greeting", `"tcp" in place 3`},
		{"protocol", "greeting", `"netrpc" in place 5`},
		{"no certificate", "greeting", "the certificate in its greeting"},
		{"padded certificate", "greeting", "the certificate in its greeting"},
		{"listens elsewhere", "greeting", "right inside the folder"},
		{"unwell", "greeting", "NOT_SERVING"},
		{"nameless", "description", "its name has 0 bytes"},
		{"serves everybody", "secrecy", "no certificate"},
		{"serves any certificate", "secrecy", "another certificate"},
		{"hangs by hand", "alone", "does not end within"},
		{"silent by hand", "alone", "without arguments it ends with exit code 0"},
		{"content by hand", "alone", "case sai"},
		{"makes something else", "cases", "mot: want"},
		{"fieldless", "cases", "sai: "},
		{"no replies", "replies", "says that it has no Reply"},
		{"crashes at an answer", "replies", "it had ended: exit status 3"},
		{"blocks at an answer", "replies", "DeadlineExceeded"},
		{"answers text", "replies", "is not XML"},
		{"tells the answer", "replies", "holds what is in it"},
		{"counts", "purity", "mapped alone, in another order"},
		{"tells what came along", "purity", "mapped together"},
		{"knows its process", "purity", "by a process that has just begun"},
		{"forgets one", "purity", "it answers 2"},
		{"answers backwards", "ids", "of the 32 messages of one call, the answer in place 1 bears the id of that in place 32"},
		{"swaps ids", "ids", "the answer in place 1 bears the id of that in place 2"},
		{"answers under no id", "ids", "a message that is sent alone is answered without its id"},
		{"answers under an id of its own", "ids", "a message that is sent alone is answered under an id that is not its own"},
		{"mixes calls up", "concurrency", "at once with others"},
		{"crashes", "fields", "it had ended: exit status 3"},
		{"fieldless", "fields", "Invalid without fields"},
		{"pathless", "fields", `the field "Ma"`},
		{"textless", "fields", `the text ""`},
		{"writes by hand", "fields", "the document is not JSON"},
		{"long lane", "fields", "want at most 256"},
		{"tells values", "privacy", "an error or a warning holds"},
		{"prints values", "privacy", "what it prints holds"},
		{"prints values late", "privacy", "what it prints holds"},
		{"prints a name late", "privacy", "what it prints holds"},
		{"tells a word", "privacy", "an error or a warning holds"},
		{"tells half a number", "privacy", "an error or a warning holds"},
		{"tells the name beside", "privacy", "case mot, /Phieu/Ma left out: an error or a warning holds a word"},
		{"says what the sample says", "privacy", ""},
		{"small", "sizes", "larger than max"},
		{"slow", "sizes", "DeadlineExceeded"},
		{"crashes", "letters", ""},
		{"cuts letters", "letters", "is not UTF-8"},
		{"ends with a call", "patience", "it had ended: exit status 3"},
		{"hoards", "memory", "made it grow"},
		{"hungry", "memory", "and may use 256"},
		{"talks", "quiet", "bytes; it printed"},
		{"talks late", "quiet", "bytes; it printed"},
		{"hungry", "limits", "MiB of memory, and may use 256"},
		{"leaves a process", "limits", "operation not permitted"},
		{"stays", "shutdown", "still runs after"},
		{"leaves a file", "shutdown", "it left left behind"},
		{"lives on", "orphan", "still runs after"},
		{"leaves a process", "leftovers", "told to end it leaves sleep"},
		{"leaves a process", "leftovers", "killed it leaves sleep"},
		{"leaves a process", "leftovers", "without its daemon it leaves sleep"},
		{"leaves a process of its group", "leftovers", "told to end it leaves sleep"},
		{"leaves a stranger", "leftovers", "killed it leaves sleep"},
		{"leaves a process", "alone", "still holds its output"},
	} {
		found[x.check] = true
		t.Run(x.check+" "+x.flaw, func(t *testing.T) {
			o := conform.Options{Command: broken, Args: []string{x.flaw}, Cases: all, Only: []string{x.check}}
			if slices.Contains([]string{"greets late", "hangs by hand", "slow"}, x.flaw) {
				o.Start, o.Timeout = 2*time.Second, 2*time.Second
			}
			if x.flaw == "blocks at an answer" {
				o.Timeout = 300 * time.Millisecond
			}
			results, err := conform.Run(t.Context(), o, func(conform.Result) {})
			if err != nil || len(results) != 1 {
				t.Fatalf("%v, %v", results, err)
			}
			said := strings.Join(results[0].Details, "\n")
			if results[0].OK() != (x.says == "") || !strings.Contains(said, x.says) {
				t.Errorf("it says %q, want %q", said, x.says)
			}
		})
	}
	for _, name := range conform.Checks() {
		if !found[name] {
			t.Errorf("no plugin fails %s", name)
		}
	}
}

// What a plugin started may hold its output for longer than anybody waits, and
// may have left its process group.
func TestAProcessThatAPluginStartedHoldsNothingUpAndIsEnded(t *testing.T) {
	broken := build(t, "broken", "./testdata/broken")
	for _, flaw := range []string{"leaves a process", "leaves a process of its group", "leaves a stranger"} {
		began := time.Now()
		results, err := conform.Run(t.Context(), conform.Options{Command: broken, Args: []string{flaw}, Only: []string{"description", "shutdown"}}, func(conform.Result) {})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if !r.OK() {
				t.Errorf("%s: %s says %q", flaw, r.Name, r.Details)
			}
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: it took %s", flaw, took)
		}
		if left := sleepers(t); len(left) > 0 {
			t.Errorf("%s: left are the processes %q", flaw, left)
		}
	}
}

// sleepers are the processes that the broken plugin starts.
func sleepers(t *testing.T) (found []string) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		if b, err := os.ReadFile(path); err == nil && string(b) == "sleep\x0031.4159\x00" {
			found = append(found, path)
		}
	}
	return found
}
