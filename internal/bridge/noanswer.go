package bridge

import (
	"errors"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
)

// What is said to somebody who gets no answer. The sentences of an upstream's
// client are about messages that are sent again by themselves; a look-up is
// not, and its sender sits before a screen.
const (
	textNoAnswer = "Hệ thống được hỏi hiện không trả lời, nên không có thông tin nào được trả về. Hãy thực hiện lại sau ít phút; nếu kéo dài, hãy báo đơn vị quản lý nền tảng tích hợp của tỉnh."
	textDenied   = "Nền tảng quốc gia chưa chấp nhận tài khoản kết nối của tỉnh, nên không có thông tin nào được trả về. Hãy báo đơn vị quản lý nền tảng tích hợp của tỉnh."
	textMuch     = "Nền tảng quốc gia báo quá nhiều lượt hỏi cùng lúc, nên không có thông tin nào được trả về. Hãy thực hiện lại sau ít phút."
	textSaidNo   = "Hệ thống được hỏi từ chối câu hỏi này, nên không có thông tin nào được trả về. Hãy kiểm tra số định danh, họ tên và ngày sinh đã nhập; nếu đã đúng, hãy báo đơn vị quản lý nền tảng tích hợp của tỉnh."
	textBusy     = "Đơn vị đang có quá nhiều lượt tra cứu cùng lúc, nên câu hỏi này chưa được gửi đi. Hãy thực hiện lại sau ít giây."
	textNoRecord = "Hệ thống chưa ghi được nhật ký tra cứu, nên không có thông tin nào được trả về. Hãy thực hiện lại sau ít phút."
)

// askAgain is when to ask again where nobody said.
const askAgain = 5 * time.Second

// noAnswer is what the sender of a look-up is told of an attempt that failed:
// one of four codes. The record gets the kind and the code of the cause.
func (l *lookUp) noAnswer(cause *lgsp.Error) *lgsp.Error {
	l.entry.Result, l.entry.Kind, l.entry.Code = audit.Failed, cause.Kind.String(), cause.Code
	e := &lgsp.Error{Kind: lgsp.Unavailable, Op: "bridge.ask", Code: codeNoAnswer, Text: textNoAnswer, After: cause.After, Err: cause}
	switch cause.Kind {
	case lgsp.Unknown, lgsp.Unavailable:
	case lgsp.Denied:
		e.Text = textDenied
	case lgsp.Throttled:
		e.Kind, e.Code, e.Text = lgsp.Throttled, codeBusy, textMuch
	case lgsp.Invalid, lgsp.Refused, lgsp.Conflict, lgsp.NotFound, lgsp.Forbidden:
		e.Kind, e.Code, e.Text = lgsp.Refused, codeRefused, textSaidNo
	}
	if e.Kind.World() && e.After <= 0 {
		e.After = askAgain
	}
	return e
}

// busy is the error of a look-up that found no place on the wire.
func (l *lookUp) busy(err error) *lgsp.Error {
	l.entry.Result = audit.Failed
	return &lgsp.Error{Kind: lgsp.Throttled, Op: "bridge.ask", Code: codeBusy, Text: textBusy, After: askAgain, Err: err}
}

// unrecorded is the error of a look-up that is not on record, whose answer is
// therefore not given.
func unrecorded(err error) *lgsp.Error {
	return &lgsp.Error{Kind: lgsp.Unavailable, Op: "bridge.ask", Code: codeNoAnswer, Text: textNoRecord, After: askAgain, Err: err}
}

// What the sender of a look-up that failed is told for programs.
const (
	codeNoAnswer = "NoAnswer"
	codeBusy     = "Busy"
	codeRefused  = "Refused"
)

// Unasked reports whether a look-up that failed with err never came to the
// upstream, so that asking again asks once.
func Unasked(err error) bool {
	return errors.Is(err, errUnasked)
}

// errUnasked marks the error of a look-up that never came to the upstream.
var errUnasked = errors.New("the upstream was not asked")

// arrived reports whether a question that ended with cause may have come to the
// upstream: it has not where there was no connection or no token to ask with. One
// that was cut off may have.
func arrived(cause *lgsp.Error) bool {
	switch cause.Code {
	case "NameNotFound", "ConnectionRefused", "Unreachable", "ConnectTimeout", "ConnectFailed", "TLSFailed", "NotTLS", "OwnCertificate",
		"CertificateUntrusted", "CertificateExpired", "CertificateName", "TokenRequestRefused", "TokenDenied", "TokenThrottled", "TokenMoved",
		"TokenAddress", "TokenServerDown", "TokenUnreadable", "TokenUnanswered":
		return false
	}
	return onWire(cause) || cause.Code == codeStopped
}
