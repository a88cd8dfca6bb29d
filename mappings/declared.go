package mappings

import "strings"

// paths are the places of a message that the rules name, without indexes.
type paths map[string]struct{}

// below adds n and what stands below it.
func (p paths) below(n *node) {
	at := n.path()
	p[at] = struct{}{}
	for _, a := range n.attrs {
		p[at+"/@"+a.name.String()] = struct{}{}
	}
	for _, k := range n.kids {
		p.below(k)
	}
	if n.inner != nil {
		p.below(n.inner.root)
	}
}

// Declared returns the path of a FieldError in the mapping's own words: without
// indexes, and up to the last step that a rule names. It is "" where no rule
// names any. What it returns was written by whoever wrote the mapping; nothing
// of it comes from a message or from a plugin.
func (m *Mapping) Declared(path string) string {
	path = withoutIndexes(path)
	for path != "" {
		if _, ok := m.paths[path]; ok {
			return path
		}
		path = path[:max(strings.LastIndexByte(path, '/'), 0)]
	}
	return ""
}

// Declared returns a path in the words of the Version of the moment; see
// Mapping.Declared.
func (l *Live) Declared(path string) string { return l.Current().Mapping.Declared(path) }
