// Package bundle carries the figures of one daemon to another: a department's or
// a second site's, signed with Ed25519 (RFC 8032).
//
// It promises that a bundle which Read returns was signed by the node it names
// and has not been changed since, and that Store adds the figures of one record
// once: a later bundle of the same node and period takes the place of the
// earlier one, and no other overlaps it.
package bundle

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"lgsp.internal/adapter/report"
)

// Bundle is what one daemon tells of one period.
type Bundle struct {
	Node        string          `json:"node"` // its name, as the receiver's configuration has it
	Made        time.Time       `json:"made"` // UTC
	Period      report.Period   `json:"period"`
	Whole       report.Report   `json:"whole"`           // of all its departments
	Departments []report.Report `json:"departments"`     // of each department alone
	Filed       []report.Filed  `json:"filed,omitempty"` // reports that were confirmed there
}

// magic is the first line of a bundle, with the version of the form.
const magic = "lgspd-report-bundle 1"

// MostBytes bounds a bundle that is read: figures of all departments of a
// province take less than a tenth of it.
const MostBytes = 32 << 20

// Write writes a bundle, signed: three lines of magic, key and signature, an
// empty line, and the bundle as JSON that people can read.
func Write(w io.Writer, key ed25519.PrivateKey, b Bundle) error {
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("write a bundle: %w", err)
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return errors.New("write a bundle: the key is not one of Ed25519")
	}
	_, err = fmt.Fprintf(w, "%s\nkey %s\nsignature %s\n\n%s", magic, base64.StdEncoding.EncodeToString(public),
		base64.StdEncoding.EncodeToString(ed25519.Sign(key, signed(text))), text)
	return err
}

// signed is what the signature is over: nothing else that the key signs begins so.
func signed(text []byte) []byte { return slices.Concat([]byte(magic+"\n"), text) }

// Node is a daemon whose bundles are taken.
type Node struct {
	Name        string
	Key         ed25519.PublicKey
	Departments []string // whose figures it may bring
}

// What may be wrong with a bundle.
var (
	ErrForm      = errors.New("this is not a bundle of lgspd report export")
	ErrStranger  = errors.New("the bundle is signed with a key that the configuration does not list under report.nodes")
	ErrSignature = errors.New("the signature does not fit: the bundle was changed after it was signed")
)

// Read reads a bundle of one of nodes, and checks all that it says of itself.
// The raw bytes are returned beside it.
func Read(r io.Reader, nodes []Node) (b Bundle, raw []byte, err error) {
	raw, err = io.ReadAll(io.LimitReader(r, MostBytes+1))
	if err != nil {
		return b, nil, fmt.Errorf("read a bundle: %w", err)
	}
	if len(raw) > MostBytes {
		return b, nil, fmt.Errorf("%w: it is longer than %d MiB", ErrForm, MostBytes>>20)
	}
	key, signature, text, err := parts(raw)
	if err != nil {
		return b, nil, err
	}
	i := slices.IndexFunc(nodes, func(n Node) bool { return n.Key.Equal(key) })
	switch {
	case i < 0:
		return b, nil, ErrStranger
	case !ed25519.Verify(key, signed(text), signature):
		return b, nil, ErrSignature
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return b, nil, fmt.Errorf("%w of this version: %w", ErrForm, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return b, nil, ErrForm
	}
	return b, raw, b.check(nodes[i])
}

// parts takes a bundle apart.
func parts(raw []byte) (key ed25519.PublicKey, signature, text []byte, err error) {
	lines := bufio.NewReader(bytes.NewReader(raw))
	head := make([]string, 4)
	length := 0
	for i := range head {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil, nil, nil, ErrForm
		}
		length += len(line)
		head[i] = strings.TrimSuffix(line, "\n")
	}
	k, isKey := strings.CutPrefix(head[1], "key ")
	s, isSignature := strings.CutPrefix(head[2], "signature ")
	public, keyErr := base64.StdEncoding.Strict().DecodeString(k)
	signature, signatureErr := base64.StdEncoding.Strict().DecodeString(s)
	if head[0] != magic || !isKey || !isSignature || head[3] != "" || keyErr != nil || signatureErr != nil || len(public) != ed25519.PublicKeySize ||
		len(signature) != ed25519.SignatureSize {
		return nil, nil, nil, ErrForm
	}
	return public, signature, raw[length:], nil
}

// check reports whether a bundle says what its node may say, and whether its
// figures agree with each other.
func (b Bundle) check(n Node) error {
	if b.Node != n.Name {
		return fmt.Errorf("the bundle calls its node %q, the configuration %q", b.Node, n.Name)
	}
	if b.Whole.Scope != "" {
		return errors.New("the bundle does not hold the figures of all departments of its node")
	}
	scopes := map[string]bool{}
	for _, r := range append([]report.Report{b.Whole}, b.Departments...) {
		if err := b.checkReport(r, n); err != nil {
			return fmt.Errorf("figures of %s: %w", orWhole(r.Scope), err)
		}
		if scopes[r.Scope] {
			return fmt.Errorf("figures of %s stand there twice", orWhole(r.Scope))
		}
		scopes[r.Scope] = true
		if r.Scope != "" && !agree(b.Whole, r) {
			return fmt.Errorf("figures of %s: they are not those that the node has of it as a whole", r.Scope)
		}
	}
	for _, d := range b.Whole.Departments {
		if !scopes[d.Code] {
			return fmt.Errorf("figures of %s alone are missing", d.Code)
		}
	}
	for _, f := range b.Filed {
		if !scopes[f.Report.Scope] || f.Report.Scope == "" {
			return fmt.Errorf("the confirmed report of %s does not belong to the bundle", orWhole(f.Report.Scope))
		}
		if err := b.checkReport(f.Report, n); err != nil {
			return fmt.Errorf("the confirmed report of %s: %w", f.Report.Scope, err)
		}
		if !f.Report.Over || f.At.Before(f.Report.Period.To.End()) || f.At.After(b.Made) {
			return fmt.Errorf("the confirmed report of %s: it was not confirmed between the end of its period and the making of the bundle", f.Report.Scope)
		}
	}
	return nil
}

func orWhole(scope string) string {
	if scope == "" {
		return "the node"
	}
	return scope
}

func (b Bundle) checkReport(r report.Report, n Node) error {
	if r.Period != b.Period {
		return fmt.Errorf("they are of %s, not of %s", r.Period, b.Period)
	}
	if len(r.Nodes) != 1 || r.Nodes[0].Name != b.Node {
		return errors.New("they are not of this node alone")
	}
	for _, code := range r.Named() {
		if code == "" {
			return errors.New("a line of them names no department")
		}
		if r.Scope != "" && code != r.Scope {
			return fmt.Errorf("they hold figures of %s", code)
		}
		if !slices.Contains(n.Departments, code) {
			return fmt.Errorf("the configuration does not let node %s bring figures of department %s", n.Name, code)
		}
	}
	return r.Check()
}
