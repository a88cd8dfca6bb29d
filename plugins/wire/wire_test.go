package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/wire"
)

// sent brings a message over the wire.
func sent[M proto.Message](t *testing.T, m, empty M) M {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := proto.Unmarshal(b, empty); err != nil {
		t.Fatal(err)
	}
	return empty
}

func someFields(n int, words string) (fields []lgsp.FieldError) {
	for i := range n {
		fields = append(fields, lgsp.FieldError{Path: fmt.Sprintf("/Phieu/%d", i), Code: words, Text: "Thiếu " + words, Found: words, Want: "dd/MM/yyyy"})
	}
	return fields
}

func FuzzWhatCrossesTheWireIsWhatItWas(f *testing.F) {
	f.Add([]byte("<A/>"), "H29.11", "Ngày sinh", int64(1767574800123), uint8(4), uint8(2))
	f.Add([]byte{0xff, 0}, "\xff\xfe", "", int64(-62135596800000), uint8(200), uint8(0))
	f.Fuzz(func(t *testing.T, body []byte, word, sentence string, ms int64, kind, n uint8) {
		if !utf8.ValidString(word) || !utf8.ValidString(sentence) {
			if got := wire.ToDocument(lgsp.Document{Lane: word, LegacyID: sentence}); !utf8.ValidString(got.Lane) || !utf8.ValidString(got.LegacyId) {
				t.Error("what is not UTF-8 is sent")
			}
			return
		}
		if len(body) == 0 {
			body = nil
		}
		at := time.UnixMilli(ms % (1 << 52)).UTC()
		e := lgsp.Envelope{Source: "soap", Sender: word, System: sentence, Service: word, Received: at, Body: body}
		copy(e.ID[:], body)
		if got, err := wire.FromEnvelope(sent(t, wire.ToEnvelope(e), &wire.Envelope{})); err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("an envelope became %+v (%v), want %+v", got, err, e)
		}
		a := lgsp.Ack{Ref: word, At: at, Body: body}
		if gotE, gotA, err := wire.FromReply(sent(t, wire.ToReply(e, a), &wire.ReplyRequest{})); err != nil || !reflect.DeepEqual(gotE, e) || !reflect.DeepEqual(gotA, a) {
			t.Errorf("a reply became %+v, %+v (%v)", gotE, gotA, err)
		}
		d := lgsp.Document{Route: word, LegacyID: sentence, Lane: word, Subject: sentence, Purpose: lgsp.Purpose{Procedure: word, Officer: sentence, Unit: word},
			Body: body, Warnings: someFields(int(n%4), word)}
		if got := wire.FromDocument(sent(t, wire.ToDocument(d), &wire.Document{})); !reflect.DeepEqual(got, d) {
			t.Errorf("a document became %+v, want %+v", got, d)
		}
		want := &lgsp.Error{Kind: lgsp.Kind(kind % 9), Op: "plugin.map", Code: word, Text: sentence, Fields: someFields(int(n%4), word), After: time.Duration(n) * time.Second}
		if sentence != "" {
			want.Err = wire.Cause(sentence)
		}
		if got := wire.FromError("plugin.map", sent(t, wire.ToError(want), &wire.Error{})); !reflect.DeepEqual(got, error(want)) {
			t.Errorf("an error became %#v, want %#v", got, want)
		}
	})
}

func TestEveryKindHasItsNumberOnTheWire(t *testing.T) {
	for k := lgsp.Unknown; k <= lgsp.Forbidden; k++ {
		m := wire.ToError(&lgsp.Error{Kind: k})
		if _, known := wire.Kind_name[int32(m.Kind)]; !known || lgsp.KindOf(wire.FromError("", m)) != k {
			t.Errorf("%s crosses as %s", k, m.Kind)
		}
	}
	if len(wire.Kind_name) != int(lgsp.Forbidden)+1 {
		t.Errorf("the wire knows %d kinds, want %d", len(wire.Kind_name), lgsp.Forbidden+1)
	}
}

func TestAKindOfALaterVersionIsUnknown(t *testing.T) {
	if got := lgsp.KindOf(wire.FromError("", &wire.Error{Kind: 300})); got != lgsp.Unknown {
		t.Errorf("it is %s", got)
	}
}

// An error of the standard library holds the value that it is about.
func TestOfAnErrorOnlyItsTypesCross(t *testing.T) {
	_, number := strconv.Atoi("001199000001x")
	both := errors.Join(number, errors.New("Nguyễn Thị Mẫu"))
	deep := number
	for range 100 {
		deep = fmt.Errorf("again: %w", deep)
	}
	for _, row := range []struct {
		err   error
		kind  lgsp.Kind
		cause string
	}{
		{number, lgsp.Unknown, "*strconv.NumError: *errors.errorString"},
		{fmt.Errorf("read Nguyễn Thị Mẫu: %w", number), lgsp.Unknown, "*fmt.wrapError: *strconv.NumError: *errors.errorString"},
		{both, lgsp.Unknown, "*errors.joinError: (*strconv.NumError: *errors.errorString, *errors.errorString)"},
		{deep, lgsp.Unknown, strings.Repeat("*fmt.wrapError: ", 16) + "…"},
		{&lgsp.Error{Kind: lgsp.Invalid, Err: number}, lgsp.Invalid, "*strconv.NumError: *errors.errorString"},
		{fmt.Errorf("read 001199000001: %w", &lgsp.Error{Kind: lgsp.Invalid}), lgsp.Invalid, ""},
		{&lgsp.Error{Kind: lgsp.Denied, Err: &lgsp.Error{Text: "Mẫu"}}, lgsp.Denied, "*lgsp.Error"},
		{fmt.Errorf("say: %w", wire.Cause("the plugin has no Reply")), lgsp.Unknown, "*fmt.wrapError: the plugin has no Reply"},
	} {
		var e *lgsp.Error
		m := wire.ToError(row.err)
		if !errors.As(wire.FromError("plugin.map", m), &e) || e.Kind != row.kind || m.GetCause() != row.cause {
			t.Errorf("%v crosses as %v, want %s and the cause %q", row.err, m, row.kind, row.cause)
		}
	}
	if m := wire.ToError(errors.Join(slices.Repeat([]error{both}, 1000)...)); len(m.GetCause()) > 4<<10 {
		t.Errorf("the types of many errors have %d bytes", len(m.GetCause()))
	}
}

func TestNoErrorIsNone(t *testing.T) {
	if wire.ToError(nil) != nil || wire.FromError("", nil) != nil {
		t.Error("no error became one")
	}
}

func TestAWaitIsNeverLostAndNeverWithoutEnd(t *testing.T) {
	for _, row := range []struct{ from, want time.Duration }{
		{time.Microsecond, time.Millisecond}, {-time.Second, 0}, {1000 * time.Hour, 24 * time.Hour},
	} {
		var e *lgsp.Error
		if !errors.As(wire.FromError("", wire.ToError(&lgsp.Error{After: row.from})), &e) || e.After != row.want {
			t.Errorf("%s became %s, want %s", row.from, e.After, row.want)
		}
	}
}

func TestAnIDThatIsNoneIsAnError(t *testing.T) {
	for _, id := range [][]byte{nil, []byte("short"), bytes.Repeat([]byte{1}, 17)} {
		if _, err := wire.FromEnvelope(&wire.Envelope{Id: id}); err == nil {
			t.Errorf("an id of %d bytes is taken", len(id))
		}
	}
	if _, _, err := wire.FromReply(&wire.ReplyRequest{}); err == nil {
		t.Error("a reply to nothing is taken")
	}
}
