package mappings

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// Limits of expressions. They bound what any expression can cost whatever the
// message is: what it is given, each text that it makes and all of them together.
// What makes none is linear in its arguments, loops stand in no loop and lists in
// no list.
const (
	maxExpression = 2000     // characters of the text
	maxNodes      = 200      // of the parsed expression
	maxText       = 4096     // bytes of a text that is given to an expression
	maxTexts      = 1000     // texts of one list that are given to an expression
	maxComputed   = 64 << 10 // bytes of one list that is given, and of one text that is made
	maxMade       = 1 << 20  // bytes of all that is made, the value and what leads to it
	maxTrimmed    = 100      // bytes of the letters that trim cuts off
)

// letIn are the functions of the expression library that mappings may call: those
// that depend on nothing but their arguments, and make no text and no list longer
// than these.
var letIn = [...]string{
	"all", "any", "none", "one", "filter", "find", "map", "sum", "first", "last",
	"len", "abs", "max", "min",
	"trimPrefix", "trimSuffix", "hasPrefix", "hasSuffix",
}

// expression computes a value, or whether something holds, from texts of the
// message.
type expression struct {
	pos     pos
	text    string
	program *vm.Program

	// What it reads, in the order of the slices of its surroundings.
	texts  []ref
	lists  []listRef
	counts []ref
}

// listRef is a part of each element of a list.
type listRef struct{ list, part ref }

// surroundings is what an expression sees. The names of its fields are none that
// an author can write: text("HoTen") is turned into Texts[0] when it is compiled.
type surroundings struct {
	Texts    []string   `expr:"text#"`
	Lists    [][]string `expr:"texts#"`
	Counts   []int      `expr:"count#"`
	Received string     `expr:"received#"`
	Spent    *spending  `expr:"spent#"`
}

// expression reads the text of an expression. It is compiled with the paths of
// the rule that it belongs to.
func (p *parser) expression(e entry) *expression {
	x := &expression{pos: posOf(e.value), text: p.filled(e)}
	if utf8.RuneCountInString(x.text) > maxExpression {
		p.report(x.pos, "%s: an expression has at most %d characters", e.key, maxExpression)
		x.text = ""
	}
	return x
}

// express compiles an expression whose paths stand on the element at. A
// condition is true or false; anything else is a text, a whole number, or true
// or false.
func (c *compiler) express(key string, x *expression, at *node, condition bool) {
	if x == nil || x.text == "" {
		return
	}
	reads := &expressionReader{c: c, x: x, at: at}
	options := append([]expr.Option{
		expr.Env(&surroundings{}), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins(),
		expr.Patch(reads), expr.Patch(&bounder{c: c, refuse: reads.refuse}), expr.Patch(unchecked{}),
	}, ownFunctions()...)
	for _, name := range letIn {
		options = append(options, expr.EnableBuiltin(name))
	}
	if condition {
		options = append(options, expr.AsBool())
	}
	program, err := expr.Compile(x.text, options...)
	switch {
	case reads.problem != "":
		c.report(x.pos, "%s: %s", key, reads.problem)
	case err != nil:
		c.report(x.pos, "%s: %s", key, complaint(err))
	case len(x.texts)+len(x.lists)+len(x.counts) == 0:
		c.report(x.pos, "%s: the expression reads nothing of the message; want text(\"a path\") in it", key)
	case !condition && !isValue(program.Node().Type()):
		c.report(x.pos, "%s: the expression makes no text, no whole number and neither true nor false; string(…), int(…) or join(…) make one", key)
	}
	x.program = program
}

// isValue reports whether a value of that type may be a value of a rule. What is
// known only when it is computed is looked at then.
func isValue(t reflect.Type) bool {
	return t != nil && (t.Kind() == reflect.String || t.Kind() == reflect.Int || t.Kind() == reflect.Bool || t.Kind() == reflect.Interface)
}

// complaint is what is wrong with an expression, in one line.
func complaint(err error) string {
	var at *file.Error
	if !errors.As(err, &at) {
		return strings.Join(strings.Fields(err.Error()), " ")
	}
	where := ""
	if at.Line > 0 {
		where = fmt.Sprintf(" (line %d, column %d of the expression)", at.Line, at.Column+1)
	}
	return at.Message + where
}

// expressionReader finds what an expression reads of the message, and refuses what could
// cost more than the expression is worth.
type expressionReader struct {
	c       *compiler
	x       *expression
	at      *node
	problem string
}

// Visit is called for every node of an expression, inner ones first.
func (r *expressionReader) Visit(n *ast.Node) {
	switch v := (*n).(type) {
	case *ast.CallNode:
		if name, ok := v.Callee.(*ast.IdentifierNode); ok {
			if isOwn(name.Value) { // whose type, found while text(…) had none, would stand for good
				ast.Patch(n, &ast.CallNode{Callee: v.Callee, Arguments: v.Arguments})
			}
			r.call(n, name.Value, v.Arguments)
		}
	case *ast.BuiltinNode:
		if v.Name == "count" { // ours goes before that of the library
			r.call(n, v.Name, v.Arguments)
		} else if !slices.Contains(letIn[:], v.Name) { // reduce and its like are let in by the parser, disabled or not
			r.refuse("unknown name " + v.Name)
		}
	case *ast.IdentifierNode:
		if v.Value == "$env" { // what the library calls all that an expression sees
			r.refuse("unknown name $env")
		}
	case *ast.BinaryNode:
		r.operator(v)
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		r.refuse("variables have no place in it; repeat the part, or make it a rule of its own")
	case *ast.PredicateNode:
		inside := &predicates{}
		ast.Walk(&v.Node, inside)
		if inside.found {
			r.refuse("all, any, map and the like cannot stand inside one another")
		}
	}
}

func (r *expressionReader) refuse(problem string) {
	if r.problem == "" {
		r.problem = problem
	}
}

// predicates looks for expressions that are computed for every element of a list.
type predicates struct{ found bool }

func (p *predicates) Visit(n *ast.Node) {
	if _, ok := (*n).(*ast.PredicateNode); ok {
		p.found = true
	}
}

func (r *expressionReader) operator(v *ast.BinaryNode) {
	_, constant := v.Right.(*ast.StringNode)
	switch {
	case v.Operator == "..":
		r.refuse("ranges such as 1..9 have no place in it")
	case v.Operator == "matches" && !constant:
		r.refuse("matches wants its pattern written out")
	}
}

// call turns the functions that read the message into places of surroundings.
func (r *expressionReader) call(n *ast.Node, name string, arguments []ast.Node) {
	x, c := r.x, r.c
	index := 0
	switch name {
	case "received":
		if len(arguments) > 0 {
			r.refuse("received() takes nothing")
		}
		ast.Patch(n, &ast.IdentifierNode{Value: "received#"})
		return
	case "text", "count", "texts":
	default:
		return
	}
	paths := r.paths(name, arguments)
	if paths == nil {
		return
	}
	switch name {
	case "text":
		index = len(x.texts)
		x.texts = append(x.texts, c.reach(paths[0], r.at))
		x.texts[index].reads()
	case "count":
		if !r.isList(&paths[0]) {
			return
		}
		index = len(x.counts)
		x.counts = append(x.counts, c.reachList(paths[0], r.at))
	case "texts":
		if !r.isList(&paths[0]) {
			return
		}
		index = len(x.lists)
		list := c.reachList(paths[0], r.at)
		part := c.reach(paths[1], list.node.list().root)
		part.reads()
		x.lists = append(x.lists, listRef{list, part})
	}
	ast.Patch(n, &ast.MemberNode{Node: &ast.IdentifierNode{Value: name + "#"}, Property: &ast.IntegerNode{Value: index}})
}

// isList reports whether a path can lead to a list of elements.
func (r *expressionReader) isList(p *sourcePath) bool {
	if p.word != noWord || p.attr != nil || len(p.steps) == 0 || p.steps[len(p.steps)-1].first {
		r.refuse(fmt.Sprintf("%q leads to no list of elements", p.text))
		return false
	}
	return true
}

// paths reads the arguments of a function that reads the message: paths that are
// written out.
func (r *expressionReader) paths(name string, arguments []ast.Node) []sourcePath {
	most := 1
	if name == "texts" {
		most = 2
	}
	if len(arguments) == 0 || len(arguments) > most {
		r.refuse(name + `: want a path, as in text("Tre/HoTen"); texts wants a list and may have a path inside its elements, as in texts("Con", "HoTen")`)
		return nil
	}
	var paths []sourcePath
	for _, a := range arguments {
		s, ok := a.(*ast.StringNode)
		if !ok {
			r.refuse(name + ": want the path written out, in quotes")
			return nil
		}
		p, err := r.c.m.source.names.parsePath(s.Value)
		if err != nil {
			r.refuse(name + ": " + err.Error())
			return nil
		}
		p.pos = r.x.pos
		paths = append(paths, p)
	}
	if len(paths) < most {
		paths = append(paths, sourcePath{pos: r.x.pos, text: "."})
	}
	return paths
}

// refs is everything that the expression reads, for reports.
func (x *expression) refs() []ref {
	if x == nil {
		return nil
	}
	all := append([]ref(nil), x.texts...)
	for _, l := range x.lists {
		all = append(all, l.list)
	}
	return append(all, x.counts...)
}
