package main

import (
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
)

// How many characters a line has at most where it can be broken.
const (
	textWidth = 80
	listWidth = 100
)

// wrapped writes words on lines of so many characters that begin with indent,
// behind first on the first one. A longer word stands alone, whole.
func wrapped(width int, first, indent, text string) string {
	var b strings.Builder
	b.WriteString(first)
	at, bare := utf8.RuneCountInString(first), true
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case bare:
		case at+1+n > width:
			b.WriteString("\n" + indent)
			at = utf8.RuneCountInString(indent)
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at, bare = at+n, false
	}
	return b.String() + "\n"
}

// columns writes rows of a name and a text, the texts below one another.
func columns(rows [][2]string) string {
	widest := 0
	for _, row := range rows {
		widest = max(widest, utf8.RuneCountInString(row[0]))
	}
	var b strings.Builder
	for _, row := range rows {
		gap := strings.Repeat(" ", widest-utf8.RuneCountInString(row[0])+2)
		b.WriteString(wrapped(textWidth, "   "+row[0]+gap, strings.Repeat(" ", 3+widest+2), row[1]))
	}
	return b.String()
}

// helpOf writes the help of a command, which is called by its path.
func helpOf(path string, c *cli.Command) string {
	usage := path
	if len(c.Subcommands) > 0 {
		usage += " COMMAND"
	}
	if len(c.Subcommands) > 0 || len(c.Flags) > 0 {
		usage += " [OPTIONS]"
	}
	text := "NAME:\n" + wrapped(textWidth, "   "+path+" - ", "      ", c.Usage) + "\nUSAGE:\n   " + strings.TrimSpace(usage+" "+c.ArgsUsage) + "\n"
	if c.Description != "" {
		text += "\nDESCRIPTION:\n" + wrapped(textWidth, "   ", "   ", c.Description)
	}
	if len(c.Subcommands) > 0 {
		var rows [][2]string
		for _, sub := range c.Subcommands {
			rows = append(rows, [2]string{sub.Name, sub.Usage})
		}
		text += "\nCOMMANDS:\n" + columns(rows) + "\n" + wrapped(textWidth, "", "", path+" COMMAND --help tells more of each.")
	}
	var rows [][2]string
	for _, f := range c.Flags {
		if documented, ok := f.(cli.DocGenerationFlag); ok {
			rows = append(rows, optionRow(documented))
		}
	}
	return text + "\nOPTIONS:\n" + columns(append(rows, [2]string{"-h, --help", "show this help"}))
}

// optionRow writes a flag as -c, --config FILE and says what holds without it.
func optionRow(f cli.DocGenerationFlag) [2]string {
	name := "--" + f.Names()[0]
	for _, short := range f.Names()[1:] {
		name = "-" + short + ", " + name
	}
	text := f.GetUsage()
	if before, rest, ok := strings.Cut(text, "`"); ok {
		value, after, _ := strings.Cut(rest, "`")
		name, text = name+" "+value, before+value+after
	}
	if standard := f.GetDefaultText(); f.TakesValue() && standard != "" && standard != "0" {
		text += " (default: " + strings.Trim(standard, `"`) + ")"
	}
	if env := f.GetEnvVars(); len(env) > 0 {
		text += " [$" + strings.Join(env, ", $") + "]"
	}
	return [2]string{name, text}
}
