package advisory

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hidden tells whether a character must not be in anything we publish: it
// steers a terminal, turns the reading order around or cannot be seen, so that
// what a person reads and what a program reads would differ. Line feed and tab
// are the only control characters that are not hidden.
func Hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r == utf8.RuneError:
		return true
	case r == '\u00ad' || r == '\u200c' || r == '\u200d':
		return false // soft hyphen and the joiners: names and scripts need them
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false // visible signs that only count as format characters
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) ||
		unicode.Is(unicode.Noncharacter_Code_Point, r)
}

// CleanText gives s without hidden characters and with lines that end in a
// line feed. Invalid UTF-8 is dropped.
func CleanText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.Map(func(r rune) rune {
		if Hidden(r) {
			return -1
		}
		return r
	}, s)
}

// OneLine gives s as a single clean line: every run of white space is one
// space, none is left at the ends, nothing hidden remains.
func OneLine(s string) string {
	return strings.Join(strings.Fields(CleanText(s)), " ")
}

// firstHidden gives the first hidden character of s; a carriage return before
// a line feed is none, since browsers send text so.
func firstHidden(s string) (rune, bool) {
	for i, r := range s {
		if r == '\r' && strings.HasPrefix(s[i:], "\r\n") {
			continue
		}
		if Hidden(r) {
			return r, true
		}
	}
	return 0, false
}
