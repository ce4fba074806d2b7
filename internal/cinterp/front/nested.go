package front

import "fmt"

// maxNested is how many brackets may be open at a time. The parser calls itself
// for each, and nothing can catch a stack of Go's that is full; C17 asks for 127
// (5.2.4.1).
const maxNested = 2000

// nested refuses a text that would fill the parser's stack with brackets. Those
// in strings and comments count, too: no text that is meant to be read has so many.
func nested(name string, text []byte) error {
	open, line := 0, 1
	for _, c := range text {
		switch c {
		case '(', '[', '{':
			open++
		case ')', ']', '}':
			open = max(0, open-1)
		case '\n':
			line++
		}
		if open > maxNested {
			return fmt.Errorf("%s:%d:1: more than %d brackets are open, which is the limit here", name, line, maxNested)
		}
	}
	return nil
}
