package clean

import (
	"context"
	"errors"
	"fmt"
	"time"

	lgsp "lgsp.internal/adapter"
)

// checking is the part of a run that talks to the desk.
type checking struct {
	o        RunOptions
	q        Question
	outcomes []Outcome // by place
	done     int
	known    int
	progress progress
}

func (c *checking) all(ctx context.Context, people []Row) error {
	for from := 0; from < len(people); from += c.o.Batch {
		if err := c.batch(ctx, people[from:min(from+c.o.Batch, len(people))]); err != nil {
			return stopped(ctx, err, c.done, len(people))
		}
	}
	return nil
}

const (
	waitLeast = time.Second
	waitMost  = time.Minute
)

// batch hands rows over until each has its outcome.
func (c *checking) batch(ctx context.Context, rows []Row) error {
	left := rows
	pause, waited := waitLeast, time.Duration(0)
	for len(left) > 0 {
		outcomes, err := c.o.Desk.Check(ctx, c.q, left)
		rest, bad := c.take(left, outcomes)
		if bad != nil {
			return bad
		}
		c.o.Progress(c.progress.report(c.done, len(c.outcomes), c.known, 0, nil))
		if err == nil {
			if len(rest) > 0 {
				return errors.New("the daemon did not answer for every row; is it of the same version?")
			}
			return nil
		}
		if len(rest) < len(left) {
			pause, waited = waitLeast, 0
		}
		left = rest
		if ctx.Err() != nil {
			return ctx.Err()
		}
		d, ok := waitFor(err, pause)
		if !ok {
			return err
		}
		if waited+d > c.o.Patience {
			return outOfPatience(err, d, c.done, len(c.outcomes))
		}
		c.o.Progress(c.progress.report(c.done, len(c.outcomes), c.known, d, err))
		if err := c.o.Wait(ctx, d); err != nil {
			return err
		}
		waited += d
		pause = min(2*pause, waitMost)
	}
	return nil
}

// take keeps outcomes and returns the rows that have none yet.
func (c *checking) take(rows []Row, outcomes []Outcome) (rest []Row, err error) {
	got := make(map[int]bool, len(outcomes))
	asked := make(map[int]bool, len(rows))
	for _, r := range rows {
		asked[r.N] = true
	}
	for _, o := range outcomes {
		if !asked[o.N] || got[o.N] || VerdictText(o.Verdict) == "" {
			return nil, errors.New("the daemon answered what was not asked; is it of the same version?")
		}
		got[o.N] = true
		c.outcomes[o.N-1] = o
		c.done++
		if o.Known {
			c.known++
		}
	}
	for _, r := range rows {
		if !got[r.N] {
			rest = append(rest, r)
		}
	}
	return rest, nil
}

// waitFor returns how long to wait before the same is tried again, if it may help.
func waitFor(err error, pause time.Duration) (time.Duration, bool) {
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Kind != lgsp.Unavailable && e.Kind != lgsp.Throttled {
		return 0, false
	}
	return max(e.After, pause), true
}

func outOfPatience(err error, next time.Duration, done, total int) error {
	return &lgsp.Error{Kind: lgsp.KindOf(err), Op: "clean.run", Code: "OutOfPatience", After: next, Err: fmt.Errorf("waited too long; run the same command again to go on: %w", err),
		Text: fmt.Sprintf("Đã chờ quá lâu mà chưa hỏi tiếp được, khi có kết quả của %d/%d người. Không kết quả nào bị mất: hãy chạy lại đúng lệnh này sau %s để làm tiếp.", done, total, next.Round(time.Second))}
}

// Progress is how far a run has come.
type Progress struct {
	Done, Total int
	Known       int           // of Done, those that the journal knew
	Rate        float64       // people in a second, over the last 10 s; 0 = not known yet
	Left        time.Duration // at that rate; 0 = not known

	Wait  time.Duration // > 0: nothing can be asked now, and it is tried again after this
	Cause error         // why
}

// rateOver is the time that a rate is taken over, or else that between the last
// two reports.
const rateOver = 10 * time.Second

type progress struct {
	now     func() time.Time
	samples []sample
}

type sample struct {
	at   time.Time
	done int
}

func (p *progress) report(done, total, known int, wait time.Duration, cause error) Progress {
	now := p.now()
	p.samples = append(p.samples, sample{now, done})
	for len(p.samples) > 2 && now.Sub(p.samples[1].at) >= rateOver {
		p.samples = p.samples[1:]
	}
	r := Progress{Done: done, Total: total, Known: known, Wait: wait, Cause: cause}
	first := p.samples[0]
	if took := now.Sub(first.at).Seconds(); took > 0 && done > first.done {
		r.Rate = float64(done-first.done) / took
		r.Left = time.Duration(float64(total-done) / r.Rate * float64(time.Second)).Round(time.Second)
	}
	return r
}
