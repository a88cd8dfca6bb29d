package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Stats are what the sandbox has counted since it was made.
type Stats struct {
	Paths       map[string]PathStats `json:"paths"`    // by path; "other" is every path that is not served
	Services    map[string]uint64    `json:"services"` // effects by module (LTKS, LTKT, LTKH, LTBHYT, LTCT, LTMTP) or operation
	Troubles    map[Mode]uint64      `json:"troubles"` // requests that were made to suffer, by mode
	Effects     uint64               `json:"effects"`
	Lookups     uint64               `json:"lookups"`               // that were answered
	Remembered  int                  `json:"remembered"`            // request codes that would be known again
	Forgotten   uint64               `json:"forgotten"`             // request codes that would not; raise Options.Remember when not 0
	StreamError string               `json:"streamError,omitempty"` // why Options.Effects is no longer written
}

// PathStats are the counts of one path. A request counts as one of effects,
// duplicates and refused, or as none when a trouble kept it from the service. A
// look-up counts as one of found, not found and refused, and as a duplicate
// besides when it was answered again.
type PathStats struct {
	Requests   uint64 `json:"requests"`
	Effects    uint64 `json:"effects"`  // of /token: tokens given
	Found      uint64 `json:"found"`    // look-ups
	NotFound   uint64 `json:"notFound"` // look-ups
	Duplicates uint64 `json:"duplicates"`
	Refused    uint64 `json:"refused"`  // for want of rights or because of what it held
	Troubles   uint64 `json:"troubles"` // suffered; it may have had its effect all the same
}

// Stats returns the counts.
func (s *Server) Stats() Stats {
	st := Stats{Paths: map[string]PathStats{}}
	all := map[string]*count{
		tokenPath: &s.counts.token, dancuPath: &s.counts.dancu, otherPath: &s.counts.other,
	}
	maps.Copy(all, s.counts.services)
	for path, c := range all {
		st.Paths[path] = PathStats{
			Requests: c.requests.Load(), Effects: c.effects.Load(), Found: c.found.Load(), NotFound: c.notFound.Load(),
			Duplicates: c.duplicates.Load(), Refused: c.refused.Load(), Troubles: c.troubles.Load(),
		}
	}
	s.ledger.fill(&st)
	s.journal.fill(&st)
	s.troubles.mu.Lock()
	defer s.troubles.mu.Unlock()
	st.Troubles = maps.Clone(s.troubles.served)
	return st
}

// newControl makes the handler of the control API.
func (s *Server) newControl() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sandbox/stats", func(w http.ResponseWriter, r *http.Request) { s.send(w, inJSON(http.StatusOK, s.Stats())) })
	mux.HandleFunc("GET /_sandbox/effects", s.getEffects)
	mux.HandleFunc("GET /_sandbox/lookups", s.getLookups)
	mux.HandleFunc("GET /_sandbox/refusals", func(w http.ResponseWriter, r *http.Request) {
		s.send(w, inJSON(http.StatusOK, map[string]any{"refusals": s.Refusals()}))
	})
	mux.HandleFunc("GET /_sandbox/people", func(w http.ResponseWriter, r *http.Request) {
		s.send(w, inJSON(http.StatusOK, map[string]any{"people": s.People()}))
	})
	mux.HandleFunc("GET /_sandbox/troubles", s.getTroubles)
	mux.HandleFunc("POST /_sandbox/troubles", s.postTrouble)
	mux.HandleFunc("DELETE /_sandbox/troubles", func(w http.ResponseWriter, r *http.Request) { s.cleared(w, s.Clear()) })
	mux.HandleFunc("DELETE /_sandbox/troubles/{id}", s.deleteTrouble)
	mux.HandleFunc("POST /_sandbox/revoke", func(w http.ResponseWriter, r *http.Request) {
		s.RevokeTokens()
		w.WriteHeader(http.StatusNoContent)
	})
	return fromHere(mux)
}

// fromHere lets only callers on this machine through, and no web page that one
// of them has open.
func fromHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() || r.Header.Get("Origin") != "" {
			http.Error(w, "the control API answers callers on this machine only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// maxListed is how many effects or look-ups one answer holds.
const maxListed = 10_000

func (s *Server) getEffects(w http.ResponseWriter, r *http.Request) {
	after, limit, err := rangeOf(r)
	if err != nil {
		s.send(w, mistaken(err))
		return
	}
	s.send(w, inJSON(http.StatusOK, map[string]any{"effects": s.Effects(after, limit)}))
}

func (s *Server) getLookups(w http.ResponseWriter, r *http.Request) {
	after, limit, err := rangeOf(r)
	if err != nil {
		s.send(w, mistaken(err))
		return
	}
	s.send(w, inJSON(http.StatusOK, map[string]any{"lookups": s.Lookups(after, limit)}))
}

func rangeOf(r *http.Request) (after uint64, limit int, err error) {
	after, err = numberOf(r, "after", 0)
	n, err2 := numberOf(r, "limit", maxListed)
	if err != nil || err2 != nil || n == 0 || n > maxListed {
		return 0, 0, fmt.Errorf("after must be a number, limit one from 1 to %d", maxListed)
	}
	return after, int(n), nil
}

func numberOf(r *http.Request, name string, absent uint64) (uint64, error) {
	v := r.FormValue(name)
	if v == "" {
		return absent, nil
	}
	return strconv.ParseUint(v, 10, 63)
}

// order is a Trouble as the control API speaks of it.
type order struct {
	ID     int     `json:"id,omitempty"`
	Mode   Mode    `json:"mode"`
	Path   string  `json:"path,omitempty"`
	Times  int     `json:"times,omitempty"`
	Chance float64 `json:"chance,omitempty"`
	Wait   string  `json:"wait,omitempty"` // a Go duration, "250ms"
}

func (o order) trouble() (Trouble, error) {
	t := Trouble{Mode: o.Mode, Path: o.Path, Times: o.Times, Chance: o.Chance}
	if o.Wait == "" {
		return t, nil
	}
	var err error
	t.Wait, err = time.ParseDuration(o.Wait)
	return t, err
}

func (s *Server) getTroubles(w http.ResponseWriter, _ *http.Request) {
	orders := []order{}
	for _, t := range s.Troubles() {
		o := order{ID: t.ID, Mode: t.Mode, Path: t.Path, Times: t.Times, Chance: t.Chance}
		if t.Wait > 0 {
			o.Wait = t.Wait.String()
		}
		orders = append(orders, o)
	}
	s.send(w, inJSON(http.StatusOK, map[string]any{"troubles": orders}))
}

func (s *Server) postTrouble(w http.ResponseWriter, r *http.Request) {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16))
	dec.DisallowUnknownFields()
	var o order
	if err := dec.Decode(&o); err != nil {
		s.send(w, mistaken(err))
		return
	}
	t, err := o.trouble()
	if err != nil {
		s.send(w, mistaken(err))
		return
	}
	id, err := s.Trouble(t)
	if err != nil {
		s.send(w, mistaken(err))
		return
	}
	s.send(w, inJSON(http.StatusCreated, map[string]int{"id": id}))
}

func (s *Server) deleteTrouble(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		s.send(w, mistaken(err))
		return
	}
	s.cleared(w, s.Clear(id))
}

func (s *Server) cleared(w http.ResponseWriter, n int) {
	s.send(w, inJSON(http.StatusOK, map[string]int{"cleared": n}))
}

func mistaken(err error) answer {
	return inJSON(http.StatusBadRequest, map[string]string{"error": strings.TrimPrefix(err.Error(), "json: ")})
}
