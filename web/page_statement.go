package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/report/filing"
)

// statementBytes bounds the form: all texts at their longest, in letters that
// take nine bytes each in a form.
const statementBytes = 10 << 20

// moreRows is how many empty rows a form has when more are asked for.
const moreRows = 3

// statementPage is the form by which a statement is written.
type statementPage struct {
	*form   // every field, with what is wrong
	Report  filing.Filing
	Path    string
	Officer bool
	Idle    int // minutes after which a session ends
	Blocks  []statementBlock
	Refused string      // why nothing was stored; "" = nothing was tried, or fields are wrong
	Stored  []savedText // what others have stored meanwhile
	Reason  string      // why it was returned; "" = it was not
}

// statementBlock is a part of the form: a text, or rows that can be added to.
type statementBlock struct {
	Text       *field
	Name, More string // of the rows: checks, corrections, and what the button for more says
	Title      string
	Hint       string
	Rows       []statementRow
}

// statementRow is a check or a correction.
type statementRow struct {
	Title  string
	Fields []*field
	Remove string // name of the box that strikes it out; "" = it is empty
}

// savedText is a text that others have stored while the visitor typed another.
type savedText struct{ Label, Text string }

// editable reports whether the visitor's report can be written on.
func editable(f filing.Filing) bool {
	switch f.State {
	case filing.None, filing.Draft, filing.Returned:
		return true
	case filing.Consolidated:
		return f.Department == ""
	}
	return false
}

// writable returns the report of the path if the visitor is the one who writes it.
func (v *visit) writable() (f filing.Filing, err error) {
	k, err := v.key()
	if err != nil {
		return f, err
	}
	if !v.writes(k) {
		return f, errForbidden
	}
	return v.desk().Get(v.r.Context(), k)
}

func showStatement(v *visit) error {
	f, err := v.writable()
	if err != nil {
		return err
	}
	if !editable(f) {
		return v.wrong(reportPath(f.Key), "statement.closed")
	}
	p := v.statementPage(f, typedOf(f.Statement), v.r.URL.Query().Get("them"))
	if f.State == filing.Returned {
		if p.Reason, err = v.reason(f.Key); err != nil {
			return err
		}
	}
	return v.showStatement(http.StatusOK, p)
}

func (v *visit) showStatement(status int, p statementPage) error {
	return v.page(status, "statement", v.t("statement.title", v.s.periodTitle(p.Report.Period), v.s.unitName(p.Report.Department)), p)
}

// statementPage makes the form of what was typed. more is the kind of rows that
// more are asked of.
func (v *visit) statementPage(f filing.Filing, t typed, more string) statementPage {
	p := statementPage{form: &form{}, Report: f, Path: reportPath(f.Key), Officer: v.officer(), Idle: int(v.s.opt.Idle.Minutes())}
	whose := "department."
	if f.Department == "" {
		whose = "province."
	}
	for _, name := range statementTexted {
		one := &field{Name: name, Label: v.t("statement." + name), Hint: v.t("statement." + whose + name), Type: "textarea", Value: t.texts[name], Max: filing.MaxText,
			Optional: name != "difficulties" && name != "proposals"}
		p.Fields = append(p.Fields, one)
		p.Blocks = append(p.Blocks, statementBlock{Text: one})
	}
	p.addRows(v, "checks", checkColumns[:], t.checks, more == "checks")
	p.addRows(v, "corrections", correctionColumns[:], t.corrections, more == "corrections")
	return p
}

// long are the columns that may have several lines.
func long(column string) bool { return column == "subject" || column == "result" || column == "reason" }

func (p *statementPage) addRows(v *visit, kind string, columns []string, rows []map[string]string, more bool) {
	b := statementBlock{Name: kind, Title: v.t("statement." + kind), Hint: v.t("statement." + kind + ".hint"), More: v.t("statement." + kind + ".more")}
	empty := 1
	if more {
		empty = moreRows
	}
	for n := 1; n <= min(len(rows)+empty, max(len(rows), filing.MaxRows)); n++ {
		r := statementRow{Title: v.t("statement."+kind+".row", n)}
		var row map[string]string
		if n <= len(rows) {
			row, r.Remove = rows[n-1], cell(kind, n, "remove")
		}
		for _, c := range columns {
			one := &field{Name: cell(kind, n, c), Label: v.t("statement." + kind + "." + c), Type: "text", Complete: "off", Value: row[c], Max: 200,
				Optional: row == nil || c == "document" || c == "recorded"}
			switch {
			case c == "on":
				one.Type = "date"
			case long(c):
				one.Type, one.Max = "textarea", 2000
			}
			r.Fields = append(r.Fields, one)
		}
		p.Fields = append(p.Fields, r.Fields...)
		b.Rows = append(b.Rows, r)
	}
	p.Blocks = append(p.Blocks, b)
}

// takeFound says what filing found wrong, at each field by its name.
func (p *statementPage) takeFound(v *visit, fields []lgsp.FieldError) {
	for _, one := range fields {
		name := fieldName(one.Path)
		i := slices.IndexFunc(p.Fields, func(f *field) bool { return f.Name == name })
		if i < 0 {
			i = 0
		}
		text := v.t("statement.bad." + one.Code)
		switch one.Code {
		case "length":
			text = v.t("statement.bad.length", p.Fields[i].Max)
			if one.Path == "checks" || one.Path == "corrections" {
				text = v.t("statement.bad.rows", filing.MaxRows)
			}
		case "date":
			text = v.t("statement.bad.date", v.s.day(p.Report.Period.From), v.s.day(min(p.Report.Period.To, v.today())))
		}
		p.bad(p.Fields[i].Name, v.t("statement.bad", p.whole(p.Fields[i]), text))
	}
}

// whole is the label of a field, with that of its row.
func (p *statementPage) whole(f *field) string {
	for _, b := range p.Blocks {
		for _, r := range b.Rows {
			if slices.Contains(r.Fields, f) {
				return r.Title + ", " + f.Label
			}
		}
	}
	return f.Label
}

// saveStatement stores what was typed, and completes the report where the button
// says so. Whatever comes of it, what was typed stands on the page that follows.
func saveStatement(v *visit) error {
	f, err := v.writable()
	if err != nil {
		return err
	}
	seen, err := v.seen()
	if err != nil {
		return err
	}
	t, button := typedIn(v.form), v.form.Get("do")
	saved, err := v.desk().Save(v.r.Context(), f.Key, seen, t.statement(), v.filer())
	if err != nil {
		return v.unsaved(f.Key, t, button, err)
	}
	path := reportPath(f.Key)
	switch {
	case button == "checks" || button == "corrections":
		return v.done(path+"/sua?them="+button+"#"+button, "statement.saved")
	case button != "complete" || !v.officer():
		return v.done(path+"/sua", "statement.saved")
	}
	if _, err = v.desk().Complete(v.r.Context(), f.Key, saved.Revision, v.filer()); err != nil {
		return v.unsaved(f.Key, typedOf(saved.Statement), button, err)
	}
	return v.done(path, "complete.done")
}

// unsaved shows the form again with what was typed and why it was not stored, or
// not completed; where others were faster, beside what they have stored.
func (v *visit) unsaved(k filing.Key, t typed, button string, cause error) error {
	var e *lgsp.Error
	if !errors.As(cause, &e) {
		return cause
	}
	f, err := v.desk().Get(v.r.Context(), k)
	if err != nil {
		return errors.Join(cause, err)
	}
	p := v.statementPage(f, t, button)
	status := http.StatusUnprocessableEntity
	switch {
	case e.Kind == lgsp.Invalid && len(e.Fields) > 0:
		p.takeFound(v, e.Fields)
		if button == "complete" && f.State == filing.Draft && e.Op == "filing.complete" {
			p.Refused = v.t("statement.incomplete")
		}
	case e.Kind == lgsp.Conflict:
		status, p.Refused = http.StatusConflict, v.t("refused."+e.Code)
		if e.Code == "Stale" {
			p.Refused = v.t("statement.stale", f.Editor.Name, v.s.moment(f.Edited))
		}
		p.Stored = v.stored(f, t)
	case e.Kind == lgsp.Throttled || e.Kind == lgsp.Unavailable:
		v.s.opt.Log.Warn("a statement was not stored", "err", cause)
		v.w.Header().Set("Retry-After", "30")
		status, p.Refused = http.StatusServiceUnavailable, v.t("statement.busy")
	default:
		text, ok := v.refusal(cause)
		if !ok {
			return cause
		}
		p.Refused = text
	}
	return v.showStatement(status, p)
}

// stored lists what is stored now and differs from what was typed.
func (v *visit) stored(f filing.Filing, t typed) (all []savedText) {
	now := typedOf(f.Statement)
	for _, name := range statementTexted {
		if now.texts[name] != t.texts[name] {
			all = append(all, savedText{v.t("statement." + name), now.texts[name]})
		}
	}
	for _, kind := range []struct {
		name      string
		columns   []string
		now, then []map[string]string
	}{{"checks", checkColumns[:], now.checks, t.checks}, {"corrections", correctionColumns[:], now.corrections, t.corrections}} {
		if slices.EqualFunc(kind.now, kind.then, maps.Equal[map[string]string, map[string]string]) {
			continue
		}
		for n, row := range kind.now {
			text := ""
			for _, c := range kind.columns {
				text += v.t("statement."+kind.name+"."+c) + ": " + row[c] + "\n"
			}
			all = append(all, savedText{v.t("statement."+kind.name+".row", n+1), text})
		}
		if len(kind.now) == 0 {
			all = append(all, savedText{v.t("statement." + kind.name), v.t("none")})
		}
	}
	return all
}
