package queue

import (
	"context"

	"lgsp.internal/adapter/internal/sqlite"
)

// LeavePlaces has places of messages that came more than near messages ago be
// given up together, many at a time.
func (q *Queue) LeavePlaces(near, many int) { q.places.near, q.places.many = near, many }

// PlacesLeft is how many places wait for their deletion.
func (q *Queue) PlacesLeft(ctx context.Context) (n int, err error) {
	err = q.db.Settle(ctx, func(*sqlite.Tx) error {
		n = len(q.places.left) + len(q.places.sorted)
		return nil
	})
	return n, err
}
