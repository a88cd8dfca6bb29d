package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
)

// shelf is a record in memory, which takes nothing while shut.
type shelf struct {
	shut    bool
	entries []audit.Entry
}

func (s *shelf) record(_ context.Context, e *audit.Entry) error {
	if s.shut {
		return errors.New("shut for a test")
	}
	s.entries = append(s.entries, *e)
	return nil
}

func newShelf() (*shelf, *notes) {
	s := &shelf{}
	n := newNotes(Options{Log: slog.New(slog.DiscardHandler)})
	n.record = s.record
	return s, n
}

// However long the database takes nothing, an upstream is down and up in turn on
// record, and what waits stays bounded.
func TestAnUpstreamIsDownAndUpInTurnHoweverLongNothingIsWritten(t *testing.T) {
	most := 0
	for seed := range uint64(30) {
		dice := rand.New(rand.NewPCG(seed, 1))
		s, n := newShelf()
		lines := make([]*breaker, 6)
		for i := range lines {
			lines[i] = &breaker{set: Breaker{Failures: 1, Open: time.Second, Most: time.Second}, note: n.of(fmt.Sprint("u", i/2), []string{audit.Messages, audit.LookUps}[i%2])}
		}
		now := time.Now()
		for range 8000 {
			now = now.Add(2 * time.Second)
			b := lines[dice.IntN(len(lines))]
			if dice.IntN(2) == 0 {
				b.report(now, &lgsp.Error{Kind: lgsp.Unavailable})
			} else {
				b.report(now, nil)
			}
			if dice.IntN(1500) == 0 {
				s.shut = !s.shut
				_ = n.write(t.Context())
			}
			most = max(most, len(n.waiting))
			if len(n.waiting) > mostNotes+len(lines) {
				t.Fatalf("seed %d: %d entries wait", seed, len(n.waiting))
			}
		}
		s.shut = false
		if err := n.write(t.Context()); err != nil {
			t.Fatal(err)
		}
		last := map[string]audit.Event{}
		for _, e := range s.entries {
			line := e.Upstream + " " + e.Detail
			if before := last[line]; e.Event == before || before == "" && e.Event == audit.UpstreamUp {
				t.Fatalf("seed %d: %s is %q after %q", seed, line, e.Event, before)
			}
			last[line] = e.Event
		}
		for i, b := range lines {
			line := fmt.Sprintf("u%d %s", i/2, []string{audit.Messages, audit.LookUps}[i%2])
			if down := last[line] == audit.UpstreamDown; down != (b.open > 0) {
				t.Errorf("seed %d: %s is on record as %q at the end", seed, line, last[line])
			}
		}
	}
	if most < mostNotes {
		t.Errorf("the test is idle: %d entries waited at most", most)
	}
}

func TestOtherEventsAreLeftOutWhenTooManyWait(t *testing.T) {
	s, n := newShelf()
	for i := range 2 * mostNotes {
		n.add(audit.Entry{Event: audit.LockedOut, Sender: fmt.Sprint(i)})
	}
	n.of("u", audit.Messages)(audit.Entry{Event: audit.UpstreamDown})
	n.flush()
	if got := s.entries; len(got) != mostNotes+1 || got[mostNotes-1].Sender != fmt.Sprint(mostNotes-1) || got[mostNotes].Event != audit.UpstreamDown {
		t.Errorf("%d entries, want the first %d and the upstream's", len(got), mostNotes)
	}
}
