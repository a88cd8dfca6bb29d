package sandbox

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Person is what the population knows of somebody. Fields are as in QCVN 109;
// one that is "" is not known.
type Person struct {
	SoDinhDanh       string `json:"soDinhDanh"`
	SoCMND           string `json:"soCMND,omitempty"`
	Ho               string `json:"ho"`
	ChuDem           string `json:"chuDem"`
	Ten              string `json:"ten"`
	GioiTinh         string `json:"gioiTinh"` // 1 male, 2 female
	NgaySinh         string `json:"ngaySinh"` // yyyy-MM-dd or yyyy
	DanToc           string `json:"danToc"`   // 01 … 54
	TonGiao          string `json:"tonGiao,omitempty"`
	TinhTrangHonNhan string `json:"tinhTrangHonNhan"`
	NhomMau          string `json:"nhomMau,omitempty"`
	ThuongTru        Place  `json:"thuongTru"`
	NoiOHienTai      Place  `json:"noiOHienTai"`

	NoiDangKyKhaiSinh Place    `json:"noiDangKyKhaiSinh,omitzero"`
	QueQuan           Place    `json:"queQuan,omitzero"`
	QuocTich          string   `json:"quocTich,omitempty"`
	Cha               Relative `json:"cha,omitzero"`
	Me                Relative `json:"me,omitzero"`
	VoChong           Relative `json:"voChong,omitzero"`
	NguoiDaiDien      Relative `json:"nguoiDaiDien,omitzero"` // who acts for somebody under age
	ChuHo             Relative `json:"chuHo,omitzero"`
	SoSoHoKhau        string   `json:"soSoHoKhau,omitempty"`

	Updates int       `json:"updates"`          // how often it was updated
	Updated time.Time `json:"updated,omitzero"` // UTC, of the last update
}

// Place is an address.
type Place struct {
	MaTinhThanh      string `json:"maTinhThanh,omitempty"` // which updates do not say
	MaDonViHanhChinh string `json:"maDonViHanhChinh,omitempty"`
	ChiTiet          string `json:"chiTiet,omitempty"`
	QuocGia          string `json:"quocGia,omitempty"`
}

// Relative is what a person's record says of somebody else. It is a copy: an
// update of that one does not change it.
type Relative struct {
	SoDinhDanh string `json:"soDinhDanh,omitempty"`
	SoCMND     string `json:"soCMND,omitempty"`
	QuocTich   string `json:"quocTich,omitempty"`
	QuanHe     string `json:"quanHe,omitempty"` // of ChuHo only
	Ho         string `json:"ho,omitempty"`
	ChuDem     string `json:"chuDem,omitempty"`
	Ten        string `json:"ten,omitempty"`
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
	mu    sync.RWMutex
	by    map[string]Person // by id
	old   map[string]string // id by SoCMND, of who has both numbers
	cards map[string]*card  // by id, of who was looked up since the last update
}

// newPeople invents n people. The same seed gives the same people, and the first
// ones of many are those of few, less their relatives.
func newPeople(seed uint64, n int) *people {
	p := &people{by: make(map[string]Person, n), old: map[string]string{}, cards: map[string]*card{}}
	for _, one := range inventFolk(seed, n) {
		p.keep(one.SoDinhDanh, one)
	}
	return p
}

// idOf returns the id of who has a number. The caller holds the lock.
func (p *people) idOf(number string) string {
	if id, ok := p.old[number]; ok {
		return id
	}
	return number
}

// find is idOf for who does not hold the lock.
func (p *people) find(number string) string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.idOf(number)
}

// keep puts a person in the place of an older record. The caller holds the lock.
func (p *people) keep(id string, one Person) {
	if was := p.by[id].SoCMND; was != one.SoCMND && p.old[was] == id {
		delete(p.old, was)
	}
	if one.SoCMND != "" && one.SoDinhDanh != "" {
		p.old[one.SoCMND] = id
	}
	p.by[id] = one
	delete(p.cards, id)
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
		if _, ok := p.by[p.idOf(one.id())]; !ok {
			fs.add(collectionName+"/CongDan", codePerson)
		}
	}
}

// apply updates people with what is known of them now.
func (p *people) apply(persons []Person, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, update := range persons {
		id := p.idOf(update.id())
		known, ok := p.by[id]
		if !ok && len(p.by) >= maxPeople {
			continue
		}
		p.keep(id, known.with(update, now))
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
		{&p.QuocTich, update.QuocTich}, {&p.SoSoHoKhau, update.SoSoHoKhau},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	p.Ho, p.ChuDem, p.Ten = update.Ho, update.ChuDem, update.Ten
	replace(&p.ThuongTru, update.ThuongTru.in(p.ThuongTru))
	replace(&p.NoiOHienTai, update.NoiOHienTai.in(p.NoiOHienTai))
	replace(&p.NoiDangKyKhaiSinh, update.NoiDangKyKhaiSinh.in(p.NoiDangKyKhaiSinh))
	replace(&p.QueQuan, update.QueQuan.in(p.QueQuan))
	replace(&p.Cha, update.Cha)
	replace(&p.Me, update.Me)
	replace(&p.VoChong, update.VoChong)
	replace(&p.NguoiDaiDien, update.NguoiDaiDien)
	replace(&p.ChuHo, update.ChuHo)
	p.Updates++
	p.Updated = now.UTC()
	return p
}

// in returns a with the province of known where both are in one unit.
func (a Place) in(known Place) Place {
	if a.MaDonViHanhChinh != "" && a.MaDonViHanhChinh == known.MaDonViHanhChinh {
		a.MaTinhThanh = known.MaTinhThanh
	}
	return a
}

// replace sets what an update knows.
func replace[T comparable](known *T, update T) {
	var unknown T
	if update != unknown {
		*known = update
	}
}
