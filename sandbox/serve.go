package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// The paths of the platform.
const (
	tokenPath   = "/token"
	hotichPath  = "/apiLienThongKSKT/1.0/nhanHoSoDKHT"
	bhytPath    = "/apiLienThongBHXH/1.0/nhanHoSoBHYT"
	cutruPath   = "/apiLienThongCuTru/1.0/nhanHoSoCuTru"
	ansinhPath  = "/apiLienThongAnSinh/1.0/nhanHoSoMaiTangPhi"
	dancuBase   = "/dancu/1.0/"
	dancuPath   = dancuBase + dancuOperation // the look-ups' paths are in newLookups
	controlPath = "/_sandbox/"
	loginPath   = "/login"
	otherPath   = "other" // what Stats calls every path that is not one of these
)

// maxBody bounds one request: attachments travel inside it.
const maxBody = 32 << 20

// counts are the numbers of each path.
type counts struct {
	token, dancu, other count
	services            map[string]*count // receivers and look-ups, by path
}

type count struct {
	requests, effects, found, notFound, duplicates, refused, troubles atomic.Uint64
}

func newCounts(receivers map[string]receiver, lookups map[string]lookup) *counts {
	c := &counts{services: map[string]*count{}}
	for path := range receivers {
		c.services[path] = &count{}
	}
	for path := range lookups {
		c.services[path] = &count{}
	}
	return c
}

func (c *counts) of(path string) *count {
	switch path {
	case tokenPath:
		return &c.token
	case dancuPath:
		return &c.dancu
	}
	if service, ok := c.services[path]; ok {
		return service
	}
	return &c.other
}

// A request is what a service needs of an HTTP request whose body was read.
type request struct {
	*http.Request
	body  []byte
	count *count
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPath) {
		s.control.ServeHTTP(w, r)
		return
	}
	if r.URL.Path == loginPath { // where Redirect leads: a client that follows it sees a 200
		s.send(w, page(http.StatusOK, "Đăng nhập"))
		return
	}
	c := s.counts.of(r.URL.Path)
	c.requests.Add(1)
	trouble, troubled := s.troubles.pick(r.URL.Path)
	if troubled {
		c.troubles.Add(1)
	}
	if troubled && trouble.Mode == Offline {
		cut()
	}
	body, err := readBody(w, r)
	if err != nil {
		s.send(w, unreadable(err))
		return
	}
	req := request{Request: r, body: body, count: c}
	if !troubled {
		s.send(w, s.answer(req))
		return
	}
	s.misbehave(w, req, trouble)
}

// answer is what the platform says to a request when all is well.
func (s *Server) answer(r request) answer {
	service := s.serviceOf(r.URL.Path)
	if service == nil {
		return wso2(http.StatusNotFound, 404, "Not Found", "No matching resource found for given API Request")
	}
	if r.Method != http.MethodPost {
		a := wso2(http.StatusMethodNotAllowed, 405, "Method not allowed", "Method not allowed for given API resource")
		a.header = append(a.header, [2]string{"Allow", http.MethodPost})
		return a
	}
	return service(r)
}

func (s *Server) serviceOf(path string) func(request) answer {
	switch path {
	case tokenPath:
		return s.token
	case dancuPath:
		return s.dancu
	}
	if to, ok := s.receivers[path]; ok {
		return func(r request) answer { return s.receive(r, to) }
	}
	if l, ok := s.lookups[path]; ok {
		return func(r request) answer { return s.lookUp(r, l) }
	}
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	in := http.MaxBytesReader(w, r.Body, maxBody)
	if n := r.ContentLength; n >= 0 && n <= 1<<20 {
		b := make([]byte, n)
		_, err := io.ReadFull(in, b)
		return b, err
	}
	return io.ReadAll(in)
}

func unreadable(err error) answer {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return wso2(http.StatusRequestEntityTooLarge, 413, "Request too large", "The request body is larger than 32 MiB")
	}
	return wso2(http.StatusBadRequest, 400, "Bad request", "The request body could not be read")
}

// send writes an answer. That the caller has gone is the caller's affair.
func (s *Server) send(w http.ResponseWriter, a answer) {
	a.head(w)
	if _, err := w.Write(a.body); err != nil {
		s.o.Log.Debug("answer not taken", "err", err)
	}
}

// sendHalf promises the whole answer, sends half of it and cuts the connection.
func (s *Server) sendHalf(w http.ResponseWriter, a answer) {
	a.head(w)
	_, err := w.Write(a.body[:len(a.body)/2])
	if err == nil {
		err = http.NewResponseController(w).Flush()
	}
	if err != nil {
		s.o.Log.Debug("half an answer not taken", "err", err)
	}
	cut()
}

// cut ends the connection without another byte. net/http provides this panic
// for it and answers it by closing the connection.
func cut() { panic(http.ErrAbortHandler) }

// wait waits for d, and reports false when the caller went away before.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
