package clean

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"
)

// csvFile is a CSV in UTF-8. A row's number is its place among the rows that are
// not empty lines.
type csvFile struct {
	f         *os.File
	delimiter rune
}

func openCSV(f *os.File, c Columns) (source, error) {
	s := &csvFile{f: f}
	var trouble error
	best := -1
	for _, delimiter := range [...]rune{',', ';', '\t'} {
		try := &csvFile{f: f, delimiter: delimiter}
		rows, err := firstRows(try)
		if len(rows) == 0 && err != nil {
			if trouble == nil {
				trouble = err
			}
			continue
		}
		if score := scoreOf(rows, c); score > best {
			best, s.delimiter = score, delimiter
		}
	}
	if best < 0 && trouble != nil {
		return nil, trouble
	}
	return s, nil
}

// scoreOf tells how much a delimiter makes of the first rows: known headers
// first, then columns.
func scoreOf(rows []numbered, c Columns) int {
	headers, columns := 0, 0
	for _, r := range rows {
		headers, columns = max(headers, countRoles(r.cells, c)), max(columns, len(r.cells))
	}
	return headers*(columnsMost+1) + columns
}

func (s *csvFile) Close() error { return s.f.Close() }

func (s *csvFile) each(fn func(number int, cells []Cell) error) error {
	limit := newBudget(io.NewSectionReader(s.f, 0, fileMost), rowBytes)
	in := bufio.NewReader(limit)
	if mark, err := in.Peek(3); err == nil && string(mark) == "\uFEFF" {
		if _, err := in.Discard(3); err != nil {
			return err
		}
	}
	return eachRecord(in, s.delimiter, limit, fn)
}

func eachRecord(in io.Reader, delimiter rune, limit *budget, fn func(number int, cells []Cell) error) error {
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = delimiter, -1, true
	var cells []Cell
	for number := 1; ; number++ {
		limit.renew()
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return csvError(err)
		}
		for len(record) > 0 && record[len(record)-1] == "" {
			record = record[:len(record)-1]
		}
		if len(record) > columnsMost {
			return tooWide(number)
		}
		cells = cells[:0]
		for i, field := range record {
			if !utf8.ValidString(field) {
				line, _ := r.FieldPos(i)
				return badFile("NotUTF8", fmt.Sprintf("Dòng %d của tệp không phải bảng mã UTF-8; hãy lưu lại dạng “CSV UTF-8”.", line), "line %d is not UTF-8", line)
			}
			cells = append(cells, Cell{Text: field})
		}
		if err := fn(number, cells); err != nil {
			return err
		}
	}
}

// csvError says where a CSV is broken, without what stands there.
func csvError(err error) error {
	var broken *csv.ParseError
	if !errors.As(err, &broken) {
		return err
	}
	return badFile("BrokenCSV", fmt.Sprintf("Dòng %d của tệp CSV có dấu nháy kép (\") sai chỗ; hãy sửa dòng này hoặc lưu danh sách dạng .xlsx.", broken.StartLine),
		"line %d: %w", broken.StartLine, broken.Err)
}
