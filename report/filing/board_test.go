package filing_test

import (
	"encoding/json"
	"testing"

	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report/filing"
)

func (b *bench) board() filing.Board {
	b.t.Helper()
	board, err := b.desk.Board(ctx, half, both, b.now())
	if err != nil {
		b.t.Fatal(err)
	}
	return board
}

// The period ends on Sunday 14 June 2026: the deadline is Tuesday the 16th, the
// province's Friday the 26th.
func TestTheBoardSaysWhoIsLateAndByHowMuch(t *testing.T) {
	b := newBench(t)
	deadline := vntime.Date(2026, 6, 16)
	b.at(deadline)
	f := b.along(ours, filing.Draft, filing.Completed, filing.Confirmed)
	board := b.board()
	if len(board.Departments) != 2 || !board.Over || board.Departments[0].Department != "H29.11" || board.Departments[1].Department != "H29.12" {
		t.Fatalf("%+v", board)
	}
	mine, other := board.Departments[0], board.Departments[1]
	if mine.State != filing.Confirmed || mine.Version != 1 || mine.Revision != 3 || mine.By != officer || !mine.At.Equal(b.now()) || !mine.Done.Equal(b.now()) || mine.Hash != f.Hash || mine.Deadline != deadline || mine.Late {
		t.Errorf("%+v", mine)
	}
	if other.State != filing.None || !other.At.IsZero() || other.Late || !other.Listed {
		t.Errorf("%+v", other)
	}
	b.at(deadline + 3)
	if l := b.board().Departments[1]; !l.Late || l.Days != 3 {
		t.Errorf("not begun: %+v", l)
	}
	if l := b.board().Departments[0]; l.Late || l.Days != 0 {
		t.Errorf("confirmed in time: %+v", l)
	}
	b.along(theirs, filing.Draft, filing.Completed, filing.Confirmed)
	b.along(ours, filing.Received)
	b.at(deadline + 5)
	if l := b.board().Departments[1]; !l.Late || l.Days != 3 || l.State != filing.Confirmed {
		t.Errorf("confirmed three days late: %+v", l)
	}
	if l := b.board().Departments[0]; l.State != filing.Received || l.By != police || l.Late {
		t.Errorf("received: %+v", l)
	}
	b.along(ours, filing.Returned)
	if l := b.board().Departments[0]; l.State != filing.Returned || !l.Late || l.Days != 5 || !l.Done.IsZero() {
		t.Errorf("returned: %+v", l)
	}
	b.along(ours, filing.Draft, filing.Completed, filing.Confirmed)
	if l := b.board().Departments[0]; l.Version != 2 || !l.Late || l.Days != 5 {
		t.Errorf("confirmed again: %+v", l)
	}
}

func TestTheBoardTellsOfTheProvince(t *testing.T) {
	b := newBench(t)
	deadline := vntime.Date(2026, 6, 26)
	if p := b.board().Province; p.State != filing.None || p.Deadline != deadline || p.Late || !p.Listed {
		t.Errorf("%+v", p)
	}
	b.at(deadline)
	b.along(whole, filing.Consolidated)
	b.at(deadline + 1)
	if p := b.board().Province; p.State != filing.Consolidated || !p.Late || p.Days != 1 || p.By != police {
		t.Errorf("%+v", p)
	}
	if _, err := b.desk.Issue(ctx, half, 1, police, "05/BC-CATP", deadline); err != nil {
		t.Fatal(err)
	}
	if p := b.board().Province; p.State != filing.Issued || p.Late || !p.Done.Equal(deadline.Begin()) {
		t.Errorf("%+v", p)
	}
}

func TestTheBoardShowsADepartmentThatIsNotListedAnyMore(t *testing.T) {
	b := newBench(t)
	b.along(filing.Key{Period: half, Department: "H29.05"}, filing.Draft)
	first, err := json.Marshal(b.board())
	if err != nil {
		t.Fatal(err)
	}
	if l := b.board().Departments[0]; l.Department != "H29.05" || l.Listed || l.State != filing.Draft || len(b.board().Departments) != 3 {
		t.Errorf("%+v", l)
	}
	for range 20 {
		if again, err := json.Marshal(b.board()); err != nil || string(again) != string(first) {
			t.Fatalf("%s, then %s", first, again)
		}
	}
}
