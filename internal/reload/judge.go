package reload

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"lgsp.internal/adapter/mappings"
)

// maxFailed is how many cases that do not hold are told with their differences,
// and maxDiff how many bytes of each.
const (
	maxFailed = 20
	maxDiff   = 500
)

// verdict is what was found of a folder: what it was exchanged for, or what is
// wrong. All zero is a folder that holds what is in use.
type verdict struct {
	change   *Change
	problems mappings.Problems     // of the folder, which stay until it changes; files as mappings names them
	failed   []mappings.CaseResult // cases behind some of them
	err      error                 // of something else, which may pass
}

// errMoving is a folder that was another one when it had been read.
var errMoving = errors.New("the folder changes while it is read; try again once it is whole")

// judge reads a folder and, if nothing is wrong, puts what it holds to use. A
// defect that panics is told like any other error: departments are served on.
func (r *Reloader) judge(ctx context.Context, s *watched, print fingerprint, by string) (v verdict) {
	defer func() {
		if value := recover(); value != nil {
			r.opt.Log.Error("panic while a mapping was read", "service", s.Name, "type", fmt.Sprintf("%T", value), "stack", string(debug.Stack()))
			v = verdict{err: errors.New("the program fails at this mapping; its log says where")}
		}
	}()
	folder, err := r.read(mappings.FolderFS(s.Folder), mappings.FolderFS(sharedBeside(s.Folder)), s.Name)
	if after, lookErr := take(s.Folder); lookErr != nil || after != print {
		return verdict{err: errMoving}
	}
	if err != nil {
		return verdictOf(err)
	}
	old := s.Live.Current()
	if folder.Hash() == old.Hash {
		return verdict{}
	}
	next, err := folder.Load(r.opt.Compose)
	if err != nil {
		return verdictOf(err)
	}
	v = r.prove(ctx, folder, next)
	if v.problems = append(v.problems, r.opt.Fits(s.Name, old.Mapping, next.Mapping)...); len(v.problems) > 0 || v.err != nil {
		return v
	}
	change := Change{Service: s.Name, By: by, Old: old, New: next}
	if err := r.opt.Change(context.WithoutCancel(ctx), change); err != nil {
		return verdict{err: err}
	}
	s.Live.Replace(next)
	r.mu.Lock()
	s.loaded = r.opt.Now()
	r.mu.Unlock()
	return verdict{change: &change}
}

func verdictOf(err error) verdict {
	var problems mappings.Problems
	if errors.As(err, &problems) {
		return verdict{problems: problems}
	}
	return verdict{err: err}
}

// prove runs the cases, and gives way to messages in between.
func (r *Reloader) prove(ctx context.Context, folder *mappings.Folder, next *mappings.Version) verdict {
	failed, err := folder.Prove(ctx, next, r.opt.CaseTime, r.rest)
	if err == nil {
		return verdict{}
	}
	v := verdictOf(err)
	for _, c := range failed[:min(len(failed), maxFailed)] {
		v.failed = append(v.failed, shortened(c))
	}
	return v
}

// rest leaves the processor to messages for as long as a case took.
func rest(ctx context.Context, took time.Duration) {
	t := time.NewTimer(took)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// shortened is a case whose differences are short enough to be kept.
func shortened(c mappings.CaseResult) mappings.CaseResult {
	diffs := make([]string, len(c.Diffs))
	for i, d := range c.Diffs {
		if len(d) > maxDiff {
			d = strings.ToValidUTF8(d[:maxDiff], "") + "…"
		}
		diffs[i] = d
	}
	c.Diffs, c.Got = diffs, nil
	return c
}
