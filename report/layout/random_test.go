package layout_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/layout"
)

// random makes reports of anything, in which every number is another one.
type random struct {
	*rand.Rand
	next int64
	most int // items of a list
}

var odd = []string{"", "Sở Tư pháp", "=1+2", "+84", "-1", "@SUM(A1)", "<w:p>&amp;", "a\nb", "\x00\u202e\xff", "{{ky}}", "&P/&N", strings.Repeat("dài ", 300), "'", `";"`, "ẩẫậ\u0301", "#REF!", "\t=x", "1/2026"}

func (r *random) fill(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.UnixMilli(1_700_000_000_000 + r.Int64N(100_000_000_000)).UTC()
		return
	case *vntime.Day:
		*x = vntime.Day(20_000 + r.IntN(2000))
		return
	case *report.Period:
		*x = []report.Period{report.FirstHalf(2026), report.Year(2027), {From: 20_000, To: 20_000}, {From: 20_000, To: 21_000}}[r.IntN(4)]
		return
	case *layout.State:
		*x = []layout.State{layout.Missing, layout.Confirmed, layout.Returned, "other"}[r.IntN(4)]
		return
	}
	switch v.Kind() {
	case reflect.Int64, reflect.Int:
		r.next += 1 + r.Int64N(9000)
		v.SetInt(r.next)
	case reflect.String:
		v.SetString(odd[r.IntN(len(odd))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Struct:
		for i := range v.NumField() {
			r.fill(v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			r.fill(v.Index(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(r.most+1), r.most+1))
		for i := range v.Len() {
			r.fill(v.Index(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.fill(v.Elem())
	}
}

func (r *random) paper() layout.Paper {
	var p layout.Paper
	r.fill(reflect.ValueOf(&p).Elem())
	p.Report.Format = report.Format
	p.Report.From, p.Report.To = p.Report.Period.From, p.Report.Period.To
	if r.IntN(2) == 0 {
		p.Report.Scope = ""
	}
	if r.IntN(2) == 0 {
		p.Report.Before = nil
	}
	return p
}

func dice(t *testing.T) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// numbers gathers every number of a report.
func numbers(v reflect.Value, found map[int64]bool) {
	if _, ok := v.Interface().(time.Time); ok {
		return
	}
	if _, ok := v.Interface().(vntime.Day); ok {
		return
	}
	switch v.Kind() {
	case reflect.Int64, reflect.Int:
		found[v.Int()] = true
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Format" {
				numbers(v.Field(i), found)
			}
		}
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			numbers(v.Index(i), found)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			numbers(v.Elem(), found)
		}
	}
}

func TestEveryNumberOfAReportStandsInWorkbookAndCSV(t *testing.T) {
	r := &random{Rand: dice(t), next: 1000, most: 3}
	for range 3 {
		p := r.paper()
		want := map[int64]bool{}
		numbers(reflect.ValueOf(p.Report), want)
		inCSV, inXLSX := map[int64]bool{}, map[int64]bool{}
		for _, record := range records(t, written(t, layout.CSV, p)) {
			if n, err := strconv.ParseInt(record[9], 10, 64); err == nil {
				inCSV[n] = true
			}
		}
		for _, rows := range sheets(t, written(t, layout.XLSX, p)) {
			for _, row := range rows {
				for _, cell := range row {
					if f, err := strconv.ParseFloat(cell, 64); err == nil {
						for _, unit := range []float64{1, 1000, 3_600_000} {
							inXLSX[int64(math.Round(f*unit))] = true
						}
					}
				}
			}
		}
		for n := range want {
			if !inCSV[n] || !inXLSX[n] {
				t.Fatalf("%d: in the CSV %v, in the workbook %v", n, inCSV[n], inXLSX[n])
			}
		}
	}
}

func records(t *testing.T, file []byte) [][]string {
	t.Helper()
	text, ok := bytes.CutPrefix(file, []byte("\xef\xbb\xbf"))
	if !ok {
		t.Fatal("the CSV has no mark of UTF-8")
	}
	if strings.Count(string(text), "\r\n") != strings.Count(strings.ReplaceAll(string(text), "\r\n", "\r"), "\r") {
		t.Fatal("a line does not end with CR and LF")
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = ';'
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

func sheets(t *testing.T, file []byte) map[string][][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string][][]string{}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = rows
	}
	return all
}

func TestNoReportBreaksAFile(t *testing.T) {
	r := &random{Rand: dice(t), next: 0, most: 4}
	for i := range 6 {
		if i == 4 {
			r.most, r.next = 0, 0 // nothing at all
		}
		p := r.paper()
		for _, k := range layout.Formats() {
			file := written(t, k.Format, p)
			if !bytes.Equal(file, written(t, k.Format, p)) {
				t.Errorf("two writings as %s differ", k.Format)
			}
			switch k.Format {
			case layout.DOCX, layout.XLSX:
				for name, part := range unzipped(t, file) {
					if err := wellFormed(part); err != nil {
						t.Errorf("%s: %s: %v", k.Format, name, err)
					}
				}
			case layout.CSV:
				records(t, file)
			case layout.PDF:
				if !bytes.HasPrefix(file, []byte("%PDF-")) || !bytes.HasSuffix(bytes.TrimSpace(file), []byte("%%EOF")) {
					t.Error("not a PDF")
				}
			}
		}
	}
}

func unzipped(t *testing.T, file []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(b)
	}
	return parts
}

func wellFormed(text string) error {
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
