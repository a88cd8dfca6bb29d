// Command benchreport measures reports: it puts a year of invented traffic on
// record, through the same code as the daemon does, and compiles and verifies
// the reports of that year.
//
// It promises to fail when a figure of a report is not what it has put on record.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report"
)

func main() {
	o := options{}
	flag.IntVar(&o.exchanges, "exchanges", 10_000_000, "look-ups and messages of the year")
	flag.IntVar(&o.departments, "departments", 40, "that exchange")
	flag.IntVar(&o.year, "year", 2026, "the reporting year")
	flag.Uint64Var(&o.seed, "seed", 1, "of the dice")
	flag.StringVar(&o.folder, "folder", "", "where the database is made and kept; empty: a folder that is removed at the end")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "benchreport: "+err.Error())
		os.Exit(1)
	}
}

type options struct {
	exchanges, departments, year int
	seed                         uint64
	folder                       string
}

func run(ctx context.Context, w io.Writer, o options) (err error) {
	if o.exchanges < 1 || o.departments < 1 || o.departments > 99 || o.year < 1950 || o.year > 2200 {
		return errors.New("want at least one exchange, 1 to 99 departments and a year from 1950 to 2200")
	}
	folder := o.folder
	if folder == "" {
		if folder, err = os.MkdirTemp("", "lgspd-benchreport-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	}
	s, err := openStore(ctx, filepath.Join(folder, "lgspd.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.db.Close()) }()
	y := newYear(o)
	began := time.Now()
	if err := y.live(ctx, s); err != nil {
		return err
	}
	info, err := os.Stat(s.db.Path())
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "generate: %d exchanges of %d departments, %d entries, %.1f GB, in %.0f s\n",
		y.lookUps+y.received+y.rejected, o.departments, s.entries, float64(info.Size())/1e9, time.Since(began).Seconds())
	return measure(ctx, w, s, y)
}

// store is a record that is counted.
type store struct {
	db      *sqlite.DB
	record  *audit.Log
	counts  *report.Counts
	now     time.Time
	entries int64
}

func openStore(ctx context.Context, path string) (*store, error) {
	s := &store{}
	var err error
	if s.db, err = sqlite.Open(ctx, sqlite.Options{Path: path, Schemas: []sqlite.Schema{audit.Schema(), report.Schema()}}); err != nil {
		return nil, err
	}
	s.counts = report.New(s.db)
	s.counts.Keep()
	s.record = audit.New(audit.Options{DB: s.db, Key: []byte("a key of the bench alone"), Counter: s.counts, Now: func() time.Time { return s.now }})
	return s, nil
}
