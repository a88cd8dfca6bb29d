package report

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// errUncounted keeps an entry on record: what is removed is never counted again.
var errUncounted = errors.New("it is not counted yet")

// Carry takes note of an entry that is pruned: what it did to the balance is
// kept, since the rest of the record does not tell it any more. An entry that is
// not counted is kept; see CatchUp.
func (c *Counts) Carry(tx *sqlite.Tx, removed *audit.Entry) error {
	if c.carrying != tx {
		counted, _, err := countedIn(tx)
		if err != nil {
			return err
		}
		c.carrying, c.counted = tx, counted
	}
	if removed.Seq > c.counted {
		return errUncounted
	}
	k, _, counts := countOf(removed)
	if !counts {
		return nil
	}
	a, b := k.effect()
	if b == (balance{}) {
		return nil
	}
	return addBalance(tx, "report_carried", a, b)
}

// Carried returns a fingerprint of all that Carry has kept.
func (c *Counts) Carried(tx *sqlite.Tx) (string, error) {
	all := map[account]balance{}
	err := tx.Query("select sender, service, waiting, parked, open from report_carried", func(r sqlite.Row) error {
		all[account{r.Text(0), r.Text(1)}] = balance{r.Int(2), r.Int(3), r.Int(4)}
		return nil
	})
	return fingerprint(all), err
}

// fingerprint returns a digest of balances, but for those in which nothing stands.
func fingerprint(balances map[account]balance) string {
	var all []account
	for a, b := range balances {
		if b != (balance{}) {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b account) int {
		return cmp.Or(cmp.Compare(a.sender, b.sender), cmp.Compare(a.service, b.service))
	})
	sum := sha256.New()
	for _, a := range all {
		b := balances[a]
		fmt.Fprintf(sum, "%q %q %d %d %d\n", a.sender, a.service, b.waiting, b.parked, b.open)
	}
	return fmt.Sprintf("sha256 %x", sum.Sum(nil))
}

// left is what entries have left behind that are no longer on record.
type left struct {
	balances map[account]balance
	anchor   audit.Head // the last of them; Seq 0 = none was ever removed
	said     string     // by the entry of the commit that removed it, see take
}

// readLeft reads what is kept of removed entries.
func (c *Counts) readLeft(ctx context.Context) (l left, err error) {
	l.balances = map[account]balance{}
	tx, err := c.db.Read().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return l, fmt.Errorf("read the counts: %w", err)
	}
	err = eachRow(ctx, tx, func(rows *sql.Rows) error {
		var a account
		var b balance
		err := rows.Scan(&a.sender, &a.service, &b.waiting, &b.parked, &b.open)
		l.balances[a] = b
		return err
	}, "select sender, service, waiting, parked, open from report_carried")
	if err == nil {
		var hash []byte
		err = tx.QueryRowContext(ctx, "select seq, hash from audit_anchor").Scan(&l.anchor.Seq, &hash)
		copy(l.anchor.Hash[:], hash)
	}
	return l, errors.Join(err, tx.Rollback())
}

// same reports whether nothing was removed between two readings.
func (l *left) same(o left) bool { return l.anchor == o.anchor && maps.Equal(l.balances, o.balances) }

// take looks at an entry for what it says of the balances. The first that speaks
// of all that was removed is the one of the commit that removed the last; one
// that was added later proves nothing.
func (l *left) take(e *audit.Entry) {
	if e.Event == audit.Pruned && l.said == "" && strings.HasPrefix(e.Detail, audit.PrunedDetail(l.anchor, "")) {
		l.said = strings.Clone(e.Detail)
	}
}

// problem says what is wrong with the balances, once the record was read.
func (l *left) problem() []audit.Problem {
	text := ""
	switch {
	case l.anchor.Seq > 0 && l.said == "":
		text = "is the last that was removed, and the record does not tell what those left behind that were removed"
	case l.anchor.Seq > 0 && l.said != audit.PrunedDetail(l.anchor, fingerprint(l.balances)),
		l.anchor.Seq == 0 && fingerprint(l.balances) != fingerprint(nil):
		text = "is the last that was removed; what those left behind that were removed was changed since"
	default:
		return nil
	}
	return []audit.Problem{{Seq: l.anchor.Seq, Text: text}}
}
