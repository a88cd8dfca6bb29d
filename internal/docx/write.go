package docx

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"embed"
	"fmt"
	"io"
	"sort"
	"time"
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

// Write writes the document. The error is that of w, or names every block that
// cannot be laid out; in the second case nothing was written.
func (d Document) Write(w io.Writer) error {
	if err := d.check(); err != nil {
		return fmt.Errorf("laying out a document: %w", err)
	}
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, oneDeflater())
	for _, name := range d.names() {
		if err := d.writePart(z, name); err != nil {
			return fmt.Errorf("writing part %s of a document: %w", name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("ending a document: %w", err)
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

func (d Document) names() []string {
	names := []string{"docProps/core.xml", "word/document.xml"}
	for name := range fixed {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (d Document) writePart(z *zip.Writer, name string) error {
	part, err := z.CreateHeader(&zip.FileHeader{
		Name:     name,
		Method:   zip.Deflate,
		Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		return err
	}
	if file, ok := fixed[name]; ok {
		content, err := parts.ReadFile("parts/" + file)
		if err != nil {
			return err
		}
		_, err = part.Write(content)
		return err
	}
	out := bufio.NewWriterSize(part, 64<<10)
	if name == "docProps/core.xml" {
		d.Properties.write(out)
	} else {
		d.write(&page{w: out, width: portraitWidth})
	}
	return out.Flush()
}

const xmlDeclaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

func (d Document) write(p *page) {
	p.raw(xmlDeclaration, `<w:document`,
		` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`,
		` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`,
		` xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"`,
		` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"`,
		` xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"`,
		` xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:body>`)
	p.head(d)
	for _, basis := range enumerated(d.Bases) {
		p.line("Basis", basis)
	}
	p.body(d.Body, true)
	p.foot(d)
	landscape, first := false, true
	for _, a := range d.Appendices {
		p.raw(`<w:p><w:pPr><w:pStyle w:val="Last"/>`)
		p.section(landscape, first)
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
	p.section(landscape, first)
	p.raw("</w:body></w:document>")
}

// section ends a section: what stands before it since the last one. Only the
// first page of the document shows no number.
func (p *page) section(landscape, first bool) {
	p.raw(`<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:type w:val="nextPage"/>`)
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

func (pr Properties) write(w *bufio.Writer) {
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
