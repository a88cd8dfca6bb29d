package main

import (
	"fmt"
	"slices"
	"strings"

	"lgsp.internal/adapter/clean"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/bridge"
	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/register"
)

// bridgeService says how the bridge serves one service.
func bridgeService(svc config.Service, live *mappings.Live, s *store) bridge.Service {
	m := live.Current().Mapping // of which only what fitting holds fast is asked
	to := bridge.Service{Name: svc.Name, Mapper: live, Upstream: svc.Upstream}
	switch m.Kind() {
	case mappings.LookUp:
		to.Look = &bridge.Look{Replier: live, Kind: answerKind(m), Form: answerForm(m)}
	case mappings.Notice:
		to.Upstream, to.Local, to.Replier = "", s.notices, live
	case mappings.Message:
	}
	return to
}

// What the population database answers look-ups with.
const (
	citizensRoot     = "CongdanCollection"
	verificationRoot = "KetQuaXacThuc"
)

// answerKind returns what the answers to a look-up are about.
func answerKind(m *mappings.Mapping) citizen.Kind {
	if _, root, _ := m.Answer(); root == verificationRoot {
		return citizen.Verification
	}
	return citizen.Person
}

func answerForm(m *mappings.Mapping) citizen.Form {
	if _, _, qcvn109 := m.Answer(); qcvn109 {
		return citizen.QCVN109
	}
	return citizen.Live
}

// checkKinds looks whether services are used as what their mappings are: a
// department sends messages and notices, its systems look citizens up.
func checkKinds(cfg config.Config, loaded map[string]*mappings.Mapping) error {
	var problems config.Problems
	bad := func(path, text, remedy string) {
		problems = append(problems, config.Problem{Pos: cfg.At(path), Key: path, Text: text, Remedy: remedy})
	}
	for i, s := range cfg.Services {
		m, at := loaded[s.Name], fmt.Sprintf("services[%d].upstream", i)
		own := s.Upstream == config.OwnNotices
		switch {
		case m.Kind() == mappings.Notice && !own:
			bad(at, s.Name+" takes notices of errors, which stay here", "write upstream: "+config.OwnNotices)
		case m.Kind() != mappings.Notice && own:
			bad(at, s.Name+" takes no notices of errors", "name one of upstreams")
		case m.Kind() == mappings.LookUp:
			if space, root, _ := m.Answer(); space != citizen.Namespace || root != citizensRoot && root != verificationRoot {
				bad(fmt.Sprintf("services[%d].name", i), fmt.Sprintf("the mapping reads answers of the element %s, which no filter is known for", root),
					fmt.Sprintf("its reply.source has to be %s or %s of the namespace %s", citizensRoot, verificationRoot, citizen.Namespace))
			}
		}
	}
	for i, d := range cfg.Departments {
		for j, name := range d.Services {
			if m := loaded[name]; m != nil && m.Kind() == mappings.LookUp {
				bad(fmt.Sprintf("departments[%d].services[%d]", i, j), name+" looks citizens up, which needs an approval with purposes and fields", "move it to the approvals of one of the department's systems")
			}
		}
		for j, s := range d.Systems {
			for n, a := range s.Approvals {
				if m := loaded[a.Service]; m != nil && m.Kind() != mappings.LookUp {
					bad(fmt.Sprintf("departments[%d].systems[%d].approvals[%d].service", i, j, n), a.Service+" looks nobody up", "list it in services of the department instead")
				}
			}
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// newRegister makes the register of approvals of the configuration: of those
// that were given. The error lists every field that no answer has, and every one
// that lists cannot be checked without.
func newRegister(cfg config.Config, loaded map[string]*mappings.Mapping) (*register.Register, error) {
	var grants []register.Grant
	var problems config.Problems
	for i, d := range cfg.Departments {
		for j, s := range d.Systems {
			for n, a := range s.Approvals {
				path := fmt.Sprintf("departments[%d].systems[%d].approvals[%d]", i, j, n)
				bad := append(unknownFields(cfg, path, loaded[a.Service], a), missingFields(cfg, path, a)...)
				if problems = append(problems, bad...); len(bad) > 0 || !a.Granted() {
					continue
				}
				if approved, err := approvedFields(loaded[a.Service], a); err == nil {
					grants = append(grants, grantOf(d.Code, s.Name, a, approved))
				}
			}
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return register.New(grants)
}

// unknownFields lists the fields of an approval that no answer has.
func unknownFields(cfg config.Config, path string, m *mappings.Mapping, a config.Approval) (problems config.Problems) {
	for i := range a.Fields {
		one := a
		one.Fields = a.Fields[i : i+1]
		if _, err := approvedFields(m, one); err != nil {
			at := fmt.Sprintf("%s.fields[%d]", path, i)
			problems = append(problems, config.Problem{Pos: cfg.At(at), Key: at, Text: err.Error(), Remedy: "lgspd register fields lists those that there are"})
		}
	}
	return problems
}

// missingFields lists what an approval for lists has to cover and does not.
func missingFields(cfg config.Config, path string, a config.Approval) config.Problems {
	if a.Service != clean.Service {
		return nil
	}
	missing := slices.DeleteFunc(clean.Compared(), func(field string) bool { return slices.Contains(a.Fields, field) })
	if len(missing) == 0 {
		return nil
	}
	at := path + ".fields"
	return config.Problems{{Pos: cfg.At(at), Key: at, Text: "lgspd clean needs " + strings.Join(missing, ", ") + " too: it cannot tell whether what an answer may not say is right",
		Remedy: "have every one of " + strings.Join(clean.Compared(), ", ") + " approved, and list them all"}}
}

func approvedFields(m *mappings.Mapping, a config.Approval) (*citizen.Approved, error) {
	if m == nil || m.Kind() != mappings.LookUp {
		return nil, fmt.Errorf("%s looks nobody up", a.Service)
	}
	return citizen.NewApproved(answerKind(m), a.Fields)
}

func grantOf(department, system string, a config.Approval, approved *citizen.Approved) register.Grant {
	g := register.Grant{Department: department, System: system, Service: a.Service, From: a.From.Begin(), Until: a.Until.End(),
		Quota: a.Quota, PersonalID: a.Officer == "personal_id", Approved: approved}
	for _, p := range a.Purposes {
		g.Purposes = append(g.Purposes, p.Code)
	}
	return g
}
