package queue_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/queue"
)

// items returns every message of a filter.
func (b *bench) items(f queue.Filter) []queue.Item {
	b.t.Helper()
	items, err := b.q.List(context.Background(), f, 0, 1<<30)
	if err != nil {
		b.t.Fatal(err)
	}
	return items
}

func (b *bench) item(id lgsp.ID) queue.Item {
	b.t.Helper()
	items := b.items(only(id))
	if len(items) != 1 {
		b.t.Fatalf("%d messages have the id %s", len(items), id)
	}
	return items[0]
}

// expect fails unless a message is in a state.
func (b *bench) expect(id lgsp.ID, want lgsp.State) {
	b.t.Helper()
	if got := b.item(id).State; got != want.String() {
		b.t.Errorf("message is %s, want %s", got, want)
	}
}

func (b *bench) count(query string, args ...any) int64 {
	b.t.Helper()
	var n int64
	if err := b.db.Read().QueryRowContext(context.Background(), query, args...).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

// record returns the whole record, as its export tells it.
func (b *bench) record() []audit.Entry {
	b.t.Helper()
	var out bytes.Buffer
	if _, err := b.log.Export(context.Background(), &out, time.Time{}, time.Time{}); err != nil {
		b.t.Fatal(err)
	}
	var entries []audit.Entry
	for i, line := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
		var l struct{ Entry audit.Entry }
		if err := json.Unmarshal([]byte(line), &l); i > 0 && err != nil {
			b.t.Fatal(err)
		}
		if i > 0 {
			entries = append(entries, l.Entry)
		}
	}
	return entries
}

func (b *bench) history(id lgsp.ID) []audit.Entry {
	b.t.Helper()
	entries, err := b.log.History(context.Background(), id.String())
	if err != nil {
		b.t.Fatal(err)
	}
	return entries
}

// tell writes entries short: "accepted", "leased 2".
func tell(entries []audit.Entry) string {
	var words []string
	for _, e := range entries {
		word := string(e.Event)
		if e.Attempt > 0 {
			word += fmt.Sprint(" ", e.Attempt)
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func (b *bench) expectHistory(id lgsp.ID, want string) {
	b.t.Helper()
	if got := tell(b.history(id)); got != want {
		b.t.Errorf("record has\n%s, want\n%s", got, want)
	}
}

// fold replays the record: the state that each message must be in by it.
func fold(entries []audit.Entry) map[string]lgsp.State {
	states := map[string]lgsp.State{}
	for _, e := range entries {
		switch e.Event {
		case audit.Accepted:
			states[e.Message] = lgsp.Queued
			if e.Attempt > 0 {
				states[e.Message] = lgsp.Leased
			}
		case audit.Rejected:
			states[e.Message] = lgsp.Rejected
		case audit.Leased:
			states[e.Message] = lgsp.Leased
		case audit.Retried, audit.Replayed:
			states[e.Message] = lgsp.Queued
		case audit.Delivered:
			states[e.Message] = lgsp.Delivered
		case audit.Parked:
			states[e.Message] = lgsp.Parked
		case audit.Dropped:
			states[e.Message] = lgsp.Dropped
		case audit.Superseded:
			states[e.Message] = lgsp.Superseded
		}
	}
	return states
}

// checkFrom fails unless the entries tell the state of a message before them
// wherever their event does not: balances are kept by that alone.
func (b *bench) checkFrom(entries []audit.Entry) {
	b.t.Helper()
	states := map[string]lgsp.State{}
	for i, e := range entries {
		before := states[e.Message].String()
		switch e.Event {
		case audit.Replayed, audit.Dropped, audit.Superseded:
		case audit.Parked:
			if before == "leased" && e.From == "" {
				before = "" // as for the end of any attempt
			}
		default:
			before = ""
		}
		if e.From != before {
			b.t.Errorf("entry %d, %s of message %s, comes from %q, want %q", e.Seq, e.Event, e.Message, e.From, before)
		}
		maps.Copy(states, fold(entries[i:i+1]))
	}
}

// checkWhole fails unless the database agrees with itself: no damage, counts
// as recounted, the chain whole, every state as the record tells it, and no
// message waiting for one that has left its lane.
func (b *bench) checkWhole() {
	b.t.Helper()
	ctx := context.Background()
	found, err := b.q.Inspect(ctx)
	if err != nil || len(found) > 0 {
		b.t.Errorf("inspect: %v %v", found, err)
	}
	verdict, err := b.log.Verify(ctx)
	if err != nil || len(verdict.Problems) > 0 {
		b.t.Errorf("verify: %v %v", verdict.Problems, err)
	}
	record := b.record()
	b.checkFrom(record)
	items, told := b.items(queue.Filter{}), fold(record)
	for _, it := range items {
		if told[it.ID].String() != it.State {
			b.t.Errorf("message %s is %s, but by the record it is %q: %s", it.ID, it.State, told[it.ID], tell(b.history(mustParse(it.ID))))
		}
	}
	b.checkCounts(items)
	b.checkCounted(record)
	if n := b.count(`select count(*) from message m where waits is not null and
		not exists (select 1 from message w where w.seq = m.waits and w.lane = m.lane and w.state in (1, 2, 4))`); n > 0 {
		b.t.Errorf("%d messages wait for one that is no longer in their lane", n)
	}
	if n := b.count(`select count(*) from (select lane from message where lane is not null and state in (1, 2, 4)
		group by lane having sum(waits is null) <> 1 or count(distinct waits) <> sum(waits is not null))`); n > 0 {
		b.t.Errorf("%d lanes are not one line behind one head", n)
	}
	if n := b.count("select count(*) from payload where seq not in (select seq from message)"); n > 0 {
		b.t.Errorf("%d payloads belong to no message", n)
	}
}

func mustParse(s string) lgsp.ID {
	id, err := lgsp.ParseID(s)
	if err != nil {
		panic(err) // a test's own mistake
	}
	return id
}

// checkCounts compares what Counts and Waiting say with the messages themselves.
func (b *bench) checkCounts(items []queue.Item) {
	b.t.Helper()
	kept, err := b.q.Counts(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	real := map[queue.Count]int64{}
	waiting := int64(0)
	for _, it := range items {
		real[queue.Count{Sender: it.Sender, Service: it.Service, Upstream: it.Upstream, State: it.State}]++
		if it.State == "queued" || it.State == "leased" {
			waiting++
		}
	}
	counted := map[queue.Count]int64{}
	for _, c := range kept {
		n := c.N
		c.N = 0
		counted[c] = n
	}
	if !reflect.DeepEqual(real, counted) {
		b.t.Errorf("counts are %v, want %v", counted, real)
	}
	if n, err := b.q.Waiting(context.Background()); err != nil || n != waiting {
		b.t.Errorf("%d are waiting (%v), want %d", n, err, waiting)
	}
}

// idsOf lists the messages of leases.
func idsOf(leases []queue.Lease) []lgsp.ID {
	var ids []lgsp.ID
	for _, l := range leases {
		ids = append(ids, l.ID)
	}
	return ids
}

// expectClaim fails unless exactly these messages can be leased now.
func (b *bench) expectClaim(want ...lgsp.ID) []queue.Lease {
	b.t.Helper()
	leases := b.claimAll("hotich")
	if got := idsOf(leases); !slices.Equal(got, want) {
		b.t.Fatalf("leased %v, want %v", got, want)
	}
	return leases
}

// execBehind runs a statement on the database from another connection.
func (b *bench) execBehind(query string, args ...any) {
	b.t.Helper()
	other, err := sql.Open("sqlite3", "file:"+b.path+"?_busy_timeout=5000")
	if err != nil {
		b.t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Exec(query, args...); err != nil {
		b.t.Fatal(err)
	}
}
