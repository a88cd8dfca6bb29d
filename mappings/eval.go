package mappings

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/vntext"
)

// result is the value of one rule. Either text or plain holds it; plain needs
// no escaping in any form and is valid until the next value is made.
type result struct {
	text  string
	plain []byte
	ok    bool // false = empty, or bad and reported
}

func (r result) string() string {
	if r.plain != nil {
		return string(r.plain)
	}
	return strings.Clone(r.text)
}

// value makes the value of a rule of one value, in the frame at.
func (st *state) value(r *rule, at int32) result {
	if st.tracer != nil {
		return st.tracer.value(st, r, at)
	}
	return st.make(r, at)
}

func (st *state) make(r *rule, at int32) result {
	switch {
	case r.only != nil && !st.holds(r.only, at), r.cond != nil && r.shape == leafShape && !st.isTrue(r.cond, at):
		return result{}
	case r.constant != nil:
		return result{text: *r.constant, ok: true}
	case r.count != nil:
		st.tmp = strconv.AppendInt(st.tmp[:0], st.countOf(&r.refs[0], at), 10)
		return result{plain: st.tmp, ok: true}
	}
	sent, ok := st.source(r, at)
	if !ok {
		return result{}
	}
	s := sent
	if r.part != wholeName {
		s = partOf(s, r.part)
	}
	if r.letters != lettersKeep {
		s = spell(s, r.letters)
	}
	if s == "" {
		return st.absent(r, at, sent)
	}
	if r.other != nil && s == tidy(st.find(r.other, at), r.spaces) {
		st.same(r, at, s)
		return result{}
	}
	return st.convert(r, at, s)
}

// countOf returns how many elements of a list are there. Empty ones are not.
func (st *state) countOf(r *ref, at int32) int64 {
	i := st.slot(r, at)
	switch {
	case i < 0:
		return 0
	case r.node.inner == nil:
		return int64(st.values[i].count)
	}
	return int64(st.frames[st.values[i].last].number)
}

// source returns the text that the rule reads, before it is checked. Without ok
// there is none, which has been reported.
func (st *state) source(r *rule, at int32) (s string, ok bool) {
	if r.compute != nil {
		s, err := st.computed(r.compute, at)
		if err != nil {
			st.incomputable(r.compute, at)
		}
		return tidy(s, r.spaces), err == nil
	}
	if r.join != nil {
		st.tmp = st.tmp[:0]
		for i := range r.refs {
			s, ok := st.read(r, i, at)
			if !ok {
				return "", false
			}
			if s != "" {
				if len(st.tmp) > 0 {
					st.tmp = append(st.tmp, r.with...)
				}
				if st.tmp = append(st.tmp, s...); len(st.tmp) > st.most {
					st.exceed()
					return "", false
				}
			}
		}
		return string(st.tmp), true
	}
	for i := range r.refs {
		if s, ok := st.read(r, i, at); s != "" || !ok {
			return s, ok
		}
	}
	return "", true
}

// read returns the text that one path of a rule leads to, in Unicode and without
// the spaces that the rule does not want.
func (st *state) read(r *rule, i int, at int32) (_ string, ok bool) {
	s := st.find(&r.refs[i], at)
	if r.charset != "" && s != "" {
		b, err := vntext.Decode([]byte(s), r.charset)
		if err != nil {
			st.failed(&r.refs[i], at, s, lgsp.FieldError{Code: codeCharset, Text: textCharset, Want: r.want})
			return "", false
		}
		s = string(b)
	}
	return tidy(s, r.spaces), true
}

// find returns the text that a path leads to, "" if there is none.
func (st *state) find(r *ref, at int32) string {
	switch r.word {
	case idWord:
		if st.id == "" {
			st.id = st.env.ID.String()
		}
		return st.id
	case senderWord:
		return st.env.Sender
	}
	i := st.slot(r, at)
	if i < 0 {
		return ""
	}
	s := st.values[i].text
	if st.spent += len(s); st.spent > maxRead {
		st.exceed()
		return ""
	}
	return s
}

// slot returns the index of a path's value, -1 if a list on the way is empty.
func (st *state) slot(r *ref, at int32) int {
	f := st.frame(r, at)
	if f < 0 {
		return -1
	}
	return int(st.frames[f].base) + r.slot
}

// frame returns the frame that holds a path's value, -1 if a list on the way
// is empty.
func (st *state) frame(r *ref, at int32) int32 {
	if r.abs {
		at = 0
	}
	for _, list := range r.first {
		if at = st.values[int(st.frames[at].base)+list.slot].first; at == 0 {
			return -1
		}
	}
	return at
}

// absent deals with a value that is empty, or that counts as empty: then s is it.
func (st *state) absent(r *rule, at int32, s string) result {
	if r.fallback != nil {
		return result{text: *r.fallback, ok: true}
	}
	if st.demanded(r, at) {
		st.bad(r, at, s, codeMissing, textMissing)
	}
	return result{}
}

// convert checks s, which is not empty, and turns it into what is written.
func (st *state) convert(r *rule, at int32, s string) result {
	switch {
	case r.codes != nil:
		return st.coded(r, at, s)
	case r.kind == dateKind:
		return st.convertDate(r, at, s)
	case r.kind == intKind:
		n, ok := readInt(s)
		if !ok {
			return st.bad(r, at, s, codeNumber, textNumber)
		}
		if !r.fitsBounds(n) {
			return st.bad(r, at, s, codeNumber, textBounds)
		}
		st.tmp = strconv.AppendInt(st.tmp[:0], n, 10)
		return result{plain: st.tmp, ok: true}
	case r.kind == boolKind:
		switch s {
		case "true", "1":
			return result{text: "true", ok: true}
		case "false", "0":
			return result{text: "false", ok: true}
		}
		return st.bad(r, at, s, codeCode, textCode)
	case r.kind == digitsKind && !isDigits(s):
		return st.bad(r, at, s, codeNumber, textDigits)
	case r.kind == base64Kind && !isBase64(s):
		return st.bad(r, at, s, codePattern, textBase64)
	case !r.fitsLength(s):
		return st.bad(r, at, s, codeLength, textLength)
	case !r.fitsPattern(s):
		return st.bad(r, at, s, codePattern, textPattern)
	case r.check != nil:
		st.checkID(r, at, s)
	}
	return result{text: s, ok: true}
}

// coded gives s its code.
func (st *state) coded(r *rule, at int32, s string) result {
	if r.codes.file != nil {
		return st.tabled(r, at, s)
	}
	var code string
	var ok bool
	if code, ok, st.key = r.codes.find(s, st.key); !ok {
		return st.bad(r, at, s, codeCode, textCode)
	}
	return result{text: code, ok: true}
}

func (st *state) convertDate(r *rule, at int32, s string) result {
	d, ok := r.date.read(s)
	switch {
	case !ok:
		return st.bad(r, at, s, codeDate, textDate)
	case r.date.skips(d.parts):
		return st.absent(r, at, s)
	}
	st.tmp = r.date.writer(d.parts).write(st.tmp[:0], &d)
	return result{plain: st.tmp, ok: true}
}

func (r *rule) fitsLength(s string) bool {
	if r.lengths == nil && r.min == 0 && (r.max == 0 || len(s) <= r.max) {
		return true // no text has more characters than bytes
	}
	n := utf8.RuneCountInString(s)
	if r.lengths != nil {
		return slices.Contains(r.lengths, n)
	}
	return n >= r.min && (r.max == 0 || n <= r.max)
}

// bad reports the value of a rule, once.
func (st *state) bad(r *rule, at int32, s, code, text string) result {
	want := r.want
	if code == codePattern && r.pattern != nil {
		want = r.patternText
	}
	return st.badly(r, at, s, lgsp.FieldError{Code: code, Text: text, Want: want})
}

// badly reports the value s of a rule, once, as e says.
func (st *state) badly(r *rule, at int32, s string, e lgsp.FieldError) result {
	if len(r.refs) > 0 && st.failed(st.readFrom(r, at), at, s, e) && r.codes != nil && r.codes.file != nil && e.Code != codeDivided {
		st.errs[len(st.errs)-1].Want = st.wantOf(r.codes.file, at)
	}
	return result{}
}

// same reports a value that is the same as the one that it must differ from.
func (st *state) same(r *rule, at int32, s string) {
	st.failed(st.readFrom(r, at), at, s, lgsp.FieldError{Code: codeRepeated, Text: textSame, Want: wantOther + st.refPath(r.other, at)})
}

// refPath returns where a path leads, in the sender's names.
func (st *state) refPath(r *ref, at int32) string {
	if r.word != noWord {
		return r.text
	}
	f, where := at, ""
	if r.abs {
		f = 0
	}
	for _, list := range r.first {
		next := st.values[int(st.frames[f].base)+list.slot].first
		if next == 0 {
			where = st.path(f, list) + "[1]" + r.node.below(list)
			break
		}
		f = next
	}
	if where == "" {
		where = st.path(f, r.node)
	}
	if r.attr != nil {
		where += "/@" + r.attr.name.String()
	}
	return where
}

func (r *rule) fitsBounds(n int64) bool { return n >= int64(r.min) && n <= int64(r.max) }
