package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/internal/docx"
	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/notice"
)

func exportNoticesCommand(s streams) *cli.Command {
	return &cli.Command{Name: "export", Usage: "write the document that tells the population database's office of notices; it is citizen data", ArgsUsage: "NUMBER...",
		Flags: []cli.Flag{configFlag(),
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write to `FILE`, as sai-sot.docx"},
			&cli.StringFlag{Name: "department", Usage: "agency `CODE` of the department that signs; otherwise the one that found the errors"},
			&cli.StringFlag{Name: "number", Usage: "`NUMBER` of the document, where it is known already"},
			&cli.StringFlag{Name: "date", Usage: "`DATE` of the document, as 2026-11-22, where it is known already"}},
		Action: func(c *cli.Context) error { return exportNotices(c, s) }}
}

func exportNotices(c *cli.Context, s streams) error {
	numbers, err := numbersOf(c, 0)
	if err != nil {
		return err
	}
	path := c.String("out")
	if path == "" {
		return usageError("notice export: say --out FILE, as sai-sot.docx; see lgspd notice export --help")
	}
	cfg, err := config.Load(c.String("config"))
	if err != nil {
		return err
	}
	var date time.Time
	if c.IsSet("date") {
		if date, err = time.Parse(time.DateOnly, c.String("date")); err != nil {
			return usageError("--date %q: want a date as in 2026-11-22", c.String("date"))
		}
	}
	return withStore(c, s, func(st *store) error {
		var list []notice.Notice
		for _, n := range numbers {
			got, err := st.notices.Get(c.Context, n)
			if err != nil {
				return noticeError(c, err)
			}
			list = append(list, got)
		}
		head, err := letterhead(c, cfg, list)
		if err != nil {
			return err
		}
		head.Number, head.Date = c.String("number"), date
		d, err := notice.Letter(list, head, fieldTitles(), func(code string) string {
			if d, ok := departmentAbove(cfg, code); ok && d.Code == code {
				return d.Name
			}
			return ""
		})
		if err != nil {
			return err
		}
		if err := writeDocument(path, d); err != nil {
			return err
		}
		warnOfGaps(s.err, head)
		_, err = fmt.Fprintf(s.out, "%s written to %s, which is citizen data and yours alone to read.\n"+
			"Next: have it signed and sent, then lgspd notice send --document NUMBER --date DATE %s\n",
			many(len(list), "notice", "notices"), path, strings.Join(c.Args().Slice(), " "))
		return err
	})
}

// letterhead is that of the department that signs.
func letterhead(c *cli.Context, cfg config.Config, list []notice.Notice) (notice.Letterhead, error) {
	code := c.String("department")
	if code == "" {
		code = list[0].Sender
		for _, n := range list {
			if n.Sender != code {
				return notice.Letterhead{}, usageError("notice export: the notices are of %s and of %s: say with --department which department signs", code, n.Sender)
			}
		}
	}
	d, ok := departmentAbove(cfg, code)
	if !ok {
		return notice.Letterhead{}, usageError("notice export: %q is not a department of the configuration, nor below one: say with --department which one signs", code)
	}
	return notice.Letterhead{Parent: d.Parent, Agency: d.Name, Symbol: d.Symbol, Place: d.Place, To: cfg.Notices.Recipients,
		Signer: paper.Signer{Authority: d.Signer.Authority, Position: d.Signer.Position, Name: d.Signer.Name}}, nil
}

// warnOfGaps names what a letterhead lacks, which the document leaves a gap for.
func warnOfGaps(w io.Writer, head notice.Letterhead) {
	for _, part := range []struct{ what, text string }{{"the agency above the department", head.Parent}, {"the symbol of its documents", head.Symbol},
		{"where it signs", head.Place}, {"the signer's position", head.Signer.Position}, {"the signer's name", head.Signer.Name}} {
		if part.text == "" {
			fmt.Fprintln(w, "warning: the configuration does not say "+part.what)
		}
	}
}

// fieldTitles returns what names a field in Vietnamese by its path.
func fieldTitles() func(string) string {
	titles := map[string]string{}
	for _, f := range citizen.Catalogue(citizen.Person) {
		titles[f.Path] = f.Title
		if group, _, ok := strings.Cut(f.Path, "/"); ok && titles[group] == "" {
			titles[group], _, _ = strings.Cut(f.Title, " – ")
		}
	}
	return func(path string) string { return titles[path] }
}

// writeDocument writes a new file for its owner alone, whole or not at all.
func writeDocument(path string, d paper.Document) error {
	var text bytes.Buffer
	if err := docx.Write(&text, d); err != nil {
		return err
	}
	return writeNew(path, text.Bytes())
}

// writeNew writes a file that is not there yet for its owner alone, whole or not
// at all.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return environmentError(unwritten(err))
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return environmentError(errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(path)))
	}
	return nil
}
