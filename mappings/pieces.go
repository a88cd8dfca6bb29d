package mappings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

// piece is one value of a document, laid out for comparing.
type piece struct {
	path  string   // where it is: "data/tre/hoTen", "CongDan[2]/@So"
	names []string // the names on the way, for finding the rule that writes it
	text  string   // what is there
}

type layer struct{ pieces []piece }

func (l *layer) add(path string, names []string, text string) {
	l.pieces = append(l.pieces, piece{path, names, text})
}

// layJSON lays out JSON text. A string that is the JSON text of an object or a
// list is laid out too, so that a difference shows one value of it.
func layJSON(text []byte) ([]piece, error) {
	return layJSONAt(text, "", nil)
}

func layJSONAt(text []byte, path string, names []string) ([]piece, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	l := &layer{}
	if err := l.value(dec, path, names); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return l.pieces, nil
}

func (l *layer) value(dec *json.Decoder, path string, names []string) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return l.members(dec, path, names)
		}
		return l.entries(dec, path, names)
	case string:
		if strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[") {
			if inner, err := layJSONAt([]byte(v), path, names); err == nil {
				l.pieces = append(l.pieces, inner...)
				return nil
			}
		}
		l.add(path, names, strconv.Quote(v))
	case nil:
		l.add(path, names, "null")
	default:
		l.add(path, names, fmt.Sprint(v))
	}
	return nil
}

func (l *layer) members(dec *json.Decoder, path string, names []string) error {
	l.add(path, names, "an object")
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		name := fmt.Sprint(key)
		if err := l.value(dec, strings.TrimPrefix(path+"/"+name, "/"), append(slices.Clip(names), name)); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func (l *layer) entries(dec *json.Decoder, path string, names []string) error {
	l.add(path, names, "a list")
	for i := 1; dec.More(); i++ {
		if err := l.value(dec, path+"["+strconv.Itoa(i)+"]", names); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// layXML lays out an XML document. Prefixes, the order of attributes and white
// space between elements leave no trace.
func layXML(text []byte) ([]piece, error) {
	doc, err := strictxml.Parse(text, strictxml.Limits{})
	if err != nil {
		return nil, err
	}
	l := &layer{}
	l.element(doc.Root(), doc.Root().Tag, nil)
	return l.pieces, nil
}

func (l *layer) element(e *etree.Element, path string, names []string) {
	what := "an element"
	kids := e.ChildElements()
	if len(kids) == 0 {
		what = strconv.Quote(text(e))
	}
	if space := e.NamespaceURI(); space != "" {
		what += " of " + space
	}
	l.add(path, names, what)
	var attrs []piece
	for i := range e.Attr {
		a := &e.Attr[i]
		if a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns" {
			continue
		}
		name := "@" + a.Key
		attrs = append(attrs, piece{path + "/" + name, append(slices.Clip(names), name), strconv.Quote(a.Value)})
	}
	slices.SortFunc(attrs, func(a, b piece) int { return strings.Compare(a.path, b.path) })
	l.pieces = append(l.pieces, attrs...)
	seen := map[string]int{}
	for _, k := range kids {
		seen[k.Tag]++
		where := path + "/" + k.Tag
		if n := seen[k.Tag]; n > 1 {
			where += "[" + strconv.Itoa(n) + "]"
		}
		l.element(k, where, append(slices.Clip(names), k.Tag))
	}
}
