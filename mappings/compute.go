package mappings

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr/vm"

	lgsp "lgsp.internal/adapter"
)

// run computes an expression in the frame at. Its error says nothing of values.
func (st *state) run(x *expression, at int32) (any, error) {
	if err := st.surround(x, at); err != nil {
		return nil, err
	}
	st.spending.made = 0
	v, err := st.machine.Run(x.program, &st.around)
	if !st.spend(runCost+st.spending.made) || err != nil {
		return nil, errComputed
	}
	return v, nil
}

var errComputed = errors.New("an expression cannot be computed")

// surround fills in what an expression reads.
func (st *state) surround(x *expression, at int32) error {
	s := &st.around
	s.Texts, s.Counts, s.Lists = s.Texts[:0], s.Counts[:0], s.Lists[:0]
	for i := range x.texts {
		text := tidy(st.find(&x.texts[i], at), spacesTrim)
		if len(text) > maxText {
			return errComputed
		}
		s.Texts = append(s.Texts, text)
	}
	for i := range x.counts {
		s.Counts = append(s.Counts, int(st.countOf(&x.counts[i], at)))
	}
	for i := range x.lists {
		list, err := st.texts(&x.lists[i], at)
		if err != nil || !st.spend(len(list)*len(x.program.Bytecode)) {
			return errComputed
		}
		s.Lists = append(s.Lists, list)
	}
	s.Spent = &st.spending
	s.Received = st.env.Received.UTC().Add(vietnam).Format(time.DateOnly)
	return nil
}

// gathered is what a list holds, or why it is not given to expressions.
type gathered struct {
	texts []string
	err   error
}

// texts returns what is in each element of a list, empty texts left out. A list
// that is named from the root is gathered once.
func (st *state) texts(l *listRef, at int32) ([]string, error) {
	if !l.list.abs {
		return st.gather(l, at)
	}
	g, ok := st.gathered[l]
	if !ok {
		if st.gathered == nil {
			st.gathered = map[*listRef]gathered{}
		}
		g.texts, g.err = st.gather(l, at)
		st.gathered[l] = g
	}
	return g.texts, g.err
}

func (st *state) gather(l *listRef, at int32) ([]string, error) {
	i := st.slot(&l.list, at)
	if i < 0 {
		return nil, nil
	}
	var all []string
	size := 0
	for f := st.values[i].first; f != 0; f = st.frames[f].next {
		if !st.spend(stepCost) {
			return nil, errComputed
		}
		text := tidy(st.find(&l.part, f), spacesTrim)
		if text == "" {
			continue
		}
		if size += len(text); len(text) > maxText || len(all) == maxTexts || size > maxComputed {
			return nil, errComputed
		}
		all = append(all, text)
	}
	return all, nil
}

// computed returns the text that an expression makes.
func (st *state) computed(x *expression, at int32) (string, error) {
	v, err := st.run(x, at)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		if len(v) > maxComputed || !utf8.ValidString(v) {
			return "", errComputed
		}
		return v, nil
	case int:
		return strconv.Itoa(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	}
	return "", errComputed
}

// isTrue reports whether a condition holds. One that cannot be computed is
// reported, and does not hold.
func (st *state) isTrue(x *expression, at int32) bool {
	v, err := st.run(x, at)
	if err != nil {
		st.incomputable(x, at)
		return false
	}
	holds, _ := v.(bool)
	if st.tracer != nil && st.tracer.reach != nil {
		if r := st.tracer.reach.owner[x]; r != nil {
			st.tracer.reach.held(r, "if", holds)
		}
	}
	return holds
}

// incomputable reports an expression by the first path that it reads.
func (st *state) incomputable(x *expression, at int32) {
	refs := x.refs()
	names := make([]string, len(refs))
	for i := range refs {
		names[i] = st.refPath(&refs[i], at)
	}
	st.fail(lgsp.FieldError{Path: names[0], Code: codeComputed, Text: textComputed, Want: wantComputed + strings.Join(slices.Compact(names), ", ")})
}

// forgetExpressions lets go of what expressions saw of a message.
func (st *state) forgetExpressions() {
	s := &st.around
	clear(s.Texts[:cap(s.Texts)])
	clear(s.Lists[:cap(s.Lists)])
	s.Texts, s.Lists, s.Counts, s.Received, s.Spent = s.Texts[:0], s.Lists[:0], s.Counts[:0], "", nil
	if st.machine.Stack != nil {
		st.machine = vm.VM{}
	}
}
