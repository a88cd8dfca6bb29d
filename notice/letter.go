package notice

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"lgsp.internal/adapter/internal/paper"
)

// Letterhead is who writes to the population database's office. What is empty
// is left for a person to fill in.
type Letterhead struct {
	Parent     string    // cơ quan chủ quản, "UBND tỉnh …"; "" = none
	Agency     string    // cơ quan ban hành, "Sở Khoa học và Công nghệ"
	Number     string    // of the document
	Symbol     string    // "SKHCN-CĐS"
	Place      string    // địa danh
	Date       time.Time // zero leaves a gap
	To         []string  // nil = the office
	Bases      []string  // căn cứ; nil = TT 46/2022/TT-BCA
	Signer     paper.Signer
	Recipients []string // beside the addressee; nil = the departments that found the errors
	Archive    string   // who keeps it beside the registry, behind "Lưu: VT, "; "" = nobody
}

const (
	office = "Trung tâm dữ liệu quốc gia về dân cư (C06), Bộ Công an"
	basis  = "Căn cứ Thông tư số 46/2022/TT-BCA ngày 04 tháng 11 năm 2022 của Bộ trưởng Bộ Công an quy định về việc kết nối, chia sẻ và khai thác thông tin giữa Cơ sở dữ liệu quốc gia về dân cư với cơ sở dữ liệu quốc gia, cơ sở dữ liệu chuyên ngành và hệ thống thông tin khác"
)

// Letter writes the document (công văn) by which the population database's
// office is told of errors, in the layout of NĐ 30/2020/NĐ-CP: one notice with
// its table in the text, several as a list in an appendix. It holds citizen data.
//
// title gives the Vietnamese name of a field by its path and department that of
// an agency by its code; either may return "", and then path or code is
// written. The notices have their content, as Get returns them.
func Letter(notices []Notice, head Letterhead, title, department func(string) string) (paper.Document, error) {
	if err := writable(notices); err != nil {
		return paper.Document{}, err
	}
	w := letter{notices: notices, title: orItself(title), department: orItself(department)}
	d := paper.Document{
		Parent: head.Parent, Agency: head.Agency, Number: head.Number, Symbol: head.Symbol, Place: head.Place, Date: head.Date, Signer: head.Signer,
		Subject: "thông báo sai sót trong thông tin, dữ liệu chia sẻ", To: head.To, Bases: head.Bases,
		Recipients: w.recipients(head),
		Properties: paper.Properties{Title: "Thông báo sai sót trong thông tin, dữ liệu chia sẻ", Author: head.Agency},
	}
	if d.To == nil {
		d.To = []string{office}
	}
	if d.Bases == nil {
		d.Bases = []string{basis}
	}
	agency := orElse(head.Agency, paper.Gap)
	if len(notices) == 1 {
		d.Body = w.one(agency)
	} else {
		d.Body, d.Appendices = w.several(agency)
	}
	return d, nil
}

func writable(notices []Notice) error {
	if len(notices) == 0 {
		return errors.New("a document needs one notice at least")
	}
	var errs []error
	for _, n := range notices {
		if n.Content == nil {
			errs = append(errs, fmt.Errorf("notice %s cannot be written into a document: its content was removed", n.Number))
		}
	}
	return errors.Join(errs...)
}

func orElse(s, otherwise string) string {
	if strings.TrimSpace(s) == "" {
		return otherwise
	}
	return s
}

// ended ends what a person wrote as a sentence.
func ended(s string) string { return strings.TrimRight(strings.TrimSpace(s), ".;,") + "." }

func orItself(name func(string) string) func(string) string {
	return func(key string) string {
		if name == nil {
			return key
		}
		return orElse(name(key), key)
	}
}

// letter is a document while it is written.
type letter struct {
	notices           []Notice
	title, department func(string) string
}

func (w letter) recipients(head Letterhead) []string {
	to := []string{"Như trên"}
	if head.Recipients != nil {
		to = append(to, head.Recipients...)
	} else {
		seen := map[string]bool{}
		for _, n := range w.notices {
			if name := w.department(n.Sender); !seen[name] && !strings.EqualFold(name, head.Agency) {
				seen[name] = true
				to = append(to, name)
			}
		}
	}
	kept := "Lưu: VT"
	if head.Archive != "" {
		kept += ", " + head.Archive
	}
	return append(to, kept)
}

func (w letter) one(agency string) []paper.Block {
	n := w.notices[0]
	body := []paper.Block{
		paper.Text("Qua khai thác thông tin được chia sẻ từ Cơ sở dữ liệu quốc gia về dân cư, " + w.department(n.Sender) + " phát hiện thông tin của công dân sau đây có sai sót:"),
		paper.List{Items: w.facts(n)},
	}
	if len(n.Content.Wrong) > 0 {
		table := w.table("Các trường thông tin có sai sót")
		table.Rows = w.rows(n)
		body = append(body, table)
	}
	return append(body, w.request(agency)...)
}

// facts tells of whom and of what a notice is.
func (w letter) facts(n Notice) []string {
	c := n.Content
	var facts []string
	for _, f := range []struct{ name, value string }{
		{"Họ và tên", c.Name}, {"Số định danh cá nhân", c.Subject}, {"Số chứng minh nhân dân", c.OldID}, {"Mã thủ tục hành chính", n.Procedure},
		{"Số thông báo sai sót", fmt.Sprintf("%s, ghi nhận %s", n.Number, paper.DateText(vietnam(n.Opened)))}, {"Nội dung", c.Text}, {"Đầu mối liên hệ", c.Contact},
	} {
		if f.value != "" {
			facts = append(facts, ended(f.name+": "+f.value))
		}
	}
	return facts
}

func (w letter) several(agency string) ([]paper.Block, []paper.Appendix) {
	fields, text := 0, false
	table := w.table("")
	for _, n := range w.notices {
		table.Rows = append(table.Rows, paper.Row{Kind: paper.Group, Cells: []string{w.heading(n)}})
		table.Rows = append(table.Rows, w.rows(n)...)
		fields += len(n.Content.Wrong)
		text = text || n.Content.Text != "" || n.Content.Contact != ""
	}
	appendix := paper.Appendix{Title: "Danh sách thông tin, dữ liệu chia sẻ có sai sót", Landscape: true, Body: []paper.Block{table}}
	if text {
		appendix.Body = append(appendix.Body, paper.Text("Mô tả kèm theo các thông báo:"), paper.List{Items: w.texts()})
	}
	body := []paper.Block{paper.Text(fmt.Sprintf("Qua khai thác thông tin được chia sẻ từ Cơ sở dữ liệu quốc gia về dân cư, các cơ quan, đơn vị đã ghi nhận %d thông báo sai sót với %d trường thông tin, có danh sách tại Phụ lục kèm theo.",
		len(w.notices), fields))}
	return append(body, w.request(agency)...), []paper.Appendix{appendix}
}

// heading is the line above the fields of a notice that is one of several.
func (w letter) heading(n Notice) string {
	c := n.Content
	parts := []string{"Thông báo số " + n.Number.String()}
	for _, f := range []struct{ before, value string }{{"", c.Name}, {"số định danh cá nhân ", c.Subject}, {"số CMND ", c.OldID}, {"mã thủ tục ", n.Procedure}, {"", w.department(n.Sender)}} {
		if f.value != "" {
			parts = append(parts, f.before+f.value)
		}
	}
	return strings.Join(parts, ", ")
}

func (w letter) texts() (items []string) {
	for _, n := range w.notices {
		var parts []string
		if n.Content.Text != "" {
			parts = append(parts, ended(n.Content.Text))
		}
		if n.Content.Contact != "" {
			parts = append(parts, "Đầu mối liên hệ: "+n.Content.Contact)
		}
		if len(parts) > 0 {
			items = append(items, ended("Thông báo số "+n.Number.String()+": "+strings.Join(parts, " ")))
		}
	}
	return items
}

func (w letter) table(caption string) paper.Table {
	return paper.Table{Caption: caption, Columns: []paper.Column{{Title: "STT", Width: 8, Align: paper.Center}, {Title: "Trường thông tin", Width: 21},
		{Title: "Giá trị được chia sẻ", Width: 23}, {Title: "Giá trị đúng theo hồ sơ", Width: 23}, {Title: "Căn cứ", Width: 25}}}
}

func (w letter) rows(n Notice) (rows []paper.Row) {
	for i, f := range n.Content.Wrong {
		rows = append(rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), w.title(f.Path), orElse(f.Shared, "(trống)"), orElse(f.Right, "(trống)"), f.Evidence}})
	}
	return rows
}

func (w letter) request(agency string) []paper.Block {
	return []paper.Block{
		paper.Text(agency + " thông báo để Quý cơ quan kiểm tra, xác minh, chỉnh sửa thông tin trong Cơ sở dữ liệu quốc gia về dân cư nếu có sai sót và thông báo kết quả để các cơ quan, đơn vị liên quan biết, thực hiện."),
		paper.Text("Trân trọng cảm ơn sự phối hợp của Quý cơ quan./."),
	}
}

// vietnam gives a time the clock of Vietnam, whose day documents bear.
func vietnam(t time.Time) time.Time { return t.In(time.FixedZone("UTC+7", 7*60*60)) }
