package page

import "lgsp.internal/adapter/internal/paper"

// head writes the elements 1 to 5 and 9a of NĐ 30/2020/NĐ-CP, Phụ lục I.
func (p *sheet) head(d paper.Document) {
	p.raw("<header>\n<div class=\"agency\">\n")
	if d.Parent != "" {
		p.line("p", "", paper.Upper(d.Parent))
	}
	p.line("p", "issuer", paper.Upper(paper.OrGap(d.Agency)))
	p.line("p", "number", d.NumberLine())
	if about := d.About(); about != "" {
		p.line("h1", "about", about)
	}
	p.raw("</div>\n<div class=\"nation\">\n")
	p.line("p", "", paper.Nation)
	p.line("p", "motto", paper.Motto)
	p.line("p", "date", d.PlaceDate())
	p.raw("</div>\n</header>\n")
	if d.Kind == "" {
		p.addressees(d.Addressees())
		return
	}
	p.raw(`<h1 class="kind">`, text(paper.Upper(d.Kind), "<br>"))
	if d.Subject != "" {
		p.raw("<br>", text(d.Subject, "<br>"))
	}
	p.raw("</h1>\n")
}

func (p *sheet) addressees(line string, items []string) {
	p.raw("<div class=\"to\">\n")
	p.line("p", "", line)
	p.items(items)
	p.raw("</div>\n")
}

// items writes a list whose marks are in its texts already.
func (p *sheet) items(items []string) {
	if len(items) == 0 {
		return
	}
	p.raw("<ul role=\"list\">\n")
	for _, item := range items {
		p.line("li", "", item)
	}
	p.raw("</ul>\n")
}

// foot writes the elements 7 and 9b.
func (p *sheet) foot(d paper.Document) {
	p.raw("<div class=\"signing\">\n<div class=\"recipients\">\n")
	p.line("p", "", "Nơi nhận:")
	p.items(d.RecipientItems())
	p.raw("</div>\n<div class=\"signer\">\n")
	p.line("p", "", paper.Upper(d.SignerTitle()))
	p.line("p", "name", paper.OrGap(d.Signer.Name))
	p.raw("</div>\n</div>\n")
}
