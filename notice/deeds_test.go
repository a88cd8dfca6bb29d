package notice_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/notice"
)

func TestEachDeedIsKeptAndOnRecordByName(t *testing.T) {
	b := newBench(t)
	n := b.begin("TB-1")
	ctx := context.Background()
	deeds := []struct {
		do   func(context.Context, notice.Number, notice.Deed) error
		to   notice.State
		said notice.Deed
		want audit.Entry
	}{
		{b.desk.Send, notice.Sent, notice.Deed{By: "Trần Văn Thử", Document: "12/SKHCN-CĐS", Date: "2026-03-05"}, audit.Entry{Event: audit.NoticeSent}},
		{b.desk.Answer, notice.Answered, notice.Deed{By: "Trần Văn Thử", Text: "Cần thêm hồ sơ của Nguyễn Văn Thử."}, audit.Entry{Event: audit.NoticeAnswered}},
		{b.desk.Send, notice.Sent, notice.Deed{By: "Lê Thị Thử", Document: "15/SKHCN-CĐS", Date: "2026-03-09"}, audit.Entry{Event: audit.NoticeSent, Detail: "asked again"}},
		{b.desk.Answer, notice.Answered, notice.Deed{By: "Lê Thị Thử", Document: "99/C06", Date: "2026-03-20", Text: "Đã sửa."}, audit.Entry{Event: audit.NoticeAnswered}},
		{b.desk.Close, notice.Closed, notice.Deed{By: "Lê Thị Thử"}, audit.Entry{Event: audit.NoticeClosed}},
	}
	for i, d := range deeds {
		b.pass(time.Hour)
		if err := d.do(ctx, n, d.said); err != nil {
			t.Fatal(err)
		}
		got := b.get(n)
		if got.State != d.to || !got.Changed.Equal(b.now()) || len(got.Steps) != i+1 || got.Steps[i] != (notice.Step{State: d.to, At: b.now(), Deed: d.said}) {
			t.Errorf("step %d: %+v", i, got)
		}
		entries := b.record()
		e := entries[len(entries)-1]
		if e.Event != d.want.Event || e.Detail != d.want.Detail || e.Operator != d.said.By || e.Notice != "1/2026" || e.Sender != "H29.11" || e.System != "ho-tich" ||
			e.Officer != "CB-07" || e.Subject != b.log.Pseudonym("079000000042") {
			t.Errorf("step %d is on record as %+v", i, e)
		}
	}
	if last, ok := b.get(n).Last(notice.Sent); !ok || last.Document != "15/SKHCN-CĐS" {
		t.Errorf("sent last with %+v", last)
	}
}

func TestADeedThatTheStateDoesNotAllowChangesNothing(t *testing.T) {
	allowed := map[notice.State][]notice.State{notice.New: {notice.Sent, notice.Closed}, notice.Sent: {notice.Answered, notice.Closed}, notice.Answered: {notice.Sent, notice.Closed}}
	way := []notice.State{notice.Sent, notice.Answered, notice.Closed}
	for i := range 4 {
		from := notice.State(i + 1)
		for _, to := range way {
			b := newBench(t)
			n := b.begin("")
			b.along(n, way[:i]...)
			entries := len(b.record())
			err := b.do(n, to)
			if slices.Contains(allowed[from], to) {
				if err != nil {
					t.Errorf("%s to %s: %v", from, to, err)
				}
				continue
			}
			if e := wantKind(t, err, lgsp.Conflict, "State"); !strings.Contains(e.Error(), "1/2026 is "+from.String()) {
				t.Errorf("%s to %s: %v", from, to, e)
			}
			if got := b.get(n); got.State != from || len(b.record()) != entries {
				t.Errorf("%s to %s: it is %s now, with %d more entries", from, to, got.State, len(b.record())-entries)
			}
		}
	}
}

func TestADeedNeedsWhatItsStateSays(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	n := b.begin("")
	for what, err := range map[string]error{
		"sent without a document":   b.desk.Send(ctx, n, notice.Deed{By: "a", Date: "2026-03-05"}),
		"sent without a date":       b.desk.Send(ctx, n, notice.Deed{By: "a", Document: "12"}),
		"sent on no day":            b.desk.Send(ctx, n, notice.Deed{By: "a", Document: "12", Date: "05/03/2026"}),
		"withdrawn without reason":  b.desk.Close(ctx, n, notice.Deed{By: "a", Text: " "}),
		"closed with a long reason": b.desk.Close(ctx, n, notice.Deed{By: "a", Text: strings.Repeat("x", notice.MaxContent+1)}),
		"closed with control codes": b.desk.Close(ctx, n, notice.Deed{By: "a", Text: "\x1b"}),
		"an operator of two lines":  b.desk.Close(ctx, n, notice.Deed{By: "a\nb", Text: "x"}),
	} {
		if e := wantKind(t, err, lgsp.Invalid, "Deed"); e.Err == nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := b.desk.Close(ctx, n, notice.Deed{Text: "x"}); !errors.Is(err, notice.ErrNoOperator) {
		t.Errorf("without an operator: %v", err)
	}
	b.along(n, notice.Sent)
	wantKind(t, b.desk.Answer(ctx, n, notice.Deed{By: "a", Date: "2026-03-05"}), lgsp.Invalid, "Deed")
	if err := b.desk.Answer(ctx, n, notice.Deed{By: "a", Document: "99/C06"}); err != nil {
		t.Error(err)
	}
	wantKind(t, b.do(notice.Number{Year: 2026, N: 9}, notice.Closed), lgsp.NotFound, "NotFound")
	if _, err := b.desk.Get(ctx, notice.Number{Year: 2026, N: 9}); lgsp.KindOf(err) != lgsp.NotFound {
		t.Errorf("got %v", err)
	}
}

// Whichever of the writes of an arrow fails, nothing of it is left.
func TestAStateAndItsEntryShareACommit(t *testing.T) {
	for _, table := range []string{"insert on audit", "insert on notice_step", "insert on notice", "update on notice"} {
		t.Run(table, func(t *testing.T) {
			b := newBench(t)
			n := b.begin("TB-1")
			entries := len(b.record())
			b.execBehind("create trigger fail before " + table + " begin select raise(abort, 'the test wants it'); end")
			opens := b.openFails()
			moves := b.do(n, notice.Sent) != nil
			if table != "update on notice" && !opens || table != "insert on notice" && !moves {
				t.Errorf("opening failed: %v, sending failed: %v", opens, moves)
			}
			b.execBehind("drop trigger fail")
			if got := b.get(n); moves && (got.State != notice.New || len(got.Steps) != 0) {
				t.Errorf("it is %s with %d steps", got.State, len(got.Steps))
			}
			more := map[bool]int{false: 1, true: 0}
			if got := len(b.record()) - entries; got != more[opens]+more[moves] {
				t.Errorf("%d entries were written", got)
			}
			if next := b.begin("TB-3"); next.N != 2+more[opens] {
				t.Errorf("the next number is %s", next)
			}
		})
	}
}

func (b *bench) openFails() bool {
	_, _, err := b.desk.Open(context.Background(), opening("TB-2"))
	if err != nil && lgsp.KindOf(err) != lgsp.Unavailable {
		b.t.Errorf("opening failed with %v", err)
	}
	return err != nil
}

func TestADamagedNoticeIsNamedAndLeavesTheOthersReadable(t *testing.T) {
	for name, damage := range map[string]string{
		"a byte":      "update notice_step set sealed = cast(substr(sealed, 1, 40) || case substr(sealed, 41, 1) when x'00' then x'01' else x'00' end || substr(sealed, 42) as blob) where n = 2 and step = 0",
		"cut off":     "update notice_step set sealed = substr(sealed, 1, 20) where n = 2 and step = 0",
		"null":        "update notice_step set sealed = null where n = 2 and step = 0",
		"not there":   "delete from notice_step where n = 2",
		"the last":    "update notice_step set sealed = x'01' where n = 2 and step = 1",
		"its state":   "update notice_step set state = 3 where n = 2 and step = 1",
		"of another":  "update notice_step set sealed = (select sealed from notice_step where n = 1 and step = 0) where n = 2 and step = 0",
		"of its step": "update notice_step set sealed = (select sealed from notice_step where n = 2 and step = 1) where n = 2 and step = 2",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.damaged = true
			for range 3 {
				b.along(b.begin(""), notice.Sent, notice.Answered, notice.Sent)
			}
			b.execBehind(damage)
			two := notice.Number{Year: 2026, N: 2}
			got, err := b.desk.Get(context.Background(), two)
			if e := wantKind(t, err, lgsp.Invalid, "Damaged"); !strings.Contains(e.Text, "2/2026") || !strings.Contains(e.Error(), "notice 2/2026") {
				t.Errorf("the error does not name it: %v", e)
			}
			if got.Number != two || got.State != notice.Sent || got.Sender != "H29.11" {
				t.Errorf("what is whole is not told: %+v", got)
			}
			for _, n := range []int{1, 3} {
				if whole := b.get(notice.Number{Year: 2026, N: n}); whole.Content == nil {
					t.Errorf("notice %d has no content", n)
				}
			}
			if list, err := b.desk.List(context.Background(), notice.Filter{}); err != nil || len(list) != 3 {
				t.Errorf("listed %d, %v", len(list), err)
			}
			if err := b.do(two, notice.Closed); err != nil {
				t.Errorf("it cannot be closed: %v", err)
			}
		})
	}
}
