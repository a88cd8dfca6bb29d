package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/bundle"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/layout"
)

// reportRoutes are the pages of reports. Admins have none of them: they look
// after accounts, and figures are for those who answer for them.
func reportRoutes() []route {
	both, officer, police := only(account.Officer, account.Police), only(account.Officer), only(account.Police)
	return []route{
		{method: http.MethodGet, path: reportsPath, roles: both, menu: "reports.menu", about: "reports.about", do: listPeriods},
		{method: http.MethodPost, path: reportsPath, roles: both, do: openPeriod},
		{method: http.MethodGet, path: periodRoute, roles: both, do: showBoard},
		{method: http.MethodPost, path: periodRoute + "/goi", roles: police, upload: true, body: bundle.MostBytes + formBytes, do: importBundle},
		{method: http.MethodPost, path: periodRoute + "/tat-ca", roles: police, do: downloadAll},
		{method: http.MethodPost, path: periodRoute + "/" + provinceUnit + "/tong-hop", roles: police, do: consolidate},
		{method: http.MethodPost, path: periodRoute + "/" + provinceUnit + "/ban-hanh", roles: police, do: issue},

		{method: http.MethodGet, path: reportRoute, roles: both, do: showReport},
		{method: http.MethodGet, path: reportRoute + "/xem", roles: both, do: showPaper},
		{method: http.MethodGet, path: reportRoute + "/tai/{format}", roles: both, do: downloadReport},
		{method: http.MethodGet, path: reportRoute + "/phien-ban/{version}", roles: both, do: showPaper},
		{method: http.MethodGet, path: reportRoute + "/phien-ban/{version}/tai/{format}", roles: both, do: downloadReport},
		{method: http.MethodGet, path: reportRoute + "/sua", roles: both, do: showStatement},
		{method: http.MethodPost, path: reportRoute + "/sua", roles: both, body: statementBytes, do: saveStatement},
		{method: http.MethodPost, path: reportRoute + "/mo-lai", roles: officer, do: reopenReport},
		{method: http.MethodGet, path: reportRoute + "/xac-nhan", roles: officer, do: showConfirm},
		{method: http.MethodPost, path: reportRoute + "/xac-nhan", roles: officer, do: confirmReport},
		{method: http.MethodPost, path: reportRoute + "/tiep-nhan", roles: police, do: receiveReport},
		{method: http.MethodPost, path: reportRoute + "/tra-lai", roles: police, do: returnReport},
	}
}

// periodsMost bounds the periods that are listed: thirty years of half years and years.
const periodsMost = 90

// periodsPage lists periods, and opens others.
type periodsPage struct {
	*form
	Tasks []task
}

func periodsForm(v *visit) *form {
	return v.newForm(field{Name: "from", Label: "period.from", Type: "date", Max: 10}, field{Name: "to", Label: "period.to", Type: "date", Max: 10})
}

func listPeriods(v *visit) error {
	p := periodsPage{form: periodsForm(v)}
	if err := v.fillPeriods(&p); err != nil {
		return err
	}
	return v.page(http.StatusOK, "periods", v.t("reports.title"), p)
}

// fillPeriods lists the regular periods that run or ended last, and all of which
// there are reports.
func (v *visit) fillPeriods(p *periodsPage) error {
	filed, err := v.desk().Periods(v.r.Context())
	if err != nil {
		return err
	}
	over, running := periodsAround(v.s.opt.Now())
	periods := slices.Concat(running, []report.Period{over}, filed)
	slices.SortStableFunc(periods, func(a, b report.Period) int {
		if a.To != b.To {
			return int(b.To - a.To)
		}
		return int(b.From - a.From)
	})
	periods = slices.Compact(periods)
	for _, one := range periods[:min(len(periods), periodsMost)] {
		t, err := v.task(one)
		if err != nil {
			return err
		}
		p.Tasks = append(p.Tasks, t)
	}
	return nil
}

// openPeriod leads to the page of any period.
func openPeriod(v *visit) error {
	p := periodsPage{form: periodsForm(v)}
	days := map[string]vntime.Day{}
	for _, name := range []string{"from", "to"} {
		day, err := vntime.ParseDay(v.form.Get(name))
		if err != nil {
			p.bad(name, v.t("period."+name+".bad"))
		}
		days[name] = day
	}
	custom, err := report.ParsePeriod(days["from"].String() + ".." + days["to"].String())
	switch {
	case p.wrong():
	case days["to"] < days["from"]:
		p.bad("to", v.t("period.to.before"))
	case err != nil:
		p.bad("to", v.t("period.to.long"))
	case custom.From > v.today():
		p.bad("from", v.t("period.from.future"))
	}
	if p.wrong() {
		if err := v.fillPeriods(&p); err != nil {
			return err
		}
		return v.page(http.StatusUnprocessableEntity, "periods", v.t("reports.title"), p)
	}
	return v.redirect(periodPath(custom))
}

// boardPage is where the reports of a period stand.
type boardPage struct {
	*form   // of the formats that are downloaded, or of a bundle
	Path    string
	Due     filing.Line // the deadline of departments, as of today
	Board   filing.Board
	Next    next
	Filters []filter
	Lines   []filing.Line // that the filter lets through
	Late    int
	Held    []bundle.Held
	Mails   []reminded
	HeldBad bool // the bundles that are here cannot be used
	Kinds   []chosenKind
}

// Tried reports whether a form of the page was sent and something was wrong.
func (b boardPage) Tried(name string) bool { return b.wrong() && b.Fields[0].Name == name }

// Problem is what was wrong.
func (b boardPage) Problem() string { return b.Fields[0].Problem }

// chosenKind is a format that may be downloaded; some are chosen beforehand.
type chosenKind struct {
	layout.Kind
	Chosen bool
}

// filter shows the reports in some states only.
type filter struct {
	Path, Text string
	Count      int
	Here       bool
}

// passes reports whether a filter of a name shows a line.
func passes(name string, l filing.Line) bool {
	switch name {
	case "":
		return true
	case "late":
		return l.Late
	case "waits":
		return l.State < filing.Confirmed || l.State == filing.Returned
	}
	return l.State.String() == name
}

func showBoard(v *visit) error {
	p, err := v.period()
	if err != nil {
		return err
	}
	if v.officer() {
		return v.redirect(reportPath(filing.Key{Period: p, Department: v.who.Department}))
	}
	return v.showBoard(http.StatusOK, p, &form{})
}

func (v *visit) showBoard(status int, p report.Period, f *form) error {
	board, err := v.s.opt.Office.Board(v.r.Context(), p)
	if err != nil {
		return err
	}
	deadline := v.desk().Deadline(p)
	b := boardPage{form: f, Board: board, Path: periodPath(p), Next: v.nextOfBoard(board), Due: filing.Line{Deadline: deadline}}
	if late := int(v.today() - deadline); late > 0 {
		b.Due.Late, b.Due.Days = true, late
	}
	for _, k := range layout.Formats() {
		b.Kinds = append(b.Kinds, chosenKind{k, k.Format == layout.DOCX || k.Format == layout.XLSX})
	}
	if b.Held, err = v.s.opt.Office.Figures().Bundles.Of(v.r.Context(), p); err != nil {
		v.s.opt.Log.Error("the bundles of a period cannot be used", "err", err)
		b.HeldBad = true // the rest of the page is needed all the same
	}
	if b.Mails, err = v.reminded(p); err != nil {
		return err
	}
	chosen := v.r.URL.Query().Get("loc")
	names := []string{"", "waits", "late", filing.None.String(), filing.Draft.String(), filing.Completed.String(), filing.Confirmed.String(), filing.Returned.String(), filing.Received.String()}
	if !slices.Contains(names, chosen) {
		chosen = ""
	}
	for _, name := range names {
		one := filter{Path: periodPath(p), Text: v.t("filter.all"), Here: name == chosen}
		if name != "" {
			one.Path += "?loc=" + name
			one.Text = v.t("filter." + name)
		}
		for _, l := range board.Departments {
			if passes(name, l) {
				one.Count++
			}
		}
		if one.Count > 0 || name == "" || one.Here {
			b.Filters = append(b.Filters, one)
		}
	}
	for _, l := range board.Departments {
		if l.Late {
			b.Late++
		}
		if passes(chosen, l) {
			b.Lines = append(b.Lines, l)
		}
	}
	return v.page(status, "board", v.t("board.title", v.s.periodTitle(p)), b)
}

// importBundle takes the figures of another daemon in.
func importBundle(v *visit) error {
	p, err := v.period()
	if err != nil {
		return err
	}
	f := &form{Fields: []*field{{Name: "goi"}}}
	if v.file == nil {
		f.bad("goi", v.t("bundle.missing"))
		return v.showBoard(http.StatusUnprocessableEntity, p, f)
	}
	in, err := v.s.opt.Office.Import(v.r.Context(), v.file.Content, v.filer())
	if err != nil {
		key := bundleProblem(err)
		if key == "" {
			return &lgsp.Error{Kind: lgsp.Throttled, Op: "web.bundle", Err: err}
		}
		v.s.opt.Log.Info("a bundle was refused", "err", err)
		f.bad("goi", v.t(key))
		return v.showBoard(http.StatusUnprocessableEntity, p, f)
	}
	of, node := in.Bundle.Period, in.Bundle.Node
	if in.Known {
		v.tell(flash{Kind: "done", Text: v.t("bundle.known", node, v.s.periodTitle(of))})
	} else {
		v.tell(flash{Kind: "done", Text: v.t("bundle.taken", node, v.s.periodTitle(of), len(in.Filed))})
	}
	for code, err := range in.Unfiled {
		text, ok := v.refusal(err)
		if !ok {
			text = v.t("refused.State")
		}
		v.tell(flash{Kind: "wrong", Text: v.t("bundle.unfiled", v.s.unitName(code), text)})
	}
	return v.redirect(periodPath(of))
}

// bundleProblem returns the text of what is wrong with a bundle, "" for what is
// no fault of it.
func bundleProblem(err error) string {
	for _, one := range []struct {
		is  error
		key string
	}{{bundle.ErrForm, "bundle.form"}, {bundle.ErrStranger, "bundle.stranger"}, {bundle.ErrSignature, "bundle.signature"}, {bundle.ErrOlder, "bundle.older"}, {report.ErrTwice, "bundle.twice"}} {
		if errors.Is(err, one.is) {
			return one.key
		}
	}
	var known *lgsp.Error
	if sqlite.FaultOf(err) != sqlite.None || errors.Is(err, sqlite.ErrClosed) || errors.Is(err, context.Canceled) || errors.As(err, &known) {
		return ""
	}
	return "bundle.content"
}
