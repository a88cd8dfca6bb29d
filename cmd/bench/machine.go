package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// mostStolen is the share of the processors' time up to which a measurement
// counts as undisturbed. A virtual machine whose neighbours take more of it is
// not the machine that is measured.
const mostStolen = 0.01

// ticks is how the time of the processors was spent since the machine started.
type ticks struct{ all, stolen int64 }

// readTicks reads the first line of /proc/stat (proc(5)). Where there is none
// nothing counts as stolen.
func readTicks() ticks {
	const steal, guest = 8, 9 // guest time is part of user time
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return ticks{}
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	var t ticks
	for i, field := range bytes.Fields(line) {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil || i >= guest {
			continue // the name of the line
		}
		t.all += n
		if i == steal {
			t.stolen = n
		}
	}
	return t
}

// stolenSince returns the share of the processors' time that others have taken
// since before.
func stolenSince(before ticks) float64 {
	now := readTicks()
	if now.all == before.all {
		return 0
	}
	return float64(now.stolen-before.stolen) / float64(now.all-before.all)
}

// counted returns what was measured undisturbed, or everything when nothing was.
func counted[T any](all []T, stolen func(T) float64) []T {
	if some := undisturbed(all, stolen); len(some) > 0 {
		return some
	}
	return all
}

func undisturbed[T any](all []T, stolen func(T) float64) []T {
	var some []T
	for _, m := range all {
		if stolen(m) <= mostStolen {
			some = append(some, m)
		}
	}
	return some
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
