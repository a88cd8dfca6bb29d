package web

import (
	"context"
	"crypto/ed25519"
	"regexp"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/bundle"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/layout"
	"lgsp.internal/adapter/report/office"
)

// The period of the tests, whose last day is 14 June 2026, and its reports.
var (
	half   = report.FirstHalf(2026)
	ours   = filing.Key{Period: half, Department: "H29.11"}
	theirs = filing.Key{Period: half, Department: "H29.26"}
	whole  = filing.Key{Period: half}
)

const (
	ourPath   = "/bao-cao/2026-H1/H29.11"
	theirPath = "/bao-cao/2026-H1/H29.26"
	wholePath = "/bao-cao/2026-H1/tinh"
	boardPath = "/bao-cao/2026-H1"
)

// otherNode is another daemon of the province, which signs its bundles.
func otherNode() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte("another node of the province....")[:ed25519.SeedSize])
}

// newDesk is a place with reports and one account of each kind: can-bo of the
// Department of Justice, y-te of that of Health, cong-an, quan-tri. It is the
// morning after the period.
func newDesk(t testing.TB, change func(*Options), testRoutes ...route) *place {
	t.Helper()
	p := newPlaceWith(t, func(p *place) *office.Office {
		return p.officeOf("tinh", report.Department{Code: "H29.11", Name: "Sở Tư pháp"}, report.Department{Code: "H29.26", Name: "Sở Y tế"})
	}, change, testRoutes...)
	p.at(vntime.Date(2026, 3, 2))
	p.exchange(40)
	p.at(vntime.Date(2026, 6, 15))
	p.settle("can-bo", clerk)
	p.settle("y-te", account.Profile{FullName: "Ngô Thị Ví Dụ", Role: account.Officer, Department: "H29.26"})
	p.settle("cong-an", police)
	p.settle("quan-tri", boss)
	return p
}

// officeOf is the office of a node, which takes bundles of co-so-2.
func (p *place) officeOf(node string, departments ...report.Department) *office.Office {
	house := report.House{Province: "Thành phố Hồ Chí Minh", Node: node, Departments: departments, Services: []report.Service{{Name: "hotich.khai-sinh", Title: "Đăng ký khai sinh"}}}
	key, _ := otherNode().Public().(ed25519.PublicKey)
	figures := office.Figures{Counts: p.counts, Record: p.audit, House: house, Now: p.now,
		Bundles: bundle.NewStore(p.db, p.audit, node, []bundle.Node{{Name: "co-so-2", Key: key, Departments: []string{"H29.26"}}}, p.now)}
	desk := filing.NewDesk(filing.Options{DB: p.db, Audit: p.audit, Compile: figures.Compile, Deadline: 2, ProvinceDeadline: 10, Now: p.now})
	heads := map[string]layout.Letterhead{"": {Parent: "Bộ Công an", Agency: "Công an Thành phố Hồ Chí Minh", Symbol: "BC-CATP", Place: "Thành phố Hồ Chí Minh"}}
	return office.New(office.Options{Figures: figures, Desk: desk, Letterheads: heads})
}

// at moves the clock to the morning of a day.
func (p *place) at(day vntime.Day) { p.ahead.Store(int64(day.Begin().Add(8 * time.Hour).Sub(start))) }

// exchange puts messages of the Department of Justice on record, now.
func (p *place) exchange(n int) {
	p.t.Helper()
	for range n {
		e := audit.Entry{Event: audit.Accepted, Message: "0190f1d0-6b1c-7c3a-9f00-3b2a1c0d9e8f", Sender: "H29.11", Service: "hotich.khai-sinh", Upstream: "hotich"}
		if err := p.audit.Record(context.Background(), &e); err != nil {
			p.t.Fatal(err)
		}
	}
}

// desk is where the reports are.
func (p *place) desk() *filing.Desk { return p.s.opt.Office.Desk() }

func (p *place) filing(k filing.Key) filing.Filing {
	p.t.Helper()
	f, err := p.desk().Get(context.Background(), k)
	if err != nil {
		p.t.Fatal(err)
	}
	return f
}

func told() report.Statement {
	return report.Statement{Assessment: "Kết nối ổn định.", Difficulties: "Đường truyền của một xã hay gián đoạn.", Proposals: "Không có."}
}

var (
	clerkWho  = filing.Who{Account: "can-bo", Name: "Trần Thị Thử"}
	policeWho = filing.Who{Account: "cong-an", Name: "Phạm Văn Thử"}
)

// bring brings a report as far as a state, by the shortest way.
func (p *place) bring(k filing.Key, to filing.State) {
	p.t.Helper()
	ctx, d := context.Background(), p.desk()
	var err error
	for f := p.filing(k); f.State != to && err == nil; f = p.filing(k) {
		switch {
		case k.Department == "" && f.State != filing.Consolidated && to != filing.Draft:
			_, err = d.Consolidate(ctx, k.Period, filing.Consolidation{Seen: f.Revision, By: policeWho, Departments: []string{"H29.11", "H29.26"}, Reason: "Bổ sung."})
		case k.Department == "" && f.State == filing.Consolidated && to == filing.Issued:
			_, err = d.Issue(ctx, k.Period, f.Revision, policeWho, "05/BC-CATP", vntime.DayOf(p.now()))
		case f.State == filing.None, f.State == filing.Returned:
			_, err = d.Save(ctx, k, f.Revision, told(), clerkWho)
		case f.State == filing.Draft:
			_, err = d.Complete(ctx, k, f.Revision, clerkWho)
		case f.State == filing.Completed:
			var r report.Report
			if r, err = p.s.opt.Office.Figures().Compile(ctx, k.Period, k.Department); err == nil {
				var print string
				if print, err = filing.Figures(r); err == nil {
					_, err = d.Confirm(ctx, k, f.Revision, print, clerkWho)
				}
			}
		case f.State == filing.Confirmed && to == filing.Received:
			_, err = d.Receive(ctx, k, f.Revision, policeWho)
		default:
			_, err = d.Return(ctx, k, f.Revision, policeWho, "Thiếu số liệu của Phòng Hộ tịch.")
		}
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) wantState(k filing.Key, want filing.State) {
	p.t.Helper()
	if got := p.filing(k).State; got != want {
		p.t.Errorf("%s is %s, want %s", k, got, want)
	}
}

// hidden returns the value of a hidden field of a form on a page.
func hidden(page, name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return m[1]
}

// reply fills in the hidden fields of a page too, as a browser does.
func (b *browser) reply(page, path string, pairs ...string) answer {
	b.t.Helper()
	text := b.get(page).text
	for _, name := range []string{"seen", "figures"} {
		if value := hidden(text, name); value != "" {
			pairs = append(pairs, name, value)
		}
	}
	return b.post(page, path, pairs...)
}

func (a answer) without(t testing.TB, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(a.text, w) {
			t.Errorf("the page says %q\n%s", w, a.text)
		}
	}
}
