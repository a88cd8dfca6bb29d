package config

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Web is the pages that people use. // req: R-09
type Web struct {
	Listen      string         `yaml:"listen"`     // address and port, "127.0.0.1:8443"; beyond loopback only with TLS; "" = there are no pages; default ""
	PublicURL   string         `yaml:"public_url"` // how browsers reach it, "https://baocao.example.vn"; needed behind a proxy that speaks TLS
	TLS         WebTLS         `yaml:"tls"`
	Networks    []netip.Prefix `yaml:"networks"`     // where it may be opened from, "10.29.0.0/16"; empty = anywhere
	Idle        time.Duration  `yaml:"idle"`         // without a visit, after which a session ends; 1m to 8h; default 15m
	Absolute    time.Duration  `yaml:"absolute"`     // after which it ends in any case; Idle to 24h; default 10h
	PasswordAge time.Duration  `yaml:"password_age"` // after which a password has to be changed; 1d to 1y; default 180d
}

// WebTLS are PEM files. Both empty = no TLS.
type WebTLS struct {
	Cert string `yaml:"cert"` // certificate chain, the daemon's own first
	Key  string `yaml:"key"`  // its private key; not readable beyond 0640
}

// web checks the pages. Where there are none, what is said of them still has to
// be right.
func (k *checker) web() {
	w := k.c.Web
	k.pair("web.tls", w.TLS.Cert, w.TLS.Key)
	if w.Listen != "" {
		if !k.listen("web.listen", w.Listen) && w.TLS.Cert == "" {
			k.bad("web.listen", "the pages can be opened from other machines and have no TLS", "set web.tls.cert and web.tls.key, or listen on 127.0.0.1")
		}
		if (w.Listen == k.c.SOAP.Listen || w.Listen == k.c.Sandbox.Listen) && !strings.HasSuffix(w.Listen, ":0") {
			k.bad("web.listen", "soap.listen or sandbox.listen has the same address", "take another port")
		}
	}
	if w.PublicURL != "" {
		if u := k.url("web.public_url", w.PublicURL); u != nil {
			k.publicURL(u.Scheme, u.Path)
		}
	}
	seen := claims{}
	for i, n := range w.Networks {
		at := fmt.Sprintf("web.networks[%d]", i)
		if !n.IsValid() {
			k.bad(at, "the network is not valid", `write it in CIDR form, as in "10.29.0.0/16"`)
			continue
		}
		k.take(seen, n.String(), at, "the network")
	}
	k.duration("web.idle", w.Idle, time.Minute, 8*time.Hour)
	k.duration("web.absolute", w.Absolute, max(time.Minute, w.Idle), day)
	k.duration("web.password_age", w.PasswordAge, day, year)
}

// publicURL checks what browsers are told. Pages stand at the root.
func (k *checker) publicURL(scheme, path string) {
	if path != "" && path != "/" {
		k.bad("web.public_url", "the address has a path, and the pages stand at the root of their host", "write it without one, as in https://baocao.example.vn")
	}
	if scheme != "https" && k.c.Web.TLS.Cert != "" {
		k.bad("web.public_url", "the pages have TLS and the address begins with http://", "write https://")
	}
}
