package host

import "golang.org/x/sys/unix"

const (
	ownArch      = unix.AUDIT_ARCH_X86_64
	foreignCalls = 0x40000000 // those of x32, which have numbers of their own
)

// olderCalls are refused as their successors are.
func olderCalls() []uint32 {
	return []uint32{unix.SYS_FORK, unix.SYS_VFORK, unix.SYS_CHMOD, unix.SYS_CHOWN, unix.SYS_LCHOWN}
}

func olderOpens() []refusal {
	return []refusal{{call: unix.SYS_OPEN, errno: unix.EACCES, arg: 1, mask: unix.O_TRUNC | unix.O_ACCMODE, value: unix.O_TRUNC | unix.O_RDONLY}}
}
