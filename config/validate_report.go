package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	maxTemplate = 16 * MiB
	maxAddress  = 254 // characters, RFC 5321 §4.5.3.1.3
	maxReminds  = 10
)

func (k *checker) report() {
	r := k.c.Report
	k.number("report.deadline", r.Deadline, 0, 60)
	k.number("report.province_deadline", r.ProvinceDeadline, min(max(r.Deadline, 0), 60), 60)
	k.calendar(r)
	for _, list := range []struct {
		key   string
		lines []string
	}{{"bases", r.Bases}, {"recipients", r.Recipients}, {"department_recipients", r.DepartmentRecipients}} {
		taken := claims{}
		for i, line := range list.lines {
			at := fmt.Sprintf("report.%s[%d]", list.key, i)
			k.given(at, line, "write it as the document prints it, or remove the entry")
			k.take(taken, line, at, "the entry")
		}
	}
	k.groups(r.Groups)
	if k.folders {
		k.template("report.template.province", r.Template.Province)
		k.template("report.template.department", r.Template.Department)
	}
	k.reminders(r.Reminders)
	k.nodes(r)
	for i, dep := range k.c.Departments {
		k.emails(fmt.Sprintf("departments[%d].report.emails", i), dep.Report.Emails)
	}
}

func (k *checker) calendar(r Report) {
	taken := map[string]string{}
	for i, d := range r.Holidays {
		at := fmt.Sprintf("report.holidays[%d]", i)
		k.noDay(at, d.First)
		d.Each(func(one Date) {
			if first, ok := taken[one.String()]; ok {
				k.bad(at, one.String()+" stands already at "+first, "keep one of them")
				return
			}
			taken[one.String()] = at
		})
	}
	for i, d := range r.Workdays {
		at := fmt.Sprintf("report.workdays[%d]", i)
		if k.noDay(at, d) {
			continue
		}
		if w := d.Begin().Weekday(); w != time.Saturday && w != time.Sunday {
			k.bad(at, d.String()+" is a working day anyhow", "list only Saturdays and Sundays that are worked on")
		}
		if first, ok := taken[d.String()]; ok {
			k.bad(at, d.String()+" stands already at "+first, "keep one of them")
		}
		taken[d.String()] = at
	}
}

// noDay reports whether there is no day, and lists it where the decoder has not.
func (k *checker) noDay(at string, d Date) bool {
	if d.IsZero() && k.c.positions == nil {
		k.bad(at, "the day is missing", "write a day that exists, as in 2026-01-01")
	}
	return d.IsZero()
}

func (k *checker) groups(groups []Group) {
	titles := claims{}
	for i, g := range groups {
		at := fmt.Sprintf("report.groups[%d]", i)
		k.given(at+".title", g.Title, "write the name that the report prints")
		k.take(titles, g.Title, at+".title", "the title")
		if len(g.Services) == 0 {
			k.bad(at+".services", "the group has no service, so nothing is counted", "list the services that carry it")
		}
		services := claims{}
		for j, s := range g.Services {
			path := fmt.Sprintf("%s.services[%d]", at, j)
			if !serviceForm.MatchString(s) {
				k.bad(path, quote(s)+" is not the name of a service", `write lower-case words joined by . or -, as in "hotich.khai-sinh"`)
			}
			k.take(services, s, path, "the service")
		}
	}
}

// template checks that a file can be a DOCX: a ZIP archive.
func (k *checker) template(path, name string) {
	if name == "" {
		return
	}
	const remedy = "name a DOCX file that the daemon may read"
	b, err := readFile(name, int64(maxTemplate))
	switch {
	case err != nil:
		k.fail(path, name, err, remedy)
	case !strings.HasPrefix(string(b), "PK\x03\x04"):
		k.bad(path, "the file "+name+" is not a DOCX", remedy)
	}
}

func (k *checker) reminders(r ReportReminds) {
	k.remindDays("report.reminders.before", r.Before)
	k.remindDays("report.reminders.after", r.After)
	k.emails("report.reminders.police", r.Police)
	if r.SMTP != nil {
		k.smtp("report.reminders.smtp", *r.SMTP)
	}
}

func (k *checker) remindDays(path string, days []int) {
	if len(days) > maxReminds {
		k.bad(path, fmt.Sprintf("%d reminders are too many", len(days)), fmt.Sprintf("write %d at most", maxReminds))
		return
	}
	for i, n := range days {
		at := fmt.Sprintf("%s[%d]", path, i)
		k.number(at, n, 1, 60)
		if slices.Contains(days[:i], n) {
			k.bad(at, fmt.Sprintf("%d stands twice", n), "keep one of them")
		}
	}
}

var hostForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

func (k *checker) smtp(at string, s SMTP) {
	if k.given(at+".host", s.Host, `write the name of the mail server, as in "smtp.example.vn"`) && net.ParseIP(s.Host) == nil && (!hostForm.MatchString(s.Host) || len(s.Host) > 253) {
		k.bad(at+".host", quote(s.Host)+" is not the name of a machine", `write it without port and scheme, as in "smtp.example.vn"`)
	}
	k.number(at+".port", s.Port, 1, 65535)
	k.word(at+".tls", s.TLS, "starttls", "tls", "none")
	here := loopback(s.Host)
	if s.TLS == "none" && !here {
		k.bad(at+".tls", "mail would travel unencrypted", "write starttls or tls; none is for this machine only")
	}
	switch {
	case s.Username == "" && (!s.Password.IsZero() || s.Password.file != ""):
		k.bad(at+".username", "there is a password and no user name", "write both, or neither where the server asks for no log-in")
	case s.Username != "" && s.TLS == "none":
		k.bad(at+".username", "the password would travel unencrypted", "log in only with starttls or tls")
	case s.Username != "":
		k.issued(at+".password", s.Password)
	}
	if k.given(at+".from", s.From, `write who the mail is from, as in "lgsp@example.vn"`) {
		a, err := mail.ParseAddress(s.From)
		if err != nil || !isAddress(a.Address) {
			k.bad(at+".from", quote(s.From)+" is not an address", `write it as in "LGSP <lgsp@example.vn>"`)
		}
	}
}

func (k *checker) emails(path string, list []string) {
	taken := claims{}
	for i, one := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !isAddress(one) {
			k.bad(at, quote(one)+" is not an address", `write it as in "thu@example.vn"`)
		}
		k.take(taken, strings.ToLower(one), at, "the address")
	}
}

var addressForm = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(.+)$")

// isAddress takes the addresses that every mail server takes: letters without
// marks, no quotes, a domain by name.
func isAddress(s string) bool {
	m := addressForm.FindStringSubmatch(s)
	return m != nil && len(s) <= maxAddress && hostForm.MatchString(m[2]) && strings.Contains(m[2], ".") && !isIP(m[2])
}

func isIP(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

func (k *checker) nodes(r Report) {
	const form = `write lower-case words joined by . or -, as in "co-so-2"`
	if !serviceForm.MatchString(r.NodeName) {
		k.bad("report.node_name", quote(r.NodeName)+" is not the name of a daemon", form)
	}
	names, keys, departments := claims{r.NodeName: "report.node_name"}, claims{}, claims{}
	for i, n := range r.Nodes {
		at := fmt.Sprintf("report.nodes[%d]", i)
		if !serviceForm.MatchString(n.Name) {
			k.bad(at+".name", quote(n.Name)+" is not the name of a daemon", form)
		}
		k.take(names, n.Name, at+".name", "the name")
		if _, err := n.PublicKey(); err != nil {
			k.bad(at+".key", "the key cannot be used: "+err.Error(), "write the Ed25519 public key of that daemon, 32 bytes in base64")
		}
		k.take(keys, n.Key, at+".key", "the key")
		if len(n.Departments) == 0 {
			k.bad(at+".departments", "the daemon may tell of no department, so nothing of it is taken", "list the codes of its departments")
		}
		for j, code := range n.Departments {
			path := fmt.Sprintf("%s.departments[%d]", at, j)
			k.agency(path, code)
			k.take(departments, code, path, "the department")
		}
	}
}

// mute warns of reminders that reach nobody.
func (k *checker) mute() {
	r := k.c.Report.Reminders
	addresses := len(r.Police)
	for _, dep := range k.c.Departments {
		addresses += len(dep.Report.Emails)
	}
	switch {
	case r.SMTP == nil && addresses > 0:
		k.bad("report.reminders", "there are addresses to remind and no mail server, so nobody is mailed", "write smtp")
	case r.SMTP != nil && addresses == 0:
		k.bad("report.reminders.smtp", "there is a mail server and no address to remind", "write police, and report.emails of departments")
	}
}
