package clean_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/clean"
)

func TestAnAnswerBecomesItsVerdict(t *testing.T) {
	of := func(inner string) string { return `<KetQua xmlns="urn:lgsp:lam-sach:1">` + inner + `</KetQua>` }
	for _, c := range []struct {
		name, answer string
		err          error
		verdict      clean.Verdict
		wrong        []clean.Field
		reason       string
	}{
		{name: "all right", answer: match, verdict: clean.Match},
		{name: "only the person", answer: of(`<TonTai> true </TonTai>`), verdict: clean.Match},
		{name: "name, without a word of the date", answer: of(`<TonTai>true</TonTai><HoVaTen>false</HoVaTen>`), verdict: clean.Differs, wrong: []clean.Field{clean.FieldName}},
		{name: "born, without a word of the name", answer: of(`<TonTai>true</TonTai><NgayThangNamSinh>false</NgayThangNamSinh>`), verdict: clean.Differs, wrong: []clean.Field{clean.FieldBorn}},
		{name: "only the name", answer: of(`<TonTai>true</TonTai><HoVaTen>true</HoVaTen>`), verdict: clean.Failed, reason: clean.AnswerUnreadable},
		{name: "only the date", answer: of(`<TonTai>true</TonTai><NgayThangNamSinh>true</NgayThangNamSinh>`), verdict: clean.Failed, reason: clean.AnswerUnreadable},
		{name: "born", answer: of(`<TonTai>true</TonTai><HoVaTen>true</HoVaTen><NgayThangNamSinh>false</NgayThangNamSinh>`), verdict: clean.Differs, wrong: []clean.Field{clean.FieldBorn}},
		{name: "both", answer: of(`<NgayThangNamSinh>false</NgayThangNamSinh><HoVaTen>false</HoVaTen><TonTai>true</TonTai>`), verdict: clean.Differs, wrong: []clean.Field{clean.FieldName, clean.FieldBorn}},
		{name: "nobody", answer: of(`<TonTai>false</TonTai>`), verdict: clean.Absent},
		{name: "says nothing", answer: of(``), verdict: clean.Failed, reason: clean.AnswerUnreadable},
		{name: "nothing of the person", answer: of(`<HoVaTen>true</HoVaTen>`), verdict: clean.Failed, reason: clean.AnswerUnreadable},
		{name: "another word", answer: of(`<TonTai>yes</TonTai>`), verdict: clean.Failed, reason: clean.AnswerUnreadable},
		{name: "twice", answer: of(`<TonTai>true</TonTai><TonTai>true</TonTai>`), verdict: clean.Failed, reason: clean.AnswerUnreadable},
		{name: "more than asked", answer: of(`<TonTai>true</TonTai><HoTenMe>x</HoTenMe>`), verdict: clean.Failed, reason: clean.AnswerUnreadable},
		{name: "another namespace", answer: `<KetQua><TonTai>true</TonTai></KetQua>`, verdict: clean.Failed, reason: clean.AnswerUnreadable},
		{name: "no XML", answer: `{}`, verdict: clean.Failed, reason: clean.AnswerUnreadable},
		{name: "empty", verdict: clean.Failed, reason: clean.AnswerUnreadable},
		{name: "an error", err: &lgsp.Error{Kind: lgsp.Unavailable, Code: "Timeout"}, verdict: clean.Failed, reason: "Timeout"},
		{name: "an error without a code", err: fmt.Errorf("no"), verdict: clean.Failed, reason: "Unknown"},
		{name: "a code that could be a number of somebody", err: &lgsp.Error{Kind: lgsp.NotFound, Code: "079000000001"}, verdict: clean.Failed, reason: "NotFound"},
		{name: "a code that could be a name", err: &lgsp.Error{Kind: lgsp.Refused, Code: "Nguyễn Bịa"}, verdict: clean.Failed, reason: "Refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, nil)
			h.up.answer = func(context.Context, string) (string, error) { return c.answer, c.err }
			rows := people(1)
			for range 2 { // as it is answered, and as it is journaled
				o := h.check(questionOf(rows), rows)[0]
				if o.Verdict != c.verdict || !slices.Equal(o.Wrong, c.wrong) || o.Reason != c.reason {
					t.Errorf("%+v", struct{ V, W, R any }{o.Verdict, o.Wrong, o.Reason})
				}
				if o.Code != h.up.codes[number(1)] {
					t.Errorf("code %s, asked with %s", o.Code, h.up.codes[number(1)])
				}
			}
			if n := h.up.times(number(1)); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

func TestTheQuestionIsWholeAndEscaped(t *testing.T) {
	var got lgsp.Envelope
	h := newHouse(t, func(o *clean.Options) {
		o.Ask = func(_ context.Context, e lgsp.Envelope) ([]byte, error) { got = e; return []byte(match), nil }
	})
	rows := []clean.Row{{N: 1, CMND: "012345678", Name: `Bịa <&> Đặt`, Born: "1950"}}
	h.check(questionOf(rows), rows)
	want := `<KiemTra xmlns="urn:lgsp:lam-sach:1"><MaDVC>1.004222</MaDVC><MaCanBo>079099999999</MaCanBo><SoCMND>012345678</SoCMND><HoVaTen>Bịa &lt;&amp;&gt; Đặt</HoVaTen><NgaySinh>1950</NgaySinh></KiemTra>`
	if string(got.Body) != want {
		t.Errorf("body\n%s\nwant\n%s", got.Body, want)
	}
	if got.Source != "clean" || got.Sender != "H29.11" || got.System != "mot-cua" || got.Service != "dancu.lam-sach" || !got.Received.Equal(start) || got.ID == (lgsp.ID{}) {
		t.Errorf("envelope %q %q %q %q %v", got.Source, got.Sender, got.System, got.Service, got.Received)
	}
}
