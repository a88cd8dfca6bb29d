package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func newForms() []dossierForm { return []dossierForm{newInsurance(), newResidence(), newFuneral()} }

func TestADossierWithEveryFieldFilledIsTaken(t *testing.T) {
	p := logged(t, nil)
	for _, f := range newForms() {
		body := dossierOf(f)
		if status, code, text := p.hand(f, f.module, textOf(body)); status != "1" || code != "" {
			t.Errorf("%s: got %s %s: %s", f.module, status, code, text)
		}
		last := p.Effects(0, 0)
		if e := last[len(last)-1]; e.Service != f.module || e.Key != body[f.key] || e.Code != f.module {
			t.Errorf("%s: the effect is %+v", f.module, e)
		}
	}
}

// requiredAlone leaves out everything that the rules do not require.
func requiredAlone(members object, rules []rule) object {
	out := object{}
	for _, r := range rules {
		v := members[r.name]
		switch {
		case !r.must:
			continue
		case r.parts != nil:
			v = requiredAlone(v.(object), r.parts)
		case r.items != nil:
			v = []any{requiredAlone(v.([]any)[0].(object), r.items)}
		}
		out[r.name] = v
	}
	return out
}

func TestADossierWithTheRequiredFieldsAloneIsTaken(t *testing.T) {
	p := logged(t, nil)
	for _, f := range newForms() {
		data := requiredAlone(contentOf(f), f.data)
		switch f.module { // codes that demand nothing else
		case "LTBHYT":
			child := data["danhSach"].([]any)[0].(object)
			child["loaiDeNghi"], child["hinhThucNhan"] = "1", "1"
			child["diaChi"].([]any)[0].(object)["loai"] = "1"
			child["nguoiThan"].([]any)[0].(object)["soGiayToKhac"] = "B1"
		case "LTCT":
			form := data["cuTru"].(object)
			form["nguoiKhai"].(object)["quanHeVoiChuHo"], form["loaiDangKy"], form["soThanhVien"] = householder, "1", 0
			form["choOHopPhap"] = object{"loai": "1", "giayTo": "Thử"}
		case "LTMTP":
			form := data["maiTang"].(object)
			form["nguoiMat"].(object)["doiTuong"] = "4"
			form["nguoiToChuc"].(object)["maDinhDanhCoQuan"] = "H29"
			form["nguoiNhan"].([]any)[0].(object)["hinhThuc"] = "2"
		}
		body := requiredAlone(packed(f, data), f.outer)
		if status, code, text := p.hand(f, f.module, textOf(body)); status != "1" {
			t.Errorf("%s: got %s: %s", f.module, code, text)
		}
	}
}

// A spot is the place of one field in a request or its data.
type spot struct {
	path []string // names of members; "0" is the first of an array
	rule rule
}

func spotsOf(rules []rule, path ...string) []spot {
	var all []spot
	for _, r := range rules {
		here := append(slices.Clone(path), r.name)
		all = append(all, spot{here, r})
		all = append(all, spotsOf(r.parts, here...)...)
		all = append(all, spotsOf(r.items, append(slices.Clone(here), "0")...)...)
	}
	return all
}

func (s spot) name() string {
	return strings.ReplaceAll(strings.Join(s.path, "."), ".0.", "[0].")
}

// put sets the field, or with nil takes it out.
func (s spot) put(in object, value any) {
	for i, name := range s.path[:len(s.path)-1] {
		switch v := in[name].(type) {
		case object:
			in = v
		case []any:
			in = v[0].(object)
		case nil: // "0": the array's first was entered with its name
			if name != "0" || i == 0 {
				panic("no " + name)
			}
		}
	}
	if name := s.path[len(s.path)-1]; value == nil {
		delete(in, name)
	} else {
		in[name] = value
	}
}

// wantRefusedDossier expects a dossier to be refused for one field and one reason.
func (p *platform) wantRefusedDossier(t *testing.T, f dossierForm, body object, field, want string) {
	t.Helper()
	status, code, text := p.hand(f, "broken", textOf(body))
	sentence := finding{field, want}.sentence()
	if status != "0" || code != want || !strings.HasPrefix(text, sentence) {
		t.Errorf("%s with wrong %s: got status %s, errorCode %s, %q; want %q", f.module, want, status, code, text, sentence)
	}
}

func TestEveryFieldOfADossierIsHeldToItsRule(t *testing.T) {
	p := logged(t, nil)
	tried := 0
	for _, f := range newForms() {
		for _, s := range spotsOf(f.data) {
			for want, value := range broken(s.rule) {
				data := contentOf(f)
				s.put(data, value)
				p.wantRefusedDossier(t, f, packed(f, data), s.name(), want)
				tried++
			}
		}
		for _, s := range spotsOf(f.outer) {
			for want, value := range broken(s.rule) {
				body := dossierOf(f)
				s.put(body, value)
				p.wantRefusedDossier(t, f, body, s.name(), want)
				tried++
			}
		}
	}
	if st := p.Stats(); st.Effects != 0 || tried < 200 {
		t.Errorf("%d of %d refused requests took effect", st.Effects, tried)
	}
}

// TestFieldsOfADossierDemandOthers breaks one demand at a time, and nothing else.
func TestFieldsOfADossierDemandOthers(t *testing.T) {
	p := logged(t, nil)
	insurance, residence, funeral := newInsurance(), newResidence(), newFuneral()
	for i, c := range []struct {
		form  dossierForm
		edits string // path=value, separated by spaces; no value takes the field out
		field string
		code  string
	}{
		{insurance, "danhSach.0.loaiDeNghi=2 danhSach.0.soTheGanNhat", "danhSach[0].soTheGanNhat", codeMissing},
		{insurance, "danhSach.0.loaiDeNghi=1 danhSach.0.soTheGanNhat", "", ""},
		{insurance, "danhSach.0.hinhThucNhan=3 danhSach.0.soDienThoaiNhan", "danhSach[0].soDienThoaiNhan", codeMissing},
		{insurance, "danhSach.0.hinhThucNhan=2 danhSach.0.soDienThoaiNhan", "", ""},
		{insurance, "danhSach.0.diaChi.0.loai=3 danhSach.0.diaChi.0.dcChiTiet", "danhSach[0].diaChi[0].dcChiTiet", codeMissing},
		{insurance, "danhSach.0.diaChi.0.loai=2 danhSach.0.diaChi.0.dcChiTiet", "", ""},
		{insurance, "danhSach.0.nguoiThan.0.soGiayToKhac danhSach.0.nguoiThan.0.soDDCN", "danhSach[0].nguoiThan[0].soDDCN", codeMissing},
		{insurance, "danhSach.0.nguoiThan.0.soDDCN", "", ""},
		{insurance, "danhSach.0.maHoSoLT=khac", "fileDinhKem[0].maHoSoLT", codeConflict},
		{residence, "cuTru.noiDen.maXa=26740", "cuTru.noiDen.maXa", codeConflict},
		{residence, "cuTru.chuHo.hoTen", "cuTru.chuHo.hoTen", codeMissing},
		{residence, "cuTru.chuHo.soDDCN", "cuTru.chuHo.soDDCN", codeMissing},
		{residence, "cuTru.chuHo.dongY", "cuTru.chuHo.dongY", codeMissing},
		{residence, "cuTru.nguoiKhai.quanHeVoiChuHo=Chủ_hộ cuTru.chuHo", "", ""},
		{residence, "cuTru.chuHo.soDDCN=079084000001", "cuTru.chuHo.soDDCN", codeConflict},
		{residence, "cuTru.choOHopPhap.loai=1 cuTru.choOHopPhap.giayTo", "cuTru.choOHopPhap.giayTo", codeMissing},
		{residence, "cuTru.choOHopPhap.loai=1 cuTru.choOHopPhap.chuSoHuu cuTru.choOHopPhap.chuSoHuuDongY", "", ""},
		{residence, "cuTru.choOHopPhap.loai=2 cuTru.choOHopPhap.giayTo", "cuTru.choOHopPhap.giayTo", codeMissing},
		{residence, "cuTru.choOHopPhap.loai=2 cuTru.choOHopPhap.chuSoHuu", "cuTru.choOHopPhap.chuSoHuu", codeMissing},
		{residence, "cuTru.choOHopPhap.loai=3 cuTru.choOHopPhap.chuSoHuuDongY", "cuTru.choOHopPhap.chuSoHuuDongY", codeMissing},
		{residence, "cuTru.choOHopPhap.loai=4 cuTru.choOHopPhap.giayTo", "", ""},
		{residence, "cuTru.noiDi.maTinh", "cuTru.noiDi.maTinh", codeMissing},
		{residence, "cuTru.noiDi.maXa", "cuTru.noiDi.maXa", codeMissing},
		{residence, "cuTru.noiDi", "", ""},
		{residence, "cuTru.hoKhauCu.so", "cuTru.hoKhauCu.so", codeMissing},
		{residence, "cuTru.hoKhauCu", "", ""},
		{residence, "cuTru.loaiDangKy=2 cuTru.tamTru.tuNgay", "cuTru.tamTru.tuNgay", codeMissing},
		{residence, "cuTru.loaiDangKy=2 cuTru.tamTru.denNgay", "cuTru.tamTru.denNgay", codeMissing},
		{residence, "cuTru.loaiDangKy=1 cuTru.tamTru", "", ""},
		{residence, "cuTru.soThanhVien=2", "cuTru.soThanhVien", codeConflict},
		{residence, "cuTru.thanhVien.0.soGiayKhaiSinh cuTru.thanhVien.0.soDDCN", "cuTru.thanhVien[0].soDDCN", codeMissing},
		{residence, "cuTru.thanhVien.0.soDDCN", "", ""},
		{residence, "cuTru.thanhVien.0.soDDCN=079084000001", "cuTru.thanhVien[0].soDDCN", codeConflict},
		{funeral, "maiTang.nguoiMat.doiTuong=1 maiTang.nguoiMat.soQuyetDinh", "maiTang.nguoiMat.soQuyetDinh", codeMissing},
		{funeral, "maiTang.nguoiMat.doiTuong=2 maiTang.nguoiMat.soQuyetDinh", "maiTang.nguoiMat.soQuyetDinh", codeMissing},
		{funeral, "maiTang.nguoiMat.doiTuong=3 maiTang.nguoiMat.soQuyetDinh", "maiTang.nguoiMat.soQuyetDinh", codeMissing},
		{funeral, "maiTang.nguoiMat.doiTuong=4 maiTang.nguoiMat.soQuyetDinh maiTang.nguoiMat.ghiChu", "", ""},
		{funeral, "maiTang.nguoiMat.doiTuong=9 maiTang.nguoiMat.ghiChu", "maiTang.nguoiMat.ghiChu", codeMissing},
		{funeral, "maiTang.nguoiToChuc.loai=1 maiTang.nguoiToChuc.soDDCN", "maiTang.nguoiToChuc.soDDCN", codeMissing},
		{funeral, "maiTang.nguoiToChuc.loai=1 maiTang.nguoiToChuc.maDinhDanhCoQuan", "", ""},
		{funeral, "maiTang.nguoiToChuc.loai=2 maiTang.nguoiToChuc.maDinhDanhCoQuan", "maiTang.nguoiToChuc.maDinhDanhCoQuan", codeMissing},
		{funeral, "maiTang.nguoiToChuc.loai=2 maiTang.nguoiToChuc.soDDCN", "", ""},
		{funeral, "maiTang.kinhPhi.tongTien=11000001 maiTang.nguoiNhan.0.soTien=11000001", "maiTang.kinhPhi.tongTien", codeConflict},
		{funeral, "maiTang.nguoiNhan.0.soTien=11000001", "maiTang.nguoiNhan", codeConflict},
		{funeral, "maiTang.nguoiNhan.0.hinhThuc=1 maiTang.nguoiNhan.0.taiKhoan.soTaiKhoan", "maiTang.nguoiNhan[0].taiKhoan.soTaiKhoan", codeMissing},
		{funeral, "maiTang.nguoiNhan.0.hinhThuc=1 maiTang.nguoiNhan.0.taiKhoan.chuTaiKhoan", "maiTang.nguoiNhan[0].taiKhoan.chuTaiKhoan", codeMissing},
		{funeral, "maiTang.nguoiNhan.0.hinhThuc=1 maiTang.nguoiNhan.0.taiKhoan.maNganHang", "maiTang.nguoiNhan[0].taiKhoan.maNganHang", codeMissing},
		{funeral, "maiTang.nguoiNhan.0.hinhThuc=2 maiTang.nguoiNhan.0.taiKhoan", "", ""},
		{funeral, "maiTang.nguoiNhan.0.soDDCN=079048000021", "maiTang.nguoiNhan[0].soDDCN", codeConflict},
	} {
		data := contentOf(c.form)
		for edit := range strings.FieldsSeq(c.edits) {
			path, value, set := strings.Cut(edit, "=")
			var v any
			if set {
				v = strings.ReplaceAll(value, "_", " ")
			}
			spot{path: strings.Split(path, ".")}.put(data, v)
		}
		body := packed(c.form, data)
		if c.code == "" {
			if status, _, text := p.hand(c.form, strconv.Itoa(i), textOf(body)); status != "1" {
				t.Errorf("%s: %s", c.edits, text)
			}
			continue
		}
		p.wantRefusedDossier(t, c.form, body, c.field, c.code)
		if _, _, text := p.hand(c.form, "a", textOf(body)); strings.Contains(text, ";") {
			t.Errorf("%s: more than one thing is wrong: %s", c.edits, text)
		}
	}
	body := dossierOf(insurance)
	body["soTre"] = 2
	p.wantRefusedDossier(t, insurance, body, "soTre", codeConflict)
}

func TestAKeyOfADossierThatIsNotInTheListOrThereTwiceIsRefused(t *testing.T) {
	p := logged(t, nil)
	for _, f := range newForms() {
		body := dossierOf(f)
		body["maTTHC"] = "1.004222"
		p.wantRefusedDossier(t, f, body, "maTTHC", codeUnknown)
		data := contentOf(f)
		data["hoTich"] = object{}
		p.wantRefusedDossier(t, f, packed(f, data), "hoTich", codeUnknown)
		twice := strings.Replace(textOf(dossierOf(f)), `"maDonVi":`, `"maDonVi":"77777","maDonVi":`, 1)
		if _, code, text := p.hand(f, "a", twice); code != codeRepeated || text != "maDonVi xuất hiện nhiều lần" {
			t.Errorf("%s: got %s %s", f.module, code, text)
		}
	}
}

func TestADossierThatIsNotJSONIsRefused(t *testing.T) {
	p := logged(t, nil)
	for _, f := range newForms() {
		for _, body := range []string{"", "{", "<xml/>", "{\"a\":\"\xff\"}"} {
			if status, code, _ := p.hand(f, "a", body); status != "0" || code != codeSyntax {
				t.Errorf("%s %q: got %s %s", f.module, body, status, code)
			}
		}
		for _, data := range []string{"x", "[]", "{}x"} {
			body := dossierOf(f)
			body["data"] = data
			p.wantRefusedDossier(t, f, body, "data", codeSyntax)
		}
	}
}

// Each service keeps its own book of request codes.
func TestACodeHasOneEffectInEachService(t *testing.T) {
	p := logged(t, nil)
	for i, f := range newForms() {
		if status, _, text := p.hand(f, "a", textOf(dossierOf(f))); status != "1" {
			t.Errorf("%s: %s", f.module, text)
		}
		if status, code, _ := p.hand(f, "a", textOf(dossierOf(f))); status != "0" || code != codeDuplicate {
			t.Errorf("%s again: got %s %s", f.module, status, code)
		}
		if path := p.Stats().Paths[f.path]; path.Effects != 1 || path.Duplicates != 1 || path.Requests != 2 {
			t.Errorf("%s: counted %+v", f.module, path)
		}
		if n := p.Stats().Effects; n != uint64(i+1) {
			t.Errorf("%d effects", n)
		}
	}
	if want := map[string]uint64{"LTBHYT": 1, "LTCT": 1, "LTMTP": 1}; !maps.Equal(p.Stats().Services, want) {
		t.Errorf("services are %v", p.Stats().Services)
	}
}

func TestEveryReceiverWantsATokenATypeAndACode(t *testing.T) {
	p := logged(t, nil)
	for _, f := range newForms() {
		body := textOf(dossierOf(f))
		for _, c := range []struct {
			header, value string
			want          int
		}{{"Authorization", "Bearer khac", 401}, {"Content-Type", "text/xml", 415}} {
			h := p.hotichHeader("a")
			h[c.header] = c.value
			if r := p.must(http.MethodPost, f.path, body, h); r.status != c.want {
				t.Errorf("%s, %s: got %d", f.module, c.header, r.status)
			}
		}
		h := p.hotichHeader("")
		if _, code, _ := p.registration(p.must(http.MethodPost, f.path, body, h)); code != codeMissing {
			t.Errorf("%s without a code: %s", f.module, code)
		}
		if r := p.must(http.MethodGet, f.path, "", p.hotichHeader("a")); r.status != http.StatusMethodNotAllowed {
			t.Errorf("%s: GET got %d", f.module, r.status)
		}
		if last := p.Refusals(); last[len(last)-1].Path != f.path || last[len(last)-1].Code != codeMissing {
			t.Errorf("%s: the last refusal is %+v", f.module, last[len(last)-1])
		}
	}
}

func TestALaxReceiverLooksAtModuleAndDossierOnly(t *testing.T) {
	p := logged(t, func(o *Options) { o.Lax = true })
	for i, f := range newForms() {
		if status, _, text := p.hand(f, "a", `{"module":"`+f.module+`","`+f.key+`":"x","data":"?"}`); status != "1" {
			t.Error(text)
		}
		if _, code, _ := p.hand(f, "b", `{"module":"LTKS"}`); code != codeCatalog {
			t.Errorf("%s with another module: got %q", f.module, code)
		}
		if _, code, _ := p.hand(f, "c", `{`); code != codeSyntax {
			t.Errorf("%s, not json: got %q", f.module, code)
		}
		if e := p.Effects(0, 0); len(e) != i+1 || e[i].Key != "x" || e[i].Service != f.module {
			t.Errorf("effects are %+v", e)
		}
	}
}

func TestAFaultOfAReceiverIsAnAnswerAboutADossier(t *testing.T) {
	for _, f := range newForms() {
		p := logged(t, nil)
		if _, err := p.Trouble(Trouble{Mode: Fault, Path: f.path, Times: 1}); err != nil {
			t.Fatal(err)
		}
		if status, code, _ := p.hand(f, "a", textOf(dossierOf(f))); status != "0" || code != codeSystem {
			t.Errorf("%s: got %s %s", f.module, status, code)
		}
	}
}

func TestTheTotalOfAnAllowanceIsReadWhole(t *testing.T) {
	for text, want := range map[string]int64{"11000000": 11_000_000, "999999999999": 999_999_999_999, "": -1, "1.5": -1} {
		n := node{kind: objectNode, kids: []node{{name: "a", text: text}}}
		if got := n.worth("a"); got != want {
			t.Errorf("%s: got %s", strconv.Quote(text), strconv.FormatInt(got, 10))
		}
	}
}
