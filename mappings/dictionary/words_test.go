package dictionary

import (
	"strings"
	"testing"
)

// everyWord says everything that a mapping of rules can say.
const everyWord = `service: thu
title: Thử mọi quy tắc
doc: |
  Dòng một.
  Dòng hai.
source:
  namespace: urn:thu
  root: A
  prefixes: {k: urn:k}
  qualified: false
  unknown: refuse
  references: true
  documents:
    - {at: N, as: base64, namespace: urn:n}
    - {at: T}
defaults: {spaces: collapse, empty: null}
id: {from: I, required: true, spaces: keep}
lane: $sender
subject: [S, U]
purpose: {procedure: {const: "1.000001"}, officer: {from: O, default: ""}, unit: $sender}
target: {route: nhan, form: json, schema: luoc-do.json}
fields:
  - {to: a, from: [B, $id], max: 5, spaces: none}
  - {to: b, join: [B, C], with: ""}
  - {to: c, join: [B, C]}
  - {to: d, join: [B, C], with: "|", min: 2}
  - {to: e, count: L}
  - {to: f, const: ""}
  - {to: g, const: "7", type: int, only: {when: C}}
  - {to: h, compute: 'text("B") + "x"', if: 'text("C") != ""', empty: ""}
  - to: i
    each: L
    if: 'text("M") == ""'
    fields:
      - {to: j, from: M, required: true, type: digits, length: [9, 12]}
      - {to: k, from: "@n", type: int, min: 0, max: 9}
      - {must: 'text("@n") != text("/B")', want: khác B, at: "@n", if: 'text("@x") == ""', doc: Để không trùng}
      - {must: 'text("M") != ""', want: có M}
  - {must: 'text("B") == "" || count("L") > 0', want: có mục khi có B, at: L}
  - {must: 'text("AA") != "x"', want: khác x}
  - {to: l, each: P, empty: omit}
  - {to: m, from: Q, empty: "", fields: [{to: n, from: R, required: {when: ., is: x}}, {to: o, from: V, required: {when: R, is: [x, y]}}]}
  - {to: p, fields: [{to: q, from: N/H/X}, {to: r, from: T/H}], encode: json}
  - {to: s, from: B, required: {unless: C}, differs: C, pattern: "[a-z]|x"}
  - {to: t, from: C, required: {if: 'text("B") == ""'}, name: family, letters: upper, charset: vni-in-utf-8}
  - {to: u, from: B, name: middle, letters: plain}
  - {to: v, from: B, name: given, spaces: trim}
  - {to: w, from: W, date: {in: [dd/MM/yyyy, yyyy], out: yyyy-MM-dd, skip: partial}}
  - {to: x, from: W, date: {in: [dd/MM/yyyy, yyyy], out: yyyy, skip: full}}
  - {to: y, from: Y, type: bool, default: "true"}
  - {to: z, from: Z, type: base64}
  - {to: aa, from: G, codes: {Nam: "1", Nữ: "2"}, compare: case}
  - {to: ab, from: "k:G", codes: [a, b, c, d, e], compare: loose}
  - {to: ac, from: H, codes: {m: "1", n: "2", o: "3", p: "4", q: "5"}}
  - {to: ad, from: J, codes: {m: "1", n: "2", o: "3", p: "4", q: "5"}}
  - {to: ae, from: K, only: {unless: B}, type: int, min: 5}
  - {to: ba, from: K, codes: {table: tinh-34.csv}}
  - {to: bb, from: K, codes: {table: tinh-34.csv, on: 2025-07-01}}
  - {to: bc, from: K, codes: {table: tinh-34.csv, on: {from: [W, S], in: dd/MM/yyyy}}}
  - {to: bd, from: S, check: personal-id}
  - {to: be, from: S, check: {personal-id: {born: {from: W, in: yyyy}, sex: G, male: Nam, female: Nữ}}}
`

func TestEverythingThatAMappingSaysIsSaid(t *testing.T) {
	d := written(t, everyWord, map[string]string{
		"luoc-do.json":           "{}",
		"cases/two/in.xml":       "<A/>",
		"cases/two/want.json":    "{}",
		"cases/two/case.yaml":    "doc: Trường hợp đúng",
		"cases/three/answer.xml": "<A/>",
		"cases/three/want.xml":   "<A/>",
		"cases/four/answer.xml":  "<A/>",
		"cases/four/want.err":    "Malformed",
	})
	golden(t, "thu.md", asMarkdown(t, d, Vietnamese))
	golden(t, "thu.en.md", asMarkdown(t, d, English))
}

const pluggedMapping = `service: thu
title: Thử
kind: notice
plugin: tach-dong
source: {namespace: "", root: A}
id: I
target: {route: nhan, form: xml}
reply:
  form: qcvn109
  source: {namespace: "", root: B, prefixes: {k: urn:k}}
  target: {root: t:R, namespaces: {t: urn:t}}
`

func TestADictionaryOfAPluginSaysThatAProgramMakesTheDocument(t *testing.T) {
	md := asMarkdown(t, written(t, pluggedMapping, nil), Vietnamese)
	for _, want := range []string{
		"| Chương trình ánh xạ | Chương trình `tach-dong` lập dữ liệu gửi bên nhận", "Do chương trình `tach-dong` lập; tài liệu của chương trình mô tả các trường.",
		"Chương trình `tach-dong` đọc cả thông điệp", "Do chương trình `tach-dong` lập.\n", "`A`, không thuộc không gian tên nào", "| `/A/I` | Không | một lần | Mã riêng của bên gửi |",
		"Bên gửi nhận được `t:R`, không gian tên `urn:t`.", "`k:` là `urn:k`", "Thông báo sai sót:", "| Thao tác | `nhan` |",
	} {
		if !strings.Contains(md, want) {
			t.Errorf("it does not say %q\n%s", want, md)
		}
	}
	for _, word := range []string{"Trường đích", "Quy tắc chung", "Trường ngoài quy định", "QCVN"} {
		if strings.Contains(md, word) {
			t.Errorf("it says %q", word)
		}
	}
	if english := asMarkdown(t, written(t, pluggedMapping, nil), English); !strings.Contains(english, "The program `tach-dong` makes what is sent") {
		t.Error(english)
	}
}

func TestAnAnswerInTheFormOfTheStandardIsCalledSo(t *testing.T) {
	text := strings.Replace(pluggedMapping, "kind: notice", "kind: lookup\nsubject: S\npurpose: {procedure: P, officer: O}", 1)
	text = strings.Replace(text, "id: I\n", "", 1)
	md := asMarkdown(t, written(t, text, nil), Vietnamese)
	if !strings.Contains(md, "được gọi theo QCVN 109:2017/BTTTT. Chỉ những trường đã được phê duyệt mới có") {
		t.Error(md)
	}
}

func TestAListNamesTheFirstFewOfTheFieldsThatItIsOf(t *testing.T) {
	text := "service: thu\ntitle: Thử\nsource: {namespace: urn:thu, root: A}\ntarget: {route: r, form: json}\nfields:\n"
	for _, name := range strings.Fields("a b c d e f g") {
		text += "  - {to: " + name + ", from: B, codes: [v, w, x, y, z]}\n"
	}
	md := asMarkdown(t, written(t, text, nil), Vietnamese)
	if !strings.Contains(md, "**Danh mục 1. Dùng cho 1 a, 2 b, 3 c, 4 d, 5 e, 6 f, …**\n") {
		t.Error(md)
	}
}

func TestWithoutValuesAndCasesNothingIsSaidOfThem(t *testing.T) {
	d := written(t, "service: thu\ntitle: Thử\nsource: {namespace: urn:thu, root: A}\ntarget: {route: r, form: json}\nfields:\n  - {to: b, from: B}\n", nil)
	d.Cases = nil
	md := asMarkdown(t, d, Vietnamese)
	for _, heading := range []string{"Định danh", "kiểm thử", "Phụ lục", "Câu trả lời"} {
		if strings.Contains(md, heading) {
			t.Errorf("there is a part %q", heading)
		}
	}
}
