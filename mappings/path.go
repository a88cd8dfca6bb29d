package mappings

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// sourcePath is a place in the source message, as written in a mapping.
type sourcePath struct {
	pos   pos
	text  string
	word  word
	abs   bool // starts at the root of the message
	steps []step
	attr  *qname
	bad   bool // was reported
}

// word is a value that comes with the message, not in it.
type word uint8

const (
	noWord word = iota
	idWord
	senderWord
)

type step struct {
	name     qname
	unprefix bool // written without a prefix
	first    bool // [1]
}

// qname is an expanded name. The namespace is compared, the prefix is for people.
type qname struct{ space, local, prefix string }

func (q qname) String() string {
	if q.prefix == "" {
		return q.local
	}
	return q.prefix + ":" + q.local
}

// names resolves the prefixes of paths.
type names struct {
	elements string            // namespace of an element without prefix
	prefixes map[string]string // of source.prefixes
}

// parsePath reads a path.
func (ns names) parsePath(text string) (sourcePath, error) {
	p := sourcePath{text: text}
	switch text {
	case "":
		return p, errors.New("a path is empty")
	case ".":
		return p, nil
	case "$id":
		p.word = idWord
		return p, nil
	case "$sender":
		p.word = senderWord
		return p, nil
	}
	if text[0] == '$' {
		return p, fmt.Errorf("%s is not known; want $id or $sender", text)
	}
	rest := text
	if rest[0] == '/' {
		p.abs, rest = true, rest[1:]
	}
	parts := strings.Split(rest, "/")
	if len(parts) > maxSteps {
		return p, fmt.Errorf("path of more than %d steps", maxSteps)
	}
	for i, part := range parts {
		if name, ok := strings.CutPrefix(part, "@"); ok {
			if i != len(parts)-1 {
				return p, fmt.Errorf("path %q goes on after an attribute", text)
			}
			q, err := ns.parseName(name, "")
			if err != nil {
				return p, fmt.Errorf("path %q: %w", text, err)
			}
			p.attr = &q
			continue
		}
		s, err := ns.parseStep(part)
		if err != nil {
			return p, fmt.Errorf("path %q: %w", text, err)
		}
		p.steps = append(p.steps, s)
	}
	return p, nil
}

func (ns names) parseStep(part string) (step, error) {
	name, index, indexed := strings.Cut(part, "[")
	if indexed && index != "1]" {
		return step{}, errors.New("only [1] may follow a name, as in CongDan[1]")
	}
	q, err := ns.parseName(name, ns.elements)
	return step{name: q, unprefix: !strings.Contains(name, ":"), first: indexed}, err
}

func (ns names) parseName(text, unprefixed string) (qname, error) {
	prefix, local, prefixed := strings.Cut(text, ":")
	if !prefixed {
		prefix, local = "", text
	}
	if !isName(local) || prefixed && !isName(prefix) {
		return qname{}, fmt.Errorf("%q is not a name; want steps such as Tre/NoiSinh/@Ma", text)
	}
	if !prefixed {
		return qname{space: unprefixed, local: local}, nil
	}
	space, ok := ns.prefixes[prefix]
	if !ok {
		return qname{}, fmt.Errorf("prefix %q is not declared in source.prefixes", prefix)
	}
	if space == unprefixed {
		prefix = ""
	}
	return qname{space: space, local: local, prefix: prefix}, nil
}

// isName reports whether s is an XML name without colon (NCName), of letters,
// digits, "-", "_" and ".".
func isName(s string) bool {
	for i, r := range s {
		switch {
		case r == '_' || unicode.IsLetter(r):
		case i > 0 && (r == '-' || r == '.' || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)):
		default:
			return false
		}
	}
	return s != ""
}
