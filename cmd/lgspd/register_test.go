package main

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/register"
)

// withStore gives the store of an installation.
func (s *site) withStore(t testing.TB, do func(*store) error) {
	t.Helper()
	st, err := openStore(t.Context(), s.load(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := do(st); err != nil {
		t.Error(err)
	}
	if err := st.close(); err != nil {
		t.Fatal(err)
	}
}

// looked puts look-ups on record that came to the upstream today.
func (s *site) looked(t testing.TB, n int, department, system, service string) {
	t.Helper()
	s.withStore(t, func(st *store) error {
		for range n {
			e := audit.Entry{Event: audit.Asked, Sender: department, System: system, Service: service, Result: audit.Found, Attempt: 1}
			if err := st.usage.Record(t.Context(), register.Day(time.Now()), &e); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestRegisterListTellsEveryApprovalAndWhatIsLeftOfIt(t *testing.T) {
	s := newLookUpSite(t, "http://127.0.0.1:9")
	list := func(args ...string) []approvalLine {
		t.Helper()
		return decode[[]approvalLine](t, s.lgspd(t, append([]string{"register", "list", "--json"}, args...)...))
	}
	t.Run("before any daemon has run", func(t *testing.T) {
		s.lgspd(t, "register", "list").want(t, exitOK, words("DEPARTMENT", "H29.11", "mot-cua", "dancu.tra-cuu", "in force", "2099-12-31", "0 of 3", "00/THU"), nil)
		if all := list(); len(all) != 5 || all[2].System != "thue" || all[2].Used != 0 {
			t.Errorf("as JSON: %+v", all)
		}
		if _, err := os.Stat(s.database()); err == nil {
			t.Error("a database was made")
		}
	})
	t.Run("with what was used today", func(t *testing.T) {
		s.looked(t, 2, "H29.11", "thue", "dancu.tra-cuu")
		s.looked(t, 1, "H29.12", "cong-dan", "dancu.xac-thuc")
		s.lgspd(t, "register", "list").want(t, exitOK, words("2 of 3", "1 of 100000"), nil)
		var used []int64
		for _, l := range list() {
			used = append(used, l.Used)
		}
		if !slices.Equal(used, []int64{0, 0, 2, 0, 1}) {
			t.Errorf("used are %v", used)
		}
	})
	t.Run("of one department", func(t *testing.T) {
		if all := list("--department", "H29.12"); len(all) != 2 || all[0].Department != "H29.12" {
			t.Errorf("as JSON: %+v", all)
		}
		s.lgspd(t, "register", "list", "--department", "H29.1").want(t, exitUsage, nil, words("H29.1", "no such department"))
	})
	t.Run("fields and purposes as JSON", func(t *testing.T) {
		first := list()[0]
		if !slices.Equal(first.Purposes, []string{"1.004222"}) || !slices.Contains(first.Fields, "ThuongTru/ChiTiet") || slices.Contains(first.Fields, "ThuongTru") ||
			slices.Contains(first.Fields, "GioiTinh") || first.From != "2026-01-01" || first.Until != "2099-12-31" || first.Number != "00/THU" || first.Date != "2026-01-01" {
			t.Errorf("got %+v", first)
		}
	})
}

func TestRegisterListTellsWhetherAnApprovalHolds(t *testing.T) {
	local := time.Now().In(register.Vietnam)
	day := func(n int) string { return local.AddDate(0, 0, n).Format(time.DateOnly) }
	for name, row := range map[string]struct{ from, until, document, state string }{
		"today and no other day": {day(0), day(0), ", number: 1/A, date: 2025-01-01", "in force"},
		"from tomorrow":          {day(1), day(9), ", number: 1/A, date: 2025-01-01", "not yet"},
		"until yesterday":        {day(-9), day(-1), ", number: 1/A, date: 2025-01-01", "ended"},
		"asked for":              {day(-9), day(9), "", "asked for"},
		"asked for, and past":    {day(-9), day(-1), "", "asked for"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newLookUpSite(t, "http://127.0.0.1:9")
			s.replace(t, "fields: [GioiTinh, Cha], quota: 3, "+terms, `fields: [GioiTinh], quota: 3, purposes: [{code: "1.1"}], from: `+row.from+", until: "+row.until+row.document)
			all := decode[[]approvalLine](t, s.lgspd(t, "register", "list", "--json"))
			if all[2].State != row.state || all[0].State != "in force" {
				t.Errorf("it is %s, want %s", all[2].State, row.state)
			}
		})
	}
}

func TestARegisterOfNothingSaysSo(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	s.lgspd(t, "register", "list").want(t, exitOK, words("The register holds no approval, so nobody may look anybody up."), nil)
	s.lgspd(t, "register", "list", "--department", "H29.11").want(t, exitOK, words("no approval of H29.11"), nil)
	if r := s.lgspd(t, "register", "list", "--json"); strings.TrimSpace(r.out) != "[]" {
		t.Errorf("nothing is %q as JSON, want []", r.out)
	}
	s.lgspd(t, "register", "dossier", "--department", "H29.11").want(t, exitUsage, nil, words("H29.11 has no system", "list its systems and the approvals they ask for"))
}

func TestRegisterFieldsTellsWhoMaySeeWhat(t *testing.T) {
	s := newLookUpSite(t, "http://127.0.0.1:9")
	r := s.lgspd(t, "register", "fields", "--service", "dancu.tra-cuu")
	r.want(t, exitOK, words("FIELD", "NAME", "APPROVED FOR", "ThuongTru/ChiTiet"), nil)
	holders := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(r.out), "\n")[1:] {
		path, rest, _ := strings.Cut(line, " ")
		holders[path] = rest[strings.LastIndex(rest, "  ")+2:]
	}
	for path, want := range map[string]string{
		"SoDinhDanh": "H29.11 mot-cua", "HoVaTen": "H29.11 mot-cua, H29.12 cong-dan", "GioiTinh": "H29.11 thue", "Cha/HoVaTen": "H29.11 thue",
		"ThuongTru/ChiTiet": "H29.11 mot-cua", "NhomMau": "-",
	} {
		if holders[path] != want {
			t.Errorf("%s is approved for %q, want %q", path, holders[path], want)
		}
	}
	s.lgspd(t, "register", "fields", "--service", "dancu.xac-thuc").want(t, exitOK, words("TonTai", "H29.11 mot-cua, H29.12 cong-dan"), nil)
	for _, service := range []string{"dancu.cap-nhat", "dancu.nhan-than", "khong.co"} {
		s.lgspd(t, "register", "fields", "--service", service).want(t, exitUsage, nil, words(service, "a service of the configuration that looks citizens up"))
	}
	if r := s.lgspd(t, "register", "fields"); r.code != exitUsage || r.out != "" || !strings.Contains(r.err, "--service SERVICE") {
		t.Errorf("without a service: %+v", r)
	}
}

// What is only asked for lets nobody see anything.
func TestRegisterFieldsNamesNobodyWhoseApprovalIsAskedFor(t *testing.T) {
	s := newLookUpSite(t, "http://127.0.0.1:9")
	s.replace(t, "fields: [GioiTinh, Cha], quota: 3, "+terms, "fields: [GioiTinh, Cha], quota: 3, "+strings.Replace(terms, ", number: 00/THU, date: 2026-01-01", "", 1))
	if r := s.lgspd(t, "register", "fields", "--service", "dancu.tra-cuu"); strings.Contains(r.out, "thue") {
		t.Errorf("it names a system that may see nothing:\n%s", r.out)
	}
}

// documentText is the text of a DOCX, without its marks.
func documentText(t *testing.T, path string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	part, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for i, piece := range strings.Split(string(content), "<") {
		if _, after, ok := strings.Cut(piece, ">"); ok && i > 0 {
			text.WriteString(after)
		}
	}
	return text.String()
}

func TestRegisterDossierWritesARequest(t *testing.T) {
	s := newLookUpSite(t, "http://127.0.0.1:9")
	out := filepath.Join(s.folder, "de-nghi.docx")
	dossier := func(args ...string) result {
		t.Helper()
		return s.lgspd(t, append([]string{"register", "dossier"}, args...)...)
	}
	t.Run("with gaps where the register says nothing", func(t *testing.T) {
		r := dossier("--department", "H29.11", "--out", out, "--number", "12", "--date", "2026-11-22")
		if r.code != exitOK {
			t.Fatalf("it ended with %d: %s", r.code, r.err)
		}
		for _, want := range words("The request of H29.11 is written to "+out+": 2 systems, 3 services.", "Next: fill the gaps", "have it signed and sent") {
			if !strings.Contains(r.out, want) {
				t.Errorf("it did not print %q:\n%s", want, r.out)
			}
		}
		if n := strings.Count(r.err, "warning: the register does not say: "); n == 0 || n != strings.Count(r.err, "\n") {
			t.Errorf("warned %d times:\n%s", n, r.err)
		}
		info, err := os.Stat(out)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file is %v, %v", info, err)
		}
		text := documentText(t, out)
		for _, want := range words("Sở Tư pháp", "1.004222", "TraCuuThongTinCongDan", "037", "Một cửa", "Thuế", "……", "31/12/2099", "LGSP", "http://127.0.0.1:9", "OAuth 2.0") {
			if !strings.Contains(text, want) {
				t.Errorf("the document does not say %q", want)
			}
		}
		if strings.Contains(text, "Sở Nội vụ") || strings.Contains(text, sandboxSecret) {
			t.Error("the document tells of others, or a secret")
		}
	})
	t.Run("never over a file", func(t *testing.T) {
		before := read(t, out)
		dossier("--department", "H29.12", "--out", out).want(t, exitEnvironment, nil, words("exists", "nothing was written"))
		if string(read(t, out)) != string(before) {
			t.Error("the file was written over")
		}
	})
	t.Run("of some systems", func(t *testing.T) {
		one := filepath.Join(s.folder, "thue.docx")
		if r := dossier("--department", "H29.11", "--system", "thue", "--out", one); r.code != exitOK || !strings.Contains(r.out, "1 system, 1 service") {
			t.Errorf("got %+v", r)
		}
		if text := documentText(t, one); !strings.Contains(text, "Thuế") || strings.Contains(text, "Một cửa") {
			t.Error("the document is not of that system alone")
		}
	})
	t.Run("to a file named after the department", func(t *testing.T) {
		folder := t.TempDir()
		t.Chdir(folder)
		if r := dossier("--department", "H29.12"); r.code != exitOK {
			t.Fatalf("got %+v", r)
		}
		if info, err := os.Stat(filepath.Join(folder, "de-nghi-ket-noi-H29.12.docx")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file is %v, %v", info, err)
		}
	})
	t.Run("and refuses what it cannot make sense of", func(t *testing.T) {
		absent := filepath.Join(s.folder, "absent.docx")
		for line, report := range map[string][]string{
			"--department H29.99":                                 {"H29.99", "the configuration has no such department"},
			"--department H29.11 --system khong-co":               {"--system khong-co", "H29.11 has no such system"},
			"--department H29.11 --system thue --system cong-dan": {"--system cong-dan", "H29.11 has no such system"},
			"--department H29.11 --date 22/11/2026":               {`--date "22/11/2026"`, "2026-11-22"},
			"--department H29.11 --date 2026-02-30":               {`--date "2026-02-30"`},
			"--department H29.11 de-nghi.docx":                    {"takes no argument"},
			"--number 12":                                         {"--department CODE"},
		} {
			t.Run(line, func(t *testing.T) {
				dossier(append([]string{"--out", absent}, strings.Fields(line)...)...).want(t, exitUsage, nil, report)
			})
		}
		dossier("--department", "H29.11", "--out", filepath.Join(s.folder, "no", "such", "x.docx")).want(t, exitEnvironment, nil, words("x.docx"))
		if _, err := os.Stat(absent); err == nil {
			t.Error("a refused request left a file")
		}
	})
}

func TestARequestIsCompleteWhenTheRegisterSaysAll(t *testing.T) {
	s := newLookUpSite(t, "http://127.0.0.1:9")
	s.replace(t, "soap:\n", "soap:\n  public_url: https://lgsp.example.vn\n")
	s.replace(t, "    name: Sở Nội vụ\n", `    name: Sở Nội vụ
    parent: Ủy ban nhân dân Thành phố Hồ Chí Minh
    symbol: SNV
    place: Thành phố Hồ Chí Minh
    functions: Quản lý nhà nước về nội vụ.
    signer: {authority: KT. GIÁM ĐỐC, position: PHÓ GIÁM ĐỐC, name: Nguyễn Văn Mẫu}
`)
	s.replace(t, "        title: Công dân\n", `        title: Công dân
        purpose: Giải quyết thủ tục hành chính
        scope: Toàn thành phố
        description: Tra cứu thông tin người nộp hồ sơ
        level: 3
        level_decision: {number: 12/QĐ-SNV, date: 2025-06-10}
        contact: {name: Trần Thị Thử, position: Chuyên viên, phone: "0280000000", email: thu@example.vn}
`)
	out := filepath.Join(s.folder, "x.docx")
	s.lgspd(t, "register", "dossier", "--department", "H29.12", "--number", "12", "--date", "2026-11-22", "--out", out).want(t, exitOK, words("1 system, 2 services", "Next: have it signed and sent."), nil)
	if text := documentText(t, out); strings.Contains(text, "………") {
		t.Error("the document has a gap")
	}
}
