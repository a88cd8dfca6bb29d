package host

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// What a plugin may have besides its memory.
const (
	mostFiles    = 256       // open at once
	longestFile  = 64 << 20  // bytes of a file that it writes
	mostWritten  = 64 << 20  // bytes of all files in its folder, and of the room that their names take
	mostThreads  = 384       // with those of the daemon; the unit allows 512
	overhead     = 256 << 20 // bytes that a runtime reserves and does not use
	goShare      = 0.9       // of its memory, at which Go's collector works harder
	clientFolder = "plugin-dir4294967295/plugin4294967295"
	longestPath  = 107 // of a Unix socket
)

// limit bounds this process, and the program that it becomes.
//
// RLIMIT_DATA counts what a process could write to, touched or not. A plugin in
// Go has 136 MiB of that when it has used 16, and every thread of one in Python
// reserves its stack, so that the bound stands above memory by overhead: it is
// for programs that grow faster than the host looks. What is really in use is
// compared with memory every second; see Resident. RLIMIT_NPROC counts the
// threads of everything that runs under the daemon's account.
func limit(memory int64) error {
	for _, l := range []struct {
		what int
		most uint64
	}{
		{unix.RLIMIT_DATA, uint64(memory + overhead)},
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_NOFILE, mostFiles},
		{unix.RLIMIT_FSIZE, longestFile},
		{unix.RLIMIT_NPROC, mostThreads},
	} {
		if err := unix.Prlimit(0, l.what, &unix.Rlimit{Cur: l.most, Max: l.most}, nil); err != nil {
			return fmt.Errorf("limit the plugin: %w", err)
		}
	}
	return nil
}

// Resident returns how much memory a process has in use, in bytes; 0 when it
// has ended.
func Resident(pid int) int64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0 // it has ended, of which its waiter tells
	}
	fields := bytes.Fields(b)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// written returns how much a plugin has in its folder, in bytes. What has gone
// while it is looked at does not count.
func written(folder string) int64 {
	const entry = 4 << 10 // that each file takes at least
	var total int64
	_ = filepath.WalkDir(folder, func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // it has gone
		}
		total += entry
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		if total > mostWritten {
			return fs.SkipAll
		}
		return nil
	})
	return total
}

// goMemory is GOMEMLIMIT for a bound of memory.
func goMemory(memory int64) string {
	return strconv.FormatInt(int64(float64(memory)*goShare), 10)
}
