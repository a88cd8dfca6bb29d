package clean

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/internal/vntext"
)

// CellKind says what a cell holds.
type CellKind uint8

// The kinds of cells.
const (
	TextCell   CellKind = iota
	NumberCell          // Number, which Text says in digits
	DateCell            // Number is a serial of the 1900 system, Text dd/MM/yyyy
	BoolCell            // Text is TRUE or FALSE
)

// Cell is one cell of a list, as a person sees it.
type Cell struct {
	Kind   CellKind
	Text   string
	Number float64
}

func (c Cell) blank() bool { return strings.TrimSpace(c.Text) == "" }

func wholeRowBlank(cells []Cell) bool {
	for _, c := range cells {
		if !c.blank() {
			return false
		}
	}
	return true
}

// plainNumber says a number in digits, without an exponent.
func plainNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

const (
	lastSerial  = 2958466 // the day after 31/12/9999
	epoch1904   = 1462    // serial of 01/01/1904
	falseLeap   = 60      // 29/02/1900, which was not
	secondsADay = 24 * 60 * 60
)

// dateOf returns the time that a serial of the 1900 system stands for.
func dateOf(serial float64) (time.Time, bool) {
	day := math.Floor(serial)
	if !(serial >= 1 && serial < lastSerial) || day == falseLeap {
		return time.Time{}, false
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if day < falseLeap {
		first = first.AddDate(0, 0, 1)
	}
	seconds := math.Round((serial - day) * secondsADay)
	return first.AddDate(0, 0, int(day)).Add(time.Duration(seconds) * time.Second), true
}

// dateCell makes a cell of a serial; what is no date stays a number.
func dateCell(serial float64) Cell {
	at, ok := dateOf(serial)
	if !ok {
		return Cell{Kind: NumberCell, Text: plainNumber(serial), Number: serial}
	}
	layout := "02/01/2006"
	if serial != math.Floor(serial) {
		layout = "02/01/2006 15:04:05"
	}
	return Cell{Kind: DateCell, Text: at.Format(layout), Number: serial}
}

// nameMost is the length of HoVaTen, in characters.
const nameMost = 100

// nameOf puts a name into NFC with single spaces, and drops what cannot be seen.
func nameOf(parts ...string) string {
	visible := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf):
			return -1
		}
		return r
	}, strings.Join(parts, " "))
	return vntext.NFC(strings.Join(strings.Fields(visible), " "))
}

// nameFault returns why a name cannot be asked about. What has neither letter nor
// digit is none: nothing of it would be compared.
func nameFault(name string) (reason string) {
	key := citizen.NameKey(name)
	switch {
	case key == "":
		return NameMissing
	case utf8.RuneCountInString(name) > nameMost, utf8.RuneCountInString(key) > nameMost:
		return NameTooLong
	}
	return ""
}

// numberOf returns the digits of a number of a person as they stand, less white
// space and the apostrophe that has Excel keep zeros.
func numberOf(c Cell) string {
	s := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cf) {
			return -1
		}
		return r
	}, c.Text)
	return strings.TrimPrefix(s, "'")
}

// setNumber sets the number of a person from the column of ids, or else from
// that of CMND. It repairs nothing: what has too few digits may be anybody's.
func (r *Row) setNumber(id, cmnd string) (reason string) {
	const idLength, cmndLength = 12, 9
	switch {
	case id != "" && !isDigits(id, len(id)), id == "" && cmnd != "" && !isDigits(cmnd, len(cmnd)):
		return IDNotDigits
	case id != "":
		switch n := len(id); {
		case n == idLength:
			r.ID = id
		case n == cmndLength:
			r.CMND = id
		case n < idLength:
			return IDTooShort
		default:
			return IDTooLong
		}
	case cmnd != "":
		switch n := len(cmnd); {
		case n == cmndLength:
			r.CMND = cmnd
		case n == idLength:
			r.ID = cmnd
		case n < cmndLength:
			return CMNDTooShort
		default:
			return CMNDLength
		}
	default:
		return IDMissing
	}
	return ""
}
