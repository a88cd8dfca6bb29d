package docx

import (
	"fmt"
	"time"
)

// report is long: every block, every kind of row, appendices both ways round.
// What it tells is invented.
func report() Document {
	services := Table{
		Caption: "Bảng 1. Kết quả khai thác theo dịch vụ",
		Columns: []Column{{"STT", 7, Center}, {"Dịch vụ", 43, Left}, {"Tổng lượt", 25, Right}, {"Thành công", 25, Right}},
		Rows:    []Row{{Cells: []string{"Tra cứu"}, Kind: Group}},
	}
	for i := range 60 {
		services.Rows = append(services.Rows, Row{Cells: []string{fmt.Sprint(i + 1), fmt.Sprintf("Dịch vụ số %d", i+1), "1.200", "1.188"}})
	}
	services.Rows = append(services.Rows, Row{Cells: []string{"", "Cộng", "72.000"}, Kind: Total})
	return Document{
		Parent: "UBND thành phố Hồ Chí Minh", Agency: "Sở Tư pháp", Number: "5", Symbol: "BC-STP",
		Place: "Thành phố Hồ Chí Minh", Date: time.Date(2026, 2, 5, 0, 0, 0, 0, time.UTC),
		Kind: "Báo cáo", Subject: "Kết quả kết nối, chia sẻ dữ liệu với Cơ sở dữ liệu quốc gia về dân cư 6 tháng đầu năm 2026",
		Bases: []string{"Căn cứ Quyết định số 1911/QĐ-TTg ngày 15 tháng 11 năm 2021;", "Căn cứ Thông tư số 46/2022/TT-BCA"},
		Body: []Block{
			Text("Sở Tư pháp báo cáo kết quả như sau:"),
			Heading{1, "Tình hình kết nối"}, Heading{2, "Hệ thống đã kết nối"}, Heading{3, "Hệ thống hộ tịch"}, Heading{3, "Hệ thống một cửa"},
			List{Dash, []string{"Kết nối qua API <SOAP> & JSON;", "Thời gian chốt số liệu: ngày 14 tháng 6."}},
			Heading{2, "Khó khăn"}, List{Digit, []string{"Một.", "Hai."}}, List{Letter, []string{"Ba.", "Bốn."}},
			Heading{1, "Kết quả"}, Heading{2, "Số liệu"},
			Paragraph{Spans: []Span{{Text: "Trong kỳ có "}, {Text: "72.000", Bold: true}, {Text: " lượt "}, {Text: "(Phụ lục I)", Italic: true}}},
			services,
			Paragraph{Spans: []Span{{Text: "Trang này để trống"}}, Align: Center},
			Text("Trên đây là báo cáo của Sở Tư pháp./."),
		},
		Recipients: []string{"Công an Thành phố", "UBND Thành phố (để báo cáo);", "Lưu: VT, HCTP."},
		Signer:     Signer{"TM. Ban Giám đốc\nKT. Giám đốc", "Phó Giám đốc", "Trần Thị Mẫu"},
		Appendices: []Appendix{
			{Number: "I", Title: "Số liệu theo đơn vị", Landscape: true, Body: []Block{wide()}},
			{Number: "II", Title: "Giải thích", Note: "Kèm theo Báo cáo này", Body: []Block{Heading{1, "Cách tính"}, Text("Số liệu tính từ nhật ký.")}},
		},
		Properties: Properties{Title: "Báo cáo 6 tháng & năm", Author: "Sở Tư pháp"},
	}
}

func wide() Table {
	t := Table{Columns: []Column{{Title: "STT"}}}
	for i := range 9 {
		t.Columns = append(t.Columns, Column{Title: fmt.Sprintf("Chỉ tiêu %d", i+1), Width: 3, Align: Right})
	}
	for i := range 40 {
		t.Rows = append(t.Rows, Row{Cells: []string{fmt.Sprint(i + 1), "10", "20", "30", "40", "50", "60", "70", "80", "90"}})
	}
	return t
}

// notice is short: a công văn to two, its number and day to be filled in.
func notice() Document {
	return Document{
		Parent: "UBND tỉnh Lào Cai", Agency: "Sở Y tế", Symbol: "SYT-VP", Place: "Lào Cai",
		Subject: "thông báo sai sót thông tin",
		To:      []string{"Trung tâm dữ liệu quốc gia về dân cư, Bộ Công an", "Công an tỉnh Lào Cai"},
		Body: []Block{
			Text("Qua khai thác, Sở Y tế phát hiện thông tin có sai sót như sau:"),
			Table{Columns: []Column{{Title: "STT", Width: 1, Align: Center}, {Title: "Trường", Width: 4}, {Title: "Sai sót", Width: 6}},
				Rows: []Row{{Cells: []string{"1", "NgayThangNamSinh", "Khác với giấy khai sinh"}}}},
			Text("Đề nghị Quý cơ quan xem xét./."),
		},
		Recipients: []string{"Như trên", "Lưu: VT"},
		Signer:     Signer{Position: "Giám đốc"},
	}
}
