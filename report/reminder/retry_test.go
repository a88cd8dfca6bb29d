package reminder_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/reminder"
)

func TestWhatWasNotSentIsTriedAgainWithGrowingWaits(t *testing.T) {
	b := newBench(t, func(o *reminder.Options) { o.Departments, o.Police = o.Departments[1:2], nil })
	b.at(2026, 6, 5, 7, 30)
	b.fail = func(m reminder.Mail) error { return fmt.Errorf("550 no such user <%s>\r\n\x1b[31m", m.To) }
	began := b.time
	var waits []time.Duration
	last := began
	for b.time.Before(began.Add(40 * time.Hour)) {
		before := b.list(half)
		b.remind()
		after := b.list(half)
		if len(before) == 0 || after[0].Attempts > before[0].Attempts {
			waits = append(waits, b.time.Sub(last))
			last = b.time
		}
		b.time = b.time.Add(time.Minute)
	}
	want := []time.Duration{0, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute, 80 * time.Minute, 160 * time.Minute, 320 * time.Minute, 6 * time.Hour, 6 * time.Hour, 6 * time.Hour, 6 * time.Hour}
	if !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
	r := b.list(half)[0]
	if r.State != reminder.Waiting || r.Reason != "550 no such user <mau@example.vn>   [31m" || !r.Next.After(b.time.Add(-time.Minute)) {
		t.Errorf("%+v", r)
	}
	if strings.Contains(b.log.String(), "mau@") || !strings.Contains(b.log.String(), "550 no such user") {
		t.Errorf("the log: %s", b.log.String())
	}
	b.fail = nil
	b.time = r.Next
	if to := b.remind(); len(to) != 1 || b.list(half)[0].State != reminder.Sent || b.list(half)[0].Reason != "" {
		t.Errorf("%v, %+v", to, b.list(half))
	}
}

// Under a clock that was a year ahead, nothing is sent that is lost to next year.
func TestAClockThatWasAheadPutsNoReminderOffForLong(t *testing.T) {
	b := newBench(t, func(o *reminder.Options) { o.Departments, o.Police = o.Departments[1:2], nil })
	b.at(2027, 6, 7, 7, 30)
	b.fail = func(reminder.Mail) error { return errors.New("connection refused") }
	for range 3 { // each of which puts it off
		b.remind()
		b.time = b.time.Add(time.Hour)
	}
	b.fail = nil
	b.at(2026, 6, 5, 7, 30)
	if to := b.remind(); len(to) != 1 {
		t.Errorf("this year: %v", to)
	}
	b.at(2027, 6, 7, 10, 0)
	if to := b.remind(); len(to) != 1 {
		t.Errorf("next year: %v, %+v", to, b.list(report.FirstHalf(2027)))
	}
}

func TestAWaitThatAWrongClockHasMadeLongIsNotKept(t *testing.T) {
	b := newBench(t, func(o *reminder.Options) { o.Departments, o.Police = o.Departments[1:2], nil })
	b.at(2026, 6, 11, 8, 0)
	b.fail = func(reminder.Mail) error { b.time = b.time.AddDate(0, 0, 2); return errors.New("connection refused") }
	b.remind()
	b.fail = nil
	b.at(2026, 6, 11, 8, 1)
	if to := b.remind(); len(to) != 1 {
		t.Errorf("%v, %+v", to, b.list(half))
	}
}

func TestWhatMayHaveBeenSentIsNotSentAgain(t *testing.T) {
	b := newBench(t, func(o *reminder.Options) { o.Departments, o.Police = o.Departments[1:2], nil })
	b.at(2026, 6, 5, 7, 30)
	tries := 0
	b.fail = func(reminder.Mail) error { tries++; return fmt.Errorf("%w: EOF", reminder.ErrUnsure) }
	for range 5 {
		b.remind()
		b.reopen()
		b.time = b.time.Add(3 * time.Hour)
	}
	if r := b.list(half)[0]; tries != 1 || r.State != reminder.Unsure || !strings.Contains(r.Reason, "EOF") {
		t.Errorf("%d tries: %+v", tries, r)
	}
}

// A process that is killed while it sends leaves a mail that may have gone.
func TestAKilledAttemptIsNotMadeAgain(t *testing.T) {
	b := newBench(t, func(o *reminder.Options) { o.Departments, o.Police = o.Departments[1:2], nil })
	b.at(2026, 6, 5, 7, 30)
	b.fail = func(reminder.Mail) error {
		if r := b.list(half)[0]; r.State != reminder.Underway || r.Attempts != 1 {
			t.Errorf("on the wire it is %+v", r)
		}
		panic("killed")
	}
	func() {
		defer func() {
			if recover() != "killed" {
				t.Error("the post was not asked")
			}
		}()
		_ = b.desk.Remind(ctx)
	}()
	b.fail = nil
	b.reopen()
	if to := b.remind(); to != nil || b.list(half)[0].State != reminder.Unsure || b.list(half)[0].Reason == "" {
		t.Errorf("%v, %+v", to, b.list(half))
	}
}

// Two processes on one database, as when an old daemon has not ended yet.
func TestTwoDesksSendNothingTwice(t *testing.T) {
	b := newBench(t, func(o *reminder.Options) { o.Police = nil })
	b.at(2026, 6, 5, 7, 30)
	second := b.desk
	first := reminder.NewDesk(reminder.Options{DB: b.db, Status: func(context.Context, report.Period) (reminder.Status, error) { return b.status, nil }, Mailer: b, Deadline: 2, ProvinceDeadline: 10,
		Before: []int{7}, Departments: []reminder.Department{{"H29.11", "Sở Tư pháp", []string{"thu@example.vn", "mau@example.vn"}}}, Now: func() time.Time { return b.time }})
	nested := false
	b.fail = func(reminder.Mail) error {
		if nested {
			return nil
		}
		nested = true
		return second.Remind(ctx) // while the first is on the wire with mail to one, the second sends to the other
	}
	if err := first.Remind(ctx); err != nil {
		t.Fatal(err)
	}
	var to []string
	for _, m := range b.mails {
		to = append(to, m.To)
	}
	if slices.Sort(to); !slices.Equal(to, []string{"mau@example.vn", "thu@example.vn"}) {
		t.Errorf("sent to %v", to)
	}
}

func TestWhatIsOfNoUseAnyMoreIsNotSent(t *testing.T) {
	for name, row := range map[string]func(*bench){
		"the report came": func(b *bench) { b.status.Departments = nil; b.time = b.time.Add(time.Hour) },
		"the next occasion began": func(b *bench) {
			b.at(2026, 6, 12, 7, 30)
			b.fail = func(reminder.Mail) error { return errors.New("no") }
		},
		"the address was removed": func(b *bench) { b.change = func(o *reminder.Options) { o.Departments = nil }; b.reopen() },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(o *reminder.Options) { o.Departments, o.Police = o.Departments[1:2], nil })
			b.at(2026, 6, 5, 7, 30)
			b.fail = func(reminder.Mail) error { return errors.New("the post is closed") }
			b.remind()
			b.fail = nil
			row(b)
			to := b.remind()
			list := b.list(half)
			r := list[len(list)-1]
			if to != nil || r.Occasion != "before-7" || r.State != reminder.Obsolete || r.Reason != "the post is closed" {
				t.Errorf("%v, %+v", to, list)
			}
		})
	}
}

func TestOneMailThatFailsDoesNotStopTheOthers(t *testing.T) {
	b := newBench(t, asItIs)
	b.at(2026, 6, 5, 7, 30)
	b.fail = func(m reminder.Mail) error {
		if m.To == "mau@example.vn" {
			return errors.New("full")
		}
		return nil
	}
	if to := b.remind(); !slices.Equal(to, []string{"thu@example.vn"}) {
		t.Errorf("sent to %v", to)
	}
}

func TestNobodyIsRemindedWithoutAPost(t *testing.T) {
	b := newBench(t, func(o *reminder.Options) { o.Mailer = nil })
	b.at(2026, 6, 5, 7, 30)
	if err := b.desk.Remind(ctx); err != nil || len(b.list(half)) != 0 {
		t.Errorf("%v, %+v", err, b.list(half))
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if err := b.desk.Run(ctx); err != nil {
		t.Error(err)
	}
}

func TestAFaultOfTheDeskIsToldAndSendsNothing(t *testing.T) {
	b := newBench(t, asItIs)
	b.at(2026, 6, 5, 7, 30)
	b.failed = errors.New("no reports today")
	if err := b.desk.Remind(ctx); !errors.Is(err, b.failed) || len(b.mails) != 0 {
		t.Errorf("%v", err)
	}
	b.failed = nil
	for _, what := range []string{"insert on reminder", "update on reminder"} {
		other, err := sql.Open("sqlite3", b.path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Exec("create trigger fail before " + what + " begin select raise(abort, 'the test wants it'); end"); err != nil {
			t.Fatal(err)
		}
		if err := b.desk.Remind(ctx); err == nil || len(b.mails) != 0 {
			t.Errorf("%s: %v, %d mails", what, err, len(b.mails))
		}
		if _, err := other.Exec("drop trigger fail"); err != nil {
			t.Fatal(err)
		}
		other.Close()
	}
	if to := b.remind(); len(to) != 2 {
		t.Errorf("sent to %v", to)
	}
}

func TestTheDeskRemindsUntilItIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(ctx)
	b := newBench(t, func(o *reminder.Options) {
		o.Every = time.Millisecond
		o.Departments, o.Police = o.Departments[1:2], nil
	})
	b.at(2026, 6, 5, 7, 30)
	b.failed = errors.New("not yet")
	asked := 0
	b.change = func(o *reminder.Options) {
		o.Every = time.Millisecond
		o.Status = func(context.Context, report.Period) (reminder.Status, error) {
			if asked++; asked == 1 {
				return b.status, b.failed // it goes on all the same
			}
			return b.status, nil
		}
	}
	b.fail = func(reminder.Mail) error { cancel(); return nil }
	b.reopen()
	if err := b.desk.Run(ctx); err != nil || len(b.mails) != 1 || b.list(half)[0].State != reminder.Sent {
		t.Errorf("%v, %d mails, %+v", err, len(b.mails), b.list(half))
	}
	if !strings.Contains(b.log.String(), "not yet") {
		t.Errorf("the log: %s", b.log.String())
	}
}

func TestStatesOfRemindersKeepTheirNumbersAndNames(t *testing.T) {
	for i, name := range []string{"", "waiting", "underway", "sent", "unsure", "obsolete", ""} {
		s := reminder.State(i)
		if text, err := s.MarshalText(); err != nil || string(text) != name || (s.Title() == "") != (name == "") {
			t.Errorf("%d is %s, %q", i, text, s.Title())
		}
	}
}
