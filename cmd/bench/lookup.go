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
	cpu      time.Duration // of the daemon, for each look-up
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
		extra = append(extra, "--cpuprofile", o.profile)
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
	direct := newLoader(box.addr, "/dancu/1.0/TraCuuThongTinCongDan", "Bearer "+token, p.upstreamQuestion())
	through := newLoader(addr, "/soap/dancu.tra-cuu", basic(), p.departmentQuestion())
	return compareLookUps(ctx, o, direct, through, daemon)
}

// pace is how many look-ups a second are asked at all connections together:
// many more than a province asks, and fewer than keep two processors busy.
const pace = 1000

// compareLookUps measures at a fixed pace, which shows what the daemon adds,
// and as fast as answers come, which shows how many it can make.
func compareLookUps(ctx context.Context, o options, direct, through *loader, daemon *process) error {
	fmt.Printf("look-ups: %d connections, as fast as answers come\n", o.conns)
	d, t, err := askInTurn(ctx, o, direct, through, daemon)
	if err != nil {
		return err
	}
	fmt.Printf("lookup as fast as answers come: direct %s at %.0f/s, through %s at %.0f/s, added %s\n", ms2(d.p50), d.rate, ms2(t.p50), t.rate, ms2(t.p50-d.p50))
	every := time.Duration(o.conns) * time.Second / pace
	direct.every, through.every = every, every
	fmt.Printf("look-ups: %d connections, %d a second\n", o.conns, pace)
	if d, t, err = askInTurn(ctx, o, direct, through, daemon); err != nil {
		return err
	}
	fmt.Printf("lookup: direct %s, through %s, added %s\n", ms2(d.p50), ms2(t.p50), ms2(t.p50-d.p50))
	return nil
}

// askInTurn asks straight and through the daemon in turn, until enough rounds
// were undisturbed, and returns the medians of those.
func askInTurn(ctx context.Context, o options, direct, through *loader, daemon *process) (d, t asked, err error) {
	var straight, around []asked
	for i := 0; i < triesMost*o.rounds && (len(undisturbed(straight, asked.stolenShare)) < o.rounds || len(undisturbed(around, asked.stolenShare)) < o.rounds); i++ {
		for _, way := range []struct {
			name string
			l    *loader
			p    *process
			all  *[]asked
		}{{"direct", direct, nil, &straight}, {"through", through, daemon, &around}} {
			a, err := way.l.ask(ctx, o, way.p)
			if err != nil {
				return d, t, fmt.Errorf("look-ups %s: %w", way.name, err)
			}
			fmt.Printf("  look-ups %-8s %6.0f/s, p50 %s p99 %s, %d us of the daemon's processor each; stolen %s\n", way.name+":", a.rate, ms2(a.p50), ms2(a.p99), a.cpu.Microseconds(), percent(a.stolen))
			*way.all = append(*way.all, a)
		}
	}
	return medianAsked(counted(straight, asked.stolenShare)), medianAsked(counted(around, asked.stolenShare)), nil
}

func ms2(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond)) }

func medianAsked(all []asked) asked {
	slices.SortFunc(all, func(a, b asked) int { return int(a.p50 - b.p50) })
	return all[len(all)/2]
}

// ask has the loader ask for a while and reports how long answers took.
func (l *loader) ask(ctx context.Context, o options, p *process) (a asked, err error) {
	before := readTicks()
	var spent time.Duration
	if p != nil {
		if spent, err = p.processor(); err != nil {
			return a, err
		}
	}
	r, err := l.run(ctx, o.conns, o.load/2)
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
