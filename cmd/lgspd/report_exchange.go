package main

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/report/bundle"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/office"
)

func printReportKey(c *cli.Context, s streams) error {
	return withStore(c, s, func(st *store) error {
		public, ok := st.signing.Public().(ed25519.PublicKey)
		if !ok {
			return errors.New("the key is not one of Ed25519")
		}
		_, err := fmt.Fprintln(s.out, base64.StdEncoding.EncodeToString(public))
		return err
	})
}

func exportReport(c *cli.Context, s streams) error {
	p, err := periodArgument(c, "export")
	if err != nil {
		return err
	}
	return withOffice(c, s, func(o *office.Office, st *store) error {
		b, err := o.Bundle(c.Context, p)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := bundle.Write(&text, st.signing, b); err != nil {
			return err
		}
		path := cmp.Or(c.String("out"), "bao-cao-"+p.String()+"-"+b.Node+".lgspd")
		if err := writeNew(path, text.Bytes()); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "The figures of %s of node %s are written to %s, signed: %s, %s.\nNext: have the province take them in with lgspd report import, or at the report desk.\n", p, b.Node, path,
			many(len(b.Departments), "department", "departments"), many(len(b.Filed), "confirmed report", "confirmed reports"))
		return err
	})
}

func importReport(c *cli.Context, s streams) error {
	if c.NArg() != 1 {
		return usageError("report import: want one FILE of lgspd report export")
	}
	raw, err := readBounded(c.Args().First())
	if err != nil {
		return err
	}
	return withOffice(c, s, func(o *office.Office, _ *store) error {
		in, err := o.Import(c.Context, raw, filing.Who{Account: cmp.Or(c.String("by"), accountName())})
		if err != nil {
			return err
		}
		b := in.Bundle
		did := "were taken in"
		switch {
		case in.Known:
			did = "were here already; nothing was changed"
		case in.Replaced:
			did = "took the place of earlier ones"
		}
		fmt.Fprintf(s.out, "The figures of %s of node %s, up to entry %d of its record, %s.\n", b.Period, b.Node, b.Whole.Nodes[0].Seq, did)
		if len(in.Filed) > 0 {
			fmt.Fprintf(s.out, "Confirmed reports were filed of: %s.\n", strings.Join(in.Filed, ", "))
		}
		for _, code := range slices.Sorted(maps.Keys(in.Unfiled)) {
			fmt.Fprintf(s.err, "warning: the report of %s was not filed: %v\n", code, in.Unfiled[code])
		}
		_, err = fmt.Fprintf(s.out, "Next: lgspd report compile %s counts them with the province's.\n", b.Period)
		return err
	})
}

// readBounded reads a bundle, however long the file is.
func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, environmentError(err)
	}
	raw, err := io.ReadAll(io.LimitReader(f, bundle.MostBytes+1))
	return raw, errors.Join(err, f.Close())
}
