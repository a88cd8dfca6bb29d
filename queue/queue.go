// Package queue keeps every message on disk until its upstream has it.
//
// It promises that a message whose Put returned nil is delivered, due or
// parked and never lost, that messages of one lane are leased in order, that
// each arrow between two states is one commit together with its entry in the
// record, that no message is leased a second time while the first lease is out
// in this process, and that neither time nor memory of an operation grows with
// the number of messages held. // req: R-01
package queue

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of the queue, for sqlite.Open.
func Schema() sqlite.Schema {
	files, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sqlite.Schema{Name: "queue", Files: files}
}

// Options are the settings of the queue. DB, Log and Keys are required.
type Options struct {
	DB    *sqlite.DB // opened with Schema and audit.Schema
	Audit *audit.Log
	Keys  Keys

	Grace  time.Duration // how long a delivered message's payload is kept; 0 = 24 h
	Retain Retention     // how long rows are kept

	Now  func() time.Time // nil = time.Now
	Rand io.Reader        // nil = crypto/rand
	Log  *slog.Logger     // nil = discard
}

// Retention says how long a message's row stays after it came to a final
// state. Rows that are queued, leased or parked stay until they leave it.
type Retention struct {
	Delivered, Rejected, Dropped, Superseded time.Duration
}

// Queue is the store of messages.
type Queue struct {
	opt     Options
	db      *sqlite.DB
	payload *sql.Stmt // payloadQuery
	sealing sync.Pool // of *[]byte, to seal messages into

	mu      sync.Mutex // guards feeds
	feeds   map[string]*Feed
	knocked chan struct{}

	newest atomic.Int64 // ms; the latest time that a commit was begun at, until the clock goes back

	// What follows belongs to the writer's goroutine.
	commit commit
	counts counts
	places places

	waitsDamaged bool // the index of messages that wait is

	passedOver passedOver
}

// Open prepares the queue in o.DB. It returns ErrKey when the payloads in it
// were sealed with another key.
func Open(ctx context.Context, o Options) (*Queue, error) {
	if o.Grace == 0 {
		o.Grace = 24 * time.Hour
	}
	const day = 24 * time.Hour
	for _, d := range []struct {
		have *time.Duration
		want time.Duration
	}{{&o.Retain.Delivered, 90 * day}, {&o.Retain.Rejected, 90 * day}, {&o.Retain.Dropped, 30 * day}, {&o.Retain.Superseded, day}} {
		if *d.have == 0 {
			*d.have = d.want
		}
	}
	if o.Now == nil {
		// Without the monotonic reading: what is due is written as the time of
		// the wall clock, and a step of that clock has to be seen.
		o.Now = func() time.Time { return time.Now().Round(0) }
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	q := &Queue{opt: o, db: o.DB, feeds: map[string]*Feed{}, knocked: make(chan struct{}, 1), passedOver: passedOver{}, places: places{near: nearMost, many: leftMany}}
	q.db.EachCommit(q.beforeCommit)
	if err := q.checkKey(ctx); err != nil {
		return nil, err
	}
	// Only what is cheaper depends on it, so a damaged page must not keep the queue from opening.
	err := q.db.Read().QueryRowContext(ctx, "select coalesce(max(seq), 0) from message").Scan(&q.places.last)
	if err != nil {
		q.opt.Log.Warn("read the last message", "err", err)
	}
	if q.payload, err = q.db.Read().PrepareContext(ctx, payloadQuery); err != nil {
		return nil, fmt.Errorf("prepare to read payloads: %w", err)
	}
	return q, nil
}

// commit is what the queue does in memory while one transaction is open.
type commit struct {
	tx     *sqlite.Tx
	now    time.Time
	ms     int64
	leases map[string][]Lease // by upstream, handed out once the commit is on disk
	wake   map[string]int64   // by upstream: something becomes due at this time, ms
	tally  map[tallyKey]int64
	last   int64 // seq of the last message, 0 = not asked yet
	left   []place
	tidied int // places deleted of those that wait for it

	waiting waiting

	recount bool // the counts are made anew at the end
	counted bool // the counts are written
}

type tallyKey struct {
	sender, service, upstream string
	state                     lgsp.State
}

// begin returns the memory of the open transaction, fresh for a new one.
func (q *Queue) begin(tx *sqlite.Tx) *commit {
	c := &q.commit
	if c.tx == tx {
		return c
	}
	now := q.opt.Now()
	*c = commit{tx: tx, now: now, ms: now.UnixMilli(), leases: map[string][]Lease{}, wake: map[string]int64{}, tally: c.tally, left: c.left[:0]}
	if c.tally == nil {
		c.tally = map[tallyKey]int64{}
	}
	clear(c.tally)
	tx.OnCommit(q.afterCommit)
	if c.ms > q.newest.Load() {
		q.newest.Store(c.ms)
	}
	return c
}

// nextSeq returns the seq that no message has yet, behind all others. The
// database is asked once in a transaction: whoever takes the seq sets last.
func (c *commit) nextSeq() (int64, error) {
	if c.last == 0 {
		if err := c.tx.Query("select max(seq) from message", func(r sqlite.Row) error {
			c.last = r.Int(0)
			return nil
		}); err != nil {
			return 0, fmt.Errorf("read the last message: %w", err)
		}
	}
	return c.last + 1, nil
}

// move writes the entry of a change of state and counts it.
func (q *Queue) move(tx *sqlite.Tx, m row, to lgsp.State, e audit.Entry) error {
	c := q.begin(tx)
	if m.state != 0 {
		c.tally[tallyKey{m.sender, m.service, m.upstream, m.state}]--
	}
	c.tally[tallyKey{m.sender, m.service, m.upstream, to}]++
	e.At = c.now
	return q.opt.Audit.Append(tx, &e)
}

// beforeCommit is the last thing done in every transaction: it leases what is
// due to those who wait for it and writes the counts. What of it has failed is
// left for later when the transaction is made again.
func (q *Queue) beforeCommit(tx *sqlite.Tx) error {
	c := q.begin(tx)
	if tx.Again() < 2 {
		if err := q.leaseDue(tx, c); err != nil {
			return err
		}
	}
	if tx.Again() == 0 {
		if err := q.tidyPlaces(tx, c, max(leftEach, leftTimes*len(c.left))); err != nil {
			return err
		}
	}
	if err := q.keepCounts(tx, c); err != nil {
		return err
	}
	c.counted = true
	return nil
}

// afterCommit hands the leases out. It runs in the writer's goroutine.
func (q *Queue) afterCommit() {
	if !q.commit.counted && len(q.commit.tally) > 0 {
		q.counts.stale = true
	}
	q.settlePlaces(&q.commit)
	q.mu.Lock()
	defer q.mu.Unlock()
	for upstream, at := range q.commit.wake {
		if f, ok := q.feeds[upstream]; ok {
			f.next = min(f.next, at)
			q.knock()
		}
	}
	for upstream, leases := range q.commit.leases {
		f := q.feeds[upstream]
		for _, l := range leases {
			f.out[fence{l.seq, l.Attempt}] = struct{}{}
			f.leases <- l // has room: no more are out than it holds
		}
	}
}

// Room returns nil while newcomers may be stored; see sqlite.DB.Room.
func (q *Queue) Room() error { return q.db.Room() }
