package mappings

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/internal/vntext"
)

// Sample is a message that its mapping takes, to send for a try.
type Sample struct {
	Service string
	Charset string
	Body    []byte

	legacyID string
	lane     string
}

// NewSample returns the first case of a service that is a SOAP message in
// UTF-8, maps, and holds its own id in one piece, so that With can exchange it.
func NewSample(fsys fs.FS, service string) (Sample, error) {
	m, problems, err := loadService(fsys, service)
	if err != nil {
		return Sample{}, err
	}
	if len(problems) > 0 {
		return Sample{}, problems
	}
	cases, err := fs.Glob(fsys, path.Join(service, "cases", "*", "in.xml"))
	if err != nil {
		return Sample{}, err
	}
	for _, in := range cases {
		body, err := fs.ReadFile(fsys, in)
		if err != nil {
			return Sample{}, fmt.Errorf("read a case: %w", err)
		}
		charset, err := vntext.Settle("", body, "")
		if err != nil || charset != vntext.UTF8 || !isEnvelope(body) {
			continue
		}
		d, err := m.Map(context.Background(), lgsp.Envelope{Service: service, Received: caseReceived(), Charset: charset, Body: body})
		if err == nil && d.LegacyID != "" && bytes.Contains(body, []byte(d.LegacyID)) {
			return Sample{Service: service, Charset: charset, Body: body, legacyID: d.LegacyID, lane: d.Lane}, nil
		}
	}
	return Sample{}, errors.New("service " + service + " has no case that is a SOAP message in UTF-8 and maps")
}

func isEnvelope(body []byte) bool {
	doc, err := strictxml.Parse(body, strictxml.Limits{})
	return err == nil && doc.Root().Tag == "Envelope"
}

// With returns the sample as another message: with another own id, and in
// another lane if the lane is not "".
func (s Sample) With(legacyID, lane string) []byte {
	body := bytes.ReplaceAll(s.Body, []byte(s.legacyID), []byte(legacyID))
	if lane != "" && s.lane != "" && s.lane != s.legacyID {
		body = bytes.ReplaceAll(body, []byte(s.lane), []byte(lane))
	}
	return body
}
