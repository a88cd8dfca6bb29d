package dictionary

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lgsp.internal/adapter/mappings"
)

func TestTheDictionariesOfTwoShippedServices(t *testing.T) {
	for _, service := range []string{"hotich.khai-sinh", "dancu.tra-cuu"} {
		d := of(t, mappings.Shipped(), service)
		golden(t, service+".md", asMarkdown(t, d, Vietnamese))
		golden(t, service+".html", asHTML(t, d, Vietnamese))
	}
}

func TestEveryRuleAndEveryElementOfEveryShippedMappingAppears(t *testing.T) {
	set, err := mappings.Load(mappings.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	musts := 0
	for _, service := range set.Services() {
		d := of(t, mappings.Shipped(), service)
		for _, l := range []Language{Vietnamese, English} {
			page := parsed(t, asHTML(t, d, l))
			rows, md := page.byID(t), asMarkdown(t, d, l)
			seen := 0
			var look func(rules []*mappings.DescribedRule, kind, above string)
			look = func(rules []*mappings.DescribedRule, kind, above string) {
				for i, r := range rules {
					seen++
					number := above + strconv.Itoa(i+1)
					row := rows[kind+number]
					if row == nil {
						t.Fatalf("%s: the rule %s has no row %s", service, r.To, kind+number)
					}
					for _, want := range slices.Concat([]string{r.Doc, r.Base, r.Constant, r.Pattern, r.Expression}, r.Sources, r.DatesIn, r.DatesOut) {
						if !strings.Contains(row.text, want) {
							t.Errorf("%s: the row of %s does not say %q: %s", service, r.To, want, row.text)
						}
					}
					if kind != "v-" && (!strings.Contains(row.text, r.To) || !strings.Contains(md, "\n| "+number+" | `"+r.To+"` | ")) {
						t.Errorf("%s: no row names %s %s", service, number, r.To)
					}
					for _, m := range r.Musts {
						musts++
						for _, want := range []string{m.Expression, m.Want, m.At, m.If, m.Doc} {
							if !strings.Contains(row.text, want) {
								t.Errorf("%s: the row of %s does not say %q: %s", service, r.To, want, row.text)
							}
						}
					}
					look(r.Fields, kind, number+".")
				}
			}
			look(d.Mapping.Values, "v-", "")
			look(d.Mapping.Fields, "f-", "")
			if d.Mapping.Reply != nil {
				look(d.Mapping.Reply.Fields, "r-", "")
			}
			if seen < 10 {
				t.Errorf("%s: only %d rules were looked at", service, seen)
			}
			for _, m := range d.Mapping.Musts {
				musts++
				if !strings.Contains(page.text, m.Expression) || !strings.Contains(page.text, m.Want) || !strings.Contains(md, m.Want) {
					t.Errorf("%s: the check %q does not appear", service, m.Want)
				}
			}
			everyElement(t, page, md, d.Mapping.Message)
			for _, c := range d.Cases {
				if !strings.Contains(page.text, c.Name) || !strings.Contains(page.text, c.Doc) {
					t.Errorf("%s: the case %s does not appear", service, c.Name)
				}
			}
		}
	}
	if musts < 10 {
		t.Errorf("only %d checks were looked at", musts)
	}
}

func everyElement(t *testing.T, page *element, md string, e *mappings.DescribedElement) {
	t.Helper()
	if !slices.ContainsFunc(page.all("th"), func(th *element) bool { return th.text == e.Path }) || !strings.Contains(md, "\n| `"+e.Path+"` | ") {
		t.Errorf("no row of the department's fields names %s", e.Path)
	}
	for _, k := range e.Elements {
		everyElement(t, page, md, k)
	}
}

func TestEveryCodeStandsInFull(t *testing.T) {
	d := of(t, mappings.Shipped(), "hotich.khai-sinh")
	rows := parsed(t, asHTML(t, d, Vietnamese)).byID(t)
	link := rows["f-6.1.13"].all("a")
	if len(link) != 1 || link[0].attr["href"] != "#danh-muc-2" || !strings.Contains(rows["f-6.1.13"].text, "Kinh → 01; Tày → 02; Thái → 03; …") {
		t.Errorf("the row of a long list says %s", rows["f-6.1.13"].text)
	}
	md := asMarkdown(t, d, Vietnamese)
	for _, want := range []string{"| 56 | Khác | `99` |", "| 63 | `96` |", `<a id="danh-muc-2"></a>`, "[Danh mục 2](#danh-muc-2)", "Dùng cho 6.1.13 nksDanToc, 6.1.20 meDanToc, 6.1.33 chaDanToc."} {
		if !strings.Contains(md, want) {
			t.Errorf("there is no %s", want)
		}
	}
	if strings.Contains(md, "danh-muc-3") {
		t.Error("lists that say the same are not one")
	}
}

func TestLinksLeadSomewhereAndNothingComesFromOutside(t *testing.T) {
	for _, service := range []string{"hotich.khai-sinh", "dancu.tra-cuu", "dancu.cap-nhat"} {
		page := parsed(t, asHTML(t, of(t, mappings.Shipped(), service), Vietnamese))
		ids, links := page.byID(t), page.all("a")
		for _, a := range links {
			if to, ok := strings.CutPrefix(a.attr["href"], "#"); !ok || ids[to] == nil {
				t.Errorf("%s: a link to %s leads nowhere", service, a.attr["href"])
			}
		}
		if len(links) < 20 {
			t.Errorf("%s: only %d links", service, len(links))
		}
		for _, name := range []string{"script", "link", "img", "iframe", "object"} {
			if found := page.all(name); len(found) > 0 {
				t.Errorf("%s: there is an element %s", service, name)
			}
		}
		if style := page.all("style")[0].text; strings.Contains(style, "url(") || strings.Contains(style, "@import") {
			t.Errorf("%s: the style needs something from outside", service)
		}
	}
}

func TestTablesCanBeReadAloudAndPrinted(t *testing.T) {
	source := asHTML(t, of(t, mappings.Shipped(), "dancu.tra-cuu"), Vietnamese)
	page := parsed(t, source)
	if html := page.all("html")[0]; html.attr["lang"] != "vi" {
		t.Errorf("the page is in %q", html.attr["lang"])
	}
	tables := page.all("table")
	if len(tables) != 6 {
		t.Errorf("there are %d tables", len(tables))
	}
	for _, table := range tables {
		if caption := table.all("caption"); len(caption) != 1 || caption[0].text == "" {
			t.Error("a table has no caption")
		}
		width, columns := 0, 0
		for _, col := range table.all("col") {
			n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(col.attr["style"], "width: "), "%"))
			if err != nil {
				t.Error(err)
			}
			width += n
			columns++
		}
		if width != 100 {
			t.Errorf("%s: the columns take %d hundredths of the page", table.all("caption")[0].text, width)
		}
		for i, tr := range table.all("tr") {
			scope := "row"
			if i == 0 {
				scope = "col"
			}
			heads := tr.all("th")
			if len(heads) == 0 || heads[0].attr["scope"] != scope || len(tr.kids) != columns {
				t.Errorf("%s: a row of %d cells with %d headings", table.all("caption")[0].text, len(tr.kids), len(heads))
			}
		}
	}
	for _, want := range []string{"size: A4 landscape", "counter(page)", "display: table-header-group"} {
		if !strings.Contains(source, want) {
			t.Errorf("the style does not say %s", want)
		}
	}
	english := parsed(t, asHTML(t, of(t, mappings.Shipped(), "dancu.tra-cuu"), English))
	if html := english.all("html")[0]; html.attr["lang"] != "en" || english.all("p")[0].text != "Data dictionary" {
		t.Errorf("the page in English is in %q", html.attr["lang"])
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errDisk }

var errDisk = errors.New("disk full")

func TestAFailedWriteIsReported(t *testing.T) {
	d := of(t, mappings.Shipped(), "dancu.tra-cuu")
	if err := d.WriteHTML(fullDisk{}, Vietnamese); !errors.Is(err, errDisk) {
		t.Errorf("HTML: %v", err)
	}
	if err := d.WriteMarkdown(fullDisk{}, Vietnamese); !errors.Is(err, errDisk) {
		t.Errorf("Markdown: %v", err)
	}
}
