package mappings

// object appends the members of a JSON object in braces and reports whether
// there are any.
func (st *state) object(rs []*rule, at int32) bool {
	st.out = append(st.out, '{')
	first := len(st.out)
	for _, r := range rs {
		if !st.room() {
			break
		}
		if r.shape == mustShape {
			st.must(r, at)
			continue
		}
		mark := len(st.out)
		if mark > first {
			st.out = append(st.out, ',')
		}
		st.out = append(st.out, r.open...)
		if !st.member(r, at) {
			st.out = st.out[:mark]
		}
	}
	wrote := len(st.out) > first
	st.out = append(st.out, '}')
	return wrote
}

// member appends the value of one member and reports whether it is to be there.
func (st *state) member(r *rule, at int32) bool {
	switch r.shape {
	case objectShape:
		return st.jsonObject(r, at)
	case listShape:
		return st.jsonList(r, at)
	}
	v := st.value(r, at)
	if !v.ok {
		return st.nothing(r)
	}
	st.scalar(r, v)
	return true
}

// nothing appends what stands for an empty value.
func (st *state) nothing(r *rule) bool {
	switch {
	case r.empty == emptyNull:
		st.out = append(st.out, "null"...)
	case r.empty == emptyText && r.within:
		st.out = append(st.out, `\"\"`...)
	case r.empty == emptyText:
		st.out = append(st.out, `""`...)
	}
	return r.empty != emptyOmit
}

func (st *state) scalar(r *rule, v result) {
	switch {
	case !r.quoted() && v.plain != nil:
		st.out = append(st.out, v.plain...)
	case !r.quoted():
		st.out = append(st.out, v.text...)
	case r.within && v.plain != nil:
		st.out = append(append(append(st.out, `\"`...), v.plain...), `\"`...)
	case r.within:
		st.quoteTwice(v.text)
	case v.plain != nil:
		st.out = append(append(append(st.out, '"'), v.plain...), '"')
	default:
		st.quote(v.text)
	}
}

// quote appends s as a JSON string.
func (st *state) quote(s string) {
	st.out = append(st.out, '"')
	for s != "" && st.room() {
		var piece string
		piece, s = cut(s)
		st.out = appendEscaped(st.out, piece)
	}
	st.out = append(st.out, '"')
}

// quoteTwice appends s as a JSON string inside a JSON string.
func (st *state) quoteTwice(s string) {
	st.out = append(st.out, `\"`...)
	for s != "" && st.room() {
		var piece string
		if piece, s = cut(s); !needsEscape(piece) {
			st.out = append(st.out, piece...)
			continue
		}
		st.tmp = appendEscaped(st.tmp[:0], piece)
		st.out = appendEscaped(st.out, st.tmp)
	}
	st.out = append(st.out, `\"`...)
}

func needsEscape(s string) bool {
	for i := range len(s) {
		if escapedInJSON[s[i]] {
			return true
		}
	}
	return false
}

// stands reports whether the element that an object stands on is there with
// anything in it, and in which frame. Old systems send empty elements for what
// they do not know.
func (st *state) stands(r *rule, at int32) (frame int32, ok bool) {
	frame, ok = at, true
	if r.base != nil {
		frame = st.frame(r.base, at)
		ok = frame >= 0 && st.values[int(st.frames[frame].base)+r.base.slot].filled
	}
	if st.tracer != nil {
		st.tracer.object(st, r, at, ok)
	}
	return frame, ok
}

func (st *state) jsonObject(r *rule, at int32) bool {
	mark := len(st.out)
	if r.cond != nil && !st.isTrue(r.cond, at) {
		return st.noObject(r)
	}
	f, ok := st.stands(r, at)
	st.begin(r)
	if ok && st.object(r.fields, f) {
		st.encode(r, mark)
		return true
	}
	if !ok && st.demanded(r, at) {
		st.fail(missing(st.refPath(r.base, at)))
	}
	st.out = st.out[:mark]
	return st.noObject(r)
}

// noObject appends what stands for an object whose source element is absent, or
// in which nothing was written.
func (st *state) noObject(r *rule) bool {
	if r.empty != emptyText {
		return st.nothing(r)
	}
	mark := len(st.out)
	st.begin(r)
	start := len(st.out)
	st.out = append(st.out, '{')
	for _, f := range r.fields {
		mark := len(st.out)
		if mark > start+1 {
			st.out = append(st.out, ',')
		}
		st.out = append(st.out, f.open...)
		if !st.noMember(f) {
			st.out = st.out[:mark]
		}
	}
	st.out = append(st.out, '}')
	st.encode(r, mark)
	return true
}

func (st *state) noMember(r *rule) bool {
	switch r.shape {
	case objectShape:
		return st.noObject(r)
	case listShape:
		return st.noList(r)
	}
	return st.nothing(r)
}

// noList appends what stands for a list without elements: only the rule itself,
// not the defaults, makes it anything but a list.
func (st *state) noList(r *rule) bool {
	if r.has("empty") && r.empty != emptyText {
		return st.nothing(r)
	}
	mark := len(st.out)
	st.begin(r)
	st.out = append(st.out, "[]"...)
	st.encode(r, mark)
	return true
}

func (st *state) jsonList(r *rule, at int32) bool {
	f := st.wanted(r, st.firstOf(r, at))
	if f == 0 {
		if r.required {
			st.fail(missing(st.refPath(r.base, at)))
		}
		return st.noList(r)
	}
	whole := len(st.out)
	st.begin(r)
	start := len(st.out)
	st.out = append(st.out, '[')
	for ; f != 0 && st.room(); f = st.wanted(r, st.frames[f].next) {
		mark := len(st.out)
		if mark > start+1 {
			st.out = append(st.out, ',')
		}
		if r.fields != nil {
			st.object(r.fields, f)
			continue
		}
		v := st.value(r, f)
		switch {
		case v.ok:
			st.scalar(r, v)
		case !st.nothing(r):
			st.out = st.out[:mark]
		}
	}
	st.out = append(st.out, ']')
	st.encode(r, whole)
	return true
}

// firstOf returns the frame of a list's first element, 0 if it has none.
func (st *state) firstOf(r *rule, at int32) int32 {
	first := int32(0)
	if f := st.frame(r.base, at); f >= 0 {
		first = st.values[int(st.frames[f].base)+r.base.slot].first
	}
	if st.tracer != nil {
		st.tracer.list(st, r, first)
	}
	return first
}

// wanted returns the first frame of a list from f on for which the rule's
// condition holds, 0 if there is none.
func (st *state) wanted(r *rule, f int32) int32 {
	for ; f != 0 && st.spend(stepCost); f = st.frames[f].next {
		if r.cond == nil || st.isTrue(r.cond, f) {
			return f
		}
	}
	return 0
}

// begin begins the JSON string that a direct rule writes.
func (st *state) begin(r *rule) {
	if r.direct {
		st.out = append(st.out, '"')
	}
}

// encode makes a JSON string of the JSON text that begins at mark, when the rule
// says so. That of a direct rule is one already.
func (st *state) encode(r *rule, mark int) {
	switch {
	case r.direct:
		st.out = append(st.out, '"')
	case r.encoded && r.inJSON:
		st.tmp = append(st.tmp[:0], st.out[mark:]...)
		st.out = append(st.out[:mark], '"')
		for piece, rest := cut(st.tmp); len(piece) > 0 && st.room(); piece, rest = cut(rest) {
			st.out = appendEscaped(st.out, piece)
		}
		st.out = append(st.out, '"')
	}
}
