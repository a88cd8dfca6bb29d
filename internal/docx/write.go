// Package docx writes administrative documents as DOCX (ISO/IEC 29500
// transitional) in the layout of NĐ 30/2020/NĐ-CP, Phụ lục I, and fills
// templates that people made of them in Word.
//
// The same data gives the same bytes. No text, however odd, breaks the file:
// what XML cannot hold and what would turn the reading order is left out. Time
// and memory of Write grow linearly with the data; a table of any length is
// streamed.
package docx

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"embed"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"lgsp.internal/adapter/internal/paper"
)

// The page in twips: A4, margins of 20 mm above and below, 30 mm left, 15 mm
// right (NĐ 30/2020/NĐ-CP, Phụ lục I).
const (
	shortSide      = 11906
	longSide       = 16838
	marginTop      = 1134
	marginLeft     = 1701
	marginRight    = 851
	headerTop      = 567
	portraitWidth  = shortSide - marginLeft - marginRight
	landscapeWidth = longSide - marginLeft - marginRight
)

// parts are those that no data changes.
//
//go:embed parts
var parts embed.FS

// fixed names the files of parts by the name of the part.
var fixed = map[string]string{
	"[Content_Types].xml":          "content-types.xml",
	"_rels/.rels":                  "package-rels.xml",
	"docProps/app.xml":             "app.xml",
	"word/_rels/document.xml.rels": "document-rels.xml",
	"word/header1.xml":             "header.xml",
	"word/settings.xml":            "settings.xml",
	"word/styles.xml":              "styles.xml",
}

// Write writes the document. The error is that of w, or names every part of the
// document that cannot be drawn; in the second case nothing was written.
func Write(w io.Writer, d paper.Document) error { return write(w, d, false) }

func write(w io.Writer, d paper.Document, template bool) error {
	if err := d.Check(); err != nil {
		return fmt.Errorf("laying out a document: %w", err)
	}
	if err := checkPlaceholders(d, template); err != nil {
		return fmt.Errorf("laying out a document: %w", err)
	}
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, oneDeflater())
	parts := partsOf(d, template)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if err := writePart(z, name, parts[name]); err != nil {
			return fmt.Errorf("writing part %s of a document: %w", name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("ending a document: %w", err)
	}
	return nil
}

// checkPlaceholders lets placeholders stand where people fill them in later, and
// nowhere else: a document that is issued has none.
func checkPlaceholders(d paper.Document, template bool) error {
	if template {
		return nil
	}
	bodies := [][]paper.Block{d.Body}
	for _, a := range d.Appendices {
		bodies = append(bodies, a.Body)
	}
	for _, body := range bodies {
		for _, b := range body {
			if p, ok := b.(paper.Placeholder); ok {
				return fmt.Errorf("%s is not filled in", p.Mark())
			}
		}
	}
	return nil
}

// oneDeflater gives the same compressor, of a megabyte, to part after part.
func oneDeflater() zip.Compressor {
	var deflater *flate.Writer
	return func(w io.Writer) (io.WriteCloser, error) {
		if deflater != nil {
			deflater.Reset(w)
			return deflater, nil
		}
		var err error
		deflater, err = flate.NewWriter(w, flate.DefaultCompression)
		return deflater, err
	}
}

// partsOf returns what writes each part of the file.
func partsOf(d paper.Document, template bool) map[string]func(*bufio.Writer) error {
	list := map[string]func(*bufio.Writer) error{}
	for name, file := range fixed {
		list[name] = func(w *bufio.Writer) error {
			content, err := parts.ReadFile("parts/" + file)
			if err != nil {
				return err
			}
			_, err = w.Write(content)
			return err
		}
	}
	list["docProps/core.xml"] = func(w *bufio.Writer) error { writeProperties(w, d.Properties); return nil }
	list["word/document.xml"] = func(w *bufio.Writer) error {
		writeMain(&page{w: w, width: portraitWidth, template: template}, d)
		return nil
	}
	extra := additions{}
	if d.Footer != "" {
		extra.footer = true
		list["word/footer1.xml"] = func(w *bufio.Writer) error { writeFooter(w, d.Footer); return nil }
	}
	for i, c := range d.Charts() {
		extra.charts++
		list[chartPart(i+1)] = func(w *bufio.Writer) error { writeChart(w, c); return nil }
	}
	for _, name := range []string{contentTypes, "word/_rels/document.xml.rels"} {
		list[name] = extra.insert(name, list[name])
	}
	return list
}

func writePart(z *zip.Writer, name string, write func(*bufio.Writer) error) error {
	part, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: epoch()})
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(part, 64<<10)
	if err := write(out); err != nil {
		return err
	}
	return out.Flush()
}

func writeBytes(z *zip.Writer, name string, content []byte) error {
	return writePart(z, name, func(w *bufio.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// epoch is the time of every part, the first that a ZIP archive can hold.
func epoch() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

const xmlDeclaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

func writeMain(p *page, d paper.Document) {
	p.raw(xmlDeclaration, `<w:document`,
		` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`,
		` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`,
		` xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"`,
		` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"`,
		` xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"`,
		` xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:body>`)
	p.head(d)
	footer := d.Footer != ""
	for _, basis := range paper.Enumerated(d.Bases) {
		p.line("Basis", basis)
	}
	p.body(d.Body, true)
	p.foot(d)
	landscape, first := false, true
	for _, a := range d.Appendices {
		p.raw(`<w:p><w:pPr><w:pStyle w:val="Last"/>`)
		p.section(landscape, first, footer)
		p.raw(`</w:pPr></w:p>`)
		landscape, first = a.Landscape, false
		p.width = portraitWidth
		if landscape {
			p.width = landscapeWidth
		}
		p.appendixHead(d, a)
		p.body(a.Body, false)
	}
	p.line("Last", "")
	p.section(landscape, first, footer)
	p.raw("</w:body></w:document>")
}

// section ends a section: what stands before it since the last one. Only the
// first page of the document shows no number.
func (p *page) section(landscape, first, footer bool) {
	p.raw(`<w:sectPr><w:headerReference w:type="default" r:id="rId3"/>`)
	if footer {
		p.raw(`<w:footerReference w:type="default" r:id="`, footerID, `"/>`)
	}
	if footer && first {
		p.raw(`<w:footerReference w:type="first" r:id="`, footerID, `"/>`)
	}
	p.raw(`<w:type w:val="nextPage"/>`)
	if landscape {
		p.raw(`<w:pgSz w:w="`, itoa(longSide), `" w:h="`, itoa(shortSide), `" w:orient="landscape"/>`)
	} else {
		p.raw(`<w:pgSz w:w="`, itoa(shortSide), `" w:h="`, itoa(longSide), `"/>`)
	}
	p.raw(`<w:pgMar w:top="`, itoa(marginTop), `" w:right="`, itoa(marginRight), `" w:bottom="`, itoa(marginTop), `" w:left="`, itoa(marginLeft),
		`" w:header="`, itoa(headerTop), `" w:footer="`, itoa(headerTop), `" w:gutter="0"/>`)
	if first {
		p.raw(`<w:pgNumType w:start="1"/><w:titlePg/>`)
	}
	p.raw(`</w:sectPr>`)
}

func writeProperties(w *bufio.Writer, pr paper.Properties) {
	element := func(name, text string) {
		_, _ = w.WriteString("<" + name + ">")
		writeText(w, text, " ")
		_, _ = w.WriteString("</" + name + ">")
	}
	_, _ = w.WriteString(xmlDeclaration + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">`)
	element("dc:title", pr.Title)
	element("dc:creator", pr.Author)
	element("dc:language", "vi-VN")
	_, _ = w.WriteString("</cp:coreProperties>")
}
