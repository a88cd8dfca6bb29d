package register

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/citizen"
)

const (
	askingDepartment = "H29.11"
	askingSystem     = "mot-cua"
	askedService     = "dancu.tra-cuu"
	askingOfficer    = "079080000009"
	approvedPurpose  = "1.004222"
)

// purposeOf is what a question for an approved purpose says.
var purposeOf = lgsp.Purpose{Procedure: approvedPurpose, Officer: askingOfficer, Unit: askingDepartment}

// dayIn is the first moment of a day of Vietnam's time.
func dayIn(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, Vietnam)
}

// grantFor is an approval for 2026, ten look-ups a day, which set may change.
func grantFor(t testing.TB, set ...func(*Grant)) Grant {
	t.Helper()
	approved, err := citizen.NewApproved(citizen.Person, []string{"HoVaTen"})
	if err != nil {
		t.Fatal(err)
	}
	g := Grant{Department: askingDepartment, System: askingSystem, Service: askedService, Purposes: []string{approvedPurpose, "1.001193"},
		From: dayIn(2026, 1, 1), Until: dayIn(2027, 1, 1), Quota: 10, PersonalID: true, Approved: approved}
	for _, f := range set {
		f(&g)
	}
	return g
}

// lasting has a grant hold from its first to its last day.
func lasting(from, until time.Time) func(*Grant) {
	return func(g *Grant) { g.From, g.Until = from, until.AddDate(0, 0, 1) }
}

func purposes(codes ...string) func(*Grant) { return func(g *Grant) { g.Purposes = codes } }

func registerOf(t testing.TB, grants ...Grant) *Register {
	t.Helper()
	r, err := New(grants)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// decide is Decide for the system, the service and the purpose of the fixtures.
func decide(r *Register, now time.Time) (*Grant, *lgsp.Error) {
	return r.Decide(askingDepartment, askingSystem, askedService, purposeOf, now)
}

// expectRefusal fails unless a refusal is of that code and a sentence that
// somebody can act on.
func expectRefusal(t *testing.T, g *Grant, err *lgsp.Error, code string) {
	t.Helper()
	if err == nil {
		t.Fatalf("it is allowed by %+v, want %s", g, code)
	}
	if g != nil || err.Kind != lgsp.Forbidden || err.Code != code {
		t.Fatalf("got %v, %v (%s), want %s", g, err, err.Code, code)
	}
	if !strings.HasSuffix(err.Text, ".") {
		t.Errorf("no sentence: %q", err.Text)
	}
}

var summer = dayIn(2026, 7, 15).Add(9 * time.Hour)

// req: R-06
func TestNothingIsApprovedByDefault(t *testing.T) {
	for name, r := range map[string]*Register{"an empty register": registerOf(t), "a register of others": registerOf(t, grantFor(t))} {
		t.Run(name, func(t *testing.T) {
			for _, at := range []place{
				{"H29.12", askingSystem, askedService}, {askingDepartment, "hotich", askedService}, {askingDepartment, askingSystem, "dancu.xac-thuc"},
				{"", askingSystem, askedService}, {askingDepartment, askingSystem, ""}, {"H29.1", askingSystem, askedService}, {"h29.11", askingSystem, askedService},
			} {
				if err := r.Knows(at.department, at.system, at.service); err == nil || err.Code != "NotApproved" {
					t.Errorf("%v is known: %v", at, err)
				}
				g, err := r.Decide(at.department, at.system, at.service, purposeOf, summer)
				expectRefusal(t, g, err, "NotApproved")
			}
			g, err := r.Decide(askingDepartment, "", askedService, purposeOf, summer)
			expectRefusal(t, g, err, "NoSystem")
		})
	}
	for name, set := range map[string]func(*Grant){
		"no fields":        func(g *Grant) { g.Approved = nil },
		"no purpose":       purposes(),
		"no time":          func(g *Grant) { g.From, g.Until = time.Time{}, time.Time{} },
		"an end at once":   func(g *Grant) { g.Until = g.From },
		"an end before it": func(g *Grant) { g.Until = g.From.Add(-time.Second) },
	} {
		if _, err := New([]Grant{grantFor(t, set)}); err == nil || !strings.Contains(err.Error(), "approval of H29.11, system mot-cua, for dancu.tra-cuu") {
			t.Errorf("a grant with %s: %v", name, err)
		}
	}
}

func TestWhoHasAnApprovalIsKnownAlsoWhenItIsNotInForce(t *testing.T) {
	r := registerOf(t, grantFor(t, lasting(dayIn(2020, 1, 1), dayIn(2020, 12, 31))))
	if err := r.Knows(askingDepartment, askingSystem, askedService); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestAQuestionIsAllowedOnlyWhenEveryPartOfAnApprovalCoversIt(t *testing.T) {
	anyOfficer := func(g *Grant) { g.PersonalID = false }
	for name, row := range map[string]struct {
		set  func(*Grant)
		ask  lgsp.Purpose
		now  time.Time
		code string // "" = allowed
	}{
		"all of it":                         {nil, purposeOf, summer, ""},
		"another approved purpose":          {nil, lgsp.Purpose{Procedure: "1.001193", Officer: askingOfficer}, summer, ""},
		"a purpose that is not approved":    {nil, lgsp.Purpose{Procedure: "1.009999", Officer: askingOfficer}, summer, "Purpose"},
		"the beginning of a purpose":        {nil, lgsp.Purpose{Procedure: "1.00422", Officer: askingOfficer}, summer, "Purpose"},
		"no purpose":                        {nil, lgsp.Purpose{Officer: askingOfficer}, summer, "Purpose"},
		"no officer":                        {nil, lgsp.Purpose{Procedure: approvedPurpose}, summer, "Officer"},
		"no officer where any would do":     {anyOfficer, lgsp.Purpose{Procedure: approvedPurpose}, summer, "Officer"},
		"any officer where any does":        {anyOfficer, lgsp.Purpose{Procedure: approvedPurpose, Officer: "CB-07"}, summer, ""},
		"an officer by another code":        {nil, lgsp.Purpose{Procedure: approvedPurpose, Officer: "CB-07"}, summer, "Officer"},
		"an officer of eleven digits":       {nil, lgsp.Purpose{Procedure: approvedPurpose, Officer: "07908000000"}, summer, "Officer"},
		"an officer of thirteen digits":     {nil, lgsp.Purpose{Procedure: approvedPurpose, Officer: "0790800000091"}, summer, "Officer"},
		"an officer with a letter":          {nil, lgsp.Purpose{Procedure: approvedPurpose, Officer: "07908000000O"}, summer, "Officer"},
		"an officer in digits of elsewhere": {nil, lgsp.Purpose{Procedure: approvedPurpose, Officer: "०७९०"}, summer, "Officer"}, // twelve bytes
		"the last second before it":         {nil, purposeOf, dayIn(2026, 1, 1).Add(-time.Second), "NotYet"},
		"its first moment":                  {nil, purposeOf, dayIn(2026, 1, 1), ""},
		"the last second of its last day":   {nil, purposeOf, dayIn(2027, 1, 1).Add(-time.Second), ""},
		"the last nanosecond of that day":   {nil, purposeOf, dayIn(2027, 1, 1).Add(-1), ""},
		"the second after":                  {nil, purposeOf, dayIn(2027, 1, 1), "Ended"},
		// Days are Vietnam's, whatever zone the clock of the daemon is in.
		"its first moment, told in UTC":    {nil, purposeOf, time.Date(2025, 12, 31, 17, 0, 0, 0, time.UTC), ""},
		"the second before it, in UTC":     {nil, purposeOf, time.Date(2025, 12, 31, 16, 59, 59, 0, time.UTC), "NotYet"},
		"its last second, told in UTC":     {nil, purposeOf, time.Date(2026, 12, 31, 16, 59, 59, 0, time.UTC), ""},
		"the second after, told in UTC":    {nil, purposeOf, time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC), "Ended"},
		"before its time and out of place": {nil, lgsp.Purpose{}, dayIn(2025, 6, 1), "NotYet"},
		"after its time and out of place":  {nil, lgsp.Purpose{}, dayIn(2028, 6, 1), "Ended"},
	} {
		t.Run(name, func(t *testing.T) {
			given := grantFor(t)
			if row.set != nil {
				row.set(&given)
			}
			g, err := registerOf(t, given).Decide(askingDepartment, askingSystem, askedService, row.ask, row.now)
			if row.code != "" {
				expectRefusal(t, g, err, row.code)
				return
			}
			if err != nil || g.Approved != given.Approved {
				t.Errorf("got %v, %v", g, err)
			}
		})
	}
}

func TestARefusalNamesTheDaysOfTheApproval(t *testing.T) {
	r := registerOf(t, grantFor(t))
	for want, now := range map[string]time.Time{
		"chưa có hiệu lực; hiệu lực bắt đầu từ ngày 01/01/2026": dayIn(2025, 6, 1),
		"hết hiệu lực từ ngày 01/01/2027":                       dayIn(2028, 6, 1), // the day after its last
	} {
		if _, err := decide(r, now); err == nil || !strings.Contains(err.Text, want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestARenewalGoesOnWhereTheApprovalEnds(t *testing.T) {
	first := grantFor(t)
	next := grantFor(t, lasting(dayIn(2027, 1, 1), dayIn(2028, 12, 31)), func(g *Grant) { g.Quota = 99 })
	for _, grants := range [][]Grant{{first, next}, {next, first}} {
		r := registerOf(t, grants...)
		for now, quota := range map[time.Time]int{
			dayIn(2026, 1, 1): 10, dayIn(2027, 1, 1).Add(-time.Second): 10, dayIn(2027, 1, 1): 99, dayIn(2029, 1, 1).Add(-time.Second): 99,
		} {
			if g, err := decide(r, now); err != nil || g.Quota != quota {
				t.Errorf("at %s: %+v, %v, want the grant with a quota of %d", now, g, err, quota)
			}
		}
	}
}

func TestSeveralApprovalsOfOnePlaceEachCoverTheirOwnPurposes(t *testing.T) {
	r := registerOf(t, grantFor(t, purposes("1.001193")), grantFor(t, func(g *Grant) { g.Quota, g.PersonalID = 77, false }, purposes(approvedPurpose)))
	if g, err := decide(r, summer); err != nil || g.Quota != 77 {
		t.Errorf("got %+v, %v", g, err)
	}
	if g, err := r.Decide(askingDepartment, askingSystem, askedService, lgsp.Purpose{Procedure: "1.001193", Officer: "CB-07"}, summer); err == nil || err.Code != "Officer" {
		t.Errorf("the officer of the other approval will do: %+v, %v", g, err)
	}
}

// Of several refusals the one is told that came nearest to being none.
func TestTheNearestRefusalIsTold(t *testing.T) {
	ended := grantFor(t, lasting(dayIn(2024, 1, 1), dayIn(2024, 12, 31)))
	endedLater := grantFor(t, lasting(dayIn(2025, 1, 1), dayIn(2025, 12, 31)))
	soon := grantFor(t, lasting(dayIn(2027, 1, 1), dayIn(2027, 12, 31)))
	later := grantFor(t, lasting(dayIn(2028, 1, 1), dayIn(2028, 12, 31)))
	other := grantFor(t, purposes("1.009999"))
	ours := grantFor(t)
	for name, row := range map[string]struct {
		grants     []Grant
		officer    string
		code, text string
	}{
		"to come is nearer than ended":       {[]Grant{ended, soon}, askingOfficer, "NotYet", "01/01/2027"},
		"another purpose than to come":       {[]Grant{soon, other, ended}, askingOfficer, "Purpose", "MaDVC"},
		"the officer than another purpose":   {[]Grant{other, ours, soon, ended}, "CB-07", "Officer", "12 chữ số"},
		"of those ended the last one":        {[]Grant{ended, endedLater}, askingOfficer, "Ended", "01/01/2026"},
		"of those to come the first one":     {[]Grant{later, soon}, askingOfficer, "NotYet", "01/01/2027"},
		"in force, with one before and next": {[]Grant{ended, ours, soon}, askingOfficer, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				g, err := registerOf(t, row.grants...).Decide(askingDepartment, askingSystem, askedService, lgsp.Purpose{Procedure: approvedPurpose, Officer: row.officer}, summer)
				if row.code == "" {
					if err != nil {
						t.Errorf("got %v", err)
					}
				} else {
					expectRefusal(t, g, err, row.code)
					if !strings.Contains(err.Text, row.text) {
						t.Errorf("got %q, want %s in it", err.Text, row.text)
					}
				}
				slices.Reverse(row.grants)
			}
		})
	}
}

// What a sender wrote must not come back in a sentence that may be logged.
func TestASentenceHoldsNoCodeOfTheAsker(t *testing.T) {
	marks := lgsp.Purpose{Procedure: "9.MARKDVC", Officer: "MARKCANBO", Unit: "MARKDONVI"}
	ended, soon := grantFor(t, lasting(dayIn(2024, 1, 1), dayIn(2024, 12, 31))), grantFor(t, lasting(dayIn(2027, 1, 1), dayIn(2027, 12, 31)))
	number := regexp.MustCompile(`[0-9]{5,}|[0-9]\.[0-9]`)
	codes := map[string]bool{}
	for _, grants := range [][]Grant{nil, {ended}, {soon}, {grantFor(t)}, {grantFor(t, purposes(marks.Procedure))}} {
		r := registerOf(t, grants...)
		for _, system := range []string{"", askingSystem, "mark-he-thong"} {
			_, err := r.Decide(askingDepartment, system, askedService, marks, summer)
			if err == nil {
				t.Fatal("it is allowed")
			}
			codes[err.Code] = true
			for _, w := range []string{"MARK", "mark", marks.Procedure, askingDepartment, askingSystem, askedService} {
				if strings.Contains(err.Text, w) || strings.Contains(err.Error(), w) {
					t.Errorf("%s tells %s: %v %s", err.Code, w, err, err.Text)
				}
			}
			if found := number.FindString(err.Text); found != "" {
				t.Errorf("%s tells %s", err.Code, found)
			}
		}
	}
	if len(codes) != 6 {
		t.Errorf("refused for %v, want each of the six reasons", codes)
	}
}
