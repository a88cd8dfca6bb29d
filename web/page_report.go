package web

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/layout"
)

// reportPage is one report: where it stands, what comes next, what became of it.
type reportPage struct {
	*form           // of the deed that has one: return, consolidate or issue
	Failed   string // which deed the form is of; "" = none was tried
	Report   filing.Filing
	Line     filing.Line
	Path     string
	Next     next
	Stages   []stage
	Over     bool
	Officer  bool
	History  []filing.Step
	Versions []filing.Filing
	Kinds    []layout.Kind
	Paper    template.HTML // of what is frozen
	Board    string        // path of the period
	Dated    string        // when it was issued
	Again    bool          // a version is frozen
	Other    filing.Line   // for the police: another that waits to be received

	// Of the province's report only.
	Issue, Consolidation       *form
	Received, Confirmed, Waits int  // departments' reports
	Take                       bool // also those that are confirmed only
	Editable                   bool
}

func (p reportPage) showsPaper() bool { return p.Paper != "" }

// Province reports whether it is the province's.
func (p reportPage) Province() bool { return p.Report.Department == "" }

// Is reports whether the report is in a state, by its name.
func (p reportPage) Is(states ...string) bool {
	return slices.Contains(states, p.Report.State.String())
}

// stage is a step on the way of a report.
type stage struct {
	Text       string
	Done, Here bool
}

// stagesOf are the steps of a report until its end.
func (v *visit) stagesOf(l filing.Line) (all []stage) {
	way := []filing.State{filing.Draft, filing.Completed, filing.Confirmed, filing.Received}
	if l.Department == "" {
		way = []filing.State{filing.Draft, filing.Consolidated, filing.Issued}
	}
	at := slices.Index(way, l.State)
	if l.State == filing.Returned {
		at = -1
	}
	for i, s := range way {
		all = append(all, stage{Text: v.t("stage." + s.String()), Done: i <= at, Here: i == at+1})
	}
	return all
}

// load reads all that the page of a report shows, but the document.
func (v *visit) load(k filing.Key) (p reportPage, err error) {
	ctx := v.r.Context()
	p = reportPage{form: &form{}, Path: reportPath(k), Board: periodPath(k.Period), Over: k.Period.Over(v.s.opt.Now()), Officer: v.officer(), Kinds: layout.Formats()}
	if p.Report, err = v.desk().Get(ctx, k); err != nil {
		return p, err
	}
	if p.History, err = v.desk().History(ctx, k); err != nil {
		return p, err
	}
	if p.Versions, err = v.desk().Versions(ctx, k); err != nil {
		return p, err
	}
	board, err := v.s.opt.Office.Board(ctx, k.Period)
	if err != nil {
		return p, err
	}
	if p.Line, err = v.standing(ctx, k); err != nil {
		return p, err
	}
	p.Next, err = v.nextOf(k, p.Line)
	p.Stages = v.stagesOf(p.Line)
	for _, l := range board.Departments {
		switch {
		case l.State == filing.Received:
			p.Received++
		case l.State == filing.Confirmed:
			p.Confirmed++
			if !p.Officer && l.Department != k.Department && p.Other.Department == "" {
				p.Other = l
			}
		default:
			p.Waits++
		}
	}
	if day, err := vntime.ParseDay(p.Report.Date); err == nil {
		p.Dated = v.s.day(day)
	}
	p.Editable = editable(p.Report)
	p.Again = slices.ContainsFunc(p.Versions, func(f filing.Filing) bool { return f.Hash != "" })
	return p, err
}

func showReport(v *visit) error {
	k, err := v.key()
	if err != nil {
		return err
	}
	p, err := v.load(k)
	if err != nil {
		return err
	}
	return v.showReport(http.StatusOK, p)
}

// showReport shows the page of a report, with the document where that is frozen.
func (v *visit) showReport(status int, p reportPage) error {
	v.addForms(&p)
	if p.Report.State.Frozen() {
		if err := v.inTurn(func() error {
			paper, err := v.paper(p.Report.Key, 0)
			if err == nil {
				p.Paper, err = sheet(paper)
			}
			return err
		}); err != nil {
			return err
		}
	}
	title := v.t("report.title", v.s.periodTitle(p.Report.Period), v.s.unitName(p.Report.Department))
	return v.page(status, "report", title, p)
}

// addForms adds the forms of what the police can do next, those that were not
// tried.
func (v *visit) addForms(p *reportPage) {
	switch {
	case p.Officer:
	case !p.Province() && p.Failed == "":
		p.form = v.returnForm()
	case p.Province() && p.Failed != "issue":
		p.Issue = v.issueForm()
		for _, f := range p.Issue.Fields {
			if f.Name == "date" {
				f.Value = v.today().String()
			}
		}
	}
	if p.Province() && p.Failed != "consolidate" {
		p.Consolidation = v.consolidateForm(*p)
	}
}

func (v *visit) returnForm() *form {
	return v.newForm(field{Name: "reason", Label: "return.reason", Hint: "return.reason.hint", Type: "textarea", Max: 2000})
}

func (v *visit) issueForm() *form {
	return v.newForm(field{Name: "number", Label: "issue.number", Hint: "issue.number.hint", Max: 50}, field{Name: "date", Label: "issue.date", Type: "date", Max: 10})
}

// consolidateForm is the form by which the province's report is frozen. It is
// empty the first time.
func (v *visit) consolidateForm(p reportPage) *form {
	if !p.Again {
		return &form{}
	}
	return v.newForm(field{Name: "reason", Label: "consolidate.reason", Hint: "consolidate.reason.hint", Type: "textarea", Max: 2000})
}

// deed does something to the report of the path, from the revision that the form
// was made from, and leads back to it.
func deed(v *visit, done string, do func(k filing.Key, seen int64) error) error {
	k, err := v.key()
	if err != nil {
		return err
	}
	seen, err := v.seen()
	if err != nil {
		return err
	}
	return v.after(k, do(k, seen), done)
}

func reopenReport(v *visit) error {
	return deed(v, "reopen.done", func(k filing.Key, seen int64) error {
		_, err := v.desk().Reopen(v.r.Context(), k, seen, v.filer())
		return err
	})
}

func receiveReport(v *visit) error {
	return deed(v, "receive.done", func(k filing.Key, seen int64) error {
		_, err := v.desk().Receive(v.r.Context(), k, seen, v.filer())
		return err
	})
}

// tried begins a deed that has a form: the page as it is shown again where
// something in the form is wrong.
func (v *visit) tried(name string) (p reportPage, seen int64, err error) {
	k, err := v.key()
	if err != nil {
		return p, 0, err
	}
	if seen, err = v.seen(); err != nil {
		return p, 0, err
	}
	if p, err = v.load(k); err != nil {
		return p, 0, err
	}
	p.Failed = name
	return p, seen, nil
}

// again shows the page of a report with what is wrong in the form of a deed.
func (v *visit) again(p reportPage) error { return v.showReport(http.StatusUnprocessableEntity, p) }

// settle ends a deed with a form: what was typed stays where it was refused.
func (v *visit) settle(p reportPage, field string, err error, done string) error {
	if err == nil {
		return v.done(p.Path, done)
	}
	text, ok := v.refusal(err)
	if !ok {
		return err
	}
	if len(p.Fields) == 0 {
		return v.after(p.Report.Key, err, done)
	}
	p.bad(field, text)
	return v.again(p)
}

func returnReport(v *visit) error {
	p, seen, err := v.tried("return")
	if err != nil {
		return err
	}
	p.form = v.returnForm()
	if isBlank(v.form.Get("reason")) {
		p.bad("reason", v.t("return.reason.missing"))
		return v.again(p)
	}
	_, err = v.desk().Return(v.r.Context(), p.Report.Key, seen, v.filer(), v.form.Get("reason"))
	return v.settle(p, "reason", err, "return.done")
}

func consolidate(v *visit) error {
	p, seen, err := v.tried("consolidate")
	if err != nil {
		return err
	}
	p.Consolidation = v.consolidateForm(p)
	p.form, p.Take = p.Consolidation, v.form.Get("confirmed") != ""
	if p.Again && isBlank(v.form.Get("reason")) {
		p.bad("reason", v.t("consolidate.reason.missing"))
		return v.again(p)
	}
	err = v.inTurn(func() error {
		_, err := v.desk().Consolidate(v.r.Context(), p.Report.Period, filing.Consolidation{Seen: seen, By: v.filer(), Departments: v.s.opt.Office.Codes(),
			Confirmed: p.Take, Reason: v.form.Get("reason")})
		return err
	})
	return v.settle(p, "reason", err, "consolidate.done")
}

func issue(v *visit) error {
	p, seen, err := v.tried("issue")
	if err != nil {
		return err
	}
	p.Issue = v.issueForm()
	p.form = p.Issue
	date, dateErr := vntime.ParseDay(v.form.Get("date"))
	first := v.consolidatedOn(p)
	if dateErr != nil || date < first || date > v.today() {
		p.bad("date", v.t("issue.date.bad", v.s.day(first)))
		return v.again(p)
	}
	_, err = v.desk().Issue(v.r.Context(), p.Report.Period, seen, v.filer(), v.form.Get("number"), date)
	var refused *lgsp.Error
	if errors.As(err, &refused) && refused.Code == "Deed" {
		p.bad("number", v.t("issue.number.bad"))
		return v.again(p)
	}
	return v.settle(p, "number", err, "issue.done")
}

// consolidatedOn is the day on which the last version was consolidated.
func (v *visit) consolidatedOn(p reportPage) (day vntime.Day) {
	for _, s := range p.History {
		if s.State == filing.Consolidated {
			day = vntime.DayOf(s.At)
		}
	}
	return day
}

// paperPage is a report as a document.
type paperPage struct {
	Key     filing.Key
	Path    string // of the page itself; files are below it
	Back    string // of the report
	Version int    // 0 = as it stands
	Kinds   []layout.Kind
	Paper   template.HTML
}

func (paperPage) showsPaper() bool { return true }

// version returns the version of the path, 0 where it names none.
func (v *visit) version() (int, error) {
	text := v.r.PathValue("version")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || strconv.Itoa(n) != text {
		return 0, errNotHere
	}
	return n, nil
}

// showPaper shows a report as a document: a version as it was frozen, or with
// the figures of now.
func showPaper(v *visit) error {
	k, err := v.key()
	if err != nil {
		return err
	}
	p := paperPage{Key: k, Path: reportPath(k), Back: reportPath(k), Kinds: layout.Formats()}
	if p.Version, err = v.version(); err != nil {
		return err
	}
	title := v.t("paper.title", v.s.periodTitle(k.Period), v.s.unitName(k.Department))
	if p.Version > 0 {
		p.Path += "/phien-ban/" + strconv.Itoa(p.Version)
		title = v.t("paper.title.version", v.s.periodTitle(k.Period), v.s.unitName(k.Department), p.Version)
	}
	if err := v.inTurn(func() error {
		paper, err := v.paper(k, p.Version)
		if err == nil {
			p.Paper, err = sheet(paper)
		}
		return err
	}); err != nil {
		return err
	}
	return v.page(http.StatusOK, "paper", title, p)
}
