package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestARequestCodeHasOneEffectHoweverConcurrentlyItComes(t *testing.T) {
	var stream bytes.Buffer
	p := logged(t, func(o *Options) { o.Effects = &stream })
	const codes, workers = 40, 8
	var wg sync.WaitGroup
	taken := make([]int, workers)
	for w := range workers {
		wg.Go(func() {
			for i := range codes {
				r, err := p.do(http.MethodPost, hotichPath, birth(), p.hotichHeader(fmt.Sprintf("ma-%d", i)))
				if err != nil {
					t.Error(err)
					return
				}
				if strings.Contains(r.body, `"status":"1"`) {
					taken[w]++
				}
			}
		})
	}
	wg.Wait()
	sum := 0
	for _, n := range taken {
		sum += n
	}
	st := p.Stats()
	path := st.Paths[hotichPath]
	if sum != codes || st.Effects != codes || path.Effects != codes || path.Duplicates != codes*(workers-1) || st.Services["LTKS"] != codes {
		t.Errorf("%d were answered as taken; stats are %+v", sum, st)
	}
	seen := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSuffix(stream.String(), "\n"), "\n") {
		code, rest, _ := strings.Cut(line, "\t")
		if seen[code] || rest != "LTKS\tG22.99.99-260302-0001" {
			t.Errorf("line %q", line)
		}
		seen[code] = true
	}
	if len(seen) != codes {
		t.Errorf("%d lines", len(seen))
	}
}

func TestUpdatesOfOnePersonAreAppliedInTheOrderOfTheirEffects(t *testing.T) {
	p := logged(t, nil)
	id := p.People()[0].SoDinhDanh
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 10 {
				code := fmt.Sprintf("ma-%d-%d", w, i)
				body := strings.Replace(citizenUpdate(code, id), "<dc:Ten>Mẫu<", "<dc:Ten>"+code+"<", 1)
				if _, err := p.do(http.MethodPost, dancuPath, body, p.dancuHeader()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	effects := p.Effects(0, 0)
	one, _ := p.Person(id)
	if last := effects[len(effects)-1]; len(effects) != 80 || one.Updates != 80 || one.Ten != last.Code {
		t.Errorf("%d effects, %d updates, the person has %s, the last effect is %s", len(effects), one.Updates, one.Ten, last.Code)
	}
}

func TestTheSameCodeMayBeUsedOnceInEachService(t *testing.T) {
	p := logged(t, nil)
	if status, _, _ := p.register("a", birth()); status != "1" {
		t.Error("not taken by the civil status service")
	}
	if state, _, _ := p.ketQua(citizenUpdate("a", knownID)); state != "1" {
		t.Error("not taken by the population database")
	}
	for range 2 {
		if status, code, _ := p.register("a", birth()); status != "0" || code != codeDuplicate {
			t.Errorf("got %s %s", status, code)
		}
		if state, code, _ := p.ketQua(citizenUpdate("a", knownID)); state != "0" || code != codeDuplicate {
			t.Errorf("got %s %s", state, code)
		}
	}
	if st := p.Stats(); st.Effects != 2 || st.Paths[hotichPath].Duplicates != 2 || st.Paths[dancuPath].Duplicates != 2 {
		t.Errorf("stats are %+v", st)
	}
}

func TestEffectsAreListedInOrderWithTheirLane(t *testing.T) {
	clk := newClock()
	p := logged(t, func(o *Options) { o.Now = clk.now })
	p.register("a", birth())
	p.ketQua(citizenUpdate("b", knownID))
	p.ketQua(citizenUpdate("c", knownID))
	p.ketQua(citizenUpdate("d", "079190000003"))
	e := p.Effects(0, 0)
	if len(e) != 4 || e[0].Code != "a" || e[0].Service != "LTKS" || e[0].Key != "G22.99.99-260302-0001" || e[3].Seq != 4 || !e[0].At.Equal(clk.now()) {
		t.Fatalf("got %+v", e)
	}
	if e[1].Key == "" || e[1].Key != e[2].Key || e[1].Key == e[3].Key || strings.Contains(e[1].Key, knownID) {
		t.Errorf("the lanes of citizens: %+v", e[1:])
	}
}

func TestTheListOfEffectsIsBounded(t *testing.T) {
	l, err := newLedger(filled(Options{Recent: 3}))
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{ledger: l}
	codes := func(after uint64, limit int) (out []string) {
		for _, e := range s.Effects(after, limit) {
			out = append(out, e.Code)
		}
		return out
	}
	if got := codes(0, 0); len(got) != 0 {
		t.Errorf("before the first: %v", got)
	}
	for i := range 5 {
		l.take("r", Effect{Code: fmt.Sprint(i + 1)}, nil)
	}
	for _, c := range []struct {
		after uint64
		limit int
		want  []string
	}{
		{0, 0, []string{"3", "4", "5"}}, {2, 0, []string{"3", "4", "5"}}, {3, 0, []string{"4", "5"}}, {5, 0, nil}, {9, 0, nil}, {0, 2, []string{"3", "4"}}, {4, 2, []string{"5"}},
	} {
		if got := codes(c.after, c.limit); !slices.Equal(got, c.want) {
			t.Errorf("after %d, limit %d: got %v, want %v", c.after, c.limit, got, c.want)
		}
	}
}

func filled(o Options) Options {
	o.fill()
	return o
}

func TestTheOldestCodeIsForgottenAndCountedWhenThereAreTooMany(t *testing.T) {
	l, err := newLedger(filled(Options{Remember: 2}))
	if err != nil {
		t.Fatal(err)
	}
	take := func(code string) bool { return l.take("r", Effect{Code: code}, nil) }
	take("a")
	take("b")
	if take("a") || take("b") {
		t.Error("a remembered code took effect again")
	}
	take("c")
	var st Stats
	l.fill(&st)
	if st.Remembered != 2 || st.Forgotten != 1 {
		t.Errorf("%d remembered, %d forgotten", st.Remembered, st.Forgotten)
	}
	if !take("a") || take("c") {
		t.Error("the wrong code was forgotten")
	}
}

func TestALineOfTheStreamStaysALine(t *testing.T) {
	var out bytes.Buffer
	l, err := newLedger(filled(Options{Effects: &out}))
	if err != nil {
		t.Fatal(err)
	}
	l.take("r", Effect{Code: "a\nb", Service: "LTKS", Key: "k\t1"}, nil)
	if got := out.String(); got != "a?b\tLTKS\tk?1\n" {
		t.Errorf("got %q", got)
	}
}

type brokenWriter struct{ writes int }

func (w *brokenWriter) Write([]byte) (int, error) {
	w.writes++
	return 0, errors.New("disk full")
}

func TestAStreamThatBreaksIsToldAndLeftAlone(t *testing.T) {
	w := &brokenWriter{}
	p := logged(t, func(o *Options) { o.Effects = w })
	p.register("a", birth())
	p.register("b", birth())
	if st := p.Stats(); st.Effects != 2 || w.writes != 1 || !strings.Contains(st.StreamError, "disk full") {
		t.Errorf("%d writes, stats are %+v", w.writes, st)
	}
}
