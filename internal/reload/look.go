package reload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lgsp.internal/adapter/mappings"
)

// What is kept and told of one refusal.
const (
	maxProblems = 200
	maxLogged   = 5
)

// Look looks once at every folder, and takes what has settled.
func (r *Reloader) Look(ctx context.Context) {
	if !r.begin(ctx) {
		return
	}
	defer r.end()
	for _, s := range r.all {
		if s.Folder != "" && ctx.Err() == nil {
			r.look(ctx, s)
		}
	}
}

// look takes what a folder holds once two looks in a row find the same, so that
// a folder that is being copied, checked out or edited is let be.
func (r *Reloader) look(ctx context.Context, s *watched) {
	print, err := take(s.Folder)
	if err != nil {
		r.lose(s, err)
		return
	}
	r.find(s)
	settled := print == s.seen
	s.seen = print
	known := print == s.judged && (s.again.IsZero() || r.opt.Now().Before(s.again))
	if settled && !known {
		r.settle(s, print, r.judge(ctx, s, print, ""))
	}
}

// reload takes what a folder holds now.
func (r *Reloader) reload(ctx context.Context, s *watched, by string) Outcome {
	const tries = 3
	was := s.Live.Current()
	var v verdict
	for range tries {
		print, err := take(s.Folder)
		if err != nil {
			r.lose(s, err)
			return Outcome{Service: s.Name, Was: was.Hash, Hash: was.Hash, Cases: was.Cases, Problems: lost(s, err)}
		}
		r.find(s)
		if v = r.judge(ctx, s, print, by); v.err == nil || !errors.Is(v.err, errMoving) {
			r.settle(s, print, v)
			break
		}
	}
	now := s.Live.Current()
	return Outcome{Service: s.Name, Was: was.Hash, Hash: now.Hash, Cases: now.Cases, Problems: problemsOf(s, v), Failed: v.failed}
}

// settle notes and tells what was found of a folder.
func (r *Reloader) settle(s *watched, print fingerprint, v verdict) {
	if v.err != nil && (errors.Is(v.err, errMoving) || errors.Is(v.err, context.Canceled)) {
		return // it says nothing of the folder
	}
	s.judged, s.again = print, time.Time{}
	problems := problemsOf(s, v)
	before := r.refuse(s, problems)
	switch {
	case v.change != nil:
		r.opt.Log.Info("mapping replaced", "service", s.Name, "was", short(v.change.Old.Hash), "hash", short(v.change.New.Hash), "cases", v.change.New.Cases)
	case len(problems) == 0 && before != nil:
		r.opt.Log.Info("mapping folder holds what is in use again", "service", s.Name)
	case len(problems) > 0:
		if v.err != nil {
			s.again = r.opt.Now().Add(r.opt.Again)
		}
		if before == nil || !slices.Equal(before.Problems, problems) {
			r.opt.Log.Warn("mapping refused; the one in use stays", "service", s.Name, "folder", s.Folder, "problems", len(problems), "err", logged(problems))
		}
	}
}

// refuse keeps why a folder is refused, nil being why not, and returns what was
// kept before.
func (r *Reloader) refuse(s *watched, problems mappings.Problems) (before *Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before, s.refused = s.refused, nil
	if len(problems) > 0 {
		s.refused = &Refusal{At: r.opt.Now(), Problems: problems}
	}
	return before
}

// lose notes that a folder cannot be looked at, and tells it once.
func (r *Reloader) lose(s *watched, err error) {
	if s.lost == err.Error() {
		return
	}
	s.lost = err.Error()
	r.mu.Lock()
	s.gone = &Refusal{At: r.opt.Now(), Problems: lost(s, err)}
	r.mu.Unlock()
	r.opt.Log.Warn("mapping folder cannot be read; the mapping in use stays", "service", s.Name, "folder", s.Folder, "err", err)
}

func lost(s *watched, err error) mappings.Problems {
	return mappings.Problems{{File: s.Folder, Text: err.Error()}}
}

// find notes that a folder can be looked at.
func (r *Reloader) find(s *watched) {
	if s.lost == "" {
		return
	}
	s.lost = ""
	r.mu.Lock()
	s.gone = nil
	r.mu.Unlock()
	r.opt.Log.Info("mapping folder can be read again", "service", s.Name, "folder", s.Folder)
}

// problemsOf writes a verdict as problems of files that an editor finds, sorted,
// and not too many.
func problemsOf(s *watched, v verdict) mappings.Problems {
	var placed mappings.Problems
	for _, p := range v.problems {
		p.File = filepath.Join(filepath.Dir(s.Folder), filepath.FromSlash(p.File))
		placed = append(placed, p)
	}
	if v.err != nil {
		placed = append(placed, mappings.Problem{File: s.Folder, Text: v.err.Error()})
	}
	slices.SortStableFunc(placed, func(a, b mappings.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	if more := len(placed) - maxProblems; more > 0 {
		placed = append(placed[:maxProblems:maxProblems], mappings.Problem{File: s.Folder, Text: fmt.Sprintf("and %d problems more", more)})
	}
	return placed
}

// logged is the first problems on one line.
func logged(problems mappings.Problems) string {
	var texts []string
	for i, p := range problems {
		if i == maxLogged {
			texts = append(texts, "…")
			break
		}
		texts = append(texts, p.String())
	}
	return strings.Join(texts, "; ")
}

// short is a hash as people read it.
func short(hash string) string { return hash[:min(len(hash), 12)] }
