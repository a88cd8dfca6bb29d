package soap

import (
	_ "embed"
	"net/netip"
	"testing"

	"go.yaml.in/yaml/v4"
)

//go:embed sample.yaml
var sample []byte

// sampleFile is the part of the sample that tells more than files would.
type sampleFile struct {
	Lang string
	SOAP struct {
		PublicURL string `yaml:"public_url"`
	} `yaml:"soap"`
	Departments []struct {
		Code, Name, Charset string
		Networks            []netip.Prefix
	}
	Services []struct {
		Name  string
		Paths []string
	}
}

func TestTheSampleMakesAServer(t *testing.T) {
	var f sampleFile
	if err := yaml.Unmarshal(sample, &f); err != nil {
		t.Fatal(err)
	}
	o := Options{Address: "127.0.0.1:0", Lang: f.Lang, PublicURL: f.SOAP.PublicURL}
	for _, d := range f.Departments {
		o.Departments = append(o.Departments, Department{Code: d.Code, Name: d.Name, Charset: d.Charset, Networks: d.Networks})
	}
	for _, s := range f.Services {
		o.Services = append(o.Services, Service{Name: s.Name, Namespace: "urn:thu", Root: "Gui", Paths: s.Paths})
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if routes := *s.table.routes.Load(); len(routes) != 2 || s.public == "" {
		t.Errorf("%d paths, public URL %q", len(routes), s.public)
	}
}
