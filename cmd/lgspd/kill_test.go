package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lgsp.internal/adapter/queue"
	"lgsp.internal/adapter/sandbox"
)

// TestNothingAcknowledgedIsLostWhenTheDaemonIsKilled kills the real daemon
// under load, again and again, and then compares what departments have a
// receipt for with what took effect at the upstream. // req: R-01
//
// SIGKILL ends a process and leaves the kernel's page cache as it was, so this
// test cannot see a commit that was not synced: that synchronous is FULL is
// the affair of the tests of internal/sqlite and of a real loss of power. It
// sees acknowledgements before the commit, outcomes before the delivery,
// leases that nobody ends, lanes that overtake, and repeats taken for news.
//
// LGSPD_KILLS sets how often (20), LGSPD_SEED repeats a run.
func TestNothingAcknowledgedIsLostWhenTheDaemonIsKilled(t *testing.T) {
	kills := number(t, "LGSPD_KILLS", 20)
	seed := uint64(number(t, "LGSPD_SEED", int(time.Now().UnixNano()%1_000_000)))
	t.Logf("LGSPD_SEED=%d LGSPD_KILLS=%d", seed, kills)
	dice := rand.New(rand.NewPCG(seed, 1))

	box, url := startSandbox(t)
	s := newSite(t, url)
	daemon := s.serve(t)
	load := startLoad(t, s, 12)
	for range kills {
		disturb(t, box, dice)
		before := load.acknowledged.Load()
		pause := time.Duration(40+dice.IntN(500)) * time.Millisecond
		until(t, 20*time.Second, "messages are acknowledged between two kills", load.after(before, pause))
		daemon.kill()
		daemon = s.serve(t)
	}
	box.Clear()
	load.finish()
	arrived := comes(20*time.Second, func() bool { return box.Stats().Effects >= uint64(load.acknowledged.Load()) })
	recorded := comes(5*time.Second, func() bool { return s.waiting(t) == 0 })
	if !arrived || !recorded {
		t.Errorf("everything acknowledged took effect: %v; every outcome is recorded: %v", arrived, recorded)
	}
	if code := daemon.stop(t); code != exitOK {
		t.Fatalf("the daemon ended with %d\n%s", code, daemon.log.String())
	}

	effects := box.Effects(0, 0)
	load.compare(t, effects)
	s.mustBeSound(t, len(effects), kills)
	t.Logf("%d messages acknowledged and in effect, %d repeats known by the upstream, %d resent by departments",
		len(effects), repeats(box), load.resent.Load())
}

func number(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// disturb has the upstream misbehave half of the time.
func disturb(t *testing.T, box *sandbox.Server, dice *rand.Rand) {
	t.Helper()
	box.Clear()
	troubles := []sandbox.Trouble{
		{Mode: sandbox.Offline}, {Mode: sandbox.Lost, Chance: 0.3}, {Mode: sandbox.Broken, Chance: 0.3},
		{Mode: sandbox.Slow, Wait: 50 * time.Millisecond, Chance: 0.5}, {Mode: sandbox.Half, Chance: 0.3}, {Mode: sandbox.Unauthorized, Times: 5},
	}
	if choice := dice.IntN(2 * len(troubles)); choice < len(troubles) {
		if _, err := box.Trouble(troubles[choice]); err != nil {
			t.Fatal(err)
		}
	}
}

// load is departments that send without a pause.
type load struct {
	t            *testing.T
	site         *site
	templates    []template
	stopped      atomic.Bool
	senders      sync.WaitGroup
	lanes        atomic.Int64
	acknowledged atomic.Int64
	resent       atomic.Int64
	refused      atomic.Int64 // connections whose last answer was not a receipt

	mu    sync.Mutex
	given [][]string // message IDs of each lane, in the order of their receipts
}

func startLoad(t *testing.T, s *site, connections int) *load {
	l := &load{t: t, site: s, templates: templates(t)}
	for i := range connections {
		l.senders.Go(func() { l.send(i) })
	}
	t.Cleanup(l.finish)
	return l
}

// finish has every department finish the message that it is at.
func (l *load) finish() {
	l.stopped.Store(true)
	l.senders.Wait()
}

// after reports whether some messages were acknowledged and some time passed.
func (l *load) after(before int64, wait time.Duration) func() bool {
	end := time.Now().Add(wait)
	return func() bool { return l.acknowledged.Load() > before+4 && time.Now().After(end) }
}

// lane is one dossier, person or household that a department writes about.
type lane struct {
	number, next int
	ids          []string
}

// send is one connection. It has a lane of each service open and writes to
// them in turn.
func (l *load) send(connection int) {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	open := make([]lane, len(l.templates))
	defer func() {
		for _, one := range open {
			l.keep(one.ids)
		}
	}()
	for turn := connection; !l.stopped.Load(); turn++ {
		at := turn % len(open)
		m, one := l.templates[at], &open[at]
		if one.next == 0 || one.next > m.perLane {
			l.keep(one.ids)
			*one = lane{number: int(l.lanes.Add(1)), next: 1}
		}
		id, ok := l.insist(client, m.service, m.letter(one.number, one.next))
		if !ok {
			return
		}
		one.ids = append(one.ids, id)
		one.next++
		l.acknowledged.Add(1)
	}
}

func (l *load) keep(ids []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(ids) > 0 {
		l.given = append(l.given, ids)
	}
}

// insist sends a message until there is a receipt for it, as often as the
// daemon is away or busy. Any other answer is an error.
func (l *load) insist(client *http.Client, service string, letter []byte) (string, bool) {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for tries := 0; tries < 6000; tries++ {
		a, err := l.site.post(context.Background(), client, service, letter)
		if err == nil && a.fault == "" && a.id != "" {
			if tries > 0 {
				l.refused.Add(-1)
			}
			return a.id, true
		}
		if tries == 0 {
			l.refused.Add(1)
		}
		if err == nil && !strings.HasSuffix(a.code, ".Busy") {
			l.t.Errorf("%s was refused: %s %s", service, a.code, a.fault)
			return "", false
		}
		l.resent.Add(1)
		<-again.C
	}
	l.t.Errorf("%s: no receipt after 6000 tries", service)
	return "", false
}

// compare holds what departments have receipts for against what took effect.
func (l *load) compare(t *testing.T, effects []sandbox.Effect) {
	t.Helper()
	took := map[string]uint64{}
	for _, e := range effects {
		if before, twice := took[e.Code]; twice {
			t.Errorf("message %s took effect twice, as number %d and %d", e.Code, before, e.Seq)
		}
		took[e.Code] = e.Seq
	}
	total, lost, overtaken := 0, 0, 0
	for _, ids := range l.given {
		total += len(ids)
		var last uint64
		for _, id := range ids {
			seq, arrived := took[id]
			switch {
			case !arrived:
				lost++
			case seq < last:
				overtaken++
			}
			last = max(last, seq)
		}
	}
	if lost > 0 {
		t.Errorf("%d messages were acknowledged and did not arrive", lost)
	}
	if overtaken > 0 {
		t.Errorf("%d messages overtook the one before them in their lane", overtaken)
	}
	if total != len(effects) {
		t.Errorf("%d messages were acknowledged, %d took effect", total, len(effects))
	}
}

// waiting counts the messages that are not delivered yet.
func (s *site) waiting(t *testing.T) int64 {
	t.Helper()
	var n int64
	for state, count := range s.counts(t) {
		if state == "queued" || state == "leased" {
			n += count
		}
	}
	return n
}

// counts is lgspd queue stats, by state.
func (s *site) counts(t *testing.T) map[string]int64 {
	t.Helper()
	r := command(t, "queue", "stats", "--json", "--config", s.config)
	var counts []queue.Count
	if err := json.Unmarshal([]byte(r.out), &counts); err != nil || r.code != exitOK {
		t.Fatalf("queue stats: %v, exit %d\n%s%s", err, r.code, r.out, r.err)
	}
	sums := map[string]int64{}
	for _, c := range counts {
		sums[c.State] += c.N
	}
	return sums
}

// mustBeSound looks at what the daemon left on disk with its own commands.
func (s *site) mustBeSound(t *testing.T, delivered, kills int) {
	t.Helper()
	for _, args := range [][]string{{"audit", "verify"}, {"doctor", "--offline"}} {
		if r := binaryCommand(t, append(args, "--config", s.config)...); r.code != exitOK {
			t.Errorf("lgspd %s ended with %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
		}
	}
	if counts := s.counts(t); counts["delivered"] != int64(delivered) || len(counts) != 1 {
		t.Errorf("%d messages took effect, the queue counts %v", delivered, counts)
	}
	events := s.events(t)
	for event, want := range map[string]int{"accepted": delivered, "delivered": delivered, "started": kills + 1, "stopped": 1, "parked": 0, "rejected": 0} {
		if events[event] != want {
			t.Errorf("the record has %d entries %s, want %d", events[event], event, want)
		}
	}
	if events["interrupted"] == 0 {
		t.Error("no kill interrupted an attempt, so nothing was shown")
	}
	s.mustBeCounted(t, events, kills)
}

// mustBeCounted fails unless every entry was counted with its commit, and the
// report says what the record does.
func (s *site) mustBeCounted(t *testing.T, events map[string]int, kills int) {
	t.Helper()
	s.withStore(t, func(st *store) error {
		n, err := st.counts.CatchUp(t.Context())
		if n != 0 {
			t.Errorf("%d entries were not counted with their commit", n)
		}
		return err
	})
	r := s.written(t, thisHalf()).Report
	m := r.Total.Messages
	if m.Received != int64(events["accepted"]) || m.Delivered != int64(events["delivered"]) || m.Retried != int64(events["retried"]) || m.Repeated != int64(events["repeated"]) || m.Waiting != 0 {
		t.Errorf("the report says %+v, the record %v", m, events)
	}
	for _, o := range r.Outages {
		if o.Upstream == "" && o.Times != int64(kills+1) { // it does not run now either
			t.Errorf("by the report the daemon was down %d times, it was killed %d times and stopped once", o.Times, kills)
		}
	}
	command(t, "report", "verify", "--config", s.config, thisHalf()).want(t, exitOK, words("Every number"), nil)
}

// events counts the entries of the record; attempts that a kill ended count as
// interrupted besides.
func (s *site) events(t *testing.T) map[string]int {
	t.Helper()
	r := command(t, "audit", "export", "--config", s.config)
	if r.code != exitOK {
		t.Fatalf("audit export ended with %d: %s", r.code, r.err)
	}
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	events := map[string]int{}
	for _, line := range lines[1:] {
		var l struct {
			Entry struct{ Event, Kind, Detail string }
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		events[l.Entry.Event]++
		if l.Entry.Event == "retried" && strings.Contains(l.Entry.Detail, "the daemon stopped") {
			events["interrupted"]++
		}
	}
	return events
}

func repeats(box *sandbox.Server) uint64 {
	var n uint64
	for _, p := range box.Stats().Paths {
		n += p.Duplicates
	}
	return n
}
