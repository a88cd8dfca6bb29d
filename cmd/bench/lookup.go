package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What the sandbox of lgspd knows a caller by.
const (
	sandboxKey    = "lgspd-sandbox"
	sandboxSecret = "only-for-the-sandbox"
)

// lookUpConfig is what a province would write, with the sandbox in the place of NGSP.
const lookUpConfig = `province: {code: H29, name: Thành phố Hồ Chí Minh}
data: data
key_file: lgspd.key
log: {level: warn}
soap: {listen: "%s"}
lookups: {concurrency: 64, per_department: 64}
departments:
  - code: H29.11
    name: Sở Tư pháp
    systems:
      - name: mot-cua
        title: Hệ thống một cửa
        auth: {basic: [{username: %s, password_file: password}]}
        approvals:
          - service: dancu.tra-cuu
            purposes: [{code: "1.004222", title: Đăng ký thường trú}]
            fields: [SoDinhDanh, HoVaTen, NgayThangNamSinh, GioiTinh, ThuongTru]
            from: 2020-01-01
            until: 2099-12-31
            quota: 10000000
            number: 00/BENCH
            date: 2020-01-01
services:
  - {name: dancu.tra-cuu, upstream: dancu}
upstreams:
  - name: dancu
    url: http://%s
    form: soap
    token: {consumer_key: lgspd-sandbox, consumer_secret_file: secret}
    operations: {TraCuuThongTinCongDan: {path: /dancu/1.0/TraCuuThongTinCongDan}}
`

// asked is one round of look-ups.
type asked struct {
	p50, p99 time.Duration
	rate     float64
	cpu      time.Duration // of what is between, for each look-up
	stolen   float64
}

func (a asked) stolenShare() float64 { return a.stolen }

// benchLookUp measures what the daemon adds to a look-up: the same loader asks
// the same sandbox the same question, straight and through the daemon, in turn.
func benchLookUp(ctx context.Context, o options) (err error) {
	folder, err := os.MkdirTemp("", "lgspd-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	box, err := startSandbox(ctx, o.binary)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.stop()) }()
	p, err := somebody(box.addr)
	if err != nil {
		return err
	}
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	config, err := writeLookUpConfig(folder, addr, box.addr)
	if err != nil {
		return err
	}
	var extra []string
	if o.profile != "" {
		extra = append(extra, "--cpuprofile", o.profile+".lookup")
	}
	daemon, err := startDaemon(ctx, o.binary, config, addr, extra...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, daemon.stop()) }()
	token, err := tokenOf(box.addr)
	if err != nil {
		return err
	}
	relay, err := startRelay(box.addr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, relay.stop()) }()
	const path = "/dancu/1.0/TraCuuThongTinCongDan"
	return compareLookUps(ctx, o, []*way{
		{name: "direct", loader: newLoader(box.addr, path, "Bearer "+token, p.upstreamQuestion())},
		{name: "relay", loader: newLoader(relay.addr, path, "Bearer "+token, p.upstreamQuestion()), process: relay},
		{name: "through", loader: newLoader(addr, "/soap/dancu.tra-cuu", basic(), p.departmentQuestion()), process: daemon},
	})
}

// way is one way to the sandbox.
type way struct {
	name    string
	loader  *loader
	process *process // between the loader and the sandbox; nil = nothing
	rounds  []asked
}

func (w *way) calm() int { return len(undisturbed(w.rounds, asked.stolenShare)) }

// median is that of the rounds that count.
func (w *way) median() asked {
	all := counted(w.rounds, asked.stolenShare)
	slices.SortFunc(all, func(a, b asked) int { return int(a.p50 - b.p50) })
	return all[len(all)/2]
}

// compareLookUps measures as fast as answers come, where what stands between
// takes its part of two busy processors, as a bare relay does too, and at a
// fixed pace, which shows what the daemon adds to an answer.
func compareLookUps(ctx context.Context, o options, ways []*way) error {
	fmt.Printf("look-ups: %d connections, as fast as answers come\n", o.conns)
	if err := askInTurn(ctx, o, ways); err != nil {
		return err
	}
	direct, relay, through := ways[0].median(), ways[1].median(), ways[2].median()
	fmt.Printf("lookup as fast as answers come: direct %s at %.0f/s; a bare relay adds %s, at %.0f/s; the daemon adds %s, at %.0f/s\n",
		ms2(direct.p50), direct.rate, ms2(relay.p50-direct.p50), relay.rate, ms2(through.p50-direct.p50), through.rate)
	if o.pace == 0 {
		return nil
	}
	fmt.Printf("look-ups: %d connections, %d a second\n", o.conns, o.pace)
	for _, w := range ways {
		w.rounds, w.loader.every = nil, time.Duration(o.conns)*time.Second/time.Duration(o.pace)
	}
	if err := askInTurn(ctx, o, ways); err != nil {
		return err
	}
	direct, through = ways[0].median(), ways[2].median()
	fmt.Printf("lookup: direct %s, through %s, added %s\n", ms2(direct.p50), ms2(through.p50), ms2(through.p50-direct.p50))
	return nil
}

// askInTurn asks every way in turn, until enough rounds were undisturbed.
func askInTurn(ctx context.Context, o options, ways []*way) error {
	enough := func() bool { return !slices.ContainsFunc(ways, func(w *way) bool { return w.calm() < o.rounds }) }
	for i := 0; i < triesMost*o.rounds && !enough(); i++ {
		for _, w := range ways {
			a, err := w.ask(ctx, o)
			if err != nil {
				return fmt.Errorf("look-ups %s: %w", w.name, err)
			}
			between := ""
			if w.process != nil {
				between = fmt.Sprintf(", %d us of processor each", a.cpu.Microseconds())
			}
			fmt.Printf("  %-8s %6.0f/s, p50 %s p99 %s%s; stolen %s\n", w.name+":", a.rate, ms2(a.p50), ms2(a.p99), between, percent(a.stolen))
			w.rounds = append(w.rounds, a)
		}
	}
	return nil
}

func ms2(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond)) }

// ask has the loader ask for a while and reports how long answers took.
func (w *way) ask(ctx context.Context, o options) (a asked, err error) {
	before := readTicks()
	var spent time.Duration
	p := w.process
	if p != nil {
		if spent, err = p.processor(); err != nil {
			return a, err
		}
	}
	r, err := w.loader.run(ctx, o.conns, o.load/2)
	if err != nil {
		return a, err
	}
	a = asked{p50: r.quantile(0.50), p99: r.quantile(0.99), rate: float64(r.accepted) / time.Since(r.began).Seconds(), stolen: stolenSince(before)}
	if p != nil {
		now, err := p.processor()
		if err != nil {
			return a, err
		}
		a.cpu = (now - spent) / time.Duration(max(r.accepted, 1))
	}
	return a, nil
}

// startSandbox starts the stand-in for NGSP that lgspd ships, checks of contents off.
func startSandbox(ctx context.Context, binary string) (*process, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, "sandbox", "--lax", "--listen", addr)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w; run make build first", err)
	}
	p := &process{cmd: cmd, addr: addr}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			return p, conn.Close()
		}
	}
	return nil, errors.Join(errors.New("the sandbox does not start"), p.stop())
}

func writeLookUpConfig(folder, listen, sandbox string) (string, error) {
	if _, err := writeConfig(folder, listen, sandbox); err != nil {
		return "", err
	}
	file := filepath.Join(folder, "lookup.yaml")
	return file, errors.Join(
		os.WriteFile(filepath.Join(folder, "secret"), []byte(sandboxSecret+"\n"), 0o600),
		os.WriteFile(file, fmt.Appendf(nil, lookUpConfig, listen, username, sandbox), 0o600))
}

// person is whom the look-ups are about: one of the sandbox's invented people.
type person struct {
	SoDinhDanh, Ho, ChuDem, Ten, NgaySinh string
}

func somebody(sandbox string) (p person, err error) {
	resp, err := http.Get("http://" + sandbox + "/_sandbox/people")
	if err != nil {
		return p, err
	}
	var all struct{ People []person }
	if err := errors.Join(json.NewDecoder(resp.Body).Decode(&all), resp.Body.Close()); err != nil {
		return p, err
	}
	if len(all.People) == 0 {
		return p, errors.New("the sandbox knows nobody")
	}
	return all.People[0], nil
}

func tokenOf(sandbox string) (string, error) {
	req, err := http.NewRequest(http.MethodPost, "http://"+sandbox+"/token", strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(sandboxKey+":"+sandboxSecret)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	var token struct {
		Value string `json:"access_token"`
	}
	err = errors.Join(json.NewDecoder(resp.Body).Decode(&token), resp.Body.Close())
	return token.Value, err
}

// upstreamQuestion is what the daemon itself sends.
func (p person) upstreamQuestion() []byte {
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header/><soapenv:Body>`+
		`<dan:TraCuuThongTinCongDan xmlns:dan="http://dancuquocgia.bca"><dan:MaYeuCau>%s</dan:MaYeuCau><dan:MaDVC>1.004222</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop>`+
		`<dan:MaCanBo>079080000009</dan:MaCanBo><dan:MaDonVi>H29.11</dan:MaDonVi><dan:SoDinhDanh>%s</dan:SoDinhDanh><dan:HoVaTen>%s</dan:HoVaTen>`+
		`<dan:NgayThangNamSinh><dan:NgayThangNam>%s</dan:NgayThangNam></dan:NgayThangNamSinh></dan:TraCuuThongTinCongDan></soapenv:Body></soapenv:Envelope>`,
		ownID, p.SoDinhDanh, p.name(), strings.ReplaceAll(p.NgaySinh, "-", ""))
}

// departmentQuestion is the same in the words of an old system.
func (p person) departmentQuestion() []byte {
	return fmt.Appendf(nil, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><TraCuuCongDan xmlns="http://motcua.vidu.gov.vn/dancu"><MaThuTuc>1.004222</MaThuTuc>`+
		`<CanBo><SoDinhDanh>079080000009</SoDinhDanh></CanBo><CongDan><SoDinhDanh>%s</SoDinhDanh><HoTen>%s</HoTen><NgaySinh>%s</NgaySinh></CongDan></TraCuuCongDan></s:Body></s:Envelope>`,
		p.SoDinhDanh, p.name(), p.NgaySinh)
}

func (p person) name() string { return p.Ho + " " + p.ChuDem + " " + p.Ten }
