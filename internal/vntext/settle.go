package vntext

import (
	"bytes"
	"errors"
	"strings"
)

// Settle returns the canonical name of the charset that body is in.
//
// The first of these that says something decides: what is configured for the
// department; a byte order mark; the charset parameter of the HTTP header
// contentType; the XML declaration; else it is UTF-8 (RFC 7303 §3, XML 1.0
// app. F). An unknown name is an error, never passed over.
//
// "utf-16" without a byte order mark is told from the first "<" of the
// document. An XML declaration that can be read byte by byte and yet says
// UTF-16, as a document does that was turned into a string first, is that of
// UTF-8.
func Settle(contentType string, body []byte, configured string) (string, error) {
	if configured != "" {
		return settleName(configured, body)
	}
	switch {
	case bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")):
		return UTF8, nil
	case bytes.HasPrefix(body, []byte("\xFF\xFE")):
		return UTF16LE, nil
	case bytes.HasPrefix(body, []byte("\xFE\xFF")):
		return UTF16BE, nil
	}
	if name := charsetParameter(contentType); name != "" {
		return settleName(name, body)
	}
	if charset := wideForm(body); charset != "" {
		return charset, nil
	}
	name := declaredEncoding(body)
	if name == "" {
		return UTF8, nil
	}
	charset, ok := Canonical(name)
	switch {
	case isUTF16(name) || charset == UTF16LE || charset == UTF16BE:
		return UTF8, nil
	case !ok:
		return "", unknown(name)
	}
	return charset, nil
}

// settleName returns the canonical name of a charset that is said to be body's.
func settleName(name string, body []byte) (string, error) {
	if charset, ok := Canonical(name); ok {
		return charset, nil
	}
	if !isUTF16(name) {
		return "", unknown(name)
	}
	if charset := wideForm(body); charset != "" {
		return charset, nil
	}
	return "", errors.New("the charset is given as utf-16, but the document begins neither with a byte order mark nor with a UTF-16 \"<\"")
}

func isUTF16(name string) bool {
	return strings.EqualFold(name, "utf-16") || strings.EqualFold(name, "utf16")
}

// wideForm tells UTF-16 from its byte order mark or first "<", "" if body has neither.
func wideForm(body []byte) string {
	switch {
	case bytes.HasPrefix(body, []byte("\xFF\xFE")), bytes.HasPrefix(body, []byte("<\x00")):
		return UTF16LE
	case bytes.HasPrefix(body, []byte("\xFE\xFF")), bytes.HasPrefix(body, []byte("\x00<")):
		return UTF16BE
	}
	return ""
}

// Canonical returns the canonical name of a charset, given that name or an
// alias, in any case. It does not know "utf-16", which names no byte order:
// Settle does.
func Canonical(name string) (string, bool) {
	switch name {
	case UTF8, UTF16LE, UTF16BE, Windows1258, TCVN3, VNI, Latin1, Windows1252, TCVN3InUTF8, VNIInUTF8:
		return name, true
	case "UTF-8":
		return UTF8, true
	}
	switch lower := strings.ToLower(strings.TrimSpace(name)); lower {
	case UTF8, UTF16LE, UTF16BE, Windows1258, TCVN3, VNI, Latin1, Windows1252, TCVN3InUTF8, VNIInUTF8:
		return lower, true
	case "utf8", "unicode-1-1-utf-8", "us-ascii", "ascii", "iso646-us", "ansi_x3.4-1968":
		return UTF8, true
	case "utf16le", "utf-16-le":
		return UTF16LE, true
	case "utf16be", "utf-16-be":
		return UTF16BE, true
	case "cp1258", "cp-1258", "windows1258", "win-1258", "x-cp1258", "ms-viet":
		return Windows1258, true
	case "x-tcvn3", "tcvn-3", "tcvn", "x-tcvn", "abc", "tcvn3-abc", "tcvn-abc",
		"tcvn-5712", "tcvn5712", "x-tcvn5712", "x-viet-tcvn5712", "tcvn-5712-3", "tcvn5712-3":
		return TCVN3, true
	case "vni-windows", "vni-win", "x-vni", "x-viet-vni":
		return VNI, true
	case "latin1", "latin-1", "l1", "iso8859-1", "iso_8859-1", "iso-8859-1:1987", "iso-ir-100", "cp819", "ibm819":
		return Latin1, true
	case "cp1252", "cp-1252", "windows1252", "win-1252", "x-cp1252":
		return Windows1252, true
	case "x-tcvn3-in-utf-8", "tcvn3-in-utf8", "tcvn3-utf-8", "tcvn3-utf8":
		return TCVN3InUTF8, true
	case "x-vni-in-utf-8", "vni-in-utf8", "vni-utf-8", "vni-utf8":
		return VNIInUTF8, true
	}
	return "", false
}

// charsetParameter returns the charset parameter of a Content-Type, "" if there
// is none. It is lenient about quotes and spaces, as old clients are.
func charsetParameter(contentType string) string {
	_, rest, found := strings.Cut(contentType, ";")
	for found {
		var parameter string
		parameter, rest, found = cutParameter(rest)
		key, value, _ := strings.Cut(parameter, "=")
		if strings.EqualFold(strings.TrimSpace(key), "charset") {
			return strings.Trim(value, " \t\"'")
		}
	}
	return ""
}

// cutParameter cuts s at the first ";" that is not in double quotes.
func cutParameter(s string) (parameter, rest string, found bool) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			quoted = !quoted
		case '\\':
			if quoted {
				i++
			}
		case ';':
			if !quoted {
				return s[:i], s[i+1:], true
			}
		}
	}
	return s, "", false
}

// declaredEncoding returns the encoding that an XML declaration names, "" if
// there is none or it cannot be read: what is wrong with it is for the reader
// of XML to say.
func declaredEncoding(body []byte) string {
	const longest = 256
	head := body[:min(len(body), longest)]
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	end := bytes.Index(head, []byte("?>"))
	if end < 0 {
		return ""
	}
	_, rest, found := bytes.Cut(head[len("<?xml"):end], []byte("encoding"))
	if !found {
		return ""
	}
	rest = bytes.TrimLeft(rest, " \t\r\n")
	rest, found = bytes.CutPrefix(rest, []byte("="))
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if !found || len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return ""
	}
	name, _, closed := bytes.Cut(rest[1:], rest[:1])
	if !closed {
		return ""
	}
	return string(name)
}
