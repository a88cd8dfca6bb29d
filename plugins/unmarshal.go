package plugins

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	lgsp "lgsp.internal/adapter"
)

// The namespaces of SOAP 1.1 and SOAP 1.2 envelopes.
const (
	soap11 = "http://schemas.xmlsoap.org/soap/envelope/"
	soap12 = "http://www.w3.org/2003/05/soap-envelope"
)

// Unmarshal reads a message into v as package encoding/xml does: the one child
// of the SOAP body where the message came inside an envelope, else its root.
//
// It fails when the element is not what v wants, as with text where a number
// must be. A mapper that wants to tell its sender which field that is reads
// texts and looks at them itself.
func Unmarshal(e lgsp.Envelope, v any) error {
	d := xml.NewDecoder(bytes.NewReader(e.Body))
	start, err := nextElement(d)
	if err != nil {
		return fmt.Errorf("read a message: %w", err)
	}
	if space := start.Name.Space; start.Name.Local == "Envelope" && (space == soap11 || space == soap12) {
		if start, err = insideBody(d, space); err != nil {
			return fmt.Errorf("read a message: %w", err)
		}
	}
	if err := d.DecodeElement(v, &start); err != nil {
		return fmt.Errorf("read a message: %w", err)
	}
	return nil
}

// insideBody returns the start of the first element of the SOAP body.
func insideBody(d *xml.Decoder, space string) (xml.StartElement, error) {
	for {
		part, err := nextElement(d)
		if err != nil {
			return part, err
		}
		if part.Name == (xml.Name{Space: space, Local: "Body"}) {
			return nextElement(d)
		}
		if err := d.Skip(); err != nil {
			return part, err
		}
	}
}

// nextElement returns the next start of an element, and fails where the element
// around it ends before.
func nextElement(d *xml.Decoder) (xml.StartElement, error) {
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, io.ErrUnexpectedEOF
		}
		if err != nil {
			return xml.StartElement{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return t, nil
		case xml.EndElement:
			return xml.StartElement{}, fmt.Errorf("%s holds no element", t.Name.Local)
		}
	}
}
