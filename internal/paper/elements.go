package paper

import "strings"

// The fixed words of the head.
const (
	Nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	Motto  = "Độc lập - Tự do - Hạnh phúc"
)

// DatedText is the date in words: Dated where it is given, else DateText.
func (d Document) DatedText() string {
	if d.Dated != "" {
		return d.Dated
	}
	return DateText(d.Date)
}

// NumberLine is element 3, "Số: 05/BC-STP".
func (d Document) NumberLine() string { return "Số: " + NumberText(d.Number, d.Symbol) }

// PlaceDate is element 4, "Lào Cai, ngày 05 tháng 02 năm 2026".
func (d Document) PlaceDate() string { return OrGap(d.Place) + ", " + d.DatedText() }

// About is element 5b, "V/v …", of a công văn that has a subject; else "".
func (d Document) About() string {
	if d.Kind != "" || d.Subject == "" {
		return ""
	}
	return "V/v " + d.Subject
}

// Addressees is element 9a: the line "Kính gửi: …" alone where there is one or
// none, else "Kính gửi:" and an item for each. A document that has a Kind has
// none.
func (d Document) Addressees() (line string, items []string) {
	switch {
	case d.Kind != "":
		return "", nil
	case len(d.To) == 0:
		return "Kính gửi: " + Gap, nil
	case len(d.To) == 1:
		return "Kính gửi: " + strings.TrimRight(d.To[0], ";.,"), nil
	}
	return "Kính gửi:", dashed(d.To)
}

// RecipientItems is element 9b, below "Nơi nhận:".
func (d Document) RecipientItems() []string {
	if len(d.Recipients) == 0 {
		return []string{"- " + Gap}
	}
	return dashed(d.Recipients)
}

func dashed(items []string) []string {
	lines := Enumerated(items)
	for i, item := range lines {
		lines[i] = "- " + item
	}
	return lines
}

// SignerTitle is element 7a, not yet in capitals: authority and position.
func (d Document) SignerTitle() string {
	if d.Signer.Authority == "" {
		return OrGap(d.Signer.Position)
	}
	return d.Signer.Authority + "\n" + OrGap(d.Signer.Position)
}

// NumberLine is the first line of an appendix, "Phụ lục I".
func (a Appendix) NumberLine() string { return strings.TrimSpace("Phụ lục " + a.Number) }

// AppendixNote is the line in brackets that names the document an appendix
// belongs to.
func (d Document) AppendixNote(a Appendix) string {
	if a.Note != "" {
		return "(" + a.Note + ")"
	}
	kind := "Công văn"
	if d.Kind != "" {
		kind = SentenceCase(d.Kind)
	}
	return "(Kèm theo " + kind + " số " + NumberText(d.Number, d.Symbol) + " " + d.DatedText() + " của " + OrGap(d.Agency) + ")"
}

// Title is what a reader's list of files shows: the title among the properties,
// or else kind and subject.
func (d Document) Title() string {
	if d.Properties.Title != "" {
		return d.Properties.Title
	}
	kind := d.Kind
	if kind == "" {
		kind = "Công văn"
	}
	return strings.TrimSpace(SentenceCase(kind) + " " + d.Subject)
}

// Numbering numbers the headings of one body: level 1 "I.", level 2 "1.", level
// 3 "a)" in the order of the Vietnamese alphabet. A number starts anew below
// each heading of a higher level.
type Numbering [3]int

// Next returns the number of the next heading with the space that follows it.
func (n *Numbering) Next(level int) string {
	n[level-1]++
	clear(n[level:])
	count := n[level-1]
	switch level {
	case 1:
		return Roman(count) + ". "
	case 2:
		return decimal(count) + ". "
	}
	return LetterMark(count) + ") "
}

// Marked returns the items of a list behind their marks.
func (l List) Marked() []string {
	lines := make([]string, len(l.Items))
	for i, item := range l.Items {
		lines[i] = l.Mark.before(i+1) + item
	}
	return lines
}

func (m Mark) before(n int) string {
	switch m {
	case Digit:
		return decimal(n) + ". "
	case Letter:
		return LetterMark(n) + ") "
	}
	return "- "
}

// Announces reports whether a paragraph ends with ":" and so stays with what
// follows.
func (p Paragraph) Announces() bool {
	n := len(p.Spans)
	return n > 0 && strings.HasSuffix(p.Spans[n-1].Text, ":")
}
