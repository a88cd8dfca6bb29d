package queue_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/queue"
	"lgsp.internal/adapter/report"
)

// bench is a queue on a real file, with a clock that the test moves. When it
// is closed, everything that must hold of a queue at rest is checked.
type bench struct {
	t       testing.TB
	path    string
	clock   *clock
	change  []func(*sqlite.Options, *queue.Options)
	db      *sqlite.DB
	log     *audit.Log
	counts  *report.Counts // of the record, as the daemon keeps them
	q       *queue.Queue
	opt     queue.Options
	tune    func(*queue.Queue) // of a queue just opened
	feeds   map[string]*harnessFeed
	stopRun func()
	damaged bool // the test damaged the database, so it is not expected to be whole
	busy    bool // another works on the database, so it is not at rest when this one closes it
}

// clock stands still until a test moves it; in a benchmark it runs.
type clock struct {
	start time.Time // zero = the real time
	ahead atomic.Int64
}

func (c *clock) now() time.Time {
	ahead := time.Duration(c.ahead.Load())
	if c.start.IsZero() {
		return time.Now().Add(ahead)
	}
	return c.start.Add(ahead)
}

// pass is a step of the clock; see bench.live for time that is lived through.
func (c *clock) pass(d time.Duration) { c.ahead.Add(int64(d)) }

func newBench(t testing.TB, change ...func(*sqlite.Options, *queue.Options)) *bench {
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "lgspd.db"), clock: &clock{}, change: change}
	if _, test := t.(*testing.T); test {
		b.clock.start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	}
	b.open()
	t.Cleanup(b.close)
	return b
}

func (b *bench) open() {
	b.t.Helper()
	so := sqlite.Options{Path: b.path, Schemas: []sqlite.Schema{audit.Schema(), queue.Schema(), report.Schema()}}
	b.opt = queue.Options{Keys: keysOf(b.t, 7), Now: b.clock.now}
	for _, c := range b.change {
		c(&so, &b.opt)
	}
	var err error
	if b.db, err = sqlite.Open(context.Background(), so); err != nil {
		b.t.Fatal(err)
	}
	b.counts = report.New(b.db)
	b.log = audit.New(audit.Options{DB: b.db, Key: []byte("pseudonyms"), Now: b.clock.now, Counter: b.counts})
	b.opt.DB, b.opt.Audit = b.db, b.log
	if b.q, err = queue.Open(context.Background(), b.opt); err != nil {
		b.t.Fatal(err)
	}
	b.counts.Keep()
	if b.tune != nil {
		b.tune(b.q)
	}
	b.feeds = map[string]*harnessFeed{}
}

// live lets time pass while the daemon runs, which seals the record every day.
func (b *bench) live(d time.Duration) {
	b.t.Helper()
	for {
		if _, err := b.log.Seal(context.Background()); err != nil {
			b.t.Fatal(err)
		}
		if d == 0 {
			return
		}
		part := min(d, 70*time.Hour)
		b.clock.pass(part)
		d -= part
	}
}

func keysOf(t testing.TB, master byte) queue.Keys {
	t.Helper()
	keys, err := queue.NewKeys(bytes.Repeat([]byte{master}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (b *bench) close() {
	if b.db == nil {
		return
	}
	if b.stopRun != nil {
		b.stopRun()
		b.stopRun = nil
	}
	if _, test := b.t.(*testing.T); test && !b.damaged && !b.busy && !b.t.Failed() {
		b.checkWhole()
	}
	if err := b.db.Close(); err != nil {
		b.t.Error(err)
	}
	b.db = nil
}

func (b *bench) reopen() {
	b.t.Helper()
	b.close()
	b.open()
}

// harnessFeed is a feed whose limit is the leases taken so far: a place is open only
// while a test asks for leases.
type harnessFeed struct {
	*queue.Feed
	taken int
}

// feed returns the bench's one feed of an upstream and sees that Run runs.
func (b *bench) feed(upstream string) *harnessFeed {
	if b.stopRun == nil {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		q := b.q
		go func() { defer close(ended); q.Run(ctx) }()
		b.stopRun = func() { cancel(); <-ended }
	}
	f, ok := b.feeds[upstream]
	if !ok {
		f = &harnessFeed{Feed: b.q.Feed(upstream, 4096)}
		b.feeds[upstream] = f
	}
	return f
}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// next takes one lease, for which a place is open.
func (b *bench) next(f *harnessFeed) queue.Lease {
	b.t.Helper()
	select {
	case l := <-f.Leases():
		f.taken++
		return l
	case <-time.After(patience):
		b.t.Fatal("no message was leased")
		panic("unreachable")
	}
}

// claim takes n leases, which must be due.
func (b *bench) claim(upstream string, n int) []queue.Lease {
	b.t.Helper()
	f := b.feed(upstream)
	f.Limit(f.taken + n)
	var leases []queue.Lease
	for len(leases) < n {
		leases = append(leases, b.next(f))
	}
	return leases
}

// claimAll takes every lease that can be had now. It knows that there are no
// more when a message that is put last is leased.
func (b *bench) claimAll(upstream string) []queue.Lease {
	b.t.Helper()
	f := b.feed(upstream)
	f.Limit(f.taken + 1024)
	e, d := b.message("", "", "the last")
	e.Sender, e.Service = "H29.99", "kiem-thu.cuoi"
	last := b.putMessage(e, d, upstream)
	var leases []queue.Lease
	for {
		l := b.next(f)
		if l.ID == last.ID {
			f.Limit(f.taken)
			b.done(l)
			return leases
		}
		leases = append(leases, l)
	}
}

func (b *bench) done(l queue.Lease) {
	b.t.Helper()
	if err := b.q.Done(context.Background(), l, lgsp.Ack{Ref: "NGSP-1", At: b.clock.now()}, 12*time.Millisecond); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) retry(l queue.Lease, after time.Duration) {
	b.t.Helper()
	if err := b.q.Retry(context.Background(), l, b.clock.now().Add(after), world, 7*time.Millisecond); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) park(l queue.Lease) {
	b.t.Helper()
	if err := b.q.Park(context.Background(), l, fault, 9*time.Millisecond); err != nil {
		b.t.Fatal(err)
	}
}

// What went wrong in tests: the world, the message, and a message's form.
var (
	world = &lgsp.Error{Kind: lgsp.Unavailable, Op: "test", Code: "Down", Text: "Hệ thống nhận đang gián đoạn; thông điệp sẽ được gửi lại."}
	fault = &lgsp.Error{Kind: lgsp.Refused, Op: "test", Code: "E07", Text: "Mã đơn vị không có trong danh mục; hãy sửa mã đơn vị."}
	bad   = &lgsp.Error{Kind: lgsp.Invalid, Op: "test", Code: "Invalid", Text: "Thông điệp có trường sai; hãy sửa và gửi lại.",
		Fields: []lgsp.FieldError{{Path: "/DangKy/NgaySinh", Code: "date", Want: "dd/MM/yyyy"}}}
)

var operator = queue.Order{Operator: "van-hanh-1", Why: "kiểm thử"}

// message makes an envelope and its document; id is the sender's own id.
func (b *bench) message(id, lane, body string) (lgsp.Envelope, lgsp.Document) {
	now := b.clock.now()
	return lgsp.Envelope{ID: newID(b.t, now), Source: "soap", Sender: "H29.11", Service: "hotich.khai-sinh", Received: now, Body: []byte("<raw>" + body + "</raw>")},
		lgsp.Document{Route: "nhanHoSoDKHT", LegacyID: id, Lane: lane, Subject: "079000000001", Body: []byte("{" + body + "}")}
}

func newID(t testing.TB, at time.Time) lgsp.ID {
	id, err := lgsp.NewID(at, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (b *bench) putMessage(e lgsp.Envelope, d lgsp.Document, upstream string) lgsp.Receipt {
	b.t.Helper()
	r, err := b.q.Put(context.Background(), e, d, upstream)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// put puts a message for the upstream "hotich".
func (b *bench) put(id, lane, body string) lgsp.ID {
	b.t.Helper()
	e, d := b.message(id, lane, body)
	return b.putMessage(e, d, "hotich").ID
}

// reject has a message kept as rejected.
func (b *bench) reject(id, lane, body string) lgsp.Receipt {
	b.t.Helper()
	e, d := b.message(id, lane, body)
	r, err := b.q.Reject(context.Background(), e, d, "hotich", bad, "/DangKy/NgaySinh")
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// operate runs an operator's command, which must find want messages.
func (b *bench) operate(verb func(context.Context, queue.Filter, queue.Order) (int64, error), f queue.Filter, want int64) {
	b.t.Helper()
	n, err := verb(context.Background(), f, operator)
	if err != nil {
		b.t.Fatal(err)
	}
	if n != want {
		b.t.Fatalf("%d messages, want %d", n, want)
	}
}

// replayElsewhere replays a message as another process does.
func (b *bench) replayElsewhere(id lgsp.ID) {
	b.t.Helper()
	other := &bench{t: b.t, path: b.path, clock: b.clock, busy: true}
	other.open()
	other.operate(other.q.Replay, only(id), 1)
	other.close()
}

func (b *bench) sweep() queue.Swept {
	b.t.Helper()
	s, err := b.q.Sweep(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func only(ids ...lgsp.ID) queue.Filter { return queue.Filter{IDs: ids} }

func BenchmarkPutClaimDone(b *testing.B) {
	for _, conns := range []int{32, 128} {
		b.Run(fmt.Sprint(conns), func(b *testing.B) { benchmarkFlow(b, conns) })
	}
}
