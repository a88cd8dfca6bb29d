package layout

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"slices"
	"time"
)

const contentTypes = "[Content_Types].xml"

var defaultType = regexp.MustCompile(`<Default [^>]*?(/>|></Default>)`)

// settle writes the parts of a workbook in their order, each of the same day,
// and its types in theirs: the library writes types in an order that changes,
// and days that do not exist.
func settle(w io.Writer, workbook []byte) error {
	from, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		return err
	}
	files := slices.Clone(from.File)
	slices.SortFunc(files, func(a, b *zip.File) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	to := zip.NewWriter(w)
	for _, f := range files {
		if err := copyPart(to, f); err != nil {
			return err
		}
	}
	return to.Close()
}

func copyPart(to *zip.Writer, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if f.Name == contentTypes {
		content = sortDefaults(content)
	}
	part, err := to.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		return err
	}
	_, err = part.Write(content)
	return err
}

func sortDefaults(content []byte) []byte {
	all := defaultType.FindAll(content, -1)
	slices.SortFunc(all, bytes.Compare)
	i := -1
	return defaultType.ReplaceAllFunc(content, func([]byte) []byte {
		i++
		return all[i]
	})
}
