package main

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAFullDiskRefusesNewcomersAndGoesOnDelivering has a stranger fill the disk
// while messages wait for an upstream that is away. // req: R-01
func TestAFullDiskRefusesNewcomersAndGoesOnDelivering(t *testing.T) {
	if !asRoot(t) {
		return
	}
	box, url := startSandbox(t)
	s := newSite(t, url)
	const minFree, reserve = 2 << 20, 64 << 20
	s.replace(t, "min_free: 1MiB", "min_free: 2MiB")
	// Newcomers are taken again once twice the reserve is free. This one is more
	// than all messages, so that what they give back is not enough for that.
	s.replace(t, "reserve: 1MiB", "reserve: 64MiB")
	d := mountDisk(t, s, "256m")
	offline(t, box)
	daemon := s.serve(t).tellOnFailure(t)
	const senders = 8
	l, p := startLoad(t, s, senders), newPen(t, s)
	// Their outcomes are more than the log holds, so that they need the reserve.
	until(t, time.Minute, "messages wait", func() bool { return l.acknowledged.Load() >= 5000 })

	stranger := d.fill(t) // whatever the daemon gives back meanwhile, too
	until(t, 10*time.Second, "newcomers are refused", p.refused)
	until(t, 10*time.Second, "every sender is refused", func() bool { return l.refused.Load() == senders })
	daemon.mustLive(t)
	held := l.acknowledged.Load()
	if free := d.free(t); free > minFree {
		t.Errorf("%d bytes are free: the disk was not full", free)
	}

	box.Clear()
	p.settle(box, l, 0)
	until(t, time.Minute, "what is delivered gives way", func() bool {
		return s.look(t, "select count(*) from message where state = 3 and payload > 0") == 0
	})
	if sizeOf(s.database()+"-reserve") == reserve {
		t.Error("the reserve was not in use")
	}
	if !p.refused() || l.acknowledged.Load() != held {
		t.Errorf("%d newcomers were taken while the disk was full", l.acknowledged.Load()-held)
	}
	t.Logf("%d messages were held and delivered; %d KiB are free", held, d.free(t)>>10)

	if err := os.Remove(stranger); err != nil {
		t.Fatal(err)
	}
	until(t, 20*time.Second, "newcomers are taken again", func() bool { return l.acknowledged.Load() > held+20 })
	l.finish()
	p.settle(box, l, 0)
	if sizeOf(s.database()+"-reserve") != reserve {
		t.Error("the reserve was not filled up again")
	}
	daemon.mustStop(t)
	p.mustBeInEffectOnce(box, l)
	s.mustBeWhole(t)
}

// TestADiskThatFailsEveryWriteIsMetAndOutlived has the kernel refuse what the
// daemon writes, as it does once a file system has gone read-only or a disk
// dies, while messages come and go.
func TestADiskThatFailsEveryWriteIsMetAndOutlived(t *testing.T) {
	for _, errno := range []string{"EROFS", "EIO", "ENOSPC"} {
		t.Run(errno, func(t *testing.T) {
			box, url := startSandbox(t)
			s := newSite(t, url)
			daemon := s.serve(t).tellOnFailure(t)
			l, p := startLoad(t, s, 8), newPen(t, s)
			for range 2 {
				before := l.acknowledged.Load()
				until(t, 20*time.Second, "messages flow", func() bool { return l.acknowledged.Load() > before+50 })
				mend := breakWrites(t, daemon, errno)
				until(t, 20*time.Second, "newcomers are refused", p.refused)
				daemon.mustLive(t)
				mend()
				until(t, 20*time.Second, "newcomers are taken again", p.accepted)
			}
			l.finish()
			p.settle(box, l, 0)
			daemon.mustStop(t)
			p.mustBeInEffectOnce(box, l)
			s.mustBeWhole(t)
		})
	}
}

// breakWrites has every write and sync of the database fail until mend is
// called. Linux does not let a disk be remounted read-only under a file that
// is open for writing, so the system calls are made to fail instead.
func breakWrites(t *testing.T, daemon *process, errno string) (mend func()) {
	t.Helper()
	const calls = "pwrite64,pwritev,pwritev2,fsync,fdatasync,ftruncate,fallocate"
	cmd := exec.Command("strace", "-f", "-qq", "-o", os.DevNull, "-p", strconv.Itoa(daemon.cmd.Process.Pid),
		"-e", "trace="+calls, "-e", "inject="+calls+":error="+errno)
	var said buffer
	cmd.Stderr = &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		t.Fatal("strace is needed to break a disk; install the package strace: ", err)
	}
	ended := false
	mend = func() {
		if ended {
			return
		}
		ended = true
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Errorf("strace ended early: %v: %s", err, said.String())
		}
		_ = cmd.Wait() // a signal ended it
	}
	t.Cleanup(mend)
	return mend
}

func TestStartingOnAReadOnlyDiskSaysSo(t *testing.T) {
	if !asRoot(t) {
		return
	}
	box, url := startSandbox(t)
	s := newSite(t, url)
	d := mountDisk(t, s, "64m")
	p := newPen(t, s)
	for _, when := range []string{"before the database was made", "with a database"} {
		d.remount(t, "ro")
		r := binaryCommand(t, "serve", "--config", s.config)
		if r.code != exitEnvironment || !strings.Contains(r.err, "read-only") || !strings.Contains(r.err, d.folder) {
			t.Errorf("%s: it ended with %d: %s", when, r.code, r.err)
		}
		d.remount(t, "rw")
		daemon := s.serve(t).tellOnFailure(t)
		p.mustWrite(0)
		p.settle(box, nil, 0)
		daemon.mustStop(t)
	}
	p.mustBeInEffectOnce(box, nil)
	s.mustBeWhole(t)
}

func TestAFullSetSizeRefusesNewcomersUntilTheFileHasShrunk(t *testing.T) {
	const most = 64 << 20 // the least that may be set
	box, url := startSandbox(t)
	s := newSite(t, url)
	s.replace(t, "min_free: 1MiB", "min_free: 1MiB\n  max_size: 64MiB")
	offline(t, box)
	daemon := s.serve(t).tellOnFailure(t)
	p := newPen(t, s)
	until(t, 40*time.Second, "newcomers are refused", func() bool {
		if len(p.given) < 40 {
			p.mustWrite(3 << 20 / 2)
			return false
		}
		r := p.write(3 << 20 / 2)
		return strings.HasSuffix(r.code, "Server.Busy") && r.retryAfter > 0
	})
	if size := sizeOf(s.database()); size < most || size > most+64<<20 {
		t.Errorf("newcomers are refused at %d MiB", size>>20)
	}
	box.Clear()
	p.settle(box, nil, 0)
	until(t, 30*time.Second, "the file shrinks below the set size", func() bool { return sizeOf(s.database()) < most })
	until(t, 20*time.Second, "newcomers are taken again", p.accepted)
	p.settle(box, nil, 0)
	t.Logf("%d messages; the file has %d MiB, the log %d MiB", len(p.given), sizeOf(s.database())>>20, sizeOf(s.database()+"-wal")>>20)
	daemon.mustStop(t)
	p.mustBeInEffectOnce(box, nil)
	s.mustBeWhole(t)
}
