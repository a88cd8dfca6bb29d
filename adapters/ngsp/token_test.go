package ngsp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	lgsp "lgsp.internal/adapter"
)

const tokenYes = `{"access_token":"11111111-2222-3333-4444-555555555555","scope":"am_application_scope default","token_type":"Bearer","expires_in":3600}`

// clock is a time that a test moves.
type clock struct{ ns atomic.Int64 }

func newClock() *clock                     { c := &clock{}; c.ns.Store(morning.UnixNano()); return c }
func (c *clock) now() time.Time            { return time.Unix(0, c.ns.Load()).UTC() }
func (c *clock) forward(d time.Duration)   { c.ns.Add(int64(d)) }
func (c *clock) in(o *Options)             { o.Now = c.now }
func numbered(n int64, life string) string { return numberedToken(n, "Bearer", life) }
func numberedToken(n int64, kind, life string) string {
	return `{"access_token":"t` + strconv.FormatInt(n, 10) + `","token_type":"` + kind + `","expires_in":` + life + `}`
}

func TestThirtyTwoDeliveriesAskForOneToken(t *testing.T) {
	var asked atomic.Int64
	gate := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !isToken(r) {
			answer(200, jsonYes)(w, r)
			return
		}
		<-gate
		answer(200, numbered(asked.Add(1), "3600"))(w, r)
	}, JSON, withToken)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if _, err := deliver(t, c); err != nil {
				t.Error(err)
			}
		})
	}
	close(gate)
	wg.Wait()
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

func TestThoseWhoWaitedForATokenThatWasRefusedShareTheRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, release := 0, make(chan struct{})
		tok := &tokens{now: fixedNow, timeout: time.Minute}
		tok.ask = func(context.Context) (*token, error) {
			asked++
			<-release
			return nil, &tokenError{verdict: verdict{fate: fateOf("token 401")}}
		}
		errs := make(chan error, 32)
		for range 32 {
			go func() { _, err := tok.get(t.Context()); errs <- err }()
		}
		synctest.Wait()
		close(release)
		for range 32 {
			if err := <-errs; err == nil {
				t.Error("somebody got a token")
			}
		}
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
	})
}

func TestTheFirstWhoWantsATokenLeavesInItsOwnTimeAndTheOthersGetIt(t *testing.T) {
	for name, leaving := range map[string]struct {
		with func(context.Context) (context.Context, context.CancelFunc)
		want error
	}{
		"cancelled": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(300*time.Millisecond, cancel)
			return ctx, cancel
		}, context.Canceled},
		"out of time": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 300*time.Millisecond)
		}, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				tok := &tokens{now: fixedNow, timeout: time.Minute}
				tok.ask = func(ctx context.Context) (*token, error) {
					asked++
					select {
					case <-ctx.Done():
						return nil, ctx.Err()
					case <-time.After(time.Second):
						return &token{header: "Bearer x", until: morning.Add(time.Hour)}, nil
					}
				}
				begin := time.Now()
				ctx, cancel := leaving.with(t.Context())
				defer cancel()
				follower := make(chan error, 1)
				first := make(chan error, 1)
				go func() { _, err := tok.get(ctx); first <- err }()
				synctest.Wait()
				go func() {
					ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
					defer cancel()
					_, err := tok.get(ctx)
					follower <- err
				}()
				if err := <-first; !errors.Is(err, leaving.want) || time.Since(begin) != 300*time.Millisecond {
					t.Errorf("the first got %v after %s", err, time.Since(begin))
				}
				if err := <-follower; err != nil || time.Since(begin) != time.Second {
					t.Errorf("the other got %v after %s", err, time.Since(begin))
				}
				if asked != 1 {
					t.Errorf("asked %d times", asked)
				}
			})
		})
	}
}

func TestARequestForATokenIsBoundedThoughNobodyWhoWaitsIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tok := &tokens{now: fixedNow, timeout: time.Minute, ask: func(ctx context.Context) (*token, error) { <-ctx.Done(); return nil, ctx.Err() }}
		begin := time.Now()
		if _, err := tok.get(t.Context()); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Minute {
			t.Errorf("got %v after %s", err, time.Since(begin))
		}
	})
}

// Who delivers recovers from defects, and must meet them.
func TestADefectInARequestForATokenIsMetByThoseWhoWait(t *testing.T) {
	asked := 0
	tok := &tokens{now: fixedNow, timeout: time.Minute}
	tok.ask = func(context.Context) (*token, error) {
		if asked++; asked == 1 {
			panic("a defect")
		}
		return &token{header: "Bearer x", until: morning.Add(time.Hour)}, nil
	}
	met := func() (defect any) {
		defer func() { defect = recover() }()
		_, _ = tok.get(t.Context())
		return nil
	}()
	if met != "a defect" {
		t.Errorf("met %v", met)
	}
	if got, err := tok.get(t.Context()); err != nil || got == nil {
		t.Errorf("and then: %v, %v", got, err)
	}
}

func TestClosingEndsTheRequestForATokenThatNobodyWaitsFor(t *testing.T) {
	hold, arrived := make(chan struct{}), make(chan struct{}, 1)
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if isToken(r) {
			arrived <- struct{}{}
			<-hold
		}
	}, JSON, withToken)
	defer close(hold)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	_, err := c.Deliver(ctx, testID, document(JSON))
	wantCode(t, err, lgsp.Unknown, "Stopped")
	if len(c.fetches.places) != 1 {
		t.Fatalf("%d requests are under way, want 1", len(c.fetches.places))
	}
	c.Close()
	if len(c.fetches.places) != 0 || c.tokens.flight != nil {
		t.Error("it goes on")
	}
}

func TestThoseWhoWaitForATokenWhenItsRequestIsEndedMakeAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		tok := &tokens{now: fixedNow, timeout: time.Minute}
		tok.ask = func(ctx context.Context) (*token, error) {
			if asked++; asked == 1 {
				<-ctx.Done()
				return nil, &tokenError{netFailure: os.ErrDeadlineExceeded} // what a connection that is interrupted says
			}
			return &token{header: "Bearer x", until: morning.Add(time.Hour)}, nil
		}
		got := make(chan error, 1)
		go func() { _, err := tok.get(t.Context()); got <- err }()
		synctest.Wait()
		tok.end()
		if err := <-got; err != nil || asked != 2 {
			t.Errorf("asked %d times: %v", asked, err)
		}
	})
}

// The codes say that the message itself never left.
func TestTimeThatEndsWhileATokenIsWaitedForIsToldAsTheTokens(t *testing.T) {
	hold := make(chan struct{})
	for name, set := range map[string]func(*Options){
		"the caller's": func(*Options) {},
		"the client's": func(o *Options) { o.Timeout = 50 * time.Millisecond },
	} {
		c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			if !isToken(r) {
				t.Errorf("%s: the call was made without a token", name)
			}
			<-hold
		}, JSON, withToken, set)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, err := c.Deliver(ctx, testID, document(JSON))
		cancel()
		wantCode(t, err, lgsp.Unavailable, "TokenUnanswered")
		c.Close()
	}
	close(hold)
}

func TestAWaiterForATokenLeavesWhenItsOwnTimeIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		tok := &tokens{now: fixedNow, timeout: time.Minute, ask: func(context.Context) (*token, error) { <-release; return &token{}, nil }}
		go func() { _, _ = tok.get(t.Context()) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := tok.get(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		close(release)
	})
}

func TestATokenIsUsedUntilItsMarginAndNoLonger(t *testing.T) {
	for life, good := range map[string]time.Duration{
		"3600": 59 * time.Minute, `"3600"`: 59 * time.Minute, "60": 30 * time.Second, "1": 500 * time.Millisecond,
		"9223372036854775": 24*time.Hour - time.Minute, `"never"`: 4 * time.Minute, "-1": 4 * time.Minute,
	} {
		var asked atomic.Int64
		clk := newClock()
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if isToken(r) {
				answer(200, numbered(asked.Add(1), life))(w, r)
				return
			}
			answer(200, jsonYes)(w, r)
		}, JSON, withToken, clk.in)
		for i, step := range []struct {
			forward time.Duration
			want    int64
		}{{0, 1}, {good - time.Millisecond, 1}, {time.Millisecond, 2}} {
			clk.forward(step.forward)
			if _, err := deliver(t, c); err != nil {
				t.Fatal(err)
			}
			if asked.Load() != step.want {
				t.Errorf("life %s, step %d: asked %d times, want %d", life, i, asked.Load(), step.want)
			}
		}
	}
}

func TestATokenThatExpiredEarlyIsRenewedOnceAndTheMessageGoesOn(t *testing.T) {
	var asked, calls atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if isToken(r) {
			answer(200, numbered(asked.Add(1), "3600"))(w, r)
			return
		}
		b, _ := io.ReadAll(r.Body)
		calls.Add(1)
		if r.Header.Get("Authorization") != "Bearer t2" || string(b) != jsonBody {
			answer(401, "")(w, r)
			return
		}
		answer(200, jsonYes)(w, r)
	}, JSON, withToken)
	if _, err := deliver(t, c); err != nil {
		t.Fatal(err)
	}
	if asked.Load() != 2 || calls.Load() != 2 {
		t.Errorf("asked %d, called %d", asked.Load(), calls.Load())
	}
}

func TestASecond401IsADeniedCredential(t *testing.T) {
	var asked, calls atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if isToken(r) {
			answer(200, numbered(asked.Add(1), "3600"))(w, r)
			return
		}
		calls.Add(1)
		answer(401, "")(w, r)
	}, JSON, withToken)
	_, err := deliver(t, c)
	wantCode(t, err, lgsp.Denied, "Denied")
	if asked.Load() != 2 || calls.Load() != 2 {
		t.Errorf("asked %d, called %d", asked.Load(), calls.Load())
	}
}

func TestAnOldTokenThatIsRefusedDoesNotUndoANewOne(t *testing.T) {
	tok := &tokens{now: fixedNow, timeout: time.Minute}
	old, fresh := &token{}, &token{until: morning.Add(time.Hour)}
	tok.current.Store(fresh)
	tok.drop(old)
	if tok.current.Load() != fresh {
		t.Error("the new token is gone")
	}
}

func TestTheTokenRequestCarriesTheKeyInTheFormThatIsSet(t *testing.T) {
	for name, row := range map[string]struct {
		set  func(*Options)
		form url.Values
		user string
	}{
		"basic": {func(*Options) {}, url.Values{"grant_type": {"client_credentials"}}, "mau"},
		"form": {func(o *Options) { o.Token.InForm = true; o.Token.Scope = "dancu" }, url.Values{"grant_type": {"client_credentials"},
			"client_id": {"mau"}, "client_secret": {"bi-mat-mau"}, "scope": {"dancu"}}, ""},
		"lgsp": {func(o *Options) {
			o.Token = Token{URL: "/token"}
			o.LGSPAccessToken = LGSPAccessToken{AccessKey: "AK", SecretKey: "SK"}
		}, url.Values{"grant_type": {"client_credentials"}}, ""},
	} {
		var form url.Values
		var user, lgspToken string
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if isToken(r) {
				if err := r.ParseForm(); err != nil {
					t.Error(err)
				}
				form, lgspToken = r.PostForm, r.Header.Get("lgspaccesstoken")
				user, _, _ = r.BasicAuth()
				answer(200, tokenYes)(w, r)
				return
			}
			answer(200, jsonYes)(w, r)
		}, JSON, withToken, row.set)
		if _, err := deliver(t, c); err != nil {
			t.Fatal(err)
		}
		if form.Encode() != row.form.Encode() || user != row.user || (lgspToken != "") != (name == "lgsp") {
			t.Errorf("%s: got %v, user %q, lgspaccesstoken %q", name, form, user, lgspToken)
		}
	}
}

func TestATokenAnswerThatGivesNoTokenIsNotUsed(t *testing.T) {
	for _, body := range []string{"", "x", "[]", `{}`, `{"access_token":""}`, `{"access_token":"a b"}`, `{"access_token":"a\r\nX: y"}`,
		`{"access_token":{"a":1}}`, `{"access_token":"a","access_token":"b"}`, `{"access_token":"a","token_type":"mac"}`, `{"access_token":"a"`, "<html>"} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if !isToken(r) {
				t.Errorf("%s: the call was made", body)
			}
			answer(200, body)(w, r)
		}, JSON, withToken)
		_, err := deliver(t, c)
		wantCode(t, err, lgsp.Unavailable, "TokenUnreadable")
	}
}

func TestATokenServiceThatCannotBeReachedIsNotADeniedCredential(t *testing.T) {
	c := serve(t, answer(200, jsonYes), JSON, withToken, func(o *Options) { o.Token.URL = "http://127.0.0.1:1/token" })
	_, err := deliver(t, c)
	if e := wantCode(t, err, lgsp.Unavailable, "ConnectionRefused"); !strings.Contains(e.Err.Error(), "asking for a token") {
		t.Errorf("got %v", e.Err)
	}
}
