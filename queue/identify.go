package queue

import (
	"bytes"
	"context"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// Identify tells the queue what is known of a leased message only now, as it
// was mapped after it had been stored: the sender's own id and the lane.
//
// An own id that the message has already stays: its sender's repeats are known
// by it. Identify returns a Conflict when another message has the id: the two
// say the same thing twice, or two things under one id, and a person has to
// tell which. When others stand in the lane the message takes the last place;
// its lease ends, and Identify returns ErrFenced. The lease notes the new lane.
func (q *Queue) Identify(ctx context.Context, l *Lease, d lgsp.Document) error {
	lane := q.opt.Keys.laneOf(d.Lane)
	var holder row
	ended := false
	err := q.db.Settle(ctx, func(tx *sqlite.Tx) error {
		m, found, err := findLeased(tx, l)
		if ended = !found; err != nil || ended {
			return err
		}
		if holder, err = q.claimOwnID(tx, m, d.LegacyID); err != nil || holder.seq != 0 || bytes.Equal(lane, m.lane) {
			return err
		}
		ended, err = q.changeLane(tx, m, lane)
		return err
	})
	if err != nil {
		return storeError("queue.identify", err)
	}
	if holder.seq != 0 {
		return &lgsp.Error{Kind: lgsp.Conflict, Op: "queue.identify", Code: "Conflict",
			Text: "Mã hồ sơ của thông điệp này đã thuộc về thông điệp " + holder.id + ". Hãy đối chiếu hai thông điệp rồi loại bỏ bản thừa."}
	}
	if ended {
		return ErrFenced
	}
	l.lane = lane
	return nil
}

func findLeased(tx *sqlite.Tx, l *Lease) (m row, found bool, err error) {
	err = tx.Query("select "+rowColumns+" from message where seq = ? and state = 2 and attempt = ?", func(r sqlite.Row) error {
		m, found = scanRow(r), true
		return nil
	}, l.seq, l.Attempt)
	return m, found, err
}

// claimOwnID gives a message its sender's own id, unless another has it, which
// it returns.
func (q *Queue) claimOwnID(tx *sqlite.Tx, m row, own string) (holder row, err error) {
	if own == "" {
		return row{}, nil
	}
	if err := tx.Query("select "+rowColumns+" from message where sender = +? and service = +? and legacy = +?", func(r sqlite.Row) error {
		holder = scanRow(r)
		return nil
	}, m.sender, m.service, own); err != nil {
		return row{}, err
	}
	if holder.seq != 0 && holder.seq != m.seq {
		return holder, nil
	}
	err = tx.Do("update message set legacy = coalesce(legacy, ?) where seq = ?", own, m.seq)
	return row{}, err
}

// changeLane gives the place in one lane up for the last one in another, and
// reports whether the message has to wait there.
func (q *Queue) changeLane(tx *sqlite.Tx, m row, lane []byte) (waits bool, err error) {
	if _, err := q.freeLane(tx, m); err != nil {
		return false, err
	}
	if err := deletePlace(tx, keyOf(m.lane), m.seq); err != nil { // at once, as it may come back
		return false, err
	}
	last, err := q.begin(tx).lastIn(lane)
	if err != nil {
		return false, err
	}
	if last > m.seq {
		if err := q.begin(tx).renumber(&m); err != nil {
			return false, err
		}
	}
	if err := enter(tx, lane, m.seq); err != nil {
		return false, err
	}
	if last == 0 {
		return false, tx.Do("update message set lane = ? where seq = ?", nullBytes(lane), m.seq)
	}
	if err := tx.Do("update message set state = 1, changed = ?, due = null, waits = ?, lane = ? where seq = ?",
		q.begin(tx).ms, last, lane, m.seq); err != nil {
		return false, err
	}
	e := m.entry(audit.Retried)
	e.Detail = "its lane is known only now, and others stand in it"
	return true, q.move(tx, m, lgsp.Queued, e)
}
