package ngsp

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
)

// fateOf finds a row by its name, nil if the table has none.
func fateOf(on string) *fate {
	for i := range fates {
		if fates[i].on == on {
			return &fates[i]
		}
	}
	return nil
}

// fateOfStatus finds the row of an HTTP status or, where it has none, of its class.
func fateOfStatus(group string, status int) *fate {
	digits := strconv.Itoa(status)
	if f := fateOf(group + digits); f != nil {
		return f
	}
	if f := fateOf(group + digits[:1] + "xx"); f != nil && len(digits) == 3 {
		return f
	}
	return fateOf(group + "*")
}

// verdict is what one exchange came to.
type verdict struct {
	*fate
	status int           // HTTP, 0 = there was no answer
	answer string        // an answer that was inside another, taken out
	shown  string        // the upstream's own code, "" where it has none or none that is fit to show
	ref    string        // the upstream's own reference
	after  time.Duration // that the upstream asked us to wait
	detail string        // for the log, in English, free of anything that the upstream wrote
	cause  error         // only what is certain to hold no citizen data: a context's error
}

// err makes the error of a verdict that is not delivered.
func (v verdict) err(op, name, route string) *lgsp.Error {
	e := &lgsp.Error{Kind: v.kind, Op: op, Code: v.code, Text: v.sentence(name)}
	if v.kind.World() {
		e.After = v.after
	}
	var b strings.Builder
	b.WriteString(v.at.String())
	b.WriteString(": upstream ")
	b.WriteString(name)
	if route != "" {
		b.WriteString(", route " + route)
	}
	if v.status != 0 {
		b.WriteString(", HTTP " + strconv.Itoa(v.status))
	}
	if v.shown != "" {
		b.WriteString(", code " + v.shown)
	}
	if v.ref != "" {
		b.WriteString(", reference " + v.ref)
	}
	if v.detail != "" {
		b.WriteString(", " + v.detail)
	}
	e.Err = &trouble{b.String(), v.cause}
	return e
}

func (v verdict) sentence(name string) string {
	code := ""
	if v.shown != "" {
		code = " (mã " + v.shown + ")"
	}
	return strings.NewReplacer("{name}", name, "{http}", strconv.Itoa(v.status), "{code}", code).Replace(v.text)
}

// trouble says whose fault an error is, then what is known of it.
type trouble struct {
	text  string
	cause error
}

func (t *trouble) Error() string { return "fault of " + t.text }
func (t *trouble) Unwrap() error { return t.cause }

// safeCause keeps of err only what callers may want to branch on, because the
// text of other errors may quote an answer or an address.
func safeCause(err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

const maxAfter = time.Hour

// retryAfter reads the header of RFC 9110 §10.2.3: seconds or a date. What
// cannot be read counts as not said, and nothing puts us off for more than an hour.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0
	}
	if allDigits(value) {
		seconds, err := strconv.ParseInt(value, 10, 32)
		if err != nil {
			return maxAfter
		}
		return min(time.Duration(seconds)*time.Second, maxAfter)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxAfter)
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// fitToShow returns the upstream's code where it has the looks of a code and of
// nothing else: up to 6 digits, perhaps with a minus, or up to 5 letters, a
// separator and up to 4 digits. Neither a name nor a personal id passes.
func fitToShow(code string) string {
	number := strings.TrimPrefix(code, "-")
	if allDigits(number) && len(number) <= 6 {
		return code
	}
	tail := strings.TrimLeft(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
	letters := len(code) - len(tail)
	if len(tail) > 1 && strings.IndexByte("._-", tail[0]) >= 0 {
		tail = tail[1:]
	}
	if letters >= 1 && letters <= 5 && allDigits(tail) && len(tail) <= 4 {
		return code
	}
	return ""
}
