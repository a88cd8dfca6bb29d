package notice_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/docx"
	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/notice"
)

var head = notice.Letterhead{Parent: "Ủy ban nhân dân Thành phố Hồ Chí Minh", Agency: "Sở Khoa học và Công nghệ", Number: "5", Symbol: "SKHCN-CĐS",
	Place: "Thành phố Hồ Chí Minh", Date: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC), Signer: paper.Signer{Authority: "KT. GIÁM ĐỐC", Position: "Phó Giám đốc", Name: "Lê Thị Thử"}, Archive: "CĐS"}

func titles(path string) string {
	return map[string]string{"NgayThangNamSinh/NgayThangNam": "Ngày, tháng, năm sinh"}[path]
}

func departments(code string) string { return map[string]string{"H29.11": "Sở Tư pháp"}[code] }

// textOf returns the text of a document as it is read, a line for each paragraph.
func textOf(t *testing.T, d paper.Document) string {
	t.Helper()
	var file bytes.Buffer
	if err := docx.Write(&file, d); err != nil {
		t.Fatal(err)
	}
	if to := os.Getenv("NOTICE_DOCX"); to != "" { // to look at it
		if err := os.WriteFile(fmt.Sprintf("%s-%s.docx", to, strings.ReplaceAll(t.Name(), "/", "-")), file.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	z, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	part, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	xml, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.NewReplacer("</w:p>", "\n", "<w:br/>", "\n", "\u00a0", " ").Replace(string(xml))
	return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(lines, "")
}

func write(t *testing.T, notices []notice.Notice, h notice.Letterhead) string {
	t.Helper()
	d, err := notice.Letter(notices, h, titles, departments)
	if err != nil {
		t.Fatal(err)
	}
	return textOf(t, d)
}

// inOrder fails unless the text holds the words one behind the other.
func inOrder(t *testing.T, text string, words ...string) {
	t.Helper()
	at := 0
	for _, w := range words {
		i := strings.Index(text[at:], w)
		if i < 0 {
			t.Errorf("behind %d letters there is no %q in\n%s", at, w, text)
			return
		}
		at += i + len(w)
	}
}

func TestANoticeIsWrittenAsADocumentOfTheAgency(t *testing.T) {
	b := newBench(t)
	n := b.get(b.begin("TB-1"))
	text := write(t, []notice.Notice{n}, head)
	inOrder(t, text, "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH", "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 05/SKHCN-CĐS\n",
		"V/v thông báo sai sót trong thông tin, dữ liệu chia sẻ", "ngày 05 tháng 3 năm 2026", "Kính gửi: Trung tâm dữ liệu quốc gia về dân cư", "Thông tư số 46/2022/TT-BCA",
		"Sở Tư pháp phát hiện", "Họ và tên: Nguyễn Văn Thử", "Số định danh cá nhân: 079000000042", "Mã thủ tục hành chính: 1.004222", "1/2026, ghi nhận ngày 02 tháng 3 năm 2026",
		"Ngày sinh không khớp", "Trần Thị Mẫu",
		"STT", "Trường thông tin", "Giá trị được chia sẻ", "Giá trị đúng theo hồ sơ", "Căn cứ", "1\n", "Ngày, tháng, năm sinh", "19900101", "19900110", "Giấy khai sinh số 12/1990",
		"Sở Khoa học và Công nghệ thông báo để Quý cơ quan", "Nơi nhận:", "- Như trên;", "- Sở Tư pháp;", "- Lưu: VT, CĐS.", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "Lê Thị Thử")
	if strings.Contains(text, "Phụ lục") || strings.Contains(text, "..") {
		t.Errorf("it has an appendix, or a point too many:\n%s", text)
	}
}

func TestSeveralNoticesAreAListInAnAppendix(t *testing.T) {
	b := newBench(t)
	var list []notice.Notice
	for i := range 3 {
		o := opening("")
		o.Name = fmt.Sprint("Người Thử ", i+1)
		if i == 1 {
			o.Sender, o.Wrong, o.Subject, o.OldID = "H29.12", nil, "", "020000042"
		}
		if i == 2 {
			o.Text, o.Contact = "", ""
			o.Wrong = append(o.Wrong, notice.Field{Path: "GioiTinh", Right: "1"})
		}
		n, _, err := b.desk.Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, b.get(n.Number))
	}
	inOrder(t, write(t, list, head), "3 thông báo sai sót với 3 trường thông tin", "- Như trên;", "- Sở Tư pháp;", "- H29.12;", "- Lưu: VT, CĐS.",
		"Phụ lục", "DANH SÁCH THÔNG TIN, DỮ LIỆU CHIA SẺ CÓ SAI SÓT", "Kèm theo Công văn số 05/SKHCN-CĐS",
		"Thông báo số 1/2026, Người Thử 1, số định danh cá nhân 079000000042", "Sở Tư pháp", "19900110", "Thông báo số 2/2026, Người Thử 2, số CMND 020000042", "H29.12",
		"Thông báo số 3/2026, Người Thử 3", "19900110", "2\n", "GioiTinh", "(trống)", "1\n", "Mô tả kèm theo", "Thông báo số 1/2026: Ngày sinh", "Thông báo số 2/2026")
}

func TestWhatIsNotKnownOfTheLetterheadIsLeftToFillIn(t *testing.T) {
	b := newBench(t)
	n := b.get(b.begin(""))
	d, err := notice.Letter([]notice.Notice{n}, notice.Letterhead{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, textOf(t, d), "Số: ……/……", "……, ngày …… tháng …… năm ……", "H29.11 phát hiện", "NgayThangNamSinh/NgayThangNam", "…… thông báo", "- H29.11;", "- Lưu: VT.")
}

func TestADocumentNeedsTheContentOfItsNotices(t *testing.T) {
	b := newBench(t)
	one, two := b.begin(""), b.begin("")
	b.along(one, notice.Closed)
	b.live(90 * day)
	b.sweep(1)
	_, err := notice.Letter([]notice.Notice{b.get(one), b.get(two)}, head, titles, departments)
	if err == nil || !strings.Contains(err.Error(), one.String()) || strings.Contains(err.Error(), two.String()) {
		t.Errorf("written with %v", err)
	}
	if _, err := notice.Letter(nil, head, titles, departments); err == nil {
		t.Error("a document of nothing was written")
	}
}
