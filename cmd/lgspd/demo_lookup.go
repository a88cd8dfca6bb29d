package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/sandbox"
)

// What the demo's system is approved for, and of which answer it gets what.
const (
	lookUpService, verifyService = "dancu.tra-cuu", "dancu.xac-thuc"
	demoProcedure                = "1.004222"
)

var (
	shownFields    = []string{"SoDinhDanh", "HoVaTen", "NgayThangNamSinh", "GioiTinh", "ThuongTru"}
	verifiedFields = []string{"TonTai", "HoVaTen", "NgayThangNamSinh"}
)

// lookUp looks one of the sandbox's people up, has what they declare verified,
// and is refused for a purpose that no approval names.
func (d *demo) lookUp(ctx context.Context) error {
	who, err := d.somebody()
	if err != nil {
		return err
	}
	name := strings.Join(strings.Fields(who.Ho+" "+who.ChuDem+" "+who.Ten), " ")
	day, err := time.Parse(time.DateOnly, who.NgaySinh)
	if err != nil {
		return fmt.Errorf("the date of birth of the sandbox's person: %w", err)
	}
	birth := day.Format("02/01/2006")
	got, err := d.ask(ctx, lookUpService, "TraCuuCongDan", demoProcedure, who.SoDinhDanh, name, birth)
	if err != nil {
		return err
	}
	// In the words of the system that asks: what is approved, and nothing else.
	approved := map[string]string{"SoKetQua": "1", "SoDinhDanh": who.SoDinhDanh, "HoTen": strings.ToUpper(name), "NgaySinh": birth,
		"NamSinh": who.NgaySinh[:4], "GioiTinh": who.GioiTinh, "ThuongTru/MaTinh": who.ThuongTru.MaTinhThanh, "ThuongTru/MaXa": who.ThuongTru.MaDonViHanhChinh,
		"ThuongTru/DiaChi": who.ThuongTru.ChiTiet, "ThuongTru/QuocGia": who.ThuongTru.QuocGia}
	if !maps.Equal(got, approved) {
		return fmt.Errorf("the fields of the answer are %v, approved are %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(approved)))
	}
	withheld, err := withheldOf(who)
	if err != nil {
		return err
	}
	d.say.line("    %s is known; came back: %s", name, strings.Join(shownFields, " "))
	d.say.line("    withheld, as no approval names them: %s", strings.Join(withheld, " "))

	for _, declared := range []struct{ birth, right string }{{birth, "true"}, {day.AddDate(0, 0, 1).Format("02/01/2006"), "false"}} {
		got, err := d.ask(ctx, verifyService, "XacThucCongDan", demoProcedure, who.SoDinhDanh, name, declared.birth)
		if err != nil {
			return err
		}
		if !maps.Equal(got, map[string]string{"TonTai": "true", "HoTen": "true", "NgaySinh": declared.right}) {
			return fmt.Errorf("the verification of the date of birth is %q, want %s", got["NgaySinh"], declared.right)
		}
	}
	d.say.line("    verified: the name and the date of birth are right; another date is found wrong")

	_, err = d.ask(ctx, lookUpService, "TraCuuCongDan", "9.999999", who.SoDinhDanh, name, birth)
	var refused *faultError
	if !errors.As(err, &refused) {
		return errors.Join(errors.New("a look-up for a purpose that is not approved was not refused"), err)
	}
	d.refused++
	d.say.line("    for another purpose: %s", refused.sentence)
	return nil
}

// somebody is one of the sandbox's people of whom enough is known to withhold some.
func (d *demo) somebody() (sandbox.Person, error) {
	for _, p := range d.box.People() {
		if len(p.NgaySinh) == len(time.DateOnly) && p.ThuongTru.ChiTiet != "" && p.Cha.Ten != "" && p.VoChong.Ten != "" {
			return p, nil
		}
	}
	return sandbox.Person{}, errors.New("the sandbox knows nobody with a family")
}

// withheldOf returns the fields that the population knows of somebody and that
// are not shown, by the names that approvals have for them.
func withheldOf(who sandbox.Person) ([]string, error) {
	text, err := json.Marshal(who)
	if err != nil {
		return nil, err
	}
	known := map[string]any{}
	if err := json.Unmarshal(text, &known); err != nil {
		return nil, err
	}
	var withheld []string
	for _, f := range citizen.Catalogue(citizen.Person) {
		group, _, _ := strings.Cut(f.Path, "/")
		if known[strings.ToLower(group[:1])+group[1:]] != nil && !slices.Contains(shownFields, group) && !slices.Contains(withheld, group) {
			withheld = append(withheld, group)
		}
	}
	return withheld, nil
}

// faultError is the Fault that a look-up was answered with.
type faultError struct{ code, sentence string }

func (e *faultError) Error() string { return e.code + ": " + e.sentence }

// ask asks one of the two services and returns every field of the answer that
// holds something, by its path.
func (d *demo) ask(ctx context.Context, service, root, procedure, number, name, birth string) (map[string]string, error) {
	question := fmt.Appendf(nil, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><%[1]s xmlns="http://motcua.vidu.gov.vn/dancu"><MaThuTuc>%s</MaThuTuc>`+
		`<CanBo><SoDinhDanh>079080000009</SoDinhDanh></CanBo><CongDan><SoDinhDanh>%s</SoDinhDanh><HoTen>%s</HoTen><NgaySinh>%s</NgaySinh></CongDan></%[1]s></s:Body></s:Envelope>`,
		root, procedure, number, strictxml.EscapeText(nil, name), birth)
	answered, err := d.system.exchange(ctx, service, question)
	if err != nil {
		return nil, err
	}
	if fault := readAnswer(answered); fault.fault != "" {
		return nil, &faultError{fault.code, fault.fault}
	}
	fields := map[string]string{}
	for _, e := range answered.FindElements("./Body/*//*") {
		if len(e.ChildElements()) == 0 && e.Text() != "" {
			path := e.Tag
			if up := e.Parent(); up.Tag != "CongDan" && up.Parent().Tag == "CongDan" {
				path = up.Tag + "/" + path
			}
			fields[path] = e.Text()
		}
	}
	return fields, nil
}
