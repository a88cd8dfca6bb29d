package layout

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"lgsp.internal/adapter/report"
)

// Format of the JSON of a paper. It grows when a field changes its meaning.
const jsonFormat = 1

// mostJSON bounds what ReadJSON reads.
const mostJSON = 64 << 20

// paperFile is a paper as JSON.
type paperFile struct {
	Format int `json:"format"`
	Paper
}

func writeJSON(w io.Writer, p Paper) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(paperFile{jsonFormat, p}); err != nil {
		return fmt.Errorf("writing a report as JSON: %w", err)
	}
	return nil
}

// ReadJSON reads the JSON that Write writes, of at most 64 MiB. A field that is
// not known, is there twice or has another type is an error, as is anything
// behind the object.
func ReadJSON(r io.Reader) (Paper, error) {
	b, err := io.ReadAll(io.LimitReader(r, mostJSON+1))
	if err != nil {
		return Paper{}, fmt.Errorf("reading a report: %w", err)
	}
	if len(b) > mostJSON {
		return Paper{}, fmt.Errorf("reading a report: it is longer than %d bytes", mostJSON)
	}
	if err := unique(b); err != nil {
		return Paper{}, fmt.Errorf("reading a report: %w", err)
	}
	var f paperFile
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return Paper{}, fmt.Errorf("reading a report: %w", err)
	}
	switch p := f.Report.Period; {
	case f.Format != jsonFormat:
		return Paper{}, fmt.Errorf("reading a report: its format is %d, this program knows %d", f.Format, jsonFormat)
	case f.Report.Format != report.Format:
		return Paper{}, fmt.Errorf("reading a report: the format of its figures is %d, this program knows %d", f.Report.Format, report.Format)
	case p.From != f.Report.From || p.To != f.Report.To:
		return Paper{}, errors.New("reading a report: its days are not those of its period")
	}
	return f.Paper, nil
}

// deepest is how deep a paper's JSON is nested at most.
const deepest = 16

// unique reports an object that has a key twice, of which a reader would keep
// one and another reader the other, and whatever stands behind the first value.
func unique(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := uniqueValue(d, 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind it")
	}
	return nil
}

func uniqueValue(d *json.Decoder, depth int) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	opening, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	if depth == deepest {
		return errors.New("it is nested too deep")
	}
	seen := map[string]bool{}
	for d.More() {
		if opening == '{' {
			key, err := d.Token()
			if err != nil {
				return err
			}
			name, _ := key.(string)
			if seen[name] {
				return fmt.Errorf("it has %q twice", name)
			}
			seen[name] = true
		}
		if err := uniqueValue(d, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}
