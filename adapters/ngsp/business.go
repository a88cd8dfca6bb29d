package ngsp

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// business is what an answer says about its own outcome, in the field names
// that NGSP, LGSP, C06 and WSO2 answers are known to use.
type business struct {
	yes, no, odd bool     // what its status fields say
	codes        []string // that are not "", 0, 00
	zero         bool     // it has a result code, and that is 0
	texts        []string
	wrapped      string // an answer inside its message field
	fault        bool   // it has the shape of a gateway's fault
}

func (b *business) negative() bool { return b.no || len(b.codes) > 0 }

func readBusiness(n node) business {
	var b business
	b.read(n.kids, true)
	if n.leaf {
		b.say(n.text)
	}
	if n.name == "fault" || n.name == "Fault" {
		b.fault = true
	}
	return b
}

func (b *business) read(kids []node, deeper bool) {
	for i := range kids {
		k := &kids[i]
		switch means := meaningOf(k.name); {
		case means == aFault && deeper && !k.leaf:
			b.fault = true
			b.read(k.kids, false)
		case !k.leaf || means == nothing:
		case means == aStatus:
			b.status(k.text, true)
		case means == aState:
			b.status(k.text, false)
		case means == aCode, means == aType && xRoadCode(k.text):
			b.code(k.text)
		case means == aText:
			b.say(k.text)
		}
	}
}

// A meaning is what a field of an answer says.
type meaning uint8

const (
	nothing meaning = iota
	aStatus         // 1 or 0, anything else is not understood
	aState          // 1 or 0, anything else is about something else
	aCode
	aType
	aText
	aFault
)

// meaningOf knows fields by their names without case and underscores:
// error_code, ErrorCode and errorCode are one.
func meaningOf(name string) meaning {
	var buf [24]byte
	n := 0
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '_':
			continue
		case n == len(buf):
			return nothing
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		buf[n] = c
		n++
	}
	switch string(buf[:n]) {
	case "status":
		return aStatus
	case "trangthai":
		return aState
	case "errorcode", "errornumber", "maloi", "code":
		return aCode
	case "type":
		return aType
	case "fault":
		return aFault
	case "message", "statusdescription", "errordescription", "errordesc", "errormessage", "description", "motaloi", "noidungloi", "thongbao", "faultstring":
		return aText
	}
	return nothing
}

func (b *business) status(text string, strict bool) {
	switch {
	case text == "1":
		b.yes = true
	case text == "0":
		b.no = true
	case text != "" && strict && !wentThrough(text):
		b.odd = true
	}
}

// wentThrough reports a status that is about the way of an answer, as gateways
// put it around one: it neither confirms nor denies what is inside.
func wentThrough(text string) bool {
	return slices.Contains([]string{"200", "ok", "success", "true"}, strings.ToLower(text))
}

// result reads an outcome that is one plain value.
func (b *business) result(text string) {
	text = strings.TrimSpace(text)
	switch lower := strings.ToLower(text); {
	case lower == "" || lower == "1" || lower == "true":
	case lower == "false":
		b.no = true
	case allDigits(strings.TrimPrefix(lower, "-")):
		b.code(text)
	default:
		b.odd = true // it says something, and not that it went well
		b.say(text)
	}
}

func (b *business) code(text string) {
	switch {
	case strings.Trim(text, "0") != "":
		b.codes = append(b.codes, text)
	case text != "":
		b.zero = true
	}
}

func (b *business) say(text string) {
	if text == "" {
		return
	}
	if b.wrapped == "" && (text[0] == '<' || text[0] == '{') {
		b.wrapped = text
		return
	}
	b.texts = append(b.texts, text)
}

// maxFolded bounds how much of an upstream's text is looked at, in bytes.
const maxFolded = 8 << 10

// fold brings Vietnamese text to one form: no diacritics, lower case, single
// spaces, the request code's other names as "ma yeu cau". What upstreams write
// differs in case, in composition, and in whether it has diacritics at all.
func fold(texts []string) string {
	var b strings.Builder
	space := true
	for _, t := range texts {
		for _, r := range norm.NFD.String(t[:min(len(t), maxFolded)]) + "\n" {
			switch {
			case unicode.Is(unicode.Mn, r):
			case r == '\n':
				b.WriteString(" ; ")
				space = true
			case unicode.IsSpace(r) || r == '_':
				if !space {
					b.WriteByte(' ')
				}
				space = true
			default:
				if r == 'đ' || r == 'Đ' {
					r = 'd'
				}
				b.WriteRune(unicode.ToLower(r))
				space = false
			}
		}
	}
	return requestCodeNames.Replace(b.String())
}

var requestCodeNames = strings.NewReplacer("mayeucau", "ma yeu cau", "idempotency-key", "ma yeu cau", `"`, "", "'", "")

// fateOfText finds the first row of the group "text" that the folded text
// holds. A row that counts as delivered must not be denied by what stands
// before or behind it in its sentence: "không phải trùng mã yêu cầu".
func fateOfText(folded string) *fate {
	if folded == "" {
		return nil
	}
	for i := range fates {
		f := &fates[i]
		phrase, ok := strings.CutPrefix(f.on, "text ")
		if !ok {
			continue
		}
		at := strings.Index(folded, phrase)
		if at < 0 || f.done && (denied(folded[:at]) || goesOnToDeny(folded[at+len(phrase):])) {
			continue
		}
		return f
	}
	return nil
}

func denied(before string) bool {
	before = before[strings.LastIndexAny(before, ".;:!?")+1:]
	return hasWord(before, "khong", "chua", "neu", "not", "if")
}

// goesOnToDeny reports whether the rest of a sentence takes back that a request
// code which was seen before means that its message has taken effect.
func goesOnToDeny(after string) bool {
	if end := strings.IndexAny(after, ".;:!?"); end >= 0 {
		after = after[:end]
	}
	if hasWord(after, "khong", "not") && !hasWord(after, "lai", "again") {
		return true // it is not that it will not be done again
	}
	return hasWord(after, "chua", "dang", "nhung", "khac", "loi", "that bai", "tu choi", "but", "fail", "failed", "error", "different", "pending")
}

func hasWord(text string, words ...string) bool {
	text = " " + strings.ReplaceAll(text, ",", " ") + " "
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, " "+word+" ") })
}
