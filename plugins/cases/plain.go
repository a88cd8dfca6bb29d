package cases

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// plain refuses a case.yaml whose values YAML would not read as the texts that
// stand there, for lgspd reads the same file as YAML.
func plain(fsys fs.FS) error {
	if _, err := fs.Stat(fsys, caseYAML); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	_, text, err := firstOf(fsys, caseYAML)
	if err != nil {
		return err
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSpace(line)
		value, isEntry := strings.CutPrefix(line, "- ")
		if !isEntry {
			_, value, _ = strings.Cut(line, ":")
		}
		if !strings.HasPrefix(line, "#") && !isPlain(strings.TrimSpace(value)) {
			return fmt.Errorf("%s:%d: put the value into quotation marks", caseYAML, n)
		}
	}
	return nil
}

// isPlain reports whether YAML reads a value as the text that it is, but for
// its quotation marks.
func isPlain(value string) bool {
	for _, mark := range []string{`"`, `'`} {
		if inner := strings.TrimSuffix(strings.TrimPrefix(value, mark), mark); len(value) == len(inner)+2 {
			return !strings.ContainsAny(inner, mark+`\`)
		}
	}
	return !strings.Contains(value, ": ") && !strings.Contains(value, " #") && !strings.HasSuffix(value, ":") && strings.IndexAny(value, "[]{}&*!|>%@`\"'?-,#") != 0
}
