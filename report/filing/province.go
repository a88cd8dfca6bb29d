package filing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

// Consolidation is how the province's report is made of the departments'.
type Consolidation struct {
	Seen        int64 // revision of the province's report that was seen; 0 = nobody had begun
	By          Who
	Departments []string // codes of those that are to report
	Confirmed   bool     // also take what is confirmed and not yet received
	Reason      string   // for consolidating again
}

// Consolidate freezes the province's report of a period that is over: the
// figures of the whole province as they are compiled now, what the police have
// saved, and the statements of the departments whose reports are received.
// Those without are listed with their state. Until it is issued it may be
// consolidated again, as another version, for a reason.
func (d *Desk) Consolidate(ctx context.Context, p report.Period, c Consolidation) (Filing, error) {
	const op = "filing.consolidate"
	k := Key{Period: p}
	c.Reason = strings.TrimSpace(lineBreaks.Replace(c.Reason))
	if err := d.over(op, p); err != nil {
		return Filing{}, err
	}
	r, err := d.compile(ctx, k)
	if err != nil {
		return Filing{}, err
	}
	return d.do(ctx, change{op: op, key: k, seen: c.Seen, by: c.By, reason: c.Reason, event: audit.ReportConsolidated, write: d.db.Write,
		apply: func(tx *sqlite.Tx, row *row, at time.Time) error {
			if err := allow(op, row.Filing, None, Draft, Consolidated); err != nil {
				return err
			}
			again, err := consolidatedBefore(tx, p)
			if err != nil {
				return err
			}
			if again && c.Reason == "" {
				return badDeed(op, "Báo cáo của tỉnh, thành phố đã được tổng hợp; muốn tổng hợp lại phải nêu lý do.", errors.New("to consolidate again needs a reason"))
			}
			if row.State == None {
				row.Edited, row.Editor = at, c.By
			}
			if row.State != Draft {
				row.begin()
			}
			whole := Province{Report: r, Statement: row.Statement, Reason: c.Reason, By: c.By.orAccount(), At: at}
			if whole.Parts, whole.Missing, err = gather(tx, p, c); err != nil {
				return err
			}
			for _, part := range whole.Parts {
				if err := tx.Do("insert into filing_part (period, version, department, part) values (?, ?, ?, ?)", p.String(), int64(row.Version), part.Department, int64(part.Version)); err != nil {
					return err
				}
			}
			return row.freeze(Consolidated, whole)
		}})
}

// consolidatedBefore reports whether a version of the province's report is frozen.
func consolidatedBefore(tx *sqlite.Tx, p report.Period) (found bool, err error) {
	err = tx.Query("select 1 from filing where period = ? and department = '' and frozen is not null limit 1", func(sqlite.Row) error {
		found = true
		return nil
	}, p.String())
	return found, err
}

// lastVersions chooses the last version of every report of a period.
const lastVersions = `from filing f where period = ? and version = (select max(version) from filing g where g.period = f.period and g.department = f.department)`

// gather returns the departments' reports that are taken, and those that are
// missing, both by code.
func gather(tx *sqlite.Tx, p report.Period, c Consolidation) (parts []Part, missing []Missing, err error) {
	last := map[string]Missing{}
	frozen := map[string][]byte{}
	hashes := map[string]string{}
	for _, code := range c.Departments {
		last[code] = Missing{Department: code}
	}
	if err := tx.Query("select department, version, state, frozen, coalesce(hash, '') "+lastVersions+" and department <> ''", func(r sqlite.Row) error {
		code := r.Text(0)
		last[code] = Missing{Department: code, Version: int(r.Int(1)), State: State(r.Int(2))}
		frozen[code], hashes[code] = r.Blob(3), r.Text(4)
		return nil
	}, p.String()); err != nil {
		return nil, nil, err
	}
	parts, missing = []Part{}, []Missing{}
	for code, m := range last {
		if m.State != Received && (m.State != Confirmed || !c.Confirmed) {
			missing = append(missing, m)
			continue
		}
		var filed report.Filed
		if err := thaw(Key{p, code}, m.Version, frozen[code], hashes[code], &filed); err != nil {
			return nil, nil, err
		}
		parts = append(parts, Part{Department: code, Version: m.Version, State: m.State, Hash: hashes[code], Statement: filed.Statement, By: filed.By, At: filed.At})
	}
	slices.SortFunc(parts, func(a, b Part) int { return strings.Compare(a.Department, b.Department) })
	slices.SortFunc(missing, func(a, b Missing) int { return strings.Compare(a.Department, b.Department) })
	return parts, missing, nil
}

// thaw reads a frozen text that still has its hash.
func thaw(k Key, version int, frozen []byte, hash string, into any) error {
	if hashOf(frozen) != hash {
		return damaged(k, version, errors.New("the frozen text does not have its hash"))
	}
	if err := json.Unmarshal(frozen, into); err != nil {
		return damaged(k, version, err)
	}
	return nil
}

// numberForm is number and symbol of a document, NĐ 30/2020/NĐ-CP: "05/BC-CATP".
var numberForm = regexp.MustCompile(`^[0-9]{1,6}/[\p{Lu}0-9]+([-.&][\p{Lu}0-9]+)*$`)

// Issue gives the consolidated report of the province its number, which no
// other report of that year has, and its date, from the day on which it was
// consolidated to today. Nothing of it changes any more.
func (d *Desk) Issue(ctx context.Context, p report.Period, seen int64, by Who, number string, date vntime.Day) (Filing, error) {
	const op = "filing.issue"
	number = strings.TrimSpace(number)
	if !numberForm.MatchString(number) || !isLabel(number, maxNumber) || strings.Trim(number[:strings.IndexByte(number, '/')], "0") == "" {
		return Filing{}, badDeed(op, "Số, ký hiệu của báo cáo không đúng dạng; hãy viết như 05/BC-CATP.", errors.New("the number is not one as in 05/BC-CATP"))
	}
	return d.do(ctx, change{op: op, key: Key{Period: p}, seen: seen, by: by, event: audit.ReportIssued, write: d.db.Settle, apply: func(tx *sqlite.Tx, r *row, _ time.Time) error {
		if err := allow(op, r.Filing, Consolidated); err != nil {
			return err
		}
		day, err := dayOfStep(tx, r.Key, r.Version, audit.ReportConsolidated)
		if err != nil {
			return err
		}
		if date < day || date > d.today() {
			return badDeed(op, "Ngày ban hành phải từ ngày tổng hợp "+day.Short()+" đến hôm nay; hãy sửa ngày.", fmt.Errorf("the date is not between %s and %s", day, d.today()))
		}
		taken, err := numberTaken(tx, number, date)
		if err != nil {
			return err
		}
		if taken != "" {
			return &lgsp.Error{Kind: lgsp.Conflict, Op: op, Code: "Number", Text: "Số " + number + " đã được dùng cho một báo cáo khác trong năm; hãy ghi số khác.",
				Err: fmt.Errorf("number %s is that of the report of %s", number, taken)}
		}
		r.State, r.Number, r.Date = Issued, number, date.String()
		return nil
	}})
}

// dayOfStep returns the day on which an event of a version came to pass.
func dayOfStep(tx *sqlite.Tx, k Key, version int, e audit.Event) (day vntime.Day, err error) {
	err = tx.Query("select at from filing_step where period = ? and department = ? and version = ? and event = ?", func(r sqlite.Row) error {
		day = vntime.DayOf(fromMillis(r.Int(0)))
		return nil
	}, k.Period.String(), k.Department, int64(version), string(e))
	return day, err
}

// numberTaken returns the period whose report has a number in a year, "" if
// none has. Zeros before the number make no other of it.
func numberTaken(tx *sqlite.Tx, number string, date vntime.Day) (period string, err error) {
	err = tx.Query("select period from filing where number is not null and substr(dated, 1, 4) = ? and ltrim(number, '0') = ?", func(r sqlite.Row) error {
		period = r.Text(0)
		return nil
	}, date.String()[:4], strings.TrimLeft(number, "0"))
	return period, err
}
