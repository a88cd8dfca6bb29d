package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/beevik/etree"
)

// place is an element without children, or an attribute.
type place struct {
	e    *etree.Element
	attr string // "" = the text of e
}

func placesOf(e *etree.Element) []place {
	var all []place
	for i := range e.Attr {
		if a := &e.Attr[i]; a.Space == "" && a.Key != "xmlns" {
			all = append(all, place{e, a.Key})
		}
	}
	kids := e.ChildElements()
	if len(kids) == 0 {
		all = append(all, place{e: e})
	}
	for _, kid := range kids {
		all = append(all, placesOf(kid)...)
	}
	return all
}

func (p place) name() string {
	if p.attr != "" {
		return p.e.Tag + "/@" + p.attr
	}
	return p.e.Tag
}

func (p place) text() string {
	if p.attr != "" {
		return p.e.SelectAttrValue(p.attr, "")
	}
	return p.e.Text()
}

func (p place) set(text string) {
	if p.attr != "" {
		p.e.CreateAttr(p.attr, text)
		return
	}
	p.e.SetText(text)
}

func (p place) drop() {
	if p.attr != "" {
		p.e.RemoveAttr(p.attr)
		return
	}
	if up := p.e.Parent(); up != nil {
		up.RemoveChild(p.e)
	}
}

// oddTexts are put where they may or may not belong.
var oddTexts = strings.Split(`0|1|2|3|4|5|6|8|9|10|00|01|03|29|55|56|79|99|999|1000|-1|٣|0123456789O1|079 096 000 101|267340|2673|`+
	`true|TRUE|Y|NAM|nu|f|Kinh|thuongTru|KHONG_RO|goa|GIAY_BAO_TU|TOA_AN|`+
	`31/02/2026|1/1/2026|01/01/0001|2026-11-22|2026-11-22T23:59:59-11:00|9999-12-31T23:59:59Z|20261122|20260000|1940|11/1940|24:00|23:59|`+
	`0900000000|84900000000|+84 900 000 000|+84900000000000|a@b|a@b@c.vn|a,b@c.vn|@c.vn|ă@b.c|a@b.|VN|vn|JVBERg==|JVBE=|====|JV BE|x/y|<&>"'|Thị Mẫu|{"a":{}}|\`, "|")

// longTexts are longer than some field may be.
var longTexts = []string{
	strings.Repeat("ữ", 21), strings.Repeat("ữ", 51), strings.Repeat("ữ", 101), strings.Repeat("😀", 251),
	strings.Repeat("Ữ", 101) + " Mẫu", "Thử " + strings.Repeat("Ữ", 101) + " Mẫu",
}

// spoil changes one thing in a message and says what.
func spoil(dice *rand.Rand, root *etree.Element) string {
	places := placesOf(root)
	p := places[dice.IntN(len(places))]
	was := p.text()
	switch dice.IntN(12) {
	case 0:
		p.set([]string{"", " ", "\u00a0", "\n\t"}[dice.IntN(4)])
		return p.name() + " is blank"
	case 1:
		n := []int{3, 11, 21, 31, 41, 51, 101, 201, 251, 1001}[dice.IntN(10)]
		p.set(was + strings.Repeat([]string{"ữ", "7", "x ", "=", "😀"}[dice.IntN(5)], n))
		return fmt.Sprintf("%s has %d more", p.name(), n)
	case 2:
		if was != "" {
			p.set(was[:len(was)-1-dice.IntN(len(was))])
			p.set(strings.ToValidUTF8(p.text(), ""))
		}
		return p.name() + " is cut"
	case 3:
		other := places[dice.IntN(len(places))]
		p.set(other.text())
		return p.name() + " says what " + other.name() + " says"
	case 4:
		if up := p.e.Parent(); up != nil {
			up.AddChild(p.e.Copy())
		}
		return p.e.Tag + " is there twice"
	case 5:
		if up := p.e.Parent(); up != nil && up.Parent() != nil {
			empty := etree.NewElement(up.Tag)
			empty.Space = up.Space
			empty.CreateAttr("nil", "true")
			empty.Attr[0].Space = "xsi"
			empty.CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
			up.Parent().InsertChildAt(up.Index(), empty)
		}
		return "an empty element before " + p.e.Tag
	case 6:
		if was != "" {
			i := dice.IntN(len(was))
			p.set(strings.ToValidUTF8(was[:i]+[]string{" ", "0", "x", "\u0301", "\n", "\u00a0", "'"}[dice.IntN(7)]+was[i:], ""))
		}
		return p.name() + " has something put in"
	case 7:
		if up := p.e.Parent(); up != nil {
			up.RemoveChild(p.e)
		}
		return "without " + p.e.Tag
	}
	odd := oddTexts[dice.IntN(len(oddTexts))]
	p.set(odd)
	return p.name() + " is " + odd
}
