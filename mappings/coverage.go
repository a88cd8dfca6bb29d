package mappings

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Coverage says what the cases of a mapping reach of it.
type Coverage struct {
	Rules    Reached `json:"rules"`    // wrote something
	Branches Reached `json:"branches"` // ways in which a rule can go: other paths, defaults, nothing found, layouts, conditions
	Refusals Reached `json:"refusals"` // ways in which a value can be wrong
}

// Reached counts what was reached, and lists what was not, in the order of the file.
type Reached struct {
	Of     int      `json:"of"`
	Missed []Missed `json:"missed"`
}

// Missed is something that no case reaches.
type Missed struct {
	Line int    `json:"line"` // of the rule in mapping.yaml
	Col  int    `json:"col"`
	To   string `json:"to"`   // what the rule writes, as in "data/tre/hoTen"; of a check "data/tre/must"
	What string `json:"what"` // in English, as in "the date as yyyy"
}

// Count is how many were reached.
func (r Reached) Count() int { return r.Of - len(r.Missed) }

func (r *Reached) add(other Reached) {
	r.Of += other.Of
	r.Missed = append(r.Missed, other.Missed...)
}

// reach collects what was reached. Its keys say what there is to reach, so the
// same words list it and mark it.
type reach struct {
	rules    map[mark]bool
	branches map[mark]bool
	refusals map[mark]bool
	owner    map[*expression]*rule // of conditions
	paths    map[*rule]string
	demands  map[*demand]*rule
}

// mark is one thing to reach.
type mark struct {
	rule *rule
	what string
}

// newReach lists everything that there is to reach in the rules of a mapping.
func newReach(m *Mapping) *reach {
	c := &reach{map[mark]bool{}, map[mark]bool{}, map[mark]bool{}, map[*expression]*rule{}, map[*rule]string{}, map[*demand]*rule{}}
	for _, r := range m.values() {
		c.expect(r, "")
	}
	for _, r := range m.fields {
		c.expect(r, "")
	}
	return c
}

const (
	wrote       = "it writes nothing"
	whenAbsent  = "nothing is found"
	whenDefault = "the default"
	thatHolds   = "%s holds"
	thatFails   = "%s does not hold"
)

func (c *reach) expect(r *rule, around string) {
	path := around + r.to
	c.paths[r] = path
	if r.shape == mustShape {
		c.paths[r] = around + "must"
		c.condition(r, "if", r.cond)
		c.refusals[mark{r, codeMust}] = false
		return
	}
	c.rules[mark{r, wrote}] = false
	c.condition(r, "if", r.cond)
	c.demand(r, "only", r.only)
	c.demand(r, "required", r.when)
	switch {
	case r.shape == objectShape && r.base != nil && !r.required, r.shape == listShape && !r.required:
		c.branches[mark{r, whenAbsent}] = false
	}
	if r.required || r.when != nil {
		c.refusals[mark{r, codeMissing}] = false
	}
	if r.fields == nil && r.constant == nil && r.count == nil {
		c.expectValue(r)
	}
	for _, f := range r.fields {
		c.expect(f, path+"/")
	}
}

// expectValue lists the ways of a rule that finds, joins or computes a value.
func (c *reach) expectValue(r *rule) {
	switch {
	case r.fallback != nil:
		c.branches[mark{r, whenDefault}] = false
	case !r.required && r.shape == leafShape && !r.always():
		c.branches[mark{r, whenAbsent}] = false
	}
	if len(r.refs) > 1 && r.join == nil && r.compute == nil {
		for i := range r.refs {
			c.branches[mark{r, pathWords(r, i)}] = false
		}
	}
	if r.kind == dateKind && len(r.date.in) > 1 {
		for i := range r.date.in {
			c.branches[mark{r, layoutWords(r, i)}] = false
		}
	}
	for _, code := range r.refuses() {
		c.refusals[mark{r, code}] = false
	}
}

// always reports whether the value can never be empty.
func (r *rule) always() bool {
	if r.compute != nil && r.compute.program != nil {
		t := r.compute.program.Node().Type()
		return t != nil && (t.Kind() == reflect.Int || t.Kind() == reflect.Bool)
	}
	for i := range r.refs {
		if r.refs[i].word != noWord {
			return true
		}
	}
	return false
}

// refuses lists the codes of what can be wrong with a value, besides that it is
// missing.
func (r *rule) refuses() []string {
	var codes []string
	add := func(is bool, code string) {
		if is && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	add(r.codes != nil || r.kind == boolKind, codeCode)
	add(r.kind == dateKind, codeDate)
	add(r.codes == nil && (r.kind == digitsKind || r.kind == intKind), codeNumber)
	add(r.codes == nil && r.kind != intKind && (len(r.lengths) > 0 || r.min > 0 || r.max > 0), codeLength)
	add(r.pattern != nil || r.kind == base64Kind, codePattern)
	add(r.other != nil, codeRepeated)
	add(r.charset != "", codeCharset)
	return codes
}

func pathWords(r *rule, i int) string { return "the text of " + r.from[i].text }

func layoutWords(r *rule, i int) string { return "the date as " + r.date.in[i].text }

func (c *reach) condition(r *rule, key string, x *expression) {
	if x == nil {
		return
	}
	c.owner[x] = r
	c.branches[mark{r, fmt.Sprintf(thatHolds, key)}] = false
	c.branches[mark{r, fmt.Sprintf(thatFails, key)}] = false
}

func (c *reach) demand(r *rule, key string, d *demand) {
	if d == nil {
		return
	}
	c.demands[d] = r
	c.branches[mark{r, fmt.Sprintf(thatHolds, key)}] = false
	c.branches[mark{r, fmt.Sprintf(thatFails, key)}] = false
}

// hit marks what is expected, and nothing else.
func hit(all map[mark]bool, r *rule, what string) {
	if _, expected := all[mark{r, what}]; expected {
		all[mark{r, what}] = true
	}
}

func (c *reach) value(r *rule, s Step, w ways) {
	switch s.Outcome {
	case Written, Defaulted:
		hit(c.rules, r, wrote)
	}
	switch s.Outcome {
	case Defaulted:
		hit(c.branches, r, whenDefault)
	case Absent:
		hit(c.branches, r, whenAbsent)
	case Bad:
		hit(c.refusals, r, s.Code)
	}
	if w.path >= 0 && len(r.from) > w.path && s.Outcome != LeftOut {
		hit(c.branches, r, pathWords(r, w.path))
	}
	if w.layout >= 0 && s.Outcome != LeftOut {
		hit(c.branches, r, layoutWords(r, w.layout))
	}
}

func (c *reach) there(r *rule, there bool) {
	if there {
		hit(c.rules, r, wrote)
		return
	}
	hit(c.branches, r, whenAbsent)
	if r.required || r.when != nil {
		hit(c.refusals, r, codeMissing)
	}
}

func (c *reach) held(r *rule, key string, holds bool) {
	words := thatFails
	if holds {
		words = thatHolds
	}
	hit(c.branches, r, fmt.Sprintf(words, key))
}

func (c *reach) asked(d *demand, holds bool) {
	r := c.demands[d]
	if r == nil {
		return
	}
	key := "required"
	if d == r.only {
		key = "only"
	}
	c.held(r, key, holds)
}

// coverage sums up.
func (c *reach) coverage() Coverage {
	return Coverage{c.reached(c.rules), c.reached(c.branches), c.reached(c.refusals)}
}

func (c *reach) reached(all map[mark]bool) Reached {
	r := Reached{Of: len(all), Missed: []Missed{}}
	for m, reached := range all {
		if !reached {
			r.Missed = append(r.Missed, Missed{m.rule.pos.line, m.rule.pos.col, c.paths[m.rule], m.what})
		}
	}
	slices.SortFunc(r.Missed, func(a, b Missed) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), strings.Compare(a.To, b.To), strings.Compare(a.What, b.What))
	})
	return r
}
