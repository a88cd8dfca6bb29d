package mappings

// Route is the operation of the upstream that the documents are for.
func (m *Mapping) Route() string { return m.target.route }

// Form is what the documents are: "json" or "xml".
func (m *Mapping) Form() string {
	if m.target.xml {
		return "xml"
	}
	return "json"
}

// Constant returns what the documents always hold in the top-level member or
// element of that name, "" if that depends on the message.
func (m *Mapping) Constant(name string) string {
	for _, r := range m.fields {
		if localName(r.to) == name && r.constant != nil {
			return *r.constant
		}
	}
	return ""
}

// Problem is one about what stands at a key of the top level: kind, source,
// target or reply.
func (m *Mapping) Problem(key, text string) Problem {
	var at pos
	switch key {
	case "kind":
		at = m.kindPos
	case "source":
		at = m.source.pos
	case "target":
		at = m.target.pos
	case "reply":
		if m.reply != nil {
			at = m.reply.pos
		}
	}
	if at == (pos{}) { // the key is not there
		at = m.servicePos
	}
	return Problem{m.file, at.line, at.col, text}
}
