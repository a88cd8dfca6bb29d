package page

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/paper/samples"
)

var (
	update = flag.Bool("update", false, "write the golden files")
	keep   = flag.String("keep", "", "folder to write the documents into, to look at them")
)

func documents() map[string]paper.Document {
	return map[string]paper.Document{"report": samples.Report(), "notice": samples.Notice(), "yearly": samples.Yearly(), "empty": {}}
}

func written(t testing.TB, d paper.Document, o Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, d, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTheGoldenDocumentsAreWritten(t *testing.T) {
	for name, d := range documents() {
		if *keep != "" {
			if err := os.WriteFile(filepath.Join(*keep, name+".html"), []byte(written(t, d, Options{})), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		golden, got := filepath.Join("testdata", name+".html"), written(t, d, Options{Fragment: true})
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from %s; look at the document (-keep), then run with -update", name, golden)
		}
	}
}
