package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var updateGuide = flag.Bool("update-guide", false, "write what commands print into the guide for authors of mappings")

// The guide for authors of mappings. What its two languages show is the same;
// package mappings has the test of that, and runs the examples of its cookbook.
var guidePages = [...]string{"docs/huong-dan/viet-anh-xa.md", "docs/guide-mappings.md"}

// What the blocks of the tutorial are, by the second word of their info strings.
const (
	aCommand  = "chay"     // commands; a third word is the exit code, when it is not 0, or cho: again until they print what is shown
	aWindow   = "cua-so"   // a command that goes on in a window of its own
	aScreen   = "man-hinh" // what the commands before it print; a line … stands for any lines
	aFile     = "tep"      // a file, by its path
	aChange   = "sua"      // what is changed in a file: lines with -, + and those around, @@ between places
	anExcerpt = "trich"    // lines that are in a file
)

var tutorialFence = regexp.MustCompile("(?ms)^```(\\w+) (" + strings.Join([]string{aCommand, aWindow, aScreen, aFile, aChange, anExcerpt}, "|") + ")(?: ([^\n]+))?\n(.*?)^```$")

// tutorial is the folder in which the commands of the guide are run.
type tutorial struct {
	root   string // stands for the folder of the sources
	cwd    string
	swaps  *strings.Replacer // ports of the guide to those of this test
	shown  *strings.Replacer // and back, with the folder
	screen string            // what the last commands printed
}

// What the guide calls the folder of the sources, and its two addresses.
const (
	guideRoot    = "/home/mau/lgspd"
	guideDoor    = "127.0.0.1:8081"
	guideSandbox = "127.0.0.1:8090"
)

func newTutorial(t *testing.T) *tutorial {
	t.Helper()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	docs, err := filepath.Abs(filepath.Join(root, "docs"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(docs, filepath.Join(folder, "docs")); err != nil {
		t.Fatal(err)
	}
	door, box := freeAddress(t), freeAddress(t)
	return &tutorial{
		root: folder, cwd: folder,
		swaps: strings.NewReplacer(guideDoor, door, guideSandbox, box, "lgspd sandbox", "lgspd sandbox --listen "+box),
		shown: strings.NewReplacer(door, guideDoor, box, guideSandbox, folder, guideRoot),
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// shell prepares a script that finds the real program as lgspd.
func (tu *tutorial) shell(t *testing.T, script string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir = tu.cwd
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(binary(t))+":"+os.Getenv("PATH"), "LC_ALL=C.UTF-8")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// run runs commands and notes where they end up, as in one shell.
func (tu *tutorial) run(t *testing.T, script string) (code int) {
	t.Helper()
	var out buffer
	place := filepath.Join(t.TempDir(), "cwd")
	cmd := tu.shell(t, "trap 'pwd > "+place+"' EXIT\n"+tu.swaps.Replace(script))
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Fatal(err)
		}
	}
	tu.cwd = strings.TrimSpace(string(read(t, place)))
	tu.screen = tu.steady(out.String())
	if text, err := os.ReadFile(filepath.Join(tu.cwd, "lgspd.yaml")); err == nil {
		tu.write(t, "lgspd.yaml", tu.swaps.Replace(string(text)))
	}
	return cmd.ProcessState.ExitCode()
}

// window starts a command that goes on, and waits until it listens.
func (tu *tutorial) window(t *testing.T, script string) {
	t.Helper()
	var log buffer
	cmd := tu.shell(t, "exec "+tu.swaps.Replace(script))
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // how it ended is in ProcessState
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended already
		<-ended
	})
	address := tu.swaps.Replace(guideDoor)
	if strings.Contains(script, "sandbox") {
		address = tu.swaps.Replace(guideSandbox)
	}
	until(t, 20*time.Second, script+" listens", func() bool {
		select {
		case <-ended:
			t.Fatalf("%s ended: %s\n%s", script, cmd.ProcessState, log.String())
		default:
		}
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
}

// What differs from one run to the next, and what the guide shows instead.
var varying = []struct {
	found *regexp.Regexp
	shown []string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`), []string{"01a20155-a356-7c59-ace5-028851683600", "01a20155-a3a4-79b9-8f1c-076025067200"}},
	{regexp.MustCompile(`\b[0-9a-f]{12}\b`), []string{"5d41402abc4b", "7b8b965ad4bc", "9a0364b9e99b"}},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), []string{"2026-01-05T01:00:00.000Z"}},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`), []string{"2026-01-05 08:00:00"}},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d`), []string{"2026-01-05 08:00"}},
}

// steady returns what was printed as the guide shows it.
func (tu *tutorial) steady(text string) string {
	text = tu.shown.Replace(text)
	for _, v := range varying {
		var seen []string
		text = v.found.ReplaceAllStringFunc(text, func(s string) string {
			if strings.Trim(s, "0123456789") == "" {
				return s // a personal id or the end of an id above, not a hash
			}
			for i, one := range seen {
				if one == s {
					return v.shown[min(i, len(v.shown)-1)]
				}
			}
			seen = append(seen, s)
			return v.shown[min(len(seen), len(v.shown))-1]
		})
	}
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func (tu *tutorial) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(tu.cwd, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// change makes the changes of a block in a file.
func (tu *tutorial) change(t *testing.T, name, block string) {
	t.Helper()
	text := string(read(t, tu.cwd, name))
	for _, place := range strings.Split(block, "@@\n") {
		was, is := "", ""
		for _, line := range strings.SplitAfter(place, "\n") {
			switch {
			case line == "":
			case line[0] == '-':
				was += line[1:]
			case line[0] == '+':
				is += line[1:]
			default:
				line = strings.TrimPrefix(line, " ")
				was, is = was+line, is+line
			}
		}
		if strings.Count(text, was) != 1 {
			t.Fatalf("%s does not hold once\n%s\nit holds\n%s", name, was, text)
		}
		text = strings.Replace(text, was, is, 1)
	}
	tu.write(t, name, text)
}

// shows reports whether a block shows a text. A line … stands for any lines.
func shows(block, text string) bool {
	got := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	parts := strings.Split("\n"+block, "\n…")
	for i, part := range parts {
		want := strings.Split(strings.TrimSuffix(part, "\n"), "\n")[1:]
		at := 0
		for at <= len(got)-len(want) && !slices.Equal(got[at:at+len(want)], want) {
			at++
		}
		if i > 0 && i == len(parts)-1 && len(want) > 0 {
			at = max(at, len(got)-len(want))
		}
		if at > len(got)-len(want) || !slices.Equal(got[at:at+len(want)], want) || i == 0 && at > 0 {
			return false
		}
		got = got[at+len(want):]
	}
	return len(got) == 0 || strings.HasSuffix(block, "…\n")
}

func TestABlockOfTheGuideShowsWhatIsPrinted(t *testing.T) {
	for _, tt := range []struct {
		block, text string
		want        bool
	}{
		{"a\nb\n", "a\nb\n", true},
		{"a\n", "a\nb\n", false},
		{"b\n", "a\nb\n", false},
		{"…\nb\n", "a\nb\n", true},
		{"…\nb\n", "a\nb\nb\n", true},
		{"…\nb\n", "a\nbc\n", false},
		{"…\nb\n", "b\na\n", false},
		{"a\n…\n", "a\nb\nc\n", true},
		{"b\n…\n", "a\nb\nc\n", false},
		{"a\n…\nc\n…\ne\n", "a\nb\nc\nd\ne\n", true},
		{"a\n…\nd\n…\nc\n", "a\nb\nc\nd\n", false},
		{"a\n…\nb\n…\n", "a\n", false},
		{"", "a\n", false},
	} {
		if got := shows(tt.block, tt.text); got != tt.want {
			t.Errorf("%q shows %q: %t", tt.block, tt.text, got)
		}
	}
}

// The reader of the guide gets what it shows: every command is run by the built
// program, in order.
func TestTheTutorialOfTheGuideWorks(t *testing.T) {
	page := string(read(t, root, guidePages[0]))
	tu := newTutorial(t)
	blocks := tutorialFence.FindAllStringSubmatch(page, -1)
	printed := map[int]string{} // by the number of the block: what it has to be
	commands, again := 0, ""
	for i, m := range blocks {
		block, what, name, text := m[0], m[2], m[3], m[4]
		switch what {
		case aCommand:
			commands++
			again = ""
			switch name {
			case "cho":
				again = text
				continue
			case "":
				name = "0"
			}
			if code := tu.run(t, text); fmt.Sprint(code) != name {
				t.Fatalf("%s\nended with %d\n%s", block, code, tu.screen)
			}
		case aWindow:
			commands++
			tu.window(t, strings.TrimSpace(text))
		case aScreen:
			if again != "" {
				comes(20*time.Second, func() bool { return tu.run(t, again) == 0 && shows(text, tu.screen) })
			}
			if !shows(text, tu.screen) {
				printed[i] = "```text " + aScreen + "\n" + tu.screen + "```"
			}
		case aFile:
			tu.write(t, name, text)
		case aChange:
			tu.change(t, name, text)
		case anExcerpt:
			if !strings.Contains(string(read(t, tu.cwd, name)), text) {
				t.Errorf("%s holds no\n%s\nit holds\n%s", name, text, read(t, tu.cwd, name))
			}
		}
	}
	if commands < 10 {
		t.Errorf("only %d commands were run", commands)
	}
	for i, now := range printed {
		if !*updateGuide || strings.Contains(blocks[i][0], "\n…\n") {
			t.Errorf("the guide shows\n%s\nand the program\n%s", blocks[i][0], now)
			delete(printed, i)
		}
	}
	for _, name := range guidePages {
		i := -1
		text := tutorialFence.ReplaceAllStringFunc(string(read(t, root, name)), func(block string) string {
			i++
			if now, ok := printed[i]; ok {
				return now
			}
			return block
		})
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); len(printed) > 0 && err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryCommandOfTheGuideIsRun(t *testing.T) {
	marked := regexp.MustCompile("^```sh (" + aCommand + "|" + aWindow + ")( \\d| cho)?$")
	for _, name := range guidePages {
		for i, line := range strings.Split(string(read(t, root, name)), "\n") {
			if strings.HasPrefix(line, "```sh") && !marked.MatchString(line) {
				t.Errorf("%s:%d: %s: no test runs this", name, i+1, line)
			}
		}
	}
}

func TestTheGuideNamesCommandsThatAreThere(t *testing.T) {
	named := regexp.MustCompile("`lgspd ([a-z]+)(?: ([a-z]+)\\b)?")
	for _, name := range guidePages {
		found := named.FindAllStringSubmatch(string(read(t, root, name)), -1)
		if len(found) < 10 {
			t.Errorf("%s names only %d commands", name, len(found))
		}
		for _, m := range found {
			if r := command(t, append(strings.Fields(m[1]+" "+m[2]), "--help")...); r.code != exitOK {
				t.Errorf("%s: there is no lgspd %s %s", name, m[1], m[2])
			}
		}
	}
}
