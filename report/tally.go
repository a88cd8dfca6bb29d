package report

import (
	"lgsp.internal/adapter/internal/vntime"
)

// tally is what is counted of one period, whether it was read from the counts
// or from the record itself. Its size depends on departments, services and days,
// not on how many exchanges there were.
type tally struct {
	period Period
	months []Period
	until  int64 // UTC ms; what is down still is down until then

	cells  map[monthKey]cell
	fields map[fieldKey]int64
	daily  map[dayNet]int64 // by how much the messages that wait grew in a day
	down   map[place]downtime

	now   map[account]balance // at the end of the record
	since map[account]balance // what came and went since the period began
}

// monthKey is a kind of event in one month of a period.
type monthKey struct {
	month int
	key
}

// dayNet is a department on a day.
type dayNet struct {
	day    vntime.Day
	sender string
}

// fieldKey is a field of a department's messages.
type fieldKey struct{ sender, service, field string }

func newTally(p Period, until int64) *tally {
	return &tally{period: p, months: p.Months(), until: until, cells: map[monthKey]cell{}, fields: map[fieldKey]int64{}, daily: map[dayNet]int64{},
		down: map[place]downtime{}, now: map[account]balance{}, since: map[account]balance{}}
}

// addCell adds what was counted of a kind of event in a month of the period.
func (t *tally) addCell(month int, k key, c cell) {
	sum := t.cells[monthKey{month, k}]
	sum.add(c)
	t.cells[monthKey{month, k}] = sum
}

// addFlow adds what came and went on a day of the period.
func (t *tally) addFlow(day vntime.Day, k key, n int64) {
	if a, b := k.effect(); b.waiting != 0 {
		t.daily[dayNet{day, a.sender}] += n * b.waiting
	}
}

// addSince adds what came and went since the period began.
func (t *tally) addSince(k key, n int64) { addTo(t.since, k, n) }

func addTo(balances map[account]balance, k key, n int64) {
	if a, b := k.effect(); b != (balance{}) {
		sum := balances[a]
		sum.add(b, n)
		balances[a] = sum
	}
}

// addOutage adds the part of an outage that lies in the period.
func (t *tally) addOutage(one outage) {
	d := t.down[one.place]
	d.add(one, millis(t.period.From.Begin()), min(millis(t.period.To.End()), t.until))
	if d.times > 0 {
		t.down[one.place] = d
	}
}

// before returns the balances when the period began.
func (t *tally) before() map[account]balance {
	all := map[account]balance{}
	for a, b := range t.now {
		b.add(t.since[a], -1)
		all[a] = b
	}
	for a, b := range t.since {
		if _, done := t.now[a]; !done {
			var none balance
			none.add(b, -1)
			all[a] = none
		}
	}
	return all
}

// empty reports whether nothing at all happened in the period.
func (t *tally) empty() bool { return len(t.cells) == 0 }
