package clean

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// What the parts of an XLSX may have at most once they are unzipped. Sheets are
// read as a stream; the shared texts are kept in memory.
const (
	sheetMost     = 2 << 30
	stringsMost   = 256 << 20
	partMost      = 16 << 20
	directoryMost = 8 << 20
	depthMost     = 64
)

// xlsxFile is one sheet of a workbook. It is read here, not by excelize, which
// unzips large sheets into temporary files, where a killed command would leave
// citizen data, takes a sheet that breaks off for its end, and does not tell
// which cells are dates.
type xlsxFile struct {
	f      *os.File
	zip    *zip.Reader
	sheet  string // its part
	texts  *sharedTexts
	styles styles
	late   bool // serials are of the 1904 system
}

func openXLSX(f *os.File, size int64, sheet string) (source, error) {
	in := &firstBytes{r: f, left: directoryMost}
	archive, err := zip.NewReader(in, size)
	if err != nil {
		return nil, brokenXLSX(err)
	}
	in.left = -1
	x := &xlsxFile{f: f, zip: archive}
	if err := x.open(sheet); err != nil {
		return nil, err
	}
	return x, nil
}

func (x *xlsxFile) Close() error { return x.f.Close() }

// firstBytes bounds what the directory of a zip file costs.
type firstBytes struct {
	r    io.ReaderAt
	left int64 // -1 = no limit
}

func (b *firstBytes) ReadAt(p []byte, at int64) (int, error) {
	if b.left >= 0 {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, errors.New("the directory of the zip file is too large")
		}
	}
	return b.r.ReadAt(p, at)
}

// open finds the sheet and reads what its cells refer to.
func (x *xlsxFile) open(name string) error {
	book := "xl/workbook.xml"
	top, err := x.relations("")
	if err != nil {
		return err
	}
	for _, r := range top {
		if strings.HasSuffix(r.kind, "/officeDocument") {
			book = r.target
		}
	}
	sheets, err := x.workbook(book)
	if err != nil {
		return err
	}
	chosen, err := chooseSheet(sheets, name)
	if err != nil {
		return err
	}
	relations, err := x.relations(book)
	if err != nil {
		return err
	}
	for _, r := range relations {
		switch {
		case r.id == chosen.relation:
			x.sheet = r.target
		case strings.HasSuffix(r.kind, "/sharedStrings"):
			if x.texts, err = x.readTexts(r.target); err != nil {
				return err
			}
		case strings.HasSuffix(r.kind, "/styles"):
			if x.styles, err = x.readStyles(r.target); err != nil {
				return err
			}
		}
	}
	if x.sheet == "" || x.part(x.sheet) == nil {
		return brokenXLSX(errors.New("the sheet is not in the file"))
	}
	return nil
}

type sheetName struct {
	name, relation string
	hidden         bool
}

func chooseSheet(sheets []sheetName, name string) (sheetName, error) {
	var names []string
	for _, s := range sheets {
		if name == "" && !s.hidden || name != "" && strings.EqualFold(nameOf(s.name), nameOf(name)) {
			return s, nil
		}
		names = append(names, "“"+s.name+"”")
	}
	if name == "" {
		return sheetName{}, brokenXLSX(errors.New("the workbook shows no sheet"))
	}
	return sheetName{}, badFile("NoSheet", "Tệp không có trang tính “"+name+"”; hãy sửa --sheet. Các trang tính trong tệp: "+strings.Join(names, ", ")+".", "no sheet %q; see --sheet", name)
}

func (x *xlsxFile) workbook(part string) (sheets []sheetName, err error) {
	err = x.walk(part, partMost, func(r *xmlReader, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			x.late = isTrue(attribute(e, "date1904"))
		case "sheet":
			s := sheetName{name: attribute(e, "name"), hidden: strings.Contains(strings.ToLower(attribute(e, "state")), "hidden")}
			for _, a := range e.Attr {
				if a.Name.Local == "id" && strings.Contains(a.Name.Space, "relationships") {
					s.relation = a.Value
				}
			}
			sheets = append(sheets, s)
		}
		return nil
	})
	return sheets, err
}

type relation struct{ id, kind, target string }

// relations reads what a part refers to; "" is the whole file.
func (x *xlsxFile) relations(of string) (list []relation, err error) {
	dir, base := path.Split(of)
	part := dir + "_rels/" + base + ".rels"
	if x.part(part) == nil {
		return nil, nil
	}
	err = x.walk(part, partMost, func(r *xmlReader, e xml.StartElement) error {
		if e.Name.Local != "Relationship" || attribute(e, "TargetMode") == "External" {
			return nil
		}
		target := attribute(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = "/" + dir + target
		}
		list = append(list, relation{attribute(e, "Id"), attribute(e, "Type"), strings.TrimPrefix(path.Clean(target), "/")})
		return nil
	})
	return list, err
}

func (x *xlsxFile) part(name string) *zip.File {
	i := slices.IndexFunc(x.zip.File, func(f *zip.File) bool { return strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) })
	if i < 0 {
		return nil
	}
	return x.zip.File[i]
}

// openPart begins to read a part that unzips to most bytes at most.
func (x *xlsxFile) openPart(name string, most, each int64) (*xmlReader, io.Closer, error) {
	f := x.part(name)
	if f == nil {
		return nil, nil, brokenXLSX(errors.New("part " + name + " is missing"))
	}
	if f.UncompressedSize64 > uint64(most) {
		return nil, nil, badFile("ZipBomb", "Tệp giải nén ra quá lớn nên không được đọc; hãy kiểm tra lại nguồn của tệp.", "part %s unzips to %d bytes, at most %d", name, f.UncompressedSize64, most)
	}
	in, err := f.Open()
	if err != nil {
		return nil, nil, brokenXLSX(err)
	}
	return newXMLReader(io.LimitReader(in, most+1), each), in, nil
}

// walk calls fn for every element of a part, which fn may read on from.
func (x *xlsxFile) walk(part string, most int64, fn func(*xmlReader, xml.StartElement) error) (err error) {
	r, in, err := x.openPart(part, most, min(most, partMost))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	for {
		token, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return brokenXLSX(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := fn(r, e); err != nil {
				return brokenXLSX(err)
			}
		}
	}
}

// brokenXLSX keeps an error that says more.
func brokenXLSX(err error) error {
	if said := asBadFile(err); said != nil {
		return said
	}
	return badFile("BrokenXLSX", "Tệp .xlsx bị hỏng hoặc không phải tệp Excel; hãy mở bằng Excel và lưu lại dạng .xlsx.", "read the workbook: %w", err)
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || s == "true" }

// xmlReader reads tokens, not deeper than a workbook is, with a budget between
// renewals.
type xmlReader struct {
	d     *xml.Decoder
	limit *budget
	depth int
}

func newXMLReader(in io.Reader, each int64) *xmlReader {
	limit := newBudget(in, each)
	return &xmlReader{d: xml.NewDecoder(limit), limit: limit}
}

func (r *xmlReader) next() (xml.Token, error) {
	token, err := r.d.Token()
	if err != nil {
		return nil, err
	}
	switch token.(type) {
	case xml.StartElement:
		if r.depth++; r.depth > depthMost {
			return nil, errors.New("elements are nested too deep")
		}
	case xml.EndElement:
		r.depth--
	case xml.Directive:
		return nil, errors.New("a document type declaration")
	}
	return token, nil
}

// text returns the texts in the element just begun that want accepts by the name
// of the element they stand in, up to the element's end.
func (r *xmlReader) text(want func(element string) bool, outer string) (string, error) {
	var b strings.Builder
	open := []string{outer}
	for {
		token, err := r.next()
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.StartElement:
			open = append(open, e.Name.Local)
		case xml.EndElement:
			if open = open[:len(open)-1]; len(open) == 0 {
				return b.String(), nil
			}
		case xml.CharData:
			if want(open[len(open)-1]) && !slices.Contains(open, "rPh") {
				b.Write(e)
			}
		}
	}
}

// unescape reads the _xHHHH_ by which spreadsheets write what XML cannot hold
// (ECMA-376 part 1, §22.9.2.19).
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		if len(s) >= 7 && s[6] == '_' {
			if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				s = s[7:]
				continue
			}
		}
		b.WriteString(s[:2])
		s = s[2:]
	}
	return b.String() + s
}
