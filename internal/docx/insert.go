package docx

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/paper"
)

// namespaces are those of the prefixes that blocks are written with.
var namespaces = [...]struct{ prefix, uri string }{
	{"w", wordNamespace},
	{"r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"},
	{"a", "http://schemas.openxmlformats.org/drawingml/2006/main"},
	{"wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"},
}

// putBlocks draws blocks in the place of a paragraph.
func (f *filler) putBlocks(p *paragraph, blocks []paper.Block) error {
	f.changed[f.main] = true
	if err := f.declare(p.element.Parent()); err != nil {
		return err
	}
	f.count()
	var out bytes.Buffer
	w := bufio.NewWriter(&out)
	drawn := &page{w: w, width: widthAt(p.element), drawings: f.drawings, base: f.charts}
	drawn.body(blocks, false)
	if err := w.Flush(); err != nil {
		return err
	}
	f.drawings = drawn.drawings
	elements, err := parseBlocks(out.String())
	if err != nil {
		return err
	}
	for _, e := range elements {
		if err := f.restyle(e); err != nil {
			return err
		}
	}
	for _, c := range drawn.charts {
		if err := f.addChart(c); err != nil {
			return err
		}
	}
	parent := p.element.Parent()
	at := p.element.Index()
	for i, e := range elements {
		parent.InsertChildAt(at+i, e)
	}
	if len(elements) > 0 && sectionOf(p.element) == nil || spare(p.element) {
		parent.RemoveChild(p.element)
		return nil
	}
	empty(p.element)
	return nil
}

// empty leaves a paragraph its properties, as the end of a section.
func empty(p *etree.Element) {
	for _, c := range p.ChildElements() {
		if !isWord(c, "pPr") {
			p.RemoveChild(c)
		}
	}
}

// parseBlocks reads what page wrote as elements.
func parseBlocks(markup string) ([]*etree.Element, error) {
	start := "<blocks"
	for _, n := range namespaces {
		start += ` xmlns:` + n.prefix + `="` + n.uri + `"`
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromString(start + ">" + markup + "</blocks>"); err != nil {
		return nil, fmt.Errorf("reading blocks: %w", err)
	}
	return doc.Root().ChildElements(), nil
}

// declare makes the prefixes of blocks known where they are put, or refuses a
// template in which one means something else.
func (f *filler) declare(at *etree.Element) error {
	root := f.trees[f.main].Root()
	for _, n := range namespaces {
		switch bound := namespaceOf(at, n.prefix); bound {
		case n.uri:
		case "":
			root.CreateAttr("xmlns:"+n.prefix, n.uri)
		default:
			return fmt.Errorf("the template uses the prefix %s for %s; open and save it in Word", n.prefix, short(bound))
		}
	}
	return nil
}

func namespaceOf(e *etree.Element, prefix string) string {
	for ; e != nil; e = e.Parent() {
		for _, a := range e.Attr {
			if a.Space == "xmlns" && a.Key == prefix {
				return a.Value
			}
		}
	}
	return ""
}

// count finds the ids that the template has given away.
func (f *filler) count() {
	if f.styles != nil {
		return
	}
	f.styles = map[string]string{}
	var walk func(e *etree.Element)
	walk = func(e *etree.Element) {
		if e.Tag == "docPr" {
			f.drawings = max(f.drawings, number(e, "id"))
		}
		for _, c := range e.ChildElements() {
			walk(c)
		}
	}
	walk(f.trees[f.main].Root())
	taken := map[string]bool{}
	for _, file := range f.files {
		taken[strings.ToLower(file.Name)] = true
	}
	if rels := f.trees[f.mainRels()]; rels != nil {
		for _, r := range rels.Root().ChildElements() {
			taken[r.SelectAttrValue("Id", "")] = true
		}
	}
	for n := 1; n <= len(taken)+1; n++ {
		if taken[chartPart(n)] || taken[chartID(n)] {
			f.charts = n
		}
	}
}

// mainRels names the part of the relationships of the document.
func (a *archive) mainRels() string {
	return path.Join(path.Dir(a.main), "_rels", path.Base(a.main)+".rels")
}

// addChart adds the part of a chart, its relationship and its type.
func (f *filler) addChart(c paper.Chart) error {
	f.charts++
	name := chartPart(f.charts)
	var out bytes.Buffer
	w := bufio.NewWriter(&out)
	writeChart(w, c)
	if err := w.Flush(); err != nil {
		return err
	}
	rels := f.trees[f.mainRels()]
	if rels == nil {
		return errors.New("the template's document has no relationships; open and save it in Word")
	}
	f.added[name] = out.Bytes()
	f.append(f.mainRels(), "Relationship", [2]string{"Id", chartID(f.charts)}, [2]string{"Type", relations + "chart"}, [2]string{"Target", "/" + name})
	f.append(contentTypes, "Override", [2]string{"PartName", "/" + name}, [2]string{"ContentType", chartType})
	return nil
}

// append adds an element with attributes to the root of a part.
func (f *filler) append(part, tag string, attributes ...[2]string) {
	root := f.trees[part].Root()
	e := root.CreateElement(tag)
	e.Space = root.Space
	for _, a := range attributes {
		e.CreateAttr(a[0], a[1])
	}
	f.changed[part] = true
}

// restyle gives an element of blocks, and those below it, the styles as the
// template calls them.
func (f *filler) restyle(e *etree.Element) error {
	if e.Tag == "pStyle" || e.Tag == "tblStyle" {
		id, err := f.style(attribute(e, "val"))
		if err != nil {
			return err
		}
		e.CreateAttr("w:val", id)
	}
	for _, c := range e.ChildElements() {
		if err := f.restyle(c); err != nil {
			return err
		}
	}
	return nil
}

// style returns the template's id of a style of styles.xml. It is found by its
// name, as Word translates the ids of its own styles; one that the template lacks
// is added, on top of the template's default.
func (f *filler) style(id string) (string, error) {
	if known, ok := f.styles[id]; ok {
		return known, nil
	}
	root, part := f.styleRoot()
	if root == nil {
		return "", errors.New("the template has no styles; open and save it in Word")
	}
	content, err := parts.ReadFile("parts/styles.xml")
	if err != nil {
		return "", err
	}
	ours := etree.NewDocument()
	if err := ours.ReadFromBytes(content); err != nil {
		return "", err
	}
	var own *etree.Element
	for _, s := range ours.Root().ChildElements() {
		if attribute(s, "styleId") == id {
			own = s
		}
	}
	if own == nil {
		return "", fmt.Errorf("there is no style %s", id)
	}
	found := findStyle(root, own)
	if found == "" {
		found = addStyle(root, own)
		f.changed[part] = true
	}
	f.styles[id] = found
	return found, nil
}

func (f *filler) styleRoot() (root *etree.Element, part string) {
	for _, name := range sortedKeys(f.trees) {
		if r := f.trees[name].Root(); isWord(r, "styles") && path.Dir(name) == path.Dir(f.main) && path.Base(name) != "stylesWithEffects.xml" {
			return r, name
		}
	}
	return nil, ""
}

// findStyle returns the id of the style of the same kind and name.
func findStyle(root, own *etree.Element) string {
	want := strings.ToLower(attribute(child(own, "name"), "val"))
	for _, s := range root.ChildElements() {
		if name := child(s, "name"); isWord(s, "style") && name != nil && attribute(s, "type") == attribute(own, "type") && strings.ToLower(attribute(name, "val")) == want {
			return attribute(s, "styleId")
		}
	}
	return ""
}

// addStyle adds a style under an id that is free, based on the default of its
// kind.
func addStyle(root, own *etree.Element) string {
	taken, base := map[string]bool{}, ""
	for _, s := range root.ChildElements() {
		if !isWord(s, "style") {
			continue
		}
		taken[attribute(s, "styleId")] = true
		if d := attribute(s, "default"); attribute(s, "type") == attribute(own, "type") && (d == "1" || d == "true") {
			base = attribute(s, "styleId")
		}
	}
	id := attribute(own, "styleId")
	for taken[id] {
		id += "1"
	}
	s := own.Copy()
	s.CreateAttr("w:styleId", id)
	for _, c := range s.ChildElements() {
		if c.Tag == "next" || c.Tag == "basedOn" && base == "" {
			s.RemoveChild(c)
		} else if c.Tag == "basedOn" {
			c.CreateAttr("w:val", base)
		}
	}
	if root.SelectAttr("xmlns:w") == nil {
		s.CreateAttr("xmlns:w", wordNamespace)
	}
	root.AddChild(s)
	return id
}
