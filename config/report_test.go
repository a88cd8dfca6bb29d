package config

import (
	"encoding/base64"
	"strings"
	"testing"
)

const nodeKey = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

func TestWhatReportsAllow(t *testing.T) {
	for name, text := range map[string]string{
		"the last day itself":           "report: {deadline: 0, province_deadline: 0}\n",
		"the longest deadline":          "report: {deadline: 60, province_deadline: 60}\n",
		"days, ranges, a day exchanged": "report: {holidays: [2026-01-01, 2026-02-16..2026-02-20, 2026-08-31..2026-09-02], workdays: [2026-08-22]}\n",
		"a holiday of a month":          "report: {holidays: [2026-01-01..2026-01-31]}\n",
		"a holiday on a Sunday":         "report: {holidays: [2026-04-26]}\n",
		"no bases and no groups":        "report: {bases: [], recipients: [], department_recipients: [], groups: []}\n",
		"a service of another daemon":   "report: {groups: [{title: a, services: [hotich.ket-hon]}]}\n",
		"no reminders":                  "report: {reminders: {before: [], after: []}}\n",
		"a server of this machine":      "report: {reminders: {police: [a@b.vn], smtp: {host: 127.0.0.1, port: 25, tls: none, from: lgsp@example.vn}}}\n",
		"a server by address":           "report: {reminders: {police: [a@b.vn], smtp: {host: 10.29.1.5, from: LGSP tỉnh <lgsp@example.vn>}}}\n",
		"another daemon":                "report: {node_name: thanh-pho, nodes: [{name: co-so-2, key: " + nodeKey + ", departments: [H29.130, H29.131]}]}\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := load(t, good(t)+text)
			must(t, err)
			if w := c.Warnings(certStart); w != nil {
				t.Errorf("warnings: %v", w)
			}
		})
	}
}

func TestASettingOfTheReportLeavesTheOthersAtTheirDefaults(t *testing.T) {
	c, err := load(t, good(t)+"report: {deadline: 3, reminders: {police: [a@example.vn], smtp: {host: smtp.example.vn, username: lgsp, password_file: secrets/good, from: lgsp@example.vn}}}\n")
	must(t, err)
	r := c.Report
	if r.Deadline != 3 || r.ProvinceDeadline != 10 || len(r.Bases) != 4 || len(r.Groups) != 2 || len(r.Reminders.Before) != 2 || len(r.Reminders.After) != 3 || r.NodeName != "tinh" {
		t.Errorf("%+v", r)
	}
	if s := r.Reminders.SMTP; s.Port != 587 || s.TLS != "starttls" || s.Password.Reveal() != secretText {
		t.Errorf("%+v", s)
	}
	if strings.Contains(c.String(), secretText) {
		t.Error("the password is printed")
	}
}

func TestATemplateIsFoundBesideTheFile(t *testing.T) {
	dir := ground(t)
	put(t, dir, "mau/bao-cao.docx", []byte("PK\x03\x04 and more"), 0o640)
	path := put(t, dir, "lgspd.yaml", []byte(good(t)+"report: {template: {province: mau/bao-cao.docx}}\n"), 0o640)
	c, err := Load(path)
	must(t, err)
	if want := dir + "/mau/bao-cao.docx"; c.Report.Template.Province != want {
		t.Errorf("got %s, want %s", c.Report.Template.Province, want)
	}
	put(t, dir, "lgspd.yaml", []byte(good(t)+"report: {template: {province: mau/gone.docx}}\n"), 0o640)
	if _, err := LoadToAsk(path); err != nil {
		t.Errorf("what only asks the daemon looks at the template: %v", err)
	}
}

func TestAddressesThatAreNoneAreRefused(t *testing.T) {
	for _, s := range []string{"", "a", "@example.vn", "a@", "a@b", "a b@example.vn", "a@exam ple.vn", "a@-example.vn", "a@example.vn>", "<a@example.vn>", "a@example.vn\r\nBcc: b@example.vn",
		"thử@example.vn", ".a@example.vn", "a..b@example.vn", "a@10.0.0.1", "a@[10.0.0.1]", strings.Repeat("a", 250) + "@b.vn"} {
		if isAddress(s) {
			t.Errorf("%q is taken", s)
		}
	}
	for _, s := range []string{"a@b.vn", "thu.tran+baocao@so-tu-phap.example.gov.vn", "o'neil_1@example.vn"} {
		if !isAddress(s) {
			t.Errorf("%q is refused", s)
		}
	}
}

func TestDaysAreReadAsTheyArePrinted(t *testing.T) {
	for text, n := range map[string]int{"2026-01-01": 1, "2026-02-16..2026-02-20": 5, "2024-02-28..2024-03-01": 3, "2026-12-30..2027-01-02": 4} {
		var d Days
		must(t, d.UnmarshalText([]byte(text)))
		count := 0
		d.Each(func(one Date) {
			if count++; count == 1 && one != d.First {
				t.Errorf("%s begins with %s", text, one)
			}
		})
		if d.String() != text || count != n {
			t.Errorf("%s is %s with %d days", text, d, count)
		}
	}
	var d Days
	d.Each(func(Date) { t.Error("no days have one") })
	for _, text := range []string{"", "..", "2026-01-01..", "..2026-01-01", "2026-01-02..2026-01-01", "2026-01-01...2026-01-02", "2026-01-01-2026-01-02", "2026-01-01..2026-02-01"} {
		if err := d.UnmarshalText([]byte(text)); err == nil || d != (Days{}) {
			t.Errorf("%q is read as %s", text, d)
		}
	}
	must(t, d.UnmarshalText([]byte("2026-01-05..2026-01-05")))
	if d.String() != "2026-01-05" {
		t.Errorf("one day is %s", d)
	}
}

func TestAKeyOfADaemonHas32Bytes(t *testing.T) {
	key, err := Node{Key: nodeKey}.PublicKey()
	if err != nil || base64.StdEncoding.EncodeToString(key) != nodeKey {
		t.Errorf("%x, %v", key, err)
	}
	for _, s := range []string{"", "x", nodeKey[:43], nodeKey + "=", base64.StdEncoding.EncodeToString(make([]byte, 31)), base64.StdEncoding.EncodeToString(make([]byte, 33))} {
		if key, err := (Node{Key: s}).PublicKey(); err == nil {
			t.Errorf("%q is read as %x", s, key)
		}
	}
}

func TestRemindersThatReachNobodyAreWarnedAbout(t *testing.T) {
	const smtp = "report: {reminders: {smtp: {host: smtp.example.vn, from: lgsp@example.vn}}}\n"
	for name, row := range map[string]struct{ text, want string }{
		"addresses of the police": {good(t) + "report: {reminders: {police: [a@example.vn]}}\n", "report.reminders: there are addresses to remind and no mail server"},
		"of a department":         {good(t, "    services: [hotich.khai-sinh]\n", "    services: [hotich.khai-sinh]\n    report: {emails: [a@example.vn]}\n"), "report.reminders: there are addresses"},
		"a server alone":          {good(t) + smtp, "report.reminders.smtp: there is a mail server and no address"},
		"a short password":        {good(t) + "report: {reminders: {police: [a@example.vn], smtp: {host: smtp.example.vn, username: lgsp, password: Short-7, from: a@example.vn}}}\n", "report.reminders.smtp.password: the secret has fewer than 12"},
	} {
		c, err := load(t, row.text)
		must(t, err)
		if got := c.Warnings(certStart).Error(); !strings.Contains(got, row.want) {
			t.Errorf("%s: got\n%s", name, got)
		}
	}
}

func TestAReportMadeInCodeIsCheckedToo(t *testing.T) {
	c := made(t)
	c.Report.Holidays = []Days{{}}
	c.Report.Workdays = []Date{{}}
	c.Report.Reminders.Police = []string{"a@example.vn\r\nBcc: b@example.vn"}
	c.Report.Reminders.SMTP = &SMTP{Host: "a\r\nb", From: "x\r\n <a@example.vn>"}
	err := c.Validate()
	for _, want := range []string{"report.holidays[0]: the day is missing", "report.workdays[0]: the day is missing", "report.reminders.police[0]", "report.reminders.smtp.host", "report.reminders.smtp.port", "report.reminders.smtp.tls", "report.reminders.smtp.from"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
}
