package paper

import "fmt"

// Block is one piece of a body: Heading, Paragraph, List, Table, Chart or, in a
// template only, Placeholder. There are no others.
type Block interface {
	check() error
}

// Heading opens a part of a body. Headings are numbered by Numbering.
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

// List is a row of paragraphs, each with a mark. Nothing else is changed of
// them.
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

// Cell returns the text of cell i, "" where the row is shorter.
func (r Row) Cell(i int) string {
	if i < len(r.Cells) {
		return r.Cells[i]
	}
	return ""
}

// Placeholder is a paragraph of a template that blocks take the place of. Only
// a template holds it.
type Placeholder struct {
	Name string // as ValidName wants it
}

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

func (p Placeholder) check() error {
	if !ValidName(p.Name) {
		return fmt.Errorf("placeholder %q: want a name of a to z, 0 to 9, _ and .", p.Name)
	}
	return nil
}

// Widths shares out a width of text, in any unit that is fine enough; the last
// column takes what rounding leaves.
func (t Table) Widths(text int) []int {
	sum := 0
	for _, c := range t.Columns {
		sum += max(c.Width, 1)
	}
	widths, left := make([]int, len(t.Columns)), text
	for i, c := range t.Columns {
		widths[i] = text * max(c.Width, 1) / sum
		left -= widths[i]
	}
	widths[len(widths)-1] += left
	return widths
}
