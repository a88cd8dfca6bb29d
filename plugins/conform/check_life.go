package conform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/beevik/etree"
	"google.golang.org/protobuf/types/known/emptypb"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/host"
)

// worksAlone starts the program as a person does.
func worksAlone(ctx context.Context, x *exam) (err error) {
	dir, err := os.MkdirTemp("", "lgspd-test-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	code, out, err := x.byHand(ctx, dir)
	switch {
	case err != nil:
		return err
	case code == 0 || strings.TrimSpace(out) == "":
		return fmt.Errorf("without arguments it ends with exit code %d and prints %d bytes: want one that is not 0, and how it is used", code, len(out))
	}
	var bad wrong
	for i, c := range x.messages {
		file := filepath.Join(dir, fmt.Sprintf("%d.xml", i))
		if err := os.WriteFile(file, c.Envelope.Body, 0o600); err != nil {
			return err
		}
		code, out, err := x.byHand(ctx, dir, file)
		want := map[bool]int{false: 0, true: 1}[c.Fails()]
		switch {
		case err != nil:
			return err
		case code != want || strings.TrimSpace(out) == "":
			bad = append(bad, fmt.Sprintf("with the message of case %s it ends with exit code %d and prints %d bytes: want exit code %d and what it makes of it", c.Name, code, len(out), want))
		}
	}
	return bad.orNil()
}

// byHand runs the program without the daemon's word, and returns its exit code
// and what it prints.
func (x *exam) byHand(ctx context.Context, dir string, args ...string) (int, string, error) {
	ctx, cancel := context.WithTimeout(ctx, x.Start)
	defer cancel()
	out := &printed{}
	//nolint:gosec // the person who examines a plugin names it
	cmd := exec.CommandContext(ctx, x.Command, append(append([]string{}, x.Args...), args...)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, host.Environment(dir, x.Memory), out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var known []running
	cmd.Cancel = func() error {
		known = below(cmd.Process.Pid)
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	cmd.WaitDelay = drain // for whatever still holds its output
	err := cmd.Run()
	if cmd.Process != nil {
		for _, r := range leftOf(cmd.Process.Pid, dir, known) {
			r.end()
		}
	}
	switch {
	case ctx.Err() != nil:
		return 0, "", fmt.Errorf("started by hand it does not end within %s", x.Start)
	case errors.Is(err, exec.ErrWaitDelay):
		return 0, "", errors.New("started by hand it ends, and something that it started still holds its output")
	}
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		return 0, "", fmt.Errorf("start it: %w", err)
	}
	text, _ := out.text()
	return cmd.ProcessState.ExitCode(), text, nil
}

const huge = 8 << 20 // bytes of a message that the door takes unless told otherwise

// copes sends messages as large, deep and long as the daemon would hand over.
func copes(ctx context.Context, x *exam) error {
	if err := x.needsCases(); err != nil {
		return err
	}
	return x.with(ctx, func(ctx context.Context, p *process) error {
		var bad wrong
		for _, v := range x.sizes() {
			began := time.Now()
			all, err := x.ask(ctx, p, v.envelope)
			if err != nil {
				return fmt.Errorf("%s (%d bytes), after %s: %w", v.what, len(v.envelope.Body), time.Since(began).Round(time.Millisecond), err)
			}
			if problem := x.unusable(all[0]); problem != "" {
				bad = append(bad, v.what+": "+problem)
			}
		}
		return bad.orNil()
	})
}

// sizes changes the first good case into messages at the daemon's bounds.
func (x *exam) sizes() (all []variant) {
	c := x.good[0]
	for _, ch := range []struct {
		what string
		do   func(root, leaf *etree.Element)
	}{
		{"empty", func(root, _ *etree.Element) { root.Child = nil }},
		{"with a text of 8 MiB", func(_, leaf *etree.Element) { leaf.SetText(strings.Repeat("ễ", huge/len("ễ"))) }},
		{"with a line of 8 MiB of signs", func(_, leaf *etree.Element) { leaf.SetText(strings.Repeat("|,;/", huge/4)) }},
		{"64 elements deep", func(root, _ *etree.Element) {
			for e := root; depth(e) < 64; {
				e = e.CreateElement("Sau")
			}
		}},
		{"with 10,000 elements that nobody knows", func(root, _ *etree.Element) {
			for range 10_000 {
				root.CreateElement("La").SetText("x")
			}
		}},
		{"with 10,000 of the same element", func(_, leaf *etree.Element) {
			for range 10_000 {
				leaf.Parent().AddChild(leaf.Copy())
			}
		}},
		{"with 100 attributes", func(root, _ *etree.Element) {
			for i := range 100 {
				root.CreateAttr(fmt.Sprintf("a%d", i), "x")
			}
		}},
	} {
		doc := etree.NewDocument()
		if err := doc.ReadFromBytes(c.Envelope.Body); err != nil {
			return nil
		}
		root := payload(doc)
		leaf := root
		if below := leaves(root); len(below) > 0 {
			leaf = below[len(below)-1]
		}
		ch.do(root, leaf)
		v := variant{what: "case " + c.Name + " " + ch.what, envelope: c.Envelope}
		v.envelope.Body = written(doc)
		all = append(all, v)
	}
	return all
}

func depth(e *etree.Element) (n int) {
	for ; e.Parent() != nil; e = e.Parent() {
		n++
	}
	return n
}

// outlivesCalls gives up calls while they are under way.
func outlivesCalls(ctx context.Context, x *exam) error {
	if err := x.needsCases(); err != nil {
		return err
	}
	return x.with(ctx, func(ctx context.Context, p *process) error {
		var batch []lgsp.Envelope
		for i := range 64 {
			batch = append(batch, x.messages[i%len(x.messages)].Envelope)
		}
		for i := range 32 {
			callCtx, cancel := context.WithTimeout(ctx, time.Duration(i)*time.Millisecond)
			_, err := x.ask(callCtx, p, batch...)
			cancel()
			if err != nil && p.over(0) {
				return fmt.Errorf("give up calls: %w", err)
			}
		}
		if _, err := x.describe(ctx, p); err != nil {
			return fmt.Errorf("after calls were given up, %w", err)
		}
		var bad wrong
		for _, diff := range x.good[0].Run(ctx, client{x, p}) {
			bad = append(bad, "after calls were given up, case "+x.good[0].Name+": "+diff)
		}
		return bad.orNil()
	})
}

const mostGrowth = 48 << 20 // bytes that Calls messages may leave behind

func keepsMemory(ctx context.Context, x *exam) error {
	if err := x.needsCases(); err != nil {
		return err
	}
	return x.with(ctx, func(ctx context.Context, p *process) error {
		run := func(n int) error {
			for n > 0 {
				var batch []lgsp.Envelope
				for range min(64, n) {
					e := x.messages[n%len(x.messages)].Envelope
					e.ID[13], e.ID[14], e.ID[15] = byte(n>>16), byte(n>>8), byte(n)
					batch = append(batch, e)
					n--
				}
				if _, err := x.ask(ctx, p, batch...); err != nil {
					return err
				}
			}
			return nil
		}
		if err := run(x.Calls / 4); err != nil {
			return err
		}
		before := host.Resident(p.pid)
		if err := run(x.Calls); err != nil {
			return err
		}
		after := host.Resident(p.pid)
		switch {
		case after > x.Memory:
			return fmt.Errorf("after %d messages it uses %d MiB, and may use %d", x.Calls*5/4, after>>20, x.Memory>>20)
		case after-before > mostGrowth:
			return fmt.Errorf("%d messages made it grow from %d to %d MiB", x.Calls, before>>20, after>>20)
		}
		return nil
	})
}

const mostPrinted = 512 // bytes for all cases, twenty times over

func isQuiet(ctx context.Context, x *exam) error {
	if err := x.needsCases(); err != nil {
		return err
	}
	return x.with(ctx, func(ctx context.Context, p *process) error {
		for range 20 {
			if _, err := x.alone(ctx, p, x.envelopes()); err != nil {
				return err
			}
		}
		x.finish(ctx, p)
		if _, n := p.printed.text(); n > mostPrinted {
			return wrong{fmt.Sprintf("for %d messages it printed %d bytes%s", 20*len(x.messages), n, p.printed.quoted())}
		}
		return nil
	})
}

// Times in which a plugin ends.
const (
	afterOrder  = 2 * time.Second
	afterDaemon = 5 * time.Second
)

// shutDown tells the plugin to end.
func (x *exam) shutDown(ctx context.Context, p *process) error {
	p.look()
	ctx, cancel := context.WithTimeout(ctx, x.Timeout)
	defer cancel()
	return p.conn.Invoke(ctx, "/plugin.GRPCController/Shutdown", &emptypb.Empty{}, &emptypb.Empty{})
}

// lag is how long after a message what a plugin prints of it is still seen.
const lag = 500 * time.Millisecond

// finish ends the plugin and waits for all that it prints.
func (x *exam) finish(ctx context.Context, p *process) {
	if p.over(lag) {
		return
	}
	_ = x.shutDown(ctx, p) // whether it obeys is another check's
	if !p.over(afterOrder) {
		_ = syscall.Kill(-p.pid, syscall.SIGKILL) // it may have just ended
	}
	<-p.exited
}

// letGo leaves the plugin as a daemon does that is killed.
func (p *process) letGo() error {
	p.look()
	return errors.Join(p.stdin.Close(), p.conn.Close())
}

func endsWhenTold(ctx context.Context, x *exam) error {
	return x.with(ctx, func(ctx context.Context, p *process) error {
		if _, err := x.describe(ctx, p); err != nil {
			return err
		}
		err := x.shutDown(ctx, p)
		if !p.over(afterOrder) {
			return errors.Join(fmt.Errorf("it was told to end by plugin.GRPCController/Shutdown, and still runs after %s", afterOrder), err)
		}
		var bad wrong
		for _, folder := range []string{socketFolder, workFolder} {
			left, err := os.ReadDir(filepath.Join(p.dir, folder))
			if err != nil {
				return err
			}
			for _, f := range left {
				bad = append(bad, "it left "+f.Name()+" behind")
			}
		}
		return bad.orNil()
	})
}

// endsAlone lets go of the plugin as a daemon does that is killed.
func endsAlone(ctx context.Context, x *exam) error {
	return x.with(ctx, func(ctx context.Context, p *process) error {
		if _, err := x.describe(ctx, p); err != nil {
			return err
		}
		if err := p.letGo(); err != nil {
			return err
		}
		if !p.over(afterDaemon) {
			return fmt.Errorf("its standard input and its connection ended, as when the daemon is killed, and it still runs after %s", afterDaemon)
		}
		return nil
	})
}
