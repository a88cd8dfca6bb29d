package mappings

import (
	"regexp"
	"regexp/syntax"
)

// measure parses a regular expression and counts the instructions that it
// compiles to, by itself and with all others of the mapping.
func (p *parser) measure(s string) (tree *syntax.Regexp, size int, problem string) {
	tree, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return nil, 0, "not a regular expression (RE2): " + err.Error()
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, 0, err.Error()
	}
	size = len(prog.Inst)
	if p.patterns += size; size > maxPattern || p.patterns > maxPatterns {
		return nil, 0, "too large, alone or with the others"
	}
	return tree, size, ""
}

// matcher is the pattern of matches in an expression.
type matcher struct {
	pattern *regexp.Regexp
	size    int // instructions
}

// isMatch reports whether a text holds what the pattern says. The automaton takes
// a step for each byte and, at worst, instruction.
func isMatch(s *spending, args []any) (any, error) {
	const instructions = 16 // done in the time in which a byte is made
	text, ok := args[0].(string)
	m, _ := args[1].(*matcher)
	if !ok {
		return false, nil
	}
	if err := s.work(len(text) * (1 + m.size/instructions)); err != nil {
		return nil, err
	}
	return m.pattern.MatchString(text), nil
}

// byteSet is a set of ASCII characters.
type byteSet [2]uint64

func (s *byteSet) add(from, to rune) {
	for c := from; c <= to; c++ {
		s[c>>6] |= 1 << (c & 63)
	}
}

func (s *byteSet) has(c byte) bool { return c < 0x80 && s[c>>6]&(1<<(c&63)) != 0 }

// maxClasses is the longest text that a pattern of sets can describe.
const maxClasses = 32

// classesOf returns the sets of a pattern that names one set of ASCII characters
// after another, such as [A-Z]{2}. Such patterns are common and need no automaton.
func classesOf(re *syntax.Regexp) ([]byteSet, bool) {
	switch {
	case re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase == 0:
		var sets []byteSet
		for _, c := range re.Rune {
			if c >= 0x80 {
				return nil, false
			}
			var s byteSet
			s.add(c, c)
			sets = append(sets, s)
		}
		return sets, len(sets) <= maxClasses
	case re.Op == syntax.OpCharClass:
		var s byteSet
		for i := 0; i+1 < len(re.Rune); i += 2 {
			if re.Rune[i+1] >= 0x80 {
				return nil, false
			}
			s.add(re.Rune[i], re.Rune[i+1])
		}
		return []byteSet{s}, true
	case re.Op == syntax.OpRepeat && re.Min == re.Max && re.Min <= maxClasses:
		one, ok := classesOf(re.Sub[0])
		var sets []byteSet
		for range re.Min {
			sets = append(sets, one...)
		}
		return sets, ok && len(sets) <= maxClasses
	case re.Op == syntax.OpConcat:
		var sets []byteSet
		for _, sub := range re.Sub {
			one, ok := classesOf(sub)
			if !ok {
				return nil, false
			}
			sets = append(sets, one...)
		}
		return sets, len(sets) <= maxClasses
	}
	return nil, false
}

// fitsPattern reports whether the whole of s is what the rule's pattern says.
func (r *rule) fitsPattern(s string) bool {
	switch {
	case r.pattern == nil:
		return true
	case r.classes == nil:
		return r.pattern.MatchString(s)
	case len(s) != len(r.classes):
		return false
	}
	for i := range r.classes {
		if !r.classes[i].has(s[i]) {
			return false
		}
	}
	return true
}
