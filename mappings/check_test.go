package mappings

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

const birthCheck = "{to: b, from: B, check: {personal-id: {born: {from: N, in: [dd/MM/yyyy, yyyy]}, sex: G, male: [Nam, '1'], female: [Nữ, '2']}}}"

// parts tells by a word each what a warning says.
func parts(warnings []lgsp.FieldError) string {
	var told []string
	for _, w := range warnings {
		line := w.Path + " " + w.Code
		for _, part := range []struct{ text, word string }{{textIDForm, "form"}, {textIDPlace, "place"}, {textIDSex, "sex"}, {textIDYear, "year"}, {textIDFuture, "future"}} {
			if strings.Contains(w.Text, part.text) {
				line += " " + part.word
			}
		}
		told = append(told, line+" ["+w.Want+"] ["+w.Found+"]")
	}
	return strings.Join(told, "\n")
}

func TestAPersonalIDThatDoesNotFitIsWarnedOf(t *testing.T) {
	received := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ name, rules, in, want string }{
		{"nothing to compare with", "{to: b, from: B, check: personal-id}", "<B>079195000001</B>", ""},
		{"all agrees", birthCheck, "<B>079195000001</B><N>05/01/1995</N><G>nữ</G>", ""},
		{"all agrees, of a man of this century", birthCheck, "<B>024201000001</B><N>2001</N><G>NAM</G>", ""},
		{"a birth abroad", birthCheck, "<B>101195000001</B><N>1995</N><G>2</G>", ""},
		{"no such province", birthCheck, "<B>003195000001</B><N>1995</N><G>2</G>", "/A/B personal-id place [] [12 chữ số]"},
		{"another sex", birthCheck, "<B>079195000001</B><N>1995</N><G>Nam</G>", "/A/B personal-id sex [khớp với /A/G] [12 chữ số]"},
		{"another sex, of a man", birthCheck, "<B>079095000001</B><N>1995</N><G>nu</G>", "/A/B personal-id sex [khớp với /A/G] [12 chữ số]"},
		{"another year", birthCheck, "<B>079195000001</B><N>01/01/1996</N><G>2</G>", "/A/B personal-id year [khớp với /A/N] [12 chữ số]"},
		{"another century", birthCheck, "<B>079195000001</B><N>2095</N><G>2</G>", "/A/B personal-id year [khớp với /A/N] [12 chữ số]"},
		{"everything at once", birthCheck, "<B>000199000001</B><N>1995</N><G>1</G>", "/A/B personal-id place sex year [khớp với /A/G, /A/N] [12 chữ số]"},
		{"sex and year are not sent", birthCheck, "<B>079195000001</B>", ""},
		{"a sex that is neither", birthCheck, "<B>079195000001</B><G>không rõ</G>", ""},
		{"a day that cannot be read", birthCheck, "<B>079195000001</B><N>5 tháng 1</N>", ""},
		{"a year to come", "{to: b, from: B, check: personal-id}", "<B>079227000001</B>", "/A/B personal-id future [] [12 chữ số]"},
		{"this year", "{to: b, from: B, check: personal-id}", "<B>079226000001</B>", ""},
		{"eleven digits", "{to: b, from: B, check: personal-id}", "<B>07919500001</B>", "/A/B personal-id form [12 chữ số] [11 chữ số]"},
		{"a letter", "{to: b, from: B, check: personal-id}", "<B>07919500000O</B>", "/A/B personal-id form [12 chữ số] [12 ký tự: chữ cái và chữ số]"},
		{"an old number where the mapping takes it", "{to: b, from: B, length: [9, 12], check: personal-id}", "<B>079195001</B>", ""},
		{"a letter where the mapping takes an old number", "{to: b, from: B, length: [9, 12], check: personal-id}", "<B>07919500000O</B>", "/A/B personal-id form [12 chữ số] [12 ký tự: chữ cái và chữ số]"},
		{"nothing", birthCheck, "", ""},
		{"the layouts of the rule that reads the day", "{to: b, from: B, check: {personal-id: {born: N}}}\n  - {to: n, from: N, date: {in: MM/yyyy, out: yyyy}}", "<B>079195000001</B><N>05/1996</N>", "/A/B personal-id year [khớp với /A/N] [12 chữ số]"},
		{"in a list, by what stands there", "{to: l, each: L, fields: [{to: b, from: '@b', check: {personal-id: {sex: '@g', male: M, female: F}}}]}",
			"<L b='079195000001' g='F'/><L b='079195000001' g='M'/>", "/A/L[2]/@b personal-id sex [khớp với /A/L[2]/@g] [12 chữ số]"},
		{"in a list of texts", "{to: l, each: L, check: personal-id}", "<L>079195000001</L><L>x</L>", "/A/L[2] personal-id form [12 chữ số] [1 chữ cái]"},
		{"two rules on one number", "{to: b, from: B, check: personal-id}\n  - {to: c, from: B, check: personal-id}", "<B>x</B>", "/A/B personal-id form [12 chữ số] [1 chữ cái]"},
		{"the number that is there", "{to: b, from: [C, B], check: personal-id}", "<B>x</B>", "/A/B personal-id form [12 chữ số] [1 chữ cái]"},
		{"of whom the exchange is about", "{to: c, from: C}\nsubject: {from: B, check: personal-id}", "<B>x</B>", "/A/B personal-id form [12 chữ số] [1 chữ cái]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := mapOn(mappingOf(t, jsonHead+"fields:\n  - "+tt.rules+"\n"), received, tt.in)
			if err != nil || d.Body == nil {
				t.Fatal(err)
			}
			if got := parts(d.Warnings); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			for _, w := range d.Warnings {
				if !strings.HasPrefix(w.Text, "Số định danh cá nhân cần đối soát: ") || !strings.HasSuffix(w.Text, ".") {
					t.Errorf("text: %s", w.Text)
				}
			}
		})
	}
}

func TestAMessageThatIsRefusedIsNotWarnedOf(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B, check: personal-id}\n  - {to: c, from: C, type: int}\n")
	d, err := mapIt(m, a("<B>x</B><C>x</C>"))
	if lgsp.KindOf(err) != lgsp.Invalid || d.Warnings != nil {
		t.Errorf("got %+v, %v", d, err)
	}
	if d, err = mapIt(m, a("<C>1</C>")); err != nil || d.Warnings != nil {
		t.Errorf("the next message is warned of the one before: %+v, %v", d, err)
	}
}

func TestWarningsAreBounded(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, each: B, check: personal-id}\n")
	d, err := mapIt(m, a(strings.Repeat("<B>x</B>", maxDoubts+10)))
	if err != nil || len(d.Warnings) != maxDoubts || d.Warnings[maxDoubts-1].Path != "/A/B[50]" {
		t.Errorf("%d warnings, %v", len(d.Warnings), err)
	}
}

// idModel reads a number as domain experts do, digit by digit.
func idModel(number, born, sex string) (wrong string) {
	centuries := map[byte]string{'0': "19m", '1': "19f", '2': "20m", '3': "20f", '4': "21m", '5': "21f", '6': "22m", '7': "22f", '8': "23m", '9': "23f"}
	of := centuries[number[3]]
	known := number[0] != '0'
	for _, line := range strings.Split(mergers, "\n") {
		for _, one := range strings.Split(line[strings.Index(line, ": ")+2:], ", ") {
			known = known || number[:3] == "0"+one[:2]
		}
	}
	if !known {
		wrong += " place"
	}
	if sex != "" && of[2:] != sex {
		wrong += " sex"
	}
	switch year := of[:2] + number[4:6]; {
	case born != "" && year != born:
		wrong += " year"
	case born == "" && year > "2026":
		wrong += " future"
	}
	return wrong
}

func TestAPersonalIDIsJudgedAsItsDigitsSay(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B, type: digits, length: 12, check: {personal-id: {born: {from: N, in: yyyy}, sex: G, male: m, female: f}}}\n")
	random := rand.New(rand.NewPCG(12, 63))
	received := time.Date(2026, 12, 31, 16, 59, 59, 0, time.UTC)
	seen := map[string]int{}
	for range 20_000 {
		number := fmt.Sprintf("%03d%d%02d%06d", random.IntN(130), random.IntN(10), random.IntN(100), random.IntN(1_000_000))
		born, sex := "", []string{"", "m", "f"}[random.IntN(3)]
		if random.IntN(3) > 0 {
			born = fmt.Sprint(1900 + int(number[3]-'0')/2*100 + random.IntN(2)*random.IntN(100))
		}
		d, err := mapOn(m, received, "<B>"+number+"</B><N>"+born+"</N><G>"+sex+"</G>")
		if err != nil {
			t.Fatal(err)
		}
		want := idModel(number, born, sex)
		got, _, _ := strings.Cut(strings.TrimPrefix(parts(d.Warnings), "/A/B personal-id"), " [")
		if got != want {
			t.Fatalf("number %s, born %q, sex %q: got%s, want%s", number, born, sex, got, want)
		}
		seen[want]++
		for i := range len(number) - 3 {
			for _, w := range d.Warnings {
				if strings.Contains(w.Text+w.Want+w.Found, number[i:i+4]) {
					t.Fatalf("%s is in %+v", number[i:i+4], w)
				}
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("only these were met: %v", seen)
	}
}

func TestFaultyChecksAreReportedWithTheirPlace(t *testing.T) {
	for _, tt := range []struct{ name, rules, want string }{
		{"another check", "{to: b, from: B, check: old-id}", "6:29: check: want one of personal-id"},
		{"another key", "{to: b, from: B, check: {personal-ids: {}}}", "6:29: check: personal-id is missing\n6:30: check: unknown key \"personal-ids\"; did you mean personal-id?"},
		{"an empty mapping", "{to: b, from: B, check: {personal-id: {}}}", "6:43: personal-id: want born, or sex with male and female"},
		{"no mapping", "{to: b, from: B, check: {personal-id: N}}", "6:43: personal-id: want keys with values (born, sex, male, female)"},
		{"an unknown key", "{to: b, from: B, check: {personal-id: {bron: N}}}", "6:43: personal-id: want born, or sex with male and female\n6:44: personal-id: unknown key \"bron\"; did you mean born?"},
		{"sex without its texts", "{to: b, from: B, check: {personal-id: {sex: G}}}", "6:43: personal-id: male is missing\n6:43: personal-id: female is missing"},
		{"texts without sex", "{to: b, from: B, check: {personal-id: {male: m, female: f}}}", "6:43: personal-id: sex is missing"},
		{"one text for both", "{to: b, from: B, check: {personal-id: {sex: G, male: [nu, m], female: Nữ}}}", "6:30: personal-id: male and female have a text in common"},
		{"born without layouts", "{to: b, from: B, check: {personal-id: {born: N}}}", "6:50: born: no rule reads N as a date; say how it is written, as in {from: N, in: dd/MM/yyyy}"},
		{"born of a word", "{to: b, from: B, check: {personal-id: {born: {from: $id, in: yyyy}}}}", `6:57: born: "$id" is no date; want a path into the message`},
		{"sex of a word", "{to: b, from: B, check: {personal-id: {sex: $sender, male: m, female: f}}}", `6:49: sex: "$sender" is no sex; want a path into the message`},
		{"sex by a bad path", "{to: b, from: B, check: {personal-id: {sex: 'a b', male: m, female: f}}}", `6:49: sex: path "a b": "a b" is not a name; want steps such as Tre/NoiSinh/@Ma`},
		{"beside codes", "{to: b, from: B, codes: [x], check: personal-id}", "6:34: check: cannot stand beside codes"},
		{"beside const", "{to: b, const: x, check: personal-id}", "6:23: check: cannot stand beside const"},
		{"beside count", "{to: b, count: B, check: personal-id}", "6:23: check: cannot stand beside count"},
		{"beside fields", "{to: b, from: B, fields: [{to: c, from: C}], check: personal-id}", "6:50: check: cannot stand beside fields"},
		{"beside date", "{to: b, from: B, date: {in: yyyy, out: yyyy}, check: personal-id}", "6:51: check: cannot stand beside date"},
		{"of an int", "{to: b, from: B, type: int, check: personal-id}", "6:33: check: of a personal id, want type text or digits"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(problemsOf(t, []byte(jsonHead+"fields:\n  - "+tt.rules+"\n")), "\n")
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestACheckIsRefusedWhereNobodyReadsAWarning(t *testing.T) {
	mapping := strings.Replace(askHead, "subject: S", "subject: {from: S, check: personal-id}", 1)
	mapping = strings.Replace(mapping, "{to: b, from: B}", "{to: b, from: B, check: personal-id}", 1)
	mapping = strings.Replace(mapping, "{to: c, from: C}", "{to: d, fields: [{to: c, from: C, check: personal-id}]}", 1)
	got := strings.Join(problemsOf(t, []byte(mapping)), "\n")
	want := "5:20: check: has no place here: nobody is told of it, for a lookup is not answered with a receipt\n" +
		"9:22: check: has no place here: nobody is told of it, for a lookup is not answered with a receipt\n" +
		"14:41: check: has no place here: an answer is not judged"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A warning names what was taken all the same: it is no error and changes nothing.
func TestACheckChangesNothingOfTheDocument(t *testing.T) {
	plain := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B}\n")
	checked := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B, check: personal-id}\n")
	for _, in := range []string{"", "<B>079195000001</B>", "<B>x</B>", "<B>003195000001</B>"} {
		want, err := mapIt(plain, a(in))
		got, gotErr := mapIt(checked, a(in))
		if err = errors.Join(err, gotErr); err != nil || string(got.Body) != string(want.Body) {
			t.Errorf("%s: got %s, want %s, %v", in, got.Body, want.Body, err)
		}
	}
}

// The numbers of people keep the old codes for ever.
func TestAPersonalIDBeginsWithAnOldProvinceOrACountry(t *testing.T) {
	old := map[string]bool{}
	for _, p := range provinces(t) {
		old["0"+p.code] = true
	}
	n := 0
	for i, known := range idPlaces {
		prefix := string([]byte{byte('0' + i/100), byte('0' + i/10%10), byte('0' + i%10)})
		if want := old[prefix] || i >= 100; known != want {
			t.Errorf("%s is a place: %v", prefix, known)
		}
		if known && i < 100 {
			n++
		}
	}
	if n != 63 {
		t.Errorf("%d provinces", n)
	}
}
