package mappings

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// largestTable is a table of invented wards with as many rows as there may be.
func largestTable() string {
	var b strings.Builder
	b.WriteString("text,code,from,to,divided,note\n")
	for i := range maxRows / 2 {
		fmt.Fprintf(&b, "Phường Mẫu %d,%05d,,2025-06-30,,nay thuộc Phường Thử\n", i, i)
		fmt.Fprintf(&b, "Phường Mẫu %d,%05d,2025-07-01,,,\n", i, i/3)
	}
	return b.String()
}

func BenchmarkReadLargestTable(b *testing.B) {
	text := []byte(largestTable())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		table, problems := readTable("codes/xa.csv", text)
		if len(problems) > 0 || len(table.rows) != maxRows {
			b.Fatal(problems)
		}
	}
}

func BenchmarkIndexLargestTableLoosely(b *testing.B) {
	table, problems := readTable("codes/xa.csv", []byte(largestTable()))
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	for b.Loop() {
		if x := table.newIndex(compareLoose); x.second != nil {
			b.Fatal(x.second)
		}
	}
}

func BenchmarkFindInLargestTable(b *testing.B) {
	for name, compare := range map[string]string{"exactly": "exact", "loosely": "loose"} {
		b.Run(name, func(b *testing.B) {
			m, err := withFiles(b, "{to: b, from: B, codes: {table: xa.csv}, compare: "+compare+"}", map[string]string{"codes/xa.csv": largestTable()})
			if err != nil {
				b.Fatal(err)
			}
			u, text := m.fields[0].codes.file, "Phường Mẫu 12345"
			if compare == "loose" {
				text = "PHƯỜNG  MẪU 12345"
			}
			var scratch []byte
			b.ReportAllocs()
			for b.Loop() {
				var rows []int32
				rows, scratch = u.index.find(text, scratch)
				if v := u.table.on(rows, 20250701); v.code != "04115" {
					b.Fatal(v)
				}
			}
		})
	}
}

// The largest table is read while an operator waits, and not only on a fast machine.
func TestTheLargestTableIsReadAtOnce(t *testing.T) {
	text := []byte(largestTable())
	fastest := time.Hour
	for range 5 {
		begin := time.Now()
		if _, problems := readTable("codes/xa.csv", text); len(problems) > 0 {
			t.Fatal(problems)
		}
		fastest = min(fastest, time.Since(begin))
	}
	if fastest > time.Second {
		t.Errorf("reading took %v", fastest)
	}
}
