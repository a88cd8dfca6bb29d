package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a report may say at most that came from elsewhere: sums of a hundred such
// totals still fit their numbers, and names still fit a line.
const (
	numberMost = 1e16
	linesMost  = 50_000 // of all lists together
	textMost   = 500    // characters
)

// Check reports whether the figures of a report agree with each other: those of
// a report that came from elsewhere. It holds for every report that Compile
// makes. It does not say that they are true; Verify does, where they come from.
func (r Report) Check() error {
	if r.Format != Format {
		return fmt.Errorf("its format is %d, not %d: have both daemons be of one version", r.Format, Format)
	}
	for _, check := range [...]func() error{r.checkDays, r.checkValues, r.checkOrder, r.checkSums, r.checkLines, r.checkMonths, r.checkParts} {
		if err := check(); err != nil {
			return err
		}
	}
	for _, n := range r.Nodes {
		if _, err := n.Head(); err != nil {
			return err
		}
	}
	return nil
}

func (r Report) checkDays() error {
	same := func(m MonthLine, p Period) bool { return m.From == p.From && m.To == p.To }
	if r.From != r.Period.From || r.To != r.Period.To || r.Period.Days() < 1 || r.Period.Days() > longestDays || !slices.EqualFunc(r.Months, r.Period.Months(), same) {
		return errors.New("its days are not those of its period")
	}
	if r.Over != r.Period.Over(r.At) {
		return errors.New("it does not say rightly whether its period had ended")
	}
	return nil
}

// checkValues looks at every number and text by itself.
func (r Report) checkValues() error {
	lines := len(r.Departments) + len(r.Services) + len(r.Systems) + len(r.LookUps) + len(r.Messages) + len(r.Notices) + len(r.Fields) + len(r.Groups) +
		len(r.Backlogs) + len(r.Outages) + len(r.Security)
	if lines > linesMost {
		return fmt.Errorf("it has %d lines, more than %d", lines, linesMost)
	}
	tree, err := treeOf(r)
	if err != nil {
		return err
	}
	return eachValue("", tree, func(where string, v any) error {
		switch v := v.(type) {
		case json.Number:
			switch n, err := v.Int64(); {
			case err != nil || n > numberMost:
				return fmt.Errorf("%s is larger than it can be", where)
			case n < 0:
				return fmt.Errorf("%s is below zero", where)
			}
		case string:
			if utf8.RuneCountInString(v) > textMost || strings.ContainsFunc(v, unseen) {
				return fmt.Errorf("%s is too long or has characters that nobody sees", where)
			}
		}
		return nil
	})
}

// unseen tells characters that make a text look like another one.
func unseen(c rune) bool {
	return unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) || c == utf8.RuneError
}

// checkOrder looks whether the lists are in the order of their keys, each once:
// what is merged or shown by key would otherwise hide a line.
func (r Report) checkOrder() error {
	switch {
	case !ascends(r.Departments, func(a, b Department) int { return cmp.Compare(a.Code, b.Code) }),
		!ascends(r.Services, func(a, b Service) int { return cmp.Compare(a.Name, b.Name) }),
		!ascends(r.Systems, compareSystems),
		!ascends(r.LookUps, compareLookUps),
		!ascends(r.Messages, compareMessages),
		!ascends(r.Notices, compareNotices),
		!ascends(r.Backlogs, compareBacklogs),
		!ascends(r.Security, compareSecurity),
		!ascends(r.Outages, compareOutages):
		return errors.New("its lines are not in order, each once")
	}
	fields := map[fieldKey]bool{}
	for _, l := range r.Fields {
		fields[fieldKey{l.Department, l.Service, l.Field}] = true
	}
	titles := map[string]bool{}
	for _, l := range r.Groups {
		titles[l.Title] = true
	}
	if len(fields) != len(r.Fields) || len(titles) != len(r.Groups) {
		return errors.New("its lines are not in order, each once")
	}
	return nil
}

func ascends[T any](list []T, compare func(a, b T) int) bool {
	for i := 1; i < len(list); i++ {
		if compare(list[i-1], list[i]) >= 0 {
			return false
		}
	}
	return true
}

// checkSums adds up the lines. Where a sum is too large for its number it turns
// negative on its way.
func (r Report) checkSums() error {
	var t Totals
	fits := true
	for _, l := range r.LookUps {
		t.LookUps.add(l.LookUps)
		fits = fits && notNegative(t.LookUps.sums(), t.LookUps.Within)
	}
	for _, l := range r.Messages {
		t.Messages.add(l.Messages)
		fits = fits && notNegative(t.Messages.sums(), t.Messages.Within)
	}
	for _, l := range r.Notices {
		t.Notices.add(l.Notices)
		fits = fits && notNegative(t.Notices.sums(), Spans{})
	}
	for _, l := range r.Outages {
		t.Outages, t.Down = t.Outages+l.Times, t.Down+l.Down
		fits = fits && t.Outages >= 0 && t.Down >= 0
	}
	for _, l := range r.Security {
		t.Security += l.Times
		fits = fits && t.Security >= 0
	}
	if !fits || r.sum() != r.Total {
		return errors.New("its totals are not the sum of its lines")
	}
	return nil
}

func notNegative(sums []*int64, within Spans) bool {
	return !slices.ContainsFunc(sums, func(n *int64) bool { return *n < 0 }) && slices.Min(within[:]) >= 0
}

// checkLines looks at each line, and at the totals, by itself.
func (r Report) checkLines() error {
	lookUps, messages, notices := []LookUps{r.Total.LookUps}, []Messages{r.Total.Messages}, []Notices{r.Total.Notices}
	if r.Before != nil {
		lookUps, messages, notices = append(lookUps, r.Before.LookUps), append(messages, r.Before.Messages), append(notices, r.Before.Notices)
	}
	for _, l := range r.LookUps {
		lookUps = append(lookUps, l.LookUps)
	}
	for _, l := range r.Messages {
		messages = append(messages, l.Messages)
	}
	for _, l := range r.Notices {
		notices = append(notices, l.Notices)
	}
	for _, m := range r.Months {
		lookUps, messages = append(lookUps, m.LookUps), append(messages, m.Messages)
	}
	for _, l := range lookUps {
		if l.Found+l.NotFound+l.Refused+l.Failed != l.Total || l.Within.sum() != l.Asked || l.Asked > l.Total || l.Slowest > l.Took {
			return errors.New("look-ups by result, or by how long they took, are not all look-ups")
		}
	}
	for _, m := range messages {
		if m.Before+m.Received+m.Readmitted-m.Delivered-m.Dropped != m.Waiting {
			return errors.New("what waits is not what came less what went")
		}
		if m.Within.sum() != m.Delivered || m.Longest > m.Waited {
			return errors.New("messages by how long they waited are not all that were delivered")
		}
	}
	for _, n := range notices {
		if n.Before+n.Opened-n.Closed != n.Open {
			return errors.New("notices that are open are not those that were opened less those that were closed")
		}
	}
	return nil
}

// checkMonths looks whether the months are the whole, and go over into each other.
func (r Report) checkMonths() error {
	var l LookUps
	var m Messages
	waiting := r.Total.Messages.Before
	for _, month := range r.Months {
		if month.Messages.Before != waiting {
			return errors.New("what waits when a month begins is not what waited when the one before ended")
		}
		waiting = month.Messages.Waiting
		l.add(month.LookUps)
		m.add(month.Messages)
	}
	total := r.Total.Messages
	m.Before, m.Waiting, m.Parked = total.Before, waiting, total.Parked // no sums, and months do not tell the last
	if l != r.Total.LookUps || m != total {
		return errors.New("its months are not the whole")
	}
	return nil
}

// checkParts looks at what else is told of the same messages, and at outages.
func (r Report) checkParts() error {
	for i, g := range groupLines(groupsOf(r.Groups), r.Messages) {
		l := r.Groups[i]
		if g.Received != l.Received || g.Delivered != l.Delivered || g.InTime != l.InTime || g.Late != l.Late || g.Waiting != l.Waiting {
			return errors.New("its groups are not what its messages come to")
		}
	}
	waiting, all, rejected := map[string]int64{}, map[string]int64{}, map[account]int64{}
	for _, l := range r.Messages {
		waiting[l.Department] += l.Waiting
		all[l.Department] += l.Before + l.Received + l.Readmitted
		rejected[account{l.Department, l.Service}] = l.Rejected
	}
	most := map[string]int64{}
	for _, l := range r.Backlogs {
		most[l.Department] = l.Most
		if l.Most < 1 || l.Most > all[l.Department] || !r.Period.Has(l.On) {
			return errors.New("a backlog is not one of its messages and days")
		}
	}
	for department, n := range waiting {
		if n > most[department] {
			return errors.New("more messages wait than ever did")
		}
	}
	for _, l := range r.Fields {
		if l.Times < 1 || l.Times > rejected[account{l.Department, l.Service}] {
			return errors.New("a field was wrong in more messages than were rejected")
		}
	}
	for _, l := range r.Outages {
		if !slices.ContainsFunc(r.Nodes, func(n Node) bool { return n.Name == l.Node }) || l.Times < 1 || l.Longest > l.Down {
			return errors.New("an outage is not one of its nodes, or its times do not fit")
		}
	}
	return nil
}

func (s Spans) sum() (n int64) {
	for _, one := range s {
		n += one
	}
	return n
}

// groupsOf returns the groups that lines are of.
func groupsOf(lines []GroupLine) (groups []Group) {
	for _, l := range lines {
		groups = append(groups, Group{Title: l.Title, Services: l.Services})
	}
	return groups
}

func compareSystems(a, b System) int {
	return cmp.Or(cmp.Compare(a.Department, b.Department), cmp.Compare(a.Name, b.Name))
}

func compareNotices(a, b NoticeLine) int { return cmp.Compare(a.Department, b.Department) }

func compareBacklogs(a, b BacklogLine) int { return cmp.Compare(a.Department, b.Department) }

func compareOutages(a, b OutageLine) int {
	return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Upstream, b.Upstream), cmp.Compare(a.Line, b.Line))
}
