package mappings

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// FolderFS is the file system of a folder of this machine, and of nothing beside
// it: who may write a link into the folder of a mapping may not thereby read what
// the program may. Links inside the folder are followed; one that leads out, or
// is absolute, is an error. Nothing but files and folders is opened, so that no
// pipe is waited for. The folder itself may be a link.
func FolderFS(folder string) fs.FS { return folderFS(folder) }

type folderFS string

var (
	errOutside = errors.New("a link that leads out of the folder, or is absolute; put the file itself here")
	errNoFile  = errors.New("no file, but a folder, a pipe or a device")
)

func (f folderFS) Open(name string) (fs.File, error) {
	var file *os.File
	err := f.within("open", name, func(root *os.Root) (err error) {
		info, err := root.Stat(name)
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() && !info.IsDir() {
			return errNoFile
		}
		file, err = root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // had it become a pipe meanwhile
		return err
	})
	if err != nil {
		return nil, err
	}
	return file, nil
}

// Stat tells of what a link leads to.
func (f folderFS) Stat(name string) (info fs.FileInfo, err error) {
	err = f.within("stat", name, func(root *os.Root) (err error) {
		info, err = root.Stat(name)
		return err
	})
	return info, err
}

// within does something in the folder. Its errors name files so that they can be
// found.
func (f folderFS) within(op, name string, do func(*os.Root) error) error {
	if !fs.ValidPath(name) {
		return &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	root, err := os.OpenRoot(string(f))
	if err == nil {
		err = errors.Join(do(root), root.Close())
	}
	if err == nil {
		return nil
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	if err.Error() == "path escapes from parent" { // package os does not export it
		err = errOutside
	}
	return &fs.PathError{Op: op, Path: filepath.Join(string(f), filepath.FromSlash(name)), Err: err}
}
