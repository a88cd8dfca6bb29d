package pdf

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/paper/samples"
)

var keep = flag.String("keep", "", "folder to write the documents into, to look at them")

func documents() map[string]paper.Document {
	return map[string]paper.Document{"report": samples.Report(), "notice": samples.Notice(), "yearly": samples.Yearly(), "empty": {}}
}

func written(t testing.TB, d paper.Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheSameDataGivesTheSameBytes(t *testing.T) {
	for name, d := range documents() {
		first := written(t, d)
		if !bytes.Equal(first, written(t, d)) {
			t.Errorf("%s: two writings differ", name)
		}
		if *keep != "" {
			if err := os.WriteFile(filepath.Join(*keep, name+".pdf"), first, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
