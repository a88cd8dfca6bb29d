package mappings

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// shownAs is the table that the keys of an example count for. Those of a value and
// of an answer's rules mean what those of a rule mean.
func shownAs(table string) string {
	if table == "value" || table == "replyRule" {
		return "rule"
	}
	return table
}

// inside says which table the keys below a key are of.
var inside = map[[2]string]string{
	{"mapping", "source"}: "source", {"mapping", "defaults"}: "defaults", {"mapping", "purpose"}: "purpose", {"mapping", "target"}: "target", {"mapping", "reply"}: "reply",
	{"mapping", "id"}: "rule", {"mapping", "lane"}: "rule", {"mapping", "subject"}: "rule", {"mapping", "fields"}: "rule",
	{"purpose", "procedure"}: "rule", {"purpose", "officer"}: "rule", {"purpose", "unit"}: "rule",
	{"source", "documents"}: "document",
	{"reply", "source"}:     "replySource", {"reply", "target"}: "replyTarget", {"reply", "defaults"}: "defaults", {"reply", "fields"}: "rule",
	{"rule", "fields"}: "rule", {"rule", "required"}: "demand", {"rule", "only"}: "demand", {"rule", "date"}: "date",
	{"rule", "codes"}: "table", {"table", "on"}: "dated", {"rule", "check"}: "check", {"check", "personal-id"}: "personalID", {"personalID", "born"}: "dated",
}

// keysOf notes which keys, and which words as their values, a YAML tree has.
func keysOf(n *yaml.Node, table string, shown map[string]bool) {
	n = target(n)
	if n.Kind == yaml.SequenceNode {
		for _, one := range n.Content {
			keysOf(one, table, shown)
		}
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	if table == "rule" && isMust(n) {
		table = "must"
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		shown[table+" "+key] = true
		if value.Kind == yaml.ScalarNode {
			shown[key+": "+value.Value] = true
		}
		if table := inside[[2]string{table, key}]; table != "" {
			keysOf(value, table, shown)
		}
	}
}

func TestTheGuideShowsEveryKeyOfTheLanguage(t *testing.T) {
	for _, file := range guidePages {
		shown, texts := map[string]bool{}, ""
		for _, b := range guideBlocks(readGuide(t, file)) {
			var text, table string
			switch b.what {
			case aRule:
				text, table = b.whole(), "mapping"
			case aSidecar:
				text, table = b.text, "case"
			case aTable:
				columns, _, _ := strings.Cut(b.text, "\n")
				for _, column := range strings.Split(columns, ",") {
					shown["column "+column] = true
				}
				continue
			default:
				continue
			}
			rd := &reader{}
			if n, ok := rd.document([]byte(text)); ok {
				keysOf(n, table, shown)
			}
			texts += b.text
		}
		tables := append(keyTables(), keyTable{name: "column", keys: strings.Join(tableColumns[:], " ")})
		for _, table := range tables {
			for _, key := range strings.Fields(table.keys) {
				if !shown[shownAs(table.name)+" "+key] {
					t.Errorf("%s: no example shows the key %s of %s", file, key, table.name)
				}
			}
		}
		for key, words := range map[string]string{
			"type": strings.Join(kindNames[1:], " "), "kind": strings.Join(kindWords[1:], " "), "form": "json xml qcvn109", "unknown": "refuse", "as": "text base64",
			"spaces": "keep collapse none", "name": "family middle given", "letters": "upper plain", "compare": "case loose", "empty": "null omit", "skip": "partial full",
			"charset": "tcvn3-in-utf-8 vni-in-utf-8", "encode": "json",
		} {
			for _, word := range strings.Fields(words) {
				if !shown[key+": "+word] {
					t.Errorf("%s: no example shows %s: %s", file, key, word)
				}
			}
		}
		for _, function := range strings.Fields("text texts count received day years replace") {
			if !strings.Contains(texts, function+"(") {
				t.Errorf("%s: no example shows %s(…)", file, function)
			}
		}
	}
}
