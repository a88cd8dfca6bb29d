// Package dictionary lays a mapping out as a data dictionary for the dossier
// that a department hands in: every field that is sent with its source and its
// rules, every field of the department with where it goes, the code lists whole.
//
// It is facts in, layout out: the same description gives the same bytes. No
// text of an author, however odd, breaks the page or becomes a part of it. What
// messages and cases hold is not seen here, so a dictionary has no citizen data.
package dictionary

import (
	"io"

	"lgsp.internal/adapter/mappings"
)

// Language is the language of everything that authors of mappings did not write
// themselves.
type Language uint8

// The languages.
const (
	Vietnamese Language = iota
	English
)

// Dictionary is what is laid out.
type Dictionary struct {
	Mapping *mappings.Description
	Cases   []mappings.DescribedCase // nil = they are not listed
}

// WriteMarkdown writes the dictionary as Markdown with tables (GitHub Flavored
// Markdown). The error is that of w.
func (d Dictionary) WriteMarkdown(w io.Writer, l Language) error {
	_, err := io.WriteString(w, markdown(d.lay(l)))
	return err
}

// WriteHTML writes the dictionary as one HTML page, which needs nothing from
// outside itself, runs no script and prints on A4 in landscape. The error is
// that of w.
func (d Dictionary) WriteHTML(w io.Writer, l Language) error {
	return writeHTML(w, d.lay(l))
}

// lay makes the page of the dictionary.
func (d Dictionary) lay(l Language) page {
	m := d.Mapping
	b := &builder{tongue: tongue(l), m: m, numbers: map[*mappings.DescribedRule]string{}}
	b.page = page{Language: [...]string{"vi", "en"}[l], Kind: b.t("Từ điển dữ liệu", "Data dictionary"), Title: clean(m.Title), Service: m.Service}
	b.number(m.Values, "v-", "")
	b.number(m.Fields, "f-", "")
	b.head()
	b.values()
	b.fields()
	b.message()
	if m.Reply != nil {
		b.number(m.Reply.Fields, "r-", "")
		b.reply()
	}
	b.cases(d.Cases)
	b.appendix()
	return b.page
}
