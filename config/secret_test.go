package config

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestNothingPrintsASecret(t *testing.T) {
	type holder struct {
		Open   Secret
		hidden Secret
		ptr    *Secret
	}
	s := NewSecret(secretText)
	h := holder{s, s, &s}
	printed := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3s"} {
		printed["fmt "+verb] = fmt.Sprintf(verb+" "+verb+" "+verb+" "+verb, s, &s, h, []Secret{s})
	}
	for name, marshal := range map[string]func(any) ([]byte, error){"json": json.Marshal, "xml": xml.Marshal, "yaml": yaml.Marshal} {
		b, err := marshal(s)
		must(t, err)
		printed[name] = string(b)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", s, "holder", h)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", s, "holder", h, "list", []Secret{s})
	printed["slog"] = log.String()
	for how, text := range printed {
		if strings.Contains(text, secretText) || strings.Contains(text, fmt.Sprintf("%x", secretText)) {
			t.Errorf("%s prints it: %s", how, text)
		}
		if !strings.Contains(text, "***") {
			t.Errorf("%s does not show ***: %s", how, text)
		}
	}
	if s.Reveal() != secretText {
		t.Error("Reveal does not give the text")
	}
}

func TestASecretOfNothingIsZero(t *testing.T) {
	if s := NewSecret(""); !s.IsZero() || s.Reveal() != "" || s.File() != "" {
		t.Error("it is not")
	}
}

func TestThePrintedConfigurationShowsNoSecret(t *testing.T) {
	c, err := load(t, good(t,
		"basic: [{username: hotich, password_file: secrets/good}]", "basic: [{username: hotich, password: "+secretText+"}, {username: two, password_file: secrets/good}]",
		"https://api", "https://lgsp:"+secretText+"@api",
		"form: json", "form: json\n    headers: {X-Token: "+secretText+"}\n    c06: {username: h29, secret_key: "+secretText+"}"))
	if err == nil {
		t.Fatal("the address and the header hold secrets, and no problem was found")
	}
	jsonText, err := json.Marshal(c)
	must(t, err)
	for how, text := range map[string]string{
		"String": c.String(), "%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c.Departments),
		"problems": fmt.Sprint(c.Validate()), "warnings": c.Warnings(certStart).Error(),
	} {
		if strings.Contains(text, secretText) {
			t.Errorf("%s shows a secret:\n%s", how, text)
		}
	}
	if n := bytes.Count(jsonText, []byte(secretText)); n != 2 {
		// The address and the header are plain texts that Validate refuses.
		t.Errorf("JSON shows %d secrets", n)
	}
	for _, want := range []string{`password: '***'`, "secrets/good", `X-Token: '***'`} {
		if !strings.Contains(c.String(), want) {
			t.Errorf("%q is missing in\n%s", want, c)
		}
	}
}
