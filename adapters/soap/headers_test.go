package soap

import (
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/strictxml"
)

func TestAFaultOfAHeaderBlockIsWellFormedWhateverItsName(t *testing.T) {
	s := newServer(t, testOptions())
	long := strings.Repeat("k", maxNamed)
	for _, in := range []struct{ block, want string }{
		{`<Ky s:mustUnderstand="1"/>`, `<soap:NotUnderstood qname="Ky"/>`},
		{`<Ky s:mustUnderstand="1" xmlns=""/>`, `<soap:NotUnderstood qname="Ky"/>`},
		{`<Ký s:mustUnderstand="1"/>`, `<soap:NotUnderstood qname="Ký"/>`},
		{`<k:Ky s:mustUnderstand="1" xmlns:k="urn:{a}b}c"/>`, `<soap:NotUnderstood qname="h:Ky" xmlns:h="urn:{a}b}c"/>`},
		{`<k:Ky s:mustUnderstand="1" xmlns:k="}"/>`, `<soap:NotUnderstood qname="h:Ky" xmlns:h="}"/>`},
		{`<xml:Ky s:mustUnderstand="1"/>`, `<soap:NotUnderstood qname="xml:Ky"/>`},
		{`<k:` + long + ` s:mustUnderstand="1" xmlns:k="urn:k"/>`, `<soap:Header></soap:Header>`},
	} {
		for v, envelope := range []string{envelope11(testRoot), envelope12(testRoot)} {
			q := good()
			q.body = strings.Replace(strings.Replace(envelope, "<s:Header/>", "", 1), "<s:Body>", "<s:Header>"+in.block+"</s:Header><s:Body>", 1)
			got := ask(t, s, "203.0.113.9", q)
			if _, err := strictxml.Parse([]byte(got.body), strictxml.Limits{}); err != nil {
				t.Errorf("%.80s: %v in %s", in.block, err, got.body)
			}
			if f := readFault(t, got.body); f.code != "soap:MustUnderstand" {
				t.Errorf("%.80s: answered %s", in.block, got.body)
			}
			if named := strings.Contains(got.body, in.want); named != (v == 1) {
				t.Errorf("%.80s, SOAP 1.%d: %s in %s", in.block, v+1, in.want, got.body)
			}
		}
	}
}

func TestAGlanceLeavesReservedNamespacesToTheStrictReading(t *testing.T) {
	for _, space := range []string{"http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"} {
		body := `<s:Envelope xmlns:s="` + space11 + `"><s:Header><k:Ky s:mustUnderstand="1" xmlns:k="` + space + `"/></s:Header><s:Body><a/></s:Body></s:Envelope>`
		if m := glance([]byte(body)); m.found != unsure {
			t.Errorf("%s: %+v", space, m)
		}
	}
}

func TestWhatIsTooDeepIsToldApartFromWhatIsTooLong(t *testing.T) {
	o := testOptions()
	for _, lang := range []string{"vi", "en"} {
		o.Lang = lang
		s := newServer(t, o)
		q := good()
		q.path, q.body = "/cu/Chung.asmx", strings.Repeat("<a>", 100)
		got := ask(t, s, "203.0.113.9", q)
		f := readFault(t, got.body)
		want := map[string]string{"vi": "lồng nhau quá sâu (dòng 1, cột ", "en": "nested too deep"}[lang]
		if f.code != "soap:Client.TooDeep" || !strings.Contains(f.text, want) {
			t.Errorf("answered %d %s", got.status, got.body)
		}
	}
}

func TestASharedPathTellsWhereAMessageBreaks(t *testing.T) {
	s := newServer(t, testOptions())
	for body, want := range map[string]string{
		"<a>\n  <b></c></a>": "không phải là XML đúng cú pháp (dòng 2, cột 6); hãy",
		"<a>\n\n&ten;</a>":   "thực thể tự định nghĩa (dòng 3, cột 1)",
	} {
		q := good()
		q.path, q.body = "/cu/Chung.asmx", body
		got := ask(t, s, "203.0.113.9", q)
		if f := readFault(t, got.body); !strings.Contains(f.text, want) {
			t.Errorf("%q: %s", body, f.text)
		}
	}
}
