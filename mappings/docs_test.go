package mappings

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
)

const languagePage = "../docs/mapping-language.md"

// pageExamples returns the fenced blocks of the page that are marked with a file
// name and the name of an example, as a file system of mappings with one case each.
func pageExamples(t *testing.T) fstest.MapFS {
	t.Helper()
	page, err := os.ReadFile(languagePage)
	if err != nil {
		t.Fatal(err)
	}
	return examplesOf(string(page))
}

func examplesOf(page string) fstest.MapFS {
	examples := map[string]map[string]string{}
	for _, block := range strings.Split(page, "\n```")[1:] {
		info, body, _ := strings.Cut(block, "\n")
		words := strings.Fields(info)
		if len(words) != 3 {
			continue
		}
		file, example := words[1], words[2]
		if examples[example] == nil {
			examples[example] = map[string]string{}
		}
		examples[example][file] = body
	}
	tree := fstest.MapFS{}
	for _, files := range examples {
		_, rest, _ := strings.Cut(files["mapping.yaml"], "service: ")
		service := strings.Fields(rest)[0]
		for file, body := range files {
			where := path.Join(service, file)
			if inOrWant[file] {
				where = path.Join(service, "cases", "page", file)
			}
			tree[where] = &fstest.MapFile{Data: []byte(body)}
		}
	}
	return tree
}

// inOrWant are the files of an example that belong to its case.
var inOrWant = map[string]bool{"in.xml": true, "answer.xml": true, "want.json": true, "want.xml": true, "want.err": true, "case.yaml": true}

// splitLines is the plugin of an example.
func splitLines(e lgsp.Envelope) (lgsp.Document, error) {
	doc, err := strictxml.Parse(e.Body, strictxml.Limits{})
	if err != nil {
		return lgsp.Document{}, err
	}
	name, born, _ := strings.Cut(doc.Root().Text(), "|")
	body, err := json.Marshal(struct {
		HoTen    string `json:"hoTen"`
		NgaySinh string `json:"ngaySinh"`
	}{name, born})
	return lgsp.Document{Body: body}, err
}

func TestTheExamplesOfTheLanguagePageWork(t *testing.T) {
	tree := pageExamples(t)
	set, err := Load(tree)
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Services(); len(got) != 8 {
		t.Fatalf("examples: %v", got)
	}
	for _, service := range set.Services() {
		suite, err := OpenSuite(tree, service)
		if err != nil {
			t.Fatal(err)
		}
		if suite.Mapping().Plugin() == "tach-dong" {
			suite.Plug(mapper(splitLines))
		}
		results, err := suite.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if !r.OK() {
				t.Errorf("%s:\n%s\ngot %s", service, strings.Join(r.Diffs, "\n"), r.Got)
			}
		}
	}
}

// What the page says of the first person is not in its message's errors.
func TestThePageSaysWhatBecomesOfAWardThatWasNotDivided(t *testing.T) {
	tree := pageExamples(t)
	set, err := Load(tree)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := set.Get("vidu.noi-sinh")
	in := string(tree["vidu.noi-sinh/cases/page/in.xml"].Data)
	first, _, _ := strings.Cut(in, "</Nguoi>")
	d, err := m.Map(t.Context(), lgsp.Envelope{Received: caseReceived(), Body: []byte(first + "</Nguoi></NoiSinh>")})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(languagePage)
	if err != nil {
		t.Fatal(err)
	}
	person := strings.TrimSuffix(strings.TrimPrefix(string(d.Body), `{"nguoi":[`), "]}")
	if !strings.Contains(string(page), "`"+person+"`") {
		t.Errorf("the page does not say %s", person)
	}
}

func TestTheLanguagePageNamesAndShowsEveryKey(t *testing.T) {
	page, err := os.ReadFile(languagePage)
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	examples := ""
	for name, file := range pageExamples(t) {
		if path.Base(name) == "mapping.yaml" {
			examples += string(file.Data)
		}
	}
	for _, keys := range []string{topKeys, sourceKeys, defaultsKeys, purposeKeys, targetKeys, valueKeys, fieldKeys, demandKeys, dateKeys, replyKeys, replySourceKeys, replyTargetKeys, documentKeys, tableKeys, datedKeys, checkKeys, idKeys} {
		for _, key := range strings.Fields(keys) {
			if !strings.Contains(text, "`"+key+"`") {
				t.Errorf("the page does not name the key %s", key)
			}
			if !strings.Contains(examples, key+":") {
				t.Errorf("no example shows the key %s", key)
			}
		}
	}
	for _, column := range tableColumns {
		if !strings.Contains(text, "`"+column+"`") {
			t.Errorf("the page does not name the column %s of a table", column)
		}
	}
	for _, key := range strings.Fields(sidecarKeys) {
		if !strings.Contains(text, "`"+key+"`") {
			t.Errorf("the page does not name the key %s of case.yaml", key)
		}
	}
}

// The tone mark stands on the first vowel of oa and uy, as in the spelling that
// the state's own texts follow. Code tables keep both: people write both.
func TestWhatPeopleReadIsSpelledAlike(t *testing.T) {
	old := regexp.MustCompile(`(hoá|xoá|thoả|tuỳ|huỷ)( |[.,;:"}]|$)`)
	texts := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		base := path.Base(name)
		if err != nil || base != "mapping.yaml" && base != "case.yaml" && name != "fault.go" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		texts++
		for i, line := range strings.Split(string(text), "\n") {
			if found := old.FindString(line); found != "" {
				t.Errorf("%s:%d: %s", name, i+1, found)
			}
		}
		return nil
	})
	if err != nil || texts < 10 {
		t.Errorf("%d files were read: %v", texts, err)
	}
}
