package soap

import (
	"bytes"

	"github.com/beevik/etree"
)

const (
	space11     = "http://schemas.xmlsoap.org/soap/envelope/"
	space12     = "http://www.w3.org/2003/05/soap-envelope"
	actorNext   = "http://schemas.xmlsoap.org/soap/actor/next"
	roleNext    = space12 + "/role/next"
	roleLast    = space12 + "/role/ultimateReceiver"
	spaceWSSE   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	spaceWSU    = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	schemaSpace = "http://www.w3.org/2001/XMLSchema"

	// Namespaces in XML 1.0 §3 binds these to the prefixes xml and xmlns alone.
	spaceXML   = "http://www.w3.org/XML/1998/namespace"
	spaceXMLNS = "http://www.w3.org/2000/xmlns/"
)

// version is the SOAP version of a message.
type version uint8

const (
	soap11 version = iota + 1 // SOAP 1.1, W3C Note 8 May 2000
	soap12                    // SOAP 1.2 Part 1 (Second Edition), W3C Recommendation 27 April 2007
)

// finding is what a look at a message came to.
type finding uint8

const (
	unsure       finding = iota // a glance does not tell
	unreadable                  // not well-formed
	isSOAP                      // an envelope with an element in Body
	notSOAP                     // well-formed so far, and something else
	otherVersion                // an envelope of a version that nobody here speaks
)

// look is what the door needs to know of a message.
type look struct {
	found   finding
	version version // when isSOAP
	child   xmlName // the element in Body, when isSOAP
	strange []block // header blocks that have to be understood and are not, the first of them
	err     error   // why it is unreadable
}

type xmlName struct{ space, local []byte }

// block names a header block; its space is "" for none.
type block struct{ space, local string }

// glance reads the start of a message, up to the element in Body. It is sure
// only of a SOAP message in plain form, without entities, a DOCTYPE or much
// nesting of namespaces; what it is sure of, a strict reading finds as well,
// if the message is well-formed to its end.
func glance(b []byte) look {
	s := scanner{b: bytes.TrimPrefix(b, []byte("\uFEFF"))}
	var t startTag
	if !s.child(&t) {
		return look{}
	}
	if _, ok := s.enter(&t); !ok {
		return look{}
	}
	space, local, ok := s.resolve(t.name)
	var m look
	switch {
	case !ok:
		return look{}
	case string(local) != "Envelope":
		return look{}
	case string(space) == space11:
		m.version = soap11
	case string(space) == space12:
		m.version = soap12
	default:
		return look{}
	}
	if t.empty || !s.child(&t) {
		return look{}
	}
	mark, ok := s.enter(&t)
	if !ok {
		return look{}
	}
	own := space
	space, local, ok = s.resolve(t.name)
	if ok && string(local) == "Header" && bytes.Equal(space, own) {
		if !t.empty && !s.header(&m, &t) {
			return look{}
		}
		s.bound = mark
		if !s.child(&t) {
			return look{}
		}
		if _, ok = s.enter(&t); !ok {
			return look{}
		}
		space, local, ok = s.resolve(t.name)
	}
	if !ok || string(local) != "Body" || !bytes.Equal(space, own) || t.empty || !s.child(&t) {
		return look{}
	}
	if _, ok = s.enter(&t); !ok {
		return look{}
	}
	if m.child.space, m.child.local, ok = s.resolve(t.name); !ok {
		return look{}
	}
	m.found = isSOAP
	return m
}

// header reads the blocks of a Header up to its end tag.
func (s *scanner) header(m *look, t *startTag) bool {
	for {
		if !s.skipMisc() {
			return false
		}
		if bytes.HasPrefix(s.b[s.i:], []byte("</")) {
			return s.endTag()
		}
		if !s.startTag(t) {
			return false
		}
		mark, ok := s.enter(t)
		if !ok {
			return false
		}
		space, local, ok := s.resolve(t.name)
		if !ok || !s.block(m, t, xmlName{space, local}) {
			return false
		}
		if !t.empty && !s.skipElement() {
			return false
		}
		s.bound = mark
	}
}

func (s *scanner) block(m *look, t *startTag, name xmlName) bool {
	must, role := "", ""
	for _, a := range t.attrs[:t.n] {
		prefix, key := cutName(a.name)
		if len(prefix) == 0 || string(prefix) == "xmlns" {
			continue
		}
		uri, ok := s.lookup(prefix)
		if !ok {
			return false
		}
		if string(uri) != soapSpace(m.version) {
			continue
		}
		switch string(key) {
		case "mustUnderstand":
			must = string(a.value)
		case "actor", "role":
			role = string(a.value)
		}
	}
	// The name is copied for the few blocks that are kept, not for each.
	if len(m.strange) < maxStrange && demanded(must, role) && (string(name.space) != spaceWSSE || string(name.local) != "Security") {
		m.strange = append(m.strange, block{string(name.space), string(name.local)})
	}
	return true
}

// maxStrange is how many header blocks are kept that are not understood.
const maxStrange = 16

// demanded reports whether a header block is meant for this node and has to be
// understood (SOAP 1.1 §4.2, SOAP 1.2 Part 1 §2.4).
func demanded(must, role string) bool {
	must = trimSpace(must)
	if must != "1" && must != "true" {
		return false
	}
	switch trimSpace(role) {
	case "", actorNext, roleNext, roleLast:
		return true
	}
	return false
}

// inspect takes the same look at a message that was read strictly.
func inspect(doc *etree.Document) look {
	root := doc.Root()
	if root.Tag != "Envelope" {
		return look{found: notSOAP}
	}
	var m look
	own := root.NamespaceURI()
	switch own {
	case space11:
		m.version = soap11
	case space12:
		m.version = soap12
	default:
		return look{found: otherVersion}
	}
	parts := root.ChildElements()
	if len(parts) > 0 && parts[0].Tag == "Header" && parts[0].NamespaceURI() == own {
		for _, e := range parts[0].ChildElements() {
			must, role := "", ""
			for i := range e.Attr {
				a := &e.Attr[i]
				if a.Space == "" || a.NamespaceURI() != own {
					continue
				}
				switch a.Key {
				case "mustUnderstand":
					must = a.Value
				case "actor", "role":
					role = a.Value
				}
			}
			if len(m.strange) < maxStrange && demanded(must, role) && !isSecurity(e) {
				m.strange = append(m.strange, block{namespaceOf(e), e.Tag})
			}
		}
		parts = parts[1:]
	}
	if len(parts) == 0 || parts[0].Tag != "Body" || parts[0].NamespaceURI() != own {
		return look{found: notSOAP, version: m.version}
	}
	children := parts[0].ChildElements()
	if len(children) == 0 {
		return look{found: notSOAP, version: m.version}
	}
	m.child = xmlName{[]byte(children[0].NamespaceURI()), []byte(children[0].Tag)}
	m.found = isSOAP
	return m
}

// isSecurity reports whether e is the header block of WS-Security.
func isSecurity(e *etree.Element) bool { return e.Tag == "Security" && e.NamespaceURI() == spaceWSSE }

// namespaceOf returns the namespace of e, also where nothing declares it.
func namespaceOf(e *etree.Element) string {
	if e.Space == "xml" {
		return spaceXML
	}
	return e.NamespaceURI()
}

func soapSpace(v version) string {
	if v == soap12 {
		return space12
	}
	return space11
}

func trimSpace(s string) string {
	return string(bytes.Trim([]byte(s), " \t\r\n"))
}
