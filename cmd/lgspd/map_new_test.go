package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/vntext"
)

const scaffolds = "../../mappings/scaffold/testdata/"

// folders lists what is in a folder, by name.
func folders(t *testing.T, path string) string {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestMapNewWritesAMappingThatLintsAndWhoseCaseHolds(t *testing.T) {
	for name, args := range map[string][]string{
		"dang-ky-khai-sinh": {"--from", scaffolds + "dotnet/HoTichService.wsdl", "--operation", "DangKyKhaiSinh"},
		"cap-the":           {"--from", scaffolds + "cxf/BaoHiemService.wsdl", "--form", "xml"},
		"dang-ky-ket-hon":   {"--from", scaffolds + "samples/dotnet-soap12.xml"},
		"so.ket-hon":        {"--from", scaffolds + "samples/dotnet-soap12.xml", "--service", "so.ket-hon"},
	} {
		t.Run(name, func(t *testing.T) {
			into := filepath.Join(t.TempDir(), "anh-xa")
			folder := filepath.Join(into, name)
			r := command(t, append([]string{"map", "new", "--into", into}, args...)...)
			r.want(t, exitOK, words("Written: "+folder, "mapping.yaml", " rules", "cases/dau-tien/in.xml", "cases/dau-tien/want.", "lgspd map lint "+folder, "lgspd map test "+folder, "lgspd check"), nil)
			command(t, "map", "lint", folder).want(t, exitOK, words("In order: 1 mapping."), nil)
			command(t, "map", "test", folder).want(t, exitOK, words("All cases hold: 1 case of 1 mapping."), nil)
			if got := folders(t, into); got != name {
				t.Errorf("beside it there is %s", got)
			}
			for _, line := range strings.Split(r.out, "\n") {
				if len(line) > 80 && !strings.Contains(line, folder) {
					t.Errorf("a line has %d characters: %s", len(line), line)
				}
			}
		})
	}
}

func TestMapNewAsksWhichOperationIsMeant(t *testing.T) {
	into := t.TempDir()
	from := []string{"map", "new", "--into", into, "--from", scaffolds + "dotnet/HoTichService.wsdl"}
	command(t, from...).want(t, exitUsage, words("HelloWorld", "DangKyKhaiSinh", "Đăng ký khai sinh (ví dụ)", "TraTrangThai"), words("the WSDL has 3 messages", "--operation NAME", "--all"))
	command(t, append(from, "--operation", "Khac")...).want(t, exitUsage, words("HelloWorld"), words("--operation Khac: the WSDL has none of that name"))
	if got := folders(t, into); got != "" {
		t.Errorf("it wrote %s", got)
	}
	command(t, append(from, "--all")...).want(t, exitOK, words("hello-world", "dang-ky-khai-sinh", "tra-trang-thai"), nil)
	if got := folders(t, into); got != "dang-ky-khai-sinh hello-world tra-trang-thai" {
		t.Errorf("it wrote %s", got)
	}
}

func TestMapNewNeverWritesOverAFolder(t *testing.T) {
	into := t.TempDir()
	taken := filepath.Join(into, "dang-ky-khai-sinh")
	if err := os.Mkdir(taken, 0o700); err != nil {
		t.Fatal(err)
	}
	// Of several, none is written when one of them is there.
	command(t, "map", "new", "--into", into, "--all", "--from", scaffolds+"dotnet/HoTichService.wsdl").want(t, exitUsage, nil,
		words(taken+" exists, and nothing was written", "--service NAME", "--into FOLDER"))
	if got := folders(t, into); got != "dang-ky-khai-sinh" || folders(t, taken) != "" {
		t.Errorf("it wrote %s", got)
	}
	command(t, "map", "new", "--into", into, "--operation", "DangKyKhaiSinh", "--service", "khai-sinh", "--from", scaffolds+"dotnet/HoTichService.wsdl").want(t, exitOK, words("khai-sinh"), nil)
}

func TestMapNewDraftsWhatItCanAndNamesTheRest(t *testing.T) {
	folder := t.TempDir()
	text, err := os.ReadFile(scaffolds + "dotnet/HoTichTypes.wsdl")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(folder, os.DirFS(scaffolds+"dotnet")); err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(text), `type="tns:HoSoKhaiSinh"`, `type="tns:KhongCo"`, 1)
	if err := os.WriteFile(filepath.Join(folder, "HoTichTypes.wsdl"), []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	into := t.TempDir()
	from := filepath.Join(folder, "HoTichService.wsdl")
	command(t, "map", "new", "--into", into, "--all", "--from", from).want(t, exitFailed, words("hello-world", "tra-trang-thai"),
		words("no mapping for 1 operation", filepath.Join(folder, "HoTichTypes.wsdl")+":12:", `there is no type "KhongCo of http://hotich.vidu.gov.vn/"`))
	if got := folders(t, into); got != "hello-world tra-trang-thai" {
		t.Errorf("it wrote %s", got)
	}
	command(t, "map", "new", "--into", into, "--operation", "DangKyKhaiSinh", "--from", from).want(t, exitUsage, nil, words("HoTichTypes.wsdl:12:"))
}

func TestMapNewKeepsValuesOnlyWhenItIsTold(t *testing.T) {
	into, sample := t.TempDir(), scaffolds+"samples/dotnet-soap12.xml"
	text, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	command(t, "map", "new", "--into", into, "--from", sample, "--service", "thay").want(t, exitOK, words("Every text of the sample is replaced by an invented one", "--keep-values"), nil)
	command(t, "map", "new", "--into", into, "--from", sample, "--service", "giu", "--keep-values").want(t, exitOK, words("in.xml is the sample as it is", "keep it away from"), nil)
	for service, kept := range map[string]bool{"thay": false, "giu": true} {
		path := filepath.Join(into, service, "cases/dau-tien/in.xml")
		in, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if same := string(in) == string(text); same != kept || strings.Contains(string(in), "Trần Văn Thử") != kept {
			t.Errorf("%s: the sample is kept: %v", service, same)
		}
		if private := info.Mode().Perm()&0o077 == 0; private != kept {
			t.Errorf("%s: %v", service, info.Mode())
		}
	}
}

func TestMapNewReadsAMessageInItsCharset(t *testing.T) {
	in, into := filepath.Join(t.TempDir(), "in.xml"), t.TempDir()
	text, err := vntext.Encode("<GuiHoSo><HoTen>Trần Văn Thử</HoTen></GuiHoSo>", vntext.TCVN3)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in, text, 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "map", "new", "--into", into, "--from", in).want(t, exitUsage, nil, words("in.xml: ", "say it with --charset"))
	command(t, "map", "new", "--into", into, "--from", in, "--charset", "tcvn3").want(t, exitOK, words("case.yaml"), nil)
	command(t, "map", "test", filepath.Join(into, "gui-ho-so")).want(t, exitOK, words("All cases hold"), nil)
}

func TestMapNewNamesThePlaceOfWhatIsWrong(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.xsd")
	if err := os.WriteFile(path, []byte("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>\n <xs:include schemaLocation='../b.xsd'/></xs:schema>"), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "map", "new", "--from", path).want(t, exitUsage, nil, words(path+":2:2: the location", "leads out of the folder"))
	command(t, "map", "new", "--from", filepath.Join(folder, "khong-co")).want(t, exitEnvironment, nil, words("khong-co", "no such file"))
	command(t, "map", "new", "--from", folder).want(t, exitUsage, nil, words(folder, "not a file"))
	command(t, "map", "new", "--into", path, "--from", scaffolds+"nusoap/cutru.wsdl", "--all").want(t, exitEnvironment, nil, words("a.xsd"))
}

func TestMapNewFollowsALinkToTheFile(t *testing.T) {
	folder, into := t.TempDir(), t.TempDir()
	target, err := filepath.Abs(scaffolds + "cxf/BaoHiemService.wsdl")
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, "dich-vu.wsdl")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	command(t, "map", "new", "--into", into, "--from", link).want(t, exitOK, words("cap-the"), nil)
}

func TestMapNewGivesServicesOfOneNameNumbers(t *testing.T) {
	folder, into := t.TempDir(), t.TempDir()
	path := filepath.Join(folder, "a.xsd")
	schema := `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Gui" type="xs:string"/><xs:element name="gui" type="xs:string"/><xs:element name="GUI" type="xs:string"/></xs:schema>`
	if err := os.WriteFile(path, []byte(schema), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "map", "new", "--into", into, "--all", "--from", path).want(t, exitOK, words("gui-2", "gui-3"), nil)
	if got := folders(t, into); got != "gui gui-2 gui-3" {
		t.Errorf("it wrote %s", got)
	}
	if _, err := fs.Stat(os.DirFS(into), "gui-3/mapping.yaml"); err != nil {
		t.Error(err)
	}
}
