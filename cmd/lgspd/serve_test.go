package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"lgsp.internal/adapter/report/layout"
	"lgsp.internal/adapter/sandbox"
)

func TestADaemonThatIsAskedToEndEndsInOrder(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			box, url := startSandbox(t)
			s := newSite(t, url)
			if _, err := box.Trouble(sandbox.Trouble{Mode: sandbox.Late, Wait: 200 * time.Millisecond}); err != nil {
				t.Fatal(err)
			}
			daemon := s.serve(t)
			load := startLoad(t, s, 8)
			until(t, 10*time.Second, "messages are acknowledged", func() bool { return load.acknowledged.Load() > 100 })
			load.stopped.Store(true)
			began := time.Now()
			if err := daemon.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			<-daemon.ended
			if code := daemon.cmd.ProcessState.ExitCode(); code != exitOK {
				t.Errorf("it ended with %d\n%s", code, daemon.log.String())
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %s to end", took)
			}
			counts := s.counts(t)
			if counts["leased"] != 0 || counts["queued"] == 0 {
				t.Errorf("it left %v; nothing may be leased, and under this load something is queued", counts)
			}
			if events := s.events(t); events["stopped"] != 1 || events["started"] != 1 {
				t.Errorf("on record: %v", events)
			}
			if log := daemon.log.String(); !strings.Contains(log, "msg=serving") || !strings.Contains(log, "msg=stopped") || strings.Contains(log, "level=ERROR") {
				t.Errorf("it logged:\n%s", log)
			}
			box.Clear()
			again := s.serve(t)
			load.finish()
			until(t, 20*time.Second, "the next run delivers the rest", func() bool { return s.waiting(t) == 0 })
			if code := again.stop(t); code != exitOK {
				t.Errorf("the next run ended with %d", code)
			}
			load.compare(t, box.Effects(0, 0))
		})
	}
}

func TestASecondSignalEndsTheDaemonAtOnce(t *testing.T) {
	box, url := startSandbox(t)
	if _, err := box.Trouble(sandbox.Trouble{Mode: sandbox.Late, Path: "/api", Wait: time.Hour}); err != nil {
		t.Fatal(err)
	}
	s := newSite(t, url)
	s.replace(t, "timeout: 5s", "timeout: 1h")
	daemon := s.serve(t)
	m := templates(t)[0]
	if a, err := s.post(t.Context(), http.DefaultClient, m.service, m.letter(1, 1)); err != nil || a.id == "" {
		t.Fatal(a, err)
	}
	until(t, 10*time.Second, "the message is on the wire", func() bool { return box.Stats().Effects == 1 })
	if err := daemon.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	until(t, 10*time.Second, "the door is closed", func() bool {
		conn, err := net.Dial("tcp", s.addr)
		return err != nil || conn.Close() != nil
	})
	select {
	case <-daemon.ended:
		t.Fatal("it did not let the wire finish")
	default:
	}
	began := time.Now()
	if err := daemon.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-daemon.ended
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s to end", took)
	}
}

func TestASecondDaemonDoesNotServeTheSameData(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	daemon := s.serve(t)
	r := binaryCommand(t, "serve", "--config", s.config)
	r.want(t, exitEnvironment, nil, words(fmt.Sprintf("another lgspd (process %d)", daemon.cmd.Process.Pid), "stop it first"))
	if code := daemon.stop(t); code != exitOK {
		t.Errorf("the first ended with %d", code)
	}
	s.serve(t) // the lock does not outlive its daemon
}

func TestADaemonThatWasKilledLeavesNoLock(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	s.serve(t).kill()
	s.serve(t)
}

func TestADaemonWhoseAddressIsTakenEnds(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	ln, err := net.Listen("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	s.lgspd(t, "serve").want(t, exitEnvironment, nil, words("listen", s.addr, "address already in use"))
}

func TestADaemonWithoutItsDataFolderSaysWhatToDo(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	if err := os.Remove(filepath.Join(s.folder, "data")); err != nil {
		t.Fatal(err)
	}
	r := s.lgspd(t, "serve")
	if r.code != exitEnvironment && r.code != exitUsage || !strings.Contains(r.err, filepath.Join(s.folder, "data")) || !strings.Contains(r.err, "create it") {
		t.Errorf("it ended with %d: %s", r.code, r.err)
	}
}

func TestOperatorsMayWorkWhileTheDaemonServes(t *testing.T) {
	box, url := startSandbox(t)
	if _, err := box.Trouble(sandbox.Trouble{Mode: sandbox.Offline}); err != nil {
		t.Fatal(err)
	}
	s := newSite(t, url)
	s.serve(t)
	m := templates(t)[1]
	var ids []string
	for n := range 3 {
		a, err := s.post(t.Context(), http.DefaultClient, m.service, m.letter(1, n+1))
		if err != nil || a.id == "" {
			t.Fatal(a, err)
		}
		ids = append(ids, a.id)
	}
	until(t, 10*time.Second, "the second message is parked", func() bool {
		return strings.Contains(s.lgspd(t, "queue", "hold", "--id", ids[1], "--yes").out, "1 message was parked")
	})
	box.Clear()
	until(t, 20*time.Second, "the first message takes effect", func() bool { return box.Stats().Effects == 1 })
	s.lgspd(t, "queue", "replay", "--id", ids[1], "--yes").want(t, exitOK, words("1 message was sent round again"), nil)
	until(t, 20*time.Second, "the rest takes effect, which the daemon learns of by itself", func() bool { return box.Stats().Effects == 3 })
	for i, e := range box.Effects(0, 0) {
		if e.Code != ids[i] {
			t.Errorf("effect %d is message %s, want %s", i+1, e.Code, ids[i])
		}
	}
}

func TestTheDemoShowsEveryStepAndSucceeds(t *testing.T) {
	reports := filepath.Join(t.TempDir(), "bao-cao")
	r := command(t, "demo", "--once", "--messages", "12", "--reports", reports)
	r.want(t, exitOK, words("NGSP goes offline", "messages wait on disk", "SERVICE", "AT NGSP", "hotich.khai-sinh", "dancu.cap-nhat", "came back: SoDinhDanh", "withheld", "verified", "Nothing was lost and nothing came twice"), nil)
	for _, service := range []string{"an-sinh.mai-tang-phi", "bhyt.cap-the", "cu-tru.dang-ky", "dancu.cap-nhat", "hotich.ket-hon", "hotich.khai-sinh", "hotich.khai-tu"} {
		if !regexp.MustCompile(regexp.QuoteMeta(service) + ` +12 +12\n`).MatchString(r.out) {
			t.Errorf("12 messages of %s were not accepted and delivered:\n%s", service, r.out)
		}
	}
	if n := strings.Count(r.out, "  ok, "); n != 9 {
		t.Errorf("%d of nine steps succeeded:\n%s", n, r.out)
	}
	if files, err := os.ReadDir(reports); err != nil || len(files) != 2*len(layout.Formats()) {
		t.Errorf("%d files of reports, %v; want two in each format", len(files), err)
	}
	if found := regexp.MustCompile(`\b[0-9]{12}\b|[0-9]{2}/[0-9]{2}/[0-9]{4}`).FindString(r.out); found != "" {
		t.Errorf("it tells %s, more of a citizen than the name:\n%s", found, r.out)
	}
	for _, line := range strings.Split(r.out, "\n") {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "all" && fields[1] != fields[2] {
			t.Errorf("not everything arrived: %s", line)
		}
	}
}

// A daemon that does not come up used to leave the demo waiting for its sandbox.
func TestADemoWhoseDaemonDoesNotComeUpEnds(t *testing.T) {
	box, err := newSandbox(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &demo{folder: t.TempDir(), box: box, client: &department{username: "demo", password: "mat-khau-thu-nghiem"}, system: &department{username: "demo-mot-cua", password: "mat-khau-thu-nghiem-2"}}
	if err := d.configure("http://" + ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	d.cfg.Data = filepath.Join(d.folder, "absent")
	ended := make(chan error, 1)
	go func() { _, err := d.serve(t.Context(), ln); ended <- err }()
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "absent") {
			t.Errorf("it ended with %v, which does not name the folder", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it waits")
	}
}

func TestTheSandboxSaysWhereItListensAndEndsInOrder(t *testing.T) {
	effects := filepath.Join(t.TempDir(), "effects")
	p := startBinary(t, "sandbox", "--listen", "127.0.0.1:0", "--effects", effects)
	var addr string
	until(t, 10*time.Second, "it says where it listens", func() bool {
		_, rest, found := strings.Cut(p.log.String(), "listens on ")
		addr, _, _ = strings.Cut(rest, ";")
		return found && !strings.HasSuffix(addr, ":0")
	})
	resp, err := http.Get("http://" + addr + "/_sandbox/stats")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if code := p.stop(t); code != exitOK {
		t.Errorf("it ended with %d: %s", code, p.log.String())
	}
	if _, err := os.Stat(effects); err != nil {
		t.Error(err)
	}
}
