package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/queue"
	"lgsp.internal/adapter/sandbox"
)

func demoCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "show the whole system on this machine: departments send, NGSP fails and comes back, nothing is lost; a citizen is looked up",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "once", Usage: "end after the show; exit 0 only if every step succeeded"},
			&cli.IntFlag{Name: "messages", Value: 100, Usage: "`N` messages of each service, at least 8"},
			&cli.StringFlag{Name: "reports", Usage: "write the reports into the folder `DIR`; otherwise they go with the demo"},
		},
		Action: func(c *cli.Context) error {
			if c.Int("messages") < 8 {
				return usageError("demo: --messages: want at least 8")
			}
			return runDemo(c.Context, s, c.Int("messages"), c.Bool("once"), c.String("reports"))
		},
	}
}

// demo is a daemon, a sandbox and some departments in one process, on loopback
// and in a folder of their own.
type demo struct {
	say      *narrator
	folder   string
	cfg      config.Config
	box      *sandbox.Server
	client   *department
	system   *department // a system of that department, which may look citizens up
	samples  []mappings.Sample
	accepted map[string]bool // message IDs that a receipt was given for
	sent     map[string]int  // accepted messages by service
	next     int
	reports  string  // folder that reports are written into
	accounts []login // of the report desk, with their first passwords

	rejected, repeated, refused int64 // what the department did wrong, or twice
}

func runDemo(ctx context.Context, s streams, messages int, once bool, reports string) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d := &demo{say: newNarrator(s.out), accepted: map[string]bool{}, sent: map[string]int{}}
	if d.folder, err = os.MkdirTemp("", "lgspd-demo-"); err != nil {
		return environmentError(err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(d.folder)) }()
	d.reports = cmp.Or(reports, filepath.Join(d.folder, "bao-cao"))

	ended, err := d.start(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	showErr := d.show(ctx, messages)
	d.summary(time.Since(began), showErr)
	if showErr == nil && !once {
		d.invite()
		<-ctx.Done()
	}
	stop()
	return errors.Join(showErr, <-ended)
}

// start brings the sandbox and the daemon up. The channel gets the daemon's end.
func (d *demo) start(ctx context.Context) (<-chan error, error) {
	var err error
	if d.box, err = newSandbox(nil, false); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, environmentError(err)
	}
	set, err := mappings.Load(mappings.Shipped())
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	for _, service := range set.Services() {
		if m, _ := set.Get(service); m.Kind() != mappings.Message {
			continue
		}
		sample, err := mappings.NewSample(mappings.Shipped(), service)
		if err != nil {
			return nil, errors.Join(err, ln.Close())
		}
		d.samples = append(d.samples, sample)
	}
	d.client = &department{username: "demo", password: rand.Text()}
	d.system = &department{username: "demo-mot-cua", password: rand.Text()}
	if err := d.configure("http://" + ln.Addr().String()); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return d.serve(ctx, ln)
}

// serve runs sandbox and daemon together: the sandbox ends with the daemon, so
// that one which does not come up is told of at once.
func (d *demo) serve(ctx context.Context, ln net.Listener) (<-chan error, error) {
	logFile, err := os.Create(filepath.Join(d.folder, "lgspd.log"))
	if err != nil {
		return nil, errors.Join(environmentError(err), ln.Close())
	}
	ready, ended, boxEnded := make(chan string, 1), make(chan error, 1), make(chan error, 1)
	ctx, stop := context.WithCancel(ctx)
	go func() { boxEnded <- d.box.Serve(ctx, ln) }()
	go func() {
		err := serve(ctx, d.cfg, slog.New(slog.NewTextHandler(logFile, nil)), nil, func(addr string) { ready <- addr })
		stop()
		ended <- errors.Join(err, <-boxEnded, logFile.Close())
	}()
	select {
	case addr := <-ready:
		d.client.addr, d.system.addr = addr, addr
		return ended, nil
	case err := <-ended:
		return nil, err
	}
}

// configure makes a configuration for one machine: a department that may send
// every kind of message, and a system of it that may look citizens up.
func (d *demo) configure(upstream string) error {
	cfg := config.Default()
	cfg.Province = config.Province{Code: "H29", Name: "Thành phố Hồ Chí Minh"}
	cfg.Data, cfg.KeyFile = filepath.Join(d.folder, "data"), filepath.Join(d.folder, "lgspd.key")
	cfg.SOAP.Listen, cfg.SOAP.OpenWSDL = "127.0.0.1:0", true
	var err error
	if cfg.Web.Listen, err = unusedAddress(); err != nil {
		return environmentError(err)
	}
	cfg.Queue.MinFree, cfg.Queue.Reserve = 16*config.MiB, 16*config.MiB
	auth := func(of *department) config.Auth {
		return config.Auth{Basic: []config.Login{{Username: of.username, Password: config.NewSecret(of.password)}}}
	}
	justice := config.Department{Code: "H29.11", Name: "Sở Tư pháp", Auth: auth(d.client), Parent: "Ủy ban nhân dân Thành phố Hồ Chí Minh", Symbol: "STP", Place: cfg.Province.Name,
		Signer: config.Signer{Authority: "KT. GIÁM ĐỐC", Position: "PHÓ GIÁM ĐỐC", Name: "Nguyễn Văn Mẫu"}}
	cfg.Report.Police = config.Police{Name: "Công an Thành phố Hồ Chí Minh", Parent: "Bộ Công an", Symbol: "CATP", Place: cfg.Province.Name,
		Signer: config.Signer{Authority: "KT. GIÁM ĐỐC", Position: "PHÓ GIÁM ĐỐC", Name: "Lê Văn Mẫu"}}
	for _, sample := range d.samples {
		justice.Services = append(justice.Services, sample.Service)
		family, _, _ := strings.Cut(sample.Service, ".") // each has an upstream of its name
		cfg.Services = append(cfg.Services, config.Service{Name: sample.Service, Upstream: family})
	}
	system := config.System{Name: "mot-cua", Title: "Hệ thống thông tin giải quyết thủ tục hành chính", Auth: auth(d.system)}
	for service, fields := range map[string][]string{lookUpService: shownFields, verifyService: verifiedFields} {
		system.Approvals = append(system.Approvals, config.Approval{Service: service, Fields: fields, Quota: 1000, Officer: "personal_id",
			Purposes: []config.Purpose{{Code: demoProcedure, Title: "Đăng ký thường trú"}},
			From:     config.NewDate(2026, 1, 1), Until: config.NewDate(2099, 12, 31), Number: "00/THU-NGHIEM", Date: config.NewDate(2026, 1, 1)})
		cfg.Services = append(cfg.Services, config.Service{Name: service, Upstream: "dancu"})
	}
	justice.Systems = []config.System{system}
	cfg.Departments = []config.Department{justice}
	cfg.Upstreams = []config.Upstream{
		demoUpstream("hotich", "json", upstream, map[string]string{"nhanHoSoDKHT": "/apiLienThongKSKT/1.0/nhanHoSoDKHT"}),
		demoUpstream("dancu", "soap", upstream, map[string]string{"CapNhatThongTinCongDan": "/dancu/1.0/CapNhatThongTinCongDan",
			"TraCuuThongTinCongDan": "/dancu/1.0/TraCuuThongTinCongDan", "XacThucThongTinCongDan": "/dancu/1.0/XacThucThongTinCongDan"}),
		demoUpstream("bhyt", "json", upstream, map[string]string{"nhanHoSoBHYT": "/apiLienThongBHXH/1.0/nhanHoSoBHYT"}),
		demoUpstream("cu-tru", "json", upstream, map[string]string{"nhanHoSoCuTru": "/apiLienThongCuTru/1.0/nhanHoSoCuTru"}),
		demoUpstream("an-sinh", "json", upstream, map[string]string{"nhanHoSoMaiTangPhi": "/apiLienThongAnSinh/1.0/nhanHoSoMaiTangPhi"}),
	}
	d.cfg = cfg
	key := make([]byte, config.KeySize)
	if _, err := rand.Read(key); err != nil {
		return environmentError(err)
	}
	if err := errors.Join(os.WriteFile(cfg.KeyFile, fmt.Appendf(nil, "%x\n", key), 0o600), os.Mkdir(cfg.Data, 0o700)); err != nil {
		return environmentError(err)
	}
	return cfg.Validate()
}

// unusedAddress is one of this machine that nobody listens at: browsers are told
// it before the daemon has it.
func unusedAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

func demoUpstream(name, form, url string, paths map[string]string) config.Upstream {
	up := config.DefaultUpstream()
	up.Name, up.Form, up.URL = name, form, url
	up.Token = &config.Token{Path: "/token", ConsumerKey: sandboxKey, ConsumerSecret: config.NewSecret(sandboxSecret)}
	up.Operations = map[string]config.Operation{}
	for route, path := range paths {
		up.Operations[route] = config.Operation{Path: path}
	}
	up.Retry = config.Retry{First: 100 * time.Millisecond, Most: 2 * time.Second}
	up.Breaker = config.Breaker{Failures: 5, Open: 200 * time.Millisecond, Most: time.Second}
	return up
}

// show plays the steps in order; the first that fails ends it.
func (d *demo) show(ctx context.Context, messages int) error {
	quarter := messages / 4
	for _, step := range []struct {
		title string
		do    func() error
	}{
		{"departments send; NGSP takes every message", func() error { return errors.Join(d.send(ctx, quarter), d.await(ctx)) }},
		{"a message with mistakes is answered with every bad field", func() error { return d.sendBad(ctx) }},
		{"a repeat gets the receipt of the first", func() error { return d.sendTwice(ctx) }},
		{"NGSP goes offline; departments send on and get their receipts", func() error { return d.outage(ctx, messages-2*quarter) }},
		{"NGSP comes back, and loses some answers after it has acted on them", func() error { return d.recover(ctx, quarter) }},
		{"a system looks a citizen up, and gets what it is approved for", func() error { return d.lookUp(ctx) }},
		{"every message is at NGSP once, and the record is whole", func() error { return d.account(ctx) }},
		{"the report desk opens for departments and police", func() error { return d.desk(ctx) }},
		{"the six-month report of the province and of a department, in every format", func() error { return d.report(ctx) }},
	} {
		d.say.step(step.title)
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.title, err)
		}
		d.say.done()
	}
	return nil
}

// send sends n messages of every service.
func (d *demo) send(ctx context.Context, n int) error {
	total := n * len(d.samples)
	for i := range total {
		sample := d.samples[i%len(d.samples)]
		d.next++
		answer, err := d.client.send(ctx, sample.Service, sample.With(d.ownID(d.next), ""))
		if err != nil {
			return err
		}
		if answer.fault != "" {
			return fmt.Errorf("%s was refused: %s", sample.Service, answer.fault)
		}
		d.accepted[answer.id] = true
		d.sent[sample.Service]++
		d.say.progress("sent", i+1, total)
	}
	return nil
}

func (d *demo) ownID(n int) string { return fmt.Sprintf("H29.11-261122-%04d", n) }

func (d *demo) sendBad(ctx context.Context) error {
	sample := d.samples[0]
	body := bytes.ReplaceAll(sample.With("H29.11-261122-9999", ""), []byte("2026"), []byte("26/13"))
	answer, err := d.client.send(ctx, sample.Service, body)
	switch {
	case err != nil:
		return err
	case answer.fault == "" || answer.fields == 0:
		return errors.New("it was not refused")
	}
	d.rejected++
	d.say.line("    %s (%s)", answer.fault, many(answer.fields, "field", "fields"))
	return nil
}

func (d *demo) sendTwice(ctx context.Context) error {
	sample := d.samples[0]
	answer, err := d.client.send(ctx, sample.Service, sample.With(d.ownID(1), ""))
	if err == nil && (!answer.duplicate || !d.accepted[answer.id]) {
		err = errors.New("it got a receipt of its own")
	}
	d.repeated++
	return err
}

func (d *demo) outage(ctx context.Context, n int) error {
	if _, err := d.box.Trouble(sandbox.Trouble{Mode: sandbox.Offline}); err != nil {
		return err
	}
	if err := d.send(ctx, n); err != nil {
		return err
	}
	waiting := len(d.accepted) - int(d.box.Stats().Effects)
	d.say.line("    %d messages wait on disk", waiting)
	if waiting != n*len(d.samples) {
		return fmt.Errorf("%d messages wait, %d were sent", waiting, n*len(d.samples))
	}
	return nil
}

func (d *demo) recover(ctx context.Context, n int) error {
	d.box.Clear()
	if _, err := d.box.Trouble(sandbox.Trouble{Mode: sandbox.Lost, Times: 5}); err != nil {
		return err
	}
	return errors.Join(d.send(ctx, n), d.await(ctx))
}

// await waits until everything that was accepted took effect.
func (d *demo) await(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		effects := int(d.box.Stats().Effects)
		d.say.progress("delivered", effects, len(d.accepted))
		if effects >= len(d.accepted) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%d of %d messages arrived in a minute", effects, len(d.accepted))
		}
	}
}

// account compares what was accepted with what took effect, message by
// message, and verifies the record.
func (d *demo) account(ctx context.Context) error {
	seen := map[string]int{}
	for _, e := range d.box.Effects(0, len(d.accepted)*2+100) {
		seen[e.Code]++
	}
	for id := range d.accepted {
		if seen[id] != 1 {
			return fmt.Errorf("message %s took effect %d times", id, seen[id])
		}
	}
	if len(seen) != len(d.accepted) {
		return fmt.Errorf("%d messages took effect, %d were accepted", len(seen), len(d.accepted))
	}
	st, err := openStore(ctx, d.cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	err = waitForOutcomes(ctx, st.queue)
	v, verifyErr := st.audit.Verify(ctx)
	if verifyErr == nil && len(v.Problems) > 0 {
		verifyErr = fmt.Errorf("the record is not whole: %v", v.Problems[0])
	}
	found, inspectErr := st.queue.Inspect(ctx)
	if inspectErr == nil && len(found) > 0 {
		inspectErr = errors.New(found[0].Text)
	}
	if err == nil && verifyErr == nil {
		d.say.line("    %d entries, head %d:%x…", v.Entries, v.Head.Seq, v.Head.Hash[:6])
	}
	return errors.Join(err, verifyErr, inspectErr, st.close())
}

// waitForOutcomes waits until the outcomes of the last deliveries are recorded.
func waitForOutcomes(ctx context.Context, q *queue.Queue) error {
	ctx, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		n, err := q.Waiting(ctx)
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%d messages are still waiting", n)
		}
	}
}
