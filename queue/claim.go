package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	Failed   int64 // how many attempts before it came to the wire and failed, since it was put or replayed
	Received time.Time

	envelope *lgsp.Envelope // nil = on disk
	document *lgsp.Document
}

// Sender is the agency the message came from.
func (l Lease) Sender() string { return l.sender }

// Service is the service the message was sent to.
func (l Lease) Service() string { return l.service }

// dueQuery lists what is due, the oldest first.
const dueQuery = "select " + rowColumns + `
from message where upstream = +? and due <= +? order by due, seq limit +?`

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
		n := f.limit - len(f.out) - len(c.leases[upstream])
		if n > 0 && f.held <= c.ms && (f.next <= c.ms || woken && wake <= c.ms) {
			orders = append(orders, order{upstream, n, f.lease})
		}
	}
	q.mu.Unlock()
	for _, o := range orders {
		if err := q.lease(tx, c, o.upstream, o.n, c.now.Add(o.lease).UnixMilli()); err != nil {
			if !sqlite.FaultOf(err).OfTheDisk() {
				q.hold(o.upstream, c.ms) // what is damaged is its own
			}
			return fmt.Errorf("lease for %s: %w", o.upstream, err)
		}
	}
	return nil
}

// hold has one upstream wait, so that the others go on without it.
func (q *Queue) hold(upstream string, now int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.feeds[upstream].held = now + holdFor.Milliseconds()
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
		if m.state == lgsp.Leased && q.isOut(m) {
			// Its attempt is under way here: the clock stepped, or the outcome
			// could not be recorded for long.
			if err := tx.Do("update message set due = ? where seq = ?", expiry, m.seq); err != nil {
				return err
			}
			continue
		}
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

// isOut reports whether the lease of a message was given and not returned.
func (q *Queue) isOut(m row) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, out := q.feeds[m.upstream].out[fence{m.seq, m.attempt}]
	return out
}

func (q *Queue) leaseOne(tx *sqlite.Tx, c *commit, m row, expiry int64) (Lease, error) {
	id, err := lgsp.ParseID(m.id)
	if err != nil {
		return Lease{}, fmt.Errorf("message %d: %w: %w", m.seq, errDamaged, err)
	}
	before := m
	m.state, m.attempt = lgsp.Leased, m.attempt+1
	if err := tx.Do("update message set state = 2, attempt = ?, due = ?, changed = ? where seq = ?",
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
	return Lease{row: m, ID: id, Attempt: m.attempt, Failed: m.failed, Received: fromMillis(m.received)}, nil
}

// quarantine parks a row that is damaged itself, so that the others flow.
func (q *Queue) quarantine(tx *sqlite.Tx, c *commit, m row) error {
	q.opt.Log.Error("a damaged row is parked", "seq", m.seq, "upstream", m.upstream)
	if err := tx.Do("update message set state = 4, due = null, changed = ?, kind = ?, code = 'Damaged', reason = ?, error = ? where seq = ?",
		c.ms, int64(lgsp.Invalid), damagedText, errDamaged.Error(), m.seq); err != nil {
		return err
	}
	e := m.entryFrom(audit.Parked)
	e.Kind, e.Code, e.Result = lgsp.Invalid.String(), "Damaged", audit.Refused
	return q.move(tx, m, lgsp.Parked, e)
}

const damagedText = "Nội dung lưu của thông điệp này bị hỏng nên không gửi đi được. Hãy hỏi bên nhận xem đã có thông điệp này chưa; nếu chưa có thì loại bỏ bản hỏng trước, rồi mới đề nghị đơn vị gửi lại."

// Load returns what a leased message says. The document has no body when it is
// to be mapped first. An error of Kind Invalid and Code Damaged means that the
// stored bytes are not what was stored: park it.
func (q *Queue) Load(ctx context.Context, l Lease) (lgsp.Envelope, lgsp.Document, error) {
	if l.document != nil {
		return *l.envelope, *l.document, nil
	}
	if err := ctx.Err(); err != nil {
		return lgsp.Envelope{}, lgsp.Document{}, fmt.Errorf("load message %s: %w", l.ID, err)
	}
	// A context that may end would cost a goroutine for each of these short reads.
	ctx = context.WithoutCancel(ctx)
	e, d, err := q.read(q.payload.QueryRowContext(ctx, l.seq), l)
	if isDamaged(err) {
		err = q.db.ReadAfresh(func(db *sql.DB) (err error) {
			e, d, err = q.read(db.QueryRowContext(ctx, payloadQuery, l.seq), l)
			return err
		})
	}
	if isDamaged(err) {
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

const payloadQuery = "select sealed from payload where seq = ?"

func (q *Queue) read(found *sql.Row, l Lease) (e lgsp.Envelope, d lgsp.Document, err error) {
	var sealed []byte
	err = found.Scan(&sealed)
	switch {
	case err == nil:
		return q.opt.Keys.open(l.ID, sealed)
	case errors.Is(err, sql.ErrNoRows):
		err = errDamaged
	}
	return e, d, err
}

func isDamaged(err error) bool {
	return errors.Is(err, errDamaged) || sqlite.FaultOf(err) == sqlite.Damaged
}
