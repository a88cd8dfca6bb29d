package audit_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
)

// many is a record that takes several reads.
const many = 25_000

func TestAnExportHoldsWhatWasThereWhenItBegan(t *testing.T) {
	b := newBench(t)
	b.appendMany(many)
	stop := &stopper{when: 6 << 20, met: make(chan struct{}), goOn: make(chan struct{})}
	exported := make(chan error, 1)
	go func() {
		_, err := b.log.Export(context.Background(), stop, time.Time{}, time.Time{})
		exported <- err
	}()
	<-stop.met
	from := b.head()
	b.appendMany(20_000)
	close(stop.goOn)
	if err := <-exported; err != nil {
		t.Fatal(err)
	}
	v, err := audit.VerifyExport(&stop.got, from)
	if err != nil || len(v.Problems) > 0 || v.Entries != many {
		t.Errorf("%+v %v", v, err)
	}
}

// stopper stops once in the midst of what is written to it.
type stopper struct {
	got       bytes.Buffer
	when      int
	met, goOn chan struct{}
}

func (s *stopper) Write(p []byte) (int, error) {
	if s.when > 0 && s.got.Len() > s.when {
		s.when = 0
		close(s.met)
		<-s.goOn
	}
	return s.got.Write(p)
}

func TestALongRecordIsVerifiedAcrossItsReads(t *testing.T) {
	b := newBench(t)
	b.appendMany(many)
	b.seal()
	b.expectWhole(many)
	for _, seq := range []int64{9_999, 10_000, 10_001, 20_000, 20_001, many} {
		b.tamper("update audit set entry = replace(entry, 'NGSP-1', 'NGSP-2') where seq = ?", seq)
		expectProblem(t, b.verify(), seq, "was changed")
		b.tamper("update audit set entry = replace(entry, 'NGSP-2', 'NGSP-1') where seq = ?", seq)
	}
	b.tamper("delete from audit where seq between 10001 and 10003")
	expectProblem(t, b.verify(), 10_004, "3 entries are missing")
}

// Entries come and go while the record is read.
func TestARecordIsWholeWhileItGrowsAndIsPruned(t *testing.T) {
	b := newBench(t)
	b.appendMany(many)
	b.live(audit.Retention + time.Hour)
	b.appendMany(1000)
	before := b.now.Add(-audit.Retention)
	pruned := make(chan error, 1)
	go func() {
		n, err := b.log.Prune(context.Background(), before)
		if n != many {
			t.Errorf("pruned %d, want %d", n, many)
		}
		pruned <- err
	}()
	for done := false; !done; {
		select {
		case err := <-pruned:
			if done = true; err != nil {
				t.Error(err)
			}
		default:
		}
		if v := b.verify(); len(v.Problems) > 0 || v.Head.Seq != many+1000 {
			t.Errorf("%+v", v)
		}
	}
	b.expectWhole(1000)
}

// An export is many short reads: one that lasted as long as it takes would keep
// the log of the database from starting again.
func TestAnExportThatPruningOvertakesSaysSo(t *testing.T) {
	b := newBench(t)
	b.appendMany(many)
	b.live(audit.Retention + time.Hour)
	stop := &stopper{when: 1 << 20, met: make(chan struct{}), goOn: make(chan struct{})}
	exported := make(chan error, 1)
	go func() {
		_, err := b.log.Export(context.Background(), stop, time.Time{}, time.Time{})
		exported <- err
	}()
	<-stop.met
	b.expectPrune(many, nil)
	close(stop.goOn)
	if err := <-exported; err == nil || !strings.Contains(err.Error(), "export it again") {
		t.Errorf("the export ended with %v", err)
	}
}

func TestARangeIsFoundAcrossReads(t *testing.T) {
	b := newBench(t)
	start := b.now
	b.appendMany(many)
	b.now = b.now.Add(time.Hour)
	b.append(2)
	b.appendMany(100)
	v, err := audit.VerifyExport(strings.NewReader(b.export(start.Add(time.Hour), start.Add(61*time.Minute))))
	if err != nil || len(v.Problems) > 0 || v.First != many+1 || v.Entries != 1 {
		t.Errorf("%+v %v", v, err)
	}
}
