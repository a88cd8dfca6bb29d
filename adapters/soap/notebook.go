package soap

import (
	"log"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// notebook logs what needs a person, each matter at most once a minute, so that
// a sender that repeats its mistake does not fill the log.
type notebook struct {
	log *slog.Logger
	now func() time.Time

	mu   sync.Mutex
	last map[string]matter // bounded by maxMatters
}

type matter struct {
	at     time.Time
	unsaid int
}

const (
	quiet      = time.Minute
	maxMatters = 4096
)

func newNotebook(log *slog.Logger, now func() time.Time) *notebook {
	return &notebook{log: log, now: now, last: make(map[string]matter)}
}

// warn logs message unless the same matter was logged within the last minute.
func (n *notebook) warn(about, message string, attrs ...any) {
	unsaid, ok := n.due(about)
	if !ok {
		return
	}
	if unsaid > 0 {
		attrs = append(attrs, "repeated", unsaid)
	}
	n.log.Warn(message, attrs...)
}

func (n *notebook) due(about string) (unsaid int, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.now()
	m, seen := n.last[about]
	if seen && now.Sub(m.at) < quiet && !now.Before(m.at) {
		m.unsaid++
		n.last[about] = m
		return 0, false
	}
	if len(n.last) >= maxMatters {
		clear(n.last)
	}
	n.last[about] = matter{at: now}
	return m.unsaid, true
}

// httpErrors takes what net/http has to say: failed handshakes for the most part.
func (n *notebook) httpErrors() *log.Logger { return log.New(httpErrors{n}, "", 0) }

type httpErrors struct{ book *notebook }

func (h httpErrors) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	kind, _, _ := strings.Cut(text, " from ")
	if len(kind) > 40 {
		kind = kind[:40]
	}
	h.book.warn("http "+kind, "http server", "err", text)
	return len(line), nil
}
