package citizen

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"
)

// Approved is the fields that one may have of a kind of answer. It does not
// change, and any number of goroutines may use it.
type Approved struct {
	kind   Kind
	leaves set
}

// NewApproved approves fields by their paths, as Catalogue has them. A path
// approves everything beneath it: "ThuongTru" is its codes, ChiTiet and QuocGia.
// No path approves nothing.
//
// The error, in English, names every path that is none and, where one is near,
// the path that was probably meant.
func NewApproved(k Kind, paths []string) (*Approved, error) {
	fields := Catalogue(k)
	if fields == nil {
		return nil, errors.New("there is no such kind of answer")
	}
	a := &Approved{kind: k}
	var problems []error
	for _, path := range paths {
		known := false
		for i := range fields {
			if isOrIn(fields[i].Path, path) {
				a.leaves.add(i)
				known = true
			}
		}
		if known {
			continue
		}
		text := fmt.Sprintf("there is no field %.100q in an answer of the kind %s", path, k)
		if meant := nearest(fields, path); meant != "" {
			text += fmt.Sprintf(": did you mean %q?", meant)
		}
		problems = append(problems, errors.New(text))
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	return a, nil
}

// isOrIn reports whether a path is the other one or beneath it.
func isOrIn(path, above string) bool {
	rest, ok := strings.CutPrefix(path, above)
	return ok && (rest == "" || rest[0] == '/' && above != "")
}

// Kind returns the kind of answers that the approval is for.
func (a *Approved) Kind() Kind { return a.kind }

// Leaves returns the single fields that are approved, in the order of the
// catalogue. Their number is the "số lượng trường thông tin" of the reports
// (TT 46/2022/TT-BCA).
func (a *Approved) Leaves() []Field {
	fields := make([]Field, 0, a.leaves.len())
	catalogue := Catalogue(a.kind)
	for s := a.leaves; s != 0; s &= s - 1 {
		fields = append(fields, catalogue[bits.TrailingZeros64(uint64(s))])
	}
	return fields
}

// nearest returns the path that an unknown one was probably meant to be, "" if
// none is near.
func nearest(fields []Field, path string) string {
	const long = 100
	if path == "" || len(path) > long {
		return ""
	}
	folded := NameKey(path)
	best, distance := "", 1+(len(path)+1)/3
	for _, f := range fields {
		if isOrIn(path, f.Path) || isOrIn(path, "CongDan/"+f.Path) || strings.HasSuffix(f.Path, "/"+path) || NameKey(f.Title) == folded {
			return f.Path
		}
		candidate := f.Path
		for candidate != "" {
			if d := editDistance(strings.ToLower(candidate), strings.ToLower(path)); d < distance {
				best, distance = candidate, d
			}
			candidate = candidate[:max(0, strings.LastIndexByte(candidate, '/'))]
		}
	}
	return best
}

// editDistance returns how many bytes must be put in, taken out or changed to
// make a from b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
