package mappings

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// sidecar is a case.yaml.
type sidecar struct {
	charset, sender, doc string
	received             time.Time
	wanted               []wantedPart
	warnings             []string // "path code", each once
}

// wantedPart is one part of the document, other than its body, that a case wants.
type wantedPart struct {
	key, value string
	at         pos
}

const sidecarKeys = "doc charset sender received legacy_id lane subject procedure officer unit warnings"

// caseReceived is when the messages of cases are received that do not say it.
func caseReceived() time.Time { return time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC) }

func readSidecar(fsys fs.FS, file string) (sidecar, error) {
	s := sidecar{sender: caseSender, received: caseReceived()}
	text, err := readBounded(fsys, file, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("read %s: %w", file, err)
	}
	rd := &reader{file: file}
	top, ok := rd.document(text)
	if !ok {
		return s, rd.problems
	}
	for _, e := range rd.entries(top, "case", sidecarKeys) {
		if e.key == "warnings" {
			s.warnings = rd.lines(e)
			continue
		}
		v, _ := rd.text(e)
		switch e.key {
		case "doc":
			s.doc = v
		case "charset":
			s.charset = v
		case "sender":
			s.sender = v
		case "received":
			s.received = rd.moment(e)
		default:
			s.wanted = append(s.wanted, wantedPart{e.key, v, e.at})
		}
	}
	if len(rd.problems) > 0 {
		return s, rd.problems
	}
	return s, nil
}

// lines reads a list of texts, each a path and a code.
func (rd *reader) lines(e entry) []string {
	if e.value.Kind != yaml.SequenceNode {
		rd.report(posOf(e.value), "%s: want a list of texts, each a path and a code", e.key)
		return nil
	}
	var all []string
	for _, n := range e.value.Content {
		n = target(n)
		if len(strings.Fields(n.Value)) != 2 {
			rd.report(posOf(n), "%s: want a path and a code, as in /KhaiSinh/Me/SoDDCN personal-id", e.key)
			continue
		}
		all = append(all, strings.Join(strings.Fields(n.Value), " "))
	}
	return all
}

// moment reads a day of Vietnam, of which it returns eight in the morning.
func (rd *reader) moment(e entry) time.Time {
	t, err := time.Parse(time.DateOnly, e.value.Value)
	if err != nil {
		rd.report(posOf(e.value), "%s: want a day, as in 2025-06-30", e.key)
	}
	return t.Add(8*time.Hour - vietnam)
}
