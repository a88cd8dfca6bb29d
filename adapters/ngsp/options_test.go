package ngsp

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
)

func good() Options {
	return Options{Name: "hotich", URL: "https://api.example.vn", Form: JSON, Operations: map[string]Operation{jsonRoute: {Path: jsonPath}}}
}

func TestEachProblemOfTheOptionsIsNamed(t *testing.T) {
	for want, spoil := range map[string]func(*Options){
		"name is missing":                  func(o *Options) { o.Name = "" },
		"url is not an absolute address":   func(o *Options) { o.URL = "api.example.vn" },
		"url is plain http":                func(o *Options) { o.URL = "http://10.0.0.1" },
		`url has scheme "ftp"`:             func(o *Options) { o.URL = "ftp://api.example.vn" },
		"url holds a user name":            func(o *Options) { o.URL = "https://a:b@api.example.vn" },
		"url holds a query":                func(o *Options) { o.URL = "https://api.example.vn?key=1" },
		`form is "xml"`:                    func(o *Options) { o.Form = "xml" },
		`soap version is "2"`:              func(o *Options) { o.SOAPVersion = "2" },
		"content type holds":               func(o *Options) { o.ContentType = "a\nb" },
		"timeouts must be":                 func(o *Options) { o.Timeout = -1 },
		"max answer must be":               func(o *Options) { o.MaxAnswer = -1 },
		"max conns must be":                func(o *Options) { o.MaxConns = -1 },
		"rate must not be":                 func(o *Options) { o.Rate = -1 },
		"burst must be":                    func(o *Options) { o.Burst = -1 },
		"token margin must be":             func(o *Options) { o.Token.Margin = -1 },
		"operations are missing":           func(o *Options) { o.Operations = nil },
		"path must begin with /":           func(o *Options) { o.Operations = map[string]Operation{"x": {Path: "y"}} },
		"operations.x: url with path":      func(o *Options) { o.Operations = map[string]Operation{"x": {Path: "/y?key=1"}} },
		"operations.x: soap action":        func(o *Options) { o.Operations = map[string]Operation{"x": {Path: "/y", SOAPAction: `"z"`}} },
		`codes.E1 is "fine"`:               func(o *Options) { o.Codes = map[string]string{"E1": "fine"} },
		`codes.E2 is "unknown"`:            func(o *Options) { o.Codes = map[string]string{"E2": "unknown"} },
		"token url is plain http":          func(o *Options) { withToken(o); o.Token.URL = "http://10.0.0.1/token" },
		"consumer key is missing":          func(o *Options) { o.Token.URL = "/token" },
		"consumer key and consumer secret": func(o *Options) { o.Token.ConsumerKey = "k" },
		"access key and secret key":        func(o *Options) { o.LGSPAccessToken.AccessKey = "k" },
		"c06: user name and secret key":    func(o *Options) { o.C06.Username = "u" },
		"must not hold a colon":            func(o *Options) { o.C06 = C06{Username: "u:v", SecretKey: "k"} },
		"token and c06 both set":           func(o *Options) { withToken(o); o.C06 = C06{Username: "u", SecretKey: "k"} },
		"xroad: client is missing":         func(o *Options) { o.XRoad.Service = "s" },
		"apikey: value is missing":         func(o *Options) { o.APIKey.Header = "k" },
		"apikey: header is not":            func(o *Options) { o.APIKey = APIKey{"a b", "v"} },
		"apikey: header Authorization is":  func(o *Options) { o.APIKey = APIKey{"Authorization", "v"} },
		`headers: "a b" is not`:            func(o *Options) { o.Headers = map[string]Secret{"a b": "v"} },
		"headers: MaYeuCau is set":         func(o *Options) { o.Headers = map[string]Secret{"MaYeuCau": "v"} },
		"headers: host is set":             func(o *Options) { o.Headers = map[string]Secret{"host": "v"} },
		"headers: the value of X":          func(o *Options) { o.Headers = map[string]Secret{"X": "v\r\nY: z"} },
		"a credential holds a control":     func(o *Options) { withToken(o); o.Token.ConsumerSecret = "x\n" },
		"cert file and key file":           func(o *Options) { o.TLS.CertFile = "x" },
		"reading the CA file":              func(o *Options) { o.TLS.CAFile = "/nowhere/ca.pem" },
		"holds no certificate":             func(o *Options) { o.TLS.CAFile = "sample.yaml" },
		"reading the client certificate":   func(o *Options) { o.TLS.CertFile, o.TLS.KeyFile = "sample.yaml", "sample.yaml" },
	} {
		o := good()
		spoil(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("want one problem with %q, got: %v", want, err)
		}
	}
	if _, err := New(good()); err != nil {
		t.Error(err)
	}
}

func TestAllProblemsComeAtOnce(t *testing.T) {
	_, err := New(Options{})
	for _, want := range []string{"name", "url", "form", "operations"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not in: %v", want, err)
		}
	}
}

func TestPlainHTTPIsForThisMachineOnly(t *testing.T) {
	for url, fine := range map[string]bool{"http://127.0.0.1:8090": true, "http://[::1]:80": true, "http://localhost": true,
		"http://localhost.example.vn": false, "http://127.0.0.1.example.vn": false, "http://192.168.1.1": false, "http://0.0.0.0": false} {
		o := good()
		o.URL = url
		if _, err := New(o); (err == nil) != fine {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestACodeThatAProvinceKnowsDecides(t *testing.T) {
	for body, want := range map[string]string{
		`{"status":0,"errorCode":"HT9"}`:      "SetUnavailable",
		`{"status":0,"errorCode":"HT8"}`:      "SetConflict",
		`{"error_code":"0","message":"done"}`: "",
	} {
		c := serve(t, answer(200, body), JSON, func(o *Options) {
			o.Codes = map[string]string{"HT9": "unavailable", "HT8": "conflict", "0": "delivered"}
		})
		_, err := deliver(t, c)
		if want == "" && err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if want != "" && known(t, err).Code != want {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

// sample is what sample.yaml may hold: the keys of the daemon's configuration
// that this adapter is given.
type sample struct {
	Upstreams []struct {
		Name        string
		URL         string
		Form        Form
		SOAPVersion string `yaml:"soap_version"`
		ContentType string `yaml:"content_type"`
		Token       *struct {
			Path           string
			ConsumerKey    string `yaml:"consumer_key"`
			ConsumerSecret string `yaml:"consumer_secret_file"`
		}
		LGSPAccessToken *struct {
			AccessKey      string `yaml:"access_key"`
			SecretKey      string `yaml:"secret_key_file"`
			AppName        string `yaml:"app_name"`
			PartnerCode    string `yaml:"partner_code"`
			PartnerCodeCus string `yaml:"partner_code_cus"`
		} `yaml:"lgsp_access_token"`
		C06 *struct {
			Username   string
			SecretKey  string `yaml:"secret_key_file"`
			ServiceURL string `yaml:"service_url"`
		}
		XRoad *struct {
			Client  string
			Service string
			UserID  string `yaml:"user_id"`
		} `yaml:"xroad"`
		APIKey *struct {
			Header string
			Key    string `yaml:"key_file"`
		} `yaml:"api_key"`
		Headers    map[string]Secret
		TLS        struct{ CA, Cert, Key string } `yaml:"tls"`
		Operations map[string]struct {
			Path       string
			SOAPAction string `yaml:"soap_action"`
		}
		Timeout        time.Duration
		ConnectTimeout time.Duration `yaml:"connect_timeout"`
		MaxAnswer      string        `yaml:"max_answer"`
		Rate           float64
		Burst          int
		Concurrency    int
	}
}

func TestTheSampleIsAConfigurationThatWorks(t *testing.T) {
	b, err := os.ReadFile("sample.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var s sample
	dec, err := yaml.NewLoader(bytes.NewReader(b), yaml.WithKnownFields())
	if err != nil {
		t.Fatal(err)
	}
	if err := dec.Load(&s); err != nil {
		t.Fatal(err)
	}
	for _, u := range s.Upstreams {
		o := Options{Name: u.Name, URL: u.URL, Form: u.Form, SOAPVersion: u.SOAPVersion, ContentType: u.ContentType, Headers: u.Headers,
			Operations: map[string]Operation{}, Timeout: u.Timeout, ConnectTimeout: u.ConnectTimeout, Rate: u.Rate, Burst: u.Burst, MaxConns: u.Concurrency}
		for route, op := range u.Operations {
			o.Operations[route] = Operation{Path: op.Path, SOAPAction: op.SOAPAction}
		}
		if x := u.Token; x != nil {
			o.Token = Token{URL: x.Path, ConsumerKey: x.ConsumerKey, ConsumerSecret: Secret(x.ConsumerSecret)}
		}
		if x := u.LGSPAccessToken; x != nil {
			o.LGSPAccessToken = LGSPAccessToken{x.AccessKey, Secret(x.SecretKey), x.AppName, x.PartnerCode, x.PartnerCodeCus}
		}
		if x := u.C06; x != nil {
			o.C06 = C06{x.Username, Secret(x.SecretKey), x.ServiceURL}
		}
		if x := u.XRoad; x != nil {
			o.XRoad = XRoad{Client: x.Client, Service: x.Service, UserID: x.UserID}
		}
		if x := u.APIKey; x != nil {
			o.APIKey = APIKey{x.Header, Secret(x.Key)}
		}
		if _, err := New(o); err != nil {
			t.Error(err)
		}
		if filepath.IsAbs(u.TLS.CA) || u.MaxAnswer == "" {
			t.Errorf("%s: tls.ca %q, max_answer %q", u.Name, u.TLS.CA, u.MaxAnswer)
		}
	}
	if len(s.Upstreams) != 2 {
		t.Errorf("%d upstreams", len(s.Upstreams))
	}
}
