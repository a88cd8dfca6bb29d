package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"lgsp.internal/adapter/plugins/conform"
)

// brokenPlugin builds a plugin that does wrong what its first argument names.
func brokenPlugin(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "bin", "broken")
	if out, err := exec.Command("go", "build", "-o", program, "../../plugins/conform/testdata/broken").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

const brokenCases = "../../plugins/conform/testdata/vidu.phieu"

func TestWhatAPluginDoesWrongIsListedAndFailsTheCommand(t *testing.T) {
	program := brokenPlugin(t)
	command(t, "plugin", "test", "--cases", brokenCases, program, "none", "--only", "cases", "--only", "purity").
		want(t, exitOK, words("with 4 cases", "ok    cases        the cases hold (", "All checks hold: 2."), nil)
	r := command(t, "plugin", "test", program, "counts", "--cases", brokenCases+"/cases", "--only", "cases", "--only", "purity")
	r.want(t, exitFailed, words("ok    cases", "FAIL  purity       the same message", "\n      case mot, mapped alone, in another order, becomes something else than before"), words("1 of 2 checks do not hold"))

	r = command(t, "plugin", "test", "--json", "--cases", brokenCases, "--only=purity", program, "counts")
	var results []conform.Result
	if err := json.Unmarshal([]byte(r.out), &results); err != nil || len(results) != 1 || results[0].OK() || r.code != exitFailed {
		t.Errorf("as JSON: %v, exit %d\n%s", err, r.code, r.out)
	}
}

func TestCasesAreFoundBesideTheFolderOfAProgram(t *testing.T) {
	program := brokenPlugin(t)
	services := filepath.Join(filepath.Dir(filepath.Dir(program)), "services", "vidu.phieu")
	if err := os.CopyFS(services, os.DirFS(brokenCases)); err != nil {
		t.Fatal(err)
	}
	command(t, "plugin", "test", "--only", "cases", program, "none").want(t, exitOK, words("with 4 cases"), nil)
	if err := os.RemoveAll(services); err != nil {
		t.Fatal(err)
	}
	command(t, "plugin", "test", "--only", "cases", program, "none").
		want(t, exitOK, words("with 0 cases", "-     cases", "not examined, there are no cases; see --cases", "1 could not be made"), nil)
}

func TestAnExaminationSaysWhatIsWrongWithItsArguments(t *testing.T) {
	program := brokenPlugin(t)
	for _, x := range []struct {
		args []string
		says string
	}{
		{nil, "want a program"},
		{[]string{"/nonexistent"}, "is no program that can be started"},
		{[]string{brokenCases}, "is no program that can be started"},
		{[]string{brokenCases + "/cases/mot/in.xml"}, "is no program that can be started"},
		{[]string{program, "--only", "nothing"}, "there is no such check"},
		{[]string{program, "--cases", "/nonexistent"}, "list cases"},
		{[]string{program, "--nonsense"}, "there is no flag --nonsense"},
	} {
		command(t, append([]string{"plugin", "test"}, x.args...)...).want(t, exitUsage, nil, words(x.says))
	}
	command(t, "plugin", "test", "--only", "cases", program, "--", "none", "--nonsense").want(t, exitOK, nil, nil)
}
