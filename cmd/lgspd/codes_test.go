package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sharedTable writes the code table that the mappings beside it share.
func sharedTable(t *testing.T, folder, text string) (file string) {
	t.Helper()
	file = filepath.Join(filepath.Dir(folder), "codes", "don-vi.csv")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const tabledMapping = goodMapping + "  - {to: donVi, from: DonVi, codes: {table: don-vi.csv}}\n  - {to: tinh, from: Tinh, codes: {table: tinh-34.csv}}\n"

func TestAnOwnMappingUsesSharedAndShippedCodeTables(t *testing.T) {
	folder := mappingFolder(t, tabledMapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma><DonVi>A</DonVi><Tinh>24</Tinh></Gui>`, `{"ma":"HS-1","donVi":"001","tinh":"24"}`)
	table := sharedTable(t, folder, "text,code\nA,001\n")
	command(t, "map", "lint", folder).want(t, exitOK, words("In order: 1 mapping."), nil)
	command(t, "map", "test", folder).want(t, exitOK, words("All cases hold: 1 case of 1 mapping."), nil)
	// As a shell names them: mappings/*
	command(t, "map", "lint", filepath.Dir(table), folder).want(t, exitOK, words("In order: 1 mapping."), nil)
	command(t, "map", "lint", filepath.Dir(table)).want(t, exitUsage, nil, words("holds code tables"))
	place, err := placeOf(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, v, err := place.load(nil); err != nil || v.Mapping.Service() != "thu.gui" {
		t.Errorf("the daemon gets %v, %v", v, err)
	}
}

func TestAProblemOfASharedCodeTableIsToldOnceAndCanBeOpened(t *testing.T) {
	folder := mappingFolder(t, tabledMapping, "<Gui/>", "{}")
	table := sharedTable(t, folder, "text,code\nA,\n")
	other := filepath.Join(filepath.Dir(folder), "thu.nhan")
	if err := os.CopyFS(other, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "mapping.yaml"), []byte(strings.Replace(tabledMapping, "service: thu.gui", "service: thu.nhan", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	problem := table + ":2:3: code: is empty\n"
	lint := command(t, "map", "lint", folder, other)
	lint.want(t, exitFailed, words(problem), words("1 problem in 2 mappings"))
	if strings.Count(lint.out, problem) != 1 {
		t.Errorf("got %s", lint.out)
	}
	command(t, "map", "test", folder).want(t, exitUsage, nil, words(strings.TrimSpace(problem)))
	place, err := placeOf(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := place.load(nil); err == nil || err.Error() != strings.TrimSpace(problem) {
		t.Errorf("the daemon gets %v", err)
	}
}

// A department is told what is doubtful with the receipt of the real daemon, and
// what a bad value looks like with its Fault; the value itself is nowhere.
func TestTheDaemonTellsWhatIsDoubtfulAndWhatABadValueLooksLike(t *testing.T) {
	const number = "003195000001"
	mapping := goodMapping + "  - {to: so, from: So, check: personal-id}\n  - {to: ngay, from: Ngay, type: date}\n  - {to: donVi, from: DonVi, codes: {table: don-vi.csv}}\n"
	folder := mappingFolder(t, mapping, `<Gui xmlns="urn:thu"><Ma>HS-1</Ma></Gui>`, `{"ma":"HS-1"}`)
	sharedTable(t, folder, "text,code,divided,note\nA,001,yes,Phường Mẫu Một\nA,002,yes,Phường Mẫu Hai\n")
	s := newSite(t, "http://127.0.0.1:9")
	s.replace(t, "services: [hotich.khai-sinh,", "services: [thu.gui, hotich.khai-sinh,")
	s.replace(t, "  - {name: hotich.khai-sinh, upstream: hotich}\n", "  - {name: hotich.khai-sinh, upstream: hotich}\n  - {name: thu.gui, upstream: hotich, mapping: "+folder+"}\n")
	s.replace(t, "operations: {nhanHoSoDKHT:", "operations: {gui: {path: /gui}, nhanHoSoDKHT:")
	d := s.serve(t)
	send := func(inside string) string {
		body := `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><Gui xmlns="urn:thu">` + inside + `</Gui></soap:Body></soap:Envelope>`
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.addr+"/soap/thu.gui", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth("thu", s.password)
		req.Header.Set("Content-Type", "text/xml; charset=utf-8")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	receipt := send("<Ma>HS-1</Ma><So>" + number + "</So>")
	want := "</ThoiDiem><CanhBao><DuongDan>/Gui/So</DuongDan><Ma>personal-id</Ma><MoTa>Số định danh cá nhân cần đối soát: " +
		"3 chữ số đầu không phải là mã nơi đăng ký khai sinh. Thông điệp vẫn được nhận; hãy kiểm tra lại và đính chính nếu sai.</MoTa><ThucTe>12 chữ số</ThucTe></CanhBao></TiepNhan>"
	if !strings.Contains(receipt, want) {
		t.Errorf("receipt: %s", receipt)
	}
	fault := send("<Ma>HS-2</Ma><Ngay>05/01/2026</Ngay><DonVi>A</DonVi>")
	for _, want := range []string{
		"<lgsp:Ma>date</lgsp:Ma>", "<lgsp:MongDoi>yyyy-MM-dd</lgsp:MongDoi><lgsp:ThucTe>10 ký tự: chữ số và dấu /</lgsp:ThucTe>",
		"<lgsp:Ma>divided</lgsp:Ma>", "<lgsp:MongDoi>001 (Phường Mẫu Một) | 002 (Phường Mẫu Hai)</lgsp:MongDoi>",
	} {
		if !strings.Contains(fault, want) {
			t.Errorf("%s is not in the fault: %s", want, fault)
		}
	}
	if code := d.stop(t); code != exitOK {
		t.Errorf("the daemon ended with %d", code)
	}
	if all := receipt + fault + d.log.String(); strings.Contains(all, number) || strings.Contains(all, "05/01/2026") {
		t.Errorf("a value is in %s", all)
	}
}
