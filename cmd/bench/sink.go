package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// sink takes what the daemon delivers, as the civil status service does, and
// counts. It knows a message that comes twice by its request code. Like the
// loader it reads and writes HTTP by hand.
type sink struct {
	addr     string
	ln       net.Listener
	received atomic.Int64
	twice    atomic.Int64
	last     atomic.Int64 // time of the last first receipt, ns

	mu    sync.Mutex // guards what follows
	seen  map[string]struct{}
	conns map[net.Conn]struct{} // nil = stopped
	errs  []error
}

func answer(body string) []byte {
	return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

var (
	tokenAnswer = answer(`{"access_token":"bench","token_type":"Bearer","expires_in":3600}`)
	sinkAnswer  = answer(`{"status":"1","statusDescription":"Tiếp nhận thành công","errorCode":"","errorDescription":""}`)
)

func startSink() (*sink, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{addr: ln.Addr().String(), ln: ln, seen: map[string]struct{}{}, conns: map[net.Conn]struct{}{}}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				s.fail(err)
				return
			}
			go s.serve(conn)
		}
	}()
	return s, nil
}

// stop closes everything and returns what went wrong until then.
func (s *sink) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		conn.Close()
	}
	s.conns = nil
	return errors.Join(append(s.errs, s.ln.Close())...)
}

// fail notes an error, unless it comes of stopping.
func (s *sink) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns != nil {
		s.errs = append(s.errs, fmt.Errorf("sink: %w", err))
	}
}

func (s *sink) serve(conn net.Conn) {
	s.mu.Lock()
	if s.conns == nil {
		s.mu.Unlock()
		conn.Close()
		return
	}
	s.conns[conn] = struct{}{}
	s.mu.Unlock()
	in := bufio.NewReader(conn)
	for {
		token, code, err := readRequest(in)
		if errors.Is(err, io.EOF) {
			break // between two requests
		}
		reply := sinkAnswer
		switch {
		case err != nil:
		case token:
			reply = tokenAnswer
		default:
			s.count(code)
		}
		if err == nil {
			_, err = conn.Write(reply)
		}
		if err != nil {
			s.fail(err)
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
	conn.Close()
}

// count counts a message by its request code; the loader sends none.
func (s *sink) count(code string) {
	if code != "" && !s.first(code) {
		s.twice.Add(1)
		return
	}
	s.received.Add(1)
	s.last.Store(time.Now().UnixNano())
}

// readRequest reads one request of HTTP/1.1 whose length is told, and returns
// whether it asks for a token, and its request code. The error is io.EOF when
// there is none.
func readRequest(in *bufio.Reader) (token bool, code string, err error) {
	length := -1
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			if !first || len(line) > 0 {
				err = fmt.Errorf("head of a request: %w", noEOF(err))
			}
			return false, "", err
		}
		line = bytes.TrimRight(line, "\r\n")
		if first {
			token = bytes.HasPrefix(line, []byte("POST /token "))
			continue
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch value = bytes.TrimSpace(value); {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return false, "", err
			}
		case bytes.EqualFold(name, []byte("Idempotency-Key")):
			code = string(value)
		}
	}
	if length < 0 {
		return false, "", errors.New("a request does not tell its length")
	}
	if _, err := in.Discard(length); err != nil {
		return false, "", fmt.Errorf("body of a request: %w", noEOF(err))
	}
	return token, code, nil
}

// noEOF keeps an end in the middle from being taken for an end in order.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (s *sink) first(code string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.seen[code]; ok {
		return false
	}
	s.seen[code] = struct{}{}
	return true
}

// await waits until n messages have come and returns when the last one came.
func (s *sink) await(ctx context.Context, n int64) (time.Time, error) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for s.received.Load() < n {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		}
	}
	return time.Unix(0, s.last.Load()), nil
}
