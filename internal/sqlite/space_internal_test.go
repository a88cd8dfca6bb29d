package sqlite

import (
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
)

func spaceOf(t *testing.T) *space {
	t.Helper()
	return newSpace(Options{Path: filepath.Join(t.TempDir(), "q.db"), ReserveBytes: 1 << 20, Log: slog.New(slog.DiscardHandler)})
}

// TestADiskMetFullDuringALookStaysMet has the writer meet a full disk between a
// look that finds room and what is concluded from it.
func TestADiskMetFullDuringALookStaysMet(t *testing.T) {
	s := spaceOf(t)
	before := s.short.Load()
	err := s.measure()
	s.full()
	s.conclude(before, err)
	if err != nil || !errors.Is(s.room(), ErrFull) || !s.met.Load() {
		t.Errorf("measured %v; room is %v, met %v", err, s.room(), s.met.Load())
	}
	if err := s.check(); err != nil || s.room() != nil || s.met.Load() {
		t.Errorf("the next look: %v; room is %v, met %v", err, s.room(), s.met.Load())
	}
}

// TestWhatWasMetIsKeptUntilTheReserveIsWhole has a disk that was met full have
// no room for the reserve.
func TestWhatWasMetIsKeptUntilTheReserveIsWhole(t *testing.T) {
	s := spaceOf(t)
	s.full()
	s.opt.ReserveBytes = 1 << 60
	if err := s.check(); !errors.Is(err, ErrFull) || !errors.Is(s.room(), ErrFull) || !s.met.Load() {
		t.Errorf("without room: %v; room is %v, met %v", err, s.room(), s.met.Load())
	}
	s.opt.ReserveBytes = 1 << 20
	if err := s.check(); err != nil || s.room() != nil || s.met.Load() || s.missing() != 0 {
		t.Errorf("with room: %v; room is %v, met %v, %d bytes of the reserve are missing", err, s.room(), s.met.Load(), s.missing())
	}
}
