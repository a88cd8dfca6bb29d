package main

import (
	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/mappings"
)

func mapSchemaCommand(s streams) *cli.Command {
	return &cli.Command{
		Name: "schema", Usage: "print the JSON Schema by which editors complete and check mapping.yaml, or case.yaml", ArgsUsage: "[mapping|case]",
		Action: func(c *cli.Context) error { return printFileSchema(c, s) },
	}
}

func printFileSchema(c *cli.Context, s streams) error {
	if c.NArg() > 1 {
		return usageError("map schema: want one of mapping and case; what is %q?", c.Args().Get(1))
	}
	schema := mappings.MappingFileSchema
	switch of := c.Args().First(); of {
	case "", "mapping":
	case "case":
		schema = mappings.CaseFileSchema
	default:
		return usageError("map schema: there is no schema of %q; want mapping or case", of)
	}
	_, err := s.out.Write(schema())
	return err
}
