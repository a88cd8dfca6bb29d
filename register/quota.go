package register

import (
	"sync"
	"time"

	lgsp "lgsp.internal/adapter"
)

// Quotas counts the look-ups of each day of Vietnam's time. It is safe for
// concurrent use.
type Quotas struct {
	mu   sync.Mutex
	day  string
	used map[place]int
}

// NewQuotas goes on counting on a day where an earlier run of the program left
// off: used is called for each place that a grant names.
func NewQuotas(r *Register, day string, used func(department, system, service string) int64) *Quotas {
	q := &Quotas{day: day, used: map[place]int{}}
	for at := range r.grants {
		if n := used(at.department, at.system, at.service); n > 0 {
			q.used[at] = int(n)
		}
	}
	return q
}

// Day names the day of Vietnam's time that t belongs to: "2026-11-22".
func Day(t time.Time) string { return t.In(Vietnam).Format(time.DateOnly) }

// Take takes one look-up out of the quota of a grant, or says that it is used
// up: an error of kind Throttled with code Quota, to come back tomorrow.
//
// The grants of one place share what was used: the limit is that of the grant
// which covers the question.
func (q *Quotas) Take(g *Grant, now time.Time) *lgsp.Error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if day := Day(now); day > q.day { // a clock that goes back gives nobody a second quota
		q.day, q.used = day, map[place]int{}
	}
	at := place{g.Department, g.System, g.Service}
	if q.used[at] >= g.Quota {
		local := now.In(Vietnam)
		tomorrow := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, Vietnam)
		return &lgsp.Error{Kind: lgsp.Throttled, Op: "register", Code: "Quota", After: tomorrow.Sub(now),
			Text: "Hệ thống đã dùng hết số lượt tra cứu được phê duyệt trong ngày. Hãy thực hiện lại vào ngày mai, hoặc đề nghị nâng hạn mức."}
	}
	q.used[at]++
	return nil
}

// GiveBack puts one look-up back that was not made.
func (q *Quotas) GiveBack(g *Grant) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if at := (place{g.Department, g.System, g.Service}); q.used[at] > 0 {
		q.used[at]--
	}
}
