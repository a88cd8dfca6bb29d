package mappings

import (
	"bytes"
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

// allocated returns how many bytes do allocates.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// refusedAsTooLarge maps a message that asks for far more than it has, and
// checks that it is refused for little.
func refusedAsTooLarge(t *testing.T, m *Mapping, body string) {
	t.Helper()
	var err error
	begun := time.Now()
	if n := allocated(func() { _, err = mapIt(m, body) }); n > 350<<20 {
		t.Errorf("%d bytes were allocated for a message of %d", n, len(body))
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Kind != lgsp.Invalid || e.Code != codeTooLarge || e.Text != tooLong().Text || len(e.Fields) > 0 {
		t.Fatalf("got %v", err)
	}
	if _, err := mapIt(m, a("<MaHoSo>1</MaHoSo><B><C>x</C></B>")); errors.As(err, &e) && e.Code == codeTooLarge {
		t.Errorf("the next message: %v", err)
	}
}

func TestATextThatManyElementsReadIsNotWrittenWithoutEnd(t *testing.T) {
	long := func(s string) string { return "<MaHoSo>" + strings.Repeat(s, 300_000/len(s)) + "</MaHoSo>" }
	short, many := "<MaHoSo>x</MaHoSo>", strings.Repeat("<B><C>x</C></B>", 2000)
	for _, tt := range []struct{ name, head, rules, in string }{
		{"JSON", jsonHead, "- {to: b, each: B, fields: [{to: c, from: C}, {to: d, from: /MaHoSo}]}", long("x") + many},
		{"a list of texts", jsonHead, "- {to: b, each: B, from: /MaHoSo}", long("x") + many},
		{"text in JSON text", jsonHead, "- {to: b, encode: json, each: B, fields: [{to: d, from: /MaHoSo}]}", long("&quot;") + many},
		{"JSON text in JSON text", jsonHead, "- {to: b, " + strings.Repeat("encode: json, fields: [{to: b, ", 7) + "from: /MaHoSo" + strings.Repeat("}]", 7) + "}", long("&quot;") + many},
		{"XML", xmlHead, "- {to: b, each: B, fields: [{to: c, from: C}, {to: d, from: /MaHoSo}]}", long("&amp;") + many},
		{"XML attributes", xmlHead, "- {to: b, each: B, fields: [{to: '@d', from: /MaHoSo}]}", long("x") + many},
		{"JSON text in XML", xmlHead, "- {to: b, each: B, fields: [{to: c, encode: json, fields: [{to: d, from: /MaHoSo}]}]}", long("x") + many},
		{"joined texts", jsonHead, "- {to: b, each: B, fields: [{to: d, max: 5, join: [" + strings.Repeat("/MaHoSo, ", 15) + "/MaHoSo]}]}", long("x") + many},
		{"texts that are only looked at", jsonHead, "- {to: b, each: B, max: 5, from: /MaHoSo}", long("x") + many},
		{"what the mapping says", jsonHead, "- {to: b, each: B, fields: [{to: c, const: " + strings.Repeat("x", 100_000) + "}]}", short + many},
		{"a list in a list that is itself", jsonHead, "- {to: b, each: B, fields: [{to: c, each: /B, if: 'text(\"C\") == \"y\"', from: C}]}", short + many},
	} {
		t.Run(tt.name, func(t *testing.T) {
			refusedAsTooLarge(t, mappingOf(t, tt.head+"fields:\n  "+tt.rules+"\n  - {to: z, each: B, from: C}\n"), a(tt.in))
		})
	}
}

func TestAnElementThatManyReferToIsNotReadWithoutEnd(t *testing.T) {
	const head = "service: a\ntitle: x\nsource: {namespace: n, root: A, references: true, qualified: false}\ntarget: {route: r, form: json}\nfields:\n  "
	many, long := strings.Repeat("<B href='#x'/>", 2000), strings.Repeat("x", 300_000)
	for _, tt := range []struct{ name, rules, target string }{
		{"a text", "- {to: b, each: B, fields: [{to: c, from: C}]}", "<m id='x'><C>" + long + "</C></m>"},
		{"a text in pieces", "- {to: b, each: B, fields: [{to: c, from: C, max: 5}]}", "<m id='x'><C>" + long + "<!-- -->" + long + "</C></m>"},
		{"an attribute", "- {to: b, each: B, fields: [{to: c, from: '@c', max: 5}]}", "<m id='x' c='a&#x301;" + long + "'/>"},
		{"only counted", "- {to: b, count: B}", "<m id='x'>" + strings.Repeat(" <!-- -->", 100_000) + "</m>"},
		{"a text that is not read", "- {to: b, each: B, fields: [{to: c, from: C}]}", "<m id='x'>" + strings.Repeat(" <!-- -->", 100_000) + "<C>1</C></m>"},
		{"a reference in it", "- {to: b, each: B, fields: [{to: c, from: C}]}", "<m id='x'><C href='#" + long + "'/></m><m id='" + long + "'>x</m>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><n:A xmlns:n="n">` + many + `</n:A>` + tt.target + `</s:Body></s:Envelope>`
			refusedAsTooLarge(t, mappingOf(t, head+tt.rules+"\n"), body)
		})
	}
}

func TestAnAttachmentThatManyReferToIsNotSentAsManyTimes(t *testing.T) {
	m, problems, err := loadService(Shipped(), "cu-tru.dang-ky")
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	body, err := os.ReadFile("cu-tru.dang-ky/cases/ca-ho/in.xml")
	if err != nil {
		t.Fatal(err)
	}
	item, data := []byte(`<item href="#id8"/>`), []byte("JVBERi0xLjQK")
	whole := bytes.Replace(body, data, bytes.Repeat(data, 4<<20/len(data)), 1)
	if d, err := m.Map(context.Background(), lgsp.Envelope{Body: whole}); err != nil || len(d.Body) < 4<<20 {
		t.Errorf("sent once: %d bytes, %v", len(d.Body), err)
	}
	var e *lgsp.Error
	n := allocated(func() {
		_, err = m.Map(context.Background(), lgsp.Envelope{Body: bytes.Replace(whole, item, bytes.Repeat(item, 20_000), 1)})
	})
	if !errors.As(err, &e) || e.Code != codeTooLarge || n > 200<<20 {
		t.Errorf("%v, %d bytes", err, n)
	}
}

// A list that every element of it counts, or looks itself up in, is no reason to
// go through it as many times.
func TestAListIsNotGoneThroughForEachOfItsElements(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - to: b\n    each: B\n    fields:\n      - {to: c, from: C}\n      - {to: d, count: /B}\n      - {to: e, type: int, compute: 'count(\"/B\")'}\n")
	const n = 30_000
	begun := time.Now()
	d, err := mapIt(m, a("<B/>"+strings.Repeat("<B><C>x</C></B><B/>", n)))
	if took := time.Since(begun); err != nil || took > 2*time.Second {
		t.Errorf("it took %s: %v", took, err)
	}
	if last := `{"c":"x","d":30000,"e":30000}]}`; !strings.HasSuffix(string(d.Body), last) {
		t.Errorf("got …%s", d.Body[max(0, len(d.Body)-60):])
	}
}

func TestTheTextsOfAListAreGatheredOnce(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - to: b\n    each: B\n    fields:\n      - {to: c, compute: 'text(\"@c\") in texts(\"/B\", \"@c\") ? \"1\" : \"2\"'}\n")
	for _, tt := range []struct {
		elements int
		least    uint64 // bytes that as many lists of as many texts would take
	}{{maxTexts, maxTexts * maxTexts * 16}, {3 * maxTexts, 3 * maxTexts * maxTexts * 16}} {
		body := a(strings.Repeat("<B c='x'/>", tt.elements))
		var err error
		if n := allocated(func() { _, err = mapIt(m, body) }); n > tt.least/2 {
			t.Errorf("%d elements: %d bytes were allocated", tt.elements, n)
		}
		if taken := tt.elements <= maxTexts; (err == nil) != taken {
			t.Errorf("%d elements: %v", tt.elements, err)
		}
	}
}

func TestTheTextsOfOneMessageAreNotThoseOfTheNext(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, compute: 'join(texts(\"/B\"), \" \")'}\n")
	for _, text := range []string{"x", "y"} {
		if d, err := mapIt(m, a("<B>"+text+"</B>")); err != nil || string(d.Body) != `{"b":"`+text+`"}` {
			t.Errorf("%s, %v", d.Body, err)
		}
	}
}
