package reload

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/mappings"
)

func TestAReloadWaitsForNoLookAndNamesWhoAskedForIt(t *testing.T) {
	r := newRig(t)
	was := r.state().Hash
	r.write(2)
	outcomes, err := r.Reload(t.Context(), "nguyen.mau", service)
	if err != nil || len(outcomes) != 1 {
		t.Fatalf("%+v, %v", outcomes, err)
	}
	if o := outcomes[0]; o.Service != service || o.Was != was || o.Hash == was || o.Hash != r.state().Hash || o.Cases != 1 || o.Refused() {
		t.Errorf("got %+v", o)
	}
	r.uses(2, 1)
	if r.changes[0].By != "nguyen.mau" {
		t.Errorf("it was asked for by %q", r.changes[0].By)
	}
	outcomes, err = r.Reload(t.Context(), "nguyen.mau")
	if err != nil || len(outcomes) != 1 || outcomes[0].Was != outcomes[0].Hash || outcomes[0].Refused() {
		t.Errorf("again: %+v, %v", outcomes, err)
	}
	r.looks(3)
	r.uses(2, 1)
}

func TestAReloadOfWhatWasRefusedLooksAgain(t *testing.T) {
	r := newRig(t)
	r.fails = errors.New("the disk is full")
	r.write(2)
	r.looks(2)
	r.fails = nil
	if _, err := r.Reload(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	r.uses(2, 1)
	if r.state().Refused != nil {
		t.Error("it is still refused")
	}
}

func TestOnlyMappingsInFoldersAreReloaded(t *testing.T) {
	r := newRig(t)
	for name, code := range map[string]string{"khong.co": "UnknownService", shipped: "NoFolder"} {
		var e *lgsp.Error
		if _, err := r.Reload(t.Context(), "", service, name); !errors.As(err, &e) || e.Kind != lgsp.NotFound || e.Code != code || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	states := r.List()
	if len(states) != 2 || states[0].Service != shipped || states[0].Folder != "" || states[0].Hash == "" || states[0].Cases < 8 || states[1].Folder != r.folder {
		t.Errorf("got %+v", states)
	}
}

func TestAReloadThatIsGivenUpChangesNothing(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r := newRig(t, func(o *Options) {
		o.Compose = func(m *mappings.Mapping) (lgsp.Mapper, error) {
			return mapper(func(context.Context, lgsp.Envelope) (lgsp.Document, error) {
				stop() // who asked has gone
				return lgsp.Document{}, errors.New("cut off")
			}), nil
		}
	})
	r.write(2)
	if _, err := r.Reload(ctx, ""); lgsp.KindOf(err) != lgsp.Unavailable {
		t.Errorf("got %v", err)
	}
	r.uses(1, 0)
	if r.state().Refused != nil || r.said.String() != "" {
		t.Errorf("%+v, it told:\n%s", r.state().Refused, r.said.String())
	}
	r.opt.Compose = nil
	r.looks(2) // and it is taken all the same
	r.uses(2, 1)
	if _, err := r.Reload(ctx, ""); lgsp.KindOf(err) != lgsp.Unavailable {
		t.Errorf("once it is given up: %v", err)
	}
}

func TestAChangeThatHasBegunIsMadeWhoeverHasGone(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r := newRig(t, func(o *Options) {
		o.Fits = func(string, *mappings.Mapping, *mappings.Mapping) mappings.Problems { stop(); return nil }
		change := o.Change
		o.Change = func(ctx context.Context, c Change) error { return errors.Join(ctx.Err(), change(ctx, c)) }
	})
	r.write(2)
	if _, err := r.Reload(ctx, ""); lgsp.KindOf(err) != lgsp.Unavailable {
		t.Errorf("who has gone is told %v", err)
	}
	r.uses(2, 1)
}

func TestReloadsAndLooksWaitForEachOther(t *testing.T) {
	r := newRig(t)
	if !r.begin(t.Context()) {
		t.Fatal("somebody else is at work")
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	if _, err := r.Reload(ctx, ""); lgsp.KindOf(err) != lgsp.Unavailable {
		t.Errorf("got %v", err)
	}
	r.Look(ctx)
	if len(r.List()) != 2 {
		t.Error("a list waits for who is at work")
	}
	r.end()
}

func TestARunLooksAgainAndAgainAndEnds(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Every = time.Millisecond })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	r.write(2)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); r.told("mapping replaced") == 0; <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("nothing was replaced:\n%s", r.said.String())
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	r.uses(2, 1)
}

func TestWhatWasReplacedIsGivenUp(t *testing.T) {
	r := newRig(t)
	var read []weak.Pointer[mappings.Folder]
	r.read = func(own, shared fs.FS, service string) (*mappings.Folder, error) {
		f, err := mappings.ReadFolder(own, shared, service)
		read = append(read, weak.Make(f))
		return f, err
	}
	old := weak.Make(r.live.Current())
	r.write(2)
	r.looks(2)
	r.put("mapping.yaml", "nonsense")
	r.looks(2)
	r.uses(2, 1)
	r.changes = nil
	runtime.GC()
	for _, f := range read {
		if f.Value() != nil {
			t.Error("what was read of a folder is still held")
		}
	}
	if len(read) != 2 || old.Value() != nil {
		t.Errorf("%d folders were read; the old version is held: %v", len(read), old.Value() != nil)
	}
}

func TestTwoHundredReloadsLeaveNothingBehind(t *testing.T) {
	r := newRig(t)
	measure := func() (heap uint64, goroutines int) {
		runtime.GC()
		runtime.GC() // what pools hold lives for two
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc, runtime.NumGoroutine()
	}
	var heap uint64
	var goroutines int
	for n := 2; n <= 202; n++ {
		r.write(n)
		if _, err := r.Reload(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		r.uses(n, 1)
		r.changes = nil
		if n == 22 {
			heap, goroutines = measure()
		}
	}
	after, running := measure()
	if running > goroutines || after > heap+1<<20 {
		t.Errorf("from %d to %d goroutines, from %d to %d KB", goroutines, running, heap>>10, after>>10)
	}
}
