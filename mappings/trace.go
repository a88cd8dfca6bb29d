package mappings

import (
	"context"
	"strconv"

	lgsp "lgsp.internal/adapter"
)

// Step is what one rule did with one message. It holds values of the message:
// it is for the screen of the person who has that message.
type Step struct {
	Line, Col int      // of the rule in mapping.yaml
	Level     int      // how deep the rule is nested, 0 at the top
	To        string   // what it writes: the rule's own name, or "id", "lane" and the like; of a check "must"
	From      []string // where it looked, in the sender's names; of a check, where it points
	Found     string   // the text that it took, as sent; of a list, how many elements
	Made      string   // what was written; "" unless Outcome is Written or Defaulted
	Want      string   // of a check, what it asks for; "" of others
	Outcome   Outcome
	Code      string // of what is wrong, when Outcome is Bad
}

// Outcome is what came of a rule.
type Outcome string

// The outcomes.
const (
	Written   Outcome = "written"  // a value, an object or elements of a list
	Defaulted Outcome = "default"  // nothing was found, and the default was written
	Absent    Outcome = "absent"   // nothing was found
	LeftOut   Outcome = "left out" // if or only does not hold
	Bad       Outcome = "bad"      // it was reported
	Holds     Outcome = "holds"    // of a check
	Opened    Outcome = "there"    // the element of an object, or elements of a list: the rules inside follow
)

// Trial is a message that was mapped under observation.
type Trial struct {
	Document lgsp.Document
	Steps    []Step   // what each rule did, in the order in which the rules were asked
	Unread   []string // elements and attributes of the message that no rule reads, the outermost of them
}

// Try maps a message with what maps the cases, and tells what each rule did. What
// a plugin does has no steps.
func (s *Suite) Try(ctx context.Context, e lgsp.Envelope) (Trial, error) {
	if s.m.plugin != "" {
		d, err := s.mapper.Map(ctx, e)
		return Trial{Document: d}, err
	}
	return s.m.Try(ctx, e)
}

// Try maps a message as Map does, with the same errors, and tells what each rule
// did.
func (m *Mapping) Try(ctx context.Context, e lgsp.Envelope) (Trial, error) {
	t := &tracer{levels: map[*rule]int{}}
	for _, r := range m.values() {
		t.levels[r] = 0
	}
	t.level(m.fields, 0)
	d, err := m.mapTraced(ctx, e, t)
	return Trial{d, t.steps, t.unread}, err
}

func (t *tracer) level(rules []*rule, depth int) {
	for _, r := range rules {
		t.levels[r] = depth
		t.level(r.fields, depth+1)
	}
}

func (m *Mapping) mapTraced(ctx context.Context, e lgsp.Envelope, t *tracer) (lgsp.Document, error) {
	st, _, err := m.enterTraced(ctx, e, t)
	if err != nil {
		return lgsp.Document{}, err
	}
	defer m.release(st)
	return st.document(0)
}

// tracer watches rules at work. A state that has none pays one comparison a value.
type tracer struct {
	levels map[*rule]int // nil = steps are not wanted
	steps  []Step
	unread []string
	reach  *reach // nil = coverage is not wanted
}

// value makes the value of a rule, and tells of it.
func (t *tracer) value(st *state, r *rule, at int32) result {
	fails := st.fails
	left := r.only != nil && !st.holds(r.only, at) || r.cond != nil && r.shape == leafShape && !st.isTrue(r.cond, at)
	found, took := "", ways{-1, -1}
	if !left && st.fails == fails { // else the rule would not look
		found, took = t.found(st, r, at)
	}
	st.fails = fails
	v := st.make(r, at)
	s := Step{Found: found, Outcome: Absent}
	switch {
	case st.fails > fails:
		s.Outcome, s.Code = Bad, st.lastCode
	case left:
		s.Outcome = LeftOut
	case v.ok && r.fallback != nil && found == "" && v.plain == nil && v.text == *r.fallback:
		s.Outcome, s.Made = Defaulted, v.string()
	case v.ok:
		s.Outcome, s.Made = Written, v.string()
	}
	if v.plain != nil { // which the steps above may have written over
		v.plain = []byte(s.Made)
	}
	t.note(st, r, at, s)
	if t.reach != nil {
		t.reach.value(r, s, took)
	}
	return v
}

// found returns the text that a rule takes, and which of its ways it took: the
// index of the path, the layout of the date.
func (t *tracer) found(st *state, r *rule, at int32) (text string, w ways) {
	w = ways{path: -1, layout: -1}
	if r.constant != nil || r.count != nil {
		return "", w
	}
	if r.compute == nil && r.join == nil {
		for i := range r.refs {
			if s, _ := st.read(r, i, at); s != "" {
				w.path = i
				break
			}
		}
	}
	text, _ = st.source(r, at)
	if r.kind == dateKind {
		for i := range r.date.in {
			if _, ok := r.date.in[i].read(text); ok {
				w.layout = i
				break
			}
		}
	}
	return text, w
}

// ways is which of several ways a rule took; -1 = none.
type ways struct{ path, layout int }

// note adds a step.
func (t *tracer) note(st *state, r *rule, at int32, s Step) {
	if t.levels == nil {
		return
	}
	s.Line, s.Col, s.Level, s.To = r.pos.line, r.pos.col, t.levels[r], r.to
	if r.shape == mustShape {
		s.To, s.From = "must", []string{st.placeOf(r, at).path}
		t.steps = append(t.steps, s)
		return
	}
	for i := range r.refs {
		s.From = append(s.From, st.refPath(&r.refs[i], at))
	}
	if r.base != nil && r.shape == objectShape {
		s.From = []string{st.refPath(r.base, at)}
	}
	if r.constant != nil {
		s.Found = ""
	}
	t.steps = append(t.steps, s)
}

// must tells what came of a check.
func (t *tracer) must(st *state, r *rule, at int32) {
	fails := st.fails
	s := Step{Outcome: st.judge(r, at), Want: r.want}
	if st.fails > fails {
		s.Outcome, s.Code = Bad, st.lastCode
	}
	s.Found = st.placeOf(r, at).text
	t.note(st, r, at, s)
	if t.reach != nil {
		hit(t.reach.refusals, r, s.Code)
	}
}

// object tells that an object is written, or that its element is not there.
func (t *tracer) object(st *state, r *rule, at int32, there bool) {
	s := Step{Outcome: Opened}
	if !there {
		s.Outcome = Absent
	}
	t.note(st, r, at, s)
	if t.reach != nil {
		t.reach.there(r, there)
	}
}

// list tells how many elements a list has.
func (t *tracer) list(st *state, r *rule, first int32) {
	n := 0
	for f := first; f != 0; f = st.frames[f].next {
		n++
	}
	s := Step{Outcome: Opened, Found: "no elements"}
	switch {
	case n == 0:
		s.Outcome = Absent
	case n == 1:
		s.Found = "1 element"
	default:
		s.Found = strconv.Itoa(n) + " elements"
	}
	if t.levels != nil {
		s.Line, s.Col, s.Level, s.To = r.pos.line, r.pos.col, t.levels[r], r.to
		s.From = []string{r.base.node.path()}
		t.steps = append(t.steps, s)
	}
	if t.reach != nil {
		t.reach.there(r, n > 0)
	}
}
