package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	lgsp "lgsp.internal/adapter"
)

// Count is how many messages of one sender, service and upstream are in a state.
type Count struct {
	Sender   string `json:"sender"`
	Service  string `json:"service"`
	Upstream string `json:"upstream"`
	State    string `json:"state"`
	N        int64  `json:"n"`
}

// Counts returns the counts that are kept with every commit; it does not look
// at the messages.
func (q *Queue) Counts(ctx context.Context) ([]Count, error) {
	rows, err := q.db.Read().QueryContext(ctx, "select sender, service, upstream, state, n from tally where n <> 0 order by sender, service, upstream, state")
	if err != nil {
		return nil, fmt.Errorf("count messages: %w", err)
	}
	var counts []Count
	for rows.Next() {
		var c Count
		var state int
		if err := rows.Scan(&c.Sender, &c.Service, &c.Upstream, &state, &c.N); err != nil {
			return nil, errors.Join(fmt.Errorf("count messages: %w", err), rows.Close())
		}
		c.State = lgsp.State(state).String()
		counts = append(counts, c)
	}
	return counts, errors.Join(rows.Err(), rows.Close())
}

// Waiting returns how many messages still have to be delivered: queued and leased.
func (q *Queue) Waiting(ctx context.Context) (int64, error) {
	var n int64
	err := q.db.Read().QueryRowContext(ctx, "select coalesce(sum(n), 0) from tally where state in (1, 2)").Scan(&n)
	return n, err
}

// Finding is one thing that Inspect found wrong.
type Finding struct {
	Message string `json:"message,omitempty"` // ID, "" = the database as a whole
	Text    string `json:"text"`              // English: what is wrong and what to do
}

const mostFindings = 100

// Inspect looks for damage: it has SQLite check the file, opens every payload,
// looks up every place in a lane and recounts every state. It reads the database as a stream.
func (q *Queue) Inspect(ctx context.Context) ([]Finding, error) {
	var found []Finding
	add := func(message, format string, args ...any) {
		if len(found) < mostFindings {
			found = append(found, Finding{message, fmt.Sprintf(format, args...)})
		}
	}
	if err := q.checkFile(ctx, add); err != nil {
		add("", "the check of the file ended early: %v; restore the database from a backup if messages are missing", err)
	}
	if err := q.checkPayloads(ctx, add); err != nil {
		return found, err
	}
	if err := q.checkPlaces(ctx, add); err != nil {
		return found, err
	}
	return found, q.checkCounts(ctx, add)
}

func (q *Queue) checkFile(ctx context.Context, add func(string, string, ...any)) error {
	rows, err := q.db.Read().QueryContext(ctx, "pragma quick_check(20)")
	if err != nil {
		return err
	}
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return errors.Join(err, rows.Close())
		}
		if line != "ok" {
			add("", "the database file is damaged: %s; stop the daemon and restore it from a backup", line)
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// checkPayloads opens payloads one by one, so that a damaged one does not hide the next.
func (q *Queue) checkPayloads(ctx context.Context, add func(string, string, ...any)) error {
	for after := int64(0); ; {
		var seq int64
		var text string
		err := q.db.Read().QueryRowContext(ctx, "select seq, id from message where seq > ? and payload > 0 order by seq limit 1", after).Scan(&seq, &text)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read messages after %d: %w", after, err)
		}
		after = seq
		id, err := lgsp.ParseID(text)
		if err != nil {
			add(text, "its id is damaged: %v", err)
			continue
		}
		var sealed []byte
		err = q.db.Read().QueryRowContext(ctx, "select sealed from payload where seq = ?", seq).Scan(&sealed)
		if err == nil {
			_, _, err = q.opt.Keys.open(id, sealed)
		}
		if err != nil {
			add(text, "its payload cannot be read: %v; drop it, then ask the sender for it again", err)
		}
	}
}

// checkPlaces looks for messages that newcomers to their lane would not see.
func (q *Queue) checkPlaces(ctx context.Context, add func(string, string, ...any)) error {
	rows, err := q.db.Read().QueryContext(ctx, `select id from message m where lane is not null and state in (1, 2, 4)
		and not exists (select 1 from place p where p.lane = substr(m.lane, 1, 4) and p.seq = m.seq)`)
	if err != nil {
		return fmt.Errorf("look places up: %w", err)
	}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return errors.Join(fmt.Errorf("look places up: %w", err), rows.Close())
		}
		add(id, "it has no place in its lane, so that later messages may overtake it; restore the database from a backup, or drop it and ask the sender for it again")
	}
	return errors.Join(rows.Err(), rows.Close())
}

func (q *Queue) checkCounts(ctx context.Context, add func(string, string, ...any)) error {
	rows, err := q.db.Read().QueryContext(ctx, `select sender, service, state, sum(kept), sum(real) from (
		select sender, service, upstream, state, n as kept, 0 as real from tally
		union all select sender, service, upstream, state, 0, count(*) from message group by sender, service, upstream, state
	) group by sender, service, upstream, state having sum(kept) <> sum(real)`)
	if err != nil {
		return fmt.Errorf("recount messages: %w", err)
	}
	for rows.Next() {
		var sender, service string
		var state int
		var kept, real int64
		if err := rows.Scan(&sender, &service, &state, &kept, &real); err != nil {
			return errors.Join(fmt.Errorf("recount messages: %w", err), rows.Close())
		}
		add("", "%s %s: %d messages are %s, but %d were counted", sender, service, real, lgsp.State(state), kept)
	}
	return errors.Join(rows.Err(), rows.Close())
}
