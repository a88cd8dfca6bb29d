package mappings

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	lgsp "lgsp.internal/adapter"
)

// The keys of check, and of what it is compared with.
const (
	checkKeys = "personal-id"
	idKeys    = "born sex male female"
)

// idCheck looks whether a personal id can be the one of its person. What does not
// fit is told as a warning: who has had sex or year of birth corrected keeps the
// number.
type idCheck struct {
	born   *dated      // nil = not compared
	sex    *sourcePath // nil = not compared
	sexRef *ref
	male   []string // texts as fold leaves them, compared loosely
	female []string
}

// check reads personal-id, or what its parts are compared with.
func (p *parser) check(e entry) *idCheck {
	c := &idCheck{}
	if e.value.Kind != yaml.MappingNode {
		p.choice(e, checkKeys)
		return c
	}
	es := p.entries(e.value, "check", checkKeys)
	p.require(e.value, es, "check", checkKeys)
	for _, e := range es {
		p.idCheck(c, e)
	}
	return c
}

func (p *parser) idCheck(c *idCheck, e entry) {
	es := p.entries(e.value, e.key, idKeys)
	for _, e := range es {
		switch e.key {
		case "born":
			c.born = p.dated(e, false)
		case "sex":
			if c.sex = p.onePath(e); c.sex.word != noWord {
				p.report(c.sex.pos, "sex: %q is no sex; want a path into the message", c.sex.text)
				c.sex.bad = true
			}
		case "male":
			c.male = p.loosely(e)
		case "female":
			c.female = p.loosely(e)
		}
	}
	if len(es) == 0 && e.value.Kind == yaml.MappingNode {
		p.report(posOf(e.value), "%s: want born, or sex with male and female", e.key)
	}
	if c.sex != nil || c.male != nil || c.female != nil {
		p.require(e.value, es, e.key, "sex male female")
	}
	for _, text := range c.female {
		if slices.Contains(c.male, text) {
			p.report(e.at, "%s: male and female have a text in common", e.key)
		}
	}
}

// loosely reads texts that are compared without capitals, diacritics and the
// number of spaces.
func (p *parser) loosely(e entry) []string {
	all := p.texts(e)
	for i, text := range all {
		all[i] = string(fold(nil, text, compareLoose))
	}
	return all
}

// notForChecks are the keys of rules that have no personal id to check.
const notForChecks = "const count fields date codes"

func (p *parser) lintCheck(r *rule) {
	if r.check == nil {
		return
	}
	for _, k := range strings.Fields(notForChecks) {
		if r.has(k) {
			p.report(r.at("check"), "check: cannot stand beside %s", k)
		}
	}
	if r.kind != textKind && r.kind != digitsKind {
		p.report(r.at("check"), "check: of a personal id, want type text or digits")
	}
}

// refuseCheck reports a check where a warning would have no reader.
func (p *parser) refuseCheck(r *rule, because string) {
	if r.check != nil {
		p.report(r.at("check"), "check: has no place here: %s", because)
	}
}

// reachCheck resolves the paths of a check, of a rule that stands on the element at.
func (c *compiler) reachCheck(check *idCheck, at *node) {
	if check.born != nil {
		c.reachDated(check.born, at)
	}
	if check.sex != nil && !check.sex.bad {
		one := c.reach(*check.sex, at)
		one.reads()
		check.sexRef = &one
	}
}

// maxDoubts is how many warnings are told about one message.
const maxDoubts = 50

// doubt warns of the value of a rule, once.
func (st *state) doubt(r *rule, at int32, e lgsp.FieldError, s string) {
	e.Path = st.refPath(st.readFrom(r, at), at)
	if !said(st.doubts, &e) {
		e.Found = looks(s)
		st.doubts = append(st.doubts, e)
	}
}
