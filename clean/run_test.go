package clean_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/clean"
)

// runOptions are those of a command beside the house's daemon.
func (h *house) runOptions(in, out string) clean.RunOptions {
	return clean.RunOptions{In: in, Out: out, Question: questionOf(nil), Desk: h.desk, Now: h.now,
		Wait: func(ctx context.Context, d time.Duration) error { h.clock.Add(int64(d)); return ctx.Err() }}
}

// hostile are rows of invented people with everything that may befall them.
func hostile() [][]any {
	return [][]any{
		{"DANH SÁCH"},
		{"Họ và tên", "CCCD", "Ngày sinh", "Ghi chú"},
		{"Nguyễn Đúng", number(1), "02/01/1990", "=1+1"},
		{"Nguyễn Sai", number(2), time.Date(1990, 1, 2, 0, 0, 0, 0, time.UTC), "+84 900 000 000"},
		{"Nguyễn Không", number(3), 1950, "@SUM(A1)"},
		{"Nguyễn Mất", 79000000004, "1950", "-2+3"},
		{"Nguyễn  Đúng", number(1), "2/1/1990", -5},
		{},
		{"Nguyễn Lỗi", number(5), "1990", "\ttab _x005F_x0041_ <&> \"q\"; ,"},
	}
}

func answers(_ context.Context, n string) (string, error) {
	const of = `<KetQua xmlns="urn:lgsp:lam-sach:1"><TonTai>%s</TonTai><HoVaTen>false</HoVaTen><NgayThangNamSinh>false</NgayThangNamSinh></KetQua>`
	switch n {
	case number(2):
		return fmt.Sprintf(of, "true"), nil
	case number(3):
		return fmt.Sprintf(of, "false"), nil
	case number(5):
		return "", &lgsp.Error{Kind: lgsp.Unavailable, Code: "NoAnswer"}
	}
	return match, nil
}

var lostZero = "số định danh không đủ 12 chữ số (có thể đã mất số 0 ở đầu)"

func TestAResultIsTheListWithWhatCameOfIt(t *testing.T) {
	h := newHouse(t, nil)
	h.up.answer = answers
	out := filepath.Join(t.TempDir(), "kết quả.xlsx")
	s, err := clean.Run(context.Background(), h.runOptions(workbook(t, hostile()), out))
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if names := f.GetSheetList(); !slices.Equal(names, []string{"Kết quả", "Tổng hợp"}) {
		t.Fatalf("sheets %q", names)
	}
	rows, err := f.GetRows("Kết quả")
	if err != nil {
		t.Fatal(err)
	}
	at := "02/03/2026 08:00:00"
	want := [][]string{
		{"DANH SÁCH"},
		{"Họ và tên", "CCCD", "Ngày sinh", "Ghi chú", "Kết quả", "Thông tin sai", "Lý do", "Mã yêu cầu", "Thời điểm"},
		{"Nguyễn Đúng", number(1), "02/01/1990", "=1+1", "đúng", "", "", h.up.codes[number(1)], at},
		{"Nguyễn Sai", number(2), "02/01/1990", "+84 900 000 000", "sai thông tin", "Họ và tên, Ngày sinh", "", h.up.codes[number(2)], at},
		{"Nguyễn Không", number(3), "1950", "@SUM(A1)", "không tồn tại", "", "", h.up.codes[number(3)], at},
		{"Nguyễn Mất", "79000000004", "1950", "-2+3", "lỗi", "", lostZero},
		{"Nguyễn  Đúng", number(1), "2/1/1990", "-5", "đúng", "", "", h.up.codes[number(1)], at},
		nil,
		{"Nguyễn Lỗi", number(5), "1990", "\ttab _x0041_ <&> \"q\"; ,", "lỗi", "", "cơ sở dữ liệu dân cư không trả lời khi được hỏi", h.up.codes[number(5)], at},
	}
	for i := range want {
		if i >= len(rows) || !slices.Equal(rows[i], want[i]) {
			t.Errorf("row %d\n%q\nwant\n%q", i+1, rows[i], want[i])
		}
	}
	for r := range rows {
		for c := range 9 {
			cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
			if formula, err := f.GetCellFormula("Kết quả", cell); err != nil || formula != "" {
				t.Errorf("%s is a formula: %q, %v", cell, formula, err)
			}
		}
	}
	panes, err := f.GetPanes("Kết quả")
	if err != nil || !panes.Freeze || panes.YSplit != 2 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	if s.Lines != 6 || s.People != 4 || s.Match != 2 || s.Differs != 1 || s.Absent != 1 || s.Failed != 2 || len(s.Reasons) != 2 {
		t.Errorf("%+v", s)
	}
	for n := 1; n <= 5; n++ {
		if n != 4 && h.up.times(number(n)) != 1 {
			t.Errorf("%d was asked %d times", n, h.up.times(number(n)))
		}
	}
	checkSummary(t, f)
	checkOwnerOnly(t, out)
}

func checkSummary(t *testing.T, f *excelize.File) {
	t.Helper()
	rows, err := f.GetRows("Tổng hợp")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, r := range rows {
		found[r[0]] = r[1:]
	}
	for label, want := range map[string][]string{
		"Đơn vị": {"H29.11"}, "Hệ thống": {"mot-cua"}, "Dịch vụ": {"dancu.lam-sach"}, "Mã thủ tục": {"1.004222"}, "Mã cán bộ": {"079099999999"}, "Tệp": {"danh sách.xlsx"},
		"Bắt đầu": {"02/03/2026 08:00:00"}, "Tổng số dòng": {"6", "100.0%"}, "đúng": {"2", "33.3%"}, "sai thông tin": {"1", "16.7%"}, "không tồn tại": {"1", "16.7%"},
		"lỗi": {"2", "33.3%"}, "lỗi: " + lostZero: {"1", "16.7%"},
	} {
		if !slices.Equal(found[label], want) {
			t.Errorf("%s: %q, want %q", label, found[label], want)
		}
	}
}

// checkOwnerOnly checks the mode of a result, and that nothing is left beside it.
func checkOwnerOnly(t *testing.T, out string) {
	t.Helper()
	info, err := os.Stat(out)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	beside, err := os.ReadDir(filepath.Dir(out))
	if err != nil || len(beside) != 1 {
		t.Errorf("beside the result there is %v, %v", beside, err)
	}
}

func TestAListGoesOnWhereItStoppedAlsoUnderAnotherName(t *testing.T) {
	h := newHouse(t, nil)
	text := "CCCD,Họ tên,Ngày sinh\n"
	for i := range 300 {
		text += number(i+1) + ",Nguyễn Bịa,1990\n"
	}
	dir := t.TempDir()
	for try := range 4 {
		o := h.runOptions(file(t, fmt.Sprintf("lần %d.csv", try), []byte(text)), filepath.Join(dir, "b.csv"))
		ctx, kill := context.WithCancel(context.Background())
		o.Progress = func(p clean.Progress) {
			if try < 3 && p.Done-p.Known > 60 {
				kill()
			}
		}
		s, err := clean.Run(ctx, o)
		kill()
		switch {
		case try < 3 && (!errors.Is(err, context.Canceled) || !strings.Contains(lgsp.TextOf(err), "chạy lại đúng lệnh này")):
			t.Fatalf("%v", err)
		case try < 3:
			if _, err := os.Stat(o.Out); !errors.Is(err, fs.ErrNotExist) {
				t.Fatal("there is a result already")
			}
		case err != nil || s.Match != 300 || s.Known < 100:
			t.Fatalf("%+v, %v", s, err)
		}
	}
	for i := range 300 {
		if n := h.up.times(number(i + 1)); n != 1 {
			t.Errorf("%d was asked %d times", i+1, n)
		}
	}
}

func TestARunWaitsWhileTheUpstreamCannotBeAsked(t *testing.T) {
	h := newHouse(t, func(o *clean.Options) { o.Concurrency = 1 })
	refusals := 0
	h.up.answer = func(_ context.Context, n string) (string, error) {
		if n == number(2) && refusals < 3 {
			refusals++
			return "", notLeft(lgsp.Throttled, 40*time.Second)
		}
		return match, nil
	}
	o := h.runOptions(file(t, "a.csv", []byte("CCCD,Họ tên,Ngày sinh\n"+number(1)+",A,1990\n"+number(2)+",B,1990\n"+number(3)+",C,1990\n")), filepath.Join(t.TempDir(), "b.csv"))
	var waits []time.Duration
	o.Progress = func(p clean.Progress) {
		if p.Wait > 0 {
			waits = append(waits, p.Wait)
		}
	}
	s, err := clean.Run(context.Background(), o)
	if err != nil || s.Match != 3 || !slices.Equal(waits, []time.Duration{40 * time.Second, 40 * time.Second, 40 * time.Second}) {
		t.Errorf("%+v, %v, waits %v", s, err, waits)
	}
	if s.Ended.Sub(s.Began) != 2*time.Minute {
		t.Errorf("took %s", s.Ended.Sub(s.Began))
	}
}

func TestARunEndsOnceItsPatienceIsUsedUpOrWaitingIsInVain(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		code  string
		waits bool
	}{
		"patience":     {notLeft(lgsp.Unavailable, 0), "OutOfPatience", true},
		"tomorrow":     {notLeft(lgsp.Throttled, 20*time.Hour), "OutOfPatience", false},
		"not approved": {notLeft(lgsp.Forbidden, 0), "Down", false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, nil)
			h.up.answer = func(context.Context, string) (string, error) { return "", c.err }
			o := h.runOptions(file(t, "a.csv", []byte("CCCD,Họ tên,Ngày sinh\n"+number(1)+",A,1990\n")), filepath.Join(t.TempDir(), "b.csv"))
			o.Patience = 10 * time.Minute
			_, err := clean.Run(context.Background(), o)
			if codeOf(err) != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
			if waited := h.now().Sub(start); waited > o.Patience || c.waits != (waited > 8*time.Minute) {
				t.Errorf("waited %s", waited)
			}
		})
	}
}

func TestAResultIsNotWrittenOverAnythingUnlessTold(t *testing.T) {
	h := newHouse(t, nil)
	in := file(t, "a.csv", []byte("CCCD,Họ tên,Ngày sinh\n"+number(1)+",A,1990\n"))
	out := file(t, "b.csv", []byte("kept"))
	link := filepath.Join(t.TempDir(), "link.csv")
	if err := os.Symlink(in, link); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		out       string
		overwrite bool
		code      string
	}{{out, false, "OutExists"}, {in, true, "OutIsIn"}, {link, true, "OutExists"}, {filepath.Dir(in), true, "OutKind"}, {in + ".txt", false, "OutKind"}} {
		o := h.runOptions(in, c.out)
		o.Overwrite = c.overwrite
		if _, err := clean.Run(context.Background(), o); codeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", c.out, err, c.code)
		}
	}
	if b, err := os.ReadFile(out); err != nil || string(b) != "kept" || h.up.times(number(1)) != 0 {
		t.Errorf("%q, %v, asked %d times", b, err, h.up.times(number(1)))
	}
	o := h.runOptions(in, out)
	o.Overwrite = true
	if _, err := clean.Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	checkOwnerOnly(t, out)
}

func TestAFileThatComesWhileAskingIsNotWrittenOver(t *testing.T) {
	h := newHouse(t, nil)
	o := h.runOptions(file(t, "a.csv", []byte("CCCD,Họ tên,Ngày sinh\n"+number(1)+",A,1990\n")), filepath.Join(t.TempDir(), "b.csv"))
	o.Progress = func(clean.Progress) {
		if err := os.WriteFile(o.Out, []byte("kept"), 0o600); err != nil {
			t.Error(err)
		}
	}
	_, err := clean.Run(context.Background(), o)
	if b, _ := os.ReadFile(o.Out); codeOf(err) != "OutExists" || string(b) != "kept" {
		t.Errorf("%v, %q", err, b)
	}
	checkOwnerOnly(t, o.Out)
}

func TestAListThatIsChangedMeanwhileHasNoResult(t *testing.T) {
	h := newHouse(t, nil)
	in := file(t, "a.csv", []byte("CCCD,Họ tên,Ngày sinh\n"+number(1)+",A,1990\n"))
	o := h.runOptions(in, filepath.Join(t.TempDir(), "b.csv"))
	o.Progress = func(clean.Progress) {
		if err := os.WriteFile(in, []byte("CCCD,Họ tên,Ngày sinh\n"+number(2)+",A,1990\n"), 0o600); err != nil {
			t.Error(err)
		}
	}
	if _, err := clean.Run(context.Background(), o); codeOf(err) != "FileChanged" {
		t.Error(err)
	}
}

func TestWhatAKilledCommandLeftIsSweptLater(t *testing.T) {
	h := newHouse(t, nil)
	dir := t.TempDir()
	for name, age := range map[string]time.Duration{".lgspd-clean-1": 2 * time.Hour, ".lgspd-clean-2": time.Minute} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	in := file(t, "a.csv", []byte("CCCD,Họ tên,Ngày sinh\n"+number(1)+",A,1990\n"))
	if _, err := clean.Run(context.Background(), h.runOptions(in, filepath.Join(dir, "b.csv"))); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 || left[0].Name() != ".lgspd-clean-2" {
		t.Errorf("%v, %v", left, err)
	}
}
