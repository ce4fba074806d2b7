package compose

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// The encodings of a part, rfc2045:6.
const (
	as7bit            = "7bit"
	asQuotedPrintable = "quoted-printable"
	asBase64          = "base64"
)

// maxLine is the length of lines of a part, rfc2045:6.7 and 6.8.
const maxLine = 76

// encodeText brings a text into lines that no relay has a reason to alter: it
// is ASCII, its lines are short and end in CRLF, and none looks like an
// envelope line of a mailbox or ends in white space, which a signature would
// not survive (rfc3156:3).
func encodeText(text string) (encoding string, body []byte) {
	lines := splitLines(text)
	plain, foreign, size := true, 0, 0
	for _, l := range lines {
		plain = plain && isSafe(l)
		size += len(l)
		for i := range len(l) {
			if l[i] >= 0x80 {
				foreign++
			}
		}
	}
	switch {
	case plain:
		for _, l := range lines {
			body = append(append(body, l...), "\r\n"...)
		}
		return as7bit, body
	case 3*foreign > size: // each of these takes three characters
		return asBase64, encodeBase64([]byte(strings.Join(lines, "\r\n") + "\r\n"))
	}
	for _, l := range lines {
		body = appendQuoted(body, l)
	}
	return asQuotedPrintable, body
}

// splitLines takes a text apart at every kind of line end. No text is no lines.
func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// isSafe tells a line that can be sent as it is.
func isSafe(line string) bool {
	if len(line) > maxLine || strings.HasPrefix(line, "From ") || strings.HasPrefix(line, ".") ||
		strings.HasSuffix(line, " ") || strings.HasSuffix(line, "\t") {
		return false
	}
	for i := range len(line) {
		if c := line[i]; c >= 0x7f || c < ' ' && c != '\t' {
			return false
		}
	}
	return true
}

// appendQuoted writes one line as quoted-printable (rfc2045:6.7). A dot or
// "From " at its start is encoded too: these are what old programs alter.
func appendQuoted(b []byte, line string) []byte {
	const digits = "0123456789ABCDEF"
	column := 0
	for i := range len(line) {
		c := line[i]
		last := i == len(line)-1
		escape := c < ' ' && c != '\t' || c == '=' || c >= 0x7f ||
			last && (c == ' ' || c == '\t') ||
			column == 0 && (c == '.' || strings.HasPrefix(line[i:], "From "))
		width := 1
		if escape {
			width = 3
		}
		if column+width > maxLine-1 && !(last && column+width <= maxLine) {
			b = append(b, "=\r\n"...)
			column = 0
			escape = escape || c == '.' || c == ' ' || c == '\t' || strings.HasPrefix(line[i:], "From ")
			if escape {
				width = 3
			}
		}
		if escape {
			b = append(b, '=', digits[c>>4], digits[c&15])
		} else {
			b = append(b, c)
		}
		column += width
	}
	return append(b, "\r\n"...)
}

// encodeBase64 writes data in lines, rfc2045:6.8.
func encodeBase64(data []byte) []byte {
	const perLine = maxLine / 4 * 3
	b := make([]byte, 0, base64.StdEncoding.EncodedLen(len(data))+2*(len(data)/perLine+1))
	for len(data) > 0 {
		n := min(perLine, len(data))
		b = base64.StdEncoding.AppendEncode(b, data[:n])
		b = append(b, "\r\n"...)
		data = data[n:]
	}
	return b
}

// crlf gives lines that end in \n the ends that mail has.
func crlf(text []byte) []byte {
	return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
}
