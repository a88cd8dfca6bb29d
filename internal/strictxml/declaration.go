package strictxml

import "strings"

// instruction checks a processing instruction and drops it (XML 1.0 [16]).
func (p *parser) instruction() *Error {
	start := p.pos
	p.pos += len("<?")
	target, err := p.name()
	if err != nil {
		return err
	}
	if strings.EqualFold(target, "xml") {
		return p.syntax(start, "an XML declaration that is not at the very beginning of the document")
	}
	if strings.Contains(target, ":") {
		return p.fail(start+2, CodeNamespace, "a colon in the target of a processing instruction")
	}
	body := p.pos
	n := strings.Index(p.s[body:], "?>")
	if n < 0 {
		return p.syntax(start, "the processing instruction is not closed")
	}
	if n > 0 && !p.space() {
		return p.syntax(body, "no white space after the target of a processing instruction")
	}
	if i := badChar(p.s, body, body+n); i >= 0 {
		return p.syntax(i, quoted(p.s, i)+" is not allowed in XML")
	}
	p.pos = body + n + len("?>")
	return nil
}

// declaration reads the XML declaration, if there is one (XML 1.0 [23]).
func (p *parser) declaration() *Error {
	if !p.at("<?xml") {
		return nil
	}
	p.pos += len("<?xml")
	if !p.space() && !p.at("?>") {
		// It is an instruction whose target only begins with xml.
		p.pos = 0
		return nil
	}
	version, pos, err := p.pseudoAttribute("version")
	if err != nil {
		return err
	}
	if !isVersion(version) {
		return p.syntax(pos, "the XML declaration must begin with version=\"1.0\"")
	}
	spaced := p.space()
	if spaced && p.at("encoding") {
		value, pos, err := p.pseudoAttribute("encoding")
		if err != nil {
			return err
		}
		if !isEncodingName(value) {
			return p.syntax(pos, "the XML declaration names no encoding")
		}
		spaced = p.space()
	}
	if spaced && p.at("standalone") {
		value, pos, err := p.pseudoAttribute("standalone")
		if err != nil {
			return err
		}
		if value != "yes" && value != "no" {
			return p.syntax(pos, "standalone is neither yes nor no")
		}
		p.space()
	}
	if !p.at("?>") {
		return p.syntax(p.pos, "the XML declaration holds version, encoding and standalone, in this order, and ends with \"?>\"")
	}
	p.pos += len("?>")
	return nil
}

// pseudoAttribute reads name="value" of the XML declaration. A value that is
// missing or not quoted is returned as "".
func (p *parser) pseudoAttribute(name string) (value string, pos int, err *Error) {
	if !p.at(name) {
		return "", p.pos, nil
	}
	p.pos += len(name)
	p.space()
	if !p.at("=") {
		return "", p.pos, p.syntax(p.pos, "no \"=\" after "+name)
	}
	p.pos++
	p.space()
	if !p.at("\"") && !p.at("'") {
		return "", p.pos, p.syntax(p.pos, "the value of "+name+" is not in quotes")
	}
	from := p.pos + 1
	n := strings.IndexByte(p.s[from:], p.s[p.pos])
	if n < 0 {
		return "", p.pos, p.syntax(p.pos, "the value of "+name+" is not closed")
	}
	p.pos = from + n + 1
	return p.s[from : from+n], from, nil
}

// isVersion accepts every 1.x, as the fifth edition says ([26], §2.8).
func isVersion(s string) bool {
	minor, ok := strings.CutPrefix(s, "1.")
	return ok && minor != "" && strings.Trim(minor, "0123456789") == ""
}

// isEncodingName reports whether s is an EncName (XML 1.0 [81]).
func isEncodingName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c != '_' && classes[c]&startsName != 0
		if !letter && (i == 0 || classes[c]&continues == 0) {
			return false
		}
	}
	return s != ""
}
