package sqlite

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// space watches the room that is left, and keeps a reserve: a file of real
// blocks that is given up when the disk is full, so that what is already held
// can still be delivered and its outcome recorded.
type space struct {
	opt     Options
	short   atomic.Pointer[shortage]
	quit    chan struct{}
	stopped chan struct{}
}

type shortage struct{ err error }

// spaceEvery is how often the disk is looked at. A look is two system calls.
const spaceEvery = 500 * time.Millisecond

func newSpace(o Options) *space {
	return &space{opt: o, quit: make(chan struct{}), stopped: make(chan struct{})}
}

func (s *space) room() error {
	if short := s.short.Load(); short != nil {
		return short.err
	}
	return nil
}

func (s *space) watch() {
	defer close(s.stopped)
	tick := time.NewTicker(spaceEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-tick.C:
			before := s.room()
			err := s.check()
			switch {
			case err != nil && before == nil:
				s.opt.Log.Warn("newcomers are refused", "path", s.opt.Path, "err", err)
			case err == nil && before != nil:
				s.opt.Log.Info("newcomers are accepted again", "path", s.opt.Path)
			}
		}
	}
}

func (s *space) stop() {
	close(s.quit)
	<-s.stopped
}

// check measures the room, fills the reserve up when it can, and remembers the answer.
func (s *space) check() error {
	err := s.measure()
	if err != nil {
		s.short.Store(&shortage{err})
	} else {
		s.short.Store(nil)
	}
	return err
}

func (s *space) measure() error {
	var fs unix.Statfs_t
	if err := unix.Statfs(dirOf(s.opt.Path), &fs); err != nil {
		return fmt.Errorf("look at free disk space: %w", err)
	}
	free := int64(fs.Bavail) * fs.Bsize
	missing, err := s.refill(free)
	if err != nil {
		return err
	}
	if missing > 0 {
		return fmt.Errorf("%w: the reserve of %d bytes is in use", ErrFull, s.opt.ReserveBytes)
	}
	if s.opt.MinFreeBytes > 0 && free < s.opt.MinFreeBytes {
		return fmt.Errorf("%w: %d bytes free on the disk, %d wanted", ErrFull, free, s.opt.MinFreeBytes)
	}
	if s.opt.MaxBytes > 0 {
		if used := fileSize(s.opt.Path); used > s.opt.MaxBytes {
			return fmt.Errorf("%w: the database has %d bytes of %d", ErrFull, used, s.opt.MaxBytes)
		}
	}
	return nil
}

func (s *space) reservePath() string { return s.opt.Path + "-reserve" }

// refill makes the reserve whole when twice its missing part is free, so that
// it does not itself fill the disk, and returns what is missing.
func (s *space) refill(free int64) (int64, error) {
	missing := s.opt.ReserveBytes - fileSize(s.reservePath())
	if missing <= 0 || free < 2*missing {
		return max(missing, 0), nil
	}
	f, err := os.OpenFile(s.reservePath(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return missing, fmt.Errorf("reserve disk space: %w", err)
	}
	err = unix.Fallocate(int(f.Fd()), 0, 0, s.opt.ReserveBytes)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return missing, fmt.Errorf("reserve disk space: %w", err)
	}
	return 0, nil
}

// release gives the reserve up, and reports whether there was one.
func (s *space) release() bool {
	s.short.Store(&shortage{fmt.Errorf("%w: the disk is full", ErrFull)})
	had := fileSize(s.reservePath()) > 0
	if err := os.Truncate(s.reservePath(), 0); err != nil && !os.IsNotExist(err) {
		s.opt.Log.Error("disk reserve", "path", s.opt.Path, "err", err)
		return false
	}
	if had {
		s.opt.Log.Warn("the disk is full; the reserve is in use", "path", s.opt.Path)
	}
	return had
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
