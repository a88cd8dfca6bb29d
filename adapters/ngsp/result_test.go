package ngsp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestAResultThatSaysNoIsNotDelivered(t *testing.T) {
	j := judge{form: SOAP, maxAnswer: 1 << 20, now: time.Now}
	op := &operation{response: []string{"CapNhatResponse"}}
	for text, want := range map[string]bool{
		"<CapNhatResult>true</CapNhatResult>":                                      true,
		"<CapNhatResult/>":                                                         true,
		"<CapNhatResult>false</CapNhatResult>":                                     false,
		"<return><status>1</status><Fault/></return>":                              true,
		"<return>{\"status\":\"1\",\"Fault\":null}</return>":                       true,
		"<return>-1</return>":                                                      false,
		"<return>có lỗi</return>":                                                  false,
		"<CapNhatResult>&lt;KetQua&gt;&lt;MaLoi&gt;E1</CapNhatResult>":             false,
		"<CapNhatResult><KetQua><MaLoi>E1</MaLoi></KetQua></CapNhatResult>":        false,
		"<CapNhatResult><KetQua><TrangThai>1</TrangThai></KetQua></CapNhatResult>": true,
	} {
		tree, err := readTree([]byte("<CapNhatResponse>"+text+"</CapNhatResponse>"), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if got := j.readSOAP(op, []node{tree}).fate == fateOf("soap confirmed"); got != want {
			t.Errorf("%s: delivered is %v, want %v", text, got, want)
		}
	}
}

func TestAResultThatSaysNoIsReadForItsReason(t *testing.T) {
	j := judge{form: SOAP, maxAnswer: 1 << 20, now: time.Now}
	op := &operation{response: []string{"CapNhatResponse"}}
	for text, want := range map[string]string{
		"false":                  "business negative",
		"-1":                     "business negative",
		"Lỗi hệ thống":           "text loi he thong",
		"Ngày sinh không hợp lệ": "text khong hop le",
		"Mã yêu cầu đã tồn tại":  "text ma yeu cau da ton tai",
		"xin chào":               "answer unexpected",
		"{&quot;status&quot;:0,&quot;errorDescription&quot;:&quot;nksHo là bắt buộc&quot;}":                      "text la bat buoc",
		"&lt;KetQua&gt;&lt;MaLoi&gt;E1&lt;/MaLoi&gt;&lt;MoTaLoi&gt;Sai định dạng&lt;/MoTaLoi&gt;&lt;/KetQua&gt;": "text sai dinh dang",
		"&lt;KetQua&gt;&lt;TrangThai&gt;1&lt;/TrangThai&gt;&lt;/KetQua&gt;":                                      "soap confirmed",
		"&lt;KetQua&gt;": "answer unreadable",
	} {
		tree, err := readTree([]byte("<CapNhatResponse><CapNhatResult>"+text+"</CapNhatResult></CapNhatResponse>"), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if got := j.readSOAP(op, []node{tree}).on; got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestAFaultInsideAnAnswerIsAFault(t *testing.T) {
	const fault = "<soap:Fault xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'><faultcode>soap:Server</faultcode><faultstring>x</faultstring></soap:Fault>"
	escaped := strings.ReplaceAll(fault, "<", "&lt;")
	j := judge{form: SOAP, maxAnswer: 1 << 20, now: time.Now}
	for _, text := range []string{fault, "<return>" + fault + "</return>", "<return>" + escaped + "</return>",
		"<return>&lt;Envelope>&lt;Body>" + escaped + "&lt;/Body>&lt;/Envelope></return>", "<return><Envelope><Header><a/></Header><Body>" + fault + "</Body></Envelope></return>"} {
		for _, lookup := range []bool{false, true} {
			tree, err := readTree([]byte("<CapNhatResponse>"+text+"</CapNhatResponse>"), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			op := &operation{response: []string{"CapNhatResponse"}, lookup: lookup}
			if got := j.readSOAP(op, []node{tree}); got.done || got.on == "soap confirmed" {
				t.Errorf("%s: %q", text, got.on)
			}
		}
	}
}

func TestARequestCodeSeenBeforeIsNotDeliveredWhenItsSentenceGoesOnToSayNo(t *testing.T) {
	for text, want := range map[string]bool{
		"Mã yêu cầu đã tồn tại": true,
		"Mã yêu cầu đã được tiếp nhận trước đó, yêu cầu này không được xử lý lại": true,
		"Mã yêu cầu đã tồn tại, không tiếp nhận lại":                              true,
		"Mã yêu cầu đã tồn tại, hồ sơ không hợp lệ":                               false,
		"Mã yêu cầu đã tồn tại. Không xử lý lại":                                  true,
		"Mã yêu cầu đã tồn tại nhưng xử lý thất bại":                              false,
		"Mã yêu cầu đã tồn tại, hồ sơ chưa được tiếp nhận":                        false,
		"Mã yêu cầu đã tồn tại với nội dung khác":                                 false,
		"Mã yêu cầu đã tồn tại và đang chờ":                                       false,
	} {
		f := fateOfText(fold([]string{text}))
		if got := f != nil && f.done; got != want {
			t.Errorf("%s: delivered is %v, want %v", text, got, want)
		}
	}
}

func TestAStatusOfHTTPThatSaysNoIsNotOutdoneByACodeZero(t *testing.T) {
	j := judge{form: JSON, maxAnswer: 1 << 20, now: time.Now, codes: map[string]*fate{"0": fateOf("set delivered"), "DUP": fateOf("set delivered")}}
	for body, row := range map[string]struct {
		status int
		want   string
	}{
		`{"code":"0"}`:   {500, "answer contradictory"},
		`{"code":"00"}`:  {200, "set delivered"},
		`{"code":"DUP"}`: {409, "set delivered"},
	} {
		if v := j.verdict(&operation{}, reply{status: row.status, body: []byte(body)}); v.on != row.want {
			t.Errorf("%s %d: got %q, want %q", body, row.status, v.on, row.want)
		}
	}
}

func TestAWrapperThatIsNotUnderstoodConfirmsNothing(t *testing.T) {
	j := judge{form: SOAP, maxAnswer: 1 << 20, now: time.Now}
	op := &operation{response: []string{"CapNhatResponse"}}
	for status, want := range map[string]string{
		"1": "soap confirmed", "200": "soap confirmed", "OK": "soap confirmed", "success": "soap confirmed",
		"ERROR": "answer contradictory", "2": "answer contradictory", "0": "answer contradictory",
	} {
		body := `{"status":"` + status + `","message":` + quote(soapYes("<CapNhatResponse/>")) + `}`
		if v := j.verdict(op, reply{status: 200, body: []byte(body)}); v.on != want {
			t.Errorf("%s: got %q, want %q", status, v.on, want)
		}
	}
}

func TestNothingThatAServerWroteIsInTheStoryOfAHandshake(t *testing.T) {
	named := x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{citizenMark}}, Host: "x"}
	for _, err := range []error{named, x509.UnknownAuthorityError{Cert: &x509.Certificate{}}, errors.New(citizenMark), tls.AlertError(40)} {
		v := new(dialer).netVerdict(t.Context(), &stageError{handshaking, err})
		if strings.Contains(v.detail, citizenMark) || !strings.HasPrefix(v.detail, string(handshaking)+": ") {
			t.Errorf("got %q", v.detail)
		}
	}
}
