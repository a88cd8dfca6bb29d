// Package account keeps the people who may use the web pages: their names,
// roles and passwords.
//
// It promises that no password can be read or tried quickly, that guessing
// locks an account whatever is restarted, that nothing tells a stranger which
// names there are, and that every sign-in and every change is on record in the
// same commit. // req: R-16
package account

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Role is what an account is for. Stored: never reorder.
type Role uint8

// The roles. Rights are not graded: an admin looks after accounts and sees no
// more of a department's report than the police let everybody see.
const (
	Admin   Role = iota + 1 // quản trị: looks after accounts
	Officer                 // cán bộ sở: works on the reports of one department
	Police                  // công an: collects the reports of all departments
)

var roleNames = [...]string{"", "admin", "officer", "police"}

func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return ""
}

// MarshalText writes the name of the role.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the name of a role.
func (r *Role) UnmarshalText(text []byte) error {
	role, ok := ParseRole(string(text))
	if !ok {
		return fmt.Errorf("there is no role %q", text)
	}
	*r = role
	return nil
}

// ParseRole reads the name of a role.
func ParseRole(s string) (Role, bool) {
	for i, name := range roleNames {
		if i > 0 && name == s {
			return Role(i), true
		}
	}
	return 0, false
}

// Roles returns all roles.
func Roles() []Role { return []Role{Admin, Officer, Police} }

// Profile is what is said of a person.
type Profile struct {
	FullName   string `json:"full_name"` // as documents print it
	Role       Role   `json:"role"`
	Department string `json:"department,omitempty"` // agency code; an officer has one, others have none
}

// Account is one account, without what its password is checked with.
type Account struct {
	Name string `json:"name"`
	Profile
	Disabled   bool      `json:"disabled"`
	MustChange bool      `json:"must_change"`           // the password was given or is too old: nothing else may be done before it is changed
	Changed    time.Time `json:"changed"`               // when the password was
	Locked     time.Time `json:"locked_until,omitzero"` // zero = it is not
	Failed     int       `json:"failed"`                // wrong passwords since the last lock-out or sign-in
	Added      time.Time `json:"added"`
	SignedIn   time.Time `json:"signed_in,omitzero"` // last; zero = never

	// Stamp rises with every change that ends the account's sessions: of role,
	// department or password, and when it is disabled. A session holds the
	// Stamp that it began with.
	Stamp int64 `json:"-"`
}

// By says who does something, for the record.
type By struct {
	Operator string     // name of an account, or of an operator of this machine
	From     netip.Addr // where from; the zero Addr = by a command on this machine
}

// ErrNoOperator is returned for a deed that nobody put their name to.
var ErrNoOperator = errors.New("a deed needs the operator's name")

// Bounds.
const (
	minName     = 3
	maxName     = 32
	maxFullName = 100 // characters
	minPassword = 12  // characters; TCVN 11930:2017, level 3
	maxPassword = 128 // bytes, so that nobody has megabytes hashed
	earlier     = 4   // passwords remembered beside the present one

	// FirstPasswordFor is how long a password that was given may be used.
	FirstPasswordFor = 7 * 24 * time.Hour
)

// Lock-out: TCVN 11930:2017 asks that wrong passwords in some time are limited.
const (
	failMost   = 5                // wrong passwords
	failWithin = 15 * time.Minute // in this time lock an account
	lockFirst  = 15 * time.Minute // for so long, then twice as long
	lockMost   = 4 * time.Hour    // up to this
	lockForget = 24 * time.Hour   // without a wrong password, after which the first lock-out is short again
)

// lockFor returns how long the lock-out after so many before it lasts.
func lockFor(locks int64) time.Duration {
	if locks > 10 {
		return lockMost
	}
	return min(lockFirst<<locks, lockMost)
}
