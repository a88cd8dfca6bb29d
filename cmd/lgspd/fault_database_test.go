package main

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/queue"
)

// TestADatabaseLockedByAnotherProcessIsWaitedFor has somebody hold the lock
// under load, as a backup tool or a person with sqlite3 does.
func TestADatabaseLockedByAnotherProcessIsWaitedFor(t *testing.T) {
	box, url := startSandbox(t)
	s := newSite(t, url)
	daemon := s.serve(t).tellOnFailure(t)
	l, p := startLoad(t, s, 8), newPen(t, s)
	until(t, 20*time.Second, "messages flow", func() bool { return l.acknowledged.Load() > 50 })
	s.withDatabase(t, "rw", func(db *sql.DB) error {
		if _, err := db.Exec("begin exclusive"); err != nil {
			return err
		}
		until(t, 20*time.Second, "newcomers are refused", p.refused)
		held := l.acknowledged.Load()
		if !p.refused() || l.acknowledged.Load() != held {
			t.Error("a receipt was given while nothing could be stored")
		}
		daemon.mustLive(t)
		_, err := db.Exec("rollback")
		return err
	})
	until(t, 20*time.Second, "newcomers are taken again", p.accepted)
	l.finish()
	p.settle(box, l, 0)
	daemon.mustStop(t)
	p.mustBeInEffectOnce(box, l)
	s.mustBeWhole(t)
}

func TestALockIsWaitedForASecondNoMatterWhoWaits(t *testing.T) {
	_, url := startSandbox(t)
	cfg, err := config.Load(newSite(t, url).config)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	var wait int
	if err := s.db.Read().QueryRow("pragma busy_timeout").Scan(&wait); err != nil || wait != 1000 {
		t.Errorf("a sender waits %d ms for an answer, %v", wait, err)
	}
}

func TestASecondDaemonOnTheSameDataNamesTheFirst(t *testing.T) {
	_, url := startSandbox(t)
	s := newSite(t, url)
	daemon := s.serve(t).tellOnFailure(t)
	r := binaryCommand(t, "serve", "--config", s.config)
	if r.code != exitEnvironment || !strings.Contains(r.err, "process "+strconv.Itoa(daemon.cmd.Process.Pid)) {
		t.Errorf("the second ended with %d: %s", r.code, r.err)
	}
	newPen(t, s).mustWrite(0)
	daemon.mustStop(t)
}

// TestADamagedMessageIsParkedAndNamedAndTheRestIsDelivered damages a payload
// and a page of the file while the daemon is stopped.
func TestADamagedMessageIsParkedAndNamedAndTheRestIsDelivered(t *testing.T) {
	box, url := startSandbox(t)
	s := newSite(t, url)
	offline(t, box)
	daemon := s.serve(t).tellOnFailure(t)
	p := newPen(t, s)
	var ids []string
	for range 30 {
		ids = append(ids, p.mustWrite(60_000))
	}
	daemon.mustStop(t)
	damaged := []string{ids[7], ids[20]}
	s.flipPayload(t, damaged[0])
	s.spoilPage(t, damaged[1])

	box.Clear()
	daemon = s.serve(t).tellOnFailure(t)
	p.settle(box, nil, len(damaged))
	var parked []string
	for _, item := range s.list(t, "parked") {
		parked = append(parked, item.ID)
		if item.Code != "Damaged" || item.Reason == "" {
			t.Errorf("message %s is parked as %q: %q", item.ID, item.Code, item.Reason)
		}
	}
	if slices.Sort(parked); !slices.Equal(parked, damaged) {
		t.Errorf("parked are %v, damaged are %v", parked, damaged)
	}
	r := binaryCommand(t, "doctor", "--offline", "--config", s.config)
	for _, id := range damaged {
		if r.code != exitFailed || !strings.Contains(r.out, "message "+id) {
			t.Errorf("the doctor ended with %d and does not name message %s\n%s", r.code, id, r.out)
		}
	}
	if r := binaryCommand(t, "queue", "drop", "--id", damaged[0], "--id", damaged[1], "--by", "Nguyễn Thị Mẫu", "--why", "hỏng", "--yes", "--config", s.config); r.code != exitOK {
		t.Errorf("dropping them ended with %d: %s", r.code, r.err)
	}
	p.mustWrite(0)
	p.settle(box, nil, len(damaged))
	daemon.mustStop(t)
	p.mustBeInEffectOnce(box, nil, damaged...)
	if r := binaryCommand(t, "audit", "verify", "--config", s.config); r.code != exitOK {
		t.Errorf("audit verify ended with %d: %s", r.code, r.err)
	}
}

func (s *site) sealed(t *testing.T, id string) (b []byte) {
	t.Helper()
	s.withDatabase(t, "ro", func(db *sql.DB) error {
		return db.QueryRow("select sealed from payload where seq = (select seq from message where id = ?)", id).Scan(&b)
	})
	return b
}

// flipPayload changes one bit of what is stored of a message.
func (s *site) flipPayload(t *testing.T, id string) {
	t.Helper()
	b := s.sealed(t, id)
	b[len(b)/2] ^= 1
	s.withDatabase(t, "rw", func(db *sql.DB) error {
		_, err := db.Exec("update payload set sealed = ? where seq = (select seq from message where id = ?)", b, id)
		return err
	})
}

// spoilPage overwrites a page of the file, from the middle of what is stored
// of a message, with noise.
func (s *site) spoilPage(t *testing.T, id string) {
	t.Helper()
	const page = 8192
	sample := s.sealed(t, id)[30_000:30_032]
	file, err := os.ReadFile(s.database())
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(file, sample)
	if at < 0 {
		t.Fatal("the file does not hold the message; it is in the log still")
	}
	at -= at % page
	if _, err := rand.Read(file[at : at+page]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.database(), file, 0o600); err != nil {
		t.Fatal(err)
	}
}

// list is lgspd queue list.
func (s *site) list(t *testing.T, state string) (items []queue.Item) {
	t.Helper()
	r := binaryCommand(t, "queue", "list", "--state", state, "--json", "--config", s.config)
	if err := json.Unmarshal([]byte(r.out), &items); err != nil || r.code != exitOK {
		t.Fatalf("queue list: %v, exit %d\n%s%s", err, r.code, r.out, r.err)
	}
	return items
}
