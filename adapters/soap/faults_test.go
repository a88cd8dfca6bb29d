package soap

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

// badInput is a request and what its Fault has to say in both versions.
type badInput struct {
	name   string
	change func(*request)
	answer error // of the line
	code   string
	server bool // soap:Server
	status [2]int
	kept   int // envelopes that the line got
}

func text11and12(body string) func(*request) {
	return func(q *request) { q.body = strings.ReplaceAll(q.body, testRoot, body) }
}

func with(name, value string) func(*request) {
	return func(q *request) { q.header = map[string]string{name: value} }
}

func badInputs() []badInput {
	usual := [2]int{500, 400}
	line := func(kind lgsp.Kind, code string) error { return &lgsp.Error{Kind: kind, Op: "queue.put", Code: code} }
	return []badInput{
		{name: "no log-in", change: func(q *request) { q.user = "" }, code: "Auth", status: [2]int{401, 401}},
		{name: "a wrong password", change: func(q *request) { q.password = "sai" }, code: "Auth", status: [2]int{401, 401}},
		{name: "an unknown path", change: func(q *request) { q.path = "/soap/khong.co" }, code: "UnknownPath", status: [2]int{404, 404}},
		{name: "another method", change: func(q *request) { q.method = http.MethodPut }, code: "Method", status: [2]int{405, 405}},
		{name: "no content type", change: func(q *request) { q.contentType = "none" }, code: "ContentType", status: [2]int{415, 0}},
		{name: "JSON", change: func(q *request) { q.contentType = "application/json" }, code: "ContentType", status: [2]int{415, 0}},
		{name: "attachments", change: func(q *request) { q.contentType = `multipart/related; type="text/xml"` }, code: "ContentType", status: [2]int{415, 0}},
		{name: "gzip", change: with("Content-Encoding", "gzip"), code: "ContentEncoding", status: [2]int{415, 415}},
		{name: "no body", change: func(q *request) { q.body = "" }, code: "Empty", status: usual},
		{name: "too much", change: func(q *request) { q.body += strings.Repeat(" ", 70<<10) }, code: "TooLarge", status: [2]int{413, 413}},
		{name: "a charset that nobody knows", change: func(q *request) {
			if q.contentType == "" {
				q.contentType = "text/xml"
			}
			q.contentType += "; charset=x-khong-biet"
		}, code: "Encoding", status: usual},
		{name: "plain XML", change: func(q *request) { q.body = testRoot }, code: "NotSOAP", status: usual},
		{name: "an empty Body", change: text11and12(""), code: "NotSOAP", status: usual},
		{name: "a SOAP version of its own", change: func(q *request) { q.body = `<Envelope xmlns="urn:x"><Body><a/></Body></Envelope>` }, code: "VersionMismatch", status: usual},
		{name: "a header that has to be understood", change: func(q *request) {
			q.body = strings.NewReplacer("<s:Header/>", "", "<s:Body>", `<s:Header><k:Ky s:mustUnderstand="1" xmlns:k="urn:ky"/></s:Header><s:Body>`).Replace(q.body)
		}, code: "MustUnderstand", status: usual},
		{name: "an element of no service on a shared path", change: func(q *request) { q.path = "/cu/Chung.asmx"; text11and12("<khac/>")(q) }, code: "UnknownService", status: usual},
		{name: "broken XML on a shared path", change: func(q *request) { q.path, q.body = "/cu/Chung.asmx", "<a" }, code: "Malformed", status: usual},
		{name: "broken XML", change: func(q *request) { q.body = "<a" }, answer: line(lgsp.Invalid, "Malformed"), code: "Malformed", status: usual, kept: 1},
		{name: "too much nesting on a shared path", change: func(q *request) { q.path, q.body = "/cu/Chung.asmx", strings.Repeat("<a>", 100) }, code: "TooDeep", status: usual},
		{name: "a DOCTYPE", change: func(q *request) { q.body = `<!DOCTYPE a [<!ENTITY b "c">]><a/>` }, answer: line(lgsp.Invalid, "Malformed"), code: "Doctype", status: usual, kept: 1},
		{name: "bytes that are not UTF-8", change: func(q *request) { q.body = "<a>\xff</a>" }, answer: line(lgsp.Invalid, "Malformed"), code: "Encoding", status: usual, kept: 1},
		{name: "bad fields", answer: line(lgsp.Invalid, "Invalid"), code: "Invalid", status: usual, kept: 1},
		{name: "an element of another service", answer: line(lgsp.Invalid, "WrongElement"), code: "WrongElement", status: usual, kept: 1},
		{name: "a service that is not approved", answer: line(lgsp.Forbidden, "NotApproved"), code: "NotApproved", status: usual, kept: 1},
		{name: "an id of another message", answer: line(lgsp.Conflict, ""), code: "Conflict", status: usual, kept: 1},
		{name: "a refusal", answer: line(lgsp.Refused, ""), code: "Refused", status: usual, kept: 1},
		{name: "a code of the line's own", answer: line(lgsp.Invalid, "Mapping.Own"), code: "Mapping.Own", status: usual, kept: 1},
		{name: "a code of the door that the line means otherwise", answer: line(lgsp.Invalid, "Busy"), code: "Busy", status: usual, kept: 1},
		{name: "credentials of no system", answer: line(lgsp.Forbidden, "NoSystem"), code: "NoSystem", status: usual, kept: 1},
		{name: "an approval that begins later", answer: line(lgsp.Forbidden, "NotYet"), code: "NotYet", status: usual, kept: 1},
		{name: "an approval that has ended", answer: line(lgsp.Forbidden, "Ended"), code: "Ended", status: usual, kept: 1},
		{name: "a purpose that is not approved", answer: line(lgsp.Forbidden, "Purpose"), code: "Purpose", status: usual, kept: 1},
		{name: "an officer who is not named", answer: line(lgsp.Forbidden, "Officer"), code: "Officer", status: usual, kept: 1},
		{name: "a unit of somebody else", answer: line(lgsp.Forbidden, "Unit"), code: "Unit", status: usual, kept: 1},
		{name: "a quota that is used up", answer: line(lgsp.Throttled, "Quota"), code: "Quota", status: [2]int{503, 503}, kept: 1},
		{name: "an upstream that gives no answer", answer: line(lgsp.Unavailable, "NoAnswer"), code: "NoAnswer", server: true, status: [2]int{503, 503}, kept: 1},
		{name: "a full disk", answer: line(lgsp.Unavailable, "DiskFull"), code: "DiskFull", server: true, status: [2]int{503, 503}, kept: 1},
		{name: "too much at once", answer: line(lgsp.Throttled, ""), code: "Busy", server: true, status: [2]int{503, 503}, kept: 1},
		{name: "a defect", answer: errors.New("open /var/lib/bi-mat: no such file"), code: "Internal", server: true, status: [2]int{500, 500}, kept: 1},
	}
}

// Codes that need more than one request have tests of their own.
var testedElsewhere = []string{"Locked", "Expired", "Replayed", "TooSlow", "Incomplete"}

func TestEveryRefusalIsAFaultOfTheSendersVersion(t *testing.T) {
	inputs := badInputs()
	covered := map[string]bool{}
	for _, in := range inputs {
		covered[in.code] = true
		for v := range 2 {
			if in.status[v] == 0 {
				continue
			}
			t.Run(in.name+[]string{" in SOAP 1.1", " in SOAP 1.2"}[v], func(t *testing.T) {
				o := testOptions()
				o.Limits.Body = 64 << 10
				s := serve(t, o, &line{answer: func(context.Context, lgsp.Envelope) (lgsp.Receipt, error) { return lgsp.Receipt{}, in.answer }})
				q := good()
				if v == 1 {
					q.body, q.contentType = envelope12(testRoot), "application/soap+xml"
				}
				if in.change != nil {
					in.change(&q)
				}
				in.check(t, s.send(t, q), v)
				if got := len(s.line.envelopes()); got != in.kept {
					t.Errorf("the line got %d envelopes, want %d", got, in.kept)
				}
			})
		}
	}
	for _, code := range slices.Sorted(maps.Keys(causes)) {
		if !covered[code] && !slices.Contains(testedElsewhere, code) {
			t.Errorf("no request here is refused with %s", code)
		}
	}
}

func (in badInput) check(t *testing.T, got reply, v int) {
	t.Helper()
	f := readFault(t, got.body)
	if got.status != in.status[v] {
		t.Errorf("status %d, want %d", got.status, in.status[v])
	}
	if ct := got.header.Get("Content-Type"); ct != contentTypes[v+1][0] {
		t.Errorf("content type %q", ct)
	}
	headerFault := in.code == "VersionMismatch" || in.code == "MustUnderstand"
	party := [2]string{"Client", "Sender"}
	if in.server {
		party = [2]string{"Server", "Receiver"}
	}
	want := []string{"soap:" + party[0] + "." + in.code, "soap:" + party[1]}[v]
	if headerFault {
		want = "soap:" + in.code
	}
	if f.space != []string{space11, space12}[v] || f.code != want {
		t.Errorf("code %q in %s, want %q", f.code, f.space, want)
	}
	if v == 1 && (f.sub != "lgsp:"+in.code || f.lang != "vi") {
		t.Errorf("subcode %q, language %q", f.sub, f.lang)
	}
	if !headerFault && (f.detail.Ma != in.code || f.detail.CoTheGuiLai != (in.server || got.status == 503)) {
		t.Errorf("detail is %+v", f.detail)
	}
	if !strings.HasSuffix(f.text, ".") || strings.Contains(got.body, "bi-mat") {
		t.Errorf("the sentence is %q in %s", f.text, got.body)
	}
	if (got.header.Get("Www-Authenticate") != "") != (got.status == 401) || (got.header.Get("Retry-After") != "") != (got.status == 503) ||
		(got.header.Get("Allow") != "") != (got.status == 405) {
		t.Errorf("header is %v", got.header)
	}
}

func TestAFaultListsEveryBadFieldAndTheMessageThatIsKept(t *testing.T) {
	id := lgsp.ID{9, 9}
	answer := func(context.Context, lgsp.Envelope) (lgsp.Receipt, error) {
		return lgsp.Receipt{ID: id}, &lgsp.Error{Kind: lgsp.Invalid, Code: "Invalid", Text: `Sai 2 trường <"&'>` + "\x01.", After: 1500 * time.Millisecond,
			Fields: []lgsp.FieldError{{Path: "/A/B", Code: "date", Text: "Ngày <sai>.", Want: "dd/MM/yyyy"}, {Path: "/A/C", Code: "missing"}}}
	}
	for _, lang := range []string{"vi", "en"} {
		o := testOptions()
		o.Lang = lang
		s := serve(t, o, &line{answer: answer})
		for v, body := range []string{envelope11(testRoot), envelope12(testRoot)} {
			q := good()
			q.body = body
			got := s.send(t, q)
			golden(t, "fault"+[]string{"11", "12"}[v]+"-"+lang+".xml", []byte(got.body))
			f := readFault(t, got.body)
			if f.detail.MaTiepNhan != id.String() || len(f.detail.Truong) != 2 || f.detail.ThuLaiSau != 2 || f.detail.Truong[0].MongDoi != "dd/MM/yyyy" {
				t.Errorf("detail is %+v", f.detail)
			}
		}
	}
}

func TestAHeaderBlockThatIsNotUnderstoodIsNamed(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	q := good()
	q.body = strings.Replace(envelope12(testRoot), "<s:Header/>", `<s:Header><k:Ky s:mustUnderstand="true" xmlns:k="urn:k&amp;y"/></s:Header>`, 1)
	got := s.send(t, q)
	if want := `<soap:NotUnderstood qname="h:Ky" xmlns:h="urn:k&amp;y"/>`; !strings.Contains(got.body, want) {
		t.Errorf("%s is not in %s", want, got.body)
	}
	q.body, q.contentType = `<Envelope/>`, "application/soap+xml"
	if got := s.send(t, q); strings.Count(got.body, "<soap:SupportedEnvelope ") != 2 {
		t.Errorf("the versions spoken are not in %s", got.body)
	}
}

func TestHeaderBlocksThatAreNotForThisNodeOrAreUnderstoodPass(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	for _, block := range []string{
		`<k:Ky xmlns:k="urn:ky"/>`,
		`<k:Ky s:mustUnderstand="0" xmlns:k="urn:ky"/>`,
		`<k:Ky mustUnderstand="1" xmlns:k="urn:ky"/>`,
		`<k:Ky s:mustUnderstand="1" s:actor="urn:khac" xmlns:k="urn:ky"/>`,
		`<w:Security s:mustUnderstand="1" xmlns:w="` + spaceWSSE + `"><w:Lạ a="&lt;>"/><!-- > --><![CDATA[</w:Security>]]></w:Security>`,
	} {
		q := good()
		q.body = strings.Replace(envelope11(testRoot), "<s:Body>", "<s:Header>"+block+"</s:Header><s:Body>", 1)
		if got := s.send(t, q); got.status != 200 {
			t.Errorf("%s: %d %s", block, got.status, got.body)
		}
	}
}

func TestAPanicBehindTheDoorIsAnInnerFaultAndIsLoggedWithoutItsValue(t *testing.T) {
	s := serve(t, testOptions(), &line{answer: func(_ context.Context, e lgsp.Envelope) (lgsp.Receipt, error) { panic(string(e.Body)) }})
	got := s.send(t, good())
	if f := readFault(t, got.body); f.code != "soap:Server.Internal" || got.status != 500 {
		t.Errorf("answered %d %s", got.status, got.body)
	}
	if log := s.log.String(); !strings.Contains(log, "message not taken") || strings.Contains(log, "Nguyễn") {
		t.Errorf("log is %s", log)
	}
	if s.keys.users["so1"].department.active.Load() != 0 || s.held.all.Load() != 0 {
		t.Error("what the request held was not given back")
	}
}

func TestARepeatedMistakeIsLoggedOnceAMinute(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	s := serve(t, o, &line{})
	q := good()
	q.path = "/soap/khong.co"
	for range 5 {
		s.send(t, q)
	}
	at.add(quiet)
	s.send(t, q)
	log := s.log.String()
	if strings.Count(log, "\n") != 2 || !strings.Contains(log, "repeated=4") || !strings.Contains(log, "department=H29.11") || !strings.Contains(log, "code=UnknownPath") {
		t.Errorf("log is %s", log)
	}
}

func TestEverySentenceIsCompleteInBothLanguages(t *testing.T) {
	for code, c := range causes {
		for _, text := range []string{c.vi, c.en} {
			if len(text) < 20 || !strings.HasSuffix(text, ".") {
				t.Errorf("%s says %q", code, text)
			}
		}
	}
}
