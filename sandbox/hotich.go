package sandbox

import (
	"net/http"
	"slices"
)

// hotich serves POST /apiLienThongKSKT/1.0/nhanHoSoDKHT.
func (s *Server) hotich(r request) answer {
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
		return s.refuseHotich(r, findings{{"Idempotency-Key", wrong}})
	}
	read := s.readHotich
	if s.o.Lax {
		read = s.skimHotich
	}
	module, dossier, fs := read(r.body)
	if len(fs) > 0 {
		return s.refuseHotich(r, fs)
	}
	if !s.ledger.take("hotich", Effect{Code: code, Service: module, Key: dossier}, nil) {
		r.count.duplicates.Add(1)
		return hotichSaid("0", codeDuplicate, duplicateText)
	}
	r.count.effects.Add(1)
	return hotichSaid("1", "", "")
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

func (s *Server) refuseHotich(r request, fs findings) answer {
	r.count.refused.Add(1)
	s.ledger.refuse(hotichPath, fs)
	return hotichSaid("0", fs[0].code, fs.sentence())
}

func hotichSaid(status, code, description string) answer {
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

// skimHotich reads of a request only what counts: its module and dossier.
func (s *Server) skimHotich(body []byte) (module, dossier string, fs findings) {
	found, err := skimJSON(string(body), "module", "maHoSoLT")
	switch {
	case err != nil:
		fs.add("Dữ liệu yêu cầu", codeSyntax)
		return "", "", fs
	case s.lists.modules[found[0]] == nil:
		fs.add("module", codeCatalog)
	}
	return found[0], found[1], fs
}

// readHotich checks a whole request.
func (s *Server) readHotich(body []byte) (module, dossier string, fs findings) {
	in, err := parseJSON(string(body))
	if err != nil {
		fs.add("Dữ liệu yêu cầu", codeSyntax)
		return "", "", fs
	}
	checkObject("", in, s.lists.outer, &fs)
	module = in.get("module")
	rules := s.lists.modules[module]
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
	s.checkTies(module, data.kids[i], &fs)
	return module, in.get("maHoSoLT"), fs
}

// checkTies checks what fields demand of each other.
func (s *Server) checkTies(module string, hoTich node, fs *findings) {
	for _, t := range s.ties {
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
