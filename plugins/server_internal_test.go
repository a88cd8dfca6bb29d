package plugins

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/wire"
)

// does is a mapper without Reply.
type does func(e lgsp.Envelope) (lgsp.Document, error)

func (f does) Map(_ context.Context, e lgsp.Envelope) (lgsp.Document, error) { return f(e) }

// replies is one with it.
type replies struct {
	does
	reply func() ([]byte, error)
}

func (r replies) Reply(context.Context, lgsp.Envelope, lgsp.Ack) ([]byte, error) { return r.reply() }

func batch(n int) *wire.MapRequest {
	q := &wire.MapRequest{}
	for i := range n {
		q.Envelopes = append(q.Envelopes, wire.ToEnvelope(lgsp.Envelope{ID: lgsp.ID{byte(i)}, Body: fmt.Appendf(nil, "%d", i)}))
	}
	return q
}

func TestEveryMessageOfACallGetsItsOwnOutcomeInItsPlace(t *testing.T) {
	var told bytes.Buffer
	s := &server{err: &told, mapper: does(func(e lgsp.Envelope) (lgsp.Document, error) {
		switch string(e.Body) {
		case "3":
			panic("Nguyễn Thị Mẫu")
		case "5":
			return lgsp.Document{Lane: "L"}, &lgsp.Error{Kind: lgsp.Invalid}
		}
		return lgsp.Document{Body: e.Body}, nil
	})}
	for _, n := range []int{0, 1, 2, 64} {
		r, err := s.Map(context.Background(), batch(n))
		if err != nil || len(r.Outcomes) != n {
			t.Fatalf("%d messages: %d outcomes (%v)", n, len(r.Outcomes), err)
		}
		for i, o := range r.Outcomes {
			switch {
			case !bytes.Equal(o.GetId(), []byte{byte(i), 15: 0}):
				t.Errorf("outcome %d is under the id %x", i, o.GetId())
			case i == 3 && (o.Error.GetKind() != wire.Kind_UNKNOWN || o.Error.GetCode() != "Panic" || o.Error.GetCause() != "the plugin panicked with a value of type string"),
				i == 5 && (o.Error.GetKind() != wire.Kind_INVALID || o.Document.GetLane() != "L"),
				i != 3 && i != 5 && (o.Error != nil || string(o.Document.GetBody()) != fmt.Sprint(i)):
				t.Errorf("outcome %d is %v", i, o)
			}
		}
	}
	if strings.Contains(told.String(), "Mẫu") || !strings.Contains(told.String(), "panic with a value of type string") || !strings.Contains(told.String(), "server_internal_test.go") {
		t.Errorf("it tells\n%s", told.String())
	}
}

func TestMessagesOfACallAreMappedAtTheSameTime(t *testing.T) {
	var both sync.WaitGroup
	both.Add(2)
	s := &server{mapper: does(func(lgsp.Envelope) (lgsp.Document, error) {
		both.Done()
		both.Wait() // for the other, for ever if it is not under way
		return lgsp.Document{}, nil
	})}
	if _, err := s.Map(context.Background(), batch(2)); err != nil {
		t.Fatal(err)
	}
}

func TestAnEnvelopeThatIsNoneIsAnErrorOfItsOwn(t *testing.T) {
	s := &server{mapper: does(func(e lgsp.Envelope) (lgsp.Document, error) { return lgsp.Document{Body: e.Body}, nil })}
	q := batch(2)
	q.Envelopes[0].Id = nil
	r, err := s.Map(context.Background(), q)
	if err != nil || r.Outcomes[0].Error.GetCause() != "an id has 0 bytes, want 16" || r.Outcomes[1].Error != nil {
		t.Errorf("%v (%v)", r, err)
	}
}

func TestAPluginThatPanicsAtEveryMessageDoesNotFlood(t *testing.T) {
	var told bytes.Buffer
	s := &server{err: &told, mapper: does(func(lgsp.Envelope) (lgsp.Document, error) { panic(errors.New("x")) })}
	for range 100 {
		if _, err := s.Map(context.Background(), batch(1)); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(told.String(), "panic with a value"); n < 1 || n > 5 {
		t.Errorf("%d panics are told", n)
	}
}

func TestAPluginSaysWhetherItReplies(t *testing.T) {
	for want, m := range map[bool]lgsp.Mapper{false: does(nil), true: replies{}} {
		d, err := (&server{info: Info{"a", "1"}, mapper: m}).Describe(context.Background(), nil)
		if err != nil || d.Replies != want || d.Name != "a" || d.Version != "1" || d.Sdk != "go 1" {
			t.Errorf("%v (%v)", d, err)
		}
	}
}

func TestAReplyIsThatOfTheAuthorOrAnError(t *testing.T) {
	q := wire.ToReply(lgsp.Envelope{ID: lgsp.ID{1}}, lgsp.Ack{})
	good := &server{mapper: replies{reply: func() ([]byte, error) { return []byte("<A/>"), nil }}}
	if r, err := good.Reply(context.Background(), q); err != nil || string(r.Body) != "<A/>" || r.Error != nil {
		t.Errorf("%v (%v)", r, err)
	}
	var told bytes.Buffer
	panics := &server{err: &told, mapper: replies{reply: func() ([]byte, error) { panic("Mẫu") }}}
	for name, s := range map[string]*server{"it panics": panics, "it has none": {mapper: does(nil)}} {
		if r, err := s.Reply(context.Background(), q); err != nil || r.Error == nil || r.Error.Kind != wire.Kind_UNKNOWN || r.Body != nil {
			t.Errorf("%s: %v (%v)", name, r, err)
		}
	}
	if r, err := good.Reply(context.Background(), &wire.ReplyRequest{}); err != nil || r.Error == nil {
		t.Errorf("a reply to nothing is %v (%v)", r, err)
	}
}
