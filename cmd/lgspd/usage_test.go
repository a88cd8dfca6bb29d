package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// want checks how a command ended: its exit code and words of its two streams.
func (r result) want(t *testing.T, code int, out, errs []string) {
	t.Helper()
	if r.code != code {
		t.Errorf("it ended with %d, want %d", r.code, code)
	}
	for _, words := range out {
		if !strings.Contains(r.out, words) {
			t.Errorf("it did not print %q", words)
		}
	}
	for _, words := range errs {
		if !strings.Contains(r.err, words) {
			t.Errorf("it did not report %q", words)
		}
	}
	if code == exitOK && r.err != "" && len(errs) == 0 {
		t.Errorf("all was well and yet it reported something")
	}
	if t.Failed() {
		t.Logf("standard output:\n%s\nstandard error:\n%s", r.out, r.err)
	}
}

func words(s ...string) []string { return s }

func TestWhatIsMistypedIsAnErrorOfUsageThatNamesTheHelp(t *testing.T) {
	for line, report := range map[string][]string{
		"nonsense":                               {`there is no command "nonsense"`, "lgspd --help"},
		"--nonsense":                             {"--nonsense", "lgspd --help"},
		"serve --nonsense":                       {": --nonsense;", "lgspd serve --help"},
		"serve --config":                         {": --config;", "lgspd serve --help"},
		"help nonsense":                          {`there is no command "nonsense"`, "lgspd --help"},
		"serve extra":                            {`"extra"`, "lgspd serve --help"},
		"queue nonsense":                         {`there is no command "nonsense"`, "lgspd queue --help"},
		"queue list --nonsense":                  {"nonsense", "lgspd queue list --help"},
		"queue list --limit many":                {"flag --limit", "lgspd queue list --help"},
		"queue list --limit 0":                   {"--limit 0: want 1 to 100000"},
		"queue list --limit=-1":                  {"--limit -1: want 1 to 100000"},
		"queue list --limit 100001":              {"--limit 100001: want 1 to 100000"},
		"queue list --since yesterday":           {"--since \"yesterday\"", "2026-11-22, 2026-11-22T08:00:00+07:00, or 36h", "lgspd queue list --help"},
		"queue drop --all --until -36h":          {"--until \"-36h\"", "lgspd queue drop --help"},
		"audit export --until 22/11/2026":        {"--until \"22/11/2026\"", "lgspd audit export --help"},
		"audit prune --yes --before=":            {"--before \"\"", "lgspd audit prune --help"},
		"queue list --state lost":                {"--state lost", "queued, leased, delivered, parked, rejected, superseded or dropped"},
		"queue list --id 12":                     {"--id 12", "36 characters"},
		"queue show":                             {"one message ID"},
		"queue show 12":                          {"36 characters"},
		"queue drop --yes 0190f1d0-6b1c-7c3a":    {"takes no argument", "0190f1d0-6b1c-7c3a"},
		"queue drop --yes":                       {"nothing was done", "--all"},
		"queue replay --yes --by Ai":             {"nothing was done", "--all"},
		"audit nonsense":                         {`there is no command "nonsense"`, "lgspd audit --help"},
		"audit verify --head 12":                 {"--head", "number:64 hexadecimal digits"},
		"audit prune":                            {"--before DATE"},
		"audit prune --before 2999-01-01 --yes":  {"two years", "TT 46/2022/TT-BCA", "is the latest"},
		"audit prune --before 2001-01-01":        {"nothing was done", "--yes", "export them first"},
		"map nonsense":                           {`there is no command "nonsense"`, "lgspd map --help"},
		"map new":                                {"--from FILE"},
		"map new extra":                          {"takes no argument", "lgspd map new --help"},
		"map new --from http://x/?wsdl":          {"nothing is fetched", "save it"},
		"map new --from x --form csv":            {"--form csv", "json or xml"},
		"map new --from x --all --service y":     {"--all", "--service"},
		"map lint /no/such/folder":               {"/no/such/folder is not the folder of a mapping"},
		"map test /no/such/folder":               {"/no/such/folder is not the folder of a mapping"},
		"version extra":                          {"takes no argument"},
		"sandbox --listen 0.0.0.0:0":             {"loopback"},
		"sandbox --listen 192.0.2.1:8090":        {"loopback"},
		"sandbox --listen nonsense":              {"loopback", "127.0.0.1:8090"},
		"demo --messages 3":                      {"at least 8"},
		"register nonsense":                      {`there is no command "nonsense"`, "lgspd register --help"},
		"register list --nonsense":               {": --nonsense;", "lgspd register list --help"},
		"register list extra":                    {`"extra"`, "lgspd register list --help"},
		"register fields":                        {"--service SERVICE"},
		"register dossier":                       {"--department CODE"},
		"register fields --service":              {": --service;", "lgspd register fields --help"},
		"audit who":                              {"--id NUMBER", "--id -"},
		"audit who --id 12":                      {"want 12 digits, or 9"},
		"audit who --id -":                       {"--id NUMBER"}, // nothing is on standard input
		"register list --config /no/such/f.yaml": {"/no/such/f.yaml"},
		"check --config /no/such/file.yaml":      {"/no/such/file.yaml"},
		"serve --config /no/such/file.yaml":      {"/no/such/file.yaml"},
		"queue list --config /no/such/file.yaml": {"/no/such/file.yaml"},
	} {
		t.Run(line, func(t *testing.T) {
			r := command(t, strings.Fields(line)...)
			r.want(t, exitUsage, nil, append(report, "lgspd: "))
			if r.out != "" {
				t.Errorf("it printed something: %s", r.out)
			}
		})
	}
}

func TestWithoutACommandTheHelpIsShown(t *testing.T) {
	command(t).want(t, exitOK, words("serve", "check", "demo", "sandbox", "doctor", "queue", "register", "map", "audit", "version"), nil)
	command(t, "queue").want(t, exitOK, words("list", "show", "stats", "replay", "hold", "drop"), nil)
	command(t, "audit").want(t, exitOK, words("verify", "export", "who", "head", "prune"), nil)
	command(t, "register").want(t, exitOK, words("list", "fields", "dossier"), nil)
	command(t, "help").want(t, exitOK, words("COMMANDS"), nil)
}

func TestHelpOfACommandIsThatWhichItsFlagShows(t *testing.T) {
	for _, line := range []string{"", "queue", "queue list", "register", "register dossier", "audit", "audit who", "map new", "sandbox", "version"} {
		shown := command(t, append(strings.Fields(line), "--help")...)
		shown.want(t, exitOK, words("NAME", "OPTIONS"), nil)
		if r := command(t, append([]string{"help"}, strings.Fields(line)...)...); r != shown {
			t.Errorf("lgspd help %s: exit %d\n%s%s\nwant\n%s", line, r.code, r.out, r.err, shown.out)
		}
	}
	if inside := command(t, "queue", "help", "list"); inside != command(t, "queue", "list", "--help") {
		t.Errorf("lgspd queue help list: %+v", inside)
	}
}

func TestAHelpSaysOnlyWhatIsOfUse(t *testing.T) {
	command(t, "queue", "list", "--help").want(t, exitOK, words("-c, --config FILE ", "(default: /etc/lgspd/lgspd.yaml)", "[$LGSPD_CONFIG]", "(default: 50)"), nil)
	command(t, "sandbox", "--help").want(t, exitOK, words("sandbox/README.md", "sandbox.md"), nil)
	for _, line := range []string{"", "queue", "queue list", "queue drop", "register list", "register dossier", "audit who", "demo", "sandbox"} {
		text := command(t, append(strings.Fields(line), "--help")...).out
		for _, noise := range []string{"default: false", "default: 0", "Shows a list", "help, h"} {
			if strings.Contains(text, noise) {
				t.Errorf("lgspd %s --help says %q", line, noise)
			}
		}
	}
}

func TestEveryCommandHasAHelpThatFitsATerminal(t *testing.T) {
	app := newApp(streams{strings.NewReader(""), &buffer{}, &buffer{}})
	for _, c := range append(app.Commands, &cli.Command{}) {
		lines := [][]string{append(strings.Fields(c.Name), "--help")}
		for _, sub := range c.Subcommands {
			lines = append(lines, []string{c.Name, sub.Name, "--help"})
		}
		for _, line := range lines {
			r := command(t, line...)
			r.want(t, exitOK, words("NAME", c.Name), nil)
			for _, text := range strings.Split(r.out, "\n") {
				if len([]rune(text)) > 80 {
					t.Errorf("lgspd %s: a line has %d characters: %s", strings.Join(line, " "), len([]rune(text)), text)
				}
			}
		}
	}
}

func TestVersionNamesTheReleaseAndTheMachine(t *testing.T) {
	command(t, "version").want(t, exitOK, words("lgspd "+release, "linux/"), nil)
}

func TestEveryMistakeInAConfigurationIsReportedAtOnce(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	s.replace(t, "province: {code: H29,", "province: {code: H0,")
	s.replace(t, "form: soap", "form: carrier-pigeon")
	s.replace(t, "  open_wsdl: true", "  open_wsdl: true\n  nonsense: 1")
	for _, verb := range []string{"check", "serve", "doctor"} {
		r := command(t, verb, "--config", s.config)
		r.want(t, exitUsage, nil, words("lgspd.yaml:1:", "lgspd: 3 things are wrong:\n", "lgspd.yaml:7:3:", "nonsense", "carrier-pigeon"))
		if n := strings.Count(r.err, "lgspd.yaml:"); n < 3 {
			t.Errorf("%s reports %d of three mistakes:\n%s", verb, n, r.err)
		}
	}
}

func TestAConfigurationWithoutItsKeyIsNotStarted(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	if err := os.Remove(filepath.Join(s.folder, "lgspd.key")); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"check", "serve", "doctor"} {
		command(t, verb, "--config", s.config).want(t, exitUsage, nil, words("lgspd.yaml:3:", "key_file", "lgspd.key", "/dev/urandom"))
	}
}

func TestCheckSaysWhatIsInOrderAndWhatComesNext(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	command(t, "check", "--config", s.config).want(t, exitOK,
		words("is in order: 1 department, 7 services, 5 upstreams", "Next: lgspd serve --config "+s.config), nil)
	if entries, err := os.ReadDir(filepath.Join(s.folder, "data")); err != nil || len(entries) != 0 {
		t.Errorf("check left %v in the data folder (%v)", entries, err)
	}
}

func TestCheckPrintsTheConfigurationWithoutItsSecrets(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	s.replace(t, "consumer_secret_file: consumer", "consumer_secret: khong-ai-duoc-thay-1")
	s.replace(t, "username: thu, password_file: basic", "username: thu, password: khong-ai-duoc-thay-2")
	r := command(t, "check", "--print", "--config", s.config)
	if r.code != exitOK {
		t.Fatalf("it ended with %d: %s", r.code, r.err)
	}
	if !strings.Contains(r.out, "***") || !strings.Contains(r.out, "concurrency: 16") {
		t.Errorf("it does not print the configuration that holds:\n%s", r.out)
	}
	for _, text := range []string{r.out, r.err} {
		if strings.Contains(text, "khong-ai-duoc-thay") || strings.Contains(text, s.password) || strings.Contains(text, sandboxSecret) {
			t.Errorf("a secret is shown:\n%s", text)
		}
	}
	if !strings.Contains(r.err, "warning: ") {
		t.Errorf("secrets in the file are not warned about: %q", r.err)
	}
}

func TestCheckRefusesAServiceThatNoMappingIsShippedFor(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	s.replace(t, "  - {name: hotich.khai-sinh, upstream: hotich}\n", "  - {name: hotich.khai-sinh, upstream: hotich}\n  - {name: khong.co, upstream: hotich}\n")
	command(t, "check", "--config", s.config).want(t, exitUsage, nil, words("khong.co", "no mapping of that name is shipped", "hotich.khai-tu"))
}

func TestASandboxWhoseAddressIsTakenSaysHowToChooseAnother(t *testing.T) {
	_, url := startSandbox(t)
	command(t, "sandbox", "--listen", strings.TrimPrefix(url, "http://")).want(t, exitEnvironment, nil, words("address already in use", "--listen"))
}
