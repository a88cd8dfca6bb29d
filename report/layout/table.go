package layout

import (
	"time"

	"lgsp.internal/adapter/internal/vntime"
)

// table is one table of figures. Spreadsheet, CSV and appendices are made of
// the same tables, so that they cannot differ.
type table struct {
	key     string // stable name in the CSV
	sheet   string // name of the sheet, at most 31 characters
	title   string
	note    string // below the table
	columns []column
	rows    []row
	total   []cell // nil = sums would say nothing
	summed  bool   // of sums of other tables: left out of the CSV
}

// column is a column of a table. One without a key says what its row is about.
type column struct {
	key     string // stable name of the figure in the CSV
	title   string // differs from the others of the table
	unit    string // of the CSV
	form    form
	width   int  // in characters
	total   rule // how the sum at the foot is made
	derived bool // computed from other columns: left out of the CSV
}

// form is what a cell holds and how it is shown.
type form uint8

const (
	text      form = iota
	count          // n
	inSeconds      // n ms, shown in seconds
	inHours        // n ms, shown in hours
	average        // n ms of of, shown in seconds
	share          // n of of
	date           // n, a vntime.Day
	instant        // n, ms since 1970
)

// rule says how a column is summed up.
type rule uint8

const (
	unsummed rule = iota
	summed
	largest
)

// cell is one value. Of a share and an average, n is divided by of.
type cell struct {
	text  string
	n, of int64
	blank bool // there is no value
}

// place says what a row is about.
type place struct {
	department, system, service, other string
}

// row is one row of a table. Its item comes before the key of the column in the
// CSV, where the rows of a table are different figures.
type row struct {
	place
	item    string
	title   string // of the item
	unit    string
	form    form // of the values, where the row has an item
	derived bool // computed from other rows: left out of the CSV
	cells   []cell
}

// formOf returns the form of a cell: in a table of items it is the row's.
func (t table) formOf(r row, i int) form {
	if r.item != "" && t.columns[i].form == count {
		return r.form
	}
	return t.columns[i].form
}

func textCell(s string) cell    { return cell{text: s, blank: s == ""} }
func number(n int64) cell       { return cell{n: n} }
func ratio(n, of int64) cell    { return cell{n: n, of: of, blank: of == 0} }
func dayCell(d vntime.Day) cell { return cell{n: int64(d)} }

func instantCell(t time.Time) cell { return cell{n: t.UnixMilli(), blank: t.IsZero()} }

// field is a column of a table of T, and how its cells are found.
type field[T any] struct {
	column
	of func(T) cell
}

// fill adds a row for every item and, where columns have a rule, their sums.
func fill[T any](t table, items []T, about func(T) place, fields ...field[T]) table {
	for _, f := range fields {
		t.columns = append(t.columns, f.column)
	}
	for _, item := range items {
		r := row{place: about(item), cells: make([]cell, len(fields))}
		for i, f := range fields {
			r.cells[i] = f.of(item)
		}
		t.rows = append(t.rows, r)
	}
	t.sum()
	return t
}

// sum makes the row at the foot, if any column has a rule and there is more
// than nothing to sum up.
func (t *table) sum() {
	sums, any := make([]cell, len(t.columns)), false
	for i, c := range t.columns {
		if c.total == unsummed {
			sums[i].blank = true
			continue
		}
		any = true
		for _, r := range t.rows {
			sums[i] = c.total.add(sums[i], r.cells[i])
		}
		sums[i].blank = (c.form == share || c.form == average) && sums[i].of == 0
	}
	if any && len(t.rows) > 0 {
		sums[0] = cell{text: "Tổng cộng"}
		t.total = sums
	}
}

func (r rule) add(sum, c cell) cell {
	switch {
	case c.blank:
	case r == largest:
		sum.n = max(sum.n, c.n)
	default:
		sum.n += c.n
		sum.of += c.of
	}
	return sum
}

// cell returns a text as people read it in a document.
func (c cell) show(f form) string {
	if c.blank {
		return "–"
	}
	switch f {
	case text:
		return c.text
	case count:
		return grouped(c.n)
	case inSeconds:
		return decimal(float64(c.n)/float64(second), 2)
	case average:
		return decimal(float64(c.n)/float64(c.of)/float64(second), 2)
	case inHours:
		return decimal(float64(c.n)/float64(hour), 2)
	case share:
		return percent(c.n, c.of)
	case date:
		return vntime.Day(c.n).Short()
	case instant:
		return time.UnixMilli(c.n).In(vntime.Zone).Format("2/1/2006 15:04")
	}
	return ""
}

// The columns that tables share.

func words[T any](title string, width int, of func(T) string) field[T] {
	return field[T]{column{title: title, width: width}, func(x T) cell { return textCell(of(x)) }}
}

func counts[T any](key, title, unit string, of func(T) int64) field[T] {
	return field[T]{column{key: key, title: title, unit: unit, form: count, width: 11, total: summed}, func(x T) cell { return number(of(x)) }}
}

func times[T any](key, title string, f form, r rule, of func(T) int64) field[T] {
	return field[T]{column{key: key, title: title, unit: "ms", form: f, width: 14, total: r}, func(x T) cell { return number(of(x)) }}
}

func ratios[T any](title string, f form, of func(T) (n, of int64)) field[T] {
	return field[T]{column{title: title, form: f, width: 12, total: summed, derived: true}, func(x T) cell { return ratio(of(x)) }}
}
