package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// onAMachine runs install.sh as if root were a machine with systemd: the script
// is read, and what would touch this machine is replaced. The stand-in for
// systemd asks the program itself ("up") whether it would stay up: 0 for one
// that does, 1 for one that ends, 3 for one that ends again and again and is
// found running each time.
const onAMachine = `
root=$1 source_dir=$2 && shift 2
DESTDIR=$root
source "$source_dir/install.sh"
live() { true; }
has_systemd() { true; }
own() { :; }
make_account() { :; }
as_account() { "$@"; }
pause() { :; }
journalctl() { echo "the last words"; }
systemctl() {
	echo "$*" >>"$root/calls"
	case "$*" in
	restart*)
		echo $((RANDOM + 1)) >"$root/MainPID"
		local end=0
		"$program" up || end=$?
		echo "$end" >"$root/end"
		echo active >"$root/ActiveState"
		((end != 1)) || echo activating >"$root/ActiveState"
		;;
	is-active*) [[ $(<"$root/ActiveState") == active ]] ;;
	*MainPID*)
		cat "$root/MainPID"
		[[ $(<"$root/end") != 3 ]] || echo $((RANDOM + 40000)) >"$root/MainPID"
		;;
	*ActiveState*) cat "$root/ActiveState" ;;
	*ExecMainStatus*) cat "$root/ExecMainStatus" ;;
	esac
}
main "$@"
`

// machine is a folder that install.sh takes for a machine.
type machine struct {
	t    *testing.T
	root string
}

// newMachine is one where nothing was installed yet.
func newMachine(t *testing.T) machine {
	m := machine{t, t.TempDir()}
	m.daemon("inactive", "0")
	m.write("end", "0")
	return m
}

// daemon sets what systemd says of the daemon.
func (m machine) daemon(state, status string) {
	m.write("ActiveState", state)
	m.write("ExecMainStatus", status)
	m.write("MainPID", "0")
	if state == "active" {
		m.write("MainPID", "4194305") // no process has such a number
	}
}

func (m machine) write(path, text string) {
	m.t.Helper()
	full := filepath.Join(m.root, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o640); err != nil {
		m.t.Fatal(err)
	}
}

// program makes a program of that name which ends "check" and "up" with these codes.
func (m machine) program(name, check, up string) string {
	m.t.Helper()
	path := filepath.Join(m.t.TempDir(), name)
	text := "#!/bin/sh\ncase $1 in version) echo lgspd " + name + ";; check) exit " + check + ";; up) exit " + up + ";; esac\n"
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		m.t.Fatal(err)
	}
	return path
}

// install installs a program and returns what was said and whether it went well.
func (m machine) install(program string) (said string, ok bool) {
	m.t.Helper()
	here, err := filepath.Abs(root)
	if err != nil {
		m.t.Fatal(err)
	}
	cmd := exec.CommandContext(m.t.Context(), "bash", "-c", onAMachine, "bash", m.root, here, "--binary", program)
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func (m machine) has(path, words string) {
	m.t.Helper()
	if got := string(read(m.t, m.root, path)); !strings.Contains(got, words) {
		m.t.Errorf("%s is not %s: %s", path, words, got)
	}
}

func (m machine) hasNo(path string) {
	m.t.Helper()
	if _, err := os.Lstat(filepath.Join(m.root, path)); !os.IsNotExist(err) {
		m.t.Errorf("there is a %s (%v)", path, err)
	}
}

func says(t *testing.T, said string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("it does not say %q:\n%s", w, said)
		}
	}
}

const (
	installed = "usr/local/bin/lgspd"
	previous  = "usr/local/lib/lgspd/lgspd.previous"
	unitFile  = "usr/local/lib/systemd/system/lgspd.service"
)

func TestADaemonThatStaysUpIsRestartedWithTheNewProgram(t *testing.T) {
	m := newMachine(t)
	m.install(m.program("first", "0", "0"))
	m.daemon("active", "0")
	said, ok := m.install(m.program("second", "0", "0"))
	if !ok {
		t.Error("it failed")
	}
	says(t, said, "stays up", "lgspd second", "lgspd doctor")
	m.has(installed, "second")
	m.has(previous, "first")
	m.has("calls", "restart lgspd")
}

func TestAProgramThatDoesNotStayUpIsTakenOutAgain(t *testing.T) {
	for name, up := range map[string]string{"it ends": "1", "it ends and is started again": "3"} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			m.install(m.program("first", "0", "0"))
			m.write(unitFile, "the unit of the first")
			m.daemon("active", "0")
			said, ok := m.install(m.program("second", "0", up))
			if ok {
				t.Error("it took that for a success")
			}
			says(t, said, "the last words", "lgspd second, does not stay up", "the one before, lgspd first, runs", "journalctl -u lgspd")
			m.has(installed, "first")
			m.has(unitFile, "the unit of the first")
			m.has("ActiveState", "active")
		})
	}
}

// Twice, because the second time the broken program is what is installed.
func TestABrokenProgramNeverTakesThePlaceOfTheLastGoodOne(t *testing.T) {
	for name, broken := range map[string]func(m machine) (path, state string){
		"one that crashes":             func(m machine) (string, string) { return m.program("broken", "0", "1"), "activating" },
		"one that does not run at all": func(m machine) (string, string) { return m.program("broken", "0", "1"), "inactive" },
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			m.install(m.program("good", "0", "0"))
			path, state := broken(m)
			m.install(path)
			m.has(previous, "good")
			m.has(installed, "broken")
			if state == "inactive" {
				m.write(installed, "#!/bin/sh\nexit 1\n")
			}
			m.daemon(state, "1")
			said, ok := m.install(m.program("worse", "0", "1"))
			says(t, said, "is not known to work, and is not kept")
			m.has(previous, "good")
			if state == "activating" {
				says(t, said, "the one before, lgspd good, runs")
				m.has(installed, "good")
			}
			if ok != (state == "inactive") {
				t.Errorf("it went well: %v\n%s", ok, said)
			}
		})
	}
}

func TestWhenNoProgramStaysUpTheNewOneIsLeft(t *testing.T) {
	m := newMachine(t)
	m.install(m.program("first", "0", "$(test -e "+m.root+"/newer && echo 1 || echo 0)"))
	m.daemon("active", "0")
	m.write("newer", "")
	said, ok := m.install(m.program("second", "0", "1"))
	if ok {
		t.Error("it took that for a success")
	}
	says(t, said, "stays up neither with the new program, lgspd second, nor with the one before, lgspd first")
	m.has(installed, "second")
	m.has(previous, "first")
}

func TestADaemonThatIsStoppedStaysStoppedAndThisIsSaid(t *testing.T) {
	for _, row := range []struct {
		state, status, check string
		say                  []string
	}{
		{"failed", "2", "2", []string{"does not run", "exit code 2", "left so", "until nothing is left to mend", "systemctl enable --now lgspd"}},
		{"failed", "2", "0", []string{"does not run", "exit code 2", "left so", "1. systemctl enable --now lgspd"}},
		{"inactive", "0", "0", []string{"does not run", "stopped before", "1. systemctl enable --now lgspd"}},
	} {
		t.Run(row.state+" "+row.check, func(t *testing.T) {
			m := newMachine(t)
			m.install(m.program("first", row.check, "0"))
			m.daemon(row.state, row.status)
			said, ok := m.install(m.program("second", row.check, "0"))
			if !ok {
				t.Error("it failed")
			}
			says(t, said, row.say...)
			m.has("ActiveState", row.state)
			if strings.Contains(string(read(t, m.root, "calls")), "start lgspd") {
				t.Error("it started the daemon")
			}
		})
	}
}

// The key that the configuration names is elsewhere: another one would only
// make people keep the wrong one in the safe.
func TestNoKeyIsMadeBesideTheOneThatTheConfigurationNames(t *testing.T) {
	text := string(read(t, root, "docs/huong-dan/thu-nghiem.yaml"))
	for name, row := range map[string]struct {
		keyFile, key, database string
		made                   bool
		say                    string
	}{
		"another file, which is there":   {"own.key", strings.Repeat("0123456789abcdef", 4), "", false, "does not ask for"},
		"another file, which is missing": {"own.key", "", "", false, "own.key cannot be used"},
		"the usual file":                 {"lgspd.key", "", "", true, "KEEP A COPY OF THE KEY"},
		"the usual file, and messages":   {"lgspd.key", "", "lgspd.db", false, "IS MISSING"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			m.write("etc/lgspd/lgspd.yaml", strings.NewReplacer("key_file: lgspd.key", "key_file: "+row.keyFile, "data: data", "data: "+m.root+"/var/lib/lgspd").Replace(text))
			if row.key != "" {
				m.write("etc/lgspd/own.key", row.key)
			}
			if row.database != "" {
				m.write("var/lib/lgspd/"+row.database, "")
			}
			said, ok := m.install(binary(t))
			if !ok {
				t.Error("it failed")
			}
			says(t, said, row.say)
			if row.made {
				m.has("etc/lgspd/lgspd.key", "")
				says(t, said, "The configuration is in order.")
			} else {
				m.hasNo("etc/lgspd/lgspd.key")
			}
		})
	}
}

func TestInstallingTheSameTwiceChangesNothing(t *testing.T) {
	m := newMachine(t)
	first, second := m.program("first", "0", "0"), m.program("second", "0", "0")
	m.install(first)
	m.install(second)
	key := read(t, m.root, "etc/lgspd/lgspd.key")
	if said, ok := m.install(second); !ok {
		t.Error(said)
	}
	m.has(installed, "second")
	m.has(previous, "first")
	m.has("etc/lgspd/lgspd.key", string(key))
}

func TestAProgramThatDoesNotTakeTheConfigurationChangesNothing(t *testing.T) {
	m := newMachine(t)
	m.install(m.program("first", "0", "0"))
	m.daemon("active", "0")
	said, ok := m.install(m.program("second", "2", "0"))
	if ok {
		t.Error("it took that for a success")
	}
	says(t, said, "nothing was changed")
	m.has(installed, "first")
	m.hasNo(previous)
	if strings.Contains(string(read(t, m.root, "calls")), "restart") {
		t.Error("it restarted the daemon")
	}
}

// By hand: the previous program is named as the one to install.
func TestThePreviousProgramCanBeInstalledAgain(t *testing.T) {
	m := newMachine(t)
	m.install(m.program("first", "0", "0"))
	m.install(m.program("second", "0", "0"))
	if said, ok := m.install(filepath.Join(m.root, previous)); !ok {
		t.Error(said)
	}
	m.has(installed, "first")
	m.has(previous, "second")
	if left, err := filepath.Glob(filepath.Join(m.root, "usr/local/lib/lgspd/.*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestADaemonThatRunsTheProgramAlreadyIsNotRestarted(t *testing.T) {
	m := newMachine(t)
	program := binary(t)
	m.install(program)
	running := exec.CommandContext(t.Context(), program, "sandbox", "--listen", "127.0.0.1:0")
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = running.Wait() // it was killed
	})
	m.daemon("active", "0")
	m.write("MainPID", strconv.Itoa(running.Process.Pid))
	said, ok := m.install(program)
	if !ok {
		t.Error("it failed")
	}
	says(t, said, "runs this program already")
	if strings.Contains(string(read(t, m.root, "calls")), "restart lgspd") {
		t.Error("it was restarted")
	}
}
