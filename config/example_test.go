package config

import (
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// ready makes the files that the example names in a new folder and points it there.
func ready(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, "lgspd.key", goodKey(), 0o600)
	for _, m := range regexp.MustCompile(`_?file: (secrets/\S+)`).FindAllStringSubmatch(Example(), -1) {
		put(t, dir, m[1], []byte(secretText+"-"+filepath.Base(m[1])+"\n"), 0o600)
	}
	text := strings.NewReplacer("key_file: /etc/lgspd/", "key_file: ", "data: /var/lib/lgspd", "data: data").Replace(Example())
	return put(t, dir, "lgspd.yaml", []byte(text), 0o640)
}

func TestTheExampleLoadsWithoutProblemOrWarning(t *testing.T) {
	c, err := Load(ready(t))
	must(t, err)
	if w := c.Warnings(certStart); w != nil {
		t.Errorf("warnings:\n%v", w)
	}
	if c.Departments[0].Auth.APIKeys[0].Key.IsZero() {
		t.Error("a key was not read")
	}
}

func TestTheExampleShowsTheDefaults(t *testing.T) {
	c, err := Load(ready(t))
	must(t, err)
	d := Default()
	if c.Lang != d.Lang || c.Log != d.Log || c.SOAP != d.SOAP || c.Queue != d.Queue || c.Audit != d.Audit || c.Sandbox != d.Sandbox ||
		c.LookUps != d.LookUps || !reflect.DeepEqual(c.Web, d.Web) || !reflect.DeepEqual(c.Notices, d.Notices) || !reflect.DeepEqual(c.Documents, d.Documents) {
		t.Errorf("the example differs from the defaults:\n%s", c)
	}
	r, local := d.Report, c.Report // what only a province can know stays as it is
	r.Holidays, r.Police, r.Reminders.Police, r.Reminders.SMTP = local.Holidays, local.Police, local.Reminders.Police, local.Reminders.SMTP
	r.Workdays = local.Workdays
	if !reflect.DeepEqual(local, r) || r.Reminders.SMTP.Port != 587 || r.Reminders.SMTP.TLS != "starttls" {
		t.Errorf("the report differs from the defaults: %+v", local)
	}
	if !strings.Contains(Example(), "\ndata: "+d.Data+"\n") || !strings.Contains(Example(), "\nkey_file: "+d.KeyFile+"\n") {
		t.Error("data or key_file differ from the defaults")
	}
	u, want := c.Upstreams[0], DefaultUpstream()
	if u.Timeout != want.Timeout || u.ConnectTimeout != want.ConnectTimeout || u.MaxAnswer != want.MaxAnswer || u.Rate != want.Rate ||
		u.Burst != want.Burst || u.Concurrency != want.Concurrency || u.Retry != want.Retry || u.Breaker != want.Breaker {
		t.Errorf("the upstream differs from the defaults: %+v", u)
	}
}

// TestTheExampleHoldsEveryKey also decodes the settings that are commented
// out, so that none of them is misspelt.
func TestTheExampleHoldsEveryKey(t *testing.T) {
	whole := regexp.MustCompile(`(?m)^( *)#(\S)`).ReplaceAllString(Example(), "$1$2")
	root, problem := parse("lgspd.yaml", []byte(whole))
	if problem != nil {
		t.Fatal(problem)
	}
	var c Config
	d := decoder{file: "lgspd.yaml", positions: map[string]Pos{}, excused: map[string]bool{}}
	d.value("", root, reflect.ValueOf(&c).Elem())
	for _, p := range d.problems {
		if p.Text != "the secret is given twice" {
			t.Error(p)
		}
	}
	index := regexp.MustCompile(`\[\d+\]`)
	written := map[string]bool{}
	for path := range d.positions {
		written[index.ReplaceAllString(path, "[]")] = true
	}
	for _, path := range keyPaths(reflect.TypeFor[Config](), "") {
		// A system proves who it is as a department does.
		path = strings.Replace(path, ".systems[].auth.", ".auth.", 1)
		if !written[strings.ReplaceAll(path, ".*", ".nhanHoSoDKHT")] {
			t.Errorf("the example lacks %s", path)
		}
	}
}

// keyPaths lists the path of every key of a type, lists as [] and names as *.
func keyPaths(t reflect.Type, path string) []string {
	switch {
	case t.Kind() == reflect.Pointer:
		return keyPaths(t.Elem(), path)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && !isScalar(t.Elem()):
		return keyPaths(t.Elem(), path+"[]")
	case t.Kind() == reflect.Map && t.Elem().Kind() == reflect.Struct:
		return keyPaths(t.Elem(), path+".*")
	case t.Kind() != reflect.Struct || isScalar(t) || t == reflect.TypeFor[Secret]():
		return []string{path}
	}
	var paths []string
	for _, k := range keysOf(t) {
		paths = append(paths, keyPaths(t.Field(k.field).Type, join(path, k.name))...)
	}
	return paths
}

func TestThePrintedConfigurationReadsBackAsTheSame(t *testing.T) {
	path := ready(t)
	c, err := Load(path)
	must(t, err)
	again, err := Load(put(t, filepath.Dir(path), "again.yaml", []byte(c.String()), 0o640))
	must(t, err)
	if c.String() != again.String() {
		t.Errorf("first\n%s\nthen\n%s", c, again)
	}
	c.positions, again.positions, c.file, again.file = nil, nil, "", ""
	if !reflect.DeepEqual(c, again) {
		t.Error("the values differ")
	}
}
