// Package docx writes administrative documents as DOCX (ISO/IEC 29500
// transitional) in the layout of NĐ 30/2020/NĐ-CP, Phụ lục I: data in, layout out.
//
// The same data gives the same bytes. No text, however odd, breaks the file:
// what XML cannot hold and what would turn the reading order is left out. Time
// and memory grow linearly with the data; a table of any length is streamed.
package docx

import (
	"errors"
	"fmt"
	"time"
)

// Gap stands where a person fills in by hand what is not known.
const Gap = "……"

// Document is one administrative document, in the order of its elements in
// NĐ 30/2020/NĐ-CP, Phụ lục I. Texts are UTF-8; "\n" breaks a line. Names that
// the decree wants in capitals are set in capitals here.
type Document struct {
	Parent     string    // cơ quan chủ quản, "UBND tỉnh …"; "" = none
	Agency     string    // cơ quan ban hành, "Sở Tư pháp"
	Number     string    // "5" becomes "05"; "" leaves a gap
	Symbol     string    // ký hiệu without number: "BC-STP", of a công văn "STP-VP"; "" leaves a gap
	Place      string    // địa danh; "" leaves a gap
	Date       time.Time // the day in its own location; zero leaves a gap
	Kind       string    // tên loại, "Báo cáo"; "" is a công văn, with its subject below the number
	Subject    string    // trích yếu, of a công văn without "V/v"
	To         []string  // Kính gửi; of a công văn only
	Bases      []string  // căn cứ, without final punctuation
	Body       []Block
	Recipients []string // Nơi nhận, without dash and final punctuation
	Signer     Signer
	Appendices []Appendix
	Properties Properties
}

// Signer is the person who signs. Authority is the line above the position
// ("KT. GIÁM ĐỐC", "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH"), "" for the head of
// the agency; an empty name leaves a gap.
type Signer struct {
	Authority string
	Position  string
	Name      string
}

// Appendix is a Phụ lục, on pages of its own. Pages are numbered through the
// whole file, so that a page can be named without its appendix.
type Appendix struct {
	Number    string // "I"; "" when there is only one
	Title     string
	Note      string // in brackets below the title; "" names the document it belongs to
	Landscape bool
	Body      []Block
}

// Properties is what the file says about itself, beside its text.
type Properties struct {
	Title  string
	Author string
}

// Block is one piece of a body: Heading, Paragraph, List or Table.
type Block interface {
	check() error
	layOut(p *page)
}

// Heading opens a part of a body. The writer numbers headings: level 1 "I.",
// level 2 "1.", level 3 "a)" in the order of the Vietnamese alphabet. A number
// starts anew below each heading of a higher level.
type Heading struct {
	Level int // 1, 2 or 3
	Text  string
}

// Paragraph is running text: justified, its first line indented by 1.27 cm. One
// that ends with ":" stays on the page of what it announces.
type Paragraph struct {
	Spans []Span
	Align Align
}

// Span is text of one style within a paragraph.
type Span struct {
	Text         string
	Bold, Italic bool
}

// Text returns a paragraph of plain text.
func Text(s string) Paragraph { return Paragraph{Spans: []Span{{Text: s}}} }

// List is a row of paragraphs, each with a mark. The writer adds the marks and
// changes nothing else.
type List struct {
	Mark  Mark
	Items []string
}

// Mark is what stands before the items of a list.
type Mark uint8

// The marks of lists.
const (
	Dash   Mark = iota // "- "
	Digit              // "1. "
	Letter             // "a) "
)

// Align says where the lines of a text stand.
type Align uint8

// The alignments. Natural is justified in a paragraph and left in a table.
const (
	Natural Align = iota
	Left
	Center
	Right
)

// Table has lines around every cell and is as wide as the text. Its row of
// titles is repeated on each page; no row is broken over two pages.
type Table struct {
	Caption string // centred and bold above the table; "" = none
	Columns []Column
	Rows    []Row
}

// Column is a column of a table.
type Column struct {
	Title string
	Width int // share of the width of the text; 0 counts as 1
	Align Align
}

// Row is a row of a table. Cells that are not given are empty.
type Row struct {
	Cells []string
	Kind  RowKind
}

// RowKind says how a row is set.
type RowKind uint8

// The kinds of rows.
const (
	Plain RowKind = iota
	Total         // bold
	Group         // bold, its one cell over the whole width, kept with the row below
)

// maxColumns is what Word opens.
const maxColumns = 63

func (h Heading) check() error {
	if h.Level < 1 || h.Level > 3 {
		return fmt.Errorf("heading %q: level %d is not 1, 2 or 3", h.Text, h.Level)
	}
	return nil
}

func (p Paragraph) check() error {
	if p.Align > Right {
		return fmt.Errorf("paragraph: no alignment %d", p.Align)
	}
	return nil
}

func (l List) check() error {
	if l.Mark > Letter {
		return fmt.Errorf("list: no mark %d", l.Mark)
	}
	return nil
}

func (t Table) check() error {
	if len(t.Columns) == 0 || len(t.Columns) > maxColumns {
		return fmt.Errorf("table %q: %d columns, want 1 to %d", t.Caption, len(t.Columns), maxColumns)
	}
	for i, c := range t.Columns {
		if c.Width < 0 || c.Width > 1_000_000 || c.Align > Right {
			return fmt.Errorf("table %q: column %d: width %d, alignment %d", t.Caption, i+1, c.Width, c.Align)
		}
	}
	for i, r := range t.Rows {
		limit := len(t.Columns)
		if r.Kind == Group {
			limit = 1
		}
		if len(r.Cells) > limit || r.Kind > Group {
			return fmt.Errorf("table %q: row %d: kind %d with %d cells, want at most %d", t.Caption, i+1, r.Kind, len(r.Cells), limit)
		}
	}
	return nil
}

func (d Document) check() error {
	var errs []error
	note := func(where string, body []Block) {
		for i, b := range body {
			if b == nil {
				errs = append(errs, fmt.Errorf("%s: block %d is nil", where, i+1))
			} else if err := b.check(); err != nil {
				errs = append(errs, fmt.Errorf("%s: block %d: %w", where, i+1, err))
			}
		}
	}
	note("body", d.Body)
	for i, a := range d.Appendices {
		note(fmt.Sprintf("appendix %d", i+1), a.Body)
	}
	return errors.Join(errs...)
}
