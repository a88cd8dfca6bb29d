package mappings

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
)

// outcome is everything that mapping a message gives.
type outcome struct {
	Document lgsp.Document
	Err      error
}

func outcomeOf(m *Mapping, e lgsp.Envelope) outcome {
	d, err := m.Map(context.Background(), e)
	return outcome{d, err}
}

// everyMapping is what is shipped and what the language page shows, so that every
// key of the language is in use.
func everyMapping(t testing.TB) []*Mapping {
	t.Helper()
	var all []*Mapping
	page, err := os.ReadFile(languagePage)
	if err != nil {
		t.Fatal(err)
	}
	examples := examplesOf(string(page))
	shipped, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	shown, err := Load(examples)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []*Set{shipped, shown} {
		for _, service := range set.Services() {
			if m, _ := set.Get(service); m.Plugin() == "" {
				all = append(all, m)
			}
		}
	}
	return all
}

// someMessages are the messages of all cases, and of the language page.
func someMessages(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob("*/cases/*/in.xml")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	var bodies [][]byte
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	page, err := os.ReadFile(languagePage)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range examplesOf(string(page)) {
		if path.Base(name) == "in.xml" {
			bodies = append(bodies, file.Data)
		}
	}
	slices.SortFunc(bodies, func(a, b []byte) int { return strings.Compare(string(a), string(b)) })
	return bodies
}

// seeded returns a source of randomness and tells how to have it again.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("LGSP_SEED"); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("again with LGSP_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// distort changes a message as senders, their programs and their lines do.
func distort(r *rand.Rand, body []byte) []byte {
	if r.IntN(3) == 0 {
		return distortBytes(r, slices.Clone(body))
	}
	doc, err := strictxml.Parse(body, strictxml.Limits{})
	if err != nil {
		return distortBytes(r, slices.Clone(body))
	}
	for range 1 + r.IntN(4) {
		distortElement(r, anyElement(r, doc.Root()))
	}
	out, err := doc.WriteToBytes()
	if err != nil {
		return body
	}
	return out
}

func anyElement(r *rand.Rand, e *etree.Element) *etree.Element {
	for {
		kids := e.ChildElements()
		if len(kids) == 0 || r.IntN(5) == 0 {
			return e
		}
		e = kids[r.IntN(len(kids))]
	}
}

var oddTexts = []string{
	"", " ", "\n\t ", "0", "-1", "99999999999999999999", "31/02/2026", "00/00/0000", "2026-11-22T17:00:00Z", "Đặng  Thị\u00a0Mẫu", "a\u0302\u0301", "<x>", "]]>", "{}", "\"\\",
	"日本", "\U0001F600", "true", "Nam", "x", "=", "AAAA", "<![CDATA[", "<H><T>1</T></H>", "&amp;", "\u202e", strings.Repeat("9", 300),
}

func distortElement(r *rand.Rand, e *etree.Element) {
	switch r.IntN(8) {
	case 0:
		e.SetText(oddTexts[r.IntN(len(oddTexts))])
	case 1:
		if p := e.Parent(); p != nil && p.Parent() != nil {
			p.RemoveChild(e)
		}
	case 2:
		if p := e.Parent(); p != nil && p.Parent() != nil {
			for range 1 + r.IntN(30) {
				p.AddChild(e.Copy())
			}
		}
	case 3:
		e.CreateAttr("href", "#id"+fmt.Sprint(r.IntN(3)))
	case 4:
		e.CreateAttr("id", "id"+fmt.Sprint(r.IntN(3)))
	case 5:
		e.Tag = "Khac"
	case 6:
		e.CreateAttr("xmlns", []string{"", "urn:khac"}[r.IntN(2)])
	case 7:
		for _, k := range e.ChildElements() {
			if r.IntN(2) == 0 {
				e.RemoveChild(k)
				e.InsertChildAt(0, k)
			}
		}
	}
}

func distortBytes(r *rand.Rand, b []byte) []byte {
	for range 1 + r.IntN(3) {
		if len(b) == 0 {
			return b
		}
		at := r.IntN(len(b))
		switch r.IntN(3) {
		case 0:
			b[at] = byte(r.Uint32())
		case 1:
			b = b[:at]
		case 2:
			b = slices.Insert(b, at, []byte(oddTexts[r.IntN(len(oddTexts))])...)
		}
	}
	return b
}

// meantFor returns the first mapping that knows the root of a message.
func meantFor(all []*Mapping, e lgsp.Envelope) *Mapping {
	for _, m := range all {
		var wrong *lgsp.Error
		if !errors.As(outcomeOf(m, e).Err, &wrong) || wrong.Code != codeWrongElement {
			return m
		}
	}
	return all[0]
}

// Mapping is pure: whatever was mapped before, beside or between, by whatever
// goroutine, the same message gives the same bytes and the same report.
func TestTheSameMessageGivesTheSameBytesWhateverRanBefore(t *testing.T) {
	r := seeded(t)
	all, bodies := everyMapping(t), someMessages(t)
	type job struct {
		m    *Mapping
		e    lgsp.Envelope
		want outcome
	}
	var jobs []job
	for range 1500 {
		e := lgsp.Envelope{ID: lgsp.ID{byte(r.Uint32())}, Sender: "H29.11", Received: time.Unix(r.Int64N(2e9), 0), Body: bodies[r.IntN(len(bodies))]}
		m := all[r.IntN(len(all))]
		if r.IntN(5) > 0 { // mostly a mapping that the message is meant for
			m = meantFor(all, e)
		}
		if r.IntN(2) > 0 {
			e.Body = distort(r, e.Body)
		}
		jobs = append(jobs, job{m, e, outcomeOf(m, e)})
	}
	mapped := 0
	for _, j := range jobs {
		if j.want.Err == nil {
			mapped++
		}
	}
	if mapped < 60 {
		t.Fatalf("only %d of %d messages were mapped at all", mapped, len(jobs))
	}
	var wait sync.WaitGroup
	for range 4 {
		order := r.Perm(len(jobs))
		wait.Go(func() {
			for _, i := range order {
				j := jobs[i]
				before := string(j.e.Body)
				if got := outcomeOf(j.m, j.e); !reflect.DeepEqual(got, j.want) {
					t.Errorf("%s of\n%s\ngave\n%s %v\nthen\n%s %v", j.m.Service(), j.e.Body, j.want.Document.Body, j.want.Err, got.Document.Body, got.Err)
					return
				}
				if string(j.e.Body) != before {
					t.Errorf("%s changed the message", j.m.Service())
				}
			}
		})
	}
	wait.Wait()
}

// A mapping that is loaded anew, in a program that has mapped nothing, gives the
// same: nothing depends on the order of Go's maps.
func TestTwoLoadsOfAMappingAreOne(t *testing.T) {
	r := seeded(t)
	first, second, bodies := everyMapping(t), everyMapping(t), someMessages(t)
	for range 1000 {
		i := r.IntN(len(first))
		e := lgsp.Envelope{Sender: "H29.11", Received: time.Unix(1.7e9, 0), Body: distort(r, bodies[r.IntN(len(bodies))])}
		if a, b := outcomeOf(first[i], e), outcomeOf(second[i], e); !reflect.DeepEqual(a, b) {
			t.Fatalf("%s of\n%s\ngave\n%s %v\nand\n%s %v", first[i].Service(), e.Body, a.Document.Body, a.Err, b.Document.Body, b.Err)
		}
		if string(first[i].Schema()) != string(second[i].Schema()) {
			t.Fatalf("%s describes itself in two ways", first[i].Service())
		}
	}
}

// Whatever comes gives a document that its upstream can read, or an error that
// names the message's fault.
func TestNoMessageMakesMappingPanic(t *testing.T) {
	r := seeded(t)
	all, bodies := everyMapping(t), someMessages(t)
	for range 3000 {
		body := bodies[r.IntN(len(bodies))]
		for range 1 + r.IntN(3) {
			body = distort(r, body)
		}
		for range 3 {
			checkOutcome(t, all[r.IntN(len(all))], body)
		}
	}
}

// What mapping takes of memory follows from the size of the message, whatever is
// in it: here the messages that would take the most.
func TestWhatAMessageCostsFollowsFromItsSize(t *testing.T) {
	const size = 2 << 20
	fill := func(head, part, tail string) []byte {
		return []byte(head + strings.Repeat(part, (size-len(head)-len(tail))/len(part)) + tail)
	}
	wide := mappingOf(t, sourced("documents: [{at: N}, {at: L/N}]")+`fields:
  - {to: b, each: L, fields: [{to: c, each: M, from: '@n'}, {to: d, compute: 'join(texts("M", "@n"), ",")'}, {to: e, from: N/H/T}, {must: 'text("@n") == "2" || count("M") > 1', want: nhiều hơn một, at: M}]}
  - {to: f, compute: 'join(texts("B"), ",")'}
  - {must: 'join(texts("B"), "") != text("N/H/T")', want: khác, at: 'L[1]/@x'}
  - {to: g, from: N/H/T, letters: plain, name: given}
  - {to: h, encode: json, each: K, fields: [{to: i, encode: json, each: K}]}
`)
	for name, body := range map[string][]byte{
		"many elements of a list":      fill(`<A xmlns="urn:a">`, `<L><M n="1"/></L>`, `</A>`),
		"many elements in one":         fill(`<A xmlns="urn:a"><L>`, `<M n="1"/>`, `</L></A>`),
		"many bad fields":              fill(`<A xmlns="urn:a">`, `<L><M n="1"/><M n="1"/><N>x</N></L>`, `</A>`),
		"many texts":                   fill(`<A xmlns="urn:a">`, `<B>x</B>`, `</A>`),
		"one long text":                fill(`<A xmlns="urn:a"><N>&lt;H&gt;&lt;T&gt;`, `Đặng Mẫu `, `&lt;/T&gt;&lt;/H&gt;</N></A>`),
		"documents in documents":       fill(`<A xmlns="urn:a">`, `<L><N>&lt;H&gt;&lt;T&gt;x&lt;/T&gt;&lt;/H&gt;</N></L>`, `</A>`),
		"a text that is escaped often": fill(`<A xmlns="urn:a"><K><K>`, `"\`, `</K></K></A>`),
		"letters in pieces":            fill(`<A xmlns="urn:a"><N><![CDATA[<H><T>`, "a\u0302\u0301", `</T></H>]]></N></A>`),
		"attributes":                   fill(`<A xmlns="urn:a">`, `<L a="1" b="2" c="3" d="4" e="5"><M n="1"/></L>`, `</A>`),
		"prefixes":                     fill(`<A xmlns="urn:a">`, `<L xmlns:a="u" xmlns:b="v"><b:M xmlns="urn:k" n="1"/></L>`, `</A>`),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			checkOutcome(t, wide, body)
			runtime.ReadMemStats(&after)
			// A megabyte of small elements takes some seventy as a tree and as
			// values; what grows faster than its message is far beyond that.
			const most = 150 * size
			if took := after.TotalAlloc - before.TotalAlloc; took > most {
				t.Errorf("a message of %d bytes took %d", len(body), took)
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
