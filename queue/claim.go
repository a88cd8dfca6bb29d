package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// Lease is the right to make one attempt at delivering one message. The state
// and the number of the attempt are its fence: once another attempt has begun,
// settling this one has no effect.
type Lease struct {
	row
	ID       lgsp.ID
	Attempt  int64 // 1 = the first
	Received time.Time

	envelope *lgsp.Envelope // nil = on disk
	document *lgsp.Document
}

// Sender is the agency the message came from.
func (l Lease) Sender() string { return l.sender }

// Service is the service the message was sent to.
func (l Lease) Service() string { return l.service }

const (
	leaseFor  = 5 * time.Minute // unless a feed is told otherwise
	lookEvery = time.Second     // how often a feed looks for what another process queued
	busyAfter = 30 * time.Second
	never     = math.MaxInt64
	dueQuery  = "select " + rowColumns + `
from message where upstream = +? and due <= +? order by due, seq limit ?`
)

// Feed is a stream of leases for one upstream. It gives a lease whenever a
// message is due and fewer leases are out than its limit allows.
type Feed struct {
	q        *Queue
	upstream string
	leases   chan Lease

	// q.mu guards what follows.
	limit int
	lease time.Duration // how long a lease lasts
	out   int           // leases given and not returned
	next  int64         // ms; something may be due from then on
}

// Feed returns the feed of an upstream, which gives at most most leases at a
// time. Its limit is zero at first. There is one feed for each upstream.
func (q *Queue) Feed(upstream string, most int) *Feed {
	q.mu.Lock()
	defer q.mu.Unlock()
	f := &Feed{q: q, upstream: upstream, leases: make(chan Lease, most), lease: leaseFor}
	q.feeds[upstream] = f
	return f
}

// Leases is the stream. The attempt of every lease is on disk.
func (f *Feed) Leases() <-chan Lease { return f.leases }

// LeaseFor sets how long the leases last that are given from now on: longer
// than an attempt takes, with the wait before it. Until then it is five minutes.
func (f *Feed) LeaseFor(d time.Duration) {
	f.q.mu.Lock()
	defer f.q.mu.Unlock()
	f.lease = d
}

// Limit sets how many leases may be out at once, at most what Feed was told.
func (f *Feed) Limit(n int) {
	f.q.mu.Lock()
	f.limit = min(n, cap(f.leases))
	f.q.mu.Unlock()
	f.q.knock()
}

// Return gives back the place of a lease that was settled or given up.
func (f *Feed) Return() {
	f.q.mu.Lock()
	f.out--
	due := f.next <= f.q.opt.Now().UnixMilli()
	f.q.mu.Unlock()
	if due {
		f.q.knock()
	}
}

// knock has Run look at the feeds.
func (q *Queue) knock() {
	select {
	case q.knocked <- struct{}{}:
	default:
	}
}

// Run leases what becomes due by the passing of time, by places that are given
// back, and by the commands of another process, until ctx ends.
func (q *Queue) Run(ctx context.Context) {
	look := q.opt.Now()
	for {
		now := q.opt.Now()
		if now.Before(look.Add(-clockSlack)) {
			q.clockWentBack(ctx)
			look = now
		}
		all := now.Sub(look) >= lookEvery
		if all {
			look = now
		}
		wait := q.untilDue(now, all)
		if wait <= 0 {
			// An empty commit is enough: every commit leases what is due.
			err := q.db.Settle(ctx, func(*sqlite.Tx) error { return nil })
			if err != nil && ctx.Err() == nil {
				q.opt.Log.Error("lease", "err", err)
			}
			if wait = lookEvery; err == nil {
				wait = max(q.untilDue(now, false), 5*time.Millisecond)
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-q.knocked:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// clockSlack is how far the clock may go back without notice.
const clockSlack = 5 * time.Second

func (q *Queue) clockWentBack(ctx context.Context) {
	q.opt.Log.Warn("the clock went back; what it put off is due now")
	err := q.db.Settle(ctx, func(tx *sqlite.Tx) error { return q.setRight(tx, q.begin(tx)) })
	if err != nil && ctx.Err() == nil {
		q.opt.Log.Error("set right what the clock put off", "err", err)
	}
}

// untilDue returns how long it is until a feed that has places may find
// something. With all, every feed may find something now.
func (q *Queue) untilDue(now time.Time, all bool) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	first := int64(never)
	for _, f := range q.feeds {
		if all {
			f.next = 0
		}
		if f.limit > f.out {
			first = min(first, f.next)
		}
	}
	if first == never {
		return lookEvery
	}
	return min(time.Duration(first-now.UnixMilli())*time.Millisecond, lookEvery)
}

// wanted reports whether a message that is put now may be leased at once: its
// upstream's feed has a place, and nothing older is due.
func (q *Queue) wanted(c *commit, upstream string) (expiry int64, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	f, ok := q.feeds[upstream]
	if !ok || f.limit <= f.out+len(c.leases[upstream]) || f.next <= c.ms {
		return 0, false
	}
	return c.now.Add(f.lease).UnixMilli(), true
}

// leaseDue leases what is due to every feed that has places.
func (q *Queue) leaseDue(tx *sqlite.Tx, c *commit) error {
	type order struct {
		upstream string
		n        int
		lease    time.Duration
	}
	var orders []order
	q.mu.Lock()
	for upstream, f := range q.feeds {
		wake, woken := c.wake[upstream]
		if n := f.limit - f.out - len(c.leases[upstream]); n > 0 && (f.next <= c.ms || woken && wake <= c.ms) {
			orders = append(orders, order{upstream, n, f.lease})
		}
	}
	q.mu.Unlock()
	for _, o := range orders {
		if err := q.lease(tx, c, o.upstream, o.n, c.now.Add(o.lease).UnixMilli()); err != nil {
			return fmt.Errorf("lease for %s: %w", o.upstream, err)
		}
	}
	return nil
}

func (q *Queue) lease(tx *sqlite.Tx, c *commit, upstream string, n int, expiry int64) error {
	var due []row
	if err := tx.Query(dueQuery, func(r sqlite.Row) error {
		due = append(due, scanRow(r))
		return nil
	}, upstream, c.ms, int64(n)); err != nil {
		return err
	}
	for _, m := range due {
		l, err := q.leaseOne(tx, c, m, expiry)
		if errors.Is(err, errDamaged) {
			err = q.quarantine(tx, c, m)
			if err == nil {
				continue
			}
		}
		if err != nil {
			return err
		}
		c.leases[upstream] = append(c.leases[upstream], l)
	}
	next := int64(0) // there may be more
	if len(due) < n {
		next = never
		if err := tx.Query("select min(due) from message where upstream = +? and due is not null", func(r sqlite.Row) error {
			if !r.Null(0) {
				next = r.Int(0)
			}
			return nil
		}, upstream); err != nil {
			return err
		}
	}
	delete(c.wake, upstream)
	tx.OnCommit(func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.feeds[upstream].next = next
	})
	return nil
}

func (q *Queue) leaseOne(tx *sqlite.Tx, c *commit, m row, expiry int64) (Lease, error) {
	id, err := lgsp.ParseID(m.id)
	if err != nil {
		return Lease{}, fmt.Errorf("message %d: %w: %w", m.seq, errDamaged, err)
	}
	before := m
	m.state, m.attempt = lgsp.Leased, m.attempt+1
	if _, err := tx.Exec("update message set state = 2, attempt = ?, due = ?, changed = ? where seq = ?",
		m.attempt, expiry, c.ms, m.seq); err != nil {
		return Lease{}, err
	}
	e := m.entry(audit.Leased)
	if before.state == lgsp.Leased {
		e.Detail = "the lease of the attempt before has expired"
	}
	if err := q.move(tx, before, lgsp.Leased, e); err != nil {
		return Lease{}, err
	}
	return Lease{row: m, ID: id, Attempt: m.attempt, Received: fromMillis(m.received)}, nil
}

// quarantine parks a row that is damaged itself, so that the others flow.
func (q *Queue) quarantine(tx *sqlite.Tx, c *commit, m row) error {
	q.opt.Log.Error("a damaged row is parked", "seq", m.seq, "upstream", m.upstream)
	if _, err := tx.Exec("update message set state = 4, due = null, changed = ?, kind = ?, code = 'Damaged', reason = ?, error = ? where seq = ?",
		c.ms, int64(lgsp.Invalid), damagedText, errDamaged.Error(), m.seq); err != nil {
		return err
	}
	e := m.entry(audit.Parked)
	e.Kind, e.Code = lgsp.Invalid.String(), "Damaged"
	return q.move(tx, m, lgsp.Parked, e)
}

const damagedText = "Nội dung lưu của thông điệp này bị hỏng nên không gửi đi được. Hãy yêu cầu đơn vị gửi lại thông điệp rồi loại bỏ bản hỏng."

// Load returns what a leased message says. The document has no body when it is
// to be mapped first. An error of Kind Invalid and Code Damaged means that the
// stored bytes are not what was stored: park it.
func (q *Queue) Load(ctx context.Context, l Lease) (lgsp.Envelope, lgsp.Document, error) {
	if l.document != nil {
		return *l.envelope, *l.document, nil
	}
	var sealed []byte
	err := q.db.Read().QueryRowContext(ctx, "select sealed from payload where seq = ?", l.seq).Scan(&sealed)
	var e lgsp.Envelope
	var d lgsp.Document
	switch {
	case err == nil:
		e, d, err = q.opt.Keys.open(l.ID, sealed)
	case errors.Is(err, sql.ErrNoRows):
		err = errDamaged
	}
	if errors.Is(err, errDamaged) || sqlite.FaultOf(err) == sqlite.Damaged {
		return e, d, &lgsp.Error{Kind: lgsp.Invalid, Op: "queue.load", Code: "Damaged", Err: err, Text: damagedText}
	}
	if err != nil {
		return e, d, fmt.Errorf("load message %s: %w", l.ID, err)
	}
	e.ID, e.Sender, e.Service, e.Received = l.ID, l.sender, l.service, l.Received
	if l.remap {
		d.Body = nil
	}
	return e, d, nil
}
