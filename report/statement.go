package report

import (
	"time"

	"lgsp.internal/adapter/internal/vntime"
)

// Statement is what people add to the figures: the parts of a report that no
// record knows. It names no citizen. Paragraphs are separated by line breaks.
type Statement struct {
	Direction    string       `json:"direction,omitempty"`    // công tác chỉ đạo, triển khai
	Assessment   string       `json:"assessment,omitempty"`   // đánh giá chung
	Incidents    string       `json:"incidents,omitempty"`    // sự cố an toàn thông tin
	Difficulties string       `json:"difficulties,omitempty"` // khó khăn, vướng mắc // req: R-25
	Proposals    string       `json:"proposals,omitempty"`    // đề xuất, kiến nghị
	Tasks        string       `json:"tasks,omitempty"`        // nhiệm vụ kỳ tới
	Checks       []Check      `json:"checks,omitempty"`       // of security
	Corrections  []Correction `json:"corrections,omitempty"`
}

// Check is a check of security that was made. // req: R-10
type Check struct {
	On       vntime.Day `json:"on"`
	By       string     `json:"by"`       // who checked
	Subject  string     `json:"subject"`  // what was checked
	Result   string     `json:"result"`   // what was found
	Document string     `json:"document"` // that tells of it; "" = none
}

// Correction sets a number right that the record has, with the reason. The
// number of the record stays beside it.
type Correction struct {
	Item     string `json:"item"`     // which number, in words
	Recorded string `json:"recorded"` // by the record
	Right    string `json:"right"`
	Reason   string `json:"reason"`
}

// Filed is a department's report as it was confirmed: nobody changes it any more.
type Filed struct {
	Report    Report    `json:"report"`
	Statement Statement `json:"statement"`
	By        string    `json:"by"` // full name of who confirmed it
	At        time.Time `json:"at"` // UTC
}
