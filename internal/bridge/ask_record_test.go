package bridge_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/bridge"
	"lgsp.internal/adapter/register"
)

const nobodyFound = `<CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"/>`

func answers(body string) *asker {
	return &asker{answer: func(context.Context) ([]byte, error) { return []byte(body), nil }}
}

// lock holds the database as another program would, until release.
func (r *rig) lock() (release func()) {
	r.t.Helper()
	other, err := sql.Open("sqlite3", r.db.Path())
	if err != nil {
		r.t.Fatal(err)
	}
	conn, err := other.Conn(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := conn.ExecContext(r.t.Context(), "begin immediate"); err != nil {
		r.t.Fatal(err)
	}
	return func() {
		if _, err := conn.ExecContext(context.Background(), "rollback"); err != nil {
			r.t.Error(err)
		}
		if err := errors.Join(conn.Close(), other.Close()); err != nil {
			r.t.Error(err)
		}
	}
}

// req: R-12
func TestALookUpThatWasAskedComesOnRecordHoweverLate(t *testing.T) {
	var r *rig
	release := func() {}
	at := &asker{answer: func(context.Context) ([]byte, error) { release = r.lock(); return []byte(nobodyFound), nil }}
	r = newAskRig(t, at, []string{"HoVaTen"})
	reply, err := r.b.Ask(t.Context(), question())
	if reply != nil || lgsp.KindOf(err) != lgsp.Unavailable || bridge.Unasked(err) {
		t.Errorf("got %s, %v", reply, err)
	}
	if _, err := r.b.Ask(t.Context(), question()); !bridge.Unasked(err) || lgsp.KindOf(err) != lgsp.Unavailable {
		t.Errorf("while the first is not on record: %v", err)
	}
	if n := len(at.tries()); n != 1 {
		t.Errorf("the upstream was asked %d times", n)
	}
	release()
	r.until(func() bool { return len(r.record(audit.Asked)) > 0 }, func() string { return "it is not on record" })
	e := r.record(audit.Asked)[0]
	if e.Attempt != 1 || e.Result != audit.Failed || e.Fields != "" || e.Subject != r.log.Pseudonym(number) || e.Code == "" {
		t.Errorf("the record says %+v", e)
	}
	at.answer = answers(nobodyFound).answer
	r.until(func() bool { _, err := r.b.Ask(t.Context(), question()); return err == nil }, func() string { return "no look-up is made again" })
	if got := r.record(audit.Asked); got[0].Message != at.tries()[0].id.String() || strings.Count(fmt.Sprint(got), got[0].Message) != 1 {
		t.Errorf("the first is on record otherwise than once: %+v", got)
	}
}

func TestTheEndOfTheBridgeTriesOnceMoreAndTellsTheLogWhatIsLost(t *testing.T) {
	for name, inTime := range map[string]bool{"in time": true, "too late": false} {
		t.Run(name, func(t *testing.T) {
			var r *rig
			var release func()
			r = newAskRig(t, &asker{answer: func(context.Context) ([]byte, error) { release = r.lock(); return []byte(nobodyFound), nil }}, []string{"HoVaTen"})
			_, _ = r.b.Ask(t.Context(), question())
			if inTime {
				release()
			}
			r.b.EndLookUps()
			if !inTime {
				release()
			}
			if got := len(r.record(audit.Asked)); got == 1 != inTime {
				t.Errorf("%d are on record", got)
			}
			if told := strings.Contains(r.said.String(), "a look-up is not on record"); told == inTime {
				t.Errorf("the log says: %s", r.said.String())
			}
		})
	}
}

func TestTheEndOfTheBridgeCutsLookUpsOffAndPutsThemOnRecord(t *testing.T) {
	begun := make(chan struct{}, 3)
	at := &asker{answer: func(ctx context.Context) ([]byte, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return nil, &lgsp.Error{Kind: lgsp.Unavailable, Code: "Stopped", Err: ctx.Err()} // what a client says of it
	}}
	r := newAskRig(t, at, []string{"HoVaTen"})
	ended := make(chan error, 3)
	for range cap(ended) {
		go func() { _, err := r.b.Ask(context.Background(), question()); ended <- err }()
		<-begun
	}
	r.b.EndLookUps()
	for range cap(ended) {
		if err := <-ended; lgsp.KindOf(err) != lgsp.Unavailable || bridge.Unasked(err) {
			t.Errorf("cut off: %v", err)
		}
	}
	got := r.record(audit.Asked)
	for _, e := range got {
		if e.Attempt != 1 || e.Code != "Stopped" || e.Result != audit.Failed {
			t.Errorf("the record says %+v", e)
		}
	}
	if len(got) != cap(ended) {
		t.Errorf("%d are on record", len(got))
	}
	if _, err := r.b.Ask(t.Context(), question()); !bridge.Unasked(err) || lgsp.KindOf(err) != lgsp.Unavailable {
		t.Errorf("after the end: %v", err)
	}
	if n := len(at.tries()); n != cap(ended) {
		t.Errorf("the upstream was asked %d times", n)
	}
}

// panicker is a Replier, and panics.
type panicker struct{}

func (panicker) Reply(context.Context, lgsp.Envelope, lgsp.Ack) ([]byte, error) {
	panic("tk78z of " + number)
}

func TestAPanicOfAReplierIsOnRecordAndTellsNothing(t *testing.T) {
	r := newAskRig(t, answers(inventedXML), personPaths(), func(r *rig, _ *register.Grant) {
		r.opt.Services[len(r.opt.Services)-1].Look.Replier = panicker{}
	})
	reply, err := r.b.Ask(t.Context(), question())
	if reply != nil || lgsp.KindOf(err) != lgsp.Unavailable || bridge.Unasked(err) {
		t.Errorf("got %s, %v", reply, err)
	}
	if got := r.record(audit.Asked); len(got) != 1 || got[0].Code != "Panic" || got[0].Fields != "" || got[0].Attempt != 1 {
		t.Errorf("the record says %+v", got)
	}
	if said := r.said.String(); !strings.Contains(said, "panic") || strings.Contains(said, number) || tokens.MatchString(said) {
		t.Errorf("the log says: %s", said)
	}
	if _, err := r.b.Ask(t.Context(), question()); bridge.Unasked(err) {
		t.Errorf("the next is not asked: %v", err)
	}
}

const inventedXML = `<CongdanCollection><CongDan><SoDinhDanh>079090000011</SoDinhDanh><HoVaTen>Lê Giả Định</HoVaTen>` +
	`<Cha><HoVaTen>Lê Tưởng Tượng</HoVaTen><SoDinhDanh>079060000012</SoDinhDanh></Cha><Me><HoVaTen>Phạm Không Thật</HoVaTen><SoDinhDanh>079160000013</SoDinhDanh></Me></CongDan>` +
	`<CongDan><SoCMND>020000014</SoCMND><HoVaTen>Lê Giả Định</HoVaTen></CongDan></CongdanCollection>`

func TestEverybodyOfWhomAnAnswerToldSomethingIsOnRecord(t *testing.T) {
	for fields, want := range map[string][]string{
		"HoVaTen":                {"079090000011", "020000014"},
		"HoVaTen Cha/HoVaTen":    {"079090000011", "079060000012", "020000014"},
		"HoVaTen Cha Me":         {"079090000011", "079060000012", "079160000013", "020000014"},
		"HoVaTen ChuHo/QuanHe":   {"079090000011", "020000014"},
		"ThuongTru Me/QuocTich":  {"079090000011", "020000014"},
		"SoDinhDanh Me/HoVaTen ": {"079090000011", "079160000013", "020000014"},
	} {
		r := newAskRig(t, answers(inventedXML), strings.Fields(fields))
		if _, err := r.b.Ask(t.Context(), question()); err != nil {
			t.Fatal(err)
		}
		var pseudonyms []string
		for _, n := range want {
			pseudonyms = append(pseudonyms, r.log.Pseudonym(n))
		}
		if got := r.record(audit.Asked)[0]; got.Answered != strings.Join(pseudonyms, " ") || got.Subject != r.log.Pseudonym(number) {
			t.Errorf("%s: the record names %q, want %v", fields, got.Answered, want)
		}
		for _, n := range append(want, number) {
			found := 0
			if _, _, err := r.log.Who(t.Context(), []string{n}, func(audit.Entry) error { found++; return nil }); err != nil || found != 1 {
				t.Errorf("%s: who looked at %s finds %d, %v", fields, n, found, err)
			}
		}
	}
}

func TestARefusedQuestionPutsNoNumberOfACitizenOnRecord(t *testing.T) {
	r := newAskRig(t, answers(nobodyFound), []string{"HoVaTen"})
	for _, e := range []lgsp.Envelope{questionFor(number, officer), questionFor("Trần Văn Giả Định 1990", officer), questionFor(purpose, "Trần Văn Giả Định "+number)} {
		if _, err := r.b.Ask(t.Context(), e); err == nil {
			t.Fatal("it was answered")
		}
	}
	for _, e := range r.record(audit.Asked) {
		if said := fmt.Sprintf("%+v", e); strings.Contains(said, number) || strings.Contains(said, "Giả Định") {
			t.Errorf("the record says %s", said)
		}
	}
}

func TestAUnitIsTheDepartmentOrBelowIt(t *testing.T) {
	r := newAskRig(t, answers(nobodyFound), []string{"HoVaTen"})
	for unit, want := range map[string]string{sender: "", sender + ".3": "", "": "", "H29.12": "Unit", "H29": "Unit", sender + "0": "Unit"} {
		e := question()
		e.Body = []byte(strings.Replace(string(e.Body), "<CanBo>", "<CanBo><MaDonVi>"+unit+"</MaDonVi>", 1))
		_, err := r.b.Ask(t.Context(), e)
		if want == "" {
			if err != nil {
				t.Errorf("%q: %v", unit, err)
			}
			continue
		}
		var known *lgsp.Error
		if !errors.As(err, &known) || known.Code != want || known.Kind != lgsp.Forbidden || !bridge.Unasked(err) {
			t.Errorf("%q: %v", unit, err)
		}
	}
}

func TestALookUpCountsOnTheDayItWasAskedOn(t *testing.T) {
	var r *rig
	at := &asker{answer: func(context.Context) ([]byte, error) {
		r.ahead.Add(int64(24 * time.Hour)) // midnight passes while it is on the wire
		return []byte(nobodyFound), nil
	}}
	r = newAskRig(t, at, []string{"HoVaTen"})
	day := register.Day(r.now())
	if _, err := r.b.Ask(t.Context(), question()); err != nil {
		t.Fatal(err)
	}
	for d, want := range map[string]int64{day: 1, register.Day(r.now()): 0} {
		used, err := r.opt.LookUps.Usage.AskedOn(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if n := used(sender, system, asking); n != want {
			t.Errorf("%s has %d, want %d", d, n, want)
		}
	}
}

// panicMapper is a Mapper, and panics.
type panicMapper struct{}

func (panicMapper) Map(context.Context, lgsp.Envelope) (lgsp.Document, error) {
	panic("tk79z of " + number)
}

func TestAPanicOfAMapperIsNotToBeTriedAgain(t *testing.T) {
	r := newAskRig(t, answers(nobodyFound), []string{"HoVaTen"}, func(r *rig, _ *register.Grant) {
		r.opt.Services[len(r.opt.Services)-1].Mapper = panicMapper{}
	})
	if _, err := r.b.Ask(t.Context(), question()); err == nil || bridge.Unasked(err) {
		t.Errorf("got %v", err)
	}
	if got := r.record(audit.Asked); len(got) != 1 || got[0].Code != "Panic" || got[0].Attempt != 0 {
		t.Errorf("the record says %+v", got)
	}
}

func TestAnOfficerWhoWasLetThroughIsOnRecordAsTheSystemNamedThem(t *testing.T) {
	r := newAskRig(t, answers(nobodyFound), []string{"HoVaTen"}, func(_ *rig, g *register.Grant) { g.PersonalID = false })
	for _, name := range []string{"CB+01", "Lê Thị Thử", "079080000009"} {
		if _, err := r.b.Ask(t.Context(), questionFor(purpose, name)); err != nil {
			t.Fatal(err)
		}
		if got := r.record(audit.Asked); got[len(got)-1].Officer != name {
			t.Errorf("%q is on record as %q", name, got[len(got)-1].Officer)
		}
	}
}

func TestNoAnswerIsGivenThatCannotBePutOnRecord(t *testing.T) {
	p := inventAnswer(rand.New(rand.NewPCG(2, 2)))
	var r *rig
	at := &asker{answer: func(context.Context) ([]byte, error) {
		if err := r.db.Close(); err != nil {
			t.Error(err)
		}
		return []byte(p.xml), nil
	}}
	r = newAskRig(t, at, personPaths())
	reply, err := r.b.Ask(t.Context(), question())
	if err == nil || reply != nil || lgsp.KindOf(err) != lgsp.Unavailable {
		t.Errorf("got %s, %v", reply, err)
	}
}
