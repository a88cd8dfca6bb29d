package plugins_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sample is the path of the plugin of testdata.
var sample string

func TestMain(m *testing.M) { os.Exit(tests(m)) }

func tests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "plugins")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	sample = filepath.Join(dir, "sample")
	if out, err := exec.Command("go", "build", "-o", sample, "./testdata/sample").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%s\n%s", err, out))
	}
	return m.Run()
}

// byHand starts the plugin as a person does.
func byHand(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	cmd := exec.Command(sample, args...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

func file(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mau.xml")
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStartedByHandAPluginMapsFiles(t *testing.T) {
	path := file(t, "\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Phieu><So>HS-1</So><Ten>TRẦN VĂN THỬ</Ten></Phieu>\n")
	code, out, errs := byHand(t, "--sender", "H29.11", "--service", "thu.", "--system", "mot-cua", path)
	want := path + `: mapped
  route     nhan
  own id    HS-1
  lane      H29.11
  subject   001199000001
  procedure 1.004222
  officer   CB1
  unit      thu.mot-cua
  doubtful  /Phieu/Ten  capitals: Chữ hoa
{"ten":"TRẦN VĂN THỬ"}
`
	if code != 0 || out != want || errs != "" {
		t.Errorf("exit code %d, %q\n%s\nwant\n%s", code, errs, out, want)
	}
}

func TestStartedByHandAPluginListsEveryBadField(t *testing.T) {
	good, bad := file(t, "<Phieu><Ten>Nguyễn Thị Mẫu</Ten></Phieu>"), file(t, "<Phieu><So>HS-1</So></Phieu>")
	code, out, _ := byHand(t, bad, good)
	want := bad + `: invalid (InvalidFields): Thông điệp có trường sai.: one field
  /Phieu/Ten  missing: Thiếu họ tên; found trống; want họ và tên
` + good + `: mapped
  route     nhan
`
	if code != 1 || !strings.HasPrefix(out, want) {
		t.Errorf("exit code %d\n%s\nwant\n%s", code, out, want)
	}
}

// The daemon is told the types of an error only; its author needs its words.
func TestStartedByHandAPluginTellsAnErrorWhole(t *testing.T) {
	path := file(t, "<Phieu><So>number</So><Ten>12x</Ten></Phieu>")
	if code, out, _ := byHand(t, path); code != 1 || out != path+": strconv.Atoi: parsing \"12x\": invalid syntax\n" {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestStartedByHandAPluginAnswersALookUp(t *testing.T) {
	code, out, _ := byHand(t, "--reply", file(t, "<CongDan/>"), file(t, "<Hoi/>"))
	if code != 0 || !strings.HasSuffix(out, ": answered\n<TraLoi><CongDan/></TraLoi>\n") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if code, out, _ := byHand(t, "--reply", "/no/such/file", file(t, "<Hoi/>")); code != 1 || !strings.Contains(out, "no such file") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestStartedByHandAPluginTakesOnlyWhatTheDaemonWouldGiveIt(t *testing.T) {
	for body, want := range map[string]string{
		"<!DOCTYPE a []><Phieu/>": "has a DOCTYPE",
		"<Phieu>":                 "is no XML in UTF-8",
		"<A><B></A></B>":          "is no XML in UTF-8",
		"<?xml version=\"1.0\" encoding=\"windows-1258\"?><Phieu/>": "is no XML in UTF-8",
	} {
		if code, out, _ := byHand(t, file(t, body)); code != 1 || !strings.Contains(out, want) {
			t.Errorf("%s: exit code %d\n%s", body, code, out)
		}
	}
	if code, out, _ := byHand(t, "/no/such/file"); code != 1 || !strings.Contains(out, "no such file") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestStartedByHandAPluginExplainsItself(t *testing.T) {
	for _, row := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--help"}, 0, "is a plugin of lgspd"},
		{nil, 2, "FILE.xml..."},
		{[]string{"--no-such-flag"}, 2, "no-such-flag"},
	} {
		if code, _, errs := byHand(t, row.args...); code != row.code || !strings.Contains(errs, row.want) || !strings.Contains(errs, "-service") {
			t.Errorf("%q: exit code %d\n%s", row.args, code, errs)
		}
	}
	if code, out, _ := byHand(t, "--version"); code != 0 || !strings.HasPrefix(out, "sample ") || !strings.Contains(out, "(go 1)") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

func TestAPluginEndsWithItsDaemon(t *testing.T) {
	cmd := exec.Command(sample)
	cmd.Env = []string{"LGSPD_PLUGIN=lgsp.plugin.v1", "PLUGIN_PROTOCOL_VERSIONS=1", "PLUGIN_UNIX_SOCKET_DIR=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	greeting := make([]byte, len("1|1|unix|"))
	if _, err := io.ReadFull(out, greeting); err != nil || string(greeting) != "1|1|unix|" {
		t.Fatalf("it says %q (%v)", greeting, err)
	}
	if err := in.Close(); err != nil { // as the kernel does when the daemon ends
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		t.Error("it goes on")
	}
}
