// Command mksdk makes the SDK for authors of plugins: a folder from which
// lgspd plugin new makes projects that build without the internet.
//
//	go run ./cmd/mksdk bin/sdk
//
// It promises that the folder holds every package that a plugin is built from,
// for every system that authors work on, with its licence; that making it needs
// nothing but the modules that the program itself is built from; and that there
// is a whole folder or none.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: mksdk FOLDER, inside the sources of lgspd")
		os.Exit(2)
	}
	if err := make(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "mksdk:", err)
		os.Exit(1)
	}
}

// make makes the SDK in a new folder and puts that into the place of the old one.
func make(target string) (err error) {
	target, err = filepath.Abs(target)
	if err != nil {
		return err
	}
	if err := replaceable(target); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	staged, err := os.MkdirTemp(filepath.Dir(target), ".sdk-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(staged)) }()
	if err := os.Chmod(staged, 0o755); err != nil {
		return err
	}
	if err := makeGo(filepath.Join(staged, "go")); err != nil {
		return fmt.Errorf("for Go: %w", err)
	}
	if err := makePython(filepath.Join(staged, "python")); err != nil {
		return fmt.Errorf("for Python: %w", err)
	}
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	return os.Rename(staged, target)
}

// replaceable refuses a folder that holds something else than an SDK.
func replaceable(target string) error {
	if _, err := os.Lstat(target); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.Stat(filepath.Join(target, "go", "vendor", "modules.txt")); err != nil {
		return fmt.Errorf("%s is there and holds no SDK; it is left as it is", target)
	}
	return nil
}

// makePython copies the package for plugins in Python.
func makePython(to string) error {
	const from = "plugins/python/lgsp_plugin"
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".py") && !strings.HasSuffix(path, ".pyi") {
			return err
		}
		name, err := filepath.Rel(filepath.Dir(from), path)
		if err != nil {
			return err
		}
		return copyFile(path, filepath.Join(to, name))
	})
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return write(to, b)
}

func write(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o644)
}
