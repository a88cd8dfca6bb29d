package audit_test

import (
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
)

func TestAnExportIsVerifiedWithoutTheDatabase(t *testing.T) {
	b := newBench(t)
	b.append(10)
	text := b.export(time.Time{}, time.Time{})
	v, err := audit.VerifyExport(strings.NewReader(text), b.head())
	if err != nil || len(v.Problems) > 0 || v.Entries != 10 || v.First != 1 || v.Head != b.head() {
		t.Errorf("%+v %v", v, err)
	}
}

func TestATamperedExportIsFound(t *testing.T) {
	b := newBench(t)
	b.append(10)
	lines := strings.SplitAfter(b.export(time.Time{}, time.Time{}), "\n")
	head := b.head()
	other := newBench(t)
	other.append(1)
	for name, tamper := range map[string]func([]string) []string{
		"edited": func(l []string) []string { l[4] = strings.Replace(l[4], "H29.11", "H29.12", 1); return l },
		"hash edited": func(l []string) []string {
			l[4] = strings.Replace(l[4], `{"hash":"`+l[4][9:11], `{"hash":"`+flip(l[4][9:11]), 1)
			return l
		},
		"removed":    func(l []string) []string { return append(l[:4:4], l[5:]...) },
		"first gone": func(l []string) []string { return append(l[:1:1], l[2:]...) },
		"reordered":  func(l []string) []string { l[4], l[5] = l[5], l[4]; return l },
		"repeated":   func(l []string) []string { l[5] = l[4]; return l },
		"cut off":    func(l []string) []string { return l[:8] },
		"begins elsewhere": func(l []string) []string {
			l[0] = strings.Replace(l[0], `"0:00`, `"0:01`, 1)
			return l
		},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Join(tamper(append([]string(nil), lines...)), "")
			v, err := audit.VerifyExport(strings.NewReader(text), head)
			if err != nil || len(v.Problems) == 0 {
				t.Errorf("not found: %+v %v", v, err)
			}
		})
	}
}

func flip(digits string) string {
	if digits == "00" {
		return "01"
	}
	return "00"
}

func TestWhatIsNoExportIsRefused(t *testing.T) {
	b := newBench(t)
	b.append(2)
	good := b.export(time.Time{}, time.Time{})
	first, rest, _ := strings.Cut(good, "\n")
	for name, text := range map[string]string{
		"empty":             "",
		"another first":     `{"record":"other","version":1,"after":"0:0"}` + "\n" + rest,
		"no json":           "x\n" + rest,
		"no head":           `{"record":"lgspd","version":1,"after":"0"}` + "\n" + rest,
		"no first line":     rest,
		"a line of words":   first + "\nhello\n",
		"a line cut off":    good[:len(good)-20],
		"short hash":        first + "\n" + `{"hash":"00","entry":{"seq":1}}` + "\n",
		"hash without end":  first + "\n" + `{"hash":"` + strings.Repeat("0", 64) + "\n",
		"entry without end": first + "\n" + `{"hash":"` + strings.Repeat("0", 64) + `","entry":{"seq":1` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			v, err := audit.VerifyExport(strings.NewReader(text))
			if err == nil && len(v.Problems) == 0 {
				t.Errorf("taken as %+v", v)
			}
		})
	}
}

func TestAnExportOfATimeRangeIsVerified(t *testing.T) {
	b := newBench(t)
	start := b.now
	b.append(10)
	for _, c := range []struct {
		name     string
		from, to time.Time
		first    int64
		entries  int64
	}{
		{"from", start.Add(4 * time.Minute), time.Time{}, 5, 6},
		{"to", time.Time{}, start.Add(4 * time.Minute), 1, 4},
		{"between", start.Add(2 * time.Minute), start.Add(5 * time.Minute), 3, 3},
		{"between two entries", start.Add(90 * time.Second), start.Add(150 * time.Second), 3, 1},
		{"everything", start, start.Add(time.Hour), 1, 10},
		{"another zone", start.In(time.FixedZone("", 7*3600)), start.Add(2 * time.Minute).In(time.FixedZone("", 7*3600)), 1, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := audit.VerifyExport(strings.NewReader(b.export(c.from, c.to)))
			if err != nil || len(v.Problems) > 0 || v.First != c.first || v.Entries != c.entries {
				t.Errorf("%+v %v, want %d entries from %d", v, err, c.entries, c.first)
			}
		})
	}
}

func TestAnExportOfAnEmptyRangeSaysSo(t *testing.T) {
	b := newBench(t)
	b.append(3)
	for _, text := range []string{
		b.export(b.now.Add(time.Hour), time.Time{}),
		b.export(time.Time{}, b.now.Add(-time.Hour)),
	} {
		if v, err := audit.VerifyExport(strings.NewReader(text)); err != nil || len(v.Problems) > 0 || v.Entries != 0 {
			t.Errorf("%q: %+v %v", text, v, err)
		}
	}
}

// A clock that was set back puts entries out of the order of their times. The
// export is the part of the chain that holds every entry of the range.
func TestAnExportAcrossAClockSetBackIsVerified(t *testing.T) {
	b := newBench(t)
	start := b.now
	for _, minute := range []int{0, 10, 20, 5, 15, 25, 30} {
		b.now = start.Add(time.Duration(minute) * time.Minute)
		b.append(1)
	}
	text := b.export(start.Add(10*time.Minute), start.Add(20*time.Minute))
	v, err := audit.VerifyExport(strings.NewReader(text))
	if err != nil || len(v.Problems) > 0 {
		t.Errorf("%+v %v", v, err)
	}
	for _, at := range []string{"01:10:00", "01:15:00"} {
		if !strings.Contains(text, at) {
			t.Errorf("the entry of %s is missing:\n%s", at, text)
		}
	}
	for _, at := range []string{"01:25:00", "01:30:00", "T01:00:00"} {
		if strings.Contains(text, at) {
			t.Errorf("the entry of %s is not of the range", at)
		}
	}
}

func TestALongEntryIsExportedAndVerified(t *testing.T) {
	b := newBench(t)
	e := audit.Entry{Event: audit.Parked, Detail: strings.Repeat("dài ", 1<<18)}
	if err := b.log.Record(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	if v, err := audit.VerifyExport(strings.NewReader(b.export(time.Time{}, time.Time{}))); err != nil || v.Entries != 1 {
		t.Errorf("%+v %v", v, err)
	}
}

func TestAnExportAfterPruningBeginsWhereTheRecordDoes(t *testing.T) {
	b := newBench(t)
	b.append(1)
	b.seal()
	b.append(9)
	b.live(audit.Retention)
	if _, err := b.log.Prune(t.Context(), b.now.Add(-audit.Retention-5*time.Minute)); err != nil {
		t.Fatal(err)
	}
	v, err := audit.VerifyExport(strings.NewReader(b.export(time.Time{}, time.Time{})), b.head())
	if err != nil || len(v.Problems) > 0 || v.First != 6 || v.Entries != 5 {
		t.Errorf("%+v %v", v, err)
	}
}
