package audit

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// Seal writes the present head of the chain to the heads file, synced, unless
// it stands there already. A chain does not show by itself that its end was
// cut off; a head written elsewhere does.
func (l *Log) Seal(ctx context.Context) (Head, error) {
	head, err := l.Head(ctx)
	if err != nil {
		return Head{}, err
	}
	last, err := lastHead(l.opt.HeadsPath)
	if err != nil || last == head {
		return head, err
	}
	f, err := os.OpenFile(l.opt.HeadsPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return Head{}, fmt.Errorf("seal the record: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s %s\n", l.opt.Now().UTC().Format(stamp), head)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return Head{}, fmt.Errorf("seal the record: %w", err)
	}
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

func readHeads(path string) ([]Head, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the sealed heads: %w", err)
	}
	var heads []Head
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		_, text, _ := strings.Cut(lines.Text(), " ")
		head, err := ParseHead(text)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s:%d: %w", path, n, err), f.Close())
		}
		heads = append(heads, head)
	}
	return heads, errors.Join(lines.Err(), f.Close())
}

// lastHead reads the last line of the heads file from its end.
func lastHead(path string) (Head, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, fmt.Errorf("read the sealed heads: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return Head{}, errors.Join(err, f.Close())
	}
	buf := make([]byte, min(info.Size(), 256))
	_, err = f.ReadAt(buf, info.Size()-int64(len(buf)))
	if err = errors.Join(err, f.Close()); err != nil {
		return Head{}, fmt.Errorf("read the sealed heads: %w", err)
	}
	lines := strings.Split(strings.TrimRight(string(buf), "\n"), "\n")
	_, text, ok := strings.Cut(lines[len(lines)-1], " ")
	if !ok {
		return Head{}, nil
	}
	head, err := ParseHead(text)
	if err != nil {
		return Head{}, fmt.Errorf("%s: last line: %w", path, err)
	}
	return head, nil
}
