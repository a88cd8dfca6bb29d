package config

import "time"

// System is one information system of a department, as the register of
// approvals has it (TT 46/2022/TT-BCA). What only the request for an approval
// needs may be empty.
type System struct {
	Name          string     `yaml:"name"`        // stands in the record: lower-case words joined by . or -, unique in the department
	Title         string     `yaml:"title"`       // as documents print it
	Purpose       string     `yaml:"purpose"`     // what it uses citizen data for
	Scope         string     `yaml:"scope"`       // whose data, and who uses it
	Description   string     `yaml:"description"` // what is connected and shared
	Level         int        `yaml:"level"`       // of security, 3 to 5 for a system that connects (TT 46/2022/TT-BCA); 0 = not told
	LevelDecision Decision   `yaml:"level_decision"`
	Contact       Contact    `yaml:"contact"` // the officer in charge
	Auth          Auth       `yaml:"auth"`    // how the system proves which it is
	Approvals     []Approval `yaml:"approvals"`
}

// Decision names a document.
type Decision struct {
	Number string `yaml:"number"` // "12/QĐ-UBND"
	Date   Date   `yaml:"date"`
}

// Contact is a person to ask.
type Contact struct {
	Name     string `yaml:"name"`
	Position string `yaml:"position"`
	Phone    string `yaml:"phone"`
	Email    string `yaml:"email"`
}

// Signer is who signs what a department writes.
type Signer struct {
	Authority string `yaml:"authority"` // "KT. GIÁM ĐỐC", "" = signs in his own name
	Position  string `yaml:"position"`  // "PHÓ GIÁM ĐỐC"
	Name      string `yaml:"name"`
}

// Approval lets a system use one service that looks citizens up. Without a
// number and a date it is only asked for, and lets nobody look.
type Approval struct {
	Service  string    `yaml:"service"`  // one of services, whose mapping is of kind lookup
	Purposes []Purpose `yaml:"purposes"` // procedures that it may be used for
	Fields   []string  `yaml:"fields"`   // of the answer, "HoVaTen", "ThuongTru/ChiTiet"; a group stands for all in it
	From     Date      `yaml:"from"`     // first day, of Vietnam's time
	Until    Date      `yaml:"until"`    // last day
	Quota    int       `yaml:"quota"`    // look-ups a day, 1 to 10,000,000
	Officer  string    `yaml:"officer"`  // how an officer is named: personal_id or any; default personal_id
	Number   string    `yaml:"number"`   // of the document that approves, "123/TTDLQG-C06"
	Date     Date      `yaml:"date"`     // of that document
}

// Granted reports whether the approval was given, and not only asked for.
func (a Approval) Granted() bool { return a.Number != "" && !a.Date.IsZero() }

// Purpose is a procedure that citizen data is used for.
type Purpose struct {
	Code  string `yaml:"code"` // MaDVC, "1.004222"
	Title string `yaml:"title"`
}

// LookUps bounds what look-ups may take of the daemon and of the platform.
type LookUps struct {
	Timeout         time.Duration `yaml:"timeout"`          // of one, as a whole; 100ms to 5m; default 10s
	Concurrency     int           `yaml:"concurrency"`      // under way at once, for each upstream; 1 to 1024; default 32
	PerDepartment   int           `yaml:"per_department"`   // of them, those of one department; default 16
	BulkRate        float64       `yaml:"bulk_rate"`        // rows a second of lgspd clean; 0 = no limit; default 20
	BulkConcurrency int           `yaml:"bulk_concurrency"` // of per_department, those that lgspd clean takes; default 4
}

// Notices are notices of errors in shared data.
type Notices struct {
	Recipients []string      `yaml:"recipients"` // whom they are addressed to
	Retain     time.Duration `yaml:"retain"`     // how long the content of a closed one is kept; default 90d
}

// Documents is what documents that the daemon writes have in common.
type Documents struct {
	Platform   string   `yaml:"platform"`   // as documents name it
	Recipients []string `yaml:"recipients"` // of requests to connect
	Bases      []string `yaml:"bases"`      // legal bases of a request to connect
}

func (a *Approval) setDefaults() { a.Officer = officerID }

const (
	officerID  = "personal_id"
	officerAny = "any"
)
