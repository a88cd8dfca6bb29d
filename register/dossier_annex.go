package register

import (
	"fmt"
	"strconv"
	"strings"

	"lgsp.internal/adapter/internal/paper"
)

// fieldAnnex lists the fields of every service, numbered anew in each.
func (l *dossier) fieldAnnex() []paper.Block {
	var blocks []paper.Block
	for i, s := range l.Department.Systems {
		table := paper.Table{
			Columns: []paper.Column{
				{Title: "STT", Width: 7, Align: paper.Center},
				{Title: "Tên trường", Width: 33},
				{Title: "Tên tiếng Việt", Width: 30},
				{Title: "Mục đích, ghi chú", Width: 30},
			},
		}
		for j, a := range s.Approvals {
			table.Rows = append(table.Rows, paper.Row{Kind: paper.Group, Cells: []string{
				fmt.Sprintf("Dịch vụ %d. %s (mã tích hợp %s): %s trường", j+1, gapped(a.ServiceTitle), gapped(a.Integration), gappedCount(len(a.Fields)))}})
			table.Rows = append(table.Rows, l.fields(a, fmt.Sprintf("%sservice %s: ", where(s, i), orNumber(a.Service, j+1)))...)
		}
		blocks = append(blocks, heading(gapped(s.Title)), table)
	}
	if len(blocks) == 0 {
		blocks = append(blocks, paper.Text(paper.Gap))
	}
	return blocks
}

func (l *dossier) fields(a Approval, at string) []paper.Row {
	rows := make([]paper.Row, 0, max(len(a.Fields), 1))
	remark := served(a.Purposes)
	for i, f := range a.Fields {
		of := fmt.Sprintf("%sfield %s: ", at, orNumber(f.Path, i+1))
		note := f.Note
		if blank(note) {
			note = remark
		}
		rows = append(rows, paper.Row{Cells: []string{strconv.Itoa(i + 1), l.want(f.Path, of+"name"), l.want(f.Title, of+"Vietnamese title"), note}})
	}
	if len(rows) == 0 {
		rows = append(rows, paper.Row{Cells: []string{"", paper.Gap}})
	}
	return rows
}

// served names the procedures when they fit a cell, else where they are named.
func served(purposes []Purpose) string {
	if len(purposes) == 0 {
		return paper.Gap
	}
	if len(purposes) > 3 {
		return fmt.Sprintf("Giải quyết %s thủ tục hành chính nêu tại mục 4 của Công văn", twoDigits(len(purposes)))
	}
	codes := make([]string, len(purposes))
	for i, p := range purposes {
		codes[i] = gapped(p.Code)
	}
	return "Giải quyết thủ tục hành chính " + strings.Join(codes, ", ")
}

// technicalAnnex describes the connection (TT 46/2022/TT-BCA: tài liệu mô tả kỹ thuật).
func (l *dossier) technicalAnnex() []paper.Block {
	c := l.Connection
	table := paper.Table{Columns: []paper.Column{
		{Title: "STT", Width: 7, Align: paper.Center},
		{Title: "Nội dung", Width: 27},
		{Title: "Mô tả", Width: 66},
	}}
	add := func(title, text string) {
		table.Rows = append(table.Rows, paper.Row{Cells: []string{strconv.Itoa(len(table.Rows) + 1), title, text}})
	}
	one := func(title, text, what string) { add(title, l.want(text, "connection: "+what)) }
	many := func(title string, texts []string, what string) {
		texts = l.wantAll(texts, "connection: "+what)
		for i, t := range texts {
			texts[i] = sentence(t)
			if len(texts) > 1 {
				texts[i] = "- " + texts[i]
			}
		}
		add(title, strings.Join(texts, "\n"))
	}
	add("Nền tảng kết nối", gapped(l.Platform))
	one("Phương thức kết nối", c.Method, "method")
	one("Giao thức", c.Protocol, "protocol")
	one("Địa chỉ dịch vụ của nền tảng", c.Address, "address of the platform")
	one("Địa chỉ gửi yêu cầu của đơn vị", c.Origin, "address that requests come from")
	many("Xác thực", c.Authentication, "authentication")
	many("Mã hóa", c.Encryption, "encryption")
	many("Nhật ký", c.Logging, "logging")
	many("Lọc trường thông tin", c.Filter, "filter of fields")
	many("Bí danh hóa dữ liệu cá nhân", c.Pseudonyms, "pseudonyms")
	return []paper.Block{table}
}
