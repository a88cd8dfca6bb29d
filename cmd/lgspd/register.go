package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/register"
)

func registerCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "register",
		Usage: "show the register of approvals, and write requests to connect",
		Subcommands: []*cli.Command{
			{Name: "list", Usage: "list every approval, with what is left of it today",
				Flags:  []cli.Flag{configFlag(), jsonFlag(), &cli.StringFlag{Name: "department", Usage: "of the department with this agency `CODE`"}},
				Action: func(c *cli.Context) error { return listApprovals(c, s) }},
			{Name: "fields", Usage: "list the fields that can be approved, and which of them a service was approved for",
				Flags:  []cli.Flag{configFlag(), &cli.StringFlag{Name: "service", Usage: "the fields of this `SERVICE`'s answers"}},
				Action: func(c *cli.Context) error { return listFields(c, s) }},
			{Name: "dossier", Usage: "write a department's request to connect as a document (TT 46/2022/TT-BCA), from the register alone",
				Flags: []cli.Flag{configFlag(),
					&cli.StringFlag{Name: "department", Usage: "agency `CODE` of the department that asks"},
					&cli.StringSliceFlag{Name: "system", Usage: "only the system with this `NAME`; again for more"},
					&cli.StringFlag{Name: "number", Usage: "`NUMBER` of the document, where it is known already"},
					&cli.StringFlag{Name: "date", Usage: "`DATE` of the document, as 2026-11-22, where it is known already"},
					&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write to `FILE`; otherwise to de-nghi-ket-noi-CODE.docx here"}},
				Action: func(c *cli.Context) error { return writeDossier(c, s) }},
		},
	}
}

// approvalLine is one approval as it is listed.
type approvalLine struct {
	Department string   `json:"department"`
	System     string   `json:"system"`
	Service    string   `json:"service"`
	State      string   `json:"state"` // in force, asked for, not yet, ended
	Purposes   []string `json:"purposes"`
	Fields     []string `json:"fields"`
	From       string   `json:"from"`
	Until      string   `json:"until"`
	Quota      int      `json:"quota"`
	Used       int64    `json:"used"` // today
	Number     string   `json:"number,omitempty"`
	Date       string   `json:"date,omitempty"`
}

func listApprovals(c *cli.Context, s streams) error {
	cfg, loaded, err := configured(c)
	if err != nil {
		return err
	}
	if _, err := newRegister(cfg, loaded); err != nil {
		return err
	}
	code := c.String("department")
	departments := cfg.Departments
	if code != "" {
		d, err := departmentOf(cfg, "list", code)
		if err != nil {
			return err
		}
		departments = []config.Department{d}
	}
	return withUsage(c, s, cfg, func(used func(_, _, _ string) int64) error {
		lines := []approvalLine{}
		for _, d := range departments {
			for _, sys := range d.Systems {
				for _, a := range sys.Approvals {
					l := lineOf(d.Code, sys.Name, a, loaded[a.Service])
					l.Used = used(d.Code, sys.Name, a.Service)
					lines = append(lines, l)
				}
			}
		}
		if c.Bool("json") {
			return printJSON(s.out, lines)
		}
		return printApprovals(s, code, lines)
	})
}

// departmentOf returns the department with an agency code.
func departmentOf(cfg config.Config, verb, code string) (config.Department, error) {
	i := slices.IndexFunc(cfg.Departments, func(d config.Department) bool { return d.Code == code })
	if i < 0 {
		return config.Department{}, usageError("register %s: --department %s: the configuration has no such department", verb, code)
	}
	return cfg.Departments[i], nil
}

// withUsage gives what quotas were used for today, nothing where no daemon has
// ever run.
func withUsage(c *cli.Context, s streams, cfg config.Config, do func(used func(department, system, service string) int64) error) error {
	if _, err := os.Stat(databasePath(cfg)); errors.Is(err, fs.ErrNotExist) {
		return do(func(_, _, _ string) int64 { return 0 })
	}
	return withStore(c, s, func(st *store) error {
		used, err := st.usage.AskedOn(c.Context, register.Day(time.Now()))
		if err != nil {
			return err
		}
		return do(used)
	})
}

func lineOf(department, system string, a config.Approval, m *mappings.Mapping) approvalLine {
	l := approvalLine{Department: department, System: system, Service: a.Service, State: "in force", From: a.From.String(), Until: a.Until.String(),
		Quota: a.Quota, Number: a.Number, Date: a.Date.String()}
	for _, p := range a.Purposes {
		l.Purposes = append(l.Purposes, p.Code)
	}
	if approved, err := approvedFields(m, a); err == nil {
		for _, f := range approved.Leaves() {
			l.Fields = append(l.Fields, f.Path)
		}
	}
	switch now := time.Now(); {
	case !a.Granted():
		l.State = "asked for"
	case now.Before(a.From.Begin()):
		l.State = "not yet"
	case !now.Before(a.Until.End()):
		l.State = "ended"
	}
	return l
}

func printApprovals(s streams, department string, lines []approvalLine) error {
	if len(lines) == 0 {
		none := "The register holds no approval, so nobody may look anybody up."
		if department != "" {
			none = "The register holds no approval of " + department + ", so it may look nobody up."
		}
		_, err := fmt.Fprintln(s.out, none)
		return err
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DEPARTMENT\tSYSTEM\tSERVICE\tSTATE\tFIELDS\tUNTIL\tTODAY\tDOCUMENT")
	for _, l := range lines {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\t%d of %d\t%s\n", l.Department, l.System, l.Service, l.State, len(l.Fields), l.Until, l.Used, l.Quota, cmp.Or(l.Number, "-"))
	}
	return t.Flush()
}

// configured reads the configuration, and the mappings that it names.
func configured(c *cli.Context) (cfg config.Config, loaded map[string]*mappings.Mapping, err error) {
	if cfg, err = config.Load(c.String("config")); err != nil {
		return cfg, nil, err
	}
	loaded, err = loadMappings(cfg)
	return cfg, loaded, err
}

func listFields(c *cli.Context, s streams) error {
	if c.String("service") == "" {
		return usageError("register fields: say --service SERVICE")
	}
	cfg, loaded, err := configured(c)
	if err != nil {
		return err
	}
	m := loaded[c.String("service")]
	if m == nil || m.Kind() != mappings.LookUp {
		return usageError("register fields: --service %s: want a service of the configuration that looks citizens up", c.String("service"))
	}
	holders := map[string][]string{}
	for _, d := range cfg.Departments {
		for _, sys := range d.Systems {
			for _, a := range sys.Approvals {
				if a.Service != m.Service() || !a.Granted() {
					continue
				}
				approved, err := approvedFields(m, a)
				if err != nil {
					return usageError("%w", err)
				}
				for _, f := range approved.Leaves() {
					holders[f.Path] = append(holders[f.Path], d.Code+" "+sys.Name)
				}
			}
		}
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FIELD\tNAME\tAPPROVED FOR")
	for _, f := range citizen.Catalogue(answerKind(m)) {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Path, f.Title, cmp.Or(strings.Join(holders[f.Path], ", "), "-"))
	}
	return t.Flush()
}

func writeDossier(c *cli.Context, s streams) error {
	if c.String("department") == "" {
		return usageError("register dossier: say --department CODE, of the department that asks")
	}
	cfg, loaded, err := configured(c)
	if err != nil {
		return err
	}
	code := c.String("department")
	dep, err := departmentOf(cfg, "dossier", code)
	if err != nil {
		return err
	}
	d, err := dossierOf(c, cfg, dep, loaded)
	if err != nil {
		return err
	}
	path := cmp.Or(c.String("out"), "de-nghi-ket-noi-"+code+".docx")
	var text bytes.Buffer
	missing, err := register.WriteDossier(&text, d)
	if err != nil {
		return err
	}
	if err := writeNew(path, text.Bytes()); err != nil {
		return err
	}
	for _, m := range missing {
		fmt.Fprintln(s.err, "warning: the register does not say: "+m)
	}
	next := "have it signed and sent"
	if len(missing) > 0 {
		next = "fill the gaps (……) in the configuration and write it again, or by hand; then " + next
	}
	_, err = fmt.Fprintf(s.out, "The request of %s is written to %s: %s, %s.\nNext: %s.\n", code, path,
		many(len(d.Department.Systems), "system", "systems"), many(approvalsIn(d), "service", "services"), next)
	return err
}

func approvalsIn(d register.Dossier) (n int) {
	for _, s := range d.Department.Systems {
		n += len(s.Approvals)
	}
	return n
}

func dossierOf(c *cli.Context, cfg config.Config, dep config.Department, loaded map[string]*mappings.Mapping) (register.Dossier, error) {
	d := register.Dossier{Province: cfg.Province.Name, Number: c.String("number"), Recipient: cfg.Documents.Recipients, Bases: cfg.Documents.Bases,
		Platform: cfg.Documents.Platform, Connection: connectionOf(cfg, dep, loaded),
		Department: register.Department{Code: dep.Code, Name: dep.Name, Parent: dep.Parent, Symbol: dep.Symbol, Place: dep.Place, Functions: dep.Functions,
			Signer: register.Signer{Authority: dep.Signer.Authority, Position: dep.Signer.Position, Name: dep.Signer.Name}}}
	if text := c.String("date"); text != "" {
		var err error
		if d.Date, err = time.ParseInLocation(time.DateOnly, text, register.Vietnam); err != nil {
			return d, usageError("--date %q: want a date as in 2026-11-22", text)
		}
	}
	wanted := c.StringSlice("system")
	for _, name := range wanted {
		if !slices.ContainsFunc(dep.Systems, func(s config.System) bool { return s.Name == name }) {
			return d, usageError("register dossier: --system %s: department %s has no such system", name, dep.Code)
		}
	}
	for _, s := range dep.Systems {
		if len(wanted) > 0 && !slices.Contains(wanted, s.Name) {
			continue
		}
		to := register.System{Name: s.Name, Title: s.Title, Purpose: s.Purpose, Scope: s.Scope, Description: s.Description, Level: s.Level,
			LevelDecision: register.Decision{Number: s.LevelDecision.Number, Date: s.LevelDecision.Date.Begin()},
			Contact:       register.Contact{Name: s.Contact.Name, Position: s.Contact.Position, Phone: s.Contact.Phone, Email: s.Contact.Email}}
		for _, a := range s.Approvals {
			one, err := dossierApproval(a, loaded[a.Service])
			if err != nil {
				return d, usageError("%w", err)
			}
			to.Approvals = append(to.Approvals, one)
		}
		d.Department.Systems = append(d.Department.Systems, to)
	}
	if len(d.Department.Systems) == 0 {
		return d, usageError("register dossier: department %s has no system; list its systems and the approvals they ask for in the configuration", dep.Code)
	}
	return d, nil
}

func dossierApproval(a config.Approval, m *mappings.Mapping) (register.Approval, error) {
	approved, err := approvedFields(m, a)
	if err != nil {
		return register.Approval{}, err
	}
	to := register.Approval{Service: m.Route(), ServiceTitle: m.Title(), Integration: m.Constant("MaTichHop"), From: a.From.Begin(), Until: a.Until.Begin(),
		Quota: a.Quota, Officer: a.Officer == "personal_id", Decision: register.Decision{Number: a.Number, Date: a.Date.Begin()}}
	for _, p := range a.Purposes {
		to.Purposes = append(to.Purposes, register.Purpose{Code: p.Code, Title: p.Title})
	}
	for _, f := range approved.Leaves() {
		to.Fields = append(to.Fields, register.Field{Path: f.Path, Title: f.Title})
	}
	return to, nil
}

// connectionOf describes how the look-ups of a department travel.
func connectionOf(cfg config.Config, dep config.Department, loaded map[string]*mappings.Mapping) register.Connection {
	to := register.StandardConnection()
	to.Method = "API (dịch vụ web), thông qua nền tảng tích hợp, chia sẻ dữ liệu cấp tỉnh (LGSP)"
	upstreams := map[string]bool{}
	for _, s := range cfg.Services {
		for _, sys := range dep.Systems {
			if m := loaded[s.Name]; m.Kind() == mappings.LookUp && slices.ContainsFunc(sys.Approvals, func(a config.Approval) bool { return a.Service == s.Name }) {
				upstreams[s.Upstream] = true
			}
		}
	}
	var addresses []string
	for _, u := range cfg.Upstreams {
		if !upstreams[u.Name] {
			continue
		}
		addresses = append(addresses, u.URL)
		to.Protocol = map[string]string{"soap": "SOAP " + u.SOAPVersion, "json": "REST/JSON"}[u.Form] + transport(u.URL)
		to.Authentication = append(to.Authentication, authentication(u)...)
	}
	to.Address, to.Origin = strings.Join(addresses, "; "), cfg.SOAP.PublicURL
	return to
}

// transport names what a connection to an address runs over.
func transport(address string) string {
	if strings.HasPrefix(address, "https://") {
		return " trên HTTPS (TLS 1.2 trở lên)"
	}
	return " trên HTTP trong nội bộ máy chủ"
}

// authentication names the layers by which an upstream knows the province.
func authentication(u config.Upstream) (layers []string) {
	for _, l := range []struct {
		on   bool
		text string
	}{
		{u.Token != nil, "OAuth 2.0 (client_credentials), mã truy cập dạng Bearer"},
		{u.LGSPAccessToken != nil, "Tiêu đề lgspaccesstoken do nền tảng cấp"},
		{u.C06 != nil, "Chữ ký yêu cầu của Cơ sở dữ liệu quốc gia về dân cư (SHA-256 trên địa chỉ, tài khoản, thời điểm và khóa bí mật)"},
		{u.XRoad != nil, "Máy chủ bảo mật X-Road với định danh đã đăng ký"},
		{u.APIKey != nil, "Khóa truy cập trong tiêu đề riêng"},
		{u.TLS.Cert != "", "Chứng thư số của máy khách (TLS hai chiều)"},
	} {
		if l.on {
			layers = append(layers, l.text)
		}
	}
	return layers
}
