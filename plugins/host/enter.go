package host

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// fenceName is the name under which the daemon starts itself, to become a plugin.
const fenceName = "lgspd-plugin"

// exitUnfenced ends a process that could not be fenced in.
const exitUnfenced = 125

// fence is what a process must know to become a plugin.
type fence struct {
	Program string   // and its arguments
	Args    []string // the first is its name
	Hidden  []string // that it may not read
	Own     string   // folder that it may write to
	Memory  int64    // bytes
	Daemon  int      // process that started it
}

// command returns the command that starts a plugin: our own program, which
// gives up what a plugin must not have and then becomes the plugin. What a
// process has given up before it runs a program that program cannot take back.
func (f fence) command(env []string, work string) (*exec.Cmd, error) {
	told, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	return &exec.Cmd{Path: "/proc/self/exe", Args: []string{fenceName, string(told)}, Dir: work, Env: env}, nil
}

// entered says that this program begins with Enter. One that did not would, in
// the place of a plugin, start itself.
var entered bool

// Enter makes this process a plugin if a Host has started it to become one, and
// does not return then. The main function of every program that has a Host
// begins with it.
func Enter() {
	entered = true
	if len(os.Args) != 2 || os.Args[0] != fenceName {
		return
	}
	var f fence
	err := json.Unmarshal([]byte(os.Args[1]), &f)
	if err == nil {
		err = f.become()
	}
	fmt.Fprintln(os.Stderr, "the plugin could not be fenced in:", err)
	os.Exit(exitUnfenced)
}

// become does not return unless it fails.
func (f fence) become() error {
	runtime.LockOSThread() // what is given up is given up by a thread
	if err := confine(f.Hidden, f.Own, f.Program); err != nil {
		return err
	}
	if err := refuse(refusals(f.Daemon)); err != nil {
		return err
	}
	if err := limit(f.Memory); err != nil { // last, as we may have more than a plugin may
		return err
	}
	if err := unix.Exec(f.Program, f.Args, os.Environ()); err != nil {
		return fmt.Errorf("run %s: %w", f.Program, err)
	}
	return nil
}
