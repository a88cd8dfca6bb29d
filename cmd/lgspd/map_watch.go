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
	files, before := watchedFiles{trier: t, find: t.found}, ""
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		if now := files.state(); now != before {
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

// found returns the mapping that the file is tried with; none when there is none.
func (t trier) found() mappingPlace {
	body, charset, err := t.read()
	if err != nil {
		return mappingPlace{}
	}
	place, err := t.place(body, charset)
	if err != nil {
		return mappingPlace{}
	}
	return place
}

// watchedFiles are the files that a try depends on.
type watchedFiles struct {
	trier
	find  func() mappingPlace // costs a reading of everything that is shipped
	near  string
	place mappingPlace // that was found when near had changed
}

// state changes with every file that a try depends on.
func (w *watchedFiles) state() string {
	if near := w.nearby(); near != w.near {
		w.near, w.place = near, w.find()
	}
	if w.place.parent == "" {
		return w.near
	}
	var b strings.Builder
	b.WriteString(w.near)
	files := 0
	for _, folder := range []string{w.place.file(""), filepath.Join(w.place.parent, "codes")} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || files > maxWatched {
				return fs.SkipAll
			}
			if !d.IsDir() {
				files++
				noteFile(&b, path)
			}
			return nil
		})
		if err != nil {
			break
		}
	}
	return b.String()
}

// nearby changes with the files by which the mapping is found.
func (w *watchedFiles) nearby() string {
	var b strings.Builder
	noteFile(&b, w.file)
	if name := w.c.String("mapping"); name != "" {
		noteFile(&b, filepath.Join(name, "mapping.yaml"))
		return b.String()
	}
	for _, folder := range w.around() {
		noteFile(&b, filepath.Join(folder, "mapping.yaml"))
	}
	return b.String()
}

// noteFile adds what the file system tells of a file.
func noteFile(b *strings.Builder, path string) {
	if info, err := os.Stat(path); err == nil {
		fmt.Fprintln(b, path, info.Size(), info.ModTime().UnixNano())
	}
}
