package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// arrival is a message on its way in, with all that is computed before the
// writer is asked.
type arrival struct {
	e        lgsp.Envelope
	d        lgsp.Document
	id       string
	upstream string
	subject  string // pseudonym
	lane     []byte
	digest   []byte
	sealed   []byte
	cause    *lgsp.Error // why it is rejected; nil = it is not
	wrong    string      // fields that are wrong, for the record
}

func (q *Queue) arrive(e lgsp.Envelope, d lgsp.Document, upstream string, cause *lgsp.Error) (*arrival, error) {
	a := &arrival{e: e, d: d, id: e.ID.String(), upstream: upstream, cause: cause,
		subject: q.opt.Audit.Pseudonym(d.Subject), digest: q.opt.Keys.digestOf(e, d), lane: q.opt.Keys.laneOf(d.Lane)}
	if d.Body == nil && d.Lane == "" && cause == nil {
		// Not mapped yet, and its lane is not known: the sender's messages of
		// this service keep their order until it is.
		a.lane = q.opt.Keys.laneOf("unmapped\x00" + e.Sender + "\x00" + e.Service)
	}
	var err error
	a.sealed, err = q.opt.Keys.seal(q.sealingBuffer(), q.opt.Rand, e, d)
	return a, err
}

// keptSealing bounds a buffer that is kept to seal another message into.
const keptSealing = 64 << 10

// sealingBuffer returns memory to seal a message into.
func (q *Queue) sealingBuffer() []byte {
	if b, ok := q.sealing.Get().(*[]byte); ok {
		return *b
	}
	return nil
}

// letGo takes what was sealed back, once nobody writes it any more. The lease of
// the message may hold the arrival for as long as its attempt takes.
func (q *Queue) letGo(a *arrival) {
	if cap(a.sealed) <= keptSealing {
		b := a.sealed
		q.sealing.Put(&b)
	}
	a.sealed = nil
}

// unread reports whether the message could not be mapped.
func (a *arrival) unread() bool { return a.d.Body == nil }

// refused is 1 when the message is to be rejected.
func (a *arrival) refused() int64 {
	if a.cause != nil {
		return 1
	}
	return 0
}

// Put stores a message for delivery to an upstream. A nil error means that it
// is on disk. A document without a body is one that the mapper could not make
// now: it is mapped before delivery. What it says of the own id and the lane holds.
//
// A repeat, which has the sender's own id and says the same, gets the receipt
// of the first. It supersedes a rejected message with that id that said
// something else, and is a Conflict with any other. Without room the error is
// Throttled.
func (q *Queue) Put(ctx context.Context, e lgsp.Envelope, d lgsp.Document, upstream string) (lgsp.Receipt, error) {
	a, err := q.arrive(e, d, upstream, nil)
	if err != nil {
		return lgsp.Receipt{}, err
	}
	return q.admit(ctx, a)
}

// Reject stores a message that could not be mapped, with the reason its sender
// is told, so that a sender that ignores the answer loses nothing. wrong goes
// on record as the fields that are wrong: it holds nothing that a sender wrote.
func (q *Queue) Reject(ctx context.Context, e lgsp.Envelope, d lgsp.Document, upstream string, cause *lgsp.Error, wrong string) (lgsp.Receipt, error) {
	d.Body = nil
	a, err := q.arrive(e, d, upstream, cause)
	if err != nil {
		return lgsp.Receipt{}, err
	}
	a.wrong = wrong
	return q.admit(ctx, a)
}

func (q *Queue) admit(ctx context.Context, a *arrival) (lgsp.Receipt, error) {
	defer q.letGo(a)
	var receipt lgsp.Receipt
	var conflict *lgsp.Error
	err := q.db.Write(ctx, func(tx *sqlite.Tx) (err error) {
		receipt, conflict, err = q.admitIn(tx, a)
		return err
	})
	if err != nil {
		return lgsp.Receipt{}, storeError("queue.put", err)
	}
	if conflict != nil {
		return receipt, conflict
	}
	return receipt, nil
}

// earlier is a message that has the sender's own id of a newcomer.
type earlier struct {
	row
	digest []byte
}

func (q *Queue) admitIn(tx *sqlite.Tx, a *arrival) (lgsp.Receipt, *lgsp.Error, error) {
	var taken error
	if a.d.LegacyID != "" {
		// Most messages are new, so storing one is tried before anything is asked.
		receipt, err := q.insert(tx, a)
		if !errors.Is(err, errTaken) {
			return receipt, nil, err
		}
		taken = err
	}
	first, found, err := findEarlier(tx, a)
	switch {
	case err != nil:
		return lgsp.Receipt{}, nil, err
	case !found && taken != nil:
		return lgsp.Receipt{}, nil, taken
	case !found:
	case q.same(a, first):
		return q.repeat(tx, a, first)
	case first.state == lgsp.Rejected:
		if err := q.supersede(tx, first.row); err != nil {
			return lgsp.Receipt{}, nil, err
		}
	case !a.unread():
		return q.conflict(tx, a, first)
	default:
		b := *a           // what is decided now may be undone with the transaction
		b.d.LegacyID = "" // A bad message must not take the id of a good one, and of another nobody can tell yet.
		return q.admitIn(tx, &b)
	}
	receipt, err := q.insert(tx, a)
	return receipt, nil, err
}

// same reports whether a newcomer says what an earlier message said. What could
// not be mapped when it came is known by the bytes received alone.
func (q *Queue) same(a *arrival, first earlier) bool {
	switch {
	case a.cause == nil && first.state == lgsp.Rejected:
		return false // it can be mapped by now
	case bytes.Equal(first.digest, a.digest):
		return true
	}
	return a.cause == nil && bytes.Equal(first.digest, q.opt.Keys.digestOf(a.e, lgsp.Document{}))
}

func findEarlier(tx *sqlite.Tx, a *arrival) (first earlier, found bool, err error) {
	scan := func(r sqlite.Row) error {
		first, found = earlier{scanRow(r), r.Blob(12)}, true
		return nil
	}
	switch {
	case a.d.LegacyID != "":
		err = tx.Query("select "+rowColumns+", digest from message where sender = +? and service = +? and legacy = +?",
			scan, a.e.Sender, a.e.Service, a.d.LegacyID)
	case a.unread():
		// What is refused now repeats what was refused, and what waits for its
		// mapper repeats what does.
		err = tx.Query("select "+rowColumns+", digest from message where unread = +? and sender = ? and service = ? and (state = 5) = ?",
			scan, a.digest, a.e.Sender, a.e.Service, a.refused())
	}
	return first, found, err
}

// errTaken says that a newcomer has a value that another message has and that
// must be unique: in general the sender's own id.
var errTaken = errors.New("another message has this id")

// insert stores the message, and leases it at once if its upstream waits for
// work and nothing older is due: the attempt is on disk before the wire is
// touched, and the document need not be read back. The error is errTaken, and
// nothing is changed, when another message has one of its ids.
func (q *Queue) insert(tx *sqlite.Tx, a *arrival) (lgsp.Receipt, error) {
	c := q.begin(tx)
	seq, err := c.nextSeq()
	if err != nil {
		return lgsp.Receipt{}, err
	}
	m := row{seq: seq, id: a.id, sender: a.e.Sender, service: a.e.Service, upstream: a.upstream, lane: a.lane, received: a.e.Received.UnixMilli()}
	state, due := lgsp.Rejected, c.ms
	if a.cause == nil {
		state = lgsp.Queued
		if m.waits, err = c.lastIn(a.lane); err != nil {
			return lgsp.Receipt{}, err
		}
		if expiry, ok := q.wanted(c, a.upstream); ok && m.waits == 0 {
			state, due, m.attempt = lgsp.Leased, expiry, 1
		}
	}
	if err := store(tx, c, a, m, state, due); err != nil {
		return lgsp.Receipt{}, err
	}
	c.last = m.seq
	entry := m.entry(audit.Accepted)
	if a.cause != nil {
		entry.Event, entry.Fields = audit.Rejected, a.wrong
		explain(&entry, a.cause)
	}
	entry.System, entry.Subject, entry.Procedure, entry.Officer, entry.Unit = a.e.System, a.subject, a.d.Purpose.Procedure, a.d.Purpose.Officer, a.d.Purpose.Unit
	if err := q.move(tx, m, state, entry); err != nil {
		return lgsp.Receipt{}, err
	}
	switch {
	case state == lgsp.Leased:
		c.leases[a.upstream] = append(c.leases[a.upstream], a.lease(m))
	case state == lgsp.Queued && m.waits == 0:
		c.wake[a.upstream] = 0
	}
	return lgsp.Receipt{ID: a.e.ID, State: told(state)}, nil
}

// store writes the rows of a newcomer.
func store(tx *sqlite.Tx, c *commit, a *arrival, m row, state lgsp.State, due int64) error {
	var dueAt, waits, lane, laneRejected, unread, kind any
	var code, reason, text string
	if a.unread() {
		unread = a.digest
	}
	switch {
	case state == lgsp.Rejected:
		laneRejected = nullBytes(a.lane)
		kind, code, reason, text = int64(a.cause.Kind), a.cause.Code, a.cause.Text, a.cause.Error()
	case m.waits != 0:
		lane, waits = a.lane, m.waits
	default:
		lane, dueAt = nullBytes(a.lane), due
	}
	if err := tx.Do(`insert into message (seq, id, state, sender, service, upstream, legacy, digest, unread, lane, lane_rejected, waits, received, changed, due, attempt, payload, kind, code, reason, error)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.seq, m.id, int64(state), m.sender, m.service, m.upstream, null(a.d.LegacyID), a.digest, unread, lane, laneRejected, waits, m.received, c.ms, dueAt, m.attempt,
		int64(len(a.sealed)), kind, null(code), null(reason), null(text)); err != nil {
		if sqlite.FaultOf(err) == sqlite.Taken {
			err = fmt.Errorf("%w: %w", errTaken, err)
		}
		return err
	}
	if state != lgsp.Rejected {
		if err := enter(tx, a.lane, m.seq); err != nil {
			return err
		}
	}
	return tx.Do("insert into payload (seq, sealed) values (?, ?)", m.seq, a.sealed)
}

// keptInMemory bounds a document that goes with its lease; a larger one is read
// back when its attempt begins.
const keptInMemory = 64 << 10

// lease gives what is needed for the attempt along, so that it need not be read
// back: the document, or the bytes received where there is none yet.
func (a *arrival) lease(m row) Lease {
	l := Lease{row: m, ID: a.e.ID, Attempt: 1, Received: a.e.Received}
	if len(a.d.Body)+len(a.e.Body) <= keptInMemory {
		l.envelope, l.document = &a.e, &a.d
	}
	return l
}

// told is the state that a sender is told: an attempt under way is no news to it.
func told(s lgsp.State) lgsp.State {
	if s == lgsp.Leased {
		return lgsp.Queued
	}
	return s
}

func (q *Queue) repeat(tx *sqlite.Tx, a *arrival, first earlier) (lgsp.Receipt, *lgsp.Error, error) {
	id, err := lgsp.ParseID(first.id)
	if err != nil {
		return lgsp.Receipt{}, nil, err
	}
	e := first.entry(audit.Repeated)
	e.At = q.begin(tx).now
	if err := q.opt.Audit.Append(tx, &e); err != nil {
		return lgsp.Receipt{}, nil, err
	}
	return lgsp.Receipt{ID: id, State: told(first.state), Duplicate: true}, nil, nil
}

func (q *Queue) conflict(tx *sqlite.Tx, a *arrival, first earlier) (lgsp.Receipt, *lgsp.Error, error) {
	id, err := lgsp.ParseID(first.id)
	if err != nil {
		return lgsp.Receipt{}, nil, err
	}
	e := first.entry(audit.Conflicted)
	e.At = q.begin(tx).now
	if err := q.opt.Audit.Append(tx, &e); err != nil {
		return lgsp.Receipt{}, nil, err
	}
	return lgsp.Receipt{ID: id, State: first.state, Duplicate: true}, &lgsp.Error{Kind: lgsp.Conflict, Op: "queue.put", Code: "Conflict",
		Text: "Mã hồ sơ này đã được dùng cho một thông điệp có nội dung khác (mã tiếp nhận " + first.id + "). Nếu là hồ sơ mới, hãy gửi với mã khác; nếu là nội dung đính chính, hãy gửi bằng mã của lần đính chính."}, nil
}

// supersede ends a rejected message that its sender has corrected.
func (q *Queue) supersede(tx *sqlite.Tx, m row) error {
	if err := tx.Do("update message set state = 6, changed = ?, retired = legacy, legacy = null, unread = null where seq = ?", q.begin(tx).ms, m.seq); err != nil {
		return err
	}
	return q.move(tx, m, lgsp.Superseded, m.entryFrom(audit.Superseded))
}

// storeError says in the sender's words why a message could not be stored.
func storeError(op string, err error) error {
	switch sqlite.FaultOf(err) {
	case sqlite.Full:
		return &lgsp.Error{Kind: lgsp.Throttled, Op: op, Code: "Busy", After: busyAfter, Err: err,
			Text: "Hệ thống tạm thời không còn chỗ lưu thông điệp mới. Thông điệp này chưa được tiếp nhận; hãy gửi lại sau ít phút."}
	case sqlite.Busy:
		return &lgsp.Error{Kind: lgsp.Throttled, Op: op, Code: "Busy", After: busyAfter, Err: err,
			Text: "Hệ thống đang bận. Thông điệp này chưa được tiếp nhận; hãy gửi lại sau ít phút."}
	}
	return &lgsp.Error{Kind: lgsp.Unavailable, Op: op, Code: "Busy", After: busyAfter, Err: err,
		Text: "Hệ thống tạm thời không lưu được thông điệp. Thông điệp này chưa được tiếp nhận; hãy gửi lại sau ít phút."}
}
