package cinterp

import (
	"strings"
	"unicode"
)

// Plain makes text for people of bytes of a program that may be hostile: nothing
// in it is hidden, turns the direction of what follows, or commands a terminal.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
}
