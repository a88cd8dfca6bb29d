package soap

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
)

// cause is all there is to know of one code that this door refuses with.
type cause struct {
	kind   lgsp.Kind
	client bool // soap:Client, else soap:Server
	status int  // of HTTP; 0 = that of the SOAP version
	vi, en string
}

// causes holds one entry for every code. The line has codes of its own; those
// that are not here are told by the error's Kind.
var causes = map[string]cause{
	"Auth": {lgsp.Forbidden, true, http.StatusUnauthorized,
		"Thông tin đăng nhập còn thiếu hoặc không đúng; hãy kiểm tra tên đăng nhập, mật khẩu, khóa truy cập hoặc chứng thư số đã được cấp.",
		"The log-in is missing or wrong; check the user name, password, API key or client certificate that you were given."},
	"Locked": {lgsp.Throttled, true, http.StatusServiceUnavailable,
		"Đăng nhập sai quá nhiều lần; hãy kiểm tra lại thông tin đăng nhập rồi thử lại sau khoảng thời gian được nêu.",
		"Too many wrong log-ins; check the credentials and try again after the time given."},
	"Expired": {lgsp.Forbidden, true, http.StatusUnauthorized,
		"Thời điểm tạo (Created) của UsernameToken lệch quá 5 phút so với giờ hệ thống; hãy chỉnh lại đồng hồ máy gửi rồi tạo mã mới.",
		"Created of the UsernameToken is more than five minutes from this system's clock; set the sender's clock and make a new token."},
	"Replayed": {lgsp.Forbidden, true, http.StatusUnauthorized,
		"Nonce của UsernameToken đã được sử dụng; hãy tạo Nonce mới cho mỗi lần gửi.",
		"The Nonce of the UsernameToken was used before; make a new one for every request."},
	"UnknownPath": {lgsp.NotFound, true, http.StatusNotFound,
		"Địa chỉ được gọi không có dịch vụ nào; hãy kiểm tra lại đường dẫn trong tài liệu kết nối.",
		"There is no service at this address; check the path."},
	"UnknownService": {lgsp.NotFound, true, 0,
		"Không có dịch vụ nào nhận thông điệp này; hãy kiểm tra phần tử trong Body và SOAPAction theo WSDL của dịch vụ.",
		"No service takes this message; check the element in Body and the SOAPAction against the WSDL."},
	"NotApproved": {lgsp.Forbidden, true, 0,
		"Đơn vị chưa được phê duyệt sử dụng dịch vụ này; hãy liên hệ đơn vị quản lý nền tảng tích hợp của tỉnh để đăng ký.",
		"The department is not approved for this service; apply to the unit that runs the provincial platform."},
	"Method": {lgsp.Invalid, true, http.StatusMethodNotAllowed,
		"Địa chỉ này không nhận phương thức HTTP đã dùng; hãy gửi thông điệp SOAP bằng POST hoặc lấy mô tả dịch vụ bằng GET với ?wsdl.",
		"This address does not take the HTTP method; send SOAP messages by POST, or get the description by GET with ?wsdl."},
	"ContentType": {lgsp.Invalid, true, http.StatusUnsupportedMediaType,
		"Kiểu nội dung không được hỗ trợ; hãy gửi với Content-Type là text/xml (SOAP 1.1) hoặc application/soap+xml (SOAP 1.2).",
		"The content type is not taken; send text/xml (SOAP 1.1) or application/soap+xml (SOAP 1.2)."},
	"ContentEncoding": {lgsp.Invalid, true, http.StatusUnsupportedMediaType,
		"Nội dung nén không được hỗ trợ; hãy gửi thông điệp không nén và bỏ tiêu đề Content-Encoding.",
		"Compressed content is not taken; send the message as it is, without Content-Encoding."},
	"TooLarge": {lgsp.Invalid, true, http.StatusRequestEntityTooLarge,
		"Thông điệp vượt quá dung lượng cho phép; hãy giảm dung lượng tệp đính kèm hoặc chia nhỏ thông điệp rồi gửi lại.",
		"The message is larger than allowed; make the attachments smaller or split the message."},
	"TooDeep": {lgsp.Invalid, true, 0,
		"Các phần tử của thông điệp lồng nhau quá sâu; hãy bớt số cấp lồng nhau rồi gửi lại.",
		"The elements of the message are nested too deep; nest them less and send it again."},
	"TooSlow": {lgsp.Unavailable, true, http.StatusRequestTimeout,
		"Thông điệp được gửi quá chậm nên kết nối đã bị ngắt; hãy kiểm tra đường truyền rồi gửi lại toàn bộ thông điệp.",
		"The message came too slowly and was cut off; check the line and send all of it again."},
	"Incomplete": {lgsp.Unavailable, true, 0,
		"Thông điệp bị đứt giữa chừng; hãy gửi lại toàn bộ thông điệp.",
		"The message broke off; send all of it again."},
	"Empty": {lgsp.Invalid, true, 0,
		"Yêu cầu không có nội dung; hãy đặt thông điệp SOAP vào thân yêu cầu rồi gửi lại.",
		"The request has no content; put the SOAP message into its body."},
	"Malformed": {lgsp.Invalid, true, 0,
		"Nội dung gửi đến không phải là XML đúng cú pháp; hãy sửa lại thông điệp rồi gửi lại.",
		"The content is not well-formed XML; mend the message and send it again."},
	"Doctype": {lgsp.Invalid, true, 0,
		"Thông điệp có khai báo DOCTYPE hoặc thực thể tự định nghĩa; hãy bỏ phần đó rồi gửi lại.",
		"The message has a DOCTYPE or an entity of its own; remove it and send the message again."},
	"Encoding": {lgsp.Invalid, true, 0,
		"Không đọc được bảng mã của thông điệp; hãy gửi bằng UTF-8 hoặc khai báo đúng bảng mã trong Content-Type.",
		"The message's encoding cannot be read; send UTF-8 or declare the right charset in Content-Type."},
	"NotSOAP": {lgsp.Invalid, true, 0,
		"Nội dung gửi đến không phải là thông điệp SOAP 1.1 hoặc 1.2 có dữ liệu trong Body; hãy đặt dữ liệu vào Envelope/Body rồi gửi lại.",
		"The content is not a SOAP 1.1 or 1.2 message with an element in Body; put the data into Envelope/Body."},
	"VersionMismatch": {lgsp.Invalid, true, 0,
		"Phiên bản SOAP không được hỗ trợ; hãy dùng SOAP 1.1 hoặc SOAP 1.2.",
		"The SOAP version is not spoken here; use SOAP 1.1 or SOAP 1.2."},
	"MustUnderstand": {lgsp.Invalid, true, 0,
		"Thông điệp có phần Header bắt buộc (mustUnderstand) mà hệ thống không hỗ trợ; hãy bỏ phần Header này rồi gửi lại.",
		"The message has a header block with mustUnderstand that is not understood here; remove it."},
	"Invalid": {lgsp.Invalid, true, 0,
		"Thông điệp có thông tin chưa đúng; hãy sửa các trường được nêu rồi gửi lại.",
		"The message breaks rules; correct the fields that are listed and send it again."},
	"WrongElement": {lgsp.Invalid, true, 0,
		"Phần tử trong Body không phải là phần tử mà dịch vụ này nhận; hãy kiểm tra dịch vụ đang gọi theo WSDL rồi gửi lại.",
		"The element in Body is not the one that this service takes; check the service that is called against its WSDL."},
	"Refused": {lgsp.Refused, true, 0,
		"Thông điệp không được chấp nhận; hãy kiểm tra lại nội dung hồ sơ trước khi gửi lại.",
		"The message was refused; check the case before sending it again."},
	"Conflict": {lgsp.Conflict, true, 0,
		"Mã hồ sơ này đã được dùng cho một thông điệp có nội dung khác; hãy kiểm tra lại mã hồ sơ trước khi gửi lại.",
		"Another message with different content has the same own id; check the id before sending again."},
	"NoSystem": {lgsp.Forbidden, true, 0,
		"Tài khoản đang dùng không thuộc hệ thống thông tin nào trong sổ đăng ký, nên không được tra cứu.",
		"These credentials belong to no system of the register, so nobody is looked up for them; use those of the approved system."},
	"NotYet": {lgsp.Forbidden, true, 0,
		"Văn bản phê duyệt chưa có hiệu lực.",
		"The approval does not hold yet."},
	"Ended": {lgsp.Forbidden, true, 0,
		"Văn bản phê duyệt đã hết hiệu lực; hãy đề nghị gia hạn.",
		"The approval has ended; apply for a new one."},
	"Purpose": {lgsp.Forbidden, true, 0,
		"Mã thủ tục hành chính trong yêu cầu không thuộc mục đích đã được phê duyệt.",
		"The procedure named in the question is not among the approved purposes."},
	"Officer": {lgsp.Forbidden, true, 0,
		"Yêu cầu phải nêu cán bộ thực hiện bằng số định danh cá nhân.",
		"The question has to name the officer who asks, by a personal id of 12 digits where the approval says so."},
	"Unit": {lgsp.Forbidden, true, 0,
		"Mã đơn vị trong yêu cầu không thuộc đơn vị đang gửi.",
		"The unit named in the question is not the department that asks, nor one below it."},
	"Quota": {lgsp.Throttled, true, http.StatusServiceUnavailable,
		"Hệ thống đã dùng hết số lượt tra cứu được phê duyệt trong ngày.",
		"The look-ups approved for a day are used up; ask again tomorrow."},
	"NoAnswer": {lgsp.Unavailable, false, http.StatusServiceUnavailable,
		"Hệ thống được hỏi hiện không trả lời; hãy thử lại sau khoảng thời gian được nêu.",
		"The system that was asked does not answer now; try again after the time given."},
	"Busy": {lgsp.Throttled, false, http.StatusServiceUnavailable,
		"Hệ thống đang bận nên chưa nhận thông điệp; hãy gửi lại sau khoảng thời gian được nêu.",
		"The system is busy and did not take the message; send it again after the time given."},
	"Internal": {lgsp.Unknown, false, 0,
		"Hệ thống gặp sự cố nên chưa nhận thông điệp; hãy gửi lại sau ít phút, nếu vẫn lỗi hãy báo đơn vị quản lý.",
		"The system had a fault and did not take the message; send it again in some minutes and tell the unit that runs it if the fault stays."},
}

// busyAfter is when to come back, where nobody said.
const busyAfter = 5 * time.Second

// refuse makes the error for a code of causes.
func refuse(code string) *lgsp.Error {
	c := causes[code]
	return &lgsp.Error{Kind: c.kind, Op: "soap", Code: code, Text: c.vi}
}

func because(code string, err error) *lgsp.Error {
	e := refuse(code)
	e.Err = err
	return e
}

// located is because for a message that stops being acceptable at a place,
// which its sentence names.
func located(code string, at *strictxml.Error) *lgsp.Error {
	e := because(code, at)
	if what, remedy, ok := strings.Cut(e.Text, ";"); ok {
		e.Text = fmt.Sprintf("%s (dòng %d, cột %d);%s", what, at.Line, at.Col, remedy)
	}
	return e
}

func locked(wait time.Duration) *lgsp.Error {
	e := refuse("Locked")
	e.After = wait
	return e
}

// asError returns what is known of err. What nothing is known of tells its
// sender nothing.
func asError(err error) *lgsp.Error {
	var e *lgsp.Error
	if !errors.As(err, &e) {
		return because("Internal", err)
	}
	return e
}

// codeOf returns the code of e, or the one that its Kind has if it names none
// that can stand in a Fault.
func codeOf(e *lgsp.Error) string {
	if isName(e.Code) {
		return e.Code
	}
	switch e.Kind {
	case lgsp.Invalid:
		return "Invalid"
	case lgsp.Refused:
		return "Refused"
	case lgsp.Conflict:
		return "Conflict"
	case lgsp.NotFound:
		return "UnknownService"
	case lgsp.Forbidden:
		return "NotApproved"
	case lgsp.Unavailable, lgsp.Throttled:
		return "Busy"
	case lgsp.Unknown, lgsp.Denied:
		return "Internal"
	}
	return "Internal"
}

// causeOf returns how e is answered. A code of the line that happens to be one
// of the door's, yet for another kind of fault, is told by its Kind.
func causeOf(e *lgsp.Error) cause {
	if c, ok := causes[codeOf(e)]; ok && c.kind == e.Kind {
		return c
	}
	return causes[codeOf(&lgsp.Error{Kind: e.Kind})]
}
