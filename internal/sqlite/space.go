package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// space watches the room that is left.
type space struct {
	opt     Options
	short   atomic.Pointer[shortage]
	met     atomic.Bool // the disk was full, and has not been found to have room since
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
	free, err := s.free()
	if err != nil {
		return err
	}
	if missing := s.missing(); missing > 0 || s.met.Load() {
		// As much as the reserve must be free beside it, so that neither the
		// reserve nor the first newcomers fill the disk again.
		if free < missing+s.opt.ReserveBytes {
			return fmt.Errorf("%w: the reserve of %d bytes is in use", ErrFull, s.opt.ReserveBytes)
		}
		if err := s.fillReserve(missing); err != nil {
			return fmt.Errorf("reserve disk space: %w", err)
		}
		s.met.Store(false)
		if free, err = s.free(); err != nil {
			return err
		}
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

func (s *space) free() (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(s.opt.Path), &fs); err != nil {
		return 0, fmt.Errorf("look at free disk space: %w", err)
	}
	return int64(fs.Bavail) * fs.Bsize, nil
}

// full has newcomers refused until check finds room.
func (s *space) full() {
	s.met.Store(true)
	s.short.Store(&shortage{fmt.Errorf("%w: the disk is full", ErrFull)})
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
