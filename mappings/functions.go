package mappings

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm/runtime"
)

// function is one that expressions call: by its name where an author may, and
// with "#" behind it once bounder has put before its arguments what is spent.
type function struct {
	name   string
	does   func(s *spending, args []any) (any, error)
	types  []any // of its arguments and of what it makes
	inside bool  // authors cannot call it
}

// functions are those that make texts or lists, which are bounded, unlike those
// of the library, and what operators become.
var functions = [...]function{
	{name: "day", does: isoDayOf, types: []any{new(func(string, ...string) string)}},
	{name: "dayBy", does: isoDayOf, types: []any{new(func(string, *layouts) string)}, inside: true},
	{name: "years", does: years, types: []any{new(func(string, string) int)}},
	{name: "replace", does: replace, types: []any{new(func(string, string, string) string)}},
	{name: "split", does: split, types: []any{new(func(string, string) []string), new(func(string, string, int) []string)}},
	{name: "join", does: join, types: []any{new(func([]string, string) string), new(func([]any, string) string), new(func([]string) string), new(func([]any) string)}},
	{name: "string", does: textOf, types: []any{new(func(string) string), new(func(int) string), new(func(bool) string), new(func(float64) string)}},
	{name: "int", does: intOf, types: []any{new(func(int) int), new(func(string) int), new(func(float64) int)}},
	{name: "absInt", does: absolute, types: []any{new(func(int) int)}, inside: true},
	{name: "upper", does: upper, types: []any{new(func(string) string)}},
	{name: "lower", does: lower, types: []any{new(func(string) string)}},
	{name: "trim", does: trim, types: []any{new(func(string) string), new(func(string, string) string)}},
	{name: "indexOf", does: indexOf, types: []any{new(func(string, string) int)}},
	{name: "lastIndexOf", does: lastIndexOf, types: []any{new(func(string, string) int)}},
	{name: "slice", does: slice, types: []any{new(func(any, int, int) string)}, inside: true},
	{name: "addTexts", does: add, types: []any{new(func(any, any) string)}, inside: true},
	{name: "addInts", does: add, types: []any{new(func(int, int) int)}, inside: true},
	{name: "add", does: add, types: []any{new(func(any, any) any)}, inside: true},
	{name: "matches", does: isMatch, types: []any{new(func(any, *matcher) bool)}, inside: true},
	{name: "subtractInts", does: subtract, types: []any{new(func(int, int) int)}, inside: true},
	{name: "subtract", does: subtract, types: []any{new(func(any, any) any)}, inside: true},
	{name: "multiplyInts", does: multiply, types: []any{new(func(int, int) int)}, inside: true},
	{name: "multiply", does: multiply, types: []any{new(func(any, any) any)}, inside: true},
	{name: "sumInts", does: sumWhole, types: []any{new(func(any) int)}, inside: true},
	{name: "in", does: among, types: []any{new(func(any, any) bool)}, inside: true},
}

// ownFunctions are the functions that expressions have besides those of the
// library.
func ownFunctions() []expr.Option {
	var all []expr.Option
	for i := range functions {
		f := &functions[i]
		if !f.inside {
			all = append(all, expr.Function(f.name, f.uncompiled, f.types...))
		}
		inside := make([]any, len(f.types))
		for i, t := range f.types {
			inside[i] = withSpending(reflect.TypeOf(t).Elem())
		}
		all = append(all, expr.Function(f.name+"#", f.call, inside...))
	}
	return all
}

// withSpending returns a pointer to a function of that type that has what is
// spent before its arguments.
func withSpending(t reflect.Type) any {
	in, out := []reflect.Type{reflect.TypeFor[*spending]()}, []reflect.Type{}
	for i := range t.NumIn() {
		in = append(in, t.In(i))
	}
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	return reflect.New(reflect.FuncOf(in, out, t.IsVariadic())).Interface()
}

func isOwn(name string) bool {
	return slices.ContainsFunc(functions[:], func(f function) bool { return f.name == name && !f.inside })
}

func (f *function) uncompiled(...any) (any, error) {
	return nil, errors.New(f.name + " was not compiled")
}

func (f *function) call(params ...any) (any, error) {
	s, _ := params[0].(*spending)
	return f.does(s, params[1:])
}

// spending is what one run of an expression has made so far, in bytes.
type spending struct{ made int }

var errSpent = errors.New("an expression makes too much")

// text counts a text of n bytes before it is made.
func (s *spending) text(n int) error {
	if n > maxComputed {
		return errSpent
	}
	return s.work(n)
}

// work counts what costs as much as n bytes.
func (s *spending) work(n int) error {
	if s.made += n; n < 0 || s.made > maxMade {
		return errSpent
	}
	return nil
}

var errNoDay = errors.New("a text is not a day")

// layouts are those of day, read when the expression is compiled.
type layouts struct{ all []layout }

// isoDayOf reads a text by the first layout that fits and returns the day as
// yyyy-MM-dd, so that days can be compared as texts. Of the empty text it is "".
func isoDayOf(_ *spending, args []any) (any, error) {
	s := args[0].(string)
	if s == "" {
		return "", nil
	}
	for _, l := range args[1].(*layouts).all {
		if d, ok := l.read(s); ok {
			return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day), nil
		}
	}
	return nil, errNoDay
}

// years counts the whole years from one day to another, both as isoDayOf makes them:
// an age. Born on a 29 February one is a year older on 1 March.
func years(_ *spending, args []any) (any, error) {
	from, err := isoDay(args[0])
	if err != nil {
		return nil, err
	}
	to, err := isoDay(args[1])
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

func replace(s *spending, args []any) (any, error) {
	text, old, by := args[0].(string), args[1].(string), args[2].(string)
	if old == "" {
		return nil, errors.New("replace replaces nothing")
	}
	if err := s.text(len(text) + strings.Count(text, old)*(len(by)-len(old))); err != nil {
		return nil, err
	}
	return strings.ReplaceAll(text, old, by), nil
}

func split(s *spending, args []any) (any, error) {
	text, sep, most := args[0].(string), args[1].(string), -1
	if len(args) > 2 {
		most = args[2].(int)
	}
	n := utf8.RuneCountInString(text)
	if sep != "" {
		n = strings.Count(text, sep) + 1
	}
	if most >= 0 {
		n = min(n, most)
	}
	if n > maxTexts {
		return nil, errSpent
	}
	const header = 16 // bytes of a text besides its letters
	if err := s.work(n * header); err != nil {
		return nil, err
	}
	return strings.SplitN(text, sep, most), nil
}

func join(s *spending, args []any) (any, error) {
	with := ""
	if len(args) > 1 {
		with = args[1].(string)
	}
	list, ok := args[0].([]string)
	if mixed, is := args[0].([]any); is {
		list, ok = make([]string, len(mixed)), true
		for i := range mixed {
			list[i] = mixed[i].(string)
		}
	}
	if !ok {
		return nil, errors.New("join wants a list")
	}
	n := 0
	for _, text := range list {
		if n += len(text) + len(with); n-len(with) > maxComputed {
			return nil, errSpent
		}
	}
	if err := s.text(max(0, n-len(with))); err != nil {
		return nil, err
	}
	return strings.Join(list, with), nil
}

// textOf writes a single value as a text. A list is none: it may hold the same
// texts many times.
func textOf(_ *spending, args []any) (any, error) {
	switch v := args[0].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case int, bool, float64:
		return fmt.Sprint(v), nil
	}
	return nil, errors.New("string wants one value")
}

const mostGrown = 3 // times as many bytes may the capitals of a text have, or its small letters

func upper(s *spending, args []any) (any, error) {
	text := args[0].(string)
	if err := s.work(mostGrown * len(text)); err != nil {
		return nil, err
	}
	return strings.ToUpper(text), nil
}

func lower(s *spending, args []any) (any, error) {
	text := args[0].(string)
	if err := s.work(mostGrown * len(text)); err != nil {
		return nil, err
	}
	return strings.ToLower(text), nil
}

// trim looks for each letter among those that are cut off.
func trim(s *spending, args []any) (any, error) {
	text := args[0].(string)
	if len(args) == 1 {
		return strings.TrimSpace(text), nil
	}
	letters := args[1].(string)
	if len(letters) > maxTrimmed {
		return nil, errSpent
	}
	return strings.Trim(text, letters), s.work(len(text))
}

// among reports whether a value is one of a list.
func among(s *spending, args []any) (any, error) {
	list, ok := args[1].([]string)
	if !ok {
		return runtime.In(args[0], args[1]), nil
	}
	if err := s.work(len(list)); err != nil {
		return nil, err
	}
	text, ok := args[0].(string)
	return ok && slices.Contains(list, text), nil
}

// indexOf returns before which letter of a text another text begins, counted
// from 0, -1 if it is not in it.
func indexOf(_ *spending, args []any) (any, error) {
	text := args[0].(string)
	return lettersBefore(text, strings.Index(text, args[1].(string))), nil
}

func lastIndexOf(_ *spending, args []any) (any, error) {
	text := args[0].(string)
	return lettersBefore(text, strings.LastIndex(text, args[1].(string))), nil
}

func lettersBefore(text string, at int) int {
	if at < 0 {
		return at
	}
	return utf8.RuneCountInString(text[:at])
}

// slice returns the letters of a text from one up to, but without, another. They
// are counted from 0, or below it from the end; those that are not there are none.
func slice(_ *spending, args []any) (any, error) {
	text, from, to := args[0].(string), args[1].(int), args[2].(int)
	n := utf8.RuneCountInString(text)
	if from < 0 {
		from += n
	}
	if to < 0 {
		to += n
	}
	to = min(max(to, 0), n)
	from = min(max(from, 0), to)
	return text[letter(text, n, from):letter(text, n, to)], nil
}

// letter returns where in a text of n letters a letter begins.
func letter(text string, n, index int) int {
	if n == len(text) {
		return index
	}
	for at := range text {
		if index == 0 {
			return at
		}
		index--
	}
	return len(text)
}
