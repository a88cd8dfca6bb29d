package sandbox

import (
	"net/http"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

const (
	traCuuPath  = dancuBase + traCuu
	xacThucPath = dancuBase + xacThuc
	xacMinhPath = dancuBase + xacMinh
)

// lookupOf is a whole look-up of p by everything that may be asked of.
func lookupOf(operation, code string, p Person) string {
	birth := "<dan:NgayThangNam>" + strings.ReplaceAll(p.NgaySinh, "-", "") + "</dan:NgayThangNam>"
	return `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="http://dancuquocgia.bca"><soapenv:Header/><soapenv:Body>` +
		`<dan:` + operation + `><dan:MaYeuCau>` + code + `</dan:MaYeuCau><dan:MaDVC>1.004222</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop>` +
		`<dan:MaCanBo>079190000009</dan:MaCanBo><dan:MaDonVi>H29.11</dan:MaDonVi><dan:TaiKhoan>canbo.thu</dan:TaiKhoan><dan:SoDienThoai>0</dan:SoDienThoai>` +
		`<dan:SoDinhDanh>` + p.SoDinhDanh + `</dan:SoDinhDanh><dan:HoVaTen>` + nameKey(fullName(p.Ho, p.ChuDem, p.Ten)) + `</dan:HoVaTen>` +
		`<dan:NgayThangNamSinh>` + birth + `</dan:NgayThangNamSinh></dan:` + operation + `></soapenv:Body></soapenv:Envelope>`
}

// ask sends a look-up.
func (p *platform) ask(operation, body string) reply {
	p.t.Helper()
	return p.must(http.MethodPost, dancuBase+operation, body, p.dancuHeader())
}

// inBody returns the one child of the SOAP body of an answer.
func inBody(t *testing.T, r reply) *etree.Element {
	t.Helper()
	doc, err := strictxml.Parse([]byte(r.body), strictxml.Limits{})
	if err != nil {
		t.Fatalf("not an answer of the population database: %d %s", r.status, r.body)
	}
	_, parts := content(doc.Root())
	_, answers := content(parts[len(parts)-1])
	if len(answers) != 1 {
		t.Fatalf("%d answers: %s", len(answers), r.body)
	}
	return answers[0]
}

// citizen asks and returns the CongDan of the answer, nil if it has none.
func (p *platform) citizen(operation, body string) *etree.Element {
	p.t.Helper()
	r := p.ask(operation, body)
	x := inBody(p.t, r)
	if r.status != http.StatusOK || x.Tag != collectionName || x.NamespaceURI() != congdanNamespace {
		p.t.Fatalf("not a collection: %d %s", r.status, r.body)
	}
	_, people := content(x)
	switch len(people) {
	case 0:
		return nil
	case 1:
		return people[0]
	}
	p.t.Fatalf("%d people: %s", len(people), r.body)
	return nil
}

// someone returns an invented person that fits.
func (p *platform) someone(fits func(Person) bool) Person {
	p.t.Helper()
	for _, one := range p.People() {
		if fits(one) {
			return one
		}
	}
	p.t.Fatal("nobody fits")
	return Person{}
}

// tags are the names of the elements in x.
func tags(x *etree.Element) string {
	_, kids := content(x)
	names := make([]string, len(kids))
	for i, kid := range kids {
		names[i] = kid.Tag
	}
	return strings.Join(names, " ")
}
