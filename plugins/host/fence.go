package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What Landlock (landlock(7)) lets a plugin do with files.
const (
	fenceRead  = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	fenceFiles = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
)

// devices are what programs open for writing without a thought.
var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

// landlockVersion is what the kernel offers of Landlock.
func landlockVersion() (int, error) {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0, errno
	}
	return int(abi), nil
}

// landlocked returns why plugins can read the hidden files, nil if they cannot.
func landlocked() error {
	_, err := landlockVersion()
	return err
}

// confine takes from the calling thread, and from the program that it becomes,
// what a plugin does not need: privileges, connections over TCP, signals to us,
// our memory, the hidden files and folders, and writing outside own. A kernel
// without Landlock takes privileges only; what an older one does not know,
// refusals covers as well.
func confine(hidden []string, own, program string) error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up privileges: %w", err)
	}
	if err := giveUpCapabilities(); err != nil {
		return err
	}
	abi, err := landlockVersion()
	if err != nil {
		return nil //nolint:nilerr // of which the host warns
	}
	rules := rulesOf(abi)
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&rules)), unsafe.Sizeof(rules), 0) //nolint:gosec // the kernel takes a pointer
	if errno != 0 {
		return fmt.Errorf("make a Landlock ruleset: %w", errno)
	}
	err = allow(int(fd), rules.Handled_access_fs, hidden, own, program)
	if err == nil {
		if _, _, errno = unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0); errno != 0 {
			err = fmt.Errorf("enforce a Landlock ruleset: %w", errno)
		}
	}
	return errors.Join(err, unix.Close(int(fd)))
}

// giveUpCapabilities takes from the calling thread what a daemon has that root
// started. Others have none, and the unit would not let them say so.
func giveUpCapabilities() error {
	var has, none [2]unix.CapUserData
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	if err := unix.Capget(&head, &has[0]); err != nil {
		return fmt.Errorf("look at capabilities: %w", err)
	}
	if has == none {
		return nil
	}
	if err := unix.Capset(&head, &none[0]); err != nil {
		return fmt.Errorf("give up capabilities: %w", err)
	}
	return nil
}

// rulesOf is what is forbidden unless it is allowed, as far as a version of
// Landlock knows it.
func rulesOf(abi int) unix.LandlockRulesetAttr {
	rules := unix.LandlockRulesetAttr{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1}
	for _, more := range []struct {
		abi int
		to  *uint64
		add uint64
	}{
		{2, &rules.Handled_access_fs, unix.LANDLOCK_ACCESS_FS_REFER},
		{3, &rules.Handled_access_fs, unix.LANDLOCK_ACCESS_FS_TRUNCATE},
		{4, &rules.Handled_access_net, unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP},
		{5, &rules.Handled_access_fs, unix.LANDLOCK_ACCESS_FS_IOCTL_DEV},
		{6, &rules.Scoped, unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL},
	} {
		if abi >= more.abi {
			*more.to |= more.add
		}
	}
	return rules
}

// allow lets a plugin read everything but what is hidden, run its program, and
// do as it likes in its own folder.
func allow(fd int, all uint64, hidden []string, own, program string) error {
	real := make([]string, len(hidden))
	for i, path := range hidden {
		real[i] = followed(path)
	}
	for _, path := range visible("/", real) {
		if err := allowPath(fd, path, fenceRead&all); err != nil {
			return err
		}
	}
	for _, path := range devices {
		if err := allowPath(fd, path, fenceFiles&all); err != nil {
			return err
		}
	}
	if err := allowPath(fd, program, fenceRead); err != nil {
		return err
	}
	return allowPath(fd, own, all)
}

// allowPath allows an access to a file, or to a folder and all in it.
func allowPath(fd int, path string, access uint64) (err error) {
	at, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil // nobody can read it
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, unix.Close(at)) }()
	var stat unix.Stat_t
	if err := unix.Fstat(at, &stat); err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		access &= fenceFiles
	}
	rule := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(at)}
	if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(fd), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 { //nolint:gosec // the kernel takes a pointer
		return fmt.Errorf("allow %s: %w", path, errno)
	}
	runtime.KeepAlive(&rule)
	return nil
}

// visible returns the paths that together are everything in a folder but what
// is hidden: the folder itself, or what is in it one by one. Links need no
// leave of their own; it is what they lead to that does.
func visible(folder string, hidden []string) []string {
	within := slices.ContainsFunc(hidden, func(path string) bool {
		return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
	})
	if !within {
		return []string{folder}
	}
	if slices.Contains(hidden, folder) {
		return nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // what we cannot read, the plugin need not
	}
	var all []string
	for _, e := range entries {
		if e.Type()&fs.ModeSymlink == 0 {
			all = append(all, visible(filepath.Join(folder, e.Name()), hidden)...)
		}
	}
	return all
}

// followed returns a path without links, or as it is where that cannot be found.
func followed(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}
