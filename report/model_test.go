package report_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

// life is a message as somebody would remember who had watched it.
type life struct {
	sender, service string
	state           string
	steps           []step
}

type step struct {
	at    time.Time
	event audit.Event
	left  string // the state that it left
}

// world lives messages, look-ups and notices at random, puts them on record and
// remembers each.
type world struct {
	*bench
	dice    *rand.Rand
	lives   []*life
	lookUps []audit.Entry
	notices []*life
	fields  map[[4]string]int // day, sender, service, field
}

func (w *world) pick(of ...string) string { return of[w.dice.IntN(len(of))] }

func (w *world) step(l *life, event audit.Event, to string) {
	e := audit.Entry{Event: event, Message: "m", Sender: l.sender, Service: l.service, Upstream: "hotich", Attempt: 1}
	if l.state != "" {
		e.From = l.state
	}
	if event == audit.Delivered {
		e.Waited = w.now.Sub(l.steps[0].at).Milliseconds()
	}
	if event == audit.Rejected {
		e.Fields = w.pick("Tre/HoTen", "Tre/NgaySinh", "Tre/HoTen Me/HoTen")
		for _, f := range map[string][]string{"Tre/HoTen": {"Tre/HoTen"}, "Tre/NgaySinh": {"Tre/NgaySinh"}, "Tre/HoTen Me/HoTen": {"Tre/HoTen", "Me/HoTen"}}[e.Fields] {
			w.fields[[4]string{vntime.DayOf(w.now).String(), l.sender, l.service, f}]++
		}
	}
	l.steps = append(l.steps, step{w.now, event, l.state})
	l.state = to
	w.add(e)
}

// act does one thing at random.
func (w *world) act() {
	if w.dice.IntN(10) < 3 || len(w.lives) == 0 {
		l := &life{sender: w.pick("H29.11", "H29.12", "H29.26"), service: w.pick("hotich.khai-sinh", "hotich.khai-tu")}
		w.lives = append(w.lives, l)
		if w.dice.IntN(5) == 0 {
			w.step(l, audit.Rejected, "rejected")
		} else {
			w.step(l, audit.Accepted, "queued")
		}
		return
	}
	switch l := w.lives[w.dice.IntN(len(w.lives))]; l.state {
	case "queued":
		switch w.dice.IntN(8) {
		case 0:
			w.step(l, audit.Parked, "parked")
		case 1:
			w.step(l, audit.Dropped, "dropped")
		case 2:
			w.step(l, audit.Retried, "queued")
		case 3:
			w.step(l, audit.Leased, "queued")
		default:
			w.step(l, audit.Delivered, "delivered")
		}
	case "parked":
		if w.dice.IntN(2) == 0 {
			w.step(l, audit.Replayed, "queued")
		} else {
			w.step(l, audit.Dropped, "dropped")
		}
	case "rejected":
		switch w.dice.IntN(3) {
		case 0:
			w.step(l, audit.Replayed, "queued")
		case 1:
			w.step(l, audit.Superseded, "superseded")
		default:
			w.step(l, audit.Dropped, "dropped")
		}
	}
}

func (w *world) ask() {
	e := audit.Entry{At: w.now, Event: audit.Asked, Message: "q", Sender: w.pick("H29.11", "H29.26"), System: w.pick("mot-cua", "hotich"), Service: w.pick("dancu.tra-cuu", "dancu.xac-thuc"),
		Result: audit.Result(w.pick("found", "not-found", "error"))}
	e.Attempt, e.Took = 1, w.dice.Int64N(12_000)
	if w.dice.IntN(6) == 0 {
		e.Result, e.Code, e.Attempt = audit.Refused, w.pick("NotApproved", "Quota"), 0
	}
	w.lookUps = append(w.lookUps, e)
	w.add(e)
}

func (w *world) notice() {
	if len(w.notices) == 0 || w.dice.IntN(2) == 0 {
		n := &life{sender: w.pick("H29.11", "H29.12"), state: "open", steps: []step{{at: w.now}}}
		w.notices = append(w.notices, n)
		w.add(audit.Entry{Event: audit.NoticeOpened, Sender: n.sender, Notice: "1/2026"})
		return
	}
	if n := w.notices[w.dice.IntN(len(w.notices))]; n.state == "open" {
		n.state = "closed"
		n.steps = append(n.steps, step{at: w.now})
		w.add(audit.Entry{Event: audit.NoticeClosed, Sender: n.sender, Notice: "1/2026"})
	}
}

// newWorld lives two years and a half.
func newWorld(t *testing.T, seed uint64) *world {
	w := &world{bench: newBench(t), dice: rand.New(rand.NewPCG(seed, 1)), fields: map[[4]string]int{}}
	w.now = time.Date(2024, 12, 1, 0, 0, 0, 0, vntime.Zone)
	for w.now.Before(time.Date(2027, 6, 1, 0, 0, 0, 0, vntime.Zone)) {
		w.now = w.now.Add(time.Duration(w.dice.Int64N(int64(60 * time.Hour)))).Truncate(time.Millisecond)
		for range 1 + w.dice.IntN(4) {
			w.act()
		}
		if w.dice.IntN(2) == 0 {
			w.ask()
		}
		if w.dice.IntN(10) == 0 {
			w.notice()
		}
	}
	return w
}

// messages counts from what was remembered of each message.
func (w *world) messages(p report.Period, is func(*life) bool) (m report.Messages) {
	begin, end := p.From.Begin(), p.To.End()
	for _, l := range w.lives {
		if !is(l) {
			continue
		}
		before, after := w.stateAt(l, begin), w.stateAt(l, end)
		if before == "queued" || before == "parked" {
			m.Before++
		}
		if after == "queued" || after == "parked" {
			m.Waiting++
		}
		if after == "parked" {
			m.Parked++
		}
		for _, s := range l.steps {
			if s.at.Before(begin) || !s.at.Before(end) {
				continue
			}
			switch s.event {
			case audit.Accepted:
				m.Received++
			case audit.Rejected:
				m.Rejected++
			case audit.Superseded:
				m.Corrected++
			case audit.Parked:
				m.Returned++
			case audit.Retried:
				m.Retried++
			case audit.Replayed:
				if s.left == "rejected" {
					m.Readmitted++
				}
			case audit.Dropped:
				if s.left == "rejected" {
					m.Abandoned++
				} else {
					m.Dropped++
				}
			case audit.Delivered:
				m.Delivered++
				wait := s.at.Sub(l.steps[0].at)
				m.Waited += wait.Milliseconds()
				m.Longest = max(m.Longest, wait.Milliseconds())
				m.Within[spanOf(wait, report.DeliverySpans())]++
			}
		}
	}
	return m
}

// stateAt is the state of a message just before a moment.
func (w *world) stateAt(l *life, at time.Time) string {
	state := ""
	for i, s := range l.steps {
		if s.at.Before(at) {
			if state = l.state; i+1 < len(l.steps) {
				state = l.steps[i+1].left
			}
		}
	}
	return state
}

func spanOf(d time.Duration, bounds []time.Duration) int {
	for i, bound := range bounds {
		if d <= bound {
			return i
		}
	}
	return len(bounds)
}

func (w *world) lookUpsOf(p report.Period, is func(audit.Entry) bool) (l report.LookUps) {
	for _, e := range w.lookUps {
		if e.At.Before(p.From.Begin()) || !e.At.Before(p.To.End()) || !is(e) {
			continue
		}
		l.Total++
		*map[audit.Result]*int64{audit.Found: &l.Found, audit.NotFound: &l.NotFound, audit.Refused: &l.Refused, audit.Failed: &l.Failed}[e.Result]++
		if e.Attempt > 0 {
			l.Asked++
			l.Took += e.Took
			l.Slowest = max(l.Slowest, e.Took)
			l.Within[spanOf(time.Duration(e.Took)*time.Millisecond, report.LookUpSpans())]++
		}
	}
	return l
}

func (w *world) noticesOf(p report.Period, sender string) (n report.Notices) {
	for _, l := range w.notices {
		if sender != "" && l.sender != sender {
			continue
		}
		in := func(at time.Time) bool { return !at.Before(p.From.Begin()) && at.Before(p.To.End()) }
		opened, closed := l.steps[0].at, time.Time{}
		if len(l.steps) > 1 {
			closed = l.steps[1].at
		}
		openAt := func(at time.Time) bool { return opened.Before(at) && (closed.IsZero() || !closed.Before(at)) }
		if openAt(p.From.Begin()) {
			n.Before++
		}
		if in(opened) {
			n.Opened++
		}
		if !closed.IsZero() && in(closed) {
			n.Closed++
		}
		if openAt(p.To.End()) {
			n.Open++
		}
	}
	return n
}

// periods are those that the world is asked about.
func (w *world) periods() []report.Period {
	from := vntime.Date(2025, 1, 1) + vntime.Day(w.dice.IntN(300))
	return []report.Period{report.FirstHalf(2025), report.SecondHalf(2025), report.Year(2026), report.FirstHalf(2027), {From: from, To: from + vntime.Day(w.dice.IntN(300))}}
}

func TestReportsOfRandomLivesAreWhatSomebodyWouldRememberOfThem(t *testing.T) {
	for range 3 {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, seed)
			for _, p := range w.periods() {
				w.expectAsRemembered(p, "")
				w.expectAsRemembered(p, "H29.11")
			}
		})
	}
}

func (w *world) expectAsRemembered(p report.Period, scope string) {
	w.t.Helper()
	of := func(sender string) bool { return scope == "" || sender == scope }
	r := w.compile(p, scope)
	what := fmt.Sprintf("%s %s: ", p, scope)
	sameJSON(w.t, what+"messages", r.Total.Messages, w.messages(p, func(l *life) bool { return of(l.sender) }))
	sameJSON(w.t, what+"look-ups", r.Total.LookUps, w.lookUpsOf(p, func(e audit.Entry) bool { return of(e.Sender) }))
	sameJSON(w.t, what+"notices", r.Total.Notices, w.noticesOf(p, scope))
	for _, l := range r.Messages {
		sameJSON(w.t, what+l.Department+l.Service, l.Messages, w.messages(p, func(m *life) bool { return m.sender == l.Department && m.service == l.Service }))
	}
	for _, l := range r.LookUps {
		sameJSON(w.t, what+l.Department+l.System+l.Service, l.LookUps, w.lookUpsOf(p, func(e audit.Entry) bool {
			return e.Sender == l.Department && e.System == l.System && e.Service == l.Service
		}))
	}
	for _, m := range r.Months {
		month := report.Period{From: m.From, To: m.To}
		want := w.messages(month, func(l *life) bool { return of(l.sender) })
		want.Parked = m.Messages.Parked // months do not tell it
		sameJSON(w.t, what+m.From.String(), m.Messages, want)
		sameJSON(w.t, what+m.From.String(), m.LookUps, w.lookUpsOf(month, func(e audit.Entry) bool { return of(e.Sender) }))
	}
	w.expectBacklogs(r)
	w.expectFields(r, of)
	if before := p.Previous(); r.Before != nil {
		sameJSON(w.t, what+"before", r.Before.Messages, w.messages(before, func(l *life) bool { return of(l.sender) }))
	} else if p.From > vntime.Date(2025, 6, 1) {
		w.t.Error(what + "nothing is told of the period before")
	}
}

func (w *world) expectBacklogs(r report.Report) {
	w.t.Helper()
	for _, b := range r.Backlogs {
		want := report.BacklogLine{Department: b.Department}
		for day := r.From; day <= r.To; day++ {
			if n := w.messages(report.Period{From: day, To: day}, func(l *life) bool { return l.sender == b.Department }).Waiting; n > want.Most {
				want.Most, want.On = n, day
			}
		}
		sameJSON(w.t, r.Period.String()+" backlog", b, want)
	}
}

func (w *world) expectFields(r report.Report, of func(string) bool) {
	w.t.Helper()
	sum := map[report.FieldLine]int64{}
	for k, n := range w.fields {
		if day, err := vntime.ParseDay(k[0]); err == nil && r.Period.Has(day) && of(k[1]) {
			sum[report.FieldLine{Department: k[1], Service: k[2], Field: k[3]}] += int64(n)
		}
	}
	want := []report.FieldLine{}
	for l, n := range sum {
		l.Times = n
		want = append(want, l)
	}
	slices.SortFunc(want, func(a, b report.FieldLine) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Department, b.Department), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Field, b.Field))
	})
	sameJSON(w.t, r.Period.String()+" fields", r.Fields, want)
}
