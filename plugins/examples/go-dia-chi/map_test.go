package main

import (
	"errors"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/cases"
)

const service = "services/vidu.dia-chi"

func TestTheCasesHold(t *testing.T) {
	all, err := cases.Read(service)
	if err != nil {
		t.Fatal(err)
	}
	m := newMapper()
	for _, c := range all {
		t.Run(c.Name, func(t *testing.T) {
			for _, diff := range c.Run(t.Context(), m) {
				t.Error(diff)
			}
		})
	}
}

func TestWhatWasLeftIsToldToTheSenderWithoutTheAddress(t *testing.T) {
	d, err := newMapper().Map(t.Context(), lgsp.Envelope{Body: []byte(`<CapNhatDiaChi xmlns="urn:vidu:dia-chi"><MaHoSo>1</MaHoSo>` +
		`<SoDinhDanh>001190000001</SoDinhDanh><HoTen>Trần Văn Thử</HoTen><DiaChi>chung cư Mẫu, Hà Nội</DiaChi></CapNhatDiaChi>`)})
	if err != nil {
		t.Fatal(err)
	}
	want := []lgsp.FieldError{{Path: "/CapNhatDiaChi/DiaChi", Code: "missing", Text: textCommune}, {Path: "/CapNhatDiaChi/DiaChi", Code: "unknown", Text: textRest}}
	if len(d.Warnings) != len(want) || d.Warnings[0] != want[0] || d.Warnings[1] != want[1] {
		t.Errorf("the warnings are %+v", d.Warnings)
	}
}

func TestABadMessageIsStillKnownByItsNumberAndItsPerson(t *testing.T) {
	d, err := newMapper().Map(t.Context(), lgsp.Envelope{Body: []byte(`<CapNhatDiaChi xmlns="urn:vidu:dia-chi"><MaHoSo> DC-1 </MaHoSo><SoDinhDanh>001190000001</SoDinhDanh></CapNhatDiaChi>`)})
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Kind != lgsp.Invalid || len(e.Fields) != 2 || e.Text == "" {
		t.Fatalf("%v", err)
	}
	if d.LegacyID != "DC-1" || d.Lane != "DC-1" || d.Subject != "001190000001" || d.Body != nil {
		t.Errorf("%+v", d)
	}
}

func TestWhatIsNoMessageIsNotTheSendersFault(t *testing.T) {
	if _, err := newMapper().Map(t.Context(), lgsp.Envelope{Body: []byte("<")}); lgsp.KindOf(err) != lgsp.Unknown {
		t.Errorf("%v", err)
	}
}
