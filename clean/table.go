package clean

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	lgsp "lgsp.internal/adapter"
)

// What a list may have at most.
const (
	fileMost    = 200 << 20 // bytes
	rowsMost    = 200_000   // below the header
	columnsMost = 200
	rowBytes    = 2 << 20 // of one row, as it stands in the file
)

// headerWithin is how many rows are looked at for the header.
const headerWithin = 20

// ReadOptions say how a list is read.
type ReadOptions struct {
	Sheet   string // of an XLSX; "" = the first that is not hidden
	Columns Columns
	Now     func() time.Time // nil = time.Now; nobody is born later
}

// Table is a list of people in a file, open until Close. Reading costs memory in
// proportion to a row and, of an XLSX, to its table of shared texts.
type Table struct {
	source source
	layout layout
	now    func() time.Time
}

// source is the rows of a file, by ascending number from 1, without trailing
// blank cells. It can be read more than once. A row is good until fn returns.
type source interface {
	each(fn func(number int, cells []Cell) error) error
	Close() error
}

// Line is one row of a file that is not wholly blank.
type Line struct {
	Number int
	Cells  []Cell // good until the function that was given the line returns
	Header bool
	Person bool   // below the header
	Row    Row    // whom to ask about, when Reason is ""; N is not set
	Reason string // why nobody can be asked about
}

// Read opens a list, XLSX or CSV, and finds its columns. Errors of Kind Invalid
// say in their Text what is wrong with the file and what to do.
func Read(path string, o ReadOptions) (*Table, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	source, err := openSource(path, o)
	if err != nil {
		return nil, err
	}
	t := &Table{source: source, now: o.Now}
	first, err := firstRows(source)
	if err == nil {
		t.layout, err = findLayout(first, o.Columns)
	}
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	return t, nil
}

// Close closes the file.
func (t *Table) Close() error { return t.source.Close() }

func openSource(path string, o ReadOptions) (source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s, err := sourceOf(f, o)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

func sourceOf(f *os.File, o ReadOptions) (source, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, badFile("NoFile", "Đường dẫn đầu vào không phải là một tệp; hãy chỉ ra tệp .xlsx hoặc .csv.", "%s is not a regular file", f.Name())
	}
	if info.Size() > fileMost {
		return nil, badFile("TooLarge", "Tệp lớn hơn 200 MiB; hãy chia thành nhiều tệp nhỏ hơn.", "the file has %d bytes, at most %d", info.Size(), fileMost)
	}
	head := make([]byte, 4096)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return openXLSX(f, info.Size(), o.Sheet)
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		return nil, badFile("OldExcel", "Tệp là Excel kiểu cũ (.xls) hoặc có đặt mật khẩu; hãy mở bằng Excel, bỏ mật khẩu và lưu lại dạng .xlsx.", "an .xls file, or one with a password")
	case isWide(head):
		return nil, badFile("UTF16", "Tệp CSV được lưu ở bảng mã UTF-16 (“Unicode Text”); hãy lưu lại dạng “CSV UTF-8”.", "the file is UTF-16, not UTF-8")
	case len(bytes.TrimSpace(head)) == 0:
		return nil, badFile("Empty", "Tệp rỗng; hãy chọn tệp có danh sách.", "the file is empty")
	}
	if o.Sheet != "" {
		return nil, badFile("NoSheet", "Tệp CSV không có trang tính; hãy bỏ --sheet.", "a CSV has no sheets")
	}
	return openCSV(f, o.Columns)
}

// isWide reports whether bytes are UTF-16, with a byte order mark or without.
func isWide(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}) || bytes.IndexByte(head, 0) >= 0
}

// errStop ends the reading of a source early.
var errStop = errors.New("enough")

func firstRows(s source) ([]numbered, error) {
	var rows []numbered
	err := s.each(func(number int, cells []Cell) error {
		if number > headerWithin {
			return errStop
		}
		rows = append(rows, numbered{number, append([]Cell(nil), cells...)})
		return nil
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return rows, err
}

// Each calls fn for every row that is not wholly blank, in order.
func (t *Table) Each(fn func(Line) error) error {
	today := vietnam(t.now())
	people := 0
	return t.source.each(func(number int, cells []Cell) error {
		if wholeRowBlank(cells) {
			return nil
		}
		line := Line{Number: number, Cells: cells, Header: number == t.layout.header, Person: number > t.layout.header}
		if line.Person {
			if people++; people > rowsMost {
				return badFile("TooManyRows", fmt.Sprintf("Danh sách có hơn %d dòng; hãy chia thành nhiều tệp.", rowsMost), "more than %d rows", rowsMost)
			}
			line.Row, line.Reason = t.person(cells, today)
		}
		return fn(line)
	})
}

// person reads who stands in a row, or why nobody can be asked about.
func (t *Table) person(cells []Cell, today time.Time) (r Row, reason string) {
	at := func(of role) Cell {
		if i := t.layout.at[of]; i >= 0 && i < len(cells) {
			return cells[i]
		}
		return Cell{}
	}
	if reason = r.setNumber(numberOf(at(roleID)), numberOf(at(roleCMND))); reason != "" {
		return Row{}, reason
	}
	r.Name = nameOf(at(roleName).Text, at(roleFamily).Text, at(roleMiddle).Text, at(roleOwn).Text)
	if reason = nameFault(r.Name); reason != "" {
		return Row{}, reason
	}
	if r.Born, reason = bornOf(at(roleBorn), today); reason != "" {
		return Row{}, reason
	}
	return r, ""
}

// badFile is an error of the file or of how it is to be read: text is for a
// person, format says the same for the log.
func badFile(code, text, format string, args ...any) error {
	return &lgsp.Error{Kind: lgsp.Invalid, Op: "clean.read", Code: code, Text: text, Err: fmt.Errorf(format, args...)}
}

func tooWide(number int) error {
	return badFile("TooWide", fmt.Sprintf("Dòng %d có hơn %d cột; hãy xoá bớt cột thừa.", number, columnsMost), "row %d has more than %d columns", number, columnsMost)
}
