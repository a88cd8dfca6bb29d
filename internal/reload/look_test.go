package reload

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/mappings"
)

func TestAChangedFolderIsTakenOnceItHasSettled(t *testing.T) {
	r := newRig(t)
	r.looks(3)
	r.uses(1, 0)
	began := r.state()
	r.ahead = time.Minute
	r.write(2)
	r.looks(1)
	r.uses(1, 0)
	r.looks(1)
	r.uses(2, 1)
	r.looks(3)
	r.uses(2, 1)
	c, s := r.changes[0], r.state()
	if c.Service != service || c.By != "" || c.Old.Hash != began.Hash || c.New.Hash != s.Hash || s.Hash == began.Hash || !s.Loaded.Equal(began.Loaded.Add(time.Minute)) || s.Refused != nil || s.Cases != 1 {
		t.Errorf("change %+v, state %+v", c, s)
	}
	if r.told("level=") != 1 || r.told(`level=INFO msg="mapping replaced" service=thu.mot was=`+began.Hash[:12]+" hash="+s.Hash[:12]+" cases=1") != 1 {
		t.Errorf("it told:\n%s", r.said.String())
	}
}

func TestAFolderThatIsBeingWrittenIsLetBe(t *testing.T) {
	r := newRig(t)
	for i, step := range []func(){
		func() { r.put("mapping.yaml", rules(2)) }, // its cases do not hold yet
		func() { r.put("cases/hai/in.xml", message) },
		func() { r.put("cases/hai/want.json", wanted(2)) },
		func() { r.put("cases/mot/want.json", wanted(2)) },
	} {
		step()
		r.looks(1)
		if r.said.String() != "" {
			t.Fatalf("after step %d it told:\n%s", i, r.said.String())
		}
	}
	r.uses(1, 0)
	r.looks(1)
	r.uses(2, 1)
}

// An editor writes a new file and renames it, which is what a copy, a checkout
// and rsync do to the whole folder.
func TestEveryWayOfWritingAFileIsSeen(t *testing.T) {
	for name, write := range map[string]func(r *rig, path string, text []byte) error{
		"in place": func(_ *rig, path string, text []byte) error { return os.WriteFile(path, text, 0o644) },
		"renamed over it": func(_ *rig, path string, text []byte) error {
			return errors.Join(os.WriteFile(path+".new", text, 0o644), os.Rename(path+".new", path))
		},
		"removed and made again": func(_ *rig, path string, text []byte) error {
			return errors.Join(os.Remove(path), os.WriteFile(path, text, 0o644))
		},
		"with the same length and time": func(r *rig, path string, text []byte) error {
			info, err := os.Stat(path)
			if err == nil && info.Size() != int64(len(text)) {
				err = fmt.Errorf("%d bytes for %d", info.Size(), len(text))
			}
			if err != nil {
				return err
			}
			return errors.Join(os.WriteFile(path, text, 0o644), os.Chtimes(path, info.ModTime(), info.ModTime()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.looks(2)
			for file, text := range map[string]string{"mapping.yaml": rules(2), "cases/mot/want.json": wanted(2)} {
				if err := write(r, filepath.Join(r.folder, file), []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			r.looks(2)
			r.uses(2, 1)
		})
	}
	t.Run("the whole folder exchanged", func(t *testing.T) {
		r := newRig(t)
		r.looks(2)
		if err := os.Rename(r.folder, r.folder+".old"); err != nil {
			t.Fatal(err)
		}
		r.write(2)
		r.looks(2)
		r.uses(2, 1)
	})
	t.Run("a link turned to another folder", func(t *testing.T) {
		r := newRig(t)
		two := filepath.Join(t.TempDir(), service)
		if err := os.CopyFS(two, os.DirFS(r.folder)); err != nil {
			t.Fatal(err)
		}
		r.write(2)
		three := r.folder + ".2"
		if err := errors.Join(os.Rename(r.folder, three), os.Symlink(two, r.folder)); err != nil {
			t.Fatal(err)
		}
		r.looks(2)
		r.uses(1, 0)
		if err := errors.Join(os.Symlink(three, r.folder+".link"), os.Rename(r.folder+".link", r.folder)); err != nil {
			t.Fatal(err)
		}
		r.looks(2)
		r.uses(2, 1)
	})
}

func TestWhatIsPassedOverIsNotLookedAt(t *testing.T) {
	r := newRig(t)
	before, err := take(r.folder)
	if err != nil {
		t.Fatal(err)
	}
	r.put(".mapping.yaml.swp", "an editor's")
	r.put(".git/config", "of a repository")
	r.put("cases/mot/in.xml~", "a copy")
	if after, err := take(r.folder); err != nil || after != before {
		t.Errorf("the folder looks like another, %v", err)
	}
}

func TestTheSameContentAgainIsNoReload(t *testing.T) {
	r := newRig(t)
	r.looks(2)
	if err := os.RemoveAll(r.folder); err != nil {
		t.Fatal(err)
	}
	r.write(1)
	r.put(".mapping.yaml.swp", "an editor's")
	r.looks(3)
	r.uses(1, 0)
	if said := r.said.String(); said != "" || r.state().Refused != nil {
		t.Errorf("it told:\n%s", said)
	}
}

func TestAFolderThatIsLostIsToldOnceAndFoundAgain(t *testing.T) {
	for name, lose := range map[string]struct{ away, back func(r *rig) error }{
		"removed": {func(r *rig) error { return os.Rename(r.folder, r.folder+".old") }, func(r *rig) error { return os.Rename(r.folder+".old", r.folder) }},
		"not readable": {func(r *rig) error { return os.Symlink("loop", filepath.Join(r.folder, "loop")) },
			func(r *rig) error { return os.Remove(filepath.Join(r.folder, "loop")) }},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.looks(2)
			if err := lose.away(r); err != nil {
				t.Fatal(err)
			}
			r.looks(5)
			r.uses(1, 0)
			r.refuses(r.folder)
			if outcomes, err := r.Reload(t.Context(), ""); err != nil || len(outcomes) != 1 || !outcomes[0].Refused() {
				t.Errorf("reload: %+v, %v", outcomes, err)
			}
			if r.told("level=WARN msg=\"mapping folder cannot be read; the mapping in use stays\"") != 1 || r.told("level=") != 1 {
				t.Errorf("it told:\n%s", r.said.String())
			}
			if err := lose.back(r); err != nil {
				t.Fatal(err)
			}
			r.looks(2)
			if r.told("msg=\"mapping folder can be read again\"") != 1 || r.state().Refused != nil {
				t.Errorf("it told:\n%s", r.said.String())
			}
			r.uses(1, 0)
			r.write(2)
			r.looks(2)
			r.uses(2, 1)
		})
	}
}

func TestAFolderThatIsLostIsStillRefusedForWhatItHeldOnceItIsFound(t *testing.T) {
	r := newRig(t)
	r.put("mapping.yaml", "nonsense")
	r.looks(2)
	if err := os.Rename(r.folder, r.folder+".old"); err != nil {
		t.Fatal(err)
	}
	r.looks(1)
	r.refuses("no such file")
	if err := os.Rename(r.folder+".old", r.folder); err != nil {
		t.Fatal(err)
	}
	r.looks(1)
	r.refuses("want keys with values")
}

func TestAFolderWithMoreFilesThanAMappingHasIsRefusedAfterABoundedLook(t *testing.T) {
	r := newRig(t)
	for i := range mappings.MaxFiles {
		r.put(fmt.Sprintf("cases/mot/%05d", i), "")
	}
	r.looks(2)
	r.uses(1, 0)
	r.refuses(r.folder + ": holds more than 5000 files and folders")
	before, err := take(r.folder)
	if err != nil {
		t.Fatal(err)
	}
	r.put("zzz", "behind all that are looked at")
	if after, err := take(r.folder); err != nil || after != before {
		t.Errorf("a look goes behind the last file that a mapping may have: %v", err)
	}
}

func TestWhatIsToldOfProblemsIsBounded(t *testing.T) {
	r := newRig(t)
	for i := range maxProblems + 10 {
		r.put(fmt.Sprintf("cases/%03d/in.xml", i), message)
		r.put(fmt.Sprintf("cases/%03d/want.json", i), wanted(9))
	}
	outcomes, err := r.Reload(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	o := outcomes[0]
	if len(o.Problems) != maxProblems+1 || len(o.Failed) != maxFailed || !strings.Contains(o.Problems[maxProblems].Text, "and 10 problems more") {
		t.Errorf("%d problems, %d cases, at last %v", len(o.Problems), len(o.Failed), o.Problems[len(o.Problems)-1])
	}
	if said := r.said.String(); strings.Count(said, "cases/") != maxLogged || !strings.Contains(said, "problems=201") {
		t.Errorf("it told:\n%s", said)
	}
}
