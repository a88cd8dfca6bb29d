// Package citizen keeps of an answer of the population database only the
// fields that were approved.
//
// A field that is not in the Catalogue, or not approved, never reaches the
// output: what is written is made from a record into which approved fields were
// copied one by one, never from the answer. Attributes, comments, unknown
// elements and text beside elements are not even read. Errors, and an Answer
// that is printed, hold nothing of an answer.
//
// The fields are those of QCVN 109:2017/BTTTT (annexes B and Đ) and those that
// the database is known to send beside them. Approval is for single fields
// (TT 46/2022/TT-BCA), so a path of the catalogue is what one is approved for.
package citizen

import (
	"errors"
	"strconv"

	lgsp "lgsp.internal/adapter"
)

// Namespace is the namespace of what Write writes (QCVN 109:2017/BTTTT).
const Namespace = "http://www.mic.gov.vn/dancu/1.0"

// Kind is what an answer is about.
type Kind uint8

// The kinds of answers.
const (
	Person       Kind = iota // CongdanCollection: the records of citizens
	Verification             // KetQuaXacThuc: which of the fields sent are right
)

func (k Kind) String() string {
	switch k {
	case Person:
		return "person"
	case Verification:
		return "verification"
	}
	return "kind " + strconv.Itoa(int(k))
}

// Form is a way of writing a citizen's record. A verification has one way only.
type Form uint8

// The forms. They differ in five places:
//
//	                   Live                              QCVN109
//	place              MaTinhThanh MaQuanHuyen MaPhuongXa  MaDonViHanhChinh, 2, 3 or 5 digits
//	DanToc, TonGiao    text                              MaDanToc and TenGoi, MaTonGiao
//	date               yyyyMMdd                          yyyy-MM-dd
//	date and year      both                              the year only without the date
//	name of a relative text                              Ho, ChuDem, Ten
const (
	Live    Form = iota // as the database itself answers
	QCVN109             // as QCVN 109:2017/BTTTT prescribes
)

// Field is one field that can be approved.
type Field struct {
	Path  string // from CongDan or KetQuaXacThuc on: "ThuongTru/ChiTiet"
	Title string // in Vietnamese: "Nơi thường trú – chi tiết"
}

// Catalogue returns every field of a kind of answer, in the order of the
// standard. A name is one field, whatever parts it comes in; so are DanToc and
// TonGiao. MaDonViHanhChinh is the most specific code that is known of a place.
func Catalogue(k Kind) []Field {
	switch k {
	case Person:
		fields := make([]Field, len(person.leaves))
		for i := range person.leaves {
			fields[i] = person.leaves[i].Field
		}
		return fields
	case Verification:
		return append([]Field(nil), compared...)
	}
	return nil
}

// What an answer may cost. An answer beyond it is AnswerUnreadable.
const (
	MaxRecords  = 100     // CongDan in one answer
	MaxElements = 10_000  // elements in one answer, known or not
	MaxBytes    = 4 << 20 // of one answer
	MaxValue    = 1000    // characters of one field
)

// AnswerUnreadable is the Code of every error that Read and Write return.
const AnswerUnreadable = "AnswerUnreadable"

// unreadable makes the error for an answer. why is in English, and no part of it
// comes from the answer.
func unreadable(why string) *lgsp.Error {
	return &lgsp.Error{
		Kind: lgsp.Unknown, Op: "citizen", Code: AnswerUnreadable,
		Text: "Không đọc được câu trả lời của cơ sở dữ liệu quốc gia về dân cư. Hãy tra cứu lại; nếu vẫn như vậy, hãy báo quản trị hệ thống của tỉnh.",
		Err:  errors.New(why),
	}
}
