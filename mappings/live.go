package mappings

import (
	"context"
	"sync/atomic"

	lgsp "lgsp.internal/adapter"
)

// Version is a mapping as it was at one moment, ready to be used. It never
// changes; it maps and replies as it was composed.
type Version struct {
	Mapping *Mapping
	Hash    string // of its folder; see Folder.Hash
	Cases   int    // that prove it

	mapper  lgsp.Mapper
	replier lgsp.Replier
}

// Map makes the document of one message; see lgsp.Mapper.
func (v *Version) Map(ctx context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	return v.mapper.Map(ctx, e)
}

// Reply puts an answer into the sender's words; see lgsp.Replier.
func (v *Version) Reply(ctx context.Context, e lgsp.Envelope, a lgsp.Ack) ([]byte, error) {
	return v.replier.Reply(ctx, e, a)
}

// Live is the mapping of one service while it may be replaced. A call is
// finished by the Version that it began with. Its methods may be called
// concurrently.
type Live struct{ now atomic.Pointer[Version] }

// NewLive returns a Live that uses v.
func NewLive(v *Version) *Live {
	l := &Live{}
	l.now.Store(v)
	return l
}

// Current returns the Version that is in use.
func (l *Live) Current() *Version { return l.now.Load() }

// Replace has v used from now on.
func (l *Live) Replace(v *Version) { l.now.Store(v) }

// Map maps with the Version of the moment; see lgsp.Mapper.
func (l *Live) Map(ctx context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	return l.Current().Map(ctx, e)
}

// Reply replies with the Version of the moment; see lgsp.Replier. Who maps a
// question and puts its answer into words holds on to one Moment for both.
func (l *Live) Reply(ctx context.Context, e lgsp.Envelope, a lgsp.Ack) ([]byte, error) {
	return l.Current().Reply(ctx, e, a)
}

// Moment returns what maps now and goes on mapping as it does: a Version.
func (l *Live) Moment() lgsp.Mapper { return l.Current() }
