package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// loader sends one message again and again, each time with another own id where
// it has one, over a number of connections. It writes and reads HTTP by hand, so that the two
// cores are left to what is measured.
type loader struct {
	addr   string
	head   []byte // of the request, Content-Length and all
	body   []byte
	ids    []int // offsets of the own id in body
	idSize int
	every  time.Duration // between two messages of a connection; 0 = the next goes when the answer is there
	next   atomic.Int64
}

// ownID is the placeholder of the message's own id: it must be as long as
// those that take its place.
const ownID = "H29.11-000000-00000000"

func newLoader(addr, path, authorization string, body []byte) *loader {
	l := &loader{addr: addr, body: body, idSize: len(ownID)}
	for at := 0; ; {
		i := bytes.Index(body[at:], []byte(ownID))
		if i < 0 {
			break
		}
		l.ids = append(l.ids, at+i)
		at += i + len(ownID)
	}
	l.head = fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\nContent-Length: %d\r\n\r\n",
		path, addr, authorization, len(body))
	return l
}

// result is what a run of the loader saw.
type result struct {
	accepted  int64
	began     time.Time
	latencies []time.Duration // sorted
}

func (r result) quantile(q float64) time.Duration {
	if len(r.latencies) == 0 {
		return 0
	}
	return r.latencies[min(int(q*float64(len(r.latencies))), len(r.latencies)-1)]
}

// run sends until the time is over or ctx ends.
func (l *loader) run(ctx context.Context, conns int, d time.Duration) (result, error) {
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	r := result{began: time.Now()}
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	for i := range conns {
		first := r.began.Add(l.every * time.Duration(i) / time.Duration(conns))
		wg.Go(func() {
			took, err := l.connection(ctx, first)
			mu.Lock()
			defer mu.Unlock()
			r.latencies = append(r.latencies, took...)
			if err != nil {
				errs = append(errs, err)
			}
		})
	}
	wg.Wait()
	slices.Sort(r.latencies)
	r.accepted = int64(len(r.latencies))
	return r, errors.Join(errs...)
}

func (l *loader) connection(ctx context.Context, due time.Time) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", l.addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	request := append(slices.Clone(l.head), l.body...)
	answer := make([]byte, 0, 4096)
	var took []time.Duration
	for ctx.Err() == nil {
		l.number(request[len(l.head):])
		began := l.turn(due)
		due = due.Add(l.every)
		if _, err := conn.Write(request); err != nil {
			return took, err
		}
		if answer, err = readAnswer(in, answer[:0]); err != nil {
			return took, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}

// turn waits until a message is due, and returns when its time counts from: a
// message that had to wait for the answer to the one before counts from when it
// was due.
func (l *loader) turn(due time.Time) time.Time {
	if l.every == 0 {
		return time.Now()
	}
	wait := time.Until(due)
	if wait <= 0 {
		return due
	}
	time.Sleep(wait)
	return time.Now()
}

// number writes the next own id into a body: eight digits of a counter behind
// six that stay.
func (l *loader) number(body []byte) {
	n := l.next.Add(1)
	for _, at := range l.ids {
		digits := body[at+l.idSize-8 : at+l.idSize]
		v := n
		for i := len(digits) - 1; i >= 0; i-- {
			digits[i] = byte('0' + v%10)
			v /= 10
		}
	}
}

// readAnswer reads one response of HTTP/1.1 and returns its body. Any status
// but 200 is an error.
func readAnswer(in *bufio.Reader, body []byte) ([]byte, error) {
	length, status := 0, ""
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return body, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if first {
			status = string(line)
		}
		if len(line) == 0 {
			break
		}
		if name, value, ok := bytes.Cut(line, []byte(":")); ok && bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return body, err
			}
		}
	}
	body = slices.Grow(body, length)[:length]
	if _, err := io.ReadFull(in, body); err != nil {
		return body, err
	}
	if len(status) < 12 || status[9:12] != "200" {
		return body, fmt.Errorf("%s: %s", status, body)
	}
	return body, nil
}
