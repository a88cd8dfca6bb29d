package clean

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
)

// Checker is a desk, or the way to one over a socket. Its errors keep their Kind,
// Code, Text and After.
type Checker interface {
	Check(ctx context.Context, q Question, rows []Row) ([]Outcome, error)
	Finish(ctx context.Context, q Question) error
}

// RunOptions say what list is checked and how. In, Out, Question and Desk are
// required.
type RunOptions struct {
	In, Out   string
	Sheet     string // of an XLSX; "" = the first
	Columns   Columns
	Overwrite bool // replace Out if it exists

	Question Question // Run sets Content
	Desk     Checker

	Progress func(Progress) // nil = nobody looks
	Patience time.Duration  // how long nothing may get on before Run gives up; 0 = 30 min
	Batch    int            // rows handed over at once; 0 = 64

	Now  func() time.Time                           // nil = time.Now
	Wait func(context.Context, time.Duration) error // nil = a timer
}

// Run checks a list and writes the result. While the upstream cannot be asked it
// waits, within its patience. What has been asked stays in the journal however Run
// ends: the same call goes on from there.
//
// Errors: Invalid says what is wrong with the file or the options; what the desk
// says is passed on; when ctx ends the error wraps that of ctx. What the system says of a
// file has no sentence of its own.
func Run(ctx context.Context, o RunOptions) (Summary, error) {
	o = o.withDefaults()
	s := Summary{In: o.In, Out: o.Out, Question: o.Question, Began: o.Now()}
	if err := checkOut(o.In, o.Out, o.Overwrite); err != nil {
		return s, err
	}
	table, err := Read(o.In, ReadOptions{Sheet: o.Sheet, Columns: o.Columns, Now: func() time.Time { return s.Began }})
	if err != nil {
		return s, err
	}
	found, err := surveyOf(ctx, table)
	if err == nil {
		s.Question.Content = ContentOf(found.people)
		err = o.check(ctx, &s, table, found)
	}
	return s, errors.Join(err, table.Close())
}

func (o RunOptions) check(ctx context.Context, s *Summary, table *Table, found survey) error {
	c := &checking{o: o, q: s.Question, outcomes: make([]Outcome, len(found.people)), progress: progress{now: o.Now}}
	if err := c.all(ctx, found.people); err != nil {
		return err
	}
	s.People, s.Known, s.Ended = len(found.people), c.known, o.Now()
	reasons := map[string]int{}
	for _, l := range found.lines {
		s.count(l.outcome(c.outcomes), reasons)
	}
	s.sortReasons(reasons)
	if err := writeResult(ctx, o, *s, table, found, c.outcomes); err != nil {
		return err
	}
	// The result is there. If this is not noted, the journal is only kept for longer.
	_ = o.Desk.Finish(context.WithoutCancel(ctx), s.Question)
	return nil
}

func (o RunOptions) withDefaults() RunOptions {
	if o.Patience == 0 {
		o.Patience = 30 * time.Minute
	}
	if o.Batch <= 0 || o.Batch > BatchMost {
		o.Batch = 64
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	return o
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// survey is what the first reading of a list finds.
type survey struct {
	people []Row
	lines  []lineFate

	header, last int   // numbers of rows
	width        int   // columns
	widths       []int // of the columns, in characters
}

// lineFate is what is known of a line of a person before anybody is asked.
type lineFate struct {
	person int    // place among people, from 0
	reason string // why nobody can be asked about; "" = person
}

func (l lineFate) outcome(outcomes []Outcome) Outcome {
	if l.reason != "" {
		return Outcome{Verdict: Failed, Reason: l.reason}
	}
	return outcomes[l.person]
}

// surveyedRows is how many rows tell how wide columns are.
const surveyedRows = 500

func surveyOf(ctx context.Context, t *Table) (survey, error) {
	s := survey{header: t.layout.header}
	places := map[Row]int{}
	err := t.Each(func(l Line) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.last, s.width = l.Number, max(s.width, len(l.Cells))
		for len(s.widths) < s.width {
			s.widths = append(s.widths, 0)
		}
		if (l.Header || l.Person) && len(s.lines) < surveyedRows {
			for i, c := range l.Cells {
				s.widths[i] = max(s.widths[i], strings.Count(c.Text, "")-1)
			}
		}
		if !l.Person {
			return nil
		}
		fate := lineFate{reason: l.Reason}
		if l.Reason == "" {
			at, ok := places[l.Row]
			if !ok {
				at = len(s.people)
				places[l.Row] = at
				l.Row.N = at + 1
				s.people = append(s.people, l.Row)
			}
			fate.person = at
		}
		s.lines = append(s.lines, fate)
		return nil
	})
	if err == nil && len(s.lines) == 0 {
		err = badFile("Empty", "Không có dòng nào dưới dòng tiêu đề; hãy chọn tệp có danh sách.", "there is nobody below the header")
	}
	return s, err
}

// errChanged is the error of a list that says something else when it is read again.
func errChanged() error {
	return badFile("FileChanged", "Tệp đầu vào đã bị sửa trong khi đang kiểm tra; hãy chạy lại lệnh với tệp không đổi.", "the list was changed while it was checked")
}

// writeResult reads the list again, row by row, so that it need not fit into memory.
func writeResult(ctx context.Context, o RunOptions, s Summary, t *Table, found survey, outcomes []Outcome) error {
	err := replaceFile(o.Out, o.Overwrite, func(f *os.File, dir string) error {
		w, err := newResult(f, dir, o.Out, t, found)
		if err != nil {
			return err
		}
		next := 0
		err = t.Each(func(l Line) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			switch {
			case len(l.Cells) > found.width || l.Number > found.last:
				return errChanged()
			case l.Header:
				return w.row(l.Number, l.Cells, resultTitles(), "")
			case !l.Person:
				return w.row(l.Number, l.Cells, nil, "")
			case next == len(found.lines) || !found.same(next, l):
				return errChanged()
			}
			out := found.lines[next].outcome(outcomes)
			next++
			return w.row(l.Number, l.Cells, resultCells(out), out.Verdict)
		})
		if err == nil && next < len(found.lines) {
			err = errChanged()
		}
		if err != nil {
			return err
		}
		return w.end(s)
	})
	if err != nil {
		return fmt.Errorf("write the result: %w", stopped(ctx, err, len(found.people), len(found.people)))
	}
	return nil
}

// same reports whether the line is the one that was found at first.
func (s survey) same(i int, l Line) bool {
	fate := s.lines[i]
	if fate.reason != "" || l.Reason != "" {
		return fate.reason == l.Reason
	}
	was := s.people[fate.person]
	was.N = 0
	return was == l.Row
}

func newResult(f *os.File, dir, out string, t *Table, found survey) (resultWriter, error) {
	if strings.EqualFold(filepath.Ext(out), ".xlsx") {
		return newXLSXResult(f, dir, found)
	}
	delimiter := ','
	if in, ok := t.source.(*csvFile); ok {
		delimiter = in.delimiter
	}
	return newCSVResult(f, delimiter, found.width)
}

// stopped says how to go on when ctx has ended.
func stopped(ctx context.Context, err error, done, total int) error {
	if ctx.Err() == nil {
		return err
	}
	return &lgsp.Error{Kind: lgsp.Unavailable, Op: "clean.run", Code: "Stopped", Err: fmt.Errorf("stopped at %d of %d; run the same command again to go on: %w", done, total, ctx.Err()),
		Text: fmt.Sprintf("Đã dừng khi có kết quả của %d/%d người. Không kết quả nào bị mất: hãy chạy lại đúng lệnh này để làm tiếp.", done, total)}
}
