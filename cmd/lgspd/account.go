package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/account"
)

func accountCommand(s streams) *cli.Command {
	by := func() cli.Flag {
		return &cli.StringFlag{Name: "by", Usage: "your `NAME`, for the record; otherwise that of your account on this machine"}
	}
	yes := func() cli.Flag {
		return &cli.BoolFlag{Name: "yes", Usage: "do it; without it only say what would be done"}
	}
	profile := []cli.Flag{
		&cli.StringFlag{Name: "full-name", Usage: "the person's `NAME`, as documents print it"},
		&cli.StringFlag{Name: "role", Usage: "`ROLE`: admin, officer or police"},
		&cli.StringFlag{Name: "department", Usage: "agency `CODE` of an officer"},
	}
	return &cli.Command{
		Name:  "account",
		Usage: "look after the accounts of the web pages",
		Subcommands: []*cli.Command{
			{Name: "add", Usage: "add an account, and print its first password this once", ArgsUsage: "NAME", Flags: append([]cli.Flag{configFlag(), by()}, profile...),
				Action: func(c *cli.Context) error { return addAccount(c, s) }},
			{Name: "list", Usage: "list accounts by name", Flags: []cli.Flag{configFlag(), jsonFlag()}, Action: func(c *cli.Context) error { return listAccounts(c, s) }},
			{Name: "set", Usage: "change role, department or full name", ArgsUsage: "NAME", Flags: append([]cli.Flag{configFlag(), by()}, profile...),
				Action: func(c *cli.Context) error { return setAccount(c, s) }},
			{Name: "reset", Usage: "give an account a new first password, and print it this once; its sessions end", ArgsUsage: "NAME", Flags: []cli.Flag{configFlag(), by(), yes()},
				Action: func(c *cli.Context) error { return resetAccount(c, s) }},
			{Name: "disable", Usage: "keep an account from signing in; its sessions end", ArgsUsage: "NAME", Flags: []cli.Flag{configFlag(), by(), yes()},
				Action: func(c *cli.Context) error { return disableAccount(c, s) }},
			{Name: "enable", Usage: "let a disabled or locked account sign in again", ArgsUsage: "NAME", Flags: []cli.Flag{configFlag(), by()},
				Action: func(c *cli.Context) error {
					return withAccount(c, s, func(book *account.Book, name string) error {
						if err := book.Enable(c.Context, operatorOf(c), name); err != nil {
							return err
						}
						_, err := fmt.Fprintf(s.out, "Account %s may sign in again.\n", name)
						return err
					})
				}},
		},
	}
}

// operatorOf names who gives a command, for the record.
func operatorOf(c *cli.Context) account.By {
	return account.By{Operator: cmp.Or(c.String("by"), accountName())}
}

// withAccount opens the book for a command about one account, and says errors
// of the book in English.
func withAccount(c *cli.Context, s streams, do func(*account.Book, string) error) error {
	if c.NArg() != 1 || strings.HasPrefix(c.Args().First(), "-") {
		return usageError("%s: want one NAME behind the flags; lgspd account list shows them", c.Command.HelpName)
	}
	return withStore(c, s, func(st *store) error {
		return accountError(c, do(st.people, c.Args().First()))
	})
}

func accountError(c *cli.Context, err error) error {
	var cause *lgsp.Error
	switch {
	case !errors.As(err, &cause):
		return err
	case cause.Kind == lgsp.Invalid:
		return &exitError{exitUsage, badAccount(c, cause.Fields)}
	case cause.Kind == lgsp.NotFound:
		return fmt.Errorf("%w; lgspd account list shows them", cause.Err)
	case cause.Kind.World() || cause.Err == nil:
		return err
	}
	return cause.Err
}

// badAccount lists the bad fields of an account, a line each.
func badAccount(c *cli.Context, fields []lgsp.FieldError) error {
	texts := map[string]string{
		"name pattern": "NAME has 3 to 32 characters: a to z, digits, dot, dash, underscore, the first a letter or a digit", "full_name missing": "--full-name is missing",
		"full_name length": "--full-name is longer than 100 characters", "full_name pattern": "--full-name has other than Latin letters, spaces, dots, apostrophes and dashes",
		"role missing": "--role is missing: admin, officer or police", "department missing": "--department is missing: an officer belongs to one",
		"department unknown": "--department is not a department of the configuration", "department pattern": "--department is for officers only",
	}
	var lines []error
	for _, f := range fields {
		lines = append(lines, errors.New(cmp.Or(texts[f.Path+" "+f.Code], f.Path+" "+f.Code)))
	}
	return fmt.Errorf("nothing was done: %w; see %s --help", errors.Join(lines...), c.Command.HelpName)
}

// roleOf reads the flag role; 0 where it is not given.
func roleOf(c *cli.Context) (account.Role, error) {
	if !c.IsSet("role") {
		return 0, nil
	}
	role, ok := account.ParseRole(c.String("role"))
	if !ok {
		return 0, usageError("--role %q: want admin, officer or police", c.String("role"))
	}
	return role, nil
}

func addAccount(c *cli.Context, s streams) error {
	role, err := roleOf(c)
	if err != nil {
		return err
	}
	return withAccount(c, s, func(book *account.Book, name string) error {
		password, err := book.Add(c.Context, operatorOf(c), name, account.Profile{FullName: c.String("full-name"), Role: role, Department: c.String("department")})
		if err != nil {
			return err
		}
		return handOver(s, name, "is added", password)
	})
}

// handOver prints a first password, which nobody can print again.
func handOver(s streams, name, past, password string) error {
	_, err := fmt.Fprintf(s.out, "Account %s %s. Its first password, shown this once:\n\n    %s\n\nHand it over in person; it counts for %d days and has to be changed at the first sign-in.\n",
		name, past, password, int(account.FirstPasswordFor/(24*time.Hour)))
	return err
}

func setAccount(c *cli.Context, s streams) error {
	role, err := roleOf(c)
	if err != nil {
		return err
	}
	if !c.IsSet("role") && !c.IsSet("full-name") && !c.IsSet("department") {
		return usageError("account set: say what to change with --role, --department or --full-name")
	}
	return withAccount(c, s, func(book *account.Book, name string) error {
		now, err := book.Get(c.Context, name)
		if err != nil {
			return err
		}
		to := now.Profile
		if role != 0 {
			to.Role = role
			if role != account.Officer {
				to.Department = ""
			}
		}
		if c.IsSet("department") {
			to.Department = c.String("department")
		}
		if c.IsSet("full-name") {
			to.FullName = c.String("full-name")
		}
		if err := book.Change(c.Context, operatorOf(c), name, to); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "Account %s is changed: %s.\n", name, describeProfile(to))
		return err
	})
}

func describeProfile(p account.Profile) string {
	return strings.TrimSuffix(p.FullName+", "+p.Role.String()+" of "+p.Department, " of ")
}

func resetAccount(c *cli.Context, s streams) error {
	return withAccount(c, s, func(book *account.Book, name string) error {
		if err := asked(c, book, name, "gets a new password and its sessions end"); err != nil {
			return err
		}
		password, err := book.Reset(c.Context, operatorOf(c), name)
		if err != nil {
			return err
		}
		return handOver(s, name, "is reset", password)
	})
}

func disableAccount(c *cli.Context, s streams) error {
	return withAccount(c, s, func(book *account.Book, name string) error {
		if err := asked(c, book, name, "can sign in no more and its sessions end"); err != nil {
			return err
		}
		if err := book.Disable(c.Context, operatorOf(c), name); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.out, "Account %s is disabled.\nNext: lgspd account enable %s undoes it.\n", name, name)
		return err
	})
}

// asked says what would be done where --yes was not said. It is an error, so that
// no script takes it for the deed.
func asked(c *cli.Context, book *account.Book, name, what string) error {
	if c.Bool("yes") {
		return nil
	}
	a, err := book.Get(c.Context, name)
	if err != nil {
		return err
	}
	return usageError("nothing was done: %s (%s) %s; say --yes if that is right", name, describeProfile(a.Profile), what)
}

func listAccounts(c *cli.Context, s streams) error {
	return withStore(c, s, func(st *store) error {
		list, err := st.people.List(c.Context)
		if err != nil {
			return err
		}
		if c.Bool("json") {
			return printJSON(s.out, orEmpty(list))
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(s.out, "There is no account.\nNext: lgspd account add --role admin --full-name \"NAME\" NAME")
			return err
		}
		t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "NAME\tROLE\tDEPARTMENT\tSTATE\tLAST SIGN-IN\tFULL NAME")
		for _, a := range list {
			last := "-"
			if !a.SignedIn.IsZero() {
				last = minute(a.SignedIn)
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", a.Name, a.Role, cmp.Or(a.Department, "-"), accountState(a), last, a.FullName)
		}
		return t.Flush()
	})
}

func accountState(a account.Account) string {
	switch {
	case a.Disabled:
		return "disabled"
	case !a.Locked.IsZero():
		return "locked until " + minute(a.Locked)
	case a.MustChange:
		return "has to change its password"
	}
	return "active"
}
