package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// lookEvery is how often a watched file is looked at.
const lookEvery = 300 * time.Millisecond

// maxWatched is how many files of a mapping are looked at.
const maxWatched = 10_000

// watch tries again whenever the file or the mapping has changed, until ctx ends.
// What goes wrong is shown and waited for to be mended.
func (t trier) watch(ctx context.Context) error {
	before := ""
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		if now := t.state(); now != before {
			before = now
			fmt.Fprintf(t.s.out, "\n──── %s ────\n", time.Now().Format(time.TimeOnly))
			if err := t.try(ctx); err != nil {
				fmt.Fprintln(t.s.out, err)
			}
			fmt.Fprintln(t.s.out, "\nWaiting for a change; Ctrl-C ends.")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// state changes with every file that a try depends on.
func (t trier) state() string {
	var b strings.Builder
	note := func(path string) {
		if info, err := os.Stat(path); err == nil {
			fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano())
		}
	}
	note(t.file)
	body, charset, err := t.read()
	if err != nil {
		return b.String()
	}
	place, err := t.place(body, charset)
	if err != nil || place.parent == "" {
		return b.String()
	}
	files := 0
	for _, folder := range []string{place.file(""), filepath.Join(place.parent, "codes")} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || files > maxWatched {
				return fs.SkipAll
			}
			if !d.IsDir() {
				files++
				note(path)
			}
			return nil
		})
		if err != nil {
			return b.String()
		}
	}
	return b.String()
}
