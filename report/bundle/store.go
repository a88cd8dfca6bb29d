package bundle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the table of bundles, for sqlite.Open, behind those of the record.
func Schema() sqlite.Schema {
	files, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sqlite.Schema{Name: "bundle", Files: files}
}

// Store holds the bundles of other nodes.
type Store struct {
	db     *sqlite.DB
	record *audit.Log
	own    string // name of this node
	nodes  []Node
	now    func() time.Time
}

// NewStore returns the bundles in db, which was opened with Schema. own is the
// name of this node, nodes are those whose bundles are taken.
func NewStore(db *sqlite.DB, record *audit.Log, own string, nodes []Node, now func() time.Time) *Store {
	return &Store{db: db, record: record, own: own, nodes: nodes, now: now}
}

// Import is what came of a bundle.
type Import struct {
	Bundle   Bundle
	Replaced bool // it took the place of an earlier one
	Known    bool // it was here already, and nothing was changed
}

// ErrOlder is returned for a bundle that rests on less of its node's record than
// the one that is here.
var ErrOlder = errors.New("a later bundle of this node and period is here already")

// Add takes a bundle in by order of an operator. It is on disk and on record
// when Add returns nil.
func (s *Store) Add(ctx context.Context, raw []byte, operator string) (Import, error) {
	b, _, err := Read(bytes.NewReader(raw), s.nodes)
	if err != nil {
		return Import{}, err
	}
	if operator == "" {
		return Import{}, errors.New("an import needs the operator's name")
	}
	if b.Node == s.own {
		return Import{}, fmt.Errorf("the bundle is of this node: %w", report.ErrTwice)
	}
	in := Import{Bundle: b}
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		in.Replaced, in.Known = false, false
		if err := s.compare(tx, &in); err != nil || in.Known {
			return err
		}
		return s.put(tx, b, raw, operator)
	})
	return in, err
}

// compare looks at what is here of the bundle's node and period, and whether its
// record is here under another name.
func (s *Store) compare(tx *sqlite.Tx, in *Import) error {
	n := in.Bundle.Whole.Nodes[0]
	var held int64
	var other string
	err := tx.Query("select node, period, seq, hash from bundle", func(r sqlite.Row) error {
		switch node, seq, hash := r.Text(0), r.Int(2), r.Text(3); {
		case node != n.Name:
			if n.Seq > 0 && hash == n.Hash {
				other = node
			}
		case r.Text(1) == in.Bundle.Period.String():
			held = seq
			in.Replaced, in.Known = true, seq == n.Seq && hash == n.Hash
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case other != "":
		return fmt.Errorf("%s and %s: %w", other, n.Name, report.ErrTwice)
	case n.Seq < held:
		return ErrOlder
	}
	var own bool
	if err := tx.Query("select 1 from audit where seq = ? and hash = ?", func(sqlite.Row) error { own = true; return nil }, n.Seq, hashOf(n)); err != nil {
		return err
	}
	if own {
		return fmt.Errorf("%s and %s: %w", s.own, n.Name, report.ErrTwice)
	}
	return nil
}

// hashOf returns the hash of a node's head as the record stores it.
func hashOf(n report.Node) []byte {
	head, err := n.Head()
	if err != nil {
		return nil // Check has refused it before
	}
	return head.Hash[:]
}

func (s *Store) put(tx *sqlite.Tx, b Bundle, raw []byte, operator string) error {
	n := b.Whole.Nodes[0]
	if err := tx.Do(`insert into bundle (node, period, seq, hash, made, imported, by, raw) values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do update set seq = excluded.seq, hash = excluded.hash, made = excluded.made, imported = excluded.imported, by = excluded.by, raw = excluded.raw`,
		n.Name, b.Period.String(), n.Seq, n.Hash, b.Made.UnixMilli(), s.now().UnixMilli(), operator, raw); err != nil {
		return fmt.Errorf("keep a bundle: %w", err)
	}
	sum := sha256.Sum256(raw)
	return s.record.Append(tx, &audit.Entry{Event: audit.ReportImported, Operator: operator, Report: b.Period.String(),
		Detail: fmt.Sprintf("node %s, record up to %d:%s, bundle %x", n.Name, n.Seq, n.Hash, sum)})
}

// Held is a bundle that is here.
type Held struct {
	Bundle   Bundle
	Imported time.Time // UTC
	By       string
}

// Of returns the bundles of a period, by node. Each is checked again: one that
// was changed in the database, or whose node is no longer taken, is an error.
func (s *Store) Of(ctx context.Context, p report.Period) ([]Held, error) {
	rows, err := s.db.Read().QueryContext(ctx, "select node, imported, by, raw from bundle where period = ? order by node", p.String())
	if err != nil {
		return nil, fmt.Errorf("read the bundles: %w", err)
	}
	var all []Held
	for err == nil && rows.Next() {
		var h Held
		var node string
		var at int64
		var raw []byte
		if err = rows.Scan(&node, &at, &h.By, &raw); err != nil {
			break
		}
		h.Imported = time.UnixMilli(at).UTC()
		if h.Bundle, _, err = Read(bytes.NewReader(raw), s.nodes); err != nil {
			err = fmt.Errorf("node %s: %w", node, err)
		}
		all = append(all, h)
	}
	if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("read the bundles: %w", err)
	}
	return all, nil
}

// Merge adds the figures of other nodes to a report of this one.
func (s *Store) Merge(ctx context.Context, own report.Report) (report.Report, error) {
	held, err := s.Of(ctx, own.Period)
	if err != nil {
		return report.Report{}, err
	}
	var others []report.Report
	for _, h := range held {
		if r, ok := h.Bundle.Of(own.Scope); ok {
			others = append(others, r)
		}
	}
	return report.Merge(own, others...)
}

// Of returns the figures of a department or, with "", of the whole node.
func (b Bundle) Of(scope string) (report.Report, bool) {
	if scope == "" {
		return b.Whole, true
	}
	for _, r := range b.Departments {
		if r.Scope == scope {
			return r, true
		}
	}
	return report.Report{}, false
}
