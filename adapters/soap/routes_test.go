package soap

import (
	"net/http"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/strictxml"
)

func TestASharedPathTellsServicesByElementAndThenByAction(t *testing.T) {
	o := testOptions()
	o.Services = append(o.Services,
		Service{Name: "thu.moi", Namespace: "urn:thu:cung", Root: "Gui", Action: "moi", Paths: []string{"/cu/Chung.asmx"}},
		Service{Name: "thu.cu", Namespace: "urn:thu:cung", Root: "Gui", Action: "cu", Paths: []string{"/cu/Chung.asmx"}})
	s := serve(t, o, &line{})
	same := `<g:Gui xmlns:g="urn:thu:cung"/>`
	for _, in := range []struct {
		name, body, action, contentType, want string
	}{
		{"by element", testRoot, "", "", "thu.gui"},
		{"by element, whatever the action", testRoot, `"urn:thu/HuyHoSo"`, "", "thu.gui"},
		{"the other element", `<HuyHoSo xmlns="urn:thu:2"/>`, `""`, "", "thu.huy"},
		{"one element of two, quoted action", same, `"moi"`, "", "thu.moi"},
		{"one element of two, bare action", same, `cu`, "", "thu.cu"},
		{"one element of two, action of SOAP 1.2", same, "", `application/soap+xml; charset=utf-8; action="cu"`, "thu.cu"},
		{"one element of two, no action", same, "", "", ""},
		{"one element of two, another's action", same, "urn:thu/HuyHoSo", "", ""},
		{"an old element, by action", `<g:Khac xmlns:g="urn:thu:cung"/>`, "urn:thu/GuiHoSo", "", "thu.gui"},
		{"the right name in the wrong namespace", `<GuiHoSo/>`, "", "", ""},
	} {
		q := good()
		q.path, q.body, q.contentType = "/cu/Chung.asmx", envelope11(in.body), in.contentType
		if in.action != "" {
			q.header = map[string]string{"SOAPAction": in.action}
		}
		got := s.send(t, q)
		if in.want == "" {
			if f := readFault(t, got.body); f.detail.Ma != "UnknownService" {
				t.Errorf("%s: answered %s", in.name, got.body)
			}
			continue
		}
		if e := s.line.envelopes(); got.status != 200 || e[len(e)-1].Service != in.want {
			t.Errorf("%s: %d for %s", in.name, got.status, e[len(e)-1].Service)
		}
	}
}

func TestBrokenXMLOnASharedPathGoesWhereItsActionSays(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	q := good()
	q.path, q.body, q.header = "/cu/Chung.asmx", "<a", map[string]string{"SOAPAction": `"urn:thu/HuyHoSo"`}
	if got := s.send(t, q); got.status != 200 || s.line.envelopes()[0].Service != "thu.huy" {
		t.Errorf("answered %d %s", got.status, got.body)
	}
}

func TestAServiceHasOneOwnPathWhateverTheAction(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	for _, path := range []string{"/soap/thu.huy", "/soap/thu.huy/"} {
		q := good()
		q.path, q.header = path, map[string]string{"SOAPAction": "urn:thu/GuiHoSo"}
		if got := s.send(t, q); got.status != 200 || s.line.envelopes()[0].Service != "thu.huy" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestADescriptionIsWhatItWas(t *testing.T) {
	o := testOptions()
	o.PublicURL = "https://lgsp.example.vn/"
	s := serve(t, o, &line{})
	for file, path := range map[string]string{"one.wsdl": "/soap/thu.gui?wsdl", "shared.wsdl": "/cu/Chung.asmx?WSDL"} {
		q := good()
		q.method, q.path = http.MethodGet, path
		got := s.send(t, q)
		if _, err := strictxml.Parse([]byte(got.body), strictxml.Limits{}); err != nil || got.status != 200 {
			t.Errorf("%s: %d %v", path, got.status, err)
		}
		golden(t, file, []byte(got.body))
	}
}

func TestADescriptionGivesTheAddressThatWasCalled(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	for host, want := range map[string]string{"lgsp.so.vn:8081": "http://lgsp.so.vn:8081/soap/thu.gui", `x"><y`: "http://127.0.0.1:0/soap/thu.gui"} {
		r, err := http.NewRequest(http.MethodGet, s.url+"/soap/thu.gui?wsdl", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.RemoteAddr, r.Host = "10.0.0.1:1", host
		r.SetBasicAuth("so1", password)
		r.Header.Set("X-Forwarded-Host", "ke-gian.example")
		r.Header.Set("X-Forwarded-Proto", "https")
		if got := s.address(r) + "/soap/thu.gui"; got != want {
			t.Errorf("Host %s: %s, want %s", host, got, want)
		}
	}
}

func TestADescriptionNeedsALogInUnlessItIsOpen(t *testing.T) {
	for _, open := range []bool{false, true} {
		o := testOptions()
		o.OpenWSDL = open
		o.Departments[1].UsernameTokens = []Login{{"chi-wsse", otherPass}}
		s := serve(t, o, &line{})
		for _, in := range []struct {
			name, path, user, password string
			closed, open               int
		}{
			{"nobody", "/soap/thu.gui?wsdl", "", "", 401, 200},
			{"nobody, no such service", "/soap/khong?wsdl", "", "", 401, 401},
			{"nobody, no query", "/soap/thu.gui", "", "", 401, 401},
			{"a department", "/soap/thu.gui?wsdl", "so2", otherPass, 200, 200},
			{"a department, no such service", "/soap/khong?wsdl", "so2", otherPass, 404, 404},
			{"a department, no query", "/soap/thu.gui", "so2", otherPass, 405, 405},
			{"a department that has tokens only", "/soap/thu.gui?singleWsdl", "chi-wsse", otherPass, 200, 200},
			{"a wrong password", "/soap/khong?wsdl", "so2", "sai", 401, 401},
		} {
			got := s.send(t, request{method: http.MethodGet, path: in.path, user: in.user, password: in.password})
			want := in.closed
			if open {
				want = in.open
			}
			if got.status != want || want == 401 && strings.Contains(got.body, "thu.") {
				t.Errorf("open %v, %s: %d, want %d: %s", open, in.name, got.status, want, got.body)
			}
		}
	}
}

func TestServicesThatCannotBeToldApartAreAnError(t *testing.T) {
	good := testOptions().Services[0]
	for want, change := range map[string]func(*Service){
		"no SOAPAction tells them apart":    func(s *Service) { s.Name, s.Action, s.Schema = "khac", good.Action, nil },
		"there are two of that name":        func(*Service) {},
		"letters, digits, dots and hyphens": func(s *Service) { s.Name = "a/b" },
		"not an XML name":                   func(s *Service) { s.Name, s.Root = "khac", "1a" },
		"holds a quote":                     func(s *Service) { s.Name, s.Action = "khac", `a"b` },
		"is not free":                       func(s *Service) { s.Name, s.Paths = "khac", []string{"/soap/thu.gui"} },
		"schema: ":                          func(s *Service) { s.Name, s.Schema = "khac", []byte("<a") },
		"the root is not xs:schema":         func(s *Service) { s.Name, s.Schema = "khac", []byte("<a/>") },
		"targetNamespace is not":            func(s *Service) { s.Name, s.Namespace = "khac", "urn:khac" },
	} {
		o := testOptions()
		other := good
		change(&other)
		o.Services = append(o.Services, other)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
