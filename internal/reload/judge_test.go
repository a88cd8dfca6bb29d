package reload

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/mappings"
)

func TestAMappingWithProblemsIsRefusedAndTheOneInUseStays(t *testing.T) {
	r := newRig(t)
	r.put("mapping.yaml", rules(2)+"  - {to: x, frm: Y}\n  - {to: x, from: Y, type: nonsense}\n")
	r.looks(4)
	r.uses(1, 0)
	file := filepath.Join(r.folder, "mapping.yaml")
	r.refuses(file+`:8:13: rule: unknown key "frm"`, file+":9:")
	if r.told(`level=WARN msg="mapping refused; the one in use stays" service=thu.mot`) != 1 || r.told("level=") != 1 || r.told(file+":8:13: ") != 1 {
		t.Errorf("it told:\n%s", r.said.String())
	}
	r.put("mapping.yaml", rules(1)+"  - {to: x, frm: Y}\n")
	r.looks(4)
	if r.told("mapping refused") != 2 {
		t.Errorf("another problem is not told:\n%s", r.said.String())
	}
	r.write(2)
	r.looks(2)
	r.uses(2, 1)
	if r.state().Refused != nil {
		t.Error("it is still refused")
	}
}

func TestAFolderThatHoldsWhatIsInUseAgainIsNotRefusedAnyMore(t *testing.T) {
	r := newRig(t)
	r.put("mapping.yaml", "nonsense")
	r.looks(2)
	r.write(1)
	r.looks(2)
	if r.uses(1, 0); r.state().Refused != nil || r.told("mapping folder holds what is in use again") != 1 {
		t.Errorf("%+v, it told:\n%s", r.state().Refused, r.said.String())
	}
}

// Cases may be copied from life, so what they hold is for whoever reads the folder.
func TestAMappingWhoseCasesDoNotHoldIsRefusedWithoutQuotingThem(t *testing.T) {
	r := newRig(t)
	r.put("mapping.yaml", strings.Replace(rules(2), "from: Ten", "from: Ho", 1))
	r.put("cases/hai/in.xml", strings.Replace(message, "Mẫu", "Thử", 1))
	r.put("cases/hai/want.json", strings.Replace(wanted(2), "Mẫu", "Thử", 1))
	r.looks(3)
	r.uses(1, 0)
	r.refuses(filepath.Join(r.folder, "cases/hai/want.json")+": the case does not hold", filepath.Join(r.folder, "cases/mot/want.json"))
	if r.told("mapping refused") != 1 || r.told("cases/hai") != 1 {
		t.Errorf("it told:\n%s", r.said.String())
	}
	outcomes, err := r.Reload(t.Context(), "")
	if err != nil || len(outcomes) != 1 || len(outcomes[0].Failed) != 2 || !strings.Contains(strings.Join(outcomes[0].Failed[0].Diffs, "\n"), "Nguyễn Thị Thử") || outcomes[0].Failed[0].Got != nil {
		t.Errorf("%+v, %v", outcomes, err)
	}
	for _, text := range []string{r.said.String(), r.state().Refused.Problems.Error()} {
		if strings.Contains(text, "Nguyễn") {
			t.Errorf("it quotes a case:\n%s", text)
		}
	}
}

func TestLongDifferencesAreCut(t *testing.T) {
	r := newRig(t)
	long := strings.Repeat("ữ", 5000)
	r.put("cases/mot/in.xml", strings.Replace(message, "Mẫu", long, 1))
	outcomes, err := r.Reload(t.Context(), "")
	if err != nil || len(outcomes[0].Failed) != 1 {
		t.Fatalf("%+v, %v", outcomes, err)
	}
	for _, d := range outcomes[0].Failed[0].Diffs {
		if len(d) > maxDiff+3 {
			t.Errorf("a difference has %d bytes", len(d))
		}
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Fits = func(name string, now, next *mappings.Mapping) mappings.Problems {
			if name != service || now.Root() == next.Root() {
				return nil
			}
			return mappings.Problems{next.Problem("source", "the root was "+now.Root())}
		}
	})
	r.put("mapping.yaml", strings.Replace(rules(2), "root: A", "root: B", 1))
	r.looks(2)
	r.uses(1, 0)
	r.refuses(filepath.Join(r.folder, "mapping.yaml")+":3:1: the root was A", "cases/mot/want.json") // all at once
}

func TestAChangeThatCannotBeMadeIsTriedAgainAfterATime(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Again = time.Minute })
	r.fails = errors.New("the disk is full")
	r.write(2)
	r.looks(5)
	r.uses(1, 0)
	r.refuses("the disk is full")
	if r.told("the disk is full") != 1 {
		t.Errorf("it told:\n%s", r.said.String())
	}
	r.ahead = 61 * time.Second
	r.looks(1)
	if r.told("the disk is full") != 1 {
		t.Errorf("it told again:\n%s", r.said.String())
	}
	r.fails = nil
	r.looks(3)
	r.uses(1, 0)
	r.ahead += 61 * time.Second
	r.looks(1)
	r.uses(2, 1)
	r.ahead += time.Hour
	r.read = func(fs.FS, fs.FS, string) (*mappings.Folder, error) {
		t.Error("what is in use is read again")
		return nil, fs.ErrNotExist
	}
	r.looks(2)
}

func TestCasesThatTakeTooLongAreCutOff(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.CaseTime = 20 * time.Millisecond
		o.Compose = func(*mappings.Mapping) (lgsp.Mapper, error) {
			return mapper(func(ctx context.Context, _ lgsp.Envelope) (lgsp.Document, error) {
				<-ctx.Done()
				return lgsp.Document{}, ctx.Err()
			}), nil
		}
	})
	r.write(2)
	r.looks(2)
	r.uses(1, 0)
	r.refuses(filepath.Join(r.folder, "cases") + ": the cases take longer than 20ms")
}

// The daemon reads its key, and others may write into the folder of a mapping.
func TestALinkOutOfTheFolderIsRefusedAndNothingOfItIsTold(t *testing.T) {
	r := newRig(t)
	secret := filepath.Join(t.TempDir(), "lgspd.key")
	file := filepath.Join(r.folder, "mapping.yaml")
	if err := errors.Join(os.WriteFile(secret, []byte("hunter2: x\n"), 0o600), os.Remove(file), os.Symlink(secret, file)); err != nil {
		t.Fatal(err)
	}
	r.looks(2)
	r.uses(1, 0)
	r.refuses(file + ": a link that leads out of the folder")
	if strings.Contains(r.said.String()+r.state().Refused.Problems.Error(), "hunter2") {
		t.Errorf("it quotes what it was led to:\n%s", r.said.String())
	}
	shared := sharedBeside(r.folder)
	r.write(2)
	if err := errors.Join(os.Remove(file), os.WriteFile(file, []byte(rules(2)), 0o600), os.Mkdir(shared, 0o755), os.Symlink(secret, filepath.Join(shared, "xa.csv"))); err != nil {
		t.Fatal(err)
	}
	r.looks(2)
	r.refuses(filepath.Join(shared, "xa.csv") + ": a link that leads out of the folder")
}

// deaf is a mapper that does not look at its context.
func deaf(t *testing.T) mappings.Compose {
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	return func(*mappings.Mapping) (lgsp.Mapper, error) {
		return mapper(func(context.Context, lgsp.Envelope) (lgsp.Document, error) {
			<-never
			return lgsp.Document{}, errors.New("too late")
		}), nil
	}
}

func TestACaseThatDoesNotEndIsLeftBehind(t *testing.T) {
	hangs := deaf(t)
	r := newRig(t, func(o *Options) {
		o.CaseTime = 20 * time.Millisecond
		o.Compose = func(m *mappings.Mapping) (lgsp.Mapper, error) {
			if m.Constant("v") == "v2" {
				return hangs(m)
			}
			return m, nil
		}
	})
	r.write(2)
	if !ends(t, func() { r.looks(2) }) {
		t.Fatal("the look does not end")
	}
	r.uses(1, 0)
	r.refuses(filepath.Join(r.folder, "cases") + ": the cases take longer than 20ms")
	r.write(3)
	if !ends(t, func() { r.looks(2) }) {
		t.Fatal("the next look does not end")
	}
	r.uses(3, 1)
}

func TestACaseThatDoesNotEndDoesNotKeepTheProgramFromEnding(t *testing.T) {
	r := newRig(t, func(o *Options) { o.CaseTime, o.Compose = time.Hour, deaf(t) })
	r.write(2)
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, stop)
	if !ends(t, func() { r.Look(ctx); r.Look(ctx) }) {
		t.Fatal("the look does not end")
	}
	if r.uses(1, 0); r.state().Refused != nil {
		t.Errorf("what was not proved is refused: %v", r.state().Refused.Problems)
	}
}

// ends reports whether do ends soon.
func ends(t *testing.T, do func()) bool {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); do() }()
	select {
	case <-done:
		return true
	case <-time.After(20 * time.Second):
		return false
	}
}

func TestEveryCaseIsFollowedByARest(t *testing.T) {
	r := newRig(t)
	rests := 0
	r.rest = func(context.Context, time.Duration) { rests++ }
	r.write(2)
	r.put("cases/hai/in.xml", message)
	r.put("cases/hai/want.json", wanted(2))
	r.looks(2)
	if r.uses(2, 1); rests != 2 {
		t.Errorf("%d rests after two cases", rests)
	}
}

func TestARestIsAsLongAsTheCaseOrAsItIsWorth(t *testing.T) {
	began := time.Now()
	rest(t.Context(), 20*time.Millisecond)
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("it rested for %s", took)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	rest(ctx, time.Hour)
}

func TestAProgramThatFailsAtAMappingServesOn(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Compose = func(*mappings.Mapping) (lgsp.Mapper, error) { panic("Nguyễn Thị Mẫu") }
	})
	r.write(2)
	r.looks(2)
	r.uses(1, 0)
	r.refuses("the program fails at this mapping")
	if r.told("panic while a mapping was read") != 1 || r.told("type=string") != 1 || r.told("Nguyễn") != 0 {
		t.Errorf("it told:\n%s", r.said.String())
	}
}

func TestAFolderThatMovesWhileItIsReadIsNotUsed(t *testing.T) {
	r := newRig(t)
	r.looks(2)
	moves := 0
	r.read = func(own, shared fs.FS, service string) (*mappings.Folder, error) {
		f, err := mappings.ReadFolder(own, shared, service)
		if moves > 0 {
			moves--
			r.put("cases/ba/in.xml", strings.Repeat(" ", moves)) // a copy goes on
			if moves%2 == 1 {
				return nil, errors.New("what was there a moment ago is gone")
			}
		}
		return f, err
	}
	r.write(2)
	moves = 1
	r.looks(2)
	r.uses(1, 0)
	if r.said.String() != "" {
		t.Errorf("it told:\n%s", r.said.String())
	}
	r.put("cases/ba/in.xml", message)
	r.put("cases/ba/want.json", wanted(2))
	r.looks(2)
	r.uses(2, 1)

	r.write(3)
	r.put("cases/ba/want.json", wanted(3))
	moves = 100
	if outcomes, err := r.Reload(t.Context(), ""); err != nil || len(outcomes) != 1 || !outcomes[0].Refused() || !strings.Contains(outcomes[0].Problems.Error(), "changes while it is read") {
		t.Errorf("%+v, %v", outcomes, err)
	}
	if moves != 97 {
		t.Errorf("it read %d times", 100-moves)
	}
	r.uses(2, 1)
	r.put("cases/ba/in.xml", message)
	moves = 0
	r.looks(2)
	r.uses(3, 2)
}
