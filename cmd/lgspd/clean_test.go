package main

import (
	"encoding/csv"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lgsp.internal/adapter/sandbox"
)

// cleanConfig approves a system for lists of people.
const cleanConfig = `    systems:
      - name: lam-sach
        title: Phần mềm thử
        auth: {basic: [{username: lam-sach, password_file: clean}]}
        approvals:
          - service: dancu.lam-sach
            purposes: [{code: "1.004222", title: Đăng ký thường trú}]
            fields: [TonTai, HoVaTen, NgayThangNamSinh]
            from: 2020-01-01
            until: 2099-12-31
            quota: 1000000
            number: 00/THU
            date: 2020-01-01
services:
  - {name: dancu.lam-sach, upstream: dancu}
`

// newCleanSite is an installation that may check lists, as fast as it can.
func newCleanSite(t *testing.T, upstream string) *site {
	t.Helper()
	s := newSite(t, upstream)
	s.approveLists(t)
	return s
}

func (s *site) approveLists(t *testing.T) {
	t.Helper()
	s.write(t, "clean", "mat-khau-thu-so-4")
	s.replace(t, "services:\n", cleanConfig)
	s.replace(t, "operations: {CapNhat", "operations: {XacThucThongTinCongDan: {path: /dancu/1.0/XacThucThongTinCongDan}, CapNhat")
	s.replace(t, "queue:\n", "lookups: {bulk_rate: 0, bulk_concurrency: 16}\nqueue:\n")
}

// crowdedSandbox is a stand-in that knows many people.
func crowdedSandbox(t *testing.T, people int) (*sandbox.Server, string) {
	t.Helper()
	o := sandboxOptions(nil, true)
	o.People, o.Recent = people, 3*people
	box, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return box, serveSandbox(t, box)
}

// writeList writes a list of the sandbox's people, one in ten of which has a
// false name and one in ten a number that nobody has; it returns the verdicts
// that belong to the lines.
func writeList(t *testing.T, path string, people []sandbox.Person) []string {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(f)
	rows := [][]string{{"STT", "Họ và tên", "Số định danh cá nhân", "Ngày sinh"}}
	var verdicts []string
	for i, p := range people {
		name, number, verdict := wholeName(p.Ho, p.ChuDem, p.Ten), p.SoDinhDanh, "đúng"
		switch i % 10 {
		case 3:
			name, verdict = "Lê Thị Khác", "sai thông tin"
		case 7:
			number, verdict = "999"+number[3:], "không tồn tại"
		}
		rows, verdicts = append(rows, []string{fmt.Sprint(i + 1), name, number, p.NgaySinh}), append(verdicts, verdict)
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return verdicts
}

// readVerdicts reads the column Kết quả of a result.
func readVerdicts(t *testing.T, path string) (verdicts, reasons []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatal(err)
	}
	verdict, reason := -1, -1
	for i, name := range rows[0] {
		switch strings.TrimPrefix(name, "\uFEFF") {
		case "Kết quả":
			verdict = i
		case "Lý do":
			reason = i
		}
	}
	for _, row := range rows[1:] {
		verdicts, reasons = append(verdicts, row[verdict]), append(reasons, row[reason])
	}
	return verdicts, reasons
}

func (s *site) cleanArgs(in, out string, more ...string) []string {
	return append(append([]string{"clean", "--config", s.config, "--department", "H29.11", "--officer", "079080000009", "-o", out}, more...), in)
}

// asked counts the questions that came to the sandbox, by person.
func askedAbout(box *sandbox.Server) map[string]int {
	counts := map[string]int{}
	for _, l := range box.Lookups(0, 0) {
		counts[l.Key]++
	}
	return counts
}

// req: R-06
func TestAListWhoseCommandIsKilledIsAskedAboutOnce(t *testing.T) {
	const people = 20_000
	box, url := crowdedSandbox(t, people)
	s := newCleanSite(t, url)
	daemon := s.serve(t)
	in, out := filepath.Join(s.folder, "people.csv"), filepath.Join(s.folder, "result.csv")
	want := writeList(t, in, box.People())
	for _, after := range []uint64{people / 8, people / 3, 3 * people / 4} {
		command := startBinary(t, s.cleanArgs(in, out)...)
		until(t, 2*time.Minute, fmt.Sprintf("%d people were asked about", after), func() bool {
			select {
			case <-command.ended:
				t.Fatalf("the command ended: %s", command.log.String())
			default:
			}
			return box.Stats().Lookups >= after
		})
		command.kill()
		if _, err := os.Stat(out); err == nil {
			t.Fatal("a command that was killed has written a result")
		}
	}
	got := binaryCommand(t, s.cleanArgs(in, out)...)
	if got.code != exitOK {
		t.Fatalf("ended with %d: %s", got.code, got.err)
	}
	if n := box.Stats().Paths["/dancu/1.0/XacThucThongTinCongDan"].Requests; n != people {
		t.Errorf("the upstream got %d requests for %d people", n, people)
	}
	counts := askedAbout(box)
	for key, n := range counts {
		if n != 1 {
			t.Fatalf("%s was asked about %d times", key, n)
		}
	}
	if len(counts) != people {
		t.Errorf("%d people were asked about", len(counts))
	}
	verdicts, _ := readVerdicts(t, out)
	for i := range want {
		if i >= len(verdicts) || verdicts[i] != want[i] {
			t.Fatalf("line %d of %d has the wrong verdict", i+1, len(verdicts))
		}
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the result is for everybody: %v, %v", info.Mode(), err)
	}
	if code := daemon.stop(t); code != exitOK {
		t.Fatalf("the daemon ended with %d\n%s", code, daemon.log.String())
	}
	onRecord := 0
	for _, e := range s.asked(t) {
		if e.Service == "dancu.lam-sach" && e.System == "lam-sach" && e.Officer == "079080000009" && e.Procedure == "1.004222" {
			onRecord++
		}
	}
	if onRecord != people {
		t.Errorf("%d questions are on record", onRecord)
	}
}

func TestNobodyIsAskedAboutTwiceWhenTheDaemonIsKilled(t *testing.T) {
	const people = 3000
	box, url := crowdedSandbox(t, people)
	s := newCleanSite(t, url)
	daemon := s.serve(t)
	in, out := filepath.Join(s.folder, "people.csv"), filepath.Join(s.folder, "result.csv")
	want := writeList(t, in, box.People())
	command := startBinary(t, s.cleanArgs(in, out)...)
	for _, after := range []uint64{people / 5, people / 2} {
		until(t, time.Minute, "people are asked about", func() bool { return box.Stats().Lookups >= after })
		daemon.kill()
		daemon = s.serve(t)
	}
	select {
	case <-command.ended:
	case <-time.After(2 * time.Minute):
		t.Fatal("the command does not end")
	}
	if code := command.cmd.ProcessState.ExitCode(); code != exitOK {
		t.Fatalf("the command ended with %d: %s", code, command.log.String())
	}
	for key, n := range askedAbout(box) {
		if n != 1 {
			t.Errorf("%s was asked about %d times", key, n)
		}
	}
	verdicts, reasons := readVerdicts(t, out)
	interrupted := 0
	for i, v := range verdicts {
		if v == "lỗi" {
			interrupted++
			if !strings.Contains(reasons[i], "gián đoạn") {
				t.Errorf("line %d: %s", i+1, reasons[i])
			}
		}
	}
	// What was marked as being asked when the daemon died: a batch each time, and no more.
	if len(verdicts) != people || interrupted > 2*64 {
		t.Errorf("%d lines, %d of them interrupted", len(verdicts), interrupted)
	}
	t.Logf("%d of %d were interrupted", interrupted, people)
	before := box.Stats().Lookups
	if got := binaryCommand(t, s.cleanArgs(in, out, "--again", "--overwrite")...); got.code != exitOK {
		t.Fatalf("ended with %d: %s", got.code, got.err)
	}
	if n := int(box.Stats().Lookups - before); n != interrupted {
		t.Errorf("--again asked about %d people, and %d had no answer", n, interrupted)
	}
	verdicts, _ = readVerdicts(t, out)
	for i := range want {
		if i >= len(verdicts) || verdicts[i] != want[i] {
			t.Fatalf("line %d of %d has the wrong verdict", i+1, len(verdicts))
		}
	}
}

func TestAListNeedsADaemonAnApprovalAndANewFile(t *testing.T) {
	box, url := crowdedSandbox(t, 20)
	s := newCleanSite(t, url)
	in, out := filepath.Join(s.folder, "people.csv"), filepath.Join(s.folder, "result.csv")
	writeList(t, in, box.People())
	if got := command(t, s.cleanArgs(in, out)...); got.code != exitEnvironment || !strings.Contains(got.err, "start lgspd serve") {
		t.Errorf("without a daemon: %d %s", got.code, got.err)
	}
	daemon := s.serve(t)
	if got := command(t, s.cleanArgs(in, out)...); got.code != exitOK || !strings.Contains(got.out, "20 people checked") {
		t.Errorf("%d %s %s", got.code, got.out, got.err)
	}
	if got := command(t, s.cleanArgs(in, out)...); got.code == exitOK {
		t.Error("the result of an earlier run was written over")
	}
	// The journal of a finished list is kept for a day: nobody is asked about anew.
	if got := command(t, s.cleanArgs(in, out, "--overwrite")...); got.code != exitOK || box.Stats().Lookups != 20 {
		t.Errorf("%d %s; %d questions", got.code, got.err, box.Stats().Lookups)
	}
	args := s.cleanArgs(in, out, "--overwrite")
	args[4] = "H29.99"
	if got := command(t, args...); got.code != exitUsage || !strings.Contains(got.err, "no such department") {
		t.Errorf("another department: %d %s", got.code, got.err)
	}
	if code := daemon.stop(t); code != exitOK {
		t.Errorf("the daemon ended with %d", code)
	}
}

func TestADaemonThatDoesNotKnowTheServiceAsksNobodyAndSaysSo(t *testing.T) {
	box, url := crowdedSandbox(t, 20)
	s := newSite(t, url)
	daemon := s.serve(t)
	s.approveLists(t) // and it runs on with what it was started with
	in, out := filepath.Join(s.folder, "people.csv"), filepath.Join(s.folder, "result.csv")
	want := writeList(t, in, box.People())
	command(t, s.cleanArgs(in, out)...).want(t, exitUsage, nil, words("the daemon does not serve dancu.lam-sach", "start it anew"))
	if code := daemon.stop(t); code != exitOK {
		t.Fatalf("the daemon ended with %d", code)
	}
	daemon = s.serve(t)
	command(t, s.cleanArgs(in, out, "--officer", strings.Repeat("0", 21))...).want(t, exitUsage, nil, words("refuses the question", "/KiemTra/MaCanBo", "--officer"))
	if n := box.Stats().Lookups; n != 0 {
		t.Errorf("%d questions came to the upstream", n)
	}
	if got := command(t, s.cleanArgs(in, out)...); got.code != exitOK {
		t.Fatalf("ended with %d: %s", got.code, got.err)
	}
	if verdicts, _ := readVerdicts(t, out); !slices.Equal(verdicts, want) {
		t.Errorf("verdicts %v, want %v", verdicts, want)
	}
	if code := daemon.stop(t); code != exitOK {
		t.Errorf("the daemon ended with %d", code)
	}
}

func TestWhoFindsTheDoorOpenFindsTheControlSocket(t *testing.T) {
	_, url := crowdedSandbox(t, 1)
	s := newCleanSite(t, url)
	path := filepath.Join(s.folder, "data", "lgspd.sock")
	for range 5 {
		daemon := s.start(t).tellOnFailure(t)
		until(t, 20*time.Second, "the door is open", func() bool {
			for range 1000 { // closely, to come before anything that is late
				if conn, err := net.Dial("tcp", s.addr); err == nil {
					return conn.Close() == nil
				}
			}
			return false
		})
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatalf("the door is open, and the control socket is not: %v", err)
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		if code := daemon.stop(t); code != exitOK {
			t.Fatalf("the daemon ended with %d", code)
		}
	}
}

func TestTheControlSocketIsForItsOwnerAlone(t *testing.T) {
	_, url := crowdedSandbox(t, 1)
	s := newCleanSite(t, url)
	daemon := s.serve(t)
	path := filepath.Join(s.folder, "data", "lgspd.sock")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Mode()&os.ModeSocket == 0 {
		t.Errorf("the socket has mode %v, %v", info.Mode(), err)
	}
	if os.Getuid() == 0 {
		// Somebody else, who has neither the folder nor the socket.
		cmd := exec.Command(binary(t), s.cleanArgs("people.csv", "x.csv")...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if err := cmd.Run(); err == nil {
			t.Error("somebody else may use it")
		}
	}
	// A daemon that was killed leaves the socket behind; the next one takes its place.
	daemon.kill()
	daemon = s.serve(t)
	if code := daemon.stop(t); code != exitOK {
		t.Errorf("the daemon ended with %d\n%s", code, daemon.log.String())
	}
}
