package docx

import (
	"bufio"
	"bytes"

	"lgsp.internal/adapter/internal/paper"
)

const (
	contentTypes = "[Content_Types].xml"
	footerID     = "rId4"

	footerType = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
	chartType  = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
	relations  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// additions are the parts that only some documents have. The others name their
// parts in files that no data changes.
type additions struct {
	footer bool
	charts int
}

// insert returns what writes the list of types or of relationships with the
// additions at its end.
func (a additions) insert(name string, write func(*bufio.Writer) error) func(*bufio.Writer) error {
	if !a.footer && a.charts == 0 {
		return write
	}
	end, entry := "</Relationships>\n", func(id, kind, _, part string) string {
		return `  <Relationship Id="` + id + `" Type="` + relations + kind + `" Target="` + part[len("word/"):] + `"/>` + "\n"
	}
	if name == contentTypes {
		end, entry = "</Types>\n", func(_, _, contentType, part string) string {
			return `  <Override PartName="/` + part + `" ContentType="` + contentType + `"/>` + "\n"
		}
	}
	return func(w *bufio.Writer) error {
		var whole bytes.Buffer
		inner := bufio.NewWriter(&whole)
		if err := write(inner); err != nil {
			return err
		}
		if err := inner.Flush(); err != nil {
			return err
		}
		_, _ = w.Write(bytes.TrimSuffix(whole.Bytes(), []byte(end)))
		if a.footer {
			_, _ = w.WriteString(entry(footerID, "footer", footerType, "word/footer1.xml"))
		}
		for n := 1; n <= a.charts; n++ {
			_, _ = w.WriteString(entry(chartID(n), "chart", chartType, chartPart(n)))
		}
		_, _ = w.WriteString(end)
		return nil
	}
}

func writeFooter(w *bufio.Writer, text string) {
	p := page{w: w}
	p.raw(xmlDeclaration, `<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">`)
	p.paragraph("Footer", "", paper.Span{Text: text})
	p.raw(`</w:ftr>`)
}
