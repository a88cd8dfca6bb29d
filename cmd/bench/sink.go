package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// sink takes what the daemon delivers, as the civil status service does, and
// counts. It knows a message that comes twice by its request code.
type sink struct {
	addr     string
	server   *http.Server
	received atomic.Int64
	twice    atomic.Int64
	last     atomic.Int64 // time of the last first receipt, ns
	mu       sync.Mutex
	seen     map[string]struct{}
}

var (
	tokenAnswer = []byte(`{"access_token":"bench","token_type":"Bearer","expires_in":3600}`)
	sinkAnswer  = []byte(`{"status":"1","statusDescription":"Tiếp nhận thành công","errorCode":"","errorDescription":""}`)
)

func startSink() (*sink, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{addr: ln.Addr().String(), seen: map[string]struct{}{}}
	s.server = &http.Server{Handler: s}
	go func() {
		if err := s.server.Serve(ln); err != http.ErrServerClosed {
			panic(err) // the bench cannot go on
		}
	}()
	return s, nil
}

func (s *sink) stop() error { return s.server.Shutdown(context.Background()) }

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/token" {
		w.Write(tokenAnswer)
		return
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if code := r.Header.Get("Idempotency-Key"); code != "" && !s.first(code) {
		s.twice.Add(1)
	} else {
		s.received.Add(1)
		s.last.Store(time.Now().UnixNano())
	}
	w.Write(sinkAnswer)
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
