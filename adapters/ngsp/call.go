package ngsp

import (
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// endpoint is an address that requests go to, with the part of their head that
// is the same each time.
type endpoint struct {
	secure bool
	addr   string // host:port
	head   []byte
}

// newEndpoint writes the head of an HTTP/1.1 POST (RFC 9112 §3). Names of
// headers go out as they are written; that no value can end its line is seen to
// by check. Compression is not asked for: answers are short, and a bounded read
// stays a bound.
func newEndpoint(at *url.URL, header http.Header) *endpoint {
	to := &endpoint{secure: at.Scheme == "https", addr: at.Host}
	if at.Port() == "" {
		port := "80"
		if to.secure {
			port = "443"
		}
		to.addr = net.JoinHostPort(at.Hostname(), port)
	}
	to.head = append(append(append(to.head, "POST "...), at.RequestURI()...), " HTTP/1.1\r\n"...)
	to.head = appendHeader(to.head, "Host", at.Host)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		to.head = appendHeader(to.head, name, header[name][0])
	}
	return to
}

func (to *endpoint) sameServer(other *endpoint) bool {
	return to == other || to.secure == other.secure && to.addr == other.addr
}

func appendHeader(b []byte, name, value string) []byte {
	return append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
}

// call is one request: its head, and its body between the two halves of an
// envelope.
type call struct {
	to     *endpoint
	head   []byte
	before string
	body   []byte
	after  string

	// lookUp asks about a citizen: it is sent once, and what carried it and its
	// answer forgets them.
	lookUp bool
}

func newCall(to *endpoint, before string, body []byte, after string) *call {
	const ownHeaders = 384 // what most messages add to the head
	m := &call{to: to, before: before, body: body, after: after}
	m.head = append(make([]byte, 0, len(to.head)+ownHeaders), to.head...)
	m.head = append(m.head, "Content-Length: "...)
	m.head = strconv.AppendInt(m.head, int64(len(before)+len(body)+len(after)), 10)
	m.head = append(m.head, "\r\n"...)
	return m
}

func (m *call) add(name, value string) { m.head = appendHeader(m.head, name, value) }

// end closes the head.
func (m *call) end() *call {
	m.head = append(m.head, "\r\n"...)
	return m
}
