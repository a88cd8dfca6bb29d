package mappings

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// keyValues are keys of a rule with values that are good where the key may stand.
var keyValues = []string{
	"from: B", "from: [B, C]", "from: $id", "join: [B, C]", "with: '-'", "count: L", "const: '7'", "const: x", `compute: 'text("B")'`, "each: L", "fields: [{to: c, from: C}]",
	`if: 'text("B") == ""'`, "required: true", "required: false", "required: {when: C}", "only: {unless: C}", "differs: C", "type: text", "type: digits", "type: int", "type: bool", "type: date",
	"type: code", "type: base64", "length: 3", "min: 0", "min: 2", "max: 9", "pattern: '[0-9]'", "date: {in: yyyyMMdd, out: yyyyMMdd}", "codes: {x: '1', y: 'true'}", "compare: case", "default: '7'",
	"default: ''", "empty: null", "spaces: none", "name: given", "letters: upper", "encode: json", "charset: vni-in-utf-8",
}

// someCheck is a check with some of its keys, and now and then with one of a rule.
func someCheck(random *rand.Rand) string {
	check := "must: 'text(\"B\") != \"\"'"
	for _, key := range []string{"want: x", "want: x", "want: x", "at: B", "at: 'L[1]'", "at: $id", "if: 'text(\"C\") == \"\"'", "doc: x", "to: c", "required: true"} {
		if name, _, _ := strings.Cut(key, ":"); random.IntN(3) == 0 && !strings.Contains(check, " "+name+": ") {
			check += ", " + key
		}
	}
	return check
}

// exclusions are the problems that a schema can see without knowing values.
var exclusions = []string{" cannot stand beside ", " is for ", "where does the value come from?", "needs codes", "of a list, want true or false", "for the rule is required", "for the rule has a default", "want is missing", "is no place in the message"}

// What any few keys of a rule make is refused by the schema only if the loader
// refuses it, and always if only because of the keys.
func TestTheSchemaAgreesWithTheLoaderOnWhatKeysStandTogether(t *testing.T) {
	s, random := editorSchema(t, MappingFileSchema()), rand.New(rand.NewPCG(1, 2))
	taken, refused := 0, 0
	for range 4000 {
		keys := map[string]string{}
		for range 1 + random.IntN(5) {
			one := keyValues[random.IntN(len(keyValues))]
			key, _, _ := strings.Cut(one, ":")
			keys[key] = one
		}
		rule := "to: b"
		for _, key := range strings.Fields(fieldKeys) {
			if keys[key] != "" {
				rule += ", " + keys[key]
			}
		}
		if random.IntN(8) == 0 {
			rule += ", must: 'text(\"B\") != \"\"'"
		}
		if random.IntN(4) == 0 {
			rule = someCheck(random)
		}
		text := []byte(jsonHead + "fields:\n  - {" + rule + "}\n")
		problems, err := problemsOf(t, text), checkAsEditors(s, text)
		if len(problems) == 0 {
			taken++
			if err != nil {
				t.Errorf("{%s}: the loader takes it, the schema does not: %v", rule, err)
			}
			continue
		}
		for _, p := range problems {
			for _, e := range exclusions {
				if strings.Contains(p, e) && err == nil {
					t.Errorf("{%s}: the schema takes it, the loader says %s", rule, p)
				}
			}
		}
		refused++
	}
	if taken < 300 || refused < 300 {
		t.Errorf("%d rules were taken, %d refused", taken, refused)
	}
}
