package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/beevik/etree"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/internal/vntext"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/sandbox"
)

const (
	spoiltMessages = 6000 // made by chance, besides those with one thing left out
	doorSeed       = 20261122
)

// What the door lets in gets a receipt, so the upstream must not refuse it
// afterwards: nobody would be left to tell.
func TestWhatTheDoorLetsInTheUpstreamTakes(t *testing.T) {
	letters := goodLetters(t)
	up := newUpstream(t)
	dice := rand.New(rand.NewPCG(doorSeed, 1))
	taken, refused := 0, 0
	try := func(l letter, doc *etree.Document, what string) {
		ok, complaint := up.try(t, l, doc)
		switch {
		case complaint != "":
			t.Errorf("%s: %s: %s", l.name, what, complaint)
		case ok:
			taken++
		default:
			refused++
		}
	}
	for _, l := range letters {
		try(l, l.doc.Copy(), "as it is")
		for i := range placesOf(l.doc.Root()) {
			doc := l.doc.Copy()
			p := placesOf(doc.Root())[i]
			p.drop()
			try(l, doc, "without "+p.name())
		}
	}
	if refused == 0 || taken < len(letters) {
		t.Fatalf("%d of %d good messages were taken", taken, len(letters))
	}
	for range spoiltMessages {
		l := letters[dice.IntN(len(letters))]
		doc := l.doc.Copy()
		var done []string
		for range 1 + dice.IntN(3)/2 {
			done = append(done, spoil(dice, doc.Root()))
		}
		try(l, doc, strings.Join(done, ", "))
		if t.Failed() && dice.IntN(40) == 0 {
			t.FailNow() // enough has been shown
		}
	}
	if taken < spoiltMessages/10 || refused < spoiltMessages/10 {
		t.Errorf("the test is idle: %d taken, %d refused at the door", taken, refused)
	}
	t.Logf("%d taken, %d refused at the door", taken, refused)
}

// letter is a good case of a shipped mapping, and the same with every element
// that the WSDL names, those that were not there empty.
type letter struct {
	name    string
	mapping *mappings.Mapping
	doc     *etree.Document
}

func goodLetters(t *testing.T) []letter {
	t.Helper()
	set, err := mappings.Load(mappings.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	found, err := fs.Glob(mappings.Shipped(), "*/cases/*/want.[jx]*")
	if err != nil {
		t.Fatal(err)
	}
	var letters []letter
	for _, file := range found {
		folder := path.Dir(file)
		m, _ := set.Get(strings.SplitN(folder, "/", 2)[0])
		letters = append(letters, letter{folder, m, readCase(t, folder)})
		full := readCase(t, folder)
		schema, err := strictxml.Parse(m.Schema(), strictxml.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		fill(payloadOf(full.Root(), m.Root()), schema.Root().SelectElement("element"), schema.Root().SelectAttrValue("elementFormDefault", "") == "qualified")
		letters = append(letters, letter{folder + " with every element", m, full})
	}
	return letters
}

var sidecarCharset = regexp.MustCompile(`(?m)^charset: (\S+)$`)

func readCase(t *testing.T, folder string) *etree.Document {
	t.Helper()
	body, err := fs.ReadFile(mappings.Shipped(), path.Join(folder, "in.xml"))
	if err != nil {
		t.Fatal(err)
	}
	charset := ""
	if side, err := fs.ReadFile(mappings.Shipped(), path.Join(folder, "case.yaml")); err == nil {
		if found := sidecarCharset.FindSubmatch(side); found != nil {
			charset = string(found[1])
		}
	}
	text, err := vntext.Decode(body, charset)
	if err != nil {
		t.Fatalf("%s: %v", folder, err)
	}
	doc, err := strictxml.Parse(text, strictxml.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", folder, err)
	}
	return doc
}

func payloadOf(e *etree.Element, root string) *etree.Element {
	if e.Tag == root {
		return e
	}
	for _, kid := range e.ChildElements() {
		if found := payloadOf(kid, root); found != nil {
			return found
		}
	}
	return nil
}

// fill adds to e the elements and attributes of its description that it lacks.
func fill(e, described *etree.Element, qualified bool) {
	for _, a := range described.FindElements("complexType/attribute") {
		if name := a.SelectAttrValue("name", ""); e.SelectAttr(name) == nil {
			e.CreateAttr(name, "")
		}
	}
	for _, d := range described.FindElements("complexType/sequence/element") {
		name, there := d.SelectAttrValue("name", ""), false
		for _, kid := range e.ChildElements() {
			if kid.Tag == name {
				fill(kid, d, qualified)
				there = true
			}
		}
		if there {
			continue
		}
		kid := e.CreateElement(name)
		if qualified {
			kid.Space = e.Space
		}
		fill(kid, d, qualified)
	}
}

// place is an element without children, or an attribute.
type place struct {
	e    *etree.Element
	attr string // "" = the text of e
}

func placesOf(e *etree.Element) []place {
	var all []place
	for i := range e.Attr {
		if a := &e.Attr[i]; a.Space == "" && a.Key != "xmlns" {
			all = append(all, place{e, a.Key})
		}
	}
	kids := e.ChildElements()
	if len(kids) == 0 {
		all = append(all, place{e: e})
	}
	for _, kid := range kids {
		all = append(all, placesOf(kid)...)
	}
	return all
}

func (p place) name() string {
	if p.attr != "" {
		return p.e.Tag + "/@" + p.attr
	}
	return p.e.Tag
}

func (p place) text() string {
	if p.attr != "" {
		return p.e.SelectAttrValue(p.attr, "")
	}
	return p.e.Text()
}

func (p place) set(text string) {
	if p.attr != "" {
		p.e.CreateAttr(p.attr, text)
		return
	}
	p.e.SetText(text)
}

func (p place) drop() {
	if p.attr != "" {
		p.e.RemoveAttr(p.attr)
		return
	}
	if up := p.e.Parent(); up != nil {
		up.RemoveChild(p.e)
	}
}

// oddTexts are put where they may or may not belong.
var oddTexts = strings.Split(`0|1|2|3|4|5|6|7|8|9|10|00|01|03|09|29|54|55|56|79|98|99|007|999|1000|-1|-0|+5|1.5|1e3|٣|012345678|0123456789O1|`+
	`079096000101|079 096 000 101|26734|267340|2673|true|false|TRUE|Y|N|NAM|Nữ|nu|M|F|KINH|Kinh|Khác|không rõ|thuongTru|KHONG_RO|goa|GIAY_BAO_TU|KHONG_CO|TOA_AN|`+
	`31/02/2026|29/02/2024|1/1/2026|01/01/0001|2026-11-22|2026-13-01|2026-11-22T17:00:00Z|2026-11-22T23:59:59-11:00|9999-12-31T23:59:59Z|20261122|20260000|19400000|1940|11/1940|00/1940|`+
	`24:00|23:59|7:05|0900000000|84900000000|+84 900 000 000|+84900000000000|090|a@b|a@b.vn|a@b@c.vn|a,b@c.vn|@c.vn|ă@b.c|a@b.|`+
	`VN|vn|VNM|JVBERg==|JVBE=|====|JVB|JV BE|H29.11|x/y|<&>"'|Nguyễn Thị Mẫu|Mẫu|{"hoTich":{}}|]]>|\|😀`, "|")

// spoil changes one thing in a message and says what.
func spoil(dice *rand.Rand, root *etree.Element) string {
	places := placesOf(root)
	p := places[dice.IntN(len(places))]
	was := p.text()
	switch dice.IntN(12) {
	case 0:
		p.set([]string{"", " ", "\u00a0", "\n\t"}[dice.IntN(4)])
		return p.name() + " is blank"
	case 1:
		n := []int{3, 11, 21, 31, 41, 51, 101, 201, 251, 1001}[dice.IntN(10)]
		p.set(was + strings.Repeat([]string{"ữ", "7", "x ", "=", "😀"}[dice.IntN(5)], n))
		return fmt.Sprintf("%s has %d more", p.name(), n)
	case 2:
		if was != "" {
			p.set(was[:len(was)-1-dice.IntN(len(was))])
			p.set(strings.ToValidUTF8(p.text(), ""))
		}
		return p.name() + " is cut"
	case 3:
		other := places[dice.IntN(len(places))]
		p.set(other.text())
		return p.name() + " says what " + other.name() + " says"
	case 4:
		if up := p.e.Parent(); up != nil {
			up.AddChild(p.e.Copy())
		}
		return p.e.Tag + " is there twice"
	case 5:
		if up := p.e.Parent(); up != nil && up.Parent() != nil {
			empty := etree.NewElement(up.Tag)
			empty.Space = up.Space
			empty.CreateAttr("nil", "true")
			empty.Attr[0].Space = "xsi"
			empty.CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
			up.Parent().InsertChildAt(up.Index(), empty)
		}
		return "an empty element before " + p.e.Tag
	case 6:
		if was != "" {
			i := dice.IntN(len(was))
			p.set(strings.ToValidUTF8(was[:i]+[]string{" ", "0", "x", "\u0301", "\n", "\u00a0", "'"}[dice.IntN(7)]+was[i:], ""))
		}
		return p.name() + " has something put in"
	case 7:
		if up := p.e.Parent(); up != nil {
			up.RemoveChild(p.e)
		}
		return "without " + p.e.Tag
	}
	odd := oddTexts[dice.IntN(len(oddTexts))]
	p.set(odd)
	return p.name() + " is " + odd
}

// upstream is the sandbox, called without a network.
type upstream struct {
	http.Handler
	token string
	calls uint64
}

func newUpstream(t *testing.T) *upstream {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{Clients: map[string]sandbox.Client{"thu": {Secret: "thu"}}})
	if err != nil {
		t.Fatal(err)
	}
	u := &upstream{Handler: box.Handler()}
	r := httptest.NewRequest(http.MethodPost, "/token", strings.NewReader("grant_type=client_credentials"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("thu", "thu")
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(u.call(r)), &answer); err != nil || answer.Token == "" {
		t.Fatalf("no token: %v", err)
	}
	u.token = answer.Token
	return u
}

func (u *upstream) call(r *http.Request) string {
	w := httptest.NewRecorder()
	u.ServeHTTP(w, r)
	return w.Body.String()
}

// try maps a message and sends what became of it. The complaint is about what
// was let in at the door and then refused.
func (u *upstream) try(t *testing.T, l letter, doc *etree.Document) (taken bool, complaint string) {
	t.Helper()
	body, err := doc.WriteToBytes()
	if err != nil {
		t.Fatal(err)
	}
	u.calls++
	id := lgsp.ID{0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, byte(u.calls >> 24), byte(u.calls >> 16), byte(u.calls >> 8), byte(u.calls)}
	d, err := l.mapping.Map(context.Background(), lgsp.Envelope{ID: id, Sender: "H29.11", Service: l.mapping.Service(), Body: body})
	if err != nil {
		if lgsp.KindOf(err) != lgsp.Invalid {
			t.Fatalf("%s: %v", l.name, err)
		}
		return false, ""
	}
	if d.LegacyID == "" {
		return false, "it has no id of its sender's"
	}
	answer := u.deliver(id, d)
	if strings.Contains(answer, `"status":"1"`) || strings.Contains(answer, "<TrangThai>1</TrangThai>") {
		return true, ""
	}
	return false, answer
}

func (u *upstream) deliver(id lgsp.ID, d lgsp.Document) string {
	where, kind, body := "/apiLienThongKSKT/1.0/nhanHoSoDKHT", "application/json", string(d.Body)
	if d.Route == "CapNhatThongTinCongDan" {
		where, kind = "/dancu/1.0/CapNhatThongTinCongDan", "application/xml"
		body = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + body + `</s:Body></s:Envelope>`
	}
	r := httptest.NewRequest(http.MethodPost, where, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Authorization", "Bearer "+u.token)
	r.Header.Set("Idempotency-Key", id.String())
	return u.call(r)
}
