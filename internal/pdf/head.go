package pdf

import (
	"strings"
	"unicode/utf8"

	"lgsp.internal/adapter/internal/paper"
)

// The two columns of the head and of the foot, as in the DOCX.
const (
	headLeft  = 4020 / 20.0
	footLeft  = 4300 / 20.0
	mottoRule = 3330 / 20.0
	gapHeight = 6.0
)

// pair returns a row of two columns without lines.
func (f *flow) pair(left float64, texts func(width float64) []slice, others func(width float64) []slice) row {
	right := f.textWidth() - left
	return row{columns: []column{
		{x: marginLeft, width: left, left: marginLeft, slices: texts(left)},
		{x: marginLeft + left, width: right, left: marginLeft + left, slices: others(right)},
	}}
}

// head draws the elements 1 to 5 and 9a of NĐ 30/2020/NĐ-CP, Phụ lục I.
func (f *flow) head(d paper.Document) {
	f.putRow(f.pair(headLeft, func(width float64) (list []slice) {
		if d.Parent != "" {
			list = f.slices(centered(12, face{}, 0), width, paper.Span{Text: paper.Upper(d.Parent)})
		}
		agency := paper.Upper(paper.OrGap(d.Agency))
		list = append(list, f.slices(centered(12, bold(), 0), width, paper.Span{Text: agency})...)
		return append(list, f.rule(f.ruleBelow(agency, width), width))
	}, func(width float64) []slice {
		list := f.slices(centered(12, bold(), 0), width, paper.Span{Text: paper.Nation})
		list = append(list, f.slices(centered(13, bold(), 0), width, paper.Span{Text: paper.Motto})...)
		return append(list, f.rule(mottoRule, width))
	}))
	f.putRow(f.pair(headLeft, func(width float64) []slice {
		list := f.slices(centered(13, face{}, 3), width, paper.Span{Text: d.NumberLine()})
		if about := d.About(); about != "" {
			list = append(list, f.slices(centered(12, face{}, 6), width, paper.Span{Text: about})...)
		}
		return list
	}, func(width float64) []slice {
		return f.slices(centered(13, italic(), 3), width, paper.Span{Text: d.PlaceDate()})
	}))
	if d.Kind == "" {
		f.addressees(d.Addressees())
		return
	}
	kind, subject := centered(14, bold(), 18), centered(14, bold(), 0)
	kind.keep, subject.keep = true, true
	f.line(kind, paper.Upper(d.Kind))
	if d.Subject != "" {
		f.line(subject, d.Subject)
	}
	rule := f.rule(f.ruleBelow(d.Subject, f.textWidth()), f.textWidth())
	f.put(item{height: rule.height, draw: func(top float64) { rule.draw(marginLeft, top) }})
}

func (f *flow) addressees(line string, items []string) {
	if len(items) == 0 {
		s := centered(14, face{}, 18)
		s.after = 12
		f.line(s, line)
		return
	}
	f.line(shape{size: 14, before: 18, left: 85.05, keep: true, align: paper.Left, bound: true}, line)
	for _, item := range items {
		f.line(shape{size: 14, before: 3, left: 127.6, first: -8.5, align: paper.Left, bound: true}, item)
	}
	f.gap(gapHeight, false)
}

// foot draws the elements 7 and 9b in one row, so that a signature never stands
// on two pages.
func (f *flow) foot(d paper.Document) {
	r := f.pair(footLeft, func(width float64) []slice {
		list := f.slices(shape{face: face{bold: true, italic: true}, size: 12, before: 12, align: paper.Left}, width, paper.Span{Text: "Nơi nhận:"})
		for _, item := range d.RecipientItems() {
			list = append(list, f.slices(shape{size: 11, align: paper.Left, bound: true}, width-8.5, paper.Span{Text: item})...)
		}
		return list
	}, func(width float64) []slice {
		list := f.slices(centered(14, bold(), 12), width, paper.Span{Text: paper.Upper(d.SignerTitle())})
		return append(list, f.slices(centered(14, bold(), 68), width, paper.Span{Text: paper.OrGap(d.Signer.Name)})...)
	})
	f.putRow(r)
}

// appendixHead names the appendix and the document that it belongs to.
func (f *flow) appendixHead(d paper.Document, a paper.Appendix) {
	s := centered(14, bold(), 0)
	s.keep = true
	number := a.NumberLine()
	f.paragraph(s, strings.TrimSpace(number+" "+a.Title), 0, paper.Span{Text: number})
	if a.Title != "" {
		f.line(s, paper.Upper(a.Title))
	}
	note := centered(14, italic(), 0)
	note.after = 9
	f.line(note, d.AppendixNote(a))
}

// rule is a line of a length, centred below the line before it.
func (f *flow) rule(length, width float64) slice {
	return slice{height: 7, draw: func(x, top float64) {
		f.file.SetLineWidth(0.75)
		f.file.Line(x+(width-length)/2, top+2, x+(width+length)/2, top+2)
	}}
}

// ruleBelow returns the length of a rule of 1/3 to 1/2 of the last line of a
// text in bold capitals of 12 pt, whose letters are 8 pt wide on average.
func (f *flow) ruleBelow(text string, width float64) float64 {
	last := text[strings.LastIndexByte(text, '\n')+1:]
	line := min(float64(utf8.RuneCountInString(last))*8, width)
	return max(line*2/5, 20)
}
