package plugins_test

import (
	"fmt"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins"
)

type greeting struct {
	To string `xml:"urn:vidu Toi"`
}

func TestAMessageIsReadBareAndInsideASOAPEnvelope(t *testing.T) {
	const bare = `<v:Chao xmlns:v="urn:vidu"><v:Toi>Mẫu</v:Toi></v:Chao>`
	bodies := []string{bare, "\n" + bare}
	for _, space := range []string{"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"} {
		bodies = append(bodies,
			fmt.Sprintf(`<s:Envelope xmlns:s="%s"><s:Header><k xmlns="urn:k"><s:Body/></k></s:Header><s:Body> %s </s:Body></s:Envelope>`, space, bare),
			fmt.Sprintf(`<Envelope xmlns="%s" xmlns:v="urn:vidu"><Body><v:Chao><v:Toi>Mẫu</v:Toi></v:Chao></Body></Envelope>`, space))
	}
	for _, body := range bodies {
		var g greeting
		if err := plugins.Unmarshal(lgsp.Envelope{Body: []byte(body)}, &g); err != nil || g.To != "Mẫu" {
			t.Errorf("%s: %q, %v", body, g.To, err)
		}
	}
}

func TestWhatHoldsNoMessageIsAnError(t *testing.T) {
	for _, body := range []string{
		"", "<", "<a>", "text",
		`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>`,
		`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>`,
		`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/></s:Envelope>`,
	} {
		if err := plugins.Unmarshal(lgsp.Envelope{Body: []byte(body)}, &greeting{}); err == nil {
			t.Errorf("%q was read", body)
		}
	}
}
