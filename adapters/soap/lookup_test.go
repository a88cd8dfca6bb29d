package soap

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
)

const askedSchema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:thu:hoi" elementFormDefault="qualified">
<xs:element name="TraLoi"><xs:complexType><xs:sequence><xs:element name="HoTen" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element></xs:schema>`

const asked = `<Hoi xmlns="urn:thu:hoi"><So>1</So></Hoi>`

// askedOptions has a service that is asked, and a system with credentials of its own.
func askedOptions() Options {
	o := testOptions()
	o.Services = append(o.Services, Service{Name: "thu.hoi", Title: "Hỏi", Namespace: "urn:thu:hoi", Root: "Hoi", Action: "urn:thu/Hoi",
		Paths: []string{"/cu/Chung.asmx"}, Answer: &Answer{Namespace: "urn:thu:hoi", Root: "TraLoi", Schema: []byte(askedSchema)}})
	o.Departments[0].Systems = []System{{Name: "mot-cua", Credentials: Credentials{Basic: []Login{{"motcua", "mat-khau-mot-cua"}}}}}
	return o
}

func postAs(t *testing.T, s *served, path, contentType, user, password, body string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.SetBasicAuth(user, password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func TestAnAnswerComesInTheSendersVersionAndIsKeptByNobody(t *testing.T) {
	l := &line{ask: func(context.Context, lgsp.Envelope) ([]byte, error) {
		return []byte(`<k:TraLoi xmlns:k="urn:thu:hoi"><k:HoTen>Lê &amp; Mẫu</k:HoTen></k:TraLoi>`), nil
	}}
	s := serve(t, askedOptions(), l)
	for path, wrap := range map[string]func(string) string{"/soap/thu.hoi": envelope11, "/cu/Chung.asmx": envelope12} {
		contentType, space := "text/xml", space11
		if path != "/soap/thu.hoi" {
			contentType, space = "application/soap+xml", space12
		}
		resp := postAs(t, s, path, contentType, "motcua", "mat-khau-mot-cua", wrap(asked))
		doc, err := strictxml.Parse([]byte(read(t, resp)), strictxml.Limits{})
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", path, resp.Status, err)
		}
		if doc.Root().NamespaceURI() != space {
			t.Errorf("%s: the envelope is of %s", path, doc.Root().NamespaceURI())
		}
		if name := doc.FindElement("/Envelope/Body/TraLoi/HoTen"); name == nil || name.Text() != "Lê & Mẫu" {
			t.Errorf("%s: the answer is not there", path)
		}
		if resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: somebody on the way may keep the answer", path)
		}
	}
	for _, e := range l.envelopes() {
		if e.Sender != "H29.11" || e.System != "mot-cua" || e.Service != "thu.hoi" {
			t.Errorf("asked as %s, system %q, for %s", e.Sender, e.System, e.Service)
		}
	}
}

func TestTheDepartmentsOwnCredentialsNameNoSystem(t *testing.T) {
	l := &line{ask: func(context.Context, lgsp.Envelope) ([]byte, error) {
		return []byte(`<TraLoi xmlns="urn:thu:hoi"/>`), nil
	}}
	s := serve(t, askedOptions(), l)
	postAs(t, s, "/soap/thu.hoi", "text/xml", "so1", password, envelope11(asked))
	postAs(t, s, "/soap/thu.gui", "text/xml", "motcua", "mat-khau-mot-cua", envelope11(`<GuiHoSo xmlns="urn:thu"/>`))
	got := l.envelopes()
	if len(got) != 2 || got[0].System != "" || got[1].System != "mot-cua" {
		t.Errorf("got %+v", got)
	}
}

func TestCredentialsOfTwoSystemsDoNotGoTogether(t *testing.T) {
	o := askedOptions()
	o.Departments[0].Systems[0].APIKeys = []string{"khoa-cua-mot-cua-01"}
	l := &line{}
	s := serve(t, o, l)
	req, err := http.NewRequest(http.MethodPost, s.url+"/soap/thu.hoi", strings.NewReader(envelope11(asked)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/xml")
	req.Header.Set("X-API-Key", "khoa-cua-mot-cua-01")
	req.SetBasicAuth("so1", password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized || len(l.envelopes()) != 0 {
		t.Errorf("got %s", resp.Status)
	}
}

func TestALookUpThatFailsIsAFaultThatSaysWhenToAskAgain(t *testing.T) {
	for code, want := range map[string]struct {
		kind   lgsp.Kind
		status int
		again  string
	}{
		"Quota":    {lgsp.Throttled, http.StatusServiceUnavailable, "true"},
		"NoAnswer": {lgsp.Unavailable, http.StatusServiceUnavailable, "true"},
		"Purpose":  {lgsp.Forbidden, http.StatusInternalServerError, "false"},
		"Refused":  {lgsp.Refused, http.StatusInternalServerError, "false"},
	} {
		l := &line{ask: func(context.Context, lgsp.Envelope) ([]byte, error) {
			return nil, &lgsp.Error{Kind: want.kind, Code: code, Text: "Câu để người đọc.", After: 7 * time.Second}
		}}
		s := serve(t, askedOptions(), l)
		resp := postAs(t, s, "/soap/thu.hoi", "text/xml", "motcua", "mat-khau-mot-cua", envelope11(asked))
		text := read(t, resp)
		if resp.StatusCode != want.status || !strings.Contains(text, "<lgsp:CoTheGuiLai>"+want.again+"<") ||
			!strings.Contains(text, "Câu để người đọc.") || !strings.Contains(text, "<lgsp:Ma>"+code+"<") {
			t.Errorf("%s: %s\n%s", code, resp.Status, text)
		}
		if want.kind.World() && resp.Header.Get("Retry-After") != "7" {
			t.Errorf("%s: Retry-After is %q", code, resp.Header.Get("Retry-After"))
		}
	}
}

func TestTheDescriptionOfAServiceThatIsAskedNamesItsAnswer(t *testing.T) {
	o := askedOptions()
	o.OpenWSDL = true
	s := serve(t, o, &line{})
	resp, err := http.Get(s.url + "/soap/thu.hoi?wsdl")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	doc, err := strictxml.Parse([]byte(read(t, resp)), strictxml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	out := doc.FindElement("//portType/operation/output")
	if out == nil || out.SelectAttrValue("message", "") != "tns:HoiResponse" {
		t.Fatal("the operation gives no answer")
	}
	if part := doc.FindElement("//message[@name='HoiResponse']/part"); part == nil || !strings.HasSuffix(part.SelectAttrValue("element", ""), ":TraLoi") {
		t.Error("the answer is not the element TraLoi")
	}
	if doc.FindElement("//schema/element[@name='TraLoi']") == nil {
		t.Error("the answer has no schema")
	}
}

func read(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
