package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
)

// Verdict is what Verify found.
type Verdict struct {
	Entries     int64           // that were read
	Took        time.Duration   // reading and counting them
	Differences []Difference    // numbers that are not what the record says; at most mostDifferences
	Problems    []audit.Problem // places where the record is not what was written
	Before      bool            // the previous period's numbers were recomputed too
}

// Holds reports whether every number was found again in a record that is whole.
func (v Verdict) Holds() bool { return len(v.Differences) == 0 && len(v.Problems) == 0 }

// Difference is one number of a report that the record does not confirm.
type Difference struct {
	Where  string // "messages/H29.11/hotich.khai-sinh/received"
	Report string
	Record string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s: the report says %s, the record %s", d.Where, orNothing(d.Report), orNothing(d.Record))
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

const mostDifferences = 50

// ErrPruned is returned by Verify for a report whose entries are no longer kept.
var ErrPruned = errors.New("entries of the report's period are no longer on record, which is kept for two years; its numbers cannot be recomputed")

// Verify makes every number of a report again from the record itself, up to the
// end that the report rests on, and checks the record on its way. It reads
// entries one after the other; its memory depends on departments, services and
// days, not on the number of entries. others are the figures of other daemons
// that the report holds, in the order of its nodes.
func (c *Counts) Verify(ctx context.Context, record *audit.Log, r Report, others ...Report) (Verdict, error) {
	began := time.Now()
	if len(r.Nodes) == 0 {
		return Verdict{}, errors.New("the report does not say which record it rests on")
	}
	head, err := r.Nodes[0].Head()
	if err != nil {
		return Verdict{}, err
	}
	left, err := c.readLeft(ctx)
	if err != nil {
		return Verdict{}, err
	}
	if left.anchor.Seq > 0 && head.Seq <= left.anchor.Seq {
		return Verdict{}, ErrPruned
	}
	rec := newRecount(r, left.balances)
	v, err := rec.read(ctx, record, head, &left)
	if err != nil {
		return v, fmt.Errorf("verify %s: %w", r.Period, err)
	}
	if again, err := c.readLeft(ctx); err != nil || !left.same(again) {
		return v, errors.Join(err, audit.ErrPruned)
	}
	if left.anchor.Seq > 0 && rec.first.After(r.From.Begin()) {
		return v, ErrPruned
	}
	v.Before = left.anchor.Seq == 0 || !rec.first.After(r.Period.Previous().From.Begin())
	v.Differences, err = rec.compare(r, others, v.Before)
	v.Took = time.Since(began)
	return v, err
}

// read counts the record up to head, and reads on behind it while it is not known
// what removed entries left behind.
func (rec *recount) read(ctx context.Context, record *audit.Log, head audit.Head, left *left) (v Verdict, err error) {
	var reading audit.Reading
	if head.Seq > 0 {
		if reading, err = record.Read(ctx, audit.Range{Last: head.Seq}, func(e *audit.Entry) error {
			left.take(e)
			return rec.add(e)
		}); err != nil {
			return v, err
		}
	}
	v.Entries, v.Problems = reading.Entries, reading.Problems
	if reading.Head != head && len(v.Problems) == 0 {
		v.Problems = append(v.Problems, audit.Problem{Seq: head.Seq, Text: "is not the one that the report rests on: the record was rewritten or cut off"})
	}
	if left.anchor.Seq > 0 && left.said == "" {
		reading, err = record.Read(ctx, audit.Range{First: head.Seq + 1}, func(e *audit.Entry) error {
			left.take(e)
			return nil
		})
		if err != nil {
			return v, err
		}
		v.Entries, v.Problems = v.Entries+reading.Entries, append(v.Problems, reading.Problems...)
	}
	v.Problems = append(v.Problems, left.problem()...)
	return v, nil
}

// recount counts the record once more, for one report and the period before it.
// It adds up the entries of a day before it looks at what they belong to.
type recount struct {
	of, before *tally
	down       outages
	first      time.Time // when the first entry was written
	last       int64     // when the one before was, UTC ms

	ids   map[key]int // of kinds of events, in keys and cells
	keys  []key
	cells []cell // of the day
	day   vntime.Day
}

func newRecount(r Report, carried map[account]balance) *recount {
	rec := &recount{of: newTally(r.Period, millis(r.At)), before: newTally(r.Period.Previous(), millis(r.At)), ids: map[key]int{}}
	rec.of.now, rec.before.now = maps.Clone(carried), maps.Clone(carried)
	return rec
}

// add counts an entry, whose texts are those of a buffer.
func (rec *recount) add(e *audit.Entry) error {
	if rec.first.IsZero() {
		rec.first = e.At
	}
	if t, is := turnOf(e, rec.last); is {
		t.place = place{strings.Clone(t.place.upstream), strings.Clone(t.place.line)}
		if err := rec.down.note(t, rec.ended); err != nil {
			return err
		}
	}
	rec.last = millis(e.At)
	k, c, counts := countOf(e)
	if !counts {
		return nil
	}
	if day := vntime.DayOf(e.At); day != rec.day {
		rec.endDay()
		rec.day = day
	}
	id, known := rec.ids[k]
	if !known {
		k, id = k.clone(), len(rec.keys)
		rec.ids[k] = id
		rec.keys, rec.cells = append(rec.keys, k), append(rec.cells, cell{})
	}
	rec.cells[id].add(c)
	wrongFields(e, func(field string) { rec.addField(rec.keys[id], field) })
	return nil
}

func (rec *recount) addField(k key, field string) {
	for _, t := range [...]*tally{rec.of, rec.before} {
		if !t.period.Has(rec.day) {
			continue
		}
		at := fieldKey{k.sender, k.service, field}
		if _, known := t.fields[at]; !known {
			at.field = strings.Clone(field)
		}
		t.fields[at]++
	}
}

// endDay adds what was counted of a day to what it belongs to. A clock that goes
// back has a day end more than once.
func (rec *recount) endDay() {
	for id, c := range rec.cells {
		if c.n == 0 {
			continue
		}
		for _, t := range [...]*tally{rec.of, rec.before} {
			t.addDay(rec.day, rec.keys[id], c)
		}
		rec.cells[id] = cell{}
	}
}

// addDay adds what was counted of a kind of event on a day.
func (t *tally) addDay(day vntime.Day, k key, c cell) {
	addTo(t.now, k, c.n)
	if day >= t.period.From {
		t.addSince(k, c.n)
	}
	if t.period.Has(day) {
		t.addCell(t.monthOf(day), k, c)
		t.addFlow(day, k, c.n)
	}
}

// ended adds an outage that has ended; what is open is added in the end.
func (rec *recount) ended(one *outage) error {
	if !one.open {
		rec.of.addOutage(*one)
		rec.before.addOutage(*one)
	}
	return nil
}

// monthOf returns which of the period's months a day of it lies in.
func (t *tally) monthOf(d vntime.Day) int {
	i, _ := slices.BinarySearchFunc(t.months, d, func(m Period, d vntime.Day) int { return int(m.To - d) })
	return i
}

// compare puts the report together anew and lists every number that differs.
func (rec *recount) compare(r Report, others []Report, before bool) ([]Difference, error) {
	rec.endDay()
	for _, one := range rec.down.open {
		rec.of.addOutage(one)
		rec.before.addOutage(one)
	}
	o := Order{Period: r.Period, Scope: r.Scope, At: r.At, House: House{Province: r.Province, Node: r.Nodes[0].Name, Departments: r.Departments, Services: r.Services, Groups: groupsOf(r.Groups)}}
	node := r.Nodes[0]
	if rec.last > 0 {
		node.At = time.UnixMilli(rec.last).UTC()
	}
	again, err := Merge(o.report(node, rec.of, rec.before), others...)
	if err != nil {
		return nil, err
	}
	again.Systems, again.Services = r.Systems, r.Services // of the configuration
	if !before {
		again.Before = r.Before
	}
	return differences(r, again)
}

// differences compares two reports number by number.
func differences(report, record Report) ([]Difference, error) {
	a, err := numbersOf(report)
	if err != nil {
		return nil, err
	}
	b, err := numbersOf(record)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(a)
	maps.Copy(all, b)
	var found []Difference
	for _, where := range slices.Sorted(maps.Keys(all)) {
		if a[where] != b[where] && len(found) < mostDifferences {
			found = append(found, Difference{Where: where, Report: a[where], Record: b[where]})
		}
	}
	return found, nil
}

// numbersOf returns every value of a report by its path.
func numbersOf(r Report) (map[string]string, error) {
	tree, err := treeOf(r)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	return all, eachValue("", tree, func(path string, v any) error {
		all[path] = fmt.Sprint(v)
		return nil
	})
}

// treeOf returns a report as its JSON has it.
func treeOf(r Report) (tree any, err error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&tree)
	return tree, err
}

// eachValue calls each for the texts and numbers in v, with their paths, of which
// there are no two the same.
func eachValue(path string, v any, each func(path string, v any) error) error {
	switch v := v.(type) {
	case map[string]any:
		for name, one := range v {
			if err := eachValue(join(path, name), one, each); err != nil {
				return err
			}
		}
	case []any:
		times := map[string]int{}
		for i, one := range v {
			place := placeOf(one, i)
			if times[place]++; times[place] > 1 {
				place += fmt.Sprintf("#%d", times[place]) // a line that stands there again hides none
			}
			if err := eachValue(join(path, place), one, each); err != nil {
				return err
			}
		}
	case nil:
	default:
		return each(path, v)
	}
	return nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

// placeOf names an item of a list by what tells it from the others.
func placeOf(v any, i int) string {
	line, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprint(i + 1)
	}
	var parts []string
	for _, name := range [...]string{"node", "department", "system", "service", "field", "event", "code", "upstream", "line", "title", "from"} {
		if s, ok := line[name].(string); ok && s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return fmt.Sprint(i + 1)
	}
	return strings.Join(parts, "/")
}
