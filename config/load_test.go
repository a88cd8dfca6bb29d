package config

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files")

func TestEachBadFileGetsExactlyItsProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	must(t, err)
	if len(files) < 45 {
		t.Fatalf("%d bad files are too few", len(files))
	}
	here, err := os.Getwd()
	must(t, err)
	t.Chdir(ground(t))
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(here, file))
			must(t, err)
			must(t, os.WriteFile(name, text, 0o600))
			_, err = Load(name)
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("Load gave %v (%T), not problems", err, err)
			}
			compare(t, filepath.Join(here, strings.TrimSuffix(file, ".yaml")+".golden"), problems.Error()+"\n")
			for _, p := range problems {
				if p.Line == 0 && name != "empty.yaml" {
					t.Errorf("no position: %s", p)
				}
				if p.Remedy == "" {
					t.Errorf("no remedy: %s", p)
				}
				if strings.Contains(p.String(), "Quarter") {
					t.Errorf("a secret is printed: %s", p)
				}
			}
		})
	}
}

func compare(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		must(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if got != string(want) {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", filepath.Base(golden), got, want)
	}
}

func TestTheGoodFileLoadsWithoutProblemOrWarning(t *testing.T) {
	c, err := load(t, good(t))
	must(t, err)
	if w := c.Warnings(certStart); w != nil {
		t.Errorf("warnings: %v", w)
	}
	if err := c.Validate(); err != nil {
		t.Errorf("Validate after Load: %v", err)
	}
}

func TestWhatTheFileDoesNotSayIsTheDefault(t *testing.T) {
	c, err := load(t, good(t, "form: json", "form: json\n    retry: {first: 2s}\n    token: {consumer_key: h29, consumer_secret_file: secrets/good}"))
	must(t, err)
	want := DefaultUpstream()
	want.Retry.First = 2 * time.Second
	got := c.Upstreams[0]
	if got.Retry != want.Retry || got.Breaker != want.Breaker || got.Timeout != want.Timeout || got.MaxAnswer != want.MaxAnswer {
		t.Errorf("got %+v, want the defaults beside retry.first", got)
	}
	if c.SOAP != Default().SOAP || c.Queue != Default().Queue || c.Audit != Default().Audit || c.Lang != "vi" {
		t.Errorf("got\n%s", c)
	}
	if got.Token.Path != "/token" || got.C06 != nil {
		t.Errorf("token path %q, c06 %v", got.Token.Path, got.C06)
	}
}

func TestAKeyWithoutAValueIsAsIfNotWritten(t *testing.T) {
	c, err := load(t, good(t, "form: json", "form: json\n    timeout:\n    c06: ~\n    headers:"))
	must(t, err)
	if c.Upstreams[0].Timeout != 30*time.Second || c.Upstreams[0].C06 != nil || c.Upstreams[0].Headers != nil {
		t.Errorf("got\n%s", c)
	}
}

func TestPathsAreRelativeToTheFolderOfTheFile(t *testing.T) {
	dir := ground(t)
	path := put(t, dir, "lgspd.yaml", []byte(good(t)), 0o640)
	c, err := Load(path)
	must(t, err)
	if c.Data != filepath.Join(dir, "data") || c.KeyFile != filepath.Join(dir, "lgspd.key") {
		t.Errorf("data %s, key_file %s", c.Data, c.KeyFile)
	}
	if p := c.Departments[0].Auth.Basic[0].Password; p.Reveal() != secretText || p.File() != filepath.Join(dir, "secrets/good") {
		t.Errorf("the secret from %s is not what the file holds, or its newline was kept", p.File())
	}
}

func TestEnvironmentVariablesAreNotPutIn(t *testing.T) {
	t.Setenv("PROVINCE", "Hà Nội")
	c, err := load(t, good(t, "Thành phố Hồ Chí Minh", `"${PROVINCE} $PROVINCE"`))
	must(t, err)
	if c.Province.Name != "${PROVINCE} $PROVINCE" {
		t.Errorf("got %q", c.Province.Name)
	}
}

func TestAnAliasStandsForWhatItsAnchorHolds(t *testing.T) {
	c, err := load(t, good(t, "services: [hotich.khai-sinh]", "services: &all [hotich.khai-sinh]\n    networks: []",
		"services:\n  - name", `  - {code: H29.12, name: Sở Y tế, services: *all, auth: {api_keys: [{key_file: secrets/good}]}}
services:
  - name`))
	must(t, err)
	if len(c.Departments) != 2 || c.Departments[1].Services[0] != "hotich.khai-sinh" {
		t.Errorf("got %+v", c.Departments)
	}
}

func TestValuesWrittenInOtherWaysBecomeOne(t *testing.T) {
	c, err := load(t, good(t, "    name: Sở Tư pháp", "    name: Sở Tư pháp\n    charset: CP1258",
		"basic: [{username: hotich, password_file: secrets/good}]", `certificates: [{sha256: "`+strings.TrimSuffix(strings.Repeat("AB:", 32), ":")+`"}]`)+
		"audit: {retain: 730d}\nsoap: {tls: {cert: tls/server.crt, key: tls/server.key, client_ca: tls/server.crt}}\n")
	must(t, err)
	dep := c.Departments[0]
	if dep.Charset != "windows-1258" || dep.Auth.Certificates[0].SHA256 != strings.Repeat("ab", 32) {
		t.Errorf("charset %q, sha256 %q", dep.Charset, dep.Auth.Certificates[0].SHA256)
	}
	if c.Audit.Retain != 731*24*time.Hour {
		t.Errorf("730 days are kept for %s, which a leap day makes less than two years", c.Audit.Retain)
	}
}

func TestProblemsStandInTheOrderOfTheFile(t *testing.T) {
	_, err := load(t, good(t, "code: H29,", "code: X,", "form: json", "form: xml", "username: hotich", "usrname: hotich"))
	var problems Problems
	if !errors.As(err, &problems) || len(problems) < 3 {
		t.Fatalf("got %v", err)
	}
	for i := 1; i < len(problems); i++ {
		if problems[i].Line < problems[i-1].Line {
			t.Errorf("line %d after line %d", problems[i].Line, problems[i-1].Line)
		}
	}
}

func TestAFileThatCannotBeReadIsAProblemThatNamesIt(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.yaml"))
	var problems Problems
	if !errors.As(err, &problems) || !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), "none.yaml") != 1 ||
		!strings.Contains(err.Error(), "--config") || !strings.Contains(err.Error(), "config/lgspd.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestAFileAboveOneMebibyteIsRefused(t *testing.T) {
	text := good(t) + strings.Repeat("# filler\n", 1<<20/9+1)
	if _, err := load(t, text); err == nil || !strings.Contains(err.Error(), "1MiB") {
		t.Errorf("got %v", err)
	}
	if _, err := load(t, text[:1<<20-9]); err != nil {
		t.Errorf("below the limit: %v", err)
	}
}

func TestADeviceIsRefusedAndNotRead(t *testing.T) {
	if _, err := Load(os.DevNull); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v", err)
	}
}

func TestAHostileFileGetsABoundedList(t *testing.T) {
	var keys, names strings.Builder
	for i := range 2 * maxProblems {
		fmt.Fprintf(&keys, "k%d: 1\n", i)
		fmt.Fprintf(&names, "  - {code: H29.%d}\n", i)
	}
	for _, text := range []string{keys.String(), "departments:\n" + names.String()} {
		_, err := load(t, text)
		var problems Problems
		if !errors.As(err, &problems) || len(problems) != maxProblems+1 {
			t.Fatalf("%d problems", len(problems))
		}
		if last := problems[maxProblems].String(); !strings.Contains(last, "there are more problems than the 1000 above") {
			t.Errorf("the end of the list is not said: %s", last)
		}
	}
}

func TestASecretMayBeAnAliasOrLeftEmpty(t *testing.T) {
	c, err := load(t, good(t, "basic: [{username: hotich, password_file: secrets/good}]",
		`basic: [{username: hotich, password: "", password_file: &file secrets/good}, {username: two, password: ~, password_file: *file}]`))
	must(t, err)
	if c.Departments[0].Auth.Basic[1].Password.Reveal() != secretText {
		t.Error("the alias was not followed")
	}
}

func TestAFileThatIsNotUTF8SaysSo(t *testing.T) {
	if _, err := load(t, good(t, "Tư pháp", "T\xfd ph\xb8p")); err == nil || !strings.Contains(err.Error(), "save the file as UTF-8") {
		t.Errorf("got %v", err)
	}
}

func TestALongValueIsShownShortened(t *testing.T) {
	_, err := load(t, good(t)+"lang: "+strings.Repeat("ô", 500)+"\n")
	if err == nil || len(err.Error()) > 300 || !strings.Contains(err.Error(), "ôô…") {
		t.Errorf("got %v", err)
	}
}
