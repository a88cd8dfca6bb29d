package notice_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/notice"
)

const sample = `{"soDinhDanh":"079000000042","soCMND":"020000042","hoVaTen":"Nguyễn Văn Thử","saiSot":[
	{"truong":"HoVaTen","giaTriChiaSe":"NGUYỄN VĂN THƯ","giaTriDung":"Nguyễn Văn Thử","canCu":"Giấy khai sinh"},
	{"truong":"GioiTinh","giaTriChiaSe":"2","giaTriDung":"1","canCu":""}],"moTa":"Tên sai dấu.","lienHe":"Trần Thị Mẫu"}`

func (b *bench) take(own, body string) (lgsp.Ack, error) {
	id, err := lgsp.ParseID("01a20262-2a4d-74c1-a895-51443a0278a0")
	if err != nil {
		b.t.Fatal(err)
	}
	return b.desk.Take(context.Background(), lgsp.Envelope{ID: id, Sender: "H29.11", System: "ho-tich", Service: "dancu.sai-sot"},
		lgsp.Document{LegacyID: own, Purpose: lgsp.Purpose{Procedure: "1.004222", Officer: "CB-07", Unit: "H29.11"}, Body: []byte(body)})
}

// req: R-14
func TestAMessageOfADepartmentOpensANotice(t *testing.T) {
	b := newBench(t)
	ack, err := b.take("TB-1", sample)
	if err != nil {
		t.Fatal(err)
	}
	const want = `<ThongBaoSaiSot xmlns="urn:lgsp:sai-sot:1"><SoThongBao>1/2026</SoThongBao><TrangThai>MOI</TrangThai><TrungLap>false</TrungLap><ThoiDiem>2026-03-02T01:00:00Z</ThoiDiem></ThongBaoSaiSot>`
	if string(ack.Body) != want || ack.Ref != "1/2026" || !ack.At.Equal(b.start) {
		t.Errorf("answered %s with %+v", ack.Body, ack)
	}
	n := b.get(notice.Number{Year: 2026, N: 1})
	if n.Sender != "H29.11" || n.System != "ho-tich" || n.Officer != "CB-07" || n.Procedure != "1.004222" || n.LegacyID != "TB-1" || n.Content.Subject != "079000000042" ||
		n.Content.OldID != "020000042" || len(n.Content.Wrong) != 2 || n.Content.Wrong[0].Right != "Nguyễn Văn Thử" || n.Content.Contact != "Trần Thị Mẫu" {
		t.Errorf("it is kept as %+v %+v", n, n.Content)
	}
	history, err := b.log.History(context.Background(), "01a20262-2a4d-74c1-a895-51443a0278a0")
	if err != nil || len(history) != 1 || history[0].Event != audit.NoticeOpened || history[0].Notice != "1/2026" {
		t.Errorf("the message's record is %+v, %v", history, err)
	}
	codes := map[notice.State]string{notice.Sent: "DA_GUI", notice.Answered: "DA_TRA_LOI", notice.Closed: "DA_DONG"}
	for _, to := range []notice.State{notice.Sent, notice.Answered, notice.Closed} {
		b.pass(90 * time.Minute)
		b.along(n.Number, to)
		ack, err := b.take("TB-1", sample)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := strictxml.Parse(ack.Body, strictxml.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"SoThongBao": "1/2026", "TrangThai": codes[to], "TrungLap": "true", "ThoiDiem": b.now().Format(time.RFC3339)} {
			if e := doc.Root().SelectElement(name); e == nil || e.Text() != want {
				t.Errorf("%s: the repeat is answered %s", to, ack.Body)
			}
		}
	}
	_, err = b.take("TB-1", strings.Replace(sample, "sai dấu", "sai", 1))
	wantKind(t, err, lgsp.Conflict, "Conflict")
}

func TestAFieldThatIsNotInTheCatalogueIsTaken(t *testing.T) {
	b := newBench(t)
	if _, err := b.take("", `{"soDinhDanh":"079000000042","saiSot":[{"truong":"KhongCoTrongDanhMuc","giaTriDung":"x"}]}`); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNotTheJSONOfTheMappingIsRefused(t *testing.T) {
	b := newBench(t)
	for what, body := range map[string]string{
		"nothing":           "",
		"null":              "null",
		"a list":            "[]",
		"a text":            `"x"`,
		"an unknown member": `{"soDinhDanh":"079000000042","moTa":"x","ngaySinh":"1990"}`,
		"one in a field":    `{"soDinhDanh":"079000000042","saiSot":[{"truong":"HoVaTen","x":""}]}`,
		"a number":          `{"soDinhDanh":79000000042,"moTa":"x"}`,
		"cut off":           sample[:len(sample)-1],
		"two of them":       sample + sample,
		"not UTF-8":         "{\"soDinhDanh\":\"079000000042\",\"moTa\":\"\xff\"}",
		"too long":          `{"soDinhDanh":"079000000042","moTa":"` + strings.Repeat("x", 2*notice.MaxContent) + `"}`,
	} {
		_, err := b.take("", body)
		if e := wantKind(t, err, lgsp.Invalid, "Malformed"); strings.Contains(e.Error(), "790000000") {
			t.Errorf("%s: the error tells of a citizen: %v", what, e)
		}
	}
	_, err := b.take("", `{"moTa":"x"}`)
	wantKind(t, err, lgsp.Invalid, "Invalid")
	if n := b.count("select count(*) from notice"); n != 0 {
		t.Errorf("%d notices are there", n)
	}
}

// What is taken says the same when it is read back, and is never more than fits.
func FuzzParseContent(f *testing.F) {
	for _, seed := range []string{sample, "{}", "null", `{"saiSot":[{}]}`, `{"moTa":"\ud800"}`, `{"MOTA":"x","moTa":"y"}`, `{"saiSot":null,"lienHe":"\u0000"}`} {
		f.Add([]byte(seed))
	}
	b := newBench(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := notice.ParseContent(body)
		if err != nil {
			if lgsp.KindOf(err) != lgsp.Invalid || lgsp.TextOf(err) == "" {
				t.Errorf("refused with %v", err)
			}
			return
		}
		o := notice.Opening{Sender: "H29.11", Content: c}
		n, _, err := b.desk.Open(context.Background(), o)
		if err != nil {
			if lgsp.KindOf(err) != lgsp.Invalid {
				t.Errorf("not opened: %v", err)
			}
			return
		}
		if text, err := json.Marshal(c); err != nil || len(text) > notice.MaxContent || !utf8.Valid(text) {
			t.Errorf("%d bytes of content were taken, %v", len(text), err)
		}
		got, err := b.desk.Get(context.Background(), n.Number)
		if err != nil || !reflect.DeepEqual(*got.Content, c) {
			t.Errorf("read back as %+v, %v; want %+v", got.Content, err, c)
		}
	})
}

// What the shipped mapping writes in its cases is what Take reads.
func TestWhatTheShippedMappingWritesIsTaken(t *testing.T) {
	b := newBench(t)
	cases, err := filepath.Glob("../mappings/dancu.bao-sai-sot/cases/*/want.json")
	if err != nil || len(cases) == 0 {
		t.Fatalf("the mapping has no cases: %v", err)
	}
	for _, file := range cases {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.take("", string(body)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
