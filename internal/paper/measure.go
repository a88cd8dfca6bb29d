package paper

import (
	"strings"
	"unicode"
)

// textWidth is how wide a text is in Times, near enough to give it room: whoever
// draws a chart may have other letters of the same metrics.
func textWidth(s string, size float64) float64 {
	em := 0.0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == ' ', r == '.', r == ',', r == 'i', r == 'l', r == 'j', r == 't', r == 'ì', r == 'í', r == 'ị', r == 'ỉ', r == 'ĩ', r == '\u00a0':
			em += 0.27
		case r == 'm', r == '%', r == 'W', r == 'M':
			em += 0.85
		case unicode.IsUpper(r):
			em += 0.7
		case r > 0x2e80:
			em++
		default:
			em += 0.5
		}
	}
	return em * size
}

// shorten cuts a text to a width, with "…" for what is gone.
func shorten(s string, width, size float64) string {
	s = oneLine(s)
	if textWidth(s, size) <= width {
		return s
	}
	w, end := textWidth("…", size), 0
	for i, r := range s {
		if w += textWidth(string(r), size); w > width {
			break
		}
		end = i + len(string(r))
	}
	return strings.TrimSpace(s[:end]) + "…"
}

// wrap breaks a text between words into at most so many lines; the last is
// shortened where that is not enough, and whole is then false.
func wrap(s string, width, size float64, limit int) (lines []string, whole bool) {
	words := strings.Fields(oneLine(s))
	for len(words) > 0 && len(lines) < limit-1 {
		n := 1
		for n < len(words) && textWidth(strings.Join(words[:n+1], " "), size) <= width {
			n++
		}
		if n == len(words) {
			break
		}
		first := strings.Join(words[:n], " ")
		if textWidth(first, size) > width {
			break
		}
		lines, words = append(lines, first), words[n:]
	}
	rest := strings.Join(words, " ")
	cut := shorten(rest, width, size)
	return append(lines, cut), cut == rest
}

// oneLine leaves out what cannot be drawn.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case !Readable(r):
			return -1
		}
		return r
	}, s))
}
