package bundle_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/bundle"
)

var (
	half = report.FirstHalf(2026)
	now  = time.Date(2026, 7, 1, 2, 0, 0, 0, time.UTC)
)

// site is a daemon with a record that is counted.
type site struct {
	t      *testing.T
	db     *sqlite.DB
	record *audit.Log
	counts *report.Counts
	name   string
	key    ed25519.PrivateKey
	store  *bundle.Store
}

func newSite(t *testing.T, name string, nodes ...bundle.Node) *site {
	t.Helper()
	db, err := sqlite.Open(context.Background(), sqlite.Options{Path: filepath.Join(t.TempDir(), "lgspd.db"),
		Schemas: []sqlite.Schema{audit.Schema(), report.Schema(), bundle.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &site{t: t, db: db, counts: report.New(db), name: name, key: ed25519.NewKeyFromSeed([]byte((name + strings.Repeat("-", 32))[:32]))}
	s.record = audit.New(audit.Options{DB: db, Key: []byte("pseudonyms"), Counter: s.counts, Now: func() time.Time { return now }})
	s.counts.Keep()
	s.store = bundle.NewStore(db, s.record, name, nodes, func() time.Time { return now })
	return s
}

// node is how another site's configuration has this one.
func (s *site) node(departments ...string) bundle.Node {
	public, ok := s.key.Public().(ed25519.PublicKey)
	if !ok {
		s.t.Fatal("no key")
	}
	return bundle.Node{Name: s.name, Key: public, Departments: departments}
}

// receive puts n messages of a department on record.
func (s *site) receive(department string, n int) {
	s.t.Helper()
	for range n {
		if err := s.record.Record(context.Background(), &audit.Entry{At: half.To.Begin(), Event: audit.Accepted, Message: s.name, Sender: department, Service: "hotich.khai-sinh"}); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *site) compile(scope string) report.Report {
	s.t.Helper()
	r, err := s.counts.Compile(context.Background(), report.Order{Period: half, Scope: scope, House: report.House{Province: "Tỉnh Thử", Node: s.name}, At: now})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// bundle is what the site tells, with what change does to it.
func (s *site) bundle(change ...func(*bundle.Bundle)) []byte {
	s.t.Helper()
	b := bundle.Bundle{Node: s.name, Made: now, Period: half, Whole: s.compile("")}
	for _, d := range b.Whole.Departments {
		b.Departments = append(b.Departments, s.compile(d.Code))
	}
	for _, c := range change {
		c(&b)
	}
	var text bytes.Buffer
	if err := bundle.Write(&text, s.key, b); err != nil {
		s.t.Fatal(err)
	}
	return text.Bytes()
}

func TestABundleIsReadAsItWasWritten(t *testing.T) {
	s := newSite(t, "co-so-2")
	s.receive("H29.11", 2)
	raw := s.bundle()
	b, same, err := bundle.Read(bytes.NewReader(raw), []bundle.Node{s.node("H29.11")})
	if err != nil || !bytes.Equal(raw, same) || b.Node != "co-so-2" || b.Whole.Total.Messages.Received != 2 || len(b.Departments) != 1 {
		t.Errorf("%v, %+v", err, b)
	}
}

// Every byte counts: whatever is changed in a bundle, it is refused.
func TestABundleThatWasChangedAnywhereIsRefused(t *testing.T) {
	s := newSite(t, "co-so-2")
	s.receive("H29.11", 2)
	raw := s.bundle()
	nodes := []bundle.Node{s.node("H29.11")}
	for i := 0; i < len(raw); i += 7 {
		changed := bytes.Clone(raw)
		changed[i] ^= 1
		if _, _, err := bundle.Read(bytes.NewReader(changed), nodes); err == nil {
			t.Errorf("byte %d, %q, was changed and taken", i, raw[i])
		}
	}
	for _, cut := range []int{0, 1, 25, 100, len(raw) - 1} {
		if _, _, err := bundle.Read(bytes.NewReader(raw[:cut]), nodes); err == nil {
			t.Errorf("cut off at %d and taken", cut)
		}
	}
	if _, _, err := bundle.Read(bytes.NewReader(append(bytes.Clone(raw), ' ')), nodes); err == nil {
		t.Error("something was added and taken")
	}
}

// What a node signs is still checked: its program may be of a stranger.
func TestASignedBundleThatSaysWhatItMayNotIsRefused(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*bundle.Bundle)
		says   string
	}{
		"another node's name":     {func(b *bundle.Bundle) { b.Node = "co-so-3" }, `calls its node "co-so-3"`},
		"another period":          {func(b *bundle.Bundle) { b.Period = report.SecondHalf(2026) }, "they are of 2026-H1"},
		"another's department":    {func(b *bundle.Bundle) { b.Whole.Departments[0].Code = "H29.12" }, "bring figures of department H29.12"},
		"a line of another's":     {func(b *bundle.Bundle) { b.Whole.Messages[0].Department = "H29.12" }, "bring figures of department H29.12"},
		"a line of nobody":        {func(b *bundle.Bundle) { b.Departments[0].Messages[0].Department = "" }, "no department"},
		"totals that do not add":  {func(b *bundle.Bundle) { b.Whole.Total.Messages.Received++ }, "not the sum of its lines"},
		"a balance that is wrong": {func(b *bundle.Bundle) { b.Whole.Messages[0].Waiting++; b.Whole.Total.Messages.Waiting++ }, "what waits"},
		"numbers below zero": {func(b *bundle.Bundle) {
			m := &b.Whole.Messages[0]
			m.Rejected = -5
			b.Whole.Total.Messages.Rejected = -5
		}, "below zero"},
		"figures of two nodes":     {func(b *bundle.Bundle) { b.Whole.Nodes = append(b.Whole.Nodes, b.Whole.Nodes[0]) }, "not of this node alone"},
		"a department alone":       {func(b *bundle.Bundle) { b.Whole.Scope = "H29.11" }, "does not hold the figures of all"},
		"a department missing":     {func(b *bundle.Bundle) { b.Departments = nil }, "H29.11 alone are missing"},
		"a department twice":       {func(b *bundle.Bundle) { b.Departments = append(b.Departments, b.Departments[0]) }, "stand there twice"},
		"another department's":     {func(b *bundle.Bundle) { b.Departments[0].Scope = "H29.11.1" }, "they hold figures of H29.11"},
		"another format":           {func(b *bundle.Bundle) { b.Whole.Format = 9 }, "format is 9"},
		"other days":               {func(b *bundle.Bundle) { b.Whole.To++ }, "days are not those"},
		"a month that is missing":  {func(b *bundle.Bundle) { b.Whole.Months = b.Whole.Months[1:] }, "days are not those"},
		"a head that is none":      {func(b *bundle.Bundle) { b.Whole.Nodes[0].Hash = "x" }, "not a head"},
		"a confirmed report alone": {func(b *bundle.Bundle) { b.Filed = []report.Filed{{Report: b.Whole}} }, "does not belong to the bundle"},
		"a name of many lines":     {func(b *bundle.Bundle) { b.Departments[0].Departments[0].Name = "Sở\u2029Tư pháp" }, "nobody sees"},
		"two tales of one department": {func(b *bundle.Bundle) {
			r := &b.Departments[0]
			r.Messages = []report.MessageLine{r.Messages[0]}
			r.Messages[0].Repeated, r.Total.Messages.Repeated = 7, 7
			r.Months = append([]report.MonthLine{}, r.Months...)
			r.Months[0].Messages.Repeated = 7
		}, "not those that the node has"},
		"figures of two moments": {func(b *bundle.Bundle) { b.Departments[0].At = b.Departments[0].At.Add(time.Second) }, "not those that the node has"},
		"confirmed too early": {func(b *bundle.Bundle) {
			b.Filed = []report.Filed{{Report: b.Departments[0], At: half.To.Begin()}}
		}, "between the end of its period"},
		"confirmed in time to come": {func(b *bundle.Bundle) {
			b.Filed = []report.Filed{{Report: b.Departments[0], At: b.Made.Add(time.Second)}}
		}, "between the end of its period"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "co-so-2")
			s.receive("H29.11", 2)
			_, _, err := bundle.Read(bytes.NewReader(s.bundle(row.change)), []bundle.Node{s.node("H29.11")})
			if err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %v, want %q", err, row.says)
			}
		})
	}
}

func TestALaterBundleTakesThePlaceOfAnEarlierOne(t *testing.T) {
	other := newSite(t, "co-so-2")
	province := newSite(t, "tinh", other.node("H29.11"))
	province.receive("H29.11", 10)
	other.receive("H29.11", 1)
	early := other.bundle()
	other.receive("H29.11", 1)
	late := other.bundle()
	for _, step := range []struct {
		raw             []byte
		replaced, known bool
		err             error
		received        int64
	}{{early, false, false, nil, 11}, {early, true, true, nil, 11}, {late, true, false, nil, 12}, {early, false, false, bundle.ErrOlder, 12}} {
		in, err := province.store.Add(t.Context(), step.raw, "thu")
		if !errors.Is(err, step.err) || err == nil && (in.Replaced != step.replaced || in.Known != step.known) {
			t.Errorf("%v; replaced %v, known %v", err, in.Replaced, in.Known)
		}
		r, err := province.store.Merge(t.Context(), province.compile(""))
		if err != nil || r.Total.Messages.Received != step.received || len(r.Nodes) != 2 {
			t.Errorf("%v, %+v", err, r.Total.Messages)
		}
	}
	imports := 0
	if _, err := province.record.Read(t.Context(), audit.Range{}, func(e *audit.Entry) error {
		if e.Event == audit.ReportImported && e.Operator == "thu" && e.Report == "2026-H1" && strings.Contains(e.Detail, "node co-so-2") {
			imports++
		}
		return nil
	}); err != nil || imports != 2 {
		t.Errorf("%d imports are on record, %v; want those that changed something", imports, err)
	}
}

func TestOnesOwnFiguresAreNotTakenIn(t *testing.T) {
	s := newSite(t, "tinh")
	s.store = bundle.NewStore(s.db, s.record, "tinh", []bundle.Node{s.node("H29.11")}, time.Now)
	s.receive("H29.11", 1)
	if _, err := s.store.Add(t.Context(), s.bundle(), "thu"); !errors.Is(err, report.ErrTwice) {
		t.Errorf("got %v", err)
	}
}

func TestANameIsNeededToTakeABundleIn(t *testing.T) {
	other := newSite(t, "co-so-2")
	other.receive("H29.11", 1)
	province := newSite(t, "tinh", other.node("H29.11"))
	if _, err := province.store.Add(t.Context(), other.bundle(), ""); err == nil {
		t.Error("it was taken in by nobody")
	}
}

// Whoever can write to the database must not be able to change the figures of others.
func TestABundleThatWasChangedInTheDatabaseIsFound(t *testing.T) {
	other := newSite(t, "co-so-2")
	other.receive("H29.11", 1)
	province := newSite(t, "tinh", other.node("H29.11"))
	if _, err := province.store.Add(t.Context(), other.bundle(), "thu"); err != nil {
		t.Fatal(err)
	}
	if err := province.db.Write(t.Context(), func(tx *sqlite.Tx) error {
		return tx.Do(`update bundle set raw = cast(replace(raw, '"received": 1', '"received": 9') as blob)`)
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := province.store.Merge(t.Context(), province.compile("")); !errors.Is(err, bundle.ErrSignature) && !errors.Is(err, bundle.ErrForm) {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("lgspd-report-bundle 1\nkey \nsignature \n\n{}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, _, err := bundle.Read(bytes.NewReader(raw), nil); err == nil {
			t.Error("a bundle of nobody was taken")
		}
	})
}
