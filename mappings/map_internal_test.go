package mappings

import (
	"bytes"
	"context"
	"math/rand/v2"
	"reflect"
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
