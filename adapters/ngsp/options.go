package ngsp

import (
	"cmp"
	"log/slog"
	"math"
	"time"
)

// Form says what the operations of an upstream speak.
type Form string

// The forms.
const (
	SOAP Form = "soap" // a SOAP envelope there and back
	JSON Form = "json" // a JSON object there and back
)

// Defaults of Options.
const (
	DefaultTimeout        = 30 * time.Second
	DefaultConnectTimeout = 5 * time.Second
	DefaultMaxAnswer      = 4 << 20
	DefaultMaxConns       = 32
	DefaultMargin         = time.Minute
	DefaultTokenPath      = "/token"
	DefaultAPIKeyHeader   = "ApiKey"
)

// Secret is a value that never shows in print, logs or JSON.
type Secret string

const hidden = "***"

func (Secret) String() string               { return hidden }
func (Secret) GoString() string             { return hidden }
func (Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Options describes one upstream. A zero field means its default; a block that
// is zero as a whole (Token, LGSPAccessToken, C06, XRoad, APIKey, TLS) is off.
type Options struct {
	Name        string               // "hotich"; in errors and logs
	URL         string               // base of every path, "https://api.ngsp.gov.vn"; plain http only to loopback
	Form        Form                 // SOAP or JSON; no default
	SOAPVersion string               // "1.1" (default) or "1.2"
	ContentType string               // of requests; default application/xml (SOAP 1.1), application/soap+xml (1.2), application/json
	Operations  map[string]Operation // by Document.Route; at least one
	Codes       map[string]string    // the upstream's own result codes: code → "delivered" or the name of a lgsp.Kind

	Token           Token
	LGSPAccessToken LGSPAccessToken
	C06             C06
	XRoad           XRoad
	APIKey          APIKey
	Headers         map[string]Secret // sent with every call, names as written
	TLS             TLS

	Timeout        time.Duration // of one Deliver in all, waiting for Rate aside; default 30 s
	ConnectTimeout time.Duration // of name look-up, TCP and TLS together; default 5 s
	MaxAnswer      int64         // bytes; default 4 MiB
	Rate           float64       // deliveries per second; 0 = no limit
	Burst          int           // deliveries that may go at once after a pause; default Rate rounded up
	MaxConns       int           // connections at most, kept open when idle; default 32
	LookUpConns    int           // further ones, of look-ups; default MaxConns

	Now func() time.Time // nil = time.Now
	Log *slog.Logger     // nil = silent
}

// Operation is one thing that the upstream can be asked.
type Operation struct {
	Path       string   // appended to URL, "/apiLienThongKSKT/1.0/nhanHoSoDKHT"
	SOAPAction string   // without quotes; SOAP only
	ServiceURL string   // goes in the C06 hash in place of C06.ServiceURL
	Response   []string // local names of the SOAP body child that confirms; default <route>Response, and what look-ups are known to answer
	Lookup     bool     // the answer is wanted: Ack.Body holds it, as XML
}

// Token asks for an OAuth 2 token (client_credentials, RFC 6749 §4.4) and sends
// it as Bearer. It is on when URL or ConsumerKey is set.
type Token struct {
	URL            string        // absolute, or a path under Options.URL; default /token
	ConsumerKey    string        // may be empty when LGSPAccessToken is on: then it identifies the client
	ConsumerSecret Secret        //
	InForm         bool          // key and secret as client_id and client_secret in the form, not as Basic
	Scope          string        //
	Margin         time.Duration // a token is renewed this long before it expires; default 1 min, at most half its life
}

// LGSPAccessToken is sent as the header lgspaccesstoken, base64 of JSON, on token
// requests and calls alike. It is on when AccessKey is set.
type LGSPAccessToken struct {
	AccessKey      string
	SecretKey      Secret
	AppName        string
	PartnerCode    string
	PartnerCodeCus string
}

// C06 signs each call for the population database: header Timestamp in epoch
// ms, Authorization Basic of the user and SHA-256(service URL, user, timestamp,
// secret key) in lower-case hex. It is on when Username is set.
type C06 struct {
	Username   string
	SecretKey  Secret
	ServiceURL string // that goes in the hash; default the URL called
}

// XRoad is sent as the X-Road-… headers; X-Road-Id is the message's id. It is on
// when Client is set.
type XRoad struct {
	Client  string // instance/memberClass/memberCode/subsystem
	Service string
	UserID  string
	Issue   string
}

// APIKey is one header with a key. It is on when Value is set.
type APIKey struct {
	Header string // default ApiKey
	Value  Secret
}

// TLS names PEM files. The client certificate is read anew at each handshake,
// so that a renewed one needs no restart.
type TLS struct {
	CertFile string // with KeyFile
	KeyFile  string
	CAFile   string // trusted in place of the system's roots
}

func (t Token) on() bool           { return t.URL != "" || t.ConsumerKey != "" || t.ConsumerSecret != "" }
func (t LGSPAccessToken) on() bool { return t != LGSPAccessToken{} }
func (t C06) on() bool             { return t != C06{} }
func (t XRoad) on() bool           { return t != XRoad{} }
func (t APIKey) on() bool          { return t != APIKey{} }

func (o Options) withDefaults() Options {
	o.SOAPVersion = cmp.Or(o.SOAPVersion, "1.1")
	o.ContentType = cmp.Or(o.ContentType, defaultContentType(o.Form, o.SOAPVersion))
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, DefaultConnectTimeout)
	o.MaxAnswer = cmp.Or(o.MaxAnswer, DefaultMaxAnswer)
	o.MaxConns = cmp.Or(o.MaxConns, DefaultMaxConns)
	o.LookUpConns = cmp.Or(o.LookUpConns, o.MaxConns)
	o.Burst = cmp.Or(o.Burst, max(1, int(math.Ceil(o.Rate))))
	o.Token.Margin = cmp.Or(o.Token.Margin, DefaultMargin)
	if o.Token.on() {
		o.Token.URL = cmp.Or(o.Token.URL, DefaultTokenPath)
	}
	if o.APIKey.on() {
		o.APIKey.Header = cmp.Or(o.APIKey.Header, DefaultAPIKeyHeader)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func defaultContentType(f Form, version string) string {
	switch {
	case f == JSON:
		return "application/json"
	case version == "1.2":
		return "application/soap+xml; charset=utf-8"
	default:
		return "application/xml"
	}
}
