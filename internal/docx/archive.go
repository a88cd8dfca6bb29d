package docx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

// What a template may cost. One made in Word has some thirty parts and some
// hundred kilobytes; a picture or two make it megabytes.
const (
	maxTemplate = 20 << 20 // as a file
	maxUnpacked = 64 << 20 // all parts
	maxParts    = 500
	maxXML      = 8 << 20 // one part of XML
	maxAllXML   = 24 << 20
	maxDepth    = 128
	maxElements = 400_000
	maxMarks    = 2_000 // placeholders; the standard form has some fifty
	maxUses     = 10    // places of one that names blocks, as tables and charts are large
)

const (
	wordNamespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	mainType      = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)

// archive is a template that was found harmless: read once, its parts of XML
// that Fill changes as trees.
type archive struct {
	files   []*zip.File
	main    string                     // name of the part of the document
	trees   map[string]*etree.Document // by name of the part
	changed map[string]bool            // of trees
	added   map[string][]byte          // parts that are new
}

// open reads a template and refuses what no template needs: macros, what runs or
// is fetched when the file is opened, entities, and sizes that only harm.
func open(template []byte) (*archive, error) {
	if len(template) > maxTemplate {
		return nil, fmt.Errorf("it has %d bytes, want at most %d", len(template), maxTemplate)
	}
	z, err := zip.NewReader(bytes.NewReader(template), int64(len(template)))
	if err != nil {
		return nil, fmt.Errorf("it is no DOCX file: %w", err)
	}
	if len(z.File) > maxParts {
		return nil, fmt.Errorf("it has %d parts, want at most %d", len(z.File), maxParts)
	}
	a := &archive{files: z.File, trees: map[string]*etree.Document{}, changed: map[string]bool{}, added: map[string][]byte{}}
	if err := a.read(); err != nil {
		return nil, err
	}
	if err := a.checkTypes(); err != nil {
		return nil, err
	}
	for _, name := range sortedKeys(a.trees) {
		if err := checkPart(name, a.trees[name].Root()); err != nil {
			return nil, fmt.Errorf("part %s: %w", name, err)
		}
	}
	return a, a.findMain()
}

// read unpacks every part, within bounds, and parses those of XML.
func (a *archive) read() error {
	seen := map[string]bool{}
	left, leftXML := int64(maxUnpacked), maxAllXML
	for _, f := range a.files {
		folded := strings.ToLower(f.Name)
		switch {
		case seen[folded]:
			return fmt.Errorf("part %q is there twice", f.Name)
		case strings.Contains(f.Name, `\`) || path.Clean("/"+f.Name) != "/"+strings.TrimSuffix(f.Name, "/"):
			return fmt.Errorf("part %q has a name that leads elsewhere", f.Name)
		case f.Flags&1 != 0:
			return errors.New("it is encrypted; save it without a password")
		}
		seen[folded] = true
		content, err := unpack(f, left)
		if err != nil {
			return fmt.Errorf("part %q: %w", f.Name, err)
		}
		left -= int64(len(content))
		if ext := path.Ext(folded); ext != ".xml" && ext != ".rels" && ext != ".vml" {
			continue
		}
		if leftXML -= len(content); leftXML < 0 {
			return fmt.Errorf("its XML has more than %d bytes", maxAllXML)
		}
		tree, err := strictxml.Parse(content, strictxml.Limits{Bytes: maxXML, Depth: maxDepth, Elements: maxElements})
		if err != nil {
			return fmt.Errorf("part %q: %w", f.Name, err)
		}
		a.trees[f.Name] = tree
	}
	return nil
}

// unpack reads at most left bytes, whatever size the archive claims, and checks
// that they are whole.
func unpack(f *zip.File, left int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	content, err := io.ReadAll(io.LimitReader(r, left+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > left {
		return nil, fmt.Errorf("all parts unpacked have more than %d bytes", maxUnpacked)
	}
	return content, nil
}

// checkTypes refuses documents with macros, by what they say they hold.
func (a *archive) checkTypes() error {
	types := a.trees[contentTypes]
	if types == nil {
		return errors.New("it is no DOCX file: it has no list of content types")
	}
	for _, e := range types.Root().ChildElements() {
		kind := strings.ToLower(e.SelectAttrValue("ContentType", ""))
		if strings.Contains(kind, "macroenabled") || strings.Contains(kind, "vbaproject") || strings.Contains(kind, "activex") || strings.Contains(kind, "oleobject") {
			return errors.New("it holds macros or embedded programs; save it as a Word document (.docx) without them")
		}
	}
	for _, f := range a.files {
		name := strings.ToLower(f.Name)
		if strings.Contains(name, "vbaproject") || strings.Contains(name, "vbadata") || strings.Contains(name, "/activex/") {
			return fmt.Errorf("it holds macros (%s); save it as a Word document (.docx) without them", f.Name)
		}
		if strings.HasPrefix(name, "_xmlsignatures/") {
			return errors.New("it is digitally signed; filling it in would break the signature")
		}
	}
	return nil
}

// findMain finds the part of the document by its type, as people's Words name it
// differently.
func (a *archive) findMain() error {
	for _, e := range a.trees[contentTypes].Root().ChildElements() {
		if e.Tag == "Override" && e.SelectAttrValue("ContentType", "") == mainType {
			a.main = strings.TrimPrefix(e.SelectAttrValue("PartName", ""), "/")
		}
	}
	tree := a.trees[a.main]
	switch {
	case a.main == "" || tree == nil:
		return errors.New("it is no Word document; save it as a Word document (.docx), not as a template of Word or in another format")
	case tree.Root().Tag != "document" || tree.Root().NamespaceURI() != wordNamespace:
		return errors.New("it is in the format Strict Open XML; save it as a Word document (.docx)")
	}
	return nil
}

// texts names the parts that hold running text: the document, headers, footers
// and notes.
func (a *archive) texts() []string {
	names := []string{a.main}
	for _, name := range sortedKeys(a.trees) {
		root := a.trees[name].Root()
		switch root.Tag {
		case "hdr", "ftr", "footnotes", "endnotes":
			if root.NamespaceURI() == wordNamespace {
				names = append(names, name)
			}
		}
	}
	return names
}

// located is a paragraph and the part that it stands in.
type located struct {
	part string
	*paragraph
}

// marked returns the paragraphs that hold a placeholder.
func (a *archive) marked() ([]located, error) {
	var all []located
	n := 0
	for _, part := range a.texts() {
		for _, p := range paragraphsOf(a.trees[part]) {
			all = append(all, located{part, p})
			n += len(p.marks)
		}
	}
	if n > maxMarks {
		return nil, fmt.Errorf("it has %d placeholders, want at most %d", n, maxMarks)
	}
	return all, nil
}

// write writes the archive: what was not changed byte for byte as it was, and in
// the order in which it was.
func (a *archive) write(w io.Writer) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, oneDeflater())
	for _, f := range a.files {
		if !a.changed[f.Name] {
			if err := z.Copy(f); err != nil {
				return fmt.Errorf("copying part %s: %w", f.Name, err)
			}
			continue
		}
		content, err := a.trees[f.Name].WriteToBytes()
		if err != nil {
			return fmt.Errorf("part %s: %w", f.Name, err)
		}
		if err := writeBytes(z, f.Name, append([]byte(xmlDeclaration), content...)); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(a.added) {
		if err := writeBytes(z, name, a.added[name]); err != nil {
			return err
		}
	}
	return z.Close()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
