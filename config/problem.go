package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Pos is a place in a file. Lines and columns count from 1; 0 = not known.
type Pos struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
}

// String writes the place as editors read it: "lgspd.yaml:12:3".
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
}

// Problem is one thing that is wrong, or for Warnings, likely to go wrong. It
// never holds a secret.
type Problem struct {
	Pos
	Key    string `json:"key,omitempty"` // path of the key: "upstreams[0].url"
	Text   string `json:"text"`          // what is wrong
	Remedy string `json:"remedy"`        // what to do
	Err    error  `json:"-"`             // the cause, where the system gave one
}

// String writes the problem on one line.
func (p Problem) String() string {
	var b strings.Builder
	for _, part := range []string{p.Pos.String(), p.Key} {
		if part != "" {
			b.WriteString(part + ": ")
		}
	}
	b.WriteString(p.Text)
	if p.Remedy != "" {
		b.WriteString("; " + p.Remedy)
	}
	return b.String()
}

// Problems lists everything that is wrong, in the order of the file.
type Problems []Problem

// maxProblems bounds what a hostile file can make the list hold.
const maxProblems = 1000

// Error writes one problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the causes that the system named, for errors.Is.
func (p Problems) Unwrap() []error {
	var errs []error
	for _, one := range p {
		if one.Err != nil {
			errs = append(errs, one.Err)
		}
	}
	return errs
}

// sorted puts the problems in the order of the file, those without a place
// last, and drops repetitions. It returns nil, not an empty list, for none.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		if (a.Line == 0) != (b.Line == 0) {
			return cmp.Compare(b.Line, a.Line)
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), strings.Compare(a.Key, b.Key))
	})
	p = slices.CompactFunc(p, func(a, b Problem) bool { return a.Pos == b.Pos && a.Key == b.Key && a.Text == b.Text })
	if len(p) == 0 {
		return nil
	}
	if len(p) > maxProblems {
		p = append(p[:maxProblems:maxProblems], Problem{
			Pos:    Pos{File: p[0].File},
			Text:   fmt.Sprintf("there are more problems than the %d above", maxProblems),
			Remedy: "mend these first",
		})
	}
	return p
}

// err returns the sorted problems as an error, nil for none.
func (p Problems) err() error {
	if p = p.sorted(); p != nil {
		return p
	}
	return nil
}

// quote shows what was written, shortened. Never for a secret.
func quote(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return strconv.Quote(s)
}

// oneOf writes "a, b or c".
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// hint says what was probably meant by word, else what is known.
func hint(word string, known []string) string {
	if len(known) > 500 {
		return "look at how it is written there"
	}
	known = slices.Sorted(slices.Values(known))
	if near := nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	switch most := 24; {
	case len(known) == 0:
		return "none is known here"
	case len(known) > most:
		return fmt.Sprintf("known are %s and %d more", strings.Join(known[:most], ", "), len(known)-most)
	default:
		return "known are " + strings.Join(known, ", ")
	}
}

// nearest returns the known word that differs from word by a slip of the
// hand, "" if there is none. Case, - and _ do not count.
func nearest(word string, known []string) string {
	plain := strings.NewReplacer("_", "", "-", "", " ", "").Replace
	w := []rune(plain(strings.ToLower(word)))
	if len(w) > 64 {
		return ""
	}
	best, bestDistance := "", len(w)/3+1
	for _, k := range known {
		d := distance(w, []rune(plain(strings.ToLower(k))))
		if d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that make a into b (optimal string alignment).
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
