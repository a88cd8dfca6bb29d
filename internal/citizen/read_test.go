package citizen_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/citizen"
)

const someone = `<CongdanCollection><CongDan><SoDinhDanh>079194000003</SoDinhDanh><SoCMND>079000003</SoCMND></CongDan><CongDan><SoDinhDanh>079196000001</SoDinhDanh></CongDan></CongdanCollection>`

func TestThePayloadIsFoundInWhatIsAroundIt(t *testing.T) {
	envelope := func(space, payload string) string {
		return `<?xml version="1.0"?><e:Envelope xmlns:e="` + space + `"><e:Header/><e:Body>` + payload + `</e:Body></e:Envelope>`
	}
	const soap11, soap12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
	checks := `<TonTai>true</TonTai><HoVaTen>0</HoVaTen>`
	for _, c := range []struct {
		kind   citizen.Kind
		answer string
	}{
		{citizen.Person, someone},
		{citizen.Person, envelope(soap11, someone)},
		{citizen.Person, envelope(soap12, "<r:TraCuuThongTinCongDanResponse xmlns:r='urn:r'>"+someone+"</r:TraCuuThongTinCongDanResponse>")},
		{citizen.Person, envelope(soap11, "<aResponse><return>"+someone+"</return><MaYeuCau>1</MaYeuCau></aResponse>")},
		{citizen.Person, "\uFEFF<aResponse><return>" + someone + "</return></aResponse>"},
		{citizen.Verification, "<KetQuaXacThuc>" + checks + "</KetQuaXacThuc>"},
		{citizen.Verification, envelope(soap11, "<KetQuaXacThucResponse>"+checks+"</KetQuaXacThucResponse>")},
		{citizen.Verification, "<d:KetQuaXacThucResponse xmlns:d='u'><d:KetQuaXacThuc>" + checks + "</d:KetQuaXacThuc></d:KetQuaXacThucResponse>"},
		{citizen.Verification, envelope(soap12, "<aResponse><return><KetQuaXacThuc>"+checks+"</KetQuaXacThuc></return></aResponse>")},
		{citizen.Verification, "<XacThucThongTinCongDanResponse>" + checks + "</XacThucThongTinCongDanResponse>"},
	} {
		a := read(t, []byte(c.answer), c.kind)
		if !a.Found() || a.Kind() != c.kind || c.kind == citizen.Person && a.Records() != 2 {
			t.Errorf("not read: %s", c.answer)
		}
	}
}

// secret stands in every answer that cannot be read; it is no name of a field.
const secret = "BiMat079194000003"

func TestAnAnswerThatCannotBeReadIsRefusedWithoutQuotingIt(t *testing.T) {
	collection := func(content string) string { return "<CongdanCollection>" + content + "</CongdanCollection>" }
	citizenOf := func(content string) string { return collection("<CongDan>" + content + "</CongDan>") }
	result := func(content string) string { return "<KetQuaXacThuc>" + content + "</KetQuaXacThuc>" }
	long := strings.Repeat("ữ", citizen.MaxValue)
	for _, c := range []struct {
		name   string
		kind   citizen.Kind
		answer string
	}{
		{"empty", citizen.Person, ""},
		{"no XML", citizen.Person, secret},
		{"an element that is not closed", citizen.Person, collection("<" + secret + ">")},
		{"an element closed by another", citizen.Person, "<" + secret + "></" + secret + "x>"},
		{"a document type", citizen.Person, "<!DOCTYPE " + secret + ">" + someone},
		{"no UTF-8", citizen.Person, citizenOf("<HoVaTen>" + secret + "\xff</HoVaTen>")},
		{"a fault", citizen.Person, "<Envelope><Body><Fault><faultstring>" + secret + "</faultstring></Fault></Body></Envelope>"},
		{"another payload", citizen.Person, result("<TonTai>true</TonTai>")},
		{"another payload", citizen.Verification, someone},
		{"a citizen outside a collection", citizen.Person, "<CongDan><SoCMND>" + secret + "</SoCMND></CongDan>"},
		{"three wrappers", citizen.Person, "<a><b><c>" + someone + "</c></b></a>"},
		{"two payloads", citizen.Person, "<a>" + someone + someone + "</a>"},
		{"two bodies", citizen.Person, "<Envelope><Body>" + someone + "</Body><Body>" + someone + "</Body></Envelope>"},
		{"a field twice", citizen.Person, citizenOf("<HoVaTen>" + secret + "</HoVaTen><HoVaTen>" + secret + "</HoVaTen>")},
		{"an element with fields twice", citizen.Person, citizenOf("<Cha><SoCMND>1</SoCMND></Cha><Cha><QuocTich>VN</QuocTich></Cha>")},
		{"a part twice", citizen.Person, citizenOf("<Cha><HoVaTen><Ten>a</Ten><Ten>b</Ten></HoVaTen></Cha>")},
		{"a long value", citizen.Person, citizenOf("<ThuDienTu>" + long + "x</ThuDienTu>")},
		{"many records", citizen.Person, collection(strings.Repeat("<CongDan/>", citizen.MaxRecords+1))},
		{"many elements", citizen.Person, citizenOf(strings.Repeat("<x/>", citizen.MaxElements-1))},
		{"many bytes", citizen.Person, citizenOf("<x>" + strings.Repeat("x", citizen.MaxBytes) + "</x>")},
		{"deep", citizen.Person, citizenOf(strings.Repeat("<x>", 30) + strings.Repeat("</x>", 30))},
		{"no TonTai", citizen.Verification, result("<HoVaTen>true</HoVaTen>")},
		{"an empty TonTai", citizen.Verification, result("<TonTai/>")},
		{"TonTai neither true nor false", citizen.Verification, result("<TonTai>" + secret + "</TonTai>")},
		{"a field neither true nor false", citizen.Verification, result("<TonTai>true</TonTai><HoVaTen>" + secret + "</HoVaTen>")},
		{"a part neither true nor false", citizen.Verification, result("<TonTai>true</TonTai><HoVaTen><Ten>" + secret + "</Ten></HoVaTen>")},
		{"true beside an element", citizen.Verification, result("<TonTai>true</TonTai><HoVaTen>true<Ten>true</Ten></HoVaTen>")},
		{"a field of a verification twice", citizen.Verification, result("<TonTai>true</TonTai><TonTai>false</TonTai>")},
		{"no such kind", 2, someone},
	} {
		var r citizen.Reader
		a, err := r.Read([]byte(c.answer), c.kind)
		var e *lgsp.Error
		if a != nil || !errors.As(err, &e) || e.Kind != lgsp.Unknown || e.Code != citizen.AnswerUnreadable || e.Text == "" {
			t.Errorf("%s: got %v, %v", c.name, a, err)
			continue
		}
		if text := fmt.Sprintf("%v %+v %s", err, *e, e.Text); strings.Contains(text, "BiMat") || strings.Contains(text, "079") {
			t.Errorf("%s: the error quotes the answer: %s", c.name, text)
		}
	}
	for name, answer := range map[string]string{
		"a value at its limit":    citizenOf("<ThuDienTu> " + long + " </ThuDienTu>"),
		"as many records":         collection(strings.Repeat("<CongDan/>", citizen.MaxRecords)),
		"as many elements":        citizenOf(strings.Repeat("<x/>", citizen.MaxElements-2)),
		"a long unknown value":    citizenOf("<x>" + long + long + "</x>"),
		"an unknown value, twice": citizenOf("<x/><x/>"),
	} {
		var r citizen.Reader
		if _, err := r.Read([]byte(answer), citizen.Person); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFoundIsARecordWithANameOrANumber(t *testing.T) {
	for content, want := range map[string]bool{
		"":           false,
		"<CongDan/>": false,
		"<CongDan><GioiTinh>1</GioiTinh><HoVaTen><Ten> </Ten></HoVaTen></CongDan>": false,
		"<CongDan><Cha><SoDinhDanh>079194000003</SoDinhDanh></Cha></CongDan>":      false,
		"<CongDan><HoVaTen><Ten>THỬ</Ten></HoVaTen></CongDan>":                     true,
		"<CongDan><SoCMND>079000003</SoCMND></CongDan>":                            true,
		"<CongDan/><CongDan><SoDinhDanh>079194000003</SoDinhDanh></CongDan>":       true,
	} {
		a := read(t, []byte("<CongdanCollection>"+content+"</CongdanCollection>"), citizen.Person)
		if a.Found() != want {
			t.Errorf("%s: got %v", content, a.Found())
		}
		if v, wrong := a.Verdict(); v != citizen.NoVerdict || wrong != nil {
			t.Errorf("%s: got the verdict %d", content, v)
		}
	}
}

func TestTheSubjectIsTheNumberOfTheFirstRecord(t *testing.T) {
	for answer, want := range map[string]string{
		someone: "079194000003",
		"<CongdanCollection><CongDan><SoCMND>079000003</SoCMND></CongDan></CongdanCollection>":                           "079000003",
		"<CongdanCollection><CongDan/><CongDan><SoCMND>079000003</SoCMND></CongDan></CongdanCollection>":                 "",
		"<CongdanCollection><CongDan><ChuHo><SoDinhDanh>079194000003</SoDinhDanh></ChuHo></CongDan></CongdanCollection>": "",
		"<CongdanCollection/>": "",
	} {
		if got := read(t, []byte(answer), citizen.Person).Subject(); got != want {
			t.Errorf("%s: got %q, want %q", answer, got, want)
		}
	}
	if got := read(t, []byte("<KetQuaXacThuc><TonTai>1</TonTai></KetQuaXacThuc>"), citizen.Verification).Subject(); got != "" {
		t.Errorf("a verification: got %q", got)
	}
}

func TestAnAnswerPrintsNothingOfWhatItHolds(t *testing.T) {
	a := read(t, []byte(someone), citizen.Person)
	j, err := json.Marshal([]any{a})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "answer", a)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "answer", *a)
	if text := fmt.Sprintf("%v %+v %#v %s %d %q %v", a, a, a, a, a, *a, []any{a, *a}) + string(j) + log.String(); strings.Contains(text, "079") {
		t.Errorf("printed: %s", text)
	}
}

// TestGoroutinesShareAReader is for the race detector, and shows that nothing of
// an answer reaches another one.
func TestGoroutinesShareAReader(t *testing.T) {
	var r citizen.Reader
	approved := approve(t, citizen.Person, "SoDinhDanh", "HoVaTen")
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 200 {
				token := fmt.Sprintf("%03d%09d", g, i)
				if i%10 == 0 {
					_, _ = r.Read([]byte("<CongdanCollection><CongDan><SoDinhDanh>"+token+"</SoDinhDanh>"), citizen.Person)
					continue
				}
				a, err := r.Read([]byte("<CongdanCollection><CongDan><SoDinhDanh>"+token+"</SoDinhDanh></CongDan></CongdanCollection>"), citizen.Person)
				if err != nil {
					t.Error(err)
					return
				}
				out, _, err := approved.Write(nil, a, citizen.Live)
				if want := collectionOpen + "<SoDinhDanh>" + token + "</SoDinhDanh>" + collectionClose; err != nil || string(out) != want {
					t.Errorf("got %s, %v, want %s", out, err, want)
				}
			}
		})
	}
	all.Wait()
}
