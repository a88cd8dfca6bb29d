package mappings

import "lgsp.internal/adapter/internal/strictxml"

// element appends the element of one rule, or nothing when it is empty or a check.
func (st *state) element(r *rule, at int32) {
	switch {
	case r.shape == mustShape:
		st.must(r, at)
	case r.encoded:
		st.jsonElement(r, at)
	case r.shape == objectShape:
		st.xmlObject(r, at)
	case r.shape == listShape:
		st.xmlList(r, at)
	default:
		st.leafElement(r, st.value(r, at))
	}
}

func (st *state) leafElement(r *rule, v result) {
	switch {
	case !v.ok && r.empty == emptyText:
		st.out = append(append(st.out, r.open...), "/>"...)
		return
	case !v.ok:
		return
	}
	st.out = append(append(st.out, r.open...), '>')
	if v.plain != nil {
		st.out = append(st.out, v.plain...)
	} else {
		st.escape(v.text, strictxml.EscapeText)
	}
	st.out = append(st.out, r.close...)
}

func (st *state) attribute(r *rule, at int32) bool {
	v := st.value(r, at)
	if !v.ok && r.empty == emptyOmit {
		return false
	}
	st.out = append(st.out, r.open...)
	if v.plain != nil {
		st.out = append(st.out, v.plain...)
	} else {
		st.escape(v.text, strictxml.EscapeAttr)
	}
	st.out = append(st.out, '"')
	return v.ok
}

// content appends an element with what is in it and reports whether anything is.
func (st *state) content(r *rule, at int32) bool {
	st.out = append(st.out, r.open...)
	wrote := false
	for _, a := range r.fields[:r.attrs] {
		if a.shape == mustShape {
			st.must(a, at)
			continue
		}
		wrote = st.attribute(a, at) || wrote
	}
	st.out = append(st.out, '>')
	first := len(st.out)
	for _, f := range r.fields[r.attrs:] {
		if !st.room() {
			break
		}
		st.element(f, at)
	}
	wrote = wrote || len(st.out) > first
	st.out = append(st.out, r.close...)
	return wrote
}

func (st *state) xmlObject(r *rule, at int32) {
	mark := len(st.out)
	if r.cond != nil && !st.isTrue(r.cond, at) {
		st.noElement(r)
		return
	}
	f, ok := st.stands(r, at)
	if ok && st.content(r, f) {
		return
	}
	if !ok && st.demanded(r, at) {
		st.fail(missing(st.refPath(r.base, at)))
	}
	st.out = st.out[:mark]
	st.noElement(r)
}

// noElement appends what stands for an element of which nothing is known.
func (st *state) noElement(r *rule) {
	if r.empty != emptyText || r.shape == listShape {
		return
	}
	st.out = append(st.out, r.open...)
	if r.fields == nil || r.encoded {
		st.out = append(st.out, "/>"...)
		return
	}
	for _, a := range r.fields[:r.attrs] {
		if a.empty == emptyText {
			st.out = append(append(st.out, a.open...), '"')
		}
	}
	st.out = append(st.out, '>')
	for _, f := range r.fields[r.attrs:] {
		st.noElement(f)
	}
	st.out = append(st.out, r.close...)
}

func (st *state) xmlList(r *rule, at int32) {
	f := st.wanted(r, st.firstOf(r, at))
	if f == 0 && r.required {
		st.fail(missing(st.refPath(r.base, at)))
	}
	for ; f != 0 && st.room(); f = st.wanted(r, st.frames[f].next) {
		if r.fields != nil {
			st.content(r, f)
		} else {
			st.leafElement(r, st.value(r, f))
		}
	}
}

// jsonElement appends an element that holds the JSON text of an object or a list.
func (st *state) jsonElement(r *rule, at int32) {
	start := len(st.out)
	st.out = append(append(st.out, r.open...), '>')
	mark := len(st.out)
	if !st.member(r, at) {
		st.out = st.out[:start]
		return
	}
	text := string(st.out[mark:])
	st.out = st.out[:mark]
	st.escape(text, strictxml.EscapeText)
	st.out = append(st.out, r.close...)
}

// escape appends s as it stands in XML.
func (st *state) escape(s string, how func([]byte, string) []byte) {
	for s != "" && st.room() {
		var piece string
		piece, s = cut(s)
		st.out = how(st.out, piece)
	}
}
