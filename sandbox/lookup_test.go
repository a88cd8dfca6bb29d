package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// stranger is who citizenUpdate adds under this id.
var stranger = Person{SoDinhDanh: "999190000001", Ho: "Nguyễn", ChuDem: "Thị", Ten: "Mẫu", NgaySinh: "1990-01-01"}

func TestACitizenIsToldInTheFormOfTheLiveDatabase(t *testing.T) {
	p := logged(t, nil)
	p.ketQua(citizenUpdate("a", stranger.SoDinhDanh))
	r := p.ask(traCuu, lookupOf(traCuu, "b", stranger))
	want := `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
		`<CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"><CongDan><SoDinhDanh>999190000001</SoDinhDanh><SoCMND></SoCMND>` +
		`<HoVaTen><Ho></Ho><ChuDem></ChuDem><Ten>NGUYỄN THỊ MẪU</Ten></HoVaTen><GioiTinh>2</GioiTinh><DanToc>01</DanToc><TonGiao>00</TonGiao>` +
		`<TinhTrangHonNhan>1</TinhTrangHonNhan><NhomMau>00</NhomMau><NgayThangNamSinh><Nam>1990</Nam><NgayThangNam>19900101</NgayThangNam></NgayThangNamSinh>` +
		`<ThuongTru><MaTinhThanh></MaTinhThanh><MaPhuongXa>26734</MaPhuongXa><ChiTiet>Số 1 phố Thử Nghiệm</ChiTiet><QuocGia>VN</QuocGia></ThuongTru>` +
		`<QuocTich></QuocTich><Cha><HoVaTen>NGUYỄN VĂN THỬ</HoVaTen><QuocTich>VN</QuocTich><SoDinhDanh>079065000001</SoDinhDanh><SoCMND></SoCMND></Cha>` +
		`<SoSoHoKhau></SoSoHoKhau></CongDan></CongdanCollection></soapenv:Body></soapenv:Envelope>`
	if r.status != http.StatusOK || r.body != want || r.header.Get("Content-Type") != xmlType {
		t.Errorf("got %d %s\n%s", r.status, r.header.Get("Content-Type"), r.body)
	}
}

func TestAnInventedCitizenHasEverythingThatTheDatabaseTells(t *testing.T) {
	p := logged(t, nil)
	one := p.someone(func(p Person) bool { return p.VoChong.SoDinhDanh != "" && p.Cha.SoDinhDanh != "" })
	x := p.citizen(traCuu, lookupOf(traCuu, "a", one))
	const all = "SoDinhDanh SoCMND HoVaTen GioiTinh DanToc TonGiao TinhTrangHonNhan NhomMau NgayThangNamSinh " +
		"NoiDangKyKhaiSinh QueQuan ThuongTru NoiOHienTai QuocTich Cha Me VoChong ChuHo SoSoHoKhau"
	if got := tags(x); got != all {
		t.Errorf("got %s", got)
	}
	for name, want := range map[string]string{
		"NoiDangKyKhaiSinh": "MaTinhThanh MaQuanHuyen MaPhuongXa ChiTiet QuocGia", "ThuongTru": "MaTinhThanh MaPhuongXa ChiTiet QuocGia",
		"Cha": "HoVaTen QuocTich SoDinhDanh SoCMND", "ChuHo": "QuanHe SoDinhDanh SoCMND HoVaTen", "NgayThangNamSinh": "Nam NgayThangNam",
	} {
		if got := tags(childNamed(x, name)); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
	if father := strings.ToUpper(fullName(one.Cha.Ho, one.Cha.ChuDem, one.Cha.Ten)); childText(x, "Cha", "HoVaTen") != father {
		t.Errorf("the father is %q, want %q", childText(x, "Cha", "HoVaTen"), father)
	}
	if childText(x, "ThuongTru", "MaTinhThanh") == "" || childText(x, "ThuongTru", "MaPhuongXa") != one.ThuongTru.MaDonViHanhChinh {
		t.Errorf("where they live: %s", tags(childNamed(x, "ThuongTru")))
	}
	child := p.someone(func(p Person) bool { return p.birthYear() >= firstMinor })
	if x := p.citizen(traCuu, lookupOf(traCuu, "b", child)); childText(x, "NguoiDaiDien", "HoVaTen") == "" {
		t.Error("nobody acts for a child")
	}
}

func TestAPersonIsFoundByNumberNameAndBirthday(t *testing.T) {
	p := logged(t, nil)
	one := p.someone(func(p Person) bool { return p.SoCMND != "" && p.Ho == "Đặng" })
	name := fullName(one.Ho, one.ChuDem, one.Ten)
	inName := "<dan:HoVaTen>" + nameKey(name) + "<"
	day := strings.ReplaceAll(one.NgaySinh, "-", "")
	whole, year := "<dan:NgayThangNam>"+day+"</dan:NgayThangNam>", "<dan:Nam>"+day[:4]+"</dan:Nam>"
	for _, c := range []struct {
		name  string
		found bool
		edit  func(string) string
	}{
		{"as most clients write", true, func(s string) string { return s }},
		{"with diacritics", true, swap(inName, "<dan:HoVaTen>"+name+"<")},
		{"with loose diacritics", true, swap(inName, "<dan:HoVaTen>"+norm.NFD.String(name)+"<")},
		{"in small letters with a hyphen", true, swap(inName, "<dan:HoVaTen> "+strings.ToLower(strings.ReplaceAll(name, " ", "-"))+" <")},
		{"only the year", true, swap(whole, year)},
		{"the old number", true, swap("<dan:SoDinhDanh>"+one.SoDinhDanh+"</dan:SoDinhDanh>", "<dan:SoCMND>"+one.SoCMND+"</dan:SoCMND>")},
		{"an empty number besides", true, swap("<dan:HoVaTen>", "<dan:SoCMND/><dan:HoVaTen>")},
		{"without what may be absent", true, swap("<dan:MaDonVi>H29.11</dan:MaDonVi><dan:TaiKhoan>canbo.thu</dan:TaiKhoan><dan:SoDienThoai>0</dan:SoDienThoai>", "")},
		{"another number", false, swap(one.SoDinhDanh, "999999999999")},
		{"another old number", false, swap("<dan:SoDinhDanh>"+one.SoDinhDanh+"</dan:SoDinhDanh>", "<dan:SoCMND>999999999</dan:SoCMND>")},
		{"another name", false, swap(inName, inName[:len(inName)-1]+"X<")},
		{"another day", false, swap(day, day[:4]+"1231")},
		{"another year", false, swap(whole, "<dan:Nam>1931</dan:Nam>")},
	} {
		for _, operation := range []string{traCuu, xacMinh} {
			if x := p.citizen(operation, c.edit(lookupOf(operation, c.name, one))); (x != nil) != c.found || c.found && childText(x, "SoDinhDanh") != one.SoDinhDanh {
				t.Errorf("%s, %s: found is %t", operation, c.name, x != nil)
			}
		}
	}
}

func TestWhereOnlyTheYearIsKnownTheYearDecides(t *testing.T) {
	for _, c := range []struct {
		known, asked string
		want         bool
	}{
		{"1990", "1990", true}, {"1990", "19900101", true}, {"19900101", "1990", true}, {"19900101", "19900101", true},
		{"1990", "1991", false}, {"1990", "19910101", false}, {"19900101", "19900102", false}, {"19900101", "199001", false}, {"", "", false}, {"", "1990", false},
	} {
		if agree(c.known, c.asked) != c.want {
			t.Errorf("%q is known, %q is asked", c.known, c.asked)
		}
	}
}

func TestParentsAreAllThatIsToldOfARelativesLookUp(t *testing.T) {
	p := logged(t, nil)
	one := p.someone(func(p Person) bool { return p.Me.SoDinhDanh != "" })
	x := p.citizen(xacMinh, lookupOf(xacMinh, "a", one))
	if got := tags(x); got != "SoDinhDanh HoVaTen Cha Me" {
		t.Errorf("got %s", got)
	}
	if childText(x, "Me", "SoDinhDanh") != one.Me.SoDinhDanh || childText(x, "Cha", "HoVaTen") == "" {
		t.Error("they are not the parents")
	}
}

func TestVerificationSaysWhatAgrees(t *testing.T) {
	p := logged(t, nil)
	one := p.People()[0]
	for _, c := range []struct {
		name, want string
		edit       func(string) string
	}{
		{"all", "<TonTai>true</TonTai><HoVaTen>true</HoVaTen><NgayThangNamSinh>true</NgayThangNamSinh>", func(s string) string { return s }},
		{"name", "<TonTai>true</TonTai><HoVaTen>false</HoVaTen><NgayThangNamSinh>true</NgayThangNamSinh>", swap("</dan:HoVaTen>", "X</dan:HoVaTen>")},
		{"birthday", "<TonTai>true</TonTai><HoVaTen>true</HoVaTen><NgayThangNamSinh>false</NgayThangNamSinh>", swap(strings.ReplaceAll(one.NgaySinh, "-", ""), "19310101")},
		{"number", "<TonTai>false</TonTai>", swap(one.SoDinhDanh, "999999999999")},
	} {
		r := p.ask(xacThuc, c.edit(lookupOf(xacThuc, c.name, one)))
		if want := `<KetQuaXacThuc xmlns="` + congdanNamespace + `">` + c.want + `</KetQuaXacThuc>`; r.status != http.StatusOK || !strings.Contains(r.body, want) {
			t.Errorf("%s: got %d %s", c.name, r.status, r.body)
		}
	}
	if st := p.Stats().Paths[xacThucPath]; st.Found != 3 || st.NotFound != 1 {
		t.Errorf("stats are %+v", st)
	}
}

func TestAnAnswerInTheStandardsFormIsOneThatUpdatesTake(t *testing.T) {
	p := logged(t, func(o *Options) { o.AnswerForm = QCVN109Form })
	for i, one := range p.People()[:60] {
		r := p.ask(traCuu, lookupOf(traCuu, fmt.Sprint("a", i), one))
		collection := inBody(t, r)
		var fs findings
		checkElement("", collection, group(collectionName, personElement()).in(congdanNamespace), congdanNamespace, &fs)
		checkCollection(collection, &fs)
		if len(fs) > 0 {
			t.Fatalf("%s\n%s", fs.sentence(), r.body)
		}
		told := personsOf(collection)[0]
		for _, place := range []*Place{&one.ThuongTru, &one.NoiOHienTai, &one.NoiDangKyKhaiSinh, &one.QueQuan} {
			place.MaTinhThanh = "" // which this form cannot tell
		}
		if told != one {
			t.Fatalf("told of %+v\nas %+v", one, told)
		}
	}
	parents := p.citizen(xacMinh, lookupOf(xacMinh, "b", p.People()[0]))
	if tags(parents) != "SoDinhDanh HoVaTen Cha Me" || childText(parents, "Cha", "HoVaTen", "Ten") == "" {
		t.Errorf("got %s", tags(parents))
	}
}

func TestAnUpdateIsToldByTheNextLookUp(t *testing.T) {
	p := logged(t, nil)
	one := p.someone(func(p Person) bool { return p.SoCMND != "" })
	if p.citizen(traCuu, lookupOf(traCuu, "a", one)) == nil {
		t.Fatal("not found")
	}
	p.ketQua(swap("<dc:SoCMND/>", "<dc:SoCMND>012345678</dc:SoCMND>")(citizenUpdate("b", one.SoDinhDanh)))
	renamed := stranger
	renamed.SoDinhDanh = one.SoDinhDanh
	if p.citizen(traCuu, lookupOf(traCuu, "c", one)) != nil {
		t.Error("still known by the old name")
	}
	x := p.citizen(traCuu, lookupOf(traCuu, "d", renamed))
	if childText(x, "HoVaTen", "Ten") != "NGUYỄN THỊ MẪU" || childText(x, "Cha", "SoDinhDanh") != "079065000001" {
		t.Errorf("the new name or father is not told")
	}
	byOld := func(number string) func(string) string {
		return swap("<dan:SoDinhDanh>"+one.SoDinhDanh+"</dan:SoDinhDanh>", "<dan:SoCMND>"+number+"</dan:SoCMND>")
	}
	if p.citizen(traCuu, byOld("012345678")(lookupOf(traCuu, "e", renamed))) == nil || p.citizen(traCuu, byOld(one.SoCMND)(lookupOf(traCuu, "f", renamed))) != nil {
		t.Error("the person is not known by the new old number alone")
	}
	p.ketQua(swap("<dc:SoDinhDanh>"+one.SoDinhDanh+"</dc:SoDinhDanh><dc:SoCMND/>", "<dc:SoCMND>012345678</dc:SoCMND>")(citizenUpdate("g", one.SoDinhDanh)))
	if again, _ := p.Person(one.SoDinhDanh); again.Updates != 2 || len(p.People()) != inventedPeople {
		t.Error("an update by the old number made a second person")
	}
	effects := p.Effects(0, 0)
	if effects[0].Key != effects[1].Key || effects[0].Key != p.Lookups(0, 1)[0].Key {
		t.Error("one person has several pseudonyms")
	}
}

func TestLookUpsComeInTheShapeThatIsSet(t *testing.T) {
	for _, shape := range []Shape{InJSON, AsJSON} {
		p := logged(t, func(o *Options) { o.Shape = shape })
		one := p.People()[0]
		absent := swap(one.SoDinhDanh, "999999999999")
		for want, body := range map[string]string{
			`"SoDinhDanh":"` + one.SoDinhDanh + `"`: lookupOf(traCuu, "a", one), `{"CongdanCollection":{}}`: absent(lookupOf(traCuu, "b", one)),
		} {
			if r := p.ask(traCuu, body); shape == AsJSON && (!strings.Contains(r.body, want) || !json.Valid([]byte(r.body))) {
				t.Errorf("got %s", r.body)
			}
		}
		for want, edit := range map[string]func(string) string{"true": func(s string) string { return s }, "false": absent} {
			r := p.ask(xacThuc, edit(lookupOf(xacThuc, "c", one)))
			var out struct {
				Code    string                  `json:"error_code"`
				Message string                  `json:"message"`
				Result  struct{ TonTai string } `json:"KetQuaXacThuc"`
			}
			if err := json.Unmarshal([]byte(r.body), &out); err != nil || r.header.Get("Content-Type") != jsonType {
				t.Fatalf("got %v %s", err, r.body)
			}
			if shape == AsJSON && out.Result.TonTai != want || shape == InJSON && (out.Code != "0" || !strings.Contains(out.Message, "<TonTai>"+want+"<")) {
				t.Errorf("shape %d: got %s", shape, r.body)
			}
		}
		if r := p.ask(traCuu, "<a/>"); r.status != http.StatusInternalServerError || !strings.Contains(r.body, "soapenv:Client") || !json.Valid([]byte(r.body)) {
			t.Errorf("got %d %s", r.status, r.body)
		}
	}
}

func TestUpdatesAndLookUpsOfOnePersonMayMeet(t *testing.T) {
	p := logged(t, nil)
	id := p.People()[0].SoDinhDanh
	asked := stranger
	asked.SoDinhDanh = id
	p.ketQua(citizenUpdate("first", id))
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 20 {
				code := fmt.Sprintf("ma-%d-%d", w, i)
				path, body := traCuuPath, lookupOf(traCuu, code, asked)
				if w%2 == 0 {
					path, body = dancuPath, citizenUpdate(code, id)
				}
				if r, err := p.do(http.MethodPost, path, body, p.dancuHeader()); err != nil || r.status != http.StatusOK || strings.Contains(r.body, "<CongdanCollection xmlns=\""+congdanNamespace+"\"></") {
					t.Errorf("got %v %s", err, r.body)
				}
			}
		})
	}
	wg.Wait()
}

func TestAnUpdatedPlaceIsToldByTheLevelOfItsUnit(t *testing.T) {
	p := logged(t, nil)
	one := p.People()[0]
	renamed := stranger
	renamed.SoDinhDanh = one.SoDinhDanh
	for i, c := range []struct{ unit, province, district, commune string }{
		{one.ThuongTru.MaDonViHanhChinh, one.ThuongTru.MaTinhThanh, "", one.ThuongTru.MaDonViHanhChinh},
		{"79", "79", "", ""}, {"760", "", "760", ""}, {"26734", "", "", "26734"},
	} {
		code := fmt.Sprint("a", i)
		p.ketQua(swap("<dc:MaDonViHanhChinh>26734<", "<dc:MaDonViHanhChinh>"+c.unit+"<")(citizenUpdate(code, one.SoDinhDanh)))
		x := p.citizen(traCuu, lookupOf(traCuu, code, renamed))
		if childText(x, "ThuongTru", "MaTinhThanh") != c.province || childText(x, "ThuongTru", "MaQuanHuyen") != c.district || childText(x, "ThuongTru", "MaPhuongXa") != c.commune {
			t.Errorf("unit %s is told as %+v", c.unit, tags(childNamed(x, "ThuongTru")))
		}
	}
}

func TestSomebodyIsKnownByTheOldNumber(t *testing.T) {
	p := logged(t, func(o *Options) { o.KnownOnly = true })
	one := p.someone(func(p Person) bool { return p.SoCMND != "" })
	byOld := func(number string) func(string) string {
		return swap("<dc:SoDinhDanh>"+one.SoDinhDanh+"</dc:SoDinhDanh><dc:SoCMND/>", "<dc:SoCMND>"+number+"</dc:SoCMND>")
	}
	if state, code, _ := p.ketQua(byOld(one.SoCMND)(citizenUpdate("a", one.SoDinhDanh))); state != "1" {
		t.Errorf("got %s", code)
	}
	if _, code, _ := p.ketQua(byOld("999999999")(citizenUpdate("b", one.SoDinhDanh))); code != codePerson {
		t.Errorf("got %s", code)
	}
}
