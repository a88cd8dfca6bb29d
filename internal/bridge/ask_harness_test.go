package bridge_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/bridge"
	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/register"
	"lgsp.internal/adapter/usage"
)

const (
	system  = "mot-cua"
	asking  = "dancu.tra-cuu"
	purpose = "1.004222"
	officer = "079080000009"
	number  = "079190000001" // of the invented person who is asked about
)

// asker is a lgsp.Sink that answers look-ups.
type asker struct {
	sink
	answer func(ctx context.Context) ([]byte, error)
}

func (a *asker) Deliver(ctx context.Context, id lgsp.ID, d lgsp.Document) (lgsp.Ack, error) {
	ack, err := a.sink.Deliver(ctx, id, d)
	if err != nil || a.answer == nil {
		return ack, err
	}
	ack.Body, err = a.answer(ctx)
	return ack, err
}

// newAskRig is a rig whose bridge looks citizens up by the shipped mapping, for
// one system that is approved for fields.
func newAskRig(t *testing.T, at *asker, fields []string, change ...func(*rig, *register.Grant)) *rig {
	t.Helper()
	set, err := mappings.Load(mappings.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	m, _ := set.Get(asking)
	approved, err := citizen.NewApproved(citizen.Person, fields)
	if err != nil {
		t.Fatal(err)
	}
	return newRig(t, func(r *rig) {
		now := r.now()
		g := register.Grant{Department: sender, System: system, Service: asking, Purposes: []string{purpose}, From: now.Add(-time.Hour), Until: now.Add(1000 * time.Hour),
			Quota: 1_000_000, PersonalID: true, Approved: approved}
		r.opt.Services = append(r.opt.Services, bridge.Service{Name: asking, Mapper: m, Upstream: "dancu", Look: &bridge.Look{Replier: m, Kind: citizen.Person}})
		up := r.upstream("dancu", at)
		up.Breaker = bridge.Breaker{Failures: 3, Open: time.Minute, Most: time.Hour}
		r.opt.Upstreams = append(r.opt.Upstreams, up)
		r.opt.LookUps = bridge.LookUps{Usage: usage.New(r.db, r.log), Timeout: patient}
		for _, c := range change {
			c(r, &g)
		}
		if r.opt.LookUps.Register, err = register.New([]register.Grant{g}); err != nil {
			t.Fatal(err)
		}
	})
}

// question asks for the invented person.
func question() lgsp.Envelope { return questionFor(purpose, officer) }

func questionFor(purpose, officer string) lgsp.Envelope {
	return lgsp.Envelope{Source: "thu", Sender: sender, System: system, Service: asking, Body: fmt.Appendf(nil,
		`<TraCuuCongDan xmlns="http://motcua.vidu.gov.vn/dancu"><MaThuTuc>%s</MaThuTuc><CanBo><SoDinhDanh>%s</SoDinhDanh></CanBo>`+
			`<CongDan><SoDinhDanh>%s</SoDinhDanh><HoTen>Trần Văn Giả Định</HoTen><NgaySinh>07/08/1990</NgaySinh></CongDan></TraCuuCongDan>`, purpose, officer, number)}
}

// invented is an answer about one invented person, and what of it a department
// would see if everything were approved, by the path of the field.
type invented struct {
	xml   string
	shown map[string]string
}

// inventAnswer makes an answer of random fields, no two of which hold the same,
// with things in between that are no fields at all.
func inventAnswer(dice *rand.Rand) invented {
	p := invented{shown: map[string]string{}}
	var b strings.Builder
	n := 1000 + dice.IntN(8000)
	token := func() string { n++; return fmt.Sprintf("tk%dz", n) }
	there := func() bool { return dice.IntN(4) > 0 }
	junk := func() {
		switch dice.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "<KhongCoTrongDanhMuc a=%q>%s</KhongCoTrongDanhMuc>", token(), token())
		case 1:
			fmt.Fprintf(&b, "<!-- %s -->", token())
		}
	}
	leaf := func(path, name string) {
		junk()
		if there() {
			p.shown[path] = token()
			fmt.Fprintf(&b, "<dc:%s>%s</dc:%s>", name, p.shown[path], name)
		}
	}
	for _, name := range []string{"SoDinhDanh", "SoCMND", "GioiTinh", "DanToc", "TonGiao", "TinhTrangHonNhan", "NhomMau", "QuocTich", "SoSoHoKhau", "LoaiTaiKhoan", "MaSoThue", "ThuDienTu"} {
		leaf(name, name)
	}
	p.shown["HoVaTen"] = token() + " " + token() + " " + token()
	parts := strings.Fields(p.shown["HoVaTen"])
	fmt.Fprintf(&b, `<dc:HoVaTen><dc:Ho>%s</dc:Ho><dc:ChuDem>%s</dc:ChuDem><dc:Ten>%s</dc:Ten></dc:HoVaTen>`, parts[0], parts[1], parts[2])
	born := time.Date(1900+dice.IntN(100), time.Month(1+dice.IntN(12)), 1+dice.IntN(28), 0, 0, 0, 0, time.UTC)
	p.shown["NgayThangNamSinh/NgayThangNam"], p.shown["NgayThangNamSinh/Nam"] = born.Format("02/01/2006"), born.Format("2006")
	fmt.Fprintf(&b, `<dc:NgayThangNamSinh><dc:Nam>%s</dc:Nam><dc:NgayThangNam>%s</dc:NgayThangNam></dc:NgayThangNamSinh>`, born.Format("2006"), born.Format("20060102"))
	for _, place := range []string{"NoiDangKyKhaiSinh", "QueQuan", "ThuongTru", "NoiOHienTai"} {
		if !there() {
			continue
		}
		fmt.Fprintf(&b, "<dc:%s>", place)
		n++
		p.shown[place+"/MaPhuongXa"] = fmt.Sprintf("%05d", 80000+n)
		fmt.Fprintf(&b, "<dc:MaPhuongXa>%s</dc:MaPhuongXa>", p.shown[place+"/MaPhuongXa"])
		leaf(place+"/ChiTiet", "ChiTiet")
		leaf(place+"/QuocGia", "QuocGia")
		fmt.Fprintf(&b, "</dc:%s>", place)
	}
	for _, kin := range []string{"Cha", "Me", "VoChong", "NguoiDaiDien", "ChuHo"} {
		if !there() {
			continue
		}
		fmt.Fprintf(&b, "<dc:%s>", kin)
		for _, name := range []string{"HoVaTen", "SoDinhDanh", "SoCMND"} {
			leaf(kin+"/"+name, name)
		}
		if kin == "ChuHo" {
			leaf("ChuHo/QuanHe", "QuanHe")
		} else {
			leaf(kin+"/QuocTich", "QuocTich")
		}
		fmt.Fprintf(&b, "</dc:%s>", kin)
	}
	p.xml = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><dc:CongdanCollection xmlns:dc="http://www.mic.gov.vn/dancu/1.0" GhiChu="` + token() + `"><dc:CongDan>` +
		b.String() + `</dc:CongDan></dc:CongdanCollection></s:Body></s:Envelope>`
	return p
}
