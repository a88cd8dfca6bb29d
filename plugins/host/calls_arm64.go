package host

import "golang.org/x/sys/unix"

const (
	ownArch      = unix.AUDIT_ARCH_AARCH64
	foreignCalls = 1 << 30 // there are none
)

// olderCalls were never made for this architecture.
func olderCalls() []uint32 { return nil }

func olderOpens() []refusal { return nil }
