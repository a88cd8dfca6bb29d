package main

import (
	"strings"
	"testing"

	"lgsp.internal/adapter/config"
)

func TestAServiceWhoseDocumentsHaveNowhereToGoIsAProblem(t *testing.T) {
	good := config.Config{
		Services:  []config.Service{{Name: "hotich.khai-sinh", Upstream: "hotich"}},
		Upstreams: []config.Upstream{{Name: "hotich", Form: "json", Operations: map[string]config.Operation{"nhanHoSoDKHT": {Path: "/x"}}}},
	}
	if _, err := loadMappings(good); err != nil {
		t.Fatal(err)
	}
	noRoute, otherForm := good, good
	noRoute.Upstreams = []config.Upstream{{Name: "hotich", Form: "json"}}
	otherForm.Upstreams = []config.Upstream{{Name: "hotich", Form: "soap", Operations: good.Upstreams[0].Operations}}
	for _, c := range []struct {
		cfg  config.Config
		want string
	}{{noRoute, "route nhanHoSoDKHT"}, {otherForm, "takes form soap"}} {
		if _, err := loadMappings(c.cfg); err == nil || !strings.Contains(err.Error(), c.want) || codeOf(err) != exitUsage {
			t.Errorf("got %v, want it to name %q", err, c.want)
		}
	}
}
