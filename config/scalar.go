package config

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// key is one key that a struct is written with.
type key struct {
	name  string
	field int
}

const fileSuffix = "_file"

// keysOf lists the keys of a struct, both twins of every secret among them.
func keysOf(t reflect.Type) []key {
	keys := make([]key, 0, t.NumField())
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("yaml")
		if name == "" {
			continue
		}
		keys = append(keys, key{name, i})
		if t.Field(i).Type == reflect.TypeFor[Secret]() {
			keys = append(keys, key{name + fileSuffix, i})
		}
	}
	return keys
}

func isFileKey(name string) bool { return strings.HasSuffix(name, fileSuffix) }

// isScalar reports whether a struct type is written as one value.
func isScalar(t reflect.Type) bool {
	return t == reflect.TypeFor[netip.Prefix]() || t == reflect.TypeFor[Date]() || t == reflect.TypeFor[Days]()
}

// setScalar reads text into v. The error is a remedy.
func setScalar(v reflect.Value, text string) error {
	switch v.Type() {
	case reflect.TypeFor[Date]():
		return v.Addr().Interface().(*Date).UnmarshalText([]byte(text))
	case reflect.TypeFor[Days]():
		return v.Addr().Interface().(*Days).UnmarshalText([]byte(text))
	case reflect.TypeFor[netip.Prefix]():
		p, err := parsePrefix(text)
		if err == nil {
			v.Set(reflect.ValueOf(p))
		}
		return err
	case reflect.TypeFor[Size]():
		size, err := ParseSize(text)
		if err == nil {
			v.SetInt(int64(size))
		}
		return err
	case reflect.TypeFor[time.Duration]():
		d, err := parseDuration(text)
		if err == nil {
			v.SetInt(int64(d))
		}
		return err
	}
	switch v.Kind() {
	case reflect.String:
		if strings.TrimSpace(text) != text {
			return errors.New("remove the space at its beginning or end")
		}
		v.SetString(text)
		return nil
	case reflect.Bool:
		if text != "true" && text != "false" {
			return errors.New("want true or false")
		}
		v.SetBool(text == "true")
		return nil
	case reflect.Int:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return errors.New("want a whole number below 2,147,483,648")
		}
		v.SetInt(n)
		return nil
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return errors.New("want a number, as in 20 or 0.5")
		}
		v.SetFloat(f)
		return nil
	default:
		return fmt.Errorf("no way is known to read a %s", v.Type())
	}
}

// parsePrefix reads a network and insists on its first address, because
// "10.0.0.5/8" is more often a slip than a wish.
func parsePrefix(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		return netip.Prefix{}, fmt.Errorf("want a network; for this one address write %s/%d", a, a.BitLen())
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, errors.New(`want a network in CIDR form, as in "10.29.11.0/24"`)
	}
	if p != p.Masked() {
		return netip.Prefix{}, fmt.Errorf("the address has bits beyond the mask; write %s", p.Masked())
	}
	return p, nil
}
