package mappings

import (
	"fmt"
	"math"
	"reflect"
	"regexp"

	"github.com/expr-lang/expr/ast"
)

// bounder puts what is bounded, and counts letters, in the place of what makes
// texts and lists, and refuses lists inside lists: of a thousand references to one list of a thousand
// texts, comparing or writing makes a million. It comes when the types are known.
type bounder struct {
	c      *compiler
	refuse func(problem string)
	made   map[ast.Node]reflect.Type // of nodes that it made itself
}

// Visit is called for every node of an expression, inner ones first.
func (b *bounder) Visit(n *ast.Node) {
	switch v := (*n).(type) {
	case *ast.CallNode:
		if name, ok := v.Callee.(*ast.IdentifierNode); ok && isOwn(name.Value) && b.known(v) {
			if name.Value == "day" {
				b.day(n, v.Arguments)
				return
			}
			b.call(n, name.Value, v.Arguments...)
		}
	case *ast.BinaryNode:
		b.operator(n, v)
	case *ast.SliceNode:
		b.slice(n, v)
	case *ast.ConditionalNode:
		b.oneShape(v, v.Exp1, v.Exp2)
	case *ast.ArrayNode:
		for _, e := range v.Nodes {
			b.noList(e)
		}
	case *ast.MapNode:
		b.refuse("maps such as {a: 1} have no place in it")
	case *ast.BuiltinNode:
		b.builtin(n, v)
	case *ast.UnaryNode:
		if _, written := v.Node.(*ast.IntegerNode); v.Operator == "-" && !written && b.kind(v.Node) == reflect.Int {
			b.call(n, "subtractInts", &ast.IntegerNode{}, v.Node)
		}
	}
}

func (b *bounder) operator(n *ast.Node, v *ast.BinaryNode) {
	left, right := b.kind(v.Left), b.kind(v.Right)
	number := func(k reflect.Kind) bool { return k == reflect.Int || k == reflect.Interface }
	switch {
	case v.Operator == "??":
		b.oneShape(v, v.Left, v.Right)
	case v.Operator == "in" && right == reflect.Slice:
		if _, written := v.Right.(*ast.ArrayNode); !written { // which the library is quick at
			b.call(n, "in", v.Left, v.Right)
		}
	case v.Operator == "matches" && (left == reflect.String || left == reflect.Interface):
		b.matches(n, v)
	case v.Operator == "+" && (left == reflect.String && (right == reflect.String || right == reflect.Interface) ||
		left == reflect.Interface && right == reflect.String):
		b.call(n, "addTexts", v.Left, v.Right)
	case arithmetic[v.Operator] == "":
	case left == reflect.Int && right == reflect.Int:
		b.call(n, arithmetic[v.Operator]+"Ints", v.Left, v.Right)
	case number(left) && number(right):
		b.call(n, arithmetic[v.Operator], v.Left, v.Right)
	}
}

var arithmetic = map[string]string{"+": "add", "-": "subtract", "*": "multiply"}

// builtin puts what notices a number that is too large in the place of sum and abs.
func (b *bounder) builtin(n *ast.Node, v *ast.BuiltinNode) {
	switch {
	case v.Name == "map" && len(v.Arguments) == 2:
		if p, ok := v.Arguments[1].(*ast.PredicateNode); ok {
			b.noList(p.Node)
		}
	case v.Name == "abs" && b.kind(v) == reflect.Int:
		b.call(n, "absInt", v.Arguments[0])
	case v.Name == "sum" && b.kind(v) == reflect.Int && len(v.Arguments) == 1:
		b.call(n, "sumInts", v.Arguments[0])
	case v.Name == "sum" && b.kind(v) == reflect.Int:
		b.call(n, "sumInts", &ast.BuiltinNode{Name: "map", Arguments: v.Arguments})
	}
}

// day reads the layouts of day, each of which has to name a whole day.
func (b *bounder) day(n *ast.Node, arguments []ast.Node) {
	ls := &layouts{}
	for _, a := range arguments[1:] {
		written, ok := a.(*ast.StringNode)
		if !ok {
			b.refuse("day wants its layouts written out, in quotes")
			return
		}
		l, err := parseLayout(written.Value)
		if err != nil {
			b.refuse(fmt.Sprintf("day: %q: %v", written.Value, err))
			return
		}
		if l.parts&dayPart == 0 {
			b.refuse(fmt.Sprintf("day: %q has no day", written.Value))
			return
		}
		ls.all = append(ls.all, l)
	}
	if len(ls.all) == 0 {
		b.refuse(`day wants a layout, as in day(text("Ngay"), "dd/MM/yyyy")`)
		return
	}
	b.call(n, "dayBy", arguments[0], &ast.ConstantNode{Value: ls})
}

// slice makes a slice of a text one by letters, as len counts them. The library
// counts bytes.
func (b *bounder) slice(n *ast.Node, v *ast.SliceNode) {
	if k := b.kind(v.Node); k != reflect.String && k != reflect.Interface {
		return
	}
	from, to := v.From, v.To
	if from == nil {
		from = &ast.IntegerNode{Value: 0}
	}
	if to == nil {
		to = &ast.IntegerNode{Value: math.MaxInt}
	}
	b.call(n, "slice", v.Node, from, to)
	b.made[*n] = reflect.TypeFor[string]()
}

// matches compiles the pattern of matches, which is held to what pattern is.
func (b *bounder) matches(n *ast.Node, v *ast.BinaryNode) {
	written, ok := v.Right.(*ast.StringNode)
	if !ok {
		return // which was refused
	}
	_, size, problem := b.c.measure(written.Value)
	if problem != "" {
		b.refuse("matches: " + problem)
		return
	}
	b.call(n, "matches", v.Left, &ast.ConstantNode{Value: &matcher{regexp.MustCompile(written.Value), size}})
}

// call puts the call of an own function in the place of a node.
func (b *bounder) call(n *ast.Node, name string, arguments ...ast.Node) {
	t := (*n).Type()
	if known, ok := b.made[*n]; ok {
		t = known
	}
	call := &ast.CallNode{
		Callee:    &ast.IdentifierNode{Value: name + "#"},
		Arguments: append([]ast.Node{&ast.IdentifierNode{Value: "spent#"}}, arguments...),
	}
	ast.Patch(n, call)
	if b.made == nil {
		b.made = map[ast.Node]reflect.Type{}
	}
	b.made[call] = t
}

// kind is what a node makes: reflect.Interface if only running it tells.
func (b *bounder) kind(n ast.Node) reflect.Kind {
	if t, ok := b.made[n]; ok {
		return t.Kind()
	}
	return n.Type().Kind()
}

// known reports whether the checker knows what a node makes: it is called as it
// may be.
func (b *bounder) known(n ast.Node) bool { return b.kind(n) != reflect.Interface }

func (b *bounder) isList(n ast.Node) bool {
	k := b.kind(n)
	return k == reflect.Slice || k == reflect.Array || k == reflect.Map
}

func (b *bounder) noList(n ast.Node) {
	if b.isList(n) {
		b.refuse("a list cannot stand inside a list")
	}
}

// oneShape refuses what makes now a list, now something else: whatever is not
// known to be a list is none.
func (b *bounder) oneShape(whole, one, other ast.Node) {
	if (b.isList(one) || b.isList(other)) && !b.isList(whole) {
		b.refuse("of two ways both have to make a list of texts, or neither")
	}
}

// unchecked makes calls new, so that they are checked once more: the checker
// looks at no call twice, and what it found wrong while paths and operators were
// being put in their places it did not report. It has the methods of a patcher
// that comes last.
type unchecked struct{}

func (unchecked) Reset()             {}
func (unchecked) ShouldRepeat() bool { return false }

func (unchecked) Visit(n *ast.Node) {
	if v, ok := (*n).(*ast.CallNode); ok {
		ast.Patch(n, &ast.CallNode{Callee: v.Callee, Arguments: v.Arguments})
	}
}
