package mappings

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	lgsp "lgsp.internal/adapter"
)

const pluggedHead = "service: a\ntitle: Thử\nplugin: thu\nsource: {namespace: urn:a, root: A}\ntarget: {route: r, form: json}\n"

// mapper is a plugin that is a function.
type mapper func(lgsp.Envelope) (lgsp.Document, error)

func (m mapper) Map(_ context.Context, e lgsp.Envelope) (lgsp.Document, error) { return m(e) }

// speaker is one that has replies.
type speaker struct {
	mapper
	reply string
}

func (s speaker) Reply(context.Context, lgsp.Envelope, lgsp.Ack) ([]byte, error) {
	return []byte(s.reply), nil
}

func documentOf(d lgsp.Document) mapper {
	return func(lgsp.Envelope) (lgsp.Document, error) { return d, nil }
}

func TestAPluginGetsTextThatWasChecked(t *testing.T) {
	m := mappingOf(t, pluggedHead)
	if m.Plugin() != "thu" || m.Schema() != nil {
		t.Errorf("plugin %q, schema %s", m.Plugin(), m.Schema())
	}
	var got lgsp.Envelope
	plugged := m.With(mapper(func(e lgsp.Envelope) (lgsp.Document, error) {
		got = e
		return lgsp.Document{Body: []byte(`{"a":1}`), LegacyID: "1", Lane: "l", Subject: "s", Purpose: lgsp.Purpose{Procedure: "p", Officer: "o", Unit: "u"}, Warnings: []lgsp.FieldError{{Path: "/A"}}}, nil
	}))
	const tcvn = "<?xml version=\"1.0\" encoding=\"TCVN3\"?>\n<A xmlns=\"urn:a\">M\xc9u</A>"
	d, err := plugged.Map(context.Background(), lgsp.Envelope{Charset: "tcvn3", Sender: "H29.11", Body: []byte(tcvn)})
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Body) != `<A xmlns="urn:a">Mẫu</A>` || got.Charset != "" || got.Sender != "H29.11" {
		t.Errorf("the plugin got %q of %q", got.Body, got.Charset)
	}
	if d.Route != "r" || string(d.Body) != `{"a":1}` || d.LegacyID != "1" || d.Lane != "l" || d.Subject != "s" || d.Purpose != (lgsp.Purpose{Procedure: "p", Officer: "o", Unit: "u"}) || len(d.Warnings) != 1 {
		t.Errorf("got %+v", d)
	}
	for _, bad := range []string{"", "<A>", `<B xmlns="urn:a"/>`, `<!DOCTYPE A [<!ENTITY x "y">]><A xmlns="urn:a">&x;</A>`} {
		got = lgsp.Envelope{}
		if _, err := plugged.Map(context.Background(), lgsp.Envelope{Body: []byte(bad)}); lgsp.KindOf(err) != lgsp.Invalid || got.Body != nil {
			t.Errorf("%s: %v; the plugin got %q", bad, err, got.Body)
		}
	}
	if _, err := m.Map(context.Background(), lgsp.Envelope{Body: []byte(a(""))}); lgsp.KindOf(err) != lgsp.Unknown {
		t.Errorf("without its plugin: %v", err)
	}
}

func TestWhatTheMappingSaysGoesBeforeWhatItsPluginSays(t *testing.T) {
	m := mappingOf(t, pluggedHead+"id: {from: Ma, required: true}\nlane: Ho\npurpose: {officer: CanBo}\n")
	plugged := m.With(documentOf(lgsp.Document{Body: []byte(`{}`), LegacyID: "x", Lane: "x", Subject: "x", Purpose: lgsp.Purpose{Procedure: "x", Officer: "x"}}))
	d, err := plugged.Map(context.Background(), lgsp.Envelope{Body: []byte(a("<Ma>1</Ma><CanBo>2</CanBo>"))})
	if err != nil || d.LegacyID != "1" || d.Lane != "" || d.Subject != "x" || d.Purpose != (lgsp.Purpose{Procedure: "x", Officer: "2"}) {
		t.Errorf("got %+v, %v", d, err)
	}
	_, err = plugged.Map(context.Background(), lgsp.Envelope{Body: []byte(a("<Ho>1</Ho>"))})
	if got := fieldsOf(err); got != "/A/Ma missing: " {
		t.Errorf("got %s", got)
	}
	bad := m.With(mapper(func(lgsp.Envelope) (lgsp.Document, error) {
		return lgsp.Document{LegacyID: "x", Subject: "s", Body: []byte("{}")}, &lgsp.Error{Kind: lgsp.Invalid, Code: "Invalid"}
	}))
	d, err = bad.Map(context.Background(), lgsp.Envelope{Body: []byte(a("<Ma>1</Ma><Ho>2</Ho>"))})
	if lgsp.KindOf(err) != lgsp.Invalid || d.LegacyID != "1" || d.Lane != "2" || d.Subject != "s" || d.Body != nil {
		t.Errorf("of a message that the plugin refuses: %+v, %v", d, err)
	}
}

func TestADocumentThatIsNotAsTheMappingSaysIsThePluginsFault(t *testing.T) {
	long := strings.Repeat("x", maxKey+1)
	xml := strings.Replace(pluggedHead, "form: json", "form: xml", 1)
	for name, tt := range map[string]struct {
		head string
		d    lgsp.Document
	}{
		"another route":     {pluggedHead, lgsp.Document{Route: "s", Body: []byte("{}")}},
		"no body":           {pluggedHead, lgsp.Document{}},
		"not JSON":          {pluggedHead, lgsp.Document{Body: []byte("{} {}")}},
		"not XML":           {xml, lgsp.Document{Body: []byte("<a><b></a>")}},
		"XML with entities": {xml, lgsp.Document{Body: []byte(`<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`)}},
		"a long id":         {pluggedHead, lgsp.Document{Body: []byte("{}"), LegacyID: long}},
		"a long unit":       {pluggedHead, lgsp.Document{Body: []byte("{}"), Purpose: lgsp.Purpose{Unit: long}}},
		"a steering id":     {pluggedHead, lgsp.Document{Body: []byte("{}"), LegacyID: "x\u202e"}},
		"half a letter":     {pluggedHead, lgsp.Document{Body: []byte("{}"), Subject: "\xc4"}},
	} {
		_, err := mappingOf(t, tt.head).With(documentOf(tt.d)).Map(context.Background(), lgsp.Envelope{Body: []byte(a(""))})
		var e *lgsp.Error
		if !errors.As(err, &e) || e.Kind != lgsp.Unknown || e.Code != "PluginFault" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := mappingOf(t, xml).With(documentOf(lgsp.Document{Body: []byte("<a/>")})).Map(context.Background(), lgsp.Envelope{Body: []byte(a(""))}); err != nil {
		t.Errorf("XML: %v", err)
	}
}

func TestWhatDoesNotFitBesideAPluginsErrorIsDropped(t *testing.T) {
	long := strings.Repeat("x", maxKey+1)
	plugged := mappingOf(t, pluggedHead).With(mapper(func(lgsp.Envelope) (lgsp.Document, error) {
		return lgsp.Document{LegacyID: long, Lane: "a\x1b[2J", Subject: "s"}, &lgsp.Error{Kind: lgsp.Invalid, Code: "Invalid"}
	}))
	d, err := plugged.Map(context.Background(), lgsp.Envelope{Body: []byte(a(""))})
	if lgsp.KindOf(err) != lgsp.Invalid || d.LegacyID != "" || d.Lane != "" || d.Subject != "s" {
		t.Errorf("got %+v, %v", d, err)
	}
}

const asksHead = "service: a\ntitle: Thử\nkind: lookup\nplugin: thu\nsource: {namespace: urn:a, root: A}\nsubject: So\npurpose: {procedure: Ma, officer: Ai}\ntarget: {route: r, form: xml}\n" +
	"reply:\n  source: {namespace: urn:r, root: R}\n  target: {root: t:Tra, namespaces: {t: urn:t}}\n"

func TestAPluginAnswersWhereNoRulesDo(t *testing.T) {
	body := lgsp.Ack{Body: []byte(`<R xmlns="urn:r"><B>x</B></R>`)}
	m := mappingOf(t, asksHead)
	good := `<u:Tra xmlns:u="urn:t">x</u:Tra>`
	got, err := m.With(speaker{reply: good}).Reply(context.Background(), lgsp.Envelope{}, body)
	if err != nil || string(got) != good {
		t.Errorf("got %s, %v", got, err)
	}
	for _, bad := range []string{"", "<Tra/>", `<u:Khac xmlns:u="urn:t"/>`, good + good} {
		if _, err := m.With(speaker{reply: bad}).Reply(context.Background(), lgsp.Envelope{}, body); lgsp.KindOf(err) != lgsp.Unknown {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := m.With(documentOf(lgsp.Document{})).Reply(context.Background(), lgsp.Envelope{}, body); lgsp.KindOf(err) != lgsp.Unknown {
		t.Errorf("a plugin without replies: %v", err)
	}
	ruled := mappingOf(t, asksHead+"  fields: [{to: C, from: B}]\n")
	got, err = ruled.With(speaker{reply: good}).Reply(context.Background(), lgsp.Envelope{}, body)
	if err != nil || string(got) != `<t:Tra xmlns:t="urn:t"><t:C>x</t:C></t:Tra>` {
		t.Errorf("rules go before the plugin: %s, %v", got, err)
	}
}

func TestTheCasesOfAPluginAreRunWithIt(t *testing.T) {
	tree := fstest.MapFS{
		"a/mapping.yaml":         {Data: []byte(asksHead)},
		"a/cases/hoi/in.xml":     {Data: []byte(a("<So>1</So><Ma>2</Ma><Ai>3</Ai>"))},
		"a/cases/hoi/want.xml":   {Data: []byte("<H/>")},
		"a/cases/hoi/case.yaml":  {Data: []byte("subject: '1'\n")},
		"a/cases/tra/answer.xml": {Data: []byte(`<R xmlns="urn:r"/>`)},
		"a/cases/tra/want.xml":   {Data: []byte(`<Tra xmlns="urn:t">x</Tra>`)},
	}
	s, err := OpenSuite(tree, "a")
	if err != nil {
		t.Fatal(err)
	}
	outcome := func() string {
		results, err := s.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range results {
			if r.OK() {
				names = append(names, r.Name)
			}
		}
		return strings.Join(names, " ")
	}
	if got := outcome(); got != "" {
		t.Errorf("without the plugin: %s", got)
	}
	s.Plug(speaker{documentOf(lgsp.Document{Body: []byte("<H/>")}), `<Tra xmlns="urn:t">x</Tra>`})
	if got := outcome(); got != "hoi tra" {
		t.Errorf("with it: %s", got)
	}
	s.Plug(speaker{documentOf(lgsp.Document{Body: []byte("<H>1</H>")}), `<Tra xmlns="urn:t">y</Tra>`})
	if got := outcome(); got != "" {
		t.Errorf("with another: %s", got)
	}
}
