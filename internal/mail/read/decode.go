package read

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
)

// decoded takes the transfer encoding off (rfc2045:6). What is not as it should
// be is decoded as far as it goes, and told.
func (r *reading) decoded(p *part) []byte {
	switch strings.ToLower(strings.TrimSpace(p.head.get("content-transfer-encoding"))) {
	case "base64":
		out, ok := unbase64(p.body)
		if !ok {
			r.bad(p)
		}
		return out
	case "quoted-printable":
		out, ok := unquote(p.body)
		if !ok {
			r.bad(p)
		}
		return out
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit":
	case "uuencode", "x-uuencode", "x-uue":
		// kept as text; the mail says what it is
	default:
		r.bad(p)
	}
	return p.body
}

// bad keeps a part as it came, once.
func (r *reading) bad(p *part) {
	r.problem(BadEncoding, "A part is not encoded as it says.")
	r.original(p)
}

// original keeps a part as it came, beside what was made of it.
func (r *reading) original(p *part) {
	if r.kept[p] {
		return
	}
	r.kept[p] = true
	r.file(r.at, "", "application/octet-stream", p.raw)
}

// unbase64 decodes whatever is of the alphabet; false if something was not, or
// the end is missing.
func unbase64(in []byte) ([]byte, bool) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var known [256]bool
	for i := range len(alphabet) {
		known[alphabet[i]] = true
	}
	ok := true
	clean := make([]byte, 0, len(in))
	for i, c := range in {
		switch {
		case known[c]:
			clean = append(clean, c)
		case c == '=':
			// The end; some join several encoded pieces.
			if rest := bytes.TrimLeft(in[i:], "=\r\n \t"); len(rest) > 0 {
				clean = clean[:len(clean)-len(clean)%4]
				ok = false
			}
		case c == '\r' || c == '\n' || c == ' ' || c == '\t':
		default:
			ok = false
		}
	}
	if len(clean)%4 == 1 {
		clean, ok = clean[:len(clean)-1], false
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(out, clean)
	return out[:n], ok
}

// unquote decodes quoted-printable; what is no code stays as it is.
func unquote(in []byte) ([]byte, bool) {
	ok := true
	out := make([]byte, 0, len(in))
	for len(in) > 0 {
		i := bytes.IndexByte(in, '\n')
		l, end := in, []byte(nil)
		if i >= 0 {
			l, end, in = in[:i], []byte("\n"), in[i+1:]
			if bytes.HasSuffix(l, []byte("\r")) {
				l, end = l[:len(l)-1], []byte("\r\n")
			}
		} else {
			in = nil
		}
		l = bytes.TrimRight(l, " \t")
		if bytes.HasSuffix(l, []byte("=")) {
			l, end = l[:len(l)-1], nil
		}
		for j := 0; j < len(l); j++ {
			if l[j] == '=' {
				if hi, lo := nibble(l, j+1), nibble(l, j+2); hi >= 0 && lo >= 0 {
					out = append(out, byte(hi<<4|lo))
					j += 2
					continue
				}
				ok = false
			}
			out = append(out, l[j])
		}
		out = append(out, end...)
	}
	return out, ok
}

func nibble(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	return strings.IndexByte("0123456789ABCDEF", upper(b[i]))
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'f' {
		return c - 'a' + 'A'
	}
	return c
}

// text gives a part of text as UTF-8. When its character set is unknown or
// wrong, one that reads any bytes is guessed, and the original is kept.
func (r *reading) text(p *part) string {
	raw := r.decoded(p)
	if int64(len(raw)) > maxText {
		r.problem(TextTooLong, "A text is longer than what is shown.")
		r.original(p)
		raw = raw[:maxText]
	}
	s, ok := toUTF8(raw, p.params["charset"])
	if !ok {
		r.problem(BadCharset, "A text is not in the character set that it names.")
		r.original(p)
	}
	said := len(r.m.Problems)
	lines := r.lines(s)
	if strings.ContainsRune(s, 0) || len(r.m.Problems) > said && r.m.Problems[said].Code == ControlChars {
		r.original(p)
	}
	return lines
}

// toUTF8 decodes a character set; false when a guess had to be made.
func toUTF8(raw []byte, name string) (string, bool) {
	name = strings.ToLower(strings.Trim(name, " '\""))
	switch name {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
		if utf8.Valid(raw) {
			return string(raw), true
		}
	case "iso-8859-1", "latin1":
		name = "windows-1252" // which is what it means everywhere
		fallthrough
	default:
		reader, err := charset.Reader(name, bytes.NewReader(raw))
		if err == nil {
			out, err := io.ReadAll(io.LimitReader(reader, 4*maxText))
			if err == nil && !bytes.ContainsRune(out, utf8.RuneError) {
				return string(out), true
			}
		}
		if utf8.Valid(raw) {
			return string(raw), false
		}
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "\ufffd"), false
	}
	return string(out), false
}

// lines makes newlines of all line ends and takes out what does not show.
func (r *reading) lines(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if strings.Contains(s, "\r") {
		r.problem(BareLine, "Lines end in a way that mail does not allow.")
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	return r.clean(s)
}
