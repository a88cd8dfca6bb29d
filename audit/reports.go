package audit

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

// Reports calls each with the entries about reports of periods, oldest first.
//
// It reads the whole record in short reads, and returns since when the record
// knows: of what was before, entries may have been removed. That is the zero
// time when none ever was.
func (l *Log) Reports(ctx context.Context, each func(Entry) error) (since time.Time, err error) {
	pruned := false
	err = l.walk(ctx, plainLines, -1, math.MaxInt64, func(anchor Head) error {
		pruned = anchor.Seq > 0
		return nil
	}, func(at *line) error {
		if pruned && since.IsZero() {
			if since, err = timeOf(at.entry); err != nil {
				return fmt.Errorf("entry %d: %w", at.seq, err)
			}
		}
		if !strings.Contains(at.entry, `,"report":"`) {
			return nil // most entries are not worth decoding
		}
		var e Entry
		if err := e.Parse(at.entry); err != nil {
			return fmt.Errorf("entry %d: %w", at.seq, err)
		}
		return each(e)
	})
	if pruned && since.IsZero() {
		since = l.opt.Now() // nothing is left
	}
	return since, err
}
