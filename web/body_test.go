package web

import (
	"bytes"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

const sizeMost = 300 << 10

// shelf is a page to which a file is sent, and from which one is fetched.
func shelf() []route {
	return []route{
		{method: "POST", path: "/tep", roles: everyRole(), upload: true, body: sizeMost, do: func(v *visit) error {
			text := "no file"
			if v.file != nil {
				text = fmt.Sprintf("%s %d", v.file.Name, len(v.file.Content))
			}
			return v.page(http.StatusOK, "problem", v.form.Get("note"), text)
		}},
		{method: "GET", path: "/tep", roles: everyRole(), do: func(v *visit) error {
			return v.download("Báo cáo 6 tháng.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 5, strings.NewReader("hello, and more"))
		}},
		{method: "GET", path: "/tep-gay", roles: everyRole(), do: func(v *visit) error { return v.download("x", "text/plain", 50, strings.NewReader("short")) }},
	}
}

// part is one part of a form; a file has a name.
type part struct{ name, file, content string }

func (b *browser) upload(parts ...part) answer { b.t.Helper(); return b.do(b.uploading(parts...)) }

func (b *browser) uploading(parts ...part) *http.Request {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		h := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"`, p.name)}}
		if p.file != "" {
			h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, p.name, p.file))
		}
		out, err := w.CreatePart(h)
		if err == nil {
			_, err = out.Write([]byte(p.content))
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequest("POST", b.p.http.URL+"/tep", &body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func TestAFileIsTakenWithItsForm(t *testing.T) {
	p := newPlace(t, nil, shelf()...)
	p.settle("can-bo", clerk)
	b := p.signIn("can-bo")
	token := part{"csrf", "", b.token("/")}
	large := strings.Repeat("x", 200<<10)
	b.upload(token, part{"note", "", "Ghi chú"}, part{"tep", `C:\Users\thu\bao-cao.xlsx`, large}).want(t, 200, "Ghi chú", "bao-cao.xlsx 204800")
	b.upload(token, part{"tep", "../../etc/passwd", "x"}).want(t, 200, "passwd 1")
	b.upload(token, part{"note", "", "x"}).want(t, 200, "no file")
	b.upload(part{"tep", "a.xlsx", "x"}, token).want(t, http.StatusForbidden, "không còn hiệu lực")
	b.upload(part{"tep", "a.xlsx", strings.Repeat("x", sizeMost)}, token).want(t, http.StatusForbidden) // it is not read first
	b.upload(part{"csrf", "", "x"}, part{"tep", "a.xlsx", "x"}).want(t, http.StatusForbidden)
	b.upload(token, part{"tep", "a", "x"}, part{"hai", "b", "x"}).want(t, http.StatusBadRequest)
	b.upload(token, part{"note", "", strings.Repeat("x", formBytes)}).want(t, http.StatusRequestEntityTooLarge)
	b.upload(token, part{"tep", "a", strings.Repeat("x", sizeMost)}).want(t, http.StatusRequestEntityTooLarge, "quá lớn")
	b.send("/tep", map[string][]string{"csrf": {token.content}}).want(t, http.StatusBadRequest)
	p.browser().upload(token, part{"tep", "a", "x"}).want(t, http.StatusForbidden, "đã kết thúc")
}

// deadlines are those of a connection.
type deadlines struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error  { d.read = t; return nil }
func (d *deadlines) SetWriteDeadline(t time.Time) error { d.write = t; return nil }

// The deadline of the answer begins with the request, and a file may take longer.
func TestAFileThatTakesLongIsAnsweredAllTheSame(t *testing.T) {
	p := newPlace(t, nil, shelf()...)
	p.settle("can-bo", clerk)
	b := p.signIn("can-bo")
	r := b.uploading(part{"csrf", "", b.token("/")}, part{"tep", "a", "x"})
	for _, c := range b.http.Jar.Cookies(r.URL) {
		r.AddCookie(c)
	}
	r.RemoteAddr = "127.0.0.1:1"
	w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	p.s.Handler().ServeHTTP(w, r)
	if w.Code != 200 || w.read.Before(time.Now().Add(transferTime-time.Minute)) || w.write.Before(w.read.Add(requestTime)) {
		t.Errorf("answered %d, read until %s, answered until %s", w.Code, w.read, w.write)
	}
}

func TestANameOfAFileIsOneReadableLine(t *testing.T) {
	for sent, want := range map[string]string{
		"bao cáo.docx": "bao cáo.docx", "a\u0300.docx": "à.docx", "a\r\nX: y.docx": "a__X: y.docx", "x\u202excod.exe": "x_xcod.exe", "a\u2028b": "a_b", "\xff.docx": "_.docx",
		strings.Repeat("ố", 300) + ".docx": strings.Repeat("ố", 250) + ".docx", "a." + strings.Repeat("b", 300): "a." + strings.Repeat("b", 243) + "." + strings.Repeat("b", 9),
	} {
		if got := fileName(sent); got != want {
			t.Errorf("%q becomes %q, want %q", sent, got, want)
		}
	}
}

func TestManyFilesWaitForTheirTurn(t *testing.T) {
	p := newPlace(t, nil, shelf()...)
	p.settle("can-bo", clerk)
	b := p.signIn("can-bo")
	token := part{"csrf", "", b.token("/")}
	for range uploadsMost {
		p.s.uploads <- struct{}{}
	}
	impatient := *b.http
	impatient.Timeout = 300 * time.Millisecond
	if resp, err := impatient.Do(b.uploading(token, part{"tep", "a", "x"})); err == nil {
		resp.Body.Close()
		t.Error("one more is read than there are places")
	}
	<-p.s.uploads
	b.upload(token, part{"tep", "a", "x"}).want(t, 200, "a 1")
}

func TestAFileIsGivenToBeSaved(t *testing.T) {
	p := newPlace(t, nil, shelf()...)
	p.settle("can-bo", clerk)
	b := p.signIn("can-bo")
	got := b.get("/tep").want(t, 200)
	kind, params, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
	if got.text != "hello" || err != nil || kind != "attachment" || params["filename"] != "Báo cáo 6 tháng.docx" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%q %v", got.text, got.header)
	}
	if resp, err := b.http.Get(p.http.URL + "/tep-gay"); err == nil {
		if _, err := new(bytes.Buffer).ReadFrom(resp.Body); err == nil {
			t.Error("a file that broke off looks whole")
		}
		resp.Body.Close()
	}
}
