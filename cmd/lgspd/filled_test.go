package main

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/sandbox"
)

// held is an installation that has served for a while and was stopped: it
// holds messages in every state that a department can bring about.
type held struct {
	*site
	delivered, first, second, rejected string // message IDs; second waits for first in its lane
}

func newHeld(t testing.TB) *held {
	t.Helper()
	box, url := startSandbox(t)
	h := &held{site: newSite(t, url)}
	daemon := h.serve(t)
	made := templates(t)
	send := func(m template, body []byte) answer {
		t.Helper()
		a, err := h.post(t.Context(), http.DefaultClient, m.service, body)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	birth, death := made[0], made[1]
	h.delivered = send(birth, birth.letter(1, 1)).id
	until(t, 10*time.Second, "the first message takes effect", func() bool { return box.Stats().Effects == 1 })
	if _, err := box.Trouble(sandbox.Trouble{Mode: sandbox.Offline}); err != nil {
		t.Fatal(err)
	}
	h.first, h.second = send(death, death.letter(2, 1)).id, send(death, death.letter(2, 2)).id
	bad := strings.ReplaceAll(string(birth.letter(3, 1)), "2026", "26/13")
	h.rejected = send(birth, []byte(bad)).id
	for name, id := range map[string]string{"delivered": h.delivered, "first": h.first, "second": h.second, "rejected": h.rejected} {
		if id == "" {
			t.Fatalf("the %s message has no ID", name)
		}
	}
	until(t, 10*time.Second, "an attempt in vain is recorded", func() bool { return strings.Contains(h.lgspd(t, "queue", "show", h.first).out, "retried") })
	if code := daemon.stop(t); code != exitOK {
		t.Fatalf("the daemon ended with %d\n%s", code, daemon.log.String())
	}
	return h
}

// lgspd runs a command with this installation's configuration.
func (s *site) lgspd(t testing.TB, args ...string) result {
	t.Helper()
	words := 2 // a command and its subcommand, which flags follow
	switch args[0] {
	case "check", "doctor", "serve":
		words = 1
	}
	line := append(append([]string{}, args[:words]...), "--config", s.config)
	return command(t, append(line, args[words:]...)...)
}

// load reads the installation's configuration.
func (s *site) load(t testing.TB) config.Config {
	t.Helper()
	cfg, err := config.Load(s.config)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// damage spoils the payload of a message and closes the store.
func damage(t testing.TB, st *store, id string) error {
	err := st.db.Write(t.Context(), func(tx *sqlite.Tx) error {
		_, err := tx.Exec("update payload set sealed = zeroblob(200) where seq = (select seq from message where id = ?)", id)
		return err
	})
	return errors.Join(err, st.close())
}
