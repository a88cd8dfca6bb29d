package docx

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/paper/samples"
)

func relationship(attributes string) string {
	return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="x1" ` + attributes + `/></Relationships>`
}

func field(parts ...string) string {
	s := `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>`
	for _, p := range parts {
		s += `<w:r><w:instrText xml:space="preserve">` + p + `</w:instrText></w:r>`
	}
	return s + `<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`
}

// fieldRuns is a field within a paragraph.
func fieldRuns(code string) string {
	return strings.TrimSuffix(strings.TrimPrefix(field(code), "<w:p>"), "</w:p>")
}

func TestATemplateThatCouldHarmIsRefused(t *testing.T) {
	good := withBody(t, "<w:p>"+run("{{a}}")+"</w:p>")
	_, content := unzipped(t, good)
	kind := func(from, to string) []byte {
		return edited(t, good, map[string]string{contentTypes: strings.Replace(content[contentTypes], from, to, 1)})
	}
	rels := func(attributes string) []byte {
		return edited(t, good, map[string]string{"word/_rels/header1.xml.rels": relationship(attributes)})
	}
	deep := strings.Repeat("<w:p>", 200) + strings.Repeat("</w:p>", 200)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"no archive":           {[]byte("Sở Tư pháp"), "it is no DOCX file"},
		"nothing":              {nil, "it is no DOCX file"},
		"too large":            {make([]byte, maxTemplate+1), "want at most 20971520"},
		"no types":             {edited(t, good, map[string]string{contentTypes: "-"}), "no list of content types"},
		"a macro document":     {kind(mainType, "application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"},
		"a template of Word":   {kind(mainType, strings.Replace(mainType, "document.main", "template.main", 1)), "save it as a Word document"},
		"a spreadsheet":        {kind(mainType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"), "it is no Word document"},
		"macros":               {edited(t, good, map[string]string{"word/vbaProject.bin": "x"}), "macros (word/vbaProject.bin)"},
		"macros in capitals":   {edited(t, good, map[string]string{"word/VBAPROJECT.bin": "x"}), "macros"},
		"a control":            {edited(t, good, map[string]string{"word/activeX/activeX1.bin": "x"}), "macros"},
		"a signed file":        {edited(t, good, map[string]string{"_xmlsignatures/sig1.xml": "<a/>"}), "signed"},
		"a template elsewhere": {rels(`Type="http://x/relationships/attachedTemplate" Target="https://a.invalid/t.dotm" TargetMode="External"`), "fetches attachedtemplate"},
		"a picture elsewhere":  {rels(`Type="http://x/relationships/image" Target="file:///etc/passwd" TargetMode="external"`), "fetches image"},
		"a frame elsewhere":    {rels(`Type="http://x/relationships/frame" Target="\\host\share" TargetMode="External"`), "fetches frame"},
		"an embedded object":   {rels(`Type="http://x/relationships/oleObject" Target="embeddings/a.bin"`), "embeds oleobject"},
		"a chunk of HTML":      {rels(`Type="http://x/relationships/aFChunk" Target="a.html"`), "embeds afchunk"},
		"a DTD":                {edited(t, good, map[string]string{"word/document.xml": `<!DOCTYPE w [<!ENTITY a "b">]>` + content["word/document.xml"]}), "word/document.xml"},
		"a DTD elsewhere":      {edited(t, good, map[string]string{"customXml/item1.xml": `<!DOCTYPE a SYSTEM "http://a.invalid/"><a/>`}), "customXml/item1.xml"},
		"a DDE field":          {withBody(t, field(" DDEAUTO c:\\cmd.exe")), "fetches or starts"},
		"a DDE field in bits":  {withBody(t, field(" D", "DE", "AUTO c:\\cmd.exe")), "fetches or starts"},
		"a simple field":       {withBody(t, `<w:p><w:fldSimple w:instr="INCLUDETEXT &quot;a.docx&quot;"/></w:p>`), "INCLUDETEXT"},
		"a field in a header":  {edited(t, good, map[string]string{"word/header1.xml": `<w:hdr xmlns:w="` + wordNamespace + `">` + field("INCLUDEPICTURE http://a.invalid/") + `</w:hdr>`}), "INCLUDEPICTURE"},
		"a field of a field":   {withBody(t, strings.Replace(field(` "http://a.invalid/x.png"`), `<w:r><w:instrText`, fieldRuns(`QUOTE "INCLUDEPICTURE"`)+`<w:r><w:instrText`, 1)), "whose kind another field gives"},
		"a field cut by one":   {withBody(t, strings.Replace(field(" D", "DE x"), `</w:r><w:r><w:instrText xml:space="preserve">DE`, `</w:r>`+fieldRuns("QUOTE x")+`<w:r><w:instrText xml:space="preserve">DE`, 1)), "fetches or starts"},
		"a linked picture":     {withBody(t, `<w:p><w:r><w:drawing><a:blip xmlns:a="a" xmlns:r="r" r:link="x1"/></w:drawing></w:r></w:p>`), "a picture that lies elsewhere (blip)"},
		"a picture of old":     {withBody(t, `<w:p><w:r><w:pict><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://a.invalid/x.png"/></w:pict></w:r></w:p>`), "a picture that lies elsewhere (imagedata)"},
		"a picture in a fill":  {withBody(t, `<w:p><w:r><w:pict><v:fill xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="o" o:href="http://a.invalid/x.png"/></w:pict></w:r></w:p>`), "a picture that lies elsewhere (fill)"},
		"broken XML":           {edited(t, good, map[string]string{"word/document.xml": "<w:document>"}), "word/document.xml"},
		"deep XML":             {withBody(t, deep), "word/document.xml"},
		"strict":               {edited(t, good, map[string]string{"word/document.xml": `<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"/>`}), "Strict Open XML"},
		"a name that leads up": {edited(t, good, map[string]string{"../evil.xml": "<a/>"}), "leads elsewhere"},
		"a backslash":          {edited(t, good, map[string]string{`word\a.bin`: "x"}), "leads elsewhere"},
		"a part twice":         {edited(t, good, map[string]string{"WORD/document.xml": "<a/>"}), "there twice"},
		"no document":          {edited(t, good, map[string]string{"word/document.xml": "-"}), "it is no Word document"},
	} {
		var out bytes.Buffer
		err := Fill(&out, c.file, Filling{Values: map[string]string{"a": "b"}})
		if err == nil || !strings.Contains(err.Error(), c.want) || out.Len() > 0 {
			t.Errorf("%s: want an error with %q and no bytes, got %v and %d bytes", name, c.want, err, out.Len())
		}
		if _, err := Placeholders(c.file); err == nil {
			t.Errorf("%s: its placeholders are listed", name)
		}
	}
}

func TestATemplateMayHoldWhatDoesNoHarm(t *testing.T) {
	file := edited(t, withBody(t, "<w:p>"+run("{{a}}")+"</w:p>"+field(` HYPERLINK "https://a.invalid/link"`)+field(" PAGE ")+
		strings.Replace(field(`IF `, `= 1 "a"`), `= 1`, `</w:instrText></w:r>`+fieldRuns("PAGE")+`<w:r><w:instrText>= 1`, 1)+
		strings.Replace(field(""), `<w:r><w:fldChar w:fldCharType="end"/>`, `<w:r><w:fldChar w:fldCharType="separate"/></w:r>`+fieldRuns("PAGE")+`<w:r><w:fldChar w:fldCharType="end"/>`, 1)), map[string]string{
		"word/_rels/header1.xml.rels": relationship(`Type="http://x/relationships/hyperlink" Target="https://a.invalid/" TargetMode="External"`),
		"word/media/image1.png":       "\x89PNG", "customXml/item1.xml": "<a/>"})
	got := filled(t, file, Filling{Values: map[string]string{"a": "b"}})
	if got["word/media/image1.png"] != "\x89PNG" {
		t.Error("the picture is another")
	}
}

// bomb is a template with a part of zeros, which claims to be of another size.
func bomb(t *testing.T, size int, claimed uint32) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	names, content := unzipped(t, withBody(t, ""))
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, content[name])
	}
	w, err := z.Create("word/media/zeros.bin")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range size >> 20 {
		_, _ = w.Write(zeros)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := out.Bytes()
	if claimed > 0 { // the size in the last entry of the directory
		at := bytes.LastIndex(file, []byte("PK\x01\x02"))
		binary.LittleEndian.PutUint32(file[at+24:], claimed)
	}
	return file
}

func TestABombIsNotUnpacked(t *testing.T) {
	for name, file := range map[string][]byte{"honest": bomb(t, 80<<20, 0), "lying": bomb(t, 80<<20, 1000)} {
		if len(file) > 1<<20 {
			t.Fatalf("%s: %d bytes", name, len(file))
		}
		if err := Fill(io.Discard, file, Filling{}); err == nil || !strings.Contains(err.Error(), "zeros.bin") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestXMLAndPartsAreCountedTogether(t *testing.T) {
	big := map[string]string{}
	for i := range 4 {
		big[fmt.Sprintf("word/a%d.xml", i)] = "<a>" + strings.Repeat(" ", 7<<20) + "</a>"
	}
	many := map[string]string{}
	for i := range maxParts {
		many[fmt.Sprintf("word/a%d.bin", i)] = "x"
	}
	one := map[string]string{"word/a.xml": "<a>" + strings.Repeat(" ", 9<<20) + "</a>"}
	for want, parts := range map[string]map[string]string{"its XML has more than": big, "want at most 500": many, "word/a.xml": one} {
		if err := Fill(io.Discard, edited(t, withBody(t, ""), parts), Filling{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

// Each costs a walk over the paragraphs around it, and blocks their whole size.
func TestPlaceholdersAreCounted(t *testing.T) {
	values, blocks := "<w:p>"+run("{{a}}")+"</w:p>", "<w:p>"+run("{{b}}")+"</w:p>"
	in := Filling{Values: map[string]string{"a": "x"}, Blocks: map[string][]paper.Block{"b": someBlocks()}}
	for want, markup := range map[string]string{
		"":                                  strings.Repeat(values, maxMarks-maxUses) + strings.Repeat(blocks, maxUses),
		"it has 2001 placeholders":          strings.Repeat("<w:p>"+run("{{a}}{{a}}{{a}}")+"</w:p>", 667),
		"{{b}} names blocks and stands in ": strings.Repeat(blocks, maxUses+1),
	} {
		err := Fill(io.Discard, withBody(t, markup), in)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
	if _, err := Placeholders(withBody(t, strings.Repeat(values, maxMarks+1))); err == nil {
		t.Error("the names of too many placeholders are listed")
	}
}

func TestAnEncryptedPartIsRefused(t *testing.T) {
	file := withBody(t, "")
	at := bytes.LastIndex(file, []byte("PK\x01\x02"))
	file[at+8] |= 1
	if err := Fill(io.Discard, file, Filling{}); err == nil || !strings.Contains(err.Error(), "encrypted") {
		t.Errorf("got %v", err)
	}
}

func TestAnErrorOfTheWriterOfAFillingIsReturned(t *testing.T) {
	file, in := template(t, Blank(samples.Report())), FillingOf(samples.Report())
	var whole bytes.Buffer
	if err := Fill(&whole, file, in); err != nil {
		t.Fatal(err)
	}
	for _, left := range []int{0, whole.Len() / 2, whole.Len() - 1} {
		if err := Fill(&fullDisk{left}, file, in); err == nil {
			t.Errorf("with room for %d of %d bytes there is no error", left, whole.Len())
		}
		if err := Template(&fullDisk{0}, Blank(samples.Report())); err == nil {
			t.Error("a template without room is no error")
		}
	}
}

// What a template says, its filling opens again, or it is refused.
func FuzzAFillingIsWellFormed(f *testing.F) {
	for _, s := range []string{run("{{a}}"), run("{{") + run("b}}"), run("{{a}} {{b}}"), "<w:t>{{b}}</w:t>", run("}}{{"), `<w:r><w:t>{{a</w:t><w:br/><w:t>}}</w:t></w:r>`, "<w:pPr><w:sectPr/></w:pPr>" + run("{{b}}"), "<w:p>" + run("{{b}}") + "</w:p>"} {
		f.Add(s, "x\ny")
	}
	f.Fuzz(func(t *testing.T, markup, value string) {
		file := withBody(t, "<w:p>"+markup+"</w:p>")
		var out bytes.Buffer
		if err := Fill(&out, file, Filling{Values: map[string]string{"a": value}, Blocks: map[string][]paper.Block{"b": someBlocks()}}); err != nil {
			if out.Len() > 0 {
				t.Fatalf("%v, but bytes", err)
			}
			return
		}
		_, content := unzipped(t, out.Bytes())
		for part, xml := range content {
			if err := wellFormed(xml); err != nil {
				t.Fatalf("%s: %v", part, err)
			}
		}
		if _, err := open(out.Bytes()); err != nil {
			t.Fatalf("what was filled in is refused: %v", err)
		}
	})
}
