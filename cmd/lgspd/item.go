package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/queue"
)

// printItems lists messages, two lines each: what it is, and behind an indent
// what became of it.
func printItems(w io.Writer, items []queue.Item) error {
	var table bytes.Buffer
	t := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SEQ\tID\tSTATE\tSENDER\tSERVICE")
	for _, it := range items {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\n", it.Seq, it.ID, it.State, it.Sender, it.Service)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	lines := bytes.SplitAfter(table.Bytes(), []byte("\n"))
	var text bytes.Buffer
	text.Write(lines[0])
	for i, it := range items {
		text.Write(lines[i+1])
		text.WriteString(wrapped(listWidth, "     ", "     ", story(it)))
	}
	_, err := text.WriteTo(w)
	return err
}

func story(it queue.Item) string {
	parts := []string{"received " + it.Received.Local().Format("2006-01-02 15:04")}
	if it.LegacyID != "" {
		parts = append(parts, "own id "+printable(it.LegacyID))
	}
	if it.Attempt > 0 {
		parts = append(parts, many(it.Attempt, "attempt", "attempts"))
	}
	if text := why(it); text != "-" {
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// printable returns a text that a stranger chose as it may be written to a
// terminal: in quotes, with escapes, if any letter of it would not be seen.
func printable(s string) string {
	if strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) && c != '\u00a0' }) || !utf8.ValidString(s) {
		return strconv.Quote(s)
	}
	return s
}

func why(it queue.Item) string {
	switch {
	case it.State == "queued" && it.After > 0:
		return fmt.Sprintf("waits for %d in its lane", it.After)
	case it.Kind != "" || it.Code != "":
		return strings.TrimSpace(it.Kind + " " + it.Code)
	}
	return "-"
}

// printMessage shows one message, its history, and what can be done with it.
func printMessage(w io.Writer, items []queue.Item, history []audit.Entry) error {
	for _, it := range items {
		if err := printItem(w, it); err != nil {
			return err
		}
	}
	if err := printHistory(w, history); err != nil {
		return err
	}
	for _, it := range items {
		if it.State == "parked" || it.State == "rejected" {
			if _, err := fmt.Fprintf(w, "\nNext: mend the cause, then lgspd queue replay --id %s --yes\n      or give it up: lgspd queue drop --id %s --yes\n", it.ID, it.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func printItem(w io.Writer, it queue.Item) error {
	state := it.State + " since " + it.Changed.Local().Format(time.DateTime)
	if it.Due != nil {
		state += ", due " + it.Due.Local().Format(time.DateTime)
	}
	payload := fmt.Sprintf("%d bytes, sealed", it.Bytes)
	if it.Bytes == 0 {
		payload = "deleted"
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{
		{"message", fmt.Sprintf("%s (number %d)", it.ID, it.Seq)}, {"state", state}, {"sender", it.Sender}, {"service", it.Service},
		{"upstream", it.Upstream}, {"own id", cmp.Or(printable(it.LegacyID), "-")}, {"received", it.Received.Local().Format(time.DateTime)},
		{"attempts", fmt.Sprint(it.Attempt)}, {"payload", payload}, {"why", why(it)},
	} {
		fmt.Fprintf(t, "%s\t%s\n", line[0], line[1])
	}
	for _, text := range []string{it.Reason, it.Error} {
		if text != "" {
			fmt.Fprintf(t, "\t%s\n", printable(text))
		}
	}
	return t.Flush()
}

func printHistory(w io.Writer, history []audit.Entry) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nENTRY\tTIME\tEVENT\tATTEMPT\tTOOK\tDETAIL")
	for _, e := range history {
		attempt, took := "-", "-"
		if e.Attempt > 0 {
			attempt = fmt.Sprint(e.Attempt)
		}
		if e.Took > 0 {
			took = fmt.Sprintf("%d ms", e.Took)
		}
		var detail []string
		for _, text := range []string{strings.TrimSpace(e.Kind + " " + e.Code), printable(e.Ref), e.Operator, printable(e.Detail)} {
			if text != "" {
				detail = append(detail, text)
			}
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\n", e.Seq, e.At.Local().Format(time.DateTime), e.Event, attempt, took, cmp.Or(strings.Join(detail, ", "), "-"))
	}
	return t.Flush()
}
