package clean

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/mac"
	"lgsp.internal/adapter/internal/sqlite"
)

// Options are the settings of a desk. DB, Key, Ask and Unasked are required.
type Options struct {
	DB  *sqlite.DB // opened with Schema
	Key []byte     // of the hashes that tell jobs and rows

	// Ask asks one question and returns the answer, as lgsp.Line does. It ends
	// when its context does. A panic of it is the outcome of its row, with reason
	// Panicked.
	Ask func(ctx context.Context, e lgsp.Envelope) ([]byte, error)
	// Unasked reports whether an error of Ask means that the question never left.
	// Such an error ends a Check, whatever its Kind is: what cannot be asked of one
	// row cannot be asked of the next. Every other is the outcome of its row.
	Unasked func(error) bool

	Concurrency int           // questions under way at once, of all jobs; 0 = 4
	Rate        float64       // questions begun in a second at most, of all jobs; 0 = no limit
	Timeout     time.Duration // of one question, also once its caller has gone; 0 = 1 min

	Now  func() time.Time // nil = time.Now
	Rand io.Reader        // nil = crypto/rand
	Log  *slog.Logger     // nil = discard
}

// Desk asks about people and keeps what came of it. There is one in a process,
// and one process works on a database.
type Desk struct {
	opt   Options
	key   *mac.Key
	gates gates
	slots chan struct{}
	pace  *pacer

	// held is what the journal should say of rows whose change it could not take.
	// Their gate is entered while an element is used.
	mu   sync.Mutex
	held map[place]*entry // nil = nothing
}

// place is where a row stands in the journal.
type place struct {
	job mark
	n   int
}

// New returns a desk.
func New(o Options) *Desk {
	if o.Concurrency <= 0 {
		o.Concurrency = 4
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{opt: o, key: mac.NewKey(o.Key), gates: gates{of: map[mark]*gate{}}, slots: make(chan struct{}, o.Concurrency),
		pace: newPacer(o.Rate), held: map[place]*entry{}}
}

// Check returns what came of each row, at most BatchMost of one list, by N, and
// asks about those that nobody asked about before. A row that was being asked
// when an earlier daemon died is Failed, with reason Interrupted. A second call
// for the same list waits for the first.
//
// A row that was Failed, or left as being asked, before q.Again is asked anew.
// However often the call is repeated with the same moment, because its answer was
// lost or the daemon died, that is once.
//
// Once ctx ends no further question is begun; those on the wire are finished and
// journaled before Check returns. When there are not as many outcomes as rows the
// error says why: what Ask said, if Unasked says that the question never left, or
// the end of ctx. The other rows were not asked. Whatever the error, the same
// call may be made again: Throttled and Unavailable after Error.After; Invalid
// and Conflict in vain.
func (d *Desk) Check(ctx context.Context, q Question, rows []Row) ([]Outcome, error) {
	b, err := d.newBatch(q, rows)
	if err != nil {
		return nil, err
	}
	if err := d.gates.enter(ctx, b.job); err != nil {
		return nil, err
	}
	defer d.gates.leave(b.job)
	if err := d.begin(ctx, b); err != nil {
		return nil, err
	}
	err = d.askAll(ctx, b)
	slices.SortFunc(b.outcomes, func(x, y Outcome) int { return x.N - y.N })
	return b.outcomes, err
}

// batch is one call of Check.
type batch struct {
	q           Question
	job         mark
	rows        map[int]Row
	first, last int // of their places

	todo []*question

	mu       sync.Mutex // guards what follows while questions are under way
	outcomes []Outcome
	err      error
	unbegun  []*question
}

// question is a row to ask about.
type question struct {
	row    Row
	entry  entry  // as marked
	before *entry // what the journal said, when it is asked again
}

func (d *Desk) newBatch(q Question, rows []Row) (*batch, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	if len(rows) > BatchMost {
		return nil, invalid("TooMany", fmt.Errorf("%d rows in one batch, at most %d", len(rows), BatchMost))
	}
	b := &batch{q: q, job: jobOf(d.key, q), rows: make(map[int]Row, len(rows))}
	for i, r := range rows {
		if err := r.check(); err != nil {
			return nil, invalid("BadRow", fmt.Errorf("row %d: %w", r.N, err))
		}
		if _, twice := b.rows[r.N]; twice {
			return nil, invalid("BadRow", fmt.Errorf("row %d is there twice", r.N))
		}
		b.rows[r.N] = r
		if i == 0 {
			b.first, b.last = r.N, r.N
		}
		b.first, b.last = min(b.first, r.N), max(b.last, r.N)
	}
	return b, nil
}

func (q Question) check() error {
	switch sum, err := hex.DecodeString(q.Content); {
	case q.Department == "" || q.Purpose == "" || q.Officer == "":
		return invalid("BadQuestion", errors.New("department, purpose or officer is missing"))
	case err != nil || len(sum) != 32:
		return invalid("BadQuestion", errors.New("content is not a SHA-256 in hexadecimal"))
	case q.Again < 0:
		return invalid("BadQuestion", errors.New("again is no moment"))
	}
	return nil
}

// check accepts what the reader of lists makes, and nothing else.
func (r Row) check() error {
	switch {
	case r.N < 1:
		return errors.New("its place is not a positive number")
	case (r.ID == "") == (r.CMND == ""):
		return errors.New("it has not exactly one number")
	case r.ID != "" && !isDigits(r.ID, 12), r.CMND != "" && !isDigits(r.CMND, 9):
		return errors.New("its number is not of 12 or 9 digits")
	case nameFault(r.Name) != "":
		return errors.New("its name is empty or too long")
	case !isDigits(r.Born, 8) && !isDigits(r.Born, 4):
		return errors.New("its date of birth is not yyyyMMdd or yyyy")
	}
	return nil
}

func isDigits(s string, n int) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) == n
}

func invalid(code string, err error) error {
	return &lgsp.Error{Kind: lgsp.Invalid, Op: "clean.check", Code: code, Err: err,
		Text: "Yêu cầu kiểm tra không đúng dạng; hãy dùng lệnh lgspd clean cùng phiên bản với dịch vụ."}
}
