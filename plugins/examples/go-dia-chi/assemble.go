package main

import "strings"

// takeProvince finds the province among the segments, and returns what is wrong
// when there is not exactly one.
//
// A name behind "tỉnh" counts anywhere, and one of a centrally run city behind
// "TP". A name alone counts where provinces stand, at the end or the beginning,
// for a village may have the same.
func (s splitter) takeProvince(a *address, segments []segment) doubt {
	var named, cities []*part
	var bare []*segment
	for i := range segments {
		seg := &segments[i]
		for j := range seg.parts {
			switch p := &seg.parts[j]; {
			case p.title == "Tỉnh" && s.known(p.name):
				named = append(named, p)
			case p.level == provincial && p.title == "Thành phố":
				cities = append(cities, p)
			}
		}
		if len(seg.parts) == 0 && (i == 0 || i == len(segments)-1) && s.known(seg.lead) {
			bare = append(bare, seg)
		}
	}
	var found []province
	for _, p := range append(named, cities...) {
		found = append(found, s.provinces[fold(p.name)])
	}
	if len(named) == 0 {
		for _, seg := range bare {
			found = append(found, s.provinces[fold(seg.lead)])
		}
	}
	if len(found) == 0 {
		return doubt{"missing", textProvince}
	}
	for _, p := range found {
		if p.code != found[0].code {
			return doubt{"repeated", textProvinces}
		}
	}
	a.province = found[0]
	if len(named) == 0 && len(bare) > 0 {
		a.province = found[len(found)-1]
		for _, seg := range bare {
			seg.lead = ""
		}
	}
	// A city inside a province was a district: TP Huế of Thừa Thiên Huế.
	inside := strings.HasPrefix(a.province.then, "Tỉnh ") && len(named)+len(bare) > 0
	for _, p := range cities {
		if p.taken = !inside; inside {
			p.level = district
		}
	}
	if len(cities) > 0 && !inside {
		a.province.then = a.province.name
	}
	for _, p := range named {
		p.taken = true
	}
	return doubt{}
}

func (s splitter) known(name string) bool { return s.provinces[fold(name)] != (province{}) }

// takeParts takes every other part that the address names once.
func (s splitter) takeParts(a *address, segments []segment) {
	byLevel := map[level][]*part{}
	for i := range segments {
		seg := &segments[i]
		if number.MatchString(seg.lead) {
			a.house, seg.lead = followed(a.house, seg.lead, " "), ""
		}
		for j := range seg.parts {
			p := &seg.parts[j]
			if p.taken {
				continue
			}
			if p.level == house {
				p.taken = true
				a.house = followed(a.house, p.after(a.house), " ")
				continue
			}
			byLevel[p.level] = append(byLevel[p.level], p)
		}
	}
	for _, to := range []struct {
		level level
		text  *string
		same  func(a, b *part) bool // they cannot both be right
	}{
		{street, &a.street, differ},
		{group, &a.group, func(a, b *part) bool { return a.title == b.title && differ(a, b) }},
		{commune, &a.commune, differ},
		{district, &a.district, differ},
	} {
		parts := byLevel[to.level]
		if clash(parts, to.same) {
			a.doubts = append(a.doubts, doubt{"repeated", textTwice})
			continue
		}
		for i, p := range parts {
			p.taken = true
			if i == 0 || differ(parts[0], p) {
				*to.text = followed(*to.text, p.after(*to.text), ", ")
			}
		}
	}
}

func differ(a, b *part) bool { return fold(a.written()) != fold(b.written()) }

func clash(parts []*part, same func(a, b *part) bool) bool {
	for i, p := range parts {
		for _, other := range parts[:i] {
			if same(p, other) {
				return true
			}
		}
	}
	return false
}

// after is the part as it is written behind others: ngõ 3, not Ngõ 3.
func (p part) after(before string) string {
	if before == "" {
		return p.written()
	}
	return strings.ToLower(p.title) + " " + p.name
}

func followed(before, text, with string) string {
	if before == "" {
		return text
	}
	return before + with + text
}

// restOf is what nothing was made of, as it was written.
func restOf(segments []segment) string {
	var rest []string
	for _, seg := range segments {
		if seg.lead != "" {
			rest = append(rest, seg.lead)
		}
		for _, p := range seg.parts {
			if !p.taken {
				rest = append(rest, p.written())
			}
		}
	}
	return strings.Join(rest, ", ")
}
