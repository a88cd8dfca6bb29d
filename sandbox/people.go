package sandbox

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/beevik/etree"
)

// Person is what the population knows of somebody. Fields are as in QCVN 109;
// one that is "" is not known.
type Person struct {
	SoDinhDanh       string    `json:"soDinhDanh"`
	SoCMND           string    `json:"soCMND,omitempty"`
	Ho               string    `json:"ho"`
	ChuDem           string    `json:"chuDem"`
	Ten              string    `json:"ten"`
	GioiTinh         string    `json:"gioiTinh"` // 1 male, 2 female
	NgaySinh         string    `json:"ngaySinh"` // yyyy-MM-dd or yyyy
	DanToc           string    `json:"danToc"`   // 01 … 54
	TonGiao          string    `json:"tonGiao,omitempty"`
	TinhTrangHonNhan string    `json:"tinhTrangHonNhan"`
	NhomMau          string    `json:"nhomMau,omitempty"`
	ThuongTru        Place     `json:"thuongTru"`
	NoiOHienTai      Place     `json:"noiOHienTai"`
	Updates          int       `json:"updates"`          // how often it was updated
	Updated          time.Time `json:"updated,omitzero"` // UTC, of the last update
}

// Place is an address.
type Place struct {
	MaDonViHanhChinh string `json:"maDonViHanhChinh,omitempty"`
	ChiTiet          string `json:"chiTiet,omitempty"`
	QuocGia          string `json:"quocGia,omitempty"`
}

// id is the number that the person is known by.
func (p Person) id() string {
	if p.SoDinhDanh != "" {
		return p.SoDinhDanh
	}
	return p.SoCMND
}

const (
	inventedPeople = 240
	maxPeople      = 100_000 // with those that updates added; an update of one more has its effect but is not kept
)

// people is the population.
type people struct {
	mu sync.RWMutex
	by map[string]Person // by id
}

// newPeople invents a population. The same seed gives the same people.
func newPeople(seed uint64) *people {
	p := &people{by: make(map[string]Person, inventedPeople)}
	dice := rand.New(rand.NewPCG(seed, 0x7065_6f70))
	for i := range inventedPeople {
		one := invent(dice, i)
		p.by[one.SoDinhDanh] = one
	}
	return p
}

// invent makes up person number i. Given names say that nobody is meant, and
// the last six digits of an id are the running number.
func invent(dice *rand.Rand, i int) Person {
	pick := func(words ...string) string { return words[dice.IntN(len(words))] }
	year, woman := 1950+dice.IntN(70), dice.IntN(2)
	birthday := time.Date(year, 1, 1+dice.IntN(365), 0, 0, 0, 0, time.UTC)
	middle := "Văn"
	if woman == 1 {
		middle = "Thị"
	}
	generation := woman
	if year >= 2000 {
		generation += 2
	}
	province := pick("001", "026", "031", "048", "079", "092")
	home := Place{MaDonViHanhChinh: fmt.Sprintf("%05d", 90000+dice.IntN(1000)), ChiTiet: fmt.Sprintf("Số %d phố Thử Nghiệm", 1+dice.IntN(200)), QuocGia: "VN"}
	return Person{
		SoDinhDanh: fmt.Sprintf("%s%d%02d%06d", province, generation, year%100, i+1),
		Ho:         pick("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi"),
		ChuDem:     middle, Ten: pick("Mẫu", "Thử", "Ví Dụ", "Giả Định", "Nháp", "Minh Họa"),
		GioiTinh: fmt.Sprint(1 + woman), NgaySinh: birthday.Format("2006-01-02"),
		DanToc: pick("01", "01", "01", "01", "02", "03", "05"), TonGiao: "00",
		TinhTrangHonNhan: pick("1", "2", "3"), NhomMau: pick("00", "01", "02", "03", "04"),
		ThuongTru: home, NoiOHienTai: home,
	}
}

// Person returns what the population knows of somebody by personal id.
func (s *Server) Person(id string) (Person, bool) {
	s.people.mu.RLock()
	defer s.people.mu.RUnlock()
	p, ok := s.people.by[id]
	return p, ok
}

// People returns the population in the order of ids.
func (s *Server) People() []Person {
	s.people.mu.RLock()
	defer s.people.mu.RUnlock()
	out := make([]Person, 0, len(s.people.by))
	for _, id := range slices.Sorted(maps.Keys(s.people.by)) {
		out = append(out, s.people.by[id])
	}
	return out
}

func (p *people) checkKnown(persons []Person, fs *findings) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, one := range persons {
		if _, ok := p.by[one.id()]; !ok {
			fs.add(collectionName+"/CongDan", codePerson)
		}
	}
}

// apply updates people with what is known of them now.
func (p *people) apply(persons []Person, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, update := range persons {
		known, ok := p.by[update.id()]
		if !ok && len(p.by) >= maxPeople {
			continue
		}
		p.by[update.id()] = known.with(update, now)
	}
}

// with returns p with everything that update knows.
func (p Person) with(update Person, now time.Time) Person {
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&p.SoDinhDanh, update.SoDinhDanh}, {&p.SoCMND, update.SoCMND}, {&p.GioiTinh, update.GioiTinh},
		{&p.NgaySinh, update.NgaySinh}, {&p.DanToc, update.DanToc}, {&p.TonGiao, update.TonGiao},
		{&p.TinhTrangHonNhan, update.TinhTrangHonNhan}, {&p.NhomMau, update.NhomMau},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	p.Ho, p.ChuDem, p.Ten = update.Ho, update.ChuDem, update.Ten
	if update.ThuongTru != (Place{}) {
		p.ThuongTru = update.ThuongTru
	}
	if update.NoiOHienTai != (Place{}) {
		p.NoiOHienTai = update.NoiOHienTai
	}
	p.Updates++
	p.Updated = now.UTC()
	return p
}

// personsOf reads the persons of a collection that was checked.
func personsOf(collection *etree.Element) []Person {
	_, elements := content(collection)
	out := make([]Person, len(elements))
	for i, x := range elements {
		birthday := childText(x, "NgayThangNamSinh", "NgayThangNam")
		if birthday == "" {
			birthday = childText(x, "NgayThangNamSinh", "Nam")
		}
		out[i] = Person{
			SoDinhDanh: childText(x, "SoDinhDanh"), SoCMND: childText(x, "SoCMND"),
			Ho: childText(x, "HoVaTen", "Ho"), ChuDem: childText(x, "HoVaTen", "ChuDem"), Ten: childText(x, "HoVaTen", "Ten"),
			GioiTinh: childText(x, "GioiTinh"), NgaySinh: birthday,
			DanToc: childText(x, "DanToc", "MaDanToc"), TonGiao: childText(x, "TonGiao", "MaTonGiao"),
			TinhTrangHonNhan: childText(x, "TinhTrangHonNhan"), NhomMau: childText(x, "NhomMau"),
			ThuongTru: placeOf(x, "ThuongTru"), NoiOHienTai: placeOf(x, "NoiOHienTai"),
		}
	}
	return out
}

func placeOf(x *etree.Element, name string) Place {
	return Place{childText(x, name, "MaDonViHanhChinh"), childText(x, name, "ChiTiet"), childText(x, name, "QuocGia")}
}
