package mappings

import (
	"errors"
	"math"
	"strconv"

	"github.com/expr-lang/expr/vm/runtime"
)

// Whole numbers have 64 bits. What needs more cannot be computed: the library
// would go on with another number.
var errOverflow = errors.New("a number is too large")

// add adds numbers, and puts texts together.
func add(s *spending, args []any) (any, error) {
	if a, ok := args[0].(string); ok {
		b := args[1].(string)
		if err := s.text(len(a) + len(b)); err != nil {
			return nil, err
		}
		return a + b, nil
	}
	a, b, ok := whole(args)
	if !ok {
		return runtime.Add(args[0], args[1]), nil
	}
	return addWhole(a, b)
}

func addWhole(a, b int) (any, error) {
	if sum := a + b; (sum > a) == (b > 0) {
		return sum, nil
	}
	return nil, errOverflow
}

func subtract(_ *spending, args []any) (any, error) {
	a, b, ok := whole(args)
	if !ok {
		return runtime.Subtract(args[0], args[1]), nil
	}
	if difference := a - b; (difference < a) == (b > 0) {
		return difference, nil
	}
	return nil, errOverflow
}

func multiply(_ *spending, args []any) (any, error) {
	a, b, ok := whole(args)
	if !ok {
		return runtime.Multiply(args[0], args[1]), nil
	}
	product := a * b
	if a != 0 && (product/a != b || a == -1 && b == math.MinInt) {
		return nil, errOverflow
	}
	return product, nil
}

// sumWhole adds the whole numbers of a list.
func sumWhole(_ *spending, args []any) (any, error) {
	list, ok := args[0].([]any)
	if numbers, is := args[0].([]int); is {
		for _, n := range numbers {
			list, ok = append(list, n), true
		}
	}
	if !ok {
		return nil, errors.New("sum wants a list")
	}
	sum := any(0)
	for _, n := range list {
		var err error
		if sum, err = addWhole(sum.(int), n.(int)); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// intOf reads a whole number, or takes one without what is behind its point.
func intOf(_ *spending, args []any) (any, error) {
	switch v := args[0].(type) {
	case int:
		return v, nil
	case float64:
		if math.Abs(v) < math.MaxInt {
			return int(v), nil
		}
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			return n, nil
		}
	}
	return nil, errors.New("a value is no whole number") // which one, the library would tell
}

func absolute(_ *spending, args []any) (any, error) {
	switch v := args[0].(type) {
	case int:
		if v == math.MinInt {
			return nil, errOverflow
		}
		return max(v, -v), nil
	case float64:
		return math.Abs(v), nil
	}
	return nil, errors.New("abs wants a number")
}

func whole(args []any) (a, b int, ok bool) {
	a, isInt := args[0].(int)
	b, ok = args[1].(int)
	return a, b, ok && isInt
}
