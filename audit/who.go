package audit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Who calls each with the entries about any of the subjects, oldest first:
// messages that are about them, look-ups that asked for them, and look-ups whose
// answers told something of them. A subject is what Pseudonym is made of, a
// personal id or an old identity number; it is not stored for that.
//
// Who reads the whole record in short reads; it returns how many entries those
// were and when the first of them was written.
func (l *Log) Who(ctx context.Context, subjects []string, each func(Entry) error) (read int64, since time.Time, err error) {
	var names []string
	for _, s := range subjects {
		name := l.Pseudonym(s)
		if name == "" {
			return 0, since, errors.New("no subject is given")
		}
		names = append(names, name)
	}
	err = l.walk(ctx, plainLines, -1, math.MaxInt64, func(Head) error { return nil }, func(at *line) error {
		if read++; read == 1 {
			if since, err = timeOf(at.entry); err != nil {
				return err
			}
		}
		for _, name := range names {
			if !strings.Contains(at.entry, name) {
				continue // most entries are not worth decoding
			}
			var e Entry
			if err := e.Parse(at.entry); err != nil {
				return fmt.Errorf("entry %d: %w", at.seq, err)
			}
			if e.Subject == name || slices.Contains(strings.Fields(e.Answered), name) {
				return each(e)
			}
		}
		return nil
	})
	return read, since, err
}
