package ngsp

import (
	"slices"
	"strings"
)

// readFault judges a SOAP Fault of version 1.1 or 1.2. A security server's own
// fault is told from the provider's by its code, as both come the same way.
func (j *judge) readFault(n node) verdict {
	b := business{fault: true}
	var codes []string
	for _, k := range n.kids {
		switch k.name {
		case "faultcode":
			codes = append(codes, k.text)
		case "Code":
			codes = append(codes, faultValues(k)...)
		case "faultstring":
			b.say(k.text)
		case "Reason":
			for _, text := range k.kids {
				b.say(text.text)
			}
		case "detail", "Detail":
			readDetail(&b, k, 0)
		}
	}
	for _, code := range codes {
		if v, ok := xRoadVerdict(code); ok {
			return v
		}
	}
	for i, code := range codes {
		codes[i] = code[strings.LastIndexByte(code, ':')+1:]
	}
	b.codes = append(b.codes, codes...)
	if v, ok := j.configured(b); ok {
		return v
	}
	b.fault = false
	if v, ok := knownCode(b); ok {
		return v
	}
	if f := fateOfText(fold(b.texts)); f != nil {
		return verdict{fate: f, shown: b.shown()}
	}
	return verdict{fate: faultFate(codes), shown: b.shown()}
}

// faultIn finds the Fault that a gateway, which passed a provider's answer on as
// it came, has put inside an answer of its own.
func faultIn(n node) (node, bool) {
	if n.name == "Fault" && slices.ContainsFunc(n.kids, func(k node) bool {
		return k.name == "faultcode" || k.name == "faultstring" || k.name == "Code" || k.name == "Reason"
	}) {
		return n, true
	}
	for _, k := range n.kids {
		if fault, ok := faultIn(k); ok {
			return fault, true
		}
	}
	return node{}, false
}

// faultValues returns the values of Code and of its subcodes, innermost last.
func faultValues(code node) []string {
	var values []string
	for _, k := range code.kids {
		switch k.name {
		case "Value":
			values = append(values, k.text)
		case "Subcode":
			values = append(values, faultValues(k)...)
		}
	}
	return values
}

func readDetail(b *business, n node, depth int) {
	b.read(n.kids, true)
	if depth == 2 {
		return
	}
	for _, k := range n.kids {
		readDetail(b, k, depth+1)
	}
}

// faultFate finds the row of the most precise code: subcodes come last, and
// the dots of SOAP 1.1 go from the general to the precise.
func faultFate(codes []string) *fate {
	for _, code := range slices.Backward(codes) {
		for _, part := range slices.Backward(strings.Split(code, ".")) {
			if f := fateOf("fault " + part); f != nil {
				return f
			}
		}
	}
	return fateOf("fault *")
}

// xRoadCode reports whether a fault code is a security server's own: the place
// of the fault, then its kind, as in Server.ServerProxy.AccessDenied.
func xRoadCode(code string) bool {
	_, ok := xRoadVerdict(code)
	return ok
}

func xRoadVerdict(code string) (verdict, bool) {
	code = code[strings.LastIndexByte(code, ':')+1:]
	parts := strings.Split(code, ".")
	if len(parts) < 2 || len(parts) > 8 || parts[0] != "Server" && parts[0] != "Client" {
		return verdict{}, false
	}
	proxy := parts[0] == "Server" && (parts[1] == "ClientProxy" || parts[1] == "ServerProxy")
	for _, part := range parts[1:] {
		if f := fateOf("x-road " + part); f != nil {
			return verdict{fate: f, shown: strings.TrimPrefix(f.on, "x-road ")}, true
		}
	}
	if proxy {
		f := fateOf("x-road " + parts[0] + "." + parts[1])
		return verdict{fate: f, shown: strings.TrimPrefix(f.on, "x-road ")}, true
	}
	if parts[0] == "Client" && slices.Contains(xRoadClientCodes(), parts[1]) {
		return verdict{fate: fateOf("x-road Client"), shown: "Client." + parts[1]}, true
	}
	return verdict{}, false
}

// xRoadClientCodes are the kinds of Client faults that a security server gives
// when a request is not one of X-Road at all.
func xRoadClientCodes() []string {
	return []string{"BadRequest", "InvalidRequest", "InvalidSoap", "MissingHeader", "MissingHeaderField", "MissingBody", "InconsistentHeaders",
		"InvalidProtocolVersion", "InvalidContentType", "InvalidHttpMethod", "InvalidServiceId", "InvalidXml", "DuplicateHeaderField", "InternalError"}
}

// xRoadHeader reads the header that a security server puts on its own errors in
// its REST protocol, where the answer itself said nothing.
func xRoadHeader(r reply) verdict {
	code := r.header.Get("X-Road-Error")
	if v, ok := xRoadVerdict(code); ok {
		return v
	}
	if place, _, _ := strings.Cut(code, "."); place == "Server" || place == "Client" {
		return verdict{fate: fateOf("x-road " + place), shown: place}
	}
	return byStatus(r)
}
