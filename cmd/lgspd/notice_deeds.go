package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/notice"
)

func noticeDeeds(s streams) []*cli.Command {
	by := func() cli.Flag {
		return &cli.StringFlag{Name: "by", Usage: "your `NAME`, for the record; otherwise that of your account on this machine"}
	}
	document := func(of string) []cli.Flag {
		return []cli.Flag{&cli.StringFlag{Name: "document", Usage: "`NUMBER` of the document " + of + ", as 12/SKHCN-CĐS"},
			&cli.StringFlag{Name: "date", Usage: "`DATE` of that document, as 2026-11-22"}}
	}
	return []*cli.Command{
		{Name: "new", Usage: "open a notice for a department", Description: "What it says is citizen data, and other users of this machine may see what stands on a command line: give it with --file.",
			Flags: append(newNoticeFlags(), by()), Action: func(c *cli.Context) error { return newNotice(c, s) }},
		{Name: "send", Usage: "note that the population database's office was told of notices, or asked again", ArgsUsage: "NUMBER...",
			Flags: append([]cli.Flag{configFlag(), by()}, document("that told it")...), Action: func(c *cli.Context) error {
				return doNotices(c, s, notice.Sent, (*notice.Desk).Send, notice.Deed{})
			}},
		{Name: "answer", Usage: "note what the office has answered", ArgsUsage: "NUMBER...",
			Flags: append([]cli.Flag{configFlag(), by(), &cli.StringFlag{Name: "text", Usage: "the answer, `TEXT`"},
				&cli.StringFlag{Name: "file", Usage: "the answer, in `FILE`; - is standard input"}}, document("that answers")...), Action: func(c *cli.Context) error {
				text, err := answerText(c, s)
				if err != nil {
					return err
				}
				return doNotices(c, s, notice.Answered, (*notice.Desk).Answer, notice.Deed{Text: text})
			}},
		{Name: "close", Usage: "close notices; those that were not answered are withdrawn by it", ArgsUsage: "NUMBER...",
			Flags: []cli.Flag{configFlag(), by(), &cli.StringFlag{Name: "reason", Usage: "the `REASON`, needed for notices that were not answered"}}, Action: func(c *cli.Context) error {
				return doNotices(c, s, notice.Closed, (*notice.Desk).Close, notice.Deed{Text: c.String("reason")})
			}},
		exportNoticesCommand(s),
	}
}

// doNotices does the same with several notices, one after the other.
func doNotices(c *cli.Context, s streams, to notice.State, do func(*notice.Desk, context.Context, notice.Number, notice.Deed) error, said notice.Deed) error {
	numbers, err := numbersOf(c, 0)
	if err != nil {
		return err
	}
	said.By, said.Document, said.Date = cmp.Or(c.String("by"), accountName()), c.String("document"), c.String("date")
	return withStore(c, s, func(st *store) error {
		var done []string
		for _, n := range numbers {
			if err := do(st.notices, c.Context, n, said); err != nil {
				err = noticeError(c, err)
				if len(done) > 0 {
					err = fmt.Errorf("%s is %s now; then: %w", strings.Join(done, " "), to, err)
				}
				return err
			}
			done = append(done, n.String())
			if _, err := fmt.Fprintf(s.out, "Notice %s is %s, by %s.\n", n, to, said.By); err != nil {
				return err
			}
		}
		if to == notice.Closed {
			return nil
		}
		return printNext(s.out, to, strings.Join(done, " "))
	})
}

// textMost bounds what is read from a file; the desk says what is too long.
const textMost = 4 * notice.MaxContent

// readFile reads a file, or standard input where its name is a dash.
func readFile(s streams, name string) ([]byte, error) {
	in := io.NopCloser(s.in)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, environmentError(err)
		}
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, textMost+1))
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, environmentError(fmt.Errorf("read %s: %w", name, err))
	}
	if len(text) > textMost {
		return nil, usageError("%s is longer than %d bytes", name, textMost)
	}
	return text, nil
}

func answerText(c *cli.Context, s streams) (string, error) {
	switch {
	case !c.IsSet("file"):
		return c.String("text"), nil
	case c.IsSet("text"):
		return "", usageError("notice answer: say --text or --file, not both")
	}
	text, err := readFile(s, c.String("file"))
	return strings.TrimSpace(string(text)), err
}

func newNoticeFlags() []cli.Flag {
	return append([]cli.Flag{configFlag(),
		&cli.StringFlag{Name: "department", Usage: "agency `CODE` of the department that found the error"},
		&cli.StringFlag{Name: "system", Usage: "`NAME` of its system"},
		&cli.StringFlag{Name: "officer", Usage: "`CODE` of the officer (MaCanBo)"},
		&cli.StringFlag{Name: "procedure", Usage: "`CODE` of the procedure (MaDVC)"},
		&cli.StringFlag{Name: "own-id", Usage: "the department's own `ID` of the notice, by which a repeat is known"},
		&cli.StringFlag{Name: "file", Usage: "what the notice says, as JSON in `FILE`: " +
			`{"soDinhDanh", "soCMND", "hoVaTen", "saiSot": [{"truong", "giaTriChiaSe", "giaTriDung", "canCu"}], "moTa", "lienHe"}; - is standard input`},
	}, contentFlags()...)
}

// contentFlags say what a notice of one wrong field says.
func contentFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "subject", Usage: "personal `ID` of whom the data is about, 12 digits"},
		&cli.StringFlag{Name: "name", Usage: "that person's `NAME`"},
		&cli.StringFlag{Name: "field", Usage: "`PATH` of the wrong field, as HoVaTen; --file may tell of several"},
		&cli.StringFlag{Name: "shared", Usage: "the `VALUE` that was shared"},
		&cli.StringFlag{Name: "right", Usage: "the `VALUE` that it should be"},
		&cli.StringFlag{Name: "evidence", Usage: "what shows that, `TEXT`"},
		&cli.StringFlag{Name: "text", Usage: "what is wrong, in words, `TEXT`"},
		&cli.StringFlag{Name: "contact", Usage: "`WHOM` the office may ask"},
	}
}

func newNotice(c *cli.Context, s streams) error {
	o := notice.Opening{Sender: c.String("department"), System: c.String("system"), Officer: c.String("officer"), Procedure: c.String("procedure"),
		LegacyID: c.String("own-id"), Operator: cmp.Or(c.String("by"), accountName())}
	var err error
	if o.Content, err = contentOf(c, s); err != nil {
		return err
	}
	cfg, err := config.Load(c.String("config"))
	if err != nil {
		return err
	}
	if _, ok := departmentAbove(cfg, o.Sender); !ok {
		return usageError("notice new: --department %q is not a department of the configuration, nor below one", o.Sender)
	}
	return withStore(c, s, func(st *store) error {
		n, duplicate, err := st.notices.Open(c.Context, o)
		if err != nil {
			return noticeError(c, err)
		}
		did := "Notice %s is opened, for %s, by %s.\n"
		if duplicate {
			did = "Nothing was done: notice %s of %s has the same own id and says the same, %s.\n"
			o.Operator = "and is " + n.State.String()
		}
		if _, err := fmt.Fprintf(s.out, did, n.Number, n.Sender, o.Operator); err != nil {
			return err
		}
		return printNext(s.out, n.State, n.Number.String())
	})
}

// contentOf reads what a new notice says from a file or from flags.
func contentOf(c *cli.Context, s streams) (notice.Content, error) {
	given := slices.ContainsFunc(contentFlags(), func(f cli.Flag) bool { return c.IsSet(f.Names()[0]) })
	switch {
	case c.IsSet("file") && given:
		return notice.Content{}, usageError("notice new: say what it says with --file or with other flags, not both")
	case c.IsSet("file"):
		text, err := readFile(s, c.String("file"))
		if err != nil {
			return notice.Content{}, err
		}
		content, err := notice.ParseContent(text)
		if err != nil {
			return content, noticeError(c, err)
		}
		return content, nil
	case !given:
		return notice.Content{}, usageError("notice new: say what it says with --file, or with --subject, --field and the flags beside them; see lgspd notice new --help")
	}
	content := notice.Content{Subject: c.String("subject"), Name: c.String("name"), Text: c.String("text"), Contact: c.String("contact")}
	wrong := notice.Field{Path: c.String("field"), Shared: c.String("shared"), Right: c.String("right"), Evidence: c.String("evidence")}
	if wrong != (notice.Field{}) {
		content.Wrong = []notice.Field{wrong}
	}
	return content, nil
}

// departmentAbove returns the department of the configuration that an agency
// is, or that it is below: the nearest.
func departmentAbove(cfg config.Config, code string) (found config.Department, ok bool) {
	for _, d := range cfg.Departments {
		if (code == d.Code || strings.HasPrefix(code, d.Code+".")) && len(d.Code) > len(found.Code) {
			found, ok = d, true
		}
	}
	return found, ok
}
