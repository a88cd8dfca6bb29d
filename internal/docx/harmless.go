package docx

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// fetching are the fields that read other files or start programs.
var fetching = regexp.MustCompile(`(?i)^\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|LINK|IMPORT|DATABASE|RD)\b`)

// checkPart refuses what leads out of the file, but for hyperlinks, which only a
// person follows.
func checkPart(name string, root *etree.Element) error {
	if strings.HasSuffix(name, ".rels") {
		return checkRelationships(root)
	}
	for _, f := range fields(root) {
		switch {
		case fetching.MatchString(f.code):
			return fmt.Errorf("it has a field that fetches or starts something (%s); take it out", short(strings.TrimSpace(f.code)))
		case f.made:
			return errors.New("it has a field whose kind another field gives, which may be one that fetches something; take it out")
		}
	}
	if e := linked(root); e != nil {
		return fmt.Errorf("it has a picture that lies elsewhere (%s); put it into the file or take it out", e.Tag)
	}
	return nil
}

func checkRelationships(root *etree.Element) error {
	for _, r := range root.ChildElements() {
		kind := strings.ToLower(path.Base(r.SelectAttrValue("Type", "")))
		if strings.EqualFold(r.SelectAttrValue("TargetMode", ""), "External") && kind != "hyperlink" {
			return fmt.Errorf("it fetches %s from elsewhere (%s); put it into the file or take it out", kind, short(r.SelectAttrValue("Target", "")))
		}
		switch kind {
		case "vbaproject", "oleobject", "control", "package", "afchunk", "attachedtemplate", "keymapcustomizations", "attachedtoolbars":
			return fmt.Errorf("it embeds %s, which a template does not need; take it out", kind)
		}
	}
	return nil
}

// linked returns the first picture that is not in the file, whatever its
// relationship says of itself; nil if there is none.
func linked(e *etree.Element) *etree.Element {
	var keys []string
	switch e.Tag {
	case "blip":
		keys = []string{"link"}
	case "imagedata", "fill", "stroke":
		keys = []string{"src", "href", "althref"}
	}
	if slices.ContainsFunc(keys, func(key string) bool { return attribute(e, key) != "" }) {
		return e
	}
	for _, c := range e.ChildElements() {
		if found := linked(c); found != nil {
			return found
		}
	}
	return nil
}

// instruction is what a field does.
type instruction struct {
	code   string // "PAGE"; without the fields within
	made   bool   // its first word comes of another field
	result bool   // what follows is what it came to last, no code
}

// fields returns the instructions of the fields of a part, each from the mark at
// which a field begins to that at which it ends, in whatever runs it is cut into.
func fields(root *etree.Element) []*instruction {
	var all, open []*instruction
	add := func(code string) *instruction {
		all = append(all, &instruction{code: code})
		return all[len(all)-1]
	}
	mark := func(kind string) {
		last := len(open) - 1
		switch {
		case kind == "begin":
			if last >= 0 && !open[last].result && strings.TrimSpace(open[last].code) == "" {
				open[last].made = true
			}
			open = append(open, add(""))
		case last >= 0 && kind == "separate":
			open[last].result = true
		case last >= 0 && kind == "end":
			open = open[:last]
		}
	}
	var walk func(e *etree.Element)
	walk = func(e *etree.Element) {
		switch e.Tag {
		case "fldSimple":
			add(attribute(e, "instr"))
		case "fldChar":
			mark(attribute(e, "fldCharType"))
		case "instrText":
			if len(open) == 0 {
				add(e.Text())
				break
			}
			open[len(open)-1].code += e.Text()
		}
		for _, c := range e.ChildElements() {
			walk(c)
		}
	}
	walk(root)
	return all
}

// attribute returns an attribute by its name, whatever its prefix.
func attribute(e *etree.Element, key string) string {
	for _, a := range e.Attr {
		if a.Key == key && a.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}
