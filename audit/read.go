package audit

import (
	"context"
	"errors"
	"math"

	"lgsp.internal/adapter/internal/sqlite"
)

// Range is the entries from First to Last, both included. First 0 stands for the
// beginning of what is kept, Last 0 for the end as it is when Read gets there.
type Range struct{ First, Last int64 }

// Reading is what Read found.
type Reading struct {
	Entries  int64
	First    int64     // seq of the first entry that was read, 0 if there was none
	Anchor   Head      // of the entry before the range: the last that was pruned, if that stands there
	Head     Head      // of the last entry that was read, Anchor if there was none
	Problems []Problem // empty when this part of the chain is whole; at most maxProblems
}

// ErrPruned is returned by Read when Prune removed entries that Read was about to
// read, behind others that it had read.
var ErrPruned = errors.New("the record was pruned meanwhile; read it again")

// Read calls each with the entries of a range, in order, and checks the chain as
// Verify does, but for sealed heads and for how entries are found by message. An
// entry that cannot be read is a problem, and each is not called with it.
//
// The entry is valid until each returns. Its texts stay valid, but each holds on
// to the whole text of its entry: clone those that are kept for long. Read
// stops at the first error of each and returns it. It reads in short reads;
// memory does not grow with the range, and entries may be added meanwhile.
func (l *Log) Read(ctx context.Context, r Range, each func(*Entry) error) (Reading, error) {
	if r.Last == 0 {
		r.Last = math.MaxInt64
	}
	anchor, err := l.before(ctx, r.First)
	if err != nil {
		return Reading{}, err
	}
	c := newChecker(nil)
	c.verdict.Head = anchor
	var e Entry
	err = l.walkAhead(ctx, plainLines, anchor.Seq, r.Last, func(moved Head) error {
		if c.verdict.Entries > 0 {
			return ErrPruned
		}
		anchor, c.verdict.Head = moved, moved
		return nil
	}, func(at *line) error {
		if at.seq < r.First { // the end stood further before it, and has moved meanwhile
			anchor.Seq = at.seq
			copy(anchor.Hash[:], at.hash)
			c.verdict.Head = anchor
			return nil
		}
		c.next(at.seq, at.entry, at.hash)
		if !c.reads(&e, at) {
			return nil
		}
		return each(&e)
	})
	v := c.verdict
	return Reading{Entries: v.Entries, First: v.First, Anchor: anchor, Head: v.Head, Problems: v.Problems}, err
}

// reads decodes an entry, and reports whether that could be done.
func (c *checker) reads(e *Entry, at *line) bool {
	if e.Parse(at.entry) == nil {
		return true
	}
	c.problem(at.seq, "is not an entry that can be read")
	return false
}

// before returns the head of the last entry before first or, where all of those
// were pruned, the beginning of the chain.
func (l *Log) before(ctx context.Context, first int64) (head Head, err error) {
	err = l.opt.DB.Snapshot(ctx, func(s *sqlite.Snapshot) error {
		if head, err = anchorIn(s); err != nil {
			return err
		}
		return s.Query("select seq, hash from audit where seq < ? order by seq desc limit 1", func(r sqlite.Row) error {
			head.Seq = r.Int(0)
			copy(head.Hash[:], r.Append(nil, 1))
			return nil
		}, first)
	})
	return head, err
}
