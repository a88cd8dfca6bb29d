package ngsp

import (
	"testing"
	"time"
)

func TestAResultThatSaysNoIsNotDelivered(t *testing.T) {
	j := judge{form: SOAP, maxAnswer: 1 << 20, now: time.Now}
	op := &operation{response: []string{"CapNhatResponse"}}
	for text, want := range map[string]bool{
		"<CapNhatResult>true</CapNhatResult>":                                      true,
		"<CapNhatResult/>":                                                         true,
		"<CapNhatResult>false</CapNhatResult>":                                     false,
		"<return>-1</return>":                                                      false,
		"<return>có lỗi</return>":                                                  false,
		"<CapNhatResult>&lt;KetQua&gt;&lt;MaLoi&gt;E1</CapNhatResult>":             false,
		"<CapNhatResult><KetQua><MaLoi>E1</MaLoi></KetQua></CapNhatResult>":        false,
		"<CapNhatResult><KetQua><TrangThai>1</TrangThai></KetQua></CapNhatResult>": true,
	} {
		tree, err := readTree([]byte("<CapNhatResponse>"+text+"</CapNhatResponse>"), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if got := j.readSOAP(op, []node{tree}).fate == fateOf("soap confirmed"); got != want {
			t.Errorf("%s: delivered is %v, want %v", text, got, want)
		}
	}
}
