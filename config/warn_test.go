package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const serverTLS = "soap: {tls: {cert: tls/server.crt, key: tls/server.key, client_ca: tls/server.crt}}\n"

func TestEachThingThatDeservesALookIsWarnedAbout(t *testing.T) {
	for name, row := range map[string]struct {
		text string
		now  time.Time
		want string
	}{
		"inline secret":         {good(t, "password_file: secrets/good", "password: "+secretText), certStart, "lgspd.yaml:9:34: departments[0].auth.basic[0].password: the secret stands in the configuration itself"},
		"expired":               {good(t) + serverTLS, certStart.AddDate(1, 0, 1), "soap.tls.cert: the certificate \"CN=lgsp.example.vn\" ended on 2027-01-01T00:00:00Z"},
		"expires in 29 days":    {good(t) + serverTLS, certStart.AddDate(1, 0, -29), "ends on 2027-01-01"},
		"authority expires":     {good(t) + serverTLS, certStart.AddDate(1, 0, -29), "soap.tls.client_ca: the certificate"},
		"not yet valid":         {good(t) + serverTLS, certStart.AddDate(0, 0, -1), "begins only on 2026-01-01"},
		"upstream certificate":  {good(t, "form: json", "form: json\n    tls: {ca: tls/server.crt, cert: tls/server.crt, key: tls/server.key}"), certStart.AddDate(2, 0, 0), "upstreams[0].tls.cert: the certificate"},
		"upstream authority":    {good(t, "form: json", "form: json\n    tls: {ca: tls/server.crt}"), certStart.AddDate(2, 0, 0), "upstreams[0].tls.ca: the certificate"},
		"open sandbox":          {good(t) + "sandbox: {listen: \":8090\"}\n", certStart, "sandbox.listen: the sandbox can be reached"},
		"no reserve":            {good(t) + "queue: {reserve: 0}\n", certStart, "queue.reserve: nothing is kept in reserve"},
		"other province":        {good(t, "code: H29.11", "code: H17.11"), certStart, "departments[0].code: the agency belongs to another province"},
		"whole internet":        {good(t, "    auth:", "    networks: [0.0.0.0/0]\n    auth:"), certStart, "departments[0].networks[0]: the network is the whole internet"},
		"pages for everybody":   {good(t) + "web: {networks: [0.0.0.0/0]}\n", certStart, "web.networks[0]: the network is the whole internet"},
		"certificate of pages":  {good(t) + "web: {tls: {cert: tls/server.crt, key: tls/server.key}}\n", certStart.AddDate(1, 0, -29), "web.tls.cert: the certificate"},
		"approved for nothing":  {good(t, "[hotich.khai-sinh]", "[]"), certStart, "departments[0].services: the department is approved for nothing"},
		"service without users": {good(t, "[hotich.khai-sinh]", "[]"), certStart, "services[0].name: no department is approved"},
		"upstream without use":  {good(t) + "  - {name: spare, url: https://spare.example.vn, form: json, operations: {x: {path: /x}}}\n", certStart, "upstreams[1].name: no service uses \"spare\""},
		"nothing at all":        {"province: {code: H29, name: Thành phố Hồ Chí Minh}\ndata: data\nkey_file: lgspd.key\n", certStart, "departments: there are no departments"},
		"short issued secret":   {good(t, "form: json", "form: json\n    api_key: {key: Short-7}"), certStart, "upstreams[0].api_key.key: the secret has fewer than 12 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := load(t, row.text)
			must(t, err)
			if got := c.Warnings(row.now).Error(); !strings.Contains(got, row.want) {
				t.Errorf("got\n%s\nwant among them\n%s", got, row.want)
			}
			if strings.Contains(c.Warnings(row.now).Error(), secretText) {
				t.Error("a warning shows a secret")
			}
		})
	}
}

func TestACertificateThatLastsThirtyDaysMoreIsNotWarnedAbout(t *testing.T) {
	c, err := load(t, good(t)+serverTLS)
	must(t, err)
	if w := c.Warnings(certStart.AddDate(1, 0, -30)); w != nil {
		t.Errorf("got %v", w)
	}
}

func TestAFileWithSecretsThatEverybodyMayReadIsWarnedAbout(t *testing.T) {
	for _, row := range []struct {
		text string
		want bool
	}{{good(t, "password_file: secrets/good", "password: "+secretText), true}, {good(t), false}} {
		path := put(t, ground(t), "lgspd.yaml", []byte(row.text), 0o644)
		c, err := Load(path)
		must(t, err)
		if got := strings.Contains(c.Warnings(certStart).Error(), "everybody may read it (mode 0644)"); got != row.want {
			t.Errorf("warned %v, want %v", got, row.want)
		}
	}
}

func TestADataFolderOpenToEverybodyIsWarnedAbout(t *testing.T) {
	path := put(t, ground(t), "lgspd.yaml", []byte(good(t)), 0o640)
	must(t, os.Chmod(filepath.Join(filepath.Dir(path), "data"), 0o755))
	c, err := Load(path)
	must(t, err)
	if got := c.Warnings(certStart).Error(); !strings.Contains(got, "data: everybody on this machine may look into the folder (mode 0755)") {
		t.Errorf("got %s", got)
	}
}
