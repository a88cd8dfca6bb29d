package sandbox

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func newTestServer(tb testing.TB) *Server {
	tb.Helper()
	s, err := New(Options{Clients: map[string]Client{testKey: {Secret: testSecret}}})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// FuzzRegistration: whatever comes is either refused with a reason that quotes
// no value, or has a module and a dossier.
func FuzzRegistration(f *testing.F) {
	g := newRegistry()
	for _, module := range []string{"LTKS", "LTKT", "LTKH"} {
		f.Add([]byte(textOf(registrationOf(module, hoTich(module)))))
	}
	f.Add([]byte(`{"data":"{\"hoTich\":[]}","module":"LTKS","maDonVi":1e5,"fileDinhKem":[null]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		module, dossier, fs := g.read(body)
		if len(fs) == 0 && (g.lists.modules[module] == nil || dossier == "" || !json.Valid(body)) {
			t.Errorf("taken: module %q, dossier %q", module, dossier)
		}
		if len(fs) > maxFindings {
			t.Errorf("%d findings", len(fs))
		}
	})
}

// FuzzDossier: whatever comes to the other receivers is either refused with a
// reason, or names a dossier.
func FuzzDossier(f *testing.F) {
	forms := []dossierForm{newInsurance(), newResidence(), newFuneral()}
	for i, form := range forms {
		f.Add(i, []byte(textOf(dossierOf(form))))
	}
	f.Add(0, []byte(`{"data":"{\"danhSach\":[[]]}","module":"LTBHYT","soTre":1e5,"fileDinhKem":[null]}`))
	f.Fuzz(func(t *testing.T, which int, body []byte) {
		module, dossier, fs := forms[uint(which)%3].read(body)
		if len(fs) == 0 && (module == "" || dossier == "" || !json.Valid(body)) {
			t.Errorf("taken: module %q, dossier %q", module, dossier)
		}
		if len(fs) > maxFindings {
			t.Errorf("%d findings", len(fs))
		}
	})
}

// FuzzJSON: what is read is what encoding/json reads, less what is nested too deep.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e3,true,false,null,"\u0041\ud83d\ude00\ud800\n"],"a":{}}`, `"\x"`, `01`, `[1,]`, `{"a":1,}`, " \t\n\r0 ", `"\u00e"`, "\"\x01\"", `"\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := parseJSON(s)
		_, skimErr := skimJSON(s)
		valid := json.Valid([]byte(s)) && utf8.ValidString(s)
		if err == nil && !valid {
			t.Fatalf("taken: %q", s)
		}
		if err != nil {
			if valid && strings.Count(s, "[")+strings.Count(s, "{") <= maxDepth {
				t.Fatalf("refused: %q", s)
			}
			return
		}
		if (skimErr == nil) != (n.kind == objectNode) {
			t.Fatalf("skimmed: %v, %q", skimErr, s)
		}
		dec := json.NewDecoder(strings.NewReader(s))
		dec.UseNumber()
		var want any
		if err := dec.Decode(&want); err != nil || !reflect.DeepEqual(plain(n), want) {
			t.Fatalf("%q is %v, want %v", s, plain(n), want)
		}
	})
}

// plain turns a node into what encoding/json makes of it.
func plain(n node) any {
	switch n.kind {
	case textNode:
		return n.text
	case numberNode:
		return json.Number(n.text)
	case boolNode:
		return n.text == "true"
	case objectNode:
		out := map[string]any{}
		for _, kid := range n.kids {
			out[kid.name] = plain(kid)
		}
		return out
	case listNode:
		out := []any{}
		for _, kid := range n.kids {
			out = append(out, plain(kid))
		}
		return out
	}
	return nil
}

// FuzzUpdate: whatever comes is either refused with a reason, or has a request
// code and persons who can be told apart.
func FuzzUpdate(f *testing.F) {
	s := newTestServer(f)
	f.Add([]byte(citizenUpdate("ma-1", knownID)))
	f.Add([]byte(`<s:Envelope xmlns:s="` + soapNamespace + `"><s:Body><CapNhatThongTinCongDan xmlns="` + dancuNamespace + `"/></s:Body></s:Envelope>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		u := s.readDancu(request{Request: &http.Request{Header: http.Header{}}, body: body})
		if u.malformed != "" && len(u.wrong) == 0 {
			t.Error("malformed without a reason")
		}
		if len(u.wrong) > 0 {
			return
		}
		if u.code == "" || len(u.code) > 160 || len(u.persons) == 0 || strings.TrimSpace(u.subject) == "" {
			t.Errorf("taken: %+v", u)
		}
	})
}

// FuzzLookup: whatever comes is either refused with a reason, or has a request
// code, a number, a name and a date, and nobody is told of under another name.
func FuzzLookup(f *testing.F) {
	s := newTestServer(f)
	one := s.People()[0]
	operations := []string{traCuu, xacThuc, xacMinh}
	for i, operation := range operations {
		f.Add(i, []byte(lookupOf(operation, "ma-1", one)))
	}
	f.Add(0, []byte(`<s:Envelope xmlns:s="`+soapNamespace+`"><s:Body><TraCuuThongTinCongDan xmlns="`+dancuNamespace+`"/></s:Body></s:Envelope>`))
	f.Fuzz(func(t *testing.T, which int, body []byte) {
		path := dancuBase + operations[uint(which)%3]
		l := s.lookups[path]
		r := request{Request: &http.Request{Header: http.Header{}}, body: body}
		skimLookup(r, l)
		q := readLookup(r, l)
		if q.malformed != "" && len(q.wrong) == 0 {
			t.Error("malformed without a reason")
		}
		if len(q.wrong) > maxFindings {
			t.Errorf("%d findings", len(q.wrong))
		}
		if len(q.wrong) > 0 {
			return
		}
		if q.code == "" || len(q.number) != 12 && len(q.number) != 9 || q.name == "" || len(q.birth) != 8 && len(q.birth) != 4 {
			t.Errorf("taken: %+v", q)
		}
		if a, found := s.reply(l.operation, s.card(q.number), q); a.status != http.StatusOK || found && l.operation != xacThuc && nameKey(q.name) != nameKey(fullName(one.Ho, one.ChuDem, one.Ten)) && q.number == one.SoDinhDanh {
			t.Errorf("answered %d", a.status)
		}
	})
}
