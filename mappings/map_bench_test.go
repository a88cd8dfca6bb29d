package mappings

import (
	"context"
	"os"
	"testing"

	"github.com/beevik/etree"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/internal/vntext"
)

func benchmarkMap(b *testing.B, service, file string) {
	m, problems, err := loadService(Shipped(), service)
	if err != nil || len(problems) > 0 {
		b.Fatal(err, problems)
	}
	body, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	e := lgsp.Envelope{Sender: "H29.11", Service: service, Body: body}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Map(context.Background(), e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMapBirth(b *testing.B) {
	benchmarkMap(b, "hotich.khai-sinh", "hotich.khai-sinh/cases/du-cha-me/in.xml")
}

func BenchmarkMapHousehold(b *testing.B) {
	benchmarkMap(b, "dancu.cap-nhat", "dancu.cap-nhat/cases/ca-ho/in.xml")
}

// The two below are what a mapping cannot do without, to compare with.

func BenchmarkParseBirthStrictly(b *testing.B) {
	body, err := os.ReadFile("hotich.khai-sinh/cases/du-cha-me/in.xml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		text, err := vntext.Decode(body, "")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := strictxml.Parse(text, strictxml.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseBirthByEtree(b *testing.B) {
	body, err := os.ReadFile("hotich.khai-sinh/cases/du-cha-me/in.xml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := etree.NewDocument().ReadFromBytes(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoadTwoHundredMappings(b *testing.B) {
	tree := manyServices(b, 200)
	for b.Loop() {
		if _, err := Load(tree); err != nil {
			b.Fatal(err)
		}
	}
}
