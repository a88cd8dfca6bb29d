package dictionary

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

// hostile is a mapping whose author wants to be more than text. Names that XML
// or paths hold cannot be odd; everything else can.
const hostile = `service: thu
title: "</title><script>alert(1)</script> | *Thử* ` + "`x`" + ` &amp; \u202Et\r\nxt"
doc: "Một | hai\u2028</td></tr></table><img src=x onerror=alert(1)>\n\n# Ba \\| ![x](http://vidu.vn) &#60;"
source: {namespace: "urn:a\"><script>", root: A, prefixes: {k: "urn:|` + "`" + `\n"}, action: "</style>"}
target: {route: "r|</code>", form: json}
fields:
  - {to: "a|b` + "`" + `</th><script>alert(2)</script>", from: B, doc: "c | d\ne", max: 3}
  - {to: "\0\x1b\u2067x\uFEFF", const: "` + "`|\\\\" + `\n<b>"}
  - {to: " y ", from: [B, C], default: "*|_", pattern: "[*]\\|_|a|b"}
  - {to: z, from: D, codes: {"<i>|": "</i>", "b": "` + "``" + `", "c|": d, "e": f, "g": "h\ti"}}
  - {to: w, compute: 'text("B") + "</code>|"', if: 'text("B") != "|"'}
  - {to: v, from: E, required: {when: B, is: ["|", "<"]}, empty: null}
`

func TestNothingThatAnAuthorWritesBecomesAPartOfThePage(t *testing.T) {
	d := written(t, hostile, map[string]string{"cases/one/case.yaml": `doc: "</table>|<script>"`, "cases/a|`<b>/in.xml": "<A/>", "cases/a|`<b>/want.err": "Empty"})
	page := parsed(t, asHTML(t, d, Vietnamese))
	for _, name := range []string{"script", "img", "b", "i"} {
		if found := page.all(name); len(found) > 0 {
			t.Errorf("there is an element %s", name)
		}
	}
	rows := page.byID(t)
	for id, want := range map[string][]string{
		"f-1": {"a|b`</th><script>alert(2)</script>", "c | d", "tối đa 3"},
		"f-2": {"\uFFFD\uFFFD\uFFFDx\uFFFD", "Luôn là `|\\\n<b>"},
		"f-3": {"Rỗng thì ghi *|_", "Theo mẫu [*]\\|_|a|b"},
		"f-4": {"<i>| → </i>; b → ``; c| → d; …"},
		"f-5": {`text("B") + "</code>|"`, `text("B") != "|"`},
		"f-6": {"/A/B là một trong |, <"},
	} {
		for _, w := range want {
			if !strings.Contains(rows[id].text, w) {
				t.Errorf("%s does not say %q: %q", id, w, rows[id].text)
			}
		}
	}
	if title := page.all("title")[0].text; title != "Từ điển dữ liệu: </title><script>alert(1)</script> | *Thử* `x` &amp; \uFFFDt\n\nxt" {
		t.Errorf("the title is %q", title)
	}
}

// spans are what a viewer shows as it stands.
var spans = regexp.MustCompile("`[^`\n]*`")

func TestNothingThatAnAuthorWritesBecomesMarkup(t *testing.T) {
	md := asMarkdown(t, written(t, hostile, map[string]string{"cases/one/case.yaml": `doc: "</table>|<script>"`}), Vietnamese)
	columns := 0
	for i, row := range strings.Split(md, "\n") {
		bare := spans.ReplaceAllString(strings.NewReplacer(`\\`, "", "\\`", "", `\|`, "").Replace(row), "code")
		if tags := regexp.MustCompile(`<[^>]*>`).FindAllString(bare, -1); len(tags) > 0 {
			for _, tag := range tags {
				if !strings.HasPrefix(tag, "<a id=") && tag != "</a>" && tag != "<br>" && tag != "<code>" && tag != "</code>" {
					t.Errorf("line %d has the tag %s", i+1, tag)
				}
			}
		}
		switch n := strings.Count(bare, "|"); {
		case !strings.HasPrefix(row, "|"):
			columns = 0
			if n > 0 {
				t.Errorf("line %d has a bar outside a table: %s", i+1, row)
			}
		case columns == 0:
			columns = n
		case n != columns:
			t.Errorf("line %d has %d bars, the table %d: %s", i+1, n, columns, row)
		}
	}
	shown := html.UnescapeString(md)
	for _, want := range []string{"Một \\| hai<br></td>", "\\!\\[x\\]", "`|\\\n<b>", "&\\#60;"} {
		if !strings.Contains(shown, want) {
			t.Errorf("there is no %q", want)
		}
	}
}
