package config

import "net/netip"

// Department is one agency whose old system sends messages.
type Department struct {
	Code     string         `yaml:"code"`     // agency code in the form of QĐ 20/2020/QĐ-TTg, "H29.11", 35 characters at most
	Name     string         `yaml:"name"`     // as reports print it
	Charset  string         `yaml:"charset"`  // overrides what its messages declare: utf-8, windows-1258, tcvn3, vni …; Load makes it vntext's own name; "" = what they declare
	Networks []netip.Prefix `yaml:"networks"` // where its systems call from, "10.29.11.0/24"; empty = anywhere
	Services []string       `yaml:"services"` // approved services, but those that look citizens up; every other one is refused
	Auth     Auth           `yaml:"auth"`     // of the department as a whole; needed unless a system has its own

	// What documents in its name print.
	Parent    string `yaml:"parent"`    // the agency above it, "Ủy ban nhân dân Thành phố Hồ Chí Minh"
	Symbol    string `yaml:"symbol"`    // of its documents, "STP"
	Place     string `yaml:"place"`     // where it signs, "Thành phố Hồ Chí Minh"
	Functions string `yaml:"functions"` // its function and duties
	Signer    Signer `yaml:"signer"`

	Report DepartmentReport `yaml:"report"`

	Systems []System `yaml:"systems"` // that may look citizens up
}

// Auth lists every way in which a department, or one of its systems, may prove
// who it is. No two of them share one.
type Auth struct {
	Basic         []Login       `yaml:"basic"`          // HTTP Basic (RFC 7617)
	APIKeys       []APIKey      `yaml:"api_keys"`       // a key in a header of the request
	UsernameToken []Login       `yaml:"username_token"` // WS-Security UsernameToken
	Certificates  []Certificate `yaml:"certificates"`   // TLS client certificates; need soap.tls.client_ca
}

// Login is a user name and a password of at least 12 characters.
type Login struct {
	Username string `yaml:"username"`
	Password Secret `yaml:"password"`
}

// APIKey is a key of at least 12 characters.
type APIKey struct {
	Key Secret `yaml:"key"`
}

// Certificate names a client certificate. Where both fields are given both
// have to fit.
type Certificate struct {
	SHA256  string `yaml:"sha256"`  // fingerprint of the certificate (DER), 64 hexadecimal digits; colons and capitals are taken; Load makes it plain lower case
	Subject string `yaml:"subject"` // distinguished name as RFC 4514 writes it, "CN=hotich,O=Sở Tư pháp"
}
