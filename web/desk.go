package web

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"strconv"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/internal/page"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/layout"
)

// Where the pages of reports are. A report has the code of its department in
// its path, the province's has provinceUnit.
const (
	reportsPath  = "/bao-cao"
	periodRoute  = reportsPath + "/{period}"
	reportRoute  = periodRoute + "/{unit}"
	provinceUnit = "tinh"
)

func periodPath(p report.Period) string { return reportsPath + "/" + p.String() }

func reportPath(k filing.Key) string {
	if k.Department == "" {
		return periodPath(k.Period) + "/" + provinceUnit
	}
	return periodPath(k.Period) + "/" + k.Department
}

// today is the day in Vietnam.
func (v *visit) today() vntime.Day { return vntime.DayOf(v.s.opt.Now()) }

// desk is where reports are filed.
func (v *visit) desk() *filing.Desk { return v.s.opt.Office.Desk() }

// filer names the visitor for the history of reports.
func (v *visit) filer() filing.Who { return filing.Who{Account: v.who.Name, Name: v.who.FullName} }

func (v *visit) officer() bool { return v.who.Role == account.Officer }

// period returns the period of the path. One that has not begun has no pages.
func (v *visit) period() (report.Period, error) {
	name := v.r.PathValue("period")
	p, err := report.ParsePeriod(name)
	if err != nil || p.String() != name || p.From > v.today() {
		return p, errNotHere
	}
	return p, nil
}

// key returns which report the path names. An officer reaches that of his own
// department alone: whatever else he asks for is not there.
func (v *visit) key() (k filing.Key, err error) {
	if k.Period, err = v.period(); err != nil {
		return k, err
	}
	unit := v.r.PathValue("unit")
	switch {
	case v.officer():
		if unit != v.who.Department {
			return k, errNotHere
		}
		k.Department = unit
		return k, nil
	case unit == "" || unit == provinceUnit: // "" where the route itself names the province
		return k, nil
	}
	k.Department = unit
	for _, d := range v.s.opt.Office.Departments() {
		if d.Code == unit {
			return k, nil
		}
	}
	f, err := v.desk().Get(v.r.Context(), k) // one that is no longer to report
	if err == nil && f.State == filing.None {
		err = errNotHere
	}
	return k, err
}

// writes reports whether the visitor is the one who writes a report: officers
// write their department's, police the province's.
func (v *visit) writes(k filing.Key) bool { return v.officer() == (k.Department != "") }

// seen returns the revision that a form was made from.
func (v *visit) seen() (int64, error) {
	n, err := strconv.ParseInt(v.form.Get("seen"), 10, 64)
	if err != nil || n < 0 {
		return 0, errUnread
	}
	return n, nil
}

// standing returns where one report stands.
func (v *visit) standing(ctx context.Context, k filing.Key) (filing.Line, error) {
	board, err := v.desk().Board(ctx, k.Period, []string{k.Department}, v.s.opt.Now())
	if err != nil || k.Department == "" {
		return board.Province, err
	}
	for _, l := range board.Departments {
		if l.Department == k.Department {
			return l, nil
		}
	}
	return filing.Line{Department: k.Department}, nil
}

// refusal returns why a deed was refused, in the words of the pages. ok is false
// for what is no refusal.
func (v *visit) refusal(err error) (text string, ok bool) {
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Kind != lgsp.Invalid && e.Kind != lgsp.Conflict {
		return "", false
	}
	key := "refused." + e.Code
	if _, told := v.s.texts[key]; !told {
		return "", false
	}
	return v.t(key), true
}

// after leads back to a report and tells what became of a deed.
func (v *visit) after(k filing.Key, err error, done string) error {
	if err == nil {
		return v.done(reportPath(k), done)
	}
	if text, ok := v.refusal(err); ok {
		v.tell(flash{Kind: "wrong", Text: text})
		return v.redirect(reportPath(k))
	}
	return err
}

// inTurn compiles or writes a report when it is its turn: few do at once, so that
// the exchange of messages keeps its time.
func (v *visit) inTurn(do func() error) error {
	select {
	case v.s.makes <- struct{}{}:
		defer func() { <-v.s.makes }()
		return do()
	case <-v.r.Context().Done():
		return &lgsp.Error{Kind: lgsp.Throttled, Op: "web.make", Err: v.r.Context().Err()}
	}
}

// paper returns what a report says, of one version or, with 0, of the last.
func (v *visit) paper(k filing.Key, version int) (p layout.Paper, err error) {
	if version > 0 {
		return v.s.opt.Office.Version(v.r.Context(), k, version)
	}
	return v.s.opt.Office.Paper(v.r.Context(), k)
}

// sheet is a report as a document to be read on the page.
func sheet(p layout.Paper) (template.HTML, error) {
	var text bytes.Buffer
	if err := layout.Write(&text, layout.HTML, p, layout.Options{Fragment: true}); err != nil {
		return "", err
	}
	return template.HTML(text.String()), nil // #nosec G203 -- package page escapes every text
}

// paperCSS is the style of sheets: nothing that the page says of its own
// elements reaches into them, and on paper they stand alone.
func paperCSS() ([]byte, error) {
	own, err := assets.ReadFile("static/paper.css")
	return append(own, page.CSS()...), err
}

// reportFunctions are what templates of reports may call.
func (s *Server) reportFunctions() template.FuncMap {
	return template.FuncMap{
		"day":    s.day,
		"period": s.periodTitle,
		"state":  func(f filing.State) string { return s.t("state." + f.String()) },
		"mark":   func(f filing.State) string { return marks[min(int(f), len(marks)-1)] },
		"step":   func(step filing.Step) string { return s.t("step." + string(step.Event)) },
		"unit":   s.unitName,
		"late":   s.lateness,
		"kind":   func(f layout.Format) string { return s.t("format." + string(f)) },
	}
}

// marks are drawn before the names of states, so that they are told apart
// without colours.
var marks = [...]string{"○", "◔", "◑", "➤", "✔", "↩", "▣", "★"}

// unitName returns whose report it is.
func (s *Server) unitName(code string) string {
	if code == "" {
		return s.t("province.unit")
	}
	return s.departmentName(code)
}

// day writes a day as people read it; "" for none.
func (s *Server) day(d vntime.Day) string {
	switch {
	case d == 0:
		return ""
	case s.opt.Lang == "en":
		return d.String()
	}
	return d.Begin().Format("02/01/2006")
}

// periodTitle names a period in the language of the pages.
func (s *Server) periodTitle(p report.Period) string {
	if s.opt.Lang != "en" {
		return p.Title()
	}
	year, _, _ := p.To.Calendar()
	switch p {
	case report.FirstHalf(year):
		return s.t("period.first", year)
	case report.SecondHalf(year):
		return s.t("period.second", year)
	case report.Year(year):
		return s.t("period.year", year)
	}
	return s.t("period.days", s.day(p.From), s.day(p.To))
}

// lateness tells how a report stands to its deadline.
func (s *Server) lateness(l filing.Line) string {
	today := vntime.DayOf(s.opt.Now())
	switch {
	case l.Late && l.Done.IsZero():
		return s.t("late.by", l.Days)
	case l.Late:
		return s.t("late.done", l.Days)
	case !l.Done.IsZero():
		return s.t("late.not")
	case today == l.Deadline:
		return s.t("late.today")
	}
	return s.t("late.left", int(l.Deadline-today))
}

// periodsAround returns the period that ended last and those that run, of those
// that everybody has to report on: the first half of a year, and the year, whose
// report takes the place of one of the second half.
func periodsAround(now time.Time) (over report.Period, running []report.Period) {
	half, year := report.Current(now)
	if half.To == year.To {
		return half.Previous(), []report.Period{year}
	}
	return year.Previous(), []report.Period{half, year}
}
