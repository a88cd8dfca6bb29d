package mappings

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	broken "github.com/santhosh-tekuri/jsonschema/v6/kind"

	lgsp "lgsp.internal/adapter"
)

// finding is what a schema wants of one place of the document.
type finding struct {
	at     []string // members, the numbers of elements, and textMark
	demand string
}

// checkOutput reports what the document's schema finds wrong, by the places in
// the message that it was made of.
func (st *state) checkOutput() {
	t := &st.m.target
	if t.schema == nil {
		return
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(st.out))
	if err != nil {
		st.fail(lgsp.FieldError{Path: st.path(0, st.m.tree.root), Code: codeSchema, Text: textSchema, Want: "JSON"})
		return
	}
	var wrong *jsonschema.ValidationError
	if err := t.schema.Validate(v); !errors.As(err, &wrong) {
		return
	}
	// The library goes through members in any order; a mapping is pure.
	all := findings(nil, wrong)
	slices.SortFunc(all, func(a, b finding) int {
		return cmp.Or(slices.CompareFunc(a.at, b.at, compareSteps), strings.Compare(a.demand, b.demand))
	})
	lists, texts := writtenLists{}, map[string]any{}
	for _, f := range all {
		if st.fail(lgsp.FieldError{Path: st.madeOf(f.at, lists), Code: codeSchema, Text: textSchema, Want: f.demand}) {
			st.errs[len(st.errs)-1].Found = appearance(v, f.at, texts)
		}
	}
}

// compareSteps orders members by name, and elements by number.
func compareSteps(a, b string) int {
	if isDigits(a) && isDigits(b) {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}
	return strings.Compare(a, b)
}

// findings adds what e and its causes found.
func findings(all []finding, e *jsonschema.ValidationError) []finding {
	at := e.InstanceLocation
	each := func(names []string, demand func(name string) string) []finding {
		for _, name := range names {
			all = append(all, finding{append(slices.Clone(at), name), demand(name)})
		}
		return all
	}
	required := func(name string) string { return "required " + name }
	switch k := e.ErrorKind.(type) {
	case *broken.Required:
		return each(k.Missing, required)
	case *broken.DependentRequired:
		return each(k.Missing, required)
	case *broken.Dependency:
		return each(k.Missing, required)
	case *broken.AdditionalProperties:
		return each(k.Properties, func(string) string { return "additionalProperties" })
	case *broken.PropertyNames:
		return each([]string{k.Property}, func(string) string { return "propertyNames" })
	case *broken.UniqueItems:
		return each([]string{strconv.Itoa(k.Duplicates[1])}, func(string) string { return "uniqueItems" })
	case *broken.Contains, *broken.MinContains:
		return append(all, finding{at, demandOf(k)}) // not why each element is none
	}
	for _, cause := range e.Causes {
		all = findings(all, cause)
	}
	if len(e.Causes) == 0 {
		all = append(all, finding{at, demandOf(e.ErrorKind)})
	}
	return all
}

// madeOf names what a place of the document was made of, in the sender's names:
// the path that its rule reads, else the element around it.
func (st *state) madeOf(location []string, lists writtenLists) string {
	rs, at, where := st.m.fields, int32(0), st.path(0, st.m.tree.root)
	for len(location) > 0 {
		i := slices.IndexFunc(rs, func(r *rule) bool { return r.to == location[0] })
		if i < 0 {
			break
		}
		r := rs[i]
		if location = location[1:]; len(location) > 0 && location[0] == textMark {
			location = location[1:]
		}
		switch {
		case r.shape == listShape:
			where = st.refPath(r.base, at)
			if len(location) > 0 {
				at = lists.element(st, r, at, location[0])
			}
			if len(location) == 0 || at == 0 {
				return where
			}
			where, location = st.path(at, r.base.node.inner.root), location[1:]
		case r.base != nil:
			where = st.refPath(r.base, at)
			if at = st.frame(r.base, at); at < 0 {
				return where
			}
		}
		if rs = r.fields; rs == nil && len(r.refs) > 0 {
			return st.refPath(st.readFrom(r, at), at)
		}
	}
	return where
}

// writtenLists is the frames of the elements that were written of lists, each of
// which is gone through once.
type writtenLists map[writtenList][]int32

// writtenList is the list that a rule wrote in a frame.
type writtenList struct {
	rule *rule
	at   int32
}

// element returns the frame of the element that was written as the one of that
// number, from 0; 0 if there is none.
func (w writtenLists) element(st *state, r *rule, at int32, number string) int32 {
	frames, known := w[writtenList{r, at}]
	if !known {
		frames = st.written(r, at)
		w[writtenList{r, at}] = frames
	}
	n, err := strconv.Atoi(number)
	if err != nil || n >= len(frames) {
		return 0
	}
	return frames[n]
}

// written returns the frames of the elements that were written of a list.
func (st *state) written(r *rule, at int32) (frames []int32) {
	in := st.frame(r.base, at)
	if in < 0 {
		return nil
	}
	first := st.values[int(st.frames[in].base)+r.base.slot].first
	for f := st.wanted(r, first); f != 0; f = st.wanted(r, st.frames[f].next) {
		if r.fields != nil || r.empty != emptyOmit || st.make(r, f).ok {
			frames = append(frames, f)
		}
	}
	return frames
}

// appearance tells what the value at a place of the document looks like, "" where
// there is none. texts is what is inside of texts that were read for others.
func appearance(v any, location []string, texts map[string]any) string {
	for _, step := range location {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(in) {
				return ""
			}
			v = in[i]
		case string:
			if step != textMark {
				return ""
			}
			inner, known := texts[in]
			if !known {
				inner, _ = jsonschema.UnmarshalJSON(strings.NewReader(in)) // what is none has nothing inside
				texts[in] = inner
			}
			v = inner
		default:
			return ""
		}
	}
	switch v := v.(type) {
	case string:
		return cmp.Or(looks(v), looksBlank)
	case json.Number:
		return looks(v.String())
	case []any:
		return strconv.Itoa(len(v)) + looksElements
	}
	return ""
}

// demandOf says what a schema wants. What was found is in the kind too, and is
// left there.
func demandOf(k jsonschema.ErrorKind) string {
	keyword := "JSON Schema"
	if words := k.KeywordPath(); len(words) > 0 {
		keyword = words[len(words)-1]
	}
	number := func(n *big.Rat) string { return keyword + " " + n.RatString() }
	count := func(n int) string { return keyword + " " + strconv.Itoa(n) }
	switch k := k.(type) {
	case *broken.Not:
		return "not"
	case *broken.FalseSchema:
		return "false"
	case *broken.Type:
		return keyword + " " + strings.Join(k.Want, " | ")
	case *broken.Pattern:
		return keyword + " " + k.Want
	case *broken.Format:
		return keyword + " " + k.Want
	case *broken.ContentEncoding:
		return keyword + " " + k.Want
	case *broken.ContentMediaType:
		return keyword + " " + k.Want
	case *broken.MaxLength:
		return count(k.Want)
	case *broken.MinLength:
		return count(k.Want)
	case *broken.MinItems:
		return count(k.Want)
	case *broken.MaxItems:
		return count(k.Want)
	case *broken.MinContains:
		return count(k.Want)
	case *broken.MaxContains:
		return count(k.Want)
	case *broken.Minimum:
		return number(k.Want)
	case *broken.Maximum:
		return number(k.Want)
	case *broken.ExclusiveMinimum:
		return number(k.Want)
	case *broken.ExclusiveMaximum:
		return number(k.Want)
	case *broken.MultipleOf:
		return number(k.Want)
	case *broken.Enum:
		return worded(keyword, k.Want)
	case *broken.Const:
		return worded(keyword, k.Want)
	}
	return keyword
}

// worded adds a value of the schema to a demand, unless it is long.
func worded(keyword string, v any) string {
	if want, err := json.Marshal(v); err == nil && len(want) < 200 {
		return fmt.Sprintf("%s %s", keyword, want)
	}
	return keyword
}
