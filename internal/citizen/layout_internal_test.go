package citizen

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/strictxml"
)

func TestEveryTextAndFieldHasItsPlace(t *testing.T) {
	if person.slots != recordSlots || len(compared) != checkSlots {
		t.Errorf("%d texts and %d checks, want %d and %d", person.slots, len(compared), recordSlots, checkSlots)
	}
	if len(person.leaves) > 64 || person.elements > 64*len(walk{}.seen) {
		t.Errorf("%d fields and %d elements do not fit their sets", len(person.leaves), person.elements)
	}
	if len(person.places) != 4 || person.leaves[person.birthday.leaf].base != person.birthday.base {
		t.Errorf("got %d places, a birthday at %v", len(person.places), person.birthday)
	}
	for place, path := range map[int]string{leafNumber: "SoDinhDanh", leafOldNumber: "SoCMND", leafName: "HoVaTen"} {
		if person.leaves[place].Path != path {
			t.Errorf("the field %d is %s, want %s", place, person.leaves[place].Path, path)
		}
	}
	for _, k := range person.kin {
		group, _ := strings.CutSuffix(person.leaves[k.from+slices.IndexFunc(person.leaves[k.from:k.to], func(l leaf) bool { return l.base == k.number })].Path, "SoDinhDanh")
		for i, l := range person.leaves {
			if inside := strings.HasPrefix(l.Path, group); inside != (i >= k.from && i < k.to) || l.base == k.old != (l.Path == group+"SoCMND") {
				t.Errorf("%s is told wrong of %s", l.Path, group)
			}
		}
	}
	if len(person.kin) != 5 {
		t.Errorf("%d relatives, want 5", len(person.kin))
	}
	next := 0
	for _, l := range person.leaves {
		if l.base != next || l.slots < 1 {
			t.Errorf("%s begins at %d, want %d", l.Path, l.base, next)
		}
		next = l.base + l.slots
	}
}

func TestAReaderKeepsNothingOfAnAnswer(t *testing.T) {
	for _, answer := range []string{
		"<CongdanCollection><CongDan><SoDinhDanh>079194000003</SoDinhDanh></CongDan></CongdanCollection>",
		"<CongdanCollection><CongDan><SoDinhDanh>079194000003</SoDinhDanh>",
	} {
		for range 1000 { // a pool may drop what it is given
			var r Reader
			_, _ = r.Read([]byte(answer), Person)
			x, ok := r.pool.Get().(*strictxml.Reader)
			if !ok {
				continue
			}
			if held := reflect.ValueOf(x).Elem().FieldByName("p").FieldByName("s").Len(); held > 0 {
				t.Errorf("%d bytes of %s are kept", held, answer)
			}
			break
		}
	}
}
