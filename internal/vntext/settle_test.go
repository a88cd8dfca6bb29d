package vntext

import (
	"strings"
	"testing"
)

func TestTheCharsetIsSettledByTheFirstThatSaysIt(t *testing.T) {
	const utf8BOM, le, be = "\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"
	for _, c := range []struct{ name, header, body, configured, want string }{
		{"nothing said", "", "<a/>", "", UTF8},
		{"nothing said, empty", "", "", "", UTF8},
		{"header without charset", "text/xml", "<a/>", "", UTF8},
		{"header", "text/xml; charset=windows-1258", "<a/>", "", Windows1258},
		{"header, upper case and quotes", `text/xml;Charset="WINDOWS-1258"`, "<a/>", "", Windows1258},
		{"header, wrong quotes", "text/xml; charset='utf-8'", "<a/>", "", UTF8},
		{"header, spaces", "text/xml ; charset = tcvn3 ; x=y", "<a/>", "", TCVN3},
		{"header, after a quoted parameter", `application/soap+xml; action="urn:x;charset=vni"; charset=utf-8`, "<a/>", "", UTF8},
		{"header, only inside a quoted parameter", `application/soap+xml; action="urn:x;charset=vni"`, "<a/>", "", UTF8},
		{"header, an escaped quote", `application/soap+xml; action="\";charset=vni"; charset=latin1`, "<a/>", "", Latin1},
		{"header, empty", "text/xml; charset=", "<?xml version='1.0' encoding='vni'?><a/>", "", VNI},
		{"declaration", "text/xml", `<?xml version="1.0" encoding="ISO-8859-1"?><a/>`, "", Latin1},
		{"declaration, single quotes and spaces", "", "<?xml version='1.0'\r\n encoding = 'x-tcvn3' ?><a/>", "", TCVN3},
		{"declaration without encoding", "", `<?xml version="1.0"?><a encoding="vni"/>`, "", UTF8},
		{"no declaration", "", `<a encoding="vni"/>`, "", UTF8},
		{"header over declaration", "text/xml; charset=utf-8", `<?xml version="1.0" encoding="windows-1258"?><a/>`, "", UTF8},
		{"mark over declaration", "", utf8BOM + `<?xml version="1.0" encoding="windows-1258"?><a/>`, "", UTF8},
		{"mark over header", "text/xml; charset=windows-1258", utf8BOM + "<a/>", "", UTF8},
		{"mark of UTF-16", "text/xml; charset=utf-16be", le + "<\x00a\x00", "", UTF16LE},
		{"mark of UTF-16, the other", "text/xml", be + "\x00<", "", UTF16BE},
		{"configured over header and declaration", "text/xml; charset=utf-8", `<?xml version="1.0" encoding="utf-8"?><a/>`, "tcvn3", TCVN3},
		{"configured over mark", "", utf8BOM + "<a/>", "VNI-Windows", VNI},
		{"configured over an unknown header", "text/xml; charset=x-unheard", "<a/>", "cp1258", Windows1258},
		{"configured, for Latin letters in UTF-8", "", "<a/>", "tcvn3-in-utf-8", TCVN3InUTF8},
		{"utf-16 with the first tag", "text/xml; charset=utf-16", "<\x00a\x00", "", UTF16LE},
		{"utf-16 with the first tag, the other", "text/xml; charset=UTF-16", "\x00<\x00a", "", UTF16BE},
		{"utf-16 without anything said", "", "<\x00?\x00x\x00m\x00l\x00", "", UTF16LE},
		{"utf-16 configured", "", be + "\x00<", "utf-16", UTF16BE},
		{"utf-16 declared in single bytes", "text/xml", `<?xml version="1.0" encoding="utf-16"?><a/>`, "", UTF8},
		{"utf-16le declared in single bytes", "text/xml", `<?xml version="1.0" encoding="UTF-16LE"?><a/>`, "", UTF8},
	} {
		got, err := Settle(c.header, []byte(c.body), c.configured)
		if err != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}

func TestAnUnknownCharsetIsAnError(t *testing.T) {
	for _, c := range []struct{ name, header, body, configured string }{
		{"configured", "text/xml; charset=utf-8", "<a/>", "viscii"},
		{"header", "text/xml; charset=shift_jis", `<?xml version="1.0" encoding="utf-8"?><a/>`, ""},
		{"declaration", "text/xml", `<?xml version="1.0" encoding="x-unheard"?><a/>`, ""},
		{"utf-16 that is not", "text/xml; charset=utf-16", "<a/>", ""},
		{"utf-16 of nothing", "text/xml; charset=utf-16", "", ""},
		{"utf-16 configured, not sent", "", "<a/>", "utf-16"},
	} {
		if got, err := Settle(c.header, []byte(c.body), c.configured); err == nil {
			t.Errorf("%s: got %q", c.name, got)
		}
	}
	_, err := Settle("text/xml; charset="+strings.Repeat("x\n", 1000), nil, "")
	if err == nil || len(err.Error()) > 300 || strings.Contains(err.Error(), "\n") {
		t.Errorf("a long name is not cut: %v", err)
	}
}

func TestAliasesAreKnownInAnyCase(t *testing.T) {
	for alias, want := range map[string]string{
		"UTF8": UTF8, "us-ascii": UTF8, "cp1258": Windows1258, "x-tcvn3": TCVN3, "TCVN-5712": TCVN3, "ABC": TCVN3, "vni-windows": VNI, "Vni": VNI,
		"latin1": Latin1, "ISO-8859-1": Latin1, "cp1252": Windows1252, "UTF-16LE": UTF16LE, " utf-8 ": UTF8, "VNI-in-UTF-8": VNIInUTF8,
	} {
		if got, ok := Canonical(alias); !ok || got != want {
			t.Errorf("%q: got %q, want %q", alias, got, want)
		}
	}
	for _, name := range Names() {
		if got, ok := Canonical(name); !ok || got != name {
			t.Errorf("%q: got %q", name, got)
		}
		if _, err := Decode(nil, name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestSettlingTakesNoAllocation(t *testing.T) {
	body := []byte("<?xml version='1.0' encoding='utf-8'?><a/>")
	if n := testing.AllocsPerRun(100, func() {
		if _, err := Settle("text/xml; charset=utf-8", body, ""); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
