package osv

import (
	"bytes"
	"encoding/json"
)

// walk goes through a text that is known to be JSON, and holds nothing of it: a
// record of many small parts takes no more memory than its bytes. Each of its
// methods takes one value off the text; false: it is of another kind than was
// asked for. null is an empty value of every kind.
type walk struct{ rest []byte }

func (w *walk) next() byte {
	for len(w.rest) > 0 {
		switch c := w.rest[0]; c {
		case ' ', '\t', '\n', '\r', ',', ':':
			w.rest = w.rest[1:]
		default:
			return c
		}
	}
	return 0
}

// object calls field for each, which takes the value. A name is valid until then.
func (w *walk) object(field func(name []byte) bool) bool {
	return w.within('{', '}', func() bool {
		name, ok := w.bytes()
		return ok && field(name)
	})
}

// array calls item for each, which takes it.
func (w *walk) array(item func() bool) bool { return w.within('[', ']', item) }

func (w *walk) within(first, last byte, one func() bool) bool {
	switch w.next() {
	case 'n':
		w.skip()
		return true
	case first:
		w.rest = w.rest[1:]
	default:
		return false
	}
	for {
		switch w.next() {
		case last:
			w.rest = w.rest[1:]
			return true
		case 0:
			return false
		}
		if !one() {
			return false
		}
	}
}

// text takes a string.
func (w *walk) text() (string, bool) {
	raw, ok := w.bytes()
	return string(bytes.ToValidUTF8(raw, []byte("�"))), ok
}

// bytes takes a string, which may lie in the text.
func (w *walk) bytes() ([]byte, bool) {
	switch w.next() {
	case 'n':
		w.skip()
		return nil, true
	case '"':
	default:
		return nil, false
	}
	raw := w.rest[:w.stringEnd()]
	w.rest = w.rest[len(raw):]
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], true
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return []byte(s), err == nil
}

// skip takes any value.
func (w *walk) skip() {
	depth := 0
	for {
		switch w.next() {
		case 0:
			return
		case '"':
			w.rest = w.rest[w.stringEnd():]
		case '{', '[':
			depth++
			w.rest = w.rest[1:]
		case '}', ']':
			depth--
			w.rest = w.rest[1:]
		default:
			if n := bytes.IndexAny(w.rest, ",]} \t\r\n"); n > 0 {
				w.rest = w.rest[n:]
			} else {
				w.rest = nil
			}
		}
		if depth <= 0 {
			return
		}
	}
}

// stringEnd finds where the string ends that the text begins with: behind a
// quotation mark with an even number of backslashes before it.
func (w *walk) stringEnd() int {
	for at := 1; ; {
		n := bytes.IndexByte(w.rest[at:], '"')
		if n < 0 {
			return len(w.rest)
		}
		end := at + n
		slashes := 0
		for w.rest[end-1-slashes] == '\\' {
			slashes++
		}
		if at = end + 1; slashes%2 == 0 {
			return at
		}
	}
}
