package report_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

// copyOf returns a report that shares nothing with r.
func copyOf(t testing.TB, r report.Report) (c report.Report) {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func linked() []report.Group {
	return []report.Group{{Title: "Khai sinh, khai tử", Services: []string{"hotich.khai-sinh", "hotich.khai-tu"}}}
}

func TestFiguresThatWereCompiledAgreeWithEachOther(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	w := newWorld(t, seed)
	w.add(down("hotich"), audit.Entry{Event: audit.Denied, Sender: "H29.11", Code: "NotApproved"})
	w.now = w.now.Add(time.Hour)
	for _, p := range append(w.periods(), report.FirstHalf(2020), report.FirstHalf(2031)) {
		o := w.order(p, "")
		o.House.Groups = linked()
		whole, departments, err := w.counts.CompileEach(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range append(departments, whole) {
			if err := copyOf(t, r).Check(); err != nil {
				t.Errorf("%s %s: %v", p, r.Scope, err)
			}
		}
	}
}

// Each of these leaves the totals the sums of the lines, where it can.
func TestFiguresThatDoNotAgreeAreRefused(t *testing.T) {
	b := newBench(t)
	for range 4 {
		b.add(message(audit.Accepted), message(audit.Delivered, waited(time.Hour)), message(audit.Rejected, func(e *audit.Entry) { e.Fields = "Tre/HoTen" }),
			audit.Entry{Event: audit.Asked, Sender: "H29.11", Service: "dancu.tra-cuu", Result: audit.Found, Attempt: 1, Took: 700}, down("hotich"), up("hotich"),
			audit.Entry{Event: audit.NoticeOpened, Sender: "H29.11"}, message(audit.Accepted), message(audit.Denied))
		b.now = b.now.AddDate(0, 1, 0)
	}
	o := b.order(first, "")
	o.House.Groups, o.House.Departments = linked(), []report.Department{{Code: "H29.11", Name: "Sở Tư pháp"}}
	compiled, err := b.counts.Compile(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := copyOf(t, compiled).Check(); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		change func(*report.Report)
		says   string
	}{
		"other months":             {func(r *report.Report) { r.Months[1].From++ }, "days are not those"},
		"an end that is to come":   {func(r *report.Report) { r.Over = true }, "had ended"},
		"a number that is too big": {func(r *report.Report) { r.Messages[0].Repeated, r.Total.Messages.Repeated = 2e16, 2e16 }, "larger than it can be"},
		"sums that turn over": {func(r *report.Report) {
			for i := range 1845 { // together 2⁶⁴ + 3
				n := int64(1e16)
				if i == 0 {
					n = 6_744_073_709_551_619
				}
				r.Messages = append(r.Messages, report.MessageLine{Department: "H29.11", Service: "x" + vntime.Day(i).String(), Messages: report.Messages{Repeated: n}})
			}
			r.Total.Messages.Repeated = 3
		}, "not the sum"},
		"more lines than anybody has":   {func(r *report.Report) { r.Services = make([]report.Service, 50_001) }, "more than 50000"},
		"a name in the other direction": {func(r *report.Report) { r.Departments[0].Name = "Sở \u202eTư pháp" }, "nobody sees"},
		"a name of two lines":           {func(r *report.Report) { r.Departments[0].Name = "Sở\nTư pháp" }, "nobody sees"},
		"a long name":                   {func(r *report.Report) { r.Departments[0].Name = strings.Repeat("a", 501) }, "too long"},
		"a line twice":                  {func(r *report.Report) { r.Notices = append(r.Notices, report.NoticeLine{Department: "H29.11"}) }, "each once"},
		"a field twice":                 {func(r *report.Report) { r.Fields = append(r.Fields, r.Fields[0]) }, "each once"},
		"a group twice":                 {func(r *report.Report) { r.Groups = append(r.Groups, r.Groups[0]) }, "each once"},
		"look-ups without a result":     {func(r *report.Report) { r.LookUps[0].Total++; r.Total.LookUps.Total++ }, "not all look-ups"},
		"an answer that took no time":   {func(r *report.Report) { r.LookUps[0].Within[1]--; r.Total.LookUps.Within[1]-- }, "not all look-ups"},
		"a wait that was not told":      {func(r *report.Report) { r.Messages[0].Within[1]--; r.Total.Messages.Within[1]-- }, "not all that were delivered"},
		"the balance of a line": {func(r *report.Report) {
			r.Messages = append(r.Messages, report.MessageLine{Department: "H29.12", Messages: report.Messages{Received: 1}})
			r.Messages[0].Received--
		}, "what waits"},
		"the balance of notices":      {func(r *report.Report) { r.Notices[0].Open--; r.Total.Notices.Open-- }, "notices that are open"},
		"the balance of a month":      {func(r *report.Report) { r.Months[1].Messages.Received++ }, "what waits"},
		"the period before":           {func(r *report.Report) { r.Before = &report.Totals{}; r.Before.Messages.Received = 1 }, "what waits"},
		"months that do not follow":   {func(r *report.Report) { r.Months[3].Messages.Before++; r.Months[3].Messages.Waiting++ }, "when a month begins"},
		"months that are not all":     {func(r *report.Report) { r.Months[2].Messages.Rejected++ }, "not the whole"},
		"look-ups of a month":         {func(r *report.Report) { r.Months[2].LookUps.Total++; r.Months[2].LookUps.Found++ }, "not the whole"},
		"a group":                     {func(r *report.Report) { r.Groups[0].InTime++ }, "groups are not"},
		"a backlog of more than all":  {func(r *report.Report) { r.Backlogs[0].Most = 99 }, "a backlog is not"},
		"a backlog of another year":   {func(r *report.Report) { r.Backlogs[0].On = vntime.Date(2020, 1, 1) }, "a backlog is not"},
		"a backlog that is kept back": {func(r *report.Report) { r.Backlogs = nil }, "than ever did"},
		"more wrong than rejected":    {func(r *report.Report) { r.Fields[0].Times = 5 }, "than were rejected"},
		"an outage of another node":   {func(r *report.Report) { r.Outages[0].Node = "tinh-khac" }, "an outage is not"},
		"an outage longer than all":   {func(r *report.Report) { r.Outages[0].Longest = 1 }, "an outage is not"},
	} {
		r := copyOf(t, compiled)
		row.change(&r)
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: got %v, want %q", name, err, row.says)
		}
	}
}

// What another daemon calls a group is not what this one does.
func TestGroupsOfAMergedReportAreThoseOfTheFirst(t *testing.T) {
	own, other := newBench(t), newBench(t)
	own.add(message(audit.Accepted))
	other.add(message(audit.Accepted), message(audit.Accepted))
	o := own.order(first, "")
	o.House.Groups = linked()
	r, err := own.counts.Compile(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	o.House.Node, o.House.Groups = "co-so-2", []report.Group{{Title: "Một nhóm khác", Services: []string{"hotich.khai-sinh"}}, {Title: linked()[0].Title}}
	brought, err := other.counts.Compile(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := report.Merge(r, brought)
	if err != nil || len(merged.Groups) != 1 || merged.Groups[0].Received != 3 || len(merged.Groups[0].Services) != 2 {
		t.Errorf("%v, %+v", err, merged.Groups)
	}
	if v, err := own.counts.Verify(t.Context(), own.record, merged, brought); err != nil || !v.Holds() {
		t.Errorf("%v, %+v", err, v)
	}
}
