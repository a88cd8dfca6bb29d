package docx

import (
	"bufio"
	"strings"
	"unicode/utf8"

	"lgsp.internal/adapter/internal/paper"
)

// page writes WordprocessingML. Errors stay in the bufio.Writer until Flush.
type page struct {
	w        *bufio.Writer
	width    int  // of the text, in twips (1/1440 inch)
	template bool // placeholders stay what they are
	drawings int  // numbered, for their ids
	charts   []paper.Chart
	base     int  // charts that the file had before
	caps     bool // runs are set in capitals
	keepNext bool // the paragraphs that follow stay with what comes after them
	inCell   bool // of a table, too narrow for words that must not part
}

func (p *page) raw(parts ...string) {
	for _, s := range parts {
		_, _ = p.w.WriteString(s)
	}
}

// paragraph writes one paragraph of a style of styles.xml. properties are
// elements of pPr, in the order of the schema, that the style does not hold.
func (p *page) paragraph(style, properties string, spans ...paper.Span) {
	keep := ""
	if p.keepNext {
		keep = "<w:keepNext/>"
	}
	p.raw(`<w:p><w:pPr><w:pStyle w:val="`, style, `"/>`, keep, properties, `</w:pPr>`)
	for _, s := range spans {
		p.run(s)
	}
	p.raw("</w:p>")
}

// capitals writes a line in capitals. In a template the capitals are a matter of
// formatting, which takes hold of what is filled in later as well.
func (p *page) capitals(style, text string) {
	if p.template && paper.HoldsPlaceholder(text) {
		p.caps = true
		defer func() { p.caps = false }()
	}
	p.line(style, paper.Upper(text))
}

func (p *page) line(style, text string) { p.paragraph(style, "", paper.Span{Text: text}) }

func (p *page) run(s paper.Span) {
	if s.Text == "" {
		return
	}
	p.raw("<w:r>")
	if s.Bold || s.Italic || p.caps {
		p.raw("<w:rPr>")
		if s.Bold {
			p.raw("<w:b/>")
		}
		if s.Italic {
			p.raw("<w:i/>")
		}
		if p.caps {
			p.raw("<w:caps/>")
		}
		p.raw("</w:rPr>")
	}
	text := s.Text
	if !p.inCell {
		text = paper.Unbroken(text)
	}
	p.raw(`<w:t xml:space="preserve">`)
	writeText(p.w, text, `</w:t><w:br/><w:t xml:space="preserve">`)
	p.raw("</w:t></w:r>")
}

// writeText escapes s. A line break becomes lineBreak, a tab a space.
func writeText(w *bufio.Writer, s, lineBreak string) {
	for _, r := range s {
		switch {
		case r == '&':
			_, _ = w.WriteString("&amp;")
		case r == '<':
			_, _ = w.WriteString("&lt;")
		case r == '>':
			_, _ = w.WriteString("&gt;")
		case r == '\n':
			_, _ = w.WriteString(lineBreak)
		case r == '\t':
			_ = w.WriteByte(' ')
		case paper.Readable(r):
			_, _ = w.WriteRune(r)
		}
	}
}

// rule draws a line of so many twips, centred in the column, below the
// paragraph before it. NĐ 30/2020/NĐ-CP wants it drawn, not underlined.
func (p *page) rule(twips int) {
	p.drawings++
	id, cx := itoa(p.drawings), itoa(twips*emuPerTwip)
	p.raw(`<w:p><w:pPr><w:pStyle w:val="Rule"/></w:pPr><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>`,
		`<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="`, id, `" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">`,
		`<wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:align>center</wp:align></wp:positionH>`,
		`<wp:positionV relativeFrom="paragraph"><wp:posOffset>25400</wp:posOffset></wp:positionV>`,
		`<wp:extent cx="`, cx, `" cy="0"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>`,
		`<wp:docPr id="`, id, `" name="Rule `, id, `"/><wp:cNvGraphicFramePr/>`,
		`<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvCnPr/>`,
		`<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="`, cx, `" cy="0"/></a:xfrm><a:prstGeom prst="line"><a:avLst/></a:prstGeom>`,
		`<a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln></wps:spPr><wps:bodyPr/></wps:wsp>`,
		`</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback/></mc:AlternateContent></w:r></w:p>`)
}

const emuPerTwip = 635

// ruleBelow returns the length of a rule of 1/3 to 1/2 of the last line of a
// text in bold capitals of 12 pt, whose letters are 8 pt wide on average.
func ruleBelow(text string, column int) int {
	last := text[strings.LastIndexByte(text, '\n')+1:]
	line := min(utf8.RuneCountInString(last)*160, column)
	return max(line*2/5, 400)
}
