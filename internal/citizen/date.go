package citizen

import "time"

// The dates of the two forms.
const (
	liveDate = "20060102"
	qcvnDate = time.DateOnly
)

// dateIn returns a date that is in one of the two forms in the form of layout,
// and any other text as it is.
func dateIn(s, layout string) string {
	if len(s) == len(layout) || !isDate(s) {
		return s
	}
	if layout == liveDate {
		return s[:4] + s[5:7] + s[8:]
	}
	return s[:4] + "-" + s[4:6] + "-" + s[6:]
}

// isDate reports whether s is a day of the calendar in one of the two forms.
func isDate(s string) bool {
	layout := qcvnDate
	switch len(s) {
	case len(liveDate):
		layout = liveDate
	case len(qcvnDate):
	default:
		return false
	}
	_, err := time.Parse(layout, s)
	return err == nil
}

// yearOf returns the year that s is or that the date s is in, "" if it is neither.
func yearOf(s string) string {
	if len(s) == len("2006") && digits(s) {
		return s
	}
	if isDate(s) {
		return s[:len("2006")]
	}
	return ""
}
