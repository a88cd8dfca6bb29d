package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/strictxml"
)

// entries is the record, of one event.
func (s *site) entries(t *testing.T, event audit.Event) (found []audit.Entry) {
	t.Helper()
	r := command(t, "audit", "export", "--config", s.config)
	if r.code != exitOK {
		t.Fatalf("audit export ended with %d: %s", r.code, r.err)
	}
	for _, line := range strings.Split(strings.TrimSpace(r.out), "\n")[1:] {
		var l struct{ Entry audit.Entry }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		if l.Entry.Event == event {
			found = append(found, l.Entry)
		}
	}
	return found
}

// What reports say of outages, of guessed passwords and of the fields that
// departments get wrong stands on the record of a daemon that has ended.
func TestARecordTellsOfOutagesOfTheDoorAndOfWrongFields(t *testing.T) {
	box, url := startSandbox(t)
	s := newSite(t, url)
	s.replace(t, "breaker: {failures: 5,", "breaker: {failures: 1,")
	daemon := s.serve(t)
	m := templates(t)[0]
	post := func(body string) answer {
		t.Helper()
		a, err := s.post(t.Context(), http.DefaultClient, m.service, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	offline(t, box)
	letter := string(m.letter(1, 1))
	if a := post(letter); a.id == "" {
		t.Fatalf("%+v", a)
	}
	until(t, 10*time.Second, "the upstream is down on record", func() bool { return len(s.entries(t, audit.UpstreamDown)) > 0 })
	box.Clear()
	until(t, 10*time.Second, "the message is delivered", func() bool { return s.waiting(t) == 0 })

	post(emptied(t, letter))

	s.password = "sai-mat-khau"
	for range 5 {
		if _, err := s.post(t.Context(), http.DefaultClient, m.service, []byte(letter)); err != nil {
			t.Fatal(err)
		}
	}
	daemon.mustStop(t)

	down, up := s.entries(t, audit.UpstreamDown), s.entries(t, audit.UpstreamUp)
	if len(down) != 1 || len(up) != 1 || down[0].Upstream != "hotich" || up[0].Upstream != "hotich" || up[0].Detail != audit.Messages || up[0].Took <= 0 || up[0].Seq < down[0].Seq {
		t.Errorf("down %+v, up %+v", down, up)
	}
	if out := s.entries(t, audit.LockedOut); len(out) != 1 || out[0].Sender != "H29.11" || out[0].Detail != audit.OfDepartment {
		t.Errorf("locked out: %+v", out)
	}
	rejected := s.entries(t, audit.Rejected)
	if len(rejected) != 1 || !strings.HasPrefix(rejected[0].Fields, "/") {
		t.Errorf("rejected: %+v", rejected)
	}
	for _, e := range rejected {
		if said, err := json.Marshal(e); err != nil || strings.Contains(string(said), "NguyenThiMau") {
			t.Errorf("the record says %s (%v)", said, err)
		}
	}
}

// emptied is a letter that says nothing but the name of an element that nobody declared.
func emptied(t *testing.T, letter string) string {
	t.Helper()
	doc, err := strictxml.Parse([]byte(letter), strictxml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	parts := doc.Root().ChildElements()
	said := parts[len(parts)-1].ChildElements()[0]
	for _, c := range said.ChildElements() {
		said.RemoveChild(c)
	}
	said.CreateElement("NguyenThiMau").SetText("079190000001")
	text, err := doc.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
