package mappings

import (
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"weak"

	lgsp "lgsp.internal/adapter"
)

// version writes a text to the first and to the last place of its documents.
func version(t *testing.T, text string) *Version {
	t.Helper()
	return mustLoad(t, mustRead(t, smallFolder(t, map[string]string{
		"a/mapping.yaml":         jsonHead + "fields:\n  - {to: first, const: " + text + "}\n  - {to: b, each: B, required: true}\n  - {to: last, const: " + text + "}\n",
		"a/cases/good/want.json": `{"first":"` + text + `","b":["x"],"last":"` + text + `"}`,
	})))
}

func TestADocumentIsWhollyOfOneVersion(t *testing.T) {
	versions := [2]*Version{version(t, "one"), version(t, "two")}
	live := NewLive(versions[0])
	body := []byte(a(strings.Repeat("<B>x</B>", 50)))
	var stop atomic.Bool
	var seen [2]atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for !stop.Load() {
				d, err := live.Map(t.Context(), lgsp.Envelope{Service: "a", Body: body})
				one, two := strings.Count(string(d.Body), "one"), strings.Count(string(d.Body), "two")
				if err != nil || one+two != 2 || one == 1 {
					t.Errorf("%s, %v", d.Body, err)
					return
				}
				seen[two/2].Add(1)
			}
		})
	}
	for i := 0; seen[0].Load() < 500 || seen[1].Load() < 500; i++ {
		live.Replace(versions[i%2])
		if t.Failed() {
			break
		}
	}
	stop.Store(true)
	wg.Wait()
}

func TestAMomentGoesOnAsItWas(t *testing.T) {
	one, two := version(t, "one"), version(t, "two")
	live := NewLive(one)
	moment := live.Moment()
	live.Replace(two)
	for m, want := range map[lgsp.Mapper]string{moment: "one", live: "two", live.Moment(): "two"} {
		if d, err := m.Map(t.Context(), lgsp.Envelope{Service: "a", Body: []byte(a("<B>x</B>"))}); err != nil || !strings.Contains(string(d.Body), want) {
			t.Errorf("%s, %v, want %s", d.Body, err, want)
		}
	}
	if live.Current() != two {
		t.Error("the current version is not the one in use")
	}
}

func TestAVersionHoldsNothingOfItsFolder(t *testing.T) {
	f := mustRead(t, smallFolder(t, nil))
	v := mustLoad(t, f)
	if _, err := f.RunCases(t.Context(), v, nil); err != nil {
		t.Fatal(err)
	}
	files := weak.Make(f.files)
	runtime.GC()
	if files.Value() != nil {
		t.Error("what was read of the folder is still held")
	}
	runtime.KeepAlive(v)
}

func TestALiveMappingReplies(t *testing.T) {
	folder, err := fs.Sub(Shipped(), "dancu.tra-cuu")
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := ReadFolder(folder, nil, "dancu.tra-cuu")
	if err != nil {
		t.Fatal(err)
	}
	v, err := shipped.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	answer := []byte(`<CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"><CongDan><SoDinhDanh>079190000001</SoDinhDanh></CongDan></CongdanCollection>`)
	want, err := v.Mapping.Reply(t.Context(), lgsp.Envelope{}, lgsp.Ack{Body: answer})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := NewLive(v).Reply(t.Context(), lgsp.Envelope{}, lgsp.Ack{Body: answer}); err != nil || string(got) != string(want) {
		t.Errorf("got %s, %v", got, err)
	}
}
