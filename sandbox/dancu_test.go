package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/strictxml"
)

const knownID = "079190000002"

// ketQua sends an update and returns TrangThai, MaLoi and MoTaLoi of its answer.
func (p *platform) ketQua(body string) (state, code, text string) {
	p.t.Helper()
	r := p.must(http.MethodPost, dancuPath, body, p.dancuHeader())
	doc, err := strictxml.Parse([]byte(r.body), strictxml.Limits{})
	if err != nil || r.status != http.StatusOK {
		p.t.Fatalf("not an answer of the population database: %d %s", r.status, r.body)
	}
	result := doc.FindElement("/Envelope/Body/CapNhatThongTinCongDanResponse/KetQua")
	if result == nil || result.NamespaceURI() != congdanNamespace {
		p.t.Fatalf("no KetQua: %s", r.body)
	}
	return childText(result, "TrangThai"), childText(result, "MaLoi"), childText(result, "MoTaLoi")
}

func TestAnUpdateThatFollowsTheStandardIsTaken(t *testing.T) {
	clk := newClock()
	p := logged(t, func(o *Options) { o.Now = clk.now })
	r := p.must(http.MethodPost, dancuPath, citizenUpdate("ma-1", knownID), p.dancuHeader())
	want := `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
		`<CapNhatThongTinCongDanResponse xmlns="http://www.mic.gov.vn/dancu/1.0"><KetQua><MaYeuCau>ma-1</MaYeuCau><TrangThai>1</TrangThai>` +
		`<MaLoi></MaLoi><MoTaLoi></MoTaLoi><ThoiDiem>2026-03-02T08:00:00Z</ThoiDiem></KetQua></CapNhatThongTinCongDanResponse></soapenv:Body></soapenv:Envelope>`
	if r.status != http.StatusOK || r.body != want || r.header.Get("Content-Type") != xmlType {
		t.Errorf("got %d %s\n%s", r.status, r.header.Get("Content-Type"), r.body)
	}
	for name, edit := range map[string]func(string) string{
		"text/xml":          func(s string) string { return s },
		"no header element": func(s string) string { return strings.Replace(s, "<soapenv:Header/>", "", 1) },
		"only the year":     swap("<dc:NgayThangNam>1990-01-01</dc:NgayThangNam>", "<dc:Nam>1990</dc:Nam>"),
		"old number only":   swap("<dc:SoDinhDanh>"+knownID+"</dc:SoDinhDanh><dc:SoCMND/>", "<dc:SoCMND>012345678</dc:SoCMND>"),
	} {
		h := p.dancuHeader()
		h["Content-Type"] = "text/xml; charset=utf-8"
		if r := p.must(http.MethodPost, dancuPath, edit(citizenUpdate(name, knownID)), h); !strings.Contains(r.body, "<TrangThai>1<") {
			t.Errorf("%s: %s", name, r.body)
		}
	}
}

func swap(old, new string) func(string) string {
	return func(s string) string {
		if !strings.Contains(s, old) {
			panic("the fixture has no " + old)
		}
		return strings.Replace(s, old, new, 1)
	}
}

func TestAnUpdateThatBreaksOneRuleIsRefusedForIt(t *testing.T) {
	p := logged(t, nil)
	long := func(name string, n int) func(string) string {
		return func(s string) string {
			start := strings.Index(s, "<dan:"+name+">") + len(name) + 6
			return s[:start] + strings.Repeat("7", n+1) + s[start+strings.Index(s[start:], "<"):]
		}
	}
	const person, top = "CongdanCollection/CongDan", "CongdanCollection"
	for _, c := range []struct {
		name, field, code string
		edit              func(string) string
	}{
		{"request code too long", "MaYeuCau", codeLength, long("MaYeuCau", 40)},
		{"procedure too long", "MaDVC", codeLength, long("MaDVC", 20)},
		{"service too long", "MaTichHop", codeLength, long("MaTichHop", 20)},
		{"officer too long", "MaCanBo", codeLength, long("MaCanBo", 20)},
		{"unit too long", "MaDonVi", codeLength, long("MaDonVi", 35)},
		{"service not digits", "MaTichHop", codeFormat, swap(">037<", ">03a<")},
		{"unit empty", "MaDonVi", codeMissing, swap(">H29.11<", "> <")},
		{"unit absent", "MaDonVi", codeMissing, swap("<dan:MaDonVi>H29.11</dan:MaDonVi>", "")},
		{"officer absent", "MaCanBo", codeMissing, swap("<dan:MaCanBo>CB001</dan:MaCanBo>", "")},
		{"order", "MaTichHop", codeOrder, swap("<dan:MaTichHop>037</dan:MaTichHop><dan:MaCanBo>CB001</dan:MaCanBo>", "<dan:MaCanBo>CB001</dan:MaCanBo><dan:MaTichHop>037</dan:MaTichHop>")},
		{"twice", "MaDVC", codeRepeated, swap("<dan:MaDVC>1.004222</dan:MaDVC>", "<dan:MaDVC>1</dan:MaDVC><dan:MaDVC>1</dan:MaDVC>")},
		{"unknown", "TaiKhoan", codeUnknown, swap("<dc:CongdanCollection", "<dan:TaiKhoan>a</dan:TaiKhoan><dc:CongdanCollection")},
		{"namespace", "MaDVC", codeNamespace, swap("<dan:MaDVC>1.004222</dan:MaDVC>", "<MaDVC>1.004222</MaDVC>")},
		{"text between", dancuOperation, codeFormat, swap("<dan:MaDVC>", "x<dan:MaDVC>")},
		{"element in text", "MaDVC", codeFormat, swap(">1.004222<", "><dan:a/><")},
		{"collection namespace", top, codeNamespace, swap("http://www.mic.gov.vn/dancu/1.0", "http://www.mic.gov.vn/dancu/2.0")},
		{"collection empty", person, codeMissing, func(s string) string {
			return s[:strings.Index(s, "<dc:CongDan>")] + s[strings.Index(s, "</dc:CongDan>")+len("</dc:CongDan>"):]
		}},
		{"number of persons", top + "/@SoCongDan", codeConflict, swap(`SoCongDan="1"`, `SoCongDan="2"`)},
		{"number not a number", top + "/@SoCongDan", codeFormat, swap(`SoCongDan="1"`, `SoCongDan="một"`)},
		{"moment", top + "/@ThoiDiemDuLieu", codeFormat, swap("2026-03-02T08", "02/03/2026 08")},
		{"remark", top + "/@GhiChu", codeLength, swap(`GhiChu=""`, `GhiChu="`+strings.Repeat("x", 1001)+`"`)},
		{"attribute", top + "/@khac", codeUnknown, swap(` id="1"`, ` khac="1"`)},
		{"qualified attribute", top + "/@id", codeUnknown, swap(` id="1"`, ` dc:id="1"`)},
		{"no number", person + "/SoDinhDanh", codeMissing, swap("<dc:SoDinhDanh>"+knownID+"</dc:SoDinhDanh>", "")},
		{"short number", person + "/SoDinhDanh", codeFormat, swap(knownID, "07919000000")},
		{"long number", person + "/SoDinhDanh", codeLength, swap(knownID, "0791900000021")},
		{"old number", person + "/SoCMND", codeFormat, swap("<dc:SoCMND/>", "<dc:SoCMND>1</dc:SoCMND>")},
		{"no name", person + "/HoVaTen", codeMissing, swap("<dc:HoVaTen><dc:Ho>Nguyễn</dc:Ho><dc:ChuDem>Thị</dc:ChuDem><dc:Ten>Mẫu</dc:Ten></dc:HoVaTen>", "")},
		{"no given name", person + "/HoVaTen/Ten", codeMissing, swap("<dc:Ten>Mẫu</dc:Ten>", "<dc:Ten/>")},
		{"name order", person + "/HoVaTen/Ho", codeOrder, swap("<dc:Ho>Nguyễn</dc:Ho><dc:ChuDem>Thị</dc:ChuDem>", "<dc:ChuDem>Thị</dc:ChuDem><dc:Ho>Nguyễn</dc:Ho>")},
		{"sex", person + "/GioiTinh", codeCatalog, swap("<dc:GioiTinh>2<", "<dc:GioiTinh>Nữ<")},
		{"people as text", person + "/DanToc", codeFormat, swap("<dc:MaDanToc>01</dc:MaDanToc>", "01")},
		{"people code", person + "/DanToc/MaDanToc", codeCatalog, swap("<dc:MaDanToc>01<", "<dc:MaDanToc>77<")},
		{"religion", person + "/TonGiao/MaTonGiao", codeFormat, swap("<dc:MaTonGiao>00<", "<dc:MaTonGiao>0<")},
		{"married", person + "/TinhTrangHonNhan", codeCatalog, swap("<dc:TinhTrangHonNhan>1<", "<dc:TinhTrangHonNhan>9<")},
		{"blood", person + "/NhomMau", codeCatalog, swap("<dc:NhomMau>00<", "<dc:NhomMau>O<")},
		{"birthday form", person + "/NgayThangNamSinh/NgayThangNam", codeFormat, swap("1990-01-01", "19900101")},
		{"both birthdays", person + "/NgayThangNamSinh", codeConflict, swap("</dc:NgayThangNam>", "</dc:NgayThangNam><dc:Nam>1990</dc:Nam>")},
		{"no birthday", person + "/NgayThangNamSinh", codeMissing, swap("<dc:NgayThangNam>1990-01-01</dc:NgayThangNam>", "")},
		{"order of fields", person + "/GioiTinh", codeOrder, func(s string) string {
			s = strings.Replace(s, "<dc:GioiTinh>2</dc:GioiTinh>", "", 1)
			return strings.Replace(s, "</dc:DanToc>", "</dc:DanToc><dc:GioiTinh>2</dc:GioiTinh>", 1)
		}},
		{"three unit codes", person + "/ThuongTru/MaTinhThanh", codeUnknown, swap("<dc:MaDonViHanhChinh>26734</dc:MaDonViHanhChinh>", "<dc:MaTinhThanh>79</dc:MaTinhThanh>")},
		{"unit code", person + "/ThuongTru/MaDonViHanhChinh", codeFormat, swap("<dc:MaDonViHanhChinh>26734<", "<dc:MaDonViHanhChinh>2673<")},
		{"country", person + "/ThuongTru/QuocGia", codeFormat, swap("<dc:QuocGia>VN<", "<dc:QuocGia>vn<")},
		{"father without name", person + "/Cha/HoVaTen", codeMissing, swap("<dc:HoVaTen><dc:Ho>Nguyễn</dc:Ho><dc:ChuDem>Văn</dc:ChuDem><dc:Ten>Thử</dc:Ten></dc:HoVaTen></dc:Cha>", "</dc:Cha>")},
	} {
		state, code, text := p.ketQua(c.edit(citizenUpdate("a", knownID)))
		if want := (finding{c.field, c.code}).sentence(); state != "0" || code != c.code || !strings.HasPrefix(text, want) {
			t.Errorf("%s: got %s %s %q, want %s %q", c.name, state, code, text, c.code, want)
		}
	}
	if n := p.Stats().Effects; n != 0 {
		t.Errorf("%d refused updates took effect", n)
	}
}

func TestARequestThatIsNoCallGetsASOAPFault(t *testing.T) {
	p := logged(t, nil)
	for name, c := range map[string]struct {
		code, want string
		edit       func(string) string
	}{
		"not xml":       {"Client", codeSyntax, func(string) string { return "{}" }},
		"doctype":       {"Client", codeSyntax, func(s string) string { return "<!DOCTYPE a>" + s }},
		"soap 1.2":      {"VersionMismatch", codeNamespace, swap("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")},
		"no soap":       {"Client", codeNamespace, swap("http://schemas.xmlsoap.org/soap/envelope/", "urn:khac")},
		"bare payload":  {"Client", codeMissing, func(string) string { return `<dan:CapNhatThongTinCongDan xmlns:dan="http://dancuquocgia.bca"/>` }},
		"no body":       {"Client", codeMissing, func(string) string { return `<s:Envelope xmlns:s="` + soapNamespace + `"><s:Header/></s:Envelope>` }},
		"empty body":    {"Client", codeMissing, func(string) string { return `<s:Envelope xmlns:s="` + soapNamespace + `"><s:Body/></s:Envelope>` }},
		"two calls":     {"Client", codeMissing, swap("</soapenv:Body>", "<a/></soapenv:Body>")},
		"operation":     {"Client", codeMissing, func(s string) string { return strings.ReplaceAll(s, "dan:CapNhatThongTinCongDan", "dan:Khac") }},
		"its namespace": {"Client", codeNamespace, swap("http://dancuquocgia.bca", "http://gtel.vn/qldc")},
	} {
		r := p.must(http.MethodPost, dancuPath, c.edit(citizenUpdate("a", knownID)), p.dancuHeader())
		doc, err := strictxml.Parse([]byte(r.body), strictxml.Limits{})
		if err != nil || r.status != http.StatusInternalServerError {
			t.Errorf("%s: got %d %s", name, r.status, r.body)
			continue
		}
		fault := doc.FindElement("/Envelope/Body/Fault")
		if got := childText(fault, "faultcode"); got != "soapenv:"+c.code || childText(fault, "detail", "MaLoi") != c.want {
			t.Errorf("%s: got %s", name, r.body)
		}
	}
}

func TestOnlyXMLIsTakenByThePopulationDatabase(t *testing.T) {
	p := logged(t, nil)
	h := p.dancuHeader()
	h["Content-Type"] = "application/json"
	if r := p.must(http.MethodPost, dancuPath, citizenUpdate("a", knownID), h); r.status != http.StatusUnsupportedMediaType {
		t.Errorf("got %d", r.status)
	}
}

func TestTheIdempotencyKeyOfAnUpdateIsItsRequestCode(t *testing.T) {
	p := logged(t, nil)
	h := p.dancuHeader()
	h["Idempotency-Key"] = "b"
	if r := p.must(http.MethodPost, dancuPath, citizenUpdate("a", knownID), h); !strings.Contains(r.body, "<MaLoi>conflict<") {
		t.Error(r.body)
	}
	h["Idempotency-Key"] = "a"
	if r := p.must(http.MethodPost, dancuPath, citizenUpdate("a", knownID), h); !strings.Contains(r.body, "<TrangThai>1<") {
		t.Error(r.body)
	}
}

func TestTheHeadersOfTheSecurityServerAreDemandedWhenConfigured(t *testing.T) {
	p := logged(t, func(o *Options) { o.Dancu = Access{XRoadClient: "VN/GOV/H29/LGSP", APIKey: "khoa"} })
	for _, c := range []struct {
		client, key string
		want        int
	}{
		{"VN/GOV/H29/LGSP", "khoa", 200}, {"VN/GOV/H30/LGSP", "khoa", 401}, {"", "khoa", 401}, {"VN/GOV/H29/LGSP", "", 401},
	} {
		h := p.dancuHeader()
		h["X-Road-Client"], h["ApiKey"] = c.client, c.key
		if r := p.must(http.MethodPost, dancuPath, citizenUpdate(c.client+c.key, knownID), h); r.status != c.want {
			t.Errorf("%q %q: got %d", c.client, c.key, r.status)
		}
	}
}

func TestTheHashOfThePopulationDatabaseIsChecked(t *testing.T) {
	clk := newClock()
	account := C06{Username: "h29", SecretKey: "bi-mat", ServiceURL: "http://dancu.vidu/CapNhat"}
	p := start(t, func(o *Options) { o.Now, o.Dancu.C06 = clk.now, &account })
	send := func(at time.Time, edit func(*C06)) int {
		a := account
		edit(&a)
		stamp := strconv.FormatInt(at.UnixMilli(), 10)
		sum := sha256.Sum256([]byte(a.ServiceURL + a.Username + stamp + a.SecretKey))
		h := p.dancuHeader()
		h["Timestamp"], h["Authorization"] = stamp, basic(a.Username, hex.EncodeToString(sum[:]))
		return p.must(http.MethodPost, dancuPath, citizenUpdate("a", knownID), h).status
	}
	now := clk.now()
	for name, c := range map[string]struct {
		at   time.Time
		edit func(*C06)
		want int
	}{
		"right":     {now, func(*C06) {}, 200},
		"secret":    {now, func(a *C06) { a.SecretKey = "khac" }, 401},
		"user":      {now, func(a *C06) { a.Username = "khac" }, 401},
		"url":       {now, func(a *C06) { a.ServiceURL = "khac" }, 401},
		"still new": {now.Add(-5 * time.Minute), func(*C06) {}, 200},
		"old":       {now.Add(-5*time.Minute - time.Millisecond), func(*C06) {}, 401},
		"future":    {now.Add(5*time.Minute + time.Millisecond), func(*C06) {}, 401},
	} {
		if got := send(c.at, c.edit); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
	stamp := strconv.FormatInt(now.UnixMilli(), 10)
	sum := sha256.Sum256([]byte(account.ServiceURL + account.Username + stamp + account.SecretKey))
	h := p.dancuHeader()
	h["Timestamp"], h["Authorization"] = stamp, basic("khac", hex.EncodeToString(sum[:]))
	if r := p.must(http.MethodPost, dancuPath, citizenUpdate("a", knownID), h); r.status != 401 {
		t.Errorf("somebody else's name before the right hash: got %d", r.status)
	}
	if r := p.must(http.MethodPost, dancuPath, citizenUpdate("a", knownID), map[string]string{"Content-Type": "application/xml"}); r.status != 401 {
		t.Errorf("no headers: got %d", r.status)
	}
}

func TestAnswersComeInTheShapeThatIsSet(t *testing.T) {
	for shape, wants := range map[Shape][3]string{
		AsSOAP: {"<TrangThai>1</TrangThai>", "<TrangThai>0</TrangThai>", "<faultcode>soapenv:Client</faultcode>"},
		InJSON: {"<TrangThai>1</TrangThai>", "<TrangThai>0</TrangThai>", "<faultcode>soapenv:Client</faultcode>"},
		AsJSON: {`"TrangThai":"1"`, `"TrangThai":"0"`, `"faultcode":"soapenv:Client"`},
	} {
		p := logged(t, func(o *Options) { o.Shape = shape })
		for i, body := range []string{citizenUpdate("a", knownID), citizenUpdate("a", knownID), "<a/>"} {
			r := p.must(http.MethodPost, dancuPath, body, p.dancuHeader())
			got := r.body
			if shape == InJSON {
				var out struct {
					Code    string `json:"error_code"`
					Message string `json:"message"`
				}
				if err := json.Unmarshal([]byte(r.body), &out); err != nil || out.Code != "0" {
					t.Fatalf("shape %d: %s", shape, r.body)
				}
				got = out.Message
			}
			if !strings.Contains(got, wants[i]) || (shape == AsSOAP) != strings.Contains(r.header.Get("Content-Type"), "xml") {
				t.Errorf("shape %d, answer %d: got %s %s", shape, i, r.header.Get("Content-Type"), r.body)
			}
			if shape != AsSOAP && !json.Valid([]byte(r.body)) {
				t.Errorf("shape %d, answer %d is not json", shape, i)
			}
		}
	}
}

func TestTheSameSeedInventsTheSamePeople(t *testing.T) {
	a, b, c := newPeople(1, inventedPeople), newPeople(1, inventedPeople), newPeople(2, inventedPeople)
	if len(a.by) < 200 || fmt.Sprint(a.by) != fmt.Sprint(b.by) || fmt.Sprint(a.by) == fmt.Sprint(c.by) {
		t.Errorf("%d people", len(a.by))
	}
	for id, one := range a.by {
		if id != one.id() || !onlyDigits(id) || len(id) != 12 || !isTime("2006-01-02", one.NgaySinh) {
			t.Errorf("%+v", one)
		}
		woman := id[3] == '1' || id[3] == '3'
		if woman != (one.GioiTinh == "2") || id[4:6] != one.NgaySinh[2:4] || (id[3] >= '2') != (one.NgaySinh >= "2000") {
			t.Errorf("the id does not tell sex and year: %+v", one)
		}
	}
}

func TestAnUpdateChangesThePopulation(t *testing.T) {
	clk := newClock()
	p := logged(t, func(o *Options) { o.Now = clk.now })
	before := p.People()[0]
	p.ketQua(citizenUpdate("a", before.SoDinhDanh))
	after, _ := p.Person(before.SoDinhDanh)
	if after.Ten != "Mẫu" || after.NgaySinh != "1990-01-01" || after.ThuongTru.MaDonViHanhChinh != "26734" || after.Updates != 1 || !after.Updated.Equal(clk.now()) {
		t.Errorf("got %+v", after)
	}
	if after.NoiOHienTai != before.NoiOHienTai {
		t.Error("what the update did not say was changed")
	}
	p.ketQua(citizenUpdate("a", before.SoDinhDanh))
	if again, _ := p.Person(before.SoDinhDanh); again.Updates != 1 {
		t.Error("a duplicate updated the person again")
	}
}

func TestAStrangerIsAddedOrRefused(t *testing.T) {
	const stranger = "999999999999"
	open := logged(t, nil)
	if state, _, _ := open.ketQua(citizenUpdate("a", stranger)); state != "1" {
		t.Error("a stranger was refused")
	}
	if _, ok := open.Person(stranger); !ok {
		t.Error("a stranger was not added")
	}
	closed := logged(t, func(o *Options) { o.KnownOnly = true })
	if _, code, text := closed.ketQua(citizenUpdate("a", stranger)); code != codePerson || strings.Contains(text, stranger) {
		t.Errorf("got %s %s", code, text)
	}
	if state, _, _ := closed.ketQua(citizenUpdate("a", closed.People()[3].SoDinhDanh)); state != "1" {
		t.Error("somebody known was refused")
	}
}

func TestThePopulationStopsGrowing(t *testing.T) {
	p := newPeople(1, inventedPeople)
	for i := range maxPeople + 10 {
		p.apply([]Person{{SoDinhDanh: fmt.Sprintf("8%011d", i), Ten: "Thử"}}, time.Time{})
	}
	if len(p.by) != maxPeople {
		t.Errorf("%d people, want %d", len(p.by), maxPeople)
	}
}

func TestALaxPopulationDatabaseCountsOnly(t *testing.T) {
	p := logged(t, func(o *Options) { o.Lax = true })
	body := "<a><MaYeuCau> a </MaYeuCau><x:SoDinhDanh>1</x:SoDinhDanh>"
	if state, _, _ := p.ketQua(body); state != "1" {
		t.Error("refused")
	}
	if _, code, _ := p.ketQua(body); code != codeDuplicate {
		t.Errorf("the second of a code: got %q", code)
	}
	if _, code, _ := p.ketQua("<a/>"); code != codeMissing {
		t.Errorf("no code: got %q", code)
	}
}
