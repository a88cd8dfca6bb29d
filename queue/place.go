package queue

import (
	"encoding/binary"
	"fmt"
	"slices"

	"lgsp.internal/adapter/internal/sqlite"
)

// keyBytes are the bytes of a lane's hash that places are found by. Two lanes
// with the same are told apart by their messages.
const keyBytes = 4

// The index of places is in the order of lanes, which is no order of time: to
// give up the place of a message that came long ago costs a page of its own,
// written twice. So such places are given up together, once they are so many
// that each page has several. Until then their entries stay, which is harmless:
// the state of the message tells that it has left. Forgetting them is harmless
// as well, for they are deleted with the message at the latest.
const (
	nearMost  = 4096    // messages back to which a place is given up at once: theirs share few pages
	leftMany  = 1 << 16 // places that are given up together
	leftEach  = 64      // of them in one commit, at least
	leftTimes = 2       // of them for each one that comes, so that they become fewer
)

// places are those whose messages have left and whose entries are there still.
type places struct {
	near, many int     // nearMost, leftMany
	left       []place // as they came
	sorted     []place // in the order of the index, being deleted
}

// place is the key of a lane and the lower half of a message's seq, so that
// many of them take little memory.
type place uint64

func placeOf(lane []byte, seq int64) place {
	return place(binary.BigEndian.Uint32(lane))<<32 | place(uint32(seq))
}

func (p place) key() []byte { return binary.BigEndian.AppendUint32(nil, uint32(p>>32)) }

// seq returns the seq, of those with the same lower half the one nearest to last.
func (p place) seq(last int64) int64 { return last + int64(int32(uint32(p)-uint32(last))) }

// enter gives a message the last place of a lane.
func enter(tx *sqlite.Tx, lane []byte, seq int64) error {
	if len(lane) == 0 {
		return nil
	}
	if err := tx.Do("insert or ignore into place (lane, seq) values (?, ?)", lane[:keyBytes], seq); err != nil {
		return fmt.Errorf("take a place: %w", err)
	}
	return nil
}

// leave gives the place of a message up that has come to its end, at once if
// that is cheap or if others stand behind it: a lane must not fill with entries
// that nobody needs.
func (q *Queue) leave(tx *sqlite.Tx, m row, followed bool) error {
	if len(m.lane) > 0 && !followed {
		c := q.begin(tx)
		next, err := c.nextSeq()
		if err != nil {
			return err
		}
		if next-m.seq > int64(q.places.near) {
			c.left = append(c.left, placeOf(m.lane, m.seq))
			return nil
		}
	}
	return giveUp(tx, m)
}

// giveUp deletes the place of a message at once.
func giveUp(tx *sqlite.Tx, m row) error {
	if len(m.lane) == 0 {
		return nil
	}
	return deletePlace(tx, m.lane[:keyBytes], m.seq)
}

func deletePlace(tx *sqlite.Tx, key []byte, seq int64) error {
	if err := tx.Do("delete from place where lane = ? and seq = ?", key, seq); err != nil {
		return fmt.Errorf("give a place up: %w", err)
	}
	return nil
}

// lastIn returns the seq of the last message in a lane, 0 if there is none.
func lastIn(tx *sqlite.Tx, lane []byte) (seq int64, err error) {
	if len(lane) == 0 {
		return 0, nil
	}
	err = tx.Query(`select p.seq from place p join message m on m.seq = p.seq
		where p.lane = +? and m.lane = +? and m.state in (1, 2, 4) order by p.seq desc limit 1`, func(r sqlite.Row) error {
		seq = r.Int(0)
		return nil
	}, lane[:keyBytes], lane)
	return seq, err
}

// tidyPlaces deletes some of the places that were left.
func (q *Queue) tidyPlaces(tx *sqlite.Tx, c *commit, most int) error {
	rest := q.places.sorted[c.tidied:]
	rest = rest[:min(most, len(rest))]
	if len(rest) == 0 {
		return nil
	}
	last, err := c.nextSeq()
	if err != nil {
		return err
	}
	for _, p := range rest {
		if err := deletePlace(tx, p.key(), p.seq(last)); err != nil {
			if !sqlite.FaultOf(err).OfTheDisk() {
				q.places.sorted = nil // what is damaged must not stop every commit
			}
			return err
		}
	}
	c.tidied += len(rest)
	return nil
}

// settlePlaces takes over what a commit has left and deleted.
func (q *Queue) settlePlaces(c *commit) {
	p := &q.places
	if p.sorted = p.sorted[c.tidied:]; len(p.sorted) == 0 {
		p.sorted = nil // with its memory
	}
	p.left = append(p.left, c.left...)
	if len(p.left) >= p.many {
		p.sort()
	}
}

// sort has the places that were left wait for their deletion, unless others do.
func (p *places) sort() {
	if len(p.sorted) > 0 {
		return
	}
	p.left, p.sorted = nil, p.left
	slices.Sort(p.sorted)
}
