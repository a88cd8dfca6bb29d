package clean

import (
	"context"
	"sync"
	"time"
)

// gates lets one at a time work on each job.
type gates struct {
	mu sync.Mutex
	of map[mark]*gate
}

type gate struct {
	held  chan struct{} // has one element while somebody is inside
	users int           // inside or waiting
}

func (g *gates) enter(ctx context.Context, job mark) error {
	at := g.use(job)
	select {
	case at.held <- struct{}{}:
		return nil
	case <-ctx.Done():
		g.drop(job, at)
		return ctx.Err()
	}
}

// tryEnter enters unless somebody is inside.
func (g *gates) tryEnter(job mark) bool {
	at := g.use(job)
	select {
	case at.held <- struct{}{}:
		return true
	default:
		g.drop(job, at)
		return false
	}
}

func (g *gates) leave(job mark) {
	g.mu.Lock()
	at := g.of[job]
	g.mu.Unlock()
	<-at.held
	g.drop(job, at)
}

func (g *gates) use(job mark) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	at, ok := g.of[job]
	if !ok {
		at = &gate{held: make(chan struct{}, 1)}
		g.of[job] = at
	}
	at.users++
	return at
}

func (g *gates) drop(job mark, at *gate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at.users--; at.users == 0 {
		delete(g.of, job)
	}
}

// pacer spaces beginnings evenly. It reads no clock, so no step of one makes it
// wait for long.
type pacer struct {
	turn  chan struct{} // nil = no limit
	every time.Duration
}

func newPacer(perSecond float64) *pacer {
	if perSecond <= 0 {
		return &pacer{}
	}
	p := &pacer{turn: make(chan struct{}, 1), every: time.Duration(float64(time.Second) / perSecond)}
	p.turn <- struct{}{}
	return p
}

func (p *pacer) wait(ctx context.Context) error {
	if p.turn == nil {
		return nil
	}
	select {
	case <-p.turn:
		time.AfterFunc(p.every, func() { p.turn <- struct{}{} })
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
