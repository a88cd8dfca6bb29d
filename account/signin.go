package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntext"
)

// SignIn checks a name and a password as somebody typed them at an address.
//
// Whatever is wrong, it is one error, which tells neither which names there are
// nor which of them are locked, and takes the same time: Forbidden with
// CodeSignIn. Others: Throttled with CodeFlood or CodeBusy, and Throttled or
// Unavailable with CodeStore when it could not be put on record, whatever the
// name.
func (b *Book) SignIn(ctx context.Context, name, password string, from netip.Addr) (Account, error) {
	name, entered := strings.ToLower(strings.TrimSpace(name)), b.now()
	if after := b.flood.enter(entered, from); after > 0 {
		return Account{}, errFlood(after)
	}
	found, err := b.rows(ctx, "name = ?", name)
	if err != nil {
		b.flood.passed(entered, from)
		return Account{}, storeError("account.sign-in", err)
	}
	known := found != nil
	var r row
	if known {
		r = found[0]
	}
	right, better, err := b.try(ctx, r, password)
	if err != nil {
		b.flood.passed(entered, from)
		return Account{}, err
	}
	ctx = context.WithoutCancel(ctx) // who hangs up has tried all the same
	if !known {
		// Stored as what a known name costs, so that a full disk tells them apart no more.
		err := b.db.Settle(ctx, func(tx *sqlite.Tx) error {
			return b.opt.Audit.Append(tx, &audit.Entry{Event: audit.SignInFailed, At: b.now(), Detail: "unknown name" + origin(from)})
		})
		if err != nil {
			return Account{}, storeError("account.sign-in", err)
		}
		return Account{}, errSignIn("unknown name")
	}
	account, err := b.enter(ctx, r, right, better, from)
	if err == nil {
		b.flood.passed(entered, from)
	}
	return account, err
}

// try checks a password against what is stored; against something that nothing
// fits where there is no account, which takes as long. better is a new hash for
// a password whose stored one costs less than new ones do.
func (b *Book) try(ctx context.Context, r row, password string) (right bool, better string, err error) {
	stored := b.decoy
	if r.hash != "" {
		if stored, err = parsePHC(r.hash); err != nil {
			b.opt.Log.Error("a stored password cannot be read; give the account a new one", "account", r.name, "err", err)
			stored = b.decoy
		}
	}
	if len(password) > maxPassword || !utf8.ValidString(password) {
		password = "" // is nobody's
	}
	password = vntext.NFC(password)
	err = b.hash(ctx, func() error {
		if right = stored.fits(password); !right || stored.cost == today {
			return nil
		}
		again, err := newHash(today, password, b.opt.Rand)
		better = again.String()
		return err
	})
	return right, better, err
}

// enter writes what came of a sign-in of a known name, together with its entry.
// What counts is the account as it is now: another may have locked it meanwhile.
func (b *Book) enter(ctx context.Context, tried row, right bool, better string, from netip.Addr) (account Account, err error) {
	var refused error
	err = b.db.Settle(ctx, func(tx *sqlite.Tx) error {
		account, refused = Account{}, nil
		r, err := find(tx, tried.name)
		if err != nil {
			return err
		}
		if r == nil || r.hash != tried.hash {
			refused = errBusy("the password was changed meanwhile")
			return nil
		}
		if why := b.closed(*r, right); why != "" {
			refused = errSignIn(why)
			return b.fail(tx, r, why, from)
		}
		if better != "" {
			r.hash = better
		}
		r.failed, r.locks, r.signedIn = 0, 0, b.now().UnixMilli()
		if err := update(tx, r); err != nil {
			return err
		}
		account = b.account(*r)
		return b.note(tx, audit.SignedIn, r, By{Operator: r.name, From: from}, "")
	})
	if err != nil {
		return Account{}, storeError("account.sign-in", err)
	}
	return account, refused
}

// closed says why an account lets nobody in, "" if it does.
func (b *Book) closed(r row, right bool) string {
	now := b.now()
	switch {
	case r.disabled:
		return "disabled"
	case r.isLocked(now):
		return "locked"
	case !right:
		return "wrong password"
	case r.stale(now):
		return "the first password was not used in time"
	}
	return ""
}

// fail counts a wrong password and locks the account after too many. What was
// tried at an account that is closed anyway is only put on record.
func (b *Book) fail(tx *sqlite.Tx, r *row, why string, from netip.Addr) error {
	if err := b.note(tx, audit.SignInFailed, r, By{From: from}, why); err != nil || why != "wrong password" {
		return err
	}
	now := b.now()
	if now.Sub(fromMillis(r.failedFrom)) > lockForget {
		r.locks = 0
	}
	if r.failed == 0 || now.Sub(fromMillis(r.failedFrom)) > failWithin {
		r.failed, r.failedFrom = 0, now.UnixMilli()
	}
	if r.failed++; r.failed < failMost {
		return update(tx, r)
	}
	length := lockFor(r.locks)
	r.failed, r.locked, r.locks = 0, now.Add(length).UnixMilli(), r.locks+1
	if err := update(tx, r); err != nil {
		return err
	}
	return b.note(tx, audit.AccountLocked, r, By{From: from}, fmt.Sprintf("for %s", length))
}

// update writes all of an account that may change.
func update(tx *sqlite.Tx, r *row) error {
	n, err := tx.Exec(`update account set full_name = ?, role = ?, department = ?, hash = ?, changed = ?, first = ?, disabled = ?, failed = ?, failed_from = ?,
		locks = ?, locked = ?, stamp = ?, signed_in = ? where name = ?`, r.profile.FullName, int64(r.profile.Role), r.profile.Department, r.hash, r.changed.UnixMilli(),
		flag(r.first), flag(r.disabled), r.failed, r.failedFrom, r.locks, r.locked, r.stamp, r.signedIn, r.name)
	if err == nil && n != 1 {
		err = errors.New("the account is gone")
	}
	return err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// note adds the entry of what was done to an account.
func (b *Book) note(tx *sqlite.Tx, event audit.Event, r *row, by By, detail string) error {
	return b.opt.Audit.Append(tx, &audit.Entry{At: b.now(), Event: event, Sender: r.profile.Department, Operator: by.Operator, Account: r.name,
		Detail: strings.TrimPrefix(detail+origin(by.From), ", ")})
}

// origin says where somebody called from.
func origin(from netip.Addr) string {
	if !from.IsValid() {
		return ""
	}
	return ", from " + from.Unmap().WithZone("").String()
}

// SignOut puts on record that somebody ended a session.
func (b *Book) SignOut(ctx context.Context, name string, from netip.Addr) error {
	err := b.db.Settle(ctx, func(tx *sqlite.Tx) error {
		r, err := find(tx, name)
		if err != nil || r == nil {
			return err
		}
		return b.note(tx, audit.SignedOut, r, By{Operator: name, From: from}, "")
	})
	if err != nil {
		return storeError("account.sign-out", err)
	}
	return nil
}

// RecordFlood puts on record how many sign-ins were refused unasked since the
// last time, as one entry. Whoever serves sign-ins calls it every minute and at
// the end.
func (b *Book) RecordFlood(ctx context.Context) error {
	n, since := b.flood.take()
	if n == 0 {
		return nil
	}
	err := b.db.Write(ctx, func(tx *sqlite.Tx) error {
		return b.opt.Audit.Append(tx, &audit.Entry{At: b.now(), Event: audit.SignInFailed,
			Detail: fmt.Sprintf("%d more since %s, refused unasked as too many failed", n, since.UTC().Format(time.RFC3339))})
	})
	if err != nil {
		b.flood.giveBack(n, since)
		return fmt.Errorf("record refused sign-ins: %w", err)
	}
	return nil
}
