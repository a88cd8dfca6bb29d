package bundle

import (
	"slices"

	"lgsp.internal/adapter/report"
)

// agree reports whether the figures of a department alone are those that the
// figures of its whole node have for it.
func agree(whole, alone report.Report) bool {
	return slices.Equal(only(whole.LookUps, func(l report.LookUpLine) bool { return l.Department == alone.Scope }), alone.LookUps) &&
		slices.Equal(only(whole.Messages, func(l report.MessageLine) bool { return l.Department == alone.Scope }), alone.Messages) &&
		slices.Equal(only(whole.Notices, func(l report.NoticeLine) bool { return l.Department == alone.Scope }), alone.Notices) &&
		slices.Equal(only(whole.Fields, func(l report.FieldLine) bool { return l.Department == alone.Scope }), alone.Fields) &&
		slices.Equal(only(whole.Backlogs, func(l report.BacklogLine) bool { return l.Department == alone.Scope }), alone.Backlogs) &&
		slices.Equal(only(whole.Security, func(l report.SecurityLine) bool { return l.Department == alone.Scope }), alone.Security) &&
		whole.Nodes[0] == alone.Nodes[0] && whole.At.Equal(alone.At)
}

func only[T any](list []T, of func(T) bool) (found []T) {
	for _, one := range list {
		if of(one) {
			found = append(found, one)
		}
	}
	return found
}
