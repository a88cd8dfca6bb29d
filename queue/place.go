package queue

import (
	"encoding/binary"
	"fmt"
	"log/slog"
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
	last       int64   // seq of the last message, as far as is known
	left       []place // as they came
	sorted     []place // in the order of the index, being deleted
	damaged    bool    // the index is, so that nothing is deleted from it any more
}

// place is the key of a lane and the lower half of a message's seq, so that
// many of them take little memory.
type place uint64

// keyOf returns the key of a lane, nil without a lane.
func keyOf(lane []byte) []byte {
	if len(lane) < keyBytes {
		return nil
	}
	return lane[:keyBytes]
}

func placeOf(lane []byte, seq int64) place {
	return place(binary.BigEndian.Uint32(lane))<<32 | place(uint32(seq))
}

func (p place) key() []byte { return binary.BigEndian.AppendUint32(nil, uint32(p>>32)) }

// seq returns the seq, of those with the same lower half the one nearest to last.
func (p place) seq(last int64) int64 { return last + int64(int32(uint32(p)-uint32(last))) }

// enter gives a message the last place of a lane.
func enter(tx *sqlite.Tx, lane []byte, seq int64) error {
	key := keyOf(lane)
	if key == nil {
		return nil
	}
	if err := tx.Do("insert or ignore into place (lane, seq) values (?, ?)", key, seq); err != nil {
		return fmt.Errorf("take a place: %w", err)
	}
	return nil
}

// leave gives the place of a message up that has come to its end, at once if
// that is cheap or if others stand behind it: a lane must not fill with entries
// that nobody needs.
func (q *Queue) leave(tx *sqlite.Tx, m row, followed bool) error {
	if keyOf(m.lane) != nil && !followed && q.places.last-m.seq >= int64(q.places.near) {
		c := q.begin(tx)
		c.left = append(c.left, placeOf(m.lane, m.seq))
		return nil
	}
	return q.giveUp(tx, m)
}

// giveUp deletes the place of a message that has come to its end. Where the
// index is damaged that fails once, and is then done without: an outcome that
// could not be recorded would have the message sent again and again.
func (q *Queue) giveUp(tx *sqlite.Tx, m row) error {
	if q.places.damaged {
		return nil
	}
	err := deletePlace(tx, keyOf(m.lane), m.seq)
	q.places.learn(err, q.opt.Log)
	return err
}

// learn notes that the index is damaged.
func (p *places) learn(err error, log *slog.Logger) {
	if sqlite.FaultOf(err) == sqlite.Damaged && !p.damaged {
		log.Error("the index of lanes is damaged; places are no longer given up; restore the database from a backup", "err", err)
		p.damaged, p.left, p.sorted = true, nil, nil
	}
}

func deletePlace(tx *sqlite.Tx, key []byte, seq int64) error {
	if key == nil {
		return nil
	}
	if err := tx.Do("delete from place where lane = ? and seq = ?", key, seq); err != nil {
		return fmt.Errorf("give a place up: %w", err)
	}
	return nil
}

// lastIn returns the seq of the last message in a lane, 0 if there is none. If
// there is one its caller is going to wait behind it, so that from now on
// somebody waits in this transaction.
func (c *commit) lastIn(lane []byte) (seq int64, err error) {
	key := keyOf(lane)
	if key == nil {
		return 0, nil
	}
	err = c.tx.Query(`select p.seq from place p join message m on m.seq = p.seq
		where p.lane = +? and m.lane = +? and (m.state <= 2 or m.state = 4) order by p.seq desc limit 1`, func(r sqlite.Row) error {
		seq = r.Int(0)
		c.waiting = somebodyWaits
		return nil
	}, key, lane)
	return seq, err
}

// waiting says whether any message at all waits for the one before it in its lane.
type waiting int

const (
	notAsked waiting = iota
	nobodyWaits
	somebodyWaits
)

// anybodyWaits asks once in a transaction: in most of them nobody waits, and
// then nobody need look behind each message that leaves. Where that index is
// damaged asking fails once, and from then on each message is asked for, so
// that only those are held up whose own part of the index is damaged.
func (q *Queue) anybodyWaits(c *commit) (bool, error) {
	if q.waitsDamaged {
		return true, nil
	}
	if c.waiting == notAsked {
		found := nobodyWaits
		if err := c.tx.Query("select 1 from message where waits is not null limit 1", func(sqlite.Row) error {
			found = somebodyWaits
			return nil
		}); err != nil {
			if q.waitsDamaged = sqlite.FaultOf(err) == sqlite.Damaged; q.waitsDamaged {
				q.opt.Log.Error("the index of messages that wait is damaged; restore the database from a backup", "err", err)
			}
			return false, fmt.Errorf("ask whether anybody waits: %w", err)
		}
		c.waiting = found
	}
	return c.waiting == somebodyWaits, nil
}

// tidyPlaces deletes some of the places that were left.
func (q *Queue) tidyPlaces(tx *sqlite.Tx, c *commit, most int) error {
	rest := q.places.sorted[c.tidied:]
	rest = rest[:min(most, len(rest))]
	for _, p := range rest {
		if err := deletePlace(tx, p.key(), p.seq(q.places.last)); err != nil {
			q.places.learn(err, q.opt.Log)
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
	p.last = max(p.last, c.last)
	if p.damaged {
		return
	}
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
