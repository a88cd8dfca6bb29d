package mappings

import (
	"slices"
	"strconv"
	"strings"
)

// Limits of code tables that are files. They bound the time and the memory of
// loading, and what a report may hold.
const (
	maxTable     = 4 << 20 // bytes of one file
	maxTables    = 64      // files of one Load
	maxRows      = 50_000  // of one file
	maxSameText  = 100     // rows of one text, as they are compared
	maxTableText = 200     // characters of a text, a code or a note
	shownCodes   = 8       // texts or codes that a report lists
)

// day is a day of the calendar: 20250701 is 01/07/2025.
type day int32

// The days that an empty from and an empty to stand for.
const (
	firstDay day = 0
	lastDay  day = 9999_12_31
)

func dayOf(year, month, dayOfMonth int) day { return day(year*1_00_00 + month*1_00 + dayOfMonth) }

// String returns the day as people write it in Vietnam, 01/07/2025.
func (d day) String() string {
	two := func(n day) string { return strconv.Itoa(int(n/10)) + strconv.Itoa(int(n%10)) }
	return two(d%1_00) + "/" + two(d/1_00%1_00) + "/" + strconv.Itoa(int(d/1_00_00))
}

// table is a code table that was read from a file. Once loading is over it does
// not change, and the mappings that use it share it.
type table struct {
	file    string
	faulty  bool // was reported, and is of no use
	rows    []tableRow
	indexes [compareLoose + 1]*tableIndex
	written map[string]bool       // every code, for lint
	misfits map[kind]*tableMisfit // by the types that were asked for
}

type tableRow struct {
	text, code, note string
	from, to         day // inclusive
	divided          bool
	line, col        int32 // of the text; the column in bytes
}

func (r *tableRow) on(d day) bool { return r.from <= d && d <= r.to }

// overlaps reports whether both rows are valid on some day.
func (r *tableRow) overlaps(o *tableRow) bool { return r.from <= o.to && o.from <= r.to }

// tableIndex finds the rows of a text as one comparison has it.
type tableIndex struct {
	compare comparison
	exact   map[string]int32 // texts as they are written, to groups
	folded  map[string]int32 // as fold leaves them; nil when compare is exact
	groups  []span           // the rows of one text each, in the order of the file
	order   []int32          // the rows of the table by groups

	// What keeps rules from using the index: a text with more rows than
	// maxSameText, or two texts that are one as they are compared and differ in
	// their codes on some day. nil = nothing.
	tooMany       *tableRow
	first, second *tableRow
}

// span is a part of tableIndex.order.
type span struct{ first, end int32 }

// index returns the index for a comparison. It is made once.
func (t *table) index(c comparison) *tableIndex {
	if t.indexes[c] == nil {
		t.indexes[c] = t.newIndex(c)
	}
	return t.indexes[c]
}

func (t *table) newIndex(c comparison) *tableIndex {
	x := &tableIndex{compare: c, exact: make(map[string]int32, len(t.rows)), order: make([]int32, len(t.rows))}
	if c != compareExact {
		x.folded = make(map[string]int32, len(t.rows))
	}
	of := make([]int32, len(t.rows)) // the group of each row
	var key []byte
	for i := range t.rows {
		r := &t.rows[i]
		if of[i], key = x.group(r.text, key); x.groups[of[i]].end > maxSameText && x.tooMany == nil {
			x.tooMany = r
		}
	}
	at := int32(0)
	for g, s := range x.groups { // whose end is the number of its rows until now
		x.groups[g] = span{at, at}
		at += s.end
	}
	for i, g := range of {
		x.order[x.groups[g].end] = int32(i)
		x.groups[g].end++
	}
	if c != compareExact && x.tooMany == nil {
		x.clash(t)
	}
	return x
}

// group counts a row into the group of its text.
func (x *tableIndex) group(text string, scratch []byte) (int32, []byte) {
	g, known := x.exact[text]
	if !known && x.folded != nil {
		scratch = fold(scratch[:0], text, x.compare)
		if g, known = x.folded[string(scratch)]; !known {
			x.folded[string(scratch)] = int32(len(x.groups))
		}
	}
	if !known {
		g = int32(len(x.groups))
		x.groups = append(x.groups, span{})
	}
	x.exact[text] = g
	x.groups[g].end++
	return g, scratch
}

// find returns the rows of a text, none if it is not in the table. scratch is used
// for comparing.
func (x *tableIndex) find(s string, scratch []byte) ([]int32, []byte) {
	g, ok := x.exact[s]
	if !ok && x.folded != nil {
		scratch = fold(scratch[:0], s, x.compare)
		g, ok = x.folded[string(scratch)]
	}
	if !ok {
		return nil, scratch
	}
	return x.rows(g), scratch
}

func (x *tableIndex) rows(group int32) []int32 {
	s := x.groups[group]
	return x.order[s.first:s.end]
}

// validity is what a table says of a text on a day.
type validity struct {
	code       string
	found      bool
	divided    bool
	until, due day // the last day before and the first day after, when it is not valid; lastDay and firstDay if there is none
}

// on looks up what the rows say on a day.
func (t *table) on(rows []int32, d day) validity {
	v := validity{until: firstDay, due: lastDay}
	for _, i := range rows {
		r := &t.rows[i]
		switch {
		case r.on(d):
			v.divided = v.divided || r.divided
			if !v.found {
				v.code, v.found = r.code, true
			}
		case r.to < d:
			v.until = max(v.until, r.to)
		default:
			v.due = min(v.due, r.from)
		}
	}
	return v
}

// candidates lists the codes that the rows have on a day, with their notes, the
// first few of many.
func (t *table) candidates(rows []int32, d day) string {
	var shown, codes []string
	for _, i := range rows {
		r := &t.rows[i]
		if !r.on(d) || slices.Contains(codes, r.code) {
			continue
		}
		if len(shown) == shownCodes {
			shown = append(shown, "…")
			break
		}
		one := r.code
		if r.note != "" {
			one += " (" + shortName(r.note) + ")"
		}
		codes, shown = append(codes, r.code), append(shown, one)
	}
	return strings.Join(shown, " | ")
}

// want lists the texts that have a code on a day, the first few of many; if none
// has, those of any day. One that was divided has none.
func (t *table) want(d day) string {
	var shown []string
	for pass := 0; pass < 2 && len(shown) == 0; pass++ {
		for i := range t.rows {
			r := &t.rows[i]
			if r.divided || pass == 0 && !r.on(d) || slices.Contains(shown, r.text) {
				continue
			}
			if len(shown) == shownCodes {
				shown = append(shown, "…")
				break
			}
			shown = append(shown, r.text)
		}
	}
	return strings.Join(shown, " | ")
}

// writes reports whether code is one of those that the table writes.
func (t *table) writes(code string) bool {
	if t.written == nil {
		t.written = make(map[string]bool, len(t.rows))
		for i := range t.rows {
			t.written[t.rows[i].code] = true
		}
	}
	return t.written[code]
}

// tableMisfit is the rows whose codes are not of a type.
type tableMisfit struct {
	first *tableRow
	count int
}

// misfit returns the rows whose codes are not of the rule's type, nil if all are.
func (t *table) misfit(r *rule) *tableMisfit {
	m, known := t.misfits[r.kind]
	if known {
		return m
	}
	for i := range t.rows {
		if r.fitsKind(t.rows[i].code) {
			continue
		}
		if m == nil {
			m = &tableMisfit{first: &t.rows[i]}
		}
		m.count++
	}
	if t.misfits == nil {
		t.misfits = map[kind]*tableMisfit{}
	}
	t.misfits[r.kind] = m
	return m
}

// clash looks for two rows of one text as it is compared that are valid on the
// same days with different codes, and are not both marked as divided.
func (x *tableIndex) clash(t *table) {
	for g := range x.groups {
		rows := x.rows(int32(g))
		for i, a := range rows {
			for _, b := range rows[:i] {
				if r, o := &t.rows[a], &t.rows[b]; r.disputes(o) {
					x.first, x.second = o, r
					return
				}
			}
		}
	}
}

// disputes reports whether two rows of one text give different codes for some
// day without saying that the text was divided.
func (r *tableRow) disputes(o *tableRow) bool {
	return r.code != o.code && r.overlaps(o) && (!r.divided || !o.divided)
}
