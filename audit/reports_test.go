package audit_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
)

// reports returns the numbers of the entries about reports, and since when the
// record knows.
func (b *bench) reports() (found []int64, since time.Time) {
	b.t.Helper()
	since, err := b.log.Reports(context.Background(), func(e audit.Entry) error {
		if e.Report == "" {
			b.t.Errorf("entry %d is about no report", e.Seq)
		}
		found = append(found, e.Seq)
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return found, since
}

func TestEntriesAboutReportsAreFound(t *testing.T) {
	b := newBench(t)
	if found, since := b.reports(); found != nil || !since.IsZero() {
		t.Errorf("an empty record tells %v since %s", found, since)
	}
	b.record(
		audit.Entry{Event: audit.Started, Detail: `,"report":"`},
		audit.Entry{Event: audit.ReportDrafted, Report: "2026-H1/H29.11", Operator: "tu-phap-1 (Trần Thị Thử)"},
		audit.Entry{Event: audit.Asked, Result: audit.Found},
		audit.Entry{Event: audit.ReportIssued, Report: "2026-H1"},
	)
	if found, since := b.reports(); !slices.Equal(found, []int64{2, 4}) || !since.IsZero() {
		t.Errorf("found %v since %s", found, since)
	}
	want := errors.New("enough")
	if _, err := b.log.Reports(context.Background(), func(audit.Entry) error { return want }); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func TestSinceWhenTheRecordKnowsOfReportsIsTold(t *testing.T) {
	b := newBench(t)
	b.record(audit.Entry{Event: audit.ReportDrafted, Report: "2026-H1/H29.11"})
	b.live(24 * time.Hour)
	kept := b.now
	b.record(audit.Entry{Event: audit.ReportCompleted, Report: "2026-H1/H29.11"})
	b.live(audit.Retention - 12*time.Hour)
	if n, err := b.log.Prune(context.Background(), b.now.Add(-audit.Retention)); err != nil || n != 1 {
		t.Fatalf("%d entries went, %v", n, err)
	}
	if found, since := b.reports(); !slices.Equal(found, []int64{2}) || !since.Equal(kept) {
		t.Errorf("found %v since %s, want 2 since %s", found, since, kept)
	}
	b.live(48 * time.Hour)
	if n, err := b.log.Prune(context.Background(), b.now.Add(-audit.Retention)); err != nil || n != 1 {
		t.Fatalf("%d entries went, %v", n, err)
	}
	if found, since := b.reports(); found != nil || !since.Equal(b.now) {
		t.Errorf("found %v since %s, want none since %s", found, since, b.now)
	}
}
