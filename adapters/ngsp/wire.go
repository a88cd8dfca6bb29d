package ngsp

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"net"
	"sync"
	"syscall"
	"time"
)

// wires are the connections to the servers of one upstream, kept open between
// exchanges. Each carries one exchange at a time, in the goroutine that asked
// for it. There are never more than most.
type wires struct {
	dialer *dialer
	places chan struct{}

	mu    sync.Mutex
	idle  []*wire // the one used last is at the end
	timer *time.Timer
}

// idleFor is how long a connection is kept without use.
const idleFor = 90 * time.Second

func newWires(d *dialer, most int) *wires {
	return &wires{dialer: d, places: make(chan struct{}, most)}
}

// wire is one connection.
type wire struct {
	to     *endpoint
	conn   net.Conn
	raw    syscall.RawConn
	in     inbound
	reader *bufio.Reader
	out    []byte
	wrote  bool      // of the last message, at least a byte
	since  time.Time // idle since
}

// inbound is what a server says, at most left bytes of it.
type inbound struct {
	conn  net.Conn
	left  int64
	heard bool // something has come
}

var errTooLong = errors.New("the head of the answer is too long")

func (r *inbound) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errTooLong
	}
	n, err := r.conn.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	r.heard = r.heard || n > 0
	return n, err
}

const (
	maxHead    = 64 << 10 // bytes of an answer's head
	readAtOnce = 4 << 10
)

// take returns a connection to an endpoint: one that is kept and still open, or
// a new one. It waits for a place. The caller gives it back, also when it is broken.
func (w *wires) take(ctx context.Context, to *endpoint) (conn *wire, kept bool, err error) {
	select {
	case w.places <- struct{}{}:
	case <-ctx.Done():
		return nil, false, &stageError{waiting, ctx.Err()}
	}
	for {
		k := w.pop(to)
		if k == nil {
			break
		}
		if k.quiet() {
			return k, true, nil
		}
		k.close()
	}
	conn, err = w.dial(ctx, to)
	if err != nil {
		<-w.places
	}
	return conn, false, err
}

// give takes a connection back, to keep it if it is whole.
func (w *wires) give(c *wire, whole bool) {
	if whole {
		w.keep(c)
	} else {
		c.close()
	}
	<-w.places
}

func (w *wires) dial(ctx context.Context, to *endpoint) (*wire, error) {
	dial := w.dialer.dial
	if to.secure {
		dial = w.dialer.dialTLS
	}
	conn, err := dial(ctx, "tcp", to.addr)
	if err != nil {
		return nil, err
	}
	c := &wire{to: to, conn: conn, in: inbound{conn: conn}, raw: rawOf(conn)}
	c.reader = bufio.NewReaderSize(&c.in, readAtOnce)
	return c, nil
}

func (w *wires) pop(to *endpoint) *wire {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := len(w.idle) - 1; i >= 0; i-- {
		if c := w.idle[i]; c.to.sameServer(to) {
			w.idle = append(w.idle[:i], w.idle[i+1:]...)
			return c
		}
	}
	return nil
}

func (w *wires) keep(c *wire) {
	c.since = time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle = append(w.idle, c)
	if w.timer == nil {
		w.timer = time.AfterFunc(idleFor, w.tidy)
	}
}

// tidy closes what has been idle for too long.
func (w *wires) tidy() {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for n < len(w.idle) && time.Since(w.idle[n].since) >= idleFor {
		w.idle[n].close()
		n++
	}
	w.idle = append(w.idle[:0], w.idle[n:]...)
	w.timer = nil
	if len(w.idle) > 0 {
		w.timer = time.AfterFunc(idleFor-time.Since(w.idle[0].since), w.tidy)
	}
}

// closeIdle closes the connections that nothing uses now.
func (w *wires) closeIdle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.idle {
		c.close()
	}
	w.idle = nil
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}

// begin bounds the next exchange by ctx. The function it returns ends that, and
// reports whether the connection may still be used.
func (c *wire) begin(ctx context.Context) (end func() bool, err error) {
	deadline, _ := ctx.Deadline()
	c.in.heard, c.wrote = false, false
	if err := c.conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	return context.AfterFunc(ctx, c.interrupt), nil
}

// interrupt ends what is waited for at once.
func (c *wire) interrupt() { _ = c.conn.SetDeadline(time.Unix(1, 0)) } // an error means that it is closed, which ends it too

// close tells nobody of an error: nothing is expected of the connection any more.
func (c *wire) close() { _ = c.conn.Close() }

// keptOut is the buffer of outgoing bytes that a connection keeps. What is
// larger goes out from where it lies.
const keptOut = 16 << 10

// send writes one message.
func (c *wire) send(m *call) error {
	size := len(m.head) + len(m.before) + len(m.body) + len(m.after)
	if size > keptOut {
		pieces := net.Buffers{m.head, []byte(m.before), m.body, []byte(m.after)}
		n, err := pieces.WriteTo(c.conn)
		c.wrote = n > 0
		return err
	}
	c.out = append(append(append(append(c.out[:0], m.head...), m.before...), m.body...), m.after...)
	n, err := c.conn.Write(c.out)
	c.wrote = n > 0
	return err
}

// forget overwrites the last message and its answer where the connection
// remembers them: in what goes out, and in its reader, whose buffer nothing
// reaches but what is read. The TLS channel keeps the record that came last, in
// a buffer of its own, until the next one or the end of the connection.
func (c *wire) forget() {
	clear(c.out)
	c.reader.Reset(zeros{})
	_, _ = c.reader.Peek(readAtOnce) // zeros do not end
	c.reader.Reset(&c.in)
}

// zeros is a reader of zeros.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// bound lets the next n bytes be read.
func (c *wire) bound(n int64) { c.in.left = n }

// unbound lets the body be read, which has bounds of its own.
func (c *wire) unbound() { c.in.left = math.MaxInt64 }

// stale reports whether an error of a connection that was kept means that the
// server had closed it before it saw the message, as far as anybody can tell.
func (c *wire) stale(err error) bool {
	return !c.in.heard && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE))
}

// quiet reports whether a kept connection is open and the server has said
// nothing on it. What it says without being asked would otherwise be taken for
// the answer to the next message.
func (c *wire) quiet() bool {
	if c.reader.Buffered() > 0 {
		return false
	}
	if c.raw == nil {
		return true
	}
	silent := false
	err := c.raw.Control(func(fd uintptr) {
		var b [1]byte
		_, _, peek := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		silent = errors.Is(peek, syscall.EAGAIN)
	})
	return err == nil && (silent || c.onlyTLS())
}

// onlyTLS reports whether what waits to be read is the affair of the TLS channel
// itself, such as a ticket for its next beginning, and no byte of an answer.
func (c *wire) onlyTLS() bool {
	if !c.to.secure || c.conn.SetReadDeadline(time.Now().Add(time.Millisecond)) != nil {
		return false
	}
	var b [1]byte
	n, err := c.conn.Read(b[:])
	return n == 0 && timedOut(err)
}

// rawOf reaches the socket under a connection.
func rawOf(conn net.Conn) syscall.RawConn {
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = t.NetConn()
	}
	s, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}
