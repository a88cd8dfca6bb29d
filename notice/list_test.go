package notice_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/notice"
)

const day = 24 * time.Hour

func (b *bench) sweep(want int64) {
	b.t.Helper()
	if n, err := b.desk.Sweep(context.Background()); err != nil || n != want {
		b.t.Errorf("swept %d, %v; want %d", n, err, want)
	}
}

func (b *bench) openFor(sender string) notice.Number {
	b.t.Helper()
	o := opening("")
	o.Sender = sender
	n, _, err := b.desk.Open(context.Background(), o)
	if err != nil {
		b.t.Fatal(err)
	}
	return n.Number
}

func TestEveryPartOfAFilterNarrowsTheList(t *testing.T) {
	b := newBench(t)
	for _, sender := range []string{"H29.11", "H29.1", "H29.11.03", "H29.12"} {
		b.openFor(sender)
		b.pass(day)
	}
	b.along(notice.Number{Year: 2026, N: 2}, notice.Sent)
	b.along(notice.Number{Year: 2026, N: 3}, notice.Closed)
	at := func(days int) time.Time { return b.start.Add(time.Duration(days) * day) }
	for _, c := range []struct {
		f    notice.Filter
		want string
	}{
		{notice.Filter{}, "1 2 3 4"},
		{notice.Filter{Sender: "H29.11"}, "1 3"},
		{notice.Filter{Sender: "H29"}, "1 2 3 4"},
		{notice.Filter{Sender: "H2"}, ""},
		{notice.Filter{States: []notice.State{notice.New}}, "1 4"},
		{notice.Filter{States: []notice.State{notice.Sent, notice.Closed}}, "2 3"},
		{notice.Filter{From: at(1)}, "2 3 4"},
		{notice.Filter{To: at(1)}, "1"},
		{notice.Filter{From: at(1), To: at(3), Sender: "H29.11"}, "3"},
		{notice.Filter{Limit: 2}, "1 2"},
		{notice.Filter{Limit: 2, After: notice.Number{Year: 2026, N: 2}}, "3 4"},
		{notice.Filter{After: notice.Number{Year: 2027, N: 1}}, ""},
	} {
		list, err := b.desk.List(context.Background(), c.f)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range list {
			got = append(got, fmt.Sprint(n.Number.N))
			if n.Content != nil || n.LegacyID != "" || n.Steps != nil {
				t.Errorf("the list tells what is sealed: %+v", n)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v lists %v, want %s", c.f, got, c.want)
		}
	}
}

func TestCountsAreThoseOfThePeriod(t *testing.T) {
	b := newBench(t)
	one, two := b.openFor("H29.11"), b.openFor("H29.12")
	b.pass(day)
	b.along(one, notice.Sent)
	three := b.openFor("H29.11.03")
	b.pass(day)
	b.along(one, notice.Answered, notice.Sent, notice.Answered)
	b.along(two, notice.Closed)
	b.pass(day)
	b.along(one, notice.Closed)
	b.along(three, notice.Sent)
	at := func(days int) time.Time { return b.start.Add(time.Duration(days) * day) }
	none := time.Time{}
	for _, c := range []struct {
		from, to time.Time
		sender   string
		want     notice.Counts
	}{
		{none, none, "", notice.Counts{Opened: 3, Sent: 3, Answered: 2, Closed: 2, Open: 1}},
		{none, at(1), "", notice.Counts{Opened: 2, Open: 2}},
		{at(1), at(2), "", notice.Counts{Opened: 1, Sent: 1, Open: 3}},
		{at(2), at(3), "", notice.Counts{Sent: 1, Answered: 2, Closed: 1, Open: 2}},
		{at(2), none, "H29.11", notice.Counts{Sent: 2, Answered: 2, Closed: 1, Open: 1}},
		{none, none, "H29.12", notice.Counts{Opened: 1, Closed: 1}},
		{none, none, "H29.1", notice.Counts{}},
	} {
		got, err := b.desk.Count(context.Background(), c.from, c.to, c.sender)
		if err != nil || got != c.want {
			t.Errorf("%s to %s of %q: %+v, %v; want %+v", c.from, c.to, c.sender, got, err, c.want)
		}
	}
	b.live(100 * day)
	b.sweep(2)
	if got, err := b.desk.Count(context.Background(), none, none, ""); err != nil || got.Closed != 2 || got.Open != 1 {
		t.Errorf("after the sweep: %+v, %v", got, err)
	}
}

func TestContentLeavesNinetyDaysAfterClosingAndTheRowStays(t *testing.T) {
	b := newBench(t)
	one, two, three := b.begin("TB-1"), b.begin("TB-2"), b.begin("TB-3")
	b.along(one, notice.Sent, notice.Answered, notice.Closed)
	b.along(two, notice.Sent, notice.Answered)
	b.live(day)
	b.along(three, notice.Closed)
	b.live(89*day - time.Millisecond)
	b.sweep(0)
	b.live(time.Millisecond)
	b.sweep(1)
	b.sweep(0)
	b.reopen()
	n := b.get(one)
	if !n.Removed || n.Content != nil || n.LegacyID != "" || n.State != notice.Closed || len(n.Steps) != 3 || n.Steps[0].By != "" || n.Steps[0].State != notice.Sent || n.Steps[0].At.IsZero() {
		t.Errorf("what is left of it is %+v", n)
	}
	if n := b.count("select count(*) from notice_step where n = 1 and sealed is not null"); n != 0 {
		t.Errorf("%d of its texts are still stored", n)
	}
	b.live(day)
	b.sweep(1)
	b.live(1000 * day)
	b.sweep(0)
	if n := b.get(two); n.Removed || n.Content == nil || len(n.Steps) != 2 || n.Steps[1].Text == "" {
		t.Errorf("a notice that is not closed lost its content: %+v", n)
	}
	if next := b.begin("TB-9"); next.String() != "1/2028" && next.N == 0 {
		t.Errorf("the next number is %s", next)
	}
}

func TestHowLongContentIsKeptCanBeSet(t *testing.T) {
	b := newBench(t, func(_ *sqlite.Options, o *notice.Options) { o.Keep = day })
	b.along(b.begin(""), notice.Closed)
	b.live(day - time.Millisecond)
	b.sweep(0)
	b.live(time.Millisecond)
	b.sweep(1)
}

func TestAClockThatIsYearsAheadRemovesNothing(t *testing.T) {
	b := newBench(t)
	b.along(b.begin(""), notice.Closed)
	b.live(time.Hour)
	b.pass(10 * 365 * day)
	b.sweep(0)
	b.along(b.begin(""), notice.Closed) // and the record is sealed under that date
	b.live(20 * day)
	b.sweep(0)
	b.live(70 * day)
	b.sweep(2)
}

// What bears a time to come would rest there until then.
func TestWhatAClockThatWasAheadDatedLeavesAsTheRestDoes(t *testing.T) {
	b := newBench(t)
	b.live(time.Hour)
	b.pass(10 * 365 * day)
	b.along(b.begin(""), notice.Closed)
	b.live(time.Hour)
	b.pass(-10 * 365 * day)
	b.live(time.Hour)
	b.sweep(0)
	b.live(90 * day)
	b.sweep(1)
}

func TestASweepEndsWithItsContext(t *testing.T) {
	b := newBench(t)
	b.along(b.begin(""), notice.Closed)
	b.live(91 * day)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if n, err := b.desk.Sweep(ctx); err == nil || n != 0 {
		t.Errorf("swept %d, %v", n, err)
	}
}

func TestNumbersAreReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]notice.Number{"12/2026": {2026, 12}, "05/2026": {2026, 5}, "999999999/9999": {9999, 999999999}} {
		if n, err := notice.ParseNumber(text); err != nil || n != want {
			t.Errorf("%s is read as %v, %v", text, n, err)
		}
	}
	for _, text := range []string{"", "12", "/2026", "12/", "0/2026", "12/0000", "12/26", "-1/2026", "12/2026/1", "1 2/2026", "12/20261", "1234567890/2026", "+1/2026", "१/2026"} {
		if n, err := notice.ParseNumber(text); err == nil {
			t.Errorf("%q is read as %v", text, n)
		}
	}
}
