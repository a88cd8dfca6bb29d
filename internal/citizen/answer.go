package citizen

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Answer is an answer as it was received, approved or not. It prints as nothing
// but its type. It is read only, and belongs to the collector once it is dropped.
type Answer struct {
	kind    Kind
	records []record
	checks  checks
}

// Format writes the name of the type whatever the verb is, so that an answer
// cannot get into a log by mistake.
func (Answer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "citizen.Answer") }

// Kind returns what the answer is about.
func (a *Answer) Kind() Kind { return a.kind }

// Records returns the number of citizens in the answer.
func (a *Answer) Records() int { return len(a.records) }

// Found reports whether the database knows the person: there is a record with a
// name or a number, or TonTai is true.
func (a *Answer) Found() bool {
	if a.kind == Verification {
		return a.checks[exists] == yes
	}
	return slices.ContainsFunc(a.records, func(r record) bool {
		return r.name() || r.number() != ""
	})
}

// Subject returns the SoDinhDanh, else the SoCMND, of the first record, "" if it
// has none. It is for a keyed pseudonym, and for nothing else.
func (a *Answer) Subject() string {
	if len(a.records) == 0 {
		return ""
	}
	return strings.Clone(a.records[0].number()) // a part of the answer would keep all of it in memory
}

// The first three leaves of CongDan, which say who it is.
const (
	leafNumber = iota
	leafOldNumber
	leafName
)

func (r *record) number() string {
	if s := r[person.leaves[leafNumber].base]; s != "" {
		return s
	}
	return r[person.leaves[leafOldNumber].base]
}

func (r *record) name() bool { return r.holds(&person.leaves[leafName]) }

// holds reports whether a field is there and not empty.
func (r *record) holds(l *leaf) bool {
	for _, s := range r[l.base : l.base+l.slots] {
		if s != "" {
			return true
		}
	}
	return false
}

// Verdict is what a verification came to.
type Verdict uint8

// The verdicts.
const (
	NoVerdict Verdict = iota // the answer is not of a verification
	Right                    // there is such a person, and no field is wrong
	Wrong                    // there is such a person, and a field is wrong
	Absent                   // there is no such person
)

// Verdict returns what a verification came to, with the paths of the wrong
// fields in the order of the catalogue. It looks at all fields, approved or not:
// it is for the record. What a department may know is what Write writes.
func (a *Answer) Verdict() (v Verdict, wrong []string) {
	switch {
	case a.kind != Verification:
		return NoVerdict, nil
	case a.checks[exists] != yes:
		return Absent, nil
	}
	for i, f := range compared {
		if a.checks[i] == no {
			wrong = append(wrong, f.Path)
		}
	}
	if wrong != nil {
		return Wrong, wrong
	}
	return Right, nil
}
