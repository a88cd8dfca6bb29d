package reload

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"lgsp.internal/adapter/mappings"
)

// fingerprint stands for the files of a folder as their file system tells of
// them; nothing is read. The zero fingerprint is none.
type fingerprint [sha256.Size]byte

// sharedBeside is the folder of the code tables that the mappings beside a
// folder share.
func sharedBeside(folder string) string {
	return filepath.Join(filepath.Dir(folder), mappings.CodesFolder)
}

// take makes the fingerprint of a folder, and of the code tables beside it, from
// the names of their files, and from what changes of a file when it is written,
// replaced or given another time. It looks at no more files than a mapping may
// have.
func take(folder string) (fingerprint, error) {
	sum := sha256.New()
	if err := note(sum, folder); err != nil {
		return fingerprint{}, err
	}
	shared := sharedBeside(folder)
	if _, err := os.Stat(shared); err == nil {
		fmt.Fprintln(sum, mappings.CodesFolder)
		if err := note(sum, shared); err != nil {
			return fingerprint{}, err
		}
	}
	return fingerprint(sum.Sum(nil)), nil
}

// note adds what the file system tells of the files of one folder.
func note(sum io.Writer, folder string) error {
	visited := 0
	err := fs.WalkDir(mappings.FolderFS(folder), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil && errors.Is(err, fs.ErrNotExist) && name != "." {
			return nil // between two looks at it: the next finds another folder
		}
		if err != nil {
			return err
		}
		if visited++; visited > mappings.MaxFiles {
			return fs.SkipAll
		}
		if mappings.PassedOver(d.Name()) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		var st unix.Stat_t // of what a link leads to; a link to nothing is told by its name alone
		if err := unix.Stat(filepath.Join(folder, name), &st); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &fs.PathError{Op: "stat", Path: filepath.Join(folder, name), Err: err}
		}
		if d.IsDir() {
			st.Size = 0 // and its times, which change with what is passed over
			st.Mtim, st.Ctim = unix.Timespec{}, unix.Timespec{}
		}
		_, err = fmt.Fprintf(sum, "%q %d %d %o %d %d %d\n", name, st.Dev, st.Ino, st.Mode, st.Size, st.Mtim.Nano(), st.Ctim.Nano())
		return err
	})
	if err != nil {
		return fmt.Errorf("look at the folder of a mapping: %w", err)
	}
	return nil
}
