package docx

import "strings"

// The two columns of the head and of the foot, in twips.
const (
	headLeft  = 4020
	headRight = portraitWidth - headLeft
	footLeft  = 4300
	footRight = portraitWidth - footLeft
	mottoRule = 3330 // "Độc lập - Tự do - Hạnh phúc" in Times New Roman bold, 13 pt
)

// head writes the elements 1 to 5 and 9a of NĐ 30/2020/NĐ-CP, Phụ lục I.
func (p *page) head(d Document) {
	p.openPair(headLeft, headRight)
	p.raw("<w:tr>")
	p.openCell(headLeft)
	if d.Parent != "" {
		p.line("Parent", strings.ToUpper(d.Parent))
	}
	agency := strings.ToUpper(orGap(d.Agency))
	p.line("Agency", agency)
	p.rule(ruleBelow(agency, headLeft))
	p.nextCell(headRight)
	p.line("Nation", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
	p.line("Motto", "Độc lập - Tự do - Hạnh phúc")
	p.rule(mottoRule)
	p.raw("</w:tc></w:tr><w:tr>")
	p.openCell(headLeft)
	p.line("Number", "Số: "+NumberText(d.Number, d.Symbol))
	if d.Kind == "" && d.Subject != "" {
		p.line("About", "V/v "+d.Subject)
	}
	p.nextCell(headRight)
	p.line("PlaceDate", orGap(d.Place)+", "+DateText(d.Date))
	p.raw("</w:tc></w:tr></w:tbl>")

	if d.Kind == "" {
		p.addressees(d.To)
		return
	}
	p.line("Kind", strings.ToUpper(d.Kind))
	if d.Subject != "" {
		p.line("Subject", d.Subject)
	}
	p.rule(ruleBelow(d.Subject, portraitWidth))
}

func (p *page) addressees(to []string) {
	switch len(to) {
	case 0:
		p.line("Addressee", "Kính gửi: "+Gap)
	case 1:
		p.line("Addressee", "Kính gửi: "+strings.TrimRight(to[0], ";.,"))
	default:
		p.line("Addressees", "Kính gửi:")
		for _, item := range enumerated(to) {
			p.line("AddresseeItem", "- "+item)
		}
		p.paragraph("Gap", "")
	}
}

// foot writes the elements 7 and 9b: recipients to the left, signer to the right.
// It is one row, so that a signature never stands on two pages.
func (p *page) foot(d Document) {
	p.openPair(footLeft, footRight)
	p.raw("<w:tr><w:trPr><w:cantSplit/></w:trPr>")
	p.openCell(footLeft)
	p.line("RecipientsTitle", "Nơi nhận:")
	recipients := d.Recipients
	if len(recipients) == 0 {
		recipients = []string{Gap}
	}
	for _, item := range enumerated(recipients) {
		p.line("Recipient", "- "+item)
	}
	p.nextCell(footRight)
	title := strings.ToUpper(orGap(d.Signer.Position))
	if d.Signer.Authority != "" {
		title = strings.ToUpper(d.Signer.Authority) + "\n" + title
	}
	p.line("SignerTitle", title)
	p.line("SignerName", orGap(d.Signer.Name))
	p.raw("</w:tc></w:tr></w:tbl>")
}

// openPair opens a table of two columns without lines.
func (p *page) openPair(left, right int) {
	p.raw(`<w:tbl><w:tblPr><w:tblW w:w="`, itoa(left+right), `" w:type="dxa"/><w:tblLayout w:type="fixed"/>`,
		`<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>`,
		`<w:tblGrid><w:gridCol w:w="`, itoa(left), `"/><w:gridCol w:w="`, itoa(right), `"/></w:tblGrid>`)
}

func (p *page) openCell(width int) {
	p.raw(`<w:tc><w:tcPr><w:tcW w:w="`, itoa(width), `" w:type="dxa"/></w:tcPr>`)
}

func (p *page) nextCell(width int) {
	p.raw("</w:tc>")
	p.openCell(width)
}

// appendixHead names the appendix and the document that it belongs to.
func (p *page) appendixHead(d Document, a Appendix) {
	p.line("AppendixNumber", strings.TrimSpace("Phụ lục "+a.Number))
	if a.Title != "" {
		p.line("AppendixTitle", strings.ToUpper(a.Title))
	}
	note := a.Note
	if note == "" {
		kind := "Công văn"
		if d.Kind != "" {
			kind = sentenceCase(d.Kind)
		}
		note = "Kèm theo " + kind + " số " + NumberText(d.Number, d.Symbol) + " " + DateText(d.Date) + " của " + orGap(d.Agency)
	}
	p.line("AppendixNote", "("+note+")")
}
