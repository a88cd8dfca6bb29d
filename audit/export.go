package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// Export writes the entries of from ≤ At < to, to the millisecond, as lines of
// JSON, each with its hash, behind a first line that says where the chain stood
// before them. A zero time is no bound. Where the clock was set back, the
// entries between the first and the last of the range are written too, so that
// the chain is whole: what Export writes can be checked without the database.
func (l *Log) Export(ctx context.Context, w io.Writer, from, to time.Time) (n int64, err error) {
	first, last, err := l.between(ctx, from, to)
	if err != nil {
		return 0, fmt.Errorf("export the record: %w", err)
	}
	before, err := readHead(ctx, l.opt.DB.Read(), "select seq, hash from (select seq, hash from audit_anchor union all "+
		"select seq, hash from (select seq, hash from audit where seq < ? order by seq desc limit 1)) order by seq desc limit 1", first)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(out, "{\"record\":\"lgspd\",\"version\":1,\"after\":%q}\n", before)
	var text []byte
	err = l.walk(ctx, plainLines, before.Seq, last, func(Head) error {
		return errors.New("the record was pruned meanwhile; export it again")
	}, func(at *line) error {
		text = hex.AppendEncode(append(text[:0], `{"hash":"`...), at.hash)
		text = append(append(append(text, `","entry":`...), at.entry...), "}\n"...)
		n++
		_, err := out.Write(text)
		return err
	})
	if err = errors.Join(err, out.Flush()); err != nil {
		return n, fmt.Errorf("export the record: %w", err)
	}
	return n, nil
}

// between returns the first entry at or after from and the last before to;
// the first is behind the last when there is none.
func (l *Log) between(ctx context.Context, from, to time.Time) (first, last int64, err error) {
	bounds := [2]string{"", "a"} // every time stands between these two texts
	if !from.IsZero() {
		bounds[0] = from.UTC().Format(stamp)
	}
	if !to.IsZero() {
		bounds[1] = to.UTC().Format(stamp)
	}
	first = math.MaxInt64
	for n, after := readMost, int64(-1); n == readMost; {
		var low, high int64
		if err := l.opt.DB.Read().QueryRowContext(ctx, `select coalesce(min(case when at >= ? then seq end), 0x7fffffffffffffff), coalesce(max(case when at < ? then seq end), 0), coalesce(max(seq), 0), count(*)
			from (select seq, substr(entry, instr(entry, ',"at":"') + 7, 24) as at from audit where seq > ? order by seq limit +?)`,
			bounds[0], bounds[1], after, readMost).Scan(&low, &high, &after, &n); err != nil {
			return 0, 0, err
		}
		first, last = min(first, low), max(last, high)
	}
	return first, last, nil
}

// VerifyExport checks what Export wrote, without the database.
func VerifyExport(r io.Reader, heads ...Head) (Verdict, error) {
	lines := lineReader{r: bufio.NewReaderSize(r, 64<<10)}
	line, err := lines.next()
	if errors.Is(err, io.EOF) {
		return Verdict{}, errors.New("the export is empty")
	}
	if err != nil {
		return Verdict{}, err
	}
	var first struct {
		Record string
		After  string
	}
	if err := json.Unmarshal(line, &first); err != nil || first.Record != "lgspd" {
		return Verdict{}, errors.New("line 1: not an export of the record")
	}
	anchor, err := ParseHead(first.After)
	if err != nil {
		return Verdict{}, fmt.Errorf("line 1: %w", err)
	}
	c := newChecker(heads)
	c.begins(anchor, nil, time.Time{})
	for n := 2; ; n++ {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return c.finish(), nil
		}
		if err != nil {
			return c.verdict, fmt.Errorf("line %d: %w", n, err)
		}
		hash, entry, err := cutLine(line)
		if err != nil {
			return c.verdict, fmt.Errorf("line %d: %w", n, err)
		}
		c.next(seqOf(entry), entry, hash)
	}
}

// lineReader reads lines of any length into one buffer.
type lineReader struct {
	r   *bufio.Reader
	buf []byte
}

func (l *lineReader) next() ([]byte, error) {
	l.buf = l.buf[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		l.buf = append(l.buf, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(l.buf) > 0:
			return l.buf, nil
		default:
			return bytes.TrimSuffix(l.buf, []byte("\n")), err
		}
	}
}

// cutLine takes a line apart without decoding the entry, whose exact bytes were hashed.
func cutLine(line []byte) (hash []byte, entry string, err error) {
	const before, between = `{"hash":"`, `","entry":`
	rest, ok := bytes.CutPrefix(line, []byte(before))
	digits, rest, ok2 := bytes.Cut(rest, []byte(between))
	text, ok3 := bytes.CutSuffix(rest, []byte("}"))
	hash = make([]byte, 32)
	if n, err := hex.Decode(hash, digits[:min(len(digits), 64)]); !ok || !ok2 || !ok3 || err != nil || n != 32 || len(digits) != 64 {
		return nil, "", errors.New("not a line of an export")
	}
	return hash, string(text), nil
}

// timeOf reads At from an entry's text, where it always stands second.
func timeOf(entry string) (time.Time, error) {
	_, rest, ok := strings.Cut(entry, `,"at":"`)
	if !ok || len(rest) < len(stamp) {
		return time.Time{}, errors.New("the entry has no time")
	}
	return time.Parse(stamp, rest[:len(stamp)])
}
