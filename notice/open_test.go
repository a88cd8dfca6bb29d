package notice_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/notice"
)

func entriesOf(t testing.TB, export []byte) (entries []audit.Entry) {
	t.Helper()
	for lines := bufio.NewScanner(bytes.NewReader(export)); lines.Scan(); {
		var line struct{ Entry audit.Entry }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line.Entry.Event != "" {
			entries = append(entries, line.Entry)
		}
	}
	return entries
}

// req: R-14
func TestANoticeIsReadBackAsItWasOpened(t *testing.T) {
	b := newBench(t)
	o := opening("TB-1")
	told, _, err := b.desk.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if told.Content != nil || told.LegacyID != "" {
		t.Errorf("opening tells the content: %+v", told)
	}
	b.reopen()
	n := b.get(told.Number)
	want := notice.Notice{Number: notice.Number{Year: 2026, N: 1}, State: notice.New, Sender: o.Sender, System: o.System, Officer: o.Officer, Unit: o.Unit,
		Procedure: o.Procedure, Opened: b.start, Changed: b.start, LegacyID: "TB-1", Content: &o.Content}
	if !reflect.DeepEqual(n, want) {
		t.Errorf("read back as %+v\nwant %+v", n, want)
	}
	entries := b.record()
	e := entries[len(entries)-1]
	if e.Event != audit.NoticeOpened || e.Notice != "1/2026" || e.Sender != o.Sender || e.System != o.System || e.Officer != o.Officer || e.Unit != o.Unit ||
		e.Procedure != o.Procedure || e.Subject != b.log.Pseudonym(o.Subject) || !e.At.Equal(b.start) {
		t.Errorf("on record it is %+v", e)
	}
}

func TestNumbersRunThroughTheYearOfVietnam(t *testing.T) {
	b := newBench(t)
	b.start = time.Date(2026, 12, 31, 16, 59, 59, 0, time.UTC) // one second before midnight at UTC+7
	var got []string
	for _, step := range []time.Duration{0, 0, time.Second, 0, 24 * time.Hour, -48 * time.Hour} {
		b.pass(step)
		got = append(got, b.begin("").String())
	}
	if want := []string{"1/2026", "2/2026", "1/2027", "2/2027", "3/2027", "3/2026"}; !slices.Equal(got, want) {
		t.Errorf("numbers are %v, want %v", got, want)
	}
}

func TestNumbersHaveNoGapsHoweverManyOpenAtOnce(t *testing.T) {
	b := newBench(t)
	other := &bench{t: t, path: b.path, start: b.start, damaged: true} // another process; the first one checks
	other.open()
	defer other.close()
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[notice.Number]int{}
	for i := range 8 {
		desk := b.desk
		if i%4 == 0 {
			desk = other.desk
		}
		wg.Go(func() {
			for range 20 {
				o := opening("")
				bad := o
				bad.Subject = "x"
				if _, _, err := desk.Open(context.Background(), bad); err == nil {
					t.Error("a bad notice was opened")
				}
				n, _, err := desk.Open(context.Background(), o)
				if lgsp.KindOf(err) == lgsp.Throttled {
					continue // the other process held the lock for long
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[n.Number]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for n := 1; n <= len(seen); n++ {
		if seen[notice.Number{Year: 2026, N: n}] != 1 {
			t.Errorf("number %d was given %d times", n, seen[notice.Number{Year: 2026, N: n}])
		}
	}
	if len(seen) < 60 || b.count("select count(*) from notice") != int64(len(seen)) {
		t.Errorf("%d numbers were told for %d notices", len(seen), b.count("select count(*) from notice"))
	}
}

func TestARepeatIsTheSameNoticeWhateverItsState(t *testing.T) {
	b := newBench(t)
	first := b.begin("TB-1")
	entries := len(b.record())
	repeat := func(want notice.State) {
		t.Helper()
		o := opening("TB-1")
		o.Officer = "CB-08" // who repeats it may be another
		n, duplicate, err := b.desk.Open(context.Background(), o)
		if err != nil || !duplicate || n.Number != first || n.State != want || n.Officer != "CB-07" {
			t.Errorf("the repeat is %+v, %v, %v; want %s, %s", n, duplicate, err, first, want)
		}
	}
	repeat(notice.New)
	if n := len(b.record()); n != entries {
		t.Errorf("a repeat wrote %d entries", n-entries)
	}
	b.along(first, notice.Sent)
	repeat(notice.Sent)
	b.along(first, notice.Answered, notice.Closed)
	b.live(91 * 24 * time.Hour)
	b.sweep(1)
	repeat(notice.Closed)
	if n := b.count("select count(*) from notice"); n != 1 {
		t.Errorf("%d notices are there", n)
	}
}

func TestAnotherContentUnderTheSameOwnIdIsAConflict(t *testing.T) {
	b := newBench(t)
	first := b.begin("TB-1")
	for what, change := range map[string]func(*notice.Opening){
		"the subject":  func(o *notice.Opening) { o.Subject = "079000000043" },
		"the name":     func(o *notice.Opening) { o.Name = "Nguyễn Văn Khác" },
		"a value":      func(o *notice.Opening) { o.Wrong[0].Right = "19900111" },
		"the words":    func(o *notice.Opening) { o.Text = "" },
		"the contact":  func(o *notice.Opening) { o.Contact = "khác" },
		"an old id":    func(o *notice.Opening) { o.OldID = "020000042" },
		"a field more": func(o *notice.Opening) { o.Wrong = append(o.Wrong, notice.Field{Path: "GioiTinh"}) },
	} {
		o := opening("TB-1")
		change(&o)
		_, _, err := b.desk.Open(context.Background(), o)
		if e := wantKind(t, err, lgsp.Conflict, "Conflict"); !strings.Contains(e.Text, first.String()) {
			t.Errorf("%s: the conflict does not name the notice: %v", what, e.Text)
		}
	}
	o := opening("TB-1")
	o.Sender = "H29.12"
	if n, duplicate, err := b.desk.Open(context.Background(), o); err != nil || duplicate || n.Number == first {
		t.Errorf("the same id of another sender: %+v, %v, %v", n, duplicate, err)
	}
	if one, other := b.begin(""), b.begin(""); one == other {
		t.Error("two notices without own id have one number")
	}
}

func TestABadNoticeIsRefusedWithEverythingThatIsWrong(t *testing.T) {
	b := newBench(t)
	for path, change := range map[string]func(*notice.Opening){
		"donVi":                   func(o *notice.Opening) { o.Sender = "" },
		"heThong":                 func(o *notice.Opening) { o.System = strings.Repeat("x", 201) },
		"maThongBao":              func(o *notice.Opening) { o.LegacyID = "a\nb" },
		"soDinhDanh":              func(o *notice.Opening) { o.Subject = "07900000004" },
		"soDinhDanh missing":      func(o *notice.Opening) { o.Subject = "" },
		"soCMND":                  func(o *notice.Opening) { o.OldID = "12345678a" },
		"hoVaTen":                 func(o *notice.Opening) { o.Name = "Nguyễn\x00" },
		"saiSot missing":          func(o *notice.Opening) { o.Wrong, o.Text = nil, " " },
		"saiSot length":           func(o *notice.Opening) { o.Wrong = make([]notice.Field, 101) },
		"saiSot[1].truong":        func(o *notice.Opening) { o.Wrong[0].Path = "" },
		"saiSot[1].giaTriDung":    func(o *notice.Opening) { o.Wrong[0].Right = o.Wrong[0].Shared },
		"saiSot[1].canCu pattern": func(o *notice.Opening) { o.Wrong[0].Evidence = "\x1b[2J" },
		"moTa pattern":            func(o *notice.Opening) { o.Text = "\xff" },
		" length":                 func(o *notice.Opening) { o.Text = strings.Repeat("x", notice.MaxContent) },
	} {
		o := opening("")
		change(&o)
		_, _, err := b.desk.Open(context.Background(), o)
		e := wantKind(t, err, lgsp.Invalid, "Invalid")
		want, code, _ := strings.Cut(path, " ")
		if len(e.Fields) != 1 || e.Fields[0].Path != want || code != "" && e.Fields[0].Code != code || e.Fields[0].Text == "" || e.Fields[0].Want == "" {
			t.Errorf("%s: %+v", path, e.Fields)
		}
		if strings.Contains(e.Error()+e.Text, "079") || strings.Contains(e.Error(), "Nguyễn") {
			t.Errorf("%s: the error tells of a citizen: %v", path, e)
		}
	}
	o := opening("")
	o.Sender, o.Subject, o.Wrong[0].Path = "", "x", ""
	_, _, err := b.desk.Open(context.Background(), o)
	if e := wantKind(t, err, lgsp.Invalid, "Invalid"); len(e.Fields) != 3 {
		t.Errorf("of three mistakes %d are told: %+v", len(e.Fields), e.Fields)
	}
	if n := b.count("select count(*) from notice"); n != 0 {
		t.Errorf("%d notices are there", n)
	}
}

func TestTheLargestNoticeIsTaken(t *testing.T) {
	b := newBench(t)
	o := opening("")
	o.Wrong, o.Contact, o.Text = nil, "", ""
	for range notice.MaxWrong {
		o.Wrong = append(o.Wrong, notice.Field{Path: "HoVaTen", Shared: strings.Repeat("x", 600)})
	}
	text, err := json.Marshal(o.Content)
	if err != nil {
		t.Fatal(err)
	}
	o.Wrong[0].Shared += strings.Repeat("x", notice.MaxContent-len(text))
	n, _, err := b.desk.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.get(n.Number); !reflect.DeepEqual(*got.Content, o.Content) {
		t.Error("it is not read back whole")
	}
	o.Wrong[0].Shared += "x"
	if _, _, err := b.desk.Open(context.Background(), o); lgsp.KindOf(err) != lgsp.Invalid {
		t.Errorf("one byte more: %v", err)
	}
}

func TestWithoutRoomNewcomersAreRefusedAndTheRestGoesOn(t *testing.T) {
	full := int64(0)
	b := newBench(t, func(o *sqlite.Options, _ *notice.Options) { o.MaxBytes = full })
	n := b.begin("TB-1")
	full = 1
	b.reopen()
	_, _, err := b.desk.Open(context.Background(), opening("TB-2"))
	if e := wantKind(t, err, lgsp.Throttled, "Busy"); e.After == 0 || !errors.Is(err, sqlite.ErrFull) {
		t.Errorf("refused with %+v", e)
	}
	b.along(n, notice.Sent, notice.Answered, notice.Closed)
	full = 0
	b.reopen()
	if next := b.begin("TB-2"); next.N != 2 {
		t.Errorf("the next notice has number %s", next)
	}
}

func TestANoticeWithoutRandomnessIsNotOpened(t *testing.T) {
	b := newBench(t, func(_ *sqlite.Options, o *notice.Options) { o.Rand = bytes.NewReader(make([]byte, 5)) })
	if _, _, err := b.desk.Open(context.Background(), opening("")); err == nil {
		t.Error("a notice was sealed without a whole nonce")
	}
	if n := b.count("select count(*) from notice"); n != 0 {
		t.Errorf("%d notices are there", n)
	}
}

// req
func TestNothingOfANoticeRestsInClear(t *testing.T) {
	b := newBench(t)
	o := opening("079000000042-1") // a sender may make its own id of a personal id
	o.OldID = "020000042"
	n, _, err := b.desk.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	said := notice.Deed{By: "van-hanh-1", Document: "MARK-DOCUMENT", Date: "2026-03-05", Text: "MARK-ANSWER"}
	for _, do := range []func(context.Context, notice.Number, notice.Deed) error{b.desk.Send, b.desk.Answer, b.desk.Send, b.desk.Close} {
		if err := do(context.Background(), n.Number, said); err != nil {
			t.Fatal(err)
		}
	}
	marks := []string{o.Subject, o.OldID, o.Name, o.Text, o.Contact, "Trần Thị Mẫu", o.Wrong[0].Path, o.Wrong[0].Shared, o.Wrong[0].Right, o.Wrong[0].Evidence, "MARK-DOCUMENT", "MARK-ANSWER"}
	search := func(when string) {
		found := 0
		for _, suffix := range []string{"", "-wal", "-shm"} {
			data, err := os.ReadFile(b.path + suffix)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			for _, mark := range marks {
				if bytes.Contains(data, []byte(mark)) {
					t.Errorf("%s: %q stands in %q", when, mark, "lgspd.db"+suffix)
				}
			}
			found += bytes.Count(data, []byte("notice-opened"))
		}
		if found == 0 {
			t.Errorf("%s: the files hold no notice at all", when)
		}
	}
	search("while it is open")
	b.reopen()
	search("after it was closed")
	if got := b.get(n.Number); got.LegacyID != o.LegacyID || len(got.Steps) != 4 || got.Steps[1].Text != "MARK-ANSWER" {
		t.Errorf("read back as %+v", got)
	}
}
