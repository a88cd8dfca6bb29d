package scaffold

import (
	"slices"
	"strings"
)

// proposals are the values beside the fields that names tell of.
type proposals struct {
	ids                      []string // the own ids of the message, if one, it is told clearly
	idNeeded                 bool     // the element must be there
	subjects                 []string // everybody the exchange may be about
	procedure, officer, unit string   // paths, "" if no name tells
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
	for _, f := range nearest(find(m, sp, idNames, false)) {
		p.ids, p.idNeeded = append(p.ids, f.path), f.needed
	}
	p.procedure = first(find(m, sp, procedureNames, false))
	p.officer = first(slices.Concat(find(m, sp, officerNames, false), find(m, sp, subjectNames, true)))
	p.unit = first(slices.Concat(find(m, sp, unitNames, true), find(m, sp, unitNames, false)))
	for _, f := range find(m, sp, subjectNames, false) {
		if !f.official && len(p.subjects) < maxList {
			p.subjects = append(p.subjects, f.path)
		}
	}
	return p
}

// first returns the path of the first one, "" if there is none.
func first(all []found) string {
	if len(all) == 0 {
		return ""
	}
	return all[0].path
}

// nearest returns those that are nearest to the root; of several, those that must
// be there, if there are such.
func nearest(all []found) []found {
	var level, needed []found
	for _, f := range all {
		if f.level > all[0].level || len(level) == maxList {
			break
		}
		level = append(level, f)
		if f.needed {
			needed = append(needed, f)
		}
	}
	if len(needed) > 0 {
		return needed
	}
	return level
}

// longestTelling is how many bytes a name has at most that tells anything.
const longestTelling = 64

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
	is := func(local string, of []string) bool {
		return len(local) <= longestTelling && slices.Contains(of, fold(local))
	}
	var all []found
	var walk func(e *element, level int, inside bool)
	walk = func(e *element, level int, inside bool) {
		if e.gone != "" || e.many {
			return
		}
		at := sp.path(e)
		inside = inside || is(e.name.local, about)
		for _, a := range e.attrs {
			if is(a.name.local, wanted) {
				all = append(all, found{strings.TrimPrefix(at+"/"+sp.at(a.name), "/"), level + 1, a.must, inside})
			}
		}
		if e.up != nil && !e.isObject() && is(e.name.local, wanted) {
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
