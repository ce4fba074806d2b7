package front

import "fmt"

// Beyond is the error of a text that is beyond what is read here: a limit, or
// something that the parser fails at. It may be C all the same.
type Beyond struct {
	File string
	Line int // from 1; 0: not known
	Text string
}

// Error gives the place and the text.
func (b *Beyond) Error() string {
	if b.Line == 0 {
		return b.File + ": " + b.Text
	}
	return fmt.Sprintf("%s:%d:1: %s", b.File, b.Line, b.Text)
}

// failed is the error of a parser that panicked.
func failed(name string, p any) error {
	if b, ok := p.(*Beyond); ok {
		return b
	}
	return &Beyond{File: name, Text: fmt.Sprintf("the parser cannot read this: %v", p)}
}

// Limits of what is parsed. The parser calls itself for what is nested, and a
// stack of Go's that is full ends the process; nothing in the parser can be
// interrupted. So what is given to it is bounded before, far above what
// programs have: C17 5.2.4.1 asks for 63 to 127 levels.
const (
	maxFile      = 32 << 20   // bytes of one file
	maxFiles     = 128 << 20  // bytes of all the files that one unit includes
	maxIncluded  = 50_000     // times that files are included
	maxExpansion = 10_000_000 // tokens, counted each time that the preprocessor handles one
	maxTokens    = 6_000_000  // tokens and spaces of one unit, after the preprocessor
	maxNested    = 2000       // brackets, or #if, that are open at a time
	maxDirective = 64 << 10   // bytes of a line with a directive

	maxDepth = 12_000  // see nesting
	maxTypes = 100_000 // words that may make a type of another: typedef, typeof, struct
)

// raw looks at a text before the preprocessor does, which calls itself for each
// #if, and for each bracket in the arguments of a macro. Those in strings and
// comments count, too: no text that is meant to be read has so many.
func raw(name string, text []byte) error {
	open, groups, line := 0, 0, 1
	beyond := func(format string, args ...any) error { return &Beyond{name, line, fmt.Sprintf(format, args...)} }
	for i, c := range text {
		switch c {
		case '(', '[', '{':
			open++
		case ')', ']', '}':
			open = max(0, open-1)
		case '\n':
			line++
		case '#', ':':
			if c == ':' && (i == 0 || text[i-1] != '%') {
				break
			}
			d := directive(text[i+1:])
			switch d {
			case "if", "ifdef", "ifndef":
				groups++
			case "endif":
				groups = max(0, groups-1)
			}
			if (d == "if" || d == "elif" || d == "include") && length(text[i:]) > maxDirective {
				return beyond("a #%s of more than %d bytes", d, maxDirective)
			}
		}
		switch {
		case open > maxNested:
			return beyond("nested deeper than %d brackets, which is the limit here", maxNested)
		case groups > maxNested:
			return beyond("nested deeper than %d #if, which is the limit here", maxNested)
		}
	}
	return nil
}

func inWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// directive gives the word behind a #, over blanks, comments and spliced lines.
func directive(s []byte) string {
	var word []byte
	for i := 0; i < len(s) && len(word) < 8; i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && s[i+1] == '\n':
			i++
		case c == '\\' && i+2 < len(s) && s[i+1] == '\r' && s[i+2] == '\n':
			i += 2
		case inWord(c):
			word = append(word, c)
		case len(word) > 0 || c == '\n':
			return string(word)
		case c == '/' && i+1 < len(s) && s[i+1] == '*':
			for i += 2; i+1 < len(s) && (s[i] != '*' || s[i+1] != '/'); {
				i++
			}
			i++
		case c != ' ' && c != '\t' && c != '\v' && c != '\f' && c != '\r':
			return ""
		}
	}
	return string(word)
}

// length tells how many bytes a line has, with those that are spliced to it.
func length(s []byte) int {
	for i := range s {
		if i > maxDirective || s[i] == '\n' && (i == 0 || s[i-1] != '\\') {
			return i
		}
	}
	return len(s)
}
