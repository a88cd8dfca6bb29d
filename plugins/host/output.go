package host

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"
)

// What a plugin may print. Above the bytes it is ended, above the lines the log
// leaves some out.
const (
	longestLine = 400       // bytes of one line that are logged
	linesBurst  = 50        // lines at once
	linesRate   = 10        // lines a second
	bytesBurst  = 4 << 20   // bytes at once
	bytesRate   = 256 << 10 // bytes a second
)

// output is where everything goes that a plugin prints.
type output struct {
	log   *slog.Logger
	now   func() time.Time
	flood func() // called once, when it prints too much

	mu      sync.Mutex
	at      time.Time // of the last look at the allowances
	lines   float64   // allowance
	bytes   float64   // allowance
	left    int       // lines left out since the last that was logged
	flooded bool
}

func newOutput(log *slog.Logger, now func() time.Time, flood func()) *output {
	return &output{log: log, now: now, flood: flood, at: now(), lines: linesBurst, bytes: bytesBurst}
}

// stream returns one of the ways out of a plugin, whose lines are its own.
func (o *output) stream() *stream { return &stream{to: o} }

// took counts what was printed.
func (o *output) took(n int) {
	o.mu.Lock()
	o.refill()
	o.bytes -= float64(n)
	flood := o.bytes < 0 && !o.flooded
	o.flooded = o.flooded || flood
	o.mu.Unlock()
	if flood {
		o.flood()
	}
}

// line logs a line, unless there were too many.
func (o *output) line(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refill()
	if o.flooded || o.lines < 1 {
		o.left++
		return
	}
	o.lines--
	if o.left > 0 {
		o.log.Info("the plugin printed more than is logged", "lines", o.left)
		o.left = 0
	}
	o.log.Info("the plugin says", "line", text)
}

func (o *output) refill() {
	now := o.now()
	seconds := now.Sub(o.at).Seconds()
	if seconds <= 0 {
		return
	}
	o.at = now
	o.lines = min(o.lines+seconds*linesRate, linesBurst)
	o.bytes = min(o.bytes+seconds*bytesRate, bytesBurst)
}

// stream cuts what is printed into lines. It never fails and never waits.
type stream struct {
	to *output

	mu   sync.Mutex
	line []byte // begun, as far as it is logged
}

func (s *stream) Write(p []byte) (int, error) {
	s.to.took(len(p))
	s.mu.Lock()
	defer s.mu.Unlock()
	for rest := p; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		part := rest
		if end >= 0 {
			part = rest[:end]
		}
		s.line = append(s.line, part[:min(len(part), longestLine-len(s.line))]...)
		if end < 0 {
			break
		}
		s.flush()
		rest = rest[end+1:]
	}
	return len(p), nil
}

// end logs a line that was not ended.
func (s *stream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flush()
}

func (s *stream) flush() {
	line := s.line
	if len(line) == longestLine { // it may be cut, and in the midst of a number
		line = bytes.TrimRightFunc(line, unicode.IsDigit)
	}
	if text := strings.ToValidUTF8(strings.TrimSpace(string(line)), "\uFFFD"); text != "" {
		s.to.line(masked(text))
	}
	s.line = s.line[:0]
}
