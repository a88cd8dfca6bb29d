package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// narrator tells what goes on, with a line of progress where that can be shown.
type narrator struct {
	w        io.Writer
	terminal bool
	title    string
	began    time.Time
	drawn    time.Time
	open     bool // a line of progress stands
}

func newNarrator(w io.Writer) *narrator {
	n := &narrator{w: w}
	if f, ok := w.(*os.File); ok {
		_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
		n.terminal = err == nil
	}
	return n
}

const drawEvery = 100 * time.Millisecond

func (n *narrator) step(title string) {
	n.end()
	n.title, n.began = title, time.Now()
	fmt.Fprintf(n.w, "→ %s\n", title)
}

func (n *narrator) done() {
	n.end()
	fmt.Fprintf(n.w, "  ok, %s\n", time.Since(n.began).Round(time.Millisecond))
}

// progress redraws one line on a terminal and says nothing elsewhere.
func (n *narrator) progress(what string, have, of int) {
	if !n.terminal || have < of && time.Since(n.drawn) < drawEvery {
		return
	}
	n.drawn, n.open = time.Now(), true
	fmt.Fprintf(n.w, "\r\x1b[K    %s %d of %d", what, have, of)
}

func (n *narrator) line(format string, args ...any) {
	n.end()
	fmt.Fprintf(n.w, format+"\n", args...)
}

// end removes the line of progress.
func (n *narrator) end() {
	if n.open {
		fmt.Fprint(n.w, "\r\x1b[K")
		n.open = false
	}
}
