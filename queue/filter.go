package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
)

// Filter chooses messages. Its fields narrow it together; the zero Filter
// chooses every message.
type Filter struct {
	IDs      []lgsp.ID
	States   []lgsp.State
	Sender   string // "H29.11"; also the agencies below it, "H29.11.03"
	Service  string
	Upstream string
	LegacyID string
	Code     string    // of the last error
	Since    time.Time // received at or after
	Until    time.Time // received before
}

// where returns the condition and its arguments.
func (f Filter) where() (string, []any) {
	terms, args := []string{"true"}, []any{}
	add := func(term string, values ...any) {
		terms = append(terms, term)
		args = append(args, values...)
	}
	list := func(column string, values []any) {
		if len(values) > 0 {
			add(column+" in (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
		}
	}
	var ids []any
	for _, id := range f.IDs {
		ids = append(ids, id.String())
	}
	list("id", ids)
	if len(f.States) > 0 {
		// The numbers stand in the text, so that the few messages which lie
		// aside are found by their index.
		var states []string
		for _, s := range f.States {
			states = append(states, strconv.Itoa(int(s)))
		}
		add("state in (" + strings.Join(states, ", ") + ")")
	}
	if f.Sender != "" {
		add("(sender = ? or substr(sender, 1, ?) = ?)", f.Sender, int64(len(f.Sender)+1), f.Sender+".")
	}
	for _, t := range []struct{ column, value string }{{"service", f.Service}, {"upstream", f.Upstream}, {"coalesce(legacy, retired)", f.LegacyID}, {"code", f.Code}} {
		if t.value != "" {
			add(t.column+" = ?", t.value)
		}
	}
	if !f.Since.IsZero() {
		add("received >= ?", f.Since.UnixMilli())
	}
	if !f.Until.IsZero() {
		add("received < ?", f.Until.UnixMilli())
	}
	return strings.Join(terms, " and "), args
}

// Item is a message as an operator sees it. It holds no citizen data.
type Item struct {
	Seq      int64      `json:"seq"`
	ID       string     `json:"id"`
	State    string     `json:"state"`
	Sender   string     `json:"sender"`
	Service  string     `json:"service"`
	Upstream string     `json:"upstream"`
	LegacyID string     `json:"legacy_id,omitempty"`
	Received time.Time  `json:"received"`
	Changed  time.Time  `json:"changed"`
	Due      *time.Time `json:"due,omitempty"`   // queued only
	After    int64      `json:"after,omitempty"` // seq of the message it waits for in its lane
	Attempt  int64      `json:"attempt"`
	Bytes    int64      `json:"bytes"` // kept sealed; 0 = purged
	Kind     string     `json:"kind,omitempty"`
	Code     string     `json:"code,omitempty"`
	Reason   string     `json:"reason,omitempty"` // a Vietnamese sentence
	Error    string     `json:"error,omitempty"`  // English, technical
}

// List returns up to limit messages, oldest first, whose seq is above after.
func (q *Queue) List(ctx context.Context, f Filter, after int64, limit int) ([]Item, error) {
	where, args := f.where()
	rows, err := q.db.Read().QueryContext(ctx, `select seq, id, state, sender, service, upstream, coalesce(legacy, retired, ''), received, changed, coalesce(due, 0),
		coalesce(waits, 0), attempt, payload, coalesce(kind, -1), coalesce(code, ''), coalesce(reason, ''), coalesce(error, '')
		from message where seq > ? and `+where+" order by seq limit +?", append(append([]any{after}, args...), limit)...)
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	var items []Item
	for rows.Next() {
		var it Item
		var state, kind int
		var received, changed, due int64
		if err := rows.Scan(&it.Seq, &it.ID, &state, &it.Sender, &it.Service, &it.Upstream, &it.LegacyID, &received, &changed, &due,
			&it.After, &it.Attempt, &it.Bytes, &kind, &it.Code, &it.Reason, &it.Error); err != nil {
			return nil, errors.Join(fmt.Errorf("list messages: %w", err), rows.Close())
		}
		it.State, it.Received, it.Changed = lgsp.State(state).String(), fromMillis(received), fromMillis(changed)
		if kind >= 0 {
			it.Kind = lgsp.Kind(kind).String()
		}
		if lgsp.State(state) == lgsp.Queued && it.After == 0 {
			at := fromMillis(due)
			it.Due = &at
		}
		items = append(items, it)
	}
	return items, errors.Join(rows.Err(), rows.Close())
}
