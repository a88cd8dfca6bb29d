package mappings

import "lgsp.internal/adapter/internal/vntext"

// The words of the language: what a key may hold where it holds one of a few,
// in the order of the constants that they stand for.
const (
	unknownWords  = "ignore refuse"
	formWords     = "json xml"
	documentWords = "text base64"
	answerWords   = "live qcvn109"
	spacesWords   = "trim keep collapse none"
	compareWords  = "exact case loose"
	nameWords     = "family middle given"
	lettersWords  = "keep upper plain"
	charsetWords  = vntext.TCVN3InUTF8 + " " + vntext.VNIInUTF8
	encodeWords   = "json"
	skipWords     = "partial full"
)
