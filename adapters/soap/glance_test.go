package soap

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/strictxml"
)

// FuzzAGlanceSaysWhatAStrictReadingSays: the quick way through the door must
// never let something by that the slow one would stop.
func FuzzAGlanceSaysWhatAStrictReadingSays(f *testing.F) {
	for _, seed := range []string{
		envelope11(testRoot), envelope12(testRoot), testRoot, "", "<", "\uFEFF" + envelope11(testRoot),
		withToken(envelope11(testRoot), plainToken("so1", password)),
		`<?xml version="1.0"?><!-- a --><?b c?><Envelope xmlns="` + space12 + `"><Header><a xmlns="urn:a" xmlns:e="` + space12 + `" e:mustUnderstand=" true " e:role="` + roleNext + `"/></Header><Body xmlns=""><b xmlns:c="d" c:e="f"/></Body></Envelope>`,
		`<e:Envelope xmlns:e="` + space11 + `"><e:Header><a><![CDATA[</e:Header>]]><b c='>'/></a><e:f e:mustUnderstand="1" e:actor="` + actorNext + `"/></e:Header><e:Body><g/></e:Body></e:Envelope>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		quick := glance(b)
		doc, err := strictxml.Parse(b, strictxml.Limits{})
		if err != nil || quick.found == unsure {
			return
		}
		slow := inspect(doc)
		if quick.found != slow.found || quick.version != slow.version || !slices.Equal(quick.strange, slow.strange) ||
			string(quick.child.space) != string(slow.child.space) || string(quick.child.local) != string(slow.child.local) {
			t.Errorf("a glance says %+v, a strict reading %+v", quick, slow)
		}
	})
}

func TestAGlanceIsEnoughForPlainMessages(t *testing.T) {
	for _, body := range []string{
		envelope11(testRoot), envelope12(testRoot), "\uFEFF\r\n" + envelope11(testRoot),
		withToken(envelope11(testRoot), plainToken("so1", password)),
		`<Envelope xmlns="` + space11 + `"><Header/><Body>` + testRoot + `</Body></Envelope>`,
	} {
		m := glance([]byte(body))
		if m.found != isSOAP || string(m.child.local) != "GuiHoSo" || string(m.child.space) != "urn:thu" {
			t.Errorf("%s: %+v", body, m)
		}
	}
}

func TestAGlanceLeavesWhatIsNotPlainToTheStrictReading(t *testing.T) {
	deep := `<s:Envelope xmlns:s="` + space11 + `"`
	for c := 'a'; c <= 'z'; c++ {
		deep += ` xmlns:` + string(c) + string(c) + `="urn:` + string(c) + `"`
	}
	for _, body := range []string{
		"", "{}", "<a", testRoot, `<!DOCTYPE a><a/>`, deep + "><s:Body><a/></s:Body></s:Envelope>",
		envelope11(""), strings.Replace(envelope11(testRoot), "<s:Body>", "x<s:Body>", 1),
		strings.Replace(envelope11(testRoot), space11, "&#104;"+space11[1:], 1),
		strings.Replace(envelope11(testRoot), "t:GuiHoSo", "khong:GuiHoSo", 1),
		`<Envelope xmlns="urn:x"><Body><a/></Body></Envelope>`,
	} {
		if m := glance([]byte(body)); m.found != unsure {
			t.Errorf("%q: %+v", body, m)
		}
	}
}

// FuzzRequestReader: whatever comes, the answer is a receipt or a Fault, and
// nothing stays held.
func FuzzRequestReader(f *testing.F) {
	s, err := New(testOptions())
	if err != nil {
		f.Fatal(err)
	}
	h := s.Handler(&line{})
	f.Add([]byte(raw("POST", "/soap/thu.gui", "", envelope11(testRoot))))
	f.Add([]byte(raw("POST", "/cu/Chung.asmx", "SOAPAction: \"urn:thu/GuiHoSo\"\r\n", "<a")))
	f.Add([]byte(strings.Replace(raw("POST", "/soap/thu.gui", "", withToken(envelope12(testRoot), plainToken("so1", password))), basicSo1, "", 1)))
	f.Add([]byte("GET /soap/thu.gui?wsdl HTTP/1.1\r\nHost: a<b\r\n" + basicSo1 + "\r\n"))
	f.Add([]byte("POST /soap/thu.gui HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: text/xml\r\n" + basicSo1 + "\r\n3\r\n<a>\r\n0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(string(b))))
		if err != nil {
			return
		}
		r.RemoteAddr = "10.1.2.3:4"
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if s.held.all.Load() != 0 || s.held.strangers.Load() != 0 {
			t.Fatal("bytes are still counted as held")
		}
		if w.Header().Get("Content-Type") == "text/plain; charset=utf-8" {
			return
		}
		if _, err := strictxml.Parse(w.Body.Bytes(), strictxml.Limits{}); err != nil {
			t.Fatalf("the answer is not XML: %v\n%s", err, w.Body)
		}
		if w.Code != http.StatusOK {
			readFault(t, w.Body.String())
		}
	})
}
