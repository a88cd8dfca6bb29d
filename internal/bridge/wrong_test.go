package bridge_test

import (
	"fmt"
	"strings"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
)

// form is a mapper that finds the given fields wrong, and declares paths as a
// mapping does: those below /Thu/khai.
type form struct{ fields []lgsp.FieldError }

func (f form) Map(lgsp.Envelope) (lgsp.Document, error) {
	return lgsp.Document{}, &lgsp.Error{Kind: lgsp.Invalid, Code: "Invalid", Text: "Thông điệp thử có trường sai; hãy sửa lại.", Fields: f.fields}
}

type declaring struct {
	mapper
	declared func(string) string
}

func (d declaring) Declared(path string) string { return d.declared(path) }

func asItIs(path string) string { return path }

// recorded sends a message in which the fields are wrong and returns what the
// record says of them.
func recorded(t *testing.T, m lgsp.Mapper) audit.Entry {
	t.Helper()
	r := newRig(t, func(r *rig) { r.opt.Services[0].Mapper = m })
	_, err := r.b.Accept(t.Context(), letter("HS-1", "", "x"))
	refused(t, err, lgsp.Invalid, "Invalid")
	entries := r.record(audit.Rejected)
	if len(entries) != 1 {
		t.Fatalf("on record: %+v", entries)
	}
	return entries[0]
}

func bad(paths ...string) form {
	var f form
	for _, p := range paths {
		f.fields = append(f.fields, lgsp.FieldError{Path: p, Code: "missing"})
	}
	return f
}

func TestWrongFieldsComeOnRecordAsTheMappingDeclaresThem(t *testing.T) {
	f := bad("/Thu/Ten", "/Thu/Con[1]/Ten", "/Thu/Con[2]/Ten", "/Thu/@ma", "/la/NguyenThiMau")
	e := recorded(t, declaring{mapper(f.Map), func(path string) string {
		if strings.HasPrefix(path, "/la/") {
			return ""
		}
		return strings.NewReplacer("[1]", "", "[2]", "").Replace(path)
	}})
	if e.Fields != "/Thu/Ten /Thu/Con/Ten /Thu/@ma" {
		t.Errorf("fields on record: %q", e.Fields)
	}
}

// The name of an element may be the name of a citizen.
func TestTheNameOfAnUndeclaredElementIsNotOnRecord(t *testing.T) {
	f := form{[]lgsp.FieldError{{Path: "/Thu/Nguoi/NguyenThiMau", Code: "unknown"}, {Path: "/NguyenThiMau", Code: "unknown"}, {Path: "NguyenThiMau", Code: "unknown"}}}
	if e := recorded(t, declaring{mapper(f.Map), asItIs}); e.Fields != "/Thu/Nguoi" {
		t.Errorf("fields on record: %q", e.Fields)
	}
}

func TestAMapperThatDeclaresNothingPutsNoFieldOnRecord(t *testing.T) {
	if e := recorded(t, mapper(bad("/Thu/Ten").Map)); e.Fields != "" {
		t.Errorf("fields on record: %q", e.Fields)
	}
}

func TestOnlyWhatLooksLikeAPathComesOnRecord(t *testing.T) {
	f := bad("", "/Thu/Họ tên", "/Thu/Ten\n", "/Thu/<Ten>", "/Thu/\"", "/Thu/a,b", "/Thu/\xff", "/"+strings.Repeat("a", 200), "/Thu/Số-1.a_b:c", "/"+strings.Repeat("b", 199))
	if e := recorded(t, declaring{mapper(f.Map), asItIs}); e.Fields != "/Thu/Số-1.a_b:c /"+strings.Repeat("b", 199) {
		t.Errorf("fields on record: %q", e.Fields)
	}
}

func TestNoMoreThanTwentyFieldsComeOnRecord(t *testing.T) {
	var paths []string
	for i := range 50 {
		paths = append(paths, fmt.Sprint("/Thu/", i))
	}
	e := recorded(t, declaring{mapper(bad(paths...).Map), asItIs})
	if got := strings.Fields(e.Fields); len(got) != 20 || got[19] != "/Thu/19" {
		t.Errorf("fields on record: %q", e.Fields)
	}
}
