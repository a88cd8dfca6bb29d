package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lgsp.internal/adapter/sandbox"
)

// What a look-up may take on a machine that is busy with a test, besides what
// is set.
const margin = 700 * time.Millisecond

// memory returns a process's resident memory and the most that it ever was, in
// bytes.
func (p *process) memory(t *testing.T) (now, most int64) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	read := func(key string) int64 {
		_, rest, _ := strings.Cut(string(text), "\n"+key+":")
		kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return kib << 10
	}
	return read("VmRSS"), read("VmHWM")
}

// stall has the look-ups under a path wait for ever.
func stall(t *testing.T, box *sandbox.Server, path string) {
	t.Helper()
	if _, err := box.Trouble(sandbox.Trouble{Mode: sandbox.Slow, Path: path, Wait: time.Hour}); err != nil {
		t.Fatal(err)
	}
}

// TestAStalledUpstreamIsGivenUpAndMessagesGoOn has the population database
// accept look-ups and not answer. // req: R-03
func TestAStalledUpstreamIsGivenUpAndMessagesGoOn(t *testing.T) {
	const timeout, open, most, connections, each = time.Second, 500 * time.Millisecond, 2 * time.Second, 32, 60
	box, url := startSandbox(t)
	p := somebody(t, box)
	s := newLookUpSite(t, url)
	s.replace(t, "lookups: {timeout: 5s", "lookups: {timeout: 1s")
	for range 2 {
		s.replace(t, "breaker: {failures: 5, open: 100ms, most: 400ms}", "breaker: {failures: 5, open: 500ms, most: 2s}")
	}
	daemon := s.serve(t).tellOnFailure(t)
	askers := []*asker{s.asker(t, "mot-cua"), s.asker(t, "cong-dan")}
	// The memory before: of the same load, answered.
	var warm sync.WaitGroup
	for i := range connections {
		warm.Go(func() {
			for range 20 {
				if got := askers[i%2].mayAsk(t, about(p)); got.code != "" {
					t.Errorf("before the stall: %s %s", got.code, got.sentence)
					return
				}
			}
		})
	}
	warm.Wait()
	_, before := daemon.memory(t)

	stall(t, box, "/dancu/")
	began := time.Now()
	var mu sync.Mutex
	var replies []told
	var begun []time.Duration
	var load sync.WaitGroup
	pause := time.NewTicker(time.Millisecond) // all connections share it: 1,000 questions a second at most
	defer pause.Stop()
	for i := range connections {
		load.Go(func() {
			for range each {
				at := time.Since(began)
				got := askers[i%2].mayAsk(t, about(p))
				mu.Lock()
				replies, begun = append(replies, got), append(begun, at)
				mu.Unlock()
				<-pause.C
			}
		})
	}
	m := templates(t)[0]
	const messages = 150
	var slowest time.Duration
	for n := range messages {
		at := time.Now()
		a, err := s.post(t.Context(), http.DefaultClient, m.service, m.letter(n+1, 1))
		slowest = max(slowest, time.Since(at))
		if err != nil || a.id == "" {
			t.Fatalf("message %d got no receipt: %+v %v", n, a, err)
		}
	}
	until(t, 20*time.Second, "every message is delivered while look-ups stall", func() bool { return box.Stats().Effects == messages })
	load.Wait()
	lasted := time.Since(began)
	now, peak := daemon.memory(t)

	var longest, atOnce time.Duration
	codes := map[string]int{}
	probes, waves := 0, 0
	for i, got := range replies {
		got.refuses(t, got.code, p)
		codes[got.code]++
		if got.code != "NoAnswer" && got.code != "Busy" || !got.again || got.retryAfter <= 0 || got.status != http.StatusServiceUnavailable {
			t.Fatalf("refused with HTTP %d %s, Retry-After %d, again %v: %s", got.status, got.code, got.retryAfter, got.again, got.sentence)
		}
		longest = max(longest, got.took)
		switch {
		case begun[i] < timeout+margin/2: // some before the fifth failure is counted
			waves++
		case got.took >= timeout-margin/2:
			probes++
		default:
			atOnce = max(atOnce, got.took)
		}
	}
	if longest > timeout+margin {
		t.Errorf("a look-up took %s, the limit is %s", longest, timeout)
	}
	if slots := int(lasted/(timeout+open)) + 1; probes > slots {
		t.Errorf("%d look-ups waited for the upstream in %s after it was known to stall; one at a time, after the breaker's wait, is %d", probes, lasted, slots)
	}
	if quick := len(replies) - waves - probes; quick < len(replies)/2 {
		t.Errorf("only %d of %d look-ups were refused at once", quick, len(replies))
	}
	if slowest > 2*time.Second {
		t.Errorf("a receipt took %s while look-ups stalled", slowest)
	}
	const allowed = 32 << 20
	if peak > before+allowed {
		t.Errorf("the daemon's memory grew from %d MiB at most to %d MiB while look-ups stalled, allowed are %d MiB more", before>>20, peak>>20, int64(allowed)>>20)
	}

	box.Clear()
	cleared := time.Now()
	until(t, most+timeout+2*margin, "look-ups are answered again by themselves", func() bool { return askers[0].mustAsk(t, about(p)).code == "" })
	back := time.Since(cleared)
	for range 50 {
		for _, a := range askers {
			if got := a.mustAsk(t, about(p)); got.code != "" {
				t.Errorf("after the stall: %s %s", got.code, got.sentence)
			}
		}
	}
	t.Logf("%d look-ups in %s: %v; %d begun before the breaker surely knew, %d probes, the longest %s, at once %s at most; the slowest of %d receipts %s; memory %d MiB before, %d at most, %d now; answered again after %s",
		len(replies), lasted.Round(time.Millisecond), codes, waves, probes, longest.Round(time.Millisecond), atOnce.Round(time.Millisecond), messages, slowest.Round(time.Millisecond), before>>20, peak>>20, now>>20, back.Round(time.Millisecond))
	daemon.mustStop(t)
	s.mustBeWhole(t)
	if entries := s.asked(t); len(entries) < len(replies) {
		t.Errorf("%d look-ups are on record, %d were made", len(entries), len(replies))
	}
}

// mayAsk asks from a goroutine of the test: it fails it, and goes on.
func (a *asker) mayAsk(t *testing.T, q question) told {
	t.Helper()
	got, err := a.ask(context.Background(), q)
	if err != nil {
		t.Errorf("the daemon does not answer: %v", err)
	}
	return got
}

// TestADepartmentWhoseLookUpsStallKeepsNobodyElseWaiting has one department ask
// 64 questions at once that the upstream does not answer, and another one ask
// something else there, and a third service elsewhere. // req: R-03
func TestADepartmentWhoseLookUpsStallKeepsNobodyElseWaiting(t *testing.T) {
	const timeout, share, crowd = 4 * time.Second, 16, 64
	box, url := startSandbox(t)
	other, otherURL := startSandbox(t)
	p := somebody(t, box)
	s := newLookUpSite(t, url)
	s.replace(t, "lookups: {timeout: 5s", "lookups: {timeout: 4s")
	// Verifications go to the same upstream; look-ups of H29.12 to one more.
	daemon := s.serve(t).tellOnFailure(t)
	verify := about(p)
	verify.service = "dancu.xac-thuc"
	if got := s.asker(t, "mot-cua").mustAsk(t, verify); got.code != "" { // a token is there
		t.Fatal(got.sentence)
	}

	stall(t, box, "/dancu/1.0/TraCuu")
	one, another := s.asker(t, "mot-cua"), s.asker(t, "cong-dan")
	var pending atomic.Int64
	var codes sync.Map
	var asking sync.WaitGroup
	pending.Store(crowd)
	for i := range crowd {
		asking.Go(func() {
			got := one.mayAsk(t, about(p))
			pending.Add(-1)
			codes.Store(i, got)
		})
	}
	until(t, timeout, "a department holds its share of the wire", func() bool { return box.Stats().Troubles[sandbox.Slow] >= share })
	var took []time.Duration
	for range 20 {
		got := another.mustAsk(t, verify)
		took = append(took, got.took)
		if got.code != "" || got.fields["TonTai"] != "true" {
			t.Fatalf("another department is not answered after %s while one waits: %s %s", got.took, got.code, got.sentence)
		}
	}
	// Messages to the same upstream have places of their own there.
	m := templates(t)[3]
	const messages = 20
	for n := range messages {
		if a, err := s.post(t.Context(), http.DefaultClient, m.service, m.letter(n+1, 1)); err != nil || a.id == "" {
			t.Fatalf("message %d got no receipt: %+v %v", n, a, err)
		}
	}
	until(t, timeout, "messages to the same upstream are delivered", func() bool { return box.Stats().Effects == messages })
	if n := pending.Load(); n < 2*share {
		t.Errorf("only %d of the crowd waited still, so less was shown", n)
	}
	if held := box.Stats().Troubles[sandbox.Slow]; held != share {
		t.Errorf("the department has %d questions on the wire, its share is %d", held, share)
	}
	if slowest := slices.Max(took); slowest > margin {
		t.Errorf("another department waited up to %s", slowest)
	}
	asking.Wait()
	counts := map[string]int{}
	var longest time.Duration
	codes.Range(func(_, v any) bool {
		got := v.(told)
		counts[got.code]++
		longest = max(longest, got.took)
		if !got.again || got.code != "NoAnswer" && got.code != "Busy" {
			t.Errorf("one of the crowd got %s, again %v: %s", got.code, got.again, got.sentence)
		}
		return true
	})
	if longest > timeout+margin {
		t.Errorf("one of the crowd waited %s, the limit is %s", longest, timeout)
	}
	t.Logf("another department was answered within %s at most; of the crowd of %d got %v, after %s at most", slices.Max(took), crowd, counts, longest)
	daemon.mustStop(t)

	// An upstream of its own is not touched by what the first one does.
	s.replace(t, "  - name: dancu\n", strings.ReplaceAll(secondUpstream, "URL", otherURL)+"  - name: dancu\n")
	s.replace(t, "{name: dancu.xac-thuc, upstream: dancu}", "{name: dancu.xac-thuc, upstream: dancu2}")
	daemon = s.serve(t).tellOnFailure(t)
	one, another = s.asker(t, "mot-cua"), s.asker(t, "cong-dan")
	box.Clear()
	stall(t, box, "/dancu/")
	pending.Store(crowd)
	for range crowd {
		asking.Go(func() { one.mayAsk(t, about(p)); pending.Add(-1) })
	}
	until(t, timeout, "a department holds its share of the wire", func() bool { return box.Stats().Troubles[sandbox.Slow] >= 2*share })
	answered := 0
	for pending.Load() > 0 { // until the breaker of the first is open, and a little longer
		if got := another.mustAsk(t, verify); got.code != "" || got.took > margin {
			t.Fatalf("while another upstream stalls: %s %s after %s", got.code, got.sentence, got.took)
		}
		answered++
	}
	asking.Wait()
	if got := one.mustAsk(t, about(p)); got.code != "NoAnswer" || got.took > margin {
		t.Errorf("the breaker of the stalled upstream is not open: %s after %s", got.code, got.took)
	}
	for range 10 {
		if got := one.mustAsk(t, verify); got.code != "" {
			t.Errorf("the same system at the other upstream: %s %s", got.code, got.sentence)
		}
	}
	if n := other.Stats().Lookups; n < uint64(answered) || answered == 0 {
		t.Errorf("%d answers came, the other upstream gave %d", answered, n)
	}
	t.Logf("%d look-ups of another upstream were answered while the first stalled", answered)
	daemon.mustStop(t)
	s.mustBeWhole(t)
}

const secondUpstream = `  - name: dancu2
    url: URL
    form: soap
    token: {consumer_key: ` + sandboxKey + `, consumer_secret_file: consumer}
    operations: {XacThucThongTinCongDan: {path: /dancu/1.0/XacThucThongTinCongDan}}
`
