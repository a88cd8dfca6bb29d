package layout

import (
	"fmt"
	"io"

	"lgsp.internal/adapter/internal/docx"
)

// Format is a kind of file that a report is written as.
type Format string

// The formats.
const (
	DOCX Format = "docx"
	XLSX Format = "xlsx"
	PDF  Format = "pdf"
	HTML Format = "html"
	CSV  Format = "csv"
	JSON Format = "json"
)

// Options are how a file is written.
type Options struct {
	Template []byte // DOCX of a province's own, in place of the standard one; of DOCX only
}

// Write writes the paper in a format.
func Write(w io.Writer, f Format, p Paper, o Options) error {
	switch f {
	case DOCX:
		return docx.Write(w, Document(p))
	case XLSX:
		return writeXLSX(w, p)
	case CSV:
		return writeCSV(w, p)
	case JSON:
		return writeJSON(w, p)
	}
	return fmt.Errorf("no report is written as %q", f)
}
