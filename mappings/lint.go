package mappings

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// lint reports what is wrong between the keys of each rule and between rules,
// and settles what follows from several keys together.
func (p *parser) lint() {
	m := p.m
	for _, r := range m.values() {
		p.lintRule(r, false)
	}
	m.top = &rule{to: m.target.root, fields: m.fields, shape: objectShape}
	if m.target.root != "" {
		p.lintName(m.target.rootPos, "root", m.target.root)
	}
	p.lintFields(m.top, !m.target.xml)
}

// lintFields checks the rules of one object, which is written as JSON or as XML.
func (p *parser) lintFields(parent *rule, json bool) {
	seen := map[string]pos{}
	elements := false
	for i, r := range parent.fields {
		if r.shape == mustShape {
			continue
		}
		p.lintRule(r, true)
		r.inJSON = json
		p.lintTo(r, json)
		if first, dup := seen[r.to]; dup && r.to != "" {
			p.report(r.at("to"), "to: %q is already written by the rule in line %d", r.to, first.line)
		}
		seen[r.to] = r.pos
		if !json && strings.HasPrefix(r.to, "@") {
			if elements {
				p.report(r.at("to"), "to: attributes come before elements; move %s up", r.to)
			}
			parent.attrs = i + 1
		} else {
			elements = true
		}
		if !json && !r.encoded && r.empty == emptyNull {
			p.report(r.at("empty"), "empty: null has no meaning in XML; want omit or \"\"")
		}
		if r.fields != nil {
			p.lintFields(r, json || r.encoded)
		}
	}
}

func (p *parser) lintTo(r *rule, json bool) {
	switch {
	case !r.has("to"):
		if !r.misread {
			p.report(r.pos, "rule: to is missing")
		}
	case json || r.to == "":
	case r.to[0] == '@':
		if r.shape != leafShape {
			p.report(r.at("to"), "to: an attribute holds one value, no fields and no list")
		}
		p.lintName(r.at("to"), "to", r.to[1:])
	default:
		p.lintName(r.at("to"), "to", r.to)
	}
}

// lintName checks a name of the target's XML.
func (p *parser) lintName(at pos, key, name string) {
	prefix, local, prefixed := strings.Cut(name, ":")
	if !prefixed {
		prefix, local = "", name
	}
	if _, ok := p.m.target.namespaces[prefix]; prefixed && isName(prefix) && !ok {
		p.report(at, "%s: prefix %q is not declared in target.namespaces", key, prefix)
		return
	}
	if !isName(local) || prefixed && !isName(prefix) {
		p.report(at, "%s: %q is not an XML name", key, name)
	}
}

// Keys that have no meaning for a rule of the kind named.
const (
	notForObjects   = "join with count const compute differs type length min max pattern date codes compare default spaces name letters charset"
	notForLists     = "join with count const default"
	notForComputed  = "from join with count const fields name charset"
	notForConstants = "from join with count each compute required differs type length min max pattern date codes compare default empty spaces name letters encode charset"
	notForCounts    = "from join with const each compute required differs type length min max pattern date codes compare default empty spaces name letters encode charset"
	notForCodes     = "length min max pattern date letters"
	notForDates     = "length min max pattern codes letters"
	notForInts      = "length pattern letters"
	notForBools     = "length min max pattern letters"
	notForFiles     = "pattern letters"
)

func (p *parser) lintRule(r *rule, isField bool) {
	p.lintCheck(r)
	switch {
	case r.has("each"):
		r.shape = listShape
		p.lintElement(r.each, "each")
		p.refuse(r, "each", notForLists)
		if r.has("fields") {
			p.refuse(r, "fields", notForObjects+" from")
		} else if r.has("compute") {
			p.refuse(r, "compute", notForComputed)
		}
	case r.has("fields"):
		r.shape = objectShape
		p.refuse(r, "fields", notForObjects)
		if len(r.from) > 1 {
			p.report(r.at("from"), "from: an object stands on one element")
		} else if len(r.from) == 1 {
			p.lintElement(&r.from[0], "from")
		}
	case r.has("const"):
		p.lintConstant(r)
		return
	case r.has("count"):
		p.refuse(r, "count", notForCounts)
		p.lintElement(r.count, "count")
		r.kind = intKind
		return
	case r.has("compute"):
		p.refuse(r, "compute", notForComputed)
	case r.has("join"):
		p.refuse(r, "join", "from name")
	case !r.has("from") && !r.misread:
		p.report(r.pos, "rule: where does the value come from? want one of %s", strings.Join(strings.Fields(originKeys), ", "))
	}
	p.lintDemand(r)
	if isField && r.has("encode") && r.shape == leafShape {
		p.report(r.at("encode"), "encode: is for rules with fields or each")
	}
	if r.has("with") && !r.has("join") {
		p.report(r.at("with"), "with: is for join only")
	}
	if r.shape != objectShape {
		p.lintChecks(r)
		p.lintReach(r)
	}
}

// lintConstant checks a rule that always writes one text. Its type says how
// JSON writes it.
func (p *parser) lintConstant(r *rule) {
	p.refuse(r, "const", strings.Replace(notForConstants, " type ", " ", 1))
	if r.constant == nil {
		return
	}
	if r.kind == intKind {
		r.bound()
	}
	if r.kind == dateKind || r.kind == codeKind {
		p.report(r.at("type"), "type: of a const, want text, digits, int or bool")
	} else if !r.writes(*r.constant) {
		p.report(r.at("const"), "const: %q does not fit the rule's own type", *r.constant)
	}
}

// refuse reports the keys of the rule that have no meaning beside because.
func (p *parser) refuse(r *rule, because, keys string) {
	for _, k := range strings.Fields(keys) {
		if r.has(k) {
			p.report(r.at(k), "%s: cannot stand beside %s", k, because)
		}
	}
}

// lintElement checks a path that has to lead to an element.
func (p *parser) lintElement(at *sourcePath, key string) {
	if at == nil || at.bad {
		return
	}
	switch {
	case at.word != noWord || at.attr != nil:
		p.report(at.pos, "%s: %q is not an element", key, at.text)
		at.bad = true // nothing can be looked for there
	case key != "from" && len(at.steps) == 0:
		p.report(at.pos, "%s: want the name of an element", key)
	case key != "from" && at.steps[len(at.steps)-1].first:
		p.report(at.pos, "%s: %q is one element only; leave out [1]", key, at.text)
	}
}

// lintChecks checks the keys that say what a value must be against each other.
func (p *parser) lintChecks(r *rule) {
	if r.date != nil && !r.has("type") {
		r.kind = dateKind
	}
	if r.codes != nil && !r.has("type") {
		r.kind = codeKind
	}
	switch r.kind {
	case dateKind:
		p.refuse(r, "date", notForDates)
		if r.date == nil {
			iso, _ := parseLayout("yyyy-MM-dd")
			r.date = &dateRule{in: []layout{iso}, out: []layout{iso}}
		}
	case codeKind:
		if r.codes == nil {
			p.report(r.at("type"), "type: code needs codes")
		}
	case intKind:
		p.refuse(r, "type int", notForInts)
	case boolKind:
		p.refuse(r, "type bool", notForBools)
	case base64Kind:
		p.refuse(r, "type base64", notForFiles)
	}
	if r.codes != nil {
		p.lintCodes(r)
	}
	if r.has("date") && r.kind != dateKind {
		p.report(r.at("date"), "date: cannot stand beside type %s", kindNames[r.kind])
	}
	if r.has("compare") && !r.has("codes") {
		p.report(r.at("compare"), "compare: is for codes only")
	}
	if len(r.lengths) > 0 && (r.min > 0 || r.max > 0) {
		p.report(r.at("length"), "length: cannot stand beside min or max")
	}
	if r.has("min") && r.has("max") && r.min > r.max {
		p.report(r.at("min"), "min: is more than max")
	}
	if r.kind == intKind {
		r.bound()
	}
	p.lintDefault(r)
}

// bound gives an int without min or max the bounds that hold nothing back.
func (r *rule) bound() {
	if !r.has("min") {
		r.min = math.MinInt
	}
	if !r.has("max") {
		r.max = math.MaxInt
	}
}

var kindNames = [...]string{"text", "digits", "int", "bool", "date", "code", "base64"}

func (p *parser) lintDefault(r *rule) {
	if r.fallback == nil {
		return
	}
	if r.required || r.when != nil {
		p.report(r.at("default"), "default: can never be written, for the rule is required")
	}
	if r.has("empty") {
		p.report(r.at("empty"), "empty: can never matter, for the rule has a default")
	}
	if !r.writes(*r.fallback) {
		p.report(r.at("default"), "default: %q does not fit the rule's own type, length, pattern, date or codes", *r.fallback)
	}
}

func (p *parser) lintCodes(r *rule) {
	t := r.codes
	p.refuse(r, "codes", notForCodes)
	if r.kind != codeKind && r.kind != intKind && r.kind != boolKind {
		p.report(r.at("type"), "type: of a rule with codes, want code, int or bool")
	}
	if t.file != nil {
		p.lintTable(r)
		return
	}
	for _, e := range t.entries {
		if !r.fitsKind(e.code) {
			p.report(e.pos, "codes: %q is not of type %s", e.code, kindNames[r.kind])
		}
	}
	t.compare = r.compare
	if t.compare == compareExact {
		return
	}
	t.folded = map[string]string{}
	for _, e := range t.entries {
		key := string(fold(nil, e.text, t.compare))
		if code, dup := t.folded[key]; dup && code != e.code {
			p.report(e.pos, "codes: %q is the same as an entry above, as compare says, but has another code", e.text)
		}
		t.folded[key] = e.code
	}
}

// lintReach reports alternatives of from that can never be reached.
func (p *parser) lintReach(r *rule) {
	for i, one := range r.from {
		if slices.ContainsFunc(r.from[:i], func(o sourcePath) bool { return o.word != noWord }) {
			p.report(one.pos, "from: %q can never be reached, for the path before it is never empty", one.text)
			continue
		}
		if slices.ContainsFunc(r.from[:i], func(o sourcePath) bool { return o.text == one.text }) {
			p.report(one.pos, "from: %q can never be reached, for it is listed before", one.text)
		}
	}
	if r.fallback != nil && slices.ContainsFunc(r.from, func(o sourcePath) bool { return o.word != noWord }) {
		p.report(r.at("default"), "default: can never be written, for from is never empty")
	}
}

// writes reports whether s is a text that the rule could have written.
func (r *rule) writes(s string) bool {
	switch {
	case r.codes != nil:
		return r.codes.writes(s)
	case r.kind == dateKind:
		return slices.ContainsFunc(r.date.out, func(l layout) bool { _, ok := l.read(s); return ok })
	}
	if r.kind == intKind {
		n, ok := readInt(s)
		return ok && fmt.Sprint(n) == s && r.fitsBounds(n)
	}
	return r.fitsKind(s) && r.fitsLength(s) && r.fitsPattern(s)
}

// fitsKind reports whether s is written as the rule's type writes it.
func (r *rule) fitsKind(s string) bool {
	switch r.kind {
	case digitsKind:
		return isDigits(s)
	case intKind:
		n, ok := readInt(s)
		return ok && fmt.Sprint(n) == s
	case boolKind:
		return s == "true" || s == "false"
	case base64Kind:
		return isBase64(s)
	}
	return true
}
