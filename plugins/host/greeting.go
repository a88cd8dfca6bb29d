package host

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
)

// Stdout reads the first line, and keeps whatever follows it from go-plugin,
// which stops reading at a line that is too long.
func (r *runner) Stdout() io.ReadCloser { return &greeted{r: r, file: untilEnd{r.stdout}} }

// Stderr reads what the process complains of.
func (r *runner) Stderr() io.ReadCloser { return untilEnd{r.stderr} }

// untilEnd reads a pipe, which ends with the process whoever else holds it.
type untilEnd struct{ *os.File }

func (u untilEnd) Read(p []byte) (int, error) {
	n, err := u.File.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, os.ErrClosed) {
		err = io.EOF
	}
	return n, err
}

// greeted is standard output, of which only the handshake is shown.
type greeted struct {
	r     *runner
	file  untilEnd
	line  []byte // the handshake, as far as it is read
	shown bool
}

// longestGreeting bounds the handshake, which holds a certificate.
const longestGreeting = 8 << 10

func (g *greeted) Read(p []byte) (int, error) {
	buffer := make([]byte, 4<<10)
	for {
		n, err := g.file.Read(buffer)
		rest := buffer[:n]
		if !g.shown {
			head, tail, ended := strings.Cut(string(rest), "\n")
			g.line = append(g.line, head[:min(len(head), longestGreeting-len(g.line))]...)
			rest = []byte(tail)
			if g.shown = ended || len(g.line) == longestGreeting || err != nil && len(g.line) > 0; g.shown {
				g.line = append(g.line, '\n')
				g.r.hear(string(g.line))
			}
		}
		if len(rest) > 0 {
			if _, outErr := g.r.out.Write(rest); outErr != nil {
				return 0, outErr
			}
		}
		if g.shown && len(g.line) > 0 {
			n = copy(p, g.line)
			g.line = g.line[n:]
			return n, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

func (g *greeted) Close() error { return g.file.Close() }

func (r *runner) hear(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.greeting = line
}

// silent reports whether there was no first line.
func (r *runner) silent() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.greeting == ""
}

// versions returns the versions that the handshake names, if it was one.
func (r *runner) versions() (core, protocol int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	parts := strings.Split(strings.TrimSpace(r.greeting), "|")
	if len(parts) < 4 {
		return 0, 0, false
	}
	core, err := strconv.Atoi(parts[0])
	if err != nil {
		return 0, 0, false
	}
	protocol, err = strconv.Atoi(parts[1])
	return core, protocol, err == nil
}
