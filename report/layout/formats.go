package layout

import (
	"fmt"
	"io"
	"strings"

	"lgsp.internal/adapter/internal/docx"
	"lgsp.internal/adapter/internal/page"
	"lgsp.internal/adapter/internal/pdf"
)

// Format is a kind of file that a report is written as.
type Format string

// The formats.
const (
	DOCX Format = "docx" // the document, to be edited and signed
	XLSX Format = "xlsx" // the annex with every figure
	PDF  Format = "pdf"  // the document, to be read
	HTML Format = "html" // the document, for the screen
	CSV  Format = "csv"  // every figure, a row each
	JSON Format = "json" // the paper itself, which ReadJSON reads
)

// Kind is what people and browsers are told of a format.
type Kind struct {
	Format Format // also the extension of its files, without a dot
	MIME   string
	Title  string
}

// Formats returns the formats in the order in which they are offered.
func Formats() []Kind {
	return []Kind{
		{DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Văn bản Word (DOCX)"},
		{PDF, "application/pdf", "Văn bản PDF"},
		{XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Phụ lục số liệu Excel (XLSX)"},
		{HTML, "text/html; charset=utf-8", "Trang web (HTML)"},
		{CSV, "text/csv; charset=utf-8", "Số liệu dạng bảng (CSV)"},
		{JSON, "application/json", "Dữ liệu báo cáo (JSON)"},
	}
}

// ParseFormat returns the format of a name as "docx".
func ParseFormat(s string) (Format, error) {
	names := make([]string, 0, len(Formats()))
	for _, k := range Formats() {
		if string(k.Format) == s {
			return k.Format, nil
		}
		names = append(names, string(k.Format))
	}
	return "", fmt.Errorf("no report is written as %q; write one of %s", s, strings.Join(names, ", "))
}

// FileName returns a name for the file of a paper, as bao-cao-2026-H1-H29.11.docx;
// that of the province ends with tinh. It holds letters, digits, "." and "-" only.
func FileName(p Paper, f Format) string {
	parts := []string{"bao-cao", strings.ReplaceAll(p.Report.Period.String(), "..", "-den-"), known(p.Report.Scope, "tinh")}
	if p.Draft {
		parts = append(parts, "du-thao")
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		}
		return '_'
	}, strings.Join(parts, "-"))
	const most = 120
	return cut(name, most) + "." + string(f)
}

// Options are how a file is written.
type Options struct {
	// Template is a province's own form of the document as DOCX, with the
	// placeholders that Names lists, in place of the standard form. Only the
	// format DOCX has it.
	Template []byte
	// Fragment writes an HTML <article> for a page that brings page.CSS itself.
	Fragment bool
}

// Write writes the paper in a format. The error is that of w, says what is wrong
// with the template, or that there is no such format.
func Write(w io.Writer, f Format, p Paper, o Options) error {
	switch f {
	case DOCX:
		if len(o.Template) > 0 {
			return fillTemplate(w, p, o.Template)
		}
		return docx.Write(w, Document(p))
	case XLSX:
		return writeXLSX(w, p)
	case PDF:
		return pdf.Write(w, Document(p))
	case HTML:
		return page.Write(w, Document(p), page.Options{Fragment: o.Fragment})
	case CSV:
		return writeCSV(w, p)
	case JSON:
		return writeJSON(w, p)
	}
	_, err := ParseFormat(string(f))
	return err
}
