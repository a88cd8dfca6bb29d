package citizen

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/beevik/etree"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
)

// maxDepth is twice as deep as a record in an envelope and two wrappers goes.
const maxDepth = 24

// wrappers is how many elements there may be around the payload, besides an
// envelope.
const wrappers = 2

// Reader reads answers. The zero Reader is ready for use, by any number of
// goroutines. What is kept between answers holds nothing of them.
type Reader struct {
	pool sync.Pool // of *strictxml.Reader
}

// Read reads the answer to a look-up of a person or a verification: UTF-8 XML, a
// SOAP 1.1 or 1.2 envelope or what is in its body. The payload is
// CongdanCollection, or KetQuaXacThuc or an element named …Response with TonTai
// in it, inside at most two other elements. Elements are told by their local
// names, as namespaces differ between the versions of the service.
//
// Both forms are understood, and mixtures of them. A year that is neither four
// digits nor a date is not taken, and neither is a MaTinhThanh, MaQuanHuyen or
// MaPhuongXa that has not 2, 3 or 5 digits: it might say more than it is
// approved to.
//
// The error is an *lgsp.Error of Kind Unknown with Code AnswerUnreadable: the
// answer is not such XML, exceeds one of the Max constants, holds an element
// twice that a record has once, or, a verification, says of TonTai or of a field
// something else than true, false, 1 or 0.
func (r *Reader) Read(answer []byte, k Kind) (*Answer, error) {
	x, ok := r.pool.Get().(*strictxml.Reader)
	if !ok {
		x = new(strictxml.Reader)
	}
	defer func() {
		x.Forget()
		r.pool.Put(x)
	}()
	doc, err := x.Parse(answer, strictxml.Limits{Bytes: MaxBytes, Depth: maxDepth, Elements: MaxElements})
	if err != nil {
		return nil, unreadable(whyNotXML(err))
	}
	a, problem := read(doc.Root(), k)
	if problem != nil {
		return nil, problem
	}
	return a, nil
}

// whyNotXML leaves out the text of err, which quotes names of the answer.
func whyNotXML(err error) string {
	var e *strictxml.Error
	if !errors.As(err, &e) {
		return "not XML"
	}
	return "line " + strconv.Itoa(e.Line) + ", column " + strconv.Itoa(e.Col) + ": " + e.Code
}

func read(root *etree.Element, k Kind) (*Answer, *lgsp.Error) {
	if k != Person && k != Verification {
		return nil, unreadable("no such kind of answer")
	}
	e := payload(root, k)
	if e == nil {
		return nil, unreadable("no payload of the kind " + k.String())
	}
	a := &Answer{kind: k}
	if k == Verification {
		return a, a.checks.read(e)
	}
	return a, a.readPersons(e)
}

// payload finds the element that an answer is about, nil if there is none or
// more than one.
func payload(root *etree.Element, k Kind) *etree.Element {
	if root.Tag != "Envelope" {
		return within(root, k, wrappers)
	}
	body := only(root, "Body")
	if body == nil {
		return nil
	}
	return within(body, k, wrappers+1)
}

// within finds the one payload that is e or in it, at most levels down.
func within(e *etree.Element, k Kind, levels int) (found *etree.Element) {
	if isPayload(e, k) {
		return e
	}
	if levels == 0 {
		return nil
	}
	for _, child := range e.Child {
		c, ok := child.(*etree.Element)
		if !ok {
			continue
		}
		inner := within(c, k, levels-1)
		if inner != nil && found != nil {
			return nil
		}
		if inner != nil {
			found = inner
		}
	}
	return found
}

func isPayload(e *etree.Element, k Kind) bool {
	if k == Person {
		return e.Tag == "CongdanCollection"
	}
	return e.Tag == "KetQuaXacThuc" ||
		strings.HasSuffix(e.Tag, "Response") && only(e, compared[exists].Path) != nil
}

// only returns the child of that name, nil if there is none or several are.
func only(e *etree.Element, name string) *etree.Element {
	var found *etree.Element
	for _, child := range e.Child {
		c, ok := child.(*etree.Element)
		if !ok || c.Tag != name {
			continue
		}
		if found != nil {
			return nil
		}
		found = c
	}
	return found
}

func (a *Answer) readPersons(collection *etree.Element) *lgsp.Error {
	count := 0
	for _, child := range collection.Child {
		if c, ok := child.(*etree.Element); ok && c.Tag == person.root.name {
			count++
		}
	}
	if count > MaxRecords {
		return unreadable("more than " + strconv.Itoa(MaxRecords) + " records")
	}
	a.records = make([]record, 0, count)
	for _, child := range collection.Child {
		c, ok := child.(*etree.Element)
		if !ok || c.Tag != person.root.name {
			continue
		}
		a.records = append(a.records, record{})
		w := walk{rec: &a.records[len(a.records)-1]}
		if err := w.element(c, &person.root); err != nil {
			return err
		}
		w.rec.tidy()
	}
	return nil
}

// walk reads one record.
type walk struct {
	rec  *record
	seen [2]uint64 // the elements that were there
}

// element reads x, which is e. It takes the text of an element that has no
// elements inside, and passes over elements that e does not have.
func (w *walk) element(x *etree.Element, e *element) *lgsp.Error {
	text, hasKids, next := "", false, 0
	for _, child := range x.Child {
		switch c := child.(type) {
		case *etree.CharData:
			text = c.Data
		case *etree.Element:
			hasKids = true
			var kid *element
			if kid, next = e.find(c.Tag, next); kid == nil {
				continue
			}
			if w.repeats(kid) {
				return unreadable("the element " + kid.name + " is repeated in a record")
			}
			if err := w.element(c, kid); err != nil {
				return err
			}
		}
	}
	if hasKids || e.slot < 0 {
		return nil
	}
	text = strings.TrimSpace(text)
	if tooLong(text) {
		return unreadable("the element " + e.name + " has more than " + strconv.Itoa(MaxValue) + " characters")
	}
	slot := e.slot
	if e.shape == ethnic && !digits(text) {
		slot += ethnicName
	}
	w.rec[slot] = text
	return nil
}

// repeats notes that e was there and reports whether it was before.
func (w *walk) repeats(e *element) bool {
	word, bit := &w.seen[e.id/64], uint64(1)<<(e.id%64)
	before := *word&bit != 0
	*word |= bit
	return before
}

func tooLong(s string) bool { return len(s) > MaxValue && utf8.RuneCountInString(s) > MaxValue }

// tidy takes out what would say more than its field means: a whole date in the
// element of the year, a commune's code in that of the province.
func (r *record) tidy() {
	r[person.birthday.base] = yearOf(r[person.birthday.base])
	for _, p := range person.places {
		for level := province; level <= commune; level++ {
			if levelOf(r[p.base+level]) != level {
				r[p.base+level] = ""
			}
		}
	}
}

// levelOf returns the level of an administrative unit, by the length of its code
// (QCVN 109:2017/BTTTT: 2, 3 or 5 digits), -1 if the code is none.
func levelOf(code string) int {
	if !digits(code) {
		return -1
	}
	switch len(code) {
	case 2:
		return province
	case 3:
		return district
	case 5:
		return commune
	}
	return -1
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
