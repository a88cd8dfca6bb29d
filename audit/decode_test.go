package audit

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// expectSame fails unless decode reads a text as encoding/json does.
func expectSame(t *testing.T, text string) {
	t.Helper()
	var got, want Entry
	got.Message = "left over"
	err, wantErr := got.Parse(text), json.Unmarshal([]byte(text), &want)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: %v, encoding/json says %v", text, err, wantErr)
	}
	if err == nil && got != want {
		t.Fatalf("%q is read as\n%+v, want\n%+v", text, got, want)
	}
}

var oddTexts = []string{"", "x", `"`, `\`, `\"`, `\u0041`, "\n\r\t\b\f\x00\x1f\x7f", "Nguyễn Thị Mẫu", "\u2028", "<&>", "😀", "\ufffd", "\xff", "a\xc3", "\xed\xa0\x80",
	`,"seq":1`, "}", "{", ":", "hồ sơ \"1\"\n", strings.Repeat("ă", 100), strings.Repeat("x", 100), "1234567", "12345678", "123456789", "1234567\\", "12345678\x1f", "é"}

func TestAnEntryIsDecodedAsEncodingJSONDoes(t *testing.T) {
	for _, s := range oddTexts {
		for _, n := range []int64{0, 1, -1, 999999999999999999, -999999999999999999, 1000000000000000000, math.MaxInt64, math.MinInt64} {
			e := fill(s, n)
			text := string(e.append(nil))
			expectSame(t, text)
			var got Entry
			if err := got.Parse(text); err != nil || string(got.append(nil)) != text {
				t.Fatalf("%s is read as %+v (%v)", text, got, err)
			}
		}
	}
}

// scrambled returns the parts of an entry's text in another order, with what
// other versions or other hands may put between them.
func scrambled(dice *rand.Rand, e Entry) string {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(e.append(nil), &fields); err != nil {
		panic(err) // append writes JSON
	}
	var parts []string
	for key, value := range fields {
		parts = append(parts, `"`+key+`":`+string(value))
	}
	odd := []string{`"later":"mới"`, `"later":-12`, `"later":{"a":1}`, `"later":null`, `"later":1.5`, `"later":007`, `"Message":"HOA"`, `"message":null`, `"seq":"1"`,
		`"message":"twice"`, `"took":1e3`, `"took":-0`, `"took":01`, `"took":99999999999999999999`, `"\u0073eq":9`, `"ſeq":8`, `"detail":"\u00e9\ud83d\ude00\/\b"`, `"detail":"\u001g"`,
		`"at":"2026-02-31T01:00:00.000Z"`, `"at":"2026-13-01T01:00:00.000Z"`, `"at":"2026-03-02T24:00:00.000Z"`, `"at":"2026-03-02T08:00:00+07:00"`, `"at":"0000-01-01T00:00:00.000Z"`, `"at":""`,
		` "kind":"space"`, `"kind" :"space"`, "\"kind\":\"raw\nline\"", `"kind":"open`, `"kind"`, `kind:1`, `"":""`, "\"kind\":\"\x80\"", `"kind":["a"]`, `"kind":true`}
	for range dice.IntN(3) {
		parts = append(parts, odd[dice.IntN(len(odd))])
	}
	dice.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return "{" + strings.Join(parts, ",") + "}" + []string{"", "", "", "", "", " ", "x", "{}"}[dice.IntN(8)]
}

func TestAnEntryInAnyOrderIsDecodedAsEncodingJSONDoes(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 1))
	pick := func() string { return oddTexts[dice.IntN(len(oddTexts))] }
	for range 30_000 {
		e := Entry{Seq: dice.Int64(), At: time.UnixMilli(dice.Int64N(253402300799999)), Event: Event(pick()), Message: pick(), From: pick(), Result: Result(pick()), Took: dice.Int64() - dice.Int64()}
		text := scrambled(dice, e)
		expectSame(t, text)
		cut := dice.IntN(len(text))
		expectSame(t, text[:cut])
	}
}

func TestATextIsPlainWhenItsCharactersStandForThemselves(t *testing.T) {
	for c := range 256 {
		for n := range 20 {
			for at := range n + 1 {
				s := strings.Repeat("a", at) + string([]byte{byte(c)}) + strings.Repeat("~", n-at)
				if want := c >= ' ' && c < 0x80 && c != '\\'; isPlain(s) != want {
					t.Fatalf("%q is plain: %v", s, isPlain(s))
				}
			}
		}
	}
}

// Most entries have to be read in place: that is what makes reading fast.
func TestWhatAppendWritesIsReadInPlace(t *testing.T) {
	for _, s := range oddTexts {
		e := fill(s, 12345)
		d := decoder{all: string(e.append(nil))}
		d.plain = isPlain(d.all)
		var got Entry
		if !d.entry(&got) {
			t.Errorf("with the text %q it is left to encoding/json", s)
		}
	}
	e := fill("H29.11", 12345)
	text := string(e.append(nil))
	var got Entry
	if n := testing.AllocsPerRun(100, func() {
		if err := got.Parse(text); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// A field that is added to Entry has to be read too.
func TestEveryFieldIsRead(t *testing.T) {
	for i := range reflect.TypeFor[Entry]().NumField() {
		e := Entry{At: time.UnixMilli(0).UTC()}
		f := reflect.ValueOf(&e).Elem().Field(i)
		switch f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Int64:
			f.SetInt(7)
		}
		d := decoder{all: string(e.append(nil))}
		var got Entry
		if !d.entry(&got) || got != e {
			t.Errorf("%s is read as %+v", d.all, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	dice := rand.New(rand.NewPCG(4, 1))
	for _, s := range oddTexts {
		e := fill(s, 1)
		f.Add(string(e.append(nil)))
		f.Add(scrambled(dice, e))
	}
	f.Fuzz(func(t *testing.T, text string) { expectSame(t, text) })
}
