package ngsp

import (
	"flag"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
)

var update = flag.Bool("update", false, "rewrite the golden parts of README.md and testdata")

// classExamples are statuses without a row of their own.
var classExamples = map[string]int{"1xx": 199, "2xx": 299, "3xx": 399, "4xx": 460, "5xx": 599, "*": 700}

// example returns an answer that must meet the row, and whether one exists: the
// groups config, net and token happen without an answer of the operation and
// have tests of their own.
func example(f *fate) (r reply, form Form, ok bool) {
	group, what, _ := strings.Cut(f.on, " ")
	r = reply{status: 200, header: http.Header{}}
	form = SOAP
	switch group {
	case "json":
		r.body, form = []byte(jsonYes), JSON
	case "soap":
		r.body = []byte(soapYes("<CapNhatThongTinCongDanResponse/>"))
	case "http":
		n, err := strconv.Atoi(what)
		if err != nil {
			n = classExamples[what]
		}
		r.status = n
	case "fault":
		if what == "*" {
			what = "Wobbly"
		}
		r.status, r.body = 500, []byte(soapYes("<soapenv:Fault><faultcode>soapenv:"+what+"</faultcode><faultstring>.</faultstring></soapenv:Fault>"))
	case "x-road":
		r.status, r.body = xRoadExample(what, r.header)
	case "code":
		r.body = []byte(`{"errorCode":` + quote(what) + `}`)
	case "gateway":
		r.status, r.body = 500, []byte(`{"fault":{"code":`+strings.NewReplacer("x", "5").Replace(what)+`,"message":"."}}`)
	case "text":
		r.body = []byte(`{"status":0,"errorDescription":` + quote("Báo: "+what+".") + `}`)
	case "business":
		r.body = []byte(`{"error_code":"-1","message":"Không nhận"}`)
	case "set":
		r.body = []byte(`{"status":0,"errorCode":"X.` + what + `"}`)
	case "answer":
		return answerExample(what, r)
	default:
		return r, form, false
	}
	return r, form, true
}

func xRoadExample(what string, h http.Header) (int, []byte) {
	switch what {
	case "Server":
		h.Set("X-Road-Error", "Server.Wobbly")
		return 500, nil
	case "Client":
		what = "Client.InvalidSoap"
	case "Server.ClientProxy", "Server.ServerProxy":
		what += ".Wobbly"
	default:
		what = "Server.ServerProxy." + what
	}
	return 500, []byte(soapYes("<soapenv:Fault><faultcode>" + what + "</faultcode><faultstring>.</faultstring></soapenv:Fault>"))
}

func answerExample(what string, r reply) (reply, Form, bool) {
	switch what {
	case "html":
		r.body = []byte("<!DOCTYPE html><html><body>Đăng nhập</body></html>")
	case "html-400":
		r.status, r.body = 400, []byte("<html><body>No required SSL certificate was sent</body></html>")
	case "unreadable":
		r.body = []byte(soapYes("<CapNhatThongTinCongDanResponse/>")[:120])
	case "too-large":
		r.cut, r.body = true, []byte("<")
	case "unexpected":
		r.body = []byte(`{"hello":"world"}`)
	case "contradictory":
		r.body = []byte(`{"status":1,"errorCode":"E5"}`)
	case "no-record":
		r.body = []byte(soapYes("<CongdanCollection/>"))
	}
	return r, SOAP, true
}

func testJudge(form Form) *judge {
	j := &judge{form: form, codes: map[string]*fate{}, maxAnswer: 1 << 20, now: fixedNow}
	for _, word := range []string{"delivered", "unavailable", "denied", "throttled", "invalid", "refused", "conflict", "not found", "forbidden"} {
		j.codes["X."+word], _ = fateOfWord(word)
	}
	return j
}

func TestEveryRowOfTheTableIsMetByWhatItNames(t *testing.T) {
	op := &operation{response: []string{soapRoute + "Response", "CongdanCollection"}}
	for i := range fates {
		f := &fates[i]
		r, form, ok := example(f)
		if !ok {
			continue
		}
		op.lookup = f.on == "answer no-record"
		v := testJudge(form).verdict(op, r)
		if v.fate != f {
			t.Errorf("%s: met %q instead", f.on, v.on)
			continue
		}
		if v.done {
			continue
		}
		e := v.err("ngsp.deliver", "hotich", jsonRoute)
		if e.Kind != f.kind || e.Code != f.code || strings.ContainsAny(e.Text, "{}%") || !strings.Contains(e.Err.Error(), "fault of "+f.at.String()) {
			t.Errorf("%s: got %v, %s", f.on, e, e.Text)
		}
	}
}

func TestEveryRowIsCompleteAndUnique(t *testing.T) {
	names := map[string]bool{}
	for i := range fates {
		f := &fates[i]
		if names[f.on] {
			t.Errorf("%s is there twice", f.on)
		}
		names[f.on] = true
		first, _ := utf8.DecodeRuneInString(f.text)
		if f.code == "" || !unicode.IsUpper(first) || !strings.HasSuffix(f.text, ".") || strings.Contains(f.text, "  ") {
			t.Errorf("%s: code %q, text %q", f.on, f.code, f.text)
		}
		if f.done && f.kind != lgsp.Unknown {
			t.Errorf("%s is delivered and has a kind", f.on)
		}
		if !f.done && f.kind.World() != strings.HasSuffix(f.text, again) {
			t.Errorf("%s: kind %s, but the sentence says %q", f.on, f.kind, f.text)
		}
		if f.at == message && f.kind.World() {
			t.Errorf("%s blames the message and would send it again", f.on)
		}
	}
}

func TestEveryStatusThatIsRegisteredHasARow(t *testing.T) {
	for status := 100; status < 600; status++ {
		if http.StatusText(status) != "" && fateOf("http "+strconv.Itoa(status)) == nil {
			t.Errorf("HTTP %d %s has none", status, http.StatusText(status))
		}
	}
}

// TestEveryStatusMeetsItsRowOverTheWire also proves that no status by itself is
// ever taken for a delivery.
func TestEveryStatusMeetsItsRowOverTheWire(t *testing.T) {
	var status int
	c := serve(t, func(w http.ResponseWriter, r *http.Request) { answer(status, "")(w, r) }, JSON)
	for status = 200; status < 600; status++ {
		_, err := deliver(t, c)
		want := fateOfStatus("http ", status)
		wantCode(t, err, want.kind, want.code)
	}
}

func TestOnlyAStatusOfSuccessCanConfirm(t *testing.T) {
	op := &operation{response: []string{soapRoute + "Response"}}
	yes := map[Form]string{JSON: jsonYes, SOAP: soapYes("<CapNhatThongTinCongDanResponse/>")}
	for form, body := range yes {
		for status := 100; status < 700; status++ {
			v := testJudge(form).verdict(op, reply{status: status, header: http.Header{}, body: []byte(body)})
			if want := status >= 200 && status < 300 && status != 206; v.done != want {
				t.Errorf("%s, HTTP %d: done %v (%s)", form, status, v.done, v.on)
			}
		}
	}
}

const (
	tableBegins = "<!-- fates:begin -->\n"
	tableEnds   = "<!-- fates:end -->\n"
)

func tableOfFates() string {
	var b strings.Builder
	b.WriteString("| when | fate | whose fault | code | sentence |\n|---|---|---|---|---|\n")
	for i := range fates {
		f := &fates[i]
		outcome := "retry: " + f.kind.String()
		switch {
		case f.done:
			outcome = "**delivered**"
		case !f.kind.World():
			outcome = "park: " + f.kind.String()
		}
		b.WriteString("| `" + f.on + "` | " + outcome + " | " + f.at.String() + " | " + f.code + " | " + f.text + " |\n")
	}
	return b.String()
}

func TestTheREADMEShowsTheTable(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), tableBegins)
	shown, after, ok2 := strings.Cut(rest, tableEnds)
	if !ok || !ok2 {
		t.Fatal("README.md has lost its marks")
	}
	want := tableOfFates()
	if shown == want {
		return
	}
	if !*update {
		t.Fatal("README.md shows another table; run the tests with -update")
	}
	if err := os.WriteFile("README.md", []byte(before+tableBegins+want+tableEnds+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
