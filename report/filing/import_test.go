package filing_test

import (
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
)

// elsewhere is a department's report that was confirmed at another node.
func elsewhere(received int64) report.Filed {
	r := report.Report{Format: report.Format, Period: half, From: half.From, To: half.To, Over: true, Scope: ours.Department, Nodes: []report.Node{{Name: "so-tu-phap", Seq: 7}}}
	r.Total.Messages.Received = received
	return report.Filed{Report: r, Statement: report.Statement{Difficulties: "Không có.", Proposals: "Không có."}, By: "Phạm Thị Giả", At: start.Add(-time.Hour).UTC()}
}

func TestAReportThatWasConfirmedElsewhereIsFiledAsItWasThere(t *testing.T) {
	b := newBench(t)
	f, err := b.desk.Import(ctx, elsewhere(3), "so-tu-phap", police)
	if err != nil || f.State != filing.Confirmed || f.Version != 1 {
		t.Fatalf("%v, %+v", err, f)
	}
	filed, err := b.desk.Filed(ctx, ours, 1)
	if err != nil || filed.By != "Phạm Thị Giả" || filed.Report.Total.Messages.Received != 3 || !filed.At.Equal(elsewhere(3).At) {
		t.Errorf("%v, %+v", err, filed)
	}
	again, err := b.desk.Import(ctx, elsewhere(3), "so-tu-phap", police)
	if err != nil || again.Revision != f.Revision {
		t.Errorf("again: %v, revision %d", err, again.Revision)
	}
	if entries := b.record(); len(entries) != 1 || entries[0].Event != audit.ReportConfirmed || entries[0].Operator != police.String() {
		t.Errorf("on record: %+v", entries)
	}
	steps, err := b.desk.History(ctx, ours)
	if err != nil || len(steps) != 1 || steps[0].Reason != "Nhập từ hệ thống so-tu-phap" {
		t.Errorf("%v, %+v", err, steps)
	}
	if _, err := b.desk.Receive(ctx, ours, f.Revision, police); err != nil {
		t.Error(err)
	}
}

func TestAnImportOverwritesNothingThatWasWrittenHere(t *testing.T) {
	b := newBench(t)
	saved, err := b.desk.Save(ctx, ours, 0, report.Statement{Difficulties: "Đường truyền chậm."}, officer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.desk.Import(ctx, elsewhere(3), "so-tu-phap", police); lgsp.KindOf(err) != lgsp.Conflict {
		t.Errorf("over a draft: %v", err)
	}
	if f, err := b.desk.Get(ctx, ours); err != nil || f.Revision != saved.Revision || f.Statement.Difficulties != "Đường truyền chậm." {
		t.Errorf("%v, %+v", err, f)
	}
}

func TestAnotherReportFromElsewhereIsTakenOnceThePoliceHaveReturnedTheFirst(t *testing.T) {
	b := newBench(t)
	f, err := b.desk.Import(ctx, elsewhere(3), "so-tu-phap", police)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.desk.Import(ctx, elsewhere(4), "so-tu-phap", police); lgsp.KindOf(err) != lgsp.Conflict {
		t.Errorf("over a confirmed one: %v", err)
	}
	if _, err = b.desk.Return(ctx, ours, f.Revision, police, "Thiếu số liệu tháng 5."); err != nil {
		t.Fatal(err)
	}
	if f, err = b.desk.Import(ctx, elsewhere(4), "so-tu-phap", police); err != nil || f.Version != 2 || f.State != filing.Confirmed {
		t.Errorf("%v, %+v", err, f)
	}
}

func TestWhatMayNotBeConfirmedHereIsNotImported(t *testing.T) {
	b := newBench(t)
	for name, change := range map[string]func(*report.Filed){
		"the province's":        func(f *report.Filed) { f.Report.Scope = "" },
		"a period that runs":    func(f *report.Filed) { f.Report.Period = report.SecondHalf(2026) },
		"a personal id":         func(f *report.Filed) { f.Statement.Difficulties = "Công dân 001090000000 bị sai." },
		"one that lacks a part": func(f *report.Filed) { f.Statement.Proposals = "" },
		"a name of two lines":   func(f *report.Filed) { f.By = "Phạm Thị Giả\nđã duyệt" },
	} {
		filed := elsewhere(3)
		change(&filed)
		if _, err := b.desk.Import(ctx, filed, "so-tu-phap", police); err == nil {
			t.Errorf("%s was imported", name)
		}
	}
}

func TestTheDeadlineIsThatOfDepartments(t *testing.T) {
	if got := newBench(t).desk.Deadline(half); got.String() != "2026-06-16" {
		t.Errorf("got %s", got)
	}
}
