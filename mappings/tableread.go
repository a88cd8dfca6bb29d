package mappings

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"lgsp.internal/adapter/internal/vntext"
)

// tableColumns are the columns of a code table. The first two must be there.
var tableColumns = [...]string{textColumn: "text", codeColumn: "code", fromColumn: "from", toColumn: "to", dividedColumn: "divided", noteColumn: "note"}

const (
	textColumn = iota
	codeColumn
	fromColumn
	toColumn
	dividedColumn
	noteColumn
)

// tableReader reads one code table by hand, so that every problem has its place.
type tableReader struct {
	reader
	text    []byte
	lines   []int32 // where each line begins; made when the first problem is reported
	csv     *csv.Reader
	columns [len(tableColumns)]int // where each stands; -1 = nowhere
	iso     layout
	whole   bool // no letter of the file is in pieces
	table   *table
	broken  map[string]bool // texts with a row that was reported, which are not compared with others
}

// readTable reads the CSV text of a code table (RFC 4180, UTF-8). The table is
// of use only when there are no problems.
func readTable(file string, text []byte) (*table, Problems) {
	tr := &tableReader{reader: reader{file: file}, table: &table{file: file}, broken: map[string]bool{}}
	tr.text = bytes.TrimPrefix(text, []byte("\ufeff"))
	tr.iso, _ = parseLayout("yyyy-MM-dd")
	if at := invalidUTF8(tr.text); at >= 0 {
		line := 1 + bytes.Count(tr.text[:at], []byte("\n"))
		tr.wrong(line, at-bytes.LastIndexByte(tr.text[:at], '\n'), "not UTF-8; save the file as CSV in UTF-8")
		return tr.table, tr.problems
	}
	tr.whole = surelyWhole(tr.text)
	tr.csv = csv.NewReader(bytes.NewReader(tr.text))
	tr.csv.FieldsPerRecord, tr.csv.ReuseRecord = -1, true
	if tr.header() {
		tr.table.rows = make([]tableRow, 0, min(maxRows, bytes.Count(tr.text, []byte("\n"))))
		tr.rows()
		tr.compareRows()
	}
	return tr.table, tr.problems
}

// invalidUTF8 returns where text stops being UTF-8, -1 if it does not.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	at := 0
	for {
		r, n := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && n <= 1 {
			return at
		}
		at += n
	}
}

// wrong reports a problem. The column is in bytes, as package csv has it.
func (tr *tableReader) wrong(line, col int, format string, args ...any) {
	if tr.lines == nil {
		tr.lines = []int32{0}
		for i, c := range tr.text {
			if c == '\n' {
				tr.lines = append(tr.lines, int32(i+1))
			}
		}
	}
	start := int(tr.lines[min(line, len(tr.lines))-1])
	end := min(start+col-1, len(tr.text))
	tr.report(pos{line, 1 + utf8.RuneCount(tr.text[start:end])}, format, args...)
}

// surelyWhole reports whether text is of ASCII, U+0080–U+02FF and U+1E80–U+1EFF,
// where Vietnamese letters are whole. text is UTF-8.
func surelyWhole(text []byte) bool {
	for i, c := range text {
		if c >= 0xCC && (c != 0xE1 || text[i+1]&0xFE != 0xBA) {
			return false
		}
	}
	return true
}

// next returns the next record, nil at the end. What is no record is reported.
func (tr *tableReader) next() []string {
	for {
		record, err := tr.csv.Read()
		if err == nil {
			return record
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		tr.notCSV(err)
	}
}

// notCSV reports why a record cannot be read.
func (tr *tableReader) notCSV(err error) {
	at, col := 1, 1
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		at, col, err = broken.Line, broken.Column, broken.Err
		if broken.StartLine < at { // a quote that does not end swallows all the lines below it
			at, col = broken.StartLine, 1
		}
	}
	tr.wrong(at, col, "not CSV: %v", err)
}

func (tr *tableReader) header() bool {
	for i := range tr.columns {
		tr.columns[i] = -1
	}
	names := tableColumns[:]
	record := tr.next()
	if record == nil {
		tr.wrong(1, 1, "empty; want a header, %s", strings.Join(names, ","))
		return false
	}
	if len(record) == 1 && strings.ContainsAny(record[0], ";\t") {
		tr.wrong(1, 1, "header: want commas between the columns, not semicolons or tabs")
		return false
	}
	before := len(tr.problems)
	for i, name := range record {
		known := false
		for c := range names {
			if name != names[c] {
				continue
			}
			if known = true; tr.columns[c] >= 0 {
				tr.wrongField(i, "header: %q is there twice", name)
			}
			tr.columns[c] = i
		}
		if !known {
			tr.wrongField(i, "header: unknown column %q%s", shortName(name), didYouMean(name, names))
		}
	}
	for c, name := range names[:2] {
		if tr.columns[c] < 0 {
			tr.wrong(1, 1, "header: the column %s is missing", name)
		}
	}
	return len(tr.problems) == before
}

// wrongField reports a problem of one field of the record just read.
func (tr *tableReader) wrongField(field int, format string, args ...any) {
	line, col := tr.csv.FieldPos(field)
	tr.wrong(line, col, format, args...)
}

func (tr *tableReader) rows() {
	width := 0
	for _, at := range tr.columns {
		if at >= 0 {
			width++
		}
	}
	for record := tr.next(); record != nil; record = tr.next() {
		if len(tr.table.rows) == maxRows {
			tr.wrongField(0, "more than %d rows", maxRows)
			return
		}
		if len(record) != width {
			tr.wrongField(min(len(record)-1, width), "%s, where the header has %d", count(len(record), "field"), width)
			continue
		}
		tr.row(record)
	}
	if len(tr.table.rows) == 0 && len(tr.problems) == 0 {
		tr.wrong(1, 1, "no rows; want at least one below the header")
	}
}

// row reads one record as wide as the header.
func (tr *tableReader) row(record []string) {
	before := len(tr.problems)
	line, col := tr.csv.FieldPos(tr.columns[textColumn])
	r := tableRow{from: firstDay, to: lastDay, line: int32(line), col: int32(col)}
	r.text = tr.plain(record, textColumn, true)
	if !tr.whole {
		r.text = vntext.NFC(r.text)
	}
	r.code = tr.plain(record, codeColumn, true)
	r.note = tr.plain(record, noteColumn, false)
	if from, ok := tr.day(record, fromColumn); ok {
		r.from = from
	}
	if to, ok := tr.day(record, toColumn); ok {
		if r.to = to; to < r.from {
			tr.wrongField(tr.columns[toColumn], "to: is before from")
		}
	}
	if at := tr.columns[dividedColumn]; at >= 0 && record[at] != "" {
		if r.divided = record[at] == "yes"; !r.divided {
			tr.wrongField(at, "divided: want yes or nothing")
		}
	}
	tr.table.rows = append(tr.table.rows, r)
	if len(tr.problems) > before {
		tr.broken[r.text] = true
	}
}

// plain reads a field that is written or shown as it is.
func (tr *tableReader) plain(record []string, column int, filled bool) string {
	at := tr.columns[column]
	if at < 0 {
		return ""
	}
	s, name := record[at], tableColumns[column]
	switch {
	case s == "" && filled:
		tr.wrongField(at, "%s: is empty", name)
	case strings.TrimSpace(s) != s:
		tr.wrongField(at, "%s: has spaces at its ends", name)
	case len(s) > maxTableText && utf8.RuneCountInString(s) > maxTableText:
		tr.wrongField(at, "%s: more than %d characters", name, maxTableText)
	case !writable(s):
		tr.wrongField(at, "%s: holds a line break or another control character", name)
	}
	return s
}

// writable reports whether s can be written into every form of a document: it
// has no control characters, U+FFFE or U+FFFF. s is UTF-8.
func writable(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == 0x7F:
			return false
		case c == 0xC2 && s[i+1] < 0xA0, c == 0xEF && s[i+1] == 0xBF && s[i+2] >= 0xBE:
			return false
		}
	}
	return true
}

func (tr *tableReader) day(record []string, column int) (day, bool) {
	at := tr.columns[column]
	if at < 0 || record[at] == "" {
		return 0, false
	}
	d, ok := tr.iso.read(record[at])
	if !ok {
		tr.wrongField(at, "%s: want a day of the calendar as yyyy-MM-dd, or nothing", tableColumns[column])
	}
	return dayOf(d.year, d.month, d.day), ok
}

// compareRows reports rows of one text that do not go together.
func (tr *tableReader) compareRows() {
	t := tr.table
	x := t.index(compareExact)
	for g := range x.groups {
		rows := x.rows(int32(g))
		switch first := &t.rows[rows[0]]; {
		case tr.broken[first.text]:
		case len(rows) > maxSameText:
			tr.wrongRow(&t.rows[rows[maxSameText]], "text: more than %d rows of one text", maxSameText)
		case len(rows) > 1 || first.divided:
			tr.compareGroup(rows)
		}
	}
}

// compareGroup reports what is wrong between the rows of one text.
func (tr *tableReader) compareGroup(rows []int32) {
	for i, a := range rows {
		r, shared := &tr.table.rows[a], false
		for j, b := range rows {
			o := &tr.table.rows[b]
			shared = shared || r.code != o.code && r.overlaps(o)
			if j < i && tr.contradicts(r, o) {
				shared = true
				break
			}
		}
		if r.divided && !shared {
			tr.wrongRow(r, "divided: no other row of this text is valid on the same days, divided, with another code")
		}
	}
}

// contradicts reports what keeps r from standing below o.
func (tr *tableReader) contradicts(r, o *tableRow) bool {
	switch {
	case !r.overlaps(o):
		return false
	case r.code == o.code:
		tr.wrongRow(r, "text: is listed in line %d with the same code for the same days", o.line)
	case r.disputes(o):
		tr.wrongRow(r, "text: is listed in line %d with another code for the same days; end one of them with to, or mark both as divided", o.line)
	default:
		return false
	}
	return true
}

func (tr *tableReader) wrongRow(r *tableRow, format string, args ...any) {
	tr.wrong(int(r.line), int(r.col), format, args...)
}

// count writes a number of things, "4 fields".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
