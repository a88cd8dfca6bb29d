package clean

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	lgsp "lgsp.internal/adapter"
)

func asBadFile(err error) error {
	var e *lgsp.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// sharedTexts are the texts that cells refer to by number, in one piece of memory.
type sharedTexts struct {
	bytes []byte
	ends  []uint32
}

func (t *sharedTexts) at(s string) (string, error) {
	i, err := strconv.Atoi(s)
	if t == nil || err != nil || i < 0 || i >= len(t.ends) {
		return "", errors.New("a cell refers to a text that is not there")
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return string(t.bytes[from:t.ends[i]]), nil
}

func isText(element string) bool { return element == "t" }

func (x *xlsxFile) readTexts(part string) (*sharedTexts, error) {
	t := &sharedTexts{}
	err := x.walk(part, stringsMost, func(r *xmlReader, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		r.limit.renew()
		s, err := r.text(isText, "si")
		if err != nil {
			return err
		}
		t.bytes = append(t.bytes, unescape(s)...)
		t.ends = append(t.ends, uint32(len(t.bytes)))
		return nil
	})
	return t, err
}

// each reads the sheet from its beginning.
func (x *xlsxFile) each(fn func(number int, cells []Cell) error) (err error) {
	r, in, err := x.openPart(x.sheet, sheetMost, rowBytes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	s := &sheetReader{file: x, xml: r}
	for {
		token, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return brokenXLSX(err)
		}
		if e, ok := token.(xml.EndElement); ok && e.Name.Local == "sheetData" {
			return nil
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "row" {
			r.limit.renew()
			if err := s.row(e); err != nil {
				return brokenXLSX(err)
			}
			if err := fn(s.number, s.cells); err != nil {
				return err
			}
		}
	}
}

// sheetReader reads the rows of a sheet into the same memory.
type sheetReader struct {
	file   *xlsxFile
	xml    *xmlReader
	number int
	cells  []Cell
}

func (s *sheetReader) row(row xml.StartElement) error {
	s.cells = s.cells[:0]
	number := s.number + 1
	if n := attribute(row, "r"); n != "" {
		var err error
		if number, err = strconv.Atoi(n); err != nil || number <= s.number {
			return errors.New("rows are out of order")
		}
	}
	s.number = number
	column := -1
	for {
		token, err := s.xml.next()
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.EndElement:
			if e.Name.Local == "row" {
				return nil
			}
		case xml.StartElement:
			if e.Name.Local != "c" {
				continue
			}
			column++
			if ref := attribute(e, "r"); ref != "" {
				column = columnOfRef(ref)
			}
			cell, err := s.cell(e)
			if err != nil {
				return err
			}
			if err := s.put(column, cell); err != nil {
				return err
			}
		}
	}
}

// put takes a cell unless nothing is in it, however far out that is.
func (s *sheetReader) put(column int, c Cell) error {
	if c.Text == "" {
		return nil
	}
	if column < 0 || column >= columnsMost {
		return tooWide(s.number)
	}
	for len(s.cells) <= column {
		s.cells = append(s.cells, Cell{})
	}
	s.cells[column] = c
	return nil
}

// columnOfRef reads the column of a reference like "AB12", from 0.
func columnOfRef(ref string) int {
	letters := strings.TrimRight(ref, "0123456789")
	if at, ok := letterColumn(letters); ok {
		return at
	}
	return columnsMost
}

// cell reads one cell. Of a formula only its last value counts.
func (s *sheetReader) cell(c xml.StartElement) (Cell, error) {
	var value string
	for {
		token, err := s.xml.next()
		if err != nil {
			return Cell{}, err
		}
		switch e := token.(type) {
		case xml.EndElement:
			if e.Name.Local == "c" {
				return s.valueOf(c, value)
			}
		case xml.StartElement:
			switch e.Name.Local {
			case "v":
				value, err = s.xml.text(func(element string) bool { return element == "v" }, "v")
			case "is":
				value, err = s.xml.text(isText, "is")
			}
			if err != nil {
				return Cell{}, err
			}
		}
	}
}

func (s *sheetReader) valueOf(c xml.StartElement, value string) (Cell, error) {
	switch attribute(c, "t") {
	case "s":
		if value == "" {
			return Cell{}, nil
		}
		text, err := s.file.texts.at(strings.TrimSpace(value))
		return Cell{Text: text}, err
	case "str", "inlineStr":
		return Cell{Text: unescape(value)}, nil
	case "e":
		return Cell{Text: value}, nil
	case "d":
		return Cell{Text: strings.TrimSuffix(value, "Z")}, nil
	case "b":
		if isTrue(value) {
			return Cell{Kind: BoolCell, Text: "TRUE"}, nil
		}
		return Cell{Kind: BoolCell, Text: "FALSE"}, nil
	}
	value = strings.TrimSpace(value)
	if value == "" {
		return Cell{}, nil
	}
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return Cell{}, fmt.Errorf("row %d has a number that is none", s.number)
	}
	return s.number1900(f, attribute(c, "s")), nil
}

// number1900 makes a cell of a number as its style shows it.
func (s *sheetReader) number1900(f float64, style string) Cell {
	shown := s.file.styles.of(style)
	if shown.date {
		if s.file.late {
			f += epoch1904
		}
		return dateCell(f)
	}
	text := plainNumber(f)
	if shown.zeros > len(text) && f >= 0 && f == math.Floor(f) {
		// Somebody has Excel show the zeros, so they are what stands there.
		return Cell{Text: strings.Repeat("0", shown.zeros-len(text)) + text}
	}
	return Cell{Kind: NumberCell, Text: text, Number: f}
}
