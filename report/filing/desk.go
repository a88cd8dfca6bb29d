package filing

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of the reports on their way, for sqlite.Open.
func Schema() sqlite.Schema {
	files, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sqlite.Schema{Name: "filing", Files: files}
}

// Options are the settings of the desk. DB, Audit and Compile are required.
type Options struct {
	DB    *sqlite.DB // opened with Schema and audit.Schema
	Audit *audit.Log

	// Compile makes the figures of a period, of a department or, with "", of the
	// province.
	Compile func(ctx context.Context, p report.Period, department string) (report.Report, error)

	Calendar         report.Calendar
	Deadline         int // of departments, in working days after the period
	ProvinceDeadline int // of the province

	Now func() time.Time // nil = time.Now
}

// Desk is where reports are written, confirmed, gathered and issued. Who may do
// which of its deeds is for the caller to know.
type Desk struct {
	opt Options
	db  *sqlite.DB
}

// NewDesk returns the desk of the reports in o.DB.
func NewDesk(o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Desk{opt: o, db: o.DB}
}

// now is the time as rows hold it.
func (d *Desk) now() time.Time { return fromMillis(d.opt.Now().UnixMilli()) }

// change is one deed on its way into the database.
type change struct {
	op     string
	key    Key
	seen   int64 // revision that whoever does it has seen
	by     Who
	reason string
	event  audit.Event

	write func(context.Context, func(*sqlite.Tx) error) error
	// apply makes of the row what it becomes, at a time. An *lgsp.Error of it is
	// told as it is, and nothing is written.
	apply func(tx *sqlite.Tx, r *row, at time.Time) error
}

// do makes a change: row, step and entry in one commit. It returns the report
// as it is then.
func (d *Desk) do(ctx context.Context, c change) (Filing, error) {
	if err := errors.Join(checkKey(c.op, c.key), checkWho(c.op, c.by), checkReason(c.op, c.reason)); err != nil {
		return Filing{}, firstOf(err)
	}
	var done row
	err := c.write(ctx, func(tx *sqlite.Tx) error {
		was, err := findRow(tx, c.key)
		if err != nil {
			return err
		}
		if was.Revision != c.seen {
			return stale(c, was)
		}
		done = was
		done.Revision++
		at := d.now()
		if err := c.apply(tx, &done, at); err != nil {
			return err
		}
		if err := done.store(tx, was.Version); err != nil {
			return err
		}
		if done.State == was.State && done.Version == was.Version {
			return nil // a draft was written on
		}
		return d.record(tx, c, done, at)
	})
	var refused *lgsp.Error
	switch {
	case errors.As(err, &refused):
		return Filing{}, refused
	case err != nil:
		return Filing{}, storeError(c.op, err)
	}
	return done.Filing, nil
}

// record writes the step and the entry of an arrow.
func (d *Desk) record(tx *sqlite.Tx, c change, r row, at time.Time) error {
	if err := tx.Do("insert into filing_step (period, department, revision, version, event, at, account, name, reason) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		c.key.Period.String(), c.key.Department, r.Revision, int64(r.Version), string(c.event), at.UnixMilli(), c.by.Account, c.by.Name, c.reason); err != nil {
		return err
	}
	e := audit.Entry{At: at, Event: c.event, Report: c.key.String(), Sender: c.key.Department, Operator: c.by.String()}
	switch r.State {
	case Confirmed, Consolidated, Issued:
		e.Detail = r.detail()
	case Returned:
		e.Detail = c.reason
	}
	return d.opt.Audit.Append(tx, &e)
}

// firstOf returns the first of errors that were joined.
func firstOf(err error) error {
	var e *lgsp.Error
	if errors.As(err, &e) {
		return e
	}
	return err
}

// busyAfter is when what could not be stored may be done again.
const busyAfter = 30 * time.Second

// storeError says in the words of whoever did something why that could not be
// stored.
func storeError(op string, err error) error {
	stored := &lgsp.Error{Kind: lgsp.Throttled, Op: op, Code: "Busy", After: busyAfter, Err: err}
	switch sqlite.FaultOf(err) {
	case sqlite.Full:
		stored.Text = "Hệ thống tạm thời không còn chỗ lưu. Thao tác vừa rồi chưa được ghi nhận; hãy báo quản trị hệ thống và thực hiện lại sau."
	case sqlite.Busy:
		stored.Text = "Hệ thống đang bận. Thao tác vừa rồi chưa được ghi nhận; hãy thực hiện lại sau ít phút."
	default:
		stored.Kind = lgsp.Unavailable
		stored.Text = "Hệ thống tạm thời không lưu được. Thao tác vừa rồi chưa được ghi nhận; hãy thực hiện lại sau ít phút."
	}
	return stored
}
