package main

import (
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
)

// Numbers of people who do not exist.
const (
	askedFor, askedForOld = "079090000001", "200000001"
	nobodys               = "079090000009"
)

// lgspdReading is lgspd with something on standard input.
func (s *site) lgspdReading(t testing.TB, in string, args ...string) result {
	t.Helper()
	var out, errs buffer
	line := append([]string{"lgspd"}, args[:2]...)
	line = append(append(line, "--config", s.config), args[2:]...)
	code := run(t.Context(), line, streams{strings.NewReader(in), &out, &errs})
	return result{code, out.String(), errs.String()}
}

// newAsked is an installation whose record tells of look-ups and of a message.
func newAsked(t testing.TB) *site {
	t.Helper()
	s := newDesk(t)
	s.withStore(t, func(st *store) error {
		name := st.audit.Pseudonym
		for _, e := range []audit.Entry{
			{Event: audit.Started},
			{Event: audit.Asked, Sender: "H29.11", System: "mot-cua", Service: "dancu.tra-cuu", Officer: "079080000009", Procedure: "1.004222", Subject: name(askedForOld), Answered: name(askedFor),
				Result: audit.Found, Attempt: 1, Fields: "HoVaTen/Ho HoVaTen/Ten ThuongTru/MaTinhThanh ThuongTru/MaQuanHuyen ThuongTru/MaPhuongXa ThuongTru/ChiTiet NgayThangNamSinh/NgayThangNam"},
			{Event: audit.Asked, Sender: "H29.12", System: "cong-dan", Service: "dancu.xac-thuc", Subject: name(askedFor), Result: audit.Refused, Code: "Quota"},
			{Event: audit.Accepted, Sender: "H29.11", Service: "hotich.khai-sinh", Subject: name(askedFor), Message: "m"},
			{Event: audit.Delivered, Sender: "H29.11", Service: "hotich.khai-sinh", Subject: name(askedFor), Message: "m"},
			{Event: audit.NoticeOpened, Sender: "H29.11", Subject: name(askedForOld), Notice: "1/2026"},
			{Event: audit.Asked, Sender: "H29.13", System: "khac", Service: "dancu.tra-cuu", Subject: name("079090000002"), Result: audit.Failed, Code: "Timeout"},
		} {
			if err := st.audit.Record(t.Context(), &e); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

type askedOfSomebody struct {
	Entries []audit.Entry
	Read    int64
	Since   time.Time
}

// tellsNoNumber fails if a number that was asked for is in what a command printed.
func (r result) tellsNoNumber(t *testing.T) result {
	t.Helper()
	for _, number := range []string{askedFor, askedForOld, nobodys} {
		if strings.Contains(r.out+r.err, number) {
			t.Errorf("it tells the number:\n%s%s", r.out, r.err)
		}
	}
	return r
}

// req: R-12
func TestAuditWhoTellsWhoLookedAtAPerson(t *testing.T) {
	s := newAsked(t)
	r := s.lgspd(t, "audit", "who", "--id", askedFor).tellsNoNumber(t)
	r.want(t, exitOK, words("TIME", "DEPARTMENT", "OFFICER", "PURPOSE", "H29.11", "mot-cua", "079080000009", "1.004222", "found", "refused (Quota)", "accepted", "Fields returned at ", " to H29.11:", "ThuongTru/ChiTiet",
		"3 exchanges about this person, of 7 entries since "), nil)
	if strings.Contains(r.out, "H29.13") || strings.Contains(r.out, "delivered") || strings.Contains(r.out, "Timeout") {
		t.Errorf("it tells of others, or steps of a message:\n%s", r.out)
	}
	for _, line := range strings.Split(r.out, "\n") {
		if len([]rune(line)) > 120 {
			t.Errorf("a line has %d characters: %s", len([]rune(line)), line)
		}
	}
	for line, n := range map[string]int{
		"--id " + askedFor: 3, "--id " + askedForOld: 2, "--id " + askedFor + " --id " + askedForOld: 4, "--id " + askedFor + "," + askedForOld: 4, "--messages --id " + askedFor: 4, "--id " + nobodys: 0,
	} {
		r := s.lgspd(t, append([]string{"audit", "who", "--json"}, strings.Fields(line)...)...).tellsNoNumber(t)
		if got := decode[askedOfSomebody](t, r); len(got.Entries) != n || got.Read != 7 || got.Since.IsZero() || got.Entries == nil {
			t.Errorf("%s: got %+v, want %d entries", line, got, n)
		}
	}
	s.lgspd(t, "audit", "who", "--id", nobodys).tellsNoNumber(t).want(t, exitOK, words("0 exchanges about this person, of 7 entries since "), nil)
}

func TestAuditWhoReadsTheNumberFromStandardInput(t *testing.T) {
	s := newAsked(t)
	for name, in := range map[string]string{"a line": askedFor + "\n", "without its end": askedFor, "with spaces": " " + askedFor + " \r\n", "the first line only": askedFor + "\n" + askedForOld + "\n"} {
		r := s.lgspdReading(t, in, "audit", "who", "--json", "--id", "-").tellsNoNumber(t)
		if got := decode[askedOfSomebody](t, r); len(got.Entries) != 3 {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	if got := decode[askedOfSomebody](t, s.lgspdReading(t, askedFor+" "+askedForOld, "audit", "who", "--json", "--id", "-")); len(got.Entries) != 4 {
		t.Errorf("two numbers: got %+v", got)
	}
	s.lgspdReading(t, "", "audit", "who", "--id", "-").want(t, exitUsage, nil, words("--id NUMBER", "--id -"))
	s.lgspdReading(t, "\n", "audit", "who", "--id", "-").want(t, exitUsage, nil, words("--id NUMBER"))
	s.lgspdReading(t, "khong\n", "audit", "who", "--id", "-").want(t, exitUsage, nil, words("want 12 digits, or 9"))
}

func TestAuditWhoRefusesWhatIsNoNumberAndDoesNotRepeatIt(t *testing.T) {
	s := newAsked(t)
	for _, id := range []string{"07909000000", "0790900000011", "07909000000O", "20000000", "2000000011", "०७९०", "-" + askedFor[1:], "079 09000001", "abc"} {
		r := s.lgspd(t, "audit", "who", "--id="+id)
		r.want(t, exitUsage, nil, words("--id", "want 12 digits, or 9 of an old identity number"))
		if strings.Contains(r.out+r.err, id) {
			t.Errorf("it repeats %q: %s", id, r.err)
		}
	}
	s.lgspd(t, "audit", "who").want(t, exitUsage, nil, words("--id NUMBER", "--id -"))
	s.lgspd(t, "audit", "who", askedFor).tellsNoNumber(t).want(t, exitUsage, nil, words("takes no argument", "--id NUMBER"))
	s.lgspd(t, "audit", "who", "--id", askedFor, "--id", "-").want(t, exitUsage, nil, words("want 12 digits"))
}

func TestAuditWhoLeavesNoTraceOfTheNumber(t *testing.T) {
	s := newAsked(t)
	before := s.lgspd(t, "audit", "export").tellsNoNumber(t).out
	s.lgspd(t, "audit", "who", "--id", askedFor, "--id", askedForOld)
	if after := s.lgspd(t, "audit", "export").out; strings.Count(after, "\n") != strings.Count(before, "\n") {
		t.Errorf("the record grew:\n%s", after)
	}
	s.lgspd(t, "audit", "verify").want(t, exitOK, words("The record is whole"), nil)
}

func TestAuditWhoOfAnEmptyRecordSaysSo(t *testing.T) {
	s := newDesk(t)
	s.lgspd(t, "audit", "who", "--id", askedFor).tellsNoNumber(t).want(t, exitOK, words("The record is empty."), nil)
	if got := decode[askedOfSomebody](t, s.lgspd(t, "audit", "who", "--json", "--id", askedFor)); got.Entries == nil || len(got.Entries) != 0 || got.Read != 0 {
		t.Errorf("as JSON: %+v", got)
	}
	fresh := newSite(t, "http://127.0.0.1:9")
	fresh.lgspd(t, "audit", "who", "--id", askedFor).tellsNoNumber(t).want(t, exitEnvironment, nil, words("lgspd.db", "lgspd serve"))
}
