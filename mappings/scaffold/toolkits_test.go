package scaffold_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/mappings/scaffold"
)

// The messages were sent by real toolkits; testdata/samples/README.md says which.
func TestTheRulesReadWhatToolkitsSend(t *testing.T) {
	for sample, row := range map[string]struct{ golden, operation string }{
		"axis1":        {"axis1", "dangKyKhaiTu"},
		"php-cutru":    {"nusoap", "dangkytamtru"},
		"zeep-hotich":  {"dotnet", "DangKyKhaiSinh"},
		"zeep-baohiem": {"cxf", "capThe"},
	} {
		t.Run(sample, func(t *testing.T) {
			var d scaffold.Draft
			for _, g := range goldens(t) {
				if g.name != row.golden {
					continue
				}
				o := g.open(t)
				m, ok := o.Find(row.operation)
				if !ok {
					t.Fatalf("no operation %s", row.operation)
				}
				var err error
				if d, err = o.Draft(m, scaffold.Options{}); err != nil {
					t.Fatal(err)
				}
			}
			in, err := os.ReadFile("testdata/samples/" + sample + ".xml")
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile("testdata/samples/" + sample + ".json")
			if err != nil {
				t.Fatal(err)
			}
			mapping := strings.Replace(string(file(t, d, "mapping.yaml")), "source:\n", "source:\n  unknown: refuse\n", 1)
			results, err := mappings.RunCases(fstest.MapFS{
				d.Service + "/mapping.yaml":                   {Data: []byte(mapping)},
				d.Service + "/cases/" + sample + "/in.xml":    {Data: in},
				d.Service + "/cases/" + sample + "/want.json": {Data: want},
			}, d.Service)
			if err != nil {
				t.Fatal(err)
			}
			if !results[0].OK() {
				t.Errorf("%v\n%s", results[0].Diffs, bytes.TrimSpace(results[0].Got))
			}
		})
	}
}
