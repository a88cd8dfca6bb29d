package report

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of the counts, for sqlite.Open, behind those of the record.
func Schema() sqlite.Schema {
	files, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sqlite.Schema{Name: "report", Files: files}
}

// Counts keeps the counts of the record in the commits of its entries. It is
// the record's Counter. Counts that could not be kept are behind: they stay as
// they are until CatchUp has counted what they lack.
type Counts struct {
	db *sqlite.DB

	// What follows belongs to the writer's goroutine.
	tx      *sqlite.Tx // the transaction that the rest is of
	pending pending
	ids     map[key]int64 // of keys that are on disk

	carrying *sqlite.Tx // the transaction that counted is of
	counted  int64      // entries up to which the record is counted
}

// New returns the counts in db, which was opened with Schema. They are kept from
// Keep on.
func New(db *sqlite.DB) *Counts { return &Counts{db: db, ids: map[key]int64{}} }

// Keep has the counts written at the end of every transaction. It must be called
// before the first write, and behind every other hook of the commits: entries
// that a later hook adds would be left to CatchUp.
func (c *Counts) Keep() { c.db.EachCommit(c.flush) }

// dayKey is a kind of event on one day.
type dayKey struct {
	day vntime.Day
	key
}

// dayField is a field that was wrong on one day.
type dayField struct {
	day                    vntime.Day
	sender, service, field string
}

// pending is what a transaction adds to the counts.
type pending struct {
	cells    map[dayKey]cell
	fields   map[dayField]int64
	balances map[account]balance
	turns    []turn
	first    int64 // seq of the first entry; 0 = there is none
	last     int64 // seq of the last one
	at       int64 // when that was written, UTC ms
}

func (p *pending) reset() {
	if p.cells == nil {
		p.cells, p.fields, p.balances = map[dayKey]cell{}, map[dayField]int64{}, map[account]balance{}
	}
	clear(p.cells)
	clear(p.fields)
	clear(p.balances)
	p.turns = p.turns[:0]
	p.first, p.last, p.at = 0, 0, 0
}

func (p *pending) add(e *audit.Entry) {
	if p.first == 0 {
		p.first = e.Seq
	}
	if t, is := turnOf(e, p.at); is {
		p.turns = append(p.turns, t)
	}
	p.last, p.at = e.Seq, millis(e.At)
	k, c, counts := countOf(e)
	if !counts {
		return
	}
	day := vntime.DayOf(e.At)
	sum := p.cells[dayKey{day, k}]
	sum.add(c)
	p.cells[dayKey{day, k}] = sum
	if a, b := k.effect(); b != (balance{}) {
		held := p.balances[a]
		held.add(b, 1)
		p.balances[a] = held
	}
	wrongFields(e, func(field string) { p.fields[dayField{day, e.Sender, e.Service, field}]++ })
}

// Count takes note of an entry; see audit.Counter. It never fails.
func (c *Counts) Count(tx *sqlite.Tx, e *audit.Entry) error {
	if c.tx != tx {
		c.tx = tx
		c.pending.reset()
	}
	c.pending.add(e)
	return nil
}

// flush writes what the transaction has added, unless the counts are behind.
func (c *Counts) flush(tx *sqlite.Tx) error {
	if c.tx != tx || c.pending.first == 0 || tx.Again() > 0 {
		return nil
	}
	counted, at, err := countedIn(tx)
	if err != nil || counted != c.pending.first-1 {
		return err
	}
	return c.write(tx, at)
}

// countedIn returns how far the record is counted.
func countedIn(tx *sqlite.Tx) (seq, at int64, err error) {
	err = tx.Query("select seq, at from report_counted", func(r sqlite.Row) error {
		seq, at = r.Int(0), r.Int(1)
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("read how far the record is counted: %w", err)
	}
	return seq, at, nil
}

// write adds what is pending to the counts. at is when the last entry before it was written.
func (c *Counts) write(tx *sqlite.Tx, at int64) error {
	if err := tx.Do("update report_counted set seq = ?, at = ?", c.pending.last, c.pending.at); err != nil {
		return fmt.Errorf("count entries: %w", err)
	}
	for k, n := range c.pending.cells {
		id, err := c.idOf(tx, k.key)
		if err != nil {
			return err
		}
		t := n.within
		if err := tx.Do(`insert into report_count (day, key, n, asked, ms, most, t1, t2, t3, t4, t5, t6) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			on conflict do update set n = n + excluded.n, asked = asked + excluded.asked, ms = ms + excluded.ms, most = max(most, excluded.most),
			t1 = t1 + excluded.t1, t2 = t2 + excluded.t2, t3 = t3 + excluded.t3, t4 = t4 + excluded.t4, t5 = t5 + excluded.t5, t6 = t6 + excluded.t6`,
			int64(k.day), id, n.n, n.asked, n.ms, n.most, t[0], t[1], t[2], t[3], t[4], t[5]); err != nil {
			return fmt.Errorf("count entries: %w", err)
		}
	}
	for k, n := range c.pending.fields {
		if err := tx.Do("insert into report_field (day, sender, service, field, n) values (?, ?, ?, ?, ?) on conflict do update set n = n + excluded.n",
			int64(k.day), k.sender, k.service, k.field, n); err != nil {
			return fmt.Errorf("count wrong fields: %w", err)
		}
	}
	for a, b := range c.pending.balances {
		if err := addBalance(tx, "report_balance", a, b); err != nil {
			return err
		}
	}
	return c.writeOutages(tx, at)
}

func addBalance(tx *sqlite.Tx, table string, a account, b balance) error {
	if b == (balance{}) {
		return nil
	}
	if err := tx.Do("insert into "+table+` (sender, service, waiting, parked, open) values (?, ?, ?, ?, ?)
		on conflict do update set waiting = waiting + excluded.waiting, parked = parked + excluded.parked, open = open + excluded.open`,
		a.sender, a.service, b.waiting, b.parked, b.open); err != nil {
		return fmt.Errorf("keep the balance: %w", err)
	}
	return nil
}

// idOf returns the number of a key, and gives it one.
func (c *Counts) idOf(tx *sqlite.Tx, k key) (id int64, err error) {
	if id, ok := c.ids[k]; ok {
		return id, nil
	}
	find := func() error {
		return tx.Query("select id from report_key where sender = ? and system = ? and service = ? and event = ? and what = ? and code = ?", func(r sqlite.Row) error {
			id = r.Int(0)
			return nil
		}, k.sender, k.system, k.service, string(k.event), k.what, k.code)
	}
	if err = find(); err == nil && id == 0 {
		if err = tx.Do("insert into report_key (sender, system, service, event, what, code) values (?, ?, ?, ?, ?, ?)",
			k.sender, k.system, k.service, string(k.event), k.what, k.code); err == nil {
			err = find()
		}
	}
	if err != nil {
		return 0, fmt.Errorf("find what is counted: %w", err)
	}
	tx.OnCommit(func() { c.ids[k.clone()] = id })
	return id, nil
}

// writeOutages follows the entries that begin or end outages.
func (c *Counts) writeOutages(tx *sqlite.Tx, at int64) error {
	if len(c.pending.turns) == 0 {
		return nil
	}
	var now outages
	if err := tx.Query("select id, upstream, line, began from report_outage where ended is null order by id", func(r sqlite.Row) error {
		now.open = append(now.open, outage{id: r.Int(0), place: place{r.Text(1), r.Text(2)}, began: r.Int(3), open: true})
		return nil
	}); err != nil {
		return fmt.Errorf("read open outages: %w", err)
	}
	for i, t := range c.pending.turns {
		if i == 0 && t.before == 0 {
			t.before = at // of the transaction before
		}
		if err := now.note(t, func(one *outage) error { return keepOutage(tx, one) }); err != nil {
			return fmt.Errorf("keep an outage: %w", err)
		}
	}
	return nil
}

func keepOutage(tx *sqlite.Tx, one *outage) error {
	if !one.open {
		return tx.Do("update report_outage set ended = ? where id = ?", one.ended, one.id)
	}
	if err := tx.Do("insert into report_outage (upstream, line, began) values (?, ?, ?)", one.upstream, one.line, one.began); err != nil {
		return err
	}
	return tx.Query("select last_insert_rowid()", func(r sqlite.Row) error {
		one.id = r.Int(0)
		return nil
	})
}

// catchUpMost is how many entries one commit of CatchUp counts: about ten
// milliseconds in which nobody else can write.
const catchUpMost = 2000

// CatchUp counts what is on record and not counted: the whole record, after an
// upgrade from a version that did not count; otherwise in general nothing. It
// returns how many entries that were.
func (c *Counts) CatchUp(ctx context.Context) (int64, error) {
	if behind, err := c.behind(ctx); err != nil || !behind {
		return 0, err
	}
	var total int64
	for {
		var n int64
		err := c.db.Settle(ctx, func(tx *sqlite.Tx) (err error) {
			n, err = c.catchUpIn(tx)
			return err
		})
		total += n
		if err != nil {
			return total, fmt.Errorf("count the record: %w", err)
		}
		if n < catchUpMost {
			return total, nil
		}
	}
}

func (c *Counts) behind(ctx context.Context) (behind bool, err error) {
	err = c.db.Read().QueryRowContext(ctx, "select coalesce((select max(seq) from audit), (select seq from audit_anchor)) > (select seq from report_counted)").Scan(&behind)
	if err != nil {
		return false, fmt.Errorf("read how far the record is counted: %w", err)
	}
	return behind, nil
}

func (c *Counts) catchUpIn(tx *sqlite.Tx) (n int64, err error) {
	seq, at, err := countedIn(tx)
	if err != nil {
		return 0, err
	}
	c.tx = tx
	c.pending.reset()
	var e audit.Entry
	err = tx.Query("select entry from audit where seq > ? order by seq limit +?", func(r sqlite.Row) error {
		if err := e.Parse(r.Text(0)); err != nil {
			return fmt.Errorf("entry after %d: %w", seq+n, err)
		}
		n++
		c.pending.add(&e)
		return nil
	}, seq, int64(catchUpMost))
	if err != nil || n == 0 {
		return 0, err
	}
	err = c.write(tx, at)
	c.pending.reset() // it is written already, and not by the hook
	return n, err
}
