package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
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
	spoiltMessages = 3000 // made by chance, besides those with one thing left out or odd
	doorSeed       = 20261122
)

// What the door lets in gets a receipt, so the upstream must not refuse it
// afterwards: nobody would be left to tell.
func TestWhatTheDoorLetsInTheUpstreamTakes(t *testing.T) {
	d := &door{t: t, up: newUpstream(t)}
	letters := goodLetters(t)
	for _, l := range letters {
		d.try(l, bytesOf(t, l.doc), "as it is")
		for i := range placesOf(l.doc.Root()) {
			doc := l.doc.Copy()
			p := placesOf(doc.Root())[i]
			p.drop()
			d.try(l, bytesOf(t, doc), "without "+p.name())
		}
		if l.whole {
			d.odd(l)
		}
	}
	dice := rand.New(rand.NewPCG(doorSeed, 1))
	for range spoiltMessages {
		l := letters[dice.IntN(len(letters))]
		doc := l.doc.Copy()
		var done []string
		for range 1 + dice.IntN(3)/2 {
			done = append(done, spoil(dice, doc.Root()))
		}
		d.try(l, bytesOf(t, doc), strings.Join(done, ", "))
	}
	if d.taken < spoiltMessages || d.refused < spoiltMessages {
		t.Errorf("the test is idle: %d taken, %d refused at the door", d.taken, d.refused)
	}
}

// door sends messages and counts what becomes of them.
type door struct {
	t              *testing.T
	up             *upstream
	taken, refused int
	complaints     int
}

func (d *door) try(l letter, body []byte, what string) {
	d.t.Helper()
	if l.pack != nil {
		body = l.pack(body)
	}
	switch ok, complaint := d.up.try(d.t, l, body); {
	case complaint != "":
		d.t.Errorf("%s: %s: %s", l.name, what, complaint)
		if d.complaints++; d.complaints == 20 {
			d.t.FailNow() // enough has been shown
		}
	case ok:
		d.taken++
	default:
		d.refused++
	}
}

// odd puts every odd text into every place of a letter.
func (d *door) odd(l letter) {
	d.t.Helper()
	texts := slices.Concat(oddTexts, longTexts)
	places := placesOf(l.doc.Root())
	for _, p := range places {
		if s := p.text(); len(s) == 12 && !slices.Contains(texts, s) { // the number of somebody else
			texts = append(texts, s)
		}
	}
	const here = "HERE-GOES-THE-TEXT"
	for _, p := range places {
		was := p.text()
		p.set(here)
		before, after, ok := bytes.Cut(bytesOf(d.t, l.doc), []byte(here))
		p.set(was)
		if !ok {
			d.t.Fatalf("%s: %s is not written", l.name, p.name())
		}
		for _, odd := range texts {
			body := append(strictxml.EscapeAttr(bytes.Clone(before), odd), after...)
			d.try(l, body, p.name()+" is "+odd)
		}
	}
}

func bytesOf(t *testing.T, doc *etree.Document) []byte {
	t.Helper()
	body, err := doc.WriteToBytes()
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// letter is a good case of a shipped mapping, and the same with every element
// that the WSDL names, those that were not there empty; or a document that such
// a case holds.
type letter struct {
	name    string
	mapping *mappings.Mapping
	doc     *etree.Document
	whole   bool                // everything that a mapping reads is in it, and little is there twice
	pack    func([]byte) []byte // puts a document into the message that holds it; nil = it is the message
}

// fullCases hold the most that a message of each service may hold.
var fullCases = []string{
	"hotich.khai-sinh/cases/du-cha-me", "hotich.khai-tu/cases/day-du", "hotich.ket-hon/cases/hai-tep", "dancu.cap-nhat/cases/mot-nguoi",
	"bhyt.cap-the/cases/bo-sung", "cu-tru.dang-ky/cases/tam-tru", "an-sinh.mai-tang-phi/cases/chuyen-khoan",
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
		if m.Kind() != mappings.Message {
			continue // whoever asks is still there to be told
		}
		whole := slices.Contains(fullCases, folder)
		letters = append(letters, letter{folder, m, readCase(t, folder), false, nil})
		letters = append(letters, heldBy(t, letters[len(letters)-1], whole)...)
		full := readCase(t, folder)
		schema, err := strictxml.Parse(m.Schema(), strictxml.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		fill(payloadOf(full.Root(), m.Root()), schema.Root().SelectElement("element"), schema.Root().SelectAttrValue("elementFormDefault", "") == "qualified")
		letters = append(letters, letter{folder + " with every element", m, full, whole, nil})
	}
	return letters
}

// heldBy returns the documents that a message holds as text or in base64.
func heldBy(t *testing.T, l letter, whole bool) []letter {
	t.Helper()
	var all []letter
	for i, p := range placesOf(l.doc.Root()) {
		held, encoded := strings.TrimSpace(p.text()), false
		if raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(held), "")); err == nil {
			held, encoded = string(raw), true
		}
		doc, err := strictxml.Parse([]byte(held), strictxml.Limits{})
		if err != nil {
			continue // a text, or a document in another charset
		}
		pack := func(body []byte) []byte {
			message := l.doc.Copy()
			if encoded {
				body = []byte(base64.StdEncoding.EncodeToString(body))
			}
			placesOf(message.Root())[i].set(string(body))
			return bytesOf(t, message)
		}
		all = append(all, letter{l.name + ", " + p.name(), l.mapping, doc, whole, pack})
	}
	return all
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

// fill adds to e, or to the element that it refers to, the elements and
// attributes of its description that it lacks.
func fill(e, described *etree.Element, qualified bool) {
	if id, refers := strings.CutPrefix(e.SelectAttrValue("href", ""), "#"); refers {
		e = e.FindElement("//[@id='" + id + "']")
	}
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
func (u *upstream) try(t *testing.T, l letter, body []byte) (taken bool, complaint string) {
	t.Helper()
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
	where, kind, body := map[string]string{
		"nhanHoSoDKHT": "/apiLienThongKSKT/1.0/nhanHoSoDKHT", "nhanHoSoBHYT": "/apiLienThongBHXH/1.0/nhanHoSoBHYT",
		"nhanHoSoCuTru": "/apiLienThongCuTru/1.0/nhanHoSoCuTru", "nhanHoSoMaiTangPhi": "/apiLienThongAnSinh/1.0/nhanHoSoMaiTangPhi",
		"CapNhatThongTinCongDan": "/dancu/1.0/CapNhatThongTinCongDan",
	}[d.Route], "application/json", string(d.Body)
	if d.Route == "CapNhatThongTinCongDan" {
		kind = "application/xml"
		body = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + body + `</s:Body></s:Envelope>`
	}
	r := httptest.NewRequest(http.MethodPost, where, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Authorization", "Bearer "+u.token)
	r.Header.Set("Idempotency-Key", id.String())
	return u.call(r)
}
