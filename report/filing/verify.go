package filing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/report"
)

// Verdict is what Verify found.
type Verdict struct {
	Versions int       // of all reports
	Proved   int       // frozen versions that are what the record says
	Unproved int       // frozen versions that are older than the record
	Problems []Problem // in the order of reports; empty when all is as it was written
}

// Problem is one report that is not what the record says.
type Problem struct {
	Report  string // Key.String
	Version int    // 0 = the report as a whole
	Text    string
}

func (p Problem) String() string {
	if p.Version == 0 {
		return fmt.Sprintf("report %s: %s", p.Report, p.Text)
	}
	return fmt.Sprintf("report %s, version %d: %s", p.Report, p.Version, p.Text)
}

// verifyMost is how often Verify begins again because reports change meanwhile.
const verifyMost = 5

// Verify compares every report with what the record says of it: each frozen text
// has the hash that its entry tells, nothing that was frozen is gone or came
// from nowhere, and each report is in the state that its last entry led to. That
// the record itself is whole is for audit.Log.Verify to say.
//
// It reads the whole record. Error: Unavailable when reports change all the time.
func (d *Desk) Verify(ctx context.Context) (Verdict, error) {
	before, err := d.kept(ctx)
	for try := 0; err == nil && try < verifyMost; try++ {
		said := sayings{frozen: map[claim]string{}, issued: map[claim]string{}, last: map[string]State{}}
		if said.since, err = d.opt.Audit.Reports(ctx, said.take); err != nil {
			break
		}
		var after []kept
		if after, err = d.kept(ctx); err != nil {
			break
		}
		if slices.EqualFunc(before, after, sameKept) { // so the record was read as of the same moment
			return said.judge(after), nil
		}
		before = after
	}
	if err != nil {
		return Verdict{}, fmt.Errorf("verify the reports: %w", err)
	}
	return Verdict{}, &lgsp.Error{Kind: lgsp.Unavailable, Op: "filing.verify", Code: "Busy", After: busyAfter,
		Text: "Các báo cáo đang được thay đổi liên tục nên chưa đối chiếu được; hãy thực hiện lại sau ít phút.", Err: errors.New("reports change all the time")}
}

// kept is what the database holds of a version.
type kept struct {
	row
	report   string
	sum      string    // SHA-256 of the frozen text; "" = it is not frozen
	since    time.Time // when the version was frozen, else when its report changed last
	last     bool      // of its report
	broken   string    // what is wrong with it by itself
	revision int64
}

func sameKept(a, b kept) bool {
	return a.report == b.report && a.Version == b.Version && a.revision == b.revision && a.State == b.State && a.sum == b.sum
}

// kept reads every version, of the frozen texts what they hash to.
func (d *Desk) kept(ctx context.Context) (all []kept, err error) {
	rows, err := d.db.Read().QueryContext(ctx, `select period, department, version, state, revision, statement, edited, account, name, coalesce(hash, ''), coalesce(number, ''), coalesce(dated, ''), frozen,
			coalesce((select max(at) from filing_step s where s.period = f.period and s.department = f.department
				and (f.frozen is null or s.version = f.version and s.event in ('report-confirmed', 'report-consolidated'))), 0)
		from filing f order by period, department, version`)
	if err != nil {
		return nil, err
	}
	for err == nil && rows.Next() {
		var s scanned
		var k kept
		var since int64
		if err = rows.Scan(append(s.into(), &k.frozen, &since)...); err != nil {
			break
		}
		k.take(s, since)
		all = append(all, k)
	}
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].last = i+1 == len(all) || all[i+1].report != all[i].report
	}
	return all, nil
}

// take looks at a version by itself, and forgets its text.
func (k *kept) take(s scanned, since int64) {
	k.since, k.revision = fromMillis(since), s.revision
	k.report = s.period
	if s.department != "" {
		k.report += "/" + s.department
	}
	f, err := s.filing()
	k.Filing = f
	if k.frozen != nil {
		k.sum = hashOf(k.frozen)
	}
	switch {
	case k.sum != s.hash:
		k.broken = "its text was changed: it does not have its hash"
	case err != nil:
		k.broken = "its row cannot be read"
	case k.frozen != nil && !saysStatement(k.frozen, f.Statement):
		k.broken = "its statement is not the one that was frozen"
	}
	k.frozen = nil
}

// saysStatement reports whether a frozen text holds a statement.
func saysStatement(frozen []byte, s report.Statement) bool {
	var said struct{ Statement report.Statement }
	if err := json.Unmarshal(frozen, &said); err != nil {
		return false
	}
	a, errA := json.Marshal(said.Statement)
	b, errB := json.Marshal(s)
	return errors.Join(errA, errB) == nil && bytes.Equal(a, b)
}

// claim names a version in the record.
type claim struct {
	report  string
	version int
}

// sayings is what the record says of reports.
type sayings struct {
	since  time.Time        // of what was before, entries may be gone
	frozen map[claim]string // the detail of its entry
	issued map[claim]string
	last   map[string]State // by report
}

func (s *sayings) take(e audit.Entry) error {
	state := stateAfter(e.Event)
	if state == None {
		return nil // of others
	}
	s.last[e.Report] = state
	var c claim
	c.report = e.Report
	switch state {
	case Confirmed, Consolidated, Issued:
		if _, err := fmt.Sscanf(e.Detail, "version %d,", &c.version); err != nil {
			return fmt.Errorf("entry %d names no version", e.Seq)
		}
		into := s.frozen
		if state == Issued {
			into = s.issued
		}
		into[c] = e.Detail
	}
	return nil
}

// judge compares what the record says with what is kept.
func (s *sayings) judge(all []kept) Verdict {
	v := Verdict{Versions: len(all)}
	found := map[claim]bool{}
	reports := map[string]bool{}
	for _, k := range all {
		reports[k.report] = true
		found[claim{k.report, k.Version}] = k.sum != ""
		if text := s.wrong(k); text != "" {
			v.Problems = append(v.Problems, Problem{k.report, k.Version, text})
			continue
		}
		_, told := s.frozen[claim{k.report, k.Version}]
		switch {
		case k.sum == "":
		case told:
			v.Proved++
		default:
			v.Unproved++
		}
	}
	for c := range s.frozen {
		if !found[c] {
			v.Problems = append(v.Problems, Problem{c.report, c.version, "the record says that it was frozen, and its text is gone"})
		}
	}
	for name := range s.last {
		if !reports[name] {
			v.Problems = append(v.Problems, Problem{name, 0, "the record tells of it, and it is gone"})
		}
	}
	slices.SortFunc(v.Problems, func(a, b Problem) int {
		if c := strings.Compare(a.Report, b.Report); c != 0 {
			return c
		}
		return a.Version - b.Version
	})
	return v
}

// wrong says what is wrong with a version, "" if nothing is.
func (s *sayings) wrong(k kept) string {
	if k.broken != "" {
		return k.broken
	}
	old := !s.since.IsZero() && k.since.Before(s.since)
	c := claim{k.report, k.Version}
	if k.sum != "" {
		plain := row{Filing: Filing{Version: k.Version, Hash: k.sum}}
		told, ok := s.frozen[c]
		switch {
		case !ok && !old:
			return "it is frozen, and the record does not tell of that"
		case ok && told != plain.detail():
			return "its text is not the one that the record tells of"
		}
	}
	if told, ok := s.issued[c]; ok != (k.State == Issued) && !(old && !ok) || ok && told != k.detail() {
		return "its number or date is not what the record tells"
	}
	if state, ok := s.last[k.report]; k.last && (ok && state != k.State || !ok && !old) {
		return fmt.Sprintf("it is %s, and the record says %s", k.State, state)
	}
	return ""
}
