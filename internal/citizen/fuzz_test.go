package citizen_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/internal/strictxml"
)

// allowed returns every text that may be written of an answer: those directly
// in elements of that name beneath an approved one, wherever a record is, in
// either form. It knows less than the package, so it allows more: it looks for
// what must never happen.
func allowed(root *etree.Element, approved []string) map[string]bool {
	texts := map[string]bool{}
	for _, record := range append(root.FindElements("//CongDan"), root) {
		if record.Tag != "CongDan" {
			continue
		}
		for _, path := range approved {
			for _, e := range atPath([]*etree.Element{record}, strings.Split(path, "/")) {
				allow(texts, e)
			}
			place, name, _ := strings.Cut(path, "/")
			switch {
			case path == yearPath:
				allowYears(texts, atPath([]*etree.Element{record}, []string{place, "NgayThangNam"}))
				allowYears(texts, atPath([]*etree.Element{record}, []string{place, "Nam"}))
			case name == "MaDonViHanhChinh":
				for i := len(levelNames) - 1; i >= 0; i-- {
					level := atPath([]*etree.Element{record}, []string{place, levelNames[i]})
					for _, e := range level {
						allow(texts, e)
					}
					if slices.ContainsFunc(level, func(e *etree.Element) bool { return levelSized(strings.TrimSpace(e.Text()), i) }) {
						break
					}
				}
			case slices.Contains(levelNames, name):
				for _, e := range atPath([]*etree.Element{record}, []string{place, "MaDonViHanhChinh"}) {
					if code := strings.TrimSpace(e.Text()); levelSized(code, slices.Index(levelNames, name)) {
						texts[code] = true
					}
				}
			}
		}
	}
	return texts
}

func levelSized(code string, level int) bool {
	return len(code) == levelSizes[level] && strings.Trim(code, "0123456789") == ""
}

func atPath(from []*etree.Element, names []string) []*etree.Element {
	for _, name := range names {
		var next []*etree.Element
		for _, e := range from {
			for _, kid := range e.ChildElements() {
				if kid.Tag == name {
					next = append(next, kid)
				}
			}
		}
		from = next
	}
	return from
}

// allow allows the text of an approved element, of the parts that it may have,
// and of these as one.
func allow(texts map[string]bool, e *etree.Element) {
	var parts []string
	for _, name := range []string{"", "Ho", "ChuDem", "Ten", "MaDanToc", "TenGoi", "MaTonGiao"} {
		kid := e
		if name != "" {
			if kid = e.SelectElement(name); kid == nil {
				continue
			}
		}
		if len(kid.ChildElements()) > 0 {
			continue
		}
		text := strings.TrimSpace(kid.Text())
		if text == "" {
			continue
		}
		texts[text] = true
		if name == "Ho" || name == "ChuDem" || name == "Ten" {
			parts = append(parts, text)
			texts[strings.Join(parts, " ")] = true
		}
		for _, layout := range []string{"20060102", time.DateOnly} {
			if day, err := time.Parse(layout, text); err == nil {
				texts[day.Format("20060102")], texts[day.Format(time.DateOnly)] = true, true
			}
		}
	}
	if ho, ten := e.SelectElement("Ho"), e.SelectElement("Ten"); ho != nil && ten != nil {
		texts[strings.TrimSpace(ho.Text())+" "+strings.TrimSpace(ten.Text())] = true
	}
	var all []string
	for _, name := range nameParts { // in the order of the standard
		if kid := e.SelectElement(name); kid != nil && len(kid.ChildElements()) == 0 && strings.TrimSpace(kid.Text()) != "" {
			all = append(all, strings.TrimSpace(kid.Text()))
		}
	}
	texts[strings.Join(all, " ")] = true
}

func allowYears(texts map[string]bool, elements []*etree.Element) {
	for _, e := range elements {
		if text := strings.TrimSpace(e.Text()); len(text) >= 4 {
			texts[text[:4]] = true
		}
	}
}

func FuzzAnswer(f *testing.F) {
	for seed := range uint64(8) {
		m := &maker{Rand: rand.New(rand.NewPCG(seed, 4)), tidy: seed%2 == 0, full: seed == 0}
		f.Add(m.answer([]*invented{m.person()}), seed*0x0123456789abcdef)
	}
	for _, c := range forms {
		f.Add([]byte(collectionOpen+c.answer+collectionClose), uint64(0x5555555555555555))
	}
	f.Add([]byte("<KetQuaXacThucResponse><TonTai>true</TonTai><HoVaTen>0</HoVaTen></KetQuaXacThucResponse>"), ^uint64(0))
	f.Add([]byte("<Envelope><Body><Fault/></Body></Envelope>"), uint64(1))
	people, checks := paths(citizen.Person), paths(citizen.Verification)
	f.Fuzz(func(t *testing.T, answer []byte, choice uint64) {
		var r citizen.Reader
		for k, all := range [][]string{citizen.Person: people, citizen.Verification: checks} {
			k := citizen.Kind(k)
			got, err := r.Read(answer, k)
			if err != nil {
				continue
			}
			var chosen []string
			for i, path := range all {
				if choice>>i&1 == 1 {
					chosen = append(chosen, path)
				}
			}
			got.Found()
			got.Subject()
			got.Verdict()
			for _, form := range []citizen.Form{citizen.Live, citizen.QCVN109} {
				fuzzWritten(t, answer, got, chosen, form)
			}
		}
	})
}

func fuzzWritten(t *testing.T, answer []byte, got *citizen.Answer, approved []string, form citizen.Form) {
	out, fields, err := approve(t, got.Kind(), approved...).Write(nil, got, form)
	if err != nil {
		t.Fatal(err)
	}
	if most := 200 + 10*len(answer) + 4000*got.Records(); len(out) > most {
		t.Fatalf("%d bytes of %d", len(out), len(answer))
	}
	doc, err := strictxml.Parse(out, strictxml.Limits{})
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, path := range fields {
		if !slices.Contains(approved, path) {
			t.Fatalf("the field %s was not approved", path)
		}
	}
	texts := map[string]bool{"true": true, "false": true}
	if got.Kind() == citizen.Person {
		in, err := strictxml.Parse(answer, strictxml.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		texts = allowed(in.Root(), approved)
	}
	for _, line := range flat(doc.Root(), "") {
		path, text, _ := strings.Cut(line, "=")
		if text != "" && !texts[text] {
			t.Fatalf("%s: %q was written of\n%s\napproved %q", path, text, answer, approved)
		}
	}
}
