package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"syscall"
	"time"

	lgsp "lgsp.internal/adapter"
)

// Plugin is a program that maps messages; a mapping names it.
type Plugin struct {
	Name    string        `yaml:"name"`    // as mappings call it: lower-case words of a–z and 0–9 joined by -, 40 characters at most
	Command string        `yaml:"command"` // absolute path of the program, which nobody but root and the daemon's account may change
	Args    []string      `yaml:"args"`    // that it is started with; not for secrets
	SHA256  string        `yaml:"sha256"`  // of the program, 64 hexadecimal digits; another program is not started
	Timeout time.Duration `yaml:"timeout"` // of one message; 100ms to 5m; default 5s
	Memory  Size          `yaml:"memory"`  // that it may use; 32MiB to 64GiB; default 256MiB
}

func (k *checker) plugins() {
	names := claims{}
	for i, p := range k.c.Plugins {
		at := fmt.Sprintf("plugins[%d]", i)
		if !lgsp.IsPluginName(p.Name) {
			k.bad(at+".name", quote(p.Name)+" is not the name of a plugin", "write "+lgsp.PluginNameWant)
		}
		k.take(names, p.Name, at+".name", "the name")
		k.program(at+".command", p.Command)
		if !fingerprintForm.MatchString(p.SHA256) {
			k.bad(at+".sha256", quote(p.SHA256)+" is not a SHA-256", "write the 64 hexadecimal digits that lgspd plugin pin FILE prints")
		}
		k.duration(at+".timeout", p.Timeout, 100*time.Millisecond, 5*time.Minute)
		k.size(at+".memory", p.Memory, 32*MiB, 64*GiB)
	}
}

// program checks that a program is there and that only the daemon's account and
// root can change it. Whether it is the one that was pinned is for the daemon to
// see: a plugin that is not stops nobody else.
func (k *checker) program(path, name string) {
	if !k.given(path, name, "name the program, as in /opt/lgspd/plugins/dia-chi") {
		return
	}
	if !filepath.IsAbs(name) {
		k.bad(path, quote(name)+" is not an absolute path", "begin it with /, as in /opt/lgspd/plugins/dia-chi")
		return
	}
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		k.fail(path, name, err, "install the program there, readable by the daemon")
		return
	}
	info, err := os.Stat(real)
	if err != nil {
		k.fail(path, name, err, "install the program there, readable by the daemon")
		return
	}
	switch mode := info.Mode(); {
	case !mode.IsRegular():
		k.bad(path, name+" is not a program", "name a file")
	case mode.Perm()&0o111 == 0:
		k.bad(path, fmt.Sprintf("%s cannot be executed (mode %04o)", name, mode.Perm()), "chmod 0755 it")
	case mode.Perm()&0o022 != 0:
		k.bad(path, fmt.Sprintf("others may change %s (mode %04o)", real, mode.Perm()), "chmod 0755 it")
	case !k.trusts(info):
		k.bad(path, fmt.Sprintf("%s is of another account (%d), which may change it", real, owner(info)), "chown it to root")
	case interpreterForm.MatchString(filepath.Base(real)) || interpreterForm.MatchString(filepath.Base(name)):
		k.bad(path, name+" runs programs, and its checksum says nothing of the one that it is to run", "name a program that is one file, as lgspd plugin new makes them")
	}
	for folder := filepath.Dir(real); ; folder = filepath.Dir(folder) {
		info, err := os.Stat(folder)
		switch {
		case err != nil:
			k.fail(path, folder, err, "the daemon must be able to look at the program's folders")
		case info.Mode().Perm()&0o022 != 0 && info.Mode()&os.ModeSticky == 0:
			k.bad(path, fmt.Sprintf("others may put another program into %s (mode %04o)", folder, info.Mode().Perm()), "chmod 0755 the folder")
		case !k.trusts(info):
			k.bad(path, fmt.Sprintf("%s is of another account (%d), which may put another program there", folder, owner(info)), "chown it to root")
		default:
			if folder != filepath.Dir(folder) {
				continue
			}
		}
		return
	}
}

// interpreterForm is the name of what runs programs that nobody has pinned.
var interpreterForm = regexp.MustCompile(`^(env|sh|bash|dash|busybox|python|perl|ruby|node|php|lua|java|dotnet)[0-9.]*$`)

// trusts reports whether a file is of root or of the account that the daemon runs
// under: ours, or, where root checks, that which has the data.
func (k *checker) trusts(info os.FileInfo) bool {
	uid := owner(info)
	if uid == 0 || uid == os.Geteuid() {
		return true
	}
	data, err := os.Stat(k.c.Data)
	return err == nil && uid == owner(data)
}

// owner is the number of the account that a file is of, -1 if there is none.
func owner(info os.FileInfo) int {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid)
	}
	return -1
}

// unpinned warns of programs that are not those that were pinned. Whether they
// can be read at all is for Validate to say.
func (k *checker) unpinned() {
	for i, p := range k.c.Plugins {
		found, err := Sum(p.Command)
		if err == nil && found != p.SHA256 {
			k.bad(fmt.Sprintf("plugins[%d].sha256", i), "the program is another one, and will not be started: its SHA-256 is "+found, "write that if it is the right program, else install the right one")
		}
	}
}

// Private returns the paths of the files that nobody but the daemon may read:
// this configuration, the key, secrets and the keys of certificates.
func (c Config) Private() []string {
	paths := []string{c.file, c.KeyFile, c.SOAP.TLS.Key}
	for _, u := range c.Upstreams {
		paths = append(paths, u.TLS.Key)
	}
	eachSecret(reflect.ValueOf(&c).Elem(), "", func(_ string, s *Secret) { paths = append(paths, s.file) })
	return slices.DeleteFunc(paths, func(p string) bool { return p == "" })
}

// Sum returns the SHA-256 of a program as Plugin.SHA256 has it.
func Sum(path string) (sum string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", errors.New(path + " is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
