package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
)

// sealAgain is how long after a seal the same head is sealed once more: it tells
// that time has passed in which nothing happened.
const sealAgain = 24 * time.Hour

// Seal writes the present head of the chain to the heads file, synced, unless
// it has stood there for less than a day. A chain does not show by itself that its end was
// cut off; a head written elsewhere does.
func (l *Log) Seal(ctx context.Context) (Head, error) {
	head, err := l.Head(ctx)
	if err != nil {
		return Head{}, err
	}
	last, size, err := lastHead(l.opt.HeadsPath)
	now := l.opt.Now().UTC().Truncate(time.Millisecond)
	if err != nil || head == (Head{}) || last.Head == head && now.Sub(last.at).Abs() < sealAgain {
		return head, err
	}
	f, err := os.OpenFile(l.opt.HeadsPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return Head{}, fmt.Errorf("seal the record: %w", err)
	}
	if err = f.Truncate(size); err == nil { // drops a line that a power cut left unfinished
		_, err = fmt.Fprintf(f, "%s %s\n", now.Format(stamp), head)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Head{}, fmt.Errorf("seal the record: %w", err)
	}
	l.sealedAt(now)
	return head, nil
}

// ParseHead reads a head as String prints it.
func ParseHead(s string) (Head, error) {
	number, hash, ok := strings.Cut(s, ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	b, hexErr := hex.DecodeString(hash)
	if !ok || err != nil || hexErr != nil || len(b) != 32 || seq < 0 {
		return Head{}, fmt.Errorf("%q is not a head of the record: want number:64 hexadecimal digits", s)
	}
	h := Head{Seq: seq}
	copy(h.Hash[:], b)
	return h, nil
}

// sealed is one line of the heads file: a head and when it was written.
type sealed struct {
	Head
	at time.Time
}

func parseSealed(line string) (s sealed, err error) {
	at, text, _ := strings.Cut(line, " ")
	if s.Head, err = ParseHead(text); err != nil {
		return s, err
	}
	s.at, err = time.Parse(stamp, at)
	return s, err
}

// readHeads reads the heads file. A last line without an end was never finished.
func readHeads(path string) ([]sealed, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the sealed heads: %w", err)
	}
	var heads []sealed
	lines := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return heads, f.Close()
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("read the sealed heads: %w", err), f.Close())
		}
		s, err := parseSealed(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s:%d: %w", path, n, err), f.Close())
		}
		heads = append(heads, s)
	}
}

// lastHead reads the last finished line of the heads file from its end, and
// returns how long the file is up to there.
func lastHead(path string) (sealed, int64, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return sealed{}, 0, nil
	}
	if err != nil {
		return sealed{}, 0, fmt.Errorf("read the sealed heads: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return sealed{}, 0, errors.Join(fmt.Errorf("read the sealed heads: %w", err), f.Close())
	}
	buf := make([]byte, min(info.Size(), 256)) // more than two lines
	_, err = f.ReadAt(buf, info.Size()-int64(len(buf)))
	if err = errors.Join(err, f.Close()); err != nil {
		return sealed{}, 0, fmt.Errorf("read the sealed heads: %w", err)
	}
	end := bytes.LastIndexByte(buf, '\n') + 1
	size := info.Size() - int64(len(buf)-end)
	if end == 0 {
		return sealed{}, size, nil
	}
	line := buf[bytes.LastIndexByte(buf[:end-1], '\n')+1 : end-1]
	s, err := parseSealed(string(line))
	if err != nil {
		return sealed{}, 0, fmt.Errorf("%s: last line: %w", path, err)
	}
	return s, size, nil
}
