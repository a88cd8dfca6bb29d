package layout_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"lgsp.internal/adapter/report/layout"
)

var (
	update = flag.Bool("update", false, "write the golden files")
	keep   = flag.String("keep", "", "folder to write the files into, to look at them")
)

var fixtures = map[string]func() layout.Paper{"province": province, "empty": empty, "one": one}

func written(t testing.TB, f layout.Format, p layout.Paper) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := layout.Write(&out, f, p, layout.Options{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFilesAreKeptToBeLookedAt(t *testing.T) {
	for name, make := range fixtures {
		for _, f := range []layout.Format{layout.DOCX, layout.XLSX, layout.CSV, layout.JSON, layout.PDF, layout.HTML} {
			file := written(t, f, make())
			if !bytes.Equal(file, written(t, f, make())) {
				t.Errorf("%s: two writings as %s differ", name, f)
			}
			if *keep != "" {
				if err := os.WriteFile(filepath.Join(*keep, name+"."+string(f)), file, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
