package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"lgsp.internal/adapter/internal/paper"
)

// drawn is a text as it stands on a page, in points from the top left corner.
type drawn struct {
	x, y, size float64
	font, text string
	turned     bool
}

type sheet struct {
	words  []drawn
	height float64
}

var (
	stream = regexp.MustCompile(`(?s)<<[^<>]*/Filter /FlateDecode[^<>]*>>\nstream\n`)
	token  = regexp.MustCompile(`(?s)(?:[-\d.]+ ){6}(cm)\n|BT /(F\w+) ([\d.]+) Tf ET|BT ([-\d.]+) ([-\d.]+) Td \(((?:\\.|[^\\)])*)\) Tj ET`)
	box    = regexp.MustCompile(`/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]`)
	escape = regexp.MustCompile(`(?s)\\(.)`)
)

// read returns the pages of a file that Write wrote.
func read(t testing.TB, file []byte) (pages []sheet) {
	t.Helper()
	heights := pageHeights(file)
	for _, at := range stream.FindAllIndex(file, -1) {
		z, err := zlib.NewReader(bytes.NewReader(file[at[1]:]))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if len(pages) == len(heights) { // what follows are the fonts
			return pages
		}
		page := sheet{height: heights[len(pages)]}
		var last drawn
		for _, m := range token.FindAllSubmatch(content, -1) {
			switch {
			case len(m[1]) > 0:
				last.turned = true
				continue
			case len(m[2]) > 0:
				last.font, last.size = string(m[2]), number(t, m[3])
				continue
			}
			last.x, last.y, last.text = number(t, m[4]), page.height-number(t, m[5]), decoded(m[6])
			page.words = append(page.words, last)
			last.turned = false
		}
		pages = append(pages, page)
	}
	return pages
}

// pageHeights tells the heights of the pages, where one has its own box.
func pageHeights(file []byte) (heights []float64) {
	for _, page := range bytes.Split(file, []byte("<</Type /Page\n"))[1:] {
		height := longSide
		if end := bytes.Index(page, []byte("endobj")); end >= 0 {
			if m := box.FindSubmatch(page[:end]); m != nil {
				height, _ = strconv.ParseFloat(string(m[2]), 64)
			}
		}
		heights = append(heights, height)
	}
	return heights
}

func number(t testing.TB, b []byte) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func decoded(b []byte) string {
	b = escape.ReplaceAllFunc(b, func(m []byte) []byte {
		if m[1] == 'r' {
			return []byte("\r")
		}
		return m[1:]
	})
	var units []uint16
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}

// lines are the texts of a page from top to bottom, what stands on one baseline
// joined.
func (p sheet) lines() []string {
	var list []string
	y := -1.0
	for _, w := range p.words {
		if w.y == y {
			list[len(list)-1] += w.text
		} else {
			list = append(list, w.text)
		}
		y = w.y
	}
	return list
}

func (p sheet) text() string { return strings.ReplaceAll(strings.Join(p.lines(), "\n"), "\u00a0", " ") }

// golden is what is compared: every text with its place and size.
func golden(pages []sheet) string {
	var b strings.Builder
	for i, p := range pages {
		fmt.Fprintf(&b, "page %d, %.0f points high\n", i+1, p.height)
		for _, w := range p.words {
			fmt.Fprintf(&b, "%.2f %.2f %.1f %q\n", w.x, w.y, w.size, w.text)
		}
	}
	return b.String()
}

// poppler runs a program of poppler-utils over a file.
func poppler(t *testing.T, file []byte, program string, arguments ...string) string {
	t.Helper()
	c := exec.Command(program, arguments...)
	c.Stdin = bytes.NewReader(file)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s (install poppler-utils): %v: %s", program, err, out)
	}
	return string(out)
}

// within reports the words of a page that leave its margins, but for the number
// of the page and the footer.
func within(t *testing.T, pages []sheet) {
	t.Helper()
	f := flow{pen: pen{file: newFile()}}
	for i, p := range pages {
		width := shortSide
		if p.height < longSide-1 {
			width = longSide
		}
		for _, w := range p.words {
			right := w.x + f.width(w.text, face{}, w.size)
			if w.x < marginLeft-0.1 || w.x > width || w.y < marginTop-0.1 && w.y > headerTop+20 || w.y > p.height-headerTop {
				t.Fatalf("page %d: %q stands at %.1f, %.1f", i+1, w.text, w.x, w.y)
			}
			// Bold letters are up to an eighth wider.
			if allowed := width - marginRight + 2 + (right-w.x)/8; !w.turned && right > allowed && len([]rune(w.text)) > 1 {
				t.Fatalf("page %d: %q reaches to %.1f", i+1, w.text, right)
			}
		}
	}
}

func doc(blocks ...paper.Block) paper.Document {
	return paper.Document{Kind: "Báo cáo", Subject: "Thử", Body: blocks, Signer: paper.Signer{Position: "Giám đốc", Name: "Lê Thị Thử"}}
}
