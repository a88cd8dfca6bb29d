package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testKey    = "khoa-thu"
	testSecret = "bi-mat-thu"
)

// stillClock is a time that stands still until a test moves it.
type stillClock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *stillClock { return &stillClock{t: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)} }

func (c *stillClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *stillClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// platform is a sandbox behind a listener and a client of it.
type platform struct {
	*Server
	t      *testing.T
	url    string
	token  string
	client *http.Client
}

// start starts a sandbox; edit may change its options.
func start(t *testing.T, edit func(*Options)) *platform {
	t.Helper()
	o := Options{Clients: map[string]Client{testKey: {Secret: testSecret}}, Seed: 7}
	if edit != nil {
		edit(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	client := srv.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &platform{Server: s, t: t, url: srv.URL, client: client}
}

// logged returns a started sandbox with a token in hand.
func logged(t *testing.T, edit func(*Options)) *platform {
	t.Helper()
	p := start(t, edit)
	p.token = p.newToken()
	return p
}

type reply struct {
	status int
	header http.Header
	body   string
}

// do sends a request; the error is that of the exchange or of reading the answer.
func (p *platform) do(method, path, body string, header map[string]string) (reply, error) {
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(b)}, err
}

func (p *platform) must(method, path, body string, header map[string]string) reply {
	p.t.Helper()
	r, err := p.do(method, path, body, header)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func (p *platform) askToken(header map[string]string) reply {
	p.t.Helper()
	h := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Authorization": basic(testKey, testSecret)}
	maps.Copy(h, header)
	return p.must(http.MethodPost, tokenPath, url.Values{"grant_type": {"client_credentials"}}.Encode(), h)
}

func (p *platform) newToken() string {
	p.t.Helper()
	r := p.askToken(nil)
	var out struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(r.body), &out); err != nil || out.Token == "" {
		p.t.Fatalf("no token: %d %s", r.status, r.body)
	}
	return out.Token
}

func (p *platform) hotichHeader(code string) map[string]string {
	return map[string]string{"Authorization": "Bearer " + p.token, "Content-Type": "application/json", "Idempotency-Key": code, "MaYeuCau": code}
}

func (p *platform) dancuHeader() map[string]string {
	return map[string]string{"Authorization": "Bearer " + p.token, "Content-Type": "application/xml", "SOAPAction": `""`}
}

// register sends a civil status request and returns its status and errorCode.
func (p *platform) register(code, body string) (status, errorCode, description string) {
	p.t.Helper()
	return p.registration(p.must(http.MethodPost, hotichPath, body, p.hotichHeader(code)))
}

func (p *platform) registration(r reply) (status, errorCode, description string) {
	p.t.Helper()
	var out struct{ Status, StatusDescription, ErrorCode, ErrorDescription string }
	if err := json.Unmarshal([]byte(r.body), &out); err != nil || r.status != http.StatusOK {
		p.t.Fatalf("not an answer about a dossier: %d %s", r.status, r.body)
	}
	return out.Status, out.ErrorCode, out.ErrorDescription
}

// object is a JSON object under construction.
type object = map[string]any

// sample returns a value that a rule allows.
func sample(r rule) any {
	switch {
	case r.parts != nil:
		return sampleOf(r.parts)
	case r.items != nil:
		return []any{sampleOf(r.items)}
	case r.form == oneOf:
		return r.codes[len(r.codes)-1]
	case r.form == exact:
		return strings.Repeat("7", r.max)
	}
	return map[form]string{
		anyText: "Thử", isoDate: "2026-03-01", date: "01/03/2026", birthDate: "1990", clock: "08:30",
		number: "2", phone: "0900000000", email: "thu@vidu.vn", file: "dGjhu60=", country: "VN", cardNumber: "TE1797921000124",
	}[r.form]
}

// sampleOf returns an object that the rules of its members allow.
func sampleOf(rules []rule) object {
	out := object{}
	for _, r := range rules {
		out[r.name] = sample(r)
	}
	return out
}

// hoTich returns the members of a registration with every field filled.
func hoTich(module string) object {
	out := sampleOf(newFieldLists().modules[module])
	if module == "LTKH" {
		out["chongSoDDCN"], out["voSoDDCN"] = "079090000001", "079190000002"
	}
	return out
}

// registrationOf returns the request body for these members.
func registrationOf(module string, members object) object {
	data, err := json.Marshal(object{"hoTich": members})
	if err != nil {
		panic(err) // the test built it
	}
	return object{
		"maDonVi": "26734", "module": module, "maHoSoLT": "G22.99.99-260302-0001", "maHoSoMCDT": "H29.11-260302-0001",
		"ngayTiepNhan": "2026-03-02", "data": string(data), "fileDinhKem": []any{},
	}
}

func textOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the test built it
	}
	return string(b)
}

func birth() string { return textOf(registrationOf("LTKS", hoTich("LTKS"))) }

// citizenUpdate is a whole request to the population database.
func citizenUpdate(code, id string) string {
	return `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header/><soapenv:Body>` +
		`<dan:CapNhatThongTinCongDan xmlns:dan="http://dancuquocgia.bca"><dan:MaYeuCau>` + code + `</dan:MaYeuCau><dan:MaDVC>1.004222</dan:MaDVC>` +
		`<dan:MaTichHop>037</dan:MaTichHop><dan:MaCanBo>CB001</dan:MaCanBo><dan:MaDonVi>H29.11</dan:MaDonVi>` +
		`<dc:CongdanCollection xmlns:dc="http://www.mic.gov.vn/dancu/1.0" GhiChu="" ThoiDiemDuLieu="2026-03-02T08:00:00" SoCongDan="1" id="1"><dc:CongDan>` +
		`<dc:SoDinhDanh>` + id + `</dc:SoDinhDanh><dc:SoCMND/><dc:HoVaTen><dc:Ho>Nguyễn</dc:Ho><dc:ChuDem>Thị</dc:ChuDem><dc:Ten>Mẫu</dc:Ten></dc:HoVaTen>` +
		`<dc:GioiTinh>2</dc:GioiTinh><dc:DanToc><dc:MaDanToc>01</dc:MaDanToc></dc:DanToc><dc:TonGiao><dc:MaTonGiao>00</dc:MaTonGiao></dc:TonGiao>` +
		`<dc:TinhTrangHonNhan>1</dc:TinhTrangHonNhan><dc:NhomMau>00</dc:NhomMau>` +
		`<dc:NgayThangNamSinh><dc:NgayThangNam>1990-01-01</dc:NgayThangNam></dc:NgayThangNamSinh>` +
		`<dc:ThuongTru><dc:MaDonViHanhChinh>26734</dc:MaDonViHanhChinh><dc:ChiTiet>Số 1 phố Thử Nghiệm</dc:ChiTiet><dc:QuocGia>VN</dc:QuocGia></dc:ThuongTru>` +
		`<dc:Cha><dc:SoDinhDanh>079065000001</dc:SoDinhDanh><dc:QuocTich>VN</dc:QuocTich><dc:HoVaTen><dc:Ho>Nguyễn</dc:Ho><dc:ChuDem>Văn</dc:ChuDem><dc:Ten>Thử</dc:Ten></dc:HoVaTen></dc:Cha>` +
		`</dc:CongDan></dc:CongdanCollection></dan:CapNhatThongTinCongDan></soapenv:Body></soapenv:Envelope>`
}

// dossierOf returns a request with every field filled.
func dossierOf(f dossierForm) object { return packed(f, contentOf(f)) }

// contentOf returns what is in the data of a dossier, every field filled.
func contentOf(f dossierForm) object {
	data := sampleOf(f.data)
	switch f.module {
	case "LTCT":
		form := data["cuTru"].(object)
		form["nguoiKhai"].(object)["soDDCN"], form["soThanhVien"] = "079084000001", 1
		form["chuHo"].(object)["soDDCN"] = "079070000012"
	case "LTMTP":
		form := data["maiTang"].(object)
		form["nguoiMat"].(object)["soDDCN"] = "079048000021"
		form["kinhPhi"] = object{"mucChuan": 500000, "soLan": 20, "hoTroThem": "1000000", "tongTien": 11000000}
		form["nguoiNhan"].([]any)[0].(object)["soTien"] = 11000000
	}
	return data
}

// packed returns a request with that data.
func packed(f dossierForm, data object) object {
	out := sampleOf(f.outer)
	out["data"] = textOf(data)
	if f.module == "LTBHYT" {
		out["soTre"] = 1
	}
	return out
}

// hand sends a dossier and returns the status, errorCode and errorDescription
// of the answer.
func (p *platform) hand(f dossierForm, code, body string) (status, errorCode, description string) {
	p.t.Helper()
	return p.registration(p.must(http.MethodPost, f.path, body, p.hotichHeader(code)))
}
