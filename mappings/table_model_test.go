package mappings

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// modelRow is a row as a person would read it.
type modelRow struct {
	text, code string
	from, to   int // months from 2025-01 on; -1 = open
	divided    bool
}

func (r modelRow) on(month int) bool {
	return (r.from < 0 || month >= r.from) && (r.to < 0 || month <= r.to)
}

const modelMonths = 6

func modelCSV(rows []modelRow) string {
	text := "text,code,from,to,divided\n"
	for _, r := range rows {
		from, to, divided := "", "", ""
		if r.from >= 0 {
			from = fmt.Sprintf("2025-%02d-01", r.from+1)
		}
		if r.to >= 0 {
			to = fmt.Sprintf("2025-%02d-28", r.to+1)
		}
		if r.divided {
			divided = "yes"
		}
		text += strings.Join([]string{r.text, r.code, from, to, divided}, ",") + "\n"
	}
	return text
}

// modelValid says whether a table may be loaded, month by month.
func modelValid(rows []modelRow, same func(a, b string) bool) bool {
	shared := make([]bool, len(rows))
	for i, r := range rows {
		for j, o := range rows {
			if i == j || !same(r.text, o.text) {
				continue
			}
			for month := -1; month <= modelMonths; month++ {
				if !r.on(month) || !o.on(month) {
					continue
				}
				if r.code == o.code && r.text == o.text || r.code != o.code && (!r.divided || !o.divided) {
					return false
				}
				shared[i] = shared[i] || r.code != o.code
			}
		}
	}
	for i, r := range rows {
		if r.divided && !shared[i] || r.from >= 0 && r.to >= 0 && r.to < r.from {
			return false
		}
	}
	return true
}

// modelFind says what a text means in a month: a code, "divided", "outside" or "unknown".
func modelFind(rows []modelRow, text string, month int, same func(a, b string) bool) string {
	listed, found := false, ""
	for _, r := range rows {
		if !same(r.text, text) {
			continue
		}
		listed = true
		if r.on(month) && r.divided {
			return "divided"
		}
		if r.on(month) {
			found = r.code
		}
	}
	switch {
	case found != "":
		return found
	case listed:
		return "outside"
	}
	return "unknown"
}

// found is what the table itself says, in the words of the model.
func found(t *table, x *tableIndex, text string, month int) string {
	listed, _ := x.find(text, nil)
	v := t.on(listed, dayOf(2025, month+1, 15))
	switch {
	case len(listed) == 0:
		return "unknown"
	case v.divided:
		return "divided"
	case v.found:
		return v.code
	}
	return "outside"
}

func TestATableSaysWhatAPersonWouldReadInIt(t *testing.T) {
	random := rand.New(rand.NewPCG(34, 63))
	texts := []string{"Mẫu", "mẫu", "Mau", "Thử"}
	exactly := func(a, b string) bool { return a == b }
	loosely := func(a, b string) bool {
		return string(fold(nil, a, compareLoose)) == string(fold(nil, b, compareLoose))
	}
	months := func() int { return random.IntN(modelMonths+1) - 1 }
	loaded, loose, divided := 0, 0, 0
	for range 60_000 {
		rows := make([]modelRow, 1+random.IntN(4))
		for i := range rows {
			rows[i] = modelRow{texts[random.IntN(len(texts))], fmt.Sprint(1 + random.IntN(3)), months(), months(), random.IntN(3) == 0}
		}
		table, problems := readTable("codes/t.csv", []byte(modelCSV(rows)))
		if valid := modelValid(rows, exactly); valid != (len(problems) == 0) {
			t.Fatalf("%sis valid: %v, but read with %v", modelCSV(rows), valid, problems)
		}
		if len(problems) > 0 {
			continue
		}
		loaded++
		check := func(x *tableIndex, same func(a, b string) bool) {
			for _, text := range append(slices.Clone(texts), "khác") {
				for month := range modelMonths {
					got, want := found(table, x, text, month), modelFind(rows, text, month, same)
					if got != want {
						t.Fatalf("%s%s in month %d is %s, want %s", modelCSV(rows), text, month+1, got, want)
					}
					if want == "divided" {
						divided++
					}
				}
			}
		}
		check(table.index(compareExact), exactly)
		x := table.index(compareLoose)
		if clash := !modelValid(rows, loosely); clash != (x.second != nil) {
			t.Fatalf("%sclashes: %v, but %v and %v were found", modelCSV(rows), clash, x.first, x.second)
		}
		if x.second == nil {
			loose++
			check(x, loosely)
		}
	}
	if loaded < 5000 || loose < 3000 || divided < 1000 {
		t.Errorf("only %d tables were valid, %d of them loosely, and %d texts divided", loaded, loose, divided)
	}
}

// FuzzReadTable: no bytes make reading a table fail in another way than by
// problems with a place, and what is read is found.
func FuzzReadTable(f *testing.F) {
	f.Add([]byte("text,code,from,to,divided,note\nMẫu,001,,2025-06-30,,\"a, b\"\nThử,1,,,yes,\nThử,2,,,yes,\n"))
	f.Add([]byte("\ufeffcode,text\r\n1,\"a\r\n"))
	f.Add([]byte("text,code\n\"\n\n\"x\"y,\n,,,\n\xff"))
	f.Add([]byte("text;code\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		table, problems := readTable("codes/t.csv", text)
		if len(problems) > maxProblems || len(table.rows) > maxRows {
			t.Fatalf("%d problems, %d rows", len(problems), len(table.rows))
		}
		for _, p := range problems {
			if p.Line < 1 || p.Col < 1 || p.Text == "" || p.File == "" {
				t.Fatalf("a problem without a place: %+v", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		for c := compareExact; c <= compareLoose; c++ {
			x := table.index(c)
			for i := range table.rows {
				r := &table.rows[i]
				listed, _ := x.find(r.text, nil)
				if !slices.Contains(listed, int32(i)) || table.on(listed, r.from).code == "" {
					t.Fatalf("%q is not found", r.text)
				}
			}
		}
	})
}
