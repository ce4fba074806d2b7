// Package control reads Debian's control files: the indexes of packages and of
// sources that apt keeps (deb822(5); Debian Policy 5.1).
//
// Its words: a file is a sequence of stanzas, which blank lines part; a stanza
// is a sequence of fields; a field has a name and a value, whose further lines
// begin with a blank. Nothing is copied: names and values lie in the file's
// bytes. What does not fit the form is told as a Gap, and the rest is read.
package control

import (
	"bytes"
	"fmt"
	"iter"
)

// Bounds of what is taken for a control file. The longest field of Debian's
// own indexes (the checksums of a large source) has about 100 kB.
const (
	MaxStanza = 8 << 20 // bytes
	MaxFields = 200     // of a stanza
)

// Gap is a place that could not be read as it is.
type Gap struct {
	File string `json:"file,omitempty"` // in which, if there is more than one; who opened it knows its name
	At   int64  `json:"at"`             // byte of the file
	What string `json:"what"`           // a sentence
}

// Stanza is the text of one, without the blank line behind it.
type Stanza struct {
	At   int64 // where it begins in the file, in bytes
	Text []byte
}

// Stanzas gives those of a file, which begins at a byte of a larger one.
func Stanzas(data []byte, at int64) iter.Seq[Stanza] {
	return func(yield func(Stanza) bool) {
		for len(data) > 0 {
			if skip := blanks(data); skip > 0 {
				data, at = data[skip:], at+int64(skip)
				continue
			}
			end := endOf(data)
			if !yield(Stanza{at, data[:end]}) {
				return
			}
			data, at = data[end:], at+int64(end)
		}
	}
}

// blanks counts the bytes of the blank lines that the data begins with: a line
// of spaces and tabs parts stanzas, too.
func blanks(data []byte) int {
	n := 0
	for {
		i := n
		for i < len(data) && (data[i] == ' ' || data[i] == '\t' || data[i] == '\r') {
			i++
		}
		if i < len(data) && data[i] == '\n' {
			n = i + 1
			continue
		}
		if i == len(data) && n == 0 && i > 0 {
			return i
		}
		return n
	}
}

// endOf finds where a stanza ends: behind the newline of its last line.
func endOf(data []byte) int {
	from := 0
	for {
		i := bytes.IndexByte(data[from:], '\n')
		if i < 0 {
			return len(data)
		}
		from += i + 1
		if blanks(data[from:]) > 0 {
			return from
		}
	}
}

// Fields gives the fields of a stanza, in their order. A line that is none is
// told to gap, unless that is nil.
func (s Stanza) Fields(gap func(Gap)) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		if gap == nil {
			gap = func(Gap) {}
		}
		text, at, n := s.Text, s.At, 0
		if len(text) > MaxStanza {
			gap(Gap{At: at, What: fmt.Sprintf("A stanza has more than %d bytes.", MaxStanza)})
			return
		}
		for len(text) > 0 {
			end := endOfField(text)
			line := text[:end]
			text = text[end:]
			if line[0] == '#' {
				at += int64(end)
				continue
			}
			colon := bytes.IndexByte(line, ':')
			if colon < 1 || !named(line[:colon]) {
				gap(Gap{At: at, What: "A line is no field: it does not begin with a name and a colon."})
				at += int64(end)
				continue
			}
			if n++; n > MaxFields {
				gap(Gap{At: at, What: fmt.Sprintf("A stanza has more than %d fields.", MaxFields)})
				return
			}
			if !yield(line[:colon], bytes.TrimSpace(line[colon+1:])) {
				return
			}
			at += int64(end)
		}
	}
}

// endOfField finds where a field ends: before the next line that does not begin
// with a blank.
func endOfField(text []byte) int {
	from := 0
	for {
		i := bytes.IndexByte(text[from:], '\n')
		if i < 0 {
			return len(text)
		}
		from += i + 1
		if from == len(text) || text[from] != ' ' && text[from] != '\t' {
			return from
		}
	}
}

// named tells whether bytes can be the name of a field (Policy 5.1).
func named(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return name[0] != '#' && name[0] != '-'
}

// Parts cuts a file into about n pieces of whole stanzas, for as many readers.
func Parts(data []byte, n int) []Stanza {
	var parts []Stanza
	at := 0
	for ; n > 1 && at < len(data); n-- {
		size := (len(data) - at) / n
		i := bytes.Index(data[at+size:], []byte("\n\n"))
		if i < 0 {
			break
		}
		end := at + size + i + 2
		parts = append(parts, Stanza{int64(at), data[at:end]})
		at = end
	}
	if at < len(data) {
		parts = append(parts, Stanza{int64(at), data[at:]})
	}
	return parts
}
