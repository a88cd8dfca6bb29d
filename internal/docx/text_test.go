package docx

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/paper/samples"
)

// everywhere puts one text into every place that takes one.
func everywhere(s string) paper.Document {
	return paper.Document{
		Parent: s, Agency: s, Number: s, Symbol: s, Place: s, Kind: s, Subject: s, To: []string{s, s}, Bases: []string{s},
		Body: []paper.Block{
			paper.Heading{Level: 1, Text: s}, paper.Heading{Level: 3, Text: s}, paper.Text(s), paper.List{Mark: paper.Letter, Items: []string{s}},
			paper.Chart{Title: s, Unit: s, Kind: paper.Shares, Labels: []string{s}, Series: []paper.Series{{Name: s, Values: []int64{1}}, {Name: s, Values: []int64{2}}}},
			paper.Table{Caption: s, Columns: []paper.Column{{Title: s}, {Title: s, Align: paper.Right}}, Rows: []paper.Row{{Cells: []string{s, s}}, {Cells: []string{s}, Kind: paper.Group}}},
		},
		Recipients: []string{s}, Signer: paper.Signer{Authority: s, Position: s, Name: s},
		Footer:     footerOf(s),
		Appendices: []paper.Appendix{{Number: s, Title: s, Note: s, Body: []paper.Block{paper.Text(s)}}, {}},
		Properties: paper.Properties{Title: s, Author: s},
	}
}

func footerOf(s string) string { return string([]rune(s)[:min(300, len([]rune(s)))]) }

func TestMarkupInTextIsText(t *testing.T) {
	d := samples.Notice()
	d.Body = []paper.Block{paper.Text(`</w:t></w:r><w:r a="1">&amp; <!-- ]]> -->`)}
	if got := text(mainPart(t, d)); !strings.Contains(got, `</w:t></w:r><w:r a="1">`) {
		t.Errorf("got %q", got)
	}
	if part := mainPart(t, d); !strings.Contains(part, `&lt;/w:t&gt;&lt;/w:r&gt;&lt;w:r a="1"&gt;&amp;amp; &lt;!-- ]]&gt; --&gt;`) {
		t.Error("markup is not escaped")
	}
}

func TestWhatWouldBreakOrTurnTheTextIsLeftOut(t *testing.T) {
	d := paper.Document{Body: []paper.Block{paper.Text("a\x00b\x1bc\rd\u202ee\u2066f\ufffeg\ufdd0h\u0085i\tj\nk\xffl")}}
	if got, want := mainPart(t, d), `abcdefghi j</w:t><w:br/><w:t xml:space="preserve">k`+"\ufffdl</w:t>"; !strings.Contains(got, want) {
		t.Errorf("no %q in %q", want, got)
	}
}

func FuzzNoTextBreaksTheFile(f *testing.F) {
	for _, s := range []string{"", "Sở Tư pháp", "<w:p>", "]]>&", "\x00\x08\x0b", "\ufeff\uffff", "\xc3\x28", "số 5 Điều 7", "a\n\nb", "ẩẫậ\u0301", "𝒜\U0010ffff", "\u2028 \u202e", ";.,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := everywhere(s)
		_, content := unzipped(t, written(t, d))
		for part, xml := range content {
			if !utf8.ValidString(xml) {
				t.Fatalf("%s is not UTF-8", part)
			}
			if err := wellFormed(xml); err != nil {
				t.Fatalf("%s: %v", part, err)
			}
		}
		// Whatever a text says, it adds no element but the runs that hold it.
		plain := everywhere("x")
		if s == "" || strings.TrimSpace(s) == "" {
			return
		}
		if got, want := paragraphs(t, content["word/document.xml"]), paragraphs(t, mainPart(t, plain)); got != want {
			t.Fatalf("%d paragraphs and cells, want %d", got, want)
		}
	})
}

func paragraphs(t *testing.T, part string) (n int) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(part)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && (e.Name.Local == "p" || e.Name.Local == "tc" || e.Name.Local == "sectPr") {
			n++
		}
	}
}
