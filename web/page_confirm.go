package web

import (
	"errors"
	"html/template"
	"net/http"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/report/filing"
)

// confirmPage shows what is confirmed, and what that means.
type confirmPage struct {
	Report  filing.Filing
	Path    string
	Figures string // fingerprint of the figures that the page shows
	Refused string // why the last try came to nothing
	Paper   template.HTML
}

func (confirmPage) showsPaper() bool { return true }

func (p confirmPage) wrong() bool { return p.Refused != "" }

func showConfirm(v *visit) error {
	k, err := v.key()
	if err != nil {
		return err
	}
	return v.showConfirm(http.StatusOK, k, "")
}

// showConfirm shows the report with the figures of now. One that cannot be
// confirmed leads back to its page.
func (v *visit) showConfirm(status int, k filing.Key, refused string) error {
	f, err := v.desk().Get(v.r.Context(), k)
	switch {
	case err != nil:
		return err
	case f.State != filing.Completed:
		return v.wrong(reportPath(k), "confirm.state")
	case !k.Period.Over(v.s.opt.Now()):
		return v.wrong(reportPath(k), "confirm.early", v.s.day(k.Period.To))
	}
	p := confirmPage{Report: f, Path: reportPath(k), Refused: refused}
	if err := v.inTurn(func() error {
		paper, err := v.paper(k, 0)
		if err != nil {
			return err
		}
		if p.Figures, err = filing.Figures(paper.Report); err == nil {
			p.Paper, err = sheet(paper)
		}
		return err
	}); err != nil {
		return err
	}
	return v.page(status, "confirm", v.t("confirm.title", v.s.periodTitle(k.Period), v.s.unitName(k.Department)), p)
}

func confirmReport(v *visit) error {
	k, err := v.key()
	if err != nil {
		return err
	}
	seen, err := v.seen()
	if err != nil {
		return err
	}
	err = v.inTurn(func() error {
		_, err := v.desk().Confirm(v.r.Context(), k, seen, v.form.Get("figures"), v.filer())
		return err
	})
	var refused *lgsp.Error
	if errors.As(err, &refused) && refused.Kind == lgsp.Conflict && (refused.Code == "Figures" || refused.Code == "Stale") {
		return v.showConfirm(http.StatusConflict, k, v.t("refused."+refused.Code))
	}
	return v.after(k, err, "confirm.done")
}
