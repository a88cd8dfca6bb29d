package sandbox

import "slices"

// registry is the civil status service, whose modules are registrations.
type registry struct {
	lists fieldLists
	ties  []tie
}

func newRegistry() registry { return registry{newFieldLists(), newTies()} }

// skim reads of a request only what counts: its module and dossier.
func (g registry) skim(body []byte) (module, dossier string, fs findings) {
	found, err := skimJSON(string(body), "module", "maHoSoLT")
	switch {
	case err != nil:
		fs.add("Dữ liệu yêu cầu", codeSyntax)
		return "", "", fs
	case g.lists.modules[found[0]] == nil:
		fs.add("module", codeCatalog)
	}
	return found[0], found[1], fs
}

// read checks a whole request.
func (g registry) read(body []byte) (module, dossier string, fs findings) {
	in, err := parseJSON(string(body))
	if err != nil {
		fs.add("Dữ liệu yêu cầu", codeSyntax)
		return "", "", fs
	}
	checkObject("", in, g.lists.outer, &fs)
	module = in.get("module")
	rules := g.lists.modules[module]
	if len(fs) > 0 || rules == nil {
		return module, "", fs
	}
	data, err := parseJSON(in.get("data"))
	if err != nil || data.kind != objectNode {
		fs.add("data", codeSyntax)
		return module, "", fs
	}
	i := data.index("hoTich")
	for at, kid := range data.kids {
		if kid.name != "hoTich" {
			fs.add("data."+kid.name, codeUnknown)
		} else if at != i {
			fs.add("hoTich", codeRepeated)
		}
	}
	if i < 0 {
		fs.add("hoTich", codeMissing)
		return module, "", fs
	}
	checkObject("", data.kids[i], rules, &fs)
	g.checkTies(module, data.kids[i], &fs)
	return module, in.get("maHoSoLT"), fs
}

// checkTies checks what fields demand of each other.
func (g registry) checkTies(module string, hoTich node, fs *findings) {
	for _, t := range g.ties {
		if t.module != module || !slices.Contains(t.values, hoTich.get(t.field)) {
			continue
		}
		for _, name := range t.needs {
			if hoTich.get(name) == "" {
				fs.add(name, codeMissing)
			}
		}
	}
	if his, hers := hoTich.get("chongSoDDCN"), hoTich.get("voSoDDCN"); module == "LTKH" && his != "" && his == hers {
		fs.add("voSoDDCN", codeConflict)
	}
}
