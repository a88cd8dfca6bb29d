package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lgsp.internal/adapter/internal/vntext"
)

// file is a file that a visitor has sent.
type file struct {
	Name    string // as the visitor's machine calls it, without folders; at most nameMost characters
	Content []byte
}

// nameMost is what any file system has.
const nameMost = 255

// read reads the form of a POST and checks its token.
func (v *visit) read(r route) error {
	most := r.body
	if most == 0 {
		most = formBytes
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, most)
	if r.upload {
		return v.readParts(r, most)
	}
	if err := v.r.ParseForm(); err != nil {
		return unreadable(err)
	}
	if err := v.take(v.r.PostForm); err != nil {
		return err
	}
	return v.checkToken(r, v.form.Get(tokenField))
}

// unreadable says whether a body is too large or no form.
func unreadable(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge
	}
	return errUnread
}

// take makes what was typed text as everything else expects it.
func (v *visit) take(form url.Values) error {
	for key, values := range form {
		for i, value := range values {
			if !utf8.ValidString(key) || !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				return errUnread
			}
			values[i] = vntext.NFC(strings.ReplaceAll(value, "\r\n", "\n"))
		}
	}
	v.form = form
	return nil
}

// fieldsMost bounds the parts of a form with a file.
const fieldsMost = 200

// readParts reads a form with a file. Its token comes first, so that nobody
// else's file is read.
func (v *visit) readParts(r route, most int64) error {
	select {
	case v.s.uploads <- struct{}{}:
		defer func() { <-v.s.uploads }()
	case <-v.r.Context().Done():
		return errUnread
	}
	// Real connections have deadlines; those of tests need none. The answer comes
	// when all is read.
	deadlines, end := http.NewResponseController(v.w), time.Now().Add(transferTime)
	_ = deadlines.SetReadDeadline(end)
	_ = deadlines.SetWriteDeadline(end.Add(requestTime))
	parts, err := v.r.MultipartReader()
	if err != nil {
		return errUnread
	}
	form := url.Values{}
	left := int64(formBytes)
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) && n > 0 {
			return v.take(form)
		}
		if err != nil {
			return unreadable(err)
		}
		if n > fieldsMost || n == 0 && part.FormName() != tokenField {
			return errToken
		}
		if part.FileName() != "" {
			err = v.readFile(part, most)
		} else {
			left, err = readField(form, part, left)
		}
		if err == nil && n == 0 {
			err = v.checkToken(r, form.Get(tokenField))
		}
		if err != nil {
			return err
		}
	}
}

func readField(form url.Values, part *multipart.Part, left int64) (int64, error) {
	value, err := io.ReadAll(io.LimitReader(part, left+1))
	if err != nil {
		return left, unreadable(err)
	}
	if left -= int64(len(value)); left < 0 {
		return left, errTooLarge
	}
	form.Add(part.FormName(), string(value))
	return left, nil
}

func (v *visit) readFile(part *multipart.Part, most int64) error {
	if v.file != nil {
		return errUnread
	}
	content, err := io.ReadAll(io.LimitReader(part, most))
	if err != nil {
		return unreadable(err)
	}
	v.file = &file{Name: fileName(part.FileName()), Content: content}
	return nil
}

// fileName keeps of what a file is called elsewhere what can be shown on one line
// as it reads.
func fileName(sent string) string {
	name := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(path.Base(strings.ReplaceAll(sent, `\`, "/")), "_"))
	if name = vntext.NFC(name); utf8.RuneCountInString(name) > nameMost {
		ext := []rune(path.Ext(name))
		name = string([]rune(name)[:nameMost-min(len(ext), 10)]) + string(ext[:min(len(ext), 10)])
	}
	return name
}
