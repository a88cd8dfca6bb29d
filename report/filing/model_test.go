package filing_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report/filing"
)

// model is the desk in as few words as possible: what stands of each report.
type model struct {
	department string
	state      filing.State
	version    int
	revision   int64
	frozen     map[int]string // hash by version
	steps      []filing.State
	said       string         // of the statement
	parts      map[string]int // in the province's last frozen version
}

// leads says whether an arrow is there for a report.
func (m *model) leads(all map[string]*model, to filing.State) bool {
	province := m.department == ""
	switch to {
	case filing.Draft:
		return slices.Contains([]filing.State{filing.None, filing.Draft, filing.Returned, filing.Consolidated}, m.state)
	case filing.Completed:
		return !province && m.state == filing.Draft
	case filing.Confirmed:
		return !province && m.state == filing.Completed
	case filing.Received:
		return m.state == filing.Confirmed
	case filing.Returned:
		p := all[""]
		return m.state == filing.Confirmed || m.state == filing.Received && !(p.state.Frozen() && p.parts[m.department] == m.version)
	case filing.Consolidated:
		return province && slices.Contains([]filing.State{filing.None, filing.Draft, filing.Consolidated}, m.state)
	case filing.Issued:
		return province && m.state == filing.Consolidated
	}
	return false
}

// follow makes the model what the desk became.
func (m *model) follow(all map[string]*model, f filing.Filing, to filing.State) {
	if to != m.state || to == filing.Consolidated {
		m.steps = append(m.steps, to)
	}
	if to == filing.Draft && m.state != filing.Draft || to == filing.Consolidated && m.state != filing.Draft {
		m.version++
	}
	m.state, m.revision, m.said = to, m.revision+1, f.Statement.Tasks
	switch to {
	case filing.Confirmed, filing.Consolidated:
		m.frozen[m.version] = f.Hash
	}
	if to == filing.Consolidated {
		m.parts = map[string]int{}
		for _, other := range all {
			if other.state == filing.Received {
				m.parts[other.department] = other.version
			}
		}
	}
}

type modelRun struct {
	*bench
	all    map[string]*model
	random *rand.Rand
	saves  int
}

func TestTheDeskDoesWhatItsModelDoes(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := &modelRun{bench: newBench(t), all: map[string]*model{}, random: rand.New(rand.NewPCG(seed, 19))}
			for _, department := range []string{"", "H29.11", "H29.12", "H29.13"} {
				r.all[department] = &model{department: department, frozen: map[int]string{}}
			}
			for range 250 {
				r.step()
			}
			r.compare()
		})
	}
}

func (r *modelRun) pick() *model {
	return r.all[[]string{"", "H29.11", "H29.12", "H29.13"}[r.random.IntN(4)]]
}

func (r *modelRun) step() {
	r.t.Helper()
	switch n := r.random.IntN(100); {
	case n < 80:
		m := r.pick()
		to := r.pickState(m)
		got, err := r.try(m, m.revision, to)
		r.judge(m, to, got, err)
	case n < 85:
		m := r.pick()
		_, err := r.try(m, m.revision+int64(r.random.IntN(2)*2-1), r.pickState(m))
		if lgsp.KindOf(err) != lgsp.Conflict && lgsp.KindOf(err) != lgsp.Invalid {
			r.t.Fatalf("from another revision: %v", err)
		}
	case n < 93:
		r.crowd()
	case n < 97:
		r.compare()
	default:
		r.reopen()
	}
	r.pass(time.Second)
}

// pickState prefers arrows that are there; issuing, which ends all, comes late.
func (r *modelRun) pickState(m *model) filing.State {
	for range 4 {
		to := filing.State(1 + r.random.IntN(7))
		if to == filing.Issued && r.random.IntN(8) > 0 {
			continue
		}
		if m.leads(r.all, to) {
			return to
		}
	}
	return filing.State(1 + r.random.IntN(6))
}

func (r *modelRun) try(m *model, seen int64, to filing.State) (filing.Filing, error) {
	k := filing.Key{Period: half, Department: m.department}
	switch to {
	case filing.Draft:
		r.saves++
		s := statement()
		s.Tasks = fmt.Sprint("lần ", r.saves)
		return r.desk.Save(ctx, k, seen, s, officer)
	case filing.Completed:
		return r.desk.Complete(ctx, k, seen, officer)
	case filing.Confirmed:
		return r.desk.Confirm(ctx, k, seen, r.figures(k), officer)
	case filing.Received:
		return r.desk.Receive(ctx, k, seen, police)
	case filing.Returned:
		return r.desk.Return(ctx, k, seen, police, "vì lý do")
	case filing.Consolidated:
		if m.department == "" {
			return r.desk.Consolidate(ctx, half, filing.Consolidation{Seen: seen, By: police, Departments: both, Reason: "bổ sung"})
		}
	case filing.Issued:
		if m.department == "" {
			return r.desk.Issue(ctx, half, seen, police, "05/BC-CATP", vntime.DayOf(r.now()))
		}
	}
	return filing.Filing{}, &lgsp.Error{Kind: lgsp.Conflict} // there is no such verb
}

func (r *modelRun) judge(m *model, to filing.State, got filing.Filing, err error) {
	r.t.Helper()
	if !m.leads(r.all, to) {
		if kind := lgsp.KindOf(err); kind != lgsp.Conflict && (kind != lgsp.Invalid || m.department != "") {
			r.t.Fatalf("%q from %s to %s: %v, want a refusal", m.department, m.state, to, err)
		}
		return
	}
	if err != nil {
		r.t.Fatalf("%q from %s to %s: %v", m.department, m.state, to, err)
	}
	m.follow(r.all, got, to)
	if got.State != m.state || got.Version != m.version || got.Revision != m.revision {
		r.t.Fatalf("it is %+v, want %+v", got, m)
	}
}

// crowd does several things with one report at once: one at most is done.
func (r *modelRun) crowd() {
	r.t.Helper()
	m := r.pick()
	states := make([]filing.State, 4)
	for i := range states {
		states[i] = r.pickState(m)
	}
	seen, k := m.revision, filing.Key{Period: half, Department: m.department}
	figures := r.figures(k)
	results, errs := make([]filing.Filing, len(states)), make([]error, len(states))
	var group sync.WaitGroup
	for i, to := range states {
		group.Go(func() {
			switch to {
			case filing.Draft:
				s := statement()
				s.Tasks = fmt.Sprint("cùng lúc ", i)
				results[i], errs[i] = r.desk.Save(ctx, k, seen, s, officer)
			case filing.Confirmed:
				results[i], errs[i] = r.desk.Confirm(ctx, k, seen, figures, officer)
			default:
				results[i], errs[i] = r.try(m, seen, to)
			}
		})
	}
	group.Wait()
	done := -1
	for i, err := range errs {
		if err != nil {
			continue
		}
		if done >= 0 || !m.leads(r.all, states[i]) {
			r.t.Fatalf("from %s, of %v at once also %s was done", m.state, states, states[i])
		}
		done = i
	}
	if done >= 0 {
		m.follow(r.all, results[done], states[done])
	} else if slices.ContainsFunc(states, func(to filing.State) bool { return m.leads(r.all, to) }) {
		r.t.Fatalf("from %s, of %v at once none was done: %v", m.state, states, errs)
	}
}

// compare looks whether all that the desk tells is what the model says.
func (r *modelRun) compare() {
	r.t.Helper()
	board := r.board()
	for _, m := range r.all {
		k := filing.Key{Period: half, Department: m.department}
		f := r.get(k)
		if f.State != m.state || f.Version != m.version || f.Revision != m.revision || f.Statement.Tasks != m.said {
			r.t.Fatalf("it is %+v\nwant %+v", f, m)
		}
		versions, err := r.desk.Versions(ctx, k)
		if err != nil || len(versions) != m.version {
			r.t.Fatalf("%d versions, %v; want %d", len(versions), err, m.version)
		}
		for _, v := range versions {
			if v.Hash != m.frozen[v.Version] {
				r.t.Fatalf("version %d of %s has hash %q, want %q", v.Version, k, v.Hash, m.frozen[v.Version])
			}
		}
		history, err := r.desk.History(ctx, k)
		var steps []filing.State
		for _, s := range history {
			steps = append(steps, s.State)
		}
		if err != nil || !slices.Equal(steps, m.steps) {
			r.t.Fatalf("%s went %v, %v; want %v", k, steps, err, m.steps)
		}
		var line filing.Line
		if m.department == "" {
			line = board.Province
		}
		for _, l := range board.Departments {
			if l.Department == m.department {
				line = l
			}
		}
		if line.State != m.state || line.Version != m.version || line.Revision != m.revision {
			r.t.Fatalf("the board shows %+v, want %+v", line, m)
		}
	}
	if p := r.all[""]; len(p.frozen) > 0 {
		last := slices.Max(slices.Collect(maps.Keys(p.frozen)))
		got := map[string]int{}
		for _, part := range r.province(last).Parts {
			got[part.Department] = part.Version
		}
		if fmt.Sprint(got) != fmt.Sprint(p.parts) {
			r.t.Fatalf("the province's report holds %v, want %v", got, p.parts)
		}
	}
}
