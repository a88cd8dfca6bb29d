package mappings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// schemaPart is a part of a JSON Schema.
type schemaPart = map[string]any

// draft07 is the draft that editors' YAML support is built on; what later drafts
// add is not needed, and some editors do not read it.
const draft07 = "http://json-schema.org/draft-07/schema#"

// MappingFileSchema returns a JSON Schema (draft-07) of mapping.yaml, by which
// editors complete and check its keys. It never refuses what Load takes, but for
// oddities such as an element called true; Load refuses more, and alone decides.
func MappingFileSchema() []byte {
	definitions := schemaPart{"path": pathShape(), "rules": rulesShape(schemaPart{"anyOf": []any{refTo("rule"), refTo("must")}}), "replyRules": rulesShape(refTo("replyRule"))}
	for _, t := range keyTables()[1:] {
		if t.name != "case" {
			definitions[t.name] = t.schema()
		}
	}
	top := keyTables()[0].schema()
	top["title"], top["$schema"], top["definitions"] = "mapping.yaml of lgspd", draft07, definitions
	return schemaText(top)
}

// CaseFileSchema returns a JSON Schema (draft-07) of case.yaml; see
// MappingFileSchema.
func CaseFileSchema() []byte {
	tables := keyTables()
	top := tables[len(tables)-1].schema()
	top["title"], top["$schema"] = "case.yaml of lgspd", draft07
	return schemaText(top)
}

func schemaText(part schemaPart) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(part); err != nil {
		panic(fmt.Sprintf("the schema is not JSON: %v", err)) // it is made of constants
	}
	return b.Bytes()
}

// schema is the schema of a place where the keys of the table may stand.
func (t keyTable) schema() schemaPart {
	shapes := keyShapes()
	properties := schemaPart{}
	for _, key := range strings.Fields(t.keys) {
		shape, ok := shapes[t.name+"."+key]
		if !ok {
			shape = shapes[t.texts+"."+key]
		}
		p := maps.Clone(shape)
		if to, ok := p["$ref"]; ok { // beside which nothing else counts
			p = schemaPart{"allOf": []any{schemaPart{"$ref": to}}}
		}
		p["description"] = keyText(t.texts + "." + key)
		properties[key] = p
	}
	s := schemaPart{"type": "object", "additionalProperties": false, "properties": properties}
	if t.required != "" {
		s["required"] = strings.Fields(t.required)
	}
	switch t.name {
	case "mapping":
		s["allOf"] = topDemands()
	case "target":
		s["if"], s["then"], s["else"] = hasWord("form", "xml"), without("schema", "a JSON Schema is for form json only"), without("root namespaces", "for form xml only")
	case "demand":
		s["oneOf"], s["dependencies"] = eachOf("oneOf", "when unless if")["oneOf"], schemaPart{"is": []string{"when"}}
	case "value", "rule", "replyRule":
		t.ruleDemands(s)
	}
	return s
}
