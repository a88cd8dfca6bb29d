package queue

import (
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// row is a message as the writer sees it.
type row struct {
	seq                       int64
	id                        string
	state                     lgsp.State
	sender, service, upstream string
	lane                      []byte // keyed hash; nil = any order
	waits                     int64
	received                  int64
	attempt                   int64
	remap                     bool
	failed                    int64
}

const rowColumns = "seq, id, state, sender, service, upstream, lane, coalesce(waits, 0), received, attempt, remap, failed"

func scanRow(r sqlite.Row) row {
	return row{
		seq: r.Int(0), id: r.Text(1), state: lgsp.State(r.Int(2)), sender: r.Text(3), service: r.Text(4), upstream: r.Text(5),
		lane: r.Blob(6), waits: r.Int(7), received: r.Int(8), attempt: r.Int(9), remap: r.Int(10) == 1, failed: r.Int(11),
	}
}

// entry begins an entry of the record about the message.
func (m row) entry(event audit.Event) audit.Entry {
	return audit.Entry{Event: event, Message: m.id, Sender: m.sender, Service: m.service, Upstream: m.upstream, Attempt: m.attempt}
}

// entryFrom is entry for an event that meets messages of several states: what it
// was before is told, so that who counts messages need not look it up.
func (m row) entryFrom(event audit.Event) audit.Entry {
	e := m.entry(event)
	e.From = m.state.String()
	return e
}

// explain puts what is known of an error into an entry.
func explain(e *audit.Entry, cause *lgsp.Error) {
	if cause != nil {
		e.Kind, e.Code = cause.Kind.String(), cause.Code
	}
}

// null stores "" as null.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func nullBytes(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
