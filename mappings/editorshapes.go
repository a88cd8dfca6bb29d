package mappings

import (
	"maps"
	"strings"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/vntext"
)

// Patterns of what keys hold. RE2 and JavaScript read them alike.
const (
	ncName      = `[^\s!-@\[-^\x60{-~][^\s!-,/:-@\[-^\x60{-~]*` // of ASCII letters, "_" and, further on, digits, "-" and "."
	anyName     = `(?:` + ncName + `:)?` + ncName
	pathStep    = anyName + `(?:\[1\])?`
	pathSteps   = `/?(?:` + pathStep + `/){0,15}`
	pathInside  = pathSteps + `(?:` + pathStep + `|@` + anyName + `)`
	layoutItems = `(?:yyyy|MM?|dd?|HH|mm|ss|T|[^A-Za-z"\\<>&'*])*`
	serviceName = `^[a-z0-9][a-z0-9.-]*$`
)

// matching is a text of a pattern. Editors show what is wanted.
func matching(pattern, want string) schemaPart {
	return schemaPart{"type": "string", "pattern": pattern, "patternErrorMessage": "want " + want}
}

func pluginName() schemaPart {
	s := matching(lgsp.PluginNameForm, lgsp.PluginNameWant)
	s["maxLength"] = lgsp.PluginNameLongest
	return s
}

// anyText is a scalar that is read as it is written; a bare number is a text too.
func anyText() schemaPart { return schemaPart{"type": []string{"string", "number", "boolean"}} }

func filledText() schemaPart {
	s := anyText()
	s["minLength"] = 1
	return s
}

// truth and numeral take what is in quotes too, without offering it.
func truth() schemaPart {
	return schemaPart{"type": []string{"boolean", "string"}, "pattern": `^(?:true|false)$`, "patternErrorMessage": "want true or false"}
}

func numeral(pattern, want string) schemaPart {
	return schemaPart{"type": []string{"integer", "string"}, "pattern": pattern, "patternErrorMessage": "want " + want}
}

func characters() schemaPart {
	s := numeral(`^\+?[0-9]+$`, "a number of characters from 1 to 100000")
	s["minimum"], s["maximum"] = 1, 100_000
	return s
}

func anyInt() schemaPart { return numeral(`^[+-]?[0-9]{1,18}$`, "a whole number of at most 18 digits") }

func oneOfWords(words string) schemaPart { return schemaPart{"enum": strings.Fields(words)} }

func emptyWords() schemaPart { return schemaPart{"enum": []any{"omit", nil, "", "null"}} }

func refTo(definition string) schemaPart {
	return schemaPart{"$ref": "#/definitions/" + definition}
}

// oneOrMore is one of something or a list of it.
func oneOrMore(one schemaPart) schemaPart {
	return schemaPart{"anyOf": []any{one, schemaPart{"type": "array", "items": one, "minItems": 1, "maxItems": maxList}}}
}

// oneOrDifferent is one of something or a list of different ones.
func oneOrDifferent(one schemaPart) schemaPart {
	return schemaPart{"anyOf": []any{one, schemaPart{"type": "array", "items": one, "minItems": 1, "maxItems": maxList, "uniqueItems": true}}}
}

func listOf(one schemaPart) schemaPart { return schemaPart{"type": "array", "items": one} }

func pathShape() schemaPart {
	return matching(`^(?:\.|\$id|\$sender|`+pathInside+`)$`, "a path, as in Tre/HoTen, Tre/@Ma, /MaHoSo, CongDan[1]/Ma, . or $id or $sender")
}

// messagePath is a path into the message, which may be empty.
func messagePath() schemaPart {
	return matching(`^(?:\.|`+pathInside+`)$`, "a path into the message, as in Tre/HoTen or Tre/@Ma")
}

// elementsPath leads to elements that may be there several times.
func elementsPath() schemaPart {
	return matching(`^`+pathSteps+anyName+`$`, "the path of an element, as in DanhSach/Tep, without [1] at its end")
}

// objectPath leads to the one element that an object stands on.
func objectPath() schemaPart {
	return matching(`^(?:\.|`+pathSteps+pathStep+`)$`, "the path of an element, as in Tre/NoiSinh")
}

func rulesShape(item schemaPart) schemaPart {
	return schemaPart{"type": "array", "items": item, "minItems": 1}
}

func expressionShape() schemaPart {
	return schemaPart{"type": "string", "minLength": 1, "maxLength": maxExpression}
}

func prefixesShape() schemaPart {
	return schemaPart{"type": "object", "additionalProperties": filledText(),
		"propertyNames": schemaPart{"pattern": `^` + ncName + `$`, "not": schemaPart{"pattern": `^[xX][mM][lL]`}}}
}

func layoutsShape(end string) schemaPart {
	const want = "a layout, as in dd/MM/yyyy, yyyyMMdd, yyyy-MM-ddTHH:mm:ss or yyyy"
	return oneOrDifferent(both(matching(`^`+layoutItems+end+`$`, want), matching("yyyy", want)))
}

func codesShape() schemaPart {
	return schemaPart{"anyOf": []any{
		schemaPart{"type": "object", "additionalProperties": filledText(), "minProperties": 1, "maxProperties": maxCodes, "not": hasKey("table")},
		refTo("table"),
		schemaPart{"type": "array", "items": filledText(), "minItems": 1, "maxItems": maxCodes, "uniqueItems": true},
	}}
}

// datedShape is a date of the message by which something is judged.
func datedShape() schemaPart {
	return schemaPart{"anyOf": append(oneOrDifferent(messagePath())["anyOf"].([]any), refTo("dated"))}
}

// keyShapes is what each key holds, by its table. A table whose keys have texts
// of another holds what that one holds, unless it says otherwise.
func keyShapes() map[string]schemaPart {
	shapes := ruleShapes()
	maps.Copy(shapes, map[string]schemaPart{
		"mapping.service": matching(serviceName, `lower-case letters, digits, "." and "-"`), "mapping.title": filledText(), "mapping.doc": filledText(), "mapping.kind": oneOfWords(strings.Join(kindWords[:], " ")),
		"mapping.source": refTo("source"), "mapping.defaults": refTo("defaults"), "mapping.id": valueShape(), "mapping.lane": valueShape(), "mapping.subject": valueShape(),
		"mapping.purpose": refTo("purpose"), "mapping.target": refTo("target"), "mapping.fields": refTo("rules"), "mapping.plugin": pluginName(), "mapping.reply": refTo("reply"),

		"source.namespace": anyText(), "source.root": matching(`^`+ncName+`$`, "a local name"), "source.action": anyText(), "source.prefixes": prefixesShape(), "source.qualified": truth(),
		"source.unknown": oneOfWords(unknownWords), "source.documents": listOf(refTo("document")), "source.references": truth(),

		"document.at": elementsPath(), "document.as": oneOfWords(documentWords), "document.namespace": anyText(),
		"defaults.spaces": oneOfWords(spacesWords), "defaults.empty": emptyWords(),
		"purpose.procedure": valueShape(), "purpose.officer": valueShape(), "purpose.unit": valueShape(),

		"target.route": filledText(), "target.form": oneOfWords(formWords), "target.root": matching(`^`+anyName+`$`, "a name, or a prefix and a name, as in v:CapNhat"), "target.namespaces": prefixesShape(),
		"target.schema": matching(`^[^/\\]+$`, "the name of a file beside mapping.yaml"),

		"must.must": expressionShape(), "must.want": filledText(), "must.at": messagePath(), "must.if": expressionShape(), "must.doc": filledText(),
		"demand.when": messagePath(), "demand.unless": messagePath(), "demand.if": expressionShape(), "demand.is": oneOrDifferent(filledText()),
		"date.in": layoutsShape(`(?:(?:ss|dd?)\*)?`), "date.out": layoutsShape(``), "date.skip": oneOfWords(skipWords),

		"table.table": matching(`^[^/\\]+\.csv$`, "the name of a CSV file in a folder codes"),
		"table.on":    {"anyOf": []any{matching(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, "a day, as in 2025-06-30"), datedShape()}},
		"dated.from":  oneOrDifferent(messagePath()), "dated.in": layoutsShape(`(?:(?:ss|dd?)\*)?`),
		"check.personal-id": refTo("personalID"),
		"personalID.born":   datedShape(), "personalID.sex": messagePath(), "personalID.male": oneOrDifferent(filledText()), "personalID.female": oneOrDifferent(filledText()),

		"reply.source": refTo("replySource"), "reply.form": oneOfWords(answerWords), "reply.defaults": refTo("defaults"), "reply.target": refTo("replyTarget"), "reply.fields": refTo("replyRules"),
		"replyTarget.root": matching(`^`+ncName+`:`+ncName+`$`, "a prefix of namespaces and a name, as in t:TraLoi"), "replyTarget.namespaces": prefixesShape(),
	})
	shapes["replyRule.fields"], shapes["replyRule.required"] = refTo("replyRules"), schemaPart{"enum": []any{false, "false"}}
	for _, key := range strings.Fields(sidecarKeys) {
		shapes["case."+key] = anyText()
	}
	shapes["case.warnings"] = oneOrMore(filledText())
	shapes["case.charset"] = schemaPart{"anyOf": []any{schemaPart{"enum": vntext.Names()}, anyText()}} // offered, not demanded: a case may be of another
	return shapes
}

func ruleShapes() map[string]schemaPart {
	return map[string]schemaPart{
		"rule.to": filledText(), "rule.doc": filledText(),
		"rule.from": oneOrDifferent(refTo("path")), "rule.join": oneOrMore(refTo("path")), "rule.with": anyText(), "rule.count": elementsPath(), "rule.const": anyText(),
		"rule.compute": expressionShape(), "rule.each": elementsPath(), "rule.fields": refTo("rules"), "rule.if": expressionShape(),
		"rule.required": {"anyOf": []any{truth(), refTo("demand")}}, "rule.only": refTo("demand"), "rule.differs": refTo("path"),
		"rule.type": oneOfWords(strings.Join(kindNames[:], " ")), "rule.length": oneOrMore(characters()), "rule.min": anyInt(), "rule.max": anyInt(),
		"rule.check":   {"anyOf": []any{oneOfWords(checkKeys), refTo("check")}},
		"rule.pattern": filledText(), "rule.date": refTo("date"), "rule.codes": codesShape(), "rule.compare": oneOfWords(compareWords),
		"rule.default": anyText(), "rule.empty": emptyWords(), "rule.spaces": oneOfWords(spacesWords), "rule.name": oneOfWords(nameWords),
		"rule.letters": oneOfWords(lettersWords), "rule.encode": oneOfWords(encodeWords), "rule.charset": oneOfWords(charsetWords),
	}
}

// valueShape is a value of the exchange: a path, some paths, or what a rule of
// one value says.
func valueShape() schemaPart {
	return schemaPart{"anyOf": append(oneOrDifferent(refTo("path"))["anyOf"].([]any), refTo("value"))}
}
