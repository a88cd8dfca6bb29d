package mappings

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"
)

// CodesFolder is the name of the folders of code tables: inside a service's own
// folder those of that service, beside the services those that they share.
const CodesFolder = "codes"

//go:embed codes/*.csv
var shippedTables embed.FS

// tables finds the code tables of one Load. Each file is read once, and what is
// wrong with it is told once, however many mappings use it.
type tables struct {
	fsys     fs.FS
	mu       sync.Mutex        // services are loaded side by side
	read     map[string]*table // by place; nil = no such file
	count    int               // files that were read
	problems Problems
	err      error // of the file system
}

func newTables(fsys fs.FS) *tables { return &tables{fsys: fsys, read: map[string]*table{}} }

// find returns the table of that name which is nearest to a service: its own,
// that of all services, the shipped one. It returns nil if there is none.
func (ts *tables) find(service, name string) *table {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	own, shared := path.Join(service, CodesFolder, name), path.Join(CodesFolder, name)
	if t := ts.load(ts.fsys, own, own); t != nil {
		return t
	}
	if t := ts.load(ts.fsys, shared, shared); t != nil {
		return t
	}
	return ts.load(shippedTables, shared, "shipped "+shared)
}

// load reads a file, which reports call as.
func (ts *tables) load(fsys fs.FS, file, as string) *table {
	if t, known := ts.read[as]; known {
		return t
	}
	var t *table
	text, err := readBounded(fsys, file, maxTable)
	if err == nil {
		ts.count++
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case ts.count > maxTables:
		t = &table{file: as, faulty: true}
		ts.problems = append(ts.problems, Problem{File: as, Text: fmt.Sprintf("one of more than %d code tables; load fewer together", maxTables)})
	case errors.Is(err, errTooLarge):
		t = &table{file: as, faulty: true}
		ts.problems = append(ts.problems, Problem{File: as, Text: fmt.Sprintf("larger than %d MB", maxTable>>20)})
	case err != nil:
		ts.err = errors.Join(ts.err, fmt.Errorf("read code table: %w", err))
	default:
		var found Problems
		t, found = readTable(as, text)
		t.faulty = len(found) > 0
		ts.problems = append(ts.problems, found...)
	}
	ts.read[as] = t
	return t
}

// failure returns what the file system could not do.
func (ts *tables) failure() error {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	return ts.err
}

// shipped lists the names of the tables that come with the program.
func (ts *tables) shipped() []string {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	names, err := fs.Glob(shippedTables, path.Join(CodesFolder, "*.csv"))
	ts.err = errors.Join(ts.err, err)
	for i := range names {
		names[i] = path.Base(names[i])
	}
	return names
}
