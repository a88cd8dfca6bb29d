package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"runtime"
	"strings"

	"lgsp.internal/adapter/internal/listen"
)

// policy lets a page have what this server gives it and nothing else: no
// script, no frame, no form that leads elsewhere.
const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// build puts the routes behind what guards all of them.
func (s *Server) build() (http.Handler, error) {
	mux := http.NewServeMux()
	for _, r := range s.routes {
		pattern := r.method + " " + r.path
		if r.path == "/" {
			pattern += "{$}" // the home page alone, not all below it
		}
		mux.HandleFunc(pattern, s.serve(r))
	}
	nothing := route{method: http.MethodGet, path: "/", open: true, early: true, do: func(*visit) error { return errNotHere }}
	mux.HandleFunc("/", s.serve(nothing))
	mux.HandleFunc("GET "+s.views.cssPath, css(s.views.css))
	mux.HandleFunc("GET "+s.views.paperPath, css(s.views.paper))
	foreign := http.NewCrossOriginProtection()
	if s.opt.PublicURL != "" {
		if err := foreign.AddTrustedOrigin(strings.TrimSuffix(s.opt.PublicURL, "/")); err != nil {
			return nil, fmt.Errorf("web: public url: %w", err)
		}
	}
	foreign.SetDenyHandler(s.serve(route{method: http.MethodGet, open: true, early: true, do: func(*visit) error { return errForeign }}))
	return s.guard(foreign.Handler(mux)), nil
}

// guard sets the headers of every answer, keeps strangers out and makes a panic
// an answer.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !s.admits(listen.RemoteIP(r.RemoteAddr)) {
			http.Error(w, s.t("error.network"), http.StatusForbidden)
			return
		}
		defer s.recovered(w, r)
		next.ServeHTTP(w, r)
	})
}

// admits reports whether the pages may be opened from an address.
func (s *Server) admits(ip netip.Addr) bool {
	if len(s.opt.Networks) == 0 {
		return true
	}
	for _, n := range s.opt.Networks {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

// recovered makes a panic the page of an error and a line of the log, which
// says where it was and, as that may be somebody's data, not what.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause)
	}
	s.opt.Log.Error("a page panicked", "method", r.Method, "route", r.Pattern, "type", fmt.Sprintf("%T", cause), "at", panicPlace())
	v := &visit{w: w, r: r.WithContext(context.WithoutCancel(r.Context())), s: s}
	v.problem(http.StatusInternalServerError, "error.500")
}

// panicPlace returns the places of this program that led to a panic, the
// nearest first.
func panicPlace() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	var places []string
	for {
		f, more := frames.Next()
		if strings.Contains(f.Function, "lgsp.internal/") && len(places) < 5 {
			places = append(places, fmt.Sprintf("%s:%d", f.Function[strings.LastIndexByte(f.Function, '/')+1:], f.Line))
		}
		if !more {
			return strings.Join(places, " < ")
		}
	}
}

func css(content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // its path changes with it
		_, _ = w.Write(content)                                                // whoever has gone away misses nothing
	}
}
