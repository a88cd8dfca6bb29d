package filing_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
)

// consolidate consolidates from what is there.
func (b *bench) consolidate(change func(*filing.Consolidation)) (filing.Filing, error) {
	b.t.Helper()
	c := filing.Consolidation{Seen: b.get(whole).Revision, By: police, Departments: both}
	change(&c)
	return b.desk.Consolidate(ctx, half, c)
}

func (b *bench) province(version int) filing.Province {
	b.t.Helper()
	p, err := b.desk.Province(ctx, half, version)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// req
func TestTheProvincesReportHoldsWhatWasReceivedAndNamesWhatIsMissing(t *testing.T) {
	b := newBench(t)
	b.total.Store(7)
	f := b.along(ours, filing.Draft, filing.Completed, filing.Confirmed, filing.Received)
	third := filing.Key{Period: half, Department: "H29.13"} // not in the configuration any more
	b.along(theirs, filing.Draft, filing.Completed, filing.Confirmed)
	b.along(third, filing.Draft)
	b.along(whole, filing.Draft)
	b.pass(time.Hour)
	got, err := b.consolidate(func(c *filing.Consolidation) { c.Departments = []string{"H29.14", "H29.12", "H29.11"} })
	if err != nil || got.State != filing.Consolidated || got.Version != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	p := b.province(1)
	if len(p.Parts) != 1 || p.Parts[0].Department != "H29.11" || p.Parts[0].Hash != f.Hash || p.Parts[0].State != filing.Received || p.Parts[0].By != officer.Name ||
		!reflect.DeepEqual(p.Parts[0].Statement, statement()) {
		t.Errorf("parts %+v", p.Parts)
	}
	if want := []filing.Missing{{"H29.12", filing.Confirmed, 1}, {"H29.13", filing.Draft, 1}, {"H29.14", filing.None, 0}}; !reflect.DeepEqual(p.Missing, want) {
		t.Errorf("missing %+v", p.Missing)
	}
	if p.Report.Total.Messages.Received != 7 || p.By != police.Name || !p.At.Equal(b.now()) || !reflect.DeepEqual(p.Statement, statement()) {
		t.Errorf("%+v", p)
	}
	e := b.lastEntry()
	if e.Event != audit.ReportConsolidated || e.Report != "2026-H1" || e.Sender != "" || e.Operator != "cong-an-1 (Lê Văn Mẫu)" || e.Detail != "version 1, sha256 "+got.Hash {
		t.Errorf("on record as %+v", e)
	}
	got, err = b.consolidate(func(c *filing.Consolidation) { c.Confirmed, c.Reason = true, "Sở Y tế gửi muộn." })
	if err != nil || got.Version != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if p := b.province(2); len(p.Parts) != 2 || p.Parts[1].Department != "H29.12" || p.Parts[1].State != filing.Confirmed || p.Reason != "Sở Y tế gửi muộn." || !reflect.DeepEqual(p.Statement, statement()) {
		t.Errorf("again: %+v", p)
	}
	if p := b.province(1); len(p.Parts) != 1 {
		t.Error("version 1 changed")
	}
}

func TestToConsolidateAgainNeedsAReason(t *testing.T) {
	b := newBench(t)
	if _, err := b.consolidate(func(*filing.Consolidation) {}); err != nil { // of nothing, which is listed
		t.Fatal(err)
	}
	if p := b.province(1); len(p.Parts) != 0 || len(p.Missing) != 2 {
		t.Errorf("%+v", p)
	}
	for _, again := range []func(){func() {}, func() { b.along(whole, filing.Draft) }} {
		again()
		_, err := b.consolidate(func(c *filing.Consolidation) { c.Reason = " " })
		wantKind(t, err, lgsp.Invalid, "Deed")
	}
	f, err := b.consolidate(func(c *filing.Consolidation) { c.Reason = "Sửa nhận xét." })
	if err != nil || f.Version != 2 {
		t.Errorf("%+v, %v", f, err)
	}
	history, err := b.desk.History(ctx, whole)
	if err != nil || len(history) != 3 || history[2].Reason != "Sửa nhận xét." {
		t.Errorf("%+v, %v", history, err)
	}
}

func TestWhatStandsInTheProvincesReportIsNotReturned(t *testing.T) {
	b := newBench(t)
	b.along(ours, filing.Draft, filing.Completed, filing.Confirmed, filing.Received)
	b.along(whole, filing.Consolidated)
	_, err := b.do(ours, filing.Returned)
	wantKind(t, err, lgsp.Conflict, "Included")
	b.along(theirs, filing.Draft, filing.Completed, filing.Confirmed, filing.Returned) // it came later
	b.along(whole, filing.Draft)                                                       // which opens the province's again
	b.along(ours, filing.Returned, filing.Draft, filing.Completed, filing.Confirmed, filing.Received)
	b.along(whole, filing.Consolidated)
	if p := b.province(2); len(p.Parts) != 1 || p.Parts[0].Version != 2 {
		t.Errorf("%+v", p.Parts)
	}
	b.along(whole, filing.Issued)
	_, err = b.do(ours, filing.Returned)
	if e := wantKind(t, err, lgsp.Conflict, "Included"); !strings.Contains(e.Text, "đã ban hành") {
		t.Error(e.Text)
	}
}

func TestWhatIsIssuedIsFrozenForGood(t *testing.T) {
	b := newBench(t)
	_, err := b.do(whole, filing.Issued)
	wantKind(t, err, lgsp.Conflict, "State")
	b.along(whole, filing.Draft)
	_, err = b.do(whole, filing.Issued)
	wantKind(t, err, lgsp.Conflict, "State")
	b.along(whole, filing.Consolidated)
	f := b.along(whole, filing.Issued)
	if f.Number != "05/BC-CATP" || f.Date != "2026-06-15" || f.Version != 1 {
		t.Errorf("%+v", f)
	}
	if e := b.lastEntry(); e.Event != audit.ReportIssued || e.Detail != "version 1, sha256 "+f.Hash+", number 05/BC-CATP of 2026-06-15" {
		t.Errorf("on record as %+v", e)
	}
	for _, to := range []filing.State{filing.Draft, filing.Consolidated, filing.Issued} {
		_, err := b.do(whole, to)
		wantKind(t, err, lgsp.Conflict, "State")
	}
	if got := b.get(whole); !reflect.DeepEqual(got, f) {
		t.Errorf("it is %+v now", got)
	}
}

func TestANumberIsGivenOnceAYear(t *testing.T) {
	b := newBench(t)
	b.along(whole, filing.Consolidated, filing.Issued)
	year := filing.Key{Period: report.Year(2026)}
	b.at(year.Period.To + 1)
	f := b.along(year, filing.Consolidated)
	day := vntime.DayOf(b.now())
	for _, taken := range []string{"05/BC-CATP", "5/BC-CATP", "005/BC-CATP", " 05/BC-CATP "} {
		_, err := b.desk.Issue(ctx, year.Period, f.Revision, police, taken, day)
		if e := wantKind(t, err, lgsp.Conflict, "Number"); !strings.Contains(e.Error(), "2026-H1") {
			t.Error(e)
		}
	}
	b.at(vntime.Date(2027, 1, 4))
	if _, err := b.desk.Issue(ctx, year.Period, f.Revision, police, "05/BC-CATP", vntime.DayOf(b.now())); err != nil {
		t.Errorf("the number of last year: %v", err)
	}
}

func TestTheDatabaseItselfKeepsNumbersApart(t *testing.T) {
	b := newBench(t)
	b.along(whole, filing.Consolidated, filing.Issued)
	year := filing.Key{Period: report.Year(2026)}
	b.at(year.Period.To + 1)
	b.along(year, filing.Consolidated)
	err := b.db.Write(ctx, func(tx *sqlite.Tx) error {
		return tx.Do("update filing set state = 7, number = '5/BC-CATP', dated = '2026-12-15' where period = '2026'")
	})
	if sqlite.FaultOf(err) != sqlite.Taken {
		t.Errorf("got %v", err)
	}
}

func TestNumberAndDateOfAnIssuedReportHaveTheirForm(t *testing.T) {
	b := newBench(t)
	f := b.along(whole, filing.Consolidated)
	b.pass(48 * time.Hour)
	today := vntime.DayOf(b.now())
	for _, number := range []string{"", "05", "/BC", "05/", "0/BC", "000/BC-CATP", "05/bc-catp", "05/BC CATP", "05/BC--X", "x5/BC", "1234567/BC", "05/" + strings.Repeat("B", 50)} {
		_, err := b.desk.Issue(ctx, half, f.Revision, police, number, today)
		wantKind(t, err, lgsp.Invalid, "Deed")
	}
	for _, day := range []vntime.Day{today + 1, today - 3, 0} {
		_, err := b.desk.Issue(ctx, half, f.Revision, police, "05/BC-CATP", day)
		wantKind(t, err, lgsp.Invalid, "Deed")
	}
	if _, err := b.desk.Issue(ctx, half, f.Revision, police, "05/BC-CATP-PC06&PV01", today-2); err != nil {
		t.Error(err)
	}
}

func TestThePeriodOfTheProvinceIsOverBeforeItIsConsolidated(t *testing.T) {
	b := newBench(t)
	b.at(half.To)
	_, err := b.consolidate(func(*filing.Consolidation) {})
	wantKind(t, err, lgsp.Invalid, "NotOver")
	b.at(half.To + 1)
	_, err = b.consolidate(func(c *filing.Consolidation) { c.Seen = 1 })
	wantKind(t, err, lgsp.Conflict, "Stale")
	if _, err := b.consolidate(func(*filing.Consolidation) {}); err != nil {
		t.Error(err)
	}
}
