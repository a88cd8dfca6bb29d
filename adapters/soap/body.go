package soap

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// held counts the bytes of messages that are being received or accepted.
type held struct {
	total, perDepartment, unknown int64 // bounds
	all, strangers                atomic.Int64
}

// claim is the part of held that one request has. The zero department means
// that the sender is not known yet.
type claim struct {
	held *held
	dept *department
	n    int64
}

// grow asks for n more bytes and reports whether they are free.
func (c *claim) grow(n int64) bool {
	own, bound := c.own()
	if own.Add(n) > bound {
		own.Add(-n)
		return false
	}
	if c.held.all.Add(n) > c.held.total {
		c.held.all.Add(-n)
		own.Add(-n)
		return false
	}
	c.n += n
	return true
}

func (c *claim) own() (count *atomic.Int64, bound int64) {
	if c.dept == nil {
		return &c.held.strangers, c.held.unknown
	}
	return &c.dept.held, c.held.perDepartment
}

// belongs moves what a stranger held to the department that it turned out to be.
func (c *claim) belongs(d *department) {
	c.held.strangers.Add(-c.n)
	d.held.Add(c.n)
	c.dept = d
}

func (c *claim) release() {
	own, _ := c.own()
	own.Add(-c.n)
	c.held.all.Add(-c.n)
	c.n = 0
}

const (
	// atOnce is the longest body that gets its memory before its bytes are there.
	atOnce = 16 << 10
	// firstRoom is what any other body starts with.
	firstRoom = 4 << 10
	// drainedAnyway is what net/http reads by itself after an answer.
	drainedAnyway = 256 << 10
	// writeTimeout is for an answer, from the end of its request.
	writeTimeout = 30 * time.Second
)

// readBody reads a whole body into a slice of its very length, which the line
// may keep. Memory follows the bytes that arrived, not those that were
// announced, and is claimed before it is taken.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, c *claim) ([]byte, error) {
	length := r.ContentLength
	switch {
	case length > s.limits.Body:
		return nil, refuse("TooLarge")
	case length == 0:
		return nil, refuse("Empty")
	case length > 0 && length <= atOnce:
		if !c.grow(length) {
			return nil, refuse("Busy")
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, readError(err)
		}
		return body, nil
	}
	return s.readLong(w, r, c)
}

func (s *Server) readLong(w http.ResponseWriter, r *http.Request, c *claim) ([]byte, error) {
	pace := pace{rc: http.NewResponseController(w), start: time.Now(), limits: s.limits}
	end := r.ContentLength // -1 = not announced
	var body []byte
	for {
		if len(body) == cap(body) {
			more, err := c.enlarge(body, end, s.limits.Body)
			if err != nil {
				return nil, err
			}
			body = more
		}
		if err := pace.next(int64(len(body))); err != nil {
			return nil, because("Internal", err)
		}
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > s.limits.Body:
			return nil, refuse("TooLarge")
		case errors.Is(err, io.EOF):
			return s.trimmed(body, c, pace)
		case err != nil:
			return nil, readError(err)
		}
	}
}

// enlarge makes room for more of a body: for all of it when that is not more
// than twice what came so far, and never for more than one byte above limit.
func (c *claim) enlarge(body []byte, end, limit int64) ([]byte, error) {
	room := max(firstRoom, 2*int64(cap(body)))
	if end >= 0 {
		room = min(room, end+1) // one more, to see the end without growing again
	}
	room = min(room, limit+1)
	if !c.grow(room) {
		return nil, refuse("Busy")
	}
	grown := make([]byte, len(body), room)
	copy(grown, body)
	c.shrink(int64(cap(body)))
	return grown, nil
}

// shrink gives back what an old slice had.
func (c *claim) shrink(n int64) {
	own, _ := c.own()
	own.Add(-n)
	c.held.all.Add(-n)
	c.n -= n
}

func (s *Server) trimmed(body []byte, c *claim, p pace) ([]byte, error) {
	if len(body) == 0 {
		return nil, refuse("Empty")
	}
	if err := p.done(); err != nil {
		return nil, because("Internal", err)
	}
	if !c.grow(int64(len(body))) {
		return nil, refuse("Busy")
	}
	exact := make([]byte, len(body))
	copy(exact, body)
	c.shrink(int64(cap(body)))
	return exact, nil
}

// drain takes in what is left of a body that is refused, and forgets it. Most
// SOAP toolkits read no answer before they have sent everything: without this
// they would report a broken connection in place of the Fault. net/http does
// the same by itself for short bodies.
func (s *Server) drain(x *exchange) error {
	limit := s.limits.Body
	if x.dept != nil {
		limit *= 8
	}
	left := x.r.ContentLength
	if left >= 0 && left <= drainedAnyway || left > limit || x.r.Header.Get("Expect") != "" {
		return nil
	}
	pace := pace{rc: http.NewResponseController(x.w), start: time.Now(), limits: s.limits}
	for n := int64(0); n < limit; {
		if err := pace.next(n); err != nil {
			return err
		}
		more, err := io.CopyN(io.Discard, x.r.Body, 64<<10)
		n += more
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	return pace.done()
}

// pace moves the deadlines of a connection while a long body comes in.
type pace struct {
	rc     *http.ResponseController
	start  time.Time
	limits Limits
}

// next sets the time by which more than n bytes have to be there.
func (p pace) next(n int64) error {
	allowed := p.limits.StallTimeout + time.Duration(n/p.limits.MinRate)*time.Second
	return supported(p.rc.SetReadDeadline(p.start.Add(min(allowed, p.limits.BodyTimeout))))
}

// done leaves the time for the answer.
func (p pace) done() error {
	return supported(p.rc.SetWriteDeadline(time.Now().Add(p.limits.Answer + writeTimeout)))
}

// supported forgives a ResponseWriter that has no deadlines: whoever wraps it
// set his own.
func supported(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

func readError(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return because("TooSlow", err)
	}
	return because("Incomplete", err)
}
