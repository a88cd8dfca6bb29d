package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"lgsp.internal/adapter/internal/vntext"
)

const (
	maxFile   = 1 << 20 // of the configuration
	maxDepth  = 32
	maxSecret = 4 << 10
	maxPEM    = 1 << 20
)

// Load reads the file at path over the defaults, reads the secrets that it
// points to, makes its relative paths relative to its folder and checks all.
// An error is always of type Problems. The Config is as complete as the
// problems allow.
func Load(path string) (Config, error) { return loadFile(path, true) }

// LoadToAsk is Load for what only asks the daemon, and so does not look at the
// folders of mappings: the daemon goes on with what one held that is gone.
func LoadToAsk(path string) (Config, error) { return loadFile(path, false) }

func loadFile(path string, folders bool) (Config, error) {
	b, err := readFile(path, maxFile)
	if err != nil {
		return Default(), Problems{{
			Pos: Pos{File: path}, Text: reason(err), Remedy: remedyOf(err), Err: err,
		}}
	}
	return read(path, b, folders)
}

// remedyOf says what to do when the file of the configuration cannot be read.
func remedyOf(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "name the right file with --config, or make it from the example: config/lgspd.yaml of the source, which install.sh puts into /etc/lgspd"
	case errors.Is(err, fs.ErrPermission):
		return "run lgspd as a user that may read it, as in runuser -u lgspd -- lgspd check"
	}
	return "name with --config a file of at most 1 MiB"
}

// read does what Load promises with the bytes of the file, or what LoadToAsk does.
func read(path string, b []byte, folders bool) (Config, error) {
	c := Default()
	c.file = path
	c.positions = map[string]Pos{}
	root, problem := parse(path, b)
	if problem != nil {
		return c, Problems{*problem}
	}
	d := decoder{file: path, positions: c.positions, excused: map[string]bool{}}
	d.value("", root, reflect.ValueOf(&c).Elem())
	if d.nodes > maxNodes {
		return c, d.problems.err()
	}
	problems := append(d.problems, c.settle()...)
	for _, p := range c.check(folders) {
		if !d.excuses(p.Key) {
			problems = append(problems, p)
		}
	}
	return c, problems.err()
}

// excuses reports whether a problem at a key only follows from one with what
// was written there or above.
func (d *decoder) excuses(key string) bool {
	for ; key != ""; key = above(key) {
		if d.excused[key] {
			return true
		}
	}
	return false
}

// above returns the path of the key that holds the key of that path.
func above(path string) string { return path[:max(0, strings.LastIndexAny(path, ".["))] }

// parse reads one YAML document and returns its root.
func parse(path string, b []byte) (*yaml.Node, *Problem) {
	first, second := yaml.Node{}, yaml.Node{}
	loader, err := yaml.NewLoader(bytes.NewReader(b), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err == nil {
		err = loader.Load(&first)
	}
	if err == nil {
		err = loader.Load(&second)
	}
	if errors.Is(err, io.EOF) && len(first.Content) == 1 {
		return first.Content[0], nil
	}
	p := Problem{Pos: Pos{File: path}, Text: "the file is not one YAML document", Remedy: "look at the line named and the one above it"}
	var at *yaml.LoadError
	switch {
	case err == nil:
		p.Line, p.Col, p.Text, p.Remedy = second.Line, second.Column, "a second YAML document begins here", "remove the line --- above it"
		return nil, &p
	case errors.Is(err, io.EOF):
		p.Text, p.Remedy = "the file is empty", "start from the example that lgspd ships"
		return nil, &p
	case !errors.As(err, &at):
		return nil, &p
	}
	p.Line, p.Col = at.Mark.Line, at.Mark.Column
	p.Text = "the YAML cannot be read: " + strings.TrimPrefix(at.Message, "yaml: ")
	switch {
	case strings.Contains(at.Message, "unknown anchor"):
		// The message quotes the anchor, which may be a secret that begins with *.
		p.Text, p.Remedy = "an alias (*) has no anchor (&)", "put a text that begins with * in quotes"
	case strings.Contains(at.Message, "max depth"):
		p.Text, p.Remedy = fmt.Sprintf("the file nests deeper than %d levels", maxDepth), "write it flat"
	case strings.Contains(at.Message, "UTF-8"):
		p.Remedy = "save the file as UTF-8"
	}
	return nil, &p
}

// settle makes paths absolute, reads secret files and brings values that may
// be written in several ways into one.
func (c *Config) settle() Problems {
	base := filepath.Dir(c.file)
	c.eachPath(func(p *string) { *p = resolve(base, *p) })
	if c.Audit.Retain >= 730*day && c.Audit.Retain < twoYears {
		c.Audit.Retain = twoYears
	}
	for i := range c.Departments {
		dep := &c.Departments[i]
		if name, ok := vntext.Canonical(dep.Charset); ok && dep.Charset != "" {
			dep.Charset = name
		}
		dep.Auth.settle()
		for j := range dep.Systems {
			dep.Systems[j].Auth.settle()
		}
	}
	for i := range c.Plugins {
		c.Plugins[i].SHA256 = strings.ToLower(c.Plugins[i].SHA256)
	}
	k := checker{c: c}
	eachSecret(reflect.ValueOf(c).Elem(), "", func(path string, s *Secret) {
		if s.file == "" {
			return
		}
		s.file = resolve(base, s.file)
		text, err := readSecret(s.file)
		if err != nil {
			// The name is not quoted: some write the secret itself there.
			k.fail(path+fileSuffix, "", err, "see that it is one line, readable by the daemon and by nobody else (chmod 0640)")
			return
		}
		s.text = &text
	})
	return k.problems
}

// settle writes fingerprints in one way.
func (a *Auth) settle() {
	for i := range a.Certificates {
		cert := &a.Certificates[i]
		cert.SHA256 = strings.ToLower(strings.ReplaceAll(cert.SHA256, ":", ""))
	}
}

// eachPath visits every path of a file or folder, except those of secrets.
func (c *Config) eachPath(visit func(*string)) {
	t, own := &c.SOAP.TLS, &c.Report.Template
	for _, p := range []*string{&c.Data, &c.KeyFile, &t.Cert, &t.Key, &t.ClientCA, &c.Web.TLS.Cert, &c.Web.TLS.Key, &own.Province, &own.Department} {
		visit(p)
	}
	for i := range c.Services {
		visit(&c.Services[i].Mapping)
	}
	for i := range c.Upstreams {
		t := &c.Upstreams[i].TLS
		for _, p := range []*string{&t.CA, &t.Cert, &t.Key} {
			visit(p)
		}
	}
}

// eachSecret visits every secret below v, with the path of its key.
func eachSecret(v reflect.Value, path string, visit func(path string, s *Secret)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachSecret(v.Elem(), path, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachSecret(v.Index(i), fmt.Sprintf("%s[%d]", path, i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Tag.Get("yaml")
			if name == "" {
				continue
			}
			if s, ok := v.Field(i).Addr().Interface().(*Secret); ok {
				visit(join(path, name), s)
				continue
			}
			eachSecret(v.Field(i), join(path, name), visit)
		}
	}
}

func resolve(base, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(base, path)
}

// reason says in a few words why a file could not be used.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
