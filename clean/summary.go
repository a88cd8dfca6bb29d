package clean

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Summary is what a list came to.
type Summary struct {
	In       string    `json:"in"`
	Out      string    `json:"out"`
	Question Question  `json:"-"`
	Began    time.Time `json:"began"`
	Ended    time.Time `json:"ended"`

	Lines  int `json:"lines"`  // of people, with those that could not be asked about
	People int `json:"people"` // different people that could be asked about
	Known  int `json:"known"`  // of those, answered from the journal of an earlier run

	// Lines by verdict; a person who stands on two lines counts twice.
	Match   int           `json:"match"`
	Differs int           `json:"differs"`
	Absent  int           `json:"absent"`
	Failed  int           `json:"failed"`
	Reasons []ReasonCount `json:"reasons"` // of the failed lines, most first
}

// ReasonCount says how many lines failed for one reason.
type ReasonCount struct {
	Reason string `json:"reason"`
	Lines  int    `json:"lines"`
}

// count adds a line.
func (s *Summary) count(o Outcome, reasons map[string]int) {
	s.Lines++
	switch o.Verdict {
	case Match:
		s.Match++
	case Differs:
		s.Differs++
	case Absent:
		s.Absent++
	case Failed:
		s.Failed++
		reasons[o.Reason]++
	}
}

func (s *Summary) sortReasons(reasons map[string]int) {
	s.Reasons = nil
	for r, n := range reasons {
		s.Reasons = append(s.Reasons, ReasonCount{r, n})
	}
	slices.SortFunc(s.Reasons, func(a, b ReasonCount) int { return cmp.Or(b.Lines-a.Lines, cmp.Compare(a.Reason, b.Reason)) })
}

// Share returns which part of all lines n is, from 0 to 1.
func (s Summary) Share(n int) float64 {
	if s.Lines == 0 {
		return 0
	}
	return float64(n) / float64(s.Lines)
}

// fact is one line of a summary.
type fact struct {
	label, text string
	count       int
	counted     bool // count is to be shown, with its share
}

func (s Summary) facts(file string) []fact {
	texts := []fact{
		{label: "Tệp", text: file},
		{label: "Đơn vị", text: s.Question.Department},
		{label: "Hệ thống", text: s.Question.System},
		{label: "Dịch vụ", text: s.Question.service()},
		{label: "Mã thủ tục", text: s.Question.Purpose},
		{label: "Mã cán bộ", text: s.Question.Officer},
		{label: "Bắt đầu", text: moment(s.Began)},
		{label: "Kết thúc", text: moment(s.Ended)},
		{label: "Số người khác nhau đã hỏi", text: strconv.Itoa(s.People)},
		{label: "Trong đó lấy từ nhật ký của lần chạy trước", text: strconv.Itoa(s.Known)},
		{label: "Tổng số dòng", count: s.Lines, counted: true},
		{label: VerdictText(Match), count: s.Match, counted: true},
		{label: VerdictText(Differs), count: s.Differs, counted: true},
		{label: VerdictText(Absent), count: s.Absent, counted: true},
		{label: VerdictText(Failed), count: s.Failed, counted: true},
	}
	for _, r := range s.Reasons {
		texts = append(texts, fact{label: "lỗi: " + ReasonText(r.Reason), count: r.Lines, counted: true})
	}
	return texts
}

// moment says a time as people in Vietnam read it.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return vietnam(t).Format("02/01/2006 15:04:05")
}
