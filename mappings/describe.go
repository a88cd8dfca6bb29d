package mappings

import (
	"maps"
	"slices"
	"strings"
)

// Describe returns what the mapping says. The caller may change what it gets.
func (m *Mapping) Describe() *Description {
	d := &describer{uses: map[place][]ElementUse{}}
	s := &Description{
		File: m.file, Service: m.service, Title: m.title, Doc: m.doc, Kind: m.kind, Plugin: m.plugin,
		Source:   m.describeSource(),
		Target:   DescribedTarget{Route: m.target.route, Form: m.Form(), Root: m.target.root, Namespaces: maps.Clone(m.target.namespaces), Schema: m.target.schemaFile},
		Defaults: DescribedDefaults{Spaces: wordAt(spacesWords, int(m.defaults.spaces)), Empty: m.defaults.empty.String()},
		Fields:   d.rules(m.fields),
		Musts:    d.musts(nil, m.fields),
		Values:   d.rules(m.values()),
	}
	s.Message = d.element(m.tree.root)
	if m.reply != nil {
		s.Reply = m.reply.mapping.Describe()
		s.Reply.Service, s.Reply.Source.Action = "", ""
		s.Reply.Source.Form = answerForm(m.reply.qcvn109)
	}
	return s
}

// wordAt is one of the words of the language by its index.
func wordAt(words string, i int) string { return strings.Fields(words)[i] }

func answerForm(qcvn109 bool) string {
	if qcvn109 {
		return wordAt(answerWords, 1)
	}
	return wordAt(answerWords, 0)
}

func (e emptiness) String() string { return [...]string{"omit", "null", `""`}[e] }

func (m *Mapping) describeSource() DescribedSource {
	s := DescribedSource{
		Namespace: m.source.namespace, Root: m.source.root, Action: m.source.action, Prefixes: maps.Clone(m.source.names.prefixes),
		Qualified: m.source.qualified, RefusesUnknown: m.source.refuse, References: m.source.references,
	}
	for _, d := range m.source.documents {
		s.Documents = append(s.Documents, DescribedDocument{Path: "/" + m.source.root + "/" + d.where(), As: d.as(), Namespace: d.namespace})
	}
	return s
}

func (d *document) as() string {
	if d.base64 {
		return wordAt(documentWords, 1)
	}
	return wordAt(documentWords, 0)
}

// describer describes rules and keeps what they read, so that the message can be
// described by what becomes of it.
type describer struct {
	uses map[place][]ElementUse
}

// place is an element, or an attribute of it. A list and its elements are one.
type place struct {
	n *node
	a *attribute
}

func (d *describer) rules(rs []*rule) []*DescribedRule {
	var all []*DescribedRule
	for _, r := range rs {
		if r.shape != mustShape {
			all = append(all, d.rule(r))
		}
	}
	return all
}

// musts describes the checks among the fields of a rule, which is nil at the top.
func (d *describer) musts(s *DescribedRule, rs []*rule) []DescribedMust {
	var all []DescribedMust
	for _, r := range rs {
		if r.shape != mustShape {
			continue
		}
		one := DescribedMust{Line: r.pos.line, Col: r.pos.col, Expression: r.must.text, Want: r.want, At: r.refs[0].place(), Doc: r.doc}
		d.reads(s, UseChecked, r.must.all()...)
		if r.where != nil {
			d.reads(s, UseChecked, r.refs[0])
		}
		if r.cond != nil {
			one.If = r.cond.text
			d.reads(s, UseChecked, r.cond.all()...)
		}
		all = append(all, one)
	}
	return all
}

func (d *describer) rule(r *rule) *DescribedRule {
	s := &DescribedRule{To: r.to, Doc: r.doc, Line: r.pos.line, Col: r.pos.col, Shape: [...]RuleShape{OneValue, Object, List}[r.shape],
		Required: r.required, Encoded: r.encoded, Empty: r.emptyWord()}
	if r.base != nil {
		s.Base = r.base.place()
		d.reads(s, UseStanding, *r.base)
	}
	d.origin(s, r)
	d.conditions(s, r)
	if r.fields == nil && r.constant == nil && r.count == nil {
		d.checks(s, r)
	} else if r.fields == nil {
		s.Type = kindNames[r.kind]
	}
	s.Fields, s.Musts = d.rules(r.fields), d.musts(s, r.fields)
	return s
}

// emptyWord is what the rule writes for nothing, "" where there is always something.
func (r *rule) emptyWord() string {
	switch {
	case r.constant != nil || r.count != nil || r.fallback != nil:
		return ""
	case r.shape == listShape && r.inJSON && (!r.has("empty") || r.empty == emptyText):
		return "[]"
	case r.shape == listShape && !r.inJSON:
		return ""
	}
	return r.empty.String()
}

// origin describes where the value comes from.
func (d *describer) origin(s *DescribedRule, r *rule) {
	reads := UseValue
	switch {
	case r.fields != nil:
		return
	case r.constant != nil:
		s.Origin, s.Constant = FromConstant, *r.constant
		return
	case r.count != nil:
		s.Origin, reads = FromCount, UseCount
	case r.compute != nil:
		s.Origin, s.Expression = FromComputed, r.compute.text
		for _, one := range r.compute.all() {
			if !slices.Contains(s.Sources, one.place()) {
				s.Sources = append(s.Sources, one.place())
			}
			d.reads(s, UseValue, one)
		}
		return
	case r.join != nil:
		s.Origin, s.With = FromJoined, r.with
	default:
		s.Origin = FromFirst
	}
	for _, one := range r.refs {
		s.Sources = append(s.Sources, one.place())
		d.reads(s, reads, one)
	}
}

func (d *describer) conditions(s *DescribedRule, r *rule) {
	if r.cond != nil {
		s.If = r.cond.text
		d.reads(s, UseCondition, r.cond.all()...)
	}
	s.Only, s.When = d.condition(s, r.only), d.condition(s, r.when)
	if r.other != nil {
		s.Differs = r.other.place()
		d.reads(s, UseCompared, *r.other)
	}
}

func (d *describer) condition(s *DescribedRule, c *demand) *Condition {
	switch {
	case c == nil:
		return nil
	case c.cond != nil:
		d.reads(s, UseCondition, c.cond.all()...)
		return &Condition{Expression: c.cond.text}
	}
	d.reads(s, UseCondition, c.ref)
	return &Condition{Path: c.ref.place(), Unless: c.unless, Is: slices.Clone(c.is)}
}

// checks describes what a value must be and how it is written.
func (d *describer) checks(s *DescribedRule, r *rule) {
	s.Type, s.Lengths, s.Pattern = kindNames[r.kind], slices.Clone(r.lengths), r.patternText
	s.Min, s.Max = r.bounded("min", r.min), r.bounded("max", r.max)
	if r.kind == dateKind {
		s.DatesIn, s.DatesOut = layoutTexts(r.date.in), layoutTexts(r.date.out)
		s.DateSkip = [...]string{skipNone: "", skipPartial: wordAt(skipWords, 0), skipFull: wordAt(skipWords, 1)}[r.date.skip]
	}
	if r.codes != nil {
		s.Compare = wordAt(compareWords, int(r.compare))
		for _, e := range r.codes.entries {
			s.Codes = append(s.Codes, DescribedCode{e.text, e.code})
		}
		d.table(s, r.codes.file)
	}
	d.check(s, r.check)
	if r.fallback != nil {
		fallback := *r.fallback
		s.Default = &fallback
	}
	s.Spaces, s.Letters, s.Charset = wordAt(spacesWords, int(r.spaces)), wordAt(lettersWords, int(r.letters)), r.charset
	if r.part != wholeName {
		s.Name = wordAt(nameWords, int(r.part-familyName))
	}
}

// table describes codes that stand in a file.
func (d *describer) table(s *DescribedRule, u *tableUse) {
	if u == nil {
		return
	}
	s.Table = &DescribedTable{File: strings.TrimPrefix(u.table.file, "shipped ")}
	if u.constant != 0 {
		s.Table.On = u.constant.String()
	}
	s.Table.Dates = d.dated(s, UseCondition, u.on)
}

// check describes what a personal id is compared with.
func (d *describer) check(s *DescribedRule, c *idCheck) {
	if c == nil {
		return
	}
	s.Check = &DescribedCheck{Born: d.dated(s, UseCompared, c.born)}
	if c.sexRef != nil {
		s.Check.Sex = c.sexRef.place()
		d.reads(s, UseCompared, *c.sexRef)
	}
}

// dated returns where a date of the message stands by which a value is judged.
func (d *describer) dated(s *DescribedRule, use UseKind, by *dated) []string {
	if by == nil {
		return nil
	}
	var places []string
	for _, one := range by.refs {
		places = append(places, one.place())
	}
	d.reads(s, use, by.refs...)
	return places
}

// bounded returns a bound that the rule itself names.
func (r *rule) bounded(key string, n int) *int {
	if !r.has(key) {
		return nil
	}
	return &n
}

func layoutTexts(ls []layout) []string {
	texts := make([]string, len(ls))
	for i, l := range ls {
		texts[i] = l.text
	}
	return texts
}

// all is everything that the expression reads, the parts of lists too.
func (x *expression) all() []ref {
	all := slices.Clone(x.texts)
	for _, l := range x.lists {
		all = append(all, l.list)
		if l.part.attr != nil || l.part.node != l.list.node.inner.root {
			all = append(all, l.part)
		}
	}
	return append(all, x.counts...)
}

// place is where a path leads, as Description has it.
func (r *ref) place() string {
	if r.word != noWord {
		return r.text
	}
	path := ""
	if r.attr != nil {
		path = "/@" + r.attr.name.String()
	}
	for n := r.node; n != nil; n = n.parent {
		switch {
		case !n.isItem():
			path = "/" + n.name.String() + path
		case slices.Contains(r.first, n.parent):
			path = "[1]" + path
		}
	}
	return path
}

// isItem reports whether n is what the elements of a list are.
func (n *node) isItem() bool {
	return n.parent != nil && n.parent.inner != nil && n.parent.inner.root == n
}

// reads keeps what a rule reads, each place once for one reason.
func (d *describer) reads(s *DescribedRule, what UseKind, refs ...ref) {
	for _, r := range refs {
		if r.word != noWord {
			continue
		}
		at := place{r.node, r.attr}
		if at.n.isItem() {
			at.n = at.n.parent
		}
		if use := (ElementUse{s, what}); !slices.Contains(d.uses[at], use) {
			d.uses[at] = append(d.uses[at], use)
		}
	}
}

// element describes an element with everything in it.
func (d *describer) element(n *node) *DescribedElement {
	path := (&ref{node: n}).place()
	inside := n
	if n.inner != nil {
		inside = n.inner.root
	}
	e := &DescribedElement{Name: n.name.String(), Path: path, Doc: n.doc, Many: n.many, Needed: n.needed, Uses: d.uses[place{n, nil}]}
	if e.Doc == "" {
		e.Doc = inside.doc
	}
	if n.document != nil {
		e.Document = n.document.as()
	}
	for _, a := range inside.attrs {
		name := "@" + a.name.String()
		e.Elements = append(e.Elements, &DescribedElement{Name: name, Path: path + "/" + name, Doc: a.doc, Attribute: true, Needed: a.needed, Uses: d.uses[place{n, a}]})
	}
	for _, k := range inside.kids {
		e.Elements = append(e.Elements, d.element(k))
	}
	return e
}
