package citizen

import "math/bits"

// pass copies the approved fields of a received record, and what follows from
// them alone, into an empty one, and returns the fields by which it did. It is
// the only way from an answer to what is written.
func (a *Approved) pass(in, out *record) (used set) {
	for s := a.leaves; s != 0; s &= s - 1 {
		i := bits.TrailingZeros64(uint64(s))
		l := &person.leaves[i]
		if !in.holds(l) {
			continue
		}
		copy(out[l.base:l.base+l.slots], in[l.base:l.base+l.slots])
		used.add(i)
	}
	a.deriveYear(in, out, &used)
	for _, p := range person.places {
		a.deriveCode(p, in, out, &used)
	}
	return used
}

// deriveYear gives the year of a date that may not be given itself: Nam is the
// year of birth, in whatever element it came.
func (a *Approved) deriveYear(in, out *record, used *set) {
	year, date := person.birthday, spot{person.birthday.base + 1, person.birthday.leaf + 1}
	if !a.leaves.has(year.leaf) || a.leaves.has(date.leaf) || in[year.base] != "" {
		return
	}
	if y := yearOf(in[date.base]); y != "" {
		out[year.base] = y
		used.add(year.leaf)
	}
}

// deriveCode gives an approved code of a place that came under the name of the
// other form. A code never becomes that of a larger or a smaller unit: the
// province of an approved commune is not given, nor the commune of an approved
// province.
func (a *Approved) deriveCode(p spot, in, out *record, used *set) {
	single := in[p.base+unit]
	if single != "" {
		level := levelOf(single)
		if level < 0 || a.leaves.has(p.leaf+unit) || !a.leaves.has(p.leaf+level) || in[p.base+level] != "" {
			return
		}
		out[p.base+level] = single
		used.add(p.leaf + level)
		return
	}
	// MaDonViHanhChinh is the most specific code, so who may have it may have that.
	level := in.mostSpecific(p)
	if level < 0 || !a.leaves.has(p.leaf+unit) || a.leaves.has(p.leaf+level) {
		return
	}
	out[p.base+level] = in[p.base+level]
	used.add(p.leaf + unit)
}

// mostSpecific returns the level of the smallest unit that a record names with a
// code of its own, -1 if it names none.
func (r *record) mostSpecific(p spot) int {
	for level := commune; level >= province; level-- {
		if r[p.base+level] != "" {
			return level
		}
	}
	return -1
}
