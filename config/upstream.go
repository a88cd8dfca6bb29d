package config

import "time"

// Upstream is one platform or service that documents are delivered to.
type Upstream struct {
	Name        string `yaml:"name"`         // letters, digits, - and .; unique
	URL         string `yaml:"url"`          // base of every path, "https://api.example.vn"; http only to loopback
	Form        string `yaml:"form"`         // json or soap: what a document's body is and how it travels
	SOAPVersion string `yaml:"soap_version"` // 1.1 or 1.2, for form soap; default 1.1
	ContentType string `yaml:"content_type"` // "" = the one that belongs to Form and SOAPVersion

	// At most one of Token and C06, as both claim the header Authorization.
	Token           *Token            `yaml:"token"`
	LGSPAccessToken *LGSPAccessToken  `yaml:"lgsp_access_token"`
	C06             *C06              `yaml:"c06"`
	XRoad           *XRoad            `yaml:"xroad"`
	APIKey          *HeaderKey        `yaml:"api_key"`
	Headers         map[string]string `yaml:"headers"` // sent with every request; not for secrets
	TLS             ClientTLS         `yaml:"tls"`

	Codes          Codes                `yaml:"codes"`           // the upstream's own result codes that are not known to every upstream
	Operations     map[string]Operation `yaml:"operations"`      // by route of the documents, "nhanHoSoDKHT"
	Timeout        time.Duration        `yaml:"timeout"`         // for one delivery as a whole, up to 1h; default 30s
	ConnectTimeout time.Duration        `yaml:"connect_timeout"` // for the connection alone, at most Timeout; default 5s
	MaxAnswer      Size                 `yaml:"max_answer"`      // of one answer, more is cut off and counts as an error; 1 KiB to 1 GiB; default 4MiB
	Rate           float64              `yaml:"rate"`            // messages a second; 0 = no limit; default 0
	Burst          int                  `yaml:"burst"`           // messages that may exceed Rate at once; 0 = Rate rounded up; default 0
	Concurrency    int                  `yaml:"concurrency"`     // deliveries at once, 1 to 1024; default 16
	Retry          Retry                `yaml:"retry"`
	Breaker        Breaker              `yaml:"breaker"`
}

// Token asks for an OAuth 2 client_credentials token (RFC 6749 §4.4) and sends
// it as Bearer.
type Token struct {
	Path           string `yaml:"path"`            // under the upstream's URL; default /token
	ConsumerKey    string `yaml:"consumer_key"`    // may be missing, with its secret, where lgsp_access_token proves who asks
	ConsumerSecret Secret `yaml:"consumer_secret"` // sent as the password of HTTP Basic
}

// LGSPAccessToken is the header lgspaccesstoken of provincial platforms, sent
// with the request for a token and with every call.
type LGSPAccessToken struct {
	AccessKey      string `yaml:"access_key"`
	SecretKey      Secret `yaml:"secret_key"`
	AppName        string `yaml:"app_name"`
	PartnerCode    string `yaml:"partner_code"`
	PartnerCodeCus string `yaml:"partner_code_cus"`
}

// C06 is the signed header Authorization of the population database.
type C06 struct {
	Username   string `yaml:"username"`
	SecretKey  Secret `yaml:"secret_key"`
	ServiceURL string `yaml:"service_url"` // the address that goes into the hash; "" = the one that is called
}

// XRoad is the pair of headers of an X-Road security server.
type XRoad struct {
	Client  string `yaml:"client"`  // instance/class/member/subsystem
	Service string `yaml:"service"` // instance/class/member/subsystem/service, "" = not sent
	UserID  string `yaml:"user_id"` // "" = not sent
}

// HeaderKey is a secret sent as a header of its own.
type HeaderKey struct {
	Header string `yaml:"header"` // default ApiKey
	Key    Secret `yaml:"key"`
}

// ClientTLS are PEM files. All empty = the authorities that the machine trusts.
type ClientTLS struct {
	CA   string `yaml:"ca"`   // authorities of the upstream's certificate
	Cert string `yaml:"cert"` // the daemon's client certificate chain
	Key  string `yaml:"key"`  // its private key; not readable beyond 0640
}

// Codes say what result codes of an upstream mean: delivered, or the kind of the
// error, one of unavailable, denied and throttled, which are tried again, and
// invalid, refused, conflict, not found and forbidden, which are parked.
type Codes map[string]string

// Operation is where one route leads.
type Operation struct {
	Path       string   `yaml:"path"`        // under the upstream's URL, begins with /
	SOAPAction string   `yaml:"soap_action"` // for form soap; "" is sent as ""
	Response   []string `yaml:"response"`    // for form soap: names of the element in Body that confirms; empty = <route>Response
}

// Retry is the wait between two attempts: it doubles from First up to Most.
type Retry struct {
	First time.Duration `yaml:"first"` // default 1s
	Most  time.Duration `yaml:"most"`  // up to 24h; default 10m
}

// Breaker stops calling an upstream that does not work.
type Breaker struct {
	Failures int           `yaml:"failures"` // in a row that open it, 1 or more; default 5
	Open     time.Duration `yaml:"open"`     // first wait before it is tried again; doubles each time; default 5s
	Most     time.Duration `yaml:"most"`     // longest wait, up to 24h; default 2m
}
