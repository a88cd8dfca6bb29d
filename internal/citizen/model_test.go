package citizen_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/internal/strictxml"
)

// The tests know the fields by this list, not by the catalogue, so that neither
// can be wrong alone.
var (
	plainFields = []string{"SoDinhDanh", "SoCMND", "GioiTinh", "TinhTrangHonNhan", "NhomMau", "QuocTich",
		"Cha/SoDinhDanh", "Cha/SoCMND", "Cha/QuocTich", "Me/SoDinhDanh", "Me/SoCMND", "Me/QuocTich",
		"VoChong/SoDinhDanh", "VoChong/SoCMND", "VoChong/QuocTich", "NguoiDaiDien/SoDinhDanh", "NguoiDaiDien/SoCMND", "NguoiDaiDien/QuocTich",
		"ChuHo/SoDinhDanh", "ChuHo/SoCMND", "ChuHo/QuanHe", "SoSoHoKhau", "LoaiTaiKhoan", "MaSoThue", "ThuDienTu",
		"NoiDangKyKhaiSinh/ChiTiet", "NoiDangKyKhaiSinh/QuocGia", "QueQuan/ChiTiet", "QueQuan/QuocGia",
		"ThuongTru/ChiTiet", "ThuongTru/QuocGia", "NoiOHienTai/ChiTiet", "NoiOHienTai/QuocGia"}
	kinNames   = []string{"Cha/HoVaTen", "Me/HoVaTen", "VoChong/HoVaTen", "NguoiDaiDien/HoVaTen", "ChuHo/HoVaTen"}
	placeNames = []string{"NoiDangKyKhaiSinh", "QueQuan", "ThuongTru", "NoiOHienTai"}
	levelNames = []string{"MaTinhThanh", "MaQuanHuyen", "MaPhuongXa"}
	levelSizes = []int{2, 3, 5}
	nameParts  = []string{"Ho", "ChuDem", "Ten"}
)

const (
	yearPath = "NgayThangNamSinh/Nam"
	datePath = "NgayThangNamSinh/NgayThangNam"
)

// invented is a citizen who does not exist, as a test knows him.
type invented struct {
	plain      map[string]string
	names      map[string][3]string
	ethnicCode string
	ethnicName string
	faith      string
	year       string
	y, m, d    int                  // of the date; y = 0 is no date
	codes      map[string][3]string // of places in the live form
	single     map[string]string    // of places in the other one
}

// maker invents answers. No two texts it makes are the same.
type maker struct {
	*rand.Rand
	count int
	codes int
	full  bool // everything is there
	tidy  bool // nothing is there that no field is
	live  bool // everything is in the live form; otherwise either is
	qcvn  bool // everything is in that of QCVN 109
}

func (m *maker) there() bool { return m.full || m.IntN(3) > 0 }

func (m *maker) asLive() bool {
	if m.live || m.qcvn {
		return m.live
	}
	return m.IntN(2) == 0
}

func (m *maker) token(prefix string) string {
	m.count++
	tails := []string{"", " Thử", " <&>", " ]]>\"'", " Đường Mẫu, tổ 5"}
	return fmt.Sprintf("%s%04dq%s", prefix, m.count, tails[m.IntN(len(tails))])
}

func (m *maker) code(size int) string {
	m.codes++
	s := fmt.Sprintf("%05d", m.codes)
	return s[5-size:]
}

func (m *maker) person() *invented {
	p := &invented{plain: map[string]string{}, names: map[string][3]string{}, codes: map[string][3]string{}, single: map[string]string{}}
	for _, path := range plainFields {
		if m.there() {
			p.plain[path] = m.token("p")
		}
	}
	for _, path := range append([]string{"HoVaTen"}, kinNames...) {
		var name [3]string
		for i := range name {
			if m.there() {
				name[i] = m.token("n")
			}
		}
		p.names[path] = name
	}
	if m.there() {
		p.ethnicCode, p.ethnicName = m.code(2), m.token("e")
	}
	if m.there() {
		p.faith = m.code(2)
	}
	if m.there() {
		p.year = fmt.Sprint(1900 + m.IntN(100))
	}
	if m.there() {
		p.y, p.m, p.d = 1900+m.IntN(100), 1+m.IntN(12), 1+m.IntN(28)
		if m.IntN(2) == 0 && p.year != "" {
			p.year = fmt.Sprint(p.y)
		}
	}
	for _, place := range placeNames {
		if !m.asLive() {
			if m.there() {
				p.single[place] = m.code(levelSizes[m.IntN(3)])
			}
			continue
		}
		var codes [3]string
		for i := range codes {
			if m.there() {
				codes[i] = m.code(levelSizes[i])
			}
		}
		p.codes[place] = codes
	}
	return p
}

// noise is what no field is. None of it may ever be written.
func (m *maker) noise() string {
	if m.tidy {
		return ""
	}
	m.count++
	n := fmt.Sprintf("NOISE%d", m.count)
	switch m.IntN(16) {
	case 0:
		return "<!-- " + n + " <HoVaTen> -->"
	case 1:
		return "<?" + n + " x?>"
	case 2:
		return n
	case 3:
		return "<![CDATA[<SoDinhDanh>" + n + "</SoDinhDanh>]]>"
	case 4:
		return `<Body a="` + n + `"><![CDATA[{"x":"` + n + `"}]]></Body>`
	case 5:
		return `<x:AnhChanDung xmlns:x="urn:` + n + `"><HoVaTen><Ten>` + n + `</Ten></HoVaTen><SoDinhDanh>` + n + `</SoDinhDanh></x:AnhChanDung>`
	case 6:
		return "<CongDan><SoCMND>" + n + "</SoCMND></CongDan>"
	case 7:
		return "<CongdanCollection><CongDan><SoCMND>" + n + "</SoCMND></CongDan></CongdanCollection>"
	case 8:
		return "<sodinhdanh>" + n + "</sodinhdanh>"
	}
	return ""
}

func (m *maker) attribute() string {
	if m.tidy || m.IntN(4) > 0 {
		return ""
	}
	m.count++
	return fmt.Sprintf(` %s="NOISE%d"`, []string{"GhiChu", "SoDinhDanh", "id"}[m.IntN(3)], m.count)
}

// leaf writes an element with a text, "" if the text is empty.
func (m *maker) leaf(name, text string) string {
	if text == "" && (m.tidy || m.IntN(3) > 0) {
		return ""
	}
	if text == "" && m.IntN(2) == 0 {
		return "<" + name + m.attribute() + ">NOISE<b>NOISE</b></" + name + ">"
	}
	content := string(strictxml.EscapeText(nil, text))
	if !m.tidy && !strings.Contains(text, "]]>") {
		switch m.IntN(4) {
		case 0:
			content = "<![CDATA[" + text + "]]>"
		case 1:
			content = "\n <!--NOISE-->" + content + "<?NOISE?> "
		}
	}
	return "<" + name + m.attribute() + ">" + content + "</" + name + ">"
}

func (m *maker) group(name string, parts ...string) string {
	if !m.tidy {
		m.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	}
	elements := strings.Join(parts, "")
	content := m.noise() + strings.Join(parts, m.noise()) + m.noise()
	if content == "" {
		return ""
	}
	if elements == "" {
		content += "<Khac/>" // text alone would be the field, where one may be text
	}
	return "<" + name + m.attribute() + ">" + content + "</" + name + ">"
}

func (m *maker) write(p *invented) string {
	var parts []string
	groups := map[string][]string{}
	add := func(path, text string) {
		if group, _, ok := strings.Cut(path, "/"); ok {
			groups[group] = append(groups[group], text)
		} else {
			parts = append(parts, text)
		}
	}
	for _, path := range plainFields {
		add(path, m.leaf(last(path), p.plain[path]))
	}
	for _, path := range append([]string{"HoVaTen"}, kinNames...) {
		name := p.names[path]
		if m.asLive() && path != "HoVaTen" {
			name = [3]string{2: joined(name)}
			p.names[path] = name
			add(path, m.leaf("HoVaTen", name[2]))
			continue
		}
		add(path, m.group("HoVaTen", m.leaf("Ho", name[0]), m.leaf("ChuDem", name[1]), m.leaf("Ten", name[2])))
	}
	if m.asLive() {
		p.ethnicName = ""
		parts = append(parts, m.leaf("DanToc", p.ethnicCode), m.leaf("TonGiao", p.faith))
	} else {
		parts = append(parts, m.group("DanToc", m.leaf("MaDanToc", p.ethnicCode), m.leaf("TenGoi", p.ethnicName)),
			m.group("TonGiao", m.leaf("MaTonGiao", p.faith)))
	}
	layout := "%04d-%02d-%02d"
	if m.asLive() {
		layout = "%04d%02d%02d"
	}
	add(yearPath, m.leaf("Nam", p.year))
	if p.y > 0 {
		add(datePath, m.leaf("NgayThangNam", fmt.Sprintf(layout, p.y, p.m, p.d)))
	}
	for _, place := range placeNames {
		groups[place] = append(groups[place], m.leaf("MaDonViHanhChinh", p.single[place]))
		for i, level := range levelNames {
			groups[place] = append(groups[place], m.leaf(level, p.codes[place][i]))
		}
	}
	for _, name := range []string{"NgayThangNamSinh", "NoiDangKyKhaiSinh", "QueQuan", "ThuongTru", "NoiOHienTai", "Cha", "Me", "VoChong", "NguoiDaiDien", "ChuHo"} {
		parts = append(parts, m.group(name, groups[name]...))
	}
	all := m.group("CongDan", parts...)
	if all == "" {
		return "<CongDan/>"
	}
	return all
}

// wrap puts a payload into what the services put around it.
func (m *maker) wrap(payload string) []byte {
	if m.IntN(2) == 0 {
		payload = "<TraCuuThongTinCongDanResponse>" + payload + "</TraCuuThongTinCongDanResponse>"
	}
	if m.IntN(2) == 0 {
		payload = `<w:return xmlns:w="urn:w" a="NOISE">` + payload + "<MaYeuCau>NOISE</MaYeuCau></w:return>"
	}
	if m.IntN(2) == 0 {
		payload = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><a>NOISE</a></s:Header><s:Body>` + payload + "</s:Body></s:Envelope>"
	}
	return []byte(payload)
}

func (m *maker) answer(people []*invented) []byte {
	content := ""
	for _, p := range people {
		content += m.write(p)
		if !m.tidy {
			content += "<!--NOISE--><GhiChu>NOISE</GhiChu>"
		}
	}
	spaces := []string{"", ` xmlns="http://www.mic.gov.vn/dancu/1.0"`, ` xmlns="urn:other"`}
	return m.wrap("<CongdanCollection" + spaces[m.IntN(3)] + m.attribute() + ">" + content + "</CongdanCollection>")
}

func last(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func joined(name [3]string) string {
	return strings.Join(slices.DeleteFunc(name[:], func(s string) bool { return s == "" }), " ")
}

// flat lays out an element: the path of every text beneath it, in order.
func flat(e *etree.Element, path string) (all []string) {
	for _, kid := range e.ChildElements() {
		at := strings.TrimPrefix(path+"/"+kid.Tag, "/")
		if len(kid.ChildElements()) == 0 {
			all = append(all, at+"="+kid.Text())
		}
		all = append(all, flat(kid, at)...)
	}
	return all
}

// records lays out every record of an output, which must be in the namespace of
// the standard and have no attributes.
func records(t *testing.T, out []byte) (all [][]string) {
	t.Helper()
	doc, err := strictxml.Parse(out, strictxml.Limits{})
	if err != nil {
		t.Fatalf("the output is not XML: %v\n%s", err, out)
	}
	root := doc.Root()
	if len(root.Attr) != 1 || root.NamespaceURI() != citizen.Namespace || root.Tag != "CongdanCollection" {
		t.Fatalf("got the root element %s", out)
	}
	for _, e := range root.FindElements("//*") {
		if e != root && len(e.Attr) > 0 {
			t.Fatalf("an attribute in %s", out)
		}
	}
	for _, e := range root.ChildElements() {
		all = append(all, flat(e, ""))
	}
	return all
}
