package office_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"path/filepath"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/bundle"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/layout"
	"lgsp.internal/adapter/report/office"
)

var (
	half    = report.FirstHalf(2026)
	justice = filing.Key{Period: half, Department: "H29.11"}
	health  = filing.Key{Period: half, Department: "H29.26"}
	whole   = filing.Key{Period: half}
	officer = filing.Who{Account: "tu-phap", Name: "Trần Thị Thử"}
	police  = filing.Who{Account: "cong-an", Name: "Lê Văn Mẫu"}
	ctx     = context.Background()
)

// site is a daemon's record with the office of its reports, after the period.
type site struct {
	t      *testing.T
	record *audit.Log
	office *office.Office
	key    ed25519.PrivateKey
	name   string
}

func newSite(t *testing.T, name string, nodes ...bundle.Node) *site {
	t.Helper()
	db, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(t.TempDir(), "lgspd.db"),
		Schemas: []sqlite.Schema{audit.Schema(), report.Schema(), filing.Schema(), bundle.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	now := func() time.Time { return half.To.End().Add(9 * time.Hour) }
	counts := report.New(db)
	record := audit.New(audit.Options{DB: db, Key: []byte("pseudonyms"), Counter: counts, Now: now})
	counts.Keep()
	figures := office.Figures{Counts: counts, Record: record, Now: now, Bundles: bundle.NewStore(db, record, name, nodes, now),
		House: report.House{Province: "Tỉnh Thử", Node: name, Departments: []report.Department{{Code: "H29.26", Name: "Sở Y tế"}, {Code: "H29.11", Name: "Sở Tư pháp"}}}}
	desk := filing.NewDesk(filing.Options{DB: db, Audit: record, Compile: figures.Compile, Deadline: 2, ProvinceDeadline: 10, Now: now})
	return &site{t: t, record: record, name: name, key: ed25519.NewKeyFromSeed([]byte((name + strings.Repeat("-", 32))[:32])),
		office: office.New(office.Options{Figures: figures, Desk: desk, Letterheads: map[string]layout.Letterhead{
			"": {Agency: "Công an tỉnh Thử", Symbol: "BC-CAT"}, "H29.11": {Agency: "Sở Tư pháp", Symbol: "BC-STP"}}})}
}

// receive puts messages of a department on record, within the period.
func (s *site) receive(department string, n int) {
	s.t.Helper()
	for range n {
		if err := s.record.Record(ctx, &audit.Entry{At: half.To.Begin(), Event: audit.Accepted, Message: s.name, Sender: department, Service: "hotich.khai-sinh"}); err != nil {
			s.t.Fatal(err)
		}
	}
}

// must is for deeds that are expected to be done.
func (s *site) must(f filing.Filing, err error) filing.Filing {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	return f
}

// confirm writes, completes and confirms the report of a department.
func (s *site) confirm(k filing.Key) filing.Filing {
	s.t.Helper()
	d := s.office.Desk()
	f := s.must(d.Save(ctx, k, s.get(k).Revision, report.Statement{Difficulties: "Đường truyền của " + k.Department + " chậm.", Proposals: "Không có."}, officer))
	f = s.must(d.Complete(ctx, k, f.Revision, officer))
	figures, err := filing.Figures(s.paper(k).Report)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.must(d.Confirm(ctx, k, f.Revision, figures, officer))
}

func (s *site) get(k filing.Key) filing.Filing {
	s.t.Helper()
	return s.must(s.office.Desk().Get(ctx, k))
}

func (s *site) paper(k filing.Key) layout.Paper {
	s.t.Helper()
	p, err := s.office.Paper(ctx, k)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func TestAReportThatNobodyHasConfirmedIsADraftWithTheFiguresOfNow(t *testing.T) {
	s := newSite(t, "tinh")
	s.receive("H29.11", 2)
	if p := s.paper(justice); !p.Draft || p.Report.Total.Messages.Received != 2 || p.Letterhead.Agency != "Sở Tư pháp" || p.Letterhead.Symbol != "BC-STP" {
		t.Errorf("got %+v", p)
	}
	s.receive("H29.11", 1)
	if p := s.paper(justice); p.Report.Total.Messages.Received != 3 {
		t.Errorf("then it says %d", p.Report.Total.Messages.Received)
	}
	if p := s.paper(health); p.Letterhead.Agency != "Sở Y tế" {
		t.Errorf("a department without a letterhead is %q", p.Letterhead.Agency)
	}
}

func TestAConfirmedReportSaysWhatItSaidThen(t *testing.T) {
	s := newSite(t, "tinh")
	s.receive("H29.11", 2)
	f := s.confirm(justice)
	s.receive("H29.11", 5)
	if p := s.paper(justice); p.Draft || p.Report.Total.Messages.Received != 2 || !strings.Contains(p.Statement.Difficulties, "H29.11") {
		t.Errorf("got %+v", p)
	}
	s.must(s.office.Desk().Return(ctx, justice, f.Revision, police, "Thiếu số liệu."))
	if p := s.paper(justice); !p.Draft || p.Report.Total.Messages.Received != 7 {
		t.Errorf("returned, it says %d, draft %v", p.Report.Total.Messages.Received, p.Draft)
	}
	old, err := s.office.Version(ctx, justice, 1)
	if err != nil || !old.Draft || old.Report.Total.Messages.Received != 2 {
		t.Errorf("the version that was returned: %v, %d, draft %v", err, old.Report.Total.Messages.Received, old.Draft)
	}
}

func TestTheProvincesReportGathersWhatDepartmentsHaveSent(t *testing.T) {
	s := newSite(t, "tinh")
	s.receive("H29.11", 2)
	s.receive("H29.26", 3)
	f := s.confirm(justice)
	draft := s.paper(whole)
	if !draft.Draft || draft.Report.Total.Messages.Received != 5 || len(draft.Statements) != 1 || len(draft.Submissions) != 2 ||
		draft.Submissions[0].State != layout.Confirmed || draft.Submissions[1].State != layout.Missing || draft.Letterhead.Agency != "Công an tỉnh Thử" {
		t.Errorf("the draft: %+v", draft)
	}
	s.must(s.office.Desk().Receive(ctx, justice, f.Revision, police))
	c := s.must(s.office.Desk().Consolidate(ctx, half, filing.Consolidation{By: police, Departments: s.office.Codes()}))
	consolidated := s.paper(whole)
	if !consolidated.Draft || consolidated.Statements[0].Name != "Sở Tư pháp" || consolidated.Submissions[0].State != layout.Received || consolidated.Submissions[1].State != layout.Missing {
		t.Errorf("consolidated: %+v", consolidated)
	}
	s.must(s.office.Desk().Issue(ctx, half, c.Revision, police, "05/BC-CATP", half.To+1))
	issued := s.paper(whole)
	if issued.Draft || issued.Letterhead.Number != "05" || issued.Letterhead.Symbol != "BC-CATP" || issued.Letterhead.Date != half.To+1 {
		t.Errorf("issued: draft %v, %+v", issued.Draft, issued.Letterhead)
	}
	if v, err := s.office.Figures().Verify(ctx, issued.Report); err != nil || !v.Holds() {
		t.Errorf("%v %+v", err, v)
	}
}

// node is how another site's configuration has this one.
func (s *site) node(departments ...string) bundle.Node {
	public, ok := s.key.Public().(ed25519.PublicKey)
	if !ok {
		s.t.Fatal("no key")
	}
	return bundle.Node{Name: s.name, Key: public, Departments: departments}
}

func (s *site) export() []byte {
	s.t.Helper()
	b, err := s.office.Bundle(ctx, half)
	if err != nil {
		s.t.Fatal(err)
	}
	var text bytes.Buffer
	if err := bundle.Write(&text, s.key, b); err != nil {
		s.t.Fatal(err)
	}
	return text.Bytes()
}

func TestADepartmentWithADaemonOfItsOwnSendsFiguresAndItsConfirmedReport(t *testing.T) {
	own := newSite(t, "so-tu-phap")
	province := newSite(t, "tinh", own.node("H29.11", "H29.26"))
	own.receive("H29.11", 4)
	own.confirm(justice)
	province.receive("H29.11", 1)
	in, err := province.office.Import(ctx, own.export(), police)
	if err != nil || len(in.Filed) != 1 || in.Filed[0] != "H29.11" || len(in.Unfiled) != 0 {
		t.Fatalf("%v, %v, %v", err, in.Filed, in.Unfiled)
	}
	if f := province.get(justice); f.State != filing.Confirmed || !strings.Contains(f.Statement.Difficulties, "H29.11") {
		t.Errorf("filed as %+v", f)
	}
	r := province.paper(whole).Report
	if r.Total.Messages.Received != 5 || len(r.Nodes) != 2 {
		t.Errorf("the province has %d of %d nodes", r.Total.Messages.Received, len(r.Nodes))
	}
	if v, err := province.office.Figures().Verify(ctx, r); err != nil || !v.Holds() {
		t.Errorf("%v %+v", err, v)
	}
	r.Nodes[1].Seq++
	if _, err := province.office.Figures().Verify(ctx, r); err == nil || !strings.Contains(err.Error(), "no longer here") {
		t.Errorf("figures that nobody brought: %v", err)
	}
	if _, err := own.office.Figures().Verify(ctx, r); err == nil || !strings.Contains(err.Error(), "verify it there") {
		t.Errorf("at another node: %v", err)
	}
}

// What is being written here is not lost to what comes from elsewhere, whose
// figures are taken all the same.
func TestAnImportTellsWhichReportsItDidNotFile(t *testing.T) {
	own := newSite(t, "so-tu-phap")
	province := newSite(t, "tinh", own.node("H29.11", "H29.26"))
	own.receive("H29.11", 4)
	own.confirm(justice)
	province.must(province.office.Desk().Save(ctx, justice, 0, report.Statement{Difficulties: "Đang viết."}, officer))
	in, err := province.office.Import(ctx, own.export(), police)
	if err != nil || len(in.Filed) != 0 || lgsp.KindOf(in.Unfiled["H29.11"]) != lgsp.Conflict {
		t.Errorf("%v, %v, %v", err, in.Filed, in.Unfiled)
	}
	if got := province.paper(whole).Report.Total.Messages.Received; got != 4 {
		t.Errorf("the province has %d", got)
	}
}

func TestTheBoardListsEveryDepartmentByItsCode(t *testing.T) {
	s := newSite(t, "tinh")
	b, err := s.office.Board(ctx, half)
	if err != nil || len(b.Departments) != 2 || b.Departments[0].Department != "H29.11" || b.Departments[0].Deadline != vntime.Date(2026, 6, 16) {
		t.Errorf("%v, %+v", err, b)
	}
}
