package mappings

import (
	"bytes"
	"context"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	lgsp "lgsp.internal/adapter"
)

// What is kept for the next message must hold no citizen's data.
func TestNothingOfAMessageStaysInMemory(t *testing.T) {
	set, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	sample, err := NewSample(Shipped(), "hotich.khai-sinh")
	if err != nil {
		t.Fatal(err)
	}
	m, _ := set.Get("hotich.khai-sinh")
	// The text of an element with a reference in it is gathered in a buffer.
	body := bytes.ReplaceAll(sample.Body, []byte("Nguyễn "), []byte("Nguyễn&#32;"))
	var st *state
	for tries := 0; st == nil || cap(st.out) == 0; tries++ { // a pool may lose what it is given
		if tries == 100 {
			t.Fatal("no memory is ever used again")
		}
		if _, err := m.Map(context.Background(), lgsp.Envelope{Service: sample.Service, Charset: sample.Charset, Body: body}); err != nil {
			t.Fatal(err)
		}
		st = m.states.Get().(*state)
	}
	parser := reflect.ValueOf(&st.reader).Elem().FieldByName("p")
	if n := parser.FieldByName("s").Len(); n > 0 {
		t.Errorf("%d bytes of the message are held", n)
	}
	for name, b := range map[string][]byte{"out": st.out, "tmp": st.tmp, "key": st.key} {
		if len(bytes.Trim(b[:cap(b)], "\x00")) > 0 {
			t.Errorf("%s holds some of the message", name)
		}
	}
	gathered := parser.FieldByName("text").FieldByName("buf")
	if gathered = gathered.Slice(0, gathered.Cap()); gathered.Len() == 0 {
		t.Error("the message had no text that was gathered")
	}
	for i := range gathered.Len() {
		if gathered.Index(i).Uint() != 0 {
			t.Fatal("gathered text is held")
		}
	}
	elements := parser.FieldByName("slabs").FieldByName("elements").FieldByName("all")
	for i := range elements.Len() {
		if !elements.Index(i).IsZero() {
			t.Errorf("element %d is held", i)
		}
	}
}

func TestHasFindsTwoBytesInARow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		b := make([]byte, random.IntN(8))
		for i := range b {
			b[i] = "<!x"[random.IntN(3)]
		}
		if got, want := has(b, '<', '!'), bytes.Contains(b, []byte("<!")); got != want {
			t.Fatalf("has(%q) is %v", b, got)
		}
	}
}

func TestAPatternOfSetsIsReadAsARegularExpression(t *testing.T) {
	texts := strings.Split("||A|AB|ABC|ab|A\u00c1|Á|12|1|5|6|a1|a1b|a\n|-|]|\\|ÁB|é|aaa|\x00", "|")
	for _, pattern := range []string{"[A-Z]{2}", "[1-5]", "a1", "a[0-9]b", "(?i)ab", "[^a]", "[A-ZÁ]{2}", "a{3}", "a+", "(a|b)c", "(ab){1}", ".", `\\`, "[]-]", "()", "é", "x{0}"} {
		r := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B, pattern: '"+pattern+"'}\n").fields[0]
		for _, s := range texts {
			if got, want := r.fitsPattern(s), r.pattern.MatchString(s); got != want {
				t.Errorf("%q fits %s: %v, want %v", s, pattern, got, want)
			}
		}
	}
	if two := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B, pattern: '[A-Z]{2}'}\n").fields[0]; len(two.classes) != 2 {
		t.Error("a pattern of sets is left to the automaton")
	}
}

func TestTextsAreTrimmedAsTheStandardLibraryTrimsThem(t *testing.T) {
	var edges []string
	for _, c := range "x~!ÀĐăƯưẠỹ\u0085\u00a0\u1680\u2000\u2028\u202f\u205f\u3000\ufeff\u1e7f\u1e80\u1f00 \t\n\v\f\r\u0301€界😀" {
		edges = append(edges, string(c))
	}
	for _, first := range edges {
		for _, last := range edges {
			for _, s := range []string{first + last, first + "a" + last, first + " " + last} {
				if got, want := tidy(s, spacesTrim), strings.TrimSpace(s); got != want {
					t.Errorf("%+q is trimmed to %+q, want %+q", s, got, want)
				}
				if got, want := blank(s), strings.TrimSpace(s) == ""; got != want {
					t.Errorf("%+q: blank is %v", s, got)
				}
				if got, want := tidy(s, spacesNone), strings.Join(strings.Fields(s), ""); got != want {
					t.Errorf("%+q without spaces is %+q, want %+q", s, got, want)
				}
			}
		}
	}
}
