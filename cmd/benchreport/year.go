package main

import (
	"container/heap"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

// year invents the traffic of a reporting year: most of it in office hours of
// working days, four look-ups for every message, and two outages of the platform.
type year struct {
	o       options
	dice    *rand.Rand
	period  report.Period
	outages []span
	pending pending
	batch   []audit.Entry

	// What was put on record.
	lookUps, received, delivered, rejected int64
	down                                   time.Duration
}

type span struct{ from, to time.Time }

func newYear(o options) *year {
	y := &year{o: o, dice: rand.New(rand.NewPCG(o.seed, 0)), period: report.Year(o.year)}
	for _, at := range []struct {
		day  vntime.Day
		hour int
		long time.Duration
	}{{y.period.From + 80, 9, 7 * time.Hour}, {y.period.From + 240, 22, 31 * time.Hour}} {
		from := at.day.Begin().Add(time.Duration(at.hour) * time.Hour)
		y.outages = append(y.outages, span{from, from.Add(at.long)})
		y.down += at.long
	}
	return y
}

// later is an entry that follows from another.
type later struct {
	at time.Time
	e  audit.Entry
}

// pending is a heap of what follows.
type pending []later

func (p pending) Len() int           { return len(p) }
func (p pending) Less(i, j int) bool { return p[i].at.Before(p[j].at) }
func (p pending) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }
func (p *pending) Push(x any)        { *p = append(*p, x.(later)) }
func (p *pending) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

// weight is how busy a day is.
func weight(d vntime.Day) int {
	switch d.Weekday() {
	case time.Saturday:
		return 2
	case time.Sunday:
		return 1
	}
	return 10
}

// live lives the year day by day.
func (y *year) live(ctx context.Context, s *store) error {
	total, left := 0, y.o.exchanges
	for d := y.period.From; d <= y.period.To; d++ {
		total += weight(d)
	}
	y.follow(y.period.From.Begin(), audit.Entry{Event: audit.Started})
	for _, o := range y.outages {
		y.follow(o.from, audit.Entry{Event: audit.UpstreamDown, Upstream: "hotich", Detail: "messages"})
		y.follow(o.to, audit.Entry{Event: audit.UpstreamUp, Upstream: "hotich", Detail: "messages", Took: o.to.Sub(o.from).Milliseconds()})
	}
	for d := y.period.From; d <= y.period.To; d++ {
		w := weight(d)
		n := left * w / total
		left, total = left-n, total-w
		if err := y.day(ctx, s, d, n); err != nil {
			return err
		}
	}
	return y.write(ctx, s)
}

// day lives one day, exchange after exchange, most of them from 7 to 18 o'clock.
func (y *year) day(ctx context.Context, s *store, d vntime.Day, n int) error {
	begin := d.Begin().Add(7 * time.Hour)
	for i := range n {
		at := begin.Add(time.Duration(float64(i) / float64(n) * float64(11*time.Hour))).Truncate(time.Millisecond)
		if err := y.until(ctx, s, at); err != nil {
			return err
		}
		if err := y.exchange(ctx, s, at); err != nil {
			return err
		}
	}
	return y.until(ctx, s, d.End().Add(-time.Millisecond))
}

// until puts on record what follows up to a moment.
func (y *year) until(ctx context.Context, s *store, at time.Time) error {
	for len(y.pending) > 0 && !y.pending[0].at.After(at) {
		next := heap.Pop(&y.pending).(later)
		if next.e.Event == audit.Delivered {
			y.delivered++
		}
		if err := y.add(ctx, s, next.at, next.e); err != nil {
			return err
		}
	}
	return nil
}

func (y *year) follow(at time.Time, e audit.Entry) { heap.Push(&y.pending, later{at, e}) }

// entry begins an entry as the daemon writes it, with texts as long.
func (y *year) entry(at time.Time, event audit.Event, service string) audit.Entry {
	return audit.Entry{Event: event, Message: y.id(at),
		Sender: fmt.Sprintf("H29.%02d", 1+y.dice.IntN(y.o.departments)), Service: service,
		Subject: fmt.Sprintf("%016x%016x", y.dice.Uint64(), y.dice.Uint64()), Procedure: "1.004222", Officer: "000000000000", Unit: "H29.11"}
}

// id makes the ID of a message as the daemon does: they grow with time.
func (y *year) id(at time.Time) string {
	ms := at.UnixMilli()
	return fmt.Sprintf("%08x-%04x-7%03x-8%03x-%012x", ms>>16, ms&0xffff, y.dice.IntN(1<<12), y.dice.IntN(1<<12), y.dice.Uint64N(1<<48))
}

func (y *year) exchange(ctx context.Context, s *store, at time.Time) error {
	if y.dice.IntN(5) > 0 {
		return y.lookUp(ctx, s, at)
	}
	e := y.entry(at, audit.Accepted, [...]string{"hotich.khai-sinh", "hotich.khai-tu", "cu-tru.dang-ky", "bhyt.cap-the"}[y.dice.IntN(4)])
	e.Upstream, e.Attempt = "hotich", 1
	if y.dice.IntN(50) == 0 {
		e.Event, e.Kind, e.Code, e.Attempt = audit.Rejected, "invalid", "Invalid", 0
		e.Fields = [...]string{"/DangKyKhaiSinh/Tre/NgaySinh", "/DangKyKhaiSinh/Me/SoDinhDanh", "/DangKyKhaiSinh/Tre/NoiSinh/MaXa"}[y.dice.IntN(3)]
		y.rejected++
		return y.add(ctx, s, at, e)
	}
	y.received++
	done := e
	delivered := at.Add(time.Duration(50+y.dice.IntN(900)) * time.Millisecond)
	for _, o := range y.outages {
		if !delivered.Before(o.from) && delivered.Before(o.to) {
			delivered = o.to.Add(time.Duration(y.dice.Int64N(int64(20 * time.Minute)))).Truncate(time.Millisecond)
		}
	}
	done.Event, done.Subject, done.Procedure, done.Officer, done.Unit = audit.Delivered, "", "", "", ""
	done.Ref, done.Took, done.Waited = "H29-000000000", 40, delivered.Sub(at).Milliseconds()
	y.follow(delivered, done)
	return y.add(ctx, s, at, e)
}

func (y *year) lookUp(ctx context.Context, s *store, at time.Time) error {
	y.lookUps++
	e := y.entry(at, audit.Asked, [...]string{"dancu.tra-cuu", "dancu.xac-thuc"}[y.dice.IntN(2)])
	e.System, e.Attempt, e.Took, e.Result = "mot-cua", 1, 100+y.dice.Int64N(1500), audit.Found
	e.Fields = "SoDinhDanh HoVaTen NgayThangNamSinh GioiTinh ThuongTru/MaTinhThanh"
	switch y.dice.IntN(40) {
	case 0, 1, 2:
		e.Result, e.Fields = audit.NotFound, ""
	case 3:
		e.Result, e.Fields, e.Attempt, e.Took, e.Code, e.Kind = audit.Refused, "", 0, 1, "NotApproved", "forbidden"
	case 4:
		e.Result, e.Fields, e.Code, e.Kind = audit.Failed, "", "Timeout", "unavailable"
	}
	return y.add(ctx, s, at, e)
}

const batchMost = 20_000

func (y *year) add(ctx context.Context, s *store, at time.Time, e audit.Entry) error {
	e.At = at
	s.now = at
	if y.batch = append(y.batch, e); len(y.batch) < batchMost {
		return nil
	}
	return y.write(ctx, s)
}

// write puts a batch on record in one commit.
func (y *year) write(ctx context.Context, s *store) error {
	err := s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for i := range y.batch {
			if err := s.record.Append(tx, &y.batch[i]); err != nil {
				return err
			}
		}
		return nil
	})
	s.entries += int64(len(y.batch))
	y.batch = y.batch[:0]
	return err
}
