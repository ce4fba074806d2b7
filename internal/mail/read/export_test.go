package read

// For tests from outside.
const (
	MaxName     = maxName
	MaxProblems = maxProblems
	MaxText     = maxText
)

// Deceiving tells letters that mislead.
var Deceiving = deceiving
