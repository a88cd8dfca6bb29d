package conform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/proto"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/wire"
)

// needsCases skips a check that has no message to make it with.
func (x *exam) needsCases() error {
	if len(x.good) == 0 {
		return skipped{errors.New("there is no case with a message that becomes a document; see --cases")}
	}
	return nil
}

func casesHold(ctx context.Context, x *exam) error {
	if len(x.messages) == 0 {
		return skipped{errors.New("there are no cases; see --cases")}
	}
	return x.with(ctx, func(ctx context.Context, p *process) error {
		var bad wrong
		for _, c := range x.messages {
			for _, diff := range c.Run(ctx, client{x, p}) {
				bad = append(bad, c.Name+": "+diff)
			}
			if p.over(0) {
				return fmt.Errorf("it ended at the case %s", c.Name)
			}
		}
		return bad.orNil()
	})
}

// envelopes are the messages of all cases, each with an id of its own.
func (x *exam) envelopes() (all []lgsp.Envelope) {
	for i, c := range x.messages {
		e := c.Envelope
		e.ID[14], e.ID[15] = byte(i>>8), byte(i)
		all = append(all, e)
	}
	return all
}

// alone maps messages one by one.
func (x *exam) alone(ctx context.Context, p *process, all []lgsp.Envelope) ([]*wire.Outcome, error) {
	outcomes := make([]*wire.Outcome, len(all))
	for i, e := range all {
		one, err := x.ask(ctx, p, e)
		if err != nil {
			return nil, err
		}
		outcomes[i] = one[0]
	}
	return outcomes, nil
}

// answersInOrder looks at whose every answer says that it is. What the messages
// are does not matter.
func answersInOrder(ctx context.Context, x *exam) error {
	return x.with(ctx, func(ctx context.Context, p *process) error {
		all := make([]lgsp.Envelope, 32)
		for i := range all {
			all[i] = lgsp.Envelope{Body: []byte("<La/>")}
			if len(x.messages) > 0 {
				all[i] = x.messages[i%len(x.messages)].Envelope
			}
			all[i].ID = lgsp.ID{0: 1, 15: byte(len(all) - i)}
		}
		var bad wrong
		for _, n := range []int{1, len(all)} {
			outcomes, err := x.ask(ctx, p, all[:n]...)
			if err != nil {
				return err
			}
			for i, o := range outcomes {
				if problem := whose(all[:n], i, o.GetId()); problem != "" {
					bad = append(bad, problem)
				}
			}
		}
		return bad.orNil()
	})
}

// whose says what is wrong about the id of answer i, "" when nothing is.
func whose(all []lgsp.Envelope, i int, id []byte) string {
	where := fmt.Sprintf("of the %d messages of one call, the answer in place %d ", len(all), i+1)
	if len(all) == 1 {
		where = "a message that is sent alone is answered "
	}
	other := slices.IndexFunc(all, func(e lgsp.Envelope) bool { return bytes.Equal(e.ID[:], id) })
	switch {
	case other == i:
		return ""
	case other >= 0:
		return where + fmt.Sprintf("bears the id of that in place %d: want the answers in the order of their messages", other+1)
	case len(id) > 0 && len(all) == 1:
		return where + "under an id that is not its own"
	case len(id) > 0:
		return where + "bears an id that none of them has"
	case len(all) == 1:
		return where + "without its id: want Outcome.id, which the SDK of this version of lgspd sets"
	default:
		return where + "bears no id"
	}
}

// isPure maps the same messages again in other ways, and by another process.
func isPure(ctx context.Context, x *exam) error {
	if err := x.needsCases(); err != nil {
		return err
	}
	all := x.envelopes()
	var first []*wire.Outcome
	err := x.with(ctx, func(ctx context.Context, p *process) error {
		var err error
		if first, err = x.alone(ctx, p, all); err != nil {
			return err
		}
		for range 3 {
			order := x.random.Perm(len(all))
			again, err := x.alone(ctx, p, picked(all, order))
			if err != nil {
				return err
			}
			if err := x.differ("alone, in another order", order, first, again); err != nil {
				return err
			}
			if again, err = x.ask(ctx, p, picked(all, order)...); err != nil {
				return err
			}
			if err := x.differ("together", order, first, again); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return x.with(ctx, func(ctx context.Context, p *process) error {
		order := x.random.Perm(len(all))
		again, err := x.ask(ctx, p, picked(all, order)...)
		if err != nil {
			return err
		}
		return x.differ("by a process that has just begun", order, first, again)
	})
}

func picked[T any](all []T, order []int) (some []T) {
	for _, i := range order {
		some = append(some, all[i])
	}
	return some
}

// differ reports outcomes that are not what came first. order says which message
// each is of.
func (x *exam) differ(how string, order []int, first, again []*wire.Outcome) error {
	var bad wrong
	for at, i := range order {
		if !proto.Equal(first[i], again[at]) {
			bad = append(bad, fmt.Sprintf("case %s, mapped %s, becomes something else than before", x.messages[i%len(x.messages)].Name, how))
		}
	}
	return bad.orNil()
}

// keepsApart makes 64 calls at once, each with its own message.
func keepsApart(ctx context.Context, x *exam) error {
	if err := x.needsCases(); err != nil {
		return err
	}
	const calls = 64
	return x.with(ctx, func(ctx context.Context, p *process) error {
		var all []lgsp.Envelope
		for i := range calls {
			e := x.messages[i%len(x.messages)].Envelope
			e.ID[14], e.ID[15] = 1, byte(i)
			all = append(all, e)
		}
		first, err := x.alone(ctx, p, all)
		if err != nil {
			return err
		}
		for range 3 {
			again, err := x.atOnce(ctx, p, all)
			if err != nil {
				return err
			}
			if err := x.differ("at once with others", x.inTurn(calls), first, again); err != nil {
				return err
			}
		}
		return nil
	})
}

func (x *exam) inTurn(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

func (x *exam) atOnce(ctx context.Context, p *process, all []lgsp.Envelope) ([]*wire.Outcome, error) {
	outcomes, errs := make([]*wire.Outcome, len(all)), make([]error, len(all))
	var wg sync.WaitGroup
	for i, e := range all {
		wg.Go(func() {
			one, err := x.ask(ctx, p, e)
			if err != nil {
				errs[i] = err
				return
			}
			outcomes[i] = one[0]
		})
	}
	wg.Wait()
	return outcomes, errors.Join(errs...)
}

const together = 16 // variants in one call

// survey maps variants, and looks at every outcome and at whether the plugin is
// still there.
func (x *exam) survey(ctx context.Context, p *process, all []variant, look func(v variant, o *wire.Outcome) string) error {
	var bad wrong
	for some := range slices.Chunk(all, together) {
		var es []lgsp.Envelope
		for _, v := range some {
			es = append(es, v.envelope)
		}
		outcomes, err := x.ask(ctx, p, es...)
		if err != nil {
			return fmt.Errorf("%s, and others in one call: %w", some[0].what, err)
		}
		for i, o := range outcomes {
			if problem := look(some[i], o); problem != "" {
				bad = append(bad, some[i].what+": "+problem)
			}
		}
	}
	return bad.orNil()
}

func reportsFields(ctx context.Context, x *exam) error {
	if err := x.needsCases(); err != nil {
		return err
	}
	return x.with(ctx, func(ctx context.Context, p *process) error {
		return x.survey(ctx, p, append(x.wholes(), x.variants(fieldChanges())...), func(_ variant, o *wire.Outcome) string { return x.unusable(o) })
	})
}

func readsLetters(ctx context.Context, x *exam) error {
	if err := x.needsCases(); err != nil {
		return err
	}
	return x.with(ctx, func(ctx context.Context, p *process) error {
		return x.survey(ctx, p, x.variants(letterChanges()), func(_ variant, o *wire.Outcome) string { return x.unusable(o) })
	})
}

// replies puts answers into words, those of the cases and others.
func replies(ctx context.Context, x *exam) error {
	return x.with(ctx, func(ctx context.Context, p *process) error {
		d, err := x.describe(ctx, p)
		if err != nil {
			return err
		}
		var bad wrong
		asked := false
		for _, c := range x.Cases {
			if !c.IsReply() {
				continue
			}
			asked = true
			if !d.GetReplies() {
				return fmt.Errorf("the case %s holds an answer, and it says that it has no Reply", c.Name)
			}
			for _, diff := range c.Run(ctx, client{x, p}) {
				bad = append(bad, c.Name+": "+diff)
			}
		}
		if !d.GetReplies() && !asked {
			return skipped{errors.New("it has no Reply")}
		}
		for _, answer := range []string{"", "<La/>", "<La>" + markWords + "</La>", "<a", "\xff"} {
			r, err := x.reply(ctx, p, lgsp.Envelope{ID: lgsp.ID{1}, Body: []byte("<La/>")}, lgsp.Ack{Body: []byte(answer)})
			if err != nil {
				return err
			}
			if r.GetError() == nil && !wellFormed(r.GetBody()) {
				bad = append(bad, fmt.Sprintf("the answer %q becomes something that is not XML", answer))
			}
			if repeats([]string{markWords}, strings.Join(saidIn(r.GetError(), nil), "\n")) {
				bad = append(bad, "the error of an answer holds what is in it")
			}
		}
		return bad.orNil()
	})
}
