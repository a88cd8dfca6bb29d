package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

func TestALookUpThatBreaksOneRuleIsRefusedWithAFault(t *testing.T) {
	p := logged(t, nil)
	one := p.someone(func(p Person) bool { return p.SoCMND != "" })
	number := "<dan:SoDinhDanh>" + one.SoDinhDanh + "</dan:SoDinhDanh>"
	day := "<dan:NgayThangNam>" + strings.ReplaceAll(one.NgaySinh, "-", "") + "</dan:NgayThangNam>"
	cases := []struct {
		name, field, code string
		edit              func(string) string
	}{
		{"request code absent", "MaYeuCau", codeMissing, swap("<dan:MaYeuCau>a</dan:MaYeuCau>", "")},
		{"request code too long", "MaYeuCau", codeLength, swap(">a<", ">"+strings.Repeat("a", 41)+"<")},
		{"procedure absent", "MaDVC", codeMissing, swap("<dan:MaDVC>1.004222</dan:MaDVC>", "")},
		{"procedure too long", "MaDVC", codeLength, swap(">1.004222<", ">"+strings.Repeat("1", 21)+"<")},
		{"service not digits", "MaTichHop", codeFormat, swap(">037<", ">03a<")},
		{"service too long", "MaTichHop", codeLength, swap(">037<", ">"+strings.Repeat("0", 21)+"<")},
		{"officer empty", "MaCanBo", codeMissing, swap(">079190000009<", "> <")},
		{"officer too long", "MaCanBo", codeLength, swap(">079190000009<", ">"+strings.Repeat("0", 21)+"<")},
		{"unit too long", "MaDonVi", codeLength, swap(">H29.11<", ">"+strings.Repeat("H", 36)+"<")},
		{"account too long", "TaiKhoan", codeLength, swap(">canbo.thu<", ">"+strings.Repeat("c", 51)+"<")},
		{"telephone too long", "SoDienThoai", codeLength, swap("<dan:SoDienThoai>0<", "<dan:SoDienThoai>"+strings.Repeat("0", 21)+"<")},
		{"no number", "SoDinhDanh", codeMissing, swap(number, "")},
		{"both numbers", "SoCMND", codeConflict, swap(number, number+"<dan:SoCMND>"+one.SoCMND+"</dan:SoCMND>")},
		{"short number", "SoDinhDanh", codeFormat, swap(one.SoDinhDanh, one.SoDinhDanh[1:])},
		{"long number", "SoDinhDanh", codeLength, swap(one.SoDinhDanh, one.SoDinhDanh+"0")},
		{"short old number", "SoCMND", codeFormat, swap(number, "<dan:SoCMND>12345678</dan:SoCMND>")},
		{"no name", "HoVaTen", codeMissing, func(s string) string {
			return s[:strings.Index(s, "<dan:HoVaTen>")] + s[strings.Index(s, "</dan:HoVaTen>")+len("</dan:HoVaTen>"):]
		}},
		{"name too long", "HoVaTen", codeLength, swap("<dan:HoVaTen>", "<dan:HoVaTen>"+strings.Repeat("A", 100))},
		{"name in parts", "HoVaTen", codeFormat, swap("</dan:HoVaTen>", "<dan:Ten>A</dan:Ten></dan:HoVaTen>")},
		{"no birthday", "NgayThangNamSinh", codeMissing, swap("<dan:NgayThangNamSinh>"+day+"</dan:NgayThangNamSinh>", "")},
		{"empty birthday", "NgayThangNamSinh", codeMissing, swap(day, "")},
		{"two birthdays", "NgayThangNamSinh", codeConflict, swap(day, day+"<dan:Nam>1990</dan:Nam>")},
		{"birthday with hyphens", "NgayThangNamSinh/NgayThangNam", codeLength, swap(day, "<dan:NgayThangNam>1990-01-01</dan:NgayThangNam>")},
		{"no such day", "NgayThangNamSinh/NgayThangNam", codeFormat, swap(day, "<dan:NgayThangNam>19900230</dan:NgayThangNam>")},
		{"year", "NgayThangNamSinh/Nam", codeFormat, swap(day, "<dan:Nam>199</dan:Nam>")},
		{"order", "SoDinhDanh", codeOrder, func(s string) string {
			s = strings.Replace(s, number, "", 1)
			return strings.Replace(s, "<dan:NgayThangNamSinh>", number+"<dan:NgayThangNamSinh>", 1)
		}},
		{"twice", "MaDVC", codeRepeated, swap("<dan:MaDVC>1.004222</dan:MaDVC>", "<dan:MaDVC>1</dan:MaDVC><dan:MaDVC>1</dan:MaDVC>")},
		{"unknown", "Khac", codeUnknown, swap("<dan:HoVaTen>", "<dan:Khac>a</dan:Khac><dan:HoVaTen>")},
		{"namespace", "MaDVC", codeNamespace, swap("<dan:MaDVC>1.004222</dan:MaDVC>", "<MaDVC>1.004222</MaDVC>")},
	}
	for _, c := range cases {
		for _, operation := range []string{traCuu, xacThuc, xacMinh} {
			r := p.ask(operation, c.edit(lookupOf(operation, "a", one)))
			fault := inBody(t, r)
			want := (finding{c.field, c.code}).sentence()
			if r.status != http.StatusInternalServerError || fault.Tag != "Fault" || childText(fault, "faultcode") != "soapenv:Client" ||
				childText(fault, "detail", "MaLoi") != c.code || !strings.HasPrefix(childText(fault, "faultstring"), want) {
				t.Errorf("%s, %s: got %d %s, want %s", operation, c.name, r.status, r.body, want)
			}
			if strings.Contains(r.body, one.SoDinhDanh) {
				t.Errorf("%s, %s: the refusal quotes what was sent", operation, c.name)
			}
		}
	}
	st := p.Stats()
	if path := st.Paths[traCuuPath]; path.Refused != uint64(len(cases)) || path.Found+path.NotFound+path.Duplicates != 0 || st.Lookups != 0 {
		t.Errorf("stats are %+v", st)
	}
	if last := p.Refusals(); last[len(last)-1].Path != xacMinhPath || last[len(last)-1].Code != codeNamespace {
		t.Errorf("the last refusal is %+v", last[len(last)-1])
	}
}

func TestALookUpThatIsNoCallGetsAFault(t *testing.T) {
	p := logged(t, nil)
	one := p.People()[0]
	for name, c := range map[string]struct {
		fault, want string
		edit        func(string) string
	}{
		"not xml":           {"Client", codeSyntax, func(string) string { return "{}" }},
		"soap 1.2":          {"VersionMismatch", codeNamespace, swap("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")},
		"another operation": {"Client", codeMissing, func(s string) string { return strings.ReplaceAll(s, traCuu, xacMinh) }},
		"its namespace":     {"Client", codeNamespace, swap("http://dancuquocgia.bca", "http://gtel.vn/qldc")},
	} {
		r := p.ask(traCuu, c.edit(lookupOf(traCuu, "a", one)))
		if fault := inBody(t, r); r.status != http.StatusInternalServerError || childText(fault, "faultcode") != "soapenv:"+c.fault || childText(fault, "detail", "MaLoi") != c.want {
			t.Errorf("%s: got %d %s", name, r.status, r.body)
		}
	}
}

func TestTheIdempotencyKeyOfALookUpIsItsRequestCode(t *testing.T) {
	p := logged(t, nil)
	body := lookupOf(traCuu, "a", p.People()[0])
	h := p.dancuHeader()
	h["Idempotency-Key"] = "b"
	if r := p.must(http.MethodPost, traCuuPath, body, h); r.status != http.StatusInternalServerError || !strings.Contains(r.body, ">conflict<") {
		t.Errorf("got %d %s", r.status, r.body)
	}
	h["Idempotency-Key"] = "a"
	if r := p.must(http.MethodPost, traCuuPath, body, h); r.status != http.StatusOK {
		t.Errorf("got %d %s", r.status, r.body)
	}
}

func TestALookUpNeedsTheRightsAndTheTypeOfAnUpdate(t *testing.T) {
	p := logged(t, func(o *Options) { o.Dancu.APIKey = "khoa" })
	body := lookupOf(xacMinh, "a", p.People()[0])
	for _, c := range []struct {
		header, value string
		want          int
	}{
		{"ApiKey", "khoa", 200}, {"ApiKey", "", 401}, {"Authorization", "Bearer khac", 401}, {"Content-Type", "application/json", 415}, {"Content-Type", "text/xml", 200},
	} {
		h := p.dancuHeader()
		h["ApiKey"] = "khoa"
		h[c.header] = c.value
		if r := p.must(http.MethodPost, xacMinhPath, body, h); r.status != c.want {
			t.Errorf("%s %q: got %d", c.header, c.value, r.status)
		}
	}
	if r := p.must(http.MethodGet, xacMinhPath, "", p.dancuHeader()); r.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: got %d", r.status)
	}
}
