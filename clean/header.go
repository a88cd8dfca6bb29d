package clean

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Columns say where in a list something stands, where its headers do not: each is
// the text of a header or, if no header has that text, a column letter, "C". What is
// "" is found by its header.
type Columns struct {
	ID, CMND            string // --id-column, --cmnd-column
	Name                string // --name-column
	Family, Middle, Own string // --family-column, --middle-column, --own-column: a name in parts
	Born                string // --born-column
}

// role is what a column holds.
type role uint8

const (
	roleID role = iota
	roleCMND
	roleName
	roleFamily
	roleMiddle
	roleOwn
	roleBorn
	roles
)

func (r role) flag() string {
	return [...]string{"--id-column", "--cmnd-column", "--name-column", "--family-column", "--middle-column", "--own-column", "--born-column"}[r]
}

func (r role) text() string {
	return [...]string{"số định danh", "số CMND", "họ và tên", "họ", "chữ đệm", "tên", "ngày sinh"}[r]
}

func (c Columns) of(r role) string {
	return [...]string{c.ID, c.CMND, c.Name, c.Family, c.Middle, c.Own, c.Born}[r]
}

// roleOf tells what a header stands for, by its letters and digits alone.
func roleOf(header string) (role, bool) {
	switch plain(header) {
	case "sodinhdanh", "sodinhdanhcanhan", "sodinhdanhcn", "soddcn", "madinhdanh", "madinhdanhcanhan", "sodinhdanhcongdan",
		"socccd", "cccd", "socancuoc", "socancuoccongdan", "cancuoccongdan", "sothecancuoc", "sothecancuoccongdan",
		"socccdcmnd", "socmndcccd", "cccdcmnd", "cmndcccd", "socccdsocmnd", "socmndsocccd":
		return roleID, true
	case "socmnd", "cmnd", "sochungminhnhandan", "chungminhnhandan":
		return roleCMND, true
	case "hovaten", "hoten", "hotenkhaisinh", "hovatenkhaisinh", "hochudemten", "hochudemvaten", "hochudemvatenkhaisinh", "hotendemten":
		return roleName, true
	case "ho", "hodem", "hovadem", "hovachudem", "hochudem", "hovatendem", "hotendem", "holot":
		return roleFamily, true
	case "chudem", "tendem", "dem", "chulot", "tenlot":
		return roleMiddle, true
	case "ten":
		return roleOwn, true
	case "ngaysinh", "ngaythangnamsinh", "ngaythangsinh", "namsinh", "sinhngay", "ngaythangnam", "ngaythangnamsinhddmmyyyy", "ngaysinhddmmyyyy":
		return roleBorn, true
	}
	return 0, false
}

// plain returns the letters and digits of s, without diacritics, in lower case.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'đ' || r == 'Đ':
			return 'd'
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// layout says which column holds what, by number from 0; -1 = none.
type layout struct {
	header int // number of the header row
	at     [roles]int
}

func (l layout) has(r role) bool { return l.at[r] >= 0 }

// numbered is one row with its number in the file.
type numbered struct {
	number int
	cells  []Cell
}

// findLayout looks for the headers in the first rows of a list.
func findLayout(rows []numbered, c Columns) (layout, error) {
	best, most := -1, 1 // one word alone is no header: a family is called Hồ
	for i, row := range rows {
		if n := countRoles(row.cells, c); n > most {
			best, most = i, n
		}
	}
	l := layout{}
	if best < 0 {
		return l, badFile("NoHeader",
			"Không tìm thấy dòng tiêu đề trong 20 dòng đầu của tệp; hãy thêm dòng tiêu đề (ví dụ: Số định danh, Họ và tên, Ngày sinh) hoặc chỉ rõ tiêu đề của từng cột bằng --id-column, --name-column và --born-column.",
			"no header in the first %d rows", headerWithin)
	}
	head := rows[best].cells
	l.header = rows[best].number
	for r := range roles {
		var err error
		if l.at[r], err = columnOf(head, c, r); err != nil {
			return l, err
		}
	}
	return l, l.complete(head, c)
}

// countRoles returns how many headers of a row are known or named by c. A row that
// has a number where c names a column by its letter is a person, not a header.
func countRoles(cells []Cell, c Columns) int {
	n := 0
	for i, cell := range cells {
		if cell.blank() {
			continue
		}
		_, known := roleOf(cell.Text)
		for r := range roles {
			by := c.of(r)
			letter, ok := letterColumn(by)
			if ok && letter == i && isData(cell) {
				return 0
			}
			known = known || ok && letter == i || by != "" && plain(by) == plain(cell.Text)
		}
		if known {
			n++
		}
	}
	return n
}

func isData(c Cell) bool {
	digits := 0
	for _, r := range c.Text {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits >= 4 || c.Kind == NumberCell || c.Kind == DateCell
}

// columnOf finds the one column of a role.
func columnOf(head []Cell, c Columns, r role) (int, error) {
	by := c.of(r)
	var found []int
	for i, cell := range head {
		known, ok := roleOf(cell.Text)
		if by == "" && ok && known == r || by != "" && !cell.blank() && plain(by) == plain(cell.Text) {
			found = append(found, i)
		}
	}
	letter, ok := letterColumn(by)
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0 && ok && letter < len(head):
		return letter, nil
	case len(found) > 1:
		return -1, badFile("ColumnAmbiguous",
			fmt.Sprintf("Có %d cột có thể là %s; hãy chọn một cột bằng %s (chữ cái của cột hoặc tiêu đề). Các cột trong tệp: %s.", len(found), r.text(), r.flag(), listHeaders(head)),
			"%d columns may be the %s; choose one with %s", len(found), r.text(), r.flag())
	case by != "":
		return -1, badFile("ColumnMissing",
			fmt.Sprintf("Không có cột “%s” mà %s chỉ ra. Các cột trong tệp: %s.", by, r.flag(), listHeaders(head)),
			"no column %q, which %s names", by, r.flag())
	}
	return -1, nil
}

// complete checks that a person can be asked about.
func (l *layout) complete(head []Cell, c Columns) error {
	var missing []role
	if !l.has(roleID) && !l.has(roleCMND) {
		missing = append(missing, roleID)
	}
	byParts := c.Name == "" && (c.Family != "" || c.Own != "")
	switch {
	case l.has(roleName) && !byParts:
		l.at[roleFamily], l.at[roleMiddle], l.at[roleOwn] = -1, -1, -1
	case l.has(roleFamily) && l.has(roleOwn):
		l.at[roleName] = -1
	default:
		missing = append(missing, roleName)
	}
	if !l.has(roleBorn) {
		missing = append(missing, roleBorn)
	}
	if missing == nil {
		return l.distinct()
	}
	var texts, flags []string
	for _, r := range missing {
		texts, flags = append(texts, r.text()), append(flags, r.flag())
	}
	return badFile("ColumnMissing",
		fmt.Sprintf("Không tìm thấy cột %s; hãy chỉ ra bằng %s (chữ cái của cột hoặc tiêu đề). Các cột trong tệp: %s.", strings.Join(texts, ", "), strings.Join(flags, ", "), listHeaders(head)),
		"no column for %s; name it with %s", strings.Join(texts, ", "), strings.Join(flags, ", "))
}

// distinct checks that no column is two things.
func (l *layout) distinct() error {
	for r := range roles {
		for other := range r {
			if l.has(r) && l.at[r] == l.at[other] {
				return badFile("ColumnTwice",
					fmt.Sprintf("Cột %s được chỉ ra cho cả %s và %s; hãy sửa %s hoặc %s.", columnLetter(l.at[r]), other.text(), r.text(), other.flag(), r.flag()),
					"column %s is named for two things", columnLetter(l.at[r]))
			}
		}
	}
	return nil
}

func listHeaders(head []Cell) string {
	var list []string
	for i, c := range head {
		if c.blank() {
			continue
		}
		text := []rune(strings.Join(strings.Fields(c.Text), " "))
		if len(text) > 40 {
			text = append(text[:40], '…')
		}
		list = append(list, columnLetter(i)+" “"+string(text)+"”")
	}
	if len(list) > 40 {
		list = append(slices.Clip(list[:40]), "…")
	}
	return strings.Join(list, ", ")
}

// columnLetter names a column as spreadsheets do: 0 is A.
func columnLetter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return columnLetter(i/26-1) + string(rune('A'+i%26))
}

// letterColumn reads the name of a column that a list may have.
func letterColumn(s string) (int, bool) {
	n := 0
	for _, c := range []byte(strings.ToUpper(s)) {
		if c < 'A' || c > 'Z' || n > columnsMost {
			return 0, false
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1, n >= 1 && n <= columnsMost
}
