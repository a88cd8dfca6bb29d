package sandbox

import (
	"bytes"
	"net/http"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

// A call is what every request to the population database is.
type call struct {
	code      string   // MaYeuCau
	malformed string   // SOAP fault code, when the request is not even a call
	wrong     findings // what else is wrong
}

func malformed(faultCode, path, code string) call {
	return call{malformed: faultCode, wrong: findings{{path, code}}}
}

// openCall returns the element that a request calls the operation with, nil
// when it does not call it.
func openCall(body []byte, name string) (*etree.Element, call) {
	doc, err := strictxml.Parse(body, strictxml.Limits{})
	if err != nil {
		return nil, malformed("Client", "Thông điệp SOAP", codeSyntax)
	}
	return operation(doc.Root(), name)
}

// operation returns the one child of the SOAP body.
func operation(root *etree.Element, name string) (*etree.Element, call) {
	switch ns := root.NamespaceURI(); {
	case root.Tag != "Envelope":
		return nil, malformed("Client", "Envelope", codeMissing)
	case ns == soap12Namespace:
		return nil, malformed("VersionMismatch", "Envelope", codeNamespace)
	case ns != soapNamespace:
		return nil, malformed("Client", "Envelope", codeNamespace)
	}
	_, parts := content(root)
	if len(parts) == 2 && parts[0].Tag == "Header" && parts[0].NamespaceURI() == soapNamespace {
		parts = parts[1:]
	}
	if len(parts) != 1 || parts[0].Tag != "Body" || parts[0].NamespaceURI() != soapNamespace {
		return nil, malformed("Client", "Body", codeMissing)
	}
	_, calls := content(parts[0])
	switch {
	case len(calls) != 1 || calls[0].Tag != name:
		return nil, malformed("Client", name, codeMissing)
	case calls[0].NamespaceURI() != dancuNamespace:
		return nil, malformed("Client", name, codeNamespace)
	}
	return calls[0], call{}
}

// check checks what is written and that both places of the request code agree.
func (c *call) check(x *etree.Element, spec element, h http.Header) {
	c.code = childText(x, "MaYeuCau")
	checkElement("", x, spec, dancuNamespace, &c.wrong)
	if key := h.Get("Idempotency-Key"); key != "" && key != c.code {
		c.wrong.add("Idempotency-Key", codeConflict)
	}
}

// skimCall reads of a request only its code.
func skimCall(body []byte) call {
	c := call{code: skim(body, "MaYeuCau>")}
	if c.code == "" {
		c.wrong.add("MaYeuCau", codeMissing)
	}
	return c
}

// skim returns the text after the first start tag that ends with tail.
func skim(body []byte, tail string) string {
	_, rest, _ := bytes.Cut(body, []byte(tail))
	value, _, _ := bytes.Cut(rest, []byte("<"))
	return string(bytes.TrimSpace(value))
}
