package config

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// made returns a Config made in code that has no problem.
func made(t *testing.T) Config {
	t.Helper()
	dir := ground(t)
	c := Default()
	c.Province = Province{Code: "H29", Name: "Thành phố Hồ Chí Minh"}
	c.Data, c.KeyFile = filepath.Join(dir, "data"), filepath.Join(dir, "lgspd.key")
	c.SOAP.Listen, c.Sandbox.Listen = "127.0.0.1:0", "127.0.0.1:0"
	u := DefaultUpstream()
	u.Name, u.URL, u.Form = "hotich", "http://127.0.0.1:8090", "json"
	u.Operations = map[string]Operation{"nhanHoSoDKHT": {Path: "/apiLienThongKSKT/1.0/nhanHoSoDKHT"}}
	c.Upstreams = []Upstream{u}
	c.Services = []Service{{Name: "hotich.khai-sinh", Upstream: "hotich"}}
	c.Departments = []Department{{
		Code: "H29.11", Name: "Sở Tư pháp", Services: []string{"hotich.khai-sinh"},
		Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Auth:     Auth{Basic: []Login{{Username: "hotich", Password: NewSecret(secretText)}}},
	}}
	return c
}

func TestAConfigMadeInCodeIsCheckedLikeALoadedOne(t *testing.T) {
	c := made(t)
	must(t, c.Validate())
	if w := c.Warnings(certStart); w != nil {
		t.Errorf("warnings: %v", w)
	}
	c.Upstreams[0].URL = "http://api.example.vn"
	c.Departments[0].Networks = []netip.Prefix{{}}
	c.SOAP.Limits.Body, c.SOAP.Limits.InFlight = -1, -1
	c.Upstreams[0].Retry.First = -time.Second
	c.Upstreams[0].Headers = map[string]string{"X": "a\r\nb"}
	c.Departments[0].Auth.Basic[0].Password = Secret{}
	c.Audit.Retain = 0
	err := c.Validate()
	if err == nil {
		t.Fatal("no problem was found")
	}
	for _, want := range []string{
		"upstreams[0].url: citizen data", "departments[0].networks[0]: the network is not valid", "soap.limits.body: -1 is out of range",
		"upstreams[0].retry.first: -1s is out of range", "upstreams[0].headers.X: the value holds a line break",
		"departments[0].auth.basic[0].password: the secret is missing", "audit.retain: 0s is less than two years",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
}

func TestWhatIsAllowedStaysAllowed(t *testing.T) {
	for name, text := range map[string]string{
		"TLS beyond loopback":            good(t) + "soap: {listen: \"0.0.0.0:8443\", tls: {cert: tls/server.crt, key: tls/server.key}}\n",
		"loopback by name and IPv6":      good(t) + "soap: {listen: \"localhost:8081\"}\nsandbox: {listen: \"[::1]:8090\"}\n",
		"plain http to loopback":         good(t, "https://api.example.vn", "http://[::1]:8090/base"),
		"one user name, both lists":      good(t, "      basic: [{username: hotich, password_file: secrets/good}]", "      basic: [{username: hotich, password_file: secrets/good}]\n      username_token: [{username: hotich, password_file: secrets/other}]"),
		"token proved by lgsp header":    good(t, "form: json", "form: json\n    token: {}\n    lgsp_access_token: {access_key: a, secret_key_file: secrets/good, app_name: lgspd}"),
		"short issued secret":            good(t, "form: json", "form: json\n    c06: {username: h29, secret_key: Short-7}"),
		"levels of three":                good(t, "code: H29.11", "code: H29.129.05"),
		"certificate and subject":        good(t, "basic: [{username: hotich, password_file: secrets/good}]", "certificates: [{sha256: "+strings.Repeat("0a", 32)+", subject: \"CN=hotich,O=Sở Tư pháp\"}]") + serverTLS,
		"path of an old client":          good(t, "    upstream: hotich", "    upstream: hotich\n    paths: [/HoTich/DangKy.asmx, /soapy, /healthzz]"),
		"two years, three ways of it":    good(t) + "audit: {retain: 2y}\n",
		"730 days":                       good(t) + "audit: {retain: 730d}\n",
		"half a message a second":        good(t, "form: json", "form: json\n    rate: 0.5\n    burst: 3"),
		"alias of a charset in capitals": good(t, "    name: Sở Tư pháp", "    name: Sở Tư pháp\n    charset: TCVN3"),
		"x-road with a service":          good(t, "form: json", "form: soap\n    soap_version: 1.2\n    xroad: {client: VN/GOV/H29, service: VN/GOV/BCA/dancu/tra-cuu}"),
		"pages on loopback":              good(t) + "web: {listen: \"127.0.0.1:8443\", public_url: \"https://baocao.example.vn/\"}\n",
		"pages with TLS":                 good(t) + "web: {listen: \"0.0.0.0:8443\", tls: {cert: tls/server.crt, key: tls/server.key}, networks: [10.29.0.0/16, \"fd00::/8\"]}\n",
		"a data folder yet to be made":   good(t, "data: data", "data: not-yet/made"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, text)
			must(t, err)
		})
	}
}
