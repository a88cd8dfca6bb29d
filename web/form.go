package web

import (
	"slices"

	lgsp "lgsp.internal/adapter"
)

// form is the fields of a form and what is wrong with them. The templates
// "problems" and "fields" show it with labels, hints and a summary.
type form struct {
	Fields []*field
}

// field is one input of a form. Label and Hint are keys of texts when the form
// is made, and texts afterwards.
type field struct {
	Name     string
	Label    string
	Hint     string   // "" = none
	Type     string   // of the input: text, password, file, textarea, select; "" = text
	Value    string   // never that of a password
	Complete string   // autocomplete of the input; "" = off
	Max      int      // characters; 0 = 200
	Optional bool     // it may stay empty; where it has a hint, that says when
	Options  []option // of a select

	Problem string // what is wrong, a text
}

// option is one choice of a select.
type option struct{ Value, Text string }

// newForm makes a form of what is typed in this visit; a GET has the values of
// the fields themselves.
func (v *visit) newForm(fields ...field) *form {
	f := &form{}
	for _, one := range fields {
		one.Label = v.t(one.Label)
		if one.Hint != "" {
			one.Hint = v.t(one.Hint)
		}
		if one.Type == "" {
			one.Type = "text"
		}
		if one.Complete == "" {
			one.Complete = "off"
		}
		if one.Max == 0 {
			one.Max = 200
		}
		if v.form != nil && one.Type != "password" && one.Type != "file" {
			one.Value = v.form.Get(one.Name)
		}
		f.Fields = append(f.Fields, &one)
	}
	return f
}

// bad says what is wrong with a field; the first word counts. A field that the
// form does not have is told at its first.
func (f *form) bad(name, problem string) {
	i := max(0, slices.IndexFunc(f.Fields, func(one *field) bool { return one.Name == name }))
	if f.Fields[i].Problem == "" {
		f.Fields[i].Problem = problem
	}
}

// take says what an error of Kind Invalid found wrong, field by field. The texts
// have the keys prefix.path.code.
func (f *form) take(v *visit, prefix string, fields []lgsp.FieldError) {
	for _, one := range fields {
		f.bad(one.Path, v.t(prefix+"."+one.Path+"."+one.Code))
	}
}

// Problems returns the fields that something is wrong with.
func (f *form) Problems() (bad []*field) {
	for _, one := range f.Fields {
		if one.Problem != "" {
			bad = append(bad, one)
		}
	}
	return bad
}

func (f *form) wrong() bool { return len(f.Problems()) > 0 }
