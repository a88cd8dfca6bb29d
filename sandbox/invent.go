package sandbox

import (
	"fmt"
	"math/rand/v2"
	"time"
)

func surnames() []string {
	return []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi"}
}

// givenNames say that nobody is meant.
func givenNames() []string {
	return []string{"Mẫu", "Thử", "Ví Dụ", "Giả Định", "Nháp", "Minh Họa"}
}

// middleName tells a man's name from a woman's.
func middleName(woman bool) string {
	if woman {
		return "Thị"
	}
	return "Văn"
}

func oneOfThese(dice *rand.Rand, words []string) string { return words[dice.IntN(len(words))] }

// inventFolk makes up n people. What came to the population later than the
// people themselves is thrown with other dice, so that ids and names stay.
func inventFolk(seed uint64, n int) []Person {
	folk := make([]Person, n)
	dice := rand.New(rand.NewPCG(seed, 0x7065_6f70))
	for i := range folk {
		folk[i] = invent(dice, i)
	}
	dice = rand.New(rand.NewPCG(seed, 0x6b69_6e73))
	for i := range folk {
		folk[i].addOrigin(dice)
	}
	relate(folk, dice)
	return folk
}

// invent makes up person number i. The last six digits of an id are the running
// number.
func invent(dice *rand.Rand, i int) Person {
	pick := func(words ...string) string { return oneOfThese(dice, words) }
	year, woman := 1950+dice.IntN(70), dice.IntN(2)
	birthday := time.Date(year, 1, 1+dice.IntN(365), 0, 0, 0, 0, time.UTC)
	generation := woman
	if year >= 2000 {
		generation += 2
	}
	province := pick("001", "026", "031", "048", "079", "092")
	home := Place{MaDonViHanhChinh: fmt.Sprintf("%05d", 90000+dice.IntN(1000)), ChiTiet: fmt.Sprintf("Số %d phố Thử Nghiệm", 1+dice.IntN(200)), QuocGia: "VN"}
	return Person{
		SoDinhDanh: fmt.Sprintf("%s%d%02d%06d", province, generation, year%100, i+1),
		Ho:         pick(surnames()...),
		ChuDem:     middleName(woman == 1), Ten: pick(givenNames()...),
		GioiTinh: fmt.Sprint(1 + woman), NgaySinh: birthday.Format("2006-01-02"),
		DanToc: pick("01", "01", "01", "01", "02", "03", "05"), TonGiao: "00",
		TinhTrangHonNhan: pick("1", "2", "3"), NhomMau: pick("00", "01", "02", "03", "04"),
		ThuongTru: home, NoiOHienTai: home,
	}
}

// firstWithoutCMND is the year of birth of the first who never had the old number.
const firstWithoutCMND = 1999

// addOrigin adds where somebody comes from, and the number of who had one
// before there were personal ids.
func (p *Person) addOrigin(dice *rand.Rand) {
	born := provinceOf(p.SoDinhDanh)
	p.ThuongTru.MaTinhThanh, p.NoiOHienTai.MaTinhThanh = born.code, born.code
	p.NoiDangKyKhaiSinh = born.somewhere(dice)
	p.QueQuan = provinces34()[dice.IntN(len(provinces34()))].somewhere(dice)
	p.QuocTich = "Việt Nam"
	if p.birthYear() < firstWithoutCMND {
		p.SoCMND = p.SoDinhDanh[1:3] + "0" + p.SoDinhDanh[6:]
	}
}

// A province is one of those of 01/7/2025 that invented people come from.
type province struct{ id, code, name string }

func provinces34() []province {
	return []province{
		{"001", "01", "THÀNH PHỐ HÀ NỘI"}, {"026", "25", "TỈNH PHÚ THỌ"}, {"031", "31", "THÀNH PHỐ HẢI PHÒNG"},
		{"048", "48", "THÀNH PHỐ ĐÀ NẴNG"}, {"079", "79", "THÀNH PHỐ HỒ CHÍ MINH"}, {"092", "92", "THÀNH PHỐ CẦN THƠ"},
	}
}

// provinceOf returns where the birth of an invented person was registered,
// which the first three digits of the id say by the codes before 01/7/2025.
func provinceOf(id string) province {
	for _, p := range provinces34() {
		if id[:3] == p.id {
			return p
		}
	}
	return province{}
}

// somewhere is in a commune that does not exist. Details of the database repeat
// the names of the units in capitals.
func (p province) somewhere(dice *rand.Rand) Place {
	return Place{
		MaTinhThanh: p.code, MaDonViHanhChinh: fmt.Sprintf("%05d", 90000+dice.IntN(1000)),
		ChiTiet: "XÃ THỬ NGHIỆM, " + p.name, QuocGia: "VN",
	}
}
