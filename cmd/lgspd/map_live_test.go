package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/reload"
)

func TestMapVerbsOfARunningDaemon(t *testing.T) {
	s := newMappingSite(t, "http://127.0.0.1:9")
	s.serve(t).tellOnFailure(t)
	file := filepath.Join(s.mappingFolder(), "mapping.yaml")

	t.Run("list names every service, where its mapping is from, and what is in use", func(t *testing.T) {
		r := s.lgspd(t, "map", "list")
		r.want(t, exitOK, words("SERVICE", "STATE", "hotich.khai-sinh      shipped  ", ownService+"        folder   "), nil)
		if strings.Count(r.out, "in use") != 7 || strings.Contains(r.out, "refused") {
			t.Errorf("it lists\n%s", r.out)
		}
		lines := decode[[]mappingLine](t, s.lgspd(t, "map", "list", "--json"))
		if len(lines) != 7 {
			t.Fatalf("%d lines", len(lines))
		}
		for _, l := range lines {
			if own := l.Service == ownService; own != (l.Folder == s.mappingFolder()) || own != (l.Cases == 1) || len(l.Hash) != 64 || l.Loaded.IsZero() || l.Is != "in use" || !strings.Contains(r.out, l.Hash[:12]) || strings.Contains(r.out, l.Hash[:13]) {
				t.Errorf("as JSON: %+v", l)
			}
		}
	})
	t.Run("a reload of what is in use says so", func(t *testing.T) {
		s.lgspd(t, "map", "reload").want(t, exitOK, words(ownService+": unchanged, ", " is in use"), nil)
	})
	t.Run("a mapping with problems is refused with all of them", func(t *testing.T) {
		broken := versionFiles(t, 2)
		broken["mapping.yaml"] = strings.Replace(broken["mapping.yaml"], "form: json", "form: jsn", 1) + "nonsense: x\n"
		s.putFiles(t, broken)
		r := s.lgspd(t, "map", "reload", ownService)
		r.want(t, exitFailed, words(ownService+": refused; ", " stays in use\n", "\n"+file+":", ": form: want one of", `unknown key "nonsense"`), words("1 of 1 mapping was refused", "lgspd map reload again"))
		lint := command(t, "map", "lint", s.mappingFolder())
		if _, problems, _ := strings.Cut(r.out, "\n"); problems != lint.out {
			t.Errorf("it says\n%s\nlint says\n%s", problems, lint.out)
		}
		s.lgspd(t, "map", "list").want(t, exitOK, words("refused, 2 problems\n     "+file+":"), nil)
		outcomes := decode[[]reload.Outcome](t, result{exitOK, s.lgspd(t, "map", "reload", "--json").out, ""})
		if len(outcomes) != 1 || len(outcomes[0].Problems) != 2 || outcomes[0].Problems[0].Line == 0 || outcomes[0].Hash != outcomes[0].Was {
			t.Errorf("as JSON: %+v", outcomes)
		}
		if s.describes(t, 2) || !s.describes(t, 1) {
			t.Error("the WSDL is not that of what is in use")
		}
	})
	t.Run("cases that do not hold are shown as lgspd map test shows them", func(t *testing.T) {
		files := versionFiles(t, 2)
		files["mapping.yaml"] = strings.Replace(files["mapping.yaml"], "from: NM_HO_TEN", "from: NK_HO_TEN", 1)
		s.putFiles(t, files)
		r := s.lgspd(t, "map", "reload", ownService)
		test := command(t, "map", "test", s.mappingFolder())
		if !strings.HasSuffix(r.out, test.out) || !strings.Contains(test.out, "FAIL  "+ownService+"/day-du (want.json)") {
			t.Errorf("it says\n%s\ntest says\n%s", r.out, test.out)
		}
		r.want(t, exitFailed, words(filepath.Join(s.mappingFolder(), "cases/day-du/want.json")+": the case does not hold"), nil)
	})
	t.Run("a good one comes into use", func(t *testing.T) {
		s.putFiles(t, versionFiles(t, 2))
		s.lgspd(t, "map", "reload").want(t, exitOK, words(ownService+": ", " is in use instead of ", "1 case holds"), nil)
		if !s.describes(t, 2) {
			t.Error("the WSDL does not follow")
		}
		s.lgspd(t, "map", "list").want(t, exitOK, words("in use"), nil)
	})
	t.Run("what cannot be reloaded is an error of usage", func(t *testing.T) {
		s.lgspd(t, "map", "reload", "hotich.khai-sinh").want(t, exitUsage, nil, words("hotich.khai-sinh has the mapping that is shipped", "set mapping:"))
		s.lgspd(t, "map", "reload", "khong.co").want(t, exitUsage, nil, words("no service khong.co is served", "lgspd map list"))
		s.lgspd(t, "map", "list", "khong.co").want(t, exitUsage, nil, words("khong.co"))
	})
}

func TestMapVerbsAskTheDaemonWhenAFolderIsGone(t *testing.T) {
	s := newMappingSite(t, "http://127.0.0.1:9")
	s.serve(t).tellOnFailure(t)
	if err := os.Rename(s.mappingFolder(), s.mappingFolder()+"-xa"); err != nil {
		t.Fatal(err)
	}
	s.lgspd(t, "map", "reload").want(t, exitFailed, words(ownService+": refused; ", " stays in use", s.mappingFolder()), nil)
	s.lgspd(t, "map", "list").want(t, exitOK, words("refused, 1 problem\n     "+s.mappingFolder()), nil)
	s.lgspd(t, "check").want(t, exitUsage, nil, words("the folder "+s.mappingFolder()+" cannot be used"))
}

func TestMapVerbsWithoutADaemon(t *testing.T) {
	s := newMappingSite(t, "http://127.0.0.1:9")
	s.lgspd(t, "map", "reload").want(t, exitEnvironment, nil, words("the daemon cannot be reached at "+filepath.Join(s.folder, "data", "lgspd.sock"), "start lgspd serve"))
	s.lgspd(t, "map", "list").want(t, exitOK, words("The daemon does not run.", "no case was run", ownService, "would be used"), nil)
	s.putFiles(t, map[string]string{"mapping.yaml": "nonsense"})
	s.lgspd(t, "map", "list").want(t, exitOK, words("would be refused, 1 problem\n     "+filepath.Join(s.mappingFolder(), "mapping.yaml")+":1:1: "), nil)
	for _, l := range decode[[]mappingLine](t, s.lgspd(t, "map", "list", "--json")) {
		if own := l.Service == ownService; own != (l.Is == "would be refused") || own != (l.Hash == "") {
			t.Errorf("as JSON: %+v", l)
		}
	}
	if err := os.RemoveAll(s.mappingFolder()); err != nil {
		t.Fatal(err)
	}
	s.lgspd(t, "map", "list").want(t, exitOK, words("would be refused, 1 problem\n     "+s.mappingFolder()), nil)
	// A daemon that was killed leaves its socket behind.
	s.putFiles(t, versionFiles(t, 1))
	s.serve(t).kill()
	s.lgspd(t, "map", "list").want(t, exitOK, words("The daemon does not run."), nil)
	s.lgspd(t, "map", "reload").want(t, exitEnvironment, nil, words("the daemon cannot be reached"))
}

func TestAMappingThatWouldBeRefusedIsNotStartedWithEither(t *testing.T) {
	s := newMappingSite(t, "http://127.0.0.1:9")
	s.lgspd(t, "check").want(t, exitOK, words("is in order"), nil)
	files := versionFiles(t, 2)
	files["mapping.yaml"] = strings.Replace(files["mapping.yaml"], "from: NM_HO_TEN", "from: NK_HO_TEN", 1)
	s.putFiles(t, files)
	for _, verb := range []string{"check", "serve"} {
		s.lgspd(t, verb).want(t, exitUsage, nil, words(filepath.Join(s.mappingFolder(), "cases/day-du/want.json")+": the case does not hold; lgspd map test shows what differs"))
	}
}

func TestADaemonWithoutOwnMappingsHasNothingToReload(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	s.serve(t).tellOnFailure(t)
	s.lgspd(t, "map", "reload").want(t, exitOK, words("No service has a mapping in a folder of its own"), nil)
	if r := s.lgspd(t, "map", "reload", "--json"); strings.TrimSpace(r.out) != "[]" {
		t.Errorf("nothing is %q as JSON, want []", r.out)
	}
}

func TestAMappingMayBeALinkToItsFolder(t *testing.T) {
	s := newMappingSite(t, "http://127.0.0.1:9")
	real := filepath.Join(s.folder, "mappings", "ban-1")
	if err := errors.Join(os.Rename(s.mappingFolder(), real), os.Symlink(real, s.mappingFolder())); err != nil {
		t.Fatal(err)
	}
	command(t, "map", "test", s.mappingFolder()).want(t, exitOK, words("All cases hold: 1 case"), nil)
	s.lgspd(t, "check").want(t, exitOK, words("is in order"), nil)
}
