package ngsp

import (
	"errors"
	"io"
	"net/http"
)

// Answers of a confirmed delivery are a few hundred bytes: buffers start small,
// and one that had to grow beyond keptAnswer is not kept.
const (
	smallAnswer = 2 << 10
	keptAnswer  = 64 << 10
)

// roundTrip makes one exchange and reads its answer to the end, or to
// MaxAnswer. It goes to the transport itself, not through http.Client, which
// would follow redirects and put the URL into its errors. The caller releases
// the reply of a nil error.
func (c *Client) roundTrip(req *http.Request) (reply, error) {
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return reply{}, err
	}
	if c.dialer.asked.Load() {
		c.dialer.asked.Store(false)
	}
	r := reply{status: res.StatusCode, header: res.Header, buffer: c.buffers.Get().(*[]byte)}
	r.body, err = readBounded((*r.buffer)[:0], res.Body, c.maxAnswer)
	*r.buffer = r.body
	if errors.Is(err, errCut) {
		r.cut, err = true, nil
	}
	closing := res.Body.Close()
	switch {
	case err == nil && (closing == nil || r.cut):
		return r, nil
	case err == nil:
		err = closing
	}
	if r.status >= 300 && req.Context().Err() == nil {
		r.body = nil // the status says enough
		return r, nil
	}
	c.release(r)
	return reply{}, err
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

func (c *Client) release(r reply) {
	if cap(*r.buffer) <= keptAnswer {
		c.buffers.Put(r.buffer)
	}
}
