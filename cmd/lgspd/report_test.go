package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/clean"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/notice"
	"lgsp.internal/adapter/queue"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/bundle"
	"lgsp.internal/adapter/report/layout"
	"lgsp.internal/adapter/usage"
)

// send sends n births with own ids from one on, and returns how many were acknowledged.
func (s *site) sendBirths(t testing.TB, from, n int) (acknowledged int64) {
	t.Helper()
	sample, err := mappings.NewSample(mappings.Shipped(), "hotich.khai-sinh")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		a, err := s.post(context.Background(), http.DefaultClient, "hotich.khai-sinh", sample.With(fmt.Sprintf("H29.11-261122-%04d", from+i), ""))
		if err != nil || a.fault != "" {
			t.Fatalf("%v %s", err, a.fault)
		}
		acknowledged++
	}
	return acknowledged
}

// written compiles a report as JSON and reads it.
func (s *site) written(t testing.TB, period string, flags ...string) layout.Paper {
	t.Helper()
	r := command(t, append(append([]string{"report", "compile", "--config", s.config, "--json"}, flags...), period)...)
	if r.code != exitOK {
		t.Fatalf("exit %d: %s", r.code, r.err)
	}
	paper, err := layout.ReadJSON(strings.NewReader(r.out))
	if err != nil {
		t.Fatal(err)
	}
	return paper
}

// thisHalf names the half year that runs.
func thisHalf() string {
	half, _ := report.Current(time.Now())
	return half.String()
}

// The daemon is killed in the middle: what it acknowledged is what the report says.
func TestAReportOfTheRealDaemonSaysWhatItAcknowledged(t *testing.T) {
	box, url := startSandbox(t)
	s := newSite(t, url)
	p := s.serve(t)
	sent := s.sendBirths(t, 1, 20)
	p.kill()
	p = s.serve(t)
	sent += s.sendBirths(t, 100, 10)
	until(t, 20*time.Second, "everything is delivered", func() bool { return int64(box.Stats().Effects) >= sent })
	if code := p.stop(t); code != exitOK {
		t.Fatalf("the daemon ended with %d\n%s", code, p.log.String())
	}
	s.withStore(t, func(st *store) error {
		n, err := st.counts.CatchUp(t.Context())
		if n != 0 {
			t.Errorf("%d entries were not counted with their commit", n)
		}
		return err
	})
	r := s.written(t, thisHalf()).Report
	if m := r.Total.Messages; m.Received != sent || m.Delivered != sent || m.Waiting != 0 {
		t.Errorf("the report says %+v, %d were acknowledged", m, sent)
	}
	command(t, "report", "verify", "--config", s.config, thisHalf()).want(t, exitOK, words("Every number", "of a record that is whole"), nil)
	command(t, "report", "verify", "--config", s.config, "--department", "H29.11", thisHalf()).want(t, exitOK, words("Every number"), nil)
}

// recordedSite is an installation with some exchanges of last half year, as if long ago.
func recordedSite(t testing.TB, department string, messages int) *site {
	t.Helper()
	s := newSite(t, "http://127.0.0.1:1")
	half, _ := report.Current(time.Now())
	at := half.Previous().To.Begin().Add(8 * time.Hour)
	s.withStore(t, func(st *store) error {
		for i := range messages {
			for _, e := range []audit.Event{audit.Accepted, audit.Delivered} {
				if err := st.audit.Record(t.Context(), &audit.Entry{At: at, Event: e, Message: fmt.Sprint(i), Sender: department, Service: "hotich.khai-sinh"}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return s
}

func lastHalf() string {
	half, _ := report.Current(time.Now())
	return half.Previous().String()
}

func TestReportCompileWritesEveryFormat(t *testing.T) {
	s := recordedSite(t, "H29.11", 3)
	out := filepath.Join(s.folder, "bao-cao")
	command(t, "report", "compile", "--config", s.config, "-o", out, "--department", "H29.11", lastHalf()).
		want(t, exitOK, words("3 received, 3 delivered", "rests on  entry 6", "written: ", "Next: it is a draft"), nil)
	for _, k := range layout.Formats() {
		path := filepath.Join(out, "bao-cao-"+lastHalf()+"-H29.11-du-thao."+string(k.Format))
		if info, err := os.Stat(path); err != nil || info.Size() == 0 || info.Mode().Perm()&0o007 != 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
	command(t, "report", "verify", "--config", s.config, filepath.Join(out, "bao-cao-"+lastHalf()+"-H29.11-du-thao.json")).want(t, exitOK, words("Every number"), nil)
	command(t, "report", "compile", "--config", s.config, "-o", out, "--format", "csv", lastHalf()).want(t, exitOK, words(".csv"), nil)
}

func TestAReportThatWasTamperedWithIsNotConfirmed(t *testing.T) {
	s := recordedSite(t, "H29.11", 3)
	path := filepath.Join(s.folder, "r.json")
	text := command(t, "report", "compile", "--config", s.config, "--json", lastHalf()).out
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, `"received": 3`, `"received": 30`)), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "report", "verify", "--config", s.config, path).want(t, exitFailed, words("messages/H29.11/hotich.khai-sinh/received: the report says 30, the record 3"), words("does not confirm"))
	r := command(t, "report", "verify", "--config", s.config, "--json", path)
	var v verdictLines
	if err := json.Unmarshal([]byte(r.out), &v); err != nil || v.Holds || len(v.Differences) == 0 || r.code != exitFailed {
		t.Errorf("exit %d, %v, %+v", r.code, err, v)
	}
}

func TestReportStatusListsWhoHasNotBegun(t *testing.T) {
	s := recordedSite(t, "H29.11", 1)
	command(t, "report", "status", "--config", s.config, lastHalf()).want(t, exitOK, words(lastHalf()+" H29.11", "none", "province"), nil)
	command(t, "report", "status", "--config", s.config).want(t, exitOK, words(lastHalf()+" H29.11"), nil)
	command(t, "report", "status", "--config", s.config, "--json", "2001-H1").want(t, exitOK, words(`"late": true`), nil)
}

// trust lets a site take the bundles of another under a name.
func (s *site) trust(t testing.TB, other *site, name, departments string) {
	t.Helper()
	key := strings.TrimSpace(command(t, "report", "key", "--config", other.config).out)
	s.replace(t, "queue:\n", fmt.Sprintf("report: {nodes: [{name: %s, key: %q, departments: [%s]}]}\nqueue:\n", name, key, departments))
}

// asNode gives a site another name, and a key of its own.
func (s *site) asNode(t testing.TB, name string) {
	t.Helper()
	s.replace(t, "queue:\n", "report: {node_name: "+name+"}\nqueue:\n")
}

func TestFiguresOfAnotherDaemonAreCountedOnce(t *testing.T) {
	province, other := recordedSite(t, "H29.11", 3), recordedSiteOf(t, "co-so-2", 4)
	province.trust(t, other, "co-so-2", "H29.11")
	file := filepath.Join(t.TempDir(), "b.lgspd")
	command(t, "report", "export", "--config", other.config, "-o", file, lastHalf()).want(t, exitOK, words("of node co-so-2", "signed: 1 department"), nil)
	command(t, "report", "import", "--config", province.config, file).want(t, exitOK, words("were taken in"), nil)
	command(t, "report", "import", "--config", province.config, file).want(t, exitOK, words("were here already"), nil)
	for _, flags := range [][]string{nil, {"--department", "H29.11"}} {
		r := province.written(t, lastHalf(), flags...).Report
		if r.Total.Messages.Received != 7 || len(r.Nodes) != 2 || len(r.Messages) != 1 {
			t.Errorf("%v: the report says %+v of %d nodes", flags, r.Total.Messages, len(r.Nodes))
		}
	}
	command(t, "report", "verify", "--config", province.config, lastHalf()).want(t, exitOK, words("Every number"), nil)
	other.withStore(t, func(st *store) error {
		return st.audit.Record(t.Context(), &audit.Entry{At: lastHalfEnd(), Event: audit.Accepted, Message: "x", Sender: "H29.11", Service: "hotich.khai-sinh"})
	})
	later := filepath.Join(t.TempDir(), "later.lgspd")
	command(t, "report", "export", "--config", other.config, "-o", later, lastHalf())
	command(t, "report", "import", "--config", province.config, later).want(t, exitOK, words("took the place of earlier ones"), nil)
	if m := province.written(t, lastHalf()).Report.Total.Messages; m.Received != 8 || m.Waiting != 1 {
		t.Errorf("the report says %+v", m)
	}
	command(t, "report", "import", "--config", province.config, file).want(t, exitFailed, nil, words(bundle.ErrOlder.Error()))
}

func lastHalfEnd() time.Time {
	half, _ := report.Current(time.Now())
	return half.Previous().To.Begin().Add(9 * time.Hour)
}

// recordedSiteOf is a recorded site that is a node of its own, with its own key.
func recordedSiteOf(t testing.TB, name string, messages int) *site {
	t.Helper()
	s := newSite(t, "http://127.0.0.1:1")
	key := sha256.Sum256([]byte(name))
	s.write(t, "lgspd.key", hex.EncodeToString(key[:]))
	s.asNode(t, name)
	s.withStore(t, func(st *store) error {
		for i := range messages {
			if err := st.audit.Record(t.Context(), &audit.Entry{At: lastHalfEnd(), Event: audit.Accepted, Message: fmt.Sprint(i), Sender: "H29.11", Service: "hotich.khai-sinh"}); err != nil {
				return err
			}
			if err := st.audit.Record(t.Context(), &audit.Entry{At: lastHalfEnd(), Event: audit.Delivered, Message: fmt.Sprint(i), Sender: "H29.11", Service: "hotich.khai-sinh"}); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func TestABundleThatMayNotBeTakenIsRefused(t *testing.T) {
	other := recordedSiteOf(t, "co-so-2", 2)
	file := filepath.Join(t.TempDir(), "b.lgspd")
	command(t, "report", "export", "--config", other.config, "-o", file, lastHalf())
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "changed.lgspd")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, row := range map[string]struct {
		site *site
		file string
		want error
		says string
	}{
		"a stranger's":         {newSite(t, "http://127.0.0.1:1"), file, bundle.ErrStranger, ""},
		"changed":              {trusting(t, other, "co-so-2", "H29.11"), write(strings.Replace(string(raw), `"received": 2`, `"received": 3`, 1)), bundle.ErrSignature, ""},
		"no bundle":            {trusting(t, other, "co-so-2", "H29.11"), write("{}"), bundle.ErrForm, ""},
		"under another name":   {trusting(t, other, "co-so-3", "H29.11"), file, nil, `"co-so-2", the configuration "co-so-3"`},
		"another department's": {trusting(t, other, "co-so-2", "H29.12"), file, nil, "bring figures of department H29.11"},
	} {
		t.Run(name, func(t *testing.T) {
			row.site.withStore(t, func(*store) error { return nil }) // makes the database
			r := command(t, "report", "import", "--config", row.site.config, row.file)
			says := row.says
			if row.want != nil {
				says = row.want.Error()
			}
			if r.code == exitOK || !strings.Contains(r.err, says) {
				t.Errorf("exit %d: %s", r.code, r.err)
			}
		})
	}
}

// trusting is an installation that takes bundles of another under a name.
func trusting(t testing.TB, other *site, name, departments string) *site {
	t.Helper()
	s := newSite(t, "http://127.0.0.1:1")
	if !strings.Contains(departments, "H29.11") {
		s.replace(t, "services:\n", "  - {code: "+departments+", name: Sở Khác, services: [], auth: {basic: [{username: so-khac, password: 9f86d081884c7d659a2f}]}}\nservices:\n")
	}
	s.trust(t, other, name, departments)
	return s
}

// The same database under two names would count everything twice.
func TestACopyOfARecordIsNotCountedBesideIt(t *testing.T) {
	s := recordedSite(t, "H29.11", 2)
	copied := newSite(t, "http://127.0.0.1:1")
	text, err := os.ReadFile(filepath.Join(s.folder, "data", "lgspd.db"))
	if err != nil {
		t.Fatal(err)
	}
	copied.write(t, "data/lgspd.db", string(text))
	copied.asNode(t, "ban-sao")
	file := filepath.Join(t.TempDir(), "b.lgspd")
	command(t, "report", "export", "--config", copied.config, "-o", file, lastHalf()).want(t, exitOK, nil, nil)
	s.trust(t, copied, "ban-sao", "H29.11")
	command(t, "report", "import", "--config", s.config, file).want(t, exitFailed, nil, words("tinh and ban-sao", report.ErrTwice.Error()))
}

func TestWhatIsMistypedOfReportsIsAnErrorOfUsage(t *testing.T) {
	s := recordedSite(t, "H29.11", 1)
	for line, want := range map[string]string{
		"compile": "want one PERIOD", "compile 2026-H3": "write a period as in 2026-H1", "compile 2026-H1 2026-H2": "want one PERIOD", "compile --format doc 2026-H1": "want docx",
		"compile --department H29.99 2026-H1": "no such department", "verify": "want a PERIOD", "verify --department H29.99 2026-H1": "no such department",
		"export": "want one PERIOD", "import": "want one FILE", "status 2026-H9": "write a period",
	} {
		verb, rest, _ := strings.Cut(line, " ")
		command(t, append([]string{"report", verb, "--config", s.config}, strings.Fields(rest)...)...).want(t, exitUsage, nil, words(want))
	}
	command(t, "report", "verify", "--config", s.config, "nowhere.json").want(t, exitEnvironment, nil, words("is no period"))
}

func TestTheStandardFormOfReportsCanBeWrittenAndUsed(t *testing.T) {
	s := recordedSite(t, "H29.11", 2)
	form := filepath.Join(s.folder, "mau.docx")
	command(t, "report", "template", "-o", form).want(t, exitOK, words("report.template.province"), nil)
	command(t, "report", "template", "-o", form).want(t, exitEnvironment, nil, words("mau.docx"))
	command(t, "report", "template", "--department", "-o", filepath.Join(s.folder, "don-vi.docx")).want(t, exitOK, words("report.template.department"), nil)
	s.replace(t, "queue:\n", "report: {template: {province: mau.docx}}\nqueue:\n")
	command(t, "check", "--config", s.config).want(t, exitOK, nil, nil)
	command(t, "report", "compile", "--config", s.config, "--format", "docx", "-o", s.folder, lastHalf()).want(t, exitOK, words(".docx"), nil)
}

func TestAFormThatCannotBeFilledInIsFoundByCheck(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:1")
	s.write(t, "mau.docx", "no document")
	s.replace(t, "queue:\n", "report: {template: {department: mau.docx}}\nqueue:\n")
	command(t, "check", "--config", s.config).want(t, exitUsage, nil, words("report.template", "mau.docx"))
	s.replace(t, "mau.docx", "khong-co.docx")
	command(t, "check", "--config", s.config).want(t, exitUsage, nil, words("report.template", "khong-co.docx"))
}

// A province that upgrades has months of record that nobody counted.
func TestAnUpgradeCountsWhatIsOnRecordSinceBefore(t *testing.T) {
	box, url := startSandbox(t)
	s := newSite(t, url)
	at := lastHalfEnd()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(s.folder, "data", "lgspd.db"),
		Schemas: []sqlite.Schema{audit.Schema(), queue.Schema(), usage.Schema(), notice.Schema(), clean.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	record := audit.New(audit.Options{DB: db, Key: []byte("pseudonyms")})
	const before = 5000
	if err := db.Write(t.Context(), func(tx *sqlite.Tx) error {
		for i := range before {
			if err := record.Append(tx, &audit.Entry{At: at, Event: audit.Accepted, Message: fmt.Sprint(i), Sender: "H29.11", Service: "hotich.khai-sinh"}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	p := s.serve(t)
	sent := s.sendBirths(t, 1, 5)
	until(t, 20*time.Second, "everything is delivered", func() bool { return int64(box.Stats().Effects) >= sent })
	if code := p.stop(t); code != exitOK {
		t.Fatalf("the daemon ended with %d\n%s", code, p.log.String())
	}
	if m := s.written(t, lastHalf()).Report.Total.Messages; m.Received != before {
		t.Errorf("of before, the report has %d", m.Received)
	}
	if m := s.written(t, thisHalf()).Report.Total.Messages; m.Before != before || m.Received != sent || m.Delivered != sent {
		t.Errorf("of now, the report has %+v", m)
	}
	command(t, "report", "verify", "--config", s.config, thisHalf()).want(t, exitOK, words("Every number"), nil)
}

func TestCountsThatVerifyDoesNotConfirmCanBeMadeAnew(t *testing.T) {
	s := recordedSite(t, "H29.11", 3)
	s.withStore(t, func(st *store) error {
		return st.db.Write(t.Context(), func(tx *sqlite.Tx) error { return tx.Do("update report_count set n = n + 1") })
	})
	command(t, "report", "verify", "--config", s.config, lastHalf()).want(t, exitFailed, words("the report says 4, the record 3"), words("does not confirm", "lgspd report recount"))
	command(t, "report", "recount", "--config", s.config).want(t, exitUsage, nil, words("--yes"))
	command(t, "report", "recount", "--config", s.config, "--by", "thu", "--yes").want(t, exitOK, words("made anew from 6 entries", "Next: "), nil)
	command(t, "report", "verify", "--config", s.config, lastHalf()).want(t, exitOK, words("Every number"), nil)
	command(t, "audit", "export", "--config", s.config).want(t, exitOK, words(`"event":"recounted","operator":"thu"`), nil)
}
