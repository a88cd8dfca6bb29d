package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/register"
	"lgsp.internal/adapter/sandbox"
)

func plainName(parts ...string) string { return citizen.NameKey(wholeName(parts...)) }

// req
func TestALookUpGivesTheApprovedFieldsAndIsOnRecord(t *testing.T) {
	box, url := startSandbox(t)
	s := newLookUpSite(t, url)
	daemon := s.serve(t).tellOnFailure(t)
	p := somebody(t, box)
	q := about(p)
	wrongDate, nobody, verify, falseName, purpose, officer := q, q, q, q, q, q
	wrongDate.birth = "01/01/1901"
	nobody.number = "079999999999"
	verify.service, falseName.service = "dancu.xac-thuc", "dancu.xac-thuc"
	falseName.name = "Người Khác"
	purpose.procedure, officer.officer = "2.000001", "CB-07"
	byOld := q
	byOld.number, byOld.old = "", p.SoCMND
	day, err := time.Parse(time.DateOnly, p.NgaySinh)
	if err != nil {
		t.Fatal(err)
	}
	forOneStop := map[string]string{"SoKetQua": "1", "SoDinhDanh": p.SoDinhDanh, "HoTen": strings.ToUpper(q.name), "NgaySinh": day.Format("02/01/2006"), "NamSinh": p.NgaySinh[:4],
		"ThuongTru/MaTinh": p.ThuongTru.MaTinhThanh, "ThuongTru/MaXa": p.ThuongTru.MaDonViHanhChinh, "ThuongTru/DiaChi": p.ThuongTru.ChiTiet, "ThuongTru/QuocGia": p.ThuongTru.QuocGia}
	forTax := map[string]string{"SoKetQua": "1", "GioiTinh": p.GioiTinh, "Cha/HoTen": strings.ToUpper(wholeName(p.Cha.Ho, p.Cha.ChuDem, p.Cha.Ten)),
		"Cha/SoDinhDanh": p.Cha.SoDinhDanh, "Cha/SoCMND": p.Cha.SoCMND, "Cha/QuocTich": p.Cha.QuocTich}
	maps.DeleteFunc(forTax, func(_, v string) bool { return v == "" })

	for _, step := range []struct {
		what   string
		user   string
		q      question
		fields map[string]string
		code   string
		result audit.Result
		system string
	}{
		{"somebody", "mot-cua", q, forOneStop, "", audit.Found, "mot-cua"},
		{"the same for a system with other fields", "thue", q, forTax, "", audit.Found, "thue"},
		{"by the old number", "mot-cua", byOld, forOneStop, "", audit.Found, "mot-cua"},
		{"a wrong date", "mot-cua", wrongDate, map[string]string{"SoKetQua": "0"}, "", audit.NotFound, "mot-cua"},
		{"a number that nobody has", "mot-cua", nobody, map[string]string{"SoKetQua": "0"}, "", audit.NotFound, "mot-cua"},
		{"a verification", "mot-cua", verify, map[string]string{"TonTai": "true", "HoTen": "true", "NgaySinh": "true"}, "", audit.Found, "mot-cua"},
		{"a verification of a false name", "mot-cua", falseName, map[string]string{"TonTai": "true", "HoTen": "false", "NgaySinh": "true"}, "", audit.Found, "mot-cua"},
		{"a verification whose name is not approved", "cong-dan", falseName, map[string]string{"TonTai": "true"}, "", audit.Found, "cong-dan"},
		{"another purpose", "mot-cua", purpose, nil, "Purpose", audit.Refused, "mot-cua"},
		{"an officer without a personal id", "mot-cua", officer, nil, "Officer", audit.Refused, "mot-cua"},
		{"a service that is not approved", "thue", verify, nil, "NotApproved", audit.Refused, "thue"},
		{"the department as a whole", "thu", q, nil, "NoSystem", audit.Refused, ""},
	} {
		before, asked := len(s.asked(t)), box.Stats().Lookups
		got := s.asker(t, step.user).mustAsk(t, step.q)
		if step.code != "" {
			got.refuses(t, step.code, p)
			if got.again || box.Stats().Lookups != asked {
				t.Errorf("%s: sending again is said to help: %v; the upstream was asked %d times", step.what, got.again, box.Stats().Lookups-asked)
			}
		} else if got.code != "" || !maps.Equal(got.fields, step.fields) {
			t.Errorf("%s: got %v %s %s, want %v", step.what, got.fields, got.code, got.sentence, step.fields)
		}
		entries := s.asked(t)
		if len(entries) != before+1 {
			t.Fatalf("%s: %d entries more are on record", step.what, len(entries)-before)
		}
		e := entries[before]
		if e.Result != step.result || e.System != step.system || e.Service != step.q.service || e.Code != step.code {
			t.Errorf("%s: on record is %+v", step.what, e)
		}
		if step.code == "" && (e.Officer != theOfficer || e.Procedure != "1.004222" || e.Upstream != "dancu" || e.Subject == "" || e.Attempt != 1 ||
			(e.Fields != "") != (len(step.fields) > 1 || step.q.service == "dancu.xac-thuc")) {
			t.Errorf("%s: on record is %+v", step.what, e)
		}
	}
	entries := s.asked(t)
	// One person is one pseudonym, however they were asked for.
	if entries[0].Subject == "" || entries[0].Subject != entries[1].Subject || entries[2].Answered != entries[0].Subject || entries[4].Subject == entries[0].Subject {
		t.Errorf("the pseudonyms are %q, %q, %q answered %q, and of another %q", entries[0].Subject, entries[1].Subject, entries[2].Subject, entries[2].Answered, entries[4].Subject)
	}
	for i, want := range map[int]string{1: "GioiTinh Cha/", 0: "SoDinhDanh HoVaTen NgayThangNamSinh"} {
		if !strings.HasPrefix(entries[i].Fields, want) {
			t.Errorf("the fields on record are %q, want those that begin with %q", entries[i].Fields, want)
		}
	}
	daemon.mustStop(t)
	s.mustBeWhole(t)
}

// Look-ups leave nothing of question or answer behind, whatever comes of them.
// req
func TestNothingOfALookUpRestsAnywhere(t *testing.T) {
	box, url := startSandbox(t)
	s := newLookUpSite(t, url)
	temporary := filepath.Join(s.folder, "tmp")
	if err := os.Mkdir(temporary, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SQLITE_TMPDIR", temporary)
	daemon := s.serve(t).tellOnFailure(t)
	p := somebody(t, box)
	q := about(p)
	verify, wrong, bad, purpose, byOld := q, q, q, q, q
	verify.service, wrong.birth, bad.birth, purpose.procedure = "dancu.xac-thuc", "01/01/1901", "31/02/"+p.NgaySinh[:4], "2.000001"
	byOld.number, byOld.old = "", p.SoCMND
	a := s.asker(t, "mot-cua")
	for _, one := range []question{q, verify, wrong, bad, purpose, byOld} {
		a.mustAsk(t, one)
	}
	s.asker(t, "thue").mustAsk(t, q)
	s.asker(t, "thu").mustAsk(t, q)
	cut := q.envelope()
	for _, body := range [][]byte{cut[:len(cut)-40], append(cut, "<x/>"...), bytes.Replace(cut, []byte("<HoTen>"), []byte("<HoTen a='\xff'>"), 1)} {
		if _, err := a.send(t.Context(), q.service, body); err != nil {
			t.Fatal(err)
		}
	}
	for _, mode := range []sandbox.Mode{sandbox.Fault, sandbox.Garbage, sandbox.Half, sandbox.Lost, sandbox.WrongType, sandbox.HTML, sandbox.Broken} {
		until(t, 10*time.Second, "the breaker lets look-ups through", func() bool { return a.mustAsk(t, q).code == "" })
		if _, err := box.Trouble(sandbox.Trouble{Mode: mode, Path: "/dancu/", Times: 2}); err != nil { // a lost answer is asked for again at once
			t.Fatal(err)
		}
		got := a.mustAsk(t, q)
		box.Clear()
		if mode != sandbox.WrongType && mode != sandbox.Half {
			got.refuses(t, "NoAnswer", p)
		}
	}
	s.mustHoldNothingOf(t, p, daemon, "while the daemon serves")
	daemon.kill()
	s.mustHoldNothingOf(t, p, daemon, "after the daemon was killed")
	daemon = s.serve(t).tellOnFailure(t)
	if got := s.asker(t, "mot-cua").mustAsk(t, q); got.code != "" {
		t.Errorf("the next run answers %s %s", got.code, got.sentence)
	}
	daemon.mustStop(t)
	s.mustHoldNothingOf(t, p, daemon, "after the daemon has ended in order")
	s.mustBeWhole(t)
}

// mustHoldNothingOf searches the bytes of everything that an installation has
// on disk, and of what its daemon has logged.
func (s *site) mustHoldNothingOf(t *testing.T, p sandbox.Person, daemon *process, when string) {
	t.Helper()
	held := map[string][]byte{"the log": []byte(daemon.log.String())}
	err := filepath.WalkDir(s.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		held[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "-wal"} {
		if daemon.cmd.ProcessState == nil && len(held[s.database()+name]) == 0 {
			t.Errorf("%s: lgspd.db%s was not searched", when, name)
		}
	}
	onRecord := 0
	for name, data := range held {
		for _, mark := range marksOf(p) {
			if at := bytes.Index(data, []byte(mark)); at >= 0 {
				t.Errorf("%s: %q stands in %s at byte %d", when, mark, name, at)
			}
		}
		onRecord += bytes.Count(data, []byte(`"officer":"`+theOfficer+`"`))
	}
	if onRecord < 5 { // the search would find what is there
		t.Errorf("%s: %d entries of the record were found in %d files", when, onRecord, len(held))
	}
}

// req: R-15
func TestNothingIsToldThatCannotBePutOnRecord(t *testing.T) {
	box, url := startSandbox(t)
	p := somebody(t, box)
	q := about(p)
	unrecorded := func(t *testing.T, a *asker) bool {
		t.Helper()
		got := a.mustAsk(t, q)
		if got.code == "" {
			return false
		}
		got.refuses(t, "NoAnswer", p)
		if got.status != http.StatusServiceUnavailable || got.retryAfter <= 0 || !got.again || !strings.Contains(got.sentence, "chưa ghi được nhật ký tra cứu") || got.took > 15*time.Second {
			t.Fatalf("refused with HTTP %d, Retry-After %d, after %s, again %v: %s", got.status, got.retryAfter, got.took, got.again, got.sentence)
		}
		return true
	}
	answered := func(t *testing.T, a *asker) bool { t.Helper(); return a.mustAsk(t, q).code == "" }

	t.Run("because another process has locked the database", func(t *testing.T) {
		s := newLookUpSite(t, url)
		daemon, a := s.serve(t).tellOnFailure(t), s.asker(t, "mot-cua")
		s.withDatabase(t, "rw", func(db *sql.DB) error {
			if _, err := db.Exec("begin exclusive"); err != nil {
				return err
			}
			before := box.Stats().Lookups
			if !unrecorded(t, a) {
				t.Error("an answer was given while nothing could be put on record")
			}
			if box.Stats().Lookups == before {
				t.Error("the upstream was not asked, so no answer was held back")
			}
			daemon.mustLive(t)
			_, err := db.Exec("rollback")
			return err
		})
		until(t, 20*time.Second, "look-ups are answered again", func() bool { return answered(t, a) })
		daemon.mustStop(t)
		s.mustBeWhole(t)
	})
	for _, errno := range []string{"ENOSPC", "EIO", "EROFS"} {
		t.Run("because every write fails with "+errno, func(t *testing.T) {
			s := newLookUpSite(t, url)
			daemon, a := s.serve(t).tellOnFailure(t), s.asker(t, "mot-cua")
			if !answered(t, a) {
				t.Fatal("no answer before the trouble")
			}
			mend := breakWrites(t, daemon, errno)
			until(t, 20*time.Second, "look-ups are refused", func() bool { return unrecorded(t, a) })
			for range 5 {
				if !unrecorded(t, a) {
					t.Error("an answer was given while nothing could be put on record")
				}
			}
			daemon.mustLive(t)
			mend()
			until(t, 20*time.Second, "look-ups are answered again", func() bool { return answered(t, a) })
			daemon.mustStop(t)
			s.mustBeWhole(t)
		})
	}
}

// req: R-15
func TestNobodyIsLookedUpWhileTheDiskIsFull(t *testing.T) {
	if !asRoot(t) {
		return
	}
	box, url := startSandbox(t)
	p := somebody(t, box)
	s := newLookUpSite(t, url)
	d := mountDisk(t, s, "96m")
	daemon, a := s.serve(t).tellOnFailure(t), s.asker(t, "mot-cua")
	if got := a.mustAsk(t, about(p)); got.code != "" {
		t.Fatal(got.sentence)
	}
	stranger := d.fill(t)
	until(t, 20*time.Second, "look-ups are refused", func() bool { return a.mustAsk(t, about(p)).code != "" })
	before := box.Stats().Lookups
	for range 5 {
		got := a.mustAsk(t, about(p))
		got.refuses(t, "NoAnswer", p)
		if !strings.Contains(got.sentence, "chưa ghi được nhật ký tra cứu") || !got.again {
			t.Errorf("it says %s", got.sentence)
		}
	}
	if asked := box.Stats().Lookups - before; asked != 0 {
		t.Errorf("the upstream was asked %d times for what could not be put on record", asked)
	}
	daemon.mustLive(t)
	if err := os.Remove(stranger); err != nil {
		t.Fatal(err)
	}
	until(t, 20*time.Second, "look-ups are answered again", func() bool { return a.mustAsk(t, about(p)).code == "" })
	daemon.mustStop(t)
	s.mustBeWhole(t)
}

// req: R-06
func TestAQuotaOutlivesTheDaemon(t *testing.T) {
	box, url := startSandbox(t)
	p := somebody(t, box)
	for day := ""; day != register.Day(time.Now()); { // once more, if midnight comes meanwhile
		day = register.Day(time.Now())
		if problem := quotaAcrossRuns(t, url, p); problem != "" && day == register.Day(time.Now()) {
			t.Error(problem)
		}
	}
}

// quotaAcrossRuns uses a quota of three up in several runs of one daemon.
func quotaAcrossRuns(t *testing.T, url string, p sandbox.Person) (problem string) {
	s := newLookUpSite(t, url)
	daemon := s.serve(t).tellOnFailure(t)
	q, refusedQuestion := about(p), about(p)
	refusedQuestion.procedure = "2.000001"
	var codes []string
	var last told
	for i, q := range []question{q, refusedQuestion, q, q, q, q} {
		switch i {
		case 3:
			daemon.kill()
			daemon = s.serve(t).tellOnFailure(t)
		case 5:
			daemon.mustStop(t)
			daemon = s.serve(t).tellOnFailure(t)
		}
		last = s.asker(t, "thue").mustAsk(t, q)
		codes = append(codes, last.code)
	}
	if others := s.asker(t, "mot-cua").mustAsk(t, q); others.code != "" {
		return "another system of the department is refused too: " + others.sentence
	}
	daemon.mustStop(t)
	s.mustBeWhole(t)
	if want := []string{"", "Purpose", "", "", "Quota", "Quota"}; !slices.Equal(codes, want) {
		return fmt.Sprintf("got %q, want %q", codes, want)
	}
	local := time.Now().In(register.Vietnam)
	tomorrow := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, register.Vietnam)
	if off := time.Duration(last.retryAfter)*time.Second - time.Until(tomorrow); !last.again || off.Abs() > time.Minute {
		return fmt.Sprintf("the quota comes back %s away from midnight, sending again is said to help: %v", off, last.again)
	}
	return ""
}
