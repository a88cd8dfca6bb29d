package reminder_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/reminder"
)

var half = report.FirstHalf(2026)

// bench is a desk on a real file, with a clock, reports and a post that the test
// moves.
type bench struct {
	t      testing.TB
	path   string
	time   time.Time
	status reminder.Status
	failed error // of asking for the status
	fail   func(reminder.Mail) error
	change func(*reminder.Options)
	mails  []reminder.Mail
	log    bytes.Buffer
	db     *sqlite.DB
	desk   *reminder.Desk
}

// The period ends on Sunday 14 June 2026: the departments' deadline is Tuesday
// the 16th, the province's Friday the 26th.
func newBench(t testing.TB, change func(*reminder.Options)) *bench {
	t.Helper()
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "lgspd.db"), change: change, status: reminder.Status{Departments: []string{"H29.11", "H29.12"}, Province: true}}
	b.at(2026, 2, 2, 7, 30)
	b.open()
	t.Cleanup(func() { b.db.Close() })
	return b
}

func (b *bench) at(year, month, day, hour, minute int) {
	b.time = time.Date(year, time.Month(month), day, hour, minute, 0, 0, vntime.Zone)
}

func (b *bench) open() {
	b.t.Helper()
	var err error
	if b.db, err = sqlite.Open(ctx, sqlite.Options{Path: b.path, Schemas: []sqlite.Schema{reminder.Schema()}}); err != nil {
		b.t.Fatal(err)
	}
	o := reminder.Options{DB: b.db, Status: func(context.Context, report.Period) (reminder.Status, error) { return b.status, b.failed }, Mailer: b,
		Deadline: 2, ProvinceDeadline: 10, Before: []int{2, 7}, After: []int{7, 1, 3},
		Departments: []reminder.Department{{"H29.11", "Sở Tư pháp", []string{"thu@example.vn", "mau@example.vn"}}, {"H29.12", "Sở Y tế", []string{"Mau@example.vn"}}, {"H29.13", "Sở Tài chính", nil}},
		Police:      []string{"cong-an@example.vn"}, Link: "https://lgsp.example.vn/bao-cao", Now: func() time.Time { return b.time }, Log: slog.New(slog.NewTextHandler(&b.log, nil))}
	b.change(&o)
	b.desk = reminder.NewDesk(o)
}

// reopen is a restart of the daemon.
func (b *bench) reopen() {
	b.t.Helper()
	if err := b.db.Close(); err != nil {
		b.t.Fatal(err)
	}
	b.open()
}

// Send is the post of the test.
func (b *bench) Send(_ context.Context, m reminder.Mail) error {
	if b.fail != nil {
		if err := b.fail(m); err != nil {
			return err
		}
	}
	b.mails = append(b.mails, m)
	return nil
}

// remind looks at what is due, and returns to whom mail went.
func (b *bench) remind() (to []string) {
	b.t.Helper()
	n := len(b.mails)
	if err := b.desk.Remind(ctx); err != nil {
		b.t.Fatal(err)
	}
	for _, m := range b.mails[n:] {
		to = append(to, m.To)
	}
	return to
}

func (b *bench) list(p report.Period) []reminder.Reminder {
	b.t.Helper()
	list, err := b.desk.List(ctx, p)
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

func asItIs(*reminder.Options) {}

// year goes through a year in steps of three hours and returns what was sent, by day.
func (b *bench) year(step func()) (sent []string) {
	b.t.Helper()
	for b.time.Year() == 2026 {
		n := len(b.mails)
		b.remind()
		for _, m := range b.mails[n:] {
			sent = append(sent, b.time.Format("2006-01-02 15h ")+m.To)
		}
		step()
		b.time = b.time.Add(3 * time.Hour)
	}
	return sent
}

// both officers get one mail each, though one of them reports for two departments.
func days(of ...string) (sent []string) {
	for _, day := range of {
		sent = append(sent, day+" 07h mau@example.vn", day+" 07h thu@example.vn")
	}
	return sent
}

func TestEachPersonIsRemindedOnceOnEachOccasion(t *testing.T) {
	b := newBench(t, func(o *reminder.Options) { o.Police = nil })
	got := b.year(func() {})
	// Deadlines are 16 June 2026 and 16 December 2026, two working days behind the periods.
	want := days("2026-06-05", "2026-06-12", "2026-06-17", "2026-06-19", "2026-06-25", "2026-12-07", "2026-12-14", "2026-12-17", "2026-12-21", "2026-12-25")
	if !slices.Equal(got, want) {
		t.Errorf("sent\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, p := range []report.Period{half, report.Year(2026)} {
		for _, r := range b.list(p) {
			if r.State != reminder.Sent || r.Attempts != 1 || len(r.About) == 0 || r.Changed.IsZero() {
				t.Errorf("%+v", r)
			}
		}
		if n := len(b.list(p)); n != 10 {
			t.Errorf("%d reminders of %s are listed", n, p)
		}
	}
}

func TestARestartRemindsNobodyAgain(t *testing.T) {
	b := newBench(t, asItIs)
	n := 0
	first := b.year(func() {
		if n++; n%37 == 0 {
			b.reopen()
		}
	})
	if compact := slices.Compact(slices.Clone(first)); len(compact) != len(first) || len(first) != 29 {
		t.Errorf("%d mails were sent: %s", len(first), strings.Join(first, "\n"))
	}
	seen := map[string]bool{}
	for _, m := range b.mails {
		if seen[m.ID] {
			t.Errorf("%s is sent twice", m.Subject)
		}
		seen[m.ID] = true
	}
}

func TestThePoliceAreRemindedOfTheProvincesReport(t *testing.T) {
	b := newBench(t, func(o *reminder.Options) { o.Departments = o.Departments[2:] })
	var got []string
	for _, sent := range b.year(func() {}) {
		got = append(got, sent[:10])
	}
	want := []string{"2026-06-17", "2026-06-24", "2026-06-29", "2026-07-01", "2026-07-07", "2026-12-17", "2026-12-24", "2026-12-29", "2026-12-31"}
	if !slices.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
	if m := b.mails[0]; m.To != "cong-an@example.vn" || !strings.Contains(m.Body, "chưa được ban hành. Các đơn vị chưa xác nhận báo cáo:\n- (H29.11)\n- (H29.12)\n") || !strings.Contains(m.Subject, "hạn 26/6/2026") {
		t.Errorf("%+v", m)
	}
	b.status.Departments = nil
	b.at(2026, 6, 17, 9, 0)
	second := newBench(t, asItIs)
	second.status.Departments, second.time = nil, b.time
	if to := second.remind(); len(to) != 1 || !strings.Contains(second.mails[0].Body, "đều đã được xác nhận") {
		t.Errorf("%v", second.mails)
	}
	second.at(2026, 6, 24, 9, 0)
	second.status.Province = false
	if to := second.remind(); to != nil {
		t.Errorf("%v is reminded of what is issued", to)
	}
}

func TestAMailSaysWhatIsAskedOfWhomAndNothingMore(t *testing.T) {
	b := newBench(t, asItIs)
	b.at(2026, 6, 5, 7, 29)
	if to := b.remind(); to != nil {
		t.Errorf("before the morning %v", to)
	}
	b.at(2026, 6, 5, 7, 30)
	if to := b.remind(); !slices.Equal(to, []string{"mau@example.vn", "thu@example.vn"}) {
		t.Fatalf("sent to %v", to)
	}
	const want = `Kính gửi cán bộ phụ trách báo cáo,

Báo cáo 6 tháng đầu năm 2026 về kết nối, chia sẻ dữ liệu với Cơ sở dữ liệu quốc gia về dân cư của đơn vị sau đây chưa được xác nhận:
- Sở Tư pháp (H29.11)
- Sở Y tế (H29.12)

Số liệu của kỳ được chốt hết ngày 14/6/2026. Thời hạn của báo cáo là hết ngày 16/6/2026.

Nơi thực hiện: https://lgsp.example.vn/bao-cao

Thư này do hệ thống tự động gửi, xin không trả lời thư này.
`
	if m := b.mails[0]; m.Body != want || m.Subject != "Nhắc báo cáo 6 tháng đầu năm 2026: hạn 16/6/2026" || !m.At.Equal(b.time) {
		t.Errorf("%s\n%s", m.Subject, m.Body)
	}
	if body := b.mails[1].Body; strings.Contains(body, "Y tế") {
		t.Errorf("it tells of another's department: %s", body)
	}
	b.at(2026, 6, 17, 8, 0)
	b.status.Departments = []string{"H29.12"}
	if to := b.remind(); !slices.Equal(to, []string{"mau@example.vn", "cong-an@example.vn"}) {
		t.Fatalf("sent to %v", to)
	}
	if m := b.mails[2]; strings.Contains(m.Body, "Tư pháp") || !strings.Contains(m.Body, "hết ngày 16/6/2026, nay đã quá hạn.") || m.Subject != "Quá hạn báo cáo 6 tháng đầu năm 2026 (hạn 16/6/2026)" {
		t.Errorf("%s\n%s", m.Subject, m.Body)
	}
	if list := b.list(half); list[0].Occasion != "after-1" || !slices.Equal(list[0].About, []string{"H29.12"}) {
		t.Errorf("%+v", list)
	}
}

func TestTheCalendarMovesReminders(t *testing.T) {
	b := newBench(t, func(o *reminder.Options) {
		o.Police, o.Link = nil, ""
		o.Calendar.Holidays = map[vntime.Day]bool{vntime.Date(2026, 6, 15): true, vntime.Date(2026, 6, 18): true}
	})
	b.at(2026, 6, 16, 8, 0) // the deadline is the 17th, two working days before it are the 12th and the 16th
	for b.time.Day() < 30 && b.time.Month() == 6 {
		b.remind()
		b.time = b.time.Add(24 * time.Hour)
	}
	var got []string
	for _, m := range b.mails {
		if m.To == "thu@example.vn" {
			got = append(got, m.At.Format("02 ")+m.Subject[strings.LastIndex(m.Subject, "hạn"):])
		}
	}
	if want := []string{"16 hạn 17/6/2026", "19 hạn 17/6/2026)", "23 hạn 17/6/2026)", "29 hạn 17/6/2026)"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(b.mails[0].Body, "trang báo cáo của hệ thống") {
		t.Error(b.mails[0].Body)
	}
}

func TestWhatWasMissedIsNotMadeUpFor(t *testing.T) {
	b := newBench(t, asItIs)
	b.at(2026, 6, 18, 9, 0) // the machine was off since May
	if to := b.remind(); len(to) != 3 {
		t.Errorf("sent to %v", to)
	}
	b.at(2026, 6, 30, 9, 0)
	b.remind()
	b.at(2026, 9, 1, 9, 0)
	if to := b.remind(); to != nil {
		t.Errorf("months later %v", to)
	}
}
