// Package usage counts look-ups by day, department, system, service and result.
//
// It promises that a look-up and its count are one commit with its entry of the
// record, so that any count can be recomputed from the record.
package usage

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of the counts, for sqlite.Open, behind those of the record.
func Schema() sqlite.Schema {
	files, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sqlite.Schema{Name: "usage", Files: files}
}

// Log puts look-ups on record and counts them.
type Log struct {
	db    *sqlite.DB
	audit *audit.Log
}

// New returns the counts in db, which was opened with Schema.
func New(db *sqlite.DB, record *audit.Log) *Log { return &Log{db: db, audit: record} }

// Record adds an entry of the event Asked to the record and counts it on day,
// which is of the form 2026-11-22. A nil error means that both are on disk. That
// of a question which came to the upstream may use the reserve of the disk. One
// that failed may be tried again with the same entry, and is on record once.
func (l *Log) Record(ctx context.Context, day string, e *audit.Entry) error {
	write := l.db.Write
	if e.Attempt > 0 {
		write = l.db.Settle
	}
	return write(ctx, func(tx *sqlite.Tx) error {
		if e.Seq > 0 { // it was tried before
			if on, err := l.audit.Has(tx, e); err != nil || on {
				return err
			}
		}
		if err := l.audit.Append(tx, e); err != nil {
			return err
		}
		return tx.Do(`insert into usage (day, sender, system, service, result, n, asked, took, slowest) values (?, ?, ?, ?, ?, 1, ?, ?, ?)
			on conflict do update set n = n + 1, asked = asked + excluded.asked, took = took + excluded.took, slowest = max(slowest, excluded.slowest)`,
			day, e.Sender, e.System, e.Service, string(e.Result), min(e.Attempt, 1), e.Took, e.Took)
	})
}

// Count is what one system made of one service on one day with one result.
type Count struct {
	Day     string        `json:"day"` // 2026-11-22, of Vietnam's time
	Sender  string        `json:"sender"`
	System  string        `json:"system,omitempty"`
	Service string        `json:"service"`
	Result  audit.Result  `json:"result"`
	N       int64         `json:"n"`
	Asked   int64         `json:"asked"`   // those of N that came to the upstream
	Took    time.Duration `json:"took"`    // all of them together
	Slowest time.Duration `json:"slowest"` // the one that took longest
}

// Counts calls each with the counts of the days from ≤ day ≤ to, in order of
// day, department, system, service and result.
func (l *Log) Counts(ctx context.Context, from, to string, each func(Count) error) error {
	rows, err := l.db.Read().QueryContext(ctx, `select day, sender, system, service, result, n, asked, took, slowest from usage
		where day between ? and ? order by day, sender, system, service, result`, from, to)
	if err != nil {
		return fmt.Errorf("read the counts of look-ups: %w", err)
	}
	for err == nil && rows.Next() {
		var c Count
		var took, slowest int64
		if err = rows.Scan(&c.Day, &c.Sender, &c.System, &c.Service, &c.Result, &c.N, &c.Asked, &took, &slowest); err == nil {
			c.Took, c.Slowest = time.Duration(took)*time.Millisecond, time.Duration(slowest)*time.Millisecond
			err = each(c)
		}
	}
	return errors.Join(err, rows.Err(), rows.Close())
}

// AskedOn returns how many look-ups came to the upstream on a day, by
// department, system and service: what their quotas were used for.
func (l *Log) AskedOn(ctx context.Context, day string) (func(department, system, service string) int64, error) {
	asked := map[[3]string]int64{}
	err := l.Counts(ctx, day, day, func(c Count) error {
		asked[[3]string{c.Sender, c.System, c.Service}] += c.Asked
		return nil
	})
	return func(department, system, service string) int64 { return asked[[3]string{department, system, service}] }, err
}
