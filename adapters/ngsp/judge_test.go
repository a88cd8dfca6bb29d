package ngsp

import (
	"net/http"
	"strings"
	"testing"
)

func xmlAnswer(inner string) string { return soapYes(inner) }

func TestAnswersAreReadInEveryFormTheyAreKnownToComeIn(t *testing.T) {
	const response = "<CapNhatThongTinCongDanResponse xmlns='http://dancuquocgia.bca'/>"
	fault := func(code, text string) string {
		return xmlAnswer("<soapenv:Fault><faultcode>" + code + "</faultcode><faultstring>" + text + "</faultstring></soapenv:Fault>")
	}
	for _, row := range []struct {
		name string
		form Form
		http int
		body string
		want string // the row of the table
	}{
		{"hotich yes", JSON, 200, `{"status":1,"statusDescription":"Thành công","errorCode":"","errorDescription":""}`, "json confirmed"},
		{"hotich yes as text", JSON, 200, `{"status":"1","errorCode":"0"}`, "json confirmed"},
		{"hotich yes with a BOM", JSON, 200, "\uFEFF" + jsonYes, "json confirmed"},
		{"hotich yes, 201", JSON, 201, jsonYes, "json confirmed"},
		{"hotich yes inside message", JSON, 200, `{"error_code":"0","message":` + quote(jsonYes) + `}`, "json confirmed"},
		{"hotich no", JSON, 200, `{"status":0,"errorDescription":"Chưa hỗ trợ"}`, "business negative"},
		{"hotich catalog", JSON, 200, `{"status":0,"errorCode":"E07","errorDescription":"maXa không tồn tại. Vui lòng kiểm tra lại thông tin danh mục theo mô tả trong tài liệu kỹ thuật"}`, "text khong ton tai"},
		{"hotich catalog, decomposed and upper case", JSON, 200, "{\"status\":0,\"errorDescription\":\"MAXA KHO\u0302NG TO\u0302\u0300N TA\u0323I\"}", "text khong ton tai"},
		{"hotich catalog without diacritics", JSON, 200, `{"status":0,"errorDescription":"maXa khong ton tai"}`, "text khong ton tai"},
		{"hotich length", JSON, 200, `{"status":0,"errorDescription":"SoDDCN có độ dài vượt quá số lượng cho phép"}`, "text do dai vuot qua"},
		{"hotich format", JSON, 400, `{"status":0,"errorDescription":"nksNgaySinh có định dạng không đúng"}`, "text dinh dang khong dung"},
		{"hotich duplicate", JSON, 200, `{"status":0,"errorCode":"DUPLICATE","errorDescription":"Mã yêu cầu đã tồn tại"}`, "text ma yeu cau da ton tai"},
		{"hotich duplicate, 409", JSON, 409, `{"status":0,"errorDescription":"MaYeuCau đã được tiếp nhận trước đó"}`, "text ma yeu cau da duoc tiep nhan"},
		{"duplicate denied by its own sentence", JSON, 200, `{"status":0,"errorDescription":"Hồ sơ không phải do trùng mã yêu cầu"}`, "business negative"},
		{"duplicate of something else", JSON, 200, `{"status":0,"errorDescription":"Hồ sơ đã tồn tại"}`, "business negative"},
		{"duplicate code alone", JSON, 200, `{"status":0,"errorCode":"duplicate","errorDescription":"Trùng"}`, "code duplicate"},
		{"duplicate and a bad field", JSON, 200, `{"status":0,"errorDescription":"Trùng mã yêu cầu; ngaySinh có định dạng không đúng"}`, "text dinh dang khong dung"},
		{"duplicate behind a 503", JSON, 503, `{"status":0,"errorDescription":"Trùng mã yêu cầu"}`, "http 503"},
		{"system failure that names a record", JSON, 200, `{"status":0,"errorDescription":"Lỗi hệ thống: bảng không tồn tại"}`, "text loi he thong"},
		{"bad field that says try again", JSON, 200, `{"status":0,"errorDescription":"ngaySinh có định dạng không đúng, vui lòng thử lại sau"}`, "text dinh dang khong dung"},
		{"lgsp failure", JSON, 200, `{"error_code":"-1","message":"Không nhận hồ sơ"}`, "business negative"},
		{"lgsp failure, number", JSON, 200, `{"error_code":-1,"message":"Hệ thống đang bận, thử lại sau"}`, "text he thong dang ban"},
		{"lgsp 0 alone is no confirmation", JSON, 200, `{"error_code":"0","message":"OK"}`, "answer unexpected"},
		{"HCM error number", JSON, 200, `<Error><Error_Number>429</Error_Number><Message>quá nhiều</Message></Error>`, "code 429"},
		{"HCM right", SOAP, 200, `<Error><Error_Number>403</Error_Number></Error>`, "code 403"},
		{"unknown code without a no", JSON, 200, `{"errorCode":"HT-017","errorDescription":"Chưa hỗ trợ"}`, "answer unexpected"},
		{"yes and no", JSON, 200, `{"status":1,"status":0}`, "answer contradictory"},
		{"yes with a code", JSON, 200, `{"status":1,"errorCode":"E5"}`, "answer contradictory"},
		{"status of Spring", JSON, 200, `{"status":200,"message":"OK"}`, "answer unexpected"},
		{"status of Spring, 500", JSON, 500, `{"timestamp":"x","status":500,"error":"Internal Server Error"}`, "http 500"},
		{"boolean", JSON, 200, `{"status":true}`, "answer unexpected"},
		{"array", JSON, 200, `[{"status":1}]`, "answer unexpected"},
		{"nested", JSON, 200, `{"data":{"status":1}}`, "answer unexpected"},
		{"null", JSON, 200, `null`, "answer unexpected"},
		{"cut JSON", JSON, 200, `{"status":1,"statusDes`, "answer unreadable"},
		{"two JSON values", JSON, 200, jsonYes + jsonYes, "answer unreadable"},
		{"plain text", JSON, 200, "OK", "answer unreadable"},
		{"blank", JSON, 200, " \r\n", "http 200"},
		{"HTML", JSON, 200, "\n<HTML><body>Login</body></HTML>", "answer html"},
		{"SOAP in place of JSON", JSON, 200, xmlAnswer(response), "answer unexpected"},
		{"JSON in place of SOAP", SOAP, 200, jsonYes, "answer unexpected"},

		{"SOAP", SOAP, 200, xmlAnswer(response), "soap confirmed"},
		{"SOAP with a declaration", SOAP, 200, `<?xml version="1.0" encoding="utf-8"?>` + xmlAnswer(response), "soap confirmed"},
		{"SOAP 1.2", SOAP, 200, strings.ReplaceAll(xmlAnswer(response), soap11, soap12), "soap confirmed"},
		{"SOAP in a JSON string", SOAP, 200, `{"error_code":"0","message":` + quote(xmlAnswer(response)) + `}`, "soap confirmed"},
		{"SOAP in a bare JSON string", SOAP, 200, quote(xmlAnswer(response)), "soap confirmed"},
		{"SOAP in a string element", SOAP, 200, `<string xmlns="http://tempuri.org/">` + strings.NewReplacer("<", "&lt;").Replace(xmlAnswer(response)) + `</string>`, "soap confirmed"},
		{"SOAP in a failed JSON", SOAP, 200, `{"error_code":"-1","message":` + quote(xmlAnswer(response)) + `}`, "answer contradictory"},
		{"fault in a failed JSON", SOAP, 200, `{"error_code":"-1","message":` + quote(fault("soapenv:Server", "x")) + `}`, "fault Server"},
		{"cut SOAP in JSON", SOAP, 200, `{"error_code":"0","message":` + quote(xmlAnswer(response)[:90]) + `}`, "answer unreadable"},
		{"JSON made of SOAP", SOAP, 200, `{"soapenv:Envelope":{"@xmlns:soapenv":"` + soap11 + `","soapenv:Header":null,"soapenv:Body":{"ns2:CapNhatThongTinCongDanResponse":{"@xmlns:ns2":"x","return":{"MaLoi":"0"}}}}}`, "soap confirmed"},
		{"fault as JSON", SOAP, 500, `{"Envelope":{"Body":{"Fault":{"faultcode":"soapenv:Client","faultstring":"SoDDCN có độ dài vượt quá số lượng cho phép"}}}}`, "text do dai vuot qua"},
		{"JSON made of SOAP without its envelope", SOAP, 200, `{"CapNhatThongTinCongDanResponse":{"KetQua":{"MaYeuCau":"x","TrangThai":"1","MaLoi":"","MoTaLoi":""}}}`, "soap confirmed"},
		{"a no made of SOAP without its envelope", SOAP, 200, `{"CapNhatThongTinCongDanResponse":{"KetQua":{"TrangThai":"0","MaLoi":"duplicate","MoTaLoi":"Mã yêu cầu đã được tiếp nhận trước đó"}}}`, "text ma yeu cau da duoc tiep nhan"},
		{"fault as JSON without its envelope", SOAP, 500, `{"Fault":{"faultcode":"soapenv:Server","faultstring":"x","detail":{"MaLoi":"system"}}}`, "fault Server"},
		{"echo of the request as JSON", SOAP, 200, `{"CapNhatThongTinCongDan":{"MaYeuCau":"x"}}`, "answer unexpected"},
		{"echo of the request", SOAP, 200, xmlAnswer(soapBare), "answer unexpected"},
		{"empty body", SOAP, 200, xmlAnswer(""), "answer unexpected"},
		{"two answers", SOAP, 200, xmlAnswer(response + response), "answer unexpected"},
		{"another namespace", SOAP, 200, strings.ReplaceAll(xmlAnswer(response), soap11, "urn:x"), "answer unexpected"},
		{"no envelope", SOAP, 200, response, "answer unexpected"},
		{"cut SOAP", SOAP, 200, xmlAnswer(response)[:100], "answer unreadable"},
		{"doctype", SOAP, 200, `<!DOCTYPE x [<!ENTITY a "b">]>` + xmlAnswer(response), "answer unreadable"},
		{"negative inside", SOAP, 200, xmlAnswer("<CapNhatThongTinCongDanResponse><status>0</status></CapNhatThongTinCongDanResponse>"), "business negative"},
		{"code inside a result", SOAP, 200, xmlAnswer("<CapNhatThongTinCongDanResponse><return><MaLoi>E1</MaLoi><MoTaLoi>Họ tên không được để trống</MoTaLoi></return></CapNhatThongTinCongDanResponse>"), "text khong duoc de trong"},
		{"duplicate inside", SOAP, 200, xmlAnswer("<CapNhatThongTinCongDanResponse><MaLoi>duplicate</MaLoi><MoTaLoi>Mã yêu cầu đã tồn tại</MoTaLoi></CapNhatThongTinCongDanResponse>"), "text ma yeu cau da ton tai"},
		{"JSON inside a result", SOAP, 200, xmlAnswer(`<CapNhatThongTinCongDanResponse><Result>{"status":0,"errorDescription":"x"}</Result></CapNhatThongTinCongDanResponse>`), "business negative"},
		{"cut JSON inside a result", SOAP, 200, xmlAnswer(`<CapNhatThongTinCongDanResponse><Result>{"status":1</Result></CapNhatThongTinCongDanResponse>`), "answer unreadable"},

		{"fault, 500", SOAP, 500, fault("soapenv:Server", "NullPointerException"), "fault Server"},
		{"fault, 200", SOAP, 200, fault("soapenv:Server", "x"), "fault Server"},
		{"client fault", SOAP, 500, fault("soapenv:Client", "x"), "fault Client"},
		{"client fault of a kind", SOAP, 500, fault("soapenv:Client.FailedAuthentication", "x"), "fault FailedAuthentication"},
		{"fault on the JSON line", JSON, 500, fault("soapenv:Server", "x"), "fault Server"},
		{"fault behind a 401", SOAP, 401, fault("soapenv:Client", "định dạng không đúng"), "http 401"},
		{"fault 1.2", SOAP, 500, strings.ReplaceAll(xmlAnswer("<soapenv:Fault><soapenv:Code><soapenv:Value>soapenv:Sender</soapenv:Value><soapenv:Subcode><soapenv:Value>x:InvalidSecurity</soapenv:Value></soapenv:Subcode></soapenv:Code><soapenv:Reason><soapenv:Text>.</soapenv:Text></soapenv:Reason></soapenv:Fault>"), soap11, soap12), "fault InvalidSecurity"},
		{"fault with a code in its detail", SOAP, 500, xmlAnswer("<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>.</faultstring><detail><Loi><MaLoi>duplicate_request</MaLoi></Loi></detail></soapenv:Fault>"), "code duplicate_request"},
		{"X-Road, theirs", SOAP, 500, fault("Server.ServerProxy.ServiceFailed.SslAuthenticationFailed", "x"), "x-road ServiceFailed"},
		{"X-Road, ours", SOAP, 500, fault("Server.ClientProxy.NetworkError", "x"), "x-road NetworkError"},
		{"X-Road, no right", SOAP, 200, fault("soapenv:Server.ServerProxy.AccessDenied", "x"), "x-road AccessDenied"},
		{"X-Road, bad request", SOAP, 500, fault("Client.MissingHeader", "x"), "x-road Client"},
		{"X-Road REST", JSON, 500, `{"type":"Server.ServerProxy.UnknownService","message":"x","detail":"y"}`, "x-road UnknownService"},
		{"not X-Road", SOAP, 500, fault("soapenv:Client.Validation", "x"), "fault Client"},

		{"WSO2 XML", SOAP, 401, `<ams:fault xmlns:ams="http://wso2.org/apimanager/security"><ams:code>900903</ams:code><ams:message>x</ams:message></ams:fault>`, "gateway 900903"},
		{"WSO2 JSON", JSON, 429, `{"fault":{"code":900802,"message":"x","description":"y"}}`, "gateway 9008xx"},
		{"WSO2 JSON, new", JSON, 403, `{"code":"900908","message":"x","description":"y"}`, "gateway 900908"},
		{"WSO2 404", JSON, 404, `{"fault":{"code":404,"type":"Status report","message":"Not Found","description":"The requested resource is not available."}}`, "http 404"},
		{"WSO2 backend", JSON, 500, `{"fault":{"code":101503,"type":"Status report","message":"x"}}`, "gateway 1015xx"},
		{"WSO2 with 200", JSON, 200, `{"fault":{"code":101504,"message":"x"}}`, "gateway 1015xx"},
		{"a delivered code behind a 403", JSON, 403, `{"status":0,"errorCode":"X.delivered"}`, "http 403"},
		{"a delivered code behind a 409", JSON, 409, `{"status":0,"errorCode":"X.delivered"}`, "set delivered"},
	} {
		op := &operation{response: []string{soapRoute + "Response"}}
		v := testJudge(row.form).verdict(op, reply{status: row.http, header: http.Header{}, body: []byte(row.body)})
		if v.on != row.want {
			t.Errorf("%s: got %q, want %q", row.name, v.on, row.want)
		}
	}
}

func TestAWrongContentTypeDoesNotUndoAConfirmation(t *testing.T) {
	for _, contentType := range []string{"text/html; charset=utf-8", "text/plain", "application/octet-stream", "", "rubbish;;"} {
		if _, err := deliver(t, serve(t, answer(200, jsonYes, "Content-Type", contentType), JSON)); err != nil {
			t.Errorf("%q: %v", contentType, err)
		}
	}
}

func TestAWebPageIsKnownByItsContentTypeToo(t *testing.T) {
	_, err := deliver(t, serve(t, answer(200, "Đang bảo trì", "Content-Type", "text/html"), JSON))
	wantCode(t, err, fateOf("answer html").kind, "AnswerHTML")
}

func TestASecurityServersErrorIsKnownByItsHeader(t *testing.T) {
	_, err := deliver(t, serve(t, answer(500, "", "X-Road-Error", "Server.ServerProxy.AccessDenied"), JSON))
	wantCode(t, err, fateOf("x-road AccessDenied").kind, "XRoadDenied")
}

func TestOnlyWhatLooksLikeACodeIsShown(t *testing.T) {
	for code, fit := range map[string]bool{
		"E07": true, "-1": true, "900901": true, "HT-017": true, "ERR_12": true, "LGSP.3": true,
		"": false, "-": false, "NGUYENTHIMAU": false, "079000000000": false, "1234567": false, "AB": false,
		"Nguyễn": false, "E07 x": false, "MAU19900101": false, "E-": false, "07-9000": false,
	} {
		if got := fitToShow(code) == code && code != ""; got != fit {
			t.Errorf("%q: shown %v", code, got)
		}
	}
}

func TestDeepAndWideAnswersCostLittle(t *testing.T) {
	op := &operation{response: []string{soapRoute + "Response"}}
	for name, body := range map[string]string{
		"deep JSON":   strings.Repeat(`{"a":`, 100_000),
		"deep array":  strings.Repeat(`[`, 100_000),
		"closed JSON": strings.Repeat(`{"a":`, 5_000) + "1" + strings.Repeat(`}`, 5_000),
		"deep XML":    strings.Repeat(`<a>`, 100_000),
		"wide JSON":   `{"a":[` + strings.Repeat(`1,`, 200_000) + `1]}`,
	} {
		v := testJudge(JSON).verdict(op, reply{status: 200, header: http.Header{}, body: []byte(body)})
		if v.on != "answer unreadable" {
			t.Errorf("%s: got %q", name, v.on)
		}
	}
}
