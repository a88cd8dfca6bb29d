package ngsp

import (
	"net/http"
	"strings"
	"testing"
)

// FuzzAnswer promises for whatever an upstream writes: a row of the table is
// met; a delivery needs a status that can confirm and an answer that holds the
// confirmation or a known word for "had it before"; nothing of the answer but
// what looks like a code comes out.
func FuzzAnswer(f *testing.F) {
	for i := range fates {
		if r, form, ok := example(&fates[i]); ok {
			f.Add(r.status, "application/json", r.body, form == JSON)
		}
	}
	for _, body := range badAnswers() {
		f.Add(200, "text/xml; charset=utf-8", []byte(body), false)
	}
	f.Add(200, "", []byte(`{"error_code":"0","message":`+quote(soapYes("<CapNhatThongTinCongDanResponse/>"))+`}`), false)
	op := &operation{response: []string{soapRoute + "Response"}}
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte, isJSON bool) {
		form := SOAP
		if isJSON {
			form = JSON
		}
		j := testJudge(form)
		j.maxAnswer = 1 << 20
		v := j.verdict(op, reply{status: status, header: http.Header{"Content-Type": {contentType}}, body: body})
		if v.fate == nil {
			t.Fatal("no row")
		}
		if again := j.verdict(op, reply{status: status, header: http.Header{"Content-Type": {contentType}}, body: body}); again.fate != v.fate {
			t.Fatalf("%q, then %q", v.on, again.on)
		}
		switch success := status >= 200 && status < 300 && status != 206; {
		case !v.done:
		case v.code == "Confirmed" && !success:
			t.Errorf("HTTP %d was taken for a confirmation", status)
		case !success && status != 400 && status != 404 && status != 409 && status != 422 && status != 500:
			t.Errorf("HTTP %d was taken for a delivery", status)
		case v.on == "json confirmed" && !strings.Contains(string(body), "1"):
			t.Error("confirmed without a status of 1")
		case v.on == "soap confirmed" && !holds(body, soapRoute+"Response"):
			t.Error("confirmed without the answer's element")
		}
		if v.shown != "" && !strings.HasPrefix(v.on, "x-road ") && !strings.HasPrefix(v.on, "set ") && fitToShow(v.shown) != v.shown {
			t.Errorf("%q was shown", v.shown)
		}
	})
}

// holds looks for a name that the answer may spell with escapes of its own.
func holds(body []byte, name string) bool {
	return strings.Contains(string(body), name) || strings.ContainsAny(string(body), `\&`)
}

func FuzzFold(f *testing.F) {
	f.Add("Mã yêu cầu đã tồn tại")
	f.Add("MAXA KHO\u0302NG TO\u0302\u0300N TA\u0323I")
	f.Fuzz(func(t *testing.T, s string) {
		once := fold([]string{s})
		if got := fateOfText(once); got != nil && !strings.HasPrefix(got.on, "text ") {
			t.Errorf("met %q", got.on)
		}
	})
}
