package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"
)

// dancu serves POST /dancu/1.0/CapNhatThongTinCongDan.
func (s *Server) dancu(r request) answer {
	if a, refused := s.turnAway(r); refused {
		return a
	}
	read := s.readDancu
	if s.o.Lax {
		read = skimDancu
	}
	u := read(r)
	switch {
	case u.malformed != "":
		r.count.refused.Add(1)
		s.ledger.refuse(dancuPath, u.wrong)
		return s.faulted(u.malformed, u.wrong[0].code, u.wrong.sentence())
	case len(u.wrong) > 0:
		r.count.refused.Add(1)
		s.ledger.refuse(dancuPath, u.wrong)
		return s.said(result{code: u.code, wrong: u.wrong[0].code, reason: u.wrong.sentence(), at: s.moment()})
	}
	key := ""
	if u.subject != "" {
		key = s.ledger.pseudonym(u.subject)
	}
	apply := func() { s.people.apply(u.persons, s.o.Now()) }
	if !s.ledger.take("dancu", Effect{Code: u.code, Service: dancuOperation, Key: key}, apply) {
		r.count.duplicates.Add(1)
		return s.said(result{code: u.code, wrong: codeDuplicate, reason: duplicateText, at: s.moment()})
	}
	r.count.effects.Add(1)
	return s.said(result{code: u.code, at: s.moment()})
}

func (s *Server) moment() string { return s.o.Now().UTC().Format("2006-01-02T15:04:05Z") }

// turnAway answers a request that the population database does not even read.
func (s *Server) turnAway(r request) (answer, bool) {
	switch {
	case !s.admittedToDancu(r.Header):
		r.count.refused.Add(1)
		return invalidToken(), true
	case !hasType(r.Header.Get("Content-Type"), "application/xml", "text/xml"):
		r.count.refused.Add(1)
		return wso2(http.StatusUnsupportedMediaType, 415, "Unsupported Media Type", "The body must be application/xml or text/xml"), true
	}
	return answer{}, false
}

// admittedToDancu checks the headers that Options.Dancu demands.
func (s *Server) admittedToDancu(h http.Header) bool {
	a := s.o.Dancu
	if a.XRoadClient != "" && !same(a.XRoadClient, h.Get("X-Road-Client")) || a.APIKey != "" && !same(a.APIKey, h.Get("ApiKey")) {
		return false
	}
	if a.C06 == nil {
		return s.tokens.admitted(h)
	}
	return a.C06.admits(h, s.o.Now())
}

func (c C06) admits(h http.Header, now time.Time) bool {
	stamp := h.Get("Timestamp")
	ms, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.UnixMilli(ms)).Abs() > c.Skew {
		return false
	}
	user, hash, ok := basicAuth(h)
	want := sha256.Sum256([]byte(c.ServiceURL + c.Username + stamp + c.SecretKey))
	return ok && same(c.Username, user) && same(hex.EncodeToString(want[:]), hash)
}

// An updateCall is what a request asks of the population database.
type updateCall struct {
	call
	subject string // personal id of the first person
	persons []Person
}

// readDancu checks a whole request.
func (s *Server) readDancu(r request) updateCall {
	x, c := openCall(r.body, dancuOperation)
	u := updateCall{call: c}
	if x == nil {
		return u
	}
	u.check(x, s.grammar, r.Header)
	collection := childNamed(x, collectionName)
	if collection != nil {
		checkCollection(collection, &u.wrong)
	}
	if len(u.wrong) > 0 {
		return u
	}
	u.persons = personsOf(collection)
	u.subject = s.people.find(u.persons[0].id())
	if s.o.KnownOnly {
		s.people.checkKnown(u.persons, &u.wrong)
	}
	return u
}

// skimDancu reads of a request only what counts: its code and its first person.
func skimDancu(r request) updateCall {
	return updateCall{call: skimCall(r.body), subject: skim(r.body, "SoDinhDanh>")}
}
