package mappings

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

const datedKeys = "from in"

// dated is a date of the message by which another value is judged.
type dated struct {
	pos      pos
	key      string // of the mapping, for problems
	whole    bool   // it has to be a day, not a month or a year
	from     []sourcePath
	declared bool
	in       []layout // declared, or those of the rule that reads the date
	refs     []ref
}

// dated reads a path, or {from: path, in: layouts}.
func (p *parser) dated(e entry, whole bool) *dated {
	d := &dated{pos: posOf(e.value), key: e.key, whole: whole}
	if e.value.Kind == yaml.MappingNode {
		es := p.entries(e.value, e.key, datedKeys)
		p.require(e.value, es, e.key, "from")
		for _, e := range es {
			switch e.key {
			case "from":
				d.from = p.paths(e)
			case "in":
				d.in, d.declared = p.layouts(e), true
			}
		}
	} else {
		d.from = p.paths(e)
	}
	for i := range d.from {
		if one := &d.from[i]; one.word != noWord {
			p.report(one.pos, "%s: %q is no date; want a path into the message", d.key, one.text)
			one.bad = true
		}
	}
	for _, l := range d.in {
		if whole && l.parts != 0 && l.parts&dayPart == 0 {
			p.report(d.pos, "%s: %s is not a whole day", d.key, l.text)
		}
	}
	return d
}

// reachDated resolves the paths of d, of a rule that stands on the element at.
func (c *compiler) reachDated(d *dated, at *node) {
	for _, one := range d.from {
		if one.bad {
			continue
		}
		to := c.reach(one, at)
		to.reads()
		d.refs = append(d.refs, to)
	}
	c.dates = append(c.dates, d)
}

// settleDates gives the dates whose layouts are not declared those of the rules
// that read them. All paths are resolved.
func (c *compiler) settleDates() {
	for _, d := range c.dates {
		if d.declared {
			continue
		}
		for i := range d.refs {
			found := c.layoutsOf(&d.refs[i], d.whole)
			if len(found) == 0 {
				c.report(d.pos, "%s: no rule reads %s as a date%s; say how it is written, as in {from: %s, in: dd/MM/yyyy}",
					d.key, d.refs[i].text, map[bool]string{true: " with its day"}[d.whole], d.refs[i].text)
			}
			for _, l := range found {
				if !slices.ContainsFunc(d.in, func(o layout) bool { return o.text == l.text }) {
					d.in = append(d.in, l)
				}
			}
		}
	}
}

// layoutsOf returns the layouts by which rules read a date from the same place.
func (c *compiler) layoutsOf(at *ref, whole bool) (found []layout) {
	c.m.eachRule(func(r *rule) {
		if r.kind != dateKind || r.date == nil || !slices.ContainsFunc(r.refs, at.same) {
			return
		}
		for _, l := range r.date.in {
			if !whole || l.parts&dayPart != 0 {
				found = append(found, l)
			}
		}
	})
	return found
}

// same reports whether both paths lead to one element or attribute.
func (r *ref) same(o ref) bool { return r.node == o.node && r.attr == o.attr && o.word == noWord }

// eachRule calls f with every rule of the mapping.
func (m *Mapping) eachRule(f func(*rule)) {
	var walk func(rs []*rule)
	walk = func(rs []*rule) {
		for _, r := range rs {
			f(r)
			walk(r.fields)
		}
	}
	walk(m.values())
	walk(m.fields)
}

// want lists the layouts.
func (d *dated) want() string {
	texts := make([]string, len(d.in))
	for i, l := range d.in {
		texts[i] = l.text
	}
	return strings.Join(texts, " | ")
}

// dateOf reads the date that d leads to. s is the text found, "" if there is
// none, and from the path to it.
func (st *state) dateOf(d *dated, at int32) (found date, s string, from *ref, ok bool) {
	for i := range d.refs {
		if s = tidy(st.find(&d.refs[i], at), spacesTrim); s == "" {
			continue
		}
		for j := range d.in {
			if found, ok = d.in[j].read(s); ok {
				break
			}
		}
		return found, s, &d.refs[i], ok
	}
	return date{}, "", &d.refs[0], false
}
