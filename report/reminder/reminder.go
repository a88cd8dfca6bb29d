// Package reminder asks by mail for the reports of a period that are still to
// come.
//
// It promises that a person gets at most one mail for a period and an occasion,
// whatever fails or is killed meanwhile, that a mail that was not sent is tried
// again while it is of use, and that what was sent when to whom is kept. A mail
// holds no figures. NĐ 09/2019/NĐ-CP leaves the deadline to whoever orders a
// report. // req
package reminder

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the table of the reminders, for sqlite.Open.
func Schema() sqlite.Schema {
	files, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sqlite.Schema{Name: "reminder", Files: files}
}

// State is where a reminder is. Stored: never reorder.
type State uint8

// The states of a reminder.
const (
	Waiting  State = iota + 1 // it is sent at Next
	Underway                  // an attempt has begun
	Sent                      // the mail server has it
	Unsure                    // the mail server may have it, so it is not sent again
	Obsolete                  // it was not sent in time, or the report came before
)

var stateNames = [...]string{"", "waiting", "underway", "sent", "unsure", "obsolete"}

var stateTitles = [...]string{"", "chờ gửi", "đang gửi", "đã gửi", "không rõ đã gửi hay chưa", "không cần gửi nữa"}

func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return ""
}

// Title returns the state as people read it.
func (s State) Title() string {
	if int(s) < len(stateTitles) {
		return stateTitles[s]
	}
	return ""
}

// MarshalText writes the name of the state.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reminder is what became of one.
type Reminder struct {
	Period    report.Period `json:"period"`
	Occasion  string        `json:"occasion"` // before-7, after-1: working days from the deadline; province-… from that of the province
	Recipient string        `json:"recipient"`
	About     []string      `json:"about"` // codes of the departments that it asks of; of the province's, those that are missing
	State     State         `json:"state"`
	Attempts  int           `json:"attempts"`
	Next      time.Time     `json:"next"`    // when it is tried, while it waits
	Changed   time.Time     `json:"changed"` // when it came to its state
	Reason    string        `json:"reason,omitempty"`
}

// Department is one that is to report.
type Department struct {
	Code, Name string
	Emails     []string
}

// Status is whose report of a period is still to come.
type Status struct {
	Departments []string // codes of those that have not confirmed theirs
	Province    bool     // the province's is not issued
}

// Mailer hands mail over. An error that wraps ErrUnsure says that the mail may
// be on its way all the same.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// ErrUnsure is wrapped when nobody knows whether a mail was taken.
var ErrUnsure = errors.New("the mail server may have taken it")

// Options are the settings of the reminders. DB and Status are required.
type Options struct {
	DB     *sqlite.DB // opened with Schema
	Status func(ctx context.Context, p report.Period) (Status, error)
	Mailer Mailer // nil = nobody is reminded

	Calendar         report.Calendar
	Deadline         int   // of departments, in working days after the period
	ProvinceDeadline int   // of the province
	Before, After    []int // working days from a deadline

	Departments []Department
	Police      []string // addresses
	Link        string   // where reports are written, "https://lgsp.example.vn"; "" = not told

	Every time.Duration    // between two looks at what is due; 0 = one minute
	Now   func() time.Time // nil = time.Now
	Log   *slog.Logger     // nil = discard
}

// Desk reminds, and knows of what it has reminded.
type Desk struct {
	opt  Options
	db   *sqlite.DB
	turn sync.Mutex // of Remind
}

// NewDesk returns the desk of the reminders in o.DB.
func NewDesk(o Options) *Desk {
	if o.Every == 0 {
		o.Every = time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{opt: o, db: o.DB}
}

// Run reminds until ctx ends, and then returns nil. What fails is logged and
// tried again; it stops nothing.
func (d *Desk) Run(ctx context.Context) error {
	if d.opt.Mailer == nil {
		<-ctx.Done()
		return nil
	}
	again := time.NewTicker(d.opt.Every)
	defer again.Stop()
	for {
		if err := d.Remind(ctx); err != nil && ctx.Err() == nil {
			d.opt.Log.Warn("reminders of reports could not be looked after", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		}
	}
}

// List returns the reminders of a period by occasion and recipient.
func (d *Desk) List(ctx context.Context, p report.Period) ([]Reminder, error) {
	list, err := d.read(ctx, "period = ?", p.String())
	if err != nil {
		return nil, fmt.Errorf("list the reminders of %s: %w", p, err)
	}
	return list, nil
}

func (d *Desk) read(ctx context.Context, where string, args ...any) (list []Reminder, err error) {
	rows, err := d.db.Read().QueryContext(ctx, "select period, occasion, recipient, about, state, attempts, next, changed, reason from reminder where "+where+
		" order by period, occasion, recipient", args...)
	if err != nil {
		return nil, err
	}
	for err == nil && rows.Next() {
		var r Reminder
		var period, about string
		var next, changed int64
		if err = rows.Scan(&period, &r.Occasion, &r.Recipient, &about, &r.State, &r.Attempts, &next, &changed, &r.Reason); err == nil {
			r.About, r.Next, r.Changed = strings.Fields(about), time.UnixMilli(next).UTC(), time.UnixMilli(changed).UTC()
			r.Period, err = report.ParsePeriod(period)
			list = append(list, r)
		}
	}
	return list, errors.Join(err, rows.Err(), rows.Close())
}
