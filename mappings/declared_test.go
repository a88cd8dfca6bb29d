package mappings

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	lgsp "lgsp.internal/adapter"
)

const declaredRules = `
fields:
  - {from: Nguoi/Ten, to: ten, required: true}
  - {from: Nguoi/@ma, to: ma, pattern: "[0-9]{3}"}
  - {from: k:Ngay, to: ngay, date: {in: dd/MM/yyyy, out: yyyy-MM-dd}}
  - to: con
    each: Con
    fields:
      - {from: Ten, to: ten, required: true, length: 5}
`

func strictMapping(t testing.TB) *Mapping {
	return mappingOf(t, strings.Replace(jsonHead, "root: A,", "root: A, unknown: refuse,", 1)+declaredRules)
}

func TestAPathIsDeclaredUpToTheLastStepThatARuleNames(t *testing.T) {
	m := strictMapping(t)
	for path, want := range map[string]string{
		"/A":                               "/A",
		"/A/Nguoi/Ten":                     "/A/Nguoi/Ten",
		"/A/Nguoi/@ma":                     "/A/Nguoi/@ma",
		"/A/k:Ngay":                        "/A/k:Ngay",
		"/A/Con[12]/Ten":                   "/A/Con/Ten",
		"/A/Con[1]":                        "/A/Con",
		"/A/Nguoi/NguyenThiMau":            "/A/Nguoi",
		"/A/Nguoi/@nguyen-thi-mau":         "/A/Nguoi",
		"/A/NguyenThiMau/Ten":              "/A",
		"/A/Nguoi/Ten/NguyenThiMau":        "/A/Nguoi/Ten",
		"/A/Nguoi[079000000001]/Ten":       "/A/Nguoi/Ten",
		"/NguyenThiMau":                    "",
		"NguyenThiMau":                     "",
		"A/Nguoi":                          "",
		"":                                 "",
		"/":                                "",
		"[":                                "",
		"/A/Nguoi/Ten[NguyenThiMau":        "/A/Nguoi/Ten",
		"/A/Con[1]Mau[2]/Ten":              "/A",
		"/A/" + strings.Repeat("x/", 9000): "/A",
	} {
		if got := m.Declared(path); got != want {
			t.Errorf("%.40q is declared as %q, want %q", path, got, want)
		}
	}
}

// Whatever a sender sends, what its mistakes are filed under was written by
// whoever wrote the mapping.
func TestEveryDeclaredPathStandsInTheMapping(t *testing.T) {
	m := strictMapping(t)
	form := regexp.MustCompile(`^/A(/Nguoi(/Ten|/@ma)?|/k:Ngay|/Con(/Ten)?)?$`)
	random := rand.New(rand.NewPCG(1, 2))
	names := []string{"Nguoi", "Ten", "k:Ngay", "Con", "NguyenThiMau", "Số-079000000001"}
	var write func(depth int) string
	write = func(depth int) string {
		var b strings.Builder
		for range random.IntN(4) {
			name, attr := names[random.IntN(len(names))], ""
			if random.IntN(3) == 0 {
				attr = fmt.Sprintf(` nguyen%d="079000000001"`, random.IntN(3))
			}
			inside := "079000000001"
			if depth < 3 {
				inside = write(depth + 1)
			}
			b.WriteString("<" + name + attr + ">" + inside + "</" + name + ">")
		}
		return b.String()
	}
	wrong := 0
	for range 2000 {
		body := a(write(0))
		_, err := mapIt(m, body)
		var e *lgsp.Error
		if !errors.As(err, &e) {
			continue
		}
		for _, f := range e.Fields {
			wrong++
			if got := m.Declared(f.Path); got != "" && !form.MatchString(got) {
				t.Fatalf("%s: %s is declared as %q", body, f.Path, got)
			}
			if f.Code != codeUnknown && m.Declared(f.Path) != withoutIndexes(f.Path) {
				t.Fatalf("%s: %s %s is declared as %q", body, f.Path, f.Code, m.Declared(f.Path))
			}
		}
	}
	if wrong < 1000 {
		t.Errorf("only %d fields were wrong", wrong)
	}
}

func TestAMappingWithAPluginDeclaresWhatItReadsItself(t *testing.T) {
	m := mappingOf(t, pluggedHead+"id: {from: MaHoSo}\n")
	for path, want := range map[string]string{"/A/MaHoSo": "/A/MaHoSo", "/A/NguyenThiMau": "/A", "/NguyenThiMau": ""} {
		if got := m.Declared(path); got != want {
			t.Errorf("%s is declared as %q, want %q", path, got, want)
		}
	}
}

func TestALiveMappingDeclaresWhatItsVersionOfTheMomentDoes(t *testing.T) {
	l := NewLive(&Version{Mapping: mappingOf(t, pluggedHead+"id: {from: Cu}\n")})
	was := l.Declared("/A/Cu")
	l.Replace(&Version{Mapping: mappingOf(t, pluggedHead+"id: {from: Moi}\n")})
	if got := []string{was, l.Declared("/A/Cu"), l.Declared("/A/Moi")}; !slices.Equal(got, []string{"/A/Cu", "/A", "/A/Moi"}) {
		t.Errorf("declared: %q", got)
	}
}
