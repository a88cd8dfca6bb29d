package dictionary

import (
	"strconv"
	"strings"
	"unicode"
)

// page is a dictionary in the order in which it is read, before it is written in
// any form.
type page struct {
	Language string // "vi", "en"
	Kind     string // what the page is
	Title    string
	Service  string
	Contents string // the name of the table of contents
	Sections []section
}

// section is a part of the page with its heading.
type section struct {
	ID     string
	Title  string
	Notes  []line
	Tables []table
	After  []line
}

// table is a table with its heading row.
type table struct {
	ID      string
	Caption string
	Columns []column
	Rows    []row
	Name    int  // the column that names a row
	Narrow  bool // it may stand beside others
}

type column struct {
	Title string
	Width int // of the page, in hundredths
}

type row struct {
	ID    string // "" = none
	Depth int    // 0 = at the top
	Group bool   // it holds other rows
	Cells []cell
}

// cell is some lines, line some runs of text.
type (
	cell []line
	line []run
)

// run is a piece of text that is written alike.
type run struct {
	Text string
	Code bool   // text of a machine: a path, a code, a pattern
	To   string // the ID that it leads to; "" = it is no link
}

// Parts is the text of a run in the pieces between which a line may break.
func (r run) Parts() []string {
	if !r.Code || !strings.HasPrefix(r.Text, "/") {
		return []string{r.Text}
	}
	return strings.SplitAfter(r.Text, "/")
}

// Indent is how far the name of a nested row stands to the right.
func (r row) Indent() int { return min(r.Depth, 8) }

// clean takes out what no page can hold or what would turn its reading order.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r == '\t' || r == '\u00ad':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufffe', r == '\uffff', r == '\ufeff':
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// text is one line of plain text.
func text(s string) line { return line{{Text: clean(s)}} }

// lines are the lines of a text that an author wrote.
func lines(s string) cell {
	var c cell
	for one := range strings.SplitSeq(strings.TrimSpace(clean(s)), "\n") {
		if one = strings.TrimSpace(one); one != "" {
			c = append(c, line{{Text: one}})
		}
	}
	return c
}

func code(s string) []run { return []run{{Text: clean(s), Code: true}} }

// codes are texts of machines with a comma between them.
func codes(all []string) []run {
	var runs []run
	for i, s := range all {
		if i > 0 {
			runs = append(runs, run{Text: ", "})
		}
		runs = append(runs, code(s)...)
	}
	return runs
}

func number(n int) []run { return []run{{Text: strconv.Itoa(n)}} }

// tongue says things in one language.
type tongue Language

// t is a text in the language of the page.
func (l tongue) t(vi, en string) string {
	if Language(l) == English {
		return en
	}
	return vi
}

// say is a line in the language of the page, with runs in the place of each {}.
func (l tongue) say(vi, en string, inside ...[]run) line {
	var out line
	for i, part := range strings.Split(l.t(vi, en), "{}") {
		if i > 0 {
			out = append(out, inside[i-1]...)
		}
		if part != "" {
			out = append(out, run{Text: part})
		}
	}
	return out
}
