package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// maxNodes bounds what aliases can make of a file: every use of one counts.
const maxNodes = 200_000

// decoder fills a Config from a tree of YAML nodes. It goes on after a
// problem, so that all are listed, and notes where each key stands.
//
// A library's strict mode stops short of that: it keeps no positions of the
// keys that it accepts, which Validate needs, and quotes values, which may be
// secrets.
type decoder struct {
	file      string
	positions map[string]Pos
	excused   map[string]bool // keys whose value is not what the file meant to say
	nodes     int
	problems  Problems
}

// bad lists a problem with the value of a key, which so is not looked at again.
func (d *decoder) bad(path string, n *yaml.Node, text, remedy string) {
	d.excused[path] = true
	d.badKey(path, n, text, remedy)
}

// badKey lists a problem with a key in the group at path.
func (d *decoder) badKey(path string, n *yaml.Node, text, remedy string) {
	if len(d.problems) > maxProblems {
		return
	}
	d.problems = append(d.problems, Problem{Pos: d.pos(n), Key: path, Text: text, Remedy: remedy})
}

func (d *decoder) pos(n *yaml.Node) Pos { return Pos{File: d.file, Line: n.Line, Col: n.Column} }

// value decodes n into v, which keeps what it held where n is null.
func (d *decoder) value(path string, n *yaml.Node, v reflect.Value) {
	d.nodes++
	if d.nodes > maxNodes {
		if d.nodes == maxNodes+1 {
			d.bad(path, n, fmt.Sprintf("the file unfolds to more than %d values", maxNodes), "write fewer aliases")
		}
		return
	}
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Style&yaml.TaggedStyle != 0 {
		d.bad(path, n, "tags are not read here", "remove the word that begins with !")
		return
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(newValue(v.Type().Elem()).Addr())
		d.value(path, n, v.Elem())
	case reflect.Struct:
		d.structure(path, n, v)
	case reflect.Slice:
		d.list(path, n, v)
	case reflect.Map:
		d.table(path, n, v)
	default:
		d.scalar(path, n, v)
	}
}

// newValue returns an addressable value of type t that holds its defaults.
func newValue(t reflect.Type) reflect.Value {
	p := reflect.New(t)
	if x, ok := p.Interface().(interface{ setDefaults() }); ok {
		x.setDefaults()
	}
	return p.Elem()
}

func (d *decoder) structure(path string, n *yaml.Node, v reflect.Value) {
	if isScalar(v.Type()) {
		d.scalar(path, n, v)
		return
	}
	if n.Kind != yaml.MappingNode {
		d.bad(path, n, "a group of keys is expected here", "write its keys below it, indented")
		return
	}
	names := keysOf(v.Type())
	d.pairs(path, n, func(at string, key, value *yaml.Node) {
		field := -1
		for _, k := range names {
			if k.name == key.Value {
				field = k.field
			}
		}
		if field < 0 {
			all := make([]string, len(names))
			for i, k := range names {
				all[i] = k.name
			}
			d.excused[join(path, nearest(key.Value, all))] = true
			d.badKey(path, key, "unknown key "+quote(key.Value), hint(key.Value, all))
			return
		}
		if secret, ok := v.Field(field).Addr().Interface().(*Secret); ok {
			d.secret(at, key, value, secret)
			return
		}
		d.value(at, value, v.Field(field))
	})
}

// pairs calls do for every key of a mapping, once for each key.
func (d *decoder) pairs(path string, n *yaml.Node, do func(at string, key, value *yaml.Node)) {
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Value == "" {
			d.badKey(path, key, "a key has to be a word", "write it as name: value")
			continue
		}
		if key.Tag == "!!merge" {
			d.badKey(path, key, "merge keys (<<) are not read", "write the keys out")
			continue
		}
		if line, ok := seen[key.Value]; ok {
			d.badKey(path, key, fmt.Sprintf("the key %s stands already on line %d", quote(key.Value), line), "keep one of them")
			continue
		}
		seen[key.Value] = key.Line
		at := join(path, key.Value)
		d.positions[at] = d.pos(key)
		do(at, key, value)
	}
}

func (d *decoder) list(path string, n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		d.bad(path, n, "a list is expected here", "write [a, b], or one entry a line after a -")
		return
	}
	out := reflect.Zero(v.Type())
	for i, one := range n.Content {
		if d.nodes > maxNodes {
			break
		}
		at := path + "[" + strconv.Itoa(i) + "]"
		d.positions[at] = d.pos(one)
		if one.Kind == yaml.ScalarNode && one.Tag == "!!null" {
			d.bad(at, one, "the entry is empty", "fill it or remove it")
		}
		entry := newValue(v.Type().Elem())
		d.value(at, one, entry)
		out = reflect.Append(out, entry)
	}
	v.Set(out)
}

func (d *decoder) table(path string, n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.MappingNode {
		d.bad(path, n, "a group of keys is expected here", "write its keys below it, indented")
		return
	}
	if len(n.Content) == 0 {
		return
	}
	out := reflect.MakeMap(v.Type())
	d.pairs(path, n, func(at string, key, value *yaml.Node) {
		entry := newValue(v.Type().Elem())
		d.value(at, value, entry)
		out.SetMapIndex(reflect.ValueOf(key.Value), entry)
	})
	v.Set(out)
}

// secret decodes both `k: text` and `k_file: path`. Its problems never quote
// the value.
func (d *decoder) secret(at string, key, value *yaml.Node, s *Secret) {
	d.nodes++
	for value.Kind == yaml.AliasNode {
		value = value.Alias
	}
	if value.Kind == yaml.ScalarNode && value.Tag == "!!null" {
		return
	}
	if value.Kind == yaml.ScalarNode && value.Value == "" {
		return
	}
	text, remedy := "", ""
	switch {
	case value.Kind != yaml.ScalarNode || value.Style&yaml.TaggedStyle != 0 || hasControl(value.Value):
		text, remedy = "a text on one line is expected here", "write it in quotes"
	case s.text != nil || s.file != "":
		text, remedy = "the secret is given twice", "keep the one that ends in _file"
	}
	if text != "" {
		d.bad(at, key, text, remedy)
		d.excused[strings.TrimSuffix(at, fileSuffix)] = true
		return
	}
	if isFileKey(key.Value) {
		s.file = value.Value
		return
	}
	*s = NewSecret(value.Value)
}

func (d *decoder) scalar(path string, n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		d.bad(path, n, "one value is expected here, not a list or a group of keys", "write it after the colon")
		return
	}
	if hasControl(n.Value) {
		d.bad(path, n, "the value holds a line break or a control character", "write it on one line")
		return
	}
	if err := setScalar(v, n.Value); err != nil {
		d.bad(path, n, quote(n.Value)+" cannot be read", err.Error())
	}
}

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }

// join makes the path of a key.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
