package clean

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/sqlite"
)

// touchEvery is how exactly a job knows when it was last worked on, so that
// reading it again need not write.
const touchEvery = time.Hour

// change is one row that the journal is to say something else of.
type change struct {
	n int
	e *entry // nil = nothing
}

// begin settles what is known and marks the rest as being asked, in one commit.
func (d *Desk) begin(ctx context.Context, b *batch) error {
	j, err := d.read(ctx, b)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return unavailable("read the journal", err)
	}
	now := d.opt.Now()
	var changes []change
	for n, row := range b.rows {
		c, err := d.beginRow(b, row, j.rows[n], now)
		if err != nil {
			return err
		}
		if c != nil {
			changes = append(changes, change{n, c})
		}
	}
	ms := now.UnixMilli()
	if len(changes) == 0 && ms-j.touched < touchEvery.Milliseconds() && ms >= j.touched {
		return nil
	}
	return d.mark(ctx, b, changes, ms)
}

// beginRow decides about one row, of which the disk says have. It returns what
// the journal is to say, nil if it says so already.
func (d *Desk) beginRow(b *batch, row Row, have *entry, now time.Time) (*entry, error) {
	digest := digestOf(d.key, b.job, row)
	known, held := d.should(place{b.job, row.N})
	if !held {
		known = have
	}
	if known != nil && known.digest != digest {
		return nil, &lgsp.Error{Kind: lgsp.Conflict, Op: "clean.check", Code: "AnotherRow", Err: errors.New("the journal knows another person by this number of the list"),
			Text: "Danh sách không khớp với nhật ký; hãy chạy lại lệnh từ đầu với tệp nguyên vẹn."}
	}
	if known != nil && !known.done {
		// Whoever marked it is dead: the gate of its job is ours. It stays as old as
		// its question, so that the command that asked it does not ask again.
		known, held = known.fail(Interrupted, known.at), true
	}
	if known != nil && (known.verdict != Failed || known.at >= b.q.Again) {
		b.outcomes = append(b.outcomes, known.outcome(row.N, true))
		if held {
			return known, nil
		}
		return nil, nil
	}
	code, err := lgsp.NewID(now, d.opt.Rand)
	if err != nil {
		return nil, unavailable("draw a request code", err)
	}
	// A clock that was set back makes nothing older than the command.
	q := &question{row: row, entry: entry{digest: digest, code: code, at: max(now.UnixMilli(), b.q.Again)}, before: known}
	b.todo = append(b.todo, q)
	return &q.entry, nil
}

func (d *Desk) mark(ctx context.Context, b *batch, changes []change, now int64) error {
	commit := d.opt.DB.Settle
	if len(b.todo) > 0 {
		commit = d.opt.DB.Write
	}
	err := commit(ctx, func(tx *sqlite.Tx) error {
		if err := touch(tx, b, now, len(b.todo) > 0); err != nil {
			return err
		}
		for _, c := range changes {
			if err := write(tx, b.job, c.n, c.e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return err
		}
		// They may be marked all the same, but were not asked.
		for _, q := range b.todo {
			d.hold(place{b.job, q.row.N}, q.before)
		}
		return unavailable("mark rows", err)
	}
	for _, c := range changes {
		d.release(place{b.job, c.n})
	}
	return nil
}

// askAll asks what is to be asked until ctx ends or a question is refused
// before it left, waits for what is on the wire, and unmarks the rest.
func (d *Desk) askAll(ctx context.Context, b *batch) error {
	slices.SortFunc(b.todo, func(x, y *question) int { return x.row.N - y.row.N })
	more, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wire sync.WaitGroup
	for i, q := range b.todo {
		if err := d.turn(more); err != nil {
			b.mu.Lock()
			b.unbegun = append(b.unbegun, b.todo[i:]...)
			if b.err == nil {
				b.err = err
			}
			b.mu.Unlock()
			break
		}
		wire.Go(func() {
			defer func() { <-d.slots }()
			if err := d.askOne(ctx, b, q); err != nil {
				stop(err)
			}
		})
	}
	wire.Wait()
	d.unmark(ctx, b)
	return b.err
}

// turn takes a slot, in time with the rate.
func (d *Desk) turn(ctx context.Context) error {
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	err := d.pace.wait(ctx)
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		<-d.slots
	}
	return err
}

// askOne returns an error when no further question is to be begun.
func (d *Desk) askOne(ctx context.Context, b *batch, q *question) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.opt.Timeout)
	defer cancel()
	answer, err := d.ask(ctx, lgsp.Envelope{ID: q.entry.code, Source: Source, Sender: b.q.Department, System: b.q.System, Service: b.q.service(),
		Received: d.opt.Now().UTC(), Body: request(b.q, q.row)})
	if err != nil && d.opt.Unasked(err) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.unbegun = append(b.unbegun, q)
		if b.err == nil {
			b.err = err
		}
		return err
	}
	done := q.entry
	done.done, done.at = true, max(d.opt.Now().UnixMilli(), q.entry.at)
	verdict, wrong, ok := verdictOf(answer)
	switch {
	case err != nil:
		done.verdict, done.reason = Failed, reasonOf(err)
	case !ok:
		done.verdict, done.reason = Failed, AnswerUnreadable
	default:
		done.verdict, done.wrong = verdict, wrong
	}
	// Not under ctx, whose time the question may have used up.
	err = d.opt.DB.Settle(context.WithoutCancel(ctx), func(tx *sqlite.Tx) error { return settle(tx, b.job, q.row.N, &done) })
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		err = unavailable("journal an outcome", err)
		d.hold(place{b.job, q.row.N}, &done)
		b.err = err
		return err
	}
	b.outcomes = append(b.outcomes, done.outcome(q.row.N, false))
	return nil
}

// ask asks. A panic must not end the daemon; who was asked about may be in its
// value, so that is not told.
func (d *Desk) ask(ctx context.Context, e lgsp.Envelope) (answer []byte, err error) {
	defer func() {
		if value := recover(); value != nil {
			d.opt.Log.Error("panic while a row of a list was asked about", "service", e.Service, "type", fmt.Sprintf("%T", value), "stack", string(debug.Stack()))
			answer, err = nil, &lgsp.Error{Kind: lgsp.Unknown, Op: "clean.ask", Code: Panicked}
		}
	}()
	return d.opt.Ask(ctx, e)
}

// unmark gives the rows that were not begun back.
func (d *Desk) unmark(ctx context.Context, b *batch) {
	if len(b.unbegun) == 0 {
		return
	}
	err := d.opt.DB.Settle(context.WithoutCancel(ctx), func(tx *sqlite.Tx) error {
		for _, q := range b.unbegun {
			if err := write(tx, b.job, q.row.N, q.before); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return
	}
	d.opt.Log.Error("unmark rows that were not asked", "rows", len(b.unbegun), "err", err)
	for _, q := range b.unbegun {
		d.hold(place{b.job, q.row.N}, q.before)
	}
}

// should returns what the journal should say of a row, if it could not be told.
func (d *Desk) should(p place) (*entry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.held[p]
	return e, ok
}

func (d *Desk) hold(p place, e *entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held[p] = e
}

func (d *Desk) release(p place) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.held, p)
}

const journalAfter = 10 * time.Second

// unavailable is an error of the database: nothing is lost, and it may pass.
func unavailable(what string, err error) error {
	kind := lgsp.Unavailable
	if sqlite.FaultOf(err) == sqlite.Full {
		kind = lgsp.Throttled
	}
	return &lgsp.Error{Kind: kind, Op: "clean: " + what, Code: "Busy", After: journalAfter, Err: err,
		Text: "Dịch vụ tạm thời không ghi được nhật ký; việc kiểm tra sẽ được làm tiếp khi ghi được."}
}
