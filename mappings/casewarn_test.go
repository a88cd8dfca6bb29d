package mappings

import (
	"strings"
	"testing"
)

const checkedMapping = jsonHead + "fields:\n  - {to: b, from: B, check: personal-id}\n  - {to: c, each: C, check: personal-id}\n"

func TestACaseSaysWhatItsSenderIsWarnedOf(t *testing.T) {
	files := map[string]string{
		"a/mapping.yaml":         checkedMapping,
		"a/cases/good/in.xml":    a("<B>x</B><C>079195000001</C><C>y</C>"),
		"a/cases/good/want.json": `{"b":"x","c":["079195000001","y"]}`,
	}
	for _, tt := range []struct{ name, side, want string }{
		{"all of them, in any order", "warnings:\n  - /A/C[2]   personal-id\n  - /A/B personal-id\n", ""},
		{"not all", "warnings: [/A/B personal-id]\n", "got the warning /A/C[2] personal-id, which is not wanted (a/mapping.yaml:7:5)"},
		{"none", "doc: Thử\n", "got the warning /A/B personal-id, which is not wanted (a/mapping.yaml:6:5)\ngot the warning /A/C[2] personal-id, which is not wanted (a/mapping.yaml:7:5)"},
		{"another", "warnings: [/A/B personal-id, \"/A/C[1] personal-id\", \"/A/C[2] personal-id\"]\n", "want the warning /A/C[1] personal-id, which was not reported (a/mapping.yaml:7:5)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files["a/cases/good/case.yaml"] = tt.side
			r := runSmall(t, files)
			if got := strings.Join(r.Diffs, "\n"); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestACaseSaysOnWhichDayItsMessageCame(t *testing.T) {
	files := map[string]string{
		"a/mapping.yaml":         jsonHead + "fields:\n  - {to: b, from: B, codes: {table: ten-tinh.csv}}\n",
		"a/cases/good/in.xml":    a("<B>Bắc Ninh</B>"),
		"a/cases/good/want.json": `{"b":"27"}`,
		"a/cases/good/case.yaml": "received: 2025-06-30\n",
	}
	if r := runSmall(t, files); !r.OK() {
		t.Errorf("got %v", r.Diffs)
	}
	delete(files, "a/cases/good/case.yaml")
	if r := runSmall(t, files); len(r.Diffs) != 1 || !strings.HasPrefix(r.Diffs[0], `b: want "27", got "24"`) {
		t.Errorf("got %v", r.Diffs)
	}
}

func TestFaultyWarningsAndDaysOfACaseAreReported(t *testing.T) {
	for side, want := range map[string]string{
		"warnings: /A/B personal-id\n":           "a/cases/good/case.yaml:1:11: warnings: want a list of texts, each a path and a code",
		"warnings: [/A/B, /A/B personal-id x]\n": "a/cases/good/case.yaml:1:12: warnings: want a path and a code, as in /KhaiSinh/Me/SoDDCN personal-id\na/cases/good/case.yaml:1:18: warnings: want a path and a code, as in /KhaiSinh/Me/SoDDCN personal-id",
		"received: 30/06/2025\n":                 "a/cases/good/case.yaml:1:11: received: want a day, as in 2025-06-30",
	} {
		_, err := RunCases(small(map[string]string{"a/cases/good/case.yaml": side}), "a")
		if err == nil || err.Error() != want {
			t.Errorf("%s: got\n%v\nwant\n%s", side, err, want)
		}
	}
}

// A sample has to map on the day of cases, whatever the day is on which it is taken.
func TestASampleIsReceivedOnTheDayOfCases(t *testing.T) {
	files := map[string]string{
		"a/mapping.yaml":         jsonHead + "id: M\nfields:\n  - {to: b, from: B, codes: {table: tinh-34.csv}}\n",
		"a/cases/good/in.xml":    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + a("<M>HS-1</M><B>24</B>") + `</s:Body></s:Envelope>`,
		"a/cases/good/want.json": `{"b":"24"}`,
	}
	if _, err := NewSample(small(files), "a"); err != nil {
		t.Error(err)
	}
}
