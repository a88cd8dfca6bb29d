package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// space watches the room that is left.
type space struct {
	opt     Options
	short   atomic.Pointer[shortage]
	met     atomic.Bool // the disk was full, and has not been found to have room since
	looking sync.Mutex  // one check at a time
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
	told := false // that newcomers are refused
	for {
		select {
		case <-s.quit:
			return
		case <-tick.C:
			short := s.room() // the writer may have met a full disk since the last look
			if err := s.check(); short == nil {
				short = err
			}
			if short != nil && !told {
				s.opt.Log.Warn("newcomers are refused", "path", s.opt.Path, "err", short)
				told = true
			}
			if told && s.room() == nil {
				s.opt.Log.Info("newcomers are accepted again", "path", s.opt.Path)
				told = false
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
	s.looking.Lock()
	defer s.looking.Unlock()
	before := s.short.Load()
	err := s.measure()
	s.conclude(before, err)
	return err
}

// conclude remembers what was measured, unless something newer is known than
// what was known before: the disk may have been met full meanwhile.
func (s *space) conclude(before *shortage, err error) {
	var now *shortage
	if err != nil {
		now = &shortage{err}
	}
	s.short.CompareAndSwap(before, now)
}

func (s *space) measure() error {
	if err := s.restore(); err != nil {
		return err
	}
	free, err := s.free()
	if err != nil {
		return err
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

// restore makes the reserve whole when it is not, or when the disk was met full.
func (s *space) restore() (err error) {
	met := s.met.Swap(false) // before the look: a disk that is met full during it stays met
	missing := s.missing()
	if missing == 0 && !met {
		return nil
	}
	defer func() {
		if err != nil {
			s.met.Store(true)
		}
	}()
	free, err := s.free()
	if err != nil {
		return err
	}
	// As much as the reserve must be free beside it, so that neither the
	// reserve nor the first newcomers fill the disk again.
	if free < missing+s.opt.ReserveBytes {
		return fmt.Errorf("%w: the reserve of %d bytes is in use", ErrFull, s.opt.ReserveBytes)
	}
	if err := s.fillReserve(missing); err != nil {
		return fmt.Errorf("reserve disk space: %w", err)
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
