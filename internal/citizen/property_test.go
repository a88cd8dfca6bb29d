package citizen_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/citizen"
)

// expected is what may be written of a citizen, and by which fields: the rules
// of the package told a second time, in another way.
type expected struct {
	texts map[string]string // by the path of the output
	used  map[string]bool
}

func expect(p *invented, approved map[string]bool, form citizen.Form) expected {
	x := expected{map[string]string{}, map[string]bool{}}
	give := func(field, path, text string) {
		if text != "" {
			x.texts[path], x.used[field] = text, true
		}
	}
	for path, text := range p.plain {
		if approved[path] {
			give(path, path, text)
		}
	}
	for path, name := range p.names {
		switch {
		case !approved[path]:
		case path != "HoVaTen" && form == citizen.Live:
			give(path, path, joined(name))
		default:
			for i, part := range nameParts {
				give(path, path+"/"+part, name[i])
			}
		}
	}
	if approved["DanToc"] && form == citizen.Live {
		give("DanToc", "DanToc", p.ethnicCode)
	} else if approved["DanToc"] {
		give("DanToc", "DanToc/MaDanToc", p.ethnicCode)
		give("DanToc", "DanToc/TenGoi", p.ethnicName)
	}
	if approved["TonGiao"] {
		give("TonGiao", map[citizen.Form]string{citizen.Live: "TonGiao", citizen.QCVN109: "TonGiao/MaTonGiao"}[form], p.faith)
	}
	x.birthday(p, approved, form, give)
	for _, place := range placeNames {
		x.place(place, p, approved, form)
	}
	return x
}

func (x *expected) birthday(p *invented, approved map[string]bool, form citizen.Form, give func(field, path, text string)) {
	layout := map[citizen.Form]string{citizen.Live: "%04d%02d%02d", citizen.QCVN109: "%04d-%02d-%02d"}[form]
	if approved[datePath] && p.y > 0 {
		give(datePath, datePath, fmt.Sprintf(layout, p.y, p.m, p.d))
	}
	if !approved[yearPath] {
		return
	}
	year := p.year
	if year == "" && p.y > 0 && !approved[datePath] {
		year = fmt.Sprint(p.y)
	}
	give(yearPath, yearPath, year)
	if form == citizen.QCVN109 && approved[datePath] && fmt.Sprint(p.y) == year {
		delete(x.texts, yearPath)
	}
}

func (x *expected) place(place string, p *invented, approved map[string]bool, form citizen.Form) {
	unit := place + "/MaDonViHanhChinh"
	given := map[string]string{}
	if single := p.single[place]; single != "" {
		level := place + "/" + levelNames[slices.Index(levelSizes, len(single))]
		switch {
		case approved[unit]:
			given[level], x.used[unit] = single, true
		case approved[level]:
			given[level], x.used[level] = single, true
		}
	}
	finest := ""
	for i, name := range levelNames {
		level := place + "/" + name
		code := p.codes[place][i]
		if code == "" {
			continue
		}
		finest = level
		if approved[level] {
			given[level], x.used[level] = code, true
		}
	}
	if finest != "" && approved[unit] && !approved[finest] {
		given[finest], x.used[unit] = p.codes[place][slices.Index(levelNames, last(finest))], true
	}
	for _, name := range levelNames { // the last of them stands for all
		if code := given[place+"/"+name]; code != "" && form == citizen.QCVN109 {
			x.texts[unit] = code
		} else if code != "" {
			x.texts[place+"/"+name] = code
		}
	}
}

func (x expected) sorted() []string {
	var all []string
	for path, text := range x.texts {
		all = append(all, path+"="+text)
	}
	slices.Sort(all)
	return all
}

func paths(k citizen.Kind) []string {
	var all []string
	for _, f := range citizen.Catalogue(k) {
		all = append(all, f.Path)
	}
	return all
}

func approve(t testing.TB, k citizen.Kind, paths ...string) *citizen.Approved {
	t.Helper()
	a, err := citizen.NewApproved(k, paths)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func read(t testing.TB, answer []byte, k citizen.Kind) *citizen.Answer {
	t.Helper()
	var r citizen.Reader
	a, err := r.Read(answer, k)
	if err != nil {
		t.Fatalf("%v\n%s", err, answer)
	}
	return a
}

func write(t testing.TB, a *citizen.Approved, answer *citizen.Answer, form citizen.Form) ([]byte, []string) {
	t.Helper()
	out, fields, err := a.Write([]byte("before"), answer, form)
	if err != nil || !bytes.HasPrefix(out, []byte("before")) {
		t.Fatalf("got %s, %v", out, err)
	}
	return out[len("before"):], fields
}

// check writes an answer in both forms, compares it with what is expected of
// each record, and reads what was written again.
func check(t *testing.T, people []*invented, answer []byte, chosen []string) {
	t.Helper()
	approved := map[string]bool{}
	for _, path := range chosen {
		approved[path] = true
	}
	a := approve(t, citizen.Person, chosen...)
	got := read(t, answer, citizen.Person)
	for _, form := range []citizen.Form{citizen.Live, citizen.QCVN109} {
		out, fields := write(t, a, got, form)
		if bytes.Contains(out, []byte("NOISE")) {
			t.Fatalf("what is no field was written:\n%s\nof\n%s", out, answer)
		}
		wantUsed := map[string]bool{}
		written := records(t, out)
		if len(written) != len(people) {
			t.Fatalf("%d records of %d", len(written), len(people))
		}
		for i, p := range people {
			x := expect(p, approved, form)
			for path := range x.used {
				wantUsed[path] = true
			}
			sorted := slices.Sorted(slices.Values(written[i]))
			if want := x.sorted(); !slices.Equal(sorted, want) {
				t.Fatalf("form %d, approved %v:\n got %q\nwant %q\nof\n%s", form, chosen, sorted, want, answer)
			}
		}
		want := slices.DeleteFunc(paths(citizen.Person), func(path string) bool { return !wantUsed[path] })
		if !slices.Equal(fields, want) {
			t.Fatalf("form %d, approved %v: the fields are\n %q, want\n %q\nof\n%s", form, chosen, fields, want, answer)
		}
		again, _ := write(t, a, read(t, out, citizen.Person), form)
		if !bytes.Equal(again, out) {
			t.Fatalf("form %d, approved %v: written again\n%s\nis\n%s", form, chosen, out, again)
		}
	}
}

func TestExactlyTheApprovedFieldsAreWritten(t *testing.T) {
	all := paths(citizen.Person)
	for seed := range uint64(1500) {
		m := &maker{Rand: rand.New(rand.NewPCG(seed, 1)), full: seed%5 == 0, tidy: seed%7 == 0}
		people := make([]*invented, m.IntN(4))
		for i := range people {
			people[i] = m.person()
		}
		answer := m.answer(people)
		share := m.IntN(11)
		chosen := slices.DeleteFunc(slices.Clone(all), func(string) bool { return m.IntN(10) >= share })
		check(t, people, answer, chosen)
	}
}

// alias lists the fields that give the same text under another name.
func alias(p *invented, path string) []string {
	place, name, _ := strings.Cut(path, "/")
	switch {
	case path == yearPath:
		return []string{datePath}
	case slices.Contains(levelNames, name):
		return []string{place + "/MaDonViHanhChinh"}
	case name == "MaDonViHanhChinh":
		return []string{place + "/MaTinhThanh", place + "/MaQuanHuyen", place + "/MaPhuongXa"}
	}
	return nil
}

// texts returns the texts of one field, as either form may show them.
func (p *invented) texts(path string) []string {
	place, name, _ := strings.Cut(path, "/")
	switch {
	case path == "DanToc":
		return []string{p.ethnicCode, p.ethnicName}
	case path == "TonGiao":
		return []string{p.faith}
	case path == yearPath:
		return []string{p.year}
	case path == datePath:
		return []string{fmt.Sprintf("%04d%02d%02d", p.y, p.m, p.d), fmt.Sprintf("%04d-%02d-%02d", p.y, p.m, p.d)}
	case last(path) == "HoVaTen":
		name := p.names[path]
		return append(name[:], joined(name))
	case name == "MaDonViHanhChinh":
		if p.single[place] == "" {
			return []string{p.codes[place][2]}
		}
		return []string{p.single[place]}
	case slices.Contains(levelNames, name):
		return []string{p.codes[place][slices.Index(levelNames, name)]}
	}
	return []string{p.plain[path]}
}

// TestAFieldIsWrittenIfAndOnlyIfItIsApproved takes every field by itself, in an
// answer that has all of them.
func TestAFieldIsWrittenIfAndOnlyIfItIsApproved(t *testing.T) {
	all := paths(citizen.Person)
	for _, live := range []bool{true, false} {
		m := &maker{Rand: rand.New(rand.NewPCG(7, 7)), full: true, live: live, qcvn: !live}
		p := m.person()
		p.year = fmt.Sprint(p.y)
		answer := m.answer([]*invented{p})
		for _, path := range all {
			check(t, []*invented{p}, answer, []string{path})
			others := slices.DeleteFunc(slices.Clone(all), func(other string) bool {
				return other == path || slices.Contains(alias(p, path), other)
			})
			check(t, []*invented{p}, answer, others)
			got := read(t, answer, citizen.Person)
			for _, form := range []citizen.Form{citizen.Live, citizen.QCVN109} {
				only, fields := write(t, approve(t, citizen.Person, path), got, form)
				without, _ := write(t, approve(t, citizen.Person, others...), got, form)
				values := func(out []byte) (all []string) {
					for _, line := range records(t, out)[0] {
						_, text, _ := strings.Cut(line, "=")
						all = append(all, text)
					}
					return all
				}
				for _, text := range values(only) {
					if !slices.Contains(p.texts(path), text) && text != "" {
						single := p.single[strings.Split(path, "/")[0]]
						if text != single {
							t.Errorf("approved %s, and %q was written", path, text)
						}
					}
				}
				if len(fields) > 1 || len(fields) == 1 && fields[0] != path {
					t.Errorf("approved %s, and the fields are %q", path, fields)
				}
				for _, text := range p.texts(path) {
					if text != "" && slices.Contains(values(without), text) {
						t.Errorf("approved all but %s, and %q was written: %s", path, text, without)
					}
				}
			}
		}
	}
}

func TestOneFormAndBackLosesNothingThatQCVN109CanHold(t *testing.T) {
	all := approve(t, citizen.Person, paths(citizen.Person)...)
	for seed := range uint64(500) {
		m := &maker{Rand: rand.New(rand.NewPCG(seed, 2)), tidy: true, live: true}
		p := m.person()
		for place, codes := range p.codes { // one code, not three
			switch {
			case codes[2] != "":
				codes[0], codes[1] = "", ""
			case codes[1] != "":
				codes[0] = ""
			}
			p.codes[place] = codes
		}
		if p.y > 0 { // a date or a year, not both
			p.year = ""
		}
		first, fields := write(t, all, read(t, m.answer([]*invented{p}), citizen.Person), citizen.Live)
		middle, _ := write(t, all, read(t, first, citizen.Person), citizen.QCVN109)
		second, again := write(t, all, read(t, middle, citizen.Person), citizen.Live)
		if !bytes.Equal(first, second) {
			t.Fatalf("got\n%s\nof\n%s\nby\n%s", second, first, middle)
		}
		if len(fields) != len(again) {
			t.Fatalf("got %q, want %q", again, fields)
		}
	}
}
