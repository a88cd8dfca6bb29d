package queue_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/queue"
)

// bench is a queue on a real file, with a clock that the test moves.
type bench struct {
	t     testing.TB
	path  string
	clock *clock
	db    *sqlite.DB
	log   *audit.Log
	q     *queue.Queue
	opt   queue.Options
}

type clock struct{ ahead time.Duration }

func (c *clock) now() time.Time { return time.Now().Add(c.ahead) }

func newBench(t testing.TB, change ...func(*sqlite.Options, *queue.Options)) *bench {
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "lgspd.db"), clock: &clock{}}
	b.open(change...)
	t.Cleanup(b.close)
	return b
}

func (b *bench) open(change ...func(*sqlite.Options, *queue.Options)) {
	b.t.Helper()
	so := sqlite.Options{Path: b.path, Schemas: []sqlite.Schema{audit.Schema(), queue.Schema()}, Now: b.clock.now}
	keys, err := queue.NewKeys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		b.t.Fatal(err)
	}
	b.opt = queue.Options{Keys: keys, Now: b.clock.now}
	for _, c := range change {
		c(&so, &b.opt)
	}
	if b.db, err = sqlite.Open(context.Background(), so); err != nil {
		b.t.Fatal(err)
	}
	b.log = audit.New(audit.Options{DB: b.db, Key: []byte("pseudonyms"), Now: b.clock.now})
	b.opt.DB, b.opt.Audit = b.db, b.log
	if b.q, err = queue.Open(context.Background(), b.opt); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) close() {
	if b.db == nil {
		return
	}
	if err := b.db.Close(); err != nil {
		b.t.Error(err)
	}
	b.db = nil
}

// message makes an envelope and its document; id is the sender's own id.
func (b *bench) message(id, lane, body string) (lgsp.Envelope, lgsp.Document) {
	now := b.clock.now()
	return lgsp.Envelope{ID: newID(b.t, now), Source: "soap", Sender: "H29.11", Service: "hotich.khai-sinh", Received: now, Body: []byte("<raw>" + body + "</raw>")},
		lgsp.Document{Route: "nhanHoSoDKHT", LegacyID: id, Lane: lane, Subject: "079000000001", Body: []byte("{" + body + "}")}
}

func newID(t testing.TB, at time.Time) lgsp.ID {
	id, err := lgsp.NewID(at, randomReader{})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func BenchmarkPutClaimDone(b *testing.B) {
	for _, conns := range []int{32, 128} {
		b.Run(fmt.Sprint(conns), func(b *testing.B) { benchmarkFlow(b, conns) })
	}
}

// claim takes n leases, which must be due, with a feed of its own.
func (b *bench) claim(upstream string, n int) []queue.Lease {
	b.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	feed := b.q.Feed(upstream, n)
	feed.Limit(n)
	go b.q.Run(ctx)
	var leases []queue.Lease
	for len(leases) < n {
		select {
		case l := <-feed.Leases():
			leases = append(leases, l)
		case <-ctx.Done():
			b.t.Fatalf("%d of %d messages were due", len(leases), n)
		}
	}
	feed.Limit(0)
	return leases
}
