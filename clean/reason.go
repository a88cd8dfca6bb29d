package clean

import (
	"errors"
	"strings"

	lgsp "lgsp.internal/adapter"
)

// The reasons of this package. Stored and sent: never rename. The first group is
// found in the file, so its rows are never asked.
const (
	IDMissing      = "IdMissing"
	IDTooShort     = "IdTooShort"
	IDTooLong      = "IdTooLong"
	IDNotDigits    = "IdNotDigits"
	CMNDTooShort   = "CmndTooShort"
	CMNDLength     = "CmndLength"
	NameMissing    = "NameMissing"
	NameTooLong    = "NameTooLong"
	BornMissing    = "BornMissing"
	BornUnreadable = "BornUnreadable"

	Interrupted      = "Interrupted"
	AnswerUnreadable = "AnswerUnreadable"
	Panicked         = "Panic"
)

// OfList reports whether a reason lies in the list itself, so that asking again
// does not help.
func OfList(reason string) bool {
	switch reason {
	case IDMissing, IDTooShort, IDTooLong, IDNotDigits, CMNDTooShort, CMNDLength, NameMissing, NameTooLong, BornMissing, BornUnreadable:
		return true
	}
	return false
}

// ReasonText says a reason in Vietnamese, for the column “Lý do”.
func ReasonText(reason string) string {
	switch reason {
	case IDMissing:
		return "thiếu số định danh cá nhân hoặc số CMND"
	case IDTooShort:
		return "số định danh không đủ 12 chữ số (có thể đã mất số 0 ở đầu)"
	case IDTooLong:
		return "số định danh dài hơn 12 chữ số"
	case IDNotDigits:
		return "số định danh có ký tự không phải chữ số"
	case CMNDTooShort:
		return "số CMND không đủ 9 chữ số (có thể đã mất số 0 ở đầu)"
	case CMNDLength:
		return "số CMND không có đúng 9 chữ số"
	case NameMissing:
		return "thiếu họ và tên"
	case NameTooLong:
		return "họ và tên dài hơn 100 ký tự"
	case BornMissing:
		return "thiếu ngày sinh"
	case BornUnreadable:
		return "ngày sinh không đọc được hoặc không có thật (cần dd/MM/yyyy hoặc yyyy)"
	case Interrupted:
		return "bị gián đoạn khi đang hỏi; chưa rõ kết quả"
	case AnswerUnreadable:
		return "không đọc được trả lời của cơ sở dữ liệu dân cư"
	case Panicked:
		return "lỗi bên trong lgspd khi đang hỏi; chưa rõ kết quả"
	case "NoAnswer":
		return "cơ sở dữ liệu dân cư không trả lời khi được hỏi"
	case "Refused":
		return "cơ sở dữ liệu dân cư từ chối câu hỏi"
	}
	return "không có kết quả, mã lỗi " + reason
}

// VerdictText says a verdict in Vietnamese, for the column “Kết quả”.
func VerdictText(v Verdict) string {
	switch v {
	case Match:
		return "đúng"
	case Differs:
		return "sai thông tin"
	case Absent:
		return "không tồn tại"
	case Failed:
		return "lỗi"
	}
	return ""
}

func fieldTexts(wrong []Field) string {
	var names []string
	for _, f := range wrong {
		switch f {
		case FieldName:
			names = append(names, "Họ và tên")
		case FieldBorn:
			names = append(names, "Ngày sinh")
		}
	}
	return strings.Join(names, ", ")
}

const reasonMost = 40

// reasonOf returns the stable word of an error. The journal takes nothing else:
// what is not a word of that form could be anything, citizen data too.
func reasonOf(err error) string {
	var e *lgsp.Error
	if errors.As(err, &e) && isReason(e.Code) {
		return e.Code
	}
	words := strings.Fields(lgsp.KindOf(err).String())
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// isReason refuses words of digits, which a code of ours never is and a number of
// a person may be.
func isReason(s string) bool {
	letters := 0
	for _, c := range []byte(s) {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
			letters++
		case c >= '0' && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return letters > 0 && len(s) <= reasonMost
}
