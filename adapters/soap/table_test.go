package soap

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// described is the WSDL of a path.
func (s *served) described(t *testing.T, path string) string {
	t.Helper()
	q := good()
	q.method, q.path = http.MethodGet, path+"?wsdl"
	got := s.send(t, q)
	if got.status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	return got.body
}

// newer describes thu.gui as a later version of it.
func newer() Description {
	return Description{Title: "Gửi hồ sơ kiểu mới", Action: "urn:thu/GuiMoi", Schema: []byte(strings.Replace(testSchema, `"HoTen"`, `"HoVaTen"`, 1))}
}

func TestAServiceIsDescribedAnewWhileItIsServed(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	before := s.described(t, "/cu/Chung.asmx")
	if err := s.Describe("thu.gui", newer()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/soap/thu.gui", "/cu/Chung.asmx"} {
		text := s.described(t, path)
		for _, want := range []string{"Gửi hồ sơ kiểu mới", `name="HoVaTen"`, `soapAction="urn:thu/GuiMoi"`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %s:\n%s", path, want, text)
			}
		}
		if strings.Contains(text, `"HoTen"`) {
			t.Errorf("%s still says HoTen", path)
		}
	}
	q := good()
	q.path, q.body, q.header = "/cu/Chung.asmx", envelope11("<Khac/>"), map[string]string{"SOAPAction": "urn:thu/GuiMoi"}
	if got := s.send(t, q); got.status != http.StatusOK || s.line.envelopes()[0].Service != "thu.gui" {
		t.Errorf("the new action finds nothing: %d %s", got.status, got.body)
	}
	q.header["SOAPAction"] = "urn:thu/GuiHoSo"
	if got := s.send(t, q); got.status == http.StatusOK {
		t.Error("the old action still finds the service")
	}
	first := testOptions().Services[0]
	if err := s.Describe("thu.gui", Description{Title: first.Title, Action: first.Action, Schema: first.Schema}); err != nil {
		t.Fatal(err)
	}
	if s.described(t, "/cu/Chung.asmx") != before {
		t.Error("described as before, it is described differently")
	}
}

func TestAnAnswerIsDescribedAnew(t *testing.T) {
	s := serve(t, askedOptions(), &line{})
	if err := s.Describe("thu.hoi", Description{Title: "Hỏi", Answer: &Answer{Namespace: "urn:thu:dap", Root: "Dap"}}); err != nil {
		t.Fatal(err)
	}
	if text := s.described(t, "/soap/thu.hoi"); !strings.Contains(text, `element="q:Dap" xmlns:q="urn:thu:dap"`) || strings.Contains(text, "TraLoi") {
		t.Errorf("got %s", text)
	}
}

func TestADescriptionThatDoesNotFitChangesNothing(t *testing.T) {
	o := askedOptions()
	o.Services = append(o.Services, Service{Name: "thu.lai", Namespace: "urn:thu", Root: "GuiHoSo", Action: "urn:thu/GuiLai", Paths: []string{"/cu/Chung.asmx"}})
	s := serve(t, o, &line{})
	before := s.described(t, "/cu/Chung.asmx")
	for _, row := range []struct {
		service string
		d       Description
		want    string
	}{
		{"thu.khac", Description{}, `there is no service "thu.khac"`},
		{"thu.gui", Description{Action: "urn:thu/GuiHoSo", Schema: []byte(strings.Replace(testSchema, "urn:thu", "urn:khac", 1))}, "targetNamespace"},
		{"thu.gui", Description{Action: "urn:thu/GuiHoSo", Schema: []byte("<xs:schema")}, "schema: "},
		{"thu.gui", Description{Action: "urn:thu/GuiLai"}, "no SOAPAction tells them apart"},
		{"thu.gui", Description{Action: "x\"y"}, "the SOAPAction holds a quote"},
		{"thu.gui", Description{Answer: &Answer{Root: "A"}}, "whether it has answers"},
		{"thu.hoi", Description{}, "whether it has answers"},
	} {
		if err := s.Describe(row.service, row.d); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %q", row.service, err, row.want)
		}
		if s.described(t, "/cu/Chung.asmx") != before {
			t.Fatalf("%s: %s changed the description", row.service, row.want)
		}
	}
	other := o.Services[1]
	if err := s.Describe(other.Name, Description{Title: other.Title, Action: other.Action}); err != nil || s.described(t, "/cu/Chung.asmx") != before {
		t.Errorf("what did not fit shows once another service is described anew, %v", err)
	}
}

func TestEveryRequestSeesOneDescription(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	first := testOptions().Services[0]
	older := Description{Title: first.Title, Action: first.Action, Schema: first.Schema}
	known := map[string]bool{s.described(t, "/cu/Chung.asmx"): true}
	if err := s.Describe("thu.gui", newer()); err != nil {
		t.Fatal(err)
	}
	known[s.described(t, "/cu/Chung.asmx")] = true
	var stop atomic.Bool
	var wg sync.WaitGroup
	for _, d := range []Description{older, newer()} {
		wg.Go(func() {
			for !stop.Load() {
				if err := s.Describe("thu.gui", d); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	q := good()
	for range 200 {
		if !known[s.described(t, "/cu/Chung.asmx")] {
			t.Error("a description is of neither version")
			break
		}
		q.path = "/cu/Chung.asmx"
		if got := s.send(t, q); got.status != http.StatusOK {
			t.Errorf("a message is refused: %d %s", got.status, got.body)
			break
		}
	}
	stop.Store(true)
	wg.Wait()
}
