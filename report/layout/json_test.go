package layout_test

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"testing"

	"lgsp.internal/adapter/report/layout"
)

func TestAPaperIsReadBackAsItWas(t *testing.T) {
	for name, make := range fixtures {
		p := make()
		file := written(t, layout.JSON, p)
		got, err := layout.ReadJSON(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if again := written(t, layout.JSON, got); !bytes.Equal(file, again) {
			t.Errorf("%s: written again it differs", name)
		}
		if !reflect.DeepEqual(got.Report, p.Report) {
			t.Errorf("%s: the report differs", name)
		}
	}
}

func TestJSONThatIsNotAPapersIsRefused(t *testing.T) {
	file := string(written(t, layout.JSON, province()))
	change := func(old, new string) string {
		if !strings.Contains(file, old) {
			t.Fatalf("no %q", old)
		}
		return strings.Replace(file, old, new, 1)
	}
	for name, bad := range map[string]string{
		"nothing":                 "",
		"half":                    file[:len(file)/2],
		"something behind":        file + "{}",
		"an unknown field":        change(`"format": 1,`, `"format": 1, "formats": 1,`),
		"a field twice":           change(`"over": true,`, `"over": true, "over": false,`),
		"another format":          change(`"format": 1,`, `"format": 2,`),
		"other figures":           strings.Replace(file, `"report": {`+"\n    \"format\": 1", `"report": {`+"\n    \"format\": 7", 1),
		"a number that is a text": change(`"seq": 1284511`, `"seq": "1284511"`),
		"a fraction":              change(`"seq": 1284511`, `"seq": 1.5`),
		"days of another period":  change(`"from": "2025-12-15"`, `"from": "2025-12-16"`),
		"a day that is none":      change(`"from": "2025-12-15"`, `"from": "2025-02-30"`),
		"too deep":                change(`"over": true`, `"over": `+strings.Repeat("[", 40<<20)),
	} {
		if _, err := layout.ReadJSON(strings.NewReader(bad)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

// endless is JSON that does not end.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestJSONIsReadToABound(t *testing.T) {
	if _, err := layout.ReadJSON(io.MultiReader(strings.NewReader("{"), endless{})); err == nil || !strings.Contains(err.Error(), "longer") {
		t.Errorf("got %v", err)
	}
}

func FuzzReadJSON(f *testing.F) {
	for _, make := range fixtures {
		f.Add(written(f, layout.JSON, make()))
	}
	f.Add([]byte(`{"format":1,"report":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := layout.ReadJSON(bytes.NewReader(b))
		if err != nil {
			return
		}
		if _, err := layout.ReadJSON(bytes.NewReader(written(t, layout.JSON, p))); err != nil {
			t.Error(err)
		}
	})
}
