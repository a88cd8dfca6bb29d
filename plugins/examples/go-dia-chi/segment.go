package main

import (
	"regexp"
	"strings"
)

// part is one part of an address: "phường Mẫu".
type part struct {
	marker
	name  string
	taken bool // it stands in the address already
}

// written is the part as a register has it.
func (p part) written() string { return p.title + " " + p.name }

// segment is what stands between two commas.
type segment struct {
	text  string
	lead  string // what stands before the first marker; all of it, when there is none
	parts []part
}

// abbreviated matches a word that begins with an abbreviation: TP.HCM, P.5, Q1.
var abbreviated = regexp.MustCompile(`(?i)^(?:(tdp|tp|tt|tx|kp|sn|ql|tl|p|q|h|x|t|đ)\.(.*)|(tdp|kp|sn|ql|tl|p|q)(\d.*)|(tp)(hcm))$`)

// wordsOf takes a text apart, abbreviations from what they stand before.
func wordsOf(text string) (words []word) {
	for _, w := range strings.Fields(text) {
		for w != "" {
			m := abbreviated.FindStringSubmatch(w)
			if m == nil {
				words = append(words, word{text: w, low: strings.ToLower(w)})
				break
			}
			head := m[1] + m[3] + m[5]
			words = append(words, word{text: head, low: strings.ToLower(head), short: true})
			w = m[2] + m[4] + m[6]
		}
	}
	return words
}

func joined(words []word) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

// read takes a segment apart at its markers. What may be read in two ways stays
// whole: it has no parts then.
func (s splitter) read(text string, plain bool) segment {
	seg := segment{text: text}
	words := wordsOf(text)
	if whole := joined(words); s.provinces[fold(whole)] != (province{}) {
		return segment{text: text, lead: whole} // TT Huế is no thị trấn
	}
	begin, at := 0, 0 // of the name that is being read; of the word
	end := func() {
		name := joined(words[begin:at])
		if len(seg.parts) == 0 {
			seg.lead = name
		} else {
			seg.parts[len(seg.parts)-1].name = name
		}
	}
	for at < len(words) {
		m, n, ok := s.markerAt(words, at, plain)
		if !ok {
			at++
			continue
		}
		if at > begin && !m.ends(words[at-1], words[at], words[at+n], plain) {
			return segment{text: text, lead: text}
		}
		end()
		seg.parts = append(seg.parts, part{marker: m})
		at += n
		begin = at
		at++ // the word behind a marker is a name, whatever it is
	}
	end()
	for i, p := range seg.parts {
		seg.parts[i] = s.placed(p)
	}
	if !inOrder(seg.parts) {
		return segment{text: text, lead: text}
	}
	return seg
}

// placed tells cities below a province from those that are none: both are TP.
func (s splitter) placed(p part) part {
	if known, ok := s.provinces[fold(p.name)]; ok && p.title == "Thành phố" && known.city {
		p.level = provincial
	}
	return p
}

// inOrder reports whether parts that no comma separates go from small to large,
// or from large to small. Others may have been read wrongly.
func inOrder(parts []part) bool {
	up, down := true, true
	for i := 1; i < len(parts); i++ {
		a, b := parts[i-1], parts[i]
		if a.level == b.level && (a.level == house || a.level == group && a.title != b.title) {
			continue
		}
		up, down = up && a.level < b.level, down && a.level > b.level
	}
	return up || down
}
