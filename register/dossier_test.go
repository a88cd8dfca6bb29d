package register

import (
	"archive/zip"
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/paper"
)

var (
	update = flag.Bool("update", false, "write the golden files")
	keep   = flag.String("keep", "", "folder to write the documents into, to look at them")
)

// dossierText writes a dossier and returns what a reader sees, a line for each
// paragraph and each line break.
func dossierText(t testing.TB, d Dossier) (text string, missing []string) {
	t.Helper()
	var out bytes.Buffer
	missing, err := WriteDossier(&out, d)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	part, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	return plainText(string(content)), missing
}

func plainText(part string) string {
	var b strings.Builder
	for part != "" {
		text, rest, _ := strings.Cut(part, "<")
		b.WriteString(text)
		tag, after, _ := strings.Cut(rest, ">")
		switch tag {
		case "/w:p", "w:br/":
			b.WriteByte('\n')
		case "wp:align", "wp:posOffset":
			_, after, _ = strings.Cut(after, ">")
		}
		part = after
	}
	return strings.NewReplacer("\u00a0", " ", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(b.String())
}

func TestTheGoldenDossiersAreWritten(t *testing.T) {
	for name, d := range map[string]Dossier{"full": fullDossier(), "empty": {}} {
		if *keep != "" {
			var out bytes.Buffer
			if _, err := WriteDossier(&out, d); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(*keep, name+".docx"), out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		text, missing := dossierText(t, d)
		got := text + "\nmissing:\n" + strings.Join(missing, "\n") + "\n"
		golden := filepath.Join("testdata", "dossier-"+name+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("the dossier differs from %s; look at it (-keep), then run with -update", golden)
		}
	}
}

func TestACompleteDossierHasNoGapAndLacksNothing(t *testing.T) {
	text, missing := dossierText(t, fullDossier())
	if len(missing) > 0 || strings.Contains(text, paper.Gap) {
		t.Errorf("missing %q; gaps: %d", missing, strings.Count(text, paper.Gap))
	}
}

func TestTheClerkFillsInNumberAndDay(t *testing.T) {
	d := fullDossier()
	d.Number, d.Date = "", time.Time{}
	text, missing := dossierText(t, d)
	if len(missing) > 0 || !strings.Contains(text, "Số: ……/STP-VP\n") || !strings.Contains(text, "Đà Nẵng, ngày …… tháng …… năm ……\n") {
		t.Errorf("missing %q", missing)
	}
}

// Each row takes one datum away from a dossier that lacks nothing.
func TestEachMissingDatumIsNamedAndLeavesAGap(t *testing.T) {
	system := func(d *Dossier) *System { return &d.Department.Systems[0] }
	service := func(d *Dossier) *Approval { return &d.Department.Systems[0].Approvals[0] }
	for want, take := range map[string]func(d *Dossier){
		"department: agency code":                    func(d *Dossier) { d.Department.Code = "" },
		"department: name":                           func(d *Dossier) { d.Department.Name = " " },
		"department: the agency above it":            func(d *Dossier) { d.Department.Parent = "" },
		"department: place":                          func(d *Dossier) { d.Department.Place = "" },
		"department: functions and duties":           func(d *Dossier) { d.Department.Functions = "\n" },
		"department: symbol of its documents":        func(d *Dossier) { d.Department.Symbol = "" },
		"province":                                   func(d *Dossier) { d.Province = "" },
		"platform":                                   func(d *Dossier) { d.Platform = "" },
		"recipient":                                  func(d *Dossier) { d.Recipient = []string{""} },
		"legal bases":                                func(d *Dossier) { d.Bases = nil },
		"signer: position":                           func(d *Dossier) { d.Department.Signer.Position = "" },
		"signer: name":                               func(d *Dossier) { d.Department.Signer.Name = "" },
		"system no. 1: code":                         func(d *Dossier) { system(d).Name = "" },
		"system hotich: title":                       func(d *Dossier) { system(d).Title = "" },
		"system hotich: purpose":                     func(d *Dossier) { system(d).Purpose = "" },
		"system hotich: scope":                       func(d *Dossier) { system(d).Scope = "" },
		"system hotich: content":                     func(d *Dossier) { system(d).Description = "" },
		"system hotich: security level, 3 or higher": func(d *Dossier) { system(d).Level = 0 },
		"system hotich: decision on the security level: number":                          func(d *Dossier) { system(d).LevelDecision.Number = "" },
		"system hotich: decision on the security level: date":                            func(d *Dossier) { system(d).LevelDecision.Date = time.Time{} },
		"system hotich: officer in charge: name":                                         func(d *Dossier) { system(d).Contact.Name = "" },
		"system hotich: officer in charge: position":                                     func(d *Dossier) { system(d).Contact.Position = "" },
		"system hotich: officer in charge: phone":                                        func(d *Dossier) { system(d).Contact.Phone = "" },
		"system hotich: officer in charge: email":                                        func(d *Dossier) { system(d).Contact.Email = "" },
		"system hotich: services asked for":                                              func(d *Dossier) { system(d).Approvals = nil },
		"system hotich: service no. 1: code":                                             func(d *Dossier) { service(d).Service = "" },
		"system hotich: service TraCuuThongTinCongDan: title":                            func(d *Dossier) { service(d).ServiceTitle = "" },
		"system hotich: service TraCuuThongTinCongDan: fields":                           func(d *Dossier) { service(d).Fields = nil },
		"system hotich: service TraCuuThongTinCongDan: quota per day":                    func(d *Dossier) { service(d).Quota = 0 },
		"system hotich: service TraCuuThongTinCongDan: procedures (MaDVC)":               func(d *Dossier) { service(d).Purposes = nil },
		"system hotich: service TraCuuThongTinCongDan: integration code (MaTichHop)":     func(d *Dossier) { service(d).Integration = "" },
		"system hotich: service TraCuuThongTinCongDan: procedure 1.001193: title":        func(d *Dossier) { service(d).Purposes[0].Title = "" },
		"system hotich: service TraCuuThongTinCongDan: procedure no. 2: code (MaDVC)":    func(d *Dossier) { service(d).Purposes[1].Code = "" },
		"system hotich: service TraCuuThongTinCongDan: field GioiTinh: Vietnamese title": func(d *Dossier) { service(d).Fields[2].Title = "" },
		"system hotich: service TraCuuThongTinCongDan: field no. 3: name":                func(d *Dossier) { service(d).Fields[2].Path = "" },
		"system hotich: service TraCuuThongTinCongDan: decision of consent: date":        func(d *Dossier) { service(d).Decision.Number = "1/C06" },
		"connection: method":                          func(d *Dossier) { d.Connection.Method = "" },
		"connection: protocol":                        func(d *Dossier) { d.Connection.Protocol = "" },
		"connection: address of the platform":         func(d *Dossier) { d.Connection.Address = "" },
		"connection: address that requests come from": func(d *Dossier) { d.Connection.Origin = "" },
		"connection: authentication":                  func(d *Dossier) { d.Connection.Authentication = nil },
		"connection: encryption":                      func(d *Dossier) { d.Connection.Encryption = []string{" "} },
		"connection: logging":                         func(d *Dossier) { d.Connection.Logging = nil },
		"connection: filter of fields":                func(d *Dossier) { d.Connection.Filter = nil },
		"connection: pseudonyms":                      func(d *Dossier) { d.Connection.Pseudonyms = nil },
	} {
		d := fullDossier()
		take(&d)
		text, missing := dossierText(t, d)
		if !slices.Equal(missing, []string{want}) {
			t.Errorf("want %q missing, got %q", want, missing)
		}
		if !strings.Contains(text, paper.Gap) || strings.Contains(text, paper.Gap+".") {
			t.Errorf("%s: no gap, or one that ends as a sentence does", want)
		}
	}
}

func TestADossierThatWouldBeRefusedIsNamedToo(t *testing.T) {
	d := fullDossier()
	d.Department.Systems[1].Level = 2
	d.Department.Systems[0].Approvals[0].Until = calendarDate(2025, 1, 1)
	text, missing := dossierText(t, d)
	want := []string{
		"system mot-cua: a security level of 3 or higher; it is 2",
		"system hotich: service TraCuuThongTinCongDan: an end of validity that is after its start",
	}
	if !slices.Equal(missing, want) || !strings.Contains(text, "cấp độ 2, được phê duyệt") {
		t.Errorf("got %q", missing)
	}
}

func TestFieldsAreCountedPerSystemAndPerService(t *testing.T) {
	text, _ := dossierText(t, fullDossier())
	for _, want := range []string{
		"19 trường khác nhau (20 lượt trường, tính theo từng dịch vụ), nêu tại Phụ lục I.",
		"- Số lượng trường thông tin đề nghị khai thác: 03 trường, nêu tại Phụ lục I.",
		"Dịch vụ 1. Tra cứu thông tin công dân (mã tích hợp 037): 18 trường\n1\nSoDinhDanh\n",
		"Dịch vụ 2. Xác thực thông tin công dân (mã tích hợp 003): 02 trường\n1\nSoDinhDanh\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, s := range fullDossier().Department.Systems {
		for _, a := range s.Approvals {
			for _, f := range a.Fields {
				if !strings.Contains(text, "\n"+f.Path+"\n"+f.Title+"\n") {
					t.Errorf("the annex has no field %s", f.Path)
				}
			}
		}
	}
}

func TestAServiceIsAskedForWithItsProceduresQuotaValidityAndOfficer(t *testing.T) {
	text, _ := dossierText(t, fullDossier())
	for _, want := range []string{
		"TraCuuThongTinCongDan\nMã tích hợp: 037\n1.001193 - Đăng ký khai sinh\n1.000656 - Đăng ký khai tử\n18\n10.000\nTừ ngày 01/03/2026, đến ngày 31/12/2027\nCó gửi số định danh cá nhân của cán bộ khai thác (MaCanBo)\n",
		"2.500\nTừ ngày được chấp thuận, không xác định thời hạn\nKhông gửi số định danh cá nhân của cán bộ\n",
		"Đã được chấp thuận tại văn bản số 321/C06-TTDL ngày 28 tháng 11 năm 2025\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestTheAnnexPointsToTheSectionThatNamesTheProcedures(t *testing.T) {
	text, _ := dossierText(t, fullDossier())
	if !strings.Contains(text, "Giải quyết 04 thủ tục hành chính nêu tại mục 4 của Công văn\n") || !strings.Contains(text, "\n4. Dịch vụ đăng ký\n") {
		t.Error("section 4 is not the one that names the procedures")
	}
}

func TestADossierIsWrittenTwiceAlikeAndLeavesItsDataAlone(t *testing.T) {
	d := fullDossier()
	var first, second bytes.Buffer
	if _, err := WriteDossier(&first, d); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteDossier(&second, d); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two writings differ")
	}
	if !reflect.DeepEqual(d, fullDossier()) {
		t.Error("the dossier was changed")
	}
}

type brokenPipe struct{}

var errPipe = errors.New("broken pipe")

func (brokenPipe) Write([]byte) (int, error) { return 0, errPipe }

func TestAnErrorOfTheWriterIsReturned(t *testing.T) {
	if _, err := WriteDossier(brokenPipe{}, fullDossier()); !errors.Is(err, errPipe) {
		t.Errorf("got %v", err)
	}
}

func TestThousandsAreParted(t *testing.T) {
	for n, want := range map[int]string{5: "05", 10: "10", 999: "999", 1000: "1.000", 1234567: "1.234.567"} {
		if got := twoDigits(n); got != want {
			t.Errorf("%d became %q, want %q", n, got, want)
		}
	}
}
