package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/queue"
)

// decode reads what a command with --json printed.
func decode[T any](t *testing.T, r result) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.out), &v); err != nil || r.code != exitOK {
		t.Fatalf("exit %d, %v\n%s%s", r.code, err, r.out, r.err)
	}
	return v
}

func TestQueueVerbs(t *testing.T) {
	h := newHeld(t)
	list := func(args ...string) []queue.Item {
		t.Helper()
		return decode[[]queue.Item](t, h.lgspd(t, append([]string{"queue", "list", "--json"}, args...)...))
	}

	t.Run("list shows messages oldest first, with the reason why they are where they are", func(t *testing.T) {
		r := h.lgspd(t, "queue", "list")
		r.want(t, exitOK, words("SEQ", "waits for 2 in its lane", "invalid Invalid", "hotich.khai-tu\n     received "+time.Now().Format(time.DateOnly), "own id H29.11-000002-0035/2", h.delivered, h.first, h.second, h.rejected), nil)
		for _, line := range strings.Split(r.out, "\n") {
			if len([]rune(line)) > 100 {
				t.Errorf("a line has %d characters: %s", len([]rune(line)), line)
			}
		}
		if strings.Index(r.out, h.delivered) > strings.Index(r.out, h.rejected) {
			t.Errorf("the oldest is not the first:\n%s", r.out)
		}
		if items := list(); len(items) != 4 || items[0].ID != h.delivered || items[3].State != "rejected" || items[3].Reason == "" {
			t.Errorf("as JSON: %+v", items)
		}
	})
	t.Run("every flag of the filter narrows the list", func(t *testing.T) {
		for line, n := range map[string]int{
			"--state queued": 2, "--state queued --state rejected": 3, "--sender H29": 4, "--sender H29.1": 0, "--service hotich.khai-tu": 2,
			"--upstream dancu": 0, "--legacy-id H29.11-000002-0035/2": 1, "--code Invalid": 1, "--id " + h.first + " --id " + h.second: 2,
			"--since 2999-01-01T00:00:00Z": 0, "--until 2999-01-01T00:00:00Z": 4, "--since 2999-01-01": 0, "--until 2999-01-01": 4, "--since 36h": 4, "--until 36h": 0, "--limit 3": 3, "--limit 3 --after 3": 1,
		} {
			if got := len(list(strings.Fields(line)...)); got != n {
				t.Errorf("%s lists %d messages, want %d", line, got, n)
			}
		}
		h.lgspd(t, "queue", "list", "--service", "khong.co").want(t, exitOK, words("No message fits."), nil)
		h.lgspd(t, "queue", "list", "--limit", "2").want(t, exitOK, words("There may be more: say --after 2 too."), nil)
		if r := h.lgspd(t, "queue", "list", "--json", "--service", "khong.co"); strings.TrimSpace(r.out) != "[]" {
			t.Errorf("nothing is %q as JSON, want []", r.out)
		}
	})
	t.Run("show tells a message's story and what can be done", func(t *testing.T) {
		h.lgspd(t, "queue", "show", h.delivered).want(t, exitOK, words("delivered since", "accepted", "payload"), nil)
		h.lgspd(t, "queue", "show", h.rejected).want(t, exitOK,
			words("rejected since", "/DangKyKhaiSinh/", "Next:", "queue replay --id "+h.rejected, "queue drop --id "+h.rejected), nil)
		shown := decode[struct {
			Message []queue.Item
			History []struct{ Event string }
		}](t, h.lgspd(t, "queue", "show", "--json", h.first))
		if len(shown.Message) != 1 || len(shown.History) < 2 || shown.History[0].Event != "accepted" {
			t.Errorf("as JSON: %+v", shown)
		}
		h.lgspd(t, "queue", "show", "0190f1d0-6b1c-7c3a-9f00-3b2a1c0d9e8f").want(t, exitFailed, nil, words("no message has the ID 0190f1d0"))
	})
	t.Run("stats counts by department, service and state", func(t *testing.T) {
		h.lgspd(t, "queue", "stats").want(t, exitOK, words("SENDER", "hotich.khai-tu", "queued"), nil)
		if counts := h.counts(t); counts["delivered"] != 1 || counts["queued"] != 2 || counts["rejected"] != 1 {
			t.Errorf("it counts %v", counts)
		}
	})
	t.Run("an order without --yes only says what it would do", func(t *testing.T) {
		before := list()
		h.lgspd(t, "queue", "replay", "--all").want(t, exitUsage, words(h.rejected), words("nothing was done", "1 message would be sent round again", "--yes"))
		h.lgspd(t, "queue", "hold", "--sender", "H29").want(t, exitUsage, words(h.first, h.second), words("2 messages would be parked"))
		r := h.lgspd(t, "queue", "drop", "--all")
		r.want(t, exitUsage, words(h.first, h.second, h.rejected), words("3 messages would be dropped"))
		if strings.Contains(r.out, h.delivered) {
			t.Error("it lists a message that cannot be dropped")
		}
		if after := list(); len(after) != len(before) || after[1] != before[1] && after[1].State != before[1].State {
			t.Errorf("something was done: %+v", after)
		}
	})
	t.Run("an order that fits nothing says what it can be given to", func(t *testing.T) {
		for _, yes := range []string{"--yes=false", "--yes"} {
			h.lgspd(t, "queue", "replay", "--id", h.delivered, yes).want(t, exitOK, words("No message fits: only those that are parked or rejected"), nil)
			h.lgspd(t, "queue", "hold", "--state", "rejected", yes).want(t, exitOK, words("No message fits: only those that are queued"), nil)
		}
	})
	t.Run("orders are carried out and put on record by name", func(t *testing.T) {
		h.lgspd(t, "queue", "hold", "--id", h.second, "--yes", "--by", "Trần Văn Thử", "--why", "chờ xác minh").want(t, exitOK, words("1 message was parked, by Trần Văn Thử."), nil)
		if items := list("--state", "parked"); len(items) != 1 || items[0].ID != h.second || items[0].Code != "Held" {
			t.Errorf("parked: %+v", items)
		}
		h.lgspd(t, "queue", "show", h.second).want(t, exitOK, words("Held", "Trần Văn Thử", "chờ xác minh", "Next:"), nil)
		h.lgspd(t, "queue", "replay", "--state", "parked", "--yes", "--by", "Trần Văn Thử").want(t, exitOK, words("1 message was sent round again"), nil)
		h.lgspd(t, "queue", "drop", "--all", "--yes", "--by", "Trần Văn Thử", "--why", "thử").want(t, exitOK, words("3 messages were dropped, by Trần Văn Thử."), nil)
		if counts := h.counts(t); counts["dropped"] != 3 || counts["delivered"] != 1 {
			t.Errorf("it counts %v", counts)
		}
		for event, n := range map[string]int{"parked": 1, "replayed": 1, "dropped": 3} {
			if got := h.events(t)[event]; got != n {
				t.Errorf("%d entries %s, want %d", got, event, n)
			}
		}
	})
	t.Run("without --by the account is put on record", func(t *testing.T) {
		t.Setenv("SUDO_USER", "quan-tri-thu")
		if who := accountName(); who != "quan-tri-thu" {
			t.Errorf("behind sudo it is %s", who)
		}
		for _, name := range []string{"SUDO_USER", "USER", "LOGNAME"} {
			t.Setenv(name, "")
		}
		if accountName() == "" {
			t.Error("nobody is at the keyboard")
		}
	})
	h.lgspd(t, "audit", "verify").want(t, exitOK, words("The record is whole"), nil)
	h.lgspd(t, "doctor", "--offline").want(t, exitOK, words("ok   database"), nil)
}

func TestAuditVerbs(t *testing.T) {
	h := newHeld(t)
	file := filepath.Join(h.folder, "record.jsonl")
	t.Run("verify, head and export agree", func(t *testing.T) {
		head := strings.TrimSpace(h.lgspd(t, "audit", "head").out)
		h.lgspd(t, "audit", "verify").want(t, exitOK, words("The record is whole: ", head), nil)
		h.lgspd(t, "audit", "verify", "--head", head).want(t, exitOK, words(head), nil)
		for _, verb := range []string{"audit verify", "doctor --offline"} {
			for _, line := range strings.Split(h.lgspd(t, strings.Fields(verb)...).out, "\n") {
				if len(line) > 80 {
					t.Errorf("lgspd %s: a line has %d characters: %s", verb, len(line), line)
				}
			}
		}
		verdict := decode[struct {
			Entries int
			Head    string
		}](t, h.lgspd(t, "audit", "verify", "--json"))
		if verdict.Head != head || verdict.Entries == 0 {
			t.Errorf("as JSON: %+v", verdict)
		}
		h.lgspd(t, "audit", "export", "--out", file).want(t, exitOK, words("entries written to "+file, "Next: ", "audit verify --file "+file), nil)
		command(t, "audit", "verify", "--file", file, "--head", head).want(t, exitOK, words("The record is whole: ", head), nil)
		if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o007 != 0 {
			t.Errorf("everybody may read the export: %v, %v", info.Mode(), err)
		}
	})
	t.Run("export does not write over a file", func(t *testing.T) {
		h.lgspd(t, "audit", "export", "--out", file).want(t, exitEnvironment, nil, words(file, "exists", "nothing was written", "--out"))
		h.lgspd(t, "audit", "export", "--out", filepath.Join(h.folder, "absent", "x")).want(t, exitEnvironment, nil, words("no such file", "--out"))
	})
	t.Run("export narrows by time", func(t *testing.T) {
		if r := h.lgspd(t, "audit", "export", "--since", time.Now().Add(time.Hour).Format(time.RFC3339)); r.code != exitOK || strings.Contains(r.out, `"event"`) {
			t.Errorf("entries of the future: exit %d, %s", r.code, r.out)
		}
		if r := h.lgspd(t, "audit", "export", "--until", time.Now().Add(time.Hour).Format(time.RFC3339)); strings.Count(r.out, `"event"`) < 5 {
			t.Errorf("entries until now: %s", r.out)
		}
	})
	t.Run("an export that was changed is found out", func(t *testing.T) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		h.write(t, "changed.jsonl", string(bytes.Replace(text, []byte(`"event":"rejected"`), []byte(`"event":"accepted"`), 1)))
		command(t, "audit", "verify", "--file", filepath.Join(h.folder, "changed.jsonl")).want(t, exitFailed, words("entry ", "changed"), words("not what was written", "backup"))
		h.write(t, "nonsense.jsonl", "nonsense\n")
		command(t, "audit", "verify", "--file", filepath.Join(h.folder, "nonsense.jsonl")).want(t, exitFailed, nil, words("nonsense.jsonl", "line 1"))
		command(t, "audit", "verify", "--file", filepath.Join(h.folder, "absent")).want(t, exitEnvironment, nil, words("absent"))
	})
	t.Run("a wrong head is found out", func(t *testing.T) {
		h.lgspd(t, "audit", "verify", "--head", "2:"+strings.Repeat("0", 64)).want(t, exitFailed, words("entry 2"), words("not what was written"))
		h.lgspd(t, "audit", "verify", "--head", "9999:"+strings.Repeat("0", 64)).want(t, exitFailed, words("cut off"), words("not what was written"))
	})
	t.Run("prune removes nothing that is young", func(t *testing.T) {
		h.lgspd(t, "audit", "prune", "--before", time.Now().Add(-700*24*time.Hour).Format(time.DateOnly), "--yes").want(t, exitUsage, nil, words("two years"))
		h.lgspd(t, "audit", "prune", "--before", "2001-01-01", "--yes").want(t, exitOK, words("0 entries before 2001-01-01 removed."), nil)
	})
	t.Run("a record that was rewritten is found out", func(t *testing.T) {
		heads := filepath.Join(h.folder, "data", "lgspd.db.heads")
		sealed, err := os.ReadFile(heads)
		if err != nil {
			t.Fatal(err)
		}
		forged := bytes.Replace(sealed, []byte(":"+string(sealed[len(sealed)-65:len(sealed)-1])), []byte(":"+strings.Repeat("ab", 32)), 1)
		if err := os.WriteFile(heads, forged, 0o600); err != nil {
			t.Fatal(err)
		}
		h.lgspd(t, "audit", "verify").want(t, exitFailed, words("the record was rewritten"), words("not what was written"))
		h.lgspd(t, "doctor", "--offline").want(t, exitFailed, words("BAD  record", "audit verify"), words("1 of 4 findings is bad"))
	})
}

func TestDoctorNamesWhatIsDamaged(t *testing.T) {
	h := newHeld(t)
	r := h.lgspd(t, "doctor", "--json", "--offline")
	if report := decode[[]finding](t, r); len(report) != 4 {
		t.Errorf("as JSON: %+v", report)
	}
	st, err := openStore(t.Context(), h.load(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := damage(t, st, h.second); err != nil {
		t.Fatal(err)
	}
	h.lgspd(t, "doctor", "--offline").want(t, exitFailed, words("BAD  database: message "+h.second, "ask the sender for it again", "ok   record"), words("1 of 4 findings is bad"))
	h.lgspd(t, "audit", "verify").want(t, exitOK, words("whole"), nil)
}

func TestDoctorCallsTheUpstreams(t *testing.T) {
	_, url := startSandbox(t)
	s := newSite(t, url)
	daemon := s.serve(t)
	if code := daemon.stop(t); code != exitOK {
		t.Fatal(code)
	}
	s.lgspd(t, "doctor").want(t, exitOK, words("ok   upstream hotich: answers, and takes our credentials", "ok   upstream dancu", "ok   upstream bhyt", "ok   upstream cu-tru", "ok   upstream an-sinh"), nil)
	s.write(t, "consumer", "khong-phai-bi-mat-nay")
	s.lgspd(t, "doctor").want(t, exitFailed, words("BAD  upstream hotich: ", "denied", "ok   database"), words("5 of 9 findings are bad"))
}

func TestCommandsThatNeedTheDatabaseSayHowToMakeIt(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	for _, line := range []string{"queue list", "queue stats", "audit verify", "audit head", "queue drop --all --yes"} {
		s.lgspd(t, strings.Fields(line)...).want(t, exitEnvironment, nil, words("lgspd.db", "lgspd serve"))
	}
	s.lgspd(t, "doctor", "--offline").want(t, exitFailed, words("BAD  database: ", "lgspd serve"), nil)
}
