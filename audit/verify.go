package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Verdict is what Verify found.
type Verdict struct {
	Entries  int64
	First    int64 // seq of the first entry that is kept
	Head     Head
	Problems []Problem // empty when the chain is whole; at most maxProblems
}

// Problem is one place where the record is not what was written.
type Problem struct {
	Seq  int64
	Text string
}

func (p Problem) String() string { return fmt.Sprintf("entry %d: %s", p.Seq, p.Text) }

const maxProblems = 20

// Verify recomputes the whole chain and compares it with the heads that were
// sealed and with those given, which were printed in reports or logs. It reads
// the record in short reads; memory does not grow with it, and entries may be
// added and pruned meanwhile.
func (l *Log) Verify(ctx context.Context, heads ...Head) (Verdict, error) {
	written, err := readHeads(l.opt.HeadsPath)
	if err != nil {
		return Verdict{}, err
	}
	for _, s := range written {
		heads = append(heads, s.Head)
	}
	c := newChecker(heads)
	young := l.opt.Now().Add(-Retention)
	err = l.walkAhead(ctx, namedLines, -1, math.MaxInt64, func(anchor Head) error {
		c.begins(anchor, written, young)
		return nil
	}, func(at *line) error {
		c.next(at.seq, at.entry, at.hash)
		c.names(at)
		return nil
	})
	if err != nil {
		return Verdict{}, err
	}
	return c.finish(), nil
}

// checker recomputes a chain entry by entry.
type checker struct {
	verdict Verdict
	want    map[int64][][32]byte // heads by seq
	known   int64                // the largest seq of want
	buf     []byte
}

func newChecker(heads []Head) *checker {
	c := &checker{want: map[int64][][32]byte{}}
	for _, h := range heads {
		c.want[h.Seq] = append(c.want[h.Seq], h.Hash)
		c.known = max(c.known, h.Seq)
	}
	return c
}

// begins goes on behind the beginning of the chain, and checks that nothing was
// removed before it that is younger than it may be: what follows a head was
// written after that was sealed.
func (c *checker) begins(anchor Head, written []sealed, young time.Time) {
	c.verdict.Head = anchor
	c.compare(anchor)
	for _, s := range written {
		if s.Seq < anchor.Seq && s.at.After(young) {
			c.problem(anchor.Seq, fmt.Sprintf("is the last before the beginning, but what follows entry %d is younger than two years: it was removed too early", s.Seq))
			return
		}
	}
}

func (c *checker) next(seq int64, entry string, hash []byte) {
	prev := c.verdict.Head
	if seq != prev.Seq+1 {
		c.problem(seq, fmt.Sprintf("follows entry %d: %d entries are missing", prev.Seq, seq-prev.Seq-1))
	}
	c.buf = append(append(c.buf[:0], prev.Hash[:]...), entry...)
	sum := sha256.Sum256(c.buf)
	if string(sum[:]) != string(hash) {
		c.problem(seq, "its text or the one before it was changed: the hash does not fit")
	}
	if seqOf(entry) != seq {
		c.problem(seq, "stands in the place of another")
	}
	if c.verdict.Entries == 0 {
		c.verdict.First = seq
	}
	c.verdict.Entries++
	c.verdict.Head.Seq = seq
	copy(c.verdict.Head.Hash[:], hash)
	c.compare(c.verdict.Head)
}

// names checks that the column which finds a message's entries says what the
// entry says.
func (c *checker) names(at *line) {
	const key = `,"message":"`
	_, rest, named := strings.Cut(at.entry, key)
	rest, fits := strings.CutPrefix(rest, at.message)
	if named != at.named || named && !(fits && strings.HasPrefix(rest, `"`)) {
		c.problem(at.seq, "is filed under another message than it names")
	}
}

func (c *checker) compare(h Head) {
	for _, hash := range c.want[h.Seq] {
		if hash != h.Hash {
			c.problem(h.Seq, "differs from the head that was sealed: the record was rewritten")
		}
	}
}

func (c *checker) finish() Verdict {
	if end := c.verdict.Head.Seq; c.known > end {
		c.problem(end, fmt.Sprintf("is the last, but entry %d was sealed: the end was cut off", c.known))
	}
	return c.verdict
}

func (c *checker) problem(seq int64, text string) {
	if len(c.verdict.Problems) < maxProblems {
		c.verdict.Problems = append(c.verdict.Problems, Problem{seq, text})
	}
}

// seqOf reads the number that every entry begins with, -1 if it does not.
func seqOf(entry string) int64 {
	const prefix = `{"seq":`
	if len(entry) <= len(prefix) || entry[:len(prefix)] != prefix {
		return -1
	}
	var n int64
	for i := len(prefix); i < len(entry); i++ {
		c := entry[i]
		if c < '0' || c > '9' {
			return n
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

func scanEntries(rows *sql.Rows) ([]Entry, error) {
	var entries []Entry
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		var e Entry
		if err := e.Parse(text); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		entries = append(entries, e)
	}
	return entries, errors.Join(rows.Err(), rows.Close())
}
