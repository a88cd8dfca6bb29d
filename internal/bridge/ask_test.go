package bridge_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/bridge"
	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/register"
)

// personPaths are all fields that an answer about a person may have.
func personPaths() (paths []string) {
	for _, f := range citizen.Catalogue(citizen.Person) {
		paths = append(paths, f.Path)
	}
	return paths
}

// covered reports whether a path is approved by one of fields. MaDonViHanhChinh
// is the most specific code of a place, which in these answers is its commune's.
func covered(path string, fields []string) bool {
	if place, ok := strings.CutSuffix(path, "/MaPhuongXa"); ok && slices.Contains(fields, place+"/MaDonViHanhChinh") {
		return true
	}
	return slices.ContainsFunc(fields, func(f string) bool { return path == f || strings.HasPrefix(path, f+"/") })
}

var tokens = regexp.MustCompile(`tk[0-9]+z`)

// check compares what a department got with what it may have of an answer.
func (p invented) check(t *testing.T, reply string, fields []string) {
	t.Helper()
	for path, shown := range p.shown {
		got := strings.Contains(reply, ">"+shown+"<")
		if want := covered(path, fields); got != want {
			t.Fatalf("%s is there: %v, want %v, approved are %v", path, got, want, fields)
		}
	}
	for _, tk := range tokens.FindAllString(reply, -1) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(p.shown)), func(path string) bool { return covered(path, fields) && strings.Contains(p.shown[path], tk) }) {
			t.Fatalf("%s is there, which no approved field holds", tk)
		}
	}
}

// nothingLeft checks that nothing of an answer is in the log or on the disk.
func (r *rig) nothingLeft(p invented) {
	r.t.Helper()
	for _, path := range []string{"", "-wal", ".heads"} {
		raw, err := os.ReadFile(r.db.Path() + path)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			r.t.Fatal(err)
		}
		raw = append(raw, r.said.String()...)
		for _, tk := range append(tokens.FindAllString(p.xml, -1), number, "Giả Định") {
			if bytes.Contains(raw, []byte(tk)) {
				r.t.Fatalf("%s is in %s or the log", tk, filepath.Base(r.db.Path())+path)
			}
		}
	}
}

func TestEveryFieldIsWithheldUnlessItIsApproved(t *testing.T) {
	all := personPaths()
	for _, only := range all {
		t.Run(strings.ReplaceAll(only, "/", "."), func(t *testing.T) {
			for _, fields := range [][]string{{only}, slices.DeleteFunc(slices.Clone(all), func(p string) bool { return p == only })} {
				dice := rand.New(rand.NewPCG(7, uint64(len(fields))))
				var p invented
				at := &asker{answer: func(context.Context) ([]byte, error) { return []byte(p.xml), nil }}
				r := newAskRig(t, at, fields)
				for range 3 {
					p = inventAnswer(dice)
					reply, err := r.b.Ask(t.Context(), question())
					if err != nil {
						t.Fatal(err)
					}
					p.check(t, string(reply), fields)
				}
				r.nothingLeft(p)
			}
		})
	}
}

func TestOfARandomAnswerARandomApprovalLetsExactlyItsFieldsPass(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	dice := rand.New(rand.NewPCG(seed, 1))
	all := append(personPaths(), "ThuongTru", "QueQuan", "NoiOHienTai", "NoiDangKyKhaiSinh", "Cha", "Me", "VoChong", "NguoiDaiDien", "ChuHo", "NgayThangNamSinh")
	for range 40 {
		var fields []string
		for _, path := range all {
			if dice.IntN(6) == 0 {
				fields = append(fields, path)
			}
		}
		var p invented
		at := &asker{answer: func(context.Context) ([]byte, error) { return []byte(p.xml), nil }}
		r := newAskRig(t, at, fields)
		for range 5 {
			p = inventAnswer(dice)
			reply, err := r.b.Ask(t.Context(), question())
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			p.check(t, string(reply), fields)
		}
		for _, e := range r.record(audit.Asked) {
			for _, f := range strings.Fields(e.Fields) {
				if !covered(f, fields) {
					t.Fatalf("seed %d: the record says that %s was returned, approved are %v", seed, f, fields)
				}
			}
		}
		r.nothingLeft(p)
	}
}

func TestAnAnswerThatCannotBeReadTellsNobodyAnything(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		p := inventAnswer(dice)
		cut := dice.IntN(len(p.xml))
		bad := []string{p.xml[:cut], strings.Replace(p.xml, "</dc:CongDan>", "", 1), strings.Replace(p.xml, "CongdanCollection", "KetQua", 2),
			strings.Replace(p.xml, "<dc:CongDan>", "<dc:CongDan><dc:HoVaTen>tk1z</dc:HoVaTen><dc:HoVaTen>tk2z</dc:HoVaTen>", 1)}[dice.IntN(4)]
		at := &asker{answer: func(context.Context) ([]byte, error) { return []byte(bad), nil }}
		r := newAskRig(t, at, personPaths())
		reply, err := r.b.Ask(t.Context(), question())
		if err == nil {
			t.Fatal("it was read")
		}
		if reply != nil || tokens.MatchString(fmt.Sprintf("%v %+v %s", err, err, lgsp.TextOf(err))) {
			t.Errorf("the error or the reply tells of the answer: %v", err)
		}
		if got := r.record(audit.Asked); len(got) != 1 || got[0].Result != audit.Failed || got[0].Fields != "" {
			t.Errorf("the record says %+v", got)
		}
		r.nothingLeft(p)
	}
}

func TestALookUpIsOnRecordBeforeItsAnswerLeaves(t *testing.T) {
	p := inventAnswer(rand.New(rand.NewPCG(1, 1)))
	at := &asker{answer: func(context.Context) ([]byte, error) { return []byte(p.xml), nil }}
	r := newAskRig(t, at, []string{"HoVaTen", "GioiTinh", "Cha/HoVaTen"})
	if _, err := r.b.Ask(t.Context(), question()); err != nil {
		t.Fatal(err)
	}
	got := r.record(audit.Asked)
	if len(got) != 1 {
		t.Fatalf("%d entries", len(got))
	}
	e := got[0]
	if e.Sender != sender || e.System != system || e.Service != asking || e.Upstream != "dancu" || e.Procedure != purpose || e.Officer != officer || e.Unit != sender {
		t.Errorf("who and what for: %+v", e)
	}
	if e.Subject != r.log.Pseudonym(number) || e.Result != audit.Found || e.Message == "" {
		t.Errorf("whom and what came of it: %+v", e)
	}
	want := "HoVaTen"
	for _, path := range []string{"GioiTinh", "Cha/HoVaTen"} {
		if p.shown[path] != "" {
			want += " " + path
		}
	}
	if e.Fields != want {
		t.Errorf("fields %q, want %q", e.Fields, want)
	}
	if id := p.shown["SoDinhDanh"]; id != "" && e.Answered != r.log.Pseudonym(id) {
		t.Errorf("the person in the answer is %q", e.Answered)
	}
	if tries := at.tries(); len(tries) != 1 || tries[0].id.String() != e.Message {
		t.Error("the request code is not that of the record")
	}
}

func TestNobodyFoundIsAnAnswerAndOnRecord(t *testing.T) {
	for name, at := range map[string]*asker{
		"an empty collection": {answer: func(context.Context) ([]byte, error) {
			return []byte(`<CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"/>`), nil
		}},
		"a word of the upstream": {answer: func(context.Context) ([]byte, error) {
			return nil, &lgsp.Error{Kind: lgsp.NotFound, Code: "NoRecord"}
		}},
	} {
		r := newAskRig(t, at, []string{"HoVaTen"})
		reply, err := r.b.Ask(t.Context(), question())
		if err != nil || !strings.Contains(string(reply), "<mc:SoKetQua>0</mc:SoKetQua>") {
			t.Errorf("%s: %s, %v", name, reply, err)
		}
		if got := r.record(audit.Asked); len(got) != 1 || got[0].Result != audit.NotFound {
			t.Errorf("%s: the record says %+v", name, got)
		}
	}
}

func TestWhatIsNotApprovedIsRefusedWithoutAskingAndOnRecord(t *testing.T) {
	another := func(change func(*lgsp.Envelope)) lgsp.Envelope { e := question(); change(&e); return e }
	for want, e := range map[string]lgsp.Envelope{
		"NoSystem":    another(func(e *lgsp.Envelope) { e.System = "" }),
		"NotApproved": another(func(e *lgsp.Envelope) { e.System = "khac" }),
		"Purpose":     questionFor("1.009999", officer),
		"Officer":     questionFor(purpose, "can-bo-1"),
		"Invalid":     questionFor(purpose, ""),
		"WrongElement": another(func(e *lgsp.Envelope) {
			e.Body = bytes.ReplaceAll(e.Body, []byte("TraCuuCongDan"), []byte("XacThucCongDan"))
		}),
	} {
		at := &asker{answer: func(context.Context) ([]byte, error) { return nil, errors.New("nobody should ask") }}
		r := newAskRig(t, at, []string{"HoVaTen"})
		_, err := r.b.Ask(t.Context(), e)
		var known *lgsp.Error
		if !errors.As(err, &known) || known.Code != want || known.Kind.World() || !bridge.Unasked(err) {
			t.Errorf("%s: %v", want, err)
		}
		if got := r.record(audit.Asked); len(got) != 1 || got[0].Result != audit.Refused || got[0].Code != want || got[0].Attempt != 0 {
			t.Errorf("%s: the record says %+v", want, got)
		}
		if len(at.tries()) != 0 {
			t.Errorf("%s: the upstream was asked", want)
		}
	}
}

func TestTheQuotaOfADayIsKept(t *testing.T) {
	at := &asker{answer: func(context.Context) ([]byte, error) {
		return []byte(`<CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"/>`), nil
	}}
	r := newAskRig(t, at, []string{"HoVaTen"}, func(_ *rig, g *register.Grant) { g.Quota = 3 })
	ask := func() error { _, err := r.b.Ask(t.Context(), question()); return err }
	for range 3 {
		if err := ask(); err != nil {
			t.Fatal(err)
		}
	}
	over := func() {
		t.Helper()
		var known *lgsp.Error
		if err := ask(); !errors.As(err, &known) || known.Code != "Quota" || known.Kind != lgsp.Throttled || known.After <= 0 || known.After > 24*time.Hour || !bridge.Unasked(err) {
			t.Errorf("over the quota: %v", err)
		}
	}
	over()
	// Another bridge over the same database stands for the daemon after a restart.
	var err error
	if r.b, err = bridge.New(r.opt); err != nil {
		t.Fatal(err)
	}
	over()
	r.ahead.Store(int64(25 * time.Hour))
	if err := ask(); err != nil {
		t.Errorf("the day after: %v", err)
	}
	if n := len(at.tries()); n != 4 {
		t.Errorf("the upstream was asked %d times", n)
	}
}

func TestAnUpstreamThatDoesNotAnswerIsNotAskedAgainAndAgain(t *testing.T) {
	fail := true
	at := &asker{answer: func(context.Context) ([]byte, error) {
		if fail {
			return nil, &lgsp.Error{Kind: lgsp.Unavailable, Code: "AnswerTimeout", Text: "Hồ sơ sẽ tự gửi lại."}
		}
		return []byte(`<CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"/>`), nil
	}}
	r := newAskRig(t, at, []string{"HoVaTen"})
	for i := range 6 {
		_, err := r.b.Ask(t.Context(), question())
		var known *lgsp.Error
		if !errors.As(err, &known) || known.Code != "NoAnswer" || known.Kind != lgsp.Unavailable || known.After <= 0 || strings.Contains(known.Text, "tự gửi lại") {
			t.Fatalf("%v", err)
		}
		if unasked := bridge.Unasked(err); unasked != (i >= 3) {
			t.Errorf("attempt %d: unasked is %v", i, unasked)
		}
	}
	if n := len(at.tries()); n != 3 {
		t.Errorf("the upstream was asked %d times, want 3 until the breaker opens", n)
	}
	codes := map[string]int{}
	for _, e := range r.record(audit.Asked) {
		codes[e.Code]++
	}
	if codes["AnswerTimeout"] != 3 || codes["BreakerOpen"] != 3 {
		t.Errorf("the record says %v", codes)
	}
	fail = false
	r.ahead.Store(int64(2 * time.Minute))
	if _, err := r.b.Ask(t.Context(), question()); err != nil {
		t.Errorf("once it works again: %v", err)
	}
}

func TestOneLookUpFindsOutWhetherAnUpstreamWorksAgain(t *testing.T) {
	held, release := make(chan struct{}, 64), make(chan struct{})
	stalled := false
	at := &asker{answer: func(ctx context.Context) ([]byte, error) {
		if stalled {
			held <- struct{}{}
			<-release
		}
		return nil, &lgsp.Error{Kind: lgsp.Unavailable, Code: "AnswerTimeout"}
	}}
	r := newAskRig(t, at, []string{"HoVaTen"})
	for range 3 {
		_, _ = r.b.Ask(t.Context(), question())
	}
	stalled = true
	r.ahead.Store(int64(2 * time.Minute))
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = r.b.Ask(t.Context(), question()) })
	<-held
	for range 5 {
		if _, err := r.b.Ask(t.Context(), question()); !bridge.Unasked(err) {
			t.Errorf("beside the one that finds out: %v", err)
		}
	}
	close(release)
	wg.Wait()
	if n := len(at.tries()); n != 4 {
		t.Errorf("the upstream was asked %d times", n)
	}
}

func TestASlowUpstreamCostsALookUpItsTimeAndNoMore(t *testing.T) {
	at := &asker{answer: func(ctx context.Context) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() }}
	r := newAskRig(t, at, []string{"HoVaTen"}, func(r *rig, _ *register.Grant) { r.opt.LookUps.Timeout = 50 * time.Millisecond })
	_, err := r.b.Ask(t.Context(), question())
	if lgsp.KindOf(err) != lgsp.Unavailable || bridge.Unasked(err) {
		t.Errorf("got %v", err)
	}
}

func TestALookUpThatNobodyWaitsForAnyMoreSaysNothingAboutItsUpstream(t *testing.T) {
	at := &asker{answer: func(ctx context.Context) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() }}
	r := newAskRig(t, at, []string{"HoVaTen"})
	for range 5 { // more than open the breaker
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Millisecond, cancel)
		if _, err := r.b.Ask(ctx, question()); bridge.Unasked(err) {
			t.Fatalf("the breaker is open: %v", err)
		}
	}
	if got := r.record(audit.Asked); len(got) != 5 {
		t.Errorf("%d are on record", len(got))
	}
}

func TestAPanicOfAClientIsAnAnswerLikeAnyOther(t *testing.T) {
	at := &asker{answer: func(context.Context) ([]byte, error) { panic("tk77z of " + number) }}
	r := newAskRig(t, at, []string{"HoVaTen"})
	if _, err := r.b.Ask(t.Context(), question()); lgsp.KindOf(err) != lgsp.Unavailable {
		t.Errorf("got %v", err)
	}
	if said := r.said.String(); strings.Contains(said, number) || tokens.MatchString(said) {
		t.Error("the log tells what was asked")
	}
}

func TestAMessageIsNotAskedAndALookUpIsNotSent(t *testing.T) {
	at := &asker{}
	r := newAskRig(t, at, []string{"HoVaTen"})
	if _, err := r.b.Ask(t.Context(), letter("HS-1", "", "x")); lgsp.KindOf(err) != lgsp.NotFound {
		t.Errorf("asked a service of messages: %v", err)
	}
	if _, err := r.b.Accept(t.Context(), question()); lgsp.KindOf(err) != lgsp.NotFound {
		t.Errorf("sent to a look-up: %v", err)
	}
	if n := len(r.all()); n != 0 {
		t.Errorf("%d messages are stored", n)
	}
}
