package filing

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report"
)

// row is a version of a report as its row holds it.
type row struct {
	Filing
	frozen []byte // nil = it was not, or not in this change
}

const columns = "period, department, version, state, revision, statement, edited, account, name, coalesce(hash, ''), coalesce(number, ''), coalesce(dated, '')"

// findRow returns the last version of a report. Its State is None when there is
// none.
func findRow(tx *sqlite.Tx, k Key) (found row, err error) {
	found.Key = k
	err = tx.Query("select "+columns+" from filing where period = ? and department = ? order by version desc limit 1", func(r sqlite.Row) (err error) {
		found.Filing, err = scanned{period: r.Text(0), department: r.Text(1), version: r.Int(2), state: r.Int(3), revision: r.Int(4), statement: r.Blob(5),
			edited: r.Int(6), account: r.Text(7), name: r.Text(8), hash: r.Text(9), number: r.Text(10), dated: r.Text(11)}.filing()
		return err
	}, k.Period.String(), k.Department)
	return found, err
}

// scanned is a row on its way out of the database.
type scanned struct {
	period, department, account, name, hash, number, dated string
	version, state, revision, edited                       int64
	statement                                              []byte
}

// into returns where the columns go.
func (s *scanned) into() []any {
	return []any{&s.period, &s.department, &s.version, &s.state, &s.revision, &s.statement, &s.edited, &s.account, &s.name, &s.hash, &s.number, &s.dated}
}

func (s scanned) filing() (Filing, error) {
	p, err := report.ParsePeriod(s.period)
	f := Filing{Key: Key{Period: p, Department: s.department}, Version: int(s.version), State: State(s.state), Revision: s.revision, Edited: fromMillis(s.edited),
		Editor: Who{s.account, s.name}, Hash: s.hash, Number: s.number, Date: s.dated}
	if err == nil {
		err = json.Unmarshal(s.statement, &f.Statement)
	}
	if err != nil {
		return f, damaged(f.Key, int(s.version), err)
	}
	return f, nil
}

// readRows reads rows from the pool of readers.
func readRows(rows *sql.Rows, queryErr error) (list []Filing, err error) {
	if queryErr != nil {
		return nil, queryErr
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	for rows.Next() {
		var s scanned
		if err := rows.Scan(s.into()...); err != nil {
			return nil, err
		}
		f, err := s.filing()
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, rows.Err()
}

// store writes the row over the version that it was made from, or beside it
// when it is a new one.
func (r *row) store(tx *sqlite.Tx, was int) error {
	statement, err := json.Marshal(r.Statement)
	if err != nil {
		return err
	}
	if r.Version == was {
		return tx.Do(`update filing set state = ?, revision = ?, statement = ?, edited = ?, account = ?, name = ?, frozen = coalesce(?, frozen), hash = coalesce(?, hash), number = ?, dated = ?
			where period = ? and department = ? and version = ?`, int64(r.State), r.Revision, string(statement), r.Edited.UnixMilli(), r.Editor.Account, r.Editor.Name,
			nullBytes(r.frozen), nullText(r.Hash), nullText(r.Number), nullText(r.Date), r.Period.String(), r.Department, int64(r.Version))
	}
	return tx.Do(`insert into filing (period, department, version, state, revision, statement, edited, account, name, frozen, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Period.String(), r.Department, int64(r.Version), int64(r.State), r.Revision, string(statement), r.Edited.UnixMilli(), r.Editor.Account, r.Editor.Name,
		nullBytes(r.frozen), nullText(r.Hash))
}

// begin makes of the row the next version, which nothing is frozen of.
func (r *row) begin() {
	r.Version++
	r.Hash, r.Number, r.Date, r.frozen = "", "", "", nil
}

// freeze keeps what the version says now for good.
func (r *row) freeze(state State, what any) (err error) {
	if r.frozen, err = json.Marshal(what); err != nil {
		return fmt.Errorf("freeze the report: %w", err)
	}
	r.State, r.Hash = state, hashOf(r.frozen)
	return nil
}

// detail is what the record says of a frozen version.
func (r *row) detail() string {
	d := fmt.Sprintf("version %d, sha256 %s", r.Version, r.Hash)
	if r.State == Issued {
		d += fmt.Sprintf(", number %s of %s", r.Number, r.Date)
	}
	return d
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func nullBytes(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
