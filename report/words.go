package report

import (
	"strconv"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
)

// headText writes the end of a record as audit.ParseHead reads it.
func headText(seq int64, hash string) string { return strconv.FormatInt(seq, 10) + ":" + hash }

// millis returns UTC milliseconds, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// durations returns times of so many milliseconds.
func durations(ms []int64) []time.Duration {
	all := make([]time.Duration, len(ms))
	for i, n := range ms {
		all[i] = time.Duration(n) * time.Millisecond
	}
	return all
}

// splitHead returns the two parts of a head of the record as texts show them.
func splitHead(h audit.Head) (seq, hash string) {
	seq, hash, _ = strings.Cut(h.String(), ":")
	return seq, hash
}

// dayOf returns the day that a moment belongs to.
func dayOf(t time.Time) vntime.Day { return vntime.DayOf(t) }

// rejectedState is the name of the state of messages that could not be mapped.
func rejectedState() string { return lgsp.Rejected.String() }
