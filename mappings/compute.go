package mappings

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	lgsp "lgsp.internal/adapter"
)

// ownFunctions are the functions that expressions have besides those of the
// library.
func ownFunctions() []expr.Option {
	return []expr.Option{
		expr.Function("day", isoDayOf, new(func(string, ...string) string)),
		expr.Function("years", years, new(func(string, string) int)),
		expr.Function("replace", replace, new(func(string, string, string) string)),
	}
}

var errNoDay = errors.New("a text is not a day")

// isoDayOf reads a text by the first layout that fits and returns the day as
// yyyy-MM-dd, so that days can be compared as texts. Of the empty text it is "".
func isoDayOf(params ...any) (any, error) {
	s, _ := params[0].(string)
	if s == "" {
		return "", nil
	}
	for _, p := range params[1:] {
		text, _ := p.(string)
		l, err := parseLayout(text)
		if err != nil {
			return nil, err
		}
		if d, ok := l.read(s); ok && d.parts&dayPart != 0 {
			return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day), nil
		}
	}
	return nil, errNoDay
}

// years counts the whole years from one day to another, both as isoDayOf makes them:
// an age. Born on a 29 February one is a year older on 1 March.
func years(params ...any) (any, error) {
	from, err := isoDay(params[0])
	if err != nil {
		return nil, err
	}
	to, err := isoDay(params[1])
	if err != nil {
		return nil, err
	}
	n := to.Year() - from.Year()
	if to.Month() < from.Month() || to.Month() == from.Month() && to.Day() < from.Day() {
		n--
	}
	return n, nil
}

func isoDay(v any) (time.Time, error) {
	s, _ := v.(string)
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, errNoDay // the cause would quote it
	}
	return t, nil
}

// replace is bounded, unlike that of the library.
func replace(params ...any) (any, error) {
	s, _ := params[0].(string)
	old, _ := params[1].(string)
	by, _ := params[2].(string)
	if old == "" || len(s)+strings.Count(s, old)*len(by) > maxComputed {
		return nil, errors.New("replace makes too long a text, or replaces nothing")
	}
	return strings.ReplaceAll(s, old, by), nil
}

// run computes an expression in the frame at. Its error says nothing of values.
func (st *state) run(x *expression, at int32) (any, error) {
	if err := st.surround(x, at); err != nil {
		return nil, err
	}
	v, err := st.machine.Run(x.program, &st.around)
	if err != nil {
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
		if err != nil {
			return err
		}
		s.Lists = append(s.Lists, list)
	}
	s.Received = st.env.Received.UTC().Add(vietnam).Format(time.DateOnly)
	return nil
}

// texts returns what is in each element of a list, empty texts left out.
func (st *state) texts(l *listRef, at int32) ([]string, error) {
	i := st.slot(&l.list, at)
	if i < 0 {
		return nil, nil
	}
	var all []string
	size := 0
	for f := st.values[i].first; f != 0; f = st.frames[f].next {
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
	s.Texts, s.Lists, s.Counts, s.Received = s.Texts[:0], s.Lists[:0], s.Counts[:0], ""
	if st.machine.Stack != nil {
		st.machine = vm.VM{}
	}
}
