package clean

import (
	"encoding/xml"
	"errors"
	"strconv"
	"strings"
)

// shown says how a style shows numbers.
type shown struct {
	date  bool
	zeros int // digits at least, with zeros in front
}

// styles are the styles of cells, by number.
type styles []shown

func (s styles) of(number string) shown {
	if i, err := strconv.Atoi(number); err == nil && i >= 0 && i < len(s) {
		return s[i]
	}
	return shown{}
}

// stylesMost is more than a workbook may have (Excel specifications: 65,490).
const stylesMost = 1 << 16

func (x *xlsxFile) readStyles(part string) (styles, error) {
	formats := map[string]shown{}
	var list styles
	inCells := false
	err := x.walk(part, partMost, func(r *xmlReader, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			formats[attribute(e, "numFmtId")] = shownBy(attribute(e, "formatCode"))
		case "cellXfs":
			inCells = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if !inCells {
				return nil
			}
			if len(list) >= stylesMost {
				return errors.New("too many styles")
			}
			id := attribute(e, "numFmtId")
			how, own := formats[id]
			if !own {
				how = shown{date: isBuiltInDate(id)}
			}
			list = append(list, how)
		}
		return nil
	})
	return list, err
}

// isBuiltInDate knows the formats that a workbook need not spell out (ECMA-376
// part 1, §18.8.30, with those of East Asia).
func isBuiltInDate(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58)
}

// shownBy reads a number format: it shows a date if a letter of dates stands in
// it outside of quotes, brackets and escapes.
func shownBy(format string) shown {
	format, _, _ = strings.Cut(format, ";")
	bare := bareFormat(format)
	if strings.ContainsAny(bare, "yYmMdDhHsS") && !strings.EqualFold(bare, "general") {
		return shown{date: true}
	}
	if bare != "" && strings.Trim(bare, "0") == "" {
		return shown{zeros: len(bare)}
	}
	return shown{}
}

func bareFormat(format string) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		switch format[i] {
		case '\\', '_', '*':
			i++
		case '"':
			i = endOf(format, i, '"')
		case '[':
			i = endOf(format, i, ']')
		default:
			b.WriteByte(format[i])
		}
	}
	return b.String()
}

// endOf returns where the section that begins at i ends.
func endOf(s string, i int, end byte) int {
	if n := strings.IndexByte(s[i+1:], end); n >= 0 {
		return i + 1 + n
	}
	return len(s)
}
