package config

import (
	"math"
	"testing"
	"time"
)

func TestSizesAreReadAndWritten(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "1": 1, "1000": 1000, "512B": 512, "1KiB": 1024, "8MiB": 8 << 20, "20 GiB": 20 << 30, "1TiB": 1 << 40, "9223372036854775807": math.MaxInt64,
	} {
		got, err := ParseSize(text)
		if err != nil || got != want {
			t.Errorf("%s: got %d, %v", text, got, err)
		}
		if again, err := ParseSize(got.String()); err != nil || again != got {
			t.Errorf("%s is written %s, which reads as %d, %v", text, got, again, err)
		}
	}
	for _, text := range []string{"", "-1", "+1", "8MB", "8M", "1.5GiB", "MiB", "0x10", "1_000", "9223372036854775808", "8388608TiB", "8MiBB"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%q reads as %d", text, got)
		}
	}
}

func TestDurationsAreReadAndWritten(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "250ms": 250 * time.Millisecond, "30s": 30 * time.Second, "10m": 10 * time.Minute, "1h30m": 90 * time.Minute, "24h": day,
		"90d": 90 * day, "1d12h": 36 * time.Hour, "2y": 732 * day, "1y5d": 371 * day, "17544h": 731 * day, "1.5h": 90 * time.Minute,
	} {
		got, err := parseDuration(text)
		if err != nil || got != want {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
		if again, err := parseDuration(formatDuration(got)); err != nil || again != got {
			t.Errorf("%s is written %s, which reads as %s, %v", text, formatDuration(got), again, err)
		}
	}
	for _, text := range []string{"", "30", "-1h", "+1h", "1d-1h", "1d2", "d", "5d1y", "106752d", "1e9s", "99999999999999999999d", "106751d24h", "293y", "1.5d"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("%q reads as %s", text, got)
		}
	}
}

func TestTwoYearsInDurationsAreNeverShorterThanTwoYears(t *testing.T) {
	for y := 2000; y < 2410; y++ {
		start := time.Date(y, 2, 1, 0, 0, 0, 0, time.UTC)
		if start.Add(twoYears).Before(start.AddDate(2, 0, 0)) {
			t.Fatalf("from %s two years are longer than %s", start, twoYears)
		}
	}
	if two, err := parseDuration("2y"); err != nil || two < twoYears {
		t.Errorf("2y is %s, %v", two, err)
	}
}

func TestAHintNamesWhatWasProbablyMeant(t *testing.T) {
	known := []string{"listen", "public_url", "tls", "limits"}
	for word, want := range map[string]string{
		"lisen": "listen", "Listen": "listen", "publicUrl": "public_url", "public-url": "public_url", "limtis": "limits", "tsl": "tls", "database": "", "": "",
	} {
		if got := nearest(word, known); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
