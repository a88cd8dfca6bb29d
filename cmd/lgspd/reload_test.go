package main

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/sandbox"
)

// witness stands before the sandbox and reads which version documents are of.
type witness struct {
	mu   sync.Mutex
	seen map[string][]string // marks of a document, by its request code
}

var marks = regexp.MustCompile(`PB-[0-9]{5}`)

// newWitness returns the URL by which a daemon calls the sandbox at url.
func newWitness(t *testing.T, to string) (*witness, string) {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{seen: map[string][]string{}}
	proxy := httputil.NewSingleHostReverseProxy(target)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "nhanHoSoDKHT") {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				rw.WriteHeader(http.StatusBadGateway)
				return
			}
			if found := marks.FindAllString(string(body), -1); found != nil || bytes.Contains(body, []byte("LTKT")) {
				w.mu.Lock()
				w.seen[r.Header.Get("Idempotency-Key")] = found
				w.mu.Unlock()
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		proxy.ServeHTTP(rw, r)
	}))
	t.Cleanup(srv.Close)
	return w, srv.URL
}

// mustBeWhole checks that every document is of one version that was good.
func (w *witness) mustBeWhole(t *testing.T, good map[string]bool) (versions int) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	used := map[string]bool{}
	for code, found := range w.seen {
		if len(found) != 2 || found[0] != found[1] || !good[found[0]] {
			t.Errorf("document %s is of the versions %v", code, found)
			continue
		}
		used[found[0]] = true
	}
	return len(used)
}

// breakages are ways in which a folder is no version of a mapping; each is
// marked, so that it would be known if it showed.
func breakages(t *testing.T, n int) []map[string]string {
	whole := func() map[string]string { return versionFiles(t, n) }
	cut, lint, wrong, wired := whole(), whole(), whole(), whole()
	cut["mapping.yaml"] = cut["mapping.yaml"][:len(cut["mapping.yaml"])/2]
	lint["mapping.yaml"] = strings.Replace(lint["mapping.yaml"], "required: true", "requird: true", 1)
	wrong["cases/day-du/want.json"] = strings.Replace(wrong["cases/day-du/want.json"], mark(n), mark(n+1), 1)
	wired["mapping.yaml"] = strings.Replace(wired["mapping.yaml"], "root: GUI_KHAI_TU", "root: GUI_KHAI_TU_MOI", 1)
	wired["cases/day-du/in.xml"] = strings.ReplaceAll(wired["cases/day-du/in.xml"], "GUI_KHAI_TU", "GUI_KHAI_TU_MOI")
	return []map[string]string{cut, lint, wrong, wired, {"mapping.yaml": ""}}
}

// rewrite has good and broken versions take turns in the folder while messages
// stream in; both the watcher and the command take them.
func rewrite(t *testing.T, s *site, load *load, rounds int) (good map[string]bool) {
	t.Helper()
	dice := rand.New(rand.NewPCG(1, uint64(rounds)))
	good = map[string]bool{mark(1): true}
	for n := 2; n <= rounds; n++ {
		if n%3 == 0 {
			broken := breakages(t, 90_000+n)
			s.putFiles(t, broken[dice.IntN(len(broken))])
			if r := s.lgspd(t, "map", "reload"); r.code != exitFailed || !strings.Contains(r.out, ownService+": refused") || !strings.Contains(r.err, "1 of 1 mapping was refused") {
				t.Fatalf("round %d: exit %d\n%s%s", n, r.code, r.out, r.err)
			}
		}
		good[mark(n)] = true
		s.putFiles(t, versionFiles(t, n))
		if r := s.lgspd(t, "map", "reload"); r.code != exitOK {
			t.Fatalf("round %d: exit %d\n%s%s", n, r.code, r.out, r.err)
		}
		if !s.describes(t, n) {
			t.Errorf("the WSDL does not follow version %d", n)
		}
		before := load.acknowledged.Load()
		until(t, 20*time.Second, "messages go on", func() bool { return load.acknowledged.Load() > before+8 })
	}
	return good
}

// mustSayNothingOfCitizens looks for what the letters of a load hold.
func mustSayNothingOfCitizens(t *testing.T, log string) {
	t.Helper()
	for _, name := range []string{"LÊ VĂN", "Nguyễn", "Trần", "079048", "079194"} {
		if strings.Contains(log, name) {
			t.Errorf("the log holds %s", name)
		}
	}
}

// arrive waits until everything acknowledged took effect, once.
func arrive(t *testing.T, s *site, box *sandbox.Server, load *load) {
	t.Helper()
	load.finish()
	until(t, 30*time.Second, "everything acknowledged takes effect", func() bool { return box.Stats().Effects >= uint64(load.acknowledged.Load()) })
	until(t, 20*time.Second, "every outcome is recorded", func() bool { return s.waiting(t) == 0 })
	load.compare(t, box.Effects(0, 0))
}

// TestMappingsAreReplacedUnderLoadWithoutALossADoubleOrAMixture rewrites a folder
// under load, with good and broken versions in turn. LGSPD_RELOADS sets how often
// (100). // req: R-28
func TestMappingsAreReplacedUnderLoadWithoutALossADoubleOrAMixture(t *testing.T) {
	rounds := number(t, "LGSPD_RELOADS", 100)
	box, url := startSandbox(t)
	w, at := newWitness(t, url)
	s := newMappingSite(t, at)
	daemon := s.serve(t).tellOnFailure(t)
	load := startLoad(t, s, 6)
	early := rewrite(t, s, load, min(20, rounds))
	before, _ := daemon.memory(t)
	good := rewrite(t, s, load, rounds)
	for mark := range early {
		good[mark] = true
	}
	after, _ := daemon.memory(t)
	t.Run("the watcher takes what has settled by itself", func(t *testing.T) {
		for n := rounds + 1; n <= rounds+2; n++ {
			good[mark(n)] = true
			s.putFiles(t, versionFiles(t, n))
			until(t, 20*time.Second, "the WSDL follows", func() bool { return s.describes(t, n) })
		}
	})
	arrive(t, s, box, load)
	versions := w.mustBeWhole(t, good)
	daemon.mustStop(t)
	log := daemon.log.String()
	mustSayNothingOfCitizens(t, log)
	for _, want := range []string{`level=WARN msg="mapping refused; the one in use stays" service=` + ownService, "mapping.yaml:", "unknown key", "cases/day-du/want.json: the case does not hold", "source.root was"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q", want)
		}
	}
	if n := strings.Count(log, "level=ERROR"); n > 0 {
		t.Errorf("%d errors in the log", n)
	}
	if after > before+64<<20 {
		t.Errorf("the daemon's memory grew from %d to %d MB", before>>20, after>>20)
	}
	events := s.events(t)
	if events["mapping-changed"] < rounds || events["parked"]+events["rejected"] > 0 {
		t.Errorf("on record: %v", events)
	}
	s.mustBeWhole(t)
	t.Logf("%d messages, %d of them of %d versions; %d changes on record; memory from %d to %d MB", load.acknowledged.Load(), len(w.seen), versions, events["mapping-changed"], before>>20, after>>20)
}

// The daemon of this test is in its own process, so that the race detector sees
// into it.
func TestMappingsAreReplacedWithoutARace(t *testing.T) {
	box, url := startSandbox(t)
	w, at := newWitness(t, url)
	s := newMappingSite(t, at)
	var log buffer
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ready, ended := make(chan string, 1), make(chan error, 1)
	hangUps := make(chan os.Signal, 1)
	go func() {
		ended <- serve(ctx, s.load(t), slog.New(slog.NewTextHandler(&log, nil)), hangUps, func(addr string) { ready <- addr })
	}()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	load := startLoad(t, s, 4)
	good := rewrite(t, s, load, 12)
	hangUps <- syscall.SIGHUP
	until(t, 20*time.Second, "a hang-up is answered", func() bool { return strings.Contains(log.String(), "mappings loaded anew") })
	arrive(t, s, box, load)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if versions := w.mustBeWhole(t, good); versions < 6 {
		t.Errorf("documents are of %d versions only", versions)
	}
	mustSayNothingOfCitizens(t, log.String())
}

func TestAHangUpHasEveryMappingLoadedAnew(t *testing.T) {
	s := newMappingSite(t, "http://127.0.0.1:9")
	daemon := s.serve(t).tellOnFailure(t)
	hangUp := func(want string) {
		t.Helper()
		if err := daemon.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		until(t, 20*time.Second, want, func() bool { return strings.Contains(daemon.log.String(), want) })
	}
	hangUp("replaced=0 refused=0 unchanged=1")
	s.putFiles(t, map[string]string{"mapping.yaml": "nonsense"})
	hangUp("replaced=0 refused=1 unchanged=0")
	s.putFiles(t, versionFiles(t, 2))
	hangUp("replaced=1 refused=0 unchanged=0")
	if !s.describes(t, 2) {
		t.Error("the WSDL does not follow")
	}
	daemon.mustStop(t)
}

func TestAChangeOfAMappingIsOnRecordByName(t *testing.T) {
	s := newMappingSite(t, "http://127.0.0.1:9")
	daemon := s.serve(t).tellOnFailure(t)
	list := func() mappingLine {
		t.Helper()
		for _, l := range decode[[]mappingLine](t, s.lgspd(t, "map", "list", "--json")) {
			if l.Service == ownService {
				return l
			}
		}
		t.Fatal("the service is not listed")
		return mappingLine{}
	}
	old := list().Hash
	s.putFiles(t, versionFiles(t, 2))
	s.lgspd(t, "map", "reload", "--by", "nguyen.mau", ownService).want(t, exitOK, nil, nil)
	next := list().Hash
	s.putFiles(t, map[string]string{"mapping.yaml": "nonsense"})
	s.lgspd(t, "map", "reload", ownService).want(t, exitFailed, nil, nil)
	s.putFiles(t, versionFiles(t, 3))
	t.Setenv("SUDO_USER", "quan-tri-thu")
	s.lgspd(t, "map", "reload").want(t, exitOK, nil, nil)
	daemon.mustStop(t)
	entries := s.lgspd(t, "audit", "export").out
	if n := strings.Count(entries, `"mapping-changed"`); n != 2 || !strings.Contains(entries, `"operator":"quan-tri-thu","detail":"`+next+" → ") || !strings.Contains(entries, `"event":"mapping-changed","service":"`+ownService+`","operator":"nguyen.mau","detail":"`+old+" → "+next+`"`) {
		t.Errorf("%d changes on record:\n%s", n, entries)
	}
	if !strings.Contains(entries, `"event":"started","detail":"version `+version()+", mapping "+ownService+" "+old+`"`) {
		t.Errorf("the start does not say what it began with:\n%s", entries)
	}
	s.lgspd(t, "audit", "verify").want(t, exitOK, words("The record is whole"), nil)
	if len(old) != 64 || old == next {
		t.Errorf("from %q to %q", old, next)
	}
}

func TestAChangeThatCannotBePutOnRecordIsNone(t *testing.T) {
	box, url := startSandbox(t)
	s := newMappingSite(t, url)
	daemon := s.serve(t).tellOnFailure(t)
	newPen(t, s).mustWrite(0)
	until(t, 20*time.Second, "the whole daemon is at work", func() bool { return box.Stats().Effects == 1 })
	s.putFiles(t, versionFiles(t, 2))
	s.withDatabase(t, "rw", func(db *sql.DB) error {
		if _, err := db.Exec("begin exclusive"); err != nil {
			return err
		}
		s.lgspd(t, "map", "reload").want(t, exitFailed, words("refused", s.mappingFolder()+": put the change on record: "), nil)
		if s.describes(t, 2) || !s.describes(t, 1) {
			t.Error("the WSDL is that of a mapping which is not in use")
		}
		_, err := db.Exec("rollback")
		return err
	})
	s.lgspd(t, "map", "reload").want(t, exitOK, words("is in use instead of"), nil)
	if !s.describes(t, 2) {
		t.Error("the WSDL does not follow")
	}
	daemon.mustStop(t)
}

func TestBothWaysOfALookUpAreReplacedTogether(t *testing.T) {
	const service = "dancu.tra-cuu"
	box, url := startSandbox(t)
	s := newLookUpSite(t, url)
	s.replace(t, "{name: "+service+", upstream: dancu}", "{name: "+service+", upstream: dancu, mapping: mappings/"+service+"}")
	folder, files := filepath.Join(s.folder, "mappings", service), map[string]string{}
	err := fs.WalkDir(mappings.Shipped(), service, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(mappings.Shipped(), name)
		files[strings.TrimPrefix(name, service+"/")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	putInto(t, folder, files)
	daemon := s.serve(t).tellOnFailure(t)
	one, p := s.asker(t, "mot-cua"), somebody(t, box)
	if got := one.mustAsk(t, about(p)); got.fields["SoKetQua"] != "1" {
		t.Fatalf("it was told %+v", got)
	}
	files["mapping.yaml"] = replaceOnce(t, files["mapping.yaml"], "root: mc:KetQuaTraCuu", "root: mc:TraLoiMoi")
	files["mapping.yaml"] = replaceOnce(t, files["mapping.yaml"], "{to: SoKetQua, count", "{to: SoNguoi, count")
	wantWhatIsGot(t, service, files)
	putInto(t, folder, files)
	s.lgspd(t, "map", "reload", service).want(t, exitOK, words("is in use instead of"), nil)
	if got := one.mustAsk(t, about(p)); got.fields["SoNguoi"] != "1" || got.fields["SoKetQua"] != "" || got.fields["SoDinhDanh"] != p.SoDinhDanh || !strings.Contains(got.text, "TraLoiMoi") {
		t.Errorf("it was told %+v", got)
	}
	if text := s.wsdl(t, service); !strings.Contains(text, `element="q:TraLoiMoi"`) || !strings.Contains(text, `name="SoNguoi"`) || strings.Contains(text, "SoKetQua") {
		t.Errorf("it is described as\n%s", text)
	}
	daemon.mustStop(t)
	mustSayNothingOfCitizens(t, daemon.log.String())
}
