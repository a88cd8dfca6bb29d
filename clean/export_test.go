package clean

// What tests of the package see.
var (
	BornOf     = bornOf
	DateCellOf = dateCell
)
