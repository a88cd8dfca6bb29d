package ngsp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// Answers of a confirmed delivery are a few hundred bytes: buffers start small,
// and one that had to grow beyond keptAnswer is not kept.
const (
	smallAnswer = 2 << 10
	keptAnswer  = 64 << 10
)

// roundTrip makes one exchange and reads its answer to the end, or to
// MaxAnswer. No redirect is followed. The caller releases the reply of a nil error.
//
// A message that met a connection which the server had just closed is sent once
// more over a new one: its request code is the same. A look-up is not, unless
// none of it was written, because both questions might have been read.
func (c *Client) roundTrip(ctx context.Context, on *wires, m *call) (reply, error) {
	for {
		w, kept, err := on.take(ctx, m.to)
		if err != nil {
			return reply{}, err
		}
		r, whole, err := c.exchange(ctx, w, m)
		if m.lookUp {
			w.forget()
		}
		on.give(w, whole)
		if err == nil && c.dialer.asked.Load() {
			c.dialer.asked.Store(false)
		}
		if err == nil || !kept || !w.stale(err) || m.lookUp && w.wrote || ctx.Err() != nil {
			return r, err
		}
	}
}

// exchange sends a message and reads the answer. whole reports whether the
// connection may carry another one.
func (c *Client) exchange(ctx context.Context, w *wire, m *call) (r reply, whole bool, err error) {
	end, err := w.begin(ctx)
	if err != nil {
		return reply{}, false, err
	}
	res, err := w.ask(m)
	if err == nil {
		r, whole, err = c.readReply(ctx, w, m, res)
		w.bound(0) // closing a body reads what is left of it
		if res.Body.Close() != nil {
			whole = false
		}
	}
	return r, end() && whole, err
}

// A server may answer before it has read all of a message that it does not
// want. Its answer is waited for this long once the message cannot be written.
const answerOfHalf = time.Second

// ask sends a message and reads the head of its answer.
func (w *wire) ask(m *call) (*http.Response, error) {
	broken := w.send(m)
	if broken != nil {
		if timedOut(broken) || m.lookUp && !w.wrote || w.conn.SetReadDeadline(time.Now().Add(answerOfHalf)) != nil {
			return nil, broken
		}
	}
	res, err := w.head()
	if broken != nil {
		if err != nil {
			return nil, broken
		}
		res.Close = true
	}
	return res, err
}

// maxInterim is how many answers of the kind "wait" may come before the answer.
const maxInterim = 5

var errInterim = errors.New("one interim answer after the other")

// head reads the head of an answer (RFC 9110 §15.2: after any interim ones).
func (w *wire) head() (*http.Response, error) {
	for range maxInterim {
		w.bound(maxHead)
		res, err := http.ReadResponse(w.reader, asked)
		if err != nil || res.StatusCode >= 200 || res.StatusCode == http.StatusSwitchingProtocols {
			w.unbound()
			return res, err
		}
	}
	return nil, errInterim
}

// asked is what ReadResponse must know of a request.
var asked = &http.Request{Method: http.MethodPost}

func (c *Client) readReply(ctx context.Context, w *wire, m *call, res *http.Response) (r reply, whole bool, err error) {
	r = reply{status: res.StatusCode, header: res.Header, buffer: c.buffers.Get().(*[]byte), lookUp: m.lookUp}
	r.body, err = readBounded((*r.buffer)[:0], res.Body, c.maxAnswer)
	*r.buffer = r.body
	if errors.Is(err, errCut) {
		r.cut = true
		return r, false, nil
	}
	if err == nil {
		return r, !res.Close && r.status >= 200 && w.reader.Buffered() == 0, nil
	}
	if r.status >= 300 && ctx.Err() == nil {
		r.body = nil // the status says enough
		return r, false, nil
	}
	c.release(r)
	return reply{}, false, err
}

var errCut = errors.New("the answer is longer than allowed")

// readBounded appends what src holds to b, and errCut if that is more than limit bytes.
func readBounded(b []byte, src io.Reader, limit int64) ([]byte, error) {
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := src.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case int64(len(b)) > limit:
			return b[:limit], errCut
		case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return b, nil
		case err != nil:
			return b, err
		}
	}
}

// release takes an answer's buffer back. What a look-up was answered is not in
// it any more.
func (c *Client) release(r reply) {
	if r.lookUp {
		clear((*r.buffer)[:cap(*r.buffer)])
	}
	if cap(*r.buffer) <= keptAnswer {
		c.buffers.Put(r.buffer)
	}
}
