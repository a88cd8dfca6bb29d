package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/notice"
)

// newDesk is an installation that has served once and holds nothing.
func newDesk(t testing.TB) *site {
	t.Helper()
	s := newSite(t, "http://127.0.0.1:9")
	st, err := openStore(t.Context(), s.load(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := st.close(); err != nil {
		t.Fatal(err)
	}
	return s
}

const noticeJSON = `{"soDinhDanh": "079000000042", "hoVaTen": "Nguyễn Văn Thử",
 "saiSot": [{"truong": "HoVaTen", "giaTriChiaSe": "NGUYỄN VĂN THƯ", "giaTriDung": "Nguyễn Văn Thử", "canCu": "Giấy khai sinh số 12/1990"}],
 "moTa": "Tên sai dấu.", "lienHe": "Trần Thị Mẫu"}`

// ofCitizen are the words of noticeJSON that are citizen data.
var ofCitizen = words("079000000042", "Nguyễn", "NGUYỄN", "12/1990", "sai dấu", "Trần Thị Mẫu")

func (r result) tellsNothingOfCitizens(t *testing.T) {
	t.Helper()
	for _, w := range ofCitizen {
		if strings.Contains(r.out+r.err, w) {
			t.Errorf("it tells %q:\n%s%s", w, r.out, r.err)
		}
	}
}

func TestNoticeVerbs(t *testing.T) {
	s := newDesk(t)
	s.write(t, "notice.json", noticeJSON)
	file, document := filepath.Join(s.folder, "notice.json"), filepath.Join(s.folder, "sai-sot.docx")
	open := func(args ...string) result {
		t.Helper()
		return s.lgspd(t, append([]string{"notice", "new", "--department", "H29.11", "--by", "Lê Thị Thử"}, args...)...)
	}
	number := "1/" + time.Now().In(time.FixedZone("UTC+7", 7*60*60)).Format("2006")
	second := "2" + number[1:]

	t.Run("new opens a notice, from a file or from flags", func(t *testing.T) {
		s.lgspd(t, "notice", "list").want(t, exitOK, words("No notice fits."), nil)
		r := open("--system", "ho-tich", "--officer", "CB-07", "--procedure", "1.004222", "--own-id", "TB-1", "--file", file)
		r.want(t, exitOK, words("Notice "+number+" is opened, for H29.11, by Lê Thị Thử.", "Next: lgspd notice export", number), nil)
		r.tellsNothingOfCitizens(t)
		open("--own-id", "TB-1", "--file", file).want(t, exitOK, words("Nothing was done: notice "+number, "says the same, and is new"), nil)
		open("--own-id", "TB-1", "--subject", "079000000043", "--text", "x").want(t, exitFailed, nil, words("notice "+number, "says something else"))
		open("--subject", "079000000043", "--field", "GioiTinh", "--shared", "2", "--right", "1").want(t, exitOK, words("Notice "+second), nil)
	})
	t.Run("new says all that is wrong", func(t *testing.T) {
		open("--subject", "12", "--shared", "x").want(t, exitUsage, nil, words("2 things are wrong", "soDinhDanh (--subject) has not the form", "saiSot[1].truong is missing"))
		open().want(t, exitUsage, nil, words("--file", "--subject"))
		open("--file", file, "--text", "x").want(t, exitUsage, nil, words("not both"))
		open("--file", filepath.Join(s.folder, "absent")).want(t, exitEnvironment, nil, words("absent"))
		s.write(t, "bad.json", strings.Replace(noticeJSON, "moTa", "mota2", 1))
		r := open("--file", filepath.Join(s.folder, "bad.json"))
		r.want(t, exitUsage, nil, words("nothing was done", "mota2", "lgspd notice new --help"))
		r.tellsNothingOfCitizens(t)
		s.lgspd(t, "notice", "new", "--department", "H29.99", "--text", "x").want(t, exitUsage, nil, words("H29.99", "not a department of the configuration"))
	})
	t.Run("list tells nothing of citizens", func(t *testing.T) {
		r := s.lgspd(t, "notice", "list")
		r.want(t, exitOK, words("NUMBER", "DEPARTMENT", number, second, "new", "H29.11", "ho-tich"), nil)
		r.tellsNothingOfCitizens(t)
		r = s.lgspd(t, "notice", "list", "--json")
		r.tellsNothingOfCitizens(t)
		var list []map[string]any
		if err := json.Unmarshal([]byte(r.out), &list); err != nil || len(list) != 2 || len(list[0]) != 6 || list[0]["number"] != number || list[0]["state"] != "new" {
			t.Errorf("as JSON: %v, %v", list, err)
		}
		for line, n := range map[string]int{"--state new": 2, "--state sent --state closed": 0, "--department H29.11": 2, "--department H29.1": 0, "--limit 1": 1,
			"--after " + number: 1, "--since 36h": 2, "--until 36h": 0} {
			if got := len(decode[[]listedNotice](t, s.lgspd(t, append([]string{"notice", "list", "--json"}, strings.Fields(line)...)...))); got != n {
				t.Errorf("%s lists %d, want %d", line, got, n)
			}
		}
		s.lgspd(t, "notice", "list", "--limit", "1").want(t, exitOK, words("There may be more: say --after "+number+" too."), nil)
	})
	t.Run("show says that it shows citizen data", func(t *testing.T) {
		s.lgspd(t, "notice", "show", number).want(t, exitOK, append(words("This is citizen data", "own id", "TB-1", "CB-07", "1.004222", "HoVaTen", "Next:"), "079000000042", "Nguyễn Văn Thử", "Trần Thị Mẫu"), nil)
		n := decode[notice.Notice](t, s.lgspd(t, "notice", "show", "--json", number))
		if n.Number.String() != number || n.Content == nil || n.Content.Wrong[0].Path != "HoVaTen" {
			t.Errorf("as JSON: %+v", n)
		}
		s.lgspd(t, "notice", "show", "9/2026").want(t, exitFailed, nil, words("there is no notice 9/2026", "lgspd notice list"))
	})
	t.Run("export writes a document for its owner alone and not over a file", func(t *testing.T) {
		r := s.lgspd(t, "notice", "export", "-o", document, "--date", "2026-11-22", number, second)
		r.want(t, exitOK, words("2 notices written to "+document, "citizen data", "Next: ", "notice send --document NUMBER --date DATE "+number+" "+second),
			words("warning: the configuration does not say the signer's name"))
		if info, err := os.Stat(document); err != nil || info.Mode().Perm() != 0o600 || info.Size() < 1000 {
			t.Errorf("the file is %v, %v", info, err)
		}
		s.lgspd(t, "notice", "export", "-o", document, number).want(t, exitEnvironment, nil, words("exists", "nothing was written"))
		s.lgspd(t, "notice", "export", number).want(t, exitUsage, nil, words("--out FILE"))
		s.lgspd(t, "notice", "export", "-o", document+"2", "--department", "H30", number).want(t, exitUsage, nil, words("H30", "--department"))
		s.lgspd(t, "notice", "export", "-o", document+"2", "--date", "22/11/2026", number).want(t, exitUsage, nil, words("2026-11-22"))
		if _, err := os.Stat(document + "2"); err == nil {
			t.Error("a refused export left a file")
		}
	})
	t.Run("deeds are done and on record by name", func(t *testing.T) {
		s.lgspd(t, "notice", "answer", "--text", "x", number).want(t, exitFailed, nil, words("notice "+number+" is new; only one that is sent can be answered"))
		s.lgspd(t, "notice", "send", number).want(t, exitUsage, nil, words("nothing was done", "the number and the date of the document", "lgspd notice send --help"))
		s.lgspd(t, "notice", "send", "--by", "Lê Thị Thử", "--document", "12/CV-SKHCN", "--date", "2026-11-22", number, second).want(t, exitOK,
			words("Notice "+number+" is sent, by Lê Thị Thử.", "Notice "+second+" is sent", "Next: once the office answers: lgspd notice answer"), nil)
		s.write(t, "answer.txt", "Đã sửa tên của Nguyễn Văn Thử.\n")
		r := s.lgspd(t, "notice", "answer", "--by", "Lê Thị Thử", "--file", filepath.Join(s.folder, "answer.txt"), "--document", "99/C06", "--date", "2026-11-30", number)
		r.want(t, exitOK, words("Notice "+number+" is answered", "Next: lgspd notice close"), nil)
		r.tellsNothingOfCitizens(t)
		s.lgspd(t, "notice", "show", number).want(t, exitOK, words("answered since", "12/CV-SKHCN 2026-11-22", "99/C06", "Đã sửa tên"), nil)
		s.lgspd(t, "notice", "answer", "--text", "x", "--file", file, number).want(t, exitUsage, nil, words("not both"))
		s.lgspd(t, "notice", "close", number).want(t, exitOK, words("Notice "+number+" is closed, by "), nil)
		s.lgspd(t, "notice", "close", second).want(t, exitUsage, nil, words("the reason for closing a notice that was not answered"))
		s.lgspd(t, "notice", "close", "--reason", "mở nhầm", second, number).want(t, exitFailed, words("Notice "+second+" is closed"), words(second+" is closed now; then: ", "notice "+number+" is closed"))
		for event, n := range map[string]int{"notice-opened": 2, "notice-sent": 2, "notice-answered": 1, "notice-closed": 2} {
			if got := s.events(t)[event]; got != n {
				t.Errorf("%d entries %s, want %d", got, event, n)
			}
		}
		out := s.lgspd(t, "audit", "export")
		out.tellsNothingOfCitizens(t)
		out.want(t, exitOK, words(`"notice":"`+number+`"`, `"operator":"Lê Thị Thử"`), nil)
	})
	t.Run("count tells what came to pass in a period", func(t *testing.T) {
		s.lgspd(t, "notice", "count").want(t, exitOK, words("opened    2", "sent      2", "answered  1", "closed    2", "period: 0"), nil)
		for line, want := range map[string]notice.Counts{"--from 1h": {Opened: 2, Sent: 2, Answered: 1, Closed: 2}, "--to 1h": {}, "--department H29.12": {}} {
			if got := decode[notice.Counts](t, s.lgspd(t, append([]string{"notice", "count", "--json"}, strings.Fields(line)...)...)); got != want {
				t.Errorf("%s counts %+v, want %+v", line, got, want)
			}
		}
	})
	s.lgspd(t, "audit", "verify").want(t, exitOK, words("The record is whole"), nil)
}

func TestADamagedNoticeIsShownAsFarAsItIsWhole(t *testing.T) {
	s := newDesk(t)
	st, err := openStore(t.Context(), s.load(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	n, _, err := st.notices.Open(t.Context(), notice.Opening{Sender: "H29.11", Content: notice.Content{Subject: "079000000042", Text: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.db.Write(t.Context(), func(tx *sqlite.Tx) error { return tx.Do("update notice_step set sealed = zeroblob(90)") }); err != nil {
		t.Fatal(err)
	}
	if err := st.close(); err != nil {
		t.Fatal(err)
	}
	number := n.Number.String()
	s.lgspd(t, "notice", "show", number).want(t, exitFailed, words("H29.11", "is not readable"), words("notice "+number, "damaged", "restore"))
	s.lgspd(t, "notice", "export", "-o", filepath.Join(s.folder, "x.docx"), number).want(t, exitFailed, nil, words("notice "+number, "damaged"))
}

func TestWhatIsMistypedForANoticeIsAnErrorOfUsage(t *testing.T) {
	for line, report := range map[string][]string{
		"notice nonsense":              {`there is no command "nonsense"`, "lgspd notice --help"},
		"notice list --state lost":     {"--state lost", "new, sent, answered or closed"},
		"notice list --limit 0":        {"--limit 0: want 1 to 100000"},
		"notice list --after 12":       {"--after", "12/2026"},
		"notice list extra":            {"takes no argument"},
		"notice show":                  {"the number of one notice", "12/2026"},
		"notice show 1/2026 2/2026":    {"the number of one notice"},
		"notice show 12":               {`"12"`, "12/2026"},
		"notice send":                  {"the numbers of notices"},
		"notice send 1/2026 --by A":    {"--by stands behind the number"},
		"notice export -o x":           {"the numbers of notices"},
		"notice count --from 1/1/2026": {"--from", "2026-11-22"},
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
