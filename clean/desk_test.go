package clean_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/clean"
	"lgsp.internal/adapter/internal/sqlite"
)

func TestAnotherQuestionOrAnotherListIsAnotherJob(t *testing.T) {
	h := newHouse(t, nil)
	rows := people(2)
	q := questionOf(rows)
	h.check(q, rows)
	for i, change := range []func(*clean.Question){
		func(q *clean.Question) { q.Department = "H29.12" }, func(q *clean.Question) { q.System = "khac" },
		func(q *clean.Question) { q.Service = "dancu.khac" }, func(q *clean.Question) { q.Purpose = "1.000001" },
		func(q *clean.Question) { q.Officer = "khac" }, func(q *clean.Question) { q.Content = clean.ContentOf(people(3)) },
	} {
		other := q
		change(&other)
		h.check(other, rows)
		if n := h.up.times(number(1)); n != i+2 {
			t.Errorf("change %d is no other job: asked %d times", i, n)
		}
	}
	q.Service = clean.Service
	h.check(q, rows)
	if n := h.up.times(number(1)); n != 7 {
		t.Errorf("the service that is meant anyway makes another job: asked %d times", n)
	}
}

func TestARowThatADeadDaemonWasAskingIsNeverAskedUnlessOrdered(t *testing.T) {
	h := newHouse(t, nil)
	rows := people(3)
	q := questionOf(rows)
	wire := make(chan struct{})
	release := make(chan struct{})
	h.up.answer = func(_ context.Context, n string) (string, error) {
		if n == number(2) {
			close(wire)
			<-release
		}
		return match, nil
	}
	ended := make(chan struct{})
	old := h.desk
	go func() { defer close(ended); old.Check(context.Background(), q, rows) }()
	<-wire
	h.die()
	close(release)
	<-ended
	h.open()
	h.up.answer = nil
	before := h.up.times(number(2))
	for range 2 {
		out := h.check(q, rows)
		if out[1].Verdict != clean.Failed || out[1].Reason != clean.Interrupted {
			t.Fatalf("%v %v", out[1].Verdict, out[1].Reason)
		}
	}
	if n := h.up.times(number(2)); n != before {
		t.Errorf("asked %d times more", n-before)
	}
	code := h.check(q, rows)[1].Code
	q = h.again(q)
	again := h.check(q, rows)
	if again[1].Verdict != clean.Match || again[1].Code == code {
		t.Errorf("again: %v with code %v", again[1].Verdict, again[1].Code)
	}
	if n := h.up.times(number(2)); n != before+1 {
		t.Errorf("asked %d times more", n-before)
	}
	for _, n := range []int{1, 3} {
		if again[n-1].Verdict == clean.Match && h.up.times(number(n)) > 2 {
			t.Errorf("row %d was asked %d times", n, h.up.times(number(n)))
		}
	}
}

func TestWhatIsOnTheWireIsFinishedWhenTheCommandIsKilled(t *testing.T) {
	h := newHouse(t, func(o *clean.Options) { o.Concurrency = 2 })
	rows := people(10)
	q := questionOf(rows)
	ctx, kill := context.WithCancel(context.Background())
	var begun atomic.Int32
	release := make(chan struct{})
	h.up.answer = func(ctx context.Context, _ string) (string, error) {
		if begun.Add(1) == 2 {
			kill()
			close(release)
		}
		<-release
		return match, ctx.Err()
	}
	out, err := h.desk.Check(ctx, q, rows)
	if !errors.Is(err, context.Canceled) || len(out) != 2 {
		t.Fatalf("%d outcomes, %v", len(out), err)
	}
	for _, o := range h.check(q, rows) {
		if o.Verdict != clean.Match || h.up.times(number(o.N)) != 1 {
			t.Errorf("row %d: %v, asked %d times", o.N, o.Verdict, h.up.times(number(o.N)))
		}
	}
}

func TestAQuestionThatNeverLeftIsAskedLater(t *testing.T) {
	h := newHouse(t, func(o *clean.Options) { o.Concurrency = 1 })
	rows := people(5)
	q := questionOf(rows)
	h.up.answer = func(_ context.Context, n string) (string, error) {
		if n == number(3) {
			return "", notLeft(lgsp.Throttled, 7*time.Second)
		}
		return match, nil
	}
	out, err := h.desk.Check(context.Background(), q, rows)
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Kind != lgsp.Throttled || e.After != 7*time.Second || len(out) != 2 {
		t.Fatalf("%d outcomes, %v", len(out), err)
	}
	h.die() // what was not asked is so also for the next daemon
	h.open()
	h.up.answer = nil
	for _, o := range h.check(q, rows) {
		if o.Verdict != clean.Match || h.up.times(number(o.N)) != 1 || o.Known != (o.N <= 2) {
			t.Errorf("row %d: %v, known %v, asked %d times", o.N, o.Verdict, o.Known, h.up.times(number(o.N)))
		}
	}
}

func TestOnlyAQuestionThatNeverLeftEndsACheckWhateverItsErrorIs(t *testing.T) {
	for _, kind := range []lgsp.Kind{lgsp.NotFound, lgsp.Forbidden, lgsp.Invalid, lgsp.Throttled, lgsp.Unavailable, lgsp.Refused, lgsp.Unknown} {
		t.Run(kind.String(), func(t *testing.T) {
			h := newHouse(t, func(o *clean.Options) { o.Concurrency = 1 })
			rows := people(5)
			q := questionOf(rows)
			tried := 0
			h.up.answer = func(context.Context, string) (string, error) { tried++; return "", notLeft(kind, 0) }
			out, err := h.desk.Check(context.Background(), q, rows)
			if lgsp.KindOf(err) != kind || !errors.Is(err, errNotLeft) || len(out) != 0 || tried != 1 {
				t.Errorf("%d outcomes of %d questions, %v", len(out), tried, err)
			}
			if n := h.count("clean_row"); n != 0 {
				t.Errorf("%d rows are marked, and nobody was asked", n)
			}
			// The same error of a question that left is the outcome of its row alone.
			h.up.answer = func(context.Context, string) (string, error) { return "", &lgsp.Error{Kind: kind, Code: "E07"} }
			for _, o := range h.check(q, rows) {
				if o.Verdict != clean.Failed || o.Reason != "E07" || o.Known || h.up.times(number(o.N)) != 1 {
					t.Errorf("row %d: %v %v, known %v, asked about %d times", o.N, o.Verdict, o.Reason, o.Known, h.up.times(number(o.N)))
				}
			}
		})
	}
}

func TestAPanicIsTheOutcomeOfItsRowAndSaysNothingOfAnybody(t *testing.T) {
	var log bytes.Buffer
	h := newHouse(t, func(o *clean.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	rows := people(5)
	q := questionOf(rows)
	h.up.answer = func(_ context.Context, n string) (string, error) {
		if n == number(2) {
			panic(strings.Repeat(n, 2))
		}
		return match, nil
	}
	for range 2 {
		for _, o := range h.check(q, rows) {
			if want := o.N == 2; (o.Verdict == clean.Failed && o.Reason == clean.Panicked) != want || (o.Verdict == clean.Match) == want {
				t.Errorf("row %d: %v %v", o.N, o.Verdict, o.Reason)
			}
		}
	}
	if s := log.String(); !strings.Contains(s, "type=string") || !strings.Contains(s, "desk_test.go") || strings.Contains(s, number(2)) {
		t.Errorf("the log says %s", s)
	}
	if n := strings.Count(log.String(), "level="); n != 1 {
		t.Errorf("%d lines in the log", n)
	}
	h.up.answer = nil
	if o := h.check(h.again(q), rows)[1]; o.Verdict != clean.Match {
		t.Errorf("%v %v; the slot is free again", o.Verdict, o.Reason)
	}
}

func TestAFailureThatCouldNotBeAskedAgainStaysAFailure(t *testing.T) {
	h := newHouse(t, nil)
	rows := people(1)
	q := questionOf(rows)
	h.up.answer = func(context.Context, string) (string, error) {
		return "", &lgsp.Error{Kind: lgsp.Refused, Code: "E07"}
	}
	first := h.check(q, rows)[0]
	h.up.answer = func(context.Context, string) (string, error) { return "", notLeft(lgsp.Unavailable, 0) }
	if _, err := h.desk.Check(context.Background(), h.again(q), rows); err == nil {
		t.Fatal("no error")
	}
	h.up.answer = nil
	o := h.check(q, rows)[0]
	if o.Reason != "E07" || o.Code != first.Code {
		t.Errorf("%v %v", o.Verdict, o.Reason)
	}
}

func TestTwoCommandsWithTheSameListAskOnce(t *testing.T) {
	h := newHouse(t, func(o *clean.Options) { o.Concurrency = 8 })
	rows := people(40)
	q := questionOf(rows)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for at := 0; at < len(rows); at += 10 {
				if out, err := h.desk.Check(context.Background(), q, rows[at:at+10]); err != nil || len(out) != 10 {
					t.Errorf("%d outcomes, %v", len(out), err)
				}
			}
		})
	}
	all.Wait()
	for n := range rows {
		if times := h.up.times(number(n + 1)); times != 1 {
			t.Errorf("row %d was asked %d times", n+1, times)
		}
	}
}

func TestAWaitingCommandCanBeKilled(t *testing.T) {
	h := newHouse(t, nil)
	rows := people(1)
	q := questionOf(rows)
	wire, release, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	h.up.answer = func(context.Context, string) (string, error) { close(wire); <-release; return match, nil }
	go func() { defer close(ended); h.desk.Check(context.Background(), q, rows) }()
	<-wire
	ctx, kill := context.WithCancel(context.Background())
	kill()
	if _, err := h.desk.Check(ctx, q, rows); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(release)
	<-ended
}

func TestNoMoreThanTheRateAndTheConcurrencyAreAsked(t *testing.T) {
	var now, most atomic.Int32
	h := newHouse(t, func(o *clean.Options) { o.Concurrency, o.Rate = 3, 200 })
	h.up.answer = func(context.Context, string) (string, error) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		return match, nil
	}
	rows := people(30)
	began := time.Now()
	h.check(questionOf(rows), rows)
	if took := time.Since(began); took < 29*5*time.Millisecond {
		t.Errorf("30 questions at 200/s took %s", took)
	}
	if most.Load() > 3 {
		t.Errorf("%d questions at once", most.Load())
	}
}

func TestAnOutcomeThatCouldNotBeJournaledIsNotLost(t *testing.T) {
	h := newHouse(t, nil)
	rows := people(3)
	q := questionOf(rows)
	h.exec("create trigger refuse before update on clean_row begin select raise(abort, 'disk trouble'); end")
	out, err := h.desk.Check(context.Background(), q, rows)
	if lgsp.KindOf(err) != lgsp.Unavailable || len(out) != 0 {
		t.Fatalf("%d outcomes that are not on disk, %v", len(out), err)
	}
	h.exec("drop trigger refuse")
	for _, o := range h.check(q, rows) {
		if o.Verdict != clean.Match || h.up.times(number(o.N)) != 1 {
			t.Errorf("row %d: %v, asked %d times", o.N, o.Verdict, h.up.times(number(o.N)))
		}
	}
	h.die()
	h.open()
	for _, o := range h.check(q, rows) {
		if o.Verdict != clean.Match {
			t.Errorf("row %d: %v %v", o.N, o.Verdict, o.Reason)
		}
	}
}

func TestARowThatSomebodyElseChangedIsNotSettled(t *testing.T) {
	for _, change := range []string{"update clean_row set code = zeroblob(16)", "update clean_row set state = 2, verdict = 'absent'"} {
		h := newHouse(t, nil)
		rows := people(1)
		h.up.answer = func(context.Context, string) (string, error) { h.exec(change); return match, nil }
		if out, err := h.desk.Check(context.Background(), questionOf(rows), rows); err == nil || len(out) != 0 {
			t.Errorf("%s: %d outcomes, %v", change, len(out), err)
		}
	}
}

func TestRowsThatCouldNotBeUnmarkedAreAskedLater(t *testing.T) {
	h := newHouse(t, nil)
	rows := people(2)
	q := questionOf(rows)
	h.up.answer = func(context.Context, string) (string, error) { return "", notLeft(lgsp.Unavailable, 0) }
	h.exec("create trigger refuse before delete on clean_row begin select raise(abort, 'disk trouble'); end")
	if _, err := h.desk.Check(context.Background(), q, rows); !errors.Is(err, errNotLeft) {
		t.Fatal(err)
	}
	h.exec("drop trigger refuse")
	h.up.answer = nil
	for _, o := range h.check(q, rows) {
		if o.Verdict != clean.Match {
			t.Errorf("row %d: %v %v", o.N, o.Verdict, o.Reason)
		}
	}
}

func TestWithoutRoomNobodyIsAskedAndWhatIsKnownIsTold(t *testing.T) {
	h := newHouse(t, nil)
	rows := people(4)
	q := questionOf(rows)
	h.check(q, rows[:2])
	h.die()
	h.space = func(o *sqlite.Options) { o.MinFreeBytes = 1 << 60 }
	h.open()
	h.check(q, rows[:2])
	_, err := h.desk.Check(context.Background(), q, rows)
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Kind != lgsp.Throttled || e.After == 0 || h.up.times(number(3)) != 0 {
		t.Errorf("%v, asked %d times", err, h.up.times(number(3)))
	}
}
