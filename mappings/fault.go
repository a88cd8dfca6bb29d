package mappings

import (
	"errors"
	"strconv"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
)

const (
	op             = "mapping.map"
	maxFieldErrors = 500 // listed for one message
)

// The codes of a message as a whole.
const (
	codeEncoding     = "Encoding"
	codeMalformed    = "Malformed"
	codeDoctype      = "Doctype"
	codeEmpty        = "Empty"
	codeTooLarge     = "TooLarge"
	codeTooDeep      = "TooDeep"
	codeWrongElement = "WrongElement"
	codeInvalid      = "Invalid"
)

// The codes of a bad field, with what is said about it.
const (
	codeMissing   = "missing"
	codeLength    = "length"
	codePattern   = "pattern"
	codeDate      = "date"
	codeCode      = "code"
	codeNumber    = "number"
	codeRepeated  = "repeated"
	codeUnknown   = "unknown"
	codeDocument  = "document"
	codeCharset   = "charset"
	codeComputed  = "computed"
	codeSchema    = "schema"
	codeReference = "reference"
	codeDivided   = "divided"
	codeMust      = "must"

	textMissing        = "Thiếu giá trị bắt buộc. Hãy điền trường này rồi gửi lại."
	textLength         = "Độ dài không đúng. Hãy nhập đúng số ký tự quy định."
	textPattern        = "Giá trị không đúng mẫu quy định. Hãy sửa theo mẫu."
	textDate           = "Ngày không đúng định dạng hoặc không có thật. Hãy nhập theo định dạng quy định."
	textCode           = "Giá trị không có trong danh mục. Hãy chọn một giá trị trong danh mục."
	textNumber         = "Giá trị không phải là số nguyên. Hãy nhập số nguyên."
	textDigits         = "Giá trị chỉ được gồm chữ số. Hãy bỏ khoảng trắng, chữ cái và dấu."
	textRepeated       = "Trường này xuất hiện nhiều lần. Hãy chỉ gửi một lần."
	textBounds         = "Số nằm ngoài khoảng cho phép. Hãy nhập số trong khoảng quy định."
	textBase64         = "Nội dung tệp không phải là base64 đúng chuẩn. Hãy mã hóa lại tệp rồi gửi lại."
	textSame           = "Giá trị trùng với một trường phải khác nó. Hãy kiểm tra lại cả hai trường."
	textUnknownElement = "Trường này không có trong quy định của dịch vụ. Hãy bỏ trường này."
	textDocument       = "Nội dung không phải là một tài liệu XML đúng dạng. Hãy kiểm tra phần mềm đã tạo tài liệu này rồi gửi lại."
	textDocumentRoot   = "Phần tử gốc của tài liệu bên trong không đúng. Hãy kiểm tra loại tài liệu và không gian tên."
	textCharset        = "Giá trị có ký tự không thuộc bảng mã phông chữ đã khai báo. Hãy kiểm tra phông chữ của trường này."
	textComputed       = "Không tính được giá trị từ các trường này. Hãy kiểm tra các trường được nêu."
	textSchema         = "Giá trị không đúng lược đồ (JSON Schema) của bên nhận. Hãy sửa theo yêu cầu; nếu giá trị đúng, hãy báo người viết tệp ánh xạ."
	textReference      = "Phần tử này chỉ dẫn tới một phần tử khác không có trong thông điệp, hoặc dẫn vòng tròn. Hãy kiểm tra phần mềm đã tạo thông điệp rồi gửi lại."
	textMust           = "Dữ liệu không thỏa điều kiện quy định. Hãy kiểm tra các trường liên quan rồi sửa theo yêu cầu."
	textReferenceTwice = "Phần tử này chỉ dẫn tới một id mà nhiều phần tử của thông điệp cùng mang. Hãy kiểm tra phần mềm đã tạo thông điệp rồi gửi lại."
	textStopped        = "Hệ thống đang dừng. Hãy gửi lại sau."

	textDivided    = "Đơn vị hành chính cũ này đã được chia cho nhiều đơn vị mới nên không tự chuyển đổi được. Hãy gửi mã hoặc tên của đơn vị mới."
	textOutside    = "Giá trị này chỉ có hiệu lực "
	textOutsideOn  = ", không có hiệu lực vào "
	textOutsideTry = ". Hãy chọn giá trị có hiệu lực vào ngày đó."

	wantOnce      = "một lần"
	wantReference = "phần tử có id được dẫn tới"

	wantReferenceOnce = "một phần tử có id được dẫn tới"
	wantOther         = "khác "
	wantComputed      = "tính được từ "
)

func missing(path string) lgsp.FieldError {
	return lgsp.FieldError{Path: path, Code: codeMissing, Text: textMissing}
}

func notDecoded(charset string, err error) *lgsp.Error {
	if charset == "" {
		charset = "utf-8"
	}
	return &lgsp.Error{
		Kind: lgsp.Invalid, Op: op, Code: codeEncoding, Err: err,
		Text: "Thông điệp có byte không thuộc bảng mã " + charset + ". Hãy kiểm tra bảng mã của phần mềm gửi rồi gửi lại.",
	}
}

// malformed tells where the message stops being XML that is accepted.
func malformed(err error) *lgsp.Error {
	e := &lgsp.Error{Kind: lgsp.Invalid, Op: op, Code: codeMalformed, Err: err, Text: "Thông điệp không phải là XML đúng dạng. Hãy sửa rồi gửi lại."}
	var at *strictxml.Error
	if !errors.As(err, &at) {
		return e
	}
	where := " (dòng " + strconv.Itoa(at.Line) + ", cột " + strconv.Itoa(at.Col) + "). "
	switch at.Code {
	case strictxml.CodeEmpty:
		e.Code = codeEmpty
		e.Text = "Thông điệp rỗng" + where + "Hãy gửi một thông điệp XML."
	case strictxml.CodeDoctype, strictxml.CodeEntity:
		e.Code = codeDoctype
		e.Text = "Thông điệp không được chứa DOCTYPE hoặc thực thể tự định nghĩa" + where + "Hãy bỏ phần đó rồi gửi lại."
	case strictxml.CodeDepth:
		e.Code = codeTooDeep
		e.Text = "Các phần tử của thông điệp lồng nhau quá sâu" + where + "Hãy bớt số cấp lồng nhau rồi gửi lại."
	case strictxml.CodeSize:
		e.Code = codeTooLarge
		e.Text = "Thông điệp quá lớn" + where + "Hãy chia nhỏ thông điệp rồi gửi lại."
	case strictxml.CodeNamespace:
		e.Text = "Không gian tên trong thông điệp chưa được khai báo đúng" + where + "Hãy khai báo rồi gửi lại."
	case strictxml.CodeEncoding:
		e.Code = codeEncoding
		e.Text = "Thông điệp có byte không phải UTF-8" + where + "Hãy kiểm tra bảng mã của phần mềm gửi rồi gửi lại."
	default:
		e.Text = "Thông điệp không phải là XML đúng dạng" + where + "Hãy sửa rồi gửi lại."
	}
	return e
}

// tooMuch is the error of a message that would take more memory or time than any
// real one does.
func tooMuch() *lgsp.Error {
	return &lgsp.Error{Kind: lgsp.Invalid, Op: op, Code: codeTooLarge, Text: "Thông điệp có quá nhiều phần tử. Hãy chia nhỏ thông điệp rồi gửi lại."}
}

// tooLong is the error of a message whose document would be out of all
// proportion to it.
func tooLong() *lgsp.Error {
	return &lgsp.Error{Kind: lgsp.Invalid, Op: op, Code: codeTooLarge, Text: "Thông điệp trở nên quá lớn khi chuyển đổi, vì có nội dung dài bị lặp lại nhiều lần. Hãy chia nhỏ thông điệp rồi gửi lại."}
}

func (m *Mapping) wrongElement(err error) *lgsp.Error {
	return &lgsp.Error{
		Kind: lgsp.Invalid, Op: op, Code: codeWrongElement, Err: err,
		Text: "Phần thân của thông điệp phải chứa đúng một phần tử " + m.source.root +
			" thuộc không gian tên \"" + m.source.namespace + "\". Hãy kiểm tra dịch vụ đang gọi rồi gửi lại.",
	}
}

// invalid is the error of a message with bad fields.
func (st *state) invalid() *lgsp.Error {
	n := len(st.errs) + st.more
	text := "Thông điệp có " + strconv.Itoa(n) + " trường sai. Hãy sửa các trường được liệt kê rồi gửi lại."
	if st.more > 0 {
		text = "Thông điệp có " + strconv.Itoa(n) + " trường sai, dưới đây là " + strconv.Itoa(len(st.errs)) + " trường đầu. Hãy sửa rồi gửi lại."
	}
	return &lgsp.Error{Kind: lgsp.Invalid, Op: op, Code: codeInvalid, Text: text, Fields: st.errs}
}
