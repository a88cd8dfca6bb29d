package account

import (
	"context"
	"errors"
	"net/netip"
	"slices"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntext"
)

// ChangePassword gives an account the password that its owner has chosen. All
// sessions end; the account that is returned is what a new one begins with.
//
// Errors: Forbidden with CodeWrong (counted as a wrong sign-in is) or CodeLocked;
// Invalid with Fields "password", whose Codes are short, long, classes,
// holds-name, common and reused; Throttled, Unavailable.
func (b *Book) ChangePassword(ctx context.Context, name, present, chosen string, from netip.Addr) (account Account, err error) {
	found, err := b.rows(ctx, "name = ?", name)
	if err != nil {
		return Account{}, storeError("account.password", err)
	}
	if found == nil {
		return Account{}, errNotFound(name)
	}
	r := found[0]
	if b.closed(r, true) != "" {
		return Account{}, errLocked()
	}
	right, _, err := b.try(ctx, r, present)
	if err != nil {
		return Account{}, err
	}
	if !right {
		return Account{}, b.wrong(context.WithoutCancel(ctx), r, from) // who hangs up has tried all the same
	}
	fresh, err := b.choose(ctx, r, chosen)
	if err != nil {
		return Account{}, err
	}
	return b.put(ctx, r, fresh, By{Operator: name, From: from})
}

// wrong counts a wrong present password.
func (b *Book) wrong(ctx context.Context, tried row, from netip.Addr) error {
	refused := errWrong()
	err := b.db.Settle(ctx, func(tx *sqlite.Tx) error {
		r, err := find(tx, tried.name)
		if err != nil || r == nil {
			return err
		}
		why := b.closed(*r, false)
		if err := b.fail(tx, r, why, from); err != nil {
			return err
		}
		if r.isLocked(b.now()) {
			refused = errLocked()
		}
		return nil
	})
	if err != nil {
		return storeError("account.password", err)
	}
	return refused
}

// choose checks a new password and hashes it.
func (b *Book) choose(ctx context.Context, r row, chosen string) (fresh string, err error) {
	if bad := checkPassword(chosen, r.name, r.profile.FullName); bad != nil {
		return "", errInvalid(bad)
	}
	chosen = vntext.NFC(chosen)
	before, err := b.before(ctx, r.name)
	if err != nil {
		return "", storeError("account.password", err)
	}
	for _, stored := range append(before, r.hash) {
		old, err := parsePHC(stored)
		if err != nil {
			continue // nothing can be said of what cannot be read
		}
		same := false
		if err := b.hash(ctx, func() error { same = old.fits(chosen); return nil }); err != nil {
			return "", err
		}
		if same {
			return "", errInvalid([]lgsp.FieldError{{Path: "password", Code: "reused", Text: "Mật khẩu này đã được dùng gần đây."}})
		}
	}
	err = b.hash(ctx, func() error {
		h, err := newHash(today, chosen, b.opt.Rand)
		fresh = h.String()
		return err
	})
	return fresh, err
}

// before returns the hashes of the passwords that an account had before.
func (b *Book) before(ctx context.Context, name string) (hashes []string, err error) {
	rows, err := b.db.Read().QueryContext(ctx, "select hash from account_password where name = ? order by n", name)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var h string
		if err := rows.Scan(&h); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		hashes = append(hashes, h)
	}
	return hashes, errors.Join(rows.Err(), rows.Close())
}

// put stores a chosen password, unless the account has another by now.
func (b *Book) put(ctx context.Context, tried row, fresh string, by By) (account Account, err error) {
	var refused error
	err = b.db.Settle(ctx, func(tx *sqlite.Tx) error {
		account, refused = Account{}, nil
		r, err := find(tx, tried.name)
		if err != nil {
			return err
		}
		if r == nil || r.hash != tried.hash || b.closed(*r, true) != "" {
			refused = errBusy("the account was changed meanwhile")
			return nil
		}
		if err := renew(tx, r, fresh); err != nil {
			return err
		}
		r.first, r.failed, r.changed = false, 0, b.now()
		if err := update(tx, r); err != nil {
			return err
		}
		account = b.account(*r)
		return b.note(tx, audit.PasswordChanged, r, by, "")
	})
	if err != nil {
		return Account{}, storeError("account.password", err)
	}
	return account, refused
}

// renew puts a new hash in the place of the present one, which is remembered
// with the last few before it.
func renew(tx *sqlite.Tx, r *row, fresh string) error {
	if err := tx.Do("insert into account_password (name, n, hash) select ?1, coalesce(max(n), 0) + 1, ?2 from account_password where name = ?1", r.name, r.hash); err != nil {
		return err
	}
	if err := tx.Do("delete from account_password where name = ?1 and n <= (select max(n) from account_password where name = ?1) - ?2", r.name, int64(earlier)); err != nil {
		return err
	}
	r.hash = fresh
	r.stamp++
	return nil
}

// Known reports whether an agency code is one that an officer may belong to.
func (b *Book) Known(department string) bool { return slices.Contains(b.opt.Departments, department) }
