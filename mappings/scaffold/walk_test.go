package scaffold_test

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
)

// The schemas are read here a second time and in another way, by local names
// alone, and give the paths of all that a message may hold; the rules have to
// read these and no others.

// tag is any element of a document.
type tag struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Kids    []tag      `xml:",any"`
}

func (t tag) attr(name string) string {
	for _, a := range t.Attrs {
		if a.Name.Local == name && (a.Name.Space == "" || name == "arrayType") {
			return a.Value
		}
	}
	return ""
}

// local is a name without its prefix.
func local(qname string) string { return qname[strings.LastIndexByte(qname, ':')+1:] }

// declared is what the schemas of a folder declare, by local name.
type declared struct {
	elements, types, groups, attributeGroups, attributes, messages map[string]tag
	members, derived                                               map[string][]string
	operations                                                     []tag // of bindings
	axis                                                           bool
}

func declaredIn(t *testing.T, docs [][]byte) *declared {
	t.Helper()
	d := &declared{map[string]tag{}, map[string]tag{}, map[string]tag{}, map[string]tag{}, map[string]tag{}, map[string]tag{}, map[string][]string{}, map[string][]string{}, nil, false}
	for _, doc := range docs {
		var root tag
		decoder := xml.NewDecoder(bytes.NewReader(doc))
		decoder.CharsetReader = nil
		if err := decoder.Decode(&root); err != nil {
			t.Fatal(err)
		}
		d.axis = d.axis || bytes.Contains(doc, []byte("Apache Axis"))
		d.read(root)
	}
	return d
}

func (d *declared) read(t tag) {
	if t.XMLName.Local == "schema" {
		for _, k := range t.Kids {
			d.global(k)
		}
		return
	}
	switch t.XMLName.Local {
	case "message":
		d.messages[t.attr("name")] = t
	case "binding":
		for _, k := range t.Kids {
			if k.XMLName.Local == "operation" {
				d.operations = append(d.operations, k)
			}
		}
	}
	for _, k := range t.Kids {
		d.read(k)
	}
}

func (d *declared) global(t tag) {
	name := t.attr("name")
	switch t.XMLName.Local {
	case "element":
		d.elements[name] = t
		if head := t.attr("substitutionGroup"); head != "" {
			d.members[local(head)] = append(d.members[local(head)], name)
		}
	case "complexType", "simpleType":
		d.types[name] = t
		for _, k := range t.Kids {
			for _, step := range k.Kids {
				if k.XMLName.Local == "complexContent" {
					d.derived[local(step.attr("base"))] = append(d.derived[local(step.attr("base"))], name)
				}
			}
		}
	case "group":
		d.groups[name] = t
	case "attributeGroup":
		d.attributeGroups[name] = t
	case "attribute":
		d.attributes[name] = t
	}
}

// walk gathers the paths below one element.
type walk struct {
	*declared
	paths  map[string]bool
	within []string // names of the types around
}

// element adds what an element declaration allows at path. It reports whether
// the element is left out, for its recursion.
func (w *walk) element(e tag, path string) {
	if of := e.attr("type"); of != "" {
		w.typed(local(of), path, e.attr("name"))
		return
	}
	for _, k := range e.Kids {
		switch k.XMLName.Local {
		case "complexType":
			w.complex(k, path, e.attr("name"))
			return
		case "simpleType":
			w.paths[path] = true
			return
		}
	}
	if head := e.attr("substitutionGroup"); head != "" {
		w.element(w.elements[local(head)], path)
		return
	}
	w.paths[path] = true // anyType
}

func (w *walk) typed(name, path, element string) {
	t, ok := w.types[name]
	switch {
	case name == "Array":
		w.array("anyType", 1, path, element)
	case !ok || t.XMLName.Local == "simpleType":
		w.paths[path] = true
	case slices.Contains(w.within, name):
		return
	default:
		w.within = append(w.within, name)
		w.complex(t, path, element)
		w.within = w.within[:len(w.within)-1]
	}
}

func (w *walk) array(of string, levels int, path, element string) {
	item := "item"
	if w.axis {
		item = element
	}
	for range levels {
		path += "/" + item
	}
	w.typed(of, path, item)
}

func (w *walk) complex(t tag, path, element string) {
	before := len(w.paths)
	if t.attr("abstract") == "true" && len(w.derived[t.attr("name")]) > 0 {
		for _, name := range w.derived[t.attr("name")] {
			w.content(w.types[name], path, element)
		}
	} else {
		w.content(t, path, element)
	}
	if len(w.paths) == before || t.attr("mixed") == "true" {
		w.paths[path] = true
	}
}

func (w *walk) content(t tag, path, element string) {
	for _, k := range t.Kids {
		switch k.XMLName.Local {
		case "simpleContent":
			w.paths[path] = true
			w.content(k.Kids[0], path, element)
		case "complexContent":
			step := k.Kids[0]
			if array := arrayType(step); array != "" {
				w.array(local(strings.TrimRight(array, "[]")), strings.Count(array, "["), path, element)
				continue
			}
			base := w.types[local(step.attr("base"))]
			if step.XMLName.Local == "restriction" {
				w.attributes(base, path, prohibited(step))
			} else {
				w.content(base, path, element)
			}
			w.content(step, path, element)
		case "sequence", "choice", "all":
			w.content(k, path, element)
		case "group":
			w.content(w.groups[local(k.attr("ref"))], path, element)
		case "element":
			w.child(k, path)
		}
	}
	w.attributes(t, path, prohibited(t))
}

func (w *walk) child(e tag, path string) {
	ref := local(e.attr("ref"))
	switch {
	case ref == "":
		w.element(e, path+"/"+e.attr("name"))
	case ref == "schema": // of a DataSet
	case len(w.members[ref]) > 0:
		for _, m := range w.members[ref] {
			w.element(w.elements[m], path+"/"+m)
		}
	default:
		w.element(w.elements[ref], path+"/"+ref)
	}
}

func (w *walk) attributes(t tag, path string, without []string) {
	for _, k := range t.Kids {
		name := k.attr("name")
		if name == "" {
			name = local(k.attr("ref"))
		}
		switch {
		case k.XMLName.Local == "attributeGroup":
			w.attributes(w.attributeGroups[name], path, without)
		case k.XMLName.Local == "attribute" && !slices.Contains(without, name) && name != "arrayType" && k.attr("ref") != "xml:lang":
			w.paths[path+"/@"+name] = true
		}
	}
}

func prohibited(t tag) (names []string) {
	for _, k := range t.Kids {
		if k.XMLName.Local == "attribute" && k.attr("use") == "prohibited" {
			names = append(names, k.attr("name"))
		}
	}
	return names
}

func arrayType(step tag) string {
	if local(step.attr("base")) != "Array" {
		return ""
	}
	for _, k := range step.Kids {
		if of := k.attr("arrayType"); of != "" {
			return of
		}
	}
	return ""
}

// message gathers the paths of an operation's input, or of an element.
func (d *declared) message(t *testing.T, name string) map[string]bool {
	t.Helper()
	w := &walk{declared: d, paths: map[string]bool{}}
	if len(d.operations) == 0 {
		w.element(d.elements[name], "")
		return w.paths
	}
	called := strings.Split(name, "/")
	for _, op := range d.operations {
		input, body := "", tag{}
		for _, k := range op.Kids {
			if k.XMLName.Local == "input" {
				input, body = k.attr("name"), k.Kids[len(k.Kids)-1]
			}
		}
		if op.attr("name") != called[min(len(called)-1, 1)] || len(called) == 3 && input != called[2] && called[2] != d.inputMessage(op) {
			continue
		}
		for _, part := range d.parts(op, body.attr("parts")) {
			if of := part.attr("element"); of != "" {
				w.element(d.elements[local(of)], "")
			} else {
				w.typed(local(part.attr("type")), "/"+part.attr("name"), part.attr("name"))
			}
		}
		return w.paths
	}
	t.Fatalf("no operation %s", name)
	return nil
}

// inputMessage guesses the message of an operation by its name, as the WSDLs here call theirs.
func (d *declared) inputMessage(op tag) string {
	for _, suffix := range []string{"SoapIn", "Request", "In", ""} {
		if _, ok := d.messages[op.attr("name")+suffix]; ok {
			return op.attr("name") + suffix
		}
	}
	return ""
}

func (d *declared) parts(op tag, only string) []tag {
	var parts []tag
	for _, p := range d.messages[d.inputMessage(op)].Kids {
		if only == "" || slices.Contains(strings.Fields(only), p.attr("name")) {
			parts = append(parts, p)
		}
	}
	return parts
}
