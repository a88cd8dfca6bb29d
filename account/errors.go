package account

import (
	"errors"
	"fmt"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/sqlite"
)

// The Codes of errors, for those who say them in other words.
const (
	CodeSignIn    = "SignIn"    // Forbidden: name or password are wrong, or the account is locked or disabled; which of them is not told
	CodeWrong     = "Wrong"     // Forbidden: the present password is wrong
	CodeLocked    = "Locked"    // Forbidden: it was wrong too often, the account is locked
	CodeBusy      = "Busy"      // Throttled: too much at once
	CodeStore     = "Store"     // Throttled or Unavailable: it could not be stored, nothing has changed
	CodeFlood     = "Flood"     // Throttled: too many wrong passwords from there or from everywhere
	CodeExists    = "Exists"    // Conflict: there is an account of that name
	CodeLastAdmin = "LastAdmin" // Conflict: nobody could look after accounts any more
	CodeAlready   = "Already"   // Conflict: it is so already
	CodeNotFound  = "NotFound"  // NotFound: there is no such account
	CodeInvalid   = "Invalid"   // Invalid: Fields say what is wrong
)

func errSignIn(cause string) error {
	return &lgsp.Error{Kind: lgsp.Forbidden, Op: "account.sign-in", Code: CodeSignIn, Err: errors.New(cause),
		Text: "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa."}
}

func errWrong() error {
	return &lgsp.Error{Kind: lgsp.Forbidden, Op: "account.password", Code: CodeWrong, Err: errors.New("the present password is wrong"), Text: "Mật khẩu hiện tại không đúng."}
}

func errLocked() error {
	return &lgsp.Error{Kind: lgsp.Forbidden, Op: "account.password", Code: CodeLocked, Err: errors.New("the account is locked or disabled"), Text: "Tài khoản đang bị khóa."}
}

func errBusy(cause string) error {
	return &lgsp.Error{Kind: lgsp.Throttled, Op: "account", Code: CodeBusy, After: hashWait, Err: errors.New(cause), Text: "Hệ thống đang bận; hãy thử lại sau ít giây."}
}

func errFlood(after time.Duration) error {
	return &lgsp.Error{Kind: lgsp.Throttled, Op: "account.sign-in", Code: CodeFlood, After: after, Err: errors.New("too many sign-ins failed"),
		Text: "Có quá nhiều lần đăng nhập sai; hãy thử lại sau ít phút."}
}

func errNotFound(name string) error {
	return &lgsp.Error{Kind: lgsp.NotFound, Op: "account", Code: CodeNotFound, Err: fmt.Errorf("there is no account %q", name), Text: "Không có tài khoản này."}
}

func errConflict(code, text string, cause error) error {
	return &lgsp.Error{Kind: lgsp.Conflict, Op: "account", Code: code, Err: cause, Text: text}
}

func errInvalid(fields []lgsp.FieldError) error {
	return &lgsp.Error{Kind: lgsp.Invalid, Op: "account", Code: CodeInvalid, Fields: fields, Text: "Thông tin chưa hợp lệ; hãy sửa các mục được nêu."}
}

// storeError says why something could not be stored.
func storeError(op string, err error) error {
	stored := &lgsp.Error{Kind: lgsp.Unavailable, Op: op, Code: CodeStore, After: 30 * time.Second, Err: err,
		Text: "Hệ thống tạm thời không lưu được; chưa có gì thay đổi, hãy thử lại sau ít phút."}
	switch sqlite.FaultOf(err) {
	case sqlite.Full, sqlite.Busy:
		stored.Kind = lgsp.Throttled
	}
	return stored
}
