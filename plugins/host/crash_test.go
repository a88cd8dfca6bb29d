package host_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/host"
)

func quick(o *host.Options) { o.Timeout = 300 * time.Millisecond }

func TestAMessageOnWhichThePluginEndsIsHeldAfterThreeTimesAndNeverAtFirst(t *testing.T) {
	r := newRig(t)
	e := r.envelope("exit")
	for range 2 { // replayed, it is tried anew
		for range 2 {
			_, err := r.h.Map(context.Background(), e)
			if got := r.is(err, lgsp.Unavailable, "PluginDown"); got.Text == "" || got.After < time.Second {
				t.Errorf("the error is %+v", got)
			}
			r.works()
		}
		_, err := r.h.Map(context.Background(), e)
		if got := r.is(err, lgsp.Refused, "PluginCrash"); !strings.Contains(got.Text, "giữ lại") {
			t.Errorf("the text is %q", got.Text)
		}
		r.works()
	}
}

func TestThoseThatWereWithAMessageOnWhichThePluginEndsAreMapped(t *testing.T) {
	r := newRig(t)
	r.works()
	var wg sync.WaitGroup
	fatal := r.envelope("exit")
	for i := range 12 {
		wg.Go(func() {
			if i == 6 {
				_, err := r.h.Map(context.Background(), fatal)
				if lgsp.KindOf(err) != lgsp.Unavailable {
					t.Errorf("the fatal one is %v", err)
				}
				return
			}
			if d, err := r.send("sleep 30"); err != nil || string(d.Body) != "sleep 30" {
				t.Errorf("another one is %q (%v)", d.Body, err)
			}
		})
	}
	wg.Wait()
}

func TestRestartTriesAMessageAnew(t *testing.T) {
	r := newRig(t)
	e := r.envelope("exit")
	for range 5 {
		_, err := r.h.Map(context.Background(), e)
		r.is(err, lgsp.Unavailable, "PluginDown")
		if s, err := r.h.Restart(context.Background()); err != nil || s.State != host.Ready {
			t.Fatalf("%+v (%v)", s, err)
		}
	}
}

func TestEveryWayToEndCostsWaitingAndNothingElse(t *testing.T) {
	for _, row := range []struct{ body, reason string }{
		{"exit", "it ended: exit status 3"},
		{"kill", "it ended: signal: killed"},
		{"fatal", "it ended: exit status 2"},
		{"hang", "it did not answer within 300ms"},
		{"stop", "it did not answer within 300ms"},
		{"flood", "it printed too much"},
		{"flood-stderr", "it printed too much"},
		{"flood-stdout", "it printed too much"},
	} {
		t.Run(row.body, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(o *host.Options) {
				o.Timeout = 300 * time.Millisecond
				if strings.HasPrefix(row.body, "flood") {
					o.Timeout = 10 * time.Second
				}
			})
			r.works()
			before := r.h.Status()
			began := time.Now()
			_, err := r.send(row.body)
			took := time.Since(began)
			if e := r.is(err, lgsp.Unavailable, "PluginDown"); strings.Contains(e.Error(), "Mẫu") {
				t.Errorf("the error is %v", err)
			}
			if took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
			r.works()
			s := r.h.Status()
			if s.PID == before.PID || s.Restarts != before.Restarts+1 || s.Reason != row.reason {
				t.Errorf("the status is %+v, want the reason %q", s, row.reason)
			}
			if c := command(before.PID); strings.Contains(c, misbehave) {
				t.Errorf("process %d is still there: %s", before.PID, c)
			}
			if lines := strings.Count(r.said.String(), "\n"); lines > 100 {
				t.Errorf("%d lines are logged", lines)
			}
		})
	}
}

func TestAnIdlePluginThatNoLongerAnswersIsStartedAgain(t *testing.T) {
	r := newRig(t, quick, func(o *host.Options) { o.Ping = 20 * time.Millisecond })
	r.works()
	pid := r.h.Status().PID
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	r.until("it is not started again", func() bool { s := r.h.Status(); return s.State == host.Ready && s.PID != pid })
	if s := r.h.Status(); !strings.Contains(s.Reason, "whether it works") {
		t.Errorf("the reason is %q", s.Reason)
	}
}

func TestAProgramThatIsNoPluginIsTriedAgainWithGrowingWaits(t *testing.T) {
	for _, row := range []struct{ how, reason string }{
		{"exit", "it said nothing: it ended: exit status 7"},
		{"garbage", "Unrecognized remote plugin message: Xin chào"},
		{"endless", "Unrecognized remote plugin message: xxx"},
		{"silent", "timeout while waiting for plugin to start"},
		{"tcp", "it listens on tcp 127.0.0.1:9, and not on a socket in"},
		{"deaf", "ask it what it can do"},
		{"handshake", "ask it what it can do"},
		{"plain", "ask it what it can do"},
	} {
		t.Run(row.how, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, quick, with(row.how), func(o *host.Options) {
				o.Start = 400 * time.Millisecond
				o.Retry = host.Backoff{First: 40 * time.Millisecond, Most: time.Minute}
			})
			r.until("it is not tried again", func() bool { return r.h.Status().Restarts >= 3 })
			s := r.state(host.Waiting)
			if !strings.Contains(s.Reason, row.reason) || s.Next.IsZero() || s.PID != 0 {
				t.Errorf("the status is %+v, want the reason %q", s, row.reason)
			}
		})
	}
}

func TestAPluginOfAnotherVersionIsDisabledUntilItIsRestarted(t *testing.T) {
	for how, spoken := range map[string]string{"protocol": "1|9", "core": "2|1"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, with(how))
			s := r.state(host.Disabled)
			if !strings.Contains(s.Reason, "it speaks version "+spoken) {
				t.Errorf("the reason is %q", s.Reason)
			}
			began := time.Now()
			_, err := r.send("x")
			r.is(err, lgsp.Unavailable, "PluginDown")
			if time.Since(began) > time.Second {
				t.Error("a message waited for it")
			}
			if again := r.h.Status(); again.Restarts != 0 {
				t.Errorf("it was tried again: %+v", again)
			}
			if s, err := r.h.Restart(context.Background()); err != nil || s.State != host.Disabled || s.Restarts != 1 {
				t.Errorf("after a restart it is %+v (%v)", s, err)
			}
		})
	}
}

func TestAMessageDoesNotWaitForAPluginThatIsLeftAlone(t *testing.T) {
	r := newRig(t, with("exit"), func(o *host.Options) { o.Retry = host.Backoff{First: time.Hour, Most: time.Hour} })
	r.state(host.Waiting)
	began := time.Now()
	_, err := r.send("x")
	e := r.is(err, lgsp.Unavailable, "PluginDown")
	if time.Since(began) > time.Second || e.After < 20*time.Minute {
		t.Errorf("it waited %s and is to come again after %s", time.Since(began), e.After)
	}
}

func TestAMessageWaitsOnlySoLongForAPluginThatComesUp(t *testing.T) {
	r := newRig(t, with("silent"), func(o *host.Options) { o.Wait = time.Second })
	began := time.Now()
	_, err := r.send("x")
	r.is(err, lgsp.Unavailable, "PluginDown")
	if took := time.Since(began); took > 5*time.Second || took < 900*time.Millisecond {
		t.Errorf("it waited %s", took)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := r.h.Map(ctx, r.envelope("x")); err == nil || ctx.Err() == nil {
		t.Errorf("it waits for nobody: %v", err)
	}
}

func TestARestartWaitsForWhatIsUnderWay(t *testing.T) {
	r := newRig(t)
	r.works()
	before := r.h.Status()
	done := make(chan error, 1)
	go func() {
		_, err := r.send("sleep 500")
		done <- err
	}()
	r.until("the message is not on its way", func() bool { return r.h.Busy() })
	s, err := r.h.Restart(context.Background())
	if err != nil || s.State != host.Ready || s.PID == before.PID || s.Restarts != 1 {
		t.Errorf("it is %+v (%v)", s, err)
	}
	if err := <-done; err != nil {
		t.Errorf("what was under way is %v", err)
	}
	if s.Reason != "" {
		t.Errorf("the reason is %q, though it never ended by itself", s.Reason)
	}
}

func TestNothingIsLeftOfAPluginWhoseHostEnds(t *testing.T) {
	var dir string
	r := newRig(t, func(o *host.Options) { dir = o.Dir })
	r.works()
	pid := r.h.Status().PID
	began := time.Now()
	r.stop()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the end took %s", took)
	}
	if c := command(pid); strings.Contains(c, misbehave) {
		t.Errorf("left is %s", c)
	}
	if left, err := filepath.Glob(dir + "/*"); err != nil || len(left) > 0 {
		t.Errorf("left are the files %q (%v)", left, err)
	}
	if s := r.h.Status(); s.State != host.Stopped || s.PID != 0 {
		t.Errorf("the status is %+v", s)
	}
	_, err := r.send("x")
	r.is(err, lgsp.Unavailable, "PluginDown")
}

// One sender's bad messages must not keep the plugin from the others for long.
func TestAPluginThatEndsAtWhatItHadAloneIsSoonBack(t *testing.T) {
	for name, end := range map[string]func(r *rig) error{
		"messages": func(r *rig) error { _, err := r.send("exit"); return err },
		"replies": func(r *rig) error {
			_, err := r.h.Reply(context.Background(), r.envelope("x"), lgsp.Ack{Body: []byte("<exit/>")})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(o *host.Options) {
				o.Retry = host.Backoff{First: 100 * time.Millisecond, Most: time.Minute, Steady: time.Minute}
			})
			began := time.Now()
			for range 8 { // the waits would grow to more than 12 s in all
				r.works()
				r.is(end(r), lgsp.Unavailable, "PluginDown")
			}
			if took := time.Since(began); took > 8*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}
