package bridge_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/bridge"
	"lgsp.internal/adapter/register"
)

// spoken is a mapper that says in its answers who it is.
type spoken struct {
	lgsp.Mapper
	name string
}

func (s *spoken) Reply(context.Context, lgsp.Envelope, lgsp.Ack) ([]byte, error) {
	return []byte("<TraLoi>" + s.name + "</TraLoi>"), nil
}

// replaced is a mapper that may be replaced while it is used.
type replaced struct{ by atomic.Pointer[spoken] }

func (r *replaced) Map(ctx context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	return r.by.Load().Map(ctx, e)
}

func (r *replaced) Reply(ctx context.Context, e lgsp.Envelope, a lgsp.Ack) ([]byte, error) {
	return r.by.Load().Reply(ctx, e, a)
}

func (r *replaced) Moment() lgsp.Mapper { return r.by.Load() }

func TestALookUpIsFinishedByTheMappingThatBeganIt(t *testing.T) {
	live := &replaced{}
	var first, second *spoken
	at := &asker{answer: func(context.Context) ([]byte, error) {
		live.by.Store(second) // while the question is on the wire
		return []byte(`<CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"/>`), nil
	}}
	r := newAskRig(t, at, personPaths(), func(r *rig, _ *register.Grant) {
		s := &r.opt.Services[len(r.opt.Services)-1]
		first, second = &spoken{s.Mapper, "cu"}, &spoken{s.Mapper, "moi"}
		live.by.Store(first)
		s.Mapper, s.Look.Replier = live, live
	})
	for _, want := range []string{"cu", "moi"} {
		if got, err := r.b.Ask(t.Context(), question()); err != nil || !strings.Contains(string(got), want) {
			t.Errorf("answered by %s, %v, want %s", got, err, want)
		}
	}
}

// taker is a bridge.Local.
type taker func()

func (f taker) Take(context.Context, lgsp.Envelope, lgsp.Document) (lgsp.Ack, error) {
	f()
	return lgsp.Ack{}, nil
}

func TestWhatStaysHereIsAnsweredByTheMappingThatTookIt(t *testing.T) {
	live := &replaced{}
	first, second := &spoken{mapper(mapPlain), "cu"}, &spoken{mapper(mapPlain), "moi"}
	live.by.Store(first)
	r := newRig(t, func(r *rig) {
		r.opt.Services = append(r.opt.Services, bridge.Service{Name: "giu", Mapper: live, Replier: live, Local: taker(func() { live.by.Store(second) })})
	})
	for _, want := range []string{"cu", "moi"} {
		e := letter("HS-1", "", "x")
		e.Service = "giu"
		if got, err := r.b.Ask(t.Context(), e); err != nil || !strings.Contains(string(got), want) {
			t.Errorf("answered by %s, %v, want %s", got, err, want)
		}
	}
}
