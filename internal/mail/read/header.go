package read

import (
	"bytes"
	"io"
	"mime"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
)

// header is the fields of a mail or of a part, unfolded, in their order.
type header []field

type field struct {
	name  string // in lower case
	value string // as it came, without line ends
}

// get gives the first field of the name.
func (h header) get(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

func (h header) all(name string) []string {
	var out []string
	for _, f := range h {
		if f.name == name {
			out = append(out, f.value)
		}
	}
	return out
}

func (h header) has(name string) bool {
	for _, f := range h {
		if f.name == name {
			return true
		}
	}
	return false
}

// line splits off the first line, without its end.
func line(b []byte) (l, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.TrimSuffix(b, []byte("\r")), nil
	}
	return bytes.TrimSuffix(b[:i], []byte("\r")), b[i+1:]
}

// splitHeader reads the fields up to the first empty line. A line that is no
// field is passed over: some mailers put their words among the fields.
func (r *reading) splitHeader(raw []byte) (header, []byte) {
	var h header
	var value strings.Builder
	flush := func() {
		if len(h) > 0 && value.Len() > 0 {
			h[len(h)-1].value += value.String()
		}
		value.Reset()
	}
	rest, size := raw, 0
	for len(rest) > 0 {
		var l []byte
		l, rest = line(rest)
		if len(l) == 0 {
			break
		}
		if size += len(l); size > maxHeader || len(h) > maxFields {
			r.problem(HeaderTooLarge, "A header is larger than what is looked at.")
			continue
		}
		if l[0] == ' ' || l[0] == '\t' {
			l = bytes.TrimRight(l, " \t")
			if len(h) > 0 && len(h[len(h)-1].value)+value.Len()+len(l) <= maxField {
				value.WriteByte(' ')
				value.Write(bytes.TrimLeft(l, " \t"))
			} else {
				r.problem(HeaderTooLarge, "A field of the header is larger than what is looked at.")
			}
			continue
		}
		flush()
		name, v, ok := bytes.Cut(l, []byte(":"))
		name = bytes.TrimRight(name, " \t")
		if !ok || len(name) == 0 || bytes.ContainsAny(name, " \t") {
			if !bytes.HasPrefix(l, []byte("From ")) && !bytes.HasPrefix(l, []byte(">From ")) { // of mailboxes
				r.problem(HeaderLine, "A line of the header is no field.")
			}
			continue
		}
		if v = bytes.TrimSpace(v); len(v) > maxField {
			r.problem(HeaderTooLarge, "A field of the header is larger than what is looked at.")
			v = v[:maxField]
		}
		if len(name) > 100 {
			r.problem(HeaderLine, "A line of the header is no field.")
			name = name[:100]
		}
		h = append(h, field{strings.ToLower(string(name)), string(v)})
	}
	flush()
	return h, rest
}

// decoder decodes the words of RFC 2047.
var decoder = &mime.WordDecoder{CharsetReader: func(name string, in io.Reader) (io.Reader, error) {
	return charset.Reader(name, in)
}}

// words decodes a field that is text: encoded words, raw UTF-8, or else raw
// bytes of the West.
func (r *reading) words(s string) string {
	if !utf8.ValidString(s) {
		r.problem(BadCharset, "A field of the header has bytes that are no UTF-8.")
		s, _ = charmap.Windows1252.NewDecoder().String(s)
	}
	if out, err := decoder.DecodeHeader(s); err == nil {
		s = out
	} else {
		r.problem(BadCharset, "A field of the header is in a character set that we do not have.")
	}
	return strings.Join(strings.Fields(r.clean(s)), " ")
}

// clean takes out what does not show or turns writing around.
func (r *reading) clean(s string) string {
	dirty := false
	out := strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return c
		case c == utf8.RuneError:
			return c
		case unicode.IsControl(c):
			dirty = true
			return ' '
		case deceiving(c):
			dirty = true
			return -1
		}
		return c
	}, s)
	if dirty {
		r.problem(ControlChars, "Control characters were taken out.")
	}
	return out
}

// deceiving tells the characters that change the direction of writing.
func deceiving(c rune) bool {
	return c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069
}

// addresses reads a list, as much of it as can be read.
func (r *reading) addresses(list string) []Address {
	if strings.TrimSpace(list) == "" {
		return nil
	}
	parser := mail.AddressParser{WordDecoder: decoder}
	var out []Address
	for _, one := range splitList(list) {
		if strings.TrimSpace(one) == "" {
			continue
		}
		if len(out) == maxAddresses {
			r.problem(ManyAddresses, "There are more addresses than are looked at.")
			break
		}
		a, err := parser.Parse(one)
		if err != nil {
			a = lenient(one)
		}
		if a == nil {
			r.problem(BadAddress, "An address cannot be read.")
			continue
		}
		out = append(out, Address{Name: strings.TrimSpace(r.words(a.Name)), Addr: lowerHost(a.Address)})
	}
	return out
}

// splitList splits at commas and semicolons outside of quotes, brackets and
// comments; the name of a group is left out.
func splitList(list string) []string {
	var out []string
	begin, quoted, angle, comment := 0, false, false, 0
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '\\':
			i++
		case c == '"' && comment == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			comment++
		case c == ')' && comment > 0:
			comment--
		case comment > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case (c == ',' || c == ';') && !angle:
			out, begin = append(out, list[begin:i]), i+1
		case c == ':' && !angle:
			begin = i + 1
		}
	}
	return append(out, list[begin:])
}

// lenient finds an address in what is not written as it should be.
func lenient(s string) *mail.Address {
	name, addr := "", s
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		name, addr = s[:i], s[i+1:]
		addr, _, _ = strings.Cut(addr, ">")
	}
	addr = strings.Trim(addr, " \t\"'")
	local, host, ok := strings.Cut(addr, "@")
	if !ok || local == "" || host == "" || len(addr) > 320 || strings.ContainsAny(addr, " \t\"<>(),;:\\@") && strings.Count(addr, "@") != 1 {
		return nil
	}
	if strings.ContainsFunc(addr, func(c rune) bool {
		return c <= ' ' || unicode.IsControl(c) || strings.ContainsRune("\"<>(),;:\\", c)
	}) {
		return nil
	}
	return &mail.Address{Name: strings.Trim(name, " \t\""), Address: addr}
}

func lowerHost(addr string) string {
	i := strings.LastIndexByte(addr, '@')
	return addr[:i+1] + strings.ToLower(addr[i+1:])
}

// ids reads identifiers in angle brackets, as much of them as is sound.
func ids(s string) []string {
	var out []string
	for len(out) < maxReferences {
		_, rest, ok := strings.Cut(s, "<")
		if !ok {
			break
		}
		id, after, ok := strings.Cut(rest, ">")
		if !ok {
			break
		}
		s = after
		if id = strings.TrimSpace(id); id != "" && len(id) <= 990 && !strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c == '<' || unicode.IsControl(c) }) {
			out = append(out, id)
		}
	}
	return out
}

func firstID(s string) string {
	if all := ids(s); len(all) > 0 {
		return all[0]
	}
	return ""
}

// fields fills in what the header of the mail says.
func (r *reading) fields(h header) {
	m := &r.m
	for _, name := range []string{"from", "to", "cc", "subject", "date", "message-id", "content-type"} {
		if len(h.all(name)) > 1 {
			r.problem(Repeated, "A field of the header is there more than once.")
		}
	}
	from := r.addresses(h.get("from"))
	switch {
	case len(from) == 0:
		r.problem(NoFrom, "There is no address of the sender.")
	default:
		m.From = from[0]
		if len(from) > 1 || len(h.all("from")) > 1 {
			r.problem(SeveralFrom, "There is more than one sender.")
		}
	}
	m.To, m.Cc = r.addresses(h.get("to")), r.addresses(h.get("cc"))
	m.Subject = r.words(h.get("subject"))
	m.MessageID, m.InReplyTo = firstID(h.get("message-id")), firstID(h.get("in-reply-to"))
	m.References = ids(h.get("references"))
	if m.List = firstID(h.get("list-id")); m.List == "" && h.has("list-id") {
		m.List = r.words(h.get("list-id"))
	}
	if d := h.get("date"); d != "" {
		if at, err := mail.ParseDate(d); err == nil && at.Year() > 1980 && at.Year() < 3000 {
			m.Date = at.UTC().Truncate(time.Second)
		} else {
			r.problem(BadDate, "The date cannot be read.")
		}
	}
	if strings.HasPrefix(strings.ToUpper(h.get("x-spam-flag")), "YES") {
		m.SpamMarks = append(m.SpamMarks, "X-Spam-Flag")
	}
	if strings.HasPrefix(strings.ToUpper(h.get("x-spam-status")), "YES") {
		m.SpamMarks = append(m.SpamMarks, "X-Spam-Status")
	}
}
