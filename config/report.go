package config

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"
)

// Report is what the six-month and annual reports need (QĐ 1911/QĐ-TTg; KH
// 156/KH-UBND). What only the documents need may be empty. // req
type Report struct {
	Deadline         int    `yaml:"deadline"`          // of departments, in working days after the last day of the period; 0 to 60; default 2
	ProvinceDeadline int    `yaml:"province_deadline"` // of the province; Deadline to 60; default 10
	Holidays         []Days `yaml:"holidays"`          // beside Saturdays and Sundays
	Workdays         []Date `yaml:"workdays"`          // Saturdays and Sundays that are worked on

	Bases                []string      `yaml:"bases"`                 // legal bases
	Recipients           []string      `yaml:"recipients"`            // of the province's report
	DepartmentRecipients []string      `yaml:"department_recipients"` // of a department's
	Police               Police        `yaml:"police"`
	Groups               []Group       `yaml:"groups"` // of linked procedures (NĐ 63/2024/NĐ-CP)
	Template             Templates     `yaml:"template"`
	Reminders            ReportReminds `yaml:"reminders"`

	NodeName string `yaml:"node_name"` // of this daemon among those whose figures are put together: lower-case words joined by . or -; default tinh
	Nodes    []Node `yaml:"nodes"`     // other daemons of the province whose signed figures are taken
}

// Police are who gather, consolidate and issue.
type Police struct {
	Name   string `yaml:"name"`   // "Công an Thành phố Hồ Chí Minh"
	Parent string `yaml:"parent"` // the agency above it
	Symbol string `yaml:"symbol"` // of its documents, "CATP-PC06"
	Place  string `yaml:"place"`  // where it signs
	Signer Signer `yaml:"signer"`
}

// Group is procedures that one application sets going.
type Group struct {
	Title    string   `yaml:"title"`
	Services []string `yaml:"services"` // that carry it; those that this daemon does not have count nothing
}

// Templates are DOCX files of one's own. Empty = the layout of NĐ 30/2020/NĐ-CP.
type Templates struct {
	Province   string `yaml:"province"`
	Department string `yaml:"department"`
}

// ReportReminds says when whom is reminded of a report.
type ReportReminds struct {
	Before []int    `yaml:"before"` // working days before the deadline; 1 to 60; default 7, 2
	After  []int    `yaml:"after"`  // working days after it; 1 to 60; default 1, 3, 7
	Police []string `yaml:"police"` // addresses; a department's are its report.emails
	SMTP   *SMTP    `yaml:"smtp"`   // nil = nobody is mailed
}

// SMTP is the server that mail is handed to.
type SMTP struct {
	Host     string `yaml:"host"`
	Port     int    `yaml:"port"`     // default 587
	TLS      string `yaml:"tls"`      // starttls, tls (from the first byte) or none, which is for this machine only; default starttls
	Username string `yaml:"username"` // "" = no log-in
	Password Secret `yaml:"password"`
	From     string `yaml:"from"` // "lgsp@example.vn" or "LGSP <lgsp@example.vn>"
}

func (s *SMTP) setDefaults() { s.Port, s.TLS = 587, "starttls" }

// DepartmentReport is what the reports of a department need.
type DepartmentReport struct {
	Emails []string `yaml:"emails"` // of the officers who are reminded
}

// Node is another daemon of the province.
type Node struct {
	Name        string   `yaml:"name"`        // its own node_name
	Key         string   `yaml:"key"`         // Ed25519 public key that it signs with, 32 bytes in base64
	Departments []string `yaml:"departments"` // codes of those that it may tell the figures of
}

// PublicKey returns Key as it is used.
func (n Node) PublicKey() (ed25519.PublicKey, error) {
	key, err := base64.StdEncoding.Strict().DecodeString(n.Key)
	if err != nil {
		return nil, errors.New("it is not base64")
	}
	if len(key) != ed25519.PublicKeySize {
		return nil, errors.New("it does not have 32 bytes")
	}
	return key, nil
}

// Days are one day or several, the first and the last included, written as
// 2026-01-01 or 2026-02-16..2026-02-20.
type Days struct{ First, Last Date }

// maxDays is the longest holiday that is believed.
const maxDays = 31

// String writes the days as they are read.
func (d Days) String() string {
	if d.First.String() == d.Last.String() {
		return d.First.String()
	}
	return d.First.String() + ".." + d.Last.String()
}

// UnmarshalText reads days.
func (d *Days) UnmarshalText(text []byte) error {
	first, last, several := strings.Cut(string(text), "..")
	if !several {
		last = first
	}
	var days Days
	if first == "" || last == "" || days.First.UnmarshalText([]byte(first)) != nil || days.Last.UnmarshalText([]byte(last)) != nil {
		return errors.New("write a day that exists, as in 2026-01-01, or the first and the last, as in 2026-02-16..2026-02-20")
	}
	switch n := days.Last.Begin().Sub(days.First.Begin()); {
	case n < 0:
		return errors.New("the last day comes before the first; write the earlier one first")
	case n >= maxDays*day:
		return errors.New("no holiday has more than 31 days; write it in parts")
	}
	*d = days
	return nil
}

// MarshalText writes the days.
func (d Days) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Each calls do for every one of the days; the zero Days has none.
func (d Days) Each(do func(Date)) {
	if d.First.IsZero() {
		return
	}
	for at := d.First; !at.day.After(d.Last.day); at = (Date{at.End()}) {
		do(at)
	}
}
