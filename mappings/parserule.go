package mappings

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// value reads id, lane, subject or a part of purpose.
func (p *parser) value(e entry) *rule {
	p.m.rules++
	r := p.newRule(e.at)
	r.to = e.key
	if e.value.Kind != yaml.MappingNode {
		r.keys["from"] = posOf(e.value)
		r.from = p.paths(entry{"from", e.at, e.value})
		return r
	}
	p.keys(r, p.entries(e.value, e.key, valueKeys), 1)
	return r
}

func (p *parser) newRule(at pos) *rule {
	return &rule{pos: at, keys: map[string]pos{}, with: " ", spaces: p.m.defaults.spaces, empty: p.m.defaults.empty}
}

// fields reads a list of rules, and of checks among them.
func (p *parser) fields(e entry, depth int) []*rule {
	if depth > maxNesting {
		p.report(e.at, "fields: more than %d levels", maxNesting)
		return nil
	}
	if e.value.Kind != yaml.SequenceNode || len(e.value.Content) == 0 {
		p.report(posOf(e.value), "fields: want a list of rules, as in - {to: hoTen, from: HoTen}")
		return nil
	}
	var rs []*rule
	for _, n := range e.value.Content {
		if p.m.rules++; p.m.rules > maxRules {
			if p.m.rules == maxRules+1 {
				p.report(posOf(n), "fields: more than %d rules", maxRules)
			}
			return rs
		}
		if isMust(n) {
			rs = append(rs, p.must(n))
			continue
		}
		r, before := p.newRule(posOf(n)), len(p.problems)
		es := p.entries(n, "rule", fieldKeys+" must") // which is a check's, and known so that slips are led to it
		r.misread = len(p.problems) > before
		p.keys(r, es, depth)
		rs = append(rs, r)
	}
	return rs
}

func (p *parser) keys(r *rule, es []entry, depth int) {
	for _, e := range es { // what min and max mean depends on the type
		if e.key == "type" {
			r.kind = kind(p.choice(e, strings.Join(kindNames[:], " ")))
		}
	}
	for _, e := range es {
		r.keys[e.key] = e.at
		if !p.originKey(r, e, depth) && !p.checkKey(r, e) {
			p.writingKey(r, e)
		}
	}
}

// originKey reads the keys that say where a value comes from.
func (p *parser) originKey(r *rule, e entry, depth int) bool {
	switch e.key {
	case "from":
		r.from = p.paths(e)
	case "join":
		r.join = p.paths(e)
	case "with":
		r.with, _ = p.text(e) // what is no text is reported by it
	case "count":
		r.count = p.onePath(e)
	case "each":
		r.each = p.onePath(e)
	case "compute":
		r.compute = p.expression(e)
	case "const":
		if s, ok := p.text(e); ok {
			r.constant = &s
		}
	case "fields":
		r.fields = p.fields(e, depth+1)
	default:
		return false
	}
	return true
}

// checkKey reads the keys that say what a value must be.
func (p *parser) checkKey(r *rule, e entry) bool {
	switch e.key {
	case "required":
		p.required(r, e)
	case "if":
		r.cond = p.expression(e)
	case "only":
		r.only = p.demand(e)
	case "differs":
		r.differs = p.onePath(e)
	case "type":
	case "length":
		for _, n := range p.scalars(e) {
			r.lengths = append(r.lengths, p.number(e.key, n))
		}
	case "min":
		r.min = p.limit(r, e)
	case "max":
		r.max = p.limit(r, e)
	case "pattern":
		p.pattern(r, e)
	case "date":
		r.date = p.date(e)
	case "codes":
		r.codes = p.codes(e)
	case "check":
		r.check = p.check(e)
	case "compare":
		r.compare = comparison(p.choice(e, compareWords))
	default:
		return false
	}
	return true
}

// limit reads a bound of a whole number, or of the characters of a text.
func (p *parser) limit(r *rule, e entry) int {
	if r.kind != intKind {
		return p.number(e.key, e.value)
	}
	n, ok := readInt(e.value.Value)
	if e.value.Kind != yaml.ScalarNode || !ok {
		p.report(posOf(e.value), "%s: want a whole number of at most 18 digits", e.key)
	}
	return int(n)
}

// writingKey reads the keys that say how a value is written.
func (p *parser) writingKey(r *rule, e entry) {
	switch e.key {
	case "to":
		r.to = p.filled(e)
	case "doc":
		r.doc = p.filled(e)
	case "default":
		if s, ok := p.text(e); ok {
			r.fallback = &s
		}
	case "empty":
		r.empty = p.empty(e)
	case "spaces":
		r.spaces = p.spaces(e)
	case "name":
		r.part = familyName + namePart(p.choice(e, nameWords))
	case "letters":
		r.letters = letters(p.choice(e, lettersWords))
	case "charset":
		r.charset = strings.Fields(charsetWords)[p.choice(e, charsetWords)]
	case "encode":
		p.choice(e, encodeWords)
		r.encoded = true
	}
}

func (p *parser) paths(e entry) []sourcePath {
	var paths []sourcePath
	for _, n := range p.scalars(e) {
		one, err := p.m.source.names.parsePath(n.Value)
		one.pos = posOf(n)
		if err != nil {
			p.report(one.pos, "%s: %v", e.key, err)
			one.bad = true
		}
		paths = append(paths, one)
	}
	return paths
}

func (p *parser) onePath(e entry) *sourcePath {
	if e.value.Kind != yaml.ScalarNode {
		p.report(posOf(e.value), "%s: want one path", e.key)
		return &sourcePath{bad: true}
	}
	return &p.paths(e)[0]
}

func (p *parser) pattern(r *rule, e entry) {
	s := p.filled(e)
	tree, _, problem := p.measure(s)
	if problem != "" {
		p.report(posOf(e.value), "pattern: %s", problem)
		return
	}
	var err error
	if r.pattern, err = regexp.Compile(`^(?:` + s + `)$`); err != nil {
		p.report(posOf(e.value), "pattern: %v", err)
	}
	r.patternText = s
	if sets, ok := classesOf(tree); ok && len(sets) > 0 {
		r.classes = sets
	}
}

func (p *parser) date(e entry) *dateRule {
	d, before := &dateRule{}, len(p.problems)
	es := p.entries(e.value, "date", dateKeys)
	p.require(e.value, es, "date", "in out")
	for _, e := range es {
		switch e.key {
		case "in":
			d.in = p.layouts(e)
		case "out":
			d.out = p.layouts(e)
		case "skip":
			d.skip = skipPartial + dateSkip(p.choice(e, skipWords))
		}
	}
	if len(p.problems) > before {
		return d
	}
	if err := d.check(); err != nil {
		p.report(e.at, "date: %v", err)
	}
	return d
}

func (p *parser) layouts(e entry) []layout {
	var ls []layout
	for _, n := range p.scalars(e) {
		l, err := parseLayout(n.Value)
		switch {
		case err != nil:
			p.report(posOf(n), "%s: %q: %v", e.key, n.Value, err)
		case l.rest && e.key == "out":
			p.report(posOf(n), "out: \"*\" is for in only")
		}
		ls = append(ls, l)
	}
	return ls
}

func (p *parser) codes(e entry) *codeTable {
	t := &codeTable{exact: map[string]string{}}
	if file, ok := p.tableUse(e); ok {
		t.file = file
		return t
	}
	var es []entry
	if e.value.Kind == yaml.SequenceNode {
		es = p.plainCodes(e)
	} else {
		es = p.entries(e.value, "codes", "")
	}
	if len(es) == 0 || len(es) > maxCodes {
		p.report(e.at, "codes: want 1 to %d entries", maxCodes)
		return t
	}
	if p.allCodes += len(es); p.allCodes > maxAllCodes {
		p.report(e.at, "codes: more than %d entries in all", maxAllCodes)
		return t
	}
	for _, e := range es {
		code := p.filled(e)
		t.entries = append(t.entries, codeEntry{e.at, e.key, code})
		t.exact[e.key] = code
	}
	return t
}

// plainCodes reads a list of codes that stand for themselves.
func (p *parser) plainCodes(e entry) []entry {
	var es []entry
	for _, n := range e.value.Content {
		n = target(n)
		switch {
		case n.Kind != yaml.ScalarNode:
			p.report(posOf(n), "codes: want a list of texts, or texts with their codes")
			continue
		case slices.ContainsFunc(es, func(e entry) bool { return e.key == n.Value }):
			p.report(posOf(n), "codes: %q is listed twice", n.Value)
			continue
		}
		es = append(es, entry{n.Value, posOf(n), n})
	}
	return es
}
