package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

// dancu serves POST /dancu/1.0/CapNhatThongTinCongDan.
func (s *Server) dancu(r request) answer {
	if !s.admittedToDancu(r.Header) {
		r.count.refused.Add(1)
		return invalidToken()
	}
	if !hasType(r.Header.Get("Content-Type"), "application/xml", "text/xml") {
		r.count.refused.Add(1)
		return wso2(http.StatusUnsupportedMediaType, 415, "Unsupported Media Type", "The body must be application/xml or text/xml")
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
	code      string // MaYeuCau
	subject   string // personal id of the first person
	persons   []Person
	malformed string   // SOAP fault code, when the request is not even a call
	wrong     findings // what else is wrong
}

func malformed(faultCode, path, code string) updateCall {
	return updateCall{malformed: faultCode, wrong: findings{{path, code}}}
}

// readDancu checks a whole request.
func (s *Server) readDancu(r request) updateCall {
	doc, err := strictxml.Parse(r.body, strictxml.Limits{})
	if err != nil {
		return malformed("Client", "Thông điệp SOAP", codeSyntax)
	}
	call, bad := operation(doc.Root())
	if bad != nil {
		return *bad
	}
	u := updateCall{code: childText(call, "MaYeuCau")}
	checkElement("", call, s.grammar, dancuNamespace, &u.wrong)
	if key := r.Header.Get("Idempotency-Key"); key != "" && key != u.code {
		u.wrong.add("Idempotency-Key", codeConflict)
	}
	collection := childNamed(call, collectionName)
	if collection != nil {
		checkCollection(collection, &u.wrong)
	}
	if len(u.wrong) > 0 {
		return u
	}
	u.persons = personsOf(collection)
	u.subject = u.persons[0].id()
	if s.o.KnownOnly {
		s.people.checkKnown(u.persons, &u.wrong)
	}
	return u
}

// operation returns the one child of the SOAP body.
func operation(root *etree.Element) (*etree.Element, *updateCall) {
	fail := func(faultCode, path, code string) (*etree.Element, *updateCall) {
		u := malformed(faultCode, path, code)
		return nil, &u
	}
	switch ns := root.NamespaceURI(); {
	case root.Tag != "Envelope":
		return fail("Client", "Envelope", codeMissing)
	case ns == soap12Namespace:
		return fail("VersionMismatch", "Envelope", codeNamespace)
	case ns != soapNamespace:
		return fail("Client", "Envelope", codeNamespace)
	}
	_, parts := content(root)
	if len(parts) == 2 && parts[0].Tag == "Header" && parts[0].NamespaceURI() == soapNamespace {
		parts = parts[1:]
	}
	if len(parts) != 1 || parts[0].Tag != "Body" || parts[0].NamespaceURI() != soapNamespace {
		return fail("Client", "Body", codeMissing)
	}
	_, calls := content(parts[0])
	switch {
	case len(calls) != 1 || calls[0].Tag != dancuOperation:
		return fail("Client", dancuOperation, codeMissing)
	case calls[0].NamespaceURI() != dancuNamespace:
		return fail("Client", dancuOperation, codeNamespace)
	}
	return calls[0], nil
}

// skimDancu reads of a request only what counts: its code and its first person.
func skimDancu(r request) updateCall {
	u := updateCall{code: skim(r.body, "MaYeuCau>"), subject: skim(r.body, "SoDinhDanh>")}
	if u.code == "" {
		u.wrong.add("MaYeuCau", codeMissing)
	}
	return u
}

// skim returns the text after the first start tag that ends with tail.
func skim(body []byte, tail string) string {
	_, rest, _ := bytes.Cut(body, []byte(tail))
	value, _, _ := bytes.Cut(rest, []byte("<"))
	return string(bytes.TrimSpace(value))
}
