// Package settings reads TOML that people write: what they mistype must not
// silently do nothing, and no text may keep the program busy.
package settings

import (
	"bytes"

	"github.com/BurntSushi/toml"

	"steward/internal/base/errs"
)

// Decode reads a text of at most so many bytes into a value. Of the names that
// mean nothing there it gives the first, for the caller to refuse. An
// errs.Invalid speaks of the text by its name.
func Decode(name string, text []byte, most int, into any) (unknown string, err error) {
	if err := bound(name, text, most); err != nil {
		return "", err
	}
	md, err := toml.NewDecoder(bytes.NewReader(text)).Decode(into)
	if err != nil {
		return "", errs.Invalidf(name, "%v", err)
	}
	if none := md.Undecoded(); len(none) > 0 {
		return none[0].String(), nil
	}
	return "", nil
}

// maxNesting bounds brackets within one another, and dots in a name. The library
// takes time that grows with the square of how deep a text nests, and more: a
// few thousand bytes could take minutes.
const maxNesting = 5

// bound refuses a text that is larger or nests deeper than any that is meant. It
// leaves all other faults to the library.
func bound(name string, text []byte, most int) error {
	if len(text) > most {
		return errs.Invalidf(name, "is larger than %d bytes", most)
	}
	depth, parts := 0, 0
	for n := 1; len(text) > 0; text, n = text[n:], 1 {
		switch text[0] {
		case '#':
			n = through(text, "\n")
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
			return errs.Invalidf(name, "nests deeper than any setting")
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

// through gives the length of a text up to and with the end.
func through(text []byte, end string) int {
	if i := bytes.Index(text, []byte(end)); i >= 0 {
		return i + len(end)
	}
	return len(text)
}
