package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// The reserve is a file of real blocks beside the database, which is given up
// when the disk is full, so that what is already held can still be delivered
// and its outcome recorded. It is given up piece by piece, each when it is
// needed at once: whoever fills the disk takes what is left lying.
const reservePieces = 16

func (s *space) reservePath() string { return s.opt.Path + "-reserve" }

// missing returns how many bytes of the reserve are not held.
func (s *space) missing() int64 { return max(s.opt.ReserveBytes-fileSize(s.reservePath()), 0) }

// fillReserve adds what is missing of the reserve.
func (s *space) fillReserve(missing int64) error {
	if missing == 0 {
		return nil
	}
	f, err := os.OpenFile(s.reservePath(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = unix.Fallocate(int(f.Fd()), 0, 0, s.opt.ReserveBytes)
	if errors.Is(err, syscall.EOPNOTSUPP) {
		err = writeZeros(f, s.opt.ReserveBytes)
	}
	return errors.Join(err, f.Close())
}

// writeZeros takes blocks on a file system that cannot reserve them.
func writeZeros(f *os.File, size int64) error {
	zeros := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(zeros)) {
		if _, err := f.WriteAt(zeros[:min(size-at, int64(len(zeros)))], at); err != nil {
			return err
		}
	}
	return f.Sync()
}

// release gives a piece of the reserve up, and reports whether there was one.
func (s *space) release() bool {
	size := fileSize(s.reservePath())
	if size == 0 {
		return false
	}
	if size >= s.opt.ReserveBytes {
		s.opt.Log.Warn("the disk is full; the reserve is in use", "path", s.opt.Path)
	}
	piece := max(s.opt.ReserveBytes/reservePieces, 256<<10)
	if err := os.Truncate(s.reservePath(), max(size-piece, 0)); err != nil {
		s.opt.Log.Error("disk reserve", "path", s.opt.Path, "err", err)
		return false
	}
	return true
}

// holdLog gives the log's file its blocks, on file systems that can. Without
// them the log needs new blocks as it grows, which a full disk does not have.
func (w *writer) holdLog() {
	path := w.opt.Path + "-wal"
	if w.opt.ReserveBytes == 0 || fileSize(path) >= walKeepBytes {
		return
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return // it is made by the first commit
	}
	if err == nil {
		err = errors.Join(unix.Fallocate(int(f.Fd()), 0, 0, walKeepBytes), f.Close())
	}
	if err != nil && !errors.Is(err, syscall.EOPNOTSUPP) {
		w.opt.Log.Warn("reserve disk space for the log", "path", path, "err", err)
	}
}
