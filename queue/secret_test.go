package queue_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/queue"
)

// req: R-02
func TestNothingOfAMessageRestsInClear(t *testing.T) {
	b := newBench(t)
	const body, raw, lane, subject, officer = "MARK-DOCUMENT", "MARK-RECEIVED", "MARK-LANE", "079000000042", "MARK-ROUTE"
	send := func(id string, put func(lgsp.Envelope, lgsp.Document)) {
		e, d := b.message(id, lane, body)
		e.Body, d.Subject, d.Route = []byte(raw), subject, officer
		put(e, d)
	}
	ctx := context.Background()
	send("HS-1", func(e lgsp.Envelope, d lgsp.Document) { b.putMessage(e, d, "hotich") })
	send("HS-2", func(e lgsp.Envelope, d lgsp.Document) { b.putMessage(e, d, "hotich") })
	send("HS-3", func(e lgsp.Envelope, d lgsp.Document) {
		if _, err := b.q.Reject(ctx, e, d, "hotich", bad, ""); err != nil {
			t.Fatal(err)
		}
	})
	b.park(b.claim("hotich", 1)[0])
	b.operate(b.q.Replay, queue.Filter{}, 2)
	search := func(when string) {
		found := 0
		for _, suffix := range []string{"", "-wal", "-shm"} {
			data, err := os.ReadFile(b.path + suffix)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			for _, mark := range []string{body, raw, lane, subject, officer} {
				if bytes.Contains(data, []byte(mark)) {
					t.Errorf("%s: %q stands in %q", when, mark, "lgspd.db"+suffix)
				}
			}
			if bytes.Contains(data, []byte("hotich.khai-sinh")) {
				found++
			}
		}
		if found == 0 {
			t.Errorf("%s: the files hold no message at all", when)
		}
	}
	search("while it is open")
	b.reopen()
	search("after it was closed")
}

// swap exchanges what is stored for two messages.
const swap = `create temp table before as select * from payload;
	update payload set sealed = (select sealed from before where before.seq = 3 - payload.seq)`

func TestAPayloadIsBoundToItsMessage(t *testing.T) {
	b := newBench(t)
	b.damaged = true
	b.put("HS-1", "", "one")
	b.put("HS-2", "", "two")
	b.execBehind(swap)
	for _, l := range b.claim("hotich", 2) {
		b.expectDamaged(l)
	}
}

func (b *bench) expectDamaged(l queue.Lease) {
	b.t.Helper()
	_, d, err := b.q.Load(context.Background(), l)
	var cause *lgsp.Error
	if !errors.As(err, &cause) || cause.Kind != lgsp.Invalid || cause.Code != "Damaged" || cause.Text == "" {
		b.t.Errorf("load: %+v %v, want Damaged", d, err)
		return
	}
	// What is sent again before the drop gets only the receipt of the first time.
	drop, again := strings.Index(cause.Text, "loại bỏ"), strings.Index(cause.Text, "gửi lại")
	if drop < 0 || again < drop {
		b.t.Errorf("%q does not say to drop it first and to have it sent again then", cause.Text)
	}
}

func TestADamagedPayloadIsNotDelivered(t *testing.T) {
	for name, damage := range map[string]string{
		"a byte":    "update payload set sealed = cast(substr(sealed, 1, 40) || case substr(sealed, 41, 1) when x'00' then x'01' else x'00' end || substr(sealed, 42) as blob)",
		"cut off":   "update payload set sealed = substr(sealed, 1, 60)",
		"short":     "update payload set sealed = x'01'",
		"empty":     "update payload set sealed = x''",
		"version":   "update payload set sealed = cast(x'02' || substr(sealed, 2) as blob)",
		"not there": "delete from payload",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.damaged = true
			id := b.put("HS-1", "", "x")
			b.execBehind(damage)
			l := b.claim("hotich", 1)[0]
			b.expectDamaged(l)
			b.park(l)
			found, err := b.q.Inspect(context.Background())
			if err != nil || len(found) != 1 || found[0].Message != id.String() {
				t.Errorf("inspect: %v %v", found, err)
			}
		})
	}
}

func TestADatabaseIsNotOpenedWithAnotherKey(t *testing.T) {
	b := newBench(t)
	b.put("HS-1", "", "x")
	o := b.opt
	o.Keys = keysOf(t, 8)
	if _, err := queue.Open(context.Background(), o); !errors.Is(err, queue.ErrKey) {
		t.Errorf("opened with %v, want %v", err, queue.ErrKey)
	}
	if _, err := queue.Open(context.Background(), b.opt); err != nil {
		t.Error(err)
	}
}

func TestAMasterKeyHas32Bytes(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := queue.NewKeys(make([]byte, n)); err == nil {
			t.Errorf("a key of %d bytes was taken", n)
		}
	}
}

func TestEqualMessagesAreSealedDifferently(t *testing.T) {
	b := newBench(t)
	b.put("", "", "x")
	b.put("", "", "x")
	if n := b.count("select count(distinct substr(sealed, 2, 12)) from payload"); n != 2 {
		t.Error("a nonce was used twice")
	}
}

func TestAPutWithoutRandomnessIsRefused(t *testing.T) {
	// The first nonce, which the check of the key takes, is whole.
	b := newBench(t, func(_ *sqlite.Options, o *queue.Options) { o.Rand = bytes.NewReader(make([]byte, 12+5)) })
	e, d := b.message("HS-1", "", "x")
	if _, err := b.q.Put(context.Background(), e, d, "hotich"); err == nil {
		t.Error("a message was sealed without a whole nonce")
	}
	if n := len(b.items(queue.Filter{})); n != 0 {
		t.Errorf("%d messages are held", n)
	}
}

func TestInspectNamesEachDamagedMessageAndGoesOn(t *testing.T) {
	b := newBench(t)
	b.damaged = true
	var ids []lgsp.ID
	for range 5 {
		ids = append(ids, b.put("", "", "x"))
	}
	b.execBehind("update payload set sealed = x'0102' where seq in (1, 3)")
	b.execBehind("delete from payload where seq = 4")
	b.execBehind("update tally set n = n + 2")
	found, err := b.q.Inspect(context.Background())
	if err != nil || len(found) != 4 {
		t.Fatalf("found %v (%v), want three messages and a count", found, err)
	}
	for i, n := range []int{0, 2, 3} {
		if found[i].Message != ids[n].String() || found[i].Text == "" {
			t.Errorf("finding %d is %+v, want message %s", i, found[i], ids[n])
		}
	}
	if found[3].Message != "" {
		t.Errorf("the count is %+v", found[3])
	}
}

// A page of the file that is overwritten must not hide what stands on others.
func TestInspectGoesOnBehindADamagedPage(t *testing.T) {
	b := newBench(t)
	b.damaged = true
	for range 40 {
		b.put("", "", string(bytes.Repeat([]byte("x"), 3000)))
	}
	var sealed []byte
	if err := b.db.Read().QueryRowContext(context.Background(), "select substr(sealed, 1, 32) from payload where seq = 20").Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	b.close()
	data, err := os.ReadFile(b.path)
	if err != nil {
		t.Fatal(err)
	}
	page := int64(bytes.Index(data, sealed) / 8192)
	f, err := os.OpenFile(b.path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xff}, 8192), page*8192); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	b.open()
	found, err := b.q.Inspect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	file, messages := 0, 0
	for _, f := range found {
		if f.Message == "" {
			file++
		} else {
			messages++
		}
	}
	if file == 0 || messages == 0 || messages > 10 {
		t.Errorf("%d findings about the file, %d messages of 40: %v", file, messages, found)
	}
}
