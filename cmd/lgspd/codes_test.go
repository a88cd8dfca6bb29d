package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sharedTable writes the code table that the mappings beside it share.
func sharedTable(t *testing.T, folder, text string) (file string) {
	t.Helper()
	file = filepath.Join(filepath.Dir(folder), "codes", "don-vi.csv")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const tabledMapping = goodMapping + "  - {to: donVi, from: DonVi, codes: {table: don-vi.csv}}\n  - {to: tinh, from: Tinh, codes: {table: tinh-34.csv}}\n"

func TestAnOwnMappingUsesSharedAndShippedCodeTables(t *testing.T) {
	folder := mappingFolder(t, tabledMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma><DonVi>A</DonVi><Tinh>24</Tinh></Gui>`, `{"ma":"HS-1","donVi":"001","tinh":"24"}`)
	table := sharedTable(t, folder, "text,code\nA,001\n")
	command(t, "map", "lint", folder).want(t, exitOK, words("In order: 1 mapping."), nil)
	command(t, "map", "test", folder).want(t, exitOK, words("All cases hold: 1 case of 1 mapping."), nil)
	// As a shell names them: mappings/*
	command(t, "map", "lint", filepath.Dir(table), folder).want(t, exitOK, words("In order: 1 mapping."), nil)
	command(t, "map", "lint", filepath.Dir(table)).want(t, exitUsage, nil, words("holds code tables"))
	entries, err := onlyFolder{os.DirFS(filepath.Dir(folder)), "thu.gui"}.ReadDir(".")
	if err != nil || len(entries) != 2 || entries[0].Name() != "codes" || entries[1].Name() != "thu.gui" {
		t.Errorf("shown are %v, %v", entries, err)
	}
	if m, err := loadMapping(folder); err != nil || m.Service() != "thu.gui" {
		t.Errorf("the daemon gets %v, %v", m, err)
	}
}

func TestAProblemOfASharedCodeTableIsToldOnceAndCanBeOpened(t *testing.T) {
	folder := mappingFolder(t, tabledMapping, "<Gui/>", "{}")
	table := sharedTable(t, folder, "text,code\nA,\n")
	other := filepath.Join(filepath.Dir(folder), "thu.nhan")
	if err := os.CopyFS(other, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "mapping.yaml"), []byte(strings.Replace(tabledMapping, "service: thu.gui", "service: thu.nhan", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	problem := table + ":2:3: code: is empty\n"
	lint := command(t, "map", "lint", folder, other)
	lint.want(t, exitFailed, words(problem), words("1 problem in 2 mappings"))
	if strings.Count(lint.out, problem) != 1 {
		t.Errorf("got %s", lint.out)
	}
	command(t, "map", "test", folder).want(t, exitUsage, nil, words(strings.TrimSpace(problem)))
	if _, err := loadMapping(folder); err == nil || err.Error() != strings.TrimSpace(problem) {
		t.Errorf("the daemon gets %v", err)
	}
}
