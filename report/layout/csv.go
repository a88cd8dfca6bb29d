package layout

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"lgsp.internal/adapter/internal/vntime"
)

// csvTitles are the columns of the CSV: every figure of the report is one row.
// Table and item together never change their meaning; they are the names of the
// JSON.
var csvTitles = [...]string{"ky_bao_cao", "bang", "ma_don_vi", "don_vi", "ma_he_thong", "ma_dich_vu", "doi_tuong", "chi_tieu", "ten_chi_tieu", "gia_tri", "don_vi_tinh"}

// writeCSV writes every figure of the report, and nothing computed from others.
//
// Columns are parted by ";": where decimals have a comma, as in Vietnam, Excel
// parts the columns of a CSV by semicolons, whatever else is set; where people
// keep English settings, they name the separator when they open it. Values are
// whole numbers, in milliseconds where they are times, days as 2026-06-14 and
// moments in UTC, so that neither setting changes what they say. The mark of
// UTF-8 at the beginning has Excel read the letters.
func writeCSV(w io.Writer, p Paper) error {
	out := &csvWriter{Writer: bufio.NewWriter(w), period: p.Report.Period.String(), names: namesOf(p.Report)}
	_, _ = out.WriteString("\uFEFF") // Flush tells what went wrong
	out.line(csvTitles[:])
	for _, t := range append([]table{nodeTable(p.Report)}, tables(p)...) {
		if !t.summed {
			out.table(t)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing a CSV: %w", err)
	}
	return nil
}

type csvWriter struct {
	*bufio.Writer
	period string
	names  names
}

func (w *csvWriter) table(t table) {
	for _, r := range t.rows {
		if r.derived {
			continue
		}
		for i, c := range r.cells {
			column := t.columns[i]
			if column.key == "" || column.derived || c.blank {
				continue
			}
			department := ""
			if r.department != "" {
				department = w.names.department(r.department)
			}
			about, item, name, unit := r.other, column.key, column.title, column.unit
			f := t.formOf(r, i)
			if r.item != "" {
				about, item, name, unit = column.key, r.item, r.title, r.unit
			}
			if f == inSeconds || f == inHours {
				name, unit = unitless(name), "ms"
			}
			w.line([]string{w.period, t.key, r.department, department, r.system, r.service, about, item, name, c.raw(f), unit})
		}
	}
}

// unitless takes the unit from the title of a column, which a CSV names beside.
func unitless(title string) string {
	return strings.TrimSuffix(strings.TrimSuffix(title, " (giây)"), " (giờ)")
}

// raw is the value as the report has it.
func (c cell) raw(f form) string {
	switch f {
	case text:
		return c.text
	case date:
		return vntime.Day(c.n).String()
	case instant:
		return time.UnixMilli(c.n).UTC().Format("2006-01-02T15:04:05.000Z")
	case count, inSeconds, inHours, average, share:
	}
	return strconv.FormatInt(c.n, 10)
}

func (w *csvWriter) line(fields []string) {
	for i, s := range fields {
		if i > 0 {
			_ = w.WriteByte(';')
		}
		s = inert(clean(s))
		if strings.ContainsAny(s, ",;\t\n\"") || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
			s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
		}
		_, _ = w.WriteString(s)
	}
	_, _ = w.WriteString("\r\n")
}

// inert keeps a spreadsheet from taking a text for a formula: an apostrophe
// comes before what begins one.
func inert(s string) string {
	if _, err := strconv.ParseInt(s, 10, 64); err == nil {
		return s
	}
	begins := strings.TrimLeft(s, " \t\n\u00a0\u3000")
	if begins != "" && strings.ContainsRune("=+-@＝＋－＠", firstRune(begins)) {
		return "'" + s
	}
	return s
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
