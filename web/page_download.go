package web

import (
	"archive/zip"
	"bytes"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/layout"
)

// downloadReport gives a report, as it stands or one version of it, as a file.
func downloadReport(v *visit) error {
	k, err := v.key()
	if err != nil {
		return err
	}
	version, err := v.version()
	if err != nil {
		return err
	}
	kind, ok := kindOf(v.r.PathValue("format"))
	if !ok {
		return errNotHere
	}
	name, content, err := v.fileOf(k, version, kind.Format)
	if err != nil {
		return err
	}
	return v.download(name, kind.MIME, int64(len(content)), bytes.NewReader(content))
}

func kindOf(format string) (layout.Kind, bool) {
	i := slices.IndexFunc(layout.Formats(), func(k layout.Kind) bool { return string(k.Format) == format })
	if i < 0 {
		return layout.Kind{}, false
	}
	return layout.Formats()[i], true
}

// fileOf writes a report in a format, and says what the file is called.
func (v *visit) fileOf(k filing.Key, version int, f layout.Format) (name string, content []byte, err error) {
	err = v.inTurn(func() error {
		paper, err := v.paper(k, version)
		if err == nil {
			name, content, err = v.written(paper, f)
		}
		return err
	})
	if version > 0 {
		name = strings.TrimSuffix(name, "."+string(f)) + "-phien-ban-" + strconv.Itoa(version) + "." + string(f)
	}
	return name, content, err
}

// written is a paper in a format. It is made as a whole, so that a slow visitor
// keeps nobody from his turn and a failure is a page, not half a file.
func (v *visit) written(p layout.Paper, f layout.Format) (name string, content []byte, err error) {
	var text bytes.Buffer
	err = v.s.opt.Office.Write(&text, f, p)
	return layout.FileName(p, f), text.Bytes(), err
}

// downloadAll gives all reports of a period that there are, in the formats that
// were chosen, as a ZIP with a folder for each. It is a POST, so that no link of
// others has so much made.
func downloadAll(v *visit) error {
	p, err := v.period()
	if err != nil {
		return err
	}
	var formats []layout.Format
	for _, k := range layout.Formats() {
		if slices.Contains(v.form["format"], string(k.Format)) {
			formats = append(formats, k.Format)
		}
	}
	if len(formats) == 0 {
		f := &form{Fields: []*field{{Name: "format"}}}
		f.bad("format", v.t("zip.format.missing"))
		return v.showBoard(http.StatusUnprocessableEntity, p, f)
	}
	board, err := v.s.opt.Office.Board(v.r.Context(), p)
	if err != nil {
		return err
	}
	keys := []filing.Key{{Period: p}}
	for _, l := range board.Departments {
		if l.State != filing.None {
			keys = append(keys, filing.Key{Period: p, Department: l.Department})
		}
	}
	first, err := v.folder(keys[0], formats)
	if err != nil {
		return err
	}
	v.beginFile("bao-cao-"+strings.ReplaceAll(p.String(), "..", "-den-")+".zip", "application/zip")
	out := zip.NewWriter(v.w)
	err = v.add(out, first)
	for _, k := range keys[1:] {
		if err != nil {
			break
		}
		var files []zipped
		if files, err = v.folder(k, formats); err == nil {
			err = v.add(out, files)
		}
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		v.s.opt.Log.Warn("a download broke off", "route", v.r.Pattern, "err", err)
		panic(http.ErrAbortHandler) // the browser sees a broken file, not a short one
	}
	return nil
}

// beginFile begins the answer that is a file of unknown size.
func (v *visit) beginFile(name, contentType string) {
	v.lasting()
	v.w.Header().Set("Content-Type", contentType)
	v.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	v.w.WriteHeader(http.StatusOK)
}

// lasting gives an answer the time that a file takes. The end of the time for
// reading would end the request too. Real connections have deadlines; those of
// tests need none.
func (v *visit) lasting() {
	end := time.Now().Add(transferTime)
	c := http.NewResponseController(v.w)
	_, _ = c.SetReadDeadline(end), c.SetWriteDeadline(end)
}

// zipped is a file in a ZIP.
type zipped struct {
	name    string
	content []byte
}

// folder writes one report in all formats that were chosen.
func (v *visit) folder(k filing.Key, formats []layout.Format) (files []zipped, err error) {
	folder := k.Department
	if folder == "" {
		folder = provinceUnit
	}
	var paper layout.Paper
	if err := v.inTurn(func() (err error) { paper, err = v.paper(k, 0); return err }); err != nil {
		return nil, err
	}
	for _, f := range formats {
		if err := v.inTurn(func() error {
			name, content, err := v.written(paper, f)
			files = append(files, zipped{folder + "/" + name, content})
			return err
		}); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func (v *visit) add(out *zip.Writer, files []zipped) error {
	for _, f := range files {
		w, err := out.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: v.s.opt.Now()})
		if err == nil {
			_, err = w.Write(f.content)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
