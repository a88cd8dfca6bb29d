package register

import (
	"context"
	"sync"
	"time"

	lgsp "lgsp.internal/adapter"
)

// Quotas counts the look-ups of each day of Vietnam's time. It is safe for
// concurrent use.
//
// A few days are counted beside each other, and each begins with what is on
// record of it: a clock that is wrong for a while gives nobody a second quota,
// and takes none away.
type Quotas struct {
	asked Asked

	mu   sync.Mutex
	days []*dayCount // the one begun last at the end
}

// Asked returns how many look-ups are on record of a day, by place.
type Asked func(ctx context.Context, day string) (func(department, system, service string) int64, error)

type dayCount struct {
	day    string
	before func(department, system, service string) int64 // on record when the count began
	used   map[place]int64                                // since then
}

// daysKept is how many days are counted beside each other.
const daysKept = 8

// NewQuotas goes on counting where the record is.
func NewQuotas(asked Asked) *Quotas { return &Quotas{asked: asked} }

// of returns the count of a day.
func (q *Quotas) of(ctx context.Context, day string) (*dayCount, error) {
	for _, c := range q.days {
		if c.day == day {
			return c, nil
		}
	}
	before, err := q.asked(ctx, day)
	if err != nil {
		return nil, err
	}
	q.days = append(q.days, &dayCount{day: day, before: before, used: map[place]int64{}})
	if len(q.days) > daysKept {
		q.days = q.days[1:]
	}
	return q.days[len(q.days)-1], nil
}

// Day names the day of Vietnam's time that t belongs to: "2026-11-22".
func Day(t time.Time) string { return t.In(Vietnam).Format(time.DateOnly) }

// Take takes one look-up out of the quota of a grant, or says that it is used
// up: an error of kind Throttled with code Quota, to come back tomorrow. It
// returns the day that the look-up counts on.
//
// The grants of one place share what was used: the limit is that of the grant
// which covers the question.
func (q *Quotas) Take(ctx context.Context, g *Grant, now time.Time) (day string, refused *lgsp.Error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	day = Day(now)
	c, err := q.of(ctx, day)
	if err != nil {
		return day, &lgsp.Error{Kind: lgsp.Unavailable, Op: "register", Code: "NoAnswer", After: time.Second, Err: err,
			Text: "Hệ thống chưa đọc được số lượt tra cứu đã dùng trong ngày. Hãy thực hiện lại sau ít phút."}
	}
	at := place{g.Department, g.System, g.Service}
	if c.before(at.department, at.system, at.service)+c.used[at] >= int64(g.Quota) {
		local := now.In(Vietnam)
		tomorrow := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, Vietnam)
		return day, &lgsp.Error{Kind: lgsp.Throttled, Op: "register", Code: "Quota", After: tomorrow.Sub(now),
			Text: "Hệ thống đã dùng hết số lượt tra cứu được phê duyệt trong ngày. Hãy thực hiện lại vào ngày mai, hoặc đề nghị nâng hạn mức."}
	}
	c.used[at]++
	return day, nil
}

// GiveBack puts one look-up of a day back that Take took out and that was not
// made.
func (q *Quotas) GiveBack(g *Grant, day string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range q.days {
		if at := (place{g.Department, g.System, g.Service}); c.day == day && c.used[at] > 0 {
			c.used[at]--
		}
	}
}
