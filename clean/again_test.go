package clean_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/clean"
)

// again is the question of a command that begins a little later and asks anew.
func (h *house) again(q clean.Question) clean.Question {
	h.clock.Add(int64(time.Second))
	q.Again = h.now().UnixMilli()
	return q
}

// socket is the way to the desk of a house, whatever becomes of the daemon.
type socket struct {
	h    *house
	lost int // replies that do not arrive
	died bool
}

func (s *socket) Check(ctx context.Context, q clean.Question, rows []clean.Row) ([]clean.Outcome, error) {
	out, err := s.h.desk.Check(ctx, q, rows)
	gone := &lgsp.Error{Kind: lgsp.Unavailable, Op: "test", Code: "NotRunning"}
	switch {
	case s.died:
		s.died = false
		s.h.open()
		return nil, gone
	case s.lost > 0:
		s.lost--
		return nil, gone
	}
	return out, err
}

func (s *socket) Finish(ctx context.Context, q clean.Question) error {
	return s.h.desk.Finish(ctx, q)
}

const threePeople = "CCCD,Họ tên,Ngày sinh\n079000000001,A,1990\n079000000002,B,1990\n079000000003,C,1990\n"

func noAnswer(context.Context, string) (string, error) {
	return "", &lgsp.Error{Kind: lgsp.Unavailable, Code: "NoAnswer"}
}

func TestOneCommandAsksARowAnewOnceWhateverBecomesOfTheDaemon(t *testing.T) {
	for name, c := range map[string]struct {
		dies   bool
		lost   int
		batch  int
		back   time.Duration // that the clock is set back while it asks
		reason string
	}{
		"nothing happens":                {reason: "NoAnswer"},
		"the daemon dies":                {dies: true, reason: clean.Interrupted},
		"the reply is lost, and another": {lost: 2, reason: "NoAnswer"},
		"the clock is set back":          {lost: 1, back: time.Hour, reason: "NoAnswer"},
		"it dies, and the clock":         {dies: true, back: time.Hour, reason: clean.Interrupted},
		"the clock, and then it dies":    {dies: true, back: time.Hour, batch: 1, reason: clean.Interrupted},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(o *clean.Options) { o.Concurrency = 1 })
			h.up.answer = noAnswer
			dir := t.TempDir()
			in := file(t, "a.csv", []byte(threePeople))
			if s, err := clean.Run(context.Background(), h.runOptions(in, filepath.Join(dir, "1.csv"))); err != nil || s.Failed != 3 {
				t.Fatalf("%+v, %v", s, err)
			}
			at := &socket{h: h, lost: c.lost}
			dies := c.dies
			h.up.answer = func(ctx context.Context, n string) (string, error) {
				h.clock.Add(-int64(c.back))
				if dies && n == number(2) {
					dies, at.died = false, true
					h.die()
				}
				return noAnswer(ctx, n)
			}
			o := h.runOptions(in, filepath.Join(dir, "2.csv"))
			o.Question, o.Desk, o.Batch = h.again(o.Question), at, c.batch
			s, err := clean.Run(context.Background(), o)
			if err != nil || s.Failed != 3 {
				t.Fatalf("%+v, %v", s, err)
			}
			all := 0
			for n := 1; n <= 3; n++ {
				times := h.up.times(number(n))
				if all += times; times > 2 {
					t.Errorf("row %d was asked about %d times", n, times)
				}
			}
			if !c.dies && all != 6 || c.dies && all < 5 {
				t.Errorf("%d questions", all)
			}
			found := false
			for _, r := range s.Reasons {
				found = found || r.Reason == c.reason
			}
			if !found {
				t.Errorf("reasons %+v", s.Reasons)
			}
			// It was one command. The next one may ask anew what this one did not get.
			h.clock.Add(int64(2 * c.back * 3))
			h.up.answer = nil
			o = h.runOptions(in, filepath.Join(dir, "3.csv"))
			o.Question = h.again(o.Question)
			if s, err := clean.Run(context.Background(), o); err != nil || s.Match != 3 {
				t.Errorf("the next command: %+v, %v", s, err)
			}
		})
	}
}

func TestAgainAsksAnewWhatADeadDaemonLeftMarked(t *testing.T) {
	h := newHouse(t, func(o *clean.Options) { o.Concurrency = 1 })
	rows := people(2)
	q := questionOf(rows)
	h.up.answer = func(context.Context, string) (string, error) { h.die(); return match, nil }
	if _, err := h.desk.Check(context.Background(), q, rows); err == nil {
		t.Fatal("no error")
	}
	h.open()
	h.up.answer = nil
	began := h.again(q)
	// A command without it comes first, and says only what it found.
	h.clock.Add(int64(time.Second))
	if o := h.check(q, rows[:1])[0]; o.Reason != clean.Interrupted || !o.At.Equal(start) {
		t.Errorf("%v %v at %v; what was interrupted is as old as its question", o.Verdict, o.Reason, o.At)
	}
	for _, o := range h.check(began, rows) {
		if o.Verdict != clean.Match {
			t.Errorf("row %d: %v %v", o.N, o.Verdict, o.Reason)
		}
	}
}

func TestAgainDoesNotAskAnewWhatCameOfARowSinceTheCommandBegan(t *testing.T) {
	h := newHouse(t, nil)
	rows := people(1)
	q := questionOf(rows)
	began := h.again(q)
	h.clock.Add(int64(time.Second))
	h.up.answer = noAnswer
	h.check(q, rows) // another command
	h.up.answer = nil
	if o := h.check(began, rows)[0]; o.Reason != "NoAnswer" || !o.Known || h.up.times(number(1)) != 1 {
		t.Errorf("%v %v, asked about %d times", o.Verdict, o.Reason, h.up.times(number(1)))
	}
	if o := h.check(h.again(q), rows)[0]; o.Verdict != clean.Match {
		t.Errorf("%v %v", o.Verdict, o.Reason)
	}
}
