package account_test

import (
	"context"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/audit"
)

func TestAFirstPasswordLetsInAndHasToBeChanged(t *testing.T) {
	b := newBench(t)
	first := b.add("thu", clerk)
	a, err := b.signIn(" THU ", first) // people's telephones begin with a capital
	if err != nil || !a.MustChange || a.Profile != clerk || !a.SignedIn.Equal(b.now()) {
		t.Fatalf("signed in as %+v, %v", a, err)
	}
	changed, err := b.book.ChangePassword(context.Background(), "thu", first, chosen, desk)
	if err != nil || changed.MustChange || changed.Stamp == a.Stamp {
		t.Fatalf("changed to %+v, %v", changed, err)
	}
	if _, err := b.signIn("thu", first); err == nil {
		t.Error("the first password lets in after it was changed")
	}
	if a, err = b.signIn("thu", chosen); err != nil || a.MustChange {
		t.Errorf("signed in as %+v, %v", a, err)
	}
}

func TestAFirstPasswordThatIsNotUsedInTimeLetsNobodyIn(t *testing.T) {
	b := newBench(t)
	first := b.add("thu", clerk)
	b.pass(account.FirstPasswordFor)
	if _, err := b.signIn("thu", first); err != nil {
		t.Fatal(err)
	}
	b.pass(time.Millisecond)
	_, err := b.signIn("thu", first)
	wantCode(t, err, lgsp.Forbidden, account.CodeSignIn)
	if again, err := b.book.Reset(context.Background(), admin, "thu"); err != nil {
		t.Error(err)
	} else if _, err := b.signIn("thu", again); err != nil {
		t.Error(err)
	}
}

func TestAnOldPasswordHasToBeChanged(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	b.pass(180 * 24 * time.Hour)
	if a, err := b.signIn("thu", chosen); err != nil || a.MustChange {
		t.Errorf("after 180 days: %+v, %v", a, err)
	}
	b.pass(time.Millisecond)
	if a, err := b.signIn("thu", chosen); err != nil || !a.MustChange {
		t.Errorf("after more: %+v, %v", a, err)
	}
}

func TestFiveWrongPasswordsLockAnAccountWhateverIsRestarted(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	for range 3 {
		_, err := b.signIn("thu", "sai")
		wantCode(t, err, lgsp.Forbidden, account.CodeSignIn)
	}
	b.reopen()
	b.signIn("thu", "sai")
	if a := b.get("thu"); a.Failed != 4 || !a.Locked.IsZero() {
		t.Fatalf("after four: %+v", a)
	}
	b.signIn("thu", "sai")
	if a := b.get("thu"); !a.Locked.Equal(b.now().Add(15 * time.Minute)) {
		t.Fatalf("after five: %+v", a)
	}
	b.reopen()
	_, err := b.signIn("thu", chosen)
	wantCode(t, err, lgsp.Forbidden, account.CodeSignIn)
	b.pass(15*time.Minute - time.Millisecond)
	if _, err := b.signIn("thu", chosen); err == nil {
		t.Error("the right password lets in while the account is locked")
	}
	b.pass(time.Millisecond)
	if _, err := b.signIn("thu", chosen); err != nil {
		t.Errorf("after the lock-out: %v", err)
	}
	if n := b.events(audit.AccountLocked); n != 1 {
		t.Errorf("%d lock-outs are on record", n)
	}
}

func TestWrongPasswordsFarApartLockNothing(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	for range 12 {
		b.signIn("thu", "sai")
		b.pass(4 * time.Minute)
	}
	if a := b.get("thu"); !a.Locked.IsZero() || b.events(audit.AccountLocked) != 0 {
		t.Errorf("%+v", a)
	}
}

func TestEachLockOutLastsTwiceAsLongUpToFourHours(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	for _, want := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 4 * time.Hour} {
		for range 5 {
			b.signIn("thu", "sai")
		}
		if got := b.get("thu").Locked.Sub(b.now()); got != want {
			t.Errorf("locked for %s, want %s", got, want)
		}
		b.pass(want)
	}
	b.pass(24 * time.Hour)
	for range 5 {
		b.signIn("thu", "sai")
	}
	if got := b.get("thu").Locked.Sub(b.now()); got != 15*time.Minute {
		t.Errorf("after a day of rest locked for %s", got)
	}
}

func TestALockOfAClockThatWasWrongIsNone(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	b.pass(1000 * time.Hour)
	for range 5 {
		b.signIn("thu", "sai")
	}
	b.pass(-1000 * time.Hour)
	if _, err := b.signIn("thu", chosen); err != nil {
		t.Errorf("locked until %s, at %s: %v", b.get("thu").Locked, b.now(), err)
	}
}

func TestManyAtOnceTryNoMoreThanFivePasswords(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() { b.signIn("thu", "sai") })
	}
	all.Wait()
	tried := 0
	for _, e := range b.record() {
		if e.Event == audit.SignInFailed && strings.HasPrefix(e.Detail, "wrong password") {
			tried++
		}
	}
	if tried != 5 || b.events(audit.SignInFailed) != 12 || b.events(audit.AccountLocked) != 1 {
		t.Errorf("%d passwords counted, %d failures and %d lock-outs on record", tried, b.events(audit.SignInFailed), b.events(audit.AccountLocked))
	}
}

func TestTheAnswerTellsNobodyWhichNamesThereAre(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	b.settled("cu1", clerk)
	if err := b.book.Disable(context.Background(), admin, "cu1"); err != nil {
		t.Fatal(err)
	}
	texts := map[string]bool{}
	for _, try := range [][2]string{{"thu", "sai"}, {"nobody", "sai"}, {"cu1", chosen}, {"cu1", "sai"}, {"", ""}, {"thu' or 1=1 --", chosen}, {"thu", strings.Repeat("x", 1<<20)}, {"thu", "\xff"}} {
		_, err := b.signIn(try[0], try[1])
		texts[wantCode(t, err, lgsp.Forbidden, account.CodeSignIn).Text] = true
	}
	if len(texts) != 1 {
		t.Errorf("the answers differ: %v", texts)
	}
}

func TestAnUnknownNameCostsWhatAKnownOneCosts(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	took := func(name string) time.Duration {
		least := time.Hour
		for range 4 {
			began := time.Now()
			b.signIn(name, "sai")
			least = min(least, time.Since(began))
		}
		return least
	}
	known, unknown := took("thu"), took("nobody")
	if unknown < known/2 || known < unknown/2 {
		t.Errorf("a known name costs %s, an unknown one %s", known, unknown)
	}
}

func TestEverySignInIsOnRecordAndNoTypedNameIs(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	b.signIn("thu", chosen)
	b.signIn("thu", "sai")
	b.signIn("Mat-Khau-Cua-Toi-1", "sai")
	if err := b.book.SignOut(context.Background(), "thu", desk); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range b.record() {
		e.Seq, e.At = 0, time.Time{}
		got = append(got, strings.Join([]string{string(e.Event), e.Operator, e.Account, e.Sender, e.Detail}, "|"))
	}
	want := []string{
		"account-added|quan-tri|thu|H29.11|role officer, from 10.29.1.7", "password-changed|thu|thu|H29.11|from 10.29.11.5",
		"signed-in|thu|thu|H29.11|from 10.29.11.5", "sign-in-failed||thu|H29.11|wrong password, from 10.29.11.5",
		"sign-in-failed||||unknown name, from 10.29.11.5", "signed-out|thu|thu|H29.11|from 10.29.11.5",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("on record are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAFloodIsRefusedUnaskedAndIsOneEntry(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	b.settled("an1", clerk)
	at := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 1, byte(i / 100), byte(i)}) }
	var refused int
	for i := range 130 {
		_, err := b.book.SignIn(context.Background(), "nobody", "sai", at(i))
		if lgsp.KindOf(err) == lgsp.Throttled {
			refused++
			wantCode(t, err, lgsp.Throttled, account.CodeFlood)
		}
	}
	if refused != 10 || b.events(audit.SignInFailed) != 120 {
		t.Fatalf("%d were refused, %d are on record", refused, b.events(audit.SignInFailed))
	}
	began := time.Now()
	if _, err := b.signIn("thu", chosen); lgsp.KindOf(err) != lgsp.Throttled || time.Since(began) > 10*time.Millisecond {
		t.Errorf("in a flood: %v, after %s", err, time.Since(began))
	}
	if err := b.book.RecordFlood(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := b.book.RecordFlood(context.Background()); err != nil {
		t.Fatal(err)
	}
	all := b.record()
	if last := all[len(all)-1]; b.events(audit.SignInFailed) != 121 || last.Detail != "11 more since 2026-03-02T01:00:00Z, refused unasked as too many failed" {
		t.Errorf("the flood is %+v", last)
	}
	b.pass(time.Minute)
	if _, err := b.signIn("thu", chosen); err != nil {
		t.Errorf("after the flood: %v", err)
	}
}

func TestOneAddressAloneKeepsNobodyElseOut(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	for range 30 {
		b.book.SignIn(context.Background(), "nobody", "sai", netip.MustParseAddr("10.1.1.1"))
	}
	if n := b.events(audit.SignInFailed); n != 20 {
		t.Errorf("%d are on record", n)
	}
	if _, err := b.signIn("thu", chosen); err != nil {
		t.Errorf("from another address: %v", err)
	}
}

func TestAFewAddressesKeepNobodyElseOut(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	for i := range 100 {
		b.book.SignIn(context.Background(), "nobody", "sai", netip.AddrFrom4([4]byte{10, 1, 1, byte(i % 5)}))
	}
	if n := b.events(audit.SignInFailed); n != 60 {
		t.Errorf("%d are on record, want 60 of those from where one failed", n)
	}
	for range 2 {
		if _, err := b.signIn("thu", chosen); err != nil {
			t.Errorf("from another address: %v", err)
		}
	}
}

func TestOneSubscriberOfIPv6IsOneAddress(t *testing.T) {
	b := newBench(t)
	for i := range 30 {
		b.book.SignIn(context.Background(), "nobody", "sai", netip.AddrFrom16([16]byte{0: 0x20, 1: 0x01, 7: 1, 14: byte(i), 15: 1}))
	}
	if n := b.events(audit.SignInFailed); n != 20 {
		t.Errorf("%d are on record", n)
	}
	b.settled("thu", clerk)
	six := netip.MustParseAddr("2001:0:0:2::1")
	for range 25 {
		if _, err := b.book.SignIn(context.Background(), "thu", chosen, six); err != nil {
			t.Fatalf("a right password counts as wrong: %v", err)
		}
	}
}

// A proxy on this machine speaks for everybody.
func TestLoopbackIsBoundedWithAllOthersOnly(t *testing.T) {
	b := newBench(t)
	for range 25 {
		b.book.SignIn(context.Background(), "nobody", "sai", netip.MustParseAddr("127.0.0.1"))
	}
	if n := b.events(audit.SignInFailed); n != 25 {
		t.Errorf("%d are on record", n)
	}
}

func TestRightPasswordsAreNoFlood(t *testing.T) {
	b := newBench(t)
	b.settled("thu", clerk)
	for i := range 25 {
		if _, err := b.signIn("thu", chosen); err != nil {
			t.Fatalf("sign-in %d: %v", i, err)
		}
	}
}

func TestNoPasswordRestsInClear(t *testing.T) {
	b := newBench(t)
	first := b.add("thu", clerk)
	if _, err := b.book.ChangePassword(context.Background(), "thu", first, chosen, desk); err != nil {
		t.Fatal(err)
	}
	b.signIn("thu", "Mot-Mat-Khau-Sai-9")
	b.signIn(chosen, "x")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(b.path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{first, chosen, strings.ToLower(chosen), "Mot-Mat-Khau-Sai-9"} {
			if strings.Contains(string(content), secret) {
				t.Errorf("%s holds a password", suffix)
			}
		}
	}
}
