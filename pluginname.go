package lgsp

// What a plugin may be called, wherever its name is written: in the
// configuration, in mappings, and where a project is begun.
const (
	PluginNameForm    = `^[a-z0-9]+(-[a-z0-9]+)*$` // in the words of regular expressions
	PluginNameLongest = 40                         // bytes
	PluginNameWant    = `lower-case words of a–z and 0–9 joined by -, as in "dia-chi", with 40 characters at most`
)

// IsPluginName reports whether a plugin may be called s: see PluginNameWant.
func IsPluginName(s string) bool {
	if s == "" || len(s) > PluginNameLongest {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == '-' && i > 0 && i < len(s)-1 && s[i-1] != '-':
		default:
			return false
		}
	}
	return true
}
