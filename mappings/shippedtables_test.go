package mappings

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	lgsp "lgsp.internal/adapter"
)

// mergers are the provinces since 01/07/2025 with those of before that became
// them, by code and name (QĐ 19/2025/QĐ-TTg).
const mergers = `01 Hà Nội: 01 Hà Nội
04 Cao Bằng: 04 Cao Bằng
08 Tuyên Quang: 02 Hà Giang, 08 Tuyên Quang
11 Điện Biên: 11 Điện Biên
12 Lai Châu: 12 Lai Châu
14 Sơn La: 14 Sơn La
15 Lào Cai: 10 Lào Cai, 15 Yên Bái
19 Thái Nguyên: 06 Bắc Kạn, 19 Thái Nguyên
20 Lạng Sơn: 20 Lạng Sơn
22 Quảng Ninh: 22 Quảng Ninh
24 Bắc Ninh: 24 Bắc Giang, 27 Bắc Ninh
25 Phú Thọ: 17 Hòa Bình, 25 Phú Thọ, 26 Vĩnh Phúc
31 Hải Phòng: 30 Hải Dương, 31 Hải Phòng
33 Hưng Yên: 33 Hưng Yên, 34 Thái Bình
37 Ninh Bình: 35 Hà Nam, 36 Nam Định, 37 Ninh Bình
38 Thanh Hóa: 38 Thanh Hóa
40 Nghệ An: 40 Nghệ An
42 Hà Tĩnh: 42 Hà Tĩnh
44 Quảng Trị: 44 Quảng Bình, 45 Quảng Trị
46 Huế: 46 Huế
48 Đà Nẵng: 48 Đà Nẵng, 49 Quảng Nam
51 Quảng Ngãi: 51 Quảng Ngãi, 62 Kon Tum
52 Gia Lai: 52 Bình Định, 64 Gia Lai
56 Khánh Hòa: 56 Khánh Hòa, 58 Ninh Thuận
66 Đắk Lắk: 54 Phú Yên, 66 Đắk Lắk
68 Lâm Đồng: 60 Bình Thuận, 67 Đắk Nông, 68 Lâm Đồng
75 Đồng Nai: 70 Bình Phước, 75 Đồng Nai
79 Hồ Chí Minh: 74 Bình Dương, 77 Bà Rịa - Vũng Tàu, 79 Hồ Chí Minh
80 Tây Ninh: 72 Tây Ninh, 80 Long An
82 Đồng Tháp: 82 Tiền Giang, 87 Đồng Tháp
86 Vĩnh Long: 83 Bến Tre, 84 Trà Vinh, 86 Vĩnh Long
91 An Giang: 89 An Giang, 91 Kiên Giang
92 Cần Thơ: 92 Cần Thơ, 93 Hậu Giang, 94 Sóc Trăng
96 Cà Mau: 95 Bạc Liêu, 96 Cà Mau`

// province is one province of before 01/07/2025.
type province struct{ code, name, nowCode, nowName string }

func provinces(t *testing.T) []province {
	t.Helper()
	var all []province
	for line := range strings.Lines(mergers) {
		now, before, _ := strings.Cut(strings.TrimSpace(line), ": ")
		nowCode, nowName, _ := strings.Cut(now, " ")
		for _, one := range strings.Split(before, ", ") {
			code, name, _ := strings.Cut(one, " ")
			all = append(all, province{code, name, nowCode, nowName})
		}
	}
	return all
}

const (
	before day = 20250630
	since  day = 20250701
)

// shippedTable returns a shipped table, with what it says of every text on a day.
func shippedTable(t *testing.T, name string) (says func(d day) map[string]string, notes func(text string, d day) string) {
	t.Helper()
	ts := newTables(fstest.MapFS{})
	table := ts.find("a", name)
	if table == nil || len(ts.problems) > 0 || ts.err != nil {
		t.Fatalf("%s: %v, %v", name, ts.problems, ts.err)
	}
	x := table.index(compareExact)
	says = func(d day) map[string]string {
		all := map[string]string{}
		for i := range table.rows {
			rows, _ := x.find(table.rows[i].text, nil)
			if v := table.on(rows, d); v.found {
				all[table.rows[i].text] = v.code
			}
		}
		return all
	}
	return says, func(text string, d day) string {
		rows, _ := x.find(text, nil)
		for _, i := range rows {
			if table.rows[i].on(d) {
				return table.rows[i].note
			}
		}
		return ""
	}
}

func TestEveryOldProvinceHasBecomeExactlyOneOfTheNew(t *testing.T) {
	says, note := shippedTable(t, "tinh-63-sang-34.csv")
	old, now := map[string]string{}, map[string]string{}
	changed := []string{}
	for _, p := range provinces(t) {
		old[p.code], now[p.nowCode] = p.nowCode, p.nowCode
		if p.code == p.nowCode && p.name != p.nowName {
			changed = append(changed, p.code)
		}
		if !strings.Contains(note(p.code, before), p.name) {
			t.Errorf("%s was %s, and is told to be %q", p.code, p.name, note(p.code, before))
		}
		if p.code == p.nowCode && !strings.HasSuffix(note(p.code, since), " "+p.nowName) {
			t.Errorf("%s is %s, and is told to be %q", p.code, p.nowName, note(p.code, since))
		}
	}
	if got := says(before); len(old) != 63 || !maps.Equal(got, old) {
		t.Errorf("until 30/06/2025: %d codes, %v", len(got), got)
	}
	if got := says(since); len(now) != 34 || !maps.Equal(got, now) {
		t.Errorf("since 01/07/2025: %d codes, %v", len(got), got)
	}
	slices.Sort(changed)
	if want := []string{"15", "24", "44", "52", "80", "82", "91"}; !slices.Equal(changed, want) {
		t.Errorf("codes that mean another province: %v", changed)
	}
	for code := range now {
		if differs := note(code, before) != note(code, since); differs != slices.Contains(changed, code) {
			t.Errorf("%s: %q, then %q", code, note(code, before), note(code, since))
		}
	}
}

func TestTheNewProvincesAreListedSinceTheyAre(t *testing.T) {
	says, note := shippedTable(t, "tinh-34.csv")
	want := map[string]string{}
	for _, p := range provinces(t) {
		want[p.nowCode] = p.nowCode
		if !strings.HasSuffix(note(p.nowCode, since), " "+p.nowName) {
			t.Errorf("%s is %s, and is told to be %q", p.nowCode, p.nowName, note(p.nowCode, since))
		}
	}
	if got := says(since); !maps.Equal(got, want) {
		t.Errorf("since 01/07/2025: %v", got)
	}
	if got := says(before); len(got) != 0 {
		t.Errorf("until 30/06/2025: %v", got)
	}
}

func TestANameOfAProvinceHasTheCodeOfItsDay(t *testing.T) {
	m, err := withFiles(t, "{to: b, from: B, codes: {table: ten-tinh.csv}, compare: loose}", nil)
	if err != nil {
		t.Fatal(err)
	}
	code := func(name, on string) string {
		at, err := time.Parse(time.DateOnly, on)
		if err != nil {
			t.Fatal(err)
		}
		d, err := m.Map(context.Background(), lgsp.Envelope{Received: at, Body: []byte(a("<B>" + name + "</B>"))})
		if err != nil {
			return strings.Join(errorLines(err), ", ")
		}
		return strings.Trim(string(d.Body), `{}"b:`)
	}
	now := map[string]bool{}
	for _, p := range provinces(t) {
		now[p.nowName] = true
	}
	for _, p := range provinces(t) {
		if got := code(p.name, "2025-06-30"); got != p.code {
			t.Errorf("%s until 30/06/2025: %s, want %s", p.name, got, p.code)
		}
		if got := code(p.nowName, "2025-07-01"); got != p.nowCode {
			t.Errorf("%s since 01/07/2025: %s, want %s", p.nowName, got, p.nowCode)
		}
		if got := code(p.name, "2025-07-01"); !now[p.name] && got != "/A/B code" {
			t.Errorf("%s, which is no more, has the code %s", p.name, got)
		}
	}
	for _, tt := range []struct{ name, on, want string }{
		{"TỈNH BẮC NINH", "2025-06-30", "27"},
		{"tinh bac ninh", "2025-07-01", "24"},
		{"Tỉnh Thừa Thiên Huế", "2024-12-31", "46"},
		{"Thành phố Huế", "2024-12-31", "/A/B code"},
		{"TP. Huế", "2025-01-01", "46"},
		{"Tỉnh Đồng Nai", "2026-04-29", "75"},
		{"Thành phố Đồng Nai", "2026-04-30", "75"},
		{"TP.HCM", "2026-01-05", "79"},
		{"Bà Rịa – Vũng Tàu", "2025-06-30", "77"},
		{"Tỉnh Hà Nội", "2026-01-05", "/A/B code"},
	} {
		if got := code(tt.name, tt.on); got != tt.want {
			t.Errorf("%s on %s: %s, want %s", tt.name, tt.on, got, tt.want)
		}
	}
}
