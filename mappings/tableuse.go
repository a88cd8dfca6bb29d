package mappings

import (
	"strings"

	"go.yaml.in/yaml/v4"

	lgsp "lgsp.internal/adapter"
)

const tableKeys = "table on"

// tableUse is the codes of a rule that stand in a file.
type tableUse struct {
	table    *table // nil = was reported
	index    *tableIndex
	constant day    // the day that counts; 0 = another
	on       *dated // nil = the day on which the message was received
	word     string // what reports call that day
}

const (
	wordReceived = "ngày nhận thông điệp"
	wordSent     = "ngày ghi trong thông điệp"
	wordFixed    = "ngày "
)

// tableUse reads {table: name, on: day}. ok is false when the codes are listed
// in the mapping itself.
func (p *parser) tableUse(e entry) (u *tableUse, ok bool) {
	if e.value.Kind != yaml.MappingNode || !holdsKey(e.value, "table") {
		return nil, false
	}
	u = &tableUse{word: wordReceived}
	for _, e := range p.entries(e.value, "codes", tableKeys) {
		switch e.key {
		case "table":
			u.table = p.table(e)
		case "on":
			p.on(u, e)
		}
	}
	return u, true
}

func holdsKey(n *yaml.Node, key string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if target(n.Content[i]).Value == key {
			return true
		}
	}
	return false
}

// table finds a code table by its name.
func (p *parser) table(e entry) *table {
	name := p.filled(e)
	if !isTableName(name) {
		p.report(posOf(e.value), "table: want the name of a CSV file in a folder %s, as in tinh-34.csv", CodesFolder)
		return nil
	}
	service, _, _ := strings.Cut(p.file, "/")
	t := p.tables.find(service, name)
	if t == nil && p.tables.err == nil {
		p.report(posOf(e.value), "table: %s is not in %s/%s, not in %s, and not shipped%s", name, service, CodesFolder, CodesFolder, didYouMean(name, p.tables.shipped()))
	}
	if t != nil && t.faulty {
		return nil
	}
	return t
}

// isTableName reports whether s is the name of a CSV file, without a folder.
func isTableName(s string) bool {
	base, isCSV := strings.CutSuffix(s, ".csv")
	return isCSV && isName("_"+base)
}

// on reads the day that counts: a day, or a date of the message.
func (p *parser) on(u *tableUse, e entry) {
	iso, _ := parseLayout("yyyy-MM-dd")
	if e.value.Kind == yaml.ScalarNode {
		if d, ok := iso.read(e.value.Value); ok {
			u.constant = dayOf(d.year, d.month, d.day)
			u.word = wordFixed + u.constant.String()
			return
		}
	}
	u.on, u.word = p.dated(e, true), wordSent
}

// lintTable checks the codes of a rule that stand in a file against its other keys.
func (p *parser) lintTable(r *rule) {
	u := r.codes.file
	if u.table == nil {
		return
	}
	if m := u.table.misfit(r); m != nil {
		p.report(r.at("codes"), "codes: the code %q in line %d of %s is not of type %s (the first of %s)",
			m.first.code, m.first.line, u.table.file, kindNames[r.kind], count(m.count, "such row"))
	}
	u.index = u.table.index(r.compare)
	switch x := u.index; {
	case x.tooMany != nil:
		p.report(r.at("compare"), "compare: %q in line %d of %s is one text with more than %d rows", x.tooMany.text, x.tooMany.line, u.table.file, maxSameText)
	case x.second != nil:
		p.report(r.at("compare"), "compare: %q in line %d of %s and %q in line %d are one text with two codes for the same days",
			x.first.text, x.first.line, u.table.file, x.second.text, x.second.line)
	}
}

// want lists the texts that may come on the day that counts, or to the end of time
// where only a message tells which day that is.
func (u *tableUse) want() string {
	switch {
	case u.table == nil:
		return ""
	case u.constant != 0:
		return u.table.want(u.constant)
	}
	return u.table.want(lastDay)
}

// wantOf lists the texts that may come on the day that counts for this message,
// which was reported if it cannot be told.
func (st *state) wantOf(u *tableUse, at int32) string {
	switch {
	case u.constant != 0:
		return u.table.want(u.constant)
	case u.on == nil:
		return u.table.want(st.today())
	}
	if d, _, _, ok := st.dateOf(u.on, at); ok {
		return u.table.want(dayOf(d.year, d.month, d.day))
	}
	return u.want()
}

// tabled gives s its code on the day that counts.
func (st *state) tabled(r *rule, at int32, s string) result {
	u := r.codes.file
	on, ok := st.dayOf(u, at)
	if !ok {
		return result{}
	}
	var listed []int32
	listed, st.key = u.index.find(s, st.key)
	v := u.table.on(listed, on)
	switch {
	case v.divided:
		return st.badly(r, at, s, lgsp.FieldError{Code: codeDivided, Text: textDivided, Want: u.table.candidates(listed, on)})
	case v.found:
		return result{text: v.code, ok: true}
	case len(listed) == 0:
		return st.bad(r, at, s, codeCode, textCode)
	}
	return st.badly(r, at, s, lgsp.FieldError{Code: codeCode, Text: st.outside(u, v), Want: r.want})
}

// outside says when a text is in the table, as it is not on the day that counts.
func (st *state) outside(u *tableUse, v validity) string {
	var when []string
	if v.until != firstDay {
		when = append(when, "đến hết ngày "+v.until.String())
	}
	if v.due != lastDay {
		when = append(when, "từ ngày "+v.due.String())
	}
	return textOutside + strings.Join(when, " và ") + textOutsideOn + u.word + textOutsideTry
}

// dayOf returns the day that counts for a table. A day that is not there or
// cannot be read is reported.
func (st *state) dayOf(u *tableUse, at int32) (day, bool) {
	switch {
	case u.constant != 0:
		return u.constant, true
	case u.on == nil:
		return st.today(), true
	}
	d, s, from, ok := st.dateOf(u.on, at)
	switch {
	case ok:
		return dayOf(d.year, d.month, d.day), true
	case s == "":
		st.failed(from, at, s, lgsp.FieldError{Code: codeMissing, Text: textMissing, Want: u.on.want()})
	default:
		st.failed(from, at, s, lgsp.FieldError{Code: codeDate, Text: textDate, Want: u.on.want()})
	}
	return 0, false
}

// today is the day on which the message was received, in Vietnam.
func (st *state) today() day {
	if st.day == 0 {
		y, m, d := st.env.Received.UTC().Add(vietnam).Date()
		st.day = dayOf(y, int(m), d)
	}
	return st.day
}
