package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestARegistrationWithEveryFieldFilledIsTaken(t *testing.T) {
	p := logged(t, nil)
	for _, module := range []string{"LTKS", "LTKT", "LTKH"} {
		status, code, text := p.register(module, textOf(registrationOf(module, hoTich(module))))
		if status != "1" || code != "" {
			t.Errorf("%s: got %s %s: %s", module, status, code, text)
		}
	}
}

func TestARegistrationWithTheRequiredFieldsAloneIsTaken(t *testing.T) {
	p := logged(t, nil)
	for module, rules := range newFieldLists().modules {
		members := object{}
		for _, r := range rules {
			if r.must {
				members[r.name] = r.codes
				members[r.name] = sample(r)
			}
		}
		for name, v := range map[string]any{"nksLoaiKhaiSinh": "4", "gbtLoai": "0"} {
			if _, ok := members[name]; ok {
				members[name] = v
			}
		}
		body := registrationOf(module, members)
		delete(body, "maHoSoMCDT")
		delete(body, "fileDinhKem")
		if status, code, text := p.register(module, textOf(body)); status != "1" {
			t.Errorf("%s: got %s: %s", module, code, text)
		}
	}
}

// TestEveryFieldIsHeldToItsRule breaks every field of every list in every way
// that its rule forbids, one at a time, and expects to be told so; each is
// taken again once it is mended.
func TestEveryFieldIsHeldToItsRule(t *testing.T) {
	p := logged(t, nil)
	lists := newFieldLists()
	for module, rules := range lists.modules {
		for _, r := range rules {
			for want, value := range broken(r) {
				members := hoTich(module)
				members[r.name] = value
				p.wantRefused(t, registrationOf(module, members), r.name, want)
			}
		}
	}
	for _, r := range lists.outer {
		for want, value := range broken(r) {
			body := registrationOf("LTKS", hoTich("LTKS"))
			body[r.name] = value
			p.wantRefused(t, body, r.name, want)
		}
	}
	for _, r := range enclosure() {
		for want, value := range broken(r) {
			one := sample(rule{items: enclosure()}).([]any)
			one[0].(object)[r.name] = value
			body := registrationOf("LTKS", hoTich("LTKS"))
			body["fileDinhKem"] = one
			p.wantRefused(t, body, "fileDinhKem[0]."+r.name, want)
		}
	}
	if st := p.Stats(); st.Effects != 0 {
		t.Errorf("%d refused requests took effect", st.Effects)
	}
}

// wantRefused expects a request to be refused for one field and one reason.
func (p *platform) wantRefused(t *testing.T, body object, field, want string) {
	t.Helper()
	status, code, text := p.register("broken", textOf(body))
	sentence := finding{field, want}.sentence()
	if status != "0" || code != want || !strings.HasPrefix(text, sentence) {
		t.Errorf("%s of %s with wrong %s: got status %s, errorCode %s, %q; want %q", field, body["module"], want, status, code, text, sentence)
	}
}

// broken returns values that a rule forbids, by the code they must bring.
func broken(r rule) map[string]any {
	out := map[string]any{}
	if r.must {
		out[codeMissing] = ""
	}
	switch {
	case r.parts != nil, r.items != nil, r.name == "data":
		out[codeFormat] = "x"
		if r.name == "data" {
			out[codeFormat] = object{"hoTich": object{}}
		}
		return out
	case r.form == oneOf:
		out[codeCatalog] = "98"
		return out
	case r.form != anyText:
		out[codeFormat] = "x"
	}
	if r.max > 0 {
		out[codeLength] = strings.Repeat("7", r.max+1)
	}
	return out
}

func TestLengthIsCountedInCharacters(t *testing.T) {
	p := logged(t, nil)
	members := hoTich("LTKS")
	members["nksHoTen"] = strings.Repeat("ễ", 100)
	if status, _, text := p.register("a", textOf(registrationOf("LTKS", members))); status != "1" {
		t.Errorf("100 characters were refused: %s", text)
	}
	members["nksHoTen"] = strings.Repeat("ễ", 101)
	p.wantRefused(t, registrationOf("LTKS", members), "nksHoTen", codeLength)
}

func TestAPlaceIsHeldToItsParts(t *testing.T) {
	p := logged(t, nil)
	for part, c := range map[string]struct{ value, code string }{
		"maTinh": {"03", codeCatalog}, "maHuyen": {"1", codeFormat}, "maXa": {"267340", codeLength},
		"dcChiTiet": {strings.Repeat("x", 251), codeLength}, "maThon": {"1", codeUnknown},
	} {
		members := hoTich("LTKS")
		home := sample(place("")).(object)
		home[part] = c.value
		members["meNoiCuTru"] = home
		p.wantRefused(t, registrationOf("LTKS", members), "meNoiCuTru."+part, c.code)
	}
}

func TestAFormHasItsGoodAndItsBadTexts(t *testing.T) {
	for _, c := range []struct {
		form      form
		max       int
		good, bad []string
	}{
		{isoDate, 0, []string{"2026-02-28", "2024-02-29"}, []string{"2026-02-29", "28/02/2026", "2026-2-28", "2026-02-28 ", ""}},
		{date, 0, []string{"29/02/2024", "2026-02-28"}, []string{"29/02/2026", "1/2/2026", "02/2026", "2026/02/28"}},
		{birthDate, 0, []string{"29/02/2024", "2026-02-28", "02/2026", "2026"}, []string{"13/2026", "26", "2026-02"}},
		{clock, 0, []string{"08:30", "00:00", "23 giờ 59 phút"}, []string{"24:00", "8:30", "08:30:00", "8 giờ"}},
		{number, 0, []string{"0", "12"}, []string{"-1", "1.5", "", "٣"}},
		{exact, 3, []string{"012"}, []string{"12", "0123", "01a", "01."}},
		{phone, 0, []string{"0900000000", "+84900000000", "02800000000"}, []string{"900000000", "09000000", "090000000000", "+8490000000x", "84900000000"}},
		{email, 0, []string{"thu@vidu.vn"}, []string{"thu", "@vidu.vn", "thu@vidu", "a b@vidu.vn", "a@b@vidu.vn"}},
		{file, 0, []string{"dGjhu60="}, []string{"dGjhu60", "***"}},
		{cardNumber, 0, []string{"TE1797921000124", "7921000124"}, []string{"TE6797921000124", "te1797921000124", "TE179792100012", "79210001245", "7921000X24"}},
		{unitCode, 0, []string{"79", "760", "26734"}, []string{"7", "2673", "267345", "7a"}},
		{country, 0, []string{"VN"}, []string{"vn", "VNM", "V1"}},
		{dateTime, 0, []string{"2026-03-02T08:00:00", "2026-03-02T08:00:00Z", "2026-03-02T08:00:00+07:00"}, []string{"2026-03-02", "2026-03-02 08:00:00", "2026-03-02T25:00:00"}},
		{anyText, 0, []string{"Thử"}, []string{"\xff"}},
	} {
		for _, s := range c.good {
			if !c.form.fits(s, c.max) {
				t.Errorf("form %d: %q does not fit", c.form, s)
			}
		}
		for _, s := range c.bad {
			if c.form.fits(s, c.max) {
				t.Errorf("form %d: %q fits", c.form, s)
			}
		}
	}
}

func TestAKeyThatIsNotInTheListIsRefused(t *testing.T) {
	p := logged(t, nil)
	body := registrationOf("LTKS", hoTich("LTKS"))
	body["maTTHC"] = "1.004222"
	p.wantRefused(t, body, "maTTHC", codeUnknown)
	members := hoTich("LTKS")
	members["nktHoTen"] = "Thử"
	p.wantRefused(t, registrationOf("LTKS", members), "nktHoTen", codeUnknown)
	body = registrationOf("LTKS", members)
	body["data"] = `{"hoso":1,"hoTich":{}}`
	p.wantRefused(t, body, "data.hoso", codeUnknown)
}

func TestAKeyThatIsThereTwiceIsRefused(t *testing.T) {
	p := logged(t, nil)
	twice := strings.Replace(birth(), `"module":"LTKS"`, `"module":"LTKS","module":"LTKS"`, 1)
	if _, code, text := p.register("a", twice); code != codeRepeated || text != "module xuất hiện nhiều lần" {
		t.Errorf("got %s %s", code, text)
	}
	body := registrationOf("LTKS", nil)
	body["data"] = `{"hoTich":{},"hoTich":{}}`
	p.wantRefused(t, body, "hoTich", codeRepeated)
}

func TestKeysMayComeInAnyOrderAndNumbersCountAsText(t *testing.T) {
	p := logged(t, nil)
	body := registrationOf("LTKS", hoTich("LTKS"))
	keys := slices.Sorted(maps.Keys(body))
	slices.Reverse(keys)
	var b strings.Builder
	for i, k := range keys {
		v := textOf(body[k])
		if k == "maDonVi" {
			v = "26734"
		}
		b.WriteString(string("{,"[min(i, 1)]) + textOf(k) + ":" + v)
	}
	if status, _, text := p.register("a", b.String()+"}"); status != "1" {
		t.Error(text)
	}
}

func TestAFieldIsRequiredWhenAnotherSaysSo(t *testing.T) {
	p := logged(t, nil)
	for _, tie := range newTies() {
		members := hoTich(tie.module)
		members[tie.field] = tie.values[0]
		delete(members, tie.needs[0])
		p.wantRefused(t, registrationOf(tie.module, members), tie.needs[0], codeMissing)
		if _, _, text := p.register("a", textOf(registrationOf(tie.module, members))); strings.Contains(text, ";") {
			t.Errorf("%s without %s: more than one thing is wrong: %s", tie.module, tie.needs[0], text)
		}
		switch tie.field { // 4: neither parent known; 0: no notice, no paper
		case "nksLoaiKhaiSinh":
			members[tie.field] = "4"
		default:
			members[tie.field] = "0"
		}
		if status, _, text := p.register(tie.module+tie.needs[0], textOf(registrationOf(tie.module, members))); status != "1" {
			t.Errorf("%s without need of %s: %s", tie.field, tie.needs[0], text)
		}
	}
}

func TestNobodyMarriesThemselves(t *testing.T) {
	p := logged(t, nil)
	members := hoTich("LTKH")
	members["voSoDDCN"] = members["chongSoDDCN"]
	p.wantRefused(t, registrationOf("LTKH", members), "voSoDDCN", codeConflict)
}

func TestABodyThatIsNotJSONIsRefused(t *testing.T) {
	p := logged(t, nil)
	for _, body := range []string{"", "{", "{}{}", `{"a":1}x`, "{\"a\":\"\xff\"}", "<xml/>", strings.Repeat("[", 50) + strings.Repeat("]", 50)} {
		if status, code, _ := p.register("a", body); status != "0" || code != codeSyntax {
			t.Errorf("%q: got %s %s", body, status, code)
		}
	}
	if _, code, _ := p.register("a", "[]"); code != codeFormat {
		t.Errorf("an array: got %s", code)
	}
	for _, data := range []string{"x", "[]", "{}x"} {
		body := registrationOf("LTKS", nil)
		body["data"] = data
		p.wantRefused(t, body, "data", codeSyntax)
	}
	body := registrationOf("LTKS", nil)
	body["data"] = "{}"
	p.wantRefused(t, body, "hoTich", codeMissing)
}

func TestARequestCodeIsNeededAndMustAgreeWithItself(t *testing.T) {
	p := logged(t, nil)
	for _, c := range []struct{ idempotency, own, want string }{
		{"", "", codeMissing}, {"a", "b", codeConflict}, {strings.Repeat("a", 41), "", codeLength},
		{"only-idempotency", "", ""}, {"", "only-own", ""}, {"both", "both", ""}, {strings.Repeat("a", 40), "", ""},
	} {
		h := p.hotichHeader("")
		h["Idempotency-Key"], h["MaYeuCau"] = c.idempotency, c.own
		if _, code, _ := p.registration(p.must(http.MethodPost, hotichPath, birth(), h)); code != c.want {
			t.Errorf("%q and %q: got %q, want %q", c.idempotency, c.own, code, c.want)
		}
	}
}

func TestOnlyJSONIsTakenByTheCivilStatusService(t *testing.T) {
	p := logged(t, nil)
	h := p.hotichHeader("a")
	h["Content-Type"] = "text/plain"
	if r := p.must(http.MethodPost, hotichPath, birth(), h); r.status != http.StatusUnsupportedMediaType {
		t.Errorf("got %d", r.status)
	}
	h["Content-Type"] = "application/json; charset=utf-8"
	if r := p.must(http.MethodPost, hotichPath, birth(), h); r.status != http.StatusOK {
		t.Errorf("got %d", r.status)
	}
}

func TestARefusalNamesEveryBadFieldAndNoValue(t *testing.T) {
	p := logged(t, nil)
	members := hoTich("LTKS")
	members["meSoDDCN"], members["chaSoDDCN"] = "0791900000021", "07919000000"
	_, code, text := p.register("a", textOf(registrationOf("LTKS", members)))
	want := "meSoDDCN có độ dài vượt quá số lượng cho phép; chaSoDDCN có định dạng không đúng"
	if code != codeLength || text != want {
		t.Errorf("got %s %q, want %q", code, text, want)
	}
	if refusals := p.Refusals(); len(refusals) != 1 || refusals[0].Text != want || refusals[0].Path != hotichPath {
		t.Errorf("kept %+v", refusals)
	}
}

func TestARefusalIsBounded(t *testing.T) {
	p := logged(t, nil)
	members := hoTich("LTKS")
	for i := range 3 * maxFindings {
		members[strings.Repeat("x", i+1)] = ""
	}
	if _, _, text := p.register("a", textOf(registrationOf("LTKS", members))); strings.Count(text, ";") != maxFindings-1 {
		t.Errorf("got %s", text)
	}
}

func TestARefusedRequestDoesNotUseItsCodeUp(t *testing.T) {
	p := logged(t, nil)
	if status, _, _ := p.register("a", textOf(registrationOf("LTKS", object{}))); status != "0" {
		t.Fatal("an empty registration was taken")
	}
	if status, _, text := p.register("a", birth()); status != "1" {
		t.Errorf("the corrected one was refused: %s", text)
	}
}

func TestALaxSandboxLooksAtModuleAndCodeOnly(t *testing.T) {
	p := logged(t, func(o *Options) { o.Lax = true })
	if status, _, text := p.register("a", `{"module":"LTKS","maHoSoLT":"x","data":"?"}`); status != "1" {
		t.Error(text)
	}
	if _, code, _ := p.register("a", `{"module":"LTKS","maHoSoLT":"x"}`); code != codeDuplicate {
		t.Errorf("the second of a code: got %q", code)
	}
	if _, code, _ := p.register("b", `{"module":"KS"}`); code != codeCatalog {
		t.Errorf("an unknown module: got %q", code)
	}
	if _, code, _ := p.register("c", `{`); code != codeSyntax {
		t.Errorf("not json: got %q", code)
	}
	if e := p.Effects(0, 0); len(e) != 1 || e[0].Key != "x" || e[0].Service != "LTKS" {
		t.Errorf("effects are %+v", e)
	}
}
