// Package config reads and checks the one file that says what a daemon does.
//
// It promises that nothing is guessed: an unknown key is an error, a value
// that could fail later is an error now, every problem is listed at once with
// its file, line, column and remedy, and no secret is ever printed. Values are
// taken as written; environment variables are not put in their place.
//
// Durations are written as "10s", "5m", "24h", "90d" (days of 24 hours) or
// "2y" (years of 366 days, so that no leap day makes one short); they may be
// joined, as in "1h30m". Sizes are written in bytes or as "64KiB", "8MiB",
// "20GiB", "1TiB". Relative paths are relative to the folder of the file.
//
// Every secret has a twin: `password: …` holds it, `password_file: …` names a
// file that holds it. Such a file is a regular file of at most 4 KiB, on one
// line, not empty, and readable by nobody but its owner and group (0640 at
// most); its trailing newline is not part of the secret.
package config

import "time"

// Config is everything that a daemon is told.
type Config struct {
	Province    Province     `yaml:"province"`
	Data        string       `yaml:"data"`     // folder of the database, the audit heads and the disk reserve; default /var/lib/lgspd
	KeyFile     string       `yaml:"key_file"` // file of the key that citizen data rests under, never inside Data; default /etc/lgspd/lgspd.key; see Key
	Lang        string       `yaml:"lang"`     // language of Fault sentences and of the web pages: vi or en; default vi
	Log         Log          `yaml:"log"`
	SOAP        SOAP         `yaml:"soap"`
	Departments []Department `yaml:"departments"`
	Services    []Service    `yaml:"services"`
	Plugins     []Plugin     `yaml:"plugins"`
	Upstreams   []Upstream   `yaml:"upstreams"`
	LookUps     LookUps      `yaml:"lookups"`
	Notices     Notices      `yaml:"notices"`
	Documents   Documents    `yaml:"documents"`
	Report      Report       `yaml:"report"`
	Web         Web          `yaml:"web"`
	Queue       Queue        `yaml:"queue"`
	Audit       Audit        `yaml:"audit"`
	Sandbox     Sandbox      `yaml:"sandbox"`

	positions map[string]Pos // of every key, by its path; nil when the Config was not loaded from a file
	file      string         // that it was loaded from, "" = none
}

// Province is where the daemon runs.
type Province struct {
	Code string `yaml:"code"` // first level of an agency code: a letter and two digits, "H29" (QĐ 20/2020/QĐ-TTg)
	Name string `yaml:"name"` // as reports and Faults print it
}

// Log says what the daemon logs on standard error.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn or error; default info
	Format string `yaml:"format"` // text or json; default text
}

// SOAP is the listener that departments call.
type SOAP struct {
	Listen    string    `yaml:"listen"`     // address and port, "127.0.0.1:8081"; beyond loopback only with TLS; port 0 is any free one; default 127.0.0.1:8081
	PublicURL string    `yaml:"public_url"` // what a WSDL gives as address, "https://lgsp.example.vn"; "" = the host that the caller used
	OpenWSDL  bool      `yaml:"open_wsdl"`  // descriptions of services (?wsdl) are given without a log-in; default false
	TLS       ServerTLS `yaml:"tls"`
	Limits    Limits    `yaml:"limits"`
}

// ServerTLS are PEM files. All empty = no TLS.
type ServerTLS struct {
	Cert     string `yaml:"cert"`      // certificate chain, the daemon's own first
	Key      string `yaml:"key"`       // its private key; not readable beyond 0640
	ClientCA string `yaml:"client_ca"` // authorities whose client certificates are taken; needed when a department has certificates
}

// Limits bound what departments can make the daemon hold.
type Limits struct {
	Body          Size          `yaml:"body"`           // one message as it is sent; 1 KiB to 16 MiB, which is what can be read in every charset; default 8MiB
	InFlight      Size          `yaml:"in_flight"`      // all messages being received or mapped; at least Body; default 64MiB
	Connections   int           `yaml:"connections"`    // open at once; 1 to 100,000; default 1024
	PerDepartment int           `yaml:"per_department"` // requests of one department at once; 1 to Connections; default 64
	HeaderTimeout time.Duration `yaml:"header_timeout"` // for the headers of a request; default 10s
	BodyTimeout   time.Duration `yaml:"body_timeout"`   // for a whole request; default 60s
	IdleTimeout   time.Duration `yaml:"idle_timeout"`   // between two requests of a connection; default 2m
}

// Service is one kind of message that departments may send.
type Service struct {
	Name     string   `yaml:"name"`     // "hotich.khai-sinh": lower-case words of a–z and 0–9 joined by . or -; served at /soap/<name>
	Mapping  string   `yaml:"mapping"`  // folder of an own mapping; "" = the shipped one of that name
	Upstream string   `yaml:"upstream"` // name of the upstream that gets the documents; OwnNotices for a service whose mapping is of kind notice
	Paths    []string `yaml:"paths"`    // further URL paths, those that old clients already call; services may share one
}

// OwnNotices is the upstream of services whose messages stay here, as notices
// of errors in shared data. No upstream has that name.
const OwnNotices = "notices"

// Queue is the store on disk.
type Queue struct {
	MaxSize Size          `yaml:"max_size"` // of the database file, above it newcomers are refused; 0 = the disk is the limit; default 0
	MinFree Size          `yaml:"min_free"` // free disk space under which newcomers are refused; default 512MiB
	Reserve Size          `yaml:"reserve"`  // kept on disk and given up first, so that a full disk does not stop delivery; default 64MiB
	Grace   time.Duration `yaml:"grace"`    // how long the payload of a delivered message is kept; 0 = not at all; default 24h
	Retain  Retain        `yaml:"retain"`
}

// Retain says how long whole rows are kept after they reached a state. Queued
// and parked messages are never removed.
type Retain struct {
	Delivered  time.Duration `yaml:"delivered"`  // at least Queue.Grace; default 90d
	Rejected   time.Duration `yaml:"rejected"`   // default 90d
	Dropped    time.Duration `yaml:"dropped"`    // default 30d
	Superseded time.Duration `yaml:"superseded"` // default 1d
}

// Audit is the record of exchanges.
type Audit struct {
	// Retain is how long entries are kept: two years at least (TT 46/2022/TT-BCA).
	// What is written as 730 days is kept for 731, because two years that hold
	// a 29 February have so many. Default 731d (17544h).
	Retain time.Duration `yaml:"retain"` // req: R-12
}

// Sandbox is the stand-in for the upstreams that `lgspd sandbox` and `lgspd demo` start.
type Sandbox struct {
	Listen string `yaml:"listen"` // default 127.0.0.1:8090
}
