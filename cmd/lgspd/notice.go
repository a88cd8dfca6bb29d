package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/notice"
)

func noticeCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "notice",
		Usage: "look after the notices of errors in shared data of the population database (TT 46/2022/TT-BCA)",
		Subcommands: append([]*cli.Command{
			{Name: "list", Usage: "list notices by number, without citizen data", Flags: []cli.Flag{configFlag(), jsonFlag(),
				&cli.StringSliceFlag{Name: "state", Usage: "notices in `STATE`: new, sent, answered, closed"},
				&cli.StringFlag{Name: "department", Usage: "notices of agency `CODE` and the agencies below it"},
				&cli.StringFlag{Name: "since", Usage: "opened at `TIME` or later: " + momentForms},
				&cli.StringFlag{Name: "until", Usage: "opened before `TIME`"},
				&cli.IntFlag{Name: "limit", Value: 50, Usage: fmt.Sprintf("at most `N` notices, 1 to %d", listMost)},
				&cli.StringFlag{Name: "after", Usage: "those behind `NUMBER`"},
			}, Action: func(c *cli.Context) error { return listNotices(c, s) }},
			{Name: "show", Usage: "show one notice with its content, which is citizen data", ArgsUsage: "NUMBER", Flags: []cli.Flag{configFlag(), jsonFlag()},
				Action: func(c *cli.Context) error { return showNotice(c, s) }},
			{Name: "count", Usage: "count what was opened, sent, answered and closed in a period", Flags: []cli.Flag{configFlag(), jsonFlag(),
				&cli.StringFlag{Name: "from", Usage: "at `TIME` or later: " + momentForms},
				&cli.StringFlag{Name: "to", Usage: "before `TIME`"},
				&cli.StringFlag{Name: "department", Usage: "notices of agency `CODE` and the agencies below it"},
			}, Action: func(c *cli.Context) error { return countNotices(c, s) }},
		}, noticeDeeds(s)...),
	}
}

// noticeError says in English what an error of the desk says to departments in
// Vietnamese, and gives what was typed wrong the exit code of that.
func noticeError(c *cli.Context, err error) error {
	var cause *lgsp.Error
	if !errors.As(err, &cause) {
		if errors.Is(err, notice.ErrNoOperator) {
			return usageError("%s: %w; say --by NAME", c.Command.HelpName, err)
		}
		return err
	}
	switch {
	case len(cause.Fields) > 0:
		return &exitError{exitUsage, badFields(cause.Fields)}
	case cause.Kind == lgsp.Invalid && cause.Code != "Damaged":
		return usageError("nothing was done: %w; see %s --help", cause.Err, c.Command.HelpName)
	case cause.Kind.World() || cause.Err == nil:
		return err
	case cause.Kind == lgsp.NotFound:
		return fmt.Errorf("%w; lgspd notice list shows them", cause.Err)
	}
	return cause.Err
}

// badFields lists the bad fields of a new notice, a line each: by their flag, or
// as the file names them.
func badFields(fields []lgsp.FieldError) error {
	flags := map[string]string{"": "the notice", "donVi": "--department", "heThong": "--system", "maCanBo": "--officer", "maDVC": "--procedure", "maThongBao": "--own-id",
		"nguoiThucHien": "--by", "soDinhDanh": "soDinhDanh (--subject)", "hoVaTen": "hoVaTen (--name)", "saiSot": "saiSot (--field)", "moTa": "moTa (--text)", "lienHe": "lienHe (--contact)"}
	codes := map[string]string{"missing": "is missing", "length": "is too long", "pattern": "has not the form that it must have", "repeated": "is what was shared, so nothing is wrong"}
	var lines []error
	for _, f := range fields {
		lines = append(lines, fmt.Errorf("%s %s", cmp.Or(flags[f.Path], f.Path), cmp.Or(codes[f.Code], f.Code)))
	}
	return errors.Join(lines...)
}

// numbersOf reads the numbers behind the flags: one, or several where most is 0.
func numbersOf(c *cli.Context, most int) ([]notice.Number, error) {
	if c.NArg() == 0 || most > 0 && c.NArg() > most {
		return nil, usageError("%s: want %s, as in 12/2026, behind the flags; lgspd notice list shows them", c.Command.HelpName,
			map[bool]string{true: "the number of one notice", false: "the numbers of notices"}[most == 1])
	}
	var numbers []notice.Number
	for _, text := range c.Args().Slice() {
		if strings.HasPrefix(text, "-") {
			return nil, usageError("%s: %s stands behind the number; flags come first", c.Command.HelpName, text)
		}
		n, err := notice.ParseNumber(text)
		if err != nil {
			return nil, usageError("%s: %q: %w", c.Command.HelpName, text, err)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// listedNotice is a notice as a list shows it.
type listedNotice struct {
	Number     notice.Number `json:"number"`
	State      notice.State  `json:"state"`
	Department string        `json:"department"`
	System     string        `json:"system"`
	Opened     time.Time     `json:"opened"`
	Changed    time.Time     `json:"changed"`
}

func listNotices(c *cli.Context, s streams) error {
	f, err := noticeFilter(c)
	if err != nil {
		return err
	}
	return withStore(c, s, func(st *store) error {
		list, err := st.notices.List(c.Context, f)
		if err != nil {
			return err
		}
		var shown []listedNotice
		for _, n := range list {
			shown = append(shown, listedNotice{n.Number, n.State, n.Sender, n.System, n.Opened, n.Changed})
		}
		if c.Bool("json") {
			return printJSON(s.out, orEmpty(shown))
		}
		if len(shown) == 0 {
			_, err := fmt.Fprintln(s.out, "No notice fits.")
			return err
		}
		t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "NUMBER\tSTATE\tDEPARTMENT\tSYSTEM\tOPENED\tCHANGED")
		for _, n := range shown {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", n.Number, n.State, n.Department, cmp.Or(n.System, "-"), minute(n.Opened), minute(n.Changed))
		}
		if err := t.Flush(); err != nil {
			return err
		}
		if len(shown) == f.Limit {
			_, err = fmt.Fprintf(s.out, "There may be more: say --after %s too.\n", shown[len(shown)-1].Number)
		}
		return err
	})
}

func minute(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

func noticeFilter(c *cli.Context) (f notice.Filter, err error) {
	f = notice.Filter{Sender: c.String("department"), Limit: c.Int("limit")}
	if f.Limit < 1 || f.Limit > listMost {
		return f, usageError("notice list: --limit %d: want 1 to %d notices; --after NUMBER lists those behind", f.Limit, listMost)
	}
	for _, text := range c.StringSlice("state") {
		state, ok := notice.ParseState(text)
		if !ok {
			return f, usageError("--state %s: want new, sent, answered or closed", text)
		}
		f.States = append(f.States, state)
	}
	if c.IsSet("after") {
		if f.After, err = notice.ParseNumber(c.String("after")); err != nil {
			return f, usageError("--after %q: %w", c.String("after"), err)
		}
	}
	f.From, f.To, err = span(c)
	return f, err
}

func showNotice(c *cli.Context, s streams) error {
	numbers, err := numbersOf(c, 1)
	if err != nil {
		return err
	}
	return withStore(c, s, func(st *store) error {
		n, err := st.notices.Get(c.Context, numbers[0])
		if n.State == 0 {
			return noticeError(c, err)
		}
		shown := printNotice
		if c.Bool("json") {
			shown = func(w io.Writer, n notice.Notice) error { return printJSON(w, n) }
		}
		if printed := shown(s.out, n); printed != nil || err == nil {
			return printed
		}
		return noticeError(c, err) // of what is damaged, the rest is shown
	})
}

func printNotice(w io.Writer, n notice.Notice) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if n.Content != nil {
		fmt.Fprint(t, "This is citizen data: use it for this notice and nothing else.\n\n")
	}
	content := "is not readable"
	if n.Removed {
		content = "was removed: the notice has been closed for as long as it is kept"
	}
	rows := [][2]string{{"notice", n.Number.String()}, {"state", n.State.String() + " since " + n.Changed.Local().Format(time.DateTime)}, {"department", n.Sender},
		{"system", n.System}, {"officer", n.Officer}, {"unit", n.Unit}, {"procedure", n.Procedure}, {"opened", n.Opened.Local().Format(time.DateTime)}}
	if c := n.Content; c != nil {
		rows = append(rows, [2]string{"own id", n.LegacyID}, [2]string{"personal id", c.Subject}, [2]string{"old id", c.OldID}, [2]string{"name", c.Name},
			[2]string{"text", oneLine(c.Text)}, [2]string{"contact", oneLine(c.Contact)})
	} else {
		rows = append(rows, [2]string{"content", content})
	}
	for _, row := range rows {
		fmt.Fprintf(t, "%s\t%s\n", row[0], cmp.Or(row[1], "-"))
	}
	if n.Content != nil && len(n.Content.Wrong) > 0 {
		fmt.Fprintln(t, "\nFIELD\tSHARED\tRIGHT\tEVIDENCE")
		for _, f := range n.Content.Wrong {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", f.Path, cmp.Or(oneLine(f.Shared), "-"), cmp.Or(oneLine(f.Right), "-"), cmp.Or(oneLine(f.Evidence), "-"))
		}
	}
	if len(n.Steps) > 0 {
		fmt.Fprintln(t, "\nTIME\tSTATE\tBY\tDOCUMENT\tTEXT")
		for _, step := range n.Steps {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", minute(step.At), step.State, cmp.Or(step.By, "-"), cmp.Or(strings.TrimSpace(step.Document+" "+step.Date), "-"), cmp.Or(oneLine(step.Text), "-"))
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return printNext(w, n.State, n.Number.String())
}

// oneLine keeps what a person wrote within its cell.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// printNext says what can be done with notices in a state.
func printNext(w io.Writer, state notice.State, numbers string) error {
	next := map[notice.State]string{
		notice.New: "\nNext: lgspd notice export -o FILE.docx " + numbers + " writes the document to the office;\n" +
			"      once it has gone: lgspd notice send --document NUMBER --date DATE " + numbers + "\n",
		notice.Sent: "\nNext: once the office answers: lgspd notice answer --text TEXT " + numbers + "\n",
		notice.Answered: "\nNext: lgspd notice close " + numbers + "\n" +
			"      or ask again: lgspd notice send --document NUMBER --date DATE " + numbers + "\n",
	}[state]
	_, err := io.WriteString(w, next)
	return err
}

func countNotices(c *cli.Context, s streams) error {
	from, err := momentOf(c, "from")
	if err != nil {
		return err
	}
	to, err := momentOf(c, "to")
	if err != nil {
		return err
	}
	return withStore(c, s, func(st *store) error {
		n, err := st.notices.Count(c.Context, from, to, c.String("department"))
		if err != nil {
			return err
		}
		if c.Bool("json") {
			return printJSON(s.out, n)
		}
		_, err = fmt.Fprintf(s.out, "opened    %d\nsent      %d\nanswered  %d\nclosed    %d\nopen at the end of the period: %d\n", n.Opened, n.Sent, n.Answered, n.Closed, n.Open)
		return err
	})
}
