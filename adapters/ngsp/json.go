package ngsp

import (
	"bytes"
	"encoding/json"
	"strings"
)

// readJSON reads one JSON object or string. A key that is there twice gives two
// nodes, so that an answer cannot say one thing and then another.
func readJSON(b []byte) (node, error) {
	if !json.Valid(b) {
		return node{}, errNotJSON
	}
	if b[0] != '{' && b[0] != '"' {
		return node{}, nil
	}
	r := jsonReader{b: b}
	kids, err := r.value(make([]node, 0, 1), "", 0)
	if err != nil || len(kids) != 1 {
		return node{}, err
	}
	return kids[0], nil
}

// jsonReader walks JSON that is known to be valid.
type jsonReader struct {
	b     []byte
	at    int
	nodes int
}

// value appends the next value to kids under name; the members of an array
// become one node each, as elements that repeat do in XML.
func (r *jsonReader) value(kids []node, name string, depth int) ([]node, error) {
	if r.nodes++; r.nodes > maxNodes {
		return nil, errTooMany
	}
	if depth > maxJSONDepth {
		return nil, errTooDeep
	}
	switch r.peek() {
	case '{':
		r.at++
		return r.object(kids, name, depth)
	case '[':
		r.at++
		return r.array(kids, name, depth)
	case '"':
		text, err := r.text()
		return append(kids, node{name: name, text: strings.TrimSpace(text), leaf: true}), err
	}
	text := r.literal()
	if text == "null" {
		text = ""
	}
	return append(kids, node{name: name, text: text, leaf: true}), nil
}

func (r *jsonReader) array(kids []node, name string, depth int) ([]node, error) {
	for r.peek() != ']' {
		var err error
		if kids, err = r.value(kids, name, depth+1); err != nil {
			return nil, err
		}
		r.comma()
	}
	r.at++
	return kids, nil
}

func (r *jsonReader) object(siblings []node, name string, depth int) ([]node, error) {
	n := node{name: name}
	for r.peek() != '}' {
		key, err := r.text()
		if err != nil {
			return nil, err
		}
		r.peek()
		r.at++ // the colon
		if n.kids == nil {
			n.kids = make([]node, 0, 4)
		}
		if n.kids, err = r.value(n.kids, localName(key), depth+1); err != nil {
			return nil, err
		}
		r.comma()
	}
	r.at++
	return append(siblings, n), nil
}

// peek goes to the next byte that is not white space.
func (r *jsonReader) peek() byte {
	for r.b[r.at] == ' ' || r.b[r.at] == '\n' || r.b[r.at] == '\t' || r.b[r.at] == '\r' {
		r.at++
	}
	return r.b[r.at]
}

func (r *jsonReader) comma() {
	if r.peek() == ',' {
		r.at++
	}
}

func (r *jsonReader) text() (string, error) {
	r.peek()
	begin := r.at
	for r.at++; r.b[r.at] != '"'; r.at++ {
		if r.b[r.at] == '\\' {
			r.at++
		}
	}
	r.at++
	quoted := r.b[begin:r.at]
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1]), nil
	}
	var s string
	err := json.Unmarshal(quoted, &s)
	return s, err
}

func (r *jsonReader) literal() string {
	begin := r.at
	for r.at < len(r.b) && bytes.IndexByte([]byte(",]} \t\r\n"), r.b[r.at]) < 0 {
		r.at++
	}
	return string(r.b[begin:r.at])
}
