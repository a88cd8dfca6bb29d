package citizen

import (
	"math/bits"

	"lgsp.internal/adapter/internal/strictxml"
)

// Write appends to dst what is approved of an answer, as one element of
// Namespace without an XML declaration: CongdanCollection with one CongDan for
// each record, empty if nothing of it may be given, or KetQuaXacThuc. Elements
// are in the order of the standard; a field that is empty or not there is left
// out. Two things follow from other fields and are given with them: the year of
// birth from a date of birth (Nam), and the most specific code of a place
// (MaDonViHanhChinh) from the codes of the live form and the other way round.
//
// In a place and a birthday of the form QCVN109 the finest that is given stands
// for all: its commune's code for a place, the date for its year.
//
// fields are the paths of the approved fields that were there and not empty, in
// any record, in the order of the catalogue. They are for the record.
//
// Errors: Unknown, with Code AnswerUnreadable, when the answer is not of the
// kind that was approved or there is no such form; dst is then returned as it was.
func (a *Approved) Write(dst []byte, answer *Answer, form Form) (out []byte, fields []string, err error) {
	switch {
	case answer.kind != a.kind:
		return dst, nil, unreadable("the answer is of the kind " + answer.kind.String() + ", the approval of the kind " + a.kind.String())
	case form != Live && form != QCVN109:
		return dst, nil, unreadable("no such form")
	case a.kind == Verification:
		out, fields = a.writeChecks(dst, &answer.checks)
		return out, fields, nil
	}
	out, fields = a.writePersons(dst, answer.records, form)
	return out, fields, nil
}

func (a *Approved) writePersons(dst []byte, records []record, form Form) ([]byte, []string) {
	dst = append(dst, `<CongdanCollection xmlns="`+Namespace+`">`...)
	var used set
	for i := range records {
		var approved record
		used |= a.pass(&records[i], &approved)
		w := writer{dst, &approved, form}
		w.out = append(w.out, person.root.open...)
		w.elements(person.root.kids)
		dst = append(w.out, person.root.close...)
	}
	dst = append(dst, "</CongdanCollection>"...)
	fields := make([]string, 0, used.len())
	for s := used; s != 0; s &= s - 1 {
		fields = append(fields, person.leaves[bits.TrailingZeros64(uint64(s))].Path)
	}
	return dst, fields
}

func (a *Approved) writeChecks(dst []byte, cs *checks) ([]byte, []string) {
	dst = append(dst, `<KetQuaXacThuc xmlns="`+Namespace+`">`...)
	var fields []string
	for s := a.leaves; s != 0; s &= s - 1 {
		i := bits.TrailingZeros64(uint64(s))
		name, text := compared[i].Path, "true"
		switch cs[i] {
		case unsaid:
			continue
		case no:
			text = "false"
		}
		dst = append(append(append(dst, '<'), name...), '>')
		dst = append(append(append(append(dst, text...), "</"...), name...), '>')
		fields = append(fields, name)
	}
	return append(dst, "</KetQuaXacThuc>"...), fields
}

// writer writes a record that holds nothing but what is approved.
type writer struct {
	out  []byte
	rec  *record
	form Form
}

func (w *writer) elements(all []element) {
	for i := range all {
		w.element(&all[i])
	}
}

func (w *writer) element(e *element) {
	switch {
	case e.shape == plain:
		w.text(e, w.rec[e.slot])
	case e.shape == kinName && w.form == Live:
		w.joined(e)
	case e.shape == faith && w.form == Live:
		w.text(e, w.rec[e.base])
	case e.shape == ethnic && w.form == Live:
		text := w.rec[e.base+ethnicCode]
		if text == "" {
			text = w.rec[e.base+ethnicName]
		}
		w.text(e, text)
	default:
		w.around(e)
	}
}

// around writes an element with elements inside, if any of them holds anything.
func (w *writer) around(e *element) {
	before := len(w.out)
	w.out = append(w.out, e.open...)
	inside := len(w.out)
	switch e.shape {
	case birthday:
		w.birthday(e)
	case place:
		w.place(e)
	default:
		w.elements(e.kids)
	}
	if len(w.out) == inside {
		w.out = w.out[:before]
		return
	}
	w.out = append(w.out, e.close...)
}

func (w *writer) text(e *element, s string) {
	if s == "" {
		return
	}
	w.out = strictxml.EscapeText(append(w.out, e.open...), s)
	w.out = append(w.out, e.close...)
}

// joined writes a name as text.
func (w *writer) joined(e *element) {
	before := len(w.out)
	w.out = append(w.out, e.open...)
	inside := len(w.out)
	for _, s := range w.rec[e.base : e.base+given+1] {
		if s == "" {
			continue
		}
		if len(w.out) > inside {
			w.out = append(w.out, ' ')
		}
		w.out = strictxml.EscapeText(w.out, s)
	}
	if len(w.out) == inside {
		w.out = w.out[:before]
		return
	}
	w.out = append(w.out, e.close...)
}

// birthday writes the year and the date. In the form QCVN109 it is one of the
// two, unless the date is none or is of another year.
func (w *writer) birthday(e *element) {
	year, date, layout := w.rec[e.base], w.rec[e.base+1], liveDate
	if w.form == QCVN109 {
		layout = qcvnDate
		if date != "" && yearOf(date) == year {
			year = ""
		}
	}
	w.text(&e.kids[0], year)
	w.text(&e.kids[1], dateIn(date, layout))
}

// place writes the codes of a place in the form that is asked for. A single code
// that has no place in the live form, by its length or because another code is
// there, keeps its name.
func (w *writer) place(e *element) {
	codes := [unit + 1]string(w.rec[e.base : e.base+unit+1])
	level := levelOf(codes[unit])
	switch {
	case w.form == QCVN109 && codes[unit] == "":
		if finest := w.rec.mostSpecific(spot{base: e.base}); finest >= 0 {
			codes[unit] = codes[finest]
		}
		fallthrough
	case w.form == QCVN109:
		codes[province], codes[district], codes[commune] = "", "", ""
	case level >= 0 && (codes[level] == "" || codes[level] == codes[unit]):
		codes[level], codes[unit] = codes[unit], ""
	}
	for i, code := range codes {
		w.text(&e.kids[i], code)
	}
	w.elements(e.kids[unit+1:])
}
