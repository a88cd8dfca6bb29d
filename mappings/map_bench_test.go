package mappings

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/beevik/etree"
	"golang.org/x/sys/unix"

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

// The time that it takes depends on who else uses the machine; what it takes of
// the processors does less.
func BenchmarkLoadTwoHundredMappings(b *testing.B) {
	tree := manyServices(b, 200)
	before := processorTime(b)
	for b.Loop() {
		if _, err := Load(tree); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((processorTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
