package host

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// refusal is a system call that a plugin may not make: always, or where an
// argument, of which mask is looked at, is that value (or, with unless, is not).
type refusal struct {
	call        uint32
	errno       unix.Errno
	arg         uint32
	mask, value uint32
	unless      bool
}

// refusals is what Landlock does not know, or not in every version. A program
// that maps messages needs none of it:
//
//   - processes of its own, which could outlive it, and which no limit would count
//   - every network, and connections to sockets of others, as the one over which
//     commands reach the daemon
//   - changing files that it may only read, or only name
//   - touching the daemon's process
//   - ways around all this
func refusals(daemon int) []refusal {
	all := []refusal{
		{call: unix.SYS_CLONE, errno: unix.EPERM, mask: unix.CLONE_THREAD},
		{call: unix.SYS_CLONE3, errno: unix.ENOSYS}, // libraries then use clone, whose flags can be looked at
		{call: unix.SYS_SOCKET, errno: unix.EACCES, mask: ^uint32(0), value: unix.AF_UNIX, unless: true},
		{call: unix.SYS_SOCKET, errno: unix.EACCES, arg: 1, mask: 0xf, value: unix.SOCK_STREAM, unless: true},
		{call: unix.SYS_OPENAT, errno: unix.EACCES, arg: 2, mask: unix.O_TRUNC | unix.O_ACCMODE, value: unix.O_TRUNC | unix.O_RDONLY},
		{call: unix.SYS_OPENAT2, errno: unix.ENOSYS},
		{call: unix.SYS_KILL, errno: unix.EPERM, mask: 1 << 31, value: 1 << 31}, // everybody, and groups
		{call: unix.SYS_IO_URING_SETUP, errno: unix.ENOSYS},
		{call: unix.SYS_PIDFD_OPEN, errno: unix.ENOSYS},
	}
	for _, call := range []uint32{unix.SYS_KILL, unix.SYS_TGKILL, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO} {
		all = append(all, refusal{call: call, errno: unix.EPERM, mask: ^uint32(0), value: uint32(daemon)})
	}
	for _, call := range []uint32{unix.SYS_PRLIMIT64, unix.SYS_SCHED_SETAFFINITY, unix.SYS_SCHED_SETSCHEDULER, unix.SYS_SCHED_SETPARAM, unix.SYS_SCHED_SETATTR} {
		all = append(all, refusal{call: call, errno: unix.EPERM, mask: ^uint32(0), unless: true}) // 0 is itself
	}
	for _, call := range []uint32{unix.SYS_SETPRIORITY, unix.SYS_IOPRIO_SET} {
		all = append(all, refusal{call: call, errno: unix.EPERM, arg: 1, mask: ^uint32(0), unless: true})
	}
	for _, call := range []uint32{unix.SYS_CONNECT, unix.SYS_TRUNCATE} {
		all = append(all, refusal{call: call, errno: unix.EACCES})
	}
	for _, call := range append(olderCalls(),
		unix.SYS_SETSID, unix.SYS_SETPGID, unix.SYS_UNSHARE, unix.SYS_SETNS,
		unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_FCHMODAT2, unix.SYS_FCHOWN, unix.SYS_FCHOWNAT,
		unix.SYS_SETXATTR, unix.SYS_LSETXATTR, unix.SYS_FSETXATTR, unix.SYS_REMOVEXATTR, unix.SYS_LREMOVEXATTR, unix.SYS_FREMOVEXATTR,
		unix.SYS_TKILL, unix.SYS_PIDFD_GETFD, unix.SYS_PIDFD_SEND_SIGNAL, unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV,
		unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD,
		unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL, unix.SYS_SHMGET, unix.SYS_MSGGET, unix.SYS_SEMGET) {
		all = append(all, refusal{call: call, errno: unix.EPERM})
	}
	return append(all, olderOpens()...)
}

// Where seccomp(2) has what a call is made with, in bytes.
const (
	atCall = 0
	atArch = 4
	atArgs = 16 // eight bytes each, the lower half first
)

// filterOf is the program that the kernel runs before each call.
func filterOf(all []refusal) []unix.SockFilter {
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	equal := func(k uint32, yes, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jt: yes, Jf: no}
	}
	answer := func(k uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k}
	}
	// Numbers of calls are those of one architecture; nothing of another runs.
	p := []unix.SockFilter{load(atArch), equal(ownArch, 1, 0), answer(unix.SECCOMP_RET_KILL_PROCESS), load(atCall),
		{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, K: foreignCalls, Jt: 0, Jf: 1}, answer(unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS))}
	for _, r := range all {
		hit, miss := uint8(0), uint8(1)
		if r.unless {
			hit, miss = miss, hit
		}
		p = append(p, load(atCall), equal(r.call, 0, 4),
			load(atArgs+8*r.arg), unix.SockFilter{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: r.mask}, equal(r.value, hit, miss),
			answer(unix.SECCOMP_RET_ERRNO|uint32(r.errno)))
	}
	return append(p, answer(unix.SECCOMP_RET_ALLOW))
}

// refuse has the kernel refuse calls to the calling thread, and to the program
// that it becomes, for good.
func refuse(all []refusal) error {
	p := filterOf(all)
	program := unix.SockFprog{Len: uint16(len(p)), Filter: &p[0]}
	err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0) //nolint:gosec // the kernel takes a pointer
	runtime.KeepAlive(&program)
	runtime.KeepAlive(p)
	if err != nil {
		return fmt.Errorf("refuse system calls: %w", err)
	}
	return nil
}
