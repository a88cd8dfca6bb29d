package sandbox

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
)

const (
	firstMinor = 2008   // the year of birth of the first who is under age in 2026
	married    = "2"    // TinhTrangHonNhan
	household  = "CH01" // QuanHe: the one value that is publicly known
	nobody     = -1
)

// kin makes families of people, whom it knows by their place in folk.
type kin struct {
	folk    []Person
	dice    *rand.Rand
	men     map[string][]int // by surname, in the order of birth
	women   []int            // in the order of birth
	spouses []int            // of each, nobody if none of folk
	fathers []int
	mothers []int
}

// relate gives everybody parents, the married a spouse and all a householder.
// They are of folk where somebody of the right age is there, and known by a
// name only where not.
func relate(folk []Person, dice *rand.Rand) {
	k := kin{folk: folk, dice: dice, men: map[string][]int{}}
	for _, of := range []*[]int{&k.spouses, &k.fathers, &k.mothers} {
		*of = slices.Repeat([]int{nobody}, len(folk))
	}
	order := make([]int, len(folk))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(folk[a].NgaySinh, folk[b].NgaySinh), a-b) })
	for _, i := range order {
		if folk[i].woman() {
			k.women = append(k.women, i)
		} else {
			k.men[folk[i].Ho] = append(k.men[folk[i].Ho], i)
		}
	}
	k.marry(order)
	for i := range folk {
		k.giveParents(i)
	}
	for i := range folk {
		k.giveHousehold(i)
	}
}

func (p Person) woman() bool { return p.GioiTinh == "2" }

// birthYear is 0 of somebody whose date of birth is not known.
func (p Person) birthYear() int {
	year, err := strconv.Atoi(p.NgaySinh[:min(4, len(p.NgaySinh))])
	if err != nil {
		return 0
	}
	return year
}

// marry pairs those who are married and of age in the order of birth, so that
// both of a couple are about as old.
func (k *kin) marry(order []int) {
	var husbands, wives []int
	for _, i := range order {
		switch one := k.folk[i]; {
		case one.TinhTrangHonNhan != married || one.birthYear() >= firstMinor:
		case one.woman():
			wives = append(wives, i)
		default:
			husbands = append(husbands, i)
		}
	}
	couples := min(len(husbands), len(wives))
	for n := range couples {
		man, woman := husbands[n], wives[n]
		k.spouses[man], k.spouses[woman] = woman, man
		k.folk[man].VoChong, k.folk[woman].VoChong = k.relative(woman), k.relative(man)
	}
	for _, i := range slices.Concat(husbands[couples:], wives[couples:]) {
		k.folk[i].VoChong = k.stranger(oneOfThese(k.dice, surnames()), !k.folk[i].woman())
	}
}

func (k *kin) giveParents(i int) {
	one, year := &k.folk[i], k.folk[i].birthYear()
	father := k.oneBorn(k.men[one.Ho], year-45, year-20, k.spouses[i])
	mother := nobody
	if father != nobody && k.spouses[father] != nobody {
		if wife := k.spouses[father]; k.folk[wife].birthYear() >= year-45 && k.folk[wife].birthYear() <= year-18 {
			mother = wife
		}
	}
	if mother == nobody {
		mother = k.oneBorn(k.women, year-45, year-18, k.spouses[i])
	}
	k.fathers[i], k.mothers[i] = father, mother
	one.Cha, one.Me = k.stranger(one.Ho, false), k.stranger(oneOfThese(k.dice, surnames()), true)
	if father != nobody {
		one.Cha = k.relative(father)
	}
	if mother != nobody {
		one.Me = k.relative(mother)
	}
}

// giveHousehold has children live with a parent, wives with their husbands and
// everybody else be a householder.
func (k *kin) giveHousehold(i int) {
	one, head := &k.folk[i], k.headOf(i)
	if one.birthYear() >= firstMinor {
		one.NguoiDaiDien = one.Cha
		for _, parent := range []int{k.mothers[i], k.fathers[i]} {
			if parent != nobody {
				head, one.NguoiDaiDien = k.headOf(parent), k.relative(parent)
			}
		}
	}
	one.ChuHo = k.relative(head)
	one.ChuHo.QuanHe, one.ChuHo.QuocTich = household, "" // which is not told of householders
	one.SoSoHoKhau = "900" + k.folk[head].SoDinhDanh[6:]
}

func (k *kin) headOf(i int) int {
	if husband := k.spouses[i]; k.folk[i].woman() && husband != nobody {
		return husband
	}
	return i
}

// oneBorn picks one of people, who are in the order of birth, that was born
// from one year to another and is not the spouse.
func (k *kin) oneBorn(people []int, from, to, spouse int) int {
	since := func(year int) int {
		at, _ := slices.BinarySearchFunc(people, fmt.Sprintf("%04d", year), func(i int, year string) int {
			return cmp.Compare(k.folk[i].NgaySinh, year)
		})
		return at
	}
	first, end := since(from), since(to+1)
	if first >= end {
		return nobody
	}
	if i := people[first+k.dice.IntN(end-first)]; i != spouse {
		return i
	}
	return nobody
}

func (k *kin) relative(i int) Relative {
	p := k.folk[i]
	return Relative{SoDinhDanh: p.SoDinhDanh, SoCMND: p.SoCMND, QuocTich: p.QuocTich, Ho: p.Ho, ChuDem: p.ChuDem, Ten: p.Ten}
}

// stranger is somebody outside the population, of whom the name is all that is known.
func (k *kin) stranger(surname string, woman bool) Relative {
	return Relative{Ho: surname, ChuDem: middleName(woman), Ten: oneOfThese(k.dice, givenNames())}
}
