package config

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// withSystem is the fixture with a system that may look citizens up, with each
// old replaced by the new that follows it.
func withSystem(t *testing.T, oldNew ...string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/register.yaml")
	must(t, err)
	text := string(b)
	for i := 0; i < len(oldNew); i += 2 {
		if !strings.Contains(text, oldNew[i]) {
			t.Fatalf("register.yaml does not hold %q", oldNew[i])
		}
		text = strings.Replace(text, oldNew[i], oldNew[i+1], 1)
	}
	return text
}

// vn is a moment of Vietnam's time.
func vn(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, vietnam)
}

func TestASystemWithItsApprovalLoadsWithoutProblemOrWarning(t *testing.T) {
	c, err := load(t, withSystem(t))
	must(t, err)
	if w := c.Warnings(certStart); w != nil {
		t.Errorf("warnings: %v", w)
	}
	a := c.Departments[0].Systems[0].Approvals[0]
	if !a.Granted() || a.Officer != "personal_id" || a.Quota != 2000 || a.Purposes[0] != (Purpose{"1.004222", "Đăng ký thường trú"}) {
		t.Errorf("got %+v", a)
	}
	if begin, end := a.From.Begin(), a.Until.End(); !begin.Equal(vn(2026, 1, 1)) || !end.Equal(vn(2028, 1, 1)) {
		t.Errorf("it holds from %s to %s", begin, end)
	}
}

func TestWhatTheRegisterAllows(t *testing.T) {
	for name, text := range map[string]string{
		"an approval for one day":               withSystem(t, "until: 2027-12-31", "until: 2026-01-01"),
		"a leap day":                            withSystem(t, "from: 2026-01-01", "from: 2024-02-29"),
		"an approval that is only asked for":    withSystem(t, "            number: 123/TTDLQG-C06\n            date: 2025-12-20\n", ""),
		"an officer of any name":                withSystem(t, "quota: 2000", "quota: 2000\n            officer: any"),
		"one look-up a day":                     withSystem(t, "quota: 2000", "quota: 1"),
		"ten million a day":                     withSystem(t, "quota: 2000", "quota: 10000000"),
		"a system without approvals":            withSystem(t, "        approvals:", "        approvals: []\n      - name: ho-so\n        title: Hồ sơ\n        auth: {api_keys: [{key_file: secrets/good}]}\n        approvals:"),
		"no level told":                         withSystem(t, "        level: 3\n", ""),
		"a department that only its systems do": withSystem(t, "    auth:\n      basic: [{username: hotich, password_file: secrets/good}]\n", ""),
		"one user name, both lists of a system": withSystem(t, "basic: [{username: mot-cua, password_file: secrets/other}]", "basic: [{username: mot-cua, password_file: secrets/other}]\n          username_token: [{username: mot-cua, password_file: secrets/other}]"),
		"one name in two departments": withSystem(t, "services:\n  - name: dancu", `  - code: H29.12
    name: Sở Y tế
    services: [hotich.khai-sinh]
    systems: [{name: mot-cua, title: Một cửa, auth: {api_keys: [{key_file: secrets/good}]}}]
services:
  - name: dancu`),
		"a renewal of the same service": withSystem(t, "          - service: dancu.tra-cuu\n", `          - {service: dancu.tra-cuu, purposes: [{code: "1.004222"}], fields: [HoVaTen], from: 2028-01-01, until: 2028-12-31, quota: 1, number: 1/A, date: 2027-12-01}
          - service: dancu.tra-cuu
`),
		"a service of notices":       withSystem(t, "services:\n  - name: dancu.tra-cuu", "services:\n  - {name: dancu.bao-sai-sot, upstream: notices}\n  - name: dancu.tra-cuu"),
		"the bounds of look-ups":     withSystem(t) + "lookups: {timeout: 100ms, concurrency: 1, per_department: 1, bulk_concurrency: 1, bulk_rate: 0}\nnotices: {retain: 1d}\n",
		"the other bounds":           withSystem(t) + "lookups: {timeout: 5m, concurrency: 1024, per_department: 1024, bulk_concurrency: 1024, bulk_rate: 10000}\nnotices: {retain: 100y}\n",
		"no recipients and no bases": withSystem(t) + "notices: {recipients: []}\ndocuments: {recipients: [], bases: []}\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, text)
			must(t, err)
		})
	}
}

func TestADayIsReadAndWrittenAsItStands(t *testing.T) {
	var d Date
	must(t, d.UnmarshalText([]byte("2026-11-22")))
	if d != NewDate(2026, 11, 22) || d.String() != "2026-11-22" || d.IsZero() {
		t.Errorf("got %s", d)
	}
	if !d.Begin().Equal(time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)) || !d.End().Equal(time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("it lasts from %s to %s", d.Begin().UTC(), d.End().UTC())
	}
	if text, err := json.Marshal(d); err != nil || string(text) != `"2026-11-22"` {
		t.Errorf("as JSON: %s %v", text, err)
	}
	must(t, d.UnmarshalText(nil))
	if !d.IsZero() || d.String() != "" || !d.Begin().IsZero() || !d.End().IsZero() {
		t.Errorf("no day is %q from %s to %s", d, d.Begin(), d.End())
	}
}

func TestEveryDayThatExistsIsReadAndNoOther(t *testing.T) {
	for year := 2024; year <= 2027; year++ {
		for month := 0; month <= 13; month++ {
			for day := 0; day <= 32; day++ {
				text := fmt.Sprintf("%d-%02d-%02d", year, month, day)
				real := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) == text
				var d Date
				err := d.UnmarshalText([]byte(text))
				if (err == nil) != real || real && d.String() != text {
					t.Errorf("%s: got %s, %v", text, d, err)
				}
			}
		}
	}
	for _, text := range []string{" 2026-11-22", "2026-11-22 ", "2026-11", "26-11-22", "22-11-2026", "2026/11/22", "1944-12-31", "12026-11-22", "hôm nay"} {
		var d Date
		if err := d.UnmarshalText([]byte(text)); err == nil || !d.IsZero() {
			t.Errorf("%q is read as %s", text, d)
		}
	}
}

func TestADayIsPrintedAsItStandsInTheFile(t *testing.T) {
	c, err := load(t, withSystem(t))
	must(t, err)
	for _, want := range []string{"from: '2026-01-01'\n", "until: '2027-12-31'\n", "date: '2025-12-20'\n", "officer: personal_id\n"} {
		if !strings.Contains(c.String(), want) {
			t.Errorf("%q is missing in\n%s", want, c)
		}
	}
}

func TestThePlaceOfAKeyIsTold(t *testing.T) {
	c, err := load(t, withSystem(t))
	must(t, err)
	for path, want := range map[string]string{
		"departments[0].systems[0].approvals[0].fields":  ":19:13",
		"departments[0].systems[0].approvals[0].officer": ":17:13", // not written, so its approval
		"departments[0].systems[0].auth.basic[0]":        ":15:19",
		"services[0].upstream":                           ":27:5",
		"no.such[3].key":                                 "lgspd.yaml",
	} {
		if got := c.At(path).String(); !strings.HasSuffix(got, want) {
			t.Errorf("%s is at %s, want %s", path, got, want)
		}
	}
}

func TestAFingerprintOfASystemIsWrittenInOneWay(t *testing.T) {
	c, err := load(t, withSystem(t, "basic: [{username: mot-cua, password_file: secrets/other}]", `certificates: [{sha256: "`+strings.TrimSuffix(strings.Repeat("AB:", 32), ":")+`"}]`)+serverTLS)
	must(t, err)
	if got := c.Departments[0].Systems[0].Auth.Certificates[0].SHA256; got != strings.Repeat("ab", 32) {
		t.Errorf("got %s", got)
	}
}

func TestEachApprovalThatDeservesALookIsWarnedAbout(t *testing.T) {
	const last = "departments[0].systems[0].approvals[0].until: the approval "
	for name, row := range map[string]struct {
		text string
		now  time.Time
		want string
	}{
		"asked for only":            {withSystem(t, "            number: 123/TTDLQG-C06\n            date: 2025-12-20\n", ""), certStart, "lgspd.yaml:17:13: departments[0].systems[0].approvals[0]: the approval is asked for and not given yet, so it lets nobody look; write number and date"},
		"ended":                     {withSystem(t), vn(2028, 1, 1), "lgspd.yaml:21:13: " + last + "ended on 2027-12-31; have it renewed, or remove it"},
		"ends today":                {withSystem(t), vn(2028, 1, 1).Add(-time.Second), last + "ends on 2027-12-31; have it renewed"},
		"ends in less than a month": {withSystem(t), vn(2028, 1, 1).Add(-30*day + 1), last + "ends on 2027-12-31"},
		"asked for and past":        {withSystem(t, "            number: 123/TTDLQG-C06\n            date: 2025-12-20\n", ""), vn(2030, 1, 1), "the approval is asked for"},
		"a system without":          {withSystem(t, "        approvals:", "        approvals: []\n      - name: ho-so\n        title: Hồ sơ\n        auth: {api_keys: [{key_file: secrets/good}]}\n        approvals:"), certStart, "lgspd.yaml:16:9: departments[0].systems[0].approvals: the system has no approval, so it may look nobody up; list its approvals"},
		"a level below":             {withSystem(t, "level: 3", "level: 2"), certStart, "lgspd.yaml:13:9: departments[0].systems[0].level: a system of level 2 may not connect; level 3 at least is asked for (TT 46/2022/TT-BCA)"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := load(t, row.text)
			must(t, err)
			w := c.Warnings(row.now)
			if len(w) != 1 || !strings.Contains(w.Error(), row.want) {
				t.Errorf("got\n%s\nwant it alone\n%s", w, row.want)
			}
		})
	}
}

func TestWhatNeedsNoLookIsNotWarnedAbout(t *testing.T) {
	for name, row := range map[string]struct {
		text string
		now  time.Time
	}{
		"an approval that holds a month more":       {withSystem(t), vn(2028, 1, 1).Add(-30 * day)},
		"one that is yet to begin":                  {withSystem(t), vn(2025, 12, 1)},
		"a level that may connect":                  {withSystem(t, "level: 3", "level: 5"), certStart},
		"a level that is not told":                  {withSystem(t, "        level: 3\n", ""), certStart},
		"a department that only its systems act in": {withSystem(t, "    services: [hotich.khai-sinh]\n", "", "  - name: hotich.khai-sinh\n    upstream: hotich\n", ""), certStart},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := load(t, row.text)
			must(t, err)
			if w := c.Warnings(row.now); w != nil {
				t.Errorf("got %v", w)
			}
		})
	}
}

// An approval that lets nobody look does not stop the rest of the province.
func TestAnApprovalThatEndedIsNoProblem(t *testing.T) {
	_, err := load(t, withSystem(t, "from: 2026-01-01", "from: 2020-01-01", "until: 2027-12-31", "until: 2020-12-31"))
	must(t, err)
}
