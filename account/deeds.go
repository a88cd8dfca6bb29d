package account

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntext"
)

// Add makes an account and returns its first password, which is told this once.
// It has to be changed at the first sign-in and counts for FirstPasswordFor.
//
// Errors: Invalid with every bad field ("name", "full_name", "role",
// "department"), Conflict with CodeExists, Throttled, Unavailable.
func (b *Book) Add(ctx context.Context, by By, name string, p Profile) (password string, err error) {
	p.FullName = tidy(p.FullName)
	if bad := append(checkName(name), b.checkProfile(p)...); bad != nil {
		return "", errInvalid(bad)
	}
	if by.Operator == "" {
		return "", ErrNoOperator
	}
	password, hash, err := b.first(ctx, name, p.FullName)
	if err != nil {
		return "", err
	}
	var refused error
	err = b.db.Write(ctx, func(tx *sqlite.Tx) error {
		refused = nil
		r, err := find(tx, name)
		if err != nil {
			return err
		}
		if r != nil {
			refused = errConflict(CodeExists, "Đã có tài khoản với tên đăng nhập này.", fmt.Errorf("there is an account %s already", name))
			return nil
		}
		now := b.now()
		r = &row{name: name, profile: p}
		if err := tx.Do(`insert into account (name, full_name, role, department, hash, changed, first, disabled, failed, failed_from, locks, locked, stamp, added, signed_in)
			values (?, ?, ?, ?, ?, ?, 1, 0, 0, 0, 0, 0, 1, ?, 0)`, name, p.FullName, int64(p.Role), p.Department, hash, now.UnixMilli(), now.UnixMilli()); err != nil {
			return err
		}
		return b.note(tx, audit.AccountAdded, r, by, "role "+p.Role.String())
	})
	if err != nil {
		return "", storeError("account.add", err)
	}
	if refused != nil {
		return "", refused
	}
	return password, nil
}

// first makes a first password for somebody.
func (b *Book) first(ctx context.Context, name, fullName string) (password, hash string, err error) {
	if password, err = firstPassword(b.opt.Rand, name, fullName); err != nil {
		return "", "", err
	}
	err = b.hash(ctx, func() error {
		h, err := newHash(today, password, b.opt.Rand)
		hash = h.String()
		return err
	})
	return password, hash, err
}

// Reset gives an account a new first password, as Add does, and ends its
// sessions and a lock-out. A disabled account stays disabled. Errors: NotFound,
// Throttled, Unavailable.
func (b *Book) Reset(ctx context.Context, by By, name string) (password string, err error) {
	password, hash, err := b.first(ctx, name, "")
	if err != nil {
		return "", err
	}
	err = b.move(ctx, by, name, "account.reset", func(tx *sqlite.Tx, r *row) (string, error) {
		if err := renew(tx, r, hash); err != nil {
			return "", err
		}
		r.first, r.failed, r.locks, r.locked, r.changed = true, 0, 0, 0, b.now()
		return "new first password", nil
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// Disable keeps an account from signing in and ends its sessions. Errors:
// NotFound, Conflict with CodeAlready or CodeLastAdmin, Throttled, Unavailable.
func (b *Book) Disable(ctx context.Context, by By, name string) error {
	return b.move(ctx, by, name, "account.disable", func(tx *sqlite.Tx, r *row) (string, error) {
		if r.disabled {
			return "", errConflict(CodeAlready, "Tài khoản này đã bị vô hiệu hóa.", fmt.Errorf("account %s is disabled already", name))
		}
		r.disabled = true
		r.stamp++
		return "disabled", otherAdmin(tx, r)
	})
}

// Enable lets a disabled account sign in again, and ends a lock-out. Errors:
// NotFound, Conflict with CodeAlready, Throttled, Unavailable.
func (b *Book) Enable(ctx context.Context, by By, name string) error {
	return b.move(ctx, by, name, "account.enable", func(_ *sqlite.Tx, r *row) (string, error) {
		if !r.disabled && !r.isLocked(b.now()) {
			return "", errConflict(CodeAlready, "Tài khoản này đang hoạt động.", fmt.Errorf("account %s is neither disabled nor locked", name))
		}
		r.disabled, r.failed, r.locks, r.locked = false, 0, 0, 0
		return "enabled", nil
	})
}

// Change says other things of a person. A change of role or department ends the
// account's sessions. Errors: Invalid with every bad field ("full_name", "role",
// "department"), NotFound, Conflict with CodeAlready (nothing would change) or
// CodeLastAdmin, Throttled, Unavailable.
func (b *Book) Change(ctx context.Context, by By, name string, p Profile) error {
	p.FullName = tidy(p.FullName)
	if bad := b.checkProfile(p); bad != nil {
		return errInvalid(bad)
	}
	return b.move(ctx, by, name, "account.change", func(tx *sqlite.Tx, r *row) (string, error) {
		var changes []string
		if r.profile.FullName != p.FullName {
			changes = append(changes, "full name")
		}
		if r.profile.Role != p.Role {
			changes = append(changes, "role "+r.profile.Role.String()+" → "+p.Role.String())
		}
		if r.profile.Department != p.Department {
			changes = append(changes, strings.TrimSpace("department "+r.profile.Department+" → "+p.Department))
		}
		if changes == nil {
			return "", errConflict(CodeAlready, "Không có gì thay đổi.", fmt.Errorf("account %s says that already", name))
		}
		wasAdmin := r.profile.Role == Admin
		if r.profile.Role != p.Role || r.profile.Department != p.Department {
			r.stamp++
		}
		r.profile = p
		if wasAdmin && p.Role != Admin {
			return strings.Join(changes, ", "), otherAdmin(tx, r)
		}
		return strings.Join(changes, ", "), nil
	})
}

// otherAdmin refuses what would leave nobody to look after accounts. r is the
// account that is to be one no more.
func otherAdmin(tx *sqlite.Tx, r *row) error {
	others, was := int64(0), false
	if err := tx.Query("select coalesce(sum(name <> ?1), 0), coalesce(sum(name = ?1), 0) from account where role = 1 and disabled = 0", func(one sqlite.Row) error {
		others, was = one.Int(0), one.Int(1) > 0
		return nil
	}, r.name); err != nil {
		return err
	}
	if was && others == 0 {
		return errConflict(CodeLastAdmin, "Đây là tài khoản quản trị cuối cùng còn hoạt động; hãy thêm tài khoản quản trị khác trước.",
			fmt.Errorf("account %s is the last admin; add another first", r.name))
	}
	return nil
}

// move changes one account together with its entry. do returns the entry's
// Detail; an *lgsp.Error of it is returned as it is.
func (b *Book) move(ctx context.Context, by By, name, op string, do func(*sqlite.Tx, *row) (string, error)) error {
	if by.Operator == "" {
		return ErrNoOperator
	}
	err := b.db.Settle(ctx, func(tx *sqlite.Tx) error {
		r, err := find(tx, name)
		if err != nil {
			return err
		}
		if r == nil {
			return errNotFound(name)
		}
		detail, err := do(tx, r)
		if err != nil {
			return err
		}
		if err := update(tx, r); err != nil {
			return err
		}
		return b.note(tx, audit.AccountChanged, r, by, detail)
	})
	var known *lgsp.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return storeError(op, err)
}

// tidy writes a name in one way.
func tidy(name string) string {
	return vntext.NFC(strings.Join(strings.Fields(strings.ToValidUTF8(name, "\ufffd")), " "))
}

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

// checkName lists what is wrong with the name of a new account.
func checkName(name string) []lgsp.FieldError {
	if len(name) < minName || len(name) > maxName || !nameForm.MatchString(name) {
		return []lgsp.FieldError{{Path: "name", Code: "pattern", Text: "Tên đăng nhập gồm 3 đến 32 ký tự: chữ thường không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới; bắt đầu bằng chữ hoặc số.",
			Want: "a–z 0–9 . - _, 3–32"}}
	}
	return nil
}

// readsAsName reports whether a full name is of letters that everybody sees as
// they are: Latin ones, with at most one mark beyond what NFC has put into them,
// as the spelling of some peoples has. Other scripts have letters that look like
// these, that cannot be seen, and that turn the reading order.
func readsAsName(name string) bool {
	marked := true
	for _, r := range name {
		mark := unicode.Is(unicode.Mn, r)
		if mark && marked || !mark && !unicode.Is(unicode.Latin, r) && !strings.ContainsRune(" .'’-", r) {
			return false
		}
		marked = mark
	}
	return true
}

func (b *Book) checkProfile(p Profile) (bad []lgsp.FieldError) {
	switch {
	case p.FullName == "":
		bad = append(bad, lgsp.FieldError{Path: "full_name", Code: "missing", Text: "Chưa nhập họ và tên."})
	case utf8.RuneCountInString(p.FullName) > maxFullName:
		bad = append(bad, lgsp.FieldError{Path: "full_name", Code: "length", Text: fmt.Sprintf("Họ và tên dài quá %d ký tự.", maxFullName)})
	case !readsAsName(p.FullName):
		bad = append(bad, lgsp.FieldError{Path: "full_name", Code: "pattern", Text: "Họ và tên chỉ gồm chữ cái La-tinh, dấu cách, dấu chấm, dấu nháy và gạch ngang."})
	}
	if p.Role < Admin || p.Role > Police {
		return append(bad, lgsp.FieldError{Path: "role", Code: "missing", Text: "Chưa chọn vai trò."})
	}
	switch {
	case p.Role == Officer && p.Department == "":
		bad = append(bad, lgsp.FieldError{Path: "department", Code: "missing", Text: "Cán bộ sở phải thuộc một sở, ngành."})
	case p.Role == Officer && !b.Known(p.Department):
		bad = append(bad, lgsp.FieldError{Path: "department", Code: "unknown", Text: "Sở, ngành này không có trong cấu hình."})
	case p.Role != Officer && p.Department != "":
		bad = append(bad, lgsp.FieldError{Path: "department", Code: "pattern", Text: "Chỉ cán bộ sở mới thuộc một sở, ngành; hãy để trống."})
	}
	return bad
}
