package scaffold

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// translate turns a pattern of XML Schema into one of RE2 that means the same.
// It reports false when there is none. What is not exact need only allow no
// more than the schema does: it serves to invent values.
//
// They differ in classes: \w is that of Unicode in XML Schema, \i and \c are
// letters of names, \p{Is…} is a block, [a-z-[aeiou]] a difference; and ^ and $
// stand for themselves there (XML Schema Part 2, app. F). \d, which means the
// digits of all scripts there, means those of ASCII here, as its authors do.
func translate(pattern string, exact bool) (string, bool) {
	t := translator{exact: exact}
	for rest := pattern; rest != ""; {
		n, ok := t.next(rest)
		if !ok {
			return "", false
		}
		rest = rest[n:]
	}
	re := t.b.String()
	if n := instructions(re); t.class || n == 0 || n > maxPattern || strings.ContainsFunc(re, func(r rune) bool { return isControl(r) || !unicode.IsPrint(r) }) {
		return "", false
	}
	return re, true
}

// instructions returns how many instructions a pattern of RE2 compiles to, 0 if
// it is none.
func instructions(re string) int {
	tree, err := syntax.Parse(re, syntax.Perl)
	if err != nil {
		return 0
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return 0
	}
	return len(prog.Inst)
}

type translator struct {
	b     strings.Builder
	class bool // inside brackets
	exact bool
}

// next takes the next characters of a pattern and returns how many bytes.
func (t *translator) next(s string) (int, bool) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == '\\' && len(s) > 1:
		return t.escape(s)
	case r == '[' && t.class:
		return 0, false // a difference, which follows "-"; or nothing that is allowed
	case r == '[':
		t.class = true
		t.b.WriteByte('[')
		if strings.HasPrefix(s, "[^") {
			t.b.WriteByte('^')
			return len("[^"), true
		}
	case r == ']' && t.class:
		t.class = false
		t.b.WriteByte(']')
	case strings.ContainsRune("^$", r) && !t.class:
		t.b.WriteString(`\` + string(r))
	case r == '.' && !t.class:
		t.b.WriteString(`[^\n\r]`)
	case r == '?' && t.b.Len() == 0 || strings.HasPrefix(s, "(?"):
		return 0, false
	case strings.HasPrefix(s, "??"), strings.HasPrefix(s, "*?"), strings.HasPrefix(s, "+?"), strings.HasPrefix(s, "}?"):
		return 0, false // lazy in RE2, no pattern in XML Schema
	default:
		t.b.WriteRune(r)
	}
	return n, true
}

// escape takes a backslash and what belongs to it.
func (t *translator) escape(s string) (int, bool) {
	c, n := utf8.DecodeRuneInString(s[1:])
	n++
	switch c {
	case 'd':
		t.set("0-9")
	case 's', 'S', 'D', 'n', 'r', 't', '\\', '|', '.', '-', '^', '?', '*', '+', '{', '}', '(', ')', '[', ']', '$':
		t.b.WriteString(s[:n])
	case 'w', 'W', 'i', 'c':
		if t.exact && (t.class || c == 'i' || c == 'c') || !t.exact && c == 'W' {
			return 0, false // there is no way to say it
		}
		switch {
		case !t.exact && c == 'i':
			t.set("A-Za-z_")
		case !t.exact:
			t.set("0-9A-Za-z")
		case c == 'W':
			t.b.WriteString(`[\p{P}\p{Z}\p{C}]`)
		default:
			t.b.WriteString(`[^\p{P}\p{Z}\p{C}]`)
		}
	case 'p', 'P':
		return t.property(s)
	default:
		return 0, false
	}
	return n, true
}

// set writes a set of characters, with brackets where there are none yet.
func (t *translator) set(of string) {
	if !t.class {
		of = "[" + of + "]"
	}
	t.b.WriteString(of)
}

// property takes \p{L} and the like, but no block.
func (t *translator) property(s string) (int, bool) {
	end := strings.IndexByte(s, '}')
	if end < 0 || !strings.HasPrefix(s[2:], "{") || strings.HasPrefix(s[3:], "Is") {
		return 0, false
	}
	t.b.WriteString(s[:end+1])
	return end + 1, true
}

// examples returns texts that fit the pattern of XML Schema: one of so many
// characters where the pattern leaves a choice, one in which everything that may
// be repeated is there, and the shortest one. Those that do not fit are left out.
func examples(pattern string, characters int) []string {
	re, ok := translate(pattern, false)
	if !ok {
		return nil
	}
	tree, err := syntax.Parse(re, syntax.Perl)
	if err != nil {
		return nil
	}
	whole, err := regexp.Compile(`^(?:` + re + `)$`)
	if err != nil {
		return nil
	}
	tree = tree.Simplify()
	shortest, full := exampler{}, exampler{all: true}
	shortest.write(tree)
	full.write(tree)
	long := exampler{more: max(0, characters-utf8.RuneCountInString(shortest.b.String()))}
	long.write(tree)
	var texts []string
	for _, e := range []*exampler{&long, &full, &shortest} {
		if text := e.b.String(); whole.MatchString(text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// exampler writes a text that a pattern describes.
type exampler struct {
	b    strings.Builder
	more int  // characters that may be repeated beyond what must be
	all  bool // whatever may be repeated is there once
}

// longestExample bounds the text of an example.
const longestExample = 4096

func (e *exampler) write(re *syntax.Regexp) {
	if e.b.Len() > longestExample {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			e.b.WriteRune(r)
		}
	case syntax.OpCharClass:
		e.b.WriteRune(memberOf(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		e.b.WriteByte('a')
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			e.write(sub)
		}
	case syntax.OpAlternate:
		e.write(re.Sub[0])
	case syntax.OpPlus:
		e.write(re.Sub[0])
		e.again(re.Sub[0], unbounded)
	case syntax.OpStar:
		e.again(re.Sub[0], unbounded)
	case syntax.OpQuest:
		e.again(re.Sub[0], 1)
	}
}

// again repeats a part while more characters are wanted.
func (e *exampler) again(re *syntax.Regexp, most int) {
	if e.all {
		e.write(re)
		return
	}
	for range most {
		before := utf8.RuneCountInString(e.b.String())
		if e.more <= 0 {
			return
		}
		e.write(re)
		grown := utf8.RuneCountInString(e.b.String()) - before
		if grown == 0 || e.b.Len() > longestExample {
			return
		}
		e.more -= grown
	}
}

// memberOf returns a character of a class: a digit, a capital, a small letter, or else
// its first one that can be printed.
func memberOf(class []rune) rune {
	for _, wanted := range "1Aa" {
		if among(class, wanted) {
			return wanted
		}
	}
	for i := 0; i+1 < len(class); i += 2 {
		for r := class[i]; r <= class[i+1] && r < class[i]+0x100; r++ {
			if unicode.IsPrint(r) && r != ' ' {
				return r
			}
		}
	}
	if len(class) > 0 {
		return class[0]
	}
	return 'a'
}

func among(class []rune, r rune) bool {
	for i := 0; i+1 < len(class); i += 2 {
		if class[i] <= r && r <= class[i+1] {
			return true
		}
	}
	return false
}
