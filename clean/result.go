package clean

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// resultTitles are the headers of the columns that a result adds.
func resultTitles() []string {
	return []string{"Kết quả", "Thông tin sai", "Lý do", "Mã yêu cầu", "Thời điểm"}
}

func resultCells(o Outcome) []string {
	reason := ""
	if o.Verdict == Failed {
		reason = ReasonText(o.Reason)
	}
	return []string{VerdictText(o.Verdict), fieldTexts(o.Wrong), reason, o.Code, moment(o.At)}
}

// resultWriter takes the rows of a result by ascending number.
type resultWriter interface {
	row(number int, cells []Cell, added []string, v Verdict) error
	end(s Summary) error
}

// leftover is what the folders begin with that results are made in.
const leftover = ".lgspd-clean-"

// checkOut finds out whether a result can be written, before anybody is asked.
func checkOut(in, out string, overwrite bool) error {
	switch strings.ToLower(filepath.Ext(out)) {
	case ".xlsx", ".csv":
	default:
		return badFile("OutKind", "Tệp kết quả phải có đuôi .xlsx hoặc .csv; hãy sửa -o.", "the result must be .xlsx or .csv; see -o")
	}
	switch there, err := os.Lstat(out); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !there.Mode().IsRegular():
		return badFile("OutExists", "Đường dẫn kết quả đã có và không phải là tệp thường; hãy chọn tên khác cho -o.", "the result exists and is no regular file; see -o")
	default:
		if source, err := os.Stat(in); err == nil && os.SameFile(source, there) {
			return badFile("OutIsIn", "Tệp kết quả trùng với tệp đầu vào; hãy chọn tên khác cho -o.", "the result is the list itself; see -o")
		}
		if !overwrite {
			return outExists()
		}
	}
	sweepLeftovers(filepath.Dir(out))
	dir, err := os.MkdirTemp(filepath.Dir(out), leftover)
	if err != nil {
		return fmt.Errorf("the folder of the result cannot be written: %w", err)
	}
	return os.Remove(dir)
}

func outExists() error {
	return badFile("OutExists", "Tệp kết quả đã có; hãy chọn tên khác cho -o, hoặc cho phép ghi đè bằng --overwrite.", "the result exists; choose another name, or --overwrite")
}

// sweepLeftovers removes what commands that were killed while they wrote a result
// left. One of less than an hour may still be written.
func sweepLeftovers(dir string) {
	old, err := filepath.Glob(filepath.Join(globQuote(dir), leftover+"*"))
	if err != nil {
		return
	}
	for _, path := range old {
		if info, err := os.Lstat(path); err == nil && info.IsDir() && time.Since(info.ModTime()) > time.Hour {
			_ = os.RemoveAll(path) // It belongs to somebody else, then.
		}
	}
}

func globQuote(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}

// replaceFile writes a file for its owner alone, whole or not at all. fill may
// keep other files in dir, which nobody else sees and which is removed.
func replaceFile(path string, overwrite bool, fill func(f *os.File, dir string) error) (err error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), leftover)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	made := filepath.Join(dir, "result")
	f, err := os.OpenFile(made, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	err = fill(f, dir)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := giveName(made, path, overwrite); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// giveName gives the file its name. A link never replaces what came there since;
// where the file system knows none, the last look must do.
func giveName(made, path string, overwrite bool) error {
	if overwrite {
		return os.Rename(made, path)
	}
	err := os.Link(made, path)
	if err == nil {
		return nil
	}
	if _, there := os.Lstat(path); !errors.Is(there, fs.ErrNotExist) {
		return outExists()
	}
	return os.Rename(made, path)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
