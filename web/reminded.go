package web

import (
	"strconv"
	"strings"
	"time"

	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/reminder"
)

// reminded is a mail that asked for a report.
type reminded struct {
	Occasion string
	About    []string // codes of departments
	To       string
	State    string
	At       time.Time
}

// reminded returns the mails of a period that were sent, or may have been.
func (v *visit) reminded(p report.Period) (all []reminded, err error) {
	if v.s.opt.Reminders == nil {
		return nil, nil
	}
	list, err := v.s.opt.Reminders(v.r.Context(), p)
	for _, r := range list {
		if r.State == reminder.Sent || r.State == reminder.Unsure {
			all = append(all, reminded{Occasion: v.occasion(r.Occasion), About: r.About, To: r.Recipient, State: v.t("mail." + r.State.String()), At: r.Changed})
		}
	}
	return all, err
}

// occasion words what package reminder calls province-before-7.
func (v *visit) occasion(name string) string {
	key, days := "mail.", strings.TrimPrefix(name, "province-")
	if days != name {
		key = "mail.province."
	}
	when, number, _ := strings.Cut(days, "-")
	n, err := strconv.Atoi(number)
	if err != nil {
		return name
	}
	return v.t(key+when, n)
}
