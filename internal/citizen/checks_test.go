package citizen_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/citizen"
)

func TestAVerificationComesToAVerdict(t *testing.T) {
	for content, want := range map[string]string{
		"<TonTai>true</TonTai>":                         "1 []",
		"<TonTai> TRUE </TonTai><HoVaTen>1</HoVaTen>":   "1 []",
		"<TonTai>1</TonTai><HoVaTen/>":                  "1 []",
		"<TonTai>1</TonTai><MaLoi>false</MaLoi>":        "1 []",
		"<TonTai>False</TonTai>":                        "3 []",
		"<TonTai>0</TonTai><HoVaTen>false</HoVaTen>":    "3 []",
		"<HoVaTen>false</HoVaTen><TonTai>true</TonTai>": "2 [HoVaTen]",
		"<TonTai>true</TonTai><NgayThangNamSinh><NgayThangNam>0</NgayThangNam><Nam>1</Nam></NgayThangNamSinh><SoCMND>0</SoCMND>": "2 [SoCMND NgayThangNamSinh]",
		"<TonTai>true</TonTai><HoVaTen><Ho>1</Ho><Ten>true</Ten></HoVaTen>":                                                      "1 []",
	} {
		a := read(t, []byte("<KetQuaXacThuc>"+content+"</KetQuaXacThuc>"), citizen.Verification)
		v, wrong := a.Verdict()
		if got := fmt.Sprint(uint8(v), " ", wrong); got != want {
			t.Errorf("%s: got %s, want %s", content, got, want)
		}
		if a.Found() != (v != citizen.Absent) {
			t.Errorf("%s: found is %v", content, a.Found())
		}
	}
}

func TestExactlyTheApprovedChecksAreWritten(t *testing.T) {
	all := paths(citizen.Verification)
	for seed := range uint64(2000) {
		m := &maker{Rand: rand.New(rand.NewPCG(seed, 3))}
		chosen := slices.DeleteFunc(slices.Clone(all), func(string) bool { return m.IntN(2) == 0 })
		if seed < uint64(len(all)) {
			chosen = all[seed : seed+1]
		} else if seed < 2*uint64(len(all)) {
			chosen = slices.Delete(slices.Clone(all), int(seed)-len(all), int(seed)-len(all)+1)
		}
		var parts, used []string
		want := `<KetQuaXacThuc xmlns="` + citizen.Namespace + `">`
		for _, path := range all {
			said := m.IntN(2) == 0
			if path != "TonTai" && m.IntN(3) == 0 {
				continue
			}
			text := map[bool][]string{true: {"true", "TRUE", " 1 "}, false: {"false", "False", "0"}}[said][m.IntN(3)]
			parts = append(parts, "<"+path+m.attribute()+"><!--NOISE-->"+text+"</"+path+">")
			if slices.Contains(chosen, path) {
				want += fmt.Sprintf("<%s>%v</%s>", path, said, path)
				used = append(used, path)
			}
		}
		m.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		answer := m.wrap("<KetQuaXacThuc>NOISE<Khac>NOISE</Khac>" + strings.Join(parts, "NOISE") + "</KetQuaXacThuc>")
		got := read(t, answer, citizen.Verification)
		for _, form := range []citizen.Form{citizen.Live, citizen.QCVN109} {
			out, fields := write(t, approve(t, citizen.Verification, chosen...), got, form)
			if string(out) != want+"</KetQuaXacThuc>" || !slices.Equal(fields, used) {
				t.Fatalf("approved %q: got\n%s %q\nwant\n%s %q\nof\n%s", chosen, out, fields, want, used, answer)
			}
		}
	}
}
