package dictionary

import (
	"fmt"
	"strings"
)

// markdown writes the page as GitHub Flavored Markdown.
func markdown(p page) string {
	w := &markdownWriter{}
	w.line("# " + escape(p.Kind+": "+p.Title))
	for _, s := range p.Sections {
		w.line("")
		w.line("## " + escape(s.Title))
		w.notes(s.Notes)
		for _, t := range s.Tables {
			w.table(t)
		}
		w.notes(s.After)
	}
	return w.b.String()
}

type markdownWriter struct{ b strings.Builder }

func (w *markdownWriter) line(s string) { w.b.WriteString(s + "\n") }

func (w *markdownWriter) notes(all []line) {
	for _, l := range all {
		w.line("")
		w.line(inline(l))
	}
}

func (w *markdownWriter) table(t table) {
	w.line("")
	w.line(`<a id="` + t.ID + `"></a>`)
	w.line("")
	w.line("**" + escape(t.Caption) + "**")
	w.line("")
	titles, rule := "|", "|"
	for _, c := range t.Columns {
		titles += " " + escape(c.Title) + " |"
		rule += " --- |"
	}
	w.line(titles)
	w.line(rule)
	for _, r := range t.Rows {
		cells := "|"
		for _, c := range r.Cells {
			cells += " " + strings.Join(inlines(c), "<br>") + " |"
		}
		w.line(cells)
	}
}

func inlines(c cell) []string {
	all := make([]string, len(c))
	for i, l := range c {
		all[i] = inline(l)
	}
	return all
}

// inline writes runs. Rows have no anchors here, so only links to tables are links.
func inline(l line) string {
	var b strings.Builder
	for _, r := range l {
		switch {
		case r.Code:
			b.WriteString(span(r.Text))
		case strings.HasPrefix(r.To, "danh-muc-"):
			b.WriteString("[" + escape(r.Text) + "](#" + r.To + ")")
		default:
			b.WriteString(escape(r.Text))
		}
	}
	return b.String()
}

// escape writes a text so that nothing of it is markup, on one line.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '\n':
			b.WriteByte(' ')
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '\\', '`', '*', '_', '[', ']', '|', '~', '#', '!':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// span writes a text of a machine. One that a span of code could not hold, or
// not in a table of every viewer, is written with references to its characters.
func span(s string) string {
	if s != "" && strings.TrimSpace(s) == s && !strings.ContainsAny(s, "`|\\\n") {
		return "`" + s + "`"
	}
	var b strings.Builder
	b.WriteString("<code>")
	for _, r := range s {
		if r < 0x80 && !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", r) {
			fmt.Fprintf(&b, "&#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	b.WriteString("</code>")
	return b.String()
}
