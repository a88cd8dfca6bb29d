package audit

import (
	"context"
	"errors"
)

// aheadMost is how many lines are handed over at once, aheadDepth how often that
// is done before whoever reads waits: some hundred kilobytes.
const (
	aheadMost  = 256
	aheadDepth = 2
)

// step is a line, or the beginning of the chain that has moved.
type step struct {
	line
	sum   [32]byte // the line's hash
	moved *Head
}

// walkAhead is walk whose reading goes on while each is busy with what was read:
// half of the work is the database's.
func (l *Log) walkAhead(ctx context.Context, lines string, after, until int64, moved func(Head) error, each func(*line) error) error {
	ctx, stop := context.WithCancel(ctx)
	steps, used := make(chan []step, aheadDepth), make(chan []step, aheadDepth+2)
	ended := make(chan error, 1)
	go func() {
		defer close(steps)
		ended <- l.readAhead(ctx, lines, after, until, steps, used)
	}()
	err := follow(ctx, steps, used, moved, each)
	stop()
	for range steps { // whoever reads may be about to hand something over
	}
	readErr := <-ended
	if err != nil {
		return err // that reading was stopped then is no news
	}
	return readErr
}

// readAhead hands over what walk finds, in the order in which it does.
func (l *Log) readAhead(ctx context.Context, lines string, after, until int64, steps chan<- []step, used <-chan []step) error {
	batch := make([]step, 0, aheadMost)
	hand := func() error {
		select {
		case steps <- batch:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case batch = <-used:
			batch = batch[:0]
		default:
			batch = make([]step, 0, aheadMost)
		}
		return nil
	}
	add := func(s step) error {
		if batch = append(batch, s); len(batch) < aheadMost {
			return nil
		}
		return hand()
	}
	err := l.walk(ctx, lines, after, until, func(h Head) error { return add(step{moved: &h}) }, func(at *line) error {
		s := step{line: *at}
		copy(s.sum[:], at.hash)
		return add(s)
	})
	return errors.Join(err, hand())
}

// follow calls moved and each for what is handed over, until ctx ends, and hands
// the room back.
func follow(ctx context.Context, steps <-chan []step, used chan<- []step, moved func(Head) error, each func(*line) error) error {
	for batch := range steps {
		for i := range batch {
			if err := ctx.Err(); err != nil {
				return err
			}
			s := &batch[i]
			if s.moved != nil {
				if err := moved(*s.moved); err != nil {
					return err
				}
				continue
			}
			s.hash = s.sum[:]
			if err := each(&s.line); err != nil {
				return err
			}
		}
		select {
		case used <- batch:
		default:
		}
	}
	return nil
}
