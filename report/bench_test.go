package report_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// A verification reads every entry, and should not cost much more than that.
func BenchmarkVerify(b *testing.B) {
	const entries = 200_000
	of := newBench(b)
	of.fill(entries)
	r := of.compile(first, "")
	b.ReportAllocs()
	for b.Loop() {
		if v := of.verify(r); !v.Holds() || v.Entries != entries {
			b.Fatalf("%+v", v)
		}
	}
	b.ReportMetric(entries*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// fill puts entries on record as those of messages and look-ups are.
func (b *bench) fill(n int) {
	b.t.Helper()
	for at := 0; at < n; at += 10_000 {
		if err := b.db.Write(context.Background(), func(tx *sqlite.Tx) error {
			for i := at; i < at+10_000; i++ {
				e := message(audit.Accepted, func(e *audit.Entry) {
					e.Message = fmt.Sprintf("0190f1d0-6b1c-7c3a-9f00-%012x", i)
					e.Sender = fmt.Sprintf("H29.%02d", i%40)
					e.Subject, e.Procedure, e.Officer, e.Unit, e.Attempt = "00112233445566778899aabbccddeeff", "1.004222", "000000000000", "H29.11", 1
					e.At = b.now.Add(time.Duration(i) * time.Second)
				})
				if i%2 == 1 {
					e.Event, e.System, e.Service, e.Result, e.Took = audit.Asked, "mot-cua", "dancu.tra-cuu", audit.Found, 300
					e.Fields = "SoDinhDanh HoVaTen NgayThangNamSinh GioiTinh ThuongTru/MaTinhThanh"
				}
				if err := b.record.Append(tx, &e); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.t.Fatal(err)
		}
	}
}

// What counting costs the line: entries of one commit, with and without.
func BenchmarkAppend(b *testing.B) {
	for name, counting := range map[string]bool{"counted": true, "not-counted": false} {
		b.Run(name, func(b *testing.B) {
			of := newBench(b)
			of.open(of.db.Path()+name, counting)
			b.ReportAllocs()
			for b.Loop() {
				if err := of.db.Write(context.Background(), func(tx *sqlite.Tx) error {
					for i := range 30 {
						e := message(audit.Accepted, func(e *audit.Entry) { e.Sender = fmt.Sprintf("H29.%02d", i%10) })
						if err := of.record.Append(tx, &e); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N)/30, "us/entry")
		})
	}
}
