package filing_test

import (
	"strings"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
)

// save saves a statement that differs from one that lacks nothing.
func (b *bench) save(change func(*report.Statement)) (filing.Filing, error) {
	b.t.Helper()
	s := statement()
	change(&s)
	return b.desk.Save(ctx, ours, b.get(ours).Revision, s, officer)
}

func TestEachMistakeOfAStatementIsTold(t *testing.T) {
	b := newBench(t)
	type s = report.Statement
	rows := []struct {
		want   string
		change func(*s)
	}{
		{"direction length", func(s *s) { s.Direction = strings.Repeat("ô", filing.MaxText+1) }},
		{"assessment pattern", func(s *s) { s.Assessment = "a\x1bb" }},
		{"incidents pattern", func(s *s) { s.Incidents = "a\xffb" }},
		{"difficulties pattern", func(s *s) { s.Difficulties = "a\u202eb" }},
		{"proposals pattern", func(s *s) { s.Proposals = "a\ufffeb" }},
		{"tasks personal-id", func(s *s) { s.Tasks = "Công dân 079000000042 chưa có thẻ." }},
		{"direction personal-id", func(s *s) { s.Direction = "số 020000042" }},
		{"tasks personal-id", func(s *s) { s.Tasks = "0790000\u200b00042" }},
		{"tasks personal-id", func(s *s) { s.Tasks = "０７９000000042." }},
		{"checks length", func(s *s) { s.Checks = make([]report.Check, filing.MaxRows+1); fill(s) }},
		{"checks[1].on date", func(s *s) { s.Checks[0].On = 0 }},
		{"checks[1].on date", func(s *s) { s.Checks[0].On = half.From - 1 }},
		{"checks[1].on date", func(s *s) { s.Checks[0].On = half.To + 1 }},
		{"checks[1].by missing", func(s *s) { s.Checks[0].By = " " }},
		{"checks[1].by pattern", func(s *s) { s.Checks[0].By = "a\nb" }},
		{"checks[1].subject missing", func(s *s) { s.Checks[0].Subject = "" }},
		{"checks[1].result missing", func(s *s) { s.Checks[0].Result = "" }},
		{"checks[1].result length", func(s *s) { s.Checks[0].Result = strings.Repeat("x", 2001) }},
		{"checks[1].document length", func(s *s) { s.Checks[0].Document = strings.Repeat("x", 201) }},
		{"corrections length", func(s *s) { s.Corrections = make([]report.Correction, filing.MaxRows+1); fill(s) }},
		{"corrections[1].item missing", func(s *s) { s.Corrections[0].Item = "" }},
		{"corrections[1].recorded pattern", func(s *s) { s.Corrections[0].Recorded = "1\n2" }},
		{"corrections[1].right missing", func(s *s) { s.Corrections[0].Right = "" }},
		{"corrections[1].reason missing", func(s *s) { s.Corrections[0].Reason = "" }},
		{"corrections[1].reason personal-id", func(s *s) { s.Corrections[0].Reason = "hồ sơ của 079000000042" }},
	}
	for _, row := range rows {
		_, err := b.save(row.change)
		e := wantKind(t, err, lgsp.Invalid, "Statement")
		if len(e.Fields) != 1 || e.Fields[0].Path+" "+e.Fields[0].Code != row.want || e.Fields[0].Text == "" || e.Fields[0].Want == "" {
			t.Errorf("%s: %+v", row.want, e.Fields)
		}
		if strings.Contains(e.Error()+e.Text, "079") {
			t.Errorf("the error tells the id: %v", e)
		}
	}
	if n := b.count("select count(*) from filing"); n != 0 || len(b.record()) != 0 {
		t.Errorf("%d rows are there", n)
	}
	_, err := b.save(func(s *s) { s.Tasks, s.Checks[0].By, s.Corrections[0].Right = "\x00", "", "" })
	if e := wantKind(t, err, lgsp.Invalid, "Statement"); len(e.Fields) != 3 {
		t.Errorf("of three mistakes %d are told", len(e.Fields))
	}
}

// fill gives each row of a statement what it needs.
func fill(s *report.Statement) {
	for i := range s.Checks {
		s.Checks[i] = statement().Checks[0]
	}
	for i := range s.Corrections {
		s.Corrections[i] = statement().Corrections[0]
	}
}

func TestACheckToComeIsRefused(t *testing.T) {
	b := newBench(t)
	b.at(vntime.Date(2026, 3, 4))
	_, err := b.save(func(*report.Statement) {})
	wantKind(t, err, lgsp.Invalid, "Statement")
	b.at(vntime.Date(2026, 3, 5))
	if _, err := b.save(func(*report.Statement) {}); err != nil {
		t.Error(err)
	}
}

func TestTheLongestStatementIsTaken(t *testing.T) {
	b := newBench(t)
	long := strings.Repeat("ộ", filing.MaxText)
	f, err := b.save(func(s *report.Statement) {
		s.Direction, s.Assessment, s.Incidents, s.Difficulties, s.Proposals, s.Tasks = long, long, long, long, long, long
		s.Checks, s.Corrections = make([]report.Check, filing.MaxRows), make([]report.Correction, filing.MaxRows)
		fill(s)
	})
	if err != nil || f.Statement.Tasks != long || len(b.get(ours).Statement.Checks) != filing.MaxRows {
		t.Error(err)
	}
	b.along(ours, filing.Completed, filing.Confirmed)
}

func TestNumbersThatAreNoIdsAreTaken(t *testing.T) {
	b := newBench(t)
	if _, err := b.save(func(s *report.Statement) {
		s.Tasks = "123.456.789 lượt; 0280000000 (điện thoại); 1234567890123; 12345678; 08:30 ngày 14/06/2026; số 1234/QĐ-UBND"
	}); err != nil {
		t.Error(err)
	}
}

func TestWhatIsSavedIsTidy(t *testing.T) {
	b := newBench(t)
	f, err := b.save(func(s *report.Statement) {
		s.Direction = " một\r\nhai\rba \n"
		s.Checks = append([]report.Check{{By: " "}}, s.Checks...)
		s.Corrections = append(s.Corrections, report.Correction{Reason: "\r\n"})
	})
	if err != nil || f.Statement.Direction != "một\nhai\nba" || len(f.Statement.Checks) != 1 || len(f.Statement.Corrections) != 1 {
		t.Errorf("%+v, %v", f.Statement, err)
	}
}

// req: R-25
func TestACompleteReportTellsOfDifficultiesAndProposals(t *testing.T) {
	b := newBench(t)
	f, err := b.save(func(s *report.Statement) { s.Difficulties, s.Proposals = "", " " })
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.desk.Complete(ctx, ours, f.Revision, officer)
	if e := wantKind(t, err, lgsp.Invalid, "Statement"); len(e.Fields) != 2 || e.Fields[0].Path != "difficulties" || e.Fields[1].Path != "proposals" {
		t.Errorf("%+v", e.Fields)
	}
	if b.get(ours).State != filing.Draft {
		t.Error("it is complete all the same")
	}
}
