package scaffold

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"lgsp.internal/adapter/internal/vntext"
	"lgsp.internal/adapter/mappings"
)

// drafting makes one draft.
type drafting struct {
	origin  *Origin
	message Message
	options Options
	service string
	docs    bool // documentation is taken over
	codes   int  // entries of codes at most
	rules   int  // at most
	text    []byte
}

// reserved are the rules beside the fields: id, lane, subject and purpose.
const reserved = 6

// The files of a draft.
const (
	mappingFile = "mapping.yaml"
	caseFolder  = "cases/dau-tien/"
)

func (d *drafting) draft() (Draft, error) {
	m, err := d.unfold()
	if err != nil {
		return Draft{}, err
	}
	m.root.readable()
	if !isName(m.root.name.local) {
		return Draft{}, refusal(d.origin.file, "the root element %.80q has a name that a mapping cannot hold", m.root.name.local)
	}
	rules := d.write(m)
	if len(d.text) > maxText {
		return Draft{}, nil
	}
	draft := Draft{Service: d.service, Rules: rules}
	if note := m.left.note(); note != "" {
		draft.Notes = append(draft.Notes, note)
	}
	if err := d.cases(&draft, m); err != nil {
		return Draft{}, err
	}
	return draft, nil
}

func (d *drafting) unfold() (*message, error) {
	if d.origin.kind == Sample {
		return d.origin.sample.message(d.rules - reserved), nil
	}
	u := newUnfolding(d.origin.schemas, d.rules-reserved)
	if d.origin.kind == WSDL {
		return d.message.operation.unfold(u)
	}
	return d.origin.unfoldElement(u, d.message)
}

// write writes mapping.yaml and returns how many rules it has.
func (d *drafting) write(m *message) int {
	sp := m.spelling()
	w := &ruleWriter{spelling: sp, xml: d.options.XML, docs: d.docs, codes: d.codes, patterns: maxPatterns}
	w.comment(0, "Drafted by lgspd map new from "+d.origin.fileName()+": "+m.origin+".")
	w.comment(0, "Every element of the message has a rule below. Decide for each what the upstream calls it (to), whether it must be there (required) "+
		"and how it is written, and take out what the upstream does not want.")
	w.line(0, "service: "+quote(d.service))
	d.titled(w, m)
	w.line(0, "")
	d.source(w, m, sp)
	w.line(0, "")
	values := d.values(w, m.propose(sp))
	w.line(0, "")
	d.target(w, m)
	w.line(0, "")
	w.line(0, "fields:")
	for _, note := range m.root.notes {
		w.comment(2, note)
	}
	rules := m.root.rules()
	if m.root.isObject() || m.root.text != nil {
		w.object(m.root, 2)
	} else {
		w.comment(2, "The message has nothing inside: this is its id, which every message is given at the door.")
		w.line(2, "- {to: maYeuCau, from: $id}")
		rules = 1
		w.gone(m.root, 0, 2)
	}
	d.text = []byte(w.b.String())
	return rules + values
}

// titled writes what people call the service.
func (d *drafting) titled(w *ruleWriter, m *message) {
	const longest = 80
	title := m.title
	if title == "" || utf8.RuneCountInString(title) > longest {
		w.comment(0, "Decide what people call the service, in Vietnamese: the WSDL and the reports show it.")
		w.line(0, "title: "+quote("Dịch vụ "+oneLine(d.message.Name)))
	} else {
		w.line(0, "title: "+quote(title))
	}
	if utf8.RuneCountInString(title) > longest {
		w.line(0, "doc: "+quote(title))
	}
}

func (d *drafting) source(w *ruleWriter, m *message, sp *spelling) {
	w.line(0, "source:")
	w.line(2, "namespace: "+quote(m.root.name.space))
	w.line(2, "root: "+quote(m.root.name.local))
	if m.acts {
		w.line(2, "action: "+quote(m.action))
	}
	if !sp.qualified {
		w.line(2, "qualified: false")
	}
	if len(sp.spaces) > 0 {
		w.line(2, "prefixes:")
		for i, space := range sp.spaces {
			w.line(4, sp.prefixName(i)+": "+quote(space))
		}
	}
}

// values writes id, lane, subject and purpose, or says what to write there, and
// returns how many of them there are.
func (d *drafting) values(w *ruleWriter, p proposals) (n int) {
	w.comment(0, "The sender's own id of the message: the same id again is the same message. If a dossier is sent again with supplements, "+
		"the id has to tell them apart, as in join: [MaHoSo, LanBoSung].")
	switch len(p.ids) {
	case 0:
		w.comment(0, "No name tells which element it is: write id: with its path, and lane: with the path of what is to stay in order.")
	case 1:
		id := quote(p.ids[0])
		if p.idNeeded {
			id = flow([]pair{{"from", id}, {"required", "true"}})
		}
		w.line(0, "id: "+id)
		w.comment(0, "Messages of one lane are delivered in order.")
		w.line(0, "lane: "+quote(p.ids[0]))
		n += 2
	default:
		w.comment(0, "Several names tell of it: decide for one, here and for lane, whose messages are delivered in order.")
		w.line(0, "# id: "+printable(list(p.ids)))
		w.line(0, "# lane: "+printable(list(p.ids)))
	}
	switch len(p.subjects) {
	case 0:
		w.comment(0, "No name tells whom the exchange is about: write subject: with the path of a personal id, for the record.")
	case 1:
		w.comment(0, "The person whom the exchange is about, for the record.")
		w.line(0, "subject: "+quote(p.subjects[0]))
		n++
	default:
		w.comment(0, "Decide whom the exchange is about, for the record: the first of these that is not empty counts.")
		w.line(0, "# subject: "+printable(list(p.subjects)))
	}
	w.comment(0, "On whose behalf the exchange is made: procedure is the code of the public service, officer a personal id, unit the code of an agency (QĐ 20/2020/QĐ-TTg).")
	var purpose []pair
	if p.procedure != "" {
		purpose = append(purpose, pair{"procedure", quote(p.procedure)})
	}
	if p.officer != "" {
		purpose = append(purpose, pair{"officer", quote(p.officer)})
	}
	if p.unit != "" {
		purpose = append(purpose, pair{"unit", list([]string{p.unit, "$sender"})})
	} else {
		purpose = append(purpose, pair{"unit", "$sender"})
	}
	if p.procedure == "" {
		w.comment(0, `No name tells the procedure: write procedure: with its path, or one code for all messages, as in {const: "1.001193"}.`)
	}
	w.line(0, "purpose:")
	for _, one := range purpose {
		w.line(2, one.key+": "+one.value)
	}
	return n + len(purpose)
}

func (d *drafting) target(w *ruleWriter, m *message) {
	w.line(0, "target:")
	w.comment(2, "Decide which operation of the upstream takes the message: operations: of lgspd.yaml lists them.")
	w.line(2, "route: "+quote(camel(m.root.name.local)))
	if !d.options.XML {
		w.line(2, "form: json")
		return
	}
	w.line(2, "form: xml")
	w.comment(2, "Decide the root element and the namespace that the upstream wants.")
	if m.root.name.space == "" {
		w.line(2, "root: "+quote(m.root.name.local))
		return
	}
	w.line(2, "root: v:"+m.root.name.local)
	w.line(2, "namespaces: "+flow([]pair{{"v", quote(m.root.name.space)}}))
}

// cases writes the first case, and has the mapping say what it makes of it.
func (d *drafting) cases(draft *Draft, m *message) error {
	in, side, notes, err := d.input(m)
	if err != nil {
		return err
	}
	draft.Notes = append(draft.Notes, notes...)
	want := "want.json"
	if d.options.XML {
		want = "want.xml"
	}
	t := tree{d.service + "/" + mappingFile: d.text, d.service + "/" + caseFolder + "in.xml": in}
	if side != "" {
		t[d.service+"/"+caseFolder+"case.yaml"] = []byte(side)
	}
	if err := d.expect(draft, t, want); err != nil {
		return err
	}
	draft.Files = t.files(d.service)
	return nil
}

// expect has the mapping say what it makes of the first case, and keeps that as
// what is wanted: a document, or the fields that are refused.
func (d *drafting) expect(draft *Draft, t tree, want string) error {
	folder := d.service + "/" + caseFolder
	for _, name := range []string{want, "want.err"} {
		t[folder+name] = nil
		results, err := mappings.RunCases(t, d.service)
		if err != nil {
			return fmt.Errorf("the draft of %s does not load: %w", d.service, err)
		}
		if t[folder+name] = laidOut(results[0].Got); name == "want.err" {
			draft.Notes = append(draft.Notes, "The mapping refuses the message of the first case: "+oneLine(string(results[0].Got))+".")
		}
		if results, err = mappings.RunCases(t, d.service); err == nil && results[0].OK() {
			return nil
		}
		delete(t, folder+name)
	}
	return fmt.Errorf("the first case of %s does not hold", d.service)
}

// laidOut puts JSON on lines, for people; other texts stay as they are.
func laidOut(text []byte) []byte {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return text
	}
	return b.Bytes()
}

// input returns the message of the first case, its case.yaml, and what to say
// about it.
func (d *drafting) input(m *message) (in []byte, side string, notes []string, err error) {
	if d.origin.kind == Sample {
		return d.sampled()
	}
	s := &sampleWriter{message: m}
	in = s.write()
	if s.short {
		notes = append(notes, "in.xml is not valid by the schema: parts that it asks for are left out, or no value for them could be invented.")
	}
	return in, "", notes, nil
}

// sampled returns the message of a sample, with invented texts unless they are
// to be kept.
func (d *drafting) sampled() (in []byte, side string, notes []string, err error) {
	s := d.origin.sample
	if s.inlined {
		notes = append(notes, "The message refers to elements beside its own (multiRef, href). A mapping reads one element and follows no reference, so in.xml holds them in their place; "+
			"have the client send so: with Axis 1 set sendMultiRefs to false.")
	}
	charset := s.doc.charset
	text := string(s.text)
	switch {
	case d.options.KeepValues && !s.inlined:
		in = s.doc.raw
		notes = append(notes, "in.xml is the sample as it is, with every value: keep it away from others if it tells of real people.")
	case d.options.KeepValues:
		in, err = vntext.Encode(text, charset)
		notes = append(notes, "in.xml holds every value of the sample: keep it away from others if it tells of real people.")
	default:
		in, err = vntext.Encode(mask(text, s.root, false), charset)
		if err != nil { // letters with marks that this charset cannot tell apart
			in, err = vntext.Encode(mask(text, s.root, true), charset)
		}
		notes = append(notes, "Every text of the sample is replaced by an invented one of the same shape; --keep-values keeps them.")
	}
	if err != nil {
		return nil, "", nil, refusal(d.origin.file, "in.xml: %v", err)
	}
	if charset != vntext.UTF8 {
		side = "charset: " + charset + "\n"
	}
	return in, side, notes, nil
}
