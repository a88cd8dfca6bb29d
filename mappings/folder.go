package mappings

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
)

// Limits of one folder. They bound the memory of a Folder and the time of a
// look at what it is read from.
const (
	MaxFiles  = 5000     // files and folders in it, those that are passed over too
	MaxDepth  = 8        // folders inside one another
	MaxFolder = 32 << 20 // bytes of all files
)

// Folder is what one service's folder held when it was read. What is linted,
// what the cases prove, what is hashed and what is used is the same, whatever
// happens to the files meanwhile.
type Folder struct {
	service string
	hash    string
	files   *zip.Reader // the one file system in memory that the standard library has
}

// Compose makes of a mapping what maps its messages, which may be a Replier
// too: the mapping itself, or the program that it names.
type Compose func(*Mapping) (lgsp.Mapper, error)

// PassedOver reports whether a file or a folder of that name is none of a
// mapping's: it is hidden, or an editor's copy.
func PassedOver(name string) bool {
	return strings.HasPrefix(name, ".") && name != "." || strings.HasSuffix(name, "~") || strings.Contains(name, `\`)
}

// ReadFolder reads the folder that own is, all of it, and the code tables that
// services share, where there is such a folder; nil is none. Links to files are
// followed, as far as the file systems do; links to folders are passed over, as
// is what is neither a file nor a folder.
//
// The error is a Problems when a folder is too large for one, or holds a link that
// its FolderFS does not follow, or the error of a file system.
func ReadFolder(own, shared fs.FS, service string) (*Folder, error) {
	r := folderReader{fsys: own, service: service, under: service}
	r.zip = zip.NewWriter(&r.buffer)
	if err := fs.WalkDir(own, ".", r.visit); err != nil {
		return nil, err
	}
	if err := r.readShared(shared); err != nil {
		return nil, err
	}
	if err := r.zip.Close(); err != nil {
		return nil, fmt.Errorf("keep mapping %s: %w", service, err)
	}
	files, err := zip.NewReader(bytes.NewReader(r.buffer.Bytes()), int64(r.buffer.Len()))
	if err != nil {
		return nil, fmt.Errorf("keep mapping %s: %w", service, err)
	}
	return &Folder{service: service, hash: r.hash(), files: files}, nil
}

// folderReader reads one folder.
type folderReader struct {
	fsys    fs.FS
	service string
	under   string // where its files are kept
	called  string // what they are called in the hash, before their names
	buffer  bytes.Buffer
	zip     *zip.Writer
	visited int
	size    int64
	sums    []fileSum
}

// fileSum is one file and the SHA-256 of what is in it.
type fileSum struct {
	path string
	sum  [sha256.Size]byte
}

func (r *folderReader) readShared(shared fs.FS) error {
	if shared == nil {
		return nil
	}
	if _, err := fs.Stat(shared, "."); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	r.fsys, r.under, r.called, r.visited = shared, CodesFolder, "../"+CodesFolder+"/", 0
	return fs.WalkDir(shared, ".", r.visit)
}

func (r *folderReader) visit(name string, d fs.DirEntry, err error) error {
	if err != nil {
		return fmt.Errorf("read the folder of mapping %s: %w", r.service, err)
	}
	if r.visited++; r.visited > MaxFiles {
		return Problems{{File: r.under, Text: fmt.Sprintf("holds more than %d files and folders", MaxFiles)}}
	}
	if PassedOver(d.Name()) || !fs.ValidPath(name) {
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	}
	if d.IsDir() {
		if strings.Count(name, "/") >= MaxDepth {
			return Problems{{File: path.Join(r.under, name), Text: fmt.Sprintf("more than %d folders inside one another", MaxDepth)}}
		}
		_, err := r.zip.Create(path.Join(r.under, name) + "/")
		return err
	}
	if t := d.Type(); t != 0 && t != fs.ModeSymlink {
		return nil // not even looked at: to look may be to wait
	}
	info, err := fs.Stat(r.fsys, name) // of what a link leads to
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it leads nowhere
	}
	if errors.Is(err, errOutside) {
		return Problems{{File: path.Join(r.under, name), Text: errOutside.Error()}}
	}
	if err != nil {
		return fmt.Errorf("read the folder of mapping %s: %w", r.service, err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	return r.keep(name)
}

// keep reads one file.
func (r *folderReader) keep(name string) error {
	text, err := readBounded(r.fsys, name, MaxFolder-r.size)
	if errors.Is(err, errTooLarge) {
		return Problems{{File: r.under, Text: fmt.Sprintf("holds more than %d MB", MaxFolder>>20)}}
	}
	if err != nil {
		return fmt.Errorf("read the folder of mapping %s: %w", r.service, err)
	}
	r.size += int64(len(text))
	r.sums = append(r.sums, fileSum{r.called + name, sha256.Sum256(text)})
	w, err := r.zip.CreateHeader(&zip.FileHeader{Name: path.Join(r.under, name), Method: zip.Store})
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// hash is what sha256sum makes of its own lines about the files, sorted by path.
func (r *folderReader) hash() string {
	slices.SortFunc(r.sums, func(a, b fileSum) int { return cmp.Compare(a.path, b.path) })
	all := sha256.New()
	for _, f := range r.sums {
		io.WriteString(all, hex.EncodeToString(f.sum[:])+"  "+f.path+"\n")
	}
	return hex.EncodeToString(all.Sum(nil))
}

// Hash returns the hash of what the folder holds: 64 hexadecimal digits of
// SHA-256 over the lines that sha256sum prints of its files, sorted by path.
func (f *Folder) Hash() string { return f.hash }

// Load lints the mapping and composes what maps by it; nil composes nothing.
//
// The error is a Problems with everything that is wrong, or that of compose.
func (f *Folder) Load(compose Compose) (*Version, error) {
	m, problems, err := loadService(f.files, f.service)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		problems.sort()
		return nil, problems
	}
	cases, err := fs.ReadDir(f.files, path.Join(f.service, "cases"))
	if err != nil {
		return nil, fmt.Errorf("list cases of %s: %w", f.service, err)
	}
	v := &Version{Mapping: m, Hash: f.hash, mapper: m, replier: m}
	for _, c := range cases {
		if c.IsDir() {
			v.Cases++
		}
	}
	if compose == nil {
		return v, nil
	}
	if v.mapper, err = compose(m); err != nil {
		return nil, fmt.Errorf("mapping %s: %w", f.service, err)
	}
	if r, ok := v.mapper.(lgsp.Replier); ok {
		v.replier = r
	}
	return v, nil
}

// RunCases runs the folder's cases with a Version that it loaded; see Suite.Run.
// After each case it calls rest, if that is not nil, with the time that the case
// took. It ends with the error of ctx when that ends.
func (f *Folder) RunCases(ctx context.Context, v *Version, rest func(ctx context.Context, took time.Duration)) ([]CaseResult, error) {
	s := &Suite{m: v.Mapping, mapper: v.mapper, fsys: f.files}
	return s.run(ctx, rest)
}

// Prove runs the folder's cases as RunCases does, for at most so long. A case that
// does not end when it should is left behind; Prove waits for it a moment only.
//
// The error is a Problems that names every case which does not hold, and quotes
// none, for a case may be copied from life; or says that the cases take longer;
// or the error of ctx. failed is the cases that do not hold.
func (f *Folder) Prove(ctx context.Context, v *Version, within time.Duration, rest func(ctx context.Context, took time.Duration)) (failed []CaseResult, err error) {
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	results, err := f.runWithin(limited, v, rest)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && limited.Err() != nil:
		return nil, Problems{{File: path.Join(f.service, "cases"), Text: fmt.Sprintf("the cases take longer than %s; make them fewer or smaller", within)}}
	case err != nil:
		return nil, err
	}
	var problems Problems
	for _, c := range results {
		if c.OK() {
			continue
		}
		failed = append(failed, c)
		problems = append(problems, Problem{File: path.Join(f.service, "cases", c.Name, c.Want), Text: "the case does not hold; lgspd map test shows what differs"})
	}
	if len(problems) > 0 {
		return failed, problems
	}
	return nil, nil
}

// graceOfCases is how long cases may go on when they should have ended.
const graceOfCases = time.Second

// runWithin runs the cases until ctx ends. What looks at ctx ends with it, and is
// waited for. What does not, such as a schema that is checked, goes on by itself
// until it is done, and nobody waits for what comes of it: neither the other
// services, whose mappings wait for this one, nor the end of the program may.
func (f *Folder) runWithin(ctx context.Context, v *Version, rest func(ctx context.Context, took time.Duration)) ([]CaseResult, error) {
	type outcome struct {
		results  []CaseResult
		err      error
		panicked any
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			o.panicked = recover()
			done <- o
		}()
		o.results, o.err = f.RunCases(ctx, v, rest)
	}()
	ended := func(o outcome) ([]CaseResult, error) {
		if o.panicked != nil {
			panic(o.panicked) // told by who called Prove, as it would be without the goroutine
		}
		return o.results, o.err
	}
	select {
	case o := <-done:
		return ended(o)
	case <-ctx.Done():
	}
	grace := time.NewTimer(graceOfCases)
	defer grace.Stop()
	select {
	case o := <-done:
		return ended(o)
	case <-grace.C:
		return nil, ctx.Err()
	}
}
