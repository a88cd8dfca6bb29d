package web

import (
	"net/url"
	"strconv"
	"strings"

	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
)

// typed is a statement as it stands in a form: of every text what was typed,
// dates too, whether it can be stored or not.
type typed struct {
	texts               map[string]string
	checks, corrections []map[string]string // a row by its columns
}

// The texts of a statement and the columns of its rows, by their names in JSON.
var (
	statementTexted   = [...]string{"direction", "assessment", "incidents", "difficulties", "proposals", "tasks"}
	checkColumns      = [...]string{"on", "by", "subject", "result", "document"}
	correctionColumns = [...]string{"item", "recorded", "right", "reason"}
)

// typedIn reads a form. Rows that were emptied or struck out are left out, so
// that those that stay are counted as filing counts them.
func typedIn(form url.Values) typed {
	t := typed{texts: map[string]string{}, checks: rowsIn(form, "checks", checkColumns[:]), corrections: rowsIn(form, "corrections", correctionColumns[:])}
	for _, name := range statementTexted {
		t.texts[name] = form.Get(name)
	}
	return t
}

// rowsIn reads the rows of a kind, one more than may be stored at most, which is
// refused then.
func rowsIn(form url.Values, kind string, columns []string) (rows []map[string]string) {
	for n := 1; form.Has(cell(kind, n, columns[0])) && len(rows) <= filing.MaxRows; n++ {
		row, blank := map[string]string{}, true
		for _, c := range columns {
			row[c] = form.Get(cell(kind, n, c))
			blank = blank && isBlank(row[c])
		}
		if !blank && form.Get(cell(kind, n, "remove")) == "" {
			rows = append(rows, row)
		}
	}
	return rows
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// cell is the name of a field in a row.
func cell(kind string, n int, column string) string {
	return kind + "-" + strconv.Itoa(n) + "-" + column
}

// fieldName makes a field's name of the path by which filing tells of it:
// checks[2].on is checks-2-on.
func fieldName(path string) string {
	if path == "checks" || path == "corrections" { // too many of them
		return cell(path, 1, map[string]string{"checks": "on", "corrections": "item"}[path])
	}
	return strings.NewReplacer("[", "-", "].", "-").Replace(path)
}

// noDay is a day of no period: it stands for a date that cannot be read, which
// is then refused together with whatever else is wrong.
const noDay = vntime.Day(-20_000)

// statement is what was typed as it would be stored.
func (t typed) statement() report.Statement {
	s := report.Statement{Direction: t.texts["direction"], Assessment: t.texts["assessment"], Incidents: t.texts["incidents"],
		Difficulties: t.texts["difficulties"], Proposals: t.texts["proposals"], Tasks: t.texts["tasks"]}
	for _, row := range t.checks {
		on, err := vntime.ParseDay(strings.TrimSpace(row["on"]))
		if err != nil && !isBlank(row["on"]) {
			on = noDay
		}
		s.Checks = append(s.Checks, report.Check{On: on, By: row["by"], Subject: row["subject"], Result: row["result"], Document: row["document"]})
	}
	for _, row := range t.corrections {
		s.Corrections = append(s.Corrections, report.Correction{Item: row["item"], Recorded: row["recorded"], Right: row["right"], Reason: row["reason"]})
	}
	return s
}

// typedOf is a statement as a form shows it.
func typedOf(s report.Statement) typed {
	t := typed{texts: map[string]string{"direction": s.Direction, "assessment": s.Assessment, "incidents": s.Incidents, "difficulties": s.Difficulties,
		"proposals": s.Proposals, "tasks": s.Tasks}}
	for _, c := range s.Checks {
		on := ""
		if c.On != 0 {
			on = c.On.String()
		}
		t.checks = append(t.checks, map[string]string{"on": on, "by": c.By, "subject": c.Subject, "result": c.Result, "document": c.Document})
	}
	for _, c := range s.Corrections {
		t.corrections = append(t.corrections, map[string]string{"item": c.Item, "recorded": c.Recorded, "right": c.Right, "reason": c.Reason})
	}
	return t
}
