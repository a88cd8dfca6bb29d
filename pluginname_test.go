package lgsp_test

import (
	"regexp"
	"strings"
	"testing"

	lgsp "lgsp.internal/adapter"
)

func TestThePluginNameIsWordsJoinedByHyphens(t *testing.T) {
	for name, want := range map[string]bool{
		"dia-chi": true, "a": true, "1": true, "a1-2b-c": true, strings.Repeat("a", 40): true,
		"": false, "-": false, "a-": false, "-a": false, "a--b": false, "a.b": false, "vidu.dia-chi": false, "dia_chi": false,
		"Dia": false, "địa": false, "a b": false, "a/b": false, "..": false, "a\n": false, strings.Repeat("a", 41): false,
	} {
		if form := regexp.MustCompile(lgsp.PluginNameForm).MatchString(name) && len(name) <= lgsp.PluginNameLongest; form != want {
			t.Errorf("the form takes %q: %t, want %t", name, form, want)
		}
		if got := lgsp.IsPluginName(name); got != want {
			t.Errorf("%q: %t, want %t", name, got, want)
		}
	}
}
