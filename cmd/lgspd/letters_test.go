package main

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/mappings"
)

// template makes messages of one service out of a case that is shipped with
// its mapping.
type template struct {
	service string
	perLane int // messages that fit one lane: those of the shipped rule for own ids
	text    string
	write   func(text string, lane, n int) string
}

// templates returns one template for each shipped service.
func templates(t testing.TB) []template {
	t.Helper()
	replace := func(pairs ...string) func(string, int, int) string {
		return func(text string, lane, n int) string {
			filled := make([]string, len(pairs))
			for i, p := range pairs {
				filled[i] = p
				if i%2 == 1 {
					filled[i] = strings.NewReplacer("{lane}", fmt.Sprintf("%06d", lane), "{n}", fmt.Sprint(n)).Replace(p)
				}
			}
			return strings.NewReplacer(filled...).Replace(text)
		}
	}
	made := []template{
		{service: "hotich.khai-sinh", perLane: 1, text: "du-cha-me", write: replace("H29.11-260105-0007", "H29.11-261122-{lane}")},
		{service: "hotich.khai-tu", perLane: 90, text: "day-du", write: replace(
			"H29.11-261122-0035", "H29.11-{lane}-0035", "<LAN_BO_SUNG></LAN_BO_SUNG>", "<LAN_BO_SUNG>{n}</LAN_BO_SUNG>",
			"079048000011", "079048{lane}")},
		{service: "hotich.ket-hon", perLane: 90, text: "bo-sung", write: replace(
			"H29.27-261123-0109", "H29.27-{lane}-0109", "<q0:lanBoSung>2<", "<q0:lanBoSung>{n}<")},
		{service: "dancu.cap-nhat", perLane: 90, text: "mot-nguoi", write: replace(
			"CT-2026-000451", "CT-{lane}-{n}", "HK-079-00012", "HK-{lane}", "079194000003", "079194{lane}")},
		{service: "bhyt.cap-the", perLane: 90, text: "bo-sung", write: replace(
			"H29.26-260105-0031", "H29.26-{lane}-0031", `LanBoSung="1"`, `LanBoSung="{n}"`)},
		{service: "cu-tru.dang-ky", perLane: 90, text: "ca-ho", write: replace(
			"H29.12-260105-0412", "H29.12-{lane}-0412", `<lanBoSung xsi:type="soapenc:int" xsi:nil="true"/>`, "<lanBoSung>{n}</lanBoSung>")},
		{service: "an-sinh.mai-tang-phi", perLane: 90, text: "bo-sung", write: replace(
			"H29.26-260105-0007", "H29.26-{lane}-0007", "<LanGui>2<", "<LanGui>{n}<")},
	}
	for i := range made {
		text, err := fs.ReadFile(mappings.Shipped(), path.Join(made[i].service, "cases", made[i].text, "in.xml"))
		if err != nil {
			t.Fatal(err)
		}
		made[i].text = string(text)
		made[i].mustMap(t)
	}
	return made
}

func (m template) letter(lane, n int) []byte { return []byte(m.write(m.text, lane, n)) }

// mustMap makes sure that two messages of a lane differ in their own ids and
// that two lanes are two: a case that was edited must not weaken the tests.
func (m template) mustMap(t testing.TB) {
	t.Helper()
	set, err := mappings.Load(mappings.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	mapping, ok := set.Get(m.service)
	if !ok {
		t.Fatalf("no mapping of %s is shipped", m.service)
	}
	read := func(lane, n int) lgsp.Document {
		d, err := mapping.Map(t.Context(), lgsp.Envelope{Sender: "H29.11", Service: m.service, Charset: "utf-8", Body: m.letter(lane, n)})
		if err != nil {
			t.Fatalf("%s: %v", m.service, err)
		}
		return d
	}
	one, other := read(1, 1), read(2, 1)
	if one.LegacyID == "" || one.Lane == "" || one.LegacyID == other.LegacyID || one.Lane == other.Lane {
		t.Fatalf("%s: two lanes are not two: %q in %q, %q in %q", m.service, one.LegacyID, one.Lane, other.LegacyID, other.Lane)
	}
	if next := read(1, 2); m.perLane > 1 && (next.Lane != one.Lane || next.LegacyID == one.LegacyID) {
		t.Fatalf("%s: two messages of a lane are not: %q in %q, %q in %q", m.service, one.LegacyID, one.Lane, next.LegacyID, next.Lane)
	}
}
