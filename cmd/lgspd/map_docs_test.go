package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func thuGui(t *testing.T) string {
	t.Helper()
	return mappingFolder(t, goodMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, `{"ma":"HS-1"}`)
}

func TestMapDocsPrintsTheDictionaryOfOneMapping(t *testing.T) {
	folder := thuGui(t)
	command(t, "map", "docs", folder).want(t, exitOK, words("# Từ điển dữ liệu: ", "| 1 | `ma` | `/Gui/Ma` |", "| `mot` |"), nil)
	command(t, "map", "docs", "--lang", "en", folder).want(t, exitOK, words("# Data dictionary: "), nil)
	command(t, "map", "docs", "--format", "html", folder).want(t, exitOK, words("<!DOCTYPE html>", `<html lang="vi">`), nil)
	if r := command(t, "map", "docs", folder); strings.Contains(r.out, "HS-1") {
		t.Errorf("it prints what a case holds:\n%s", r.out)
	}
}

func TestMapDocsWritesEachShippedMappingIntoAFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "ho-so")
	command(t, "map", "docs", "--format", "html", "--output", folder).want(t, exitOK, words("The data dictionary of 12 mappings is written to "+folder), nil)
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) != 12 {
		t.Errorf("%d files: %v", len(files), err)
	}
	file := filepath.Join(folder, "dancu.tra-cuu.html")
	if info, err := os.Stat(file); err != nil || info.Mode() != fs.FileMode(0o644) {
		t.Errorf("%v, %v", info, err)
	}
	if got := read(t, file); !strings.Contains(string(got), "Tra cứu thông tin công dân") || !strings.HasSuffix(string(got), "</html>\n") {
		t.Errorf("%s is not whole", file)
	}
}

func TestMapDocsWritesOverNothingUnlessItIsTold(t *testing.T) {
	folder := thuGui(t)
	file := filepath.Join(t.TempDir(), "thu.md")
	command(t, "map", "docs", "-o", file, folder).want(t, exitOK, words("The data dictionary of 1 mapping is written to "+file), nil)
	if err := os.WriteFile(file, []byte("của người khác"), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "map", "docs", "-o", file, folder).want(t, exitUsage, nil, words(file+" is there already", "--yes"))
	if got := string(read(t, file)); got != "của người khác" {
		t.Errorf("it became %q", got)
	}
	command(t, "map", "docs", "-o", file, "--yes", folder).want(t, exitOK, nil, nil)
	if got := string(read(t, file)); !strings.HasPrefix(got, "# Từ điển dữ liệu") {
		t.Errorf("it became %q", got)
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestMapDocsSaysWhatIsWrongWithItsArguments(t *testing.T) {
	folder, blocked := thuGui(t), t.TempDir()
	if err := os.Mkdir(filepath.Join(blocked, "thu.gui.md"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(blocked, "tep"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--lang", "fr", folder}, exitUsage, "--lang fr: want vi or en"},
		{[]string{"--format", "pdf", folder}, exitUsage, "--format pdf: want md or html"},
		{nil, exitUsage, "12 mappings: say --output FOLDER"},
		{[]string{folder, folder}, exitUsage, "two of the folders have one name"},
		{[]string{filepath.Join(folder, "nowhere")}, exitUsage, "is not the folder of a mapping"},
		{[]string{mappingFolder(t, "service: thu.gui\n", "<Gui/>", "{}")}, exitUsage, "mapping.yaml:1:1: mapping: title is missing"},
		{[]string{"-o", blocked, "--yes", folder}, exitEnvironment, "thu.gui.md"},
		{[]string{"-o", filepath.Join(blocked, "tep", "x.md"), folder}, exitEnvironment, "tep"},
		{[]string{"-o", "/proc/no/such/x.md", folder}, exitEnvironment, "/proc/no"},
	} {
		command(t, append([]string{"map", "docs"}, tt.args...)...).want(t, tt.code, nil, words(tt.want))
	}
	if left, err := os.ReadDir(blocked); err != nil || len(left) != 2 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
