package docx

import (
	"lgsp.internal/adapter/internal/paper"
)

// The two columns of the head and of the foot, in twips.
const (
	headLeft  = 4020
	headRight = portraitWidth - headLeft
	footLeft  = 4300
	footRight = portraitWidth - footLeft
	mottoRule = 3330 // "Độc lập - Tự do - Hạnh phúc" in Times New Roman bold, 13 pt
)

// head writes the elements 1 to 5 and 9a of NĐ 30/2020/NĐ-CP, Phụ lục I.
func (p *page) head(d paper.Document) {
	p.openPair(headLeft, headRight)
	p.raw("<w:tr>")
	p.openCell(headLeft)
	if d.Parent != "" {
		p.capitals("Parent", d.Parent)
	}
	agency := paper.Upper(paper.OrGap(d.Agency))
	p.capitals("Agency", agency)
	p.rule(ruleBelow(agency, headLeft))
	p.nextCell(headRight)
	p.line("Nation", paper.Nation)
	p.line("Motto", paper.Motto)
	p.rule(mottoRule)
	p.raw("</w:tc></w:tr><w:tr>")
	p.openCell(headLeft)
	p.line("Number", d.NumberLine())
	if about := d.About(); about != "" {
		p.line("About", about)
	}
	p.nextCell(headRight)
	p.line("PlaceDate", d.PlaceDate())
	p.raw("</w:tc></w:tr></w:tbl>")

	if d.Kind == "" {
		p.addressees(d.Addressees())
		return
	}
	p.capitals("Kind", d.Kind)
	if d.Subject != "" {
		p.line("Subject", d.Subject)
	}
	p.rule(ruleBelow(d.Subject, portraitWidth))
}

func (p *page) addressees(line string, items []string) {
	if len(items) == 0 {
		p.line("Addressee", line)
		return
	}
	p.line("Addressees", line)
	for _, item := range items {
		p.line("AddresseeItem", item)
	}
	p.paragraph("Gap", "")
}

// foot writes the elements 7 and 9b: recipients to the left, signer to the right.
// It is one row, so that a signature never stands on two pages.
func (p *page) foot(d paper.Document) {
	p.openPair(footLeft, footRight)
	p.raw("<w:tr><w:trPr><w:cantSplit/></w:trPr>")
	p.openCell(footLeft)
	p.line("RecipientsTitle", "Nơi nhận:")
	for _, item := range d.RecipientItems() {
		p.line("Recipient", item)
	}
	p.nextCell(footRight)
	p.capitals("SignerTitle", d.SignerTitle())
	p.line("SignerName", paper.OrGap(d.Signer.Name))
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
func (p *page) appendixHead(d paper.Document, a paper.Appendix) {
	p.line("AppendixNumber", a.NumberLine())
	if a.Title != "" {
		p.capitals("AppendixTitle", a.Title)
	}
	p.line("AppendixNote", d.AppendixNote(a))
}
