// Package paper is the model of an administrative document by NĐ 30/2020/NĐ-CP,
// Phụ lục I: what it says, in the order of its elements, and how its fixed parts
// are worded. It draws nothing.
//
// Packages docx, pdf and page draw it, each in its own form. What they must
// agree on – numbers of headings, marks of lists, leading zeros, gaps, the
// geometry of charts – is decided here, so that the three say the same.
package paper

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// Gap stands where a person fills in by hand what is not known.
const Gap = "……"

// Document is one administrative document, in the order of its elements in
// NĐ 30/2020/NĐ-CP, Phụ lục I. Texts are UTF-8; "\n" breaks a line. Names that
// the decree wants in capitals are set in capitals by whoever draws it.
type Document struct {
	Parent     string    // cơ quan chủ quản, "UBND tỉnh …"; "" = none
	Agency     string    // cơ quan ban hành, "Sở Tư pháp"
	Number     string    // "5" becomes "05"; "" leaves a gap
	Symbol     string    // ký hiệu without number: "BC-STP", of a công văn "STP-VP"; "" leaves a gap
	Place      string    // địa danh; "" leaves a gap
	Date       time.Time // the day in its own location; zero leaves a gap
	Dated      string    // the date in words where no Date can hold it, as in a template; "" = from Date
	Kind       string    // tên loại, "Báo cáo"; "" is a công văn, with its subject below the number
	Subject    string    // trích yếu, of a công văn without "V/v"
	To         []string  // Kính gửi; of a công văn only
	Bases      []string  // căn cứ, without final punctuation
	Body       []Block
	Recipients []string // Nơi nhận, without dash and final punctuation
	Signer     Signer
	Appendices []Appendix
	Footer     string // one sentence in small print at the foot of every page, as the seal of the record; "" = none
	Properties Properties
}

// Signer is the person who signs. Authority is the line above the position
// ("KT. GIÁM ĐỐC", "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH"), "" for the head of
// the agency; an empty name leaves a gap.
type Signer struct {
	Authority string
	Position  string
	Name      string
}

// Appendix is a Phụ lục, on pages of its own. Pages are numbered through the
// whole file, so that a page can be named without its appendix.
type Appendix struct {
	Number    string // "I"; "" when there is only one
	Title     string
	Note      string // in brackets below the title; "" names the document it belongs to
	Landscape bool
	Body      []Block
}

// Properties is what the file says about itself, beside its text.
type Properties struct {
	Title  string
	Author string
}

// maxFooter keeps small print within the margin of the page.
const maxFooter = 300

// Check names every part of the document that cannot be drawn.
func (d Document) Check() error {
	var errs []error
	if n := utf8.RuneCountInString(d.Footer); n > maxFooter {
		errs = append(errs, fmt.Errorf("footer: %d characters, want at most %d", n, maxFooter))
	}
	errs = append(errs, CheckBlocks("body", d.Body))
	for i, a := range d.Appendices {
		errs = append(errs, CheckBlocks(fmt.Sprintf("appendix %d", i+1), a.Body))
	}
	return errors.Join(errs...)
}

// CheckBlocks names every block that cannot be drawn; where is the place that
// they are for.
func CheckBlocks(where string, blocks []Block) error {
	var errs []error
	for i, b := range blocks {
		if b == nil {
			errs = append(errs, fmt.Errorf("%s: block %d is nil", where, i+1))
		} else if err := b.check(); err != nil {
			errs = append(errs, fmt.Errorf("%s: block %d: %w", where, i+1, err))
		}
	}
	return errors.Join(errs...)
}

// Charts returns the charts of body and appendices, in the order of the document.
func (d Document) Charts() []Chart {
	charts := chartsOf(nil, d.Body)
	for _, a := range d.Appendices {
		charts = chartsOf(charts, a.Body)
	}
	return charts
}

func chartsOf(charts []Chart, blocks []Block) []Chart {
	for _, b := range blocks {
		if c, ok := b.(Chart); ok {
			charts = append(charts, c)
		}
	}
	return charts
}
