package clean_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lgsp.internal/adapter/clean"
)

func TestTheJournalHoldsNobody(t *testing.T) {
	h := newHouse(t, nil)
	rows := []clean.Row{{N: 1, ID: "079123456789", Name: "Nguyễn Thị Bịa", Born: "19870605"}}
	q := questionOf(rows)
	h.check(q, rows)
	if err := h.desk.Finish(context.Background(), q); err != nil {
		t.Fatal(err)
	}
	h.die()
	files, err := filepath.Glob(h.path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{rows[0].ID, rows[0].Name, "Nguyễn", rows[0].Born, q.Officer, q.Content} {
			if holds(b, s) {
				t.Errorf("%s holds %q", filepath.Base(f), s)
			}
		}
		if f == h.path && !holds(b, "H29.11") {
			t.Error("the test does not find what is there")
		}
	}
}

func TestNothingPrintsWhoIsAsked(t *testing.T) {
	row := clean.Row{N: 7, ID: "079123456789", Name: "Bịa", Born: "19870605"}
	for _, s := range []string{fmt.Sprint(row), fmt.Sprintf("%+v", row), fmt.Sprintf("%#v", row), fmt.Sprintf("%v", []clean.Row{row}), row.LogValue().String(),
		questionOf(nil).LogValue().String(), clean.Outcome{N: 7, Verdict: clean.Absent}.LogValue().String()} {
		for _, secret := range []string{row.ID, row.Name, row.Born, "079099999999", "absent"} {
			if holds([]byte(s), secret) {
				t.Errorf("%s holds %s", s, secret)
			}
		}
	}
}

func TestAJobIsForgottenOnceNobodyWorksOnIt(t *testing.T) {
	h := newHouse(t, nil)
	old, done, fresh := people(1200), people(1), people(2)
	month := 30 * 24 * time.Hour
	for at := 0; at < len(old); at += 240 {
		h.check(questionOf(old), old[at:at+240])
	}
	h.clock.Add(int64(month) + int64(time.Hour))
	h.check(questionOf(done), done)
	h.check(questionOf(fresh), fresh)
	if err := h.desk.Finish(context.Background(), questionOf(done)); err != nil {
		t.Fatal(err)
	}
	forget := func(want int) {
		t.Helper()
		if n, err := h.desk.Forget(context.Background(), h.now().Add(-month)); err != nil || n != want {
			t.Fatalf("%d jobs forgotten, %v; want %d", n, err, want)
		}
	}
	forget(1)
	h.check(questionOf(done), done)
	if n := h.up.times(number(1)); n != 3 {
		t.Errorf("asked %d times; a job just finished is still answered from the journal", n)
	}
	h.clock.Add(int64(25 * time.Hour))
	forget(1)
	h.check(questionOf(fresh), fresh)
	if n := h.up.times(number(2)); n != 2 {
		t.Errorf("asked %d times", n)
	}
	h.check(questionOf(old), old[:1])
	if n := h.up.times(number(1)); n != 4 {
		t.Errorf("asked %d times; what is forgotten is asked anew", n)
	}
}

func TestAJobThatIsWorkedOnIsNotForgotten(t *testing.T) {
	h := newHouse(t, nil)
	rows := people(1)
	wire, release, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	h.up.answer = func(context.Context, string) (string, error) { close(wire); <-release; return match, nil }
	go func() { defer close(ended); h.desk.Check(context.Background(), questionOf(rows), rows) }()
	<-wire
	if n, err := h.desk.Forget(context.Background(), h.now().Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("%d forgotten, %v", n, err)
	}
	close(release)
	<-ended
}

func TestABatchThatIsNoneIsRefused(t *testing.T) {
	h := newHouse(t, nil)
	good := people(2)
	q := questionOf(good)
	for name, c := range map[string]struct {
		q    func(*clean.Question)
		rows []clean.Row
		code string
	}{
		"too many":         {rows: people(257), code: "TooMany"},
		"twice":            {rows: []clean.Row{good[0], good[0]}, code: "BadRow"},
		"no place":         {rows: []clean.Row{{ID: number(1), Name: "A", Born: "1950"}}, code: "BadRow"},
		"short number":     {rows: []clean.Row{{N: 1, ID: "79", Name: "A", Born: "1950"}}, code: "BadRow"},
		"two numbers":      {rows: []clean.Row{{N: 1, ID: number(1), CMND: "012345678", Name: "A", Born: "1950"}}, code: "BadRow"},
		"no name":          {rows: []clean.Row{{N: 1, ID: number(1), Born: "1950"}}, code: "BadRow"},
		"a name of points": {rows: []clean.Row{{N: 1, ID: number(1), Name: "...", Born: "1950"}}, code: "BadRow"},
		"no date":          {rows: []clean.Row{{N: 1, ID: number(1), Name: "A"}}, code: "BadRow"},
		"no department":    {q: func(q *clean.Question) { q.Department = "" }, rows: good, code: "BadQuestion"},
		"no moment":        {q: func(q *clean.Question) { q.Again = -1 }, rows: good, code: "BadQuestion"},
		"no content":       {q: func(q *clean.Question) { q.Content = "x" }, rows: good, code: "BadQuestion"},
		"another's number": {rows: []clean.Row{{N: 1, ID: number(9), Name: "A", Born: "1950"}}, code: "AnotherRow"},
	} {
		t.Run(name, func(t *testing.T) {
			h.check(q, good)
			q := q
			if c.q != nil {
				c.q(&q)
			}
			if _, err := h.desk.Check(context.Background(), q, c.rows); codeOf(err) != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
}

func TestTheWordsOfTheSocketStayAsTheyAre(t *testing.T) {
	row, err := json.Marshal([]any{clean.Row{N: 1, ID: "079000000001", Name: "Bịa", Born: "1950"}, clean.Question{Department: "H29.11", Purpose: "1", Officer: "2", Content: "c", Again: 1772413200001},
		clean.Outcome{N: 1, Verdict: clean.Differs, Wrong: []clean.Field{clean.FieldName}, Code: "x", At: start, Known: true}})
	want := `[{"n":1,"id":"079000000001","name":"Bịa","born":"1950"},{"department":"H29.11","purpose":"1","officer":"2","content":"c","again":1772413200001},{"n":1,"verdict":"differs","wrong":["name"],"code":"x","at":"2026-03-02T01:00:00Z","known":true}]`
	if err != nil || string(row) != want {
		t.Errorf("%s\n%v", row, err)
	}
}

func TestACommandOfAnEarlierVersionIsNotMistakenForOneThatAsksOnce(t *testing.T) {
	var q clean.Question
	if err := json.Unmarshal([]byte(`{"department":"H29.11","again":true}`), &q); err == nil {
		t.Errorf("it was read as %d", q.Again)
	}
}
