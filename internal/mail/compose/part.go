package compose

import "io"

// part is a piece of a message: fields that tell its form, and its body.
type part struct {
	header header
	body   []byte
}

// bytes writes a part with its header.
func (p part) bytes() []byte { return p.message(nil) }

// message writes a part as a whole message with the fields h before its own.
func (p part) message(h header) []byte {
	b := make([]byte, 0, len(p.body)+4096)
	b = p.header.appendTo(h.appendTo(b))
	b = append(b, "\r\n"...)
	return append(b, p.body...)
}

// protected puts the header of the letter into the part that is signed or
// encrypted, and marks it by both ways in use: hp is rfc9788, the other
// is what programs before it look for.
func (p part) protected(h header, hp string) part {
	out := part{body: p.body}
	out.header = append(out.header, h...)
	for _, f := range p.header {
		if f.name == "Content-Type" {
			words := append([]string(nil), f.words...)
			words[len(words)-1] += ";"
			f.words = append(words, `protected-headers="v1";`, `hp="`+hp+`"`)
		}
		out.header = append(out.header, f)
	}
	return out
}

// together makes one of several parts, rfc2046:5.1.1. The caller says of what kind.
func together(line string, parts ...[]byte) part {
	var p part
	for _, one := range parts {
		p.body = append(p.body, "--"+line+"\r\n"...)
		p.body = append(p.body, one...)
		p.body = append(p.body, "\r\n"...)
	}
	p.body = append(p.body, "--"+line+"--\r\n"...)
	return p
}

// content writes the text and the attachments.
func (l Letter) content(rand io.Reader) (part, error) {
	var text part
	encoding, body := encodeText(l.Text)
	text.header.add("Content-Type", "text/plain;", "charset=utf-8")
	text.header.add("Content-Transfer-Encoding", encoding)
	text.header.add("Content-Disposition", "inline")
	text.body = body
	if len(l.Attachments) == 0 {
		return text, nil
	}
	line, err := boundary(rand)
	if err != nil {
		return part{}, err
	}
	parts := [][]byte{text.bytes()}
	for _, a := range l.Attachments {
		var p part
		p.header.add("Content-Type", a.Type)
		p.header.add("Content-Transfer-Encoding", asBase64)
		p.header.add("Content-Disposition", "attachment;", fileParam("filename", a.Name))
		p.body = encodeBase64(a.Data)
		parts = append(parts, p.bytes())
	}
	whole := together(line, parts...)
	whole.header.add("Content-Type", "multipart/mixed;", `boundary="`+line+`"`)
	return whole, nil
}
