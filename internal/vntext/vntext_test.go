package vntext

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// vietnamese lists the charsets that hold every Vietnamese letter.
var vietnamese = []string{UTF8, UTF16LE, UTF16BE, Windows1258, TCVN3, VNI, TCVN3InUTF8, VNIInUTF8}

func decoded(t *testing.T, b []byte, charset string) string {
	t.Helper()
	out, err := Decode(b, charset)
	if err != nil {
		t.Fatalf("%s: %q: %v", charset, b, err)
	}
	return string(out)
}

func TestTheLettersAreThoseOfTheTable(t *testing.T) {
	data, err := os.ReadFile("vn_legacy_charsets.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")[1:]
	if len(lines) != 134 || len(letters) != 134 {
		t.Fatalf("%d lines, %d letters, want 134", len(lines), len(letters))
	}
	for i, line := range lines {
		col := strings.Split(line, "\t")
		l := letters[i]
		got := []string{string(l.r), hex.EncodeToString([]byte(l.vni)), hex.EncodeToString([]byte(l.tcvn3))}
		want := []string{col[0], strings.ToLower(strings.ReplaceAll(col[3], " ", "")), strings.ToLower(strings.ReplaceAll(col[5], " ", ""))}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v: run go generate", got, want)
		}
	}
}

func TestEveryLetterIsReadAndWrittenInEveryCharset(t *testing.T) {
	for _, charset := range vietnamese {
		for _, l := range letters {
			for _, text := range []string{string(l.r), "x" + string(l.r) + "n", "<a>" + string(l.r) + "</a>", " " + string(l.r) + "\n"} {
				b, err := Encode(text, charset)
				if err != nil {
					t.Fatalf("%s: %q: %v", charset, text, err)
				}
				if got := decoded(t, b, charset); got != text {
					t.Errorf("%s: % X: got %q, want %q", charset, b, got, text)
				}
			}
		}
	}
	for _, l := range letters {
		if got := decoded(t, []byte(l.tcvn3), TCVN3); got != string(l.r) {
			t.Errorf("tcvn3 % X: got %q, want %c", l.tcvn3, got, l.r)
		}
		if got := decoded(t, []byte(l.vni), VNI); got != string(l.r) {
			t.Errorf("vni % X: got %q, want %c", l.vni, got, l.r)
		}
		if got := decoded(t, []byte(norm.NFD.String(string(l.r))), UTF8); got != string(l.r) {
			t.Errorf("decomposed %c: got %q", l.r, got)
		}
	}
}

func TestTextInAnOldCharsetIsRead(t *testing.T) {
	for _, c := range []struct{ charset, in, want string }{
		{TCVN3, "NguyÔn ThÞ MÉu", "Nguyễn Thị Mẫu"},
		{TCVN3, "\xA7\xB7ng \xAE\xAD\xEEc", "Đãng được"},
		{TCVN3, "A\xB5 O\xE3 Y\xFD \xA2\xCA \xA1\xBE \xA6\xF8", "À Ó Ý Ấ Ắ Ứ"},
		{TCVN3, "LA\xA0N", "LA\u00A0N"},
		{TCVN3, "T\xA2\xA2 \xA2N", "TÂÂ ÂN"},
		{VNI, "Nguye\xE3n Thò Ma\xE3u", "Nguyễn Thị Mẫu"},
		{VNI, "\xD1A\xEBNG \xF1\xF6\xF4\xEFc", "ĐẶNG được"},
		{VNI, "\xD4\xD9 \xD6\xDB \xF4 \xF6 \xC6 \xCE", "Ớ Ử ơ ư Ỉ Ỵ"},
		{VNI, "\x93a\x94 \x96 100\xB0", "“a” – 100°"},
		{Windows1258, "Nguy\xEA\xDEn M\xE2\xDEu", "Nguyễn Mẫu"},
		{Windows1258, "h\xF2 \xF2", "\u1E25 \u0323"},
		{Windows1258, "Thi\xF2 \xD0a\xECng \xFD\xF5", "Thị Đáng ươ"},
		{Windows1252, "\x80 \x93caf\xE9\x94", "€ “café”"},
		{Latin1, "caf\xE9 \xA0\xFF", "café \u00A0ÿ"},
		{UTF16LE, "\xFF\xFEM\x00\xAB\x1Eu\x00=\xD8\x00\xDE", "Mẫu😀"},
		{UTF16BE, "\x00M\x1E\xAB\x00u", "Mẫu"},
		{TCVN3InUTF8, "Nguy\u00D4n Th\u00DE A\u00B5 – “x”", "Nguyễn Thị À – “x”"},
		{VNIInUTF8, "Nguye\u00E3n – \u00D1a\u00F8o \u00F4\u00F9", "Nguyễn – Đào ớ"},
		{UTF8, "\uFEFF<a/>", "<a/>"},
		{"", "Mẫu", "Mẫu"},
		{"X-TCVN3", "M\xC9u", "Mẫu"},
	} {
		in := c.in
		if c.charset == TCVN3 || c.charset == VNI {
			in = singleBytes(in)
		}
		if got := decoded(t, []byte(in), c.charset); got != c.want {
			t.Errorf("%s: got %q, want %q", c.charset, got, c.want)
		}
	}
}

// singleBytes turns the Latin letters of a literal into the bytes that they stand for.
func singleBytes(s string) string {
	var b []byte
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError {
			r = rune(s[0])
		}
		b = append(b, byte(r))
		s = s[size:]
	}
	return string(b)
}

func TestBytesOfAnotherCharsetAreRefused(t *testing.T) {
	for _, c := range []struct {
		charset, in string
		offset      int
	}{
		{UTF8, "Nguy\xD4n", 4}, {UTF8, "Nguy\xEA\xDEn", 4}, {UTF8, "ạ\xE1\xBB", 3}, {UTF8, "\xC0\x80", 0}, {UTF8, "\xED\xA0\x80", 0}, {UTF8, "ab\x80", 2}, {UTF8, "\xFF\xFEa\x00", 0},
		{UTF8, "12345678ạ\xC3", 11}, {UTF8, "\uFEFFa\x01", 4}, {UTF8, "e\u0301\xFF", 3},
		{TCVN3, "a\x80", 1}, {TCVN3, "\x96", 0}, {TCVN3, "\xB0", 0}, {TCVN3, "a\xB4", 1}, {TCVN3, "\xFF", 0}, {TCVN3, "\xE0", 0},
		{VNI, "\xD9", 0}, {VNI, "n\xF9", 1}, {VNI, "a\xF9\xF9", 2}, {VNI, "\x81", 0}, {VNI, "\xFF", 0},
		{Windows1258, "a\x8A", 1}, {Windows1258, "\x9E", 0}, {Windows1252, "\x81", 0}, {Windows1252, "\x9D", 0}, {Latin1, "a\x96", 1}, {Latin1, "\x80", 0},
		{UTF16LE, "\xAB\x1E\x01\x00", 2}, {UTF16LE, "a\x00b", 2}, {UTF16LE, "\x00\xD8", 0}, {UTF16LE, "\x00\xD8a\x00", 0}, {UTF16BE, "\xDC\x00\x00a", 0},
		{TCVN3InUTF8, "Mẫu", 1}, {TCVN3InUTF8, "\u0080", 0}, {TCVN3InUTF8, "M\xC9u", 1}, {VNIInUTF8, "ạ", 0},
	} {
		_, err := Decode([]byte(c.in), c.charset)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %q: got %v, want an error", c.charset, c.in, err)
			continue
		}
		if e.Offset != c.offset {
			t.Errorf("%s: %q: %v, want byte %d", c.charset, c.in, e, c.offset)
		}
	}
	if _, err := Decode([]byte("a"), "viscii"); err == nil {
		t.Error("an unknown charset was accepted")
	}
}

func TestControlCharactersAreRefusedInEveryCharset(t *testing.T) {
	for _, charset := range Names() {
		for c := range byte(' ') {
			b := []byte{'a', c, 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'}
			switch charset {
			case UTF16LE:
				b = []byte{'a', 0, c, 0}
			case UTF16BE:
				b = []byte{0, 'a', 0, c}
			}
			_, err := Decode(b, charset)
			if allowed := c == '\t' || c == '\n' || c == '\r'; allowed != (err == nil) {
				t.Errorf("%s: 0x%02X: %v", charset, c, err)
			}
		}
	}
}

func TestWhatNeedsNoChangeIsNotCopied(t *testing.T) {
	for _, charset := range []string{"", UTF8, TCVN3, VNI, Windows1258, Latin1, Windows1252, TCVN3InUTF8} {
		b := []byte("<a>plain\r\n\ttext</a>")
		if out, err := Decode(b, charset); err != nil || &out[0] != &b[0] || len(out) != len(b) {
			t.Errorf("%s: %q, %v", charset, out, err)
		}
	}
	for _, text := range []string{sentence, "“Mẫu” – 5 m²…", "日本語 😀", "\u0301 alone", "ḿ\u0323"} {
		b := []byte(norm.NFC.String(text))
		if out, err := Decode(b, UTF8); err != nil || &out[0] != &b[0] || len(out) != len(b) {
			t.Errorf("%q: %q, %v", text, out, err)
		}
		if n := testing.AllocsPerRun(10, func() { _, _ = Decode([]byte(sentence)[:0], UTF8) }); n > 1 {
			t.Errorf("%v allocations", n)
		}
	}
}

// Tone placement and i/y are spelling: two people may differ in nothing else.
func TestNamesAreNeverRewritten(t *testing.T) {
	for _, name := range []string{"Hoà", "Hòa", "Thuỷ", "Thủy", "Khoẻ", "Khỏe", "Vy", "Vi", "Mỹ", "Mĩ", "Lý", "Lí", "Đắk", "Ð", "NGUYỄN  THỊ"} {
		if got := decoded(t, []byte(name), UTF8); got != name {
			t.Errorf("%q became %q", name, got)
		}
	}
}

func TestUTF8IsBroughtIntoNFC(t *testing.T) {
	for r := rune(' '); r < 0x30000; r++ { // nothing beyond decomposes
		if !utf8.ValidRune(r) || r == 0xFEFF {
			continue
		}
		for _, text := range []string{"a" + string(r) + "b", "ê" + string(r)} {
			if got := decoded(t, []byte(text), UTF8); got != norm.NFC.String(text) {
				t.Fatalf("%U: got %+q, want %+q", r, got, norm.NFC.String(text))
			}
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "ă", "â", "e", "ê", "o", "ơ", "u", "ư", "Y", "ậ", "đ", "\u0300", "\u0301", "\u0302", "\u0303", "\u0306", "\u0309", "\u031B", "\u0323", "\u0327", "\u0334", " ", "n", "ạ", "가", "\u1161", "\u0F71", "Å", "ﬁ", "…", "\u2000"}
	for range 50_000 {
		var b strings.Builder
		for range random.IntN(12) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		if got := decoded(t, []byte(b.String()), UTF8); got != norm.NFC.String(b.String()) {
			t.Fatalf("%+q: got %+q, want %+q", b.String(), got, norm.NFC.String(b.String()))
		}
	}
}

func TestWindows1258IsReadAsByTheStandardLibraryOfCharsets(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		b := make([]byte, random.IntN(8)+1)
		for i := range b {
			b[i] = byte(random.IntN(0xE0) + 0x20)
		}
		want, err := charmap.Windows1258.NewDecoder().Bytes(b)
		got, refused := Decode(b, Windows1258)
		if bad := err != nil || bytes.ContainsRune(want, utf8.RuneError); bad != (refused != nil) {
			t.Fatalf("% X: %v", b, refused)
		}
		if refused == nil && !bytes.Equal(got, norm.NFC.Bytes(want)) {
			t.Fatalf("% X: got %+q, want %+q", b, got, norm.NFC.Bytes(want))
		}
	}
}

func TestRandomVietnameseTextSurvivesEveryCharset(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	const consonants = "bcdghklmnpqrstvx BCDGHKLMNPQRSTVX<>&.,-0123456789\n"
	for range 3000 {
		var text strings.Builder
		for range random.IntN(30) {
			text.WriteRune(letters[random.IntN(len(letters))].r)
			for range random.IntN(3) + 1 {
				text.WriteByte(consonants[random.IntN(len(consonants))])
			}
		}
		for _, charset := range vietnamese {
			b, err := Encode(text.String(), charset)
			if err != nil {
				t.Fatalf("%s: %q: %v", charset, text.String(), err)
			}
			if got := decoded(t, b, charset); got != text.String() {
				t.Fatalf("%s: got %q, want %q", charset, got, text.String())
			}
		}
	}
}

func TestWhatACharsetCannotHoldIsNotWritten(t *testing.T) {
	for _, c := range []struct{ text, charset string }{
		{"ж", TCVN3}, {"ạ", Windows1252}, {"–", Latin1}, {"日", VNI}, {"ж", VNIInUTF8}, {"a", "viscii"}, {"a\x01", UTF8}, {"\xFF", TCVN3},
		{"Aà", TCVN3}, {"Âấ", TCVN3InUTF8}, // neighbours that TCVN3 shows as one letter: À, Ấ
	} {
		if b, err := Encode(c.text, c.charset); err == nil {
			t.Errorf("%s: %q was written as % X", c.charset, c.text, b)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for i := range Names() {
		f.Add([]byte(sentence), byte(i))
		if b, err := Encode(sentence, Names()[i]); err == nil {
			f.Add(b, byte(i))
		}
		f.Add([]byte(norm.NFD.String(sentence)), byte(i))
		f.Add([]byte("A\xB5\xF2\xCC \xA2\xCA\x96\xFF"), byte(i))
	}
	f.Fuzz(func(t *testing.T, b []byte, n byte) {
		charset := Names()[int(n)%len(Names())]
		before := bytes.Clone(b)
		out, err := Decode(b, charset)
		if !bytes.Equal(b, before) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			return
		}
		if !utf8.Valid(out) || !norm.NFC.IsNormal(out) {
			t.Fatalf("%s: %q is not NFC UTF-8", charset, out)
		}
		again, err := Decode(out, UTF8)
		if err == nil && len(out) > 0 && !bytes.HasPrefix(out, []byte("\uFEFF")) && &again[0] != &out[0] {
			t.Fatalf("%s: %q changed when read again", charset, out)
		}
		if err != nil {
			t.Fatalf("%s: %q: %v", charset, out, err)
		}
	})
}

func TestNoTextGrowsMoreThanGrowth(t *testing.T) {
	check := func(b []byte, charset string) {
		if text, err := Decode(b, charset); err == nil && len(text) > Growth*len(b) {
			t.Errorf("%s: % x is %d bytes of UTF-8", charset, b, len(text))
		}
	}
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if norm.NFC.PropertiesString(string(r)).Decomposition() == nil && r >= 0x3000 {
			continue // stays as it is: three bytes of two, or four of four
		}
		text := []byte(string(r))
		check(text, UTF8)
		check(text, TCVN3InUTF8)
		check(text, VNIInUTF8)
		var wide []byte
		for _, unit := range utf16.Encode([]rune{r}) {
			wide = binary.LittleEndian.AppendUint16(wide, unit)
		}
		check(wide, UTF16LE)
	}
	for _, charset := range []string{Windows1258, TCVN3, VNI, Latin1, Windows1252} {
		for pair := range 1 << 16 {
			check([]byte{byte(pair)}, charset)
			check([]byte{byte(pair >> 8), byte(pair)}, charset)
		}
	}
}

func TestNFCPutsLettersTogether(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"Nguyen 1", "Nguyen 1"},
		{"Nguyễn Thị Mẫu", "Nguyễn Thị Mẫu"},
		{"Nguye\u0302\u0303n", "Nguyễn"},
		{"vie\u0323\u0302n", "viện"},
		{"vie\u0302\u0323n", "viện"},
		{"a\u0301", "á"},
		{"\u0301a", "\u0301a"},
		{"\ufeffĐ", "\ufeffĐ"},
		{"\u1100\u1161", "가"},
	} {
		if got := NFC(tt.in); got != tt.want {
			t.Errorf("NFC(%+q) = %+q, want %+q", tt.in, got, tt.want)
		}
	}
}

func TestNFCCopiesNothingThatStaysAsItIs(t *testing.T) {
	const name = "Nguyen Thi Mau"
	if n := testing.AllocsPerRun(100, func() { NFC(name) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
