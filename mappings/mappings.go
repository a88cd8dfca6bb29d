// Package mappings turns the messages of departments into the documents of
// their upstreams by rules that are data.
//
// A service is a folder that holds mapping.yaml and the cases that prove it;
// docs/mapping-language.md is the reference of the language. Loading checks
// everything and reports all problems at once, each with file, line and column.
// What is loaded never changes: a Set and its Mappings may be used by any number
// of goroutines. Mapping is pure, and it reports every bad field of a message
// at once without ever repeating the value found.
package mappings

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Limits of what is loaded. They bound the time and the memory of loading.
const (
	maxFile     = 256 << 10 // bytes of one mapping.yaml
	maxRules    = 2000      // rules of one mapping, blocks used twice counted twice
	maxNesting  = 16        // levels of fields
	maxSteps    = 16        // steps of a path
	maxList     = 16        // entries of one list of paths, layouts or lengths
	maxCodes    = 1000      // entries of one codes
	maxAllCodes = 20_000    // entries of all codes of one mapping
	maxPattern  = 2000      // instructions of one compiled pattern
	maxPatterns = 50_000    // instructions of all patterns of one mapping
	maxProblems = 200       // reported for one mapping
)

//go:embed hotich.* dancu.* bhyt.* cu-tru.* an-sinh.*
var shipped embed.FS

// Shipped returns the mappings that come with the program, one folder per service.
//
// req
func Shipped() fs.FS { return shipped }

// Set is a number of mappings that were loaded together, one per service.
type Set struct {
	byService map[string]*Mapping
	services  []string
}

// Get returns the mapping of a service.
func (s *Set) Get(service string) (*Mapping, bool) {
	m, ok := s.byService[service]
	return m, ok
}

// Services returns the names of all services, sorted.
func (s *Set) Services() []string { return slices.Clone(s.services) }

// Problem is one thing that is wrong with a mapping.
type Problem struct {
	File string `json:"file"`           // path inside the file system given to Load
	Line int    `json:"line,omitempty"` // from 1; 0 when the problem has no place inside the file
	Col  int    `json:"col,omitempty"`  // as Line
	Text string `json:"text"`           // English
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.Text)
}

// Problems is everything that is wrong with the mappings of one Load, sorted
// by file, line and column.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Load reads the mapping of every folder of fsys. Files beside the folders,
// folders whose names start with a dot, and the folder codes, which holds the
// code tables that services share, are passed over.
//
// The error is a Problems with every problem of every mapping, or the error of
// fsys. No Set is returned with it.
func Load(fsys fs.FS) (*Set, error) {
	dirs, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("list mappings: %w", err)
	}
	set, ts := &Set{byService: map[string]*Mapping{}}, newTables(fsys)
	for _, dir := range dirs {
		if dir.IsDir() && !strings.HasPrefix(dir.Name(), ".") && dir.Name() != CodesFolder {
			set.services = append(set.services, dir.Name())
		}
	}
	var problems Problems
	for i, one := range loadAll(fsys, set.services, ts) {
		if one.err != nil {
			return nil, one.err
		}
		problems = append(problems, one.problems...)
		set.byService[set.services[i]] = one.mapping
	}
	if len(set.services) == 0 {
		problems = append(problems, Problem{File: ".", Text: "no mappings here; want one folder per service, each with a mapping.yaml"})
	}
	if problems = append(problems, ts.problems...); len(problems) > 0 {
		problems.sort()
		return nil, problems
	}
	return set, nil
}

// loaded is what came of loading one service.
type loaded struct {
	mapping  *Mapping
	problems Problems
	err      error
}

// loadAll loads services on all processors, and returns them in their order.
func loadAll(fsys fs.FS, services []string, ts *tables) []loaded {
	all := make([]loaded, len(services))
	next := atomic.Int64{}
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(services)) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(services) {
					return
				}
				one := &all[i]
				one.mapping, one.problems, one.err = loadWith(fsys, services[i], ts)
			}
		})
	}
	wait.Wait()
	return all
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}

// loadService loads the mapping of one folder alone, and looks whether its cases
// are whole.
func loadService(fsys fs.FS, service string) (*Mapping, Problems, error) {
	ts := newTables(fsys)
	m, problems, err := loadWith(fsys, service, ts)
	return m, append(problems, ts.problems...), err
}

func loadWith(fsys fs.FS, service string, ts *tables) (*Mapping, Problems, error) {
	m, problems, err := loadMapping(fsys, service, ts)
	if err != nil {
		return nil, nil, err
	}
	found, err := caseProblems(fsys, service, false)
	return m, append(problems, found...), err
}

func loadMapping(fsys fs.FS, service string, ts *tables) (*Mapping, Problems, error) {
	file := path.Join(service, "mapping.yaml")
	text, err := readBounded(fsys, file, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, Problems{{File: file, Text: "missing; every folder of a service has one"}}, nil
	case errors.Is(err, errTooLarge):
		return nil, Problems{{File: file, Text: fmt.Sprintf("larger than %d KB", maxFile>>10)}}, nil
	case err != nil:
		return nil, nil, fmt.Errorf("read mapping: %w", err)
	}
	m, problems := parseMapping(file, text, ts)
	if err := ts.failure(); err != nil {
		return nil, nil, err
	}
	if m != nil && m.service != "" && m.service != service {
		problems = append(problems, Problem{file, m.servicePos.line, m.servicePos.col,
			fmt.Sprintf("service %q is in the folder %q; give both one name", m.service, service)})
	}
	if m != nil && len(problems) == 0 {
		found, err := m.loadOutputSchema(fsys)
		if err != nil {
			return nil, nil, err
		}
		problems = append(problems, found...)
	}
	return m, problems, nil
}

var errTooLarge = errors.New("too large")

// readBounded reads a file of at most limit bytes. A pipe, of which nobody knows
// when it ends, is not opened where the file system tells of files without.
func readBounded(fsys fs.FS, name string, limit int64) ([]byte, error) {
	if looks, ok := fsys.(fs.StatFS); ok {
		if info, err := looks.Stat(name); err != nil {
			return nil, err
		} else if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("read %s: %w", name, errNoFile)
		}
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(b)) > limit {
		return nil, errTooLarge
	}
	return b, nil
}
