package mappings

// keyTexts says what every key is for, by the table that it stands in: what an
// editor shows. Keys of a value, of an answer and of its target mean what those
// of a rule, of the source and of the target mean.
var keyTexts = [...]struct{ key, text string }{
	{"mapping.service", "Name of the service, the same as that of the folder: lower-case letters, digits, \".\" and \"-\"."},
	{"mapping.title", "What people call the service, in Vietnamese; shown in the WSDL, the console and the reports."},
	{"mapping.doc", "A longer explanation for the WSDL, in Vietnamese."},
	{"mapping.kind", "What is done with messages: message (the default) is kept until the upstream has it, lookup is asked at once and never kept, notice is kept here."},
	{"mapping.source", "What the department sends."},
	{"mapping.defaults", "What holds for every rule that does not say its own."},
	{"mapping.id", "The sender's own id of the message; the same id again is the same message."},
	{"mapping.lane", "Messages of one lane are delivered in order; without it in any order."},
	{"mapping.subject", "The personal id of the citizen that the exchange is about."},
	{"mapping.purpose", "On whose behalf the exchange is made."},
	{"mapping.target", "What the upstream gets."},
	{"mapping.fields", "The rules, in the order in which they are written."},
	{"mapping.plugin", "Name of the plugin that makes the documents in the place of fields."},
	{"mapping.reply", "How an answer goes back to the department; for lookup and notice, and only for them."},

	{"source.namespace", "Namespace of the root element, \"\" for none."},
	{"source.root", "Local name of the root element, the one child of the SOAP body."},
	{"source.action", "SOAPAction that old clients send; without it namespace, \"/\", root."},
	{"source.prefixes", "Prefixes that paths may use, each with its namespace."},
	{"source.qualified", "Whether elements below the root are in its namespace (true, the default) or in none."},
	{"source.unknown", "What becomes of elements and attributes that no rule reads: ignore passes over them, refuse reports them."},
	{"source.documents", "Elements that hold an XML document of their own; paths go on below them."},
	{"source.references", "Whether elements that only refer to others, as RPC/encoded clients send them, stand for those."},

	{"document.at", "Path of the element from the root of the message."},
	{"document.as", "Whether the element holds the document as text (the default) or in base64."},
	{"document.namespace", "Namespace of the document's elements for steps without a prefix; \"\", the default, is none."},

	{"defaults.spaces", "What becomes of spaces where a rule does not say it: trim is the default."},
	{"defaults.empty", "What is written for an empty value where a rule does not say it: omit is the default."},

	{"purpose.procedure", "Code of the administrative procedure, as in 1.004222."},
	{"purpose.officer", "Code of the officer who acts."},
	{"purpose.unit", "Code of the officer's unit; often $sender."},

	{"target.route", "Name of the upstream's operation."},
	{"target.form", "Whether the documents are json or xml."},
	{"target.root", "Name of the root element, prefix:Name or Name; of XML only."},
	{"target.namespaces", "Prefixes of the document, each with its namespace; of XML only."},
	{"target.schema", "File beside mapping.yaml with the JSON Schema that every document is checked by; of JSON only."},

	{"rule.to", "Where the value goes: the member's name in JSON, in XML the element's name, or @name for an attribute."},
	{"rule.doc", "What the field is, in Vietnamese; shown in the WSDL and the data dictionary."},
	{"rule.from", "Path of the value, or a list of paths of which the first that is not empty is taken."},
	{"rule.join", "Paths of the texts that make the value together, those that are empty left out."},
	{"rule.with", "What stands between the texts of join; one space without it."},
	{"rule.count", "Path of the elements whose number is the value."},
	{"rule.const", "The text that is always written."},
	{"rule.compute", "Expression that makes the value, as in text(\"Ho\") + \" \" + text(\"Ten\")."},
	{"rule.each", "Path of the elements that make a list, an entry each."},
	{"rule.fields", "The rules of an object, or of each entry of a list."},
	{"rule.if", "Expression that has to be true, or the rule counts as empty; in a list it is asked of each element."},
	{"rule.required", "Whether the value must be there: true, false, or when that is so."},
	{"rule.only", "When the value counts at all; otherwise it is empty, and nothing is asked of it."},
	{"rule.differs", "Path of a text that the value must not be."},
	{"rule.type", "What the value is: text (the default), digits, int, bool, date, code or base64."},
	{"rule.length", "How many characters the value has: a number, or a list of numbers."},
	{"rule.min", "At least so many characters; of an int its least value."},
	{"rule.max", "At most so many characters; of an int its most value."},
	{"rule.pattern", "Regular expression (RE2) that the whole value must match."},
	{"rule.date", "The layouts in which a date is read and written."},
	{"rule.codes", "Every text that may come with the code that is written for it, or a list of codes that stand for themselves."},
	{"rule.check", "What is doubted and taken all the same: the sender is told of it with its receipt."},
	{"rule.compare", "How texts are compared with codes: exact (the default), case without regard to capitals, loose without regard to diacritics and spaces too."},
	{"rule.default", "What is written when the value is empty, in the form written."},
	{"rule.empty", "What is written when the value is empty and has no default: omit writes nothing, null JSON null, \"\" the empty text."},
	{"rule.spaces", "What becomes of spaces: trim drops those at both ends, collapse makes runs one too, none drops all, keep none."},
	{"rule.name", "Which part of a full name is taken: family, middle or given."},
	{"rule.letters", "How letters are written: keep, upper in capitals, plain as the population database writes names."},
	{"rule.encode", "Writes the object or list as its JSON text."},
	{"rule.charset", "The old font whose letters some program took for Latin ones."},

	{"must.must", "Expression that has to be true, or the message is refused; the item writes nothing."},
	{"must.want", "What is expected, in Vietnamese: what the sender is told when it does not hold."},
	{"must.at", "Path of what the sender is to look at; without it the element where the check stands."},
	{"must.if", "Expression that has to be true for the check to be asked."},
	{"must.doc", "What the check is for, in Vietnamese; shown in the data dictionary."},

	{"demand.when", "Path that has to lead to one of the texts of is, or to any text without it."},
	{"demand.is", "The text, or the texts, that when looks for."},
	{"demand.unless", "Path that has to lead to no text."},
	{"demand.if", "Expression that has to be true."},

	{"date.in", "Layout, or layouts, in which the date may come, as in dd/MM/yyyy."},
	{"date.out", "Layout, or layouts, of which the first whose parts are all known is written."},
	{"date.skip", "Which dates count as empty: partial those without a day, full those with one."},

	{"table.table", "Name of a CSV file, looked for in codes/ of the service, in codes/ beside the services, then among the shipped ones."},
	{"table.on", "The day whose codes count: a day, or where the message names it; without it the day on which the message is received."},

	{"dated.from", "Path of the date, or paths of which the first that is not empty is taken."},
	{"dated.in", "Layout, or layouts, of the date; without it those of the rule that reads the same place as a date."},

	{"check.personal-id", "The 12 digits of a personal id: its province, and its century, sex and year where they are compared."},

	{"personalID.born", "Where the date of birth stands, which the number is compared with."},
	{"personalID.sex", "Path of the sex, which the number is compared with."},
	{"personalID.male", "The text, or the texts, that say male."},
	{"personalID.female", "The text, or the texts, that say female."},

	{"reply.source", "The answer, which the rules read."},
	{"reply.form", "The form in which the rules read the answer: live as the database answers, qcvn109 as QCVN 109:2017/BTTTT has it."},
	{"reply.defaults", "What holds for every rule of the answer that does not say its own."},
	{"reply.target", "What the department gets."},
	{"reply.fields", "The rules of what the department gets, in the order in which they are written."},

	{"case.doc", "What the case shows, in Vietnamese."},
	{"case.charset", "Charset of the message, as the door would have settled it; without it, what the message itself says."},
	{"case.sender", "Agency code of the sender; H29.11 without it."},
	{"case.received", "When the message was received, as in 2026-01-05T01:00:00Z."},
	{"case.warnings", "The warnings that the sender must be told, as \"path code\"."},
	{"case.legacy_id", "The own id that the mapping must make of the message."},
	{"case.lane", "The lane that the mapping must make of the message."},
	{"case.subject", "The subject that the mapping must make of the message."},
	{"case.procedure", "The procedure that the mapping must make of the message."},
	{"case.officer", "The officer that the mapping must make of the message."},
	{"case.unit", "The unit that the mapping must make of the message."},
}

// keyText says what a key is for, "" of one that there is not.
func keyText(key string) string {
	for _, t := range keyTexts {
		if t.key == key {
			return t.text
		}
	}
	return ""
}

// keyTable is a place in a file where certain keys may stand.
type keyTable struct {
	name     string
	keys     string
	required string
	texts    string // the table in keyTexts that says what the keys are for
}

// keyTables are the places of mapping.yaml, then that of case.yaml.
func keyTables() []keyTable {
	return []keyTable{
		{"mapping", topKeys, "service title source target", "mapping"},
		{"source", sourceKeys, "namespace root", "source"},
		{"document", documentKeys, "at", "document"},
		{"defaults", defaultsKeys, "", "defaults"},
		{"purpose", purposeKeys, "", "purpose"},
		{"target", targetKeys, "route form", "target"},
		{"value", valueKeys, "", "rule"},
		{"rule", fieldKeys, "to", "rule"},
		{"must", mustKeys, "must want", "must"},
		{"demand", demandKeys, "", "demand"},
		{"date", dateKeys, "in out", "date"},
		{"table", tableKeys, "table", "table"},
		{"dated", datedKeys, "from", "dated"},
		{"check", checkKeys, checkKeys, "check"},
		{"personalID", idKeys, "", "personalID"},
		{"reply", replyKeys, "source target", "reply"},
		{"replySource", replySourceKeys, "namespace root", "source"},
		{"replyTarget", replyTargetKeys, replyTargetKeys, "target"},
		{"replyRule", fieldKeys, "to", "rule"},
		{"case", sidecarKeys, "", "case"},
	}
}
