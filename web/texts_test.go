package web

import (
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"
)

func TestEveryTextIsThereInBothLanguages(t *testing.T) {
	verbs := regexp.MustCompile(`%[a-z]`)
	parts, n := append([]catalogue{frameTexts(), errorTexts(), passwordTexts(), accountTexts()}, deskCatalogues()...), 0
	for _, part := range parts {
		n += len(part)
		for key, words := range part {
			if words.vi == "" || words.en == "" {
				t.Errorf("%s is missing in a language", key)
			}
			if vi, en := verbs.FindAllString(words.vi, -1), verbs.FindAllString(words.en, -1); !slices.Equal(vi, en) {
				t.Errorf("%s puts %v into one language and %v into the other", key, vi, en)
			}
			if strings.ContainsAny(words.vi+words.en, "<>") {
				t.Errorf("%s holds markup, which pages show as it is", key)
			}
		}
	}
	if n != len(texts()) {
		t.Error("a key stands in two parts of the catalogue")
	}
}

// keysIn returns every key that a template asks for, and its texts outside
// actions, with a mark where an action stands.
func keysIn(node parse.Node, keys map[string]bool, out *strings.Builder) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, one := range n.Nodes {
				keysIn(one, keys, out)
			}
		}
	case *parse.TextNode:
		out.Write(n.Text)
	case *parse.ActionNode:
		pipeKeys(n.Pipe, keys)
		out.WriteByte(0)
	case *parse.IfNode:
		branchKeys(n.BranchNode, keys, out)
	case *parse.WithNode:
		branchKeys(n.BranchNode, keys, out)
	case *parse.RangeNode:
		branchKeys(n.BranchNode, keys, out)
	case *parse.TemplateNode:
		out.WriteByte(0)
	}
}

func branchKeys(b parse.BranchNode, keys map[string]bool, out *strings.Builder) {
	pipeKeys(b.Pipe, keys)
	keysIn(b.List, keys, out)
	keysIn(b.ElseList, keys, out)
}

func pipeKeys(p *parse.PipeNode, keys map[string]bool) {
	for _, c := range p.Cmds {
		for i, arg := range c.Args {
			if inner, ok := arg.(*parse.PipeNode); ok {
				pipeKeys(inner, keys)
			}
			if id, ok := arg.(*parse.IdentifierNode); ok && id.Ident == "t" && i+1 < len(c.Args) {
				if key, ok := c.Args[i+1].(*parse.StringNode); ok {
					keys[key.Text] = true
				}
			}
		}
	}
}

func TestNoTemplateHasWordsOfItsOwnAndEveryKeyIsThere(t *testing.T) {
	files, err := fs.Glob(assets, "templates/*.html")
	if err != nil || len(files) < 8 {
		t.Fatalf("%v %v", files, err)
	}
	s := &Server{}
	keys := map[string]bool{}
	tag, spoken := regexp.MustCompile(`(?s)<[^>]*>`), regexp.MustCompile(`(title|aria-label|alt|placeholder|data-label)="([^"]*)"`)
	for _, file := range files {
		source, err := assets.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		trees, err := parse.Parse(file, string(source), "", "", map[string]any(s.functions()), map[string]any{"eq": 1, "len": 1, "or": 1, "not": 1, "and": 1})
		if err != nil {
			t.Fatal(err)
		}
		for name, tree := range trees {
			var out strings.Builder
			keysIn(tree.Root, keys, &out)
			words := tag.ReplaceAllString(out.String(), " ")
			for _, m := range spoken.FindAllStringSubmatch(out.String(), -1) {
				words += m[2]
			}
			if name == "described" {
				continue // attributes, which stand in no tag here
			}
			if words = html.UnescapeString(words); strings.ContainsFunc(words, unicode.IsLetter) {
				t.Errorf("%s %s has words of its own: %q", file, name, strings.Join(strings.Fields(words), " "))
			}
		}
		if strings.Count(string(source), `method="post"`) != strings.Count(string(source), `{{template "csrf" $}}`) {
			t.Errorf("%s has a form without a token", file)
		}
		if regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+=|<script|<style|https?://`).Match(source) {
			t.Errorf("%s holds a style, a script or an address of another server", file)
		}
	}
	all := texts()
	for key := range keys {
		if all[key] == (text{}) {
			t.Errorf("there is no text %s", key)
		}
	}
	unused(t, all, keys)
}

// unused finds texts that nothing shows: a key is written out in a template or in
// the code, or is made of the code of an error or of a role.
func unused(t *testing.T, all catalogue, keys map[string]bool) {
	t.Helper()
	made := regexp.MustCompile(`^(error\..*|role\..*|account\.(name|full_name|role|department)\.(pattern|missing|length|unknown)|password\.(present|password|again)\..*` +
		`|mail\.(province\.)?(before|after|sent|unsure)|(state|step|stage|filter|refused|format)\.[a-zA-Z-]+|statement\.bad\..*|statement\.((department|province)\.)?(direction|assessment|incidents|difficulties|proposals|tasks)` +
		`|statement\.checks(\.(hint|more|row|on|by|subject|result|document))?|statement\.corrections(\.(hint|more|row|item|recorded|right|reason))?|period\.(from|to)\.bad)$`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, file := range files {
		if strings.HasPrefix(file, "texts") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	for key := range all {
		if !keys[key] && !made.MatchString(key) && !strings.Contains(source.String(), `"`+key+`"`) {
			t.Errorf("nothing shows %s", key)
		}
	}
	for _, m := range regexp.MustCompile(`\bt\("([a-z0-9_.-]+)"`).FindAllStringSubmatch(source.String(), -1) {
		if all[m[1]] == (text{}) && !strings.HasSuffix(m[1], ".") {
			t.Errorf("the code asks for %s", m[1])
		}
	}
}
