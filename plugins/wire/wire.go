// Package wire is what the daemon and a plugin say to each other: the generated
// messages, the handshake, and how the words of package lgsp become messages.
//
// It promises that what is turned into a message and back is what it was, and
// that a message with a kind, a time or an id that nobody knows becomes an error
// or a plain value, never a panic.
package wire

import "github.com/hashicorp/go-plugin"

// ProtocolVersion is what go-plugin compares before anything is said. It grows
// only with the package of plugin.proto.
const ProtocolVersion = 1

// Name is the one entry of go-plugin's set of plugins.
const Name = "lgsp"

// CookieKey and CookieValue tell a plugin that a daemon started it, and not a
// person. They are no secret.
const (
	CookieKey   = "LGSPD_PLUGIN"
	CookieValue = "lgsp.plugin.v1"
)

// MaxMessage bounds one request or response on the wire, in bytes: the longest
// message that the daemon takes, in UTF-8, with what stands beside it. A
// plugin's server must take as much; gRPC itself stops at 4 MiB.
const MaxMessage = 64 << 20

// Handshake returns what both sides must agree on before they speak.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{ProtocolVersion: ProtocolVersion, MagicCookieKey: CookieKey, MagicCookieValue: CookieValue}
}
