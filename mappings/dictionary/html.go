package dictionary

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// writeHTML writes the page as one HTML page that is XML too.
func writeHTML(w io.Writer, p page) error {
	return pageTemplate.Execute(w, p)
}
