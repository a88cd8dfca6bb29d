package filing_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
)

// req
func TestADepartmentsReportGoesItsWayWithEachStepOnRecord(t *testing.T) {
	b := newBench(t)
	b.total.Store(7)
	if f := b.get(ours); f.State != filing.None || f.Version != 0 || f.Revision != 0 {
		t.Fatalf("of nothing there is %+v", f)
	}
	for i, step := range []struct {
		to      filing.State
		event   audit.Event
		by      filing.Who
		version int
		reason  string
	}{
		{filing.Draft, audit.ReportDrafted, officer, 1, ""},
		{filing.Completed, audit.ReportCompleted, officer, 1, ""},
		{filing.Confirmed, audit.ReportConfirmed, officer, 1, ""},
		{filing.Returned, audit.ReportReturned, police, 1, "Thiếu số liệu của Phòng Hộ tịch."},
		{filing.Draft, audit.ReportDrafted, officer, 2, ""},
		{filing.Completed, audit.ReportCompleted, officer, 2, ""},
		{filing.Confirmed, audit.ReportConfirmed, officer, 2, ""},
		{filing.Received, audit.ReportReceived, police, 2, ""},
	} {
		b.pass(time.Minute)
		f := b.along(ours, step.to)
		if f.Version != step.version || f.Revision != int64(i+1) || !reflect.DeepEqual(f, b.get(ours)) {
			t.Errorf("step %d: %+v, read back as %+v", i, f, b.get(ours))
		}
		want := step.reason
		if step.to == filing.Confirmed {
			want = "version " + string(rune('0'+step.version)) + ", sha256 " + f.Hash
		}
		e := b.lastEntry()
		if e.Event != step.event || e.Report != "2026-H1/H29.11" || e.Sender != "H29.11" || e.Operator != step.by.String() || e.Detail != want || !e.At.Equal(b.now()) {
			t.Errorf("step %d is on record as %+v", i, e)
		}
		history, err := b.desk.History(ctx, ours)
		if err != nil || len(history) != i+1 || history[i] != (filing.Step{Event: step.event, State: step.to, Version: step.version, At: b.now().UTC(), By: step.by, Reason: step.reason}) {
			t.Errorf("step %d of %d: %+v, %v", i, len(history), history, err)
		}
	}
	versions, err := b.desk.Versions(ctx, ours)
	if err != nil || len(versions) != 2 || versions[0].State != filing.Returned || versions[1].State != filing.Received {
		t.Errorf("versions %+v, %v", versions, err)
	}
	if periods, err := b.desk.Periods(ctx); err != nil || len(periods) != 1 || periods[0] != half {
		t.Errorf("periods %v, %v", periods, err)
	}
}

func TestWhatWasConfirmedIsKeptByteForByte(t *testing.T) {
	b := newBench(t)
	b.total.Store(7)
	f := b.along(ours, filing.Draft, filing.Completed, filing.Confirmed)
	confirmed := b.now()
	text, hash, err := b.desk.Frozen(ctx, ours, 1)
	if err != nil || hash != f.Hash {
		t.Fatalf("%s, %v", hash, err)
	}
	b.total.Store(8)
	b.pass(time.Hour)
	b.along(ours, filing.Returned, filing.Draft, filing.Completed, filing.Confirmed)
	b.reopen()
	again, _, err := b.desk.Frozen(ctx, ours, 1)
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("version 1 changed: %v", err)
	}
	filed, err := b.desk.Filed(ctx, ours, 1)
	if err != nil || filed.By != "Trần Thị Thử" || !filed.At.Equal(confirmed) || !reflect.DeepEqual(filed.Statement, statement()) || filed.Report.Total.Messages.Received != 7 || filed.Report.Nodes[0].Seq != 2 {
		t.Errorf("%+v, %v", filed, err)
	}
	if canonical, err := json.Marshal(filed); err != nil || !bytes.Equal(canonical, text) {
		t.Errorf("the text is not the JSON of what it says: %v", err)
	}
	if second, err := b.desk.Filed(ctx, ours, 2); err != nil || second.Report.Total.Messages.Received != 8 {
		t.Errorf("version 2: %+v, %v", second, err)
	}
	for _, version := range []int{0, 3} {
		_, _, err := b.desk.Frozen(ctx, ours, version)
		wantKind(t, err, lgsp.NotFound, "NotFound")
		_, err = b.desk.Version(ctx, ours, version)
		wantKind(t, err, lgsp.NotFound, "NotFound")
	}
}

func TestADeedThatTheStateDoesNotAllowChangesNothing(t *testing.T) {
	ways := map[filing.State][]filing.State{
		filing.None: nil, filing.Draft: {filing.Draft}, filing.Completed: {filing.Draft, filing.Completed},
		filing.Confirmed: {filing.Draft, filing.Completed, filing.Confirmed},
		filing.Received:  {filing.Draft, filing.Completed, filing.Confirmed, filing.Received},
		filing.Returned:  {filing.Draft, filing.Completed, filing.Confirmed, filing.Returned},
	}
	allowed := map[filing.State]string{filing.None: "draft", filing.Draft: "draft completed", filing.Completed: "confirmed", filing.Confirmed: "received returned",
		filing.Received: "returned", filing.Returned: "draft"}
	for from, way := range ways {
		b := newBench(t)
		b.along(ours, way...)
		for to := filing.Draft; to <= filing.Returned; to++ {
			if strings.Contains(allowed[from], to.String()) {
				continue
			}
			was, entries := b.get(ours), len(b.record())
			_, err := b.do(ours, to)
			if e := wantKind(t, err, lgsp.Conflict, "State"); !strings.Contains(e.Text, from.Title()) {
				t.Errorf("%s to %s: %s", from, to, e.Text)
			}
			if got := b.get(ours); !reflect.DeepEqual(got, was) || len(b.record()) != entries {
				t.Errorf("%s to %s: it is %+v now", from, to, got)
			}
		}
		if from != filing.Completed {
			_, err := b.desk.Reopen(ctx, ours, b.get(ours).Revision, officer)
			wantKind(t, err, lgsp.Conflict, "State")
		}
	}
}

func TestACompletedReportIsReopenedOnRecord(t *testing.T) {
	b := newBench(t)
	f := b.along(ours, filing.Draft, filing.Completed)
	f, err := b.desk.Reopen(ctx, ours, f.Revision, officer)
	if err != nil || f.State != filing.Draft || f.Version != 1 || b.lastEntry().Event != audit.ReportReopened {
		t.Errorf("%+v, %v", f, err)
	}
	b.along(ours, filing.Draft, filing.Completed, filing.Confirmed)
}

func TestADraftIsOnRecordOnceForEachVersion(t *testing.T) {
	b := newBench(t)
	b.along(ours, filing.Draft, filing.Draft, filing.Draft)
	if n := len(b.record()); n != 1 {
		t.Errorf("%d entries", n)
	}
	if f := b.get(ours); f.Revision != 3 || f.Version != 1 || f.Editor != officer {
		t.Errorf("%+v", f)
	}
	b.along(ours, filing.Completed, filing.Confirmed, filing.Returned, filing.Draft, filing.Draft)
	if n := len(b.record()); n != 5 {
		t.Errorf("%d entries", n)
	}
}

// Every deed names what was seen; none overwrites what was not.
func TestALostRaceOverwritesNothing(t *testing.T) {
	b := newBench(t)
	f := b.along(ours, filing.Draft)
	mine := statement()
	mine.Proposals = "Của tôi."
	if _, err := b.desk.Save(ctx, ours, f.Revision, mine, police); err != nil {
		t.Fatal(err)
	}
	for _, seen := range []int64{0, f.Revision, f.Revision + 2} {
		_, err := b.desk.Save(ctx, ours, seen, statement(), officer)
		if e := wantKind(t, err, lgsp.Conflict, "Stale"); !strings.Contains(e.Text, police.Name) {
			t.Errorf("it does not say who was faster: %s", e.Text)
		}
		_, err = b.desk.Complete(ctx, ours, seen, officer)
		wantKind(t, err, lgsp.Conflict, "Stale")
	}
	if got := b.get(ours); got.Statement.Proposals != "Của tôi." || got.State != filing.Draft {
		t.Errorf("%+v", got)
	}
	f = b.along(ours, filing.Completed)
	_, err := b.desk.Confirm(ctx, ours, f.Revision-1, b.figures(ours), officer)
	wantKind(t, err, lgsp.Conflict, "Stale")
	f = b.along(ours, filing.Confirmed)
	_, err = b.desk.Return(ctx, ours, f.Revision-1, police, "x")
	wantKind(t, err, lgsp.Conflict, "Stale")
	_, err = b.desk.Receive(ctx, ours, f.Revision-1, police)
	wantKind(t, err, lgsp.Conflict, "Stale")
}

func TestOfManyAtOnceOneIsFirst(t *testing.T) {
	b := newBench(t)
	f := b.along(ours, filing.Draft, filing.Completed)
	figures := b.figures(ours)
	var group sync.WaitGroup
	errs := make([]error, 12)
	for i := range errs {
		group.Go(func() {
			switch i % 3 {
			case 0:
				_, errs[i] = b.desk.Confirm(ctx, ours, f.Revision, figures, officer)
			case 1:
				_, errs[i] = b.desk.Reopen(ctx, ours, f.Revision, officer)
			default:
				_, errs[i] = b.desk.Confirm(ctx, ours, f.Revision, figures, police)
			}
		})
	}
	group.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantKind(t, err, lgsp.Conflict, "Stale")
	}
	if got := b.get(ours); won != 1 || got.Revision != f.Revision+1 || len(b.record()) != 3 {
		t.Errorf("%d were first, at revision %d with %d entries", won, got.Revision, len(b.record()))
	}
}

func TestOnlyThePeriodsOwnFiguresAreConfirmed(t *testing.T) {
	b := newBench(t)
	b.at(half.To)
	f := b.along(ours, filing.Draft, filing.Completed) // before its end, which is allowed
	b.pass(15*time.Hour + 59*time.Minute + 59*time.Second + 999*time.Millisecond)
	_, err := b.desk.Confirm(ctx, ours, f.Revision, b.figures(ours), officer)
	if e := wantKind(t, err, lgsp.Invalid, "NotOver"); !strings.Contains(e.Text, "14/6/2026") {
		t.Error(e.Text)
	}
	b.pass(time.Millisecond)
	shown := b.figures(ours)
	b.along(theirs, filing.Draft) // the record grows, and its figures do not
	b.total.Add(1)
	_, err = b.desk.Confirm(ctx, ours, f.Revision, shown, officer)
	wantKind(t, err, lgsp.Conflict, "Figures")
	b.total.Add(-1)
	b.fail = errors.New("the disk is gone")
	if _, err := b.desk.Confirm(ctx, ours, f.Revision, shown, officer); !errors.Is(err, b.fail) {
		t.Errorf("got %v", err)
	}
	b.fail = nil
	if _, err := b.desk.Confirm(ctx, ours, f.Revision, shown, officer); err != nil {
		t.Error(err)
	}
}

func TestFiguresOfAnotherAreNotFrozen(t *testing.T) {
	b := newBench(t)
	f := b.along(ours, filing.Draft, filing.Completed)
	for _, wrong := range []report.Report{{Period: half, Scope: "H29.12"}, {Period: report.Year(2026), Scope: "H29.11"}} {
		desk := filing.NewDesk(filing.Options{DB: b.db, Audit: b.log, Now: b.now, Compile: compiled(wrong)})
		figures, err := filing.Figures(wrong)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := desk.Confirm(ctx, ours, f.Revision, figures, officer); err == nil || b.get(ours).State != filing.Completed {
			t.Errorf("%s of %s is taken: %v", wrong.Scope, wrong.Period, err)
		}
	}
}

func TestADeedNeedsSomebodyAndSomething(t *testing.T) {
	b := newBench(t)
	f := b.along(ours, filing.Draft)
	bad := func(what string, err error) {
		t.Helper()
		if e := wantKind(t, err, lgsp.Invalid, "Deed"); e.Err == nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, by := range []filing.Who{{}, {Account: " "}, {Account: "a\nb"}, {Account: "a", Name: "b\nc"}, {Account: strings.Repeat("x", 201)}} {
		_, err := b.desk.Complete(ctx, ours, f.Revision, by)
		bad("nobody", err)
	}
	for _, k := range []filing.Key{{}, {Period: report.Period{From: 5, To: 4}}, {Period: report.Period{From: 20_000, To: 30_000}}, {Period: half, Department: "a/b"}, {Period: half, Department: "a\nb"}} {
		_, err := b.desk.Save(ctx, k, 0, report.Statement{}, officer)
		bad("no report", err)
	}
	_, err := b.desk.Save(ctx, filing.Key{Period: report.SecondHalf(2026).Previous().Previous(), Department: "H29.11"}, 0, report.Statement{}, officer)
	if err != nil {
		t.Errorf("a period of last year: %v", err)
	}
	_, err = b.desk.Save(ctx, filing.Key{Period: report.FirstHalf(2027), Department: "H29.11"}, 0, report.Statement{}, officer)
	bad("a period to come", err)
	f = b.along(ours, filing.Completed, filing.Confirmed)
	_, err = b.desk.Return(ctx, ours, f.Revision, police, " \r\n")
	bad("no reason", err)
	_, err = b.desk.Return(ctx, ours, f.Revision, police, "Sai số 079000000042")
	wantKind(t, err, lgsp.Invalid, "Statement")
	b.along(whole, filing.Draft)
	for _, to := range []filing.State{filing.Completed, filing.Confirmed, filing.Received, filing.Returned} {
		_, err := b.do(whole, to)
		bad(to.String()+" of the province", err)
	}
	_, err = b.desk.Reopen(ctx, whole, 1, police)
	bad("reopening the province's", err)
}

// Whichever of the writes of an arrow fails, nothing of it is left.
func TestAStateItsStepAndItsEntryShareACommit(t *testing.T) {
	for _, table := range []string{"insert on audit", "insert on filing_step", "update on filing", "insert on filing_part"} {
		t.Run(table, func(t *testing.T) {
			b := newBench(t)
			b.along(ours, filing.Draft, filing.Completed, filing.Confirmed)
			b.along(whole, filing.Draft)
			before := [2]filing.Filing{b.get(ours), b.get(whole)}
			entries := len(b.record())
			b.execBehind("create trigger fail before " + table + " begin select raise(abort, 'the test wants it'); end")
			if table != "insert on filing_part" {
				_, err := b.do(ours, filing.Received)
				wantKind(t, err, lgsp.Unavailable, "Busy")
			}
			_, err := b.desk.Consolidate(ctx, half, filing.Consolidation{Seen: before[1].Revision, By: police, Departments: both, Confirmed: true})
			wantKind(t, err, lgsp.Unavailable, "Busy")
			b.execBehind("drop trigger fail")
			if got := [2]filing.Filing{b.get(ours), b.get(whole)}; !reflect.DeepEqual(got, before) || len(b.record()) != entries || b.count("select count(*) from filing_part") != 0 {
				t.Errorf("something is left: %+v", got)
			}
			b.along(ours, filing.Received)
			b.along(whole, filing.Consolidated)
		})
	}
}

func TestADamagedReportIsNamed(t *testing.T) {
	b := newBench(t)
	b.damaged = true
	b.along(ours, filing.Draft, filing.Completed, filing.Confirmed, filing.Received)
	b.execBehind("update filing set frozen = cast(replace(cast(frozen as text), 'xã', 'xa') as blob)")
	_, _, err := b.desk.Frozen(ctx, ours, 1)
	if e := wantKind(t, err, lgsp.Invalid, "Damaged"); !strings.Contains(e.Error(), "2026-H1/H29.11") {
		t.Error(e)
	}
	_, err = b.do(whole, filing.Consolidated)
	wantKind(t, err, lgsp.Invalid, "Damaged")
	b.execBehind("update filing set statement = '{'")
	_, err = b.desk.Get(ctx, ours)
	wantKind(t, err, lgsp.Invalid, "Damaged")
	_, err = b.desk.Return(ctx, ours, 4, police, "x")
	wantKind(t, err, lgsp.Invalid, "Damaged")
}

func TestStatesKeepTheirNumbersAndNames(t *testing.T) {
	for i, name := range []string{"none", "draft", "completed", "confirmed", "received", "returned", "consolidated", "issued"} {
		s := filing.State(i)
		var back filing.State
		if err := back.UnmarshalText([]byte(name)); err != nil || s.String() != name || back != s || s.Title() == "" || s.Frozen() != (i >= 3) {
			t.Errorf("%d is %s, %q, %v", i, s, s.Title(), err)
		}
	}
	var s filing.State
	if err := s.UnmarshalText([]byte("xyz")); err == nil || filing.State(9).String()+filing.State(9).Title() != "" {
		t.Error("there is a state too many")
	}
}

func TestAKeyIsWrittenAsTheRecordHasIt(t *testing.T) {
	custom := report.Period{From: vntime.Date(2026, 12, 1), To: vntime.Date(2026, 12, 31)}
	for want, k := range map[string]filing.Key{"2026-H1/H29.11": ours, "2026-H1": whole, "2026-12-01..2026-12-31/H29.11": {Period: custom, Department: "H29.11"}} {
		if k.String() != want {
			t.Errorf("%s, want %s", k, want)
		}
	}
}
