package sandbox

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated parts of README.md")

func TestTheReadmeListsTheFieldsAsTheyAreChecked(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(b)
	lists := newFieldLists()
	for name, rules := range map[string][]rule{
		"outer": lists.outer, "fileDinhKem": enclosure(),
		"LTKS": lists.modules["LTKS"], "LTKT": lists.modules["LTKT"], "LTKH": lists.modules["LTKH"],
	} {
		readme = replaceBetween(t, readme, name, table(rules))
	}
	for _, f := range newForms() {
		readme = replaceBetween(t, readme, f.module+" outer", table(f.outer))
		readme = replaceBetween(t, readme, f.module, table(f.data))
	}
	readme = replaceBetween(t, readme, "ties", tieTable(newTies()))
	readme = replaceBetween(t, readme, "lookup", elementTable(lookupGrammar(traCuu)))
	if *update {
		if err := os.WriteFile("README.md", []byte(readme), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if readme != string(b) && !*update {
		t.Error("README.md does not list the fields as they are checked; run: go test ./sandbox -run Readme -update")
	}
}

func replaceBetween(t *testing.T, s, name, body string) string {
	t.Helper()
	head, rest, ok := strings.Cut(s, "<!-- "+name+" -->\n")
	_, tail, ok2 := strings.Cut(rest, "<!-- /"+name+" -->")
	if !ok || !ok2 {
		t.Fatalf("README.md has no place for %s", name)
	}
	return head + "<!-- " + name + " -->\n" + body + "<!-- /" + name + " -->" + tail
}

func table(rules []rule) string {
	var b strings.Builder
	b.WriteString("| field | required | what it may hold |\n|---|---|---|\n")
	rows(&b, "", rules)
	return b.String()
}

// rows writes a row for each field, and for each field in it unless it is of a
// kind that the page describes by itself.
func rows(b *strings.Builder, path string, rules []rule) {
	for _, r := range rules {
		required := ""
		if r.must {
			required = "yes"
		}
		what := described(r)
		fmt.Fprintf(b, "| `%s%s` | %s | %s |\n", path, r.name, required, what)
		switch what {
		case anObject:
			rows(b, path+r.name+".", r.parts)
		case anArray:
			rows(b, path+r.name+"[].", r.items)
		}
	}
}

const (
	anObject = "an object of"
	anArray  = "an array, each of"
)

func described(r rule) string {
	switch {
	case r.parts != nil && reflect.DeepEqual(r.parts, place("").parts):
		return "a place (see above)"
	case r.parts != nil:
		return anObject
	case r.items != nil && reflect.DeepEqual(r.items, enclosure()):
		return "an array of enclosures, may be empty"
	case r.items != nil:
		return anArray
	case r.name == "data":
		return "JSON text of an object"
	}
	switch r.form {
	case isoDate:
		return "`yyyy-MM-dd`"
	case date:
		return "`dd/MM/yyyy` or `yyyy-MM-dd`"
	case birthDate:
		return "`dd/MM/yyyy`, `yyyy-MM-dd`, `MM/yyyy` or `yyyy`"
	case clock:
		return "`HH:mm` or `HH giờ mm phút`"
	case number:
		return fmt.Sprintf("a number of up to %d digits", r.max)
	case plainDate:
		return "`yyyyMMdd`"
	case exact:
		return fmt.Sprintf("exactly %d digits", r.max)
	case phone:
		return "`0` or `+84`, then 9 or 10 digits"
	case email:
		return "an e-mail address, up to 100 characters"
	case file:
		return "base64"
	case country:
		return "two capitals"
	case cardNumber:
		return "two capitals, `1` to `5` and 12 digits, or 10 digits"
	case oneOf:
		switch strings.Join(r.codes, " ") {
		case peoples:
			return "`01` … `55` or `99`"
		case provinces:
			return "a province, old or present"
		case presentProvinces:
			return "a present province"
		}
		return "one of `" + strings.Join(r.codes, " ") + "`"
	}
	return fmt.Sprintf("text, up to %d characters", r.max)
}

func elementTable(e element) string {
	var b strings.Builder
	b.WriteString("| element | required | what it may hold |\n|---|---|---|\n")
	for _, kid := range e.kids {
		required, holds := "", ""
		switch {
		case kid.must:
			required = "yes"
		case kid.name == "SoDinhDanh" || kid.name == "SoCMND":
			required = "one of the two"
		}
		for i, part := range kid.kids {
			holds += [...]string{"", ", or "}[i] + "`" + part.name + "`: " + described(part.rule)
		}
		if kid.kids == nil {
			holds = described(kid.rule)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", kid.name, required, holds)
	}
	return b.String()
}

func tieTable(ties []tie) string {
	var b strings.Builder
	b.WriteString("| module | when | is one of | required too |\n|---|---|---|---|\n")
	for _, t := range ties {
		fmt.Fprintf(&b, "| %s | `%s` | `%s` | `%s` |\n", t.module, t.field, strings.Join(t.values, " "), strings.Join(t.needs, " "))
	}
	return b.String()
}
