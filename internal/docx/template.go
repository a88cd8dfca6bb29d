package docx

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"lgsp.internal/adapter/internal/paper"
)

// Filling is what takes the place of placeholders.
type Filling struct {
	Values map[string]string        // texts; "\n" breaks a line, "" leaves out the paragraph that holds nothing else
	Blocks map[string][]paper.Block // take the place of a paragraph that holds nothing else
}

// The names of the placeholders of Blank, in the language of those who edit a
// template.
const (
	nameParent     = "co_quan_chu_quan"
	nameAgency     = "co_quan"
	nameNumber     = "so"
	nameSymbol     = "ky_hieu"
	namePlace      = "dia_danh"
	nameDate       = "ngay_thang"
	nameSubject    = "trich_yeu"
	nameTo         = "kinh_gui"
	nameBody       = "noi_dung"
	nameRecipients = "noi_nhan"
	namePosition   = "chuc_vu"
	nameSigner     = "nguoi_ky"
	nameFooter     = "chan_trang"
	nameAppendix   = "phu_luc_" // with its number, from 1
)

func mark(name string) string { return paper.Placeholder{Name: name}.Mark() }

// Template writes a document whose texts may hold placeholders as {{name}}, and
// whose bodies paper.Placeholder, for people to edit and Fill to fill in.
// Capitals of such texts are a matter of formatting, so that the names keep
// their letters and what is filled in has capitals too. A placeholder that Fill
// would not take is an error, with nothing written.
func Template(w io.Writer, d paper.Document) error {
	var file bytes.Buffer
	if err := write(&file, d, true); err != nil {
		return err
	}
	if _, err := Placeholders(file.Bytes()); err != nil {
		return err
	}
	if _, err := w.Write(file.Bytes()); err != nil {
		return fmt.Errorf("writing a template: %w", err)
	}
	return nil
}

// Blank returns the standard template of documents such as d: what differs from
// one to the next is a placeholder, the rest – kind, bases, titles of appendices
// – stays to be edited. FillingOf names what fills it.
func Blank(d paper.Document) paper.Document {
	b := d
	b.Agency, b.Number, b.Symbol, b.Place, b.Dated = mark(nameAgency), mark(nameNumber), mark(nameSymbol), mark(namePlace), mark(nameDate)
	if d.Parent != "" {
		b.Parent = mark(nameParent)
	}
	if d.Subject != "" {
		b.Subject = mark(nameSubject)
	}
	if d.Footer != "" {
		b.Footer = mark(nameFooter)
	}
	b.To, b.Recipients = []string{mark(nameTo)}, []string{mark(nameRecipients)}
	b.Signer = paper.Signer{Position: mark(namePosition), Name: mark(nameSigner)}
	b.Body = []paper.Block{paper.Placeholder{Name: nameBody}}
	b.Appendices = slices.Clone(d.Appendices)
	for i := range b.Appendices {
		b.Appendices[i].Body = []paper.Block{paper.Placeholder{Name: nameAppendix + itoa(i+1)}}
	}
	b.Properties = paper.Properties{}
	return b
}

// FillingOf returns what makes d of the template Blank(d), and of any other that
// uses its placeholders.
func FillingOf(d paper.Document) Filling {
	to, items := d.Addressees()
	in := Filling{
		Values: map[string]string{
			nameParent: d.Parent, nameAgency: paper.OrGap(d.Agency),
			nameNumber: strings.TrimSuffix(paper.NumberText(d.Number, "-"), "/-"), nameSymbol: paper.OrGap(d.Symbol),
			namePlace: paper.OrGap(d.Place), nameDate: d.DatedText(), nameSubject: d.Subject,
			nameTo:         strings.TrimPrefix(strings.Join(append([]string{strings.TrimPrefix(to, "Kính gửi:")}, items...), "\n"), " "),
			nameRecipients: strings.TrimPrefix(strings.Join(d.RecipientItems(), "\n"), "- "),
			namePosition:   d.SignerTitle(), nameSigner: paper.OrGap(d.Signer.Name), nameFooter: d.Footer,
		},
		Blocks: map[string][]paper.Block{nameBody: d.Body},
	}
	for i, a := range d.Appendices {
		in.Blocks[nameAppendix+itoa(i+1)] = a.Body
	}
	return in
}

// Placeholders returns the names of the placeholders of a template, in
// alphabetical order. The error is one that Fill would return whatever the
// filling: a file that it refuses, a placeholder that is malformed.
func Placeholders(template []byte) ([]string, error) {
	a, err := open(template)
	if err != nil {
		return nil, fmt.Errorf("reading a template: %w", err)
	}
	places, err := a.marked()
	if err != nil {
		return nil, fmt.Errorf("reading a template: %w", err)
	}
	names := map[string]bool{}
	var bad problems
	for _, p := range places {
		bad.add(p.part, p.paragraph, p.malformed...)
		for _, m := range p.marks {
			names[m.name] = true
		}
	}
	if err := bad.err(); err != nil {
		return nil, fmt.Errorf("reading a template: %w", err)
	}
	return sortedKeys(names), nil
}
