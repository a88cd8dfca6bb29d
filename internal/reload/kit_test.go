package reload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/mappings"
)

// service has its mapping in a folder; shipped has not.
const (
	service = "thu.mot"
	shipped = "hotich.khai-tu"
)

// rig is a Reloader over a folder that a test writes.
type rig struct {
	*Reloader
	t       *testing.T
	folder  string
	live    *mappings.Live
	said    book
	changes []Change
	fails   error // of Change
	ahead   time.Duration
}

func newRig(t *testing.T, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, folder: filepath.Join(t.TempDir(), service)}
	r.write(1)
	r.live = mappings.NewLive(r.load(r.folder, service))
	own, err := mappings.ReadFolder(os.DirFS(filepath.Join("../../mappings", shipped)), nil, shipped)
	if err != nil {
		t.Fatal(err)
	}
	v, err := own.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Services: []Service{{Name: shipped, Live: mappings.NewLive(v)}, {Name: service, Folder: r.folder, Live: r.live}},
		Change: func(_ context.Context, c Change) error {
			if r.fails == nil {
				r.changes = append(r.changes, c)
			}
			return r.fails
		},
		Now: func() time.Time { return time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC).Add(r.ahead) },
		Log: slog.New(slog.NewTextHandler(&r.said, nil)),
	}
	for _, c := range change {
		c(&o)
	}
	r.Reloader = New(o)
	return r
}

func (r *rig) load(folder, service string) *mappings.Version {
	r.t.Helper()
	f, err := mappings.ReadFolder(os.DirFS(folder), nil, service)
	if err != nil {
		r.t.Fatal(err)
	}
	v, err := f.Load(nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

const head = "service: " + service + "\ntitle: Thử\nsource: {namespace: urn:thu, root: A}\ntarget: {route: r, form: json}\nfields:\n"

// rules is a mapping that writes a version's number.
func rules(n int) string {
	return head + fmt.Sprintf("  - {to: v, const: v%d}\n  - {to: ten, from: Ten}\n", n)
}

const message = `<A xmlns="urn:thu"><Ten>Nguyễn Thị Mẫu</Ten></A>`

func wanted(n int) string { return fmt.Sprintf(`{"v":"v%d","ten":"Nguyễn Thị Mẫu"}`, n) }

// write writes one version of the whole folder.
func (r *rig) write(n int) {
	r.put("mapping.yaml", rules(n))
	r.put("cases/mot/in.xml", message)
	r.put("cases/mot/want.json", wanted(n))
}

func (r *rig) put(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.folder, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		r.t.Fatal(err)
	}
}

// looks looks n times.
func (r *rig) looks(n int) {
	for range n {
		r.Look(r.t.Context())
	}
}

// uses checks which version is in use, and how often it was exchanged.
func (r *rig) uses(version, changes int) {
	r.t.Helper()
	d, err := r.live.Map(r.t.Context(), lgsp.Envelope{Service: service, Body: []byte(message)})
	if err != nil || string(d.Body) != wanted(version) {
		r.t.Errorf("it maps %s, %v; want version %d", d.Body, err, version)
	}
	if len(r.changes) != changes {
		r.t.Errorf("%d changes, want %d", len(r.changes), changes)
	}
}

func (r *rig) state() State {
	r.t.Helper()
	for _, s := range r.List() {
		if s.Service == service {
			return s
		}
	}
	r.t.Fatal("the service is not listed")
	return State{}
}

// refuses checks that what the folder holds is not in use, and why.
func (r *rig) refuses(why ...string) {
	r.t.Helper()
	s := r.state()
	if s.Refused == nil {
		r.t.Fatal("nothing is refused")
	}
	for _, w := range why {
		if !strings.Contains(s.Refused.Problems.Error(), w) {
			r.t.Errorf("the reason does not say %q:\n%v", w, s.Refused.Problems)
		}
	}
}

// told counts the lines of the log that hold a text.
func (r *rig) told(text string) int { return strings.Count(r.said.String(), text) }

// book is a log that is written and read at once.
type book struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *book) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.b.Write(p) }
func (b *book) String() string              { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

// mapper is a lgsp.Mapper.
type mapper func(context.Context, lgsp.Envelope) (lgsp.Document, error)

func (m mapper) Map(ctx context.Context, e lgsp.Envelope) (lgsp.Document, error) { return m(ctx, e) }
