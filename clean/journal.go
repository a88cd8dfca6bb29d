package clean

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/mac"
	"lgsp.internal/adapter/internal/sqlite"
)

// mark is a keyed hash, cut to 16 bytes.
type mark [16]byte

// jobOf tells a list by who asks for what and by everybody in it.
func jobOf(k *mac.Key, q Question) mark {
	sum := k.Sum(func(h hash.Hash) {
		io.WriteString(h, "lgsp clean job 1\n")
		hashTexts(h, q.Department, q.System, q.service(), q.Purpose, q.Officer, q.Content)
	})
	return mark(sum[:16])
}

// digestOf tells who is asked about, within one job: the same person has
// another digest in another job.
func digestOf(k *mac.Key, job mark, r Row) mark {
	sum := k.Sum(func(h hash.Hash) {
		io.WriteString(h, "lgsp clean row 1\n")
		h.Write(job[:])
		r.hash(h)
	})
	return mark(sum[:16])
}

// entry is one row of the journal.
type entry struct {
	digest  mark
	code    lgsp.ID
	done    bool
	verdict Verdict
	wrong   []Field
	reason  string
	at      int64 // ms
}

func (e entry) outcome(n int, known bool) Outcome {
	return Outcome{N: n, Verdict: e.verdict, Wrong: e.wrong, Reason: e.reason, Code: e.code.String(), At: time.UnixMilli(e.at).UTC(), Known: known}
}

// fail makes an entry done without an answer.
func (e entry) fail(reason string, at int64) *entry {
	e.done, e.verdict, e.wrong, e.reason, e.at = true, Failed, nil, reason, at
	return &e
}

// journal is what is on disk of some rows of a job.
type journal struct {
	rows    map[int]*entry
	touched int64 // ms, 0 = there is no such job
}

func (d *Desk) read(ctx context.Context, b *batch) (j journal, err error) {
	j = journal{rows: make(map[int]*entry, len(b.rows))}
	if err := d.opt.DB.Read().QueryRowContext(ctx, "select coalesce(max(touched), 0) from clean_job where id = ?", b.job[:]).Scan(&j.touched); err != nil {
		return j, err
	}
	if j.touched == 0 {
		return j, nil
	}
	rows, err := d.opt.DB.Read().QueryContext(ctx,
		"select n, digest, code, state, coalesce(verdict, ''), coalesce(wrong, ''), coalesce(reason, ''), at from clean_row where job = ? and n between ? and ?",
		b.job[:], b.first, b.last)
	if err != nil {
		return j, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n, state int
		var digest, code []byte
		var wrong string
		e := &entry{}
		if err := rows.Scan(&n, &digest, &code, &state, &e.verdict, &wrong, &e.reason, &e.at); err != nil {
			return j, err
		}
		copy(e.digest[:], digest)
		copy(e.code[:], code)
		e.done, e.wrong = state == 2, fieldsOf(wrong)
		if _, ours := b.rows[n]; ours {
			j.rows[n] = e
		}
	}
	return j, rows.Err()
}

// write makes the journal say e of a row, or nothing of it when e is nil.
func write(tx *sqlite.Tx, job mark, n int, e *entry) error {
	if e == nil {
		return tx.Do("delete from clean_row where job = ? and n = ?", job[:], int64(n))
	}
	state := int64(1)
	var verdict, wrong, reason any
	if e.done {
		state, verdict = 2, string(e.verdict)
	}
	if len(e.wrong) > 0 {
		wrong = joinFields(e.wrong)
	}
	if e.reason != "" {
		reason = e.reason
	}
	return tx.Do("insert or replace into clean_row (job, n, digest, code, state, verdict, wrong, reason, at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		job[:], int64(n), e.digest[:], e.code[:], state, verdict, wrong, reason, e.at)
}

// settle writes what came of a question, if the row is still marked as the one
// that was asked.
func settle(tx *sqlite.Tx, job mark, n int, e *entry) error {
	var wrong, reason any
	if len(e.wrong) > 0 {
		wrong = joinFields(e.wrong)
	}
	if e.reason != "" {
		reason = e.reason
	}
	changed, err := tx.Exec("update clean_row set state = 2, verdict = ?, wrong = ?, reason = ?, at = ? where job = ? and n = ? and code = ? and state = 1",
		string(e.verdict), wrong, reason, e.at, job[:], int64(n), e.code[:])
	if err == nil && changed != 1 {
		return fmt.Errorf("row %d is not marked as it was when it was asked", n)
	}
	return err
}

// touch notes that the job was worked on, and that it is not finished when rows
// of it are about to be asked.
func touch(tx *sqlite.Tx, b *batch, now int64, asks bool) error {
	if err := tx.Do("insert into clean_job (id, sender, system, began, touched) values (?, ?, ?, ?, ?) on conflict (id) do update set touched = excluded.touched",
		b.job[:], b.q.Department, b.q.System, now, now); err != nil || !asks {
		return err
	}
	return tx.Do("update clean_job set finished = null where id = ? and finished is not null", b.job[:])
}

func joinFields(wrong []Field) string {
	texts := make([]string, len(wrong))
	for i, f := range wrong {
		texts[i] = string(f)
	}
	return strings.Join(texts, ",")
}

func fieldsOf(s string) (wrong []Field) {
	if s == "" {
		return nil
	}
	for f := range strings.SplitSeq(s, ",") {
		wrong = append(wrong, Field(f))
	}
	return wrong
}
