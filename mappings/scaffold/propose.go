package scaffold

import (
	"slices"
	"strings"
)

// proposals are the values beside the fields that names tell of.
type proposals struct {
	id, procedure, officer, unit string   // paths, "" if no name tells
	idNeeded                     bool     // the element must be there
	subjects                     []string // everybody the exchange may be about
}

// The names that tell what a value is, without capitals, diacritics and signs.
const (
	idNames        = "mahoso sohoso mahs sohs masohoso mabiennhan sobiennhan"
	subjectNames   = "sodinhdanh sodinhdanhcanhan madinhdanhcanhan soddcn sddcn cccd socccd cancuoc socancuoc socancuoccongdan"
	officerNames   = "macanbo macb cccdcanbo sodinhdanhcanbo soddcncanbo"
	unitNames      = "madonvi madv macoquan"
	procedureNames = "matthc mathutuc mathutuchanhchinh madvc madichvucong"
	officials      = "canbo nguoixuly canboxuly canbotiepnhan nguoitiepnhan"
)

// propose looks for names that tell clearly.
func (m *message) propose(sp *spelling) proposals {
	var p proposals
	id := find(m, sp, idNames, false)
	if len(id) > 0 {
		p.id, p.idNeeded = id[0].path, id[0].needed
	}
	for role, names := range map[*string]string{&p.procedure: procedureNames, &p.unit: unitNames} {
		if found := find(m, sp, names, false); len(found) > 0 {
			*role = found[0].path
		}
	}
	officers := slices.Concat(find(m, sp, officerNames, false), find(m, sp, subjectNames, true))
	if len(officers) > 0 {
		p.officer = officers[0].path
	}
	for _, f := range find(m, sp, subjectNames, false) {
		if !f.official && len(p.subjects) < maxList {
			p.subjects = append(p.subjects, f.path)
		}
	}
	return p
}

// found is a value that a name tells of.
type found struct {
	path     string
	level    int
	needed   bool
	official bool // it stands inside an element about an officer
}

// find returns the values with one of the names, those nearest to the root
// first, outside of lists. With official it returns only those about officers.
func find(m *message, sp *spelling, names string, official bool) []found {
	wanted, about := strings.Fields(names), strings.Fields(officials)
	var all []found
	var walk func(e *element, level int, inside bool)
	walk = func(e *element, level int, inside bool) {
		if e.gone != "" || e.many {
			return
		}
		at := sp.path(e)
		inside = inside || slices.Contains(about, fold(e.name.local))
		for _, a := range e.attrs {
			if slices.Contains(wanted, fold(a.name.local)) {
				all = append(all, found{strings.TrimPrefix(at+"/"+sp.at(a.name), "/"), level + 1, a.must, inside})
			}
		}
		if e.up != nil && !e.isObject() && slices.Contains(wanted, fold(e.name.local)) {
			all = append(all, found{at, level, e.needed(), inside})
		}
		for _, k := range e.kids {
			walk(k, level+1, inside)
		}
	}
	walk(m.root, 0, false)
	if official {
		all = slices.DeleteFunc(all, func(f found) bool { return !f.official })
	}
	slices.SortStableFunc(all, func(a, b found) int { return a.level - b.level })
	return all
}
