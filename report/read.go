package report

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
)

// readTally reads what is counted of a period.
func readTally(ctx context.Context, tx *sql.Tx, keys map[int64]key, p Period, until int64) (*tally, error) {
	t := newTally(p, until)
	for i, month := range t.months {
		if err := readCells(ctx, tx, keys, t, i, month); err != nil {
			return nil, err
		}
	}
	for _, read := range []func(context.Context, *sql.Tx, map[int64]key, *tally) error{readFlows, readSince, readFields, readBalances, readOutages} {
		if err := read(ctx, tx, keys, t); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// eachRow calls scan for every row of an answer.
func eachRow(ctx context.Context, tx *sql.Tx, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read the counts: %w", err)
	}
	for err == nil && rows.Next() {
		err = scan(rows)
	}
	if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("read the counts: %w", err)
	}
	return nil
}

func readKeys(ctx context.Context, tx *sql.Tx) (map[int64]key, error) {
	keys := map[int64]key{}
	err := eachRow(ctx, tx, func(rows *sql.Rows) error {
		var id int64
		var k key
		err := rows.Scan(&id, &k.sender, &k.system, &k.service, &k.event, &k.what, &k.code)
		keys[id] = k
		return err
	}, "select id, sender, system, service, event, what, code from report_key")
	return keys, err
}

func readCells(ctx context.Context, tx *sql.Tx, keys map[int64]key, t *tally, i int, month Period) error {
	return eachRow(ctx, tx, func(rows *sql.Rows) error {
		var id int64
		var c cell
		w := &c.within
		if err := rows.Scan(&id, &c.n, &c.asked, &c.ms, &c.most, &w[0], &w[1], &w[2], &w[3], &w[4], &w[5]); err != nil {
			return err
		}
		t.addCell(i, keys[id], c)
		return nil
	}, `select key, sum(n), sum(asked), sum(ms), max(most), sum(t1), sum(t2), sum(t3), sum(t4), sum(t5), sum(t6)
		from report_count where day between ? and ? group by key`, int64(month.From), int64(month.To))
}

// flowing returns the numbers of the keys that change a balance, as JSON.
func flowing(keys map[int64]key) (string, error) {
	ids := []int64{}
	for id, k := range keys {
		if _, b := k.effect(); b != (balance{}) {
			ids = append(ids, id)
		}
	}
	text, err := json.Marshal(ids)
	return string(text), err
}

func readFlows(ctx context.Context, tx *sql.Tx, keys map[int64]key, t *tally) error {
	ids, err := flowing(keys)
	if err != nil {
		return err
	}
	return eachRow(ctx, tx, func(rows *sql.Rows) error {
		var day, id, n int64
		if err := rows.Scan(&day, &id, &n); err != nil {
			return err
		}
		t.addFlow(vntime.Day(day), keys[id], n)
		return nil
	}, "select day, key, n from report_count where day between ? and ? and key in (select value from json_each(?))", int64(t.period.From), int64(t.period.To), ids)
}

func readSince(ctx context.Context, tx *sql.Tx, keys map[int64]key, t *tally) error {
	ids, err := flowing(keys)
	if err != nil {
		return err
	}
	return eachRow(ctx, tx, func(rows *sql.Rows) error {
		var id, n int64
		if err := rows.Scan(&id, &n); err != nil {
			return err
		}
		t.addSince(keys[id], n)
		return nil
	}, "select key, sum(n) from report_count where day >= ? and key in (select value from json_each(?)) group by key", int64(t.period.From), ids)
}

func readFields(ctx context.Context, tx *sql.Tx, _ map[int64]key, t *tally) error {
	return eachRow(ctx, tx, func(rows *sql.Rows) error {
		var k fieldKey
		var n int64
		err := rows.Scan(&k.sender, &k.service, &k.field, &n)
		t.fields[k] = n
		return err
	}, "select sender, service, field, sum(n) from report_field where day between ? and ? group by sender, service, field", int64(t.period.From), int64(t.period.To))
}

func readBalances(ctx context.Context, tx *sql.Tx, _ map[int64]key, t *tally) error {
	return eachRow(ctx, tx, func(rows *sql.Rows) error {
		var a account
		var b balance
		err := rows.Scan(&a.sender, &a.service, &b.waiting, &b.parked, &b.open)
		t.now[a] = b
		return err
	}, "select sender, service, waiting, parked, open from report_balance")
}

func readOutages(ctx context.Context, tx *sql.Tx, _ map[int64]key, t *tally) error {
	return eachRow(ctx, tx, func(rows *sql.Rows) error {
		var one outage
		var ended sql.NullInt64
		err := rows.Scan(&one.upstream, &one.line, &one.began, &ended)
		one.ended, one.open = ended.Int64, !ended.Valid
		t.addOutage(one)
		return err
	}, "select upstream, line, began, ended from report_outage where (ended is null or ended >= ?) and began < ? order by id", millis(t.period.From.Begin()), millis(t.period.To.End()))
}

// readNode reads how far the record is counted, and its head there.
func readNode(ctx context.Context, tx *sql.Tx, name string) (Node, error) {
	n := Node{Name: name}
	var at int64
	var hash []byte
	err := tx.QueryRowContext(ctx, `select c.seq, c.at, coalesce((select hash from audit where seq = c.seq), (select hash from audit_anchor where seq = c.seq)) from report_counted c`).
		Scan(&n.Seq, &at, &hash)
	if err != nil {
		return n, fmt.Errorf("read the end of the record: %w", err)
	}
	head := audit.Head{Seq: n.Seq}
	if copy(head.Hash[:], hash) != len(head.Hash) {
		return n, errors.New("the record does not have the entry up to which it is counted")
	}
	_, n.Hash = splitHead(head)
	if at > 0 {
		n.At = time.UnixMilli(at).UTC()
	}
	return n, nil
}
