package samples

import (
	"fmt"
	"time"

	"lgsp.internal/adapter/internal/paper"
)

// Yearly is a report of some twelve pages, as a city's police would send it: with
// charts, wide tables, long names and the seal of the record at every foot.
func Yearly() paper.Document {
	return paper.Document{
		Parent: "UBND thành phố Hải Phòng", Agency: "Công an thành phố", Number: "7", Symbol: "BC-CATP",
		Place: "Hải Phòng", Date: time.Date(2026, 12, 17, 0, 0, 0, 0, time.UTC),
		Kind: "Báo cáo", Subject: "Kết quả kết nối, chia sẻ dữ liệu giữa Cơ sở dữ liệu quốc gia về dân cư\nvới các hệ thống thông tin của thành phố năm 2026",
		Bases:      []string{"Căn cứ Quyết định số 1911/QĐ-TTg ngày 15 tháng 11 năm 2021 của Thủ tướng Chính phủ", "Căn cứ Thông tư số 46/2022/TT-BCA ngày 04 tháng 11 năm 2022 của Bộ trưởng Bộ Công an"},
		Body:       yearlyBody(),
		Recipients: []string{"Bộ Công an (C06)", "UBND thành phố (để báo cáo)", "Các sở, ban, ngành", "Lưu: VT, PC06"},
		Signer:     paper.Signer{Authority: "KT. Giám đốc", Position: "Phó Giám đốc", Name: "Đại tá Nguyễn Văn Thử"},
		Appendices: []paper.Appendix{
			{Number: "I", Title: "Số liệu khai thác theo đơn vị và theo tháng", Landscape: true, Body: []paper.Block{months(), departmentsChart(34)}},
			{Number: "II", Title: "Danh sách hệ thống thông tin đã kết nối", Body: []paper.Block{systems(90)}},
		},
		Footer:     "Số liệu căn cứ nhật ký kiểm toán đến mục số 1.234.567, mã băm ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12.",
		Properties: paper.Properties{Title: "Báo cáo kết nối, chia sẻ dữ liệu năm 2026", Author: "Công an thành phố Hải Phòng"},
	}
}

func yearlyBody() []paper.Block {
	body := []paper.Block{paper.Text("Công an thành phố báo cáo kết quả kết nối, chia sẻ, khai thác dữ liệu năm 2026 (thời gian chốt số liệu từ ngày 15 tháng 12 năm 2025 đến ngày 14 tháng 12 năm 2026) như sau:")}
	for i, part := range []string{"Công tác chỉ đạo, triển khai", "Kết quả kết nối", "Kết quả chia sẻ, khai thác dữ liệu", "Chất lượng dữ liệu", "Bảo đảm an ninh, an toàn"} {
		body = append(body, paper.Heading{Level: 1, Text: part})
		for j := range 3 {
			body = append(body, paper.Heading{Level: 2, Text: fmt.Sprintf("Nội dung thứ %d của phần này", j+1)}, paper.Text(
				"Các cơ quan, đơn vị đã nghiêm túc triển khai thực hiện; việc khai thác thông tin được ghi nhận đầy đủ trong nhật ký, có đối soát định kỳ theo Điều 5 Thông tư số 46/2022/TT-BCA. "+
					"Những sai sót phát hiện trong quá trình khai thác đều được thông báo kịp thời cho cơ quan quản lý Cơ sở dữ liệu quốc gia về dân cư để kiểm tra, xác minh, chỉnh sửa theo quy định."),
				paper.List{Items: []string{"Số lượt tra cứu, xác thực thành công chiếm tỷ lệ cao, tăng so với cùng kỳ năm trước;", "Thời gian phản hồi trung bình dưới 02 giây."}})
		}
		switch i {
		case 1:
			body = append(body, MonthsChart(2), paper.Text("Biểu đồ trên cho thấy số lượt tăng đều trong năm."))
		case 2:
			body = append(body, departmentsChart(9), OutcomesChart(), MonthsChart(1))
		}
	}
	return append(body, paper.Text("Trên đây là báo cáo của Công an thành phố./."))
}

// MonthsChart has standing columns over a year, of 1 to 4 series.
func MonthsChart(series int) paper.Chart {
	c := paper.Chart{Title: "Lượt khai thác theo tháng", Kind: paper.Columns, Unit: "lượt"}
	for i := range 12 {
		c.Labels = append(c.Labels, fmt.Sprintf("Tháng %d", i+1))
	}
	for i, name := range []string{"Tra cứu", "Xác thực", "Cập nhật", "Đối soát"}[:series] {
		s := paper.Series{Name: name}
		for m := range int64(12) {
			s.Values = append(s.Values, 18_000/int64(i+1)+m*900+(m*7919)%2500)
		}
		c.Series = append(c.Series, s)
	}
	return c
}

func departmentsChart(n int) paper.Chart {
	c := paper.Chart{Title: "Lượt khai thác theo đơn vị", Kind: paper.Bars, Unit: "lượt"}
	s := paper.Series{Name: "Tổng lượt"}
	for i := range n {
		c.Labels = append(c.Labels, departmentName(i))
		s.Values = append(s.Values, int64(240_000/(i+1)))
	}
	c.Series = []paper.Series{s}
	return c
}

// OutcomesChart has the shares of every outcome there can be.
func OutcomesChart() paper.Chart {
	return paper.Chart{Title: "Kết quả xử lý theo dịch vụ", Kind: paper.Shares, Unit: "lượt",
		Labels: []string{"Tra cứu thông tin công dân", "Xác thực thông tin hộ gia đình", "Xác nhận số định danh cá nhân và chứng minh nhân dân", "Dịch vụ chưa dùng"},
		Series: []paper.Series{
			{Name: "Thành công", Values: []int64{98_500, 61_200, 7_000, 0}}, {Name: "Không tìm thấy", Values: []int64{900, 21_000, 2_000, 0}},
			{Name: "Sai định dạng", Values: []int64{300, 9_000, 3_000, 0}}, {Name: "Bị từ chối", Values: []int64{200, 5_000, 4_000, 0}},
			{Name: "Quá hạn", Values: []int64{100, 2_800, 5_000, 0}}, {Name: "Đang chờ", Values: []int64{0, 1_000, 6_000, 0}}}}
}

func departmentName(i int) string {
	names := []string{"Sở Tư pháp", "Sở Y tế", "Sở Nông nghiệp và Môi trường", "Sở Giáo dục và Đào tạo", "Bảo hiểm xã hội thành phố", "Sở Nội vụ", "Trung tâm Phục vụ hành chính công thành phố"}
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("UBND phường An Biên %d", i-len(names)+1)
}

func months() paper.Table {
	t := paper.Table{Caption: "Bảng 1. Lượt khai thác theo đơn vị và theo tháng", Columns: []paper.Column{{Title: "STT", Width: 3, Align: paper.Center}, {Title: "Đơn vị", Width: 14}}}
	for m := range 12 {
		t.Columns = append(t.Columns, paper.Column{Title: fmt.Sprintf("T%d", m+1), Width: 5, Align: paper.Right})
	}
	for i := range 34 {
		cells := []string{fmt.Sprint(i + 1), departmentName(i)}
		for m := range 12 {
			cells = append(cells, paper.CountText(int64((i*7919+m*104729)%50_000)))
		}
		t.Rows = append(t.Rows, paper.Row{Cells: cells})
	}
	return t
}

func systems(n int) paper.Table {
	t := paper.Table{Columns: []paper.Column{{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Hệ thống thông tin", Width: 40}, {Title: "Mã định danh", Width: 20}, {Title: "Cấp độ", Width: 12, Align: paper.Center}, {Title: "Ngày kết nối", Width: 21, Align: paper.Center}}}
	for i := range n {
		if i%30 == 0 {
			t.Rows = append(t.Rows, paper.Row{Kind: paper.Group, Cells: []string{"Khối đơn vị " + paper.Roman(i/30+1)}})
		}
		t.Rows = append(t.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), "Hệ thống thông tin giải quyết thủ tục hành chính của " + departmentName(i%12), fmt.Sprintf("H29.%d", i+1), "3", "05/02/2026"}})
	}
	t.Rows = append(t.Rows, paper.Row{Kind: paper.Total, Cells: []string{"", "Cộng", fmt.Sprint(n)}})
	return t
}
