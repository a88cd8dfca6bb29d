package queue_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// statements returns the SQL of the package: every text of its source that
// begins with a verb of SQL, with the constants that are added to it.
func statements(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	constants, exprs := map[string]ast.Expr{}, map[string]ast.Expr{}
	set := token.NewFileSet()
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if i < len(n.Values) {
						constants[name.Name] = n.Values[i]
					}
				}
			case *ast.BinaryExpr:
				exprs[set.Position(n.Pos()).String()] = n
				return false
			case *ast.BasicLit:
				exprs[set.Position(n.Pos()).String()] = n
			}
			return true
		})
	}
	found := map[string]string{}
	for place, e := range exprs {
		if text := textOf(e, constants); verb.MatchString(text) {
			found[place] = text
		}
	}
	return found
}

var verb = regexp.MustCompile(`(?s)^(select|update|insert|delete) .*\b(from|set|into)\b`)

// textOf adds an expression's texts up. A variable part is a condition that a
// filter makes, which is always true here.
func textOf(e ast.Expr, constants map[string]ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.Ident:
		if value, ok := constants[e.Name]; ok {
			return textOf(value, nil)
		}
		return "true"
	case *ast.BinaryExpr:
		return textOf(e.X, constants) + textOf(e.Y, constants)
	}
	return ""
}

// Neither scanning nor sorting: the cost of an operation does not grow with
// the messages held. The exceptions look at all of something on purpose.
func TestNoStatementScansTheMessages(t *testing.T) {
	b := newBench(t)
	scans := map[string]string{
		"from tally":                     "one row for each sender, service and state",
		"from recount":                   "one row at most",
		"not exists (select 1":           "inspection looks up every message's place",
		"union all":                      "inspection recounts every message",
		"count(*) from message group by": "counts that could not be kept are made anew",
	}
	looked := 0
	for place, query := range statements(t) {
		rows, err := b.db.Read().QueryContext(context.Background(), "explain query plan "+query, make([]any, arguments(query))...)
		if err != nil {
			t.Errorf("%s: %q: %v", place, query, err)
			continue
		}
		looked++
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(detail, "SCAN") && !strings.Contains(detail, "TEMP B-TREE") || detail == "SCAN CONSTANT ROW" {
				continue
			}
			allowed := false
			for part := range scans {
				allowed = allowed || strings.Contains(query, part)
			}
			if !allowed {
				t.Errorf("%s: %q\n\t%s", place, query, detail)
			}
		}
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}
	if looked < 25 {
		t.Errorf("only %d statements were looked at", looked)
	}
}

// SQLite plans a statement anew whenever a bound limit changes, unless the limit
// is an expression.
func TestNoStatementIsPlannedAnewForItsLimit(t *testing.T) {
	for place, query := range statements(t) {
		if strings.Contains(query, "limit ?") {
			t.Errorf("%s: %q: say limit +?", place, query)
		}
	}
}

// A list of three or more in the condition of an index, or in a question, makes
// SQLite build a temporary table to look a value up in, each time: for a
// message that costs as much as to store it.
func TestNoStatementOnTheWayMakesATemporaryTable(t *testing.T) {
	b := newBench(t)
	looked := 0
	for place, query := range statements(t) {
		if file, _, _ := strings.Cut(place, ":"); !slices.Contains([]string{"put.go", "place.go", "settle.go", "claim.go", "feed.go"}, file) {
			continue
		}
		looked++
		if strings.HasPrefix(query, "update message set waits = ") {
			continue // changes what it finds by, for a message that somebody waits for
		}
		for _, opcode := range b.program(query) {
			if opcode == "OpenEphemeral" || opcode == "SorterOpen" {
				t.Errorf("%s: %q: %s", place, query, opcode)
			}
		}
	}
	if looked < 12 {
		t.Errorf("only %d statements were looked at", looked)
	}
}

// program returns the steps that SQLite makes of a statement.
func (b *bench) program(query string) (opcodes []string) {
	b.t.Helper()
	rows, err := b.db.Read().QueryContext(context.Background(), "explain "+query, make([]any, arguments(query))...)
	if err != nil {
		b.t.Fatalf("%q: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var opcode string
		var other [7]any
		if err := rows.Scan(&other[0], &opcode, &other[1], &other[2], &other[3], &other[4], &other[5], &other[6]); err != nil {
			b.t.Fatal(err)
		}
		opcodes = append(opcodes, opcode)
	}
	if err := rows.Err(); err != nil {
		b.t.Fatal(err)
	}
	return opcodes
}

// arguments counts the arguments of a statement: "?" each, or the largest "?n".
func arguments(query string) int {
	plain, largest := 0, 0
	for _, m := range regexp.MustCompile(`\?(\d*)`).FindAllStringSubmatch(query, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil {
			largest = max(largest, n)
		} else {
			plain++
		}
	}
	return max(plain, largest)
}

// The statements on the way of every message use the index made for them.
func TestTheStatementsOnTheWayUseTheirIndexes(t *testing.T) {
	b := newBench(t)
	uses := map[string]string{
		"due <= ?":         "message_due",
		"min(due)":         "message_due",
		"min(upstream)":    "message_due",
		"and legacy = ?":   "message_legacy",
		"where p.lane = ?": "PRIMARY KEY (lane=?)",
		"where waits = ":   "message_waits",
		"where unread = ":  "message_unread",
		"payload > 0 = ?":  "message_old",
	}
	all := statements(t)
	for part, index := range uses {
		seen := false
		for place, query := range all {
			if !strings.Contains(strings.ReplaceAll(query, "+?", "?"), part) {
				continue
			}
			seen = true
			plan := b.planOf(query)
			if !strings.Contains(plan, index) {
				t.Errorf("%s: %q does not use %s: %s", place, query, index, plan)
			}
		}
		if !seen {
			t.Errorf("there is no statement with %q", part)
		}
	}
}

func (b *bench) planOf(query string) string {
	b.t.Helper()
	rows, err := b.db.Read().QueryContext(context.Background(), "explain query plan "+query, make([]any, arguments(query))...)
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			b.t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	if err := rows.Err(); err != nil {
		b.t.Fatal(err)
	}
	return strings.Join(plan, "; ")
}
