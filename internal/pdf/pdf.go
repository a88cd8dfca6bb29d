// Package pdf draws administrative documents as PDF on A4 in the layout of NĐ
// 30/2020/NĐ-CP, Phụ lục I, to be read and printed as they are.
//
// The same data gives the same bytes. The font is in the file, with the letters
// that were used; its text can be searched and copied. Whatever the data is, the
// layout ends: what is larger than a page is broken. Time grows linearly with
// the data; memory holds the pages, not the layout.
package pdf

import (
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"lgsp.internal/adapter/internal/paper"
)

// The page in points, as NĐ 30/2020/NĐ-CP, Phụ lục I wants it: A4, 20 mm above
// and below, 30 mm left, 15 mm right. The figures are those of the DOCX, whose
// unit is the twentieth of a point.
const (
	shortSide    = 11906 / 20.0
	longSide     = 16838 / 20.0
	marginTop    = 1134 / 20.0
	marginLeft   = 1701 / 20.0
	marginRight  = 851 / 20.0
	headerTop    = 567 / 20.0
	portraitText = shortSide - marginLeft - marginRight
)

// Write draws the document. The error is that of w, or names every part of the
// document that cannot be drawn; in the second case nothing was written.
func Write(w io.Writer, d paper.Document) error {
	if err := d.Check(); err != nil {
		return fmt.Errorf("laying out a document: %w", err)
	}
	file := newFile()
	describe(file, d)
	f := &flow{pen: pen{file: file}, footer: d.Footer, lastHeight: longSide}
	if n := len(d.Appendices); n > 0 && d.Appendices[n-1].Landscape {
		f.lastHeight = shortSide
	}
	if err := f.document(d); err != nil {
		return fmt.Errorf("laying out a document: %w", err)
	}
	if err := file.Output(w); err != nil {
		return fmt.Errorf("writing a document: %w", err)
	}
	return nil
}

func newFile() *fpdf.Fpdf {
	file := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", SizeStr: "A4"})
	file.SetMargins(0, 0, 0)
	file.SetAutoPageBreak(false, 0)
	return file
}

// describe sets what the file says about itself. Its time is the document's day,
// not that of the drawing.
func describe(file *fpdf.Fpdf, d paper.Document) {
	day := d.Date
	if day.IsZero() {
		day = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	file.SetCreationDate(day)
	file.SetModificationDate(day)
	file.SetCatalogSort(true)
	file.SetProducer("lgspd", false)
	file.SetTitle(clean(d.Title()), true)
	if d.Properties.Author != "" {
		file.SetAuthor(clean(d.Properties.Author), true)
	}
	file.SetLang("vi-VN")
}

func (f *flow) document(d paper.Document) error {
	f.turn(false)
	f.head(d)
	for _, basis := range paper.Enumerated(d.Bases) {
		f.line(basisShape(), basis)
	}
	if err := f.body(d.Body, true); err != nil {
		return err
	}
	f.foot(d)
	for _, a := range d.Appendices {
		f.turn(a.Landscape)
		f.appendixHead(d, a)
		if err := f.body(a.Body, false); err != nil {
			return err
		}
	}
	f.flush()
	return f.file.Error()
}
