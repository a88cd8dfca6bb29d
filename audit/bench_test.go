package audit_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

const benchEntries = 50_000

// benchRecord is a record of benchEntries entries, 500 to a commit.
func benchRecord(b *testing.B) *bench {
	t := newBench(b)
	for range benchEntries / 500 {
		t.appendMany(500)
	}
	b.ReportAllocs()
	b.ResetTimer()
	return t
}

func perSecond(b *testing.B) {
	b.ReportMetric(float64(benchEntries)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkVerify(b *testing.B) {
	t := benchRecord(b)
	for b.Loop() {
		if v := t.verify(); v.Entries != benchEntries || len(v.Problems) > 0 {
			b.Fatalf("%+v", v)
		}
	}
	perSecond(b)
}

func BenchmarkExportAndVerifyExport(b *testing.B) {
	t := benchRecord(b)
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if _, err := t.log.Export(context.Background(), &out, time.Time{}, time.Time{}); err != nil {
			b.Fatal(err)
		}
		if v, err := audit.VerifyExport(&out); err != nil || v.Entries != benchEntries {
			b.Fatalf("%+v %v", v, err)
		}
	}
	perSecond(b)
}

// BenchmarkAppend adds entries in commits of 500, the cost of which is spread.
func BenchmarkAppend(b *testing.B) {
	t := newBench(b)
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += 500 {
		if err := t.db.Write(context.Background(), func(tx *sqlite.Tx) error {
			for range min(500, b.N-n) {
				if err := t.log.Append(tx, sample()); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkRead reads the record as whoever recomputes figures does.
func BenchmarkRead(b *testing.B) {
	t := benchRecord(b)
	var took int64
	for b.Loop() {
		r, err := t.log.Read(context.Background(), audit.Range{}, func(e *audit.Entry) error {
			took += e.Took
			return nil
		})
		if err != nil || r.Entries != benchEntries || len(r.Problems) > 0 {
			b.Fatalf("%+v %v", r, err)
		}
	}
	perSecond(b)
}
