// Package conform examines a plugin: whether it does everything that the daemon
// relies on, and nothing that would hurt it.
//
// It promises that a plugin that passes was started, asked, told to end and left
// alone as the daemon does it, with messages that are good, bad, empty, huge and
// strange; that every check begins with a process of its own and leaves none
// behind; and that a plugin that hangs, crashes or floods fails a check and
// nothing else.
package conform

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lgsp.internal/adapter/plugins/cases"
)

// Options are what is examined, and by what measure.
type Options struct {
	Command string       // absolute path of the program
	Args    []string     // that it is started with
	Cases   []cases.Case // valid and invalid messages, which most checks need; also changed into others

	Only    []string      // names of the checks to make; none = all of them
	Timeout time.Duration // of one call; 0 = 5 s, as in the daemon
	Start   time.Duration // for coming up; 0 = 10 s
	Memory  int64         // bytes it may have in use; 0 = 256 MiB
	Calls   int           // after which memory is looked at; 0 = 2,000 messages
	Seed    uint64        // of whatever is drawn by lot, so that a failure comes again
}

// Result is what a check found.
type Result struct {
	Name    string        `json:"name"`  // one word, "purity"
	Title   string        `json:"title"` // what is checked, a sentence
	Details []string      `json:"details,omitempty"`
	Skipped string        `json:"skipped,omitempty"` // why it was not examined, "" = it was
	Took    time.Duration `json:"took"`              // nanoseconds
}

// OK reports whether the plugin passed, or was not examined.
func (r Result) OK() bool { return len(r.Details) == 0 }

// check is one thing that is examined. It returns what is wrong, or why it
// cannot be examined.
type check struct {
	name, title string
	run         func(ctx context.Context, x *exam) error
}

// skipped says why a check cannot be made.
type skipped struct{ error }

// wrong is what a check found wrong, a line each.
type wrong []string

func (w wrong) Error() string { return fmt.Sprintf("%d things are wrong", len(w)) }

// Details that are told of one check, and how long each may be.
const (
	mostDetails   = 8
	longestDetail = 300 // bytes
)

// exam is one plugin under examination.
type exam struct {
	Options
	messages []cases.Case // that reach the plugin
	good     []cases.Case // of those, the ones that become documents
	random   *rand.Rand
}

// Run makes every check, tells each result as it comes, and returns all of them.
//
// Errors: when the options are of no use, and ctx's own.
func Run(ctx context.Context, o Options, tell func(Result)) ([]Result, error) {
	if !filepath.IsAbs(o.Command) {
		return nil, fmt.Errorf("the command %q is not an absolute path", o.Command)
	}
	for _, name := range o.Only {
		if !slices.Contains(Checks(), name) {
			return nil, fmt.Errorf("there is no check %q; there are %s", name, strings.Join(Checks(), ", "))
		}
	}
	x := newExam(o)
	var all []Result
	for _, c := range checks() {
		if len(o.Only) > 0 && !slices.Contains(o.Only, c.name) {
			continue
		}
		r := x.make(ctx, c)
		if err := ctx.Err(); err != nil {
			return all, err
		}
		tell(r)
		all = append(all, r)
	}
	return all, nil
}

func newExam(o Options) *exam {
	for _, d := range []struct {
		to *time.Duration
		d  time.Duration
	}{{&o.Timeout, 5 * time.Second}, {&o.Start, 10 * time.Second}} {
		if *d.to == 0 {
			*d.to = d.d
		}
	}
	if o.Memory == 0 {
		o.Memory = 256 << 20
	}
	if o.Calls == 0 {
		o.Calls = 2000
	}
	//nolint:gosec // what is drawn is an order of messages, and shall come again
	x := &exam{Options: o, random: rand.New(rand.NewPCG(o.Seed, 1))}
	for _, c := range o.Cases {
		if c.Outside || c.IsReply() {
			continue
		}
		x.messages = append(x.messages, c)
		if !c.Fails() {
			x.good = append(x.good, c)
		}
	}
	return x
}

func (x *exam) make(ctx context.Context, c check) Result {
	r := Result{Name: c.name, Title: c.title}
	began := time.Now()
	err := c.run(ctx, x)
	r.Took = time.Since(began)
	var lines wrong
	var skip skipped
	switch {
	case err == nil:
	case errors.As(err, &skip):
		r.Skipped = skip.Error()
	case errors.As(err, &lines):
		for _, l := range lines[:min(len(lines), mostDetails)] {
			r.Details = append(r.Details, cut(l))
		}
		if more := len(lines) - mostDetails; more > 0 {
			r.Details = append(r.Details, fmt.Sprintf("… and %d more", more))
		}
	default:
		r.Details = []string{cut(err.Error())}
	}
	return r
}

func cut(s string) string {
	if len(s) <= longestDetail {
		return s
	}
	return strings.ToValidUTF8(s[:longestDetail], "") + "…"
}

// Checks returns the names of all checks, in the order in which they are made.
func Checks() (names []string) {
	for _, c := range checks() {
		names = append(names, c.name)
	}
	return names
}

func checks() []check {
	return []check{
		{"greeting", "it greets as the daemon expects, on a socket of its own folder", greets},
		{"description", "it says its name, its version and what it was built with", describes},
		{"secrecy", "it serves nobody but the daemon that started it", keepsOut},
		{"alone", "started by hand it maps a file, and says how it is used", worksAlone},
		{"cases", "the cases hold", casesHold},
		{"replies", "answers to look-ups are put into words, whatever is in them", replies},
		{"ids", "every message of a call is answered in its place and under its id", answersInOrder},
		{"purity", "the same message becomes the same document, alone, together and in any order", isPure},
		{"concurrency", "64 calls at once are not mixed up", keepsApart},
		{"fields", "bad fields are reported as Invalid, by path and code, and nothing else happens", reportsFields},
		{"privacy", "errors, warnings and output hold no value of a message", keepsPrivate},
		{"sizes", "empty, large, deep and long messages are answered in time", copes},
		{"letters", "letters in pieces, beyond the basic plane, in capitals and from right to left are text", readsLetters},
		{"patience", "calls that nobody waits for any more do no harm", outlivesCalls},
		{"memory", "memory stays bounded", keepsMemory},
		{"quiet", "it prints nothing while all is well", isQuiet},
		{"limits", "it works under the limits that the daemon sets", worksLimited},
		{"shutdown", "it ends when it is told to, and leaves nothing behind", endsWhenTold},
		{"orphan", "it ends when the daemon is no more", endsAlone},
		{"leftovers", "however it ends, no process that it started runs on", leavesNobody},
	}
}
