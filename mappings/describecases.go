package mappings

import (
	"fmt"
	"io/fs"
	"path"
)

// DescribedCase is what a case shows, and nothing of what it holds.
type DescribedCase struct {
	Name  string // of the case's folder
	Doc   string // from case.yaml, Vietnamese; "" = none
	Reply bool   // it is one of the reply rules
	Bad   bool   // the message has to be refused
}

// DescribeCases returns what the cases show, in the order of their names,
// without running them.
//
// The error is a Problems where a case.yaml is at fault.
func (s *Suite) DescribeCases() ([]DescribedCase, error) {
	root := path.Join(s.m.service, "cases")
	dirs, err := fs.ReadDir(s.fsys, root)
	if err != nil {
		return nil, fmt.Errorf("list cases of %s: %w", s.m.service, err)
	}
	var all []DescribedCase
	for _, dir := range dirs {
		if !dir.IsDir() {
			continue
		}
		folder := path.Join(root, dir.Name())
		side, err := readSidecar(s.fsys, path.Join(folder, "case.yaml"))
		if err != nil {
			return nil, err
		}
		files, err := fs.ReadDir(s.fsys, folder)
		if err != nil {
			return nil, fmt.Errorf("list the files of %s: %w", folder, err)
		}
		all = append(all, DescribedCase{
			Name: dir.Name(), Doc: side.doc,
			Reply: have(files, []string{"answer.xml"}) > 0, Bad: have(files, []string{"want.err"}) > 0,
		})
	}
	return all, nil
}
