package mappings

import (
	"flag"
	"io/fs"
	"os"
	"path"
	"slices"
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

// What no case reaches is a promise that nothing holds: every rule writes in some
// case, every branch is taken, and every way to be wrong is refused.
func TestTheCasesOfEveryShippedMappingReachAllOfIt(t *testing.T) {
	for _, service := range shippedServices(t) {
		t.Run(service, func(t *testing.T) {
			s, err := OpenSuite(sourceTree(t), service)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			c := s.Coverage()
			if c.Rules.Of == 0 {
				t.Error("no rules were watched")
			}
			for i := range c.Refusals.Missed {
				c.Refusals.Missed[i].What = "no case has it refused as " + c.Refusals.Missed[i].What
			}
			for _, m := range slices.Concat(c.Rules.Missed, c.Branches.Missed, c.Refusals.Missed) {
				t.Errorf("%s/mapping.yaml:%d:%d: %s: missed: %s", service, m.Line, m.Col, m.To, m.What)
			}
		})
	}
}
