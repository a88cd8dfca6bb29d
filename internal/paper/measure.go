package paper

import (
	"strings"
	"unicode"
)

// textWidth is how wide a text is in Times New Roman. Whoever draws a chart has
// letters of the same metrics, or near enough.
func textWidth(s string, size float64) float64 {
	em := 0.0
	for _, r := range s {
		em += letterWidth(r)
	}
	return em * size
}

// letterWidth is that of a letter of size 1, in the classes that letters of
// Vietnamese fall into.
func letterWidth(r rune) float64 {
	for _, class := range [...]struct {
		letters string
		width   float64
	}{
		{" .,\u00a0", 0.25}, {"/:ijltìíỉĩị", 0.278}, {"-()rfIÌÍỈĨỊ", 0.333}, {"sJ", 0.389},
		{"acezàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệ", 0.444}, {"–bdghknopquvxyđòóỏõọôồốổỗộùúủũụỳýỷỹỵ0123456789", 0.5},
		{"ơờớởỡợưừứửữự", 0.542}, {"PSFELTZÈÉẺẼẸÊỀẾỂỄỆ", 0.611}, {"BCRwADĐGHKNOQUVXY", 0.722}, {"m%", 0.833}, {"MW…", 1},
	} {
		if strings.ContainsRune(class.letters, r) {
			return class.width
		}
	}
	switch {
	case unicode.Is(unicode.Mn, r):
		return 0
	case unicode.IsUpper(r):
		return 0.776
	case r > 0x2e80:
		return 1
	}
	return 0.56
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
