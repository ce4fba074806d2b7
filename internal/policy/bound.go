package policy

import (
	"bytes"

	"steward/internal/base/errs"
)

// Limits of the text. The library takes time that grows with the square of how
// deep it nests, and more: a few thousand bytes could take minutes.
const (
	maxSize    = 64 << 10 // bytes
	maxNesting = 5        // brackets within one another, and dots in a name
)

// bound refuses a text that is larger or nests deeper than any policy. It leaves
// all other faults to the library.
func bound(text []byte) error {
	if len(text) > maxSize {
		return errs.Invalidf(field, "is larger than %d bytes", maxSize)
	}
	depth, parts := 0, 0
	for n := 1; len(text) > 0; text, n = text[n:], 1 {
		switch text[0] {
		case '#':
			if n = bytes.IndexByte(text, '\n') + 1; n == 0 {
				n = len(text)
			}
		case '"', '\'':
			n = quoted(text)
		case '[', '{':
			depth, parts = depth+1, 0
		case ']', '}':
			depth--
		case '.':
			parts++
		case '=', ',', '\n':
			parts = 0
		}
		if depth > maxNesting || parts > maxNesting {
			return errs.Invalidf(field, "nests deeper than any policy")
		}
	}
	return nil
}

// quoted gives the length of the string that a text begins with.
func quoted(text []byte) int {
	mark := text[:1]
	if bytes.HasPrefix(text, bytes.Repeat(mark, 3)) {
		mark = text[:3]
	}
	for i := len(mark); i < len(text); i++ {
		switch {
		case bytes.HasPrefix(text[i:], mark):
			return i + len(mark)
		case text[i] == '\\' && mark[0] == '"':
			i++
		case text[i] == '\n' && len(mark) == 1:
			return i // not closed: the library will say so
		}
	}
	return len(text)
}
