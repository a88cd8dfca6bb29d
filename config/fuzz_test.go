package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzLoad holds Load to its promises for any file: it ends, it does not
// panic, every problem can be acted on, and what it took reads back.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(Example()))
	bad, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append(bad, "testdata/good.yaml") {
		if filepath.Base(name) == "alias-bomb.yaml" {
			continue // it takes its time, and its own test holds it
		}
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := read(filepath.Join(dir, "lgspd.yaml"), b, true)
		var problems Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Fatalf("the error is not problems: %v", err)
		}
		for _, p := range problems {
			if p.Remedy == "" || p.Text == "" || p.File == "" || strings.ContainsAny(p.String(), "\r\n") {
				t.Errorf("not one line that can be acted on: %q", p.String())
			}
		}
		c.Warnings(certStart)
		if _, problem := parse("again.yaml", []byte(c.String())); problem != nil {
			t.Errorf("what is printed cannot be read: %v\n%s", problem, c)
		}
	})
}
