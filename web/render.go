package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"lgsp.internal/adapter/account"
)

//go:embed templates/*.html static/*.css
var assets embed.FS

// views are the parsed templates, by the name of their file without .html.
type views struct {
	pages     map[string]*template.Template
	css       []byte
	cssPath   string
	paper     []byte // style of the documents that pages show
	paperPath string
}

// shared are the templates that every page is made with.
var shared = [...]string{"templates/layout.html", "templates/form.html", "templates/desk.html"}

func (s *Server) parseViews() (views, error) {
	found := views{pages: map[string]*template.Template{}}
	var err error
	if found.css, err = assets.ReadFile("static/lgspd.css"); err != nil {
		return found, fmt.Errorf("web: %w", err)
	}
	found.cssPath = "/lgspd-" + printOf(found.css) + ".css"
	if found.paper, err = paperCSS(); err != nil {
		return found, err
	}
	found.paperPath = "/van-ban-" + printOf(found.paper) + ".css"
	base, err := template.New("layout.html").Funcs(s.functions()).Option("missingkey=error").ParseFS(assets, shared[:]...)
	if err != nil {
		return found, fmt.Errorf("web: %w", err)
	}
	files, err := fs.Glob(assets, "templates/*.html")
	if err != nil {
		return found, err
	}
	for _, file := range files {
		if slices.Contains(shared[:], file) {
			continue
		}
		one, err := base.Clone()
		if err == nil {
			_, err = one.ParseFS(assets, file)
		}
		if err != nil {
			return found, fmt.Errorf("web: %w", err)
		}
		found.pages[strings.TrimSuffix(path.Base(file), ".html")] = one
	}
	return found, nil
}

// printOf names a content, so that its path changes with it.
func printOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// functions are what templates may call.
func (s *Server) functions() template.FuncMap {
	all := template.FuncMap{
		"t":          s.t,
		"moment":     s.moment,
		"role":       func(r account.Role) string { return s.t("role." + r.String()) },
		"department": s.departmentName,
	}
	maps.Copy(all, s.reportFunctions())
	return all
}

// moment writes a time as people in Vietnam read it; "" for the zero time.
func (s *Server) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	layout := "15:04 02/01/2006"
	if s.opt.Lang == "en" {
		layout = "2006-01-02 15:04"
	}
	return t.In(time.FixedZone("", 7*60*60)).Format(layout) // Vietnam has kept UTC+7 since 1975
}

// departmentName returns the name of an agency, its code where it has none.
func (s *Server) departmentName(code string) string {
	for _, d := range s.opt.Departments {
		if d.Code == code {
			return d.Name
		}
	}
	return code
}

// frame is what the layout shows around a page; templates reach what the page
// gave as .Data.
type frame struct {
	Lang, Title, Province string
	Wrong                 bool             // the form on the page has problems
	Who                   *account.Account // nil = nobody has signed in
	Menu                  []link
	Flashes               []flash
	CSS, CSRF             string
	Paper                 string // style of the document that the page shows; "" = it shows none
	Data                  any
}

// page shows the template templates/NAME.html, which defines "content".
func (v *visit) page(status int, name, title string, data any) error {
	view := v.s.views.pages[name]
	if view == nil {
		return fmt.Errorf("there is no template %s", name)
	}
	f := frame{Lang: v.s.opt.Lang, Title: title, Province: v.s.opt.Province, CSS: v.s.views.cssPath, CSRF: v.csrf, Data: data}
	if v.held != nil {
		f.Who = &v.who
		if v.looks() {
			f.Flashes = v.s.sessions.told(v.held)
		}
		if !v.who.MustChange {
			f.Menu = v.s.menu(v.who, v.r.URL.Path)
		}
	}
	if of, ok := data.(interface{ wrong() bool }); ok {
		f.Wrong = of.wrong()
	}
	if of, ok := data.(interface{ showsPaper() bool }); ok && of.showsPaper() {
		f.Paper = v.s.views.paperPath
	}
	var text bytes.Buffer
	if err := view.Execute(&text, f); err != nil {
		return fmt.Errorf("template %s: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Length", strconv.Itoa(text.Len()))
	v.w.WriteHeader(status)
	_, _ = text.WriteTo(v.w) // whoever has gone away misses nothing
	return nil
}

// looks reports whether somebody is to see the page. What is shown once must not
// be lost to a picture or a form in the background of another site.
func (v *visit) looks() bool {
	dest := v.r.Header.Get("Sec-Fetch-Dest")
	return v.r.Method == http.MethodGet && (dest == "" || dest == "document")
}

// problem shows the page of an error, whose texts are key.title and key.text.
func (v *visit) problem(status int, key string) {
	if err := v.page(status, "problem", v.t(key+".title"), v.t(key+".text")); err != nil {
		v.s.opt.Log.Error("the page of an error failed", "err", err)
		http.Error(v.w, v.t(key+".title"), status)
	}
}

// download gives a file of a known size to be saved under a name.
func (v *visit) download(name, contentType string, size int64, content io.Reader) error {
	// Real connections have deadlines; those of tests need none.
	_ = http.NewResponseController(v.w).SetWriteDeadline(time.Now().Add(transferTime))
	h := v.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	v.w.WriteHeader(http.StatusOK)
	if _, err := io.CopyN(v.w, content, size); err != nil {
		v.s.opt.Log.Debug("a download broke off", "route", v.r.Pattern, "err", err)
		panic(http.ErrAbortHandler) // the browser sees a broken file, not a short one
	}
	return nil
}
