package strictxml_test

import (
	_ "embed"
	"testing"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

//go:embed testdata/khai-sinh.xml
var birth []byte

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(birth)))
	for b.Loop() {
		if _, err := strictxml.Parse(birth, strictxml.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEtreeRead(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(birth)))
	for b.Loop() {
		if err := etree.NewDocument().ReadFromBytes(birth); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEscapeText(b *testing.B) {
	const name = "Ủy ban nhân dân phường Bến Thành & Phòng Tư pháp, Thành phố Hồ Chí Minh"
	dst := make([]byte, 0, 256)
	b.ReportAllocs()
	b.SetBytes(int64(len(name)))
	for b.Loop() {
		dst = strictxml.EscapeText(dst[:0], name)
	}
}
