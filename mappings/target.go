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
