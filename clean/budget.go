package clean

import "io"

// budget lets a reader go on for so many bytes until it is renewed, so that no
// single row can use up the memory.
type budget struct {
	r    io.Reader
	each int64
	left int64
}

func newBudget(r io.Reader, each int64) *budget { return &budget{r: r, each: each, left: each} }

func (b *budget) renew() { b.left = b.each }

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, badFile("RowTooLarge", "Tệp có một dòng hoặc một phần quá lớn nên không được đọc; hãy kiểm tra lại tệp.", "a row or a part of the file is too large")
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}
