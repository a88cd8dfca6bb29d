package filing_test

import (
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
)

func (b *bench) verify() filing.Verdict {
	b.t.Helper()
	v, err := b.desk.Verify(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func TestAnEditedDatabaseIsFound(t *testing.T) {
	const hash = "2b7e151628aed2a6abf7158809cf4f3c2b7e151628aed2a6abf7158809cf4f3c"
	for name, row := range map[string]struct{ damage, want string }{
		"a text":              {"update filing set frozen = cast(replace(cast(frozen as text), 'xã', 'xa') as blob) where department = 'H29.11' and version = 1", "report 2026-H1/H29.11, version 1: its text was changed"},
		"a hash":              {"update filing set hash = '" + hash + "' where department = 'H29.11' and version = 2", "version 2: its text was changed"},
		"the text of another": {"update filing set (frozen, hash, statement) = (select frozen, hash, statement from filing where department = 'H29.12') where department = 'H29.11' and version = 2", "version 2: its text is not the one that the record tells of"},
		"a version is gone":   {"delete from filing where department = 'H29.11' and version = 1", "version 1: the record says that it was frozen, and its text is gone"},
		"a report is gone":    {"delete from filing where department = 'H29.13'", "report 2026-H1/H29.13: the record tells of it, and it is gone"},
		"a text is gone":      {"update filing set frozen = null, hash = null, state = 2 where department = 'H29.11' and version = 2", "version 2: it is completed, and the record says received"},
		"one from nowhere":    {"insert into filing select period, 'H29.99', version, state, revision, statement, edited, account, name, frozen, hash, number, dated from filing where department = 'H29.12'", "report 2026-H1/H29.99, version 1: it is frozen, and the record does not tell of that"},
		"a draft from nowhere": {"insert into filing (period, department, version, state, revision, statement, edited, account, name) values ('2026-H1', 'H29.99', 1, 1, 1, '{}', 0, 'x', '');" +
			"insert into filing_step values ('2026-H1', 'H29.99', 1, 1, 'report-drafted', 1781500000000, 'x', '', '')", "report 2026-H1/H29.99, version 1: it is draft, and the record says none"},
		"a state":        {"update filing set state = 4 where department = 'H29.12'", "report 2026-H1/H29.12, version 1: it is received, and the record says returned"},
		"a statement":    {"update filing set statement = '{}' where department = 'H29.12'", "version 1: its statement is not the one that was frozen"},
		"a number":       {"update filing set number = '06/BC-CATP' where department = ''", "report 2026-H1, version 1: its number or date is not what the record tells"},
		"a date":         {"update filing set dated = '2026-06-14' where department = ''", "report 2026-H1, version 1: its number or date"},
		"a broken row":   {"update filing set statement = '{' where department = 'H29.12'", "its row cannot be read"},
		"issued by hand": {"update filing set state = 7, number = '9/X', dated = '2026-06-15' where department = 'H29.12'", "report 2026-H1/H29.12, version 1: its number or date"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.damaged = true
			b.along(ours, filing.Draft, filing.Completed, filing.Confirmed, filing.Returned, filing.Draft, filing.Completed)
			b.total.Add(1)
			b.along(ours, filing.Confirmed, filing.Received)
			b.along(theirs, filing.Draft, filing.Completed, filing.Confirmed, filing.Returned)
			b.along(filing.Key{Period: half, Department: "H29.13"}, filing.Draft)
			b.along(whole, filing.Consolidated, filing.Issued)
			if v := b.verify(); len(v.Problems) > 0 || v.Versions != 5 || v.Proved != 4 || v.Unproved != 0 {
				t.Fatalf("before: %+v", v)
			}
			b.execBehind(row.damage)
			v := b.verify()
			if len(v.Problems) == 0 || !strings.Contains(v.Problems[0].String(), row.want) {
				t.Errorf("found %v, want %q", v.Problems, row.want)
			}
		})
	}
}

// An entry leaves after two years, a report does not.
func TestWhatIsOlderThanTheRecordIsNotHeldAgainstIt(t *testing.T) {
	b := newBench(t)
	b.along(ours, filing.Draft, filing.Completed, filing.Confirmed)
	b.along(theirs, filing.Draft)
	b.along(whole, filing.Consolidated, filing.Issued)
	for range 260 {
		b.pass(70 * time.Hour)
		if _, err := b.log.Seal(ctx); err != nil {
			t.Fatal(err)
		}
	}
	later := filing.Key{Period: report.FirstHalf(2028), Department: "H29.11"}
	if _, err := b.desk.Save(ctx, later, 0, report.Statement{}, officer); err != nil {
		t.Fatal(err)
	}
	if n, err := b.log.Prune(ctx, b.now().Add(-audit.Retention)); err != nil || n < 6 {
		t.Fatalf("%d entries went, %v", n, err)
	}
	if v := b.verify(); len(v.Problems) > 0 || v.Unproved != 2 || v.Proved != 0 || v.Versions != 4 {
		t.Errorf("%+v", v)
	}
	b.execBehind("update filing set frozen = cast(cast(frozen as text) || ' ' as blob) where department = 'H29.11'")
	if v := b.verify(); len(v.Problems) != 1 {
		t.Errorf("an edited old one: %+v", v)
	}
	b.damaged = true
}

func TestReportsAreVerifiedWhileTheyChange(t *testing.T) {
	b := newBench(t)
	b.along(ours, filing.Draft, filing.Completed, filing.Confirmed)
	b.along(theirs, filing.Draft)
	done, stop := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			f, err := b.desk.Get(ctx, theirs)
			switch {
			case err != nil:
			case f.State == filing.Draft:
				_, err = b.desk.Complete(ctx, theirs, f.Revision, officer)
			default:
				_, err = b.desk.Reopen(ctx, theirs, f.Revision, officer)
			}
			if err != nil {
				b.t.Error(err)
				return
			}
		}
	}()
	for range 60 {
		if v, err := b.desk.Verify(ctx); err == nil && len(v.Problems) > 0 {
			t.Errorf("%+v", v)
		}
	}
	close(stop)
	<-done
}
