package config

import (
	"fmt"
	"regexp"
	"time"
)

// procedureForm is a procedure code (MaDVC) of the national public-service portal.
var procedureForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]*$`)

// system checks what the register holds of one system.
func (k *checker) system(at string, s System, services []string, known map[string]bool) {
	if !serviceForm.MatchString(s.Name) {
		k.bad(at+".name", quote(s.Name)+" is not the name of a system", `write lower-case words joined by . or -, as in "mot-cua"`)
	}
	k.given(at+".title", s.Title, "write the name that documents print")
	if s.Level != 0 && (s.Level < 1 || s.Level > 5) {
		k.bad(at+".level", fmt.Sprintf("%d is not a level of security", s.Level), "write 1 to 5, or leave it out")
	}
	if s.Auth.empty() {
		// req: R-06
		k.bad(at+".auth", "the system has no way to prove which it is, so it can never look anybody up", "give it basic, api_keys, username_token or certificates of its own")
	}
	for i, a := range s.Approvals {
		k.approval(fmt.Sprintf("%s.approvals[%d]", at, i), a, services, known)
	}
}

func (k *checker) approval(at string, a Approval, services []string, known map[string]bool) {
	if !known[a.Service] {
		k.bad(at+".service", quote(a.Service)+" is not one of services", hint(a.Service, services))
	}
	if len(a.Purposes) == 0 {
		k.bad(at+".purposes", "the approval is for no purpose", "list the codes of the procedures (MaDVC) that citizens are looked up for")
	}
	codes := claims{}
	for i, p := range a.Purposes {
		path := fmt.Sprintf("%s.purposes[%d].code", at, i)
		if !procedureForm.MatchString(p.Code) || len(p.Code) > 20 {
			k.bad(path, quote(p.Code)+" is not the code of a procedure", `write it as in "1.004222", with 20 characters at most`)
		}
		k.take(codes, p.Code, path, "the code")
	}
	if len(a.Fields) == 0 {
		k.bad(at+".fields", "the approval names no field, so every answer would be empty", "list the fields that the document approves")
	}
	fields := claims{}
	for i, f := range a.Fields {
		k.take(fields, f, fmt.Sprintf("%s.fields[%d]", at, i), "the field")
	}
	k.word(at+".officer", a.Officer, officerID, officerAny)
	k.number(at+".quota", a.Quota, 1, 10_000_000)
	k.validity(at, a)
}

// validity checks the times of an approval, and that it says where it comes from.
func (k *checker) validity(at string, a Approval) {
	if a.From.IsZero() {
		k.bad(at+".from", "the approval does not say from when it holds", "write its first day, as in 2026-01-01")
	}
	if a.Until.IsZero() {
		k.bad(at+".until", "the approval does not say until when it holds", "write its last day, as in 2027-12-31")
	}
	if !a.From.IsZero() && !a.Until.IsZero() && a.Until.Begin().Before(a.From.Begin()) {
		k.bad(at+".until", "the last day comes before the first", "correct from or until")
	}
	const both = "write both; leave both out while the approval is only asked for"
	switch {
	case a.Number != "" && a.Date.IsZero():
		k.bad(at+".date", "the document that approves has a number and no date", both)
	case a.Number == "" && !a.Date.IsZero():
		k.bad(at+".number", "the document that approves has a date and no number", both)
	}
}

func (k *checker) lookups() {
	l := k.c.LookUps
	k.duration("lookups.timeout", l.Timeout, 100*time.Millisecond, 5*time.Minute)
	k.number("lookups.concurrency", l.Concurrency, 1, 1024)
	k.number("lookups.per_department", l.PerDepartment, 1, max(1, l.Concurrency))
	k.number("lookups.bulk_concurrency", l.BulkConcurrency, 1, max(1, l.PerDepartment))
	if l.BulkRate < 0 || l.BulkRate > 10_000 {
		k.bad("lookups.bulk_rate", fmt.Sprintf("%g is out of range", l.BulkRate), "write 0 to 10000 rows a second")
	}
	k.duration("notices.retain", k.c.Notices.Retain, day, 100*year)
}

// At returns where a key stands in the file, or the nearest key above it.
func (c *Config) At(path string) Pos {
	k := checker{c: c}
	return k.pos(path)
}
