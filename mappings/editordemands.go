package mappings

import "strings"

// has is a schema of what holds a word under a key.
func hasWord(key, word string) schemaPart {
	return schemaPart{"required": []string{key}, "properties": schemaPart{key: schemaPart{"const": word}}}
}

func hasKey(key string) schemaPart { return schemaPart{"required": []string{key}} }

// without is a schema of what has none of some keys. Editors show why.
func without(keys, why string) schemaPart {
	none := schemaPart{}
	for _, key := range strings.Fields(keys) {
		none[key] = false
	}
	return schemaPart{"properties": none, "errorMessage": why}
}

// holding is a schema of what has keys of certain shapes.
func holding(properties schemaPart) schemaPart { return schemaPart{"properties": properties} }

func both(parts ...any) schemaPart { return schemaPart{"allOf": parts} }

func when(condition, then schemaPart) schemaPart {
	return schemaPart{"if": condition, "then": then}
}

// eachOf is a condition for each of some keys, of which want counts.
func eachOf(want, keys string) schemaPart {
	var all []any
	for _, key := range strings.Fields(keys) {
		all = append(all, hasKey(key))
	}
	return schemaPart{want: all}
}

// topDemands is what the keys at the top of a mapping ask of each other.
func topDemands() []any {
	plugged := both(
		without("fields", "the plugin makes the whole document"),
		holding(schemaPart{
			"target": without("root", "a plugin writes the whole document, with its root"),
			"source": holding(schemaPart{"documents": schemaPart{"maxItems": 0}, "unknown": schemaPart{"const": "ignore"}, "references": schemaPart{"enum": []any{false, "false"}}}),
		}))
	ruled := schemaPart{"required": []string{"fields"}, "properties": schemaPart{
		"target": when(hasWord("form", "xml"), hasKey("root")),
		"reply":  hasKey("fields"),
	}}
	answered := schemaPart{"required": []string{"kind"}, "properties": schemaPart{"kind": oneOfWords("lookup notice")}}
	lookup := both(
		schemaPart{"required": []string{"subject", "purpose"}, "properties": schemaPart{"purpose": schemaPart{"required": []string{"procedure", "officer"}}}},
		without("id lane", "a look-up is not kept, so it has none"))
	return []any{
		schemaPart{"if": hasKey("plugin"), "then": plugged, "else": ruled},
		schemaPart{"if": answered, "then": hasKey("reply"), "else": without("reply", "kind: lookup or notice has an answer; a message is answered with a receipt")},
		when(hasWord("kind", "lookup"), lookup),
	}
}

// ruleDemands adds what the keys of a rule, or of a value, ask of each other.
func (t keyTable) ruleDemands(s schemaPart) {
	s["anyOf"] = eachOf("anyOf", t.own(originKeys))["anyOf"]
	refused := func(because, keys string) schemaPart { return without(t.own(keys), "cannot stand beside "+because) }
	comesAlong := schemaPart{"type": "string", "pattern": `^\$`}
	neverEmpty := schemaPart{"anyOf": []any{comesAlong, schemaPart{"type": "array", "contains": comesAlong}}}
	noDemand := schemaPart{"enum": []any{false, "false"}}
	dependencies := schemaPart{
		"const":   both(refused("const", strings.Replace(notForConstants, " type ", " ", 1)), holding(schemaPart{"type": oneOfWords("text digits int bool")})),
		"count":   refused("count", notForCounts),
		"compute": refused("compute", notForComputed),
		"join":    refused("join", "from name"),
		"with":    []string{"join"},
		"compare": []string{"codes"},
		"length":  refused("length", "min max"),
		"date":    both(refused("date", notForDates), holding(schemaPart{"type": schemaPart{"const": "date"}})),
		"codes":   both(refused("codes", notForCodes), holding(schemaPart{"type": oneOfWords("code int bool")})),
		"default": both(refused("default", "empty"), holding(schemaPart{"required": noDemand, "from": schemaPart{"not": neverEmpty}})),
	}
	if t.name != "value" {
		dependencies["each"] = both(refused("each", notForLists+" only"), holding(schemaPart{"required": truth()}))
		dependencies["fields"] = both(refused("fields", notForObjects+" only"),
			holding(schemaPart{"from": schemaPart{"anyOf": []any{objectPath(), schemaPart{"type": "array", "items": objectPath(), "maxItems": 1}}}}))
		dependencies["encode"] = eachOf("anyOf", "each fields")
	}
	bounds := holding(schemaPart{"min": characters(), "max": characters()})
	s["dependencies"] = dependencies
	s["allOf"] = []any{
		when(hasWord("type", "date"), refused("date", notForDates)),
		when(hasWord("type", "code"), hasKey("codes")),
		schemaPart{"if": hasWord("type", "int"), "then": refused("type int", notForInts), "else": bounds},
		when(hasWord("type", "bool"), refused("type bool", notForBools)),
		when(hasWord("type", "base64"), refused("type base64", notForFiles)),
	}
	if t.name != "value" {
		s["allOf"] = append(s["allOf"].([]any), when(schemaPart{"required": []string{"each", "fields"}}, refused("fields", "from")))
	}
}

// own is those of the keys that may stand in the table at all.
func (t keyTable) own(keys string) string {
	all := strings.Fields(t.keys)
	var own []string
	for _, key := range strings.Fields(keys) {
		if contains(all, key) {
			own = append(own, key)
		}
	}
	return strings.Join(own, " ")
}
