package mappings

import (
	"flag"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is got into the want files of cases and into golden files")

// The shipped mappings are read from the source tree, so that -update can be
// followed by a run without rebuilding.
func sourceTree(t *testing.T) fs.FS {
	t.Helper()
	tree, err := fs.Sub(os.DirFS("."), ".")
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func shippedServices(t *testing.T) []string {
	t.Helper()
	set, err := Load(Shipped())
	if err != nil {
		t.Fatalf("shipped mappings:\n%v", err)
	}
	return set.Services()
}

func TestEveryCaseOfEveryShippedMappingHolds(t *testing.T) {
	for _, service := range shippedServices(t) {
		results, err := RunCases(sourceTree(t), service)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			t.Run(service+"/"+r.Name, func(t *testing.T) {
				if *update && !r.OK() {
					file := path.Join(service, "cases", r.Name, r.Want)
					if err := os.WriteFile(file, r.Got, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				if !r.OK() {
					t.Errorf("%s\n%s", r.Doc, strings.Join(r.Diffs, "\n"))
				}
			})
		}
	}
}

func TestEveryShippedServiceHasAtLeastEightCasesHalfOfThemBad(t *testing.T) {
	for _, service := range shippedServices(t) {
		results, err := RunCases(Shipped(), service)
		if err != nil {
			t.Fatal(err)
		}
		bad, replies := 0, 0
		for _, r := range results {
			if r.Want == "want.err" {
				bad++
			}
			if r.Input == "answer.xml" {
				replies++
			}
		}
		if len(results) < 8 || 2*bad < len(results)-replies {
			t.Errorf("%s: %d cases, %d of them bad", service, len(results), bad)
		}
	}
}
