package config

import (
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"
)

// String writes the effective configuration as YAML, with *** for secrets.
func (c Config) String() string {
	b, err := yaml.Dump(c, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err != nil {
		return "the configuration cannot be written: " + err.Error()
	}
	return string(b)
}

// MarshalYAML gives the effective configuration with *** for secrets, file
// names for those that came from files, and times and sizes as they are
// written in the file.
func (c Config) MarshalYAML() (any, error) { return node(reflect.ValueOf(c)), nil }

// node makes the YAML of v. What is not there, as an upstream's c06, is left
// out.
func node(v reflect.Value) *yaml.Node {
	switch x := v.Interface().(type) {
	case time.Duration:
		return text(formatDuration(x))
	case Size:
		return text(x.String())
	case float64:
		return plain(strconv.FormatFloat(x, 'f', -1, 64))
	case bool:
		return plain(strconv.FormatBool(x))
	case int:
		return plain(strconv.Itoa(x))
	case string:
		return text(withoutPassword(x))
	case fmt.Stringer:
		if isScalar(v.Type()) {
			return text(x.String())
		}
	case map[string]string:
		return headers(x)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return node(v.Elem())
	case reflect.Slice:
		return list(v)
	case reflect.Map:
		return table(v)
	default:
		return structure(v)
	}
}

func structure(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := range v.NumField() {
		name, f := v.Type().Field(i).Tag.Get("yaml"), v.Field(i)
		if name == "" || f.Kind() == reflect.Pointer && f.IsNil() {
			continue
		}
		secret, ok := f.Interface().(Secret)
		switch {
		case !ok:
			n.Content = append(n.Content, text(name), node(f))
		case secret.file != "":
			n.Content = append(n.Content, text(name+fileSuffix), text(secret.file))
		case !secret.IsZero():
			n.Content = append(n.Content, text(name), text(masked))
		}
	}
	return n
}

func list(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if v.Len() == 0 || v.Type().Elem().Kind() == reflect.String || isScalar(v.Type().Elem()) {
		n.Style = yaml.FlowStyle
	}
	for i := range v.Len() {
		n.Content = append(n.Content, node(v.Index(i)))
	}
	return n
}

func table(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, key := range slices.Sorted(maps.Keys(byName(v))) {
		n.Content = append(n.Content, text(key), node(v.MapIndex(reflect.ValueOf(key))))
	}
	return n
}

func byName(v reflect.Value) map[string]reflect.Value {
	out := make(map[string]reflect.Value, v.Len())
	for it := v.MapRange(); it.Next(); {
		out[it.Key().String()] = it.Value()
	}
	return out
}

// headers masks those that look like secrets, which Validate refuses; the
// configuration may be printed because it is refused.
func headers(h map[string]string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		value := h[name]
		if secretHeader.MatchString(name) {
			value = masked
		}
		n.Content = append(n.Content, text(name), text(value))
	}
	return n
}

// withoutPassword masks the password in an address.
func withoutPassword(s string) string {
	if u, err := url.Parse(s); err == nil && u.User != nil {
		u.User = url.User(masked)
		return u.String()
	}
	return s
}

func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	return n
}

func plain(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }
