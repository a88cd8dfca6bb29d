// Package register is the register of approvals (sổ đăng ký, TT 46/2022/TT-BCA):
// it says what the systems of departments may look up, what for, which fields
// of an answer they may see, for how long and how often, and writes the request
// for an approval.
//
// It promises that what no approval names is refused. // req: R-06
package register

import (
	"fmt"
	"slices"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/citizen"
)

// Vietnam is the time zone that days of approvals and quotas are counted in.
var Vietnam = time.FixedZone("UTC+7", 7*60*60)

// Grant is one approval in the form that look-ups are decided by.
type Grant struct {
	Department string    // agency code, "H29.11"
	System     string    // name of the system, "mot-cua"
	Service    string    // "dancu.tra-cuu"
	Purposes   []string  // codes of procedures (MaDVC) that it may be used for
	From       time.Time // the first moment that it holds
	Until      time.Time // the first moment that it holds no more
	Quota      int       // look-ups a day of Vietnam's time
	PersonalID bool      // the officer (MaCanBo) is named by a personal id of 12 digits
	Approved   *citizen.Approved
}

// place is whom and what a grant is for.
type place struct{ department, system, service string }

// Register holds the grants. It never changes.
type Register struct{ grants map[place][]*Grant }

// New takes the grants. Of one place there may be several, for other purposes
// or another time. The error names a grant that approves nothing.
func New(grants []Grant) (*Register, error) {
	r := &Register{grants: map[place][]*Grant{}}
	for i := range grants {
		g := &grants[i]
		if g.Approved == nil || len(g.Purposes) == 0 || !g.From.Before(g.Until) {
			return nil, fmt.Errorf("the approval of %s, system %s, for %s lacks its fields, its purposes or its time", g.Department, g.System, g.Service)
		}
		at := place{g.Department, g.System, g.Service}
		r.grants[at] = append(r.grants[at], g)
	}
	return r, nil
}

// Knows reports whether a system has any approval for a service, in force or
// not. Who has none is refused before the question is looked at.
func (r *Register) Knows(department, system, service string) *lgsp.Error {
	if len(r.grants[place{department, system, service}]) > 0 {
		return nil
	}
	if system == "" {
		return refusal("NoSystem", "Tài khoản đang dùng không thuộc hệ thống thông tin nào trong sổ đăng ký, nên không được tra cứu. Hãy dùng tài khoản đã cấp cho hệ thống được phê duyệt.")
	}
	return refusal("NotApproved", "Hệ thống chưa được phê duyệt sử dụng dịch vụ tra cứu này. Hãy liên hệ đơn vị quản lý nền tảng tích hợp của tỉnh để làm thủ tục đề nghị kết nối.")
}

// Decide returns the grant that covers a question at a time, or why none does:
// an error of kind Forbidden whose code is NotApproved, NoSystem, NotYet, Ended,
// Purpose, Unit or Officer.
func (r *Register) Decide(department, system, service string, p lgsp.Purpose, now time.Time) (*Grant, *lgsp.Error) {
	if err := r.Knows(department, system, service); err != nil {
		return nil, err
	}
	var best *lgsp.Error
	var of *Grant // that best is about
	for _, g := range r.grants[place{department, system, service}] {
		err := g.covers(p, now)
		if err == nil {
			return g, nil
		}
		if best == nil || nearness[err.Code] > nearness[best.Code] || err.Code == best.Code && g.nearer(of, err.Code) {
			best, of = err, g
		}
	}
	return nil, best
}

// nearness orders refusals: of several grants the one that came nearest to
// covering the question tells the most.
var nearness = map[string]int{codeEnded: 1, codeNotYet: 2, codePurpose: 3, codeUnit: 4, codeOfficer: 4}

const (
	codeNotYet  = "NotYet"
	codeEnded   = "Ended"
	codePurpose = "Purpose"
	codeOfficer = "Officer"
	codeUnit    = "Unit"
)

// nearer reports whether a grant came nearer to covering a question than
// another that was refused for the same: it ended later, or begins sooner.
func (g *Grant) nearer(other *Grant, code string) bool {
	if code == codeEnded {
		return g.Until.After(other.Until)
	}
	return g.From.Before(other.From)
}

func (g *Grant) covers(p lgsp.Purpose, now time.Time) *lgsp.Error {
	switch {
	case !now.Before(g.Until):
		return refusal(codeEnded, "Văn bản phê duyệt sử dụng dịch vụ này đã hết hiệu lực từ ngày "+day(g.Until)+". Hãy đề nghị gia hạn qua đơn vị quản lý nền tảng tích hợp của tỉnh.")
	case now.Before(g.From):
		return refusal(codeNotYet, "Văn bản phê duyệt sử dụng dịch vụ này chưa có hiệu lực; hiệu lực bắt đầu từ ngày "+day(g.From)+".")
	case !slices.Contains(g.Purposes, p.Procedure):
		return refusal(codePurpose, "Mã thủ tục hành chính (MaDVC) trong yêu cầu không thuộc mục đích đã được phê duyệt. Hãy kiểm tra lại mã thủ tục, hoặc đề nghị bổ sung mục đích sử dụng.")
	case p.Officer == "":
		return refusal(codeOfficer, "Yêu cầu không nêu cán bộ thực hiện (MaCanBo). Hãy đăng nhập bằng tài khoản của cán bộ rồi thực hiện lại.")
	case p.Unit != "" && p.Unit != g.Department && !strings.HasPrefix(p.Unit, g.Department+"."):
		return refusal(codeUnit, "Mã đơn vị (MaDonVi) trong yêu cầu không phải là đơn vị đang gửi, cũng không thuộc đơn vị đó. Hãy kiểm tra lại mã đơn vị trong phần mềm.")
	case g.PersonalID && !isPersonalID(p.Officer):
		return refusal(codeOfficer, "Cán bộ thực hiện (MaCanBo) phải được nêu bằng số định danh cá nhân gồm 12 chữ số. Hãy cập nhật số định danh của cán bộ trong phần mềm rồi thực hiện lại.")
	}
	return nil
}

func day(t time.Time) string { return t.In(Vietnam).Format("02/01/2006") }

func isPersonalID(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) == 12
}

func refusal(code, text string) *lgsp.Error {
	return &lgsp.Error{Kind: lgsp.Forbidden, Op: "register", Code: code, Text: text}
}
