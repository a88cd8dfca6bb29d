package soap

import (
	"fmt"
	"strings"
	"testing"
)

func TestOptionsThatCannotWorkAreErrors(t *testing.T) {
	for want, change := range map[string]func(*Options){
		"is not loopback":                 func(o *Options) { o.Address = "0.0.0.0:8081" },
		`Address ":8081" is not loopback`: func(o *Options) { o.Address = ":8081" },
		"is not host:port":                func(o *Options) { o.Address = "127.0.0.1" },
		"both CertFile and KeyFile":       func(o *Options) { o.TLS.CertFile = "cert.pem" },
		"ClientCAFile needs":              func(o *Options) { o.TLS.ClientCAFile = "ca.pem" },
		"tls: ":                           func(o *Options) { o.TLS = TLS{CertFile: "khong-co.pem", KeyFile: "khong-co.pem"} },
		"want vi or en":                   func(o *Options) { o.Lang = "fr" },
		"PublicURL":                       func(o *Options) { o.PublicURL = "lgsp.example.vn" },
		"less than Limits.Body":           func(o *Options) { o.Limits = Limits{Body: 10, InFlight: 9} },
		"Limits.Body is more than":        func(o *Options) { o.Limits = Limits{Body: 16<<20 + 1} },
		"there is no service":             func(o *Options) { o.Services = nil },
		"another department has it":       func(o *Options) { o.Departments[1].Code = "H29.11" },
		"is there twice":                  func(o *Options) { o.Departments[1].Basic = append(o.Departments[1].Basic, o.Departments[1].Basic...) },
		`has the user name "so1" as well`: func(o *Options) { o.Departments[1].Basic = o.Departments[0].Basic },
		`the user name "chung" as well`: func(o *Options) {
			o.Departments[0].Basic, o.Departments[1].UsernameTokens = []Login{{"chung", password}}, []Login{{"chung", password}}
		},
		"an API key is there twice":    func(o *Options) { o.Departments[1].APIKeys = []string{testKey} },
		"is not one of utf-8":          func(o *Options) { o.Departments[1].Charset = "viqr" },
		"12 to 512 bytes":              func(o *Options) { o.Departments[1].APIKeys = []string{"ngan"} },
		"holds a colon":                func(o *Options) { o.Departments[1].Basic = []Login{{"a:b", "c"}} },
		"has no password":              func(o *Options) { o.Departments[1].UsernameTokens = []Login{{"a", ""}} },
		"more than 511 bytes":          func(o *Options) { o.Departments[1].Basic = []Login{{"a", strings.Repeat("b", 512)}} },
		"client certificates need TLS": func(o *Options) { o.Departments[1].Certificates = []Certificate{{CommonName: "a"}} },
	} {
		o := testOptions()
		change(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestCertificatesThatCannotBeToldAreErrors(t *testing.T) {
	for want, c := range map[string]Certificate{
		"64 hexadecimal digits":       {SHA256: "abc"},
		"neither a fingerprint nor a": {},
		"need ClientCAFile":           {CommonName: "a"},
	} {
		k := &keyring{}
		if err := k.addCertificate(&department{}, c, TLS{CertFile: "a"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestAllProblemsAreListedAtOnce(t *testing.T) {
	o := testOptions()
	o.Address, o.Lang, o.Services[0].Root, o.Departments[0].APIKeys = ":1", "fr", "", []string{"ngan"}
	_, err := New(o)
	for _, want := range []string{"not loopback", "vi or en", "not an XML name", "12 to 512"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestALoginDoesNotPrintItsPassword(t *testing.T) {
	l := Login{"so1", password}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, l); strings.Contains(got, password) {
			t.Errorf("%s prints %s", format, got)
		}
	}
}
