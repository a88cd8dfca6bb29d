package scaffold

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// tree is a file system in memory: files by their paths.
type tree map[string][]byte

// files returns the files below a folder.
func (t tree) files(folder string) []File {
	var all []File
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if below, ok := strings.CutPrefix(name, folder+"/"); ok {
			all = append(all, File{below, t[name]})
		}
	}
	return all
}

// Open opens a file or a folder.
func (t tree) Open(name string) (fs.File, error) {
	if text, ok := t[name]; ok {
		return &treeFile{treeInfo{path.Base(name), len(text), false}, bytes.NewReader(text), nil}, nil
	}
	prefix := name + "/"
	if name == "." {
		prefix = ""
	}
	seen := map[string]treeInfo{}
	for full, text := range t {
		rest, ok := strings.CutPrefix(full, prefix)
		if !ok {
			continue
		}
		first, _, folder := strings.Cut(rest, "/")
		seen[first] = treeInfo{first, len(text), folder}
	}
	if len(seen) == 0 || !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f := &treeFile{treeInfo{path.Base(name), 0, true}, bytes.NewReader(nil), nil}
	for _, one := range slices.Sorted(maps.Keys(seen)) {
		f.entries = append(f.entries, fs.FileInfoToDirEntry(seen[one]))
	}
	return f, nil
}

// treeFile is an open file or folder of a tree.
type treeFile struct {
	info    treeInfo
	content *bytes.Reader
	entries []fs.DirEntry
}

func (f *treeFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *treeFile) Read(b []byte) (int, error) { return f.content.Read(b) }
func (f *treeFile) Close() error               { return nil }

// ReadDir returns the next entries of a folder (fs.ReadDirFile).
func (f *treeFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(f.entries)
	} else if len(f.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.entries))
	some := f.entries[:n]
	f.entries = f.entries[n:]
	return some, nil
}

// treeInfo describes a file or folder of a tree.
type treeInfo struct {
	name   string
	size   int
	folder bool
}

func (i treeInfo) Name() string       { return i.name }
func (i treeInfo) Size() int64        { return int64(i.size) }
func (i treeInfo) ModTime() time.Time { return time.Time{} }
func (i treeInfo) IsDir() bool        { return i.folder }
func (i treeInfo) Sys() any           { return nil }

func (i treeInfo) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
