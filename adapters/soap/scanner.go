package soap

import "bytes"

// scanner walks over the tags at the start of a message without building
// anything. Every method reports false when the input is not plain enough; it
// never says true of what XML 1.0 does not allow at that place, save that it
// looks at bytes for the characters of names and values no further than it
// needs.
type scanner struct {
	b     []byte
	i     int
	ns    [24]binding
	bound int
}

type binding struct{ prefix, uri []byte }

type attribute struct{ name, value []byte }

type startTag struct {
	name  []byte
	attrs [16]attribute
	n     int
	empty bool
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (s *scanner) skipSpace() {
	for s.i < len(s.b) && isSpace(s.b[s.i]) {
		s.i++
	}
}

// skipMisc passes white space, comments and processing instructions and stops
// at any other '<'.
func (s *scanner) skipMisc() bool {
	for {
		s.skipSpace()
		rest := s.b[s.i:]
		var end int
		switch {
		case len(rest) < 2 || rest[0] != '<':
			return false
		case rest[1] == '?':
			if end = bytes.Index(rest, []byte("?>")); end >= 0 {
				end += 2
			}
		case bytes.HasPrefix(rest, []byte("<!--")):
			if end = bytes.Index(rest[4:], []byte("--")); end >= 0 {
				if end += 4; !bytes.HasPrefix(rest[end:], []byte("-->")) {
					return false
				}
				end += 3
			}
		case rest[1] == '!':
			return false
		default:
			return true
		}
		if end < 0 {
			return false
		}
		s.i += end
	}
}

// child reads the next start tag, if nothing but white space, comments and
// processing instructions comes before it.
func (s *scanner) child(t *startTag) bool { return s.skipMisc() && s.startTag(t) }

func (s *scanner) name() []byte {
	from := s.i
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c == '=' || c == '/' || c == '>' || isSpace(c):
			return s.b[from:s.i]
		case c|0x20 >= 'a' && c|0x20 <= 'z', c == '_', c == ':':
		case s.i > from && (c == '-' || c == '.' || c >= '0' && c <= '9'):
		default:
			return nil
		}
		s.i++
	}
	return nil
}

func (s *scanner) startTag(t *startTag) bool {
	t.n, t.empty = 0, false
	if s.i >= len(s.b) || s.b[s.i] != '<' {
		return false
	}
	s.i++
	if t.name = s.name(); !plainName(t.name) {
		return false
	}
	for {
		spaced := s.i < len(s.b) && isSpace(s.b[s.i])
		s.skipSpace()
		if s.i >= len(s.b) {
			return false
		}
		switch s.b[s.i] {
		case '>':
			s.i++
			return true
		case '/':
			if s.i+1 >= len(s.b) || s.b[s.i+1] != '>' {
				return false
			}
			s.i += 2
			t.empty = true
			return true
		}
		if !spaced || t.n == len(t.attrs) || !s.attribute(&t.attrs[t.n]) {
			return false
		}
		for _, a := range t.attrs[:t.n] {
			if bytes.Equal(a.name, t.attrs[t.n].name) {
				return false
			}
		}
		t.n++
	}
}

func (s *scanner) attribute(a *attribute) bool {
	if a.name = s.name(); !plainName(a.name) {
		return false
	}
	s.skipSpace()
	if s.i >= len(s.b) || s.b[s.i] != '=' {
		return false
	}
	s.i++
	s.skipSpace()
	if s.i >= len(s.b) || s.b[s.i] != '"' && s.b[s.i] != '\'' {
		return false
	}
	quote := s.b[s.i]
	s.i++
	from := s.i
	for ; s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; {
		case c == quote:
			a.value = s.b[from:s.i]
			s.i++
			return true
		case c == '<' || c == '&' || c < ' ' || c >= 0x7f:
			return false
		}
	}
	return false
}

// endTag passes one end tag, whatever its name: whether names match is for the
// strict reading.
func (s *scanner) endTag() bool {
	end := bytes.IndexByte(s.b[s.i:], '>')
	if end < 0 {
		return false
	}
	s.i += end + 1
	return true
}

// skipElement passes the content and the end tag of an element whose start tag
// was read.
func (s *scanner) skipElement() bool {
	for depth := 1; depth > 0; {
		next := bytes.IndexByte(s.b[s.i:], '<')
		if next < 0 {
			return false
		}
		s.i += next
		rest := s.b[s.i:]
		switch {
		case bytes.HasPrefix(rest, []byte("</")):
			if !s.endTag() {
				return false
			}
			depth--
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			end := bytes.Index(rest, []byte("]]>"))
			if end < 0 {
				return false
			}
			s.i += end + 3
		case bytes.HasPrefix(rest, []byte("<?")), bytes.HasPrefix(rest, []byte("<!--")):
			if !s.skipOne() {
				return false
			}
		default:
			empty, ok := s.skipTag()
			if !ok {
				return false
			}
			if !empty {
				depth++
			}
		}
	}
	return true
}

// skipOne passes one comment or processing instruction.
func (s *scanner) skipOne() bool {
	rest, from, stop := s.b[s.i:], 2, "?>"
	if rest[1] == '!' {
		from, stop = 4, "-->"
	}
	end := bytes.Index(rest[from:], []byte(stop))
	if end < 0 {
		return false
	}
	s.i += from + end + len(stop)
	return true
}

// skipTag passes a start tag without looking into it.
func (s *scanner) skipTag() (empty, ok bool) {
	var quote byte
	for s.i++; s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			s.i++
			return s.b[s.i-2] == '/', true
		}
	}
	return false, false
}

// enter binds the prefixes that t declares and returns how many were bound before.
func (s *scanner) enter(t *startTag) (before int, ok bool) {
	before = s.bound
	for _, a := range t.attrs[:t.n] {
		prefix, local := cutName(a.name)
		switch {
		case string(prefix) == "xmlns":
			prefix = local
		case len(prefix) == 0 && string(local) == "xmlns":
			prefix = nil
		default:
			continue
		}
		if s.bound == len(s.ns) || len(prefix) > 0 && len(a.value) == 0 || reserved(prefix, a.value) {
			return before, false
		}
		s.ns[s.bound] = binding{prefix, a.value}
		s.bound++
	}
	return before, true
}

// reserved reports whether XML keeps a prefix or a namespace for itself.
func reserved(prefix, uri []byte) bool {
	return bytes.HasPrefix(prefix, []byte("xml")) || string(uri) == spaceXML || string(uri) == spaceXMLNS
}

func (s *scanner) resolve(name []byte) (space, local []byte, ok bool) {
	prefix, local := cutName(name)
	space, ok = s.lookup(prefix)
	return space, local, ok || len(prefix) == 0
}

func (s *scanner) lookup(prefix []byte) (uri []byte, ok bool) {
	for i := s.bound - 1; i >= 0; i-- {
		if bytes.Equal(s.ns[i].prefix, prefix) {
			return s.ns[i].uri, true
		}
	}
	return nil, false
}

func cutName(name []byte) (prefix, local []byte) {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return nil, name
}

// plainName reports whether name has a local part, and at most one prefix.
func plainName(name []byte) bool {
	i := bytes.IndexByte(name, ':')
	return len(name) > 0 && i != 0 && i != len(name)-1 && bytes.LastIndexByte(name, ':') == i
}
