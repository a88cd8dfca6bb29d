package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/register"
)

// place is the line and the column of the first place where a text stands in
// the configuration, as a report names it.
func (s *site) place(t *testing.T, at string) string {
	t.Helper()
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	before, _, ok := strings.Cut(string(text), at)
	if !ok {
		t.Fatalf("the configuration has no %q", at)
	}
	return fmt.Sprintf("%s:%d:%d: ", s.config, strings.Count(before, "\n")+1, len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))+1)
}

// req: R-06
func TestAServiceIsUsedAsWhatItsMappingIs(t *testing.T) {
	const services = "services: [hotich.khai-sinh, hotich.khai-tu, hotich.ket-hon, dancu.cap-nhat, bhyt.cap-the, cu-tru.dang-ky, an-sinh.mai-tang-phi]"
	for name, row := range map[string]struct {
		change   []string // old, new, old, new …
		at       string   // the text where the report points to
		problems []string
	}{
		"a look-up among the services of a department": {words(services, "services: [dancu.tra-cuu, dancu.cap-nhat]"), "dancu.tra-cuu, dancu.cap",
			words("departments[0].services[0]: dancu.tra-cuu looks citizens up, which needs an approval with purposes and fields; move it to the approvals of one of the department's systems")},
		"an approval for a service that looks nobody up": {words("service: dancu.tra-cuu, fields: [GioiTinh, Cha]", "service: dancu.cap-nhat, fields: [GioiTinh, Cha]"), "service: dancu.cap-nhat",
			words("departments[0].systems[1].approvals[0].service: dancu.cap-nhat looks nobody up; list it in services of the department instead")},
		"notices sent to an upstream": {words("{name: dancu.tra-cuu, upstream: dancu}", "{name: dancu.bao-sai-sot, upstream: dancu}\n  - {name: dancu.tra-cuu, upstream: dancu}"), "upstream: dancu}\n  - {name: dancu.tra-cuu",
			words("services[4].upstream: dancu.bao-sai-sot takes notices of errors, which stay here; write upstream: notices")},
		"a message kept as a notice": {words("{name: hotich.khai-sinh, upstream: hotich}", "{name: hotich.khai-sinh, upstream: notices}"), "upstream: notices",
			words("services[0].upstream: hotich.khai-sinh takes no notices of errors; name one of upstreams")},
		"a look-up kept as a notice": {words("{name: dancu.tra-cuu, upstream: dancu}", "{name: dancu.tra-cuu, upstream: notices}"), "upstream: notices",
			words("dancu.tra-cuu takes no notices of errors; name one of upstreams")},
		"a field that is mistyped": {words("fields: [GioiTinh, Cha]", "fields: [GioiTnh, Cha]"), "GioiTnh",
			words("departments[0].systems[1].approvals[0].fields[0]: ", "GioiTnh", `did you mean "GioiTinh"?`, "lgspd register fields lists those that there are")},
		"a field of another kind of answer": {words("fields: [GioiTinh, Cha]", "fields: [TonTai]"), "TonTai]",
			words("departments[0].systems[1].approvals[0].fields[0]: ", "TonTai", "lgspd register fields")},
		"a field of an approval that is only asked for": {words("fields: [GioiTinh, Cha], quota: 3, "+terms, `fields: [Nobody], quota: 3, purposes: [{code: "1.1"}], from: 2026-01-01, until: 2026-12-31`), "Nobody",
			words("departments[0].systems[1].approvals[0].fields[0]: ", "Nobody")},
	} {
		t.Run(name, func(t *testing.T) {
			s := newLookUpSite(t, "http://127.0.0.1:9")
			for i := 0; i < len(row.change); i += 2 {
				s.replace(t, row.change[i], row.change[i+1])
			}
			at := s.place(t, row.at)
			for _, verb := range []string{"check", "serve"} {
				r := command(t, verb, "--config", s.config)
				if r.want(t, exitUsage, nil, append(row.problems, at)); r.code != exitUsage {
					return // it would serve
				}
				for _, line := range strings.Split(r.err, "\n") {
					if strings.HasPrefix(line, at) && !strings.Contains(line, row.problems[0]) {
						t.Errorf("%s: the line of that place says something else: %s", verb, line)
					}
				}
			}
			command(t, "register", "list", "--config", s.config).want(t, exitUsage, nil, append(row.problems, at))
		})
	}
}

// req
func TestAnApprovalForListsHasToCoverEveryFieldOfAVerdict(t *testing.T) {
	const whole = "fields: [TonTai, HoVaTen, NgayThangNamSinh]"
	for name, row := range map[string]struct {
		fields, missing string
		more            []string
	}{
		"all of them":           {fields: "[NgayThangNamSinh, TonTai, HoVaTen, GioiTinh]"},
		"without the name":      {fields: "[TonTai, NgayThangNamSinh]", missing: "HoVaTen"},
		"without the date":      {fields: "[TonTai, HoVaTen]", missing: "NgayThangNamSinh"},
		"without the person":    {fields: "[HoVaTen, NgayThangNamSinh]", missing: "TonTai"},
		"with the person alone": {fields: "[TonTai]", missing: "HoVaTen, NgayThangNamSinh"},
		"with a mistyped field": {fields: "[TonTai, HoVaTn, NgayThangNamSinh]", missing: "HoVaTen", more: words("fields[1]: ", `did you mean "HoVaTen"?`)},
	} {
		t.Run(name, func(t *testing.T) {
			s := newCleanSite(t, "http://127.0.0.1:9")
			place := s.place(t, whole)
			s.replace(t, whole, "fields: "+row.fields)
			check := command(t, "check", "--config", s.config)
			if row.missing == "" {
				check.want(t, exitOK, words("is in order"), nil)
				return
			}
			problem := "departments[0].systems[0].approvals[0].fields: lgspd clean needs " + row.missing + " too: it cannot tell whether what an answer may not say is right; "
			want := append(words(place+problem), row.more...)
			check.want(t, exitUsage, nil, want)
			if !t.Failed() { // it would serve
				command(t, "serve", "--config", s.config).want(t, exitUsage, nil, want)
			}
		})
	}
	// Another service may say as little as it is approved to.
	s := newCleanSite(t, "http://127.0.0.1:9")
	s.replace(t, "service: dancu.lam-sach", "service: dancu.xac-thuc")
	s.replace(t, "name: dancu.lam-sach", "name: dancu.xac-thuc")
	s.replace(t, whole, "fields: [TonTai]")
	command(t, "check", "--config", s.config).want(t, exitOK, words("is in order"), nil)
}

func TestEveryMisuseOfAServiceIsReportedAtOnce(t *testing.T) {
	s := newLookUpSite(t, "http://127.0.0.1:9")
	s.replace(t, "services: [hotich.khai-sinh, hotich.khai-tu, hotich.ket-hon, dancu.cap-nhat, bhyt.cap-the, cu-tru.dang-ky, an-sinh.mai-tang-phi]", "services: [dancu.tra-cuu, dancu.xac-thuc]")
	s.replace(t, "service: dancu.tra-cuu, fields: [GioiTinh, Cha]", "service: dancu.cap-nhat, fields: [GioiTinh, Cha]")
	s.replace(t, "{name: hotich.khai-sinh, upstream: hotich}", "{name: hotich.khai-sinh, upstream: notices}")
	r := command(t, "check", "--config", s.config)
	r.want(t, exitUsage, nil, words("departments[0].services[0]", "departments[0].services[1]", "systems[1].approvals[0].service", "services[0].upstream"))
	if _, wrong, _ := strings.Cut(r.err, "4 things are wrong:\n"); strings.Count(wrong, s.config+":") != 4 {
		t.Errorf("want four things that are wrong:\n%s", r.err)
	}
}

func TestAMappingOfAnswersThatNoFilterKnowsIsRefused(t *testing.T) {
	const mapping = `service: thu.hoi
title: Hỏi thử
kind: lookup
source: {namespace: "urn:thu", root: Hoi}
subject: So
purpose: {procedure: Ma, officer: CanBo}
target: {route: TraCuuThongTinCongDan, form: xml, root: d:Hoi, namespaces: {d: "urn:d"}}
fields:
  - {to: So, from: So}
reply:
  source: {namespace: "NAMESPACE", root: ROOT}
  target: {root: t:TraLoi, namespaces: {t: "urn:thu"}}
  fields:
    - {to: Ten, from: Ten}
`
	for name, row := range map[string]struct {
		namespace, root string
		ok              bool
	}{
		"of citizens":          {citizen.Namespace, "CongdanCollection", true},
		"of a verification":    {citizen.Namespace, "KetQuaXacThuc", true},
		"of another element":   {citizen.Namespace, "CongDan", false},
		"of another namespace": {"urn:khac", "CongdanCollection", false},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "thu.hoi")
			text := strings.NewReplacer("NAMESPACE", row.namespace, "ROOT", row.root).Replace(mapping)
			for file, content := range map[string]string{"mapping.yaml": text, "cases/mot/in.xml": `<Hoi xmlns="urn:thu"><So>1</So></Hoi>`, "cases/mot/want.xml": `<d:Hoi xmlns:d="urn:d"><d:So>1</d:So></d:Hoi>`} {
				path := filepath.Join(folder, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s := newLookUpSite(t, "http://127.0.0.1:9")
			s.replace(t, "services:\n  - {name: hotich", "services:\n  - {name: thu.hoi, upstream: dancu, mapping: "+folder+"}\n  - {name: hotich")
			r := command(t, "check", "--config", s.config)
			if row.ok {
				if r.code != exitOK {
					t.Errorf("got %+v", r)
				}
				return
			}
			r.want(t, exitUsage, nil, words(s.place(t, "name: thu.hoi"), "services[0].name: the mapping reads answers of the element "+row.root, "which no filter is known for", "CongdanCollection or KetQuaXacThuc of the namespace "+citizen.Namespace))
		})
	}
}

func TestTheRegisterHoldsWhatTheConfigurationApproves(t *testing.T) {
	s := newLookUpSite(t, "http://127.0.0.1:9")
	s.replace(t, "fields: [TonTai], quota: 100000, "+terms, "fields: [TonTai], quota: 100000, officer: any, "+strings.Replace(terms, ", number: 00/THU, date: 2026-01-01", "", 1))
	s.replace(t, "fields: [HoVaTen], quota: 100000, "+terms, "fields: [HoVaTen], quota: 5, officer: any, "+terms)
	cfg := s.load(t)
	loaded, err := loadMappings(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRegister(cfg, loaded)
	if err != nil {
		t.Fatal(err)
	}
	purpose := lgsp.Purpose{Procedure: "1.004222", Officer: "CB-07"}
	begin, end := time.Date(2026, 1, 1, 0, 0, 0, 0, register.Vietnam), time.Date(2100, 1, 1, 0, 0, 0, 0, register.Vietnam)
	for _, row := range []struct {
		department, system, service string
		now                         time.Time
		code                        string
	}{
		{"H29.12", "cong-dan", "dancu.tra-cuu", begin, ""},
		{"H29.12", "cong-dan", "dancu.tra-cuu", end.Add(-1), ""},
		{"H29.12", "cong-dan", "dancu.tra-cuu", begin.Add(-1), "NotYet"},
		{"H29.12", "cong-dan", "dancu.tra-cuu", end, "Ended"},
		{"H29.12", "cong-dan", "dancu.xac-thuc", begin, "NotApproved"}, // only asked for
		{"H29.12", "mot-cua", "dancu.tra-cuu", begin, "NotApproved"},   // of another department
		{"H29.11", "mot-cua", "dancu.tra-cuu", begin, "Officer"},       // by default a personal id
		{"H29.11", "", "dancu.tra-cuu", begin, "NoSystem"},
	} {
		g, err := r.Decide(row.department, row.system, row.service, purpose, row.now)
		if row.code == "" && (err != nil || g.Quota != 5 || g.Approved.Kind() != citizen.Person) || row.code != "" && (err == nil || err.Code != row.code) {
			t.Errorf("%s %s %s at %s: %+v, %v, want %q", row.department, row.system, row.service, row.now, g, err, row.code)
		}
	}
}

func TestOnlyLookUpsOfAnUpstreamAreGivenAsLookUps(t *testing.T) {
	s := newLookUpSite(t, "http://127.0.0.1:9")
	cfg := s.load(t)
	loaded, err := loadMappings(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range cfg.Upstreams {
		o := ngspOptions(cfg, u, loaded, quiet())
		for route, op := range o.Operations {
			if want := strings.HasPrefix(route, "TraCuu") || strings.HasPrefix(route, "XacThuc"); op.Lookup != want {
				t.Errorf("%s of %s is a look-up: %v", route, u.Name, op.Lookup)
			}
		}
		if o.LookUpConns != 32 {
			t.Errorf("%s has %d connections for look-ups", u.Name, o.LookUpConns)
		}
	}
}

func TestNoticesOfErrorsNeedNoUpstream(t *testing.T) {
	s := newLookUpSite(t, "http://127.0.0.1:9")
	s.replace(t, "services: [hotich.khai-sinh,", "services: [dancu.bao-sai-sot, hotich.khai-sinh,")
	s.replace(t, "{name: dancu.tra-cuu, upstream: dancu}", "{name: dancu.bao-sai-sot, upstream: notices}\n  - {name: dancu.tra-cuu, upstream: dancu}")
	command(t, "check", "--config", s.config).want(t, exitOK, words("is in order: 2 departments, 10 services, 5 upstreams"), nil)
}
