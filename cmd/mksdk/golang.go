package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"lgsp.internal/adapter/plugins/template"
)

const (
	adapter = "lgsp.internal/adapter"
	version = "v0.0.0" // of the SDK's own module, which only its folder gives
	folder  = "./sdk"  // of that module inside a project
)

// roots are the packages that authors import.
var roots = []string{adapter, adapter + "/plugins", adapter + "/plugins/cases", adapter + "/plugins/wire"}

// systems are those that authors work on, and provinces run.
var systems = [...][2]string{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}}

// pkg is a package as go list tells of it.
type pkg struct {
	ImportPath string
	Dir        string
	Standard   bool
	EmbedFiles []string
	Module     *module
}

type module struct {
	Path, Version, Dir, GoVersion string
	Main                          bool
}

// makeGo makes what a project in Go needs besides its own files: the SDK as a
// module, everything that it is built from in vendor, go.mod and go.sum.
func makeGo(to string) error {
	all, err := packages()
	if err != nil {
		return err
	}
	goVersion := ""
	modules := map[string]*module{}
	for _, p := range all {
		if p.Module.Main {
			goVersion = p.Module.GoVersion
			local := strings.TrimPrefix(p.ImportPath, adapter)
			err = errors.Join(copyPackage(p, filepath.Join(to, "sdk", local)), copyPackage(p, filepath.Join(to, "vendor", p.ImportPath)))
		} else {
			modules[p.Module.Path] = p.Module
			err = copyPackage(p, filepath.Join(to, "vendor", p.ImportPath))
		}
		if err != nil {
			return err
		}
	}
	for _, m := range modules {
		if err := copyLicences(m, all, filepath.Join(to, "vendor", m.Path)); err != nil {
			return err
		}
	}
	sum, err := sumOf(modules)
	if err != nil {
		return err
	}
	return errors.Join(
		write(filepath.Join(to, "go.mod"), modFile(template.Name, goVersion, modules, true)),
		write(filepath.Join(to, "go.sum"), sum),
		write(filepath.Join(to, "sdk", "go.mod"), modFile(adapter, goVersion, modules, false)),
		write(filepath.Join(to, "sdk", "go.sum"), sum),
		write(filepath.Join(to, "vendor", "modules.txt"), modulesFile(goVersion, modules, all)))
}

// packages returns every package that authors import, and what those import on
// any of the systems, sorted.
func packages() ([]pkg, error) {
	found := map[string]pkg{}
	for _, s := range systems {
		cmd := exec.Command("go", append([]string{"list", "-deps", "-json=ImportPath,Dir,Standard,EmbedFiles,Module"}, roots...)...)
		cmd.Env = append(os.Environ(), "GOOS="+s[0], "GOARCH="+s[1], "CGO_ENABLED=0")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("list the packages for %s/%s: %w", s[0], s[1], err)
		}
		for d := json.NewDecoder(bytes.NewReader(out)); ; {
			var p pkg
			if err := d.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
			if !p.Standard {
				found[p.ImportPath] = p
			}
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b pkg) int { return strings.Compare(a.ImportPath, b.ImportPath) }), nil
}

// copyPackage copies the files of one package that are not its tests.
func copyPackage(p pkg, to string) error {
	files, err := os.ReadDir(p.Dir)
	if err != nil {
		return err
	}
	names := slices.Clone(p.EmbedFiles)
	for _, f := range files {
		if !f.IsDir() && slices.Contains([]string{".go", ".s", ".h"}, path.Ext(f.Name())) && !strings.HasSuffix(f.Name(), "_test.go") {
			names = append(names, f.Name())
		}
	}
	for _, name := range names {
		if err := copyFile(filepath.Join(p.Dir, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}

// licences are the files by which a module says who may use it, and how.
var licences = [...]string{"LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "COPYING", "NOTICE", "NOTICE.txt", "PATENTS"}

// copyLicences copies the licence of a module, which lies in its root: in the
// cache of modules, or in the vendor folder that the program is built from.
func copyLicences(m *module, all []pkg, to string) error {
	root := m.Dir
	if root == "" {
		i := slices.IndexFunc(all, func(p pkg) bool { return p.Module == m || p.Module.Path == m.Path })
		root = filepath.FromSlash(strings.TrimSuffix(filepath.ToSlash(all[i].Dir), strings.TrimPrefix(all[i].ImportPath, m.Path)))
	}
	found := 0
	for _, name := range licences {
		from := filepath.Join(root, name)
		if _, err := os.Stat(from); err != nil {
			continue
		}
		found++
		if err := copyFile(from, filepath.Join(to, name)); err != nil {
			return err
		}
	}
	if found == 0 {
		return fmt.Errorf("%s has no licence in %s", m.Path, root)
	}
	return nil
}

// modFile is the go.mod of a project, or of the SDK itself.
func modFile(name, goVersion string, modules map[string]*module, project bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "module %s\n\ngo %s\n\n", name, goVersion)
	if project {
		fmt.Fprintf(&b, "require %s %s\n\nreplace %s => %s\n\n", adapter, version, adapter, folder)
	}
	fmt.Fprintln(&b, "require (")
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		comment := ""
		if project {
			comment = " // indirect"
		}
		fmt.Fprintf(&b, "\t%s %s%s\n", path, modules[path].Version, comment)
	}
	fmt.Fprintln(&b, ")")
	return b.Bytes()
}

// modulesFile is vendor/modules.txt, by which Go knows that vendor is what
// go.mod asks for.
func modulesFile(goVersion string, modules map[string]*module, all []pkg) []byte {
	var b bytes.Buffer
	section := func(head, goVersion string, of func(p pkg) bool) {
		fmt.Fprintf(&b, "# %s\n## explicit", head)
		if goVersion != "" {
			fmt.Fprintf(&b, "; go %s", goVersion)
		}
		fmt.Fprintln(&b)
		for _, p := range all {
			if of(p) {
				fmt.Fprintln(&b, p.ImportPath)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		m := modules[path]
		section(path+" "+m.Version, m.GoVersion, func(p pkg) bool { return p.Module.Path == path })
	}
	section(adapter+" "+version+" => "+folder, goVersion, func(p pkg) bool { return p.Module.Main })
	fmt.Fprintf(&b, "# %s => %s\n", adapter, folder)
	return b.Bytes()
}

// sumOf is that part of our go.sum that is about some modules.
func sumOf(modules map[string]*module) ([]byte, error) {
	all, err := os.ReadFile("go.sum")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for line := range strings.Lines(string(all)) {
		name, rest, _ := strings.Cut(line, " ")
		number, _, _ := strings.Cut(rest, " ")
		if m, ok := modules[name]; ok && strings.TrimSuffix(number, "/go.mod") == m.Version {
			b.WriteString(line)
		}
	}
	return b.Bytes(), nil
}
