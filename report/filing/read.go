package filing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/report"
)

// Get returns the last version of a report. When nobody has begun it, its State
// is None and the rest is empty. Of a returned report the Statement is what was
// returned, which the next version begins with.
func (d *Desk) Get(ctx context.Context, k Key) (Filing, error) {
	f, err := d.version(ctx, k, 0)
	if lgsp.KindOf(err) == lgsp.NotFound {
		return Filing{Key: k}, nil
	}
	return f, err
}

// Version returns one version of a report. Error: NotFound.
func (d *Desk) Version(ctx context.Context, k Key, version int) (Filing, error) {
	if version <= 0 {
		return Filing{}, notFound(k, version)
	}
	return d.version(ctx, k, version)
}

// version reads a version, the last with 0.
func (d *Desk) version(ctx context.Context, k Key, version int) (Filing, error) {
	list, err := readRows(d.db.Read().QueryContext(ctx, "select "+columns+" from filing where period = ? and department = ? and (? = 0 or version = ?) order by version desc limit 1",
		k.Period.String(), k.Department, version, version))
	if err != nil {
		return Filing{}, fmt.Errorf("read report %s: %w", k, err)
	}
	if len(list) == 0 {
		return Filing{}, notFound(k, version)
	}
	return list[0], nil
}

// Versions returns every version of a report, oldest first.
func (d *Desk) Versions(ctx context.Context, k Key) ([]Filing, error) {
	list, err := readRows(d.db.Read().QueryContext(ctx, "select "+columns+" from filing where period = ? and department = ? order by version", k.Period.String(), k.Department))
	if err != nil {
		return nil, fmt.Errorf("read report %s: %w", k, err)
	}
	return list, nil
}

// Frozen returns the frozen text of a version, byte for byte, and its hash: the
// JSON of a report.Filed, of the province's report that of a Province.
//
// Errors: NotFound (there is no such version, or it is not frozen); Invalid with
// the Code Damaged (the text does not have its hash).
func (d *Desk) Frozen(ctx context.Context, k Key, version int) (text []byte, hash string, err error) {
	err = d.db.Read().QueryRowContext(ctx, "select frozen, hash from filing where period = ? and department = ? and version = ? and frozen is not null",
		k.Period.String(), k.Department, version).Scan(&text, &hash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, "", notFound(k, version)
	case err != nil:
		return nil, "", fmt.Errorf("read report %s: %w", k, err)
	case hashOf(text) != hash:
		return nil, "", damaged(k, version, errors.New("the frozen text does not have its hash"))
	}
	return text, hash, nil
}

// Filed returns a confirmed version of a department's report. Errors are those
// of Frozen.
func (d *Desk) Filed(ctx context.Context, k Key, version int) (filed report.Filed, err error) {
	if k.Department == "" {
		return filed, notFound(k, version)
	}
	text, hash, err := d.Frozen(ctx, k, version)
	if err != nil {
		return filed, err
	}
	return filed, thaw(k, version, text, hash, &filed)
}

// Province returns a consolidated version of the province's report. Errors
// are those of Frozen.
func (d *Desk) Province(ctx context.Context, p report.Period, version int) (whole Province, err error) {
	k := Key{Period: p}
	text, hash, err := d.Frozen(ctx, k, version)
	if err != nil {
		return whole, err
	}
	return whole, thaw(k, version, text, hash, &whole)
}

// History returns what became of a report, oldest first.
func (d *Desk) History(ctx context.Context, k Key) (steps []Step, err error) {
	rows, err := d.db.Read().QueryContext(ctx, "select event, version, at, account, name, reason from filing_step where period = ? and department = ? order by revision",
		k.Period.String(), k.Department)
	if err != nil {
		return nil, fmt.Errorf("read the steps of report %s: %w", k, err)
	}
	for err == nil && rows.Next() {
		var s Step
		var event string
		var at int64
		if err = rows.Scan(&event, &s.Version, &at, &s.By.Account, &s.By.Name, &s.Reason); err == nil {
			s.Event, s.At = audit.Event(event), fromMillis(at)
			s.State = stateAfter(s.Event)
			steps = append(steps, s)
		}
	}
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("read the steps of report %s: %w", k, err)
	}
	return steps, nil
}

// Periods returns the periods of which there is a report, newest end first.
func (d *Desk) Periods(ctx context.Context) (periods []report.Period, err error) {
	rows, err := d.db.Read().QueryContext(ctx, "select distinct period from filing")
	if err != nil {
		return nil, fmt.Errorf("list the periods: %w", err)
	}
	for err == nil && rows.Next() {
		var name string
		var p report.Period
		if err = rows.Scan(&name); err == nil {
			if p, err = report.ParsePeriod(name); err == nil {
				periods = append(periods, p)
			}
		}
	}
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("list the periods: %w", err)
	}
	sortPeriods(periods)
	return periods, nil
}

func notFound(k Key, version int) error {
	return &lgsp.Error{Kind: lgsp.NotFound, Op: "filing.read", Code: "NotFound", Text: "Không có báo cáo hoặc phiên bản báo cáo này; hãy kiểm tra lại kỳ, đơn vị và phiên bản.",
		Err: fmt.Errorf("there is no version %d of report %s", version, k)}
}

func damaged(k Key, version int, err error) error {
	return &lgsp.Error{Kind: lgsp.Invalid, Op: "filing.read", Code: "Damaged",
		Text: "Nội dung lưu của báo cáo này không còn đúng như khi được ghi. Hãy báo quản trị hệ thống khôi phục cơ sở dữ liệu từ bản sao lưu.",
		Err:  fmt.Errorf("version %d of report %s: %w; restore the database from a backup", version, k, err)}
}
