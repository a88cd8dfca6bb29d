package queue_test

import (
	"context"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

func TestAMessageThatIsPutIsClaimedAndDelivered(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	e, d := b.message("HS-1", "a", "x")
	r, err := b.q.Put(ctx, e, d, "hotich")
	if err != nil {
		t.Fatal(err)
	}
	l := b.claim("hotich", 1)[0]
	if l.ID != r.ID {
		t.Fatalf("claimed %v, want %v", l.ID, r.ID)
	}
	if err := b.q.Done(ctx, l, lgsp.Ack{At: time.Now()}, time.Millisecond); err != nil {
		t.Fatal(err)
	}
}
