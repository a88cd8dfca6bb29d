package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"
)

func TestLookUpsAreWrittenDownInOrder(t *testing.T) {
	clk := newClock()
	p := logged(t, func(o *Options) { o.Now = clk.now })
	one := p.People()[0]
	absent := swap(one.SoDinhDanh, "999999999999")
	p.ask(traCuu, lookupOf(traCuu, "a", one))
	p.ask(xacMinh, absent(lookupOf(xacMinh, "b", one)))
	p.ask(xacThuc, lookupOf(xacThuc, "a", one))
	p.ask(traCuu, swap("</dan:HoVaTen>", "X</dan:HoVaTen>")(lookupOf(traCuu, "c", one)))
	p.ask(traCuu, "<a/>")
	p.ketQua(citizenUpdate("a", one.SoDinhDanh))
	l := p.Lookups(0, 0)
	for i, want := range []Lookup{{1, clk.now(), "a", traCuu, "", true}, {2, clk.now(), "b", xacMinh, "", false}, {3, clk.now(), "a", xacThuc, "", true}, {4, clk.now(), "c", traCuu, "", false}} {
		if i >= len(l) {
			t.Fatalf("got %+v", l)
		}
		got := l[i]
		got.Key = ""
		if got != want || len(l) != 4 {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	effect := p.Effects(0, 0)[0]
	if l[0].Key != l[2].Key || l[0].Key != l[3].Key || l[0].Key != effect.Key || l[1].Key == l[0].Key || l[1].Key == "" || strings.Contains(l[0].Key, one.SoDinhDanh) {
		t.Errorf("the pseudonyms: %+v, %s", l, effect.Key)
	}
	st := p.Stats()
	for path, want := range map[string]PathStats{
		traCuuPath: {Requests: 3, Found: 1, NotFound: 1, Refused: 1}, xacMinhPath: {Requests: 1, NotFound: 1},
		xacThucPath: {Requests: 1, Found: 1, Duplicates: 1}, dancuPath: {Requests: 1, Effects: 1},
	} {
		if st.Paths[path] != want {
			t.Errorf("%s: got %+v, want %+v", path, st.Paths[path], want)
		}
	}
	if st.Lookups != 4 || st.Effects != 1 || len(st.Services) != 1 || st.Remembered != 4 {
		t.Errorf("stats are %+v", st)
	}
}

func TestALookUpWhoseCodeComesAgainIsAnsweredAgain(t *testing.T) {
	p := logged(t, nil)
	one := p.People()[0]
	first := p.ask(traCuu, lookupOf(traCuu, "a", one))
	if again := p.ask(traCuu, lookupOf(traCuu, "a", one)); again.body != first.body || again.status != http.StatusOK {
		t.Errorf("got %d %s", again.status, again.body)
	}
	if st := p.Stats(); st.Paths[traCuuPath] != (PathStats{Requests: 2, Found: 2, Duplicates: 1}) || st.Lookups != 2 {
		t.Errorf("stats are %+v", st)
	}
}

func TestTheCodesOfLookUpsDoNotCrowdOutThoseOfEffects(t *testing.T) {
	p := logged(t, func(o *Options) { o.Remember = 2 })
	one := p.People()[0]
	p.ketQua(citizenUpdate("a", one.SoDinhDanh))
	for _, code := range []string{"a", "b", "c"} {
		p.ask(xacThuc, lookupOf(xacThuc, code, one))
	}
	if _, code, _ := p.ketQua(citizenUpdate("a", one.SoDinhDanh)); code != codeDuplicate {
		t.Errorf("got %q", code)
	}
	if st := p.Stats(); st.Forgotten != 1 || st.Remembered != 3 || st.Paths[xacThucPath].Duplicates != 0 {
		t.Errorf("stats are %+v", st)
	}
}

func TestTheListOfLookUpsIsBoundedAndCanBeAskedFor(t *testing.T) {
	p := logged(t, func(o *Options) { o.Recent = 3 })
	for i := range 5 {
		p.ask(traCuu, lookupOf(traCuu, fmt.Sprint(i+1), p.People()[i]))
	}
	for query, want := range map[string][]string{
		"": {"3", "4", "5"}, "?after=3": {"4", "5"}, "?after=3&limit=1": {"4"}, "?after=9": nil,
	} {
		var out struct{ Lookups []Lookup }
		r := p.control(http.MethodGet, "lookups"+query, "")
		if err := json.Unmarshal([]byte(r.body), &out); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range out.Lookups {
			got = append(got, l.Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", query, got, want)
		}
	}
	if r := p.control(http.MethodGet, "lookups?limit=10001", ""); r.status != http.StatusBadRequest {
		t.Errorf("got %d", r.status)
	}
	for _, word := range []string{`"seq":5`, `"at":"`, `"code":"5"`, `"service":"` + traCuu + `"`, `"key":"`, `"found":true`} {
		if r := p.control(http.MethodGet, "lookups?after=4", ""); !strings.Contains(r.body, word) {
			t.Errorf("no %s in %s", word, r.body)
		}
	}
}

func TestALaxLookUpIsAnsweredWithoutItsChecks(t *testing.T) {
	p := logged(t, func(o *Options) { o.Lax = true })
	one := p.someone(func(p Person) bool { return p.SoCMND != "" })
	day := strings.ReplaceAll(one.NgaySinh, "-", "")
	if x := p.citizen(traCuu, lookupOf(traCuu, "a", one)); childText(x, "SoDinhDanh") != one.SoDinhDanh {
		t.Error("a whole look-up does not find the person")
	}
	rest := "<HoVaTen>" + fullName(one.Ho, one.ChuDem, one.Ten) + "</HoVaTen>"
	if p.citizen(traCuu, "<MaYeuCau>b</MaYeuCau><x:SoCMND>"+one.SoCMND+"</x:SoCMND>"+rest+"<x:Nam>"+day[:4]+"<") == nil {
		t.Error("the old number and the year do not find the person")
	}
	if p.citizen(traCuu, "<MaYeuCau>c</MaYeuCau><SoDinhDanh>"+one.SoDinhDanh+"</SoDinhDanh>"+rest+"<NgayThangNam>19310101<") != nil {
		t.Error("another birthday finds the person")
	}
	if p.citizen(xacMinh, "<MaYeuCau>d</MaYeuCau>") != nil {
		t.Error("no question finds a person")
	}
	if r := p.ask(traCuu, "<a/>"); r.status != http.StatusInternalServerError || !strings.Contains(r.body, ">missing<") {
		t.Errorf("no code: got %d %s", r.status, r.body)
	}
	if st := p.Stats().Paths[traCuuPath]; st != (PathStats{Requests: 4, Found: 2, NotFound: 1, Refused: 1}) {
		t.Errorf("stats are %+v", st)
	}
}

func TestATroubleOfALookUpIsThatOfAnyPath(t *testing.T) {
	for _, c := range []struct {
		mode     Mode
		status   int // 0 = the connection is cut
		part     string
		answered uint64
	}{
		{Offline, 0, "", 0}, {Lost, 0, "", 1}, {Unauthorized, 401, "900901", 0}, {TooMany, 429, "900804", 0}, {Unavailable, 503, "101503", 0},
		{Garbage, 200, "<garbage", 0}, {HTML, 200, "<html>", 0}, {Redirect, 302, "", 0}, {Fault, 500, "soapenv:Server", 0},
		{Slow, 200, "CongdanCollection", 1}, {Late, 200, "CongdanCollection", 1}, {WrongType, 200, "CongdanCollection", 1}, {Half, 200, "<?xml", 1},
	} {
		p := logged(t, nil)
		p.client.Transport.(*http.Transport).DisableKeepAlives = true
		order := Trouble{Mode: c.mode, Path: traCuuPath, Times: 1}
		if c.mode == Slow || c.mode == Late {
			order.Wait = time.Millisecond
		}
		if _, err := p.Trouble(order); err != nil {
			t.Fatal(err)
		}
		one := p.People()[0]
		if r := p.ask(xacThuc, lookupOf(xacThuc, "z", one)); r.status != http.StatusOK {
			t.Errorf("%s: another look-up suffered: %d", c.mode, r.status)
		}
		r, err := p.do(http.MethodPost, traCuuPath, lookupOf(traCuu, "a", one), p.dancuHeader())
		if broken := c.status == 0 || c.mode == Half; broken != (err != nil) || r.status != c.status || !strings.Contains(r.body, c.part) {
			t.Errorf("%s: got %v %d %s", c.mode, err, r.status, r.body)
		}
		if c.mode == Half && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: got %v", c.mode, err)
		}
		if st := p.Stats(); st.Paths[traCuuPath] != (PathStats{Requests: 1, Found: c.answered, Troubles: 1}) || st.Lookups != 1+c.answered {
			t.Errorf("%s: stats are %+v", c.mode, st)
		}
	}
}

func TestWhatIsWrittenDownDoesNotKeepTheWholeRequest(t *testing.T) {
	p := start(t, nil)
	body := "a ma-1 LTKS G22 " + strings.Repeat("x", 100)
	p.ledger.take("hotich", Effect{Code: body[2:6], Service: body[7:11], Key: body[12:15]}, nil)
	p.journal.enter(Lookup{Code: body[2:6]})
	e, l := p.Effects(0, 0)[0], p.Lookups(0, 0)[0]
	for _, pair := range [][2]string{{e.Code, body[2:6]}, {e.Service, body[7:11]}, {e.Key, body[12:15]}, {l.Code, body[2:6]}} {
		if kept, sent := pair[0], pair[1]; kept != sent || unsafe.StringData(kept) == unsafe.StringData(sent) {
			t.Errorf("%q is kept as a part of the request", kept)
		}
	}
}
