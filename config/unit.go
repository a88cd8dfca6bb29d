package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes.
type Size int64

// The units that a size may be written in.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
	TiB Size = 1 << 40
)

const year = 366 * day

type sizeUnit struct {
	name  string
	bytes Size
}

// sizeUnits lists the units from the largest down.
func sizeUnits() []sizeUnit {
	return []sizeUnit{{"TiB", TiB}, {"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB}, {"B", 1}}
}

// ParseSize reads "512", "64KiB", "8MiB", "20GiB" or "1TiB".
func ParseSize(text string) (Size, error) {
	number, unit := text, Size(1)
	for _, u := range sizeUnits() {
		if rest, ok := strings.CutSuffix(text, u.name); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	if !allDigits(number) {
		return 0, errors.New(`want a number of bytes, or one with KiB, MiB, GiB or TiB, as in "8MiB"`)
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n > math.MaxInt64/int64(unit) {
		return 0, errors.New("the number is too large")
	}
	return Size(n) * unit, nil
}

// String writes the size in the largest unit that divides it: "8MiB".
func (s Size) String() string {
	if s == 0 {
		return "0"
	}
	for _, u := range sizeUnits() {
		if u.bytes > 1 && s%u.bytes == 0 {
			return strconv.FormatInt(int64(s/u.bytes), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// MarshalText writes the size as String does.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// parseDuration reads what time.ParseDuration reads and further days and years.
func parseDuration(text string) (time.Duration, error) {
	var total time.Duration
	rest := text
	for _, u := range []struct {
		name string
		unit time.Duration
	}{{"y", year}, {"d", day}} {
		number, after, ok := strings.Cut(rest, u.name)
		if !ok || !allDigits(number) {
			continue
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n > int64((math.MaxInt64-total)/u.unit) {
			return 0, errors.New("the number is too large")
		}
		total += time.Duration(n) * u.unit
		rest = after
	}
	if rest == "" && text != "" {
		return total, nil
	}
	if strings.HasPrefix(rest, "+") || strings.HasPrefix(rest, "-") {
		return 0, errors.New("want a duration without a sign")
	}
	d, err := time.ParseDuration(rest)
	if err != nil {
		return 0, errors.New(`want a number with a unit (ms, s, m, h, d or y), as in "30s"`)
	}
	if d > math.MaxInt64-total {
		return 0, errors.New("the number is too large")
	}
	return total + d, nil
}

// formatDuration writes d as the file would: "2y", "90d", "1h30m", "30s".
func formatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	if d%year == 0 {
		return strconv.FormatInt(int64(d/year), 10) + "y"
	}
	if d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
