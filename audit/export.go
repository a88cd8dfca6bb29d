package audit

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Export writes the entries of from ≤ At < to as lines of JSON, each with its
// hash, behind a first line that says where the chain stood before them. A
// zero time is no bound. What it writes can be checked without the database.
func (l *Log) Export(ctx context.Context, w io.Writer, from, to time.Time) (int64, error) {
	db := l.opt.DB.Read()
	prev, err := readHead(ctx, db, "select seq, hash from audit_anchor")
	if err != nil {
		return 0, err
	}
	rows, err := db.QueryContext(ctx, "select seq, entry, hash from audit order by seq")
	if err != nil {
		return 0, fmt.Errorf("read the record: %w", err)
	}
	out := bufio.NewWriter(w)
	var (
		n           int64
		seq         int64
		entry, hash sql.RawBytes
	)
	for rows.Next() {
		if err := rows.Scan(&seq, &entry, &hash); err != nil {
			return n, errors.Join(err, rows.Close())
		}
		at, err := timeOf(entry)
		if err != nil {
			return n, errors.Join(fmt.Errorf("entry %d: %w", seq, err), rows.Close())
		}
		if !to.IsZero() && !at.Before(to) {
			break // entries are in the order of their commits
		}
		if from.IsZero() || !at.Before(from) {
			if n == 0 {
				fmt.Fprintf(out, "{\"record\":\"lgspd\",\"version\":1,\"after\":%q}\n", prev)
			}
			fmt.Fprintf(out, "{\"hash\":\"%x\",\"entry\":%s}\n", []byte(hash), []byte(entry))
			n++
		}
		prev.Seq = seq
		copy(prev.Hash[:], hash)
	}
	if err := errors.Join(rows.Err(), rows.Close(), out.Flush()); err != nil {
		return n, fmt.Errorf("export the record: %w", err)
	}
	return n, nil
}

// VerifyExport checks what Export wrote, without the database.
func VerifyExport(r io.Reader, heads ...Head) (Verdict, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), 1<<20)
	if !lines.Scan() {
		return Verdict{}, errors.Join(errors.New("the export is empty"), lines.Err())
	}
	var first struct {
		Record string
		After  string
	}
	if err := json.Unmarshal(lines.Bytes(), &first); err != nil || first.Record != "lgspd" {
		return Verdict{}, errors.New("line 1: not an export of the record")
	}
	anchor, err := ParseHead(first.After)
	if err != nil {
		return Verdict{}, fmt.Errorf("line 1: %w", err)
	}
	c := newChecker(anchor, heads)
	for n := 2; lines.Scan(); n++ {
		hash, entry, err := cutLine(lines.Bytes())
		if err != nil {
			return c.verdict, fmt.Errorf("line %d: %w", n, err)
		}
		c.next(seqOf(entry), entry, hash)
	}
	return c.finish(), lines.Err()
}

// cutLine takes a line apart without decoding the entry, whose exact bytes were hashed.
func cutLine(line []byte) (hash, entry []byte, err error) {
	const before, between = `{"hash":"`, `","entry":`
	rest, ok := bytes.CutPrefix(line, []byte(before))
	digits, rest, ok2 := bytes.Cut(rest, []byte(between))
	entry, ok3 := bytes.CutSuffix(rest, []byte("}"))
	hash = make([]byte, 32)
	if n, err := hex.Decode(hash, digits[:min(len(digits), 64)]); !ok || !ok2 || !ok3 || err != nil || n != 32 || len(digits) != 64 {
		return nil, nil, errors.New("not a line of an export")
	}
	return hash, entry, nil
}

// timeOf reads At from an entry's text, where it always stands second.
func timeOf(entry []byte) (time.Time, error) {
	_, rest, ok := bytes.Cut(entry, []byte(`,"at":"`))
	if !ok || len(rest) < len(stamp) {
		return time.Time{}, errors.New("the entry has no time")
	}
	return time.Parse(stamp, string(rest[:len(stamp)]))
}
