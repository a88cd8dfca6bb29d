package scaffold_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// What tells of a person, and of the sender's secrets, in testdata/samples/dotnet-soap12.xml.
func TestNothingOfASampleIsLeftInItsDraft(t *testing.T) {
	text, err := os.ReadFile("testdata/samples/dotnet-soap12.xml")
	if err != nil {
		t.Fatal(err)
	}
	_, _, d := sampled(t, string(text), false)
	for _, f := range d.Files {
		for _, told := range []string{"Trần", "Nguyễn", "Thử", "Mẫu", "0791", "00119200", "1990", "1992", "thu.tran", "Tái hôn", "don.pdf", "JVBER", "15000", "KH-2026", "22/01",
			"sotuphap<", "KhongPhaiBiMat9", "kh-01", "gửi bởi", "mso-application"} {
			if strings.Contains(string(f.Text), told) && !(f.Path == "mapping.yaml" && told == "Mẫu") {
				t.Errorf("%s holds %q", f.Path, told)
			}
		}
	}
	if !strings.Contains(strings.Join(d.Notes, " "), "replaced by an invented one of the same shape; --keep-values keeps them") {
		t.Errorf("it says %v", d.Notes)
	}
	_, in, d := sampled(t, string(text), true)
	if in != string(text) || !strings.Contains(strings.Join(d.Notes, " "), "keep it away from others") {
		t.Errorf("it was changed, or not said to be kept: %v", d.Notes)
	}
}

func TestInventedTextsHaveTheShapeOfTheOthers(t *testing.T) {
	shape := func(s string) string {
		return strings.Map(func(r rune) rune {
			switch {
			case unicode.IsDigit(r):
				return '9'
			case unicode.IsUpper(r):
				return 'A'
			case unicode.IsLetter(r) && r >= 0x80:
				return 'ạ'
			case unicode.IsLetter(r):
				return 'a'
			}
			return r
		}, s)
	}
	// No vowel with a mark beyond those of Vietnamese stays; letters with marks stay such letters.
	for _, text := range []string{"Nguyễn Thị Mẫu", "HS-2026/01 (bổ sung)", "mau.thu@vidu.gov.vn", "12A đường Thử, P. 5", "ĐẶNG", "x", "0", "Ñandú 東京 ½"} {
		_, in, _ := sampled(t, "<Goc><X>"+text+"</X></Goc>", false)
		got := strings.TrimSuffix(strings.TrimPrefix(in, "<Goc><X>"), "</X></Goc>")
		want := shape(text)
		got, want = strings.ReplaceAll(shape(got), "ạ", "a"), strings.ReplaceAll(want, "ạ", "a")
		want = regexp.MustCompile("[東京½]").ReplaceAllString(want, "a")
		if got != want {
			t.Errorf("%q has become %q, of the shape %q", text, in, got)
		}
	}
}

func TestTheSameTextBecomesTheSameText(t *testing.T) {
	_, in, _ := sampled(t, `<Goc Ma="K7"><A>Trần Thử</A><B>Thử</B><C>05/01/1990</C><D>19900105</D><E>K7/2</E><F>079190000001</F><G>079190000001</G><H>079190000002</H><I>1990</I><K>1990</K></Goc>`, false)
	m := regexp.MustCompile(`^<Goc Ma="(.*)"><A>(\S+) (\S+)</A><B>(.*)</B><C>(\d\d)/(\d\d)/(\d{4})</C><D>(\d{4})(\d\d)(\d\d)</D><E>(.*)/(.*)</E><F>(.*)</F><G>(.*)</G><H>(.*)</H><I>(.*)</I><K>(.*)</K></Goc>$`).FindStringSubmatch(in)
	if m == nil {
		t.Fatalf("got %s", in)
	}
	if m[3] != m[4] || m[2] == m[3] || m[5] != m[10] || m[6] != m[9] || m[7] != m[8] || m[1] != m[11] || m[13] != m[14] || m[14] == m[15] || m[16] != m[17] {
		t.Errorf("got %s", in)
	}
}

func TestWhatBelongsToSOAPStays(t *testing.T) {
	text := `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:c="http://schemas.xmlsoap.org/soap/encoding/" xmlns:d="http://www.w3.org/2001/XMLSchema"><e:Body e:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><Goc xml:lang="vi" i:type="d:anyType" c:arrayType="d:int[1]"><A i:nil="true"/><B>true</B><C> </C></Goc></e:Body></e:Envelope>`
	if _, in, _ := sampled(t, text, false); in != text {
		t.Errorf("got %s", in)
	}
}

func TestMarkupAndReferencesSurvive(t *testing.T) {
	if _, in, _ := sampled(t, "<?xml\n\tversion='1.0'?><?xmlx y?><Goc/>", false); in != "<?xml\n\tversion='1.0'?><Goc/>" {
		t.Errorf("got %q", in)
	}
	_, in, d := sampled(t, "<?xml version='1.0'?>\r\n<Goc a='x&apos;y' b=\"x&quot;y\"\r\n>A &amp; &#66; &lt; C<X><![CDATA[D & <E>]]></X><Y/></Goc><!-- hết -->", false)
	if !regexp.MustCompile(`^<\?xml version='1.0'\?>\r\n<Goc a='[a-z]&#39;[a-z]' b="[a-z]&quot;[a-z]"\r\n>[A-Z] &amp; [A-Z] &lt; [A-Z]<X><!\[CDATA\[[A-Z] & <[A-Z]>\]\]></X><Y/></Goc>$`).MatchString(in) {
		t.Errorf("got %q", in)
	}
	holds(t, string(file(t, d, "mapping.yaml")), "# There is text between the elements inside.")
}
