// Package template holds the projects that a new plugin begins with, one for
// each language.
//
// They are projects that build and whose tests pass; whoever writes one anew
// replaces Name in every file, and in the names of folders.
package template

import (
	"embed"
	"io/fs"
)

// Name stands for the name of the new plugin, and of its first service.
const Name = "ten-plugin"

//go:embed all:go all:python
var files embed.FS

// Languages returns the languages that there are templates for.
func Languages() []string { return []string{"go", "python"} }

// Project returns the files of the template for a language, and false when
// there is none.
func Project(language string) (fs.FS, bool) {
	for _, l := range Languages() {
		if l == language {
			project, err := fs.Sub(files, language)
			return project, err == nil
		}
	}
	return nil, false
}
