package queue

import (
	"context"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/sqlite"
)

// Identify gives a leased message the sender's own id that was found when it
// was mapped after it had been stored. It returns a Conflict when another
// message has that id: the two say the same thing twice, or two things under
// one id, and a person has to tell which.
func (q *Queue) Identify(ctx context.Context, l Lease, d lgsp.Document) error {
	if d.LegacyID == "" {
		return nil
	}
	var holder row
	fenced := false
	err := q.db.Settle(ctx, func(tx *sqlite.Tx) error {
		holder = row{}
		if err := tx.Query("select "+rowColumns+" from message where sender = +? and service = +? and legacy = +?", func(r sqlite.Row) error {
			holder = scanRow(r)
			return nil
		}, l.sender, l.service, d.LegacyID); err != nil || holder.seq != 0 {
			return err
		}
		n, err := tx.Exec("update message set legacy = ? where seq = ? and state = 2 and attempt = ?", d.LegacyID, l.seq, l.Attempt)
		fenced = n == 0
		return err
	})
	if err != nil {
		return storeError("queue.identify", err)
	}
	if fenced {
		return ErrFenced
	}
	if holder.seq != 0 && holder.seq != l.seq {
		return &lgsp.Error{Kind: lgsp.Conflict, Op: "queue.identify", Code: "Conflict",
			Text: "Mã hồ sơ của thông điệp này đã thuộc về thông điệp " + holder.id + ". Hãy đối chiếu hai thông điệp rồi loại bỏ bản thừa."}
	}
	return nil
}
