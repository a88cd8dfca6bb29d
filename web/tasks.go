package web

import (
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
)

// next is what comes next with a report or a period: a sentence and, where the
// visitor can do it, a link.
type next struct {
	Text, More string // More = what else there is to know; "" = nothing
	Do, Path   string // words and place of the link; "" = he has nothing to do
	Done       bool   // nothing will come next
}

// task is what the home page tells of a period.
type task struct {
	Period  report.Period
	Path    string // of the period or, for officers, of the report
	Ends    string // when the period ends, where it runs; "" = it is over
	Line    filing.Line
	Officer bool
	Counts  []count // of the departments' reports, for police
	Next    next
}

// count is how many reports are in a state.
type count struct {
	State filing.State
	Count int
}

// tasks returns what the visitor has to do with the reports of the periods that
// ended last and of those that run.
func (v *visit) tasks() (all []task, err error) {
	if v.s.opt.Office == nil || !allowed(v, reportsPath) {
		return nil, nil
	}
	over, running := periodsAround(v.s.opt.Now())
	for _, p := range append([]report.Period{over}, running...) {
		one, err := v.task(p)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// allowed reports whether the visitor may open a page of the menu.
func allowed(v *visit, path string) bool {
	for _, l := range v.s.menu(v.who, path) {
		if l.Path == path {
			return true
		}
	}
	return false
}

func (v *visit) task(p report.Period) (t task, err error) {
	t = task{Period: p, Path: periodPath(p), Officer: v.officer()}
	if !p.Over(v.s.opt.Now()) {
		t.Ends = v.s.day(p.To)
	}
	if t.Officer {
		k := filing.Key{Period: p, Department: v.who.Department}
		t.Path = reportPath(k)
		if t.Line, err = v.standing(v.r.Context(), k); err == nil {
			t.Next, err = v.nextOf(k, t.Line)
		}
		return t, err
	}
	board, err := v.s.opt.Office.Board(v.r.Context(), p)
	t.Counts, t.Line = counted(board), board.Province
	t.Next = v.nextOfBoard(board)
	return t, err
}

// counted counts the departments' reports by state, those that there are.
func counted(b filing.Board) (all []count) {
	var n [filing.Issued + 1]int
	for _, l := range b.Departments {
		n[l.State]++
	}
	for state, n := range n {
		if n > 0 {
			all = append(all, count{filing.State(state), n})
		}
	}
	return all
}

// nextOf tells an officer or the police what comes next with one report.
func (v *visit) nextOf(k filing.Key, l filing.Line) (next, error) {
	if !v.officer() {
		return v.nextOfPolice(k, l), nil
	}
	path, over := reportPath(k), k.Period.Over(v.s.opt.Now())
	switch l.State {
	case filing.Draft:
		return next{Text: v.t("next.draft"), Do: v.t("next.draft.do"), Path: path + "/sua"}, nil
	case filing.Completed:
		if !over {
			return next{Text: v.t("next.completed.wait", v.s.day(k.Period.To+1))}, nil
		}
		return next{Text: v.t("next.completed"), Do: v.t("next.completed.do"), Path: path + "/xac-nhan"}, nil
	case filing.Confirmed:
		return next{Text: v.t("next.confirmed")}, nil
	case filing.Received:
		return next{Text: v.t("next.received"), Done: true}, nil
	case filing.Returned:
		reason, err := v.reason(k)
		return next{Text: v.t("next.returned"), More: reason, Do: v.t("next.returned.do"), Path: path + "/sua"}, err
	}
	if !over {
		return next{Text: v.t("next.none.early", v.s.day(k.Period.To)), Do: v.t("next.none.early.do"), Path: path + "/sua"}, nil
	}
	return next{Text: v.t("next.none"), Do: v.t("next.none.do"), Path: path + "/sua"}, nil
}

// reason returns why the police returned a report the last time.
func (v *visit) reason(k filing.Key) (string, error) {
	steps, err := v.desk().History(v.r.Context(), k)
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].State == filing.Returned {
			return v.t("next.returned.reason", steps[i].Reason), err
		}
	}
	return "", err
}

// nextOfPolice tells the police what comes next with a report.
func (v *visit) nextOfPolice(k filing.Key, l filing.Line) next {
	if k.Department == "" {
		return v.nextOfProvince(k, l)
	}
	switch l.State {
	case filing.Confirmed:
		return next{Text: v.t("next.police.confirmed"), Do: v.t("next.police.confirmed.do"), Path: "#nhan"}
	case filing.Received:
		return next{Text: v.t("next.police.received"), Done: true}
	case filing.Returned:
		return next{Text: v.t("next.police.returned")}
	}
	return next{Text: v.t("next.police.waits")}
}

// nextOfProvince tells what comes next with the province's report.
func (v *visit) nextOfProvince(k filing.Key, l filing.Line) next {
	switch {
	case l.State == filing.Issued:
		return next{Text: v.t("next.issued"), Done: true}
	case l.State == filing.Consolidated:
		return next{Text: v.t("next.issue"), Do: v.t("next.issue.do"), Path: "#ban-hanh"}
	case !k.Period.Over(v.s.opt.Now()):
		return next{Text: v.t("next.runs", v.s.day(k.Period.To))}
	}
	return next{Text: v.t("next.consolidate"), Do: v.t("next.consolidate.do"), Path: "#tong-hop"}
}

// nextOfBoard tells the police what comes next with a period: first the reports
// that wait for them, then those that are still to come, then the province's.
func (v *visit) nextOfBoard(b filing.Board) next {
	var confirmed, waits int
	for _, l := range b.Departments {
		switch {
		case l.State == filing.Confirmed:
			confirmed++
		case l.State != filing.Received:
			waits++
		}
	}
	path := periodPath(b.Period)
	province := path + "/" + provinceUnit
	switch {
	case b.Province.State == filing.Issued:
		return next{Text: v.t("next.issued"), Do: v.t("next.issued.do"), Path: province, Done: true}
	case !b.Over:
		return next{Text: v.t("next.runs", v.s.day(b.Period.To))}
	case confirmed > 0:
		return next{Text: v.t("next.receive", confirmed), Do: v.t("next.receive.do"), Path: path + "?loc=confirmed#bang"}
	case b.Province.State == filing.Consolidated:
		return next{Text: v.t("next.issue"), Do: v.t("next.issue.do"), Path: province + "#ban-hanh"}
	case waits > 0:
		return next{Text: v.t("next.waits", waits), Do: v.t("next.waits.do"), Path: path + "?loc=waits#bang"}
	}
	return next{Text: v.t("next.consolidate"), Do: v.t("next.consolidate.do"), Path: province + "#tong-hop"}
}
