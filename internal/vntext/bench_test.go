package vntext

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

const sentence = `<ks:HoTen>Nguyễn Thị Mẫu</ks:HoTen><ks:NoiSinh>Bệnh viện Thử Nghiệm, số 1 đường Mẫu, phường Bến Thành</ks:NoiSinh>
<ks:GhiChu>ba mươi tháng sáu năm hai nghìn không trăm hai mươi lăm</ks:GhiChu>
`

func twoKB(s string) []byte {
	return []byte(strings.Repeat(s, 2048/len(s)+1))
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct{ name, charset, text string }{
		{"ascii", UTF8, strings.Repeat("<ks:MaHoSo>H29.11-250701-0001</ks:MaHoSo>\n", 3)},
		{"composed", UTF8, sentence},
		{"decomposed", UTF8, norm.NFD.String(sentence)},
		{"windows-1258", Windows1258, sentence},
		{"tcvn3", TCVN3, sentence},
		{"vni", VNI, sentence},
		{"utf-16le", UTF16LE, sentence},
		{"tcvn3-in-utf-8", TCVN3InUTF8, sentence},
	} {
		b.Run(c.name, func(b *testing.B) {
			body := twoKB(c.text)
			if c.charset != UTF8 {
				var err error
				if body, err = Encode(string(body), c.charset); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := Decode(body, c.charset); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSettle(b *testing.B) {
	body := []byte(`<?xml version="1.0" encoding="utf-8"?><a/>`)
	for _, c := range []struct{ name, header string }{
		{"header", "text/xml; charset=utf-8"},
		{"declaration", "text/xml"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Settle(c.header, body, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
