package citizen

import (
	"slices"
	"strings"
)

// kin is the leaves of a relative in the catalogue, and where the numbers are.
type kin struct {
	from, to    int // leaves
	number, old int // slots
}

// kinOf finds the relatives among leaves: the groups that have a SoDinhDanh.
func kinOf(leaves []leaf) (all []kin) {
	for i := range leaves {
		name, ok := strings.CutSuffix(leaves[i].Path, "/SoDinhDanh")
		if !ok {
			continue
		}
		k := kin{from: i, to: i, number: leaves[i].base, old: leaves[i+1].base} // SoCMND follows it
		for k.to < len(leaves) && strings.HasPrefix(leaves[k.to].Path, name+"/") {
			k.to++
		}
		all = append(all, k)
	}
	return all
}

// Told returns the numbers, SoDinhDanh or else SoCMND, of everybody of whom
// Write tells something: the citizens of the answer, and those relatives of
// theirs of whom a field is approved. They are for keyed pseudonyms, and for
// nothing else: nobody needs to be approved for a number to be told about.
func (a *Approved) Told(answer *Answer) (numbers []string) {
	add := func(number, old string) {
		if number == "" {
			number = old
		}
		if number != "" && !slices.Contains(numbers, number) {
			numbers = append(numbers, strings.Clone(number)) // a part of the answer would keep all of it in memory
		}
	}
	for i := range answer.records {
		r := &answer.records[i]
		add(r[person.leaves[leafNumber].base], r[person.leaves[leafOldNumber].base])
		for _, k := range person.kin {
			for leaf := k.from; leaf < k.to; leaf++ {
				if a.leaves.has(leaf) && r.holds(&person.leaves[leaf]) {
					add(r[k.number], r[k.old])
					break
				}
			}
		}
	}
	return numbers
}
