package filing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

// Board is where the reports of a period stand.
type Board struct {
	Period      report.Period `json:"period"`
	Over        bool          `json:"over"`
	Departments []Line        `json:"departments"` // by code
	Province    Line          `json:"province"`
}

// Line is where one report stands.
type Line struct {
	Department string     `json:"department,omitempty"`
	Listed     bool       `json:"listed"` // it is one of those that are to report
	State      State      `json:"state"`
	Version    int        `json:"version,omitempty"`
	Revision   int64      `json:"revision,omitempty"`
	By         Who        `json:"by"`             // who made the last step
	At         time.Time  `json:"at"`             // when; zero = nobody has begun
	Done       time.Time  `json:"done"`           // when this version was confirmed, the province's when it was issued; zero = it is not
	Hash       string     `json:"hash,omitempty"` // of the frozen text
	Deadline   vntime.Day `json:"deadline"`       // the last day in time
	Late       bool       `json:"late"`           // not done when that day ended
	Days       int        `json:"days,omitempty"` // behind it, of the calendar, until it was done or until now
}

// Board returns where the reports of a period stand at a moment: those of the
// departments that are to report, others that have begun one, and the province's.
// A report that was returned is not confirmed, and late until it is again.
func (d *Desk) Board(ctx context.Context, p report.Period, departments []string, now time.Time) (Board, error) {
	b := Board{Period: p, Over: p.Over(now), Province: Line{Listed: true}}
	lines, err := d.lines(ctx, p)
	if err != nil {
		return b, fmt.Errorf("read the reports of %s: %w", p, err)
	}
	for _, code := range departments {
		line := lines[code]
		line.Department, line.Listed = code, true
		lines[code] = line
	}
	for code, line := range lines {
		deadline := d.opt.Deadline
		if code == "" {
			deadline = d.opt.ProvinceDeadline
		}
		line.Deadline = d.opt.Calendar.Deadline(p, deadline)
		line.judge(now)
		if code == "" {
			b.Province = line
			continue
		}
		b.Departments = append(b.Departments, line)
	}
	slices.SortFunc(b.Departments, func(x, y Line) int { return strings.Compare(x.Department, y.Department) })
	return b, nil
}

// judge says whether the report is late at a moment, and by how much.
func (l *Line) judge(now time.Time) {
	day := vntime.DayOf(now)
	if !l.Done.IsZero() {
		day = vntime.DayOf(l.Done)
	}
	if day > l.Deadline {
		l.Late, l.Days = true, int(day-l.Deadline)
	}
}

// lines reads the reports of a period that were begun, by department, and always
// the province's.
func (d *Desk) lines(ctx context.Context, p report.Period) (map[string]Line, error) {
	lines := map[string]Line{"": {Listed: true}}
	rows, err := d.db.Read().QueryContext(ctx, `select f.department, f.version, f.state, f.revision, coalesce(f.hash, ''), coalesce(f.dated, ''), s.at, s.account, s.name,
			coalesce((select at from filing_step c where c.period = f.period and c.department = f.department and c.version = f.version and c.event = 'report-confirmed'), 0)
		from filing f join filing_step s on s.period = f.period and s.department = f.department
			and s.revision = (select max(revision) from filing_step l where l.period = f.period and l.department = f.department)
		where f.period = ? and f.version = (select max(version) from filing g where g.period = f.period and g.department = f.department)`, p.String())
	if err != nil {
		return nil, err
	}
	for err == nil && rows.Next() {
		var l Line
		var at, confirmed int64
		var dated string
		if err = rows.Scan(&l.Department, &l.Version, &l.State, &l.Revision, &l.Hash, &dated, &at, &l.By.Account, &l.By.Name, &confirmed); err != nil {
			break
		}
		l.At, l.Listed = fromMillis(at), l.Department == ""
		switch l.State {
		case Confirmed, Received:
			l.Done = fromMillis(confirmed)
		case Issued:
			var day vntime.Day
			day, err = vntime.ParseDay(dated)
			l.Done = day.Begin()
		}
		lines[l.Department] = l
	}
	return lines, errors.Join(err, rows.Err(), rows.Close())
}

func sortPeriods(periods []report.Period) {
	slices.SortFunc(periods, func(a, b report.Period) int {
		if a.To != b.To {
			return int(b.To - a.To)
		}
		return int(a.From - b.From)
	})
}
