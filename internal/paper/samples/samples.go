// Package samples holds documents that the tests of every form draw. What they
// tell is invented.
package samples

import (
	"fmt"
	"time"

	"lgsp.internal/adapter/internal/paper"
)

// Report is long: every block but a chart, every kind of row, appendices both
// ways round.
func Report() paper.Document {
	services := paper.Table{
		Caption: "Bảng 1. Kết quả khai thác theo dịch vụ",
		Columns: []paper.Column{{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Dịch vụ", Width: 43, Align: paper.Left}, {Title: "Tổng lượt", Width: 25, Align: paper.Right}, {Title: "Thành công", Width: 25, Align: paper.Right}},
		Rows:    []paper.Row{{Cells: []string{"Tra cứu"}, Kind: paper.Group}},
	}
	for i := range 60 {
		services.Rows = append(services.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), fmt.Sprintf("Dịch vụ số %d", i+1), "1.200", "1.188"}})
	}
	services.Rows = append(services.Rows, paper.Row{Cells: []string{"", "Cộng", "72.000"}, Kind: paper.Total})
	return paper.Document{
		Parent: "UBND thành phố Hồ Chí Minh", Agency: "Sở Tư pháp", Number: "5", Symbol: "BC-STP",
		Place: "Thành phố Hồ Chí Minh", Date: time.Date(2026, 2, 5, 0, 0, 0, 0, time.UTC),
		Kind: "Báo cáo", Subject: "Kết quả kết nối, chia sẻ dữ liệu với Cơ sở dữ liệu quốc gia về dân cư 6 tháng đầu năm 2026",
		Bases: []string{"Căn cứ Quyết định số 1911/QĐ-TTg ngày 15 tháng 11 năm 2021;", "Căn cứ Thông tư số 46/2022/TT-BCA"},
		Body: []paper.Block{
			paper.Text("Sở Tư pháp báo cáo kết quả như sau:"),
			paper.Heading{Level: 1, Text: "Tình hình kết nối"}, paper.Heading{Level: 2, Text: "Hệ thống đã kết nối"}, paper.Heading{Level: 3, Text: "Hệ thống hộ tịch"}, paper.Heading{Level: 3, Text: "Hệ thống một cửa"},
			paper.List{Mark: paper.Dash, Items: []string{"Kết nối qua API <SOAP> & JSON;", "Thời gian chốt số liệu: ngày 14 tháng 6."}},
			paper.Heading{Level: 2, Text: "Khó khăn"}, paper.List{Mark: paper.Digit, Items: []string{"Một.", "Hai."}}, paper.List{Mark: paper.Letter, Items: []string{"Ba.", "Bốn."}},
			paper.Heading{Level: 1, Text: "Kết quả"}, paper.Heading{Level: 2, Text: "Số liệu"},
			paper.Paragraph{Spans: []paper.Span{{Text: "Trong kỳ có "}, {Text: "72.000", Bold: true}, {Text: " lượt "}, {Text: "(Phụ lục I)", Italic: true}}},
			services,
			paper.Paragraph{Spans: []paper.Span{{Text: "Trang này để trống"}}, Align: paper.Center},
			paper.Text("Trên đây là báo cáo của Sở Tư pháp./."),
		},
		Recipients: []string{"Công an Thành phố", "UBND Thành phố (để báo cáo);", "Lưu: VT, HCTP."},
		Signer:     paper.Signer{Authority: "TM. Ban Giám đốc\nKT. Giám đốc", Position: "Phó Giám đốc", Name: "Trần Thị Mẫu"},
		Appendices: []paper.Appendix{
			{Number: "I", Title: "Số liệu theo đơn vị", Landscape: true, Body: []paper.Block{wide()}},
			{Number: "II", Title: "Giải thích", Note: "Kèm theo Báo cáo này", Body: []paper.Block{paper.Heading{Level: 1, Text: "Cách tính"}, paper.Text("Số liệu tính từ nhật ký.")}},
		},
		Properties: paper.Properties{Title: "Báo cáo 6 tháng & năm", Author: "Sở Tư pháp"},
	}
}

func wide() paper.Table {
	t := paper.Table{Columns: []paper.Column{{Title: "STT"}}}
	for i := range 9 {
		t.Columns = append(t.Columns, paper.Column{Title: fmt.Sprintf("Chỉ tiêu %d", i+1), Width: 3, Align: paper.Right})
	}
	for i := range 40 {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), "10", "20", "30", "40", "50", "60", "70", "80", "90"}})
	}
	return t
}

// Notice is short: a công văn to two, its number and day to be filled in.
func Notice() paper.Document {
	return paper.Document{
		Parent: "UBND tỉnh Lào Cai", Agency: "Sở Y tế", Symbol: "SYT-VP", Place: "Lào Cai",
		Subject: "thông báo sai sót thông tin",
		To:      []string{"Trung tâm dữ liệu quốc gia về dân cư, Bộ Công an", "Công an tỉnh Lào Cai"},
		Body: []paper.Block{
			paper.Text("Qua khai thác, Sở Y tế phát hiện thông tin có sai sót như sau:"),
			paper.Table{Columns: []paper.Column{{Title: "STT", Width: 1, Align: paper.Center}, {Title: "Trường", Width: 4}, {Title: "Sai sót", Width: 6}},
				Rows: []paper.Row{{Cells: []string{"1", "NgayThangNamSinh", "Khác với giấy khai sinh"}}}},
			paper.Text("Đề nghị Quý cơ quan xem xét./."),
		},
		Recipients: []string{"Như trên", "Lưu: VT"},
		Signer:     paper.Signer{Position: "Giám đốc"},
	}
}
