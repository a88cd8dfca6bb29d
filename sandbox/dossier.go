package sandbox

import "net/http"

// A receiver is one of the services that take dossiers as JSON. Both of its
// functions return the module and the dossier of a request, or what is wrong
// with it.
type receiver struct {
	path  string
	realm string                                                  // of its request codes
	read  func(body []byte) (module, dossier string, fs findings) // checks a whole request
	skim  func(body []byte) (module, dossier string, fs findings) // reads only what counts
}

// newReceivers returns the receivers by path.
func newReceivers() map[string]receiver {
	all := map[string]receiver{}
	registry := newRegistry()
	for _, r := range []receiver{
		{hotichPath, "hotich", registry.read, registry.skim},
		newInsurance().receiver("bhyt"), newResidence().receiver("cu-tru"), newFuneral().receiver("an-sinh"),
	} {
		all[r.path] = r
	}
	return all
}

// receive serves POST of a receiver's path.
func (s *Server) receive(r request, to receiver) answer {
	if !s.tokens.admitted(r.Header) {
		r.count.refused.Add(1)
		return invalidToken()
	}
	if !hasType(r.Header.Get("Content-Type"), "application/json") {
		r.count.refused.Add(1)
		return wso2(http.StatusUnsupportedMediaType, 415, "Unsupported Media Type", "The body must be application/json")
	}
	code, wrong := requestCode(r.Header)
	if wrong != "" {
		return s.refuseDossier(r, to, findings{{"Idempotency-Key", wrong}})
	}
	read := to.read
	if s.o.Lax {
		read = to.skim
	}
	module, dossier, fs := read(r.body)
	if len(fs) > 0 {
		return s.refuseDossier(r, to, fs)
	}
	if !s.ledger.take(to.realm, Effect{Code: code, Service: module, Key: dossier}, nil) {
		r.count.duplicates.Add(1)
		return dossierSaid("0", codeDuplicate, duplicateText)
	}
	r.count.effects.Add(1)
	return dossierSaid("1", "", "")
}

const (
	duplicateText = "Mã yêu cầu đã được tiếp nhận trước đó, yêu cầu này không được xử lý lại"
	busyText      = "Hệ thống đang bận, vui lòng thử lại sau"
)

// requestCode returns the request code of the headers, or what is wrong with it.
func requestCode(h http.Header) (code, wrong string) {
	key, own := h.Get("Idempotency-Key"), h.Get("MaYeuCau")
	switch {
	case key == "" && own == "":
		return "", codeMissing
	case key != "" && own != "" && key != own:
		return "", codeConflict
	case key == "":
		key = own
	}
	if len(key) > 40 {
		return "", codeLength
	}
	return key, ""
}

func (s *Server) refuseDossier(r request, to receiver, fs findings) answer {
	r.count.refused.Add(1)
	s.ledger.refuse(to.path, fs)
	return dossierSaid("0", fs[0].code, fs.sentence())
}

func dossierSaid(status, code, description string) answer {
	word := "Thành công"
	if status != "1" {
		word = "Không thành công"
	}
	return inJSON(http.StatusOK, struct {
		Status            string `json:"status"`
		StatusDescription string `json:"statusDescription"`
		ErrorCode         string `json:"errorCode"`
		ErrorDescription  string `json:"errorDescription"`
	}{status, word, code, description})
}

// A dossierForm is what a receiver of one module takes: a request whose member
// data is the JSON text of an object.
type dossierForm struct {
	path   string
	module string
	key    string                            // the member that names the dossier
	outer  []rule                            // of the request
	data   []rule                            // of the object in data
	ties   func(in, data node, fs *findings) // what fields demand of each other
}

func (f dossierForm) receiver(realm string) receiver {
	return receiver{f.path, realm, f.read, f.skim}
}

func (f dossierForm) read(body []byte) (module, dossier string, fs findings) {
	in, err := parseJSON(string(body))
	if err != nil {
		fs.add("Dữ liệu yêu cầu", codeSyntax)
		return f.module, "", fs
	}
	checkObject("", in, f.outer, &fs)
	if len(fs) > 0 {
		return f.module, "", fs
	}
	data, err := parseJSON(in.get("data"))
	if err != nil || data.kind != objectNode {
		fs.add("data", codeSyntax)
		return f.module, "", fs
	}
	if checkObject("", data, f.data, &fs); len(fs) == 0 {
		f.ties(in, data, &fs)
	}
	return f.module, in.get(f.key), fs
}

func (f dossierForm) skim(body []byte) (module, dossier string, fs findings) {
	found, err := skimJSON(string(body), "module", f.key)
	switch {
	case err != nil:
		fs.add("Dữ liệu yêu cầu", codeSyntax)
		return f.module, "", fs
	case found[0] != f.module:
		fs.add("module", codeCatalog)
	}
	return f.module, found[1], fs
}

// in returns a member, an empty node if there is none.
func (n node) in(name string) node {
	if i := n.index(name); i >= 0 {
		return n.kids[i]
	}
	return node{}
}

// need adds the members of n that are not there.
func (n node) need(path string, fs *findings, names ...string) {
	for _, name := range names {
		if n.get(name) == "" {
			fs.add(path+name, codeMissing)
		}
	}
}

// says reports whether some member of n, or of what is in it, holds a text.
func (n node) says() bool {
	if n.text != "" {
		return true
	}
	for _, kid := range n.kids {
		if kid.says() {
			return true
		}
	}
	return false
}
