package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/mappings"
)

const goodMapping = `service: thu.gui
title: Gửi thử
source: {namespace: "urn:thu", root: Gui}
id: {from: Ma, required: true, max: 40}
target: {route: gui, form: json}
fields:
  - {to: ma, from: Ma, required: true}
`

// mappingFolder writes a mapping with one case.
func mappingFolder(t *testing.T, mapping, in, want string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "thu.gui")
	for name, text := range map[string]string{"mapping.yaml": mapping, "cases/mot/in.xml": in, "cases/mot/want.json": want} {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestMapLintAndMapTestPassAGoodMapping(t *testing.T) {
	folder := mappingFolder(t, goodMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, `{"ma":"HS-1"}`)
	command(t, "map", "lint", folder).want(t, exitOK, words("In order: 1 mapping."), nil)
	command(t, "map", "test", folder).want(t, exitOK, words("All cases hold: 1 case of 1 mapping."), nil)
	command(t, "map", "test", "--verbose", folder).want(t, exitOK, words("ok    thu.gui/mot"), nil)
	r := command(t, "map", "test", "--json", folder)
	r.want(t, exitOK, nil, nil)
	if !json.Valid([]byte(r.out)) {
		t.Errorf("--json prints %s", r.out)
	}
}

func TestMapLintAndMapTestPassWhatIsShipped(t *testing.T) {
	command(t, "map", "lint").want(t, exitOK, words("In order: 12 mappings."), nil)
	command(t, "map", "test").want(t, exitOK, words("All cases hold: "), nil)
}

func TestMapLintListsEveryProblemOfABadMapping(t *testing.T) {
	bad := strings.Replace(strings.Replace(goodMapping, "required: true, max: 40", "required: perhaps", 1), "{to: ma,", "{to: ma, nonsense: 1,", 1)
	folder := mappingFolder(t, bad, "<Gui/>", "{}")
	command(t, "map", "lint", folder).want(t, exitFailed, words("mapping.yaml:4:", "mapping.yaml:7:", "nonsense"), words("2 problems in 1 mapping"))
	command(t, "map", "test", folder).want(t, exitUsage, nil, words("mapping.yaml:4:", "mapping.yaml:7:"))
}

func TestEveryProblemOfAnOwnMappingNamesAFileThatCanBeOpened(t *testing.T) {
	bad := strings.Replace(strings.Replace(goodMapping, "required: true, max: 40", "required: perhaps", 1), "{to: ma,", "{to: ma, nonsense: 1,", 1)
	folder := mappingFolder(t, bad, "<Gui/>", "{}")
	file := filepath.Join(folder, "mapping.yaml")
	s := newSite(t, "http://127.0.0.1:9")
	s.replace(t, "  - {name: hotich.khai-sinh, upstream: hotich}\n", "  - {name: hotich.khai-sinh, upstream: hotich}\n  - {name: thu.gui, upstream: hotich, mapping: "+folder+"}\n")
	check, lint, test := command(t, "check", "--config", s.config), command(t, "map", "lint", folder), command(t, "map", "test", folder)
	for line, report := range map[string]string{"check": check.err, "map lint": lint.out, "map test": test.err} {
		for _, place := range []string{file + ":4:", file + ":7:"} {
			if !strings.Contains("\n"+report, "\n"+place) {
				t.Errorf("lgspd %s: no line begins with %s\n%s", line, place, report)
			}
		}
	}
	if check.code != exitUsage {
		t.Errorf("check ended with %d", check.code)
	}
}

// A want file of a stranger's mapping may lead to a file of whoever runs this.
func TestMapTestUpdateWritesThroughNoLink(t *testing.T) {
	folder := mappingFolder(t, goodMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, "")
	precious, want := filepath.Join(folder, "quy.json"), filepath.Join(folder, "cases", "mot", "want.json")
	if err := errors.Join(os.WriteFile(precious, []byte("{}"), 0o644), os.Remove(want), os.Symlink("../../quy.json", want)); err != nil {
		t.Fatal(err)
	}
	command(t, "map", "test", "--update", folder).want(t, exitOK, words("wrote "+want), nil)
	if text, err := os.ReadFile(precious); err != nil || string(text) != "{}" {
		t.Errorf("what the link led to holds %s, %v", text, err)
	}
	command(t, "map", "test", folder).want(t, exitOK, words("All cases hold"), nil)
	if info, err := os.Lstat(want); err != nil || info.Mode() != 0o600 { // as in.xml
		t.Errorf("%v, %v", info, err)
	}
}

func TestWhatIsNotTheFolderOfAMappingIsSaid(t *testing.T) {
	folder := mappingFolder(t, goodMapping, "<Gui/>", "{}")
	for of, want := range map[string]string{
		filepath.Join(folder, "mapping.yaml"):        "is a file; name the folder that it is in, " + folder,
		filepath.Join(folder, "cases", "mot/in.xml"): "is a file, not the folder of a mapping",
		"/":            "/ is not the folder of a mapping, which has the name of its service",
		folder + "-xa": "is not the folder of a mapping: no such file or directory",
	} {
		command(t, "map", "lint", of).want(t, exitUsage, nil, words(want))
	}
}

// What map test reads is what a daemon reads.
func TestMapLintAndMapTestReadAFolderAlike(t *testing.T) {
	folder := mappingFolder(t, goodMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, `{"ma":"HS-1"}`)
	cases := filepath.Join(folder, "cases")
	if err := errors.Join(os.Rename(cases, filepath.Join(folder, "khac")), os.Symlink("khac", cases)); err != nil {
		t.Fatal(err)
	}
	const none = "cases: no cases; want at least one folder"
	command(t, "map", "lint", folder).want(t, exitFailed, words(none), nil)
	command(t, "map", "test", folder).want(t, exitUsage, nil, words(none))
	if err := errors.Join(os.Remove(cases), os.Symlink(filepath.Join(folder, "khac"), cases)); err != nil {
		t.Fatal(err)
	}
	const outside = "cases: a link that leads out of the folder"
	command(t, "map", "lint", folder).want(t, exitFailed, words(outside), nil)
	command(t, "map", "test", folder).want(t, exitUsage, nil, words(outside))
	command(t, "map", "docs", folder).want(t, exitUsage, nil, words(outside))
}

func TestMapTestShowsWhatACaseThatDoesNotHoldGives(t *testing.T) {
	folder := mappingFolder(t, goodMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, `{"ma":"HS-2"}`)
	command(t, "map", "test", folder).want(t, exitFailed, words("FAIL  thu.gui/mot", "HS-1", "HS-2"), words("1 of 1 cases do not hold"))
}

func TestMapTestTellsWhatNoCaseReaches(t *testing.T) {
	folder := mappingFolder(t, goodMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, `{"ma":"HS-1"}`)
	command(t, "map", "test", folder).want(t, exitOK, words("thu.gui: the cases reach 2 of 2 rules, 0 of 0 branches, 0 of 3 refusals.", "All cases hold"), nil)
	file := filepath.Join(folder, "mapping.yaml")
	command(t, "map", "test", "--missed", folder).want(t, exitOK, words(file+":4:1  id: no case has it refused as length", file+":7:5  ma: no case has it refused as missing"), nil)
	all := decode[[]struct {
		Service  string
		Cases    []mappings.CaseResult
		Coverage mappings.Coverage
	}](t, command(t, "map", "test", "--json", folder))
	if len(all) != 1 || all[0].Service != "thu.gui" || len(all[0].Cases) != 1 || all[0].Coverage.Refusals.Of != 3 || len(all[0].Coverage.Refusals.Missed) != 3 {
		t.Errorf("as JSON: %+v", all)
	}
	command(t, "map", "test", folder, "--missed").want(t, exitUsage, nil, words("--missed: flags come before folders"))
}

// writeFile makes a file of a folder.
func writeFile(t *testing.T, folder, name, text string) {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestMapTestUpdateWritesWhatIsMade(t *testing.T) {
	folder := mappingFolder(t, goodMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, `{"ma":"HS-2"}`)
	writeFile(t, folder, "cases/hai/in.xml", `<Gui xmlns="urn:thu"/>`)
	writeFile(t, folder, "cases/ba/in.xml", `<Gui xmlns="urn:thu"><Ma>HS-3</Ma></Gui>`)
	writeFile(t, folder, "cases/ba/want.err", "/Gui/Ma missing\n")
	writeFile(t, folder, "cases/bon/in.xml", `<Gui xmlns="urn:thu"><Ma>HS-4</Ma></Gui>`)
	writeFile(t, folder, "cases/bon/want.json", `{"ma":"HS-4"}`)
	command(t, "map", "test", folder).want(t, exitUsage, nil, words("cases/hai", "want exactly one of want.json"))
	command(t, "map", "test", "--update", folder).want(t, exitOK,
		words("wrote "+filepath.Join(folder, "cases/mot/want.json"), `want "HS-2", got "HS-1"`, "cases/hai/want.err", "nothing is wanted yet", "cases/ba/want.json", "Wrote 3 files."), nil)
	command(t, "map", "test", folder).want(t, exitOK, words("All cases hold: 4 cases of 1 mapping."), nil)
	for name, want := range map[string]string{"mot/want.json": "{\n  \"ma\": \"HS-1\"\n}\n", "hai/want.err": "/Gui/Ma missing\n", "bon/want.json": `{"ma":"HS-4"}`} {
		got, err := os.ReadFile(filepath.Join(folder, "cases", name))
		if err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "cases/ba/want.err")); !os.IsNotExist(err) {
		t.Errorf("the file that no longer holds: %v", err)
	}
	command(t, "map", "test", "--update", folder).want(t, exitOK, words("Nothing to write: 4 cases held already."), nil)
	command(t, "map", "test", "--update").want(t, exitUsage, nil, words("the shipped ones cannot be written"))
}

// What case.yaml wants of the document is not for a command to change.
func TestMapTestUpdateLeavesCaseYamlAlone(t *testing.T) {
	folder := mappingFolder(t, goodMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, "{\n  \"ma\": \"HS-1\"\n}\n")
	writeFile(t, folder, "cases/mot/case.yaml", "lane: another\n")
	command(t, "map", "test", "--update", folder).want(t, exitFailed, words("which only you can change", "lane"), words("1 of 1 cases do not hold"))
}

func TestMapTryShowsWhetherACheckHolds(t *testing.T) {
	check := "  - {must: 'text(\"Ma\") != text(\"MaCu\")', at: MaCu, want: khác mã mới}\n"
	folder := mappingFolder(t, goodMapping+check, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, `{"ma":"HS-1"}`)
	in := filepath.Join(folder, "cases/mot/in.xml")
	command(t, "map", "try", in).want(t, exitOK, words("   8  must  /Gui/MaCu  holds: khác mã mới"), nil)
	writeFile(t, folder, "cases/mot/in.xml", `<Gui xmlns="urn:thu"><Ma>HS-1</Ma><MaCu>HS-1</MaCu></Gui>`)
	command(t, "map", "try", in).want(t, exitFailed, words("✗    8  must  /Gui/MaCu  ✗ must: khác mã mới", "mong đợi: khác mã mới", "thực tế: 4 ký tự"), words("is not mapped: 1 bad field"))
}

func TestMapTryShowsWhatEachRuleDoes(t *testing.T) {
	folder := mappingFolder(t, goodMapping, `<Gui xmlns="urn:thu"><Ma> HS-1 </Ma><GhiChu>x</GhiChu></Gui>`, `{"ma":"HS-1"}`)
	in := filepath.Join(folder, "cases/mot/in.xml")
	seen := words(filepath.Join(folder, "mapping.yaml"), `7  ma`, `/Gui/Ma  "HS-1"`, "No rule reads:", "/Gui/GhiChu", `"ma": "HS-1"`)
	command(t, "map", "try", in).want(t, exitOK, seen, nil)
	outside := filepath.Join(t.TempDir(), "mau.xml")
	if err := os.WriteFile(outside, []byte(`<Gui xmlns="urn:thu"/>`), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "map", "try", outside).want(t, exitUsage, nil, words("no mapping is shipped for the element Gui", "--mapping FOLDER"))
	command(t, "map", "try", "--mapping", folder, outside).want(t, exitFailed, words("✗", "/Gui/Ma  missing", "Thiếu giá trị bắt buộc"), words("is not mapped: 1 bad field"))
	shown := struct {
		Steps    []mappings.Step
		Unread   []string
		Document string
	}{}
	r := command(t, "map", "try", "--json", in)
	if err := json.Unmarshal([]byte(r.out), &shown); err != nil || len(shown.Steps) == 0 || len(shown.Unread) != 1 || shown.Document != `{"ma":"HS-1"}` {
		t.Errorf("as JSON: %s", r.out)
	}
	for _, bad := range [][]string{{"try"}, {"try", in, in}, {"try", "--mapping", "khong.co", in}, {"try", "--charset", "khong-co", in}} {
		command(t, append([]string{"map"}, bad...)...).want(t, exitUsage, nil, nil)
	}
	command(t, "map", "try", filepath.Join(folder, "khong-co.xml")).want(t, exitEnvironment, nil, words("khong-co.xml"))
}

func TestMapTryFindsTheShippedMappingByTheRootElement(t *testing.T) {
	sample, err := mappings.NewSample(mappings.Shipped(), "hotich.khai-sinh")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "khai-sinh.xml")
	if err := os.WriteFile(file, sample.Body, 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "map", "try", file).want(t, exitOK, words("hotich.khai-sinh/mapping.yaml", "nksHoTen", "→ nhanHoSoDKHT"), nil)
	command(t, "map", "try", "--mapping", "hotich.khai-tu", file).want(t, exitFailed, words("GUI_KHAI_TU"), words("WrongElement"))
}

// lines collects what a command prints, and says when a text has come.
type lines struct{ came chan string }

func (l lines) Write(b []byte) (int, error) {
	l.came <- string(b)
	return len(b), nil
}

// To find the mapping of a message outside all folders is to read every shipped one.
func TestAWatchFindsTheMappingAgainOnlyAfterAChange(t *testing.T) {
	folder := mappingFolder(t, goodMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, `{"ma":"HS-1"}`)
	outside := t.TempDir()
	writeFile(t, outside, "in.xml", "<X/>")
	found, place := 0, mappingPlace{}
	app := newApp(streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard})
	w := watchedFiles{trier: trier{c: cli.NewContext(app, flag.NewFlagSet("try", flag.ContinueOnError), nil), file: filepath.Join(outside, "in.xml")}}
	w.find = func() mappingPlace { found++; return place }
	before := w.state()
	for range 3 {
		if w.state() != before {
			t.Error("it changes by itself")
		}
	}
	if found != 1 {
		t.Errorf("found %d times before anything changed", found)
	}
	writeFile(t, outside, "in.xml", "<Khac/>")
	if w.state() == before || found != 2 {
		t.Errorf("found %d times after a change of the message", found)
	}
	var err error
	if place, err = folderPlace(folder); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Dir(outside), "mapping.yaml", "service: x")
	before = w.state()
	if w.state(); found != 3 {
		t.Errorf("found %d times after a mapping has come", found)
	}
	writeFile(t, folder, "cases/mot/want.json", `{"ma":"HS-12"}`)
	if w.state() == before || found != 3 {
		t.Errorf("found %d times after a change of a case", found)
	}
}

func TestMapTryWatchTriesAgainAfterEveryChange(t *testing.T) {
	folder := mappingFolder(t, goodMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, `{"ma":"HS-1"}`)
	out := lines{make(chan string, 1000)}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- newApp(streams{in: strings.NewReader(""), out: out, err: io.Discard}).RunContext(ctx, []string{"lgspd", "map", "try", "--watch", filepath.Join(folder, "cases/mot/in.xml")})
	}()
	await := func(word string) {
		t.Helper()
		late := time.After(20 * time.Second)
		for {
			select {
			case s := <-out.came:
				if strings.Contains(s, word) {
					return
				}
			case <-late:
				t.Fatalf("%q never came", word)
			}
		}
	}
	await(`"ma": "HS-1"`)
	await("Waiting")
	writeFile(t, folder, "cases/mot/in.xml", `<Gui xmlns="urn:thu"><Ma>HS-22</Ma></Gui>`)
	await(`"ma": "HS-22"`)
	await("Waiting")
	writeFile(t, folder, "mapping.yaml", strings.Replace(goodMapping, "{to: ma,", "{to: nonsense, x: 1,", 1))
	await("mapping.yaml:7:")
	await("Waiting")
	writeFile(t, folder, "mapping.yaml", strings.Replace(goodMapping, "{to: ma,", "{to: maSo,", 1))
	await(`"maSo": "HS-22"`)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
