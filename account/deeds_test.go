package account_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

func TestEveryBadFieldOfANewAccountIsNamed(t *testing.T) {
	b := newBench(t)
	for name, row := range map[string]struct {
		name string
		p    account.Profile
		want []string
	}{
		"nothing":                     {"", account.Profile{}, []string{"name:pattern", "full_name:missing", "role:missing"}},
		"capitals":                    {"Thu", clerk, []string{"name:pattern"}},
		"diacritics":                  {"thử", clerk, []string{"name:pattern"}},
		"too short":                   {"ab", clerk, []string{"name:pattern"}},
		"too long":                    {strings.Repeat("a", 33), clerk, []string{"name:pattern"}},
		"a dash first":                {"-thu", clerk, []string{"name:pattern"}},
		"a path":                      {"../thu", clerk, []string{"name:pattern"}},
		"a long full name":            {"thu", account.Profile{FullName: strings.Repeat("à", 101), Role: account.Police}, []string{"full_name:length"}},
		"markup in the full name":     {"thu", account.Profile{FullName: "<b>Thử</b>", Role: account.Police}, []string{"full_name:pattern"}},
		"a full name that is no text": {"thu", account.Profile{FullName: "Th\xff", Role: account.Police}, []string{"full_name:pattern"}},
		"an officer of nothing":       {"thu", account.Profile{FullName: "Thử", Role: account.Officer}, []string{"department:missing"}},
		"an officer of no department": {"thu", account.Profile{FullName: "Thử", Role: account.Officer, Department: "H29.99"}, []string{"department:unknown"}},
		"an admin of a department":    {"thu", account.Profile{FullName: "Thử", Role: account.Admin, Department: "H29.11"}, []string{"department:pattern"}},
		"a role that there is not":    {"thu", account.Profile{FullName: "Thử", Role: 4}, []string{"role:missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.book.Add(context.Background(), admin, row.name, row.p)
			wantFields(t, err, row.want...)
		})
	}
	if list, err := b.book.List(context.Background()); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
}

func TestAFullNameReadsAsItIs(t *testing.T) {
	b := newBench(t)
	p := clerk
	for i, name := range []string{"Nguyễn Thị Ánh", "Nguye\u0302\u0303n Thi\u0323 A\u0301nh", "Y Bhiêng Niê Kđăm", "H'Lơ\u0306 Mlô", "Đinh R’Măh-Y. Ƀăh"} {
		p.FullName = name
		b.add(fmt.Sprint("nguoi", i), p)
	}
	for _, name := range []string{"<b>Mẫu</b>", "{{.}}", "Lе Van", "\u3164\u3164", "\u202eMẫu", "علي", "Ma\u0316\u0316u", "\u0301Mau", "Mẫu\u200b", "Mẫu 2", "=Mẫu"} {
		p.FullName = name
		_, err := b.book.Add(context.Background(), admin, "nguoi9", p)
		wantFields(t, err, "full_name:pattern")
	}
}

func TestANameIsOnePersonForEver(t *testing.T) {
	b := newBench(t)
	first := b.add("thu", clerk)
	_, err := b.book.Add(context.Background(), admin, "thu", account.Profile{FullName: "Lê Văn Mẫu", Role: account.Admin})
	wantCode(t, err, lgsp.Conflict, account.CodeExists)
	if _, err := b.signIn("thu", first); err != nil {
		t.Error(err)
	}
}

func TestADeedNeedsAName(t *testing.T) {
	b := newBench(t)
	b.add("thu", clerk)
	_, addErr := b.book.Add(context.Background(), account.By{}, "moi", clerk)
	_, resetErr := b.book.Reset(context.Background(), account.By{}, "thu")
	for _, err := range []error{addErr, resetErr, b.book.Disable(context.Background(), account.By{}, "thu"), b.book.Enable(context.Background(), account.By{}, "thu"),
		b.book.Change(context.Background(), account.By{}, "thu", clerk)} {
		if !errors.Is(err, account.ErrNoOperator) {
			t.Errorf("got %v", err)
		}
	}
}

func TestADeedOnNobodyIsNotFound(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	_, resetErr := b.book.Reset(ctx, admin, "nobody")
	_, getErr := b.book.Get(ctx, "nobody")
	_, changeErr := b.book.ChangePassword(ctx, "nobody", "a", "b", desk)
	for _, err := range []error{resetErr, getErr, changeErr, b.book.Disable(ctx, admin, "nobody"), b.book.Enable(ctx, admin, "nobody"), b.book.Change(ctx, admin, "nobody", clerk)} {
		wantCode(t, err, lgsp.NotFound, account.CodeNotFound)
	}
}

func TestADisabledAccountLetsNobodyInAndItsSessionsEnd(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	b.settled("thu", clerk)
	before := b.get("thu")
	if err := b.book.Disable(ctx, admin, "thu"); err != nil {
		t.Fatal(err)
	}
	if a := b.get("thu"); !a.Disabled || a.Stamp == before.Stamp {
		t.Errorf("%+v", a)
	}
	wantCode(t, b.book.Disable(ctx, admin, "thu"), lgsp.Conflict, account.CodeAlready)
	_, err := b.signIn("thu", chosen)
	wantCode(t, err, lgsp.Forbidden, account.CodeSignIn)
	_, err = b.book.ChangePassword(ctx, "thu", chosen, "Hoa-Cuc-Vang-30", desk)
	wantCode(t, err, lgsp.Forbidden, account.CodeLocked)
	if err := b.book.Enable(ctx, admin, "thu"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, b.book.Enable(ctx, admin, "thu"), lgsp.Conflict, account.CodeAlready)
	if _, err := b.signIn("thu", chosen); err != nil {
		t.Error(err)
	}
}

func TestResetAndEnableEndALockOut(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	b.settled("thu", clerk)
	lock := func() {
		for range 5 {
			b.signIn("thu", "sai")
		}
		if b.get("thu").Locked.IsZero() {
			t.Fatal("it is not locked")
		}
	}
	lock()
	if err := b.book.Enable(ctx, admin, "thu"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.signIn("thu", chosen); err != nil {
		t.Error(err)
	}
	lock()
	before := b.get("thu")
	first, err := b.book.Reset(ctx, admin, "thu")
	if err != nil {
		t.Fatal(err)
	}
	if a := b.get("thu"); !a.MustChange || a.Stamp == before.Stamp {
		t.Errorf("%+v", a)
	}
	if a, err := b.signIn("thu", first); err != nil || !a.MustChange {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestAChangeOfRightsEndsSessionsAndARenameDoesNot(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	b.settled("thu", clerk)
	before := b.get("thu").Stamp
	renamed := clerk
	renamed.FullName = "  Trần Thị   Thử Hai "
	if err := b.book.Change(ctx, admin, "thu", renamed); err != nil || b.get("thu").Stamp != before || b.get("thu").FullName != "Trần Thị Thử Hai" {
		t.Errorf("%+v, %v", b.get("thu"), err)
	}
	wantCode(t, b.book.Change(ctx, admin, "thu", renamed), lgsp.Conflict, account.CodeAlready)
	moved := b.get("thu").Profile
	moved.Department = "H29.26"
	if err := b.book.Change(ctx, admin, "thu", moved); err != nil || b.get("thu").Stamp == before {
		t.Errorf("%+v, %v", b.get("thu"), err)
	}
	all := b.record()
	if last := all[len(all)-1]; last.Event != audit.AccountChanged || last.Detail != "department H29.11 → H29.26, from 10.29.1.7" || last.Sender != "H29.26" || last.Operator != "quan-tri" || last.Account != "thu" {
		t.Errorf("on record is %+v", last)
	}
	for _, e := range all {
		if strings.Contains(e.Detail, "Trần") {
			t.Errorf("a person's name is on record: %s", e.Detail)
		}
	}
}

func TestTheLastAdminStays(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	boss := account.Profile{FullName: "Lê Văn Mẫu", Role: account.Admin}
	b.settled("mot", boss)
	wantCode(t, b.book.Disable(ctx, admin, "mot"), lgsp.Conflict, account.CodeLastAdmin)
	wantCode(t, b.book.Change(ctx, admin, "mot", account.Profile{FullName: "Lê Văn Mẫu", Role: account.Police}), lgsp.Conflict, account.CodeLastAdmin)
	b.settled("hai", boss)
	if err := b.book.Disable(ctx, admin, "mot"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, b.book.Disable(ctx, admin, "hai"), lgsp.Conflict, account.CodeLastAdmin)
	if err := b.book.Change(ctx, admin, "mot", account.Profile{FullName: "Lê Văn Mẫu", Role: account.Police}); err != nil {
		t.Errorf("one that is disabled: %v", err)
	}
	if b.get("hai").Disabled {
		t.Error("the refused deed was done")
	}
}

func TestAWrongPresentPasswordCountsAsAWrongSignIn(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	b.settled("thu", clerk)
	for i := range 5 {
		_, err := b.book.ChangePassword(ctx, "thu", "sai", "Hoa-Cuc-Vang-30", desk)
		if i < 4 {
			wantCode(t, err, lgsp.Forbidden, account.CodeWrong)
		} else {
			wantCode(t, err, lgsp.Forbidden, account.CodeLocked)
		}
	}
	_, err := b.book.ChangePassword(ctx, "thu", chosen, "Hoa-Cuc-Vang-30", desk)
	wantCode(t, err, lgsp.Forbidden, account.CodeLocked)
	if n := b.events(audit.SignInFailed); n != 5 {
		t.Errorf("%d are on record", n)
	}
}

func TestNoneOfTheLastFivePasswordsComesBack(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	b.settled("thu", clerk)
	present := chosen
	next := []string{"Hoa-Cuc-Vang-30", "Hoa-Mai-Vang-31", "Hoa-Dao-Hong-32", "Hoa-Lan-Trang-33"}
	for _, p := range next {
		_, err := b.book.ChangePassword(ctx, "thu", present, chosen, desk)
		wantFields(t, err, "password:reused")
		if _, err := b.book.ChangePassword(ctx, "thu", present, p, desk); err != nil {
			t.Fatal(err)
		}
		present = p
	}
	_, err := b.book.ChangePassword(ctx, "thu", present, chosen, desk)
	wantFields(t, err, "password:reused")
	if _, err := b.book.ChangePassword(ctx, "thu", present, "Hoa-Hue-Trang-34", desk); err != nil {
		t.Fatal(err)
	}
	if _, err := b.book.ChangePassword(ctx, "thu", "Hoa-Hue-Trang-34", chosen, desk); err != nil {
		t.Errorf("after five others: %v", err)
	}
}

func TestAPasswordThatBreaksARuleIsNotTaken(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	first := b.add("thu", clerk)
	_, err := b.book.ChangePassword(ctx, "thu", first, "ngan", desk)
	wantFields(t, err, "password:short", "password:classes", "password:common")
	if a := b.get("thu"); !a.MustChange {
		t.Error("the first password needs no change any more")
	}
}

// Keyboards write the same letters composed or in pieces.
func TestAPasswordIsTheSameHoweverItsLettersAreWritten(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	if _, err := b.book.ChangePassword(ctx, "thu", b.add("thu", clerk), "Sông Hồng đỏ 1999", desk); err != nil {
		t.Fatal(err)
	}
	pieces := strings.NewReplacer("ô", "o\u0302", "ồ", "o\u0302\u0300", "ỏ", "o\u0309").Replace("Sông Hồng đỏ 1999")
	if _, err := b.signIn("thu", pieces); err != nil {
		t.Error(err)
	}
}

func TestAccountsAreListedByName(t *testing.T) {
	b := newBench(t)
	b.add("thu", clerk)
	b.add("an.1", account.Profile{FullName: "Lê Văn Mẫu", Role: account.Police})
	b.pass(time.Hour)
	list, err := b.book.List(context.Background())
	if err != nil || len(list) != 2 || list[0].Name != "an.1" || list[1].Profile != clerk || !list[1].Added.Equal(start) {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestADiskThatFailsTellsNobodyWhichNamesThereAre(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	b.settled("thu", clerk)
	exec := func(statement string) {
		if err := b.db.Write(ctx, func(tx *sqlite.Tx) error { return tx.Do(statement) }); err != nil {
			t.Fatal(err)
		}
	}
	exec("create trigger broken before insert on audit begin select raise(fail, 'no room'); end")
	var texts []string
	for _, try := range [][2]string{{"thu", "sai"}, {"nobody", "sai"}, {"thu", chosen}} {
		_, err := b.book.SignIn(ctx, try[0], try[1], desk)
		var e *lgsp.Error
		if !errors.As(err, &e) || e.Code != account.CodeStore {
			t.Fatalf("%v: got %v", try, err)
		}
		texts = append(texts, e.Text)
	}
	if texts[0] != texts[1] {
		t.Errorf("the answers differ: %q", texts)
	}
	exec("drop trigger broken")
}

func TestNothingIsDoneThatCannotBePutOnRecord(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	b.settled("thu", clerk)
	before := b.get("thu")
	if err := b.db.Close(); err != nil {
		t.Fatal(err)
	}
	_, signInErr := b.book.SignIn(ctx, "thu", chosen, netip.Addr{})
	_, addErr := b.book.Add(ctx, admin, "moi", clerk)
	for _, err := range []error{signInErr, addErr, b.book.Disable(ctx, admin, "thu"), b.book.SignOut(ctx, "thu", desk)} {
		if !lgsp.KindOf(err).World() || lgsp.TextOf(err) == "" {
			t.Errorf("got %v", err)
		}
	}
	b.open()
	if a := b.get("thu"); a != before {
		t.Errorf("%+v, before %+v", a, before)
	}
}
