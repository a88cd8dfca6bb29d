package scaffold

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

// masker replaces the texts of a message by invented ones of the same shape:
// letters by letters, digits by digits, a date by a date in the same layout,
// enclosures by a short one. The same word becomes the same word everywhere.
// What it becomes follows from the order in which words first come, and from
// nothing in them, so that nobody can count back.
type masker struct {
	ascii   bool              // letters without diacritics only
	words   map[string]string // runs of letters, and of digits
	dates   map[string]int    // days
	counts  map[int]int       // words given out, by length
	out     strings.Builder
	inOrder []*etree.Element // that are still to come
}

// mask writes a message, which was read as root, with other texts. Markup,
// spaces and signs stay, comments and instructions go.
func mask(text string, root *etree.Element, ascii bool) string {
	m := &masker{ascii: ascii, words: map[string]string{}, dates: map[string]int{}, counts: map[int]int{}}
	m.gather(root)
	var open []opened
	for text != "" {
		n := strings.IndexByte(text, '<')
		if n < 0 {
			n = len(text)
		}
		var in opened
		if len(open) > 0 {
			in = open[len(open)-1]
		}
		m.characters(text[:n], in)
		if text = text[n:]; text == "" {
			break
		}
		switch {
		case strings.HasPrefix(text, "<!--"):
			text = after(text, "-->")
		case strings.HasPrefix(text, "<![CDATA["):
			inside, rest, _ := strings.Cut(text[len("<![CDATA["):], "]]>")
			m.out.WriteString("<![CDATA[" + m.value(inside, in) + "]]>")
			text = rest
		case isDeclaration(text):
			rest := after(text, "?>")
			m.out.WriteString(text[:len(text)-len(rest)])
			text = rest
		case strings.HasPrefix(text, "<?"):
			text = after(text, "?>")
		case strings.HasPrefix(text, "</"):
			rest := after(text, ">")
			m.out.WriteString(text[:len(text)-len(rest)])
			open, text = open[:len(open)-1], rest
		default:
			e := m.inOrder[0]
			m.inOrder = m.inOrder[1:]
			n, empty := m.tag(text, e, in.header)
			if text = text[n:]; !empty {
				open = append(open, opened{typeOf(e), in.header || isHeader(e)})
			}
		}
	}
	return m.out.String()
}

// opened is what is known about the text of an element.
type opened struct {
	typed  string // what xsi:type says, "" if nothing
	header bool   // it is in the SOAP header, where passwords are
}

func isHeader(e *etree.Element) bool {
	space := e.NamespaceURI()
	return e.Tag == "Header" && (space == envelope11 || space == envelope12)
}

// isDeclaration reports whether text begins with an XML declaration.
func isDeclaration(text string) bool {
	rest, ok := strings.CutPrefix(text, "<?xml")
	return ok && strings.TrimLeft(rest, " \t\r\n") != rest
}

// after returns what follows the first end in s.
func after(s, end string) string {
	_, rest, _ := strings.Cut(s, end)
	return rest
}

// gather lists the elements in the order of their tags.
func (m *masker) gather(e *etree.Element) {
	m.inOrder = append(m.inOrder, e)
	for _, c := range e.ChildElements() {
		m.gather(c)
	}
}

// typeOf returns the local name of what xsi:type says, "" if it says nothing.
func typeOf(e *etree.Element) string {
	for _, a := range e.Attr {
		if a.Key == "type" && a.NamespaceURI() == xsiSpace {
			_, local, found := strings.Cut(a.Value, ":")
			if !found {
				return a.Value
			}
			return local
		}
	}
	return ""
}

// tag writes the start tag that text begins with, and returns its length.
func (m *masker) tag(text string, e *etree.Element, header bool) (n int, empty bool) {
	i, from := 1, 0
	for attr := 0; ; i++ {
		switch c := text[i]; c {
		case '>':
			m.out.WriteString(text[from : i+1])
			return i + 1, text[i-1] == '/'
		case '"', '\'':
			end := i + 1 + strings.IndexByte(text[i+1:], c)
			a := e.Attr[attr]
			attr++
			if isMessages(&a) {
				other := string(strictxml.EscapeAttr(nil, m.value(a.Value, opened{header: header})))
				if c == '\'' {
					other = strings.ReplaceAll(other, "'", "&#39;")
				}
				m.out.WriteString(text[from:i+1] + other)
				from = end
			}
			i = end
		}
	}
}

// isMessages reports whether an attribute belongs to the message, not to SOAP or
// to XML.
func isMessages(a *etree.Attr) bool {
	if a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns" {
		return false
	}
	switch space := attributeSpace(a); space {
	case xsiSpace, xmlSpace, envelope11, envelope12:
		return false
	default:
		return !isEncoding(space)
	}
}

// characters writes character data with its references resolved.
func (m *masker) characters(s string, in opened) {
	if strings.TrimSpace(s) == "" {
		m.out.WriteString(s)
		return
	}
	m.out.Write(strictxml.EscapeText(nil, m.value(unescape(s), in)))
}

// unescape resolves the references of well-formed character data.
func unescape(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	doc, err := strictxml.Parse([]byte("<a>"+s+"</a>"), strictxml.Limits{})
	if err != nil {
		return ""
	}
	return doc.Root().Text()
}

// value returns another text in the place of s.
func (m *masker) value(s string, in opened) string {
	inner := strings.TrimSpace(s)
	switch {
	case inner == "", truth.MatchString(inner), in.typed == "boolean" && (inner == "0" || inner == "1"):
		return s
	case in.header: // not even how long it is
		return "mau"
	}
	begin := strings.Index(s, inner)
	return s[:begin] + m.text(inner, in.typed) + s[begin+len(inner):]
}

func (m *masker) text(s, typed string) string {
	if l, ok := layoutOf(s); ok {
		return m.date(s, l)
	}
	if yearAlone.MatchString(s) {
		return strconv.Itoa(firstInvented + m.day(s)%inventedYears)
	}
	if isLongBase64(s) {
		return strings.Repeat("TeG6q3Ug", longBase64/8) // "Mẫu Mẫu …"
	}
	if typed == "hexBinary" {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return r
			}
			return 'A'
		}, s)
	}
	var b strings.Builder
	r := []rune(s)
	for i := 0; i < len(r); {
		class := classOf(r[i])
		from := i
		for i < len(r) && classOf(r[i]) == class {
			i++
		}
		if class == signRun {
			b.WriteString(string(r[from:i]))
		} else {
			b.WriteString(m.word(string(r[from:i])))
		}
	}
	return b.String()
}

type runClass uint8

const (
	signRun runClass = iota
	letterRun
	digitRun
)

func classOf(r rune) runClass {
	switch {
	case unicode.IsDigit(r):
		return digitRun
	case unicode.IsLetter(r), unicode.Is(unicode.M, r), unicode.IsNumber(r):
		return letterRun
	}
	return signRun
}

// word returns what stands in the place of a run of letters or digits.
func (m *masker) word(s string) string {
	if given, ok := m.words[s]; ok {
		return given
	}
	r := []rune(s)
	for {
		n := m.counts[len(r)]
		m.counts[len(r)]++
		var b strings.Builder
		for k, c := range r {
			b.WriteRune(m.letter(c, k, &n))
		}
		if given := b.String(); given != s {
			m.words[s] = given
			return given
		}
	}
}

// letter returns a character of the class of c. n is what is left of the number
// of the word, each character taking its part of it.
func (m *masker) letter(c rune, k int, n *int) rune {
	pool, upper := []rune("bcdghklmnpqrstvx"), unicode.IsUpper(c)
	switch {
	case unicode.IsDigit(c):
		pool = []rune("0123456789")
	case k%2 == 1 && (c < 0x80 || m.ascii):
		pool = []rune("aeiouy")
	case c >= 0x80 && !m.ascii:
		pool = []rune("áàảãạấầẩẫậếềểễệốồổỗộớờởỡợứừửữự")
	}
	at := *n + k
	if unicode.IsDigit(c) {
		at = *n + k + 1
	}
	*n /= len(pool)
	given := pool[at%len(pool)]
	if upper {
		given = unicode.ToUpper(given)
	}
	return given
}

// Invented dates lie in these years.
const (
	firstInvented = 1960
	inventedYears = 60
)

// day numbers days, and years, in the order in which they first come.
func (m *masker) day(key string) int {
	n, ok := m.dates[key]
	if !ok {
		n = len(m.dates)
		m.dates[key] = n
	}
	return n
}

// date writes another day in the layout of s, the same day for the same day.
func (m *masker) date(s string, l dateLayout) string {
	at := l.expr.FindStringSubmatchIndex(s)
	day := map[string]string{}
	for i, group := range l.expr.SubexpNames() {
		if group != "" {
			day[group] = s[at[2*i]:at[2*i+1]]
		}
	}
	key := day["y"] + "-" + strings.TrimLeft(day["M"], "0") + "-" + strings.TrimLeft(day["d"], "0")
	n := m.day(key)
	b := []byte(s)
	for i, group := range l.expr.SubexpNames() {
		if group == "" {
			continue
		}
		from, to := at[2*i], at[2*i+1]
		value := map[string]int{"y": firstInvented + n%inventedYears, "M": 1 + n/7%9, "d": 1 + n/3%9, "H": 8, "m": n % 60, "s": n % 60}[group]
		for i := to - 1; i >= from; i-- {
			b[i] = byte('0' + value%10)
			value /= 10
		}
	}
	return string(b)
}
