package soap

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"lgsp.internal/adapter/internal/strictxml"
)

const servicePrefix = "/soap/"

// route is one URL path and the services that are called there.
type route struct {
	path     string
	services []*service
	wsdl     description
}

type service struct {
	Service
	operation string // in a WSDL that lists several services
}

// newRoutes gives every service its paths and writes the descriptions. All
// problems are listed at once.
func newRoutes(services []Service) (map[string]*route, error) {
	routes := make(map[string]*route)
	names := make(map[string]bool)
	var errs []error
	for _, s := range services {
		if err := s.check(); err != nil {
			errs = append(errs, fmt.Errorf("service %q: %w", s.Name, err))
			continue
		}
		if names[s.Name] {
			errs = append(errs, fmt.Errorf("service %q: there are two of that name", s.Name))
			continue
		}
		names[s.Name] = true
		s.Schema = bytes.Clone(s.Schema)
		for _, path := range append([]string{servicePrefix + s.Name}, s.Paths...) {
			if err := enrol(routes, path, &service{Service: s}); err != nil {
				errs = append(errs, fmt.Errorf("service %q: path %q: %w", s.Name, path, err))
			}
		}
	}
	for _, r := range routes {
		r.wsdl = describe(r)
	}
	return routes, errors.Join(errs...)
}

func (s Service) check() error {
	var errs []error
	if s.Name == "" || strings.Trim(s.Name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") != "" {
		errs = append(errs, errors.New("the name has to be of letters, digits, dots and hyphens"))
	}
	if !isName(s.Root) {
		errs = append(errs, fmt.Errorf("root %q is not an XML name without prefix", s.Root))
	}
	if strings.ContainsAny(s.Action, "\"\r\n") {
		errs = append(errs, errors.New("the SOAPAction holds a quote or a line end"))
	}
	for _, path := range s.Paths {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?# \r\n") || path == "/" || path == healthPath ||
			strings.HasPrefix(path, servicePrefix) && path != servicePrefix+s.Name {
			errs = append(errs, fmt.Errorf("path %q is not free for a service", path))
		}
	}
	errs = append(errs, checkSchema(s.Schema, s.Namespace))
	if a := s.Answer; a != nil {
		if !isName(a.Root) {
			errs = append(errs, fmt.Errorf("root %q of the answer is not an XML name without prefix", a.Root))
		}
		errs = append(errs, checkSchema(a.Schema, a.Namespace))
	}
	return errors.Join(errs...)
}

// checkSchema checks that a schema, if there is one, describes a namespace.
func checkSchema(schema []byte, namespace string) error {
	if len(schema) == 0 {
		return nil
	}
	doc, err := strictxml.Parse(schema, strictxml.Limits{})
	switch {
	case err != nil:
		return fmt.Errorf("schema: %w", err)
	case doc.Root().Tag != "schema" || doc.Root().NamespaceURI() != schemaSpace:
		return errors.New("schema: the root is not xs:schema")
	case doc.Root().SelectAttrValue("targetNamespace", "") != namespace:
		return fmt.Errorf("schema: targetNamespace is not %q", namespace)
	}
	return nil
}

// enrol adds s at path. Two services of one path differ in the name of their
// element or in their action; nothing else could tell them apart.
func enrol(routes map[string]*route, path string, s *service) error {
	path = strings.TrimSuffix(path, "/")
	r := routes[path]
	if r == nil {
		r = &route{path: path}
		routes[path] = r
	}
	s.operation = s.Root
	for _, other := range r.services {
		if other.Name == s.Name {
			return nil
		}
		if other.Root != s.Root {
			continue
		}
		if other.Namespace == s.Namespace && (other.Action == s.Action || other.Action == "" || s.Action == "") {
			return fmt.Errorf("service %q takes the same element there, and no SOAPAction tells them apart", other.Name)
		}
		s.operation = s.Root + "_" + camel(s.Name)
	}
	r.services = append(r.services, s)
	return nil
}

// pick finds the service that a message is for: the only one of the path, else
// by the element in Body, else by the action. It returns nil if there is none.
func (r *route) pick(m *look, req *http.Request) *service {
	if len(r.services) == 1 {
		return r.services[0]
	}
	var found *service
	several := false
	if m.found == isSOAP {
		for _, s := range r.services {
			if string(m.child.local) == s.Root && string(m.child.space) == s.Namespace {
				several = found != nil
				found = s
			}
		}
	}
	if found != nil && !several {
		return found
	}
	action := soapAction(req)
	if action == "" {
		return nil
	}
	for _, s := range r.services {
		if s.Action == action && (found == nil || s.Root == found.Root && s.Namespace == found.Namespace) {
			return s
		}
	}
	return nil
}

// soapAction returns the action that a request names: the header of SOAP 1.1,
// quoted or not, else the action parameter of SOAP 1.2 (RFC 3902).
func soapAction(r *http.Request) string {
	if action := strings.Trim(r.Header.Get("Soapaction"), " \t\""); action != "" {
		return action
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return params["action"]
}

// isName reports whether s is an NCName of ASCII.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// camel makes one word of "hotich.khai-sinh": "HotichKhaiSinh".
func camel(s string) string {
	var b strings.Builder
	up := true
	for i := range len(s) {
		c := s[i]
		alnum := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !alnum {
			up = true
			continue
		}
		if b.Len() == 0 && c <= '9' {
			b.WriteByte('S')
		}
		if up && c >= 'a' {
			c -= 'a' - 'A'
		}
		up = false
		b.WriteByte(c)
	}
	if b.Len() == 0 {
		return "DichVu"
	}
	return b.String()
}
