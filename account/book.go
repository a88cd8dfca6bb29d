package account

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of the accounts, for sqlite.Open.
func Schema() sqlite.Schema {
	files, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sqlite.Schema{Name: "account", Files: files}
}

// Options are the settings of the book. DB and Audit are required.
type Options struct {
	DB    *sqlite.DB // opened with Schema and audit.Schema
	Audit *audit.Log

	Departments []string      // agency codes that an officer may belong to
	PasswordAge time.Duration // after which a password has to be changed; 0 = 180 days

	Now  func() time.Time // nil = time.Now
	Rand io.Reader        // nil = crypto/rand
	Log  *slog.Logger     // nil = discard
}

// Book is where accounts are kept.
type Book struct {
	opt   Options
	db    *sqlite.DB
	flood *flood
	decoy phc // what a password is checked with where there is no account

	hashing chan struct{} // places of those who hash
	wait    time.Duration // for a place
}

// hashMost is how many passwords are hashed at once: each takes 19 MiB.
const hashMost = 2

// hashWait is how long somebody waits for a place.
const hashWait = 5 * time.Second

// NewBook returns the book of the accounts in o.DB.
func NewBook(o Options) (*Book, error) {
	if o.PasswordAge == 0 {
		o.PasswordAge = 180 * 24 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	decoy := phc{cost: today, salt: make([]byte, saltSize), sum: make([]byte, sumSize)}
	for _, b := range [][]byte{decoy.salt, decoy.sum} {
		if _, err := io.ReadFull(o.Rand, b); err != nil {
			return nil, fmt.Errorf("read randomness: %w", err)
		}
	}
	return &Book{opt: o, db: o.DB, flood: newFlood(), decoy: decoy, hashing: make(chan struct{}, hashMost), wait: hashWait}, nil
}

// now is the time as rows hold it.
func (b *Book) now() time.Time { return time.UnixMilli(b.opt.Now().UnixMilli()).UTC() }

// hash runs do, which hashes, with at most hashMost at once.
func (b *Book) hash(ctx context.Context, do func() error) error {
	late := time.NewTimer(b.wait)
	defer late.Stop()
	select {
	case b.hashing <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return errBusy("too many passwords are being checked")
	}
	defer func() { <-b.hashing }()
	return do()
}

// row is an account as its row tells it.
type row struct {
	name               string
	profile            Profile
	hash               string
	changed            time.Time
	first, disabled    bool
	failed, failedFrom int64
	locks, locked      int64
	stamp              int64
	added, signedIn    int64
}

const columns = "name, full_name, role, department, hash, changed, first, disabled, failed, failed_from, locks, locked, stamp, added, signed_in"

func scanRow(r sqlite.Row) row {
	return row{name: r.Text(0), profile: Profile{FullName: r.Text(1), Role: Role(r.Int(2)), Department: r.Text(3)}, hash: r.Text(4), changed: fromMillis(r.Int(5)),
		first: r.Int(6) == 1, disabled: r.Int(7) == 1, failed: r.Int(8), failedFrom: r.Int(9), locks: r.Int(10), locked: r.Int(11), stamp: r.Int(12),
		added: r.Int(13), signedIn: r.Int(14)}
}

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// locked reports whether an account is locked. A lock that lasts longer than any
// is from a clock that was wrong.
func (r row) isLocked(now time.Time) bool {
	left := fromMillis(r.locked).Sub(now)
	return left > 0 && left <= lockMost
}

// stale reports whether a password that was given was not used in time.
func (r row) stale(now time.Time) bool { return r.first && now.Sub(r.changed) > FirstPasswordFor }

func (b *Book) account(r row) Account {
	now := b.now()
	a := Account{Name: r.name, Profile: r.profile, Disabled: r.disabled, MustChange: r.first || now.Sub(r.changed) > b.opt.PasswordAge,
		Changed: r.changed, Failed: int(r.failed), Added: fromMillis(r.added), Stamp: r.stamp}
	if r.isLocked(now) {
		a.Locked = fromMillis(r.locked)
	}
	if r.signedIn > 0 {
		a.SignedIn = fromMillis(r.signedIn)
	}
	return a
}

// find returns the row of an account in a transaction, nil when there is none.
func find(tx *sqlite.Tx, name string) (found *row, err error) {
	err = tx.Query("select "+columns+" from account where name = ?", func(r sqlite.Row) error {
		one := scanRow(r)
		found = &one
		return nil
	}, name)
	return found, err
}

// rows returns accounts by their names.
func (b *Book) rows(ctx context.Context, where string, args ...any) ([]row, error) {
	rows, err := b.db.Read().QueryContext(ctx, "select "+columns+" from account where "+where+" order by name", args...)
	if err != nil {
		return nil, err
	}
	var list []row
	for rows.Next() {
		var r row
		var changed int64
		if err := rows.Scan(&r.name, &r.profile.FullName, &r.profile.Role, &r.profile.Department, &r.hash, &changed, &r.first, &r.disabled,
			&r.failed, &r.failedFrom, &r.locks, &r.locked, &r.stamp, &r.added, &r.signedIn); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		r.changed = fromMillis(changed)
		list = append(list, r)
	}
	return list, errors.Join(rows.Err(), rows.Close())
}

// Get returns an account. Errors: NotFound.
func (b *Book) Get(ctx context.Context, name string) (Account, error) {
	found, err := b.rows(ctx, "name = ?", name)
	if err != nil {
		return Account{}, fmt.Errorf("read the account: %w", err)
	}
	if len(found) == 0 {
		return Account{}, errNotFound(name)
	}
	return b.account(found[0]), nil
}

// List returns all accounts by their names.
func (b *Book) List(ctx context.Context) ([]Account, error) {
	found, err := b.rows(ctx, "true")
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	var list []Account
	for _, r := range found {
		list = append(list, b.account(r))
	}
	return list, nil
}

// Departments returns the agency codes that an officer may belong to.
func (b *Book) Departments() []string { return slices.Clone(b.opt.Departments) }
