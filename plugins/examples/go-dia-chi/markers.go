package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// level is how large a part of an address is.
type level uint8

const (
	house    level = iota + 1 // số nhà, ngõ
	street                    // đường, phố
	group                     // tổ, thôn
	commune                   // xã, phường
	district                  // quận, huyện, before July 2025
	provincial
)

// marker is a word that says what the name behind it is.
type marker struct {
	level   level
	title   string // as it is written out, "Phường"
	number  bool   // is one only where a number follows
	digits  bool   // is one only where a number follows, unless it has its diacritics
	counts  bool   // is one wherever a number follows
	inNames bool   // is a part of names, too: "Phố" of phường Phố Huế
	short   bool   // an abbreviation
}

// readMarkers returns the markers by how they are written, in small letters.
func readMarkers() map[string]marker {
	all := map[string]marker{}
	for _, m := range []struct {
		words string
		marker
	}{
		{"số|sn|số nhà|nhà số", marker{level: house, title: "Số", number: true, counts: true}},
		{"ngõ", marker{level: house, title: "Ngõ", digits: true, counts: true, inNames: true}},
		{"ngách", marker{level: house, title: "Ngách", digits: true, counts: true}},
		{"hẻm", marker{level: house, title: "Hẻm", digits: true, counts: true}},
		{"kiệt", marker{level: house, title: "Kiệt", digits: true, counts: true, inNames: true}},
		{"đường", marker{level: street, title: "Đường"}},
		{"đ", marker{level: street, title: "Đường", short: true}},
		{"phố", marker{level: street, title: "Phố", inNames: true}},
		{"đại lộ", marker{level: street, title: "Đại lộ"}},
		{"quốc lộ|ql", marker{level: street, title: "Quốc lộ", number: true, counts: true}},
		{"tỉnh lộ|tl", marker{level: street, title: "Tỉnh lộ", number: true, counts: true}},
		{"tổ", marker{level: group, title: "Tổ", digits: true, counts: true, inNames: true}},
		{"tổ dân phố", marker{level: group, title: "Tổ dân phố", counts: true}},
		{"tdp", marker{level: group, title: "Tổ dân phố", counts: true, short: true}},
		{"khu phố", marker{level: group, title: "Khu phố", counts: true, inNames: true}},
		{"kp", marker{level: group, title: "Khu phố", counts: true, short: true}},
		{"thôn", marker{level: group, title: "Thôn", counts: true, inNames: true}},
		{"xóm", marker{level: group, title: "Xóm", counts: true, inNames: true}},
		{"ấp", marker{level: group, title: "Ấp", counts: true, inNames: true}},
		{"bản", marker{level: group, title: "Bản", inNames: true}},
		{"buôn", marker{level: group, title: "Buôn", inNames: true}},
		{"làng", marker{level: group, title: "Làng", inNames: true}},
		{"khóm", marker{level: group, title: "Khóm", counts: true, inNames: true}},
		{"phường", marker{level: commune, title: "Phường", counts: true}},
		{"p", marker{level: commune, title: "Phường", counts: true, short: true}},
		{"xã", marker{level: commune, title: "Xã", inNames: true}},
		{"x", marker{level: commune, title: "Xã", short: true}},
		{"thị trấn", marker{level: commune, title: "Thị trấn"}},
		{"tt", marker{level: commune, title: "Thị trấn", short: true}},
		{"đặc khu", marker{level: commune, title: "Đặc khu"}},
		{"quận", marker{level: district, title: "Quận", counts: true}},
		{"q", marker{level: district, title: "Quận", counts: true, short: true}},
		{"huyện", marker{level: district, title: "Huyện"}},
		{"h", marker{level: district, title: "Huyện", short: true}},
		{"thị xã", marker{level: district, title: "Thị xã"}},
		{"tx", marker{level: district, title: "Thị xã", short: true}},
		{"thành phố", marker{level: district, title: "Thành phố"}},
		{"tp", marker{level: district, title: "Thành phố", short: true}},
		{"tỉnh", marker{level: provincial, title: "Tỉnh"}},
		{"t", marker{level: provincial, title: "Tỉnh", short: true}},
	} {
		for words := range strings.SplitSeq(m.words, "|") {
			all[words] = m.marker
		}
	}
	return all
}

// word is one word of an address.
type word struct {
	text  string
	low   string // in small letters
	short bool   // an abbreviation that was written as one, with its dot, or with a number right behind it
}

func (w word) isNumber() bool { return w.text != "" && unicode.IsDigit(rune(w.text[0])) }

func (w word) isCapital() bool {
	r, _ := utf8.DecodeRuneInString(w.text)
	return unicode.IsUpper(r)
}

const longestMarker = 3 // words

// markerAt returns the longest marker that begins at a word, and of how many
// words it is. plain says that the address was typed without diacritics.
func (s splitter) markerAt(words []word, i int, plain bool) (marker, int, bool) {
	table := s.markers
	if plain {
		table = s.plain
	}
	for n := min(longestMarker, len(words)-i-1); n > 0; n-- {
		key := words[i].low
		for _, w := range words[i+1 : i+n] {
			key += " " + w.low
		}
		m, ok := table[key]
		if !ok || (m.number || plain && m.digits) && !words[i+n].isNumber() {
			continue
		}
		// A letter that stands alone inside a text is an initial as well.
		if utf8.RuneCountInString(key) == 1 && !words[i].short && (i > 0 || !words[i].isCapital()) {
			continue
		}
		return m, n, true
	}
	return marker{}, 0, false
}

// ends reports whether a marker ends the name before it, of which last is the
// last word; if not, it may be one or may be a part of that name.
func (m marker) ends(last, first, next word, plain bool) bool {
	switch {
	case last.isNumber(), m.counts && next.isNumber():
		return true
	case first.short, m.short && first.text == strings.ToUpper(first.text):
		return true
	case !plain && !m.inNames:
		return true
	}
	return last.isCapital() && !first.isCapital()
}
