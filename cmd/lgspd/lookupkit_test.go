package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/sandbox"
)

// newLookUpSite is an installation whose department H29.11 has the systems
// mot-cua and thue, and whose department H29.12 has the system cong-dan, all of
// which may look citizens up.
func newLookUpSite(t testing.TB, upstream string) *site {
	t.Helper()
	s := newSite(t, upstream)
	for user, password := range askersPasswords() {
		s.write(t, user, password)
	}
	const auth = "    auth: {basic: [{username: thu, password_file: basic}]}\n"
	s.replace(t, auth, auth+`    systems:
      - name: mot-cua
        title: Một cửa
        auth: {basic: [{username: mot-cua, password_file: mot-cua}]}
        approvals:
          - {service: dancu.tra-cuu, fields: [SoDinhDanh, HoVaTen, NgayThangNamSinh, ThuongTru], quota: 100000, `+terms+`}
          - {service: dancu.xac-thuc, fields: [TonTai, HoVaTen, NgayThangNamSinh], quota: 100000, `+terms+`}
      - name: thue
        title: Thuế
        auth: {basic: [{username: thue, password_file: thue}]}
        approvals:
          - {service: dancu.tra-cuu, fields: [GioiTinh, Cha], quota: 3, `+terms+`}
  - code: H29.12
    name: Sở Nội vụ
    services: []
    auth: {basic: [{username: so-noi-vu, password_file: so-noi-vu}]}
    systems:
      - name: cong-dan
        title: Công dân
        auth: {basic: [{username: cong-dan, password_file: cong-dan}]}
        approvals:
          - {service: dancu.tra-cuu, fields: [HoVaTen], quota: 100000, `+terms+`}
          - {service: dancu.xac-thuc, fields: [TonTai], quota: 100000, `+terms+`}
`)
	const service = "  - {name: dancu.cap-nhat, upstream: dancu}\n"
	s.replace(t, service, service+"  - {name: dancu.tra-cuu, upstream: dancu}\n  - {name: dancu.xac-thuc, upstream: dancu}\n")
	const operation = "CapNhatThongTinCongDan: {path: /dancu/1.0/CapNhatThongTinCongDan}"
	s.replace(t, operation, operation+", TraCuuThongTinCongDan: {path: /dancu/1.0/TraCuuThongTinCongDan}, XacThucThongTinCongDan: {path: /dancu/1.0/XacThucThongTinCongDan}")
	s.replace(t, "queue:\n", "log: {level: debug}\nlookups: {timeout: 5s, concurrency: 32, per_department: 16}\nqueue:\n")
	return s
}

// terms are those that all approvals share.
const terms = `purposes: [{code: "1.004222", title: Đăng ký thường trú}], from: 2026-01-01, until: 2099-12-31, number: 00/THU, date: 2026-01-01`

func askersPasswords() map[string]string {
	return map[string]string{"mot-cua": "mat-khau-thu-nghiem-1", "thue": "mat-khau-thu-nghiem-2", "cong-dan": "mat-khau-thu-nghiem-3", "so-noi-vu": "mat-khau-thu-nghiem-4"}
}

// asker is a system of a department that looks citizens up.
type asker struct {
	s              *site
	user, password string
	client         *http.Client
}

func (s *site) asker(t testing.TB, user string) *asker {
	t.Helper()
	password, ok := askersPasswords()[user]
	if user == "thu" { // the department as a whole
		password, ok = s.password, true
	}
	if !ok {
		t.Fatalf("there is no user %s", user)
	}
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	t.Cleanup(client.CloseIdleConnections)
	return &asker{s, user, password, client}
}

// question is what is asked about somebody.
type question struct {
	service                         string // dancu.tra-cuu
	procedure, officer, number, old string
	name, birth                     string
}

// theOfficer asks in every question that names no other.
const theOfficer = "079080000009"

// about asks for somebody as the population knows them.
func about(p sandbox.Person) question {
	q := question{service: "dancu.tra-cuu", procedure: "1.004222", officer: theOfficer, number: p.SoDinhDanh, name: wholeName(p.Ho, p.ChuDem, p.Ten), birth: p.NgaySinh}
	if day, err := time.Parse(time.DateOnly, p.NgaySinh); err == nil {
		q.birth = day.Format("02/01/2006")
	}
	return q
}

func wholeName(parts ...string) string {
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

func (q question) envelope() []byte {
	root := map[string]string{"dancu.tra-cuu": "TraCuuCongDan", "dancu.xac-thuc": "XacThucCongDan"}[q.service]
	element := func(name, text string) string {
		if text == "" {
			return ""
		}
		return "<" + name + ">" + string(strictxml.EscapeText(nil, text)) + "</" + name + ">"
	}
	return fmt.Appendf(nil, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><%[1]s xmlns="http://motcua.vidu.gov.vn/dancu">%s<CanBo>%s</CanBo><CongDan>%s%s%s%s</CongDan></%[1]s></s:Body></s:Envelope>`,
		root, element("MaThuTuc", q.procedure), element("SoDinhDanh", q.officer), element("SoDinhDanh", q.number), element("SoCMND", q.old), element("HoTen", q.name), element("NgaySinh", q.birth))
}

// told is what a system was told.
type told struct {
	status     int
	retryAfter int    // seconds, 0 = none
	code       string // of the Fault, without its class; "" = an answer
	class      string // Client or Server
	sentence   string
	again      bool              // CoTheGuiLai
	fields     map[string]string // of the answer, by path, those that hold something
	text       string            // all of it
	took       time.Duration
}

// ask asks, and reads the answer.
func (a *asker) ask(ctx context.Context, q question) (told, error) {
	return a.send(ctx, q.service, q.envelope())
}

func (a *asker) send(ctx context.Context, service string, body []byte) (told, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+a.s.addr+"/soap/"+service, bytes.NewReader(body))
	if err != nil {
		return told{}, err
	}
	req.SetBasicAuth(a.user, a.password)
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	began := time.Now()
	resp, err := a.client.Do(req)
	if err != nil {
		return told{}, err
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return told{}, err
	}
	got := told{status: resp.StatusCode, text: string(text), took: time.Since(began), fields: map[string]string{}}
	if after := resp.Header.Get("Retry-After"); after != "" {
		if got.retryAfter, err = strconv.Atoi(after); err != nil {
			return told{}, err
		}
	}
	doc, err := strictxml.Parse(text, strictxml.Limits{})
	if err != nil {
		return told{}, fmt.Errorf("%s: %w", resp.Status, err)
	}
	if fault := doc.FindElement("./Envelope/Body/Fault"); fault != nil {
		got.class, got.code, _ = strings.Cut(strings.TrimPrefix(fault.FindElement("faultcode").Text(), "soap:"), ".")
		got.sentence = fault.FindElement("faultstring").Text()
		if again := fault.FindElement("detail/Loi/CoTheGuiLai"); again != nil {
			got.again = again.Text() == "true"
		}
		return got, nil
	}
	for _, e := range doc.FindElements("./Envelope/Body/*") {
		leavesOf(e, "", got.fields)
	}
	return got, nil
}

// leavesOf collects the texts below e by their paths; CongDan is left out of them.
func leavesOf(e *etree.Element, path string, into map[string]string) {
	for _, kid := range e.ChildElements() {
		at := path + kid.Tag
		if kid.Tag == "CongDan" {
			at = path
		}
		if len(kid.ChildElements()) > 0 {
			leavesOf(kid, strings.TrimPrefix(at+"/", "/"), into)
		} else if kid.Text() != "" {
			into[at] = kid.Text()
		}
	}
}

// mustAsk asks, and fails the test when nothing comes back.
func (a *asker) mustAsk(t testing.TB, q question) told {
	t.Helper()
	got, err := a.ask(t.Context(), q)
	if err != nil {
		t.Fatalf("the daemon does not answer: %v", err)
	}
	return got
}

// refuses checks that a question was refused with a code, and that nothing of
// the person came back.
func (got told) refuses(t testing.TB, code string, p sandbox.Person) {
	t.Helper()
	if got.code != code || len(got.fields) > 0 {
		t.Errorf("got %s %q with %d fields, want a Fault %s", got.code, got.sentence, len(got.fields), code)
	}
	for _, mark := range marksOf(p) {
		if strings.Contains(got.text, mark) {
			t.Errorf("the Fault %s holds something of the citizen: %s", got.code, got.text)
		}
	}
}

// marksOf is everything of somebody that must not rest anywhere, in every form
// that a question or an answer has it.
func marksOf(p sandbox.Person) []string {
	var marks []string
	add := func(all ...string) {
		for _, m := range all {
			if m != "" {
				marks = append(marks, m)
				if up := strings.ToUpper(m); up != m {
					marks = append(marks, up)
				}
			}
		}
	}
	add(p.SoDinhDanh, p.SoCMND, wholeName(p.Ho, p.ChuDem, p.Ten), plainName(p.Ho, p.ChuDem, p.Ten), p.ThuongTru.ChiTiet, p.NoiOHienTai.ChiTiet, p.QueQuan.ChiTiet, p.SoSoHoKhau)
	for _, kin := range []sandbox.Relative{p.Cha, p.Me, p.VoChong, p.ChuHo} {
		add(kin.SoDinhDanh, kin.SoCMND, wholeName(kin.Ho, kin.ChuDem, kin.Ten))
	}
	if day, err := time.Parse(time.DateOnly, p.NgaySinh); err == nil {
		add(p.NgaySinh, day.Format("02/01/2006"), day.Format("20060102"))
	}
	return marks
}

// somebody is one of the sandbox's people of whom everything is known.
func somebody(t testing.TB, box *sandbox.Server) sandbox.Person {
	t.Helper()
	for _, p := range box.People() {
		if len(p.NgaySinh) == len(time.DateOnly) && p.SoCMND != "" && p.Cha.SoDinhDanh != "" && p.VoChong.SoDinhDanh != "" && p.ThuongTru.ChiTiet != "" {
			return p
		}
	}
	t.Fatal("the sandbox knows nobody with a family")
	return sandbox.Person{}
}

// asked is the look-ups on record, oldest first.
func (s *site) asked(t testing.TB) []audit.Entry {
	t.Helper()
	r := command(t, "audit", "export", "--config", s.config)
	if r.code != exitOK {
		t.Fatalf("audit export ended with %d: %s", r.code, r.err)
	}
	var found []audit.Entry
	for _, line := range strings.Split(strings.TrimSpace(r.out), "\n")[1:] {
		var l struct{ Entry audit.Entry }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		if l.Entry.Event == audit.Asked {
			found = append(found, l.Entry)
		}
	}
	return found
}
