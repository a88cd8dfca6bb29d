package audit

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// check writes an entry and reads it back with encoding/json: nothing may be
// lost, and the text must be one line.
func check(t *testing.T, e Entry) {
	t.Helper()
	text := e.append(nil)
	var got Entry
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	want := e
	want.At = e.At.UTC().Truncate(time.Millisecond)
	for i, v := 0, reflect.ValueOf(&want).Elem(); i < v.NumField(); i++ {
		if f := v.Field(i); f.Kind() == reflect.String {
			f.SetString(valid(f.String()))
		}
	}
	if got != want {
		t.Fatalf("read back\n%+v, want\n%+v", got, want)
	}
	if strings.ContainsAny(string(text), "\n\r") || !utf8.Valid(text) {
		t.Fatalf("not a line of UTF-8: %q", text)
	}
	if seqOf(string(text)) != e.Seq {
		t.Fatalf("number is read as %d, want %d", seqOf(string(text)), e.Seq)
	}
	if at, err := timeOf(string(text)); err != nil || !at.Equal(want.At) {
		t.Fatalf("time is read as %s (%v), want %s", at, err, want.At)
	}
	plain, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var a, b map[string]any
	if json.Unmarshal(text, &a) != nil || json.Unmarshal(plain, &b) != nil {
		t.Fatal("not an object")
	}
	if e.Event == "" {
		delete(b, "event") // every entry has one
	}
	delete(a, "at")
	delete(b, "at")
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("has %v, encoding/json has %v", a, b)
	}
}

// valid replaces each byte that is not UTF-8.
func valid(s string) string { return string([]rune(s)) }

// fill makes an entry with s in each of its texts and n in each of its numbers.
func fill(s string, n int64) Entry {
	e := Entry{Seq: 7, At: time.Date(2026, 3, 2, 8, 0, 0, 123456789, time.FixedZone("", 7*3600))}
	for i, v := 1, reflect.ValueOf(&e).Elem(); i < v.NumField(); i++ {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(s)
		case reflect.Int64:
			f.SetInt(n)
		}
	}
	return e
}

func TestAnEntryIsReadBackAsItWasWritten(t *testing.T) {
	for _, s := range []string{"", "x", `"`, `\`, `\"`, "\n\r\t\b\f\x00\x1f\x7f", "Nguyễn Thị Mẫu", "\u2028\u2029", "<&>", "😀", "\ufffd", "\xff", "a\xc3", "\xed\xa0\x80", "a\xf0\x9f\x98", "\xc3\xc3a"} {
		for _, n := range []int64{0, 1, -1, 1234567890, math.MaxInt64, math.MinInt64} {
			check(t, fill(s, n))
		}
	}
	check(t, Entry{Seq: math.MaxInt64})
}

func TestEmptyFieldsAreLeftOut(t *testing.T) {
	e := Entry{Seq: 1, At: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), Event: Started}
	if got, want := string(e.append(nil)), `{"seq":1,"at":"2026-03-02T01:00:00.000Z","event":"started"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func FuzzEntry(f *testing.F) {
	f.Add("accepted", "hồ sơ \"1\"\n", int64(1))
	f.Add("\xff\xfe", "\x00\\", int64(math.MinInt64))
	f.Add("\u2028", "\xed\xa0\x80", int64(-1))
	f.Fuzz(func(t *testing.T, a, b string, n int64) {
		e := fill(a, n)
		e.Detail, e.Sender = b, b+a
		check(t, e)
	})
}

func TestAPseudonymIsKeyedAndStable(t *testing.T) {
	a, b := New(Options{DB: nil, Key: []byte("a"), HeadsPath: "x"}), New(Options{DB: nil, Key: []byte("b"), HeadsPath: "x"})
	const subject = "079000000001"
	p := a.Pseudonym(subject)
	if len(p) != 32 || strings.Trim(p, "0123456789abcdef") != "" || p != a.Pseudonym(subject) {
		t.Errorf("pseudonym is %q", p)
	}
	if p == b.Pseudonym(subject) || p == a.Pseudonym("079000000002") {
		t.Error("the pseudonym does not depend on the key and the subject")
	}
	if a.Pseudonym("") != "" {
		t.Error("nobody has a pseudonym")
	}
	// HMAC-SHA-256, RFC 4231 test case 2, cut to 128 bits.
	if got := New(Options{Key: []byte("Jefe"), HeadsPath: "x"}).Pseudonym("what do ya want for nothing?"); got != "5bdcc146bf60754e6a042426089575c7" {
		t.Errorf("pseudonym is %s", got)
	}
}

func TestTheKeyOfPseudonymsComesFromTheMasterKey(t *testing.T) {
	one, err := SubjectKey(make([]byte, 32))
	if err != nil || len(one) != 32 {
		t.Fatalf("%x %v", one, err)
	}
	other, err := SubjectKey(append(make([]byte, 31), 1))
	if err != nil || string(one) == string(other) || string(one) == string(make([]byte, 32)) {
		t.Errorf("%x and %x (%v)", one, other, err)
	}
}
