package soap

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"testing"
)

// fault is a Fault of either version, as a reader sees it.
type fault struct {
	space  string
	code   string // faultcode, or Code/Value
	sub    string // Subcode/Value
	text   string
	lang   string
	detail loi
}

type loi struct {
	Ma          string `xml:"urn:lgsp:tiep-nhan:1 Ma"`
	MaTiepNhan  string `xml:"urn:lgsp:tiep-nhan:1 MaTiepNhan"`
	CoTheGuiLai bool   `xml:"urn:lgsp:tiep-nhan:1 CoTheGuiLai"`
	ThuLaiSau   int    `xml:"urn:lgsp:tiep-nhan:1 ThuLaiSau"`
	Truong      []struct {
		DuongDan, Ma, MoTa, MongDoi string
	} `xml:"urn:lgsp:tiep-nhan:1 Truong"`
}

func readFault(t testing.TB, body string) fault {
	t.Helper()
	var e struct {
		XMLName xml.Name
		Body    struct {
			Fault struct {
				XMLName     xml.Name
				FaultCode   string `xml:"faultcode"`
				FaultString string `xml:"faultstring"`
				Detail11    struct {
					Loi loi `xml:"urn:lgsp:tiep-nhan:1 Loi"`
				} `xml:"detail"`
				Code struct {
					Value   string
					Subcode struct{ Value string }
				}
				Reason struct {
					Text struct {
						Lang  string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
						Value string `xml:",chardata"`
					}
				}
				Detail12 struct {
					Loi loi `xml:"urn:lgsp:tiep-nhan:1 Loi"`
				} `xml:"Detail"`
			}
		}
	}
	if err := xml.Unmarshal([]byte(body), &e); err != nil {
		t.Fatalf("the answer is not XML: %v\n%s", err, body)
	}
	x := e.Body.Fault
	if x.XMLName.Local != "Fault" || x.XMLName.Space != e.XMLName.Space {
		t.Fatalf("the answer is not a Fault:\n%s", body)
	}
	if e.XMLName.Space == space12 {
		return fault{space12, x.Code.Value, x.Code.Subcode.Value, x.Reason.Text.Value, x.Reason.Text.Lang, x.Detail12.Loi}
	}
	return fault{e.XMLName.Space, x.FaultCode, "", x.FaultString, "", x.Detail11.Loi}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (run with -update to accept):\n%s", file, got)
	}
}
