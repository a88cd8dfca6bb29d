package strictxml

import "unicode/utf8"

// nameChar returns the length of the non-ASCII name character at s[i], 0 if
// there is none.
func (p *parser) nameChar(i int, first bool) int {
	if p.s[i] < utf8.RuneSelf {
		return 0
	}
	r, size := utf8.DecodeRuneInString(p.s[i:])
	if first && isNameStart(r) || !first && isName(r) {
		return size
	}
	return 0
}

// qualifiedName reads a QName (Namespaces in XML 1.0 [7]).
func (p *parser) qualifiedName() (name string, colon int, err *Error) {
	rest := p.s[p.pos:]
	if n, colon := asciiName(rest); n > 0 {
		p.pos += n
		return rest[:n], colon, nil
	}
	return p.anyName()
}

// asciiName returns the length of the QName that s begins with and the place of
// its colon, -1 if it has none. It returns 0 for a name that is wrong or that
// holds more than ASCII.
func asciiName(s string) (n, colon int) {
	n = namePart(s)
	if n == 0 || n == len(s) {
		return 0, 0
	}
	colon = -1
	if s[n] == ':' {
		colon = n
		local := namePart(s[n+1:])
		n += 1 + local
		if local == 0 || n == len(s) || s[n] == ':' {
			return 0, 0
		}
	}
	if s[n] >= utf8.RuneSelf {
		return 0, 0
	}
	return n, colon
}

// namePart returns the length of the ASCII name without a colon that s begins with.
func namePart(s string) int {
	if s == "" || classes[s[0]]&startsName == 0 {
		return 0
	}
	for i := 1; i < len(s); i++ {
		if classes[s[i]]&continues == 0 {
			return i
		}
	}
	return len(s)
}

// anyName reads a QName of any characters and says what is wrong with it.
func (p *parser) anyName() (name string, colon int, err *Error) {
	s, from, i := p.s, p.pos, p.pos
	part := from // where the prefix, then the local part begins
	colon = -1
	for i < len(s) {
		c := s[i]
		if classes[c]&continues != 0 && (i > part || classes[c]&startsName != 0) {
			i++
			continue
		}
		if c == ':' {
			if colon >= 0 || i == part {
				return "", 0, p.fail(from, CodeNamespace, "a colon belongs between a prefix and a local name, once")
			}
			colon = i - from
			i++
			part = i
			continue
		}
		n := p.nameChar(i, i == part)
		if n == 0 {
			break
		}
		i += n
	}
	if i == part {
		if colon >= 0 {
			return "", 0, p.fail(i, CodeNamespace, "no local name after the prefix")
		}
		return "", 0, p.syntax(i, "a name cannot begin with "+quoted(s, i))
	}
	p.pos = i
	return s[from:i], colon, nil
}

// name reads a Name, colons and all (XML 1.0 [5]).
func (p *parser) name() (string, *Error) {
	from, i := p.pos, p.pos
	for i < len(p.s) {
		c := p.s[i]
		if classes[c]&continues != 0 && (i > from || classes[c]&startsName != 0) || c == ':' {
			i++
			continue
		}
		n := p.nameChar(i, i == from)
		if n == 0 {
			break
		}
		i += n
	}
	if i == from {
		return "", p.syntax(i, "a name cannot begin with "+quoted(p.s, i))
	}
	p.pos = i
	return p.s[from:i], nil
}
