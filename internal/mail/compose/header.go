package compose

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// foldAt is the length that lines of a header should not exceed, rfc5322:2.1.1.
const foldAt = 76

// field is one header field. Its value is made of words that a line may be
// broken between; none holds a control character.
type field struct {
	name  string
	words []string
}

// header is written in the order in which it was filled.
type header []field

func (h *header) add(name string, words ...string) {
	*h = append(*h, field{name, words})
}

// appendTo writes a header, folded, without the empty line after it.
func (h header) appendTo(b []byte) []byte {
	for _, f := range h {
		b = append(b, f.name...)
		b = append(b, ':')
		length := len(f.name) + 1
		for i, w := range f.words {
			if w == "" {
				continue
			}
			if i > 0 && length+1+len(w) > foldAt {
				b = append(b, "\r\n"...)
				length = 0
			}
			b = append(b, ' ')
			b = append(b, w...)
			length += 1 + len(w)
		}
		b = append(b, "\r\n"...)
	}
	return b
}

// phrase writes text for people in a field: as it is if that can be, and else
// in encoded words (rfc2047:2), which hold at most 75 characters and whole
// characters each.
func phrase(text string) []string {
	if isPlain(text) {
		return strings.Split(text, " ")
	}
	const most = 45 // bytes that make 60 characters of base64
	var words []string
	for text != "" {
		end := min(most, len(text))
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end--
		}
		words = append(words, "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(text[:end]))+"?=")
		text = text[end:]
	}
	return words
}

// isPlain tells text that comes out of a field as it went in: ASCII, no word
// that makes a long line, and nothing that looks like an encoded word.
func isPlain(text string) bool {
	if !isASCII(text) || strings.Contains(text, "=?") {
		return false
	}
	for word := range strings.SplitSeq(text, " ") {
		if len(word) > foldAt-20 {
			return false
		}
	}
	return true
}

// words writes an address. What of a name is not made of atoms is quoted or
// encoded, so that nothing in it can end it (rfc5322:3.2.5).
func (a Address) words() []string {
	email := "<" + a.Email + ">"
	if a.Name == "" {
		return []string{email}
	}
	var words []string
	switch {
	case !isPlain(a.Name):
		words = phrase(a.Name)
	case isDotAtom(strings.ReplaceAll(strings.ReplaceAll(a.Name, ".", ","), " ", "")):
		words = strings.Split(a.Name, " ")
	default:
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(a.Name) + `"`
		words = strings.Split(quoted, " ")
	}
	return append(words, email)
}

// ids writes message-ids.
func ids(all ...string) []string {
	words := make([]string, len(all))
	for i, id := range all {
		words[i] = "<" + id + ">"
	}
	return words
}

// fileParam writes the parameter with a file's name: as it is if that can be,
// and else by rfc2231:4.
func fileParam(name, file string) string {
	if isASCII(file) {
		return name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(file) + `"`
	}
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.WriteString(name + "*=UTF-8''")
	for i := range len(file) {
		c := file[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}
