package read

import (
	"bytes"
	"mime"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// part is one node of the tree that a mail is.
type part struct {
	head   header
	raw    []byte // with its header
	body   []byte // as it came
	kind   string // media type in lower case
	params map[string]string
	disp   string // "attachment", "inline", or ""
	name   string // of a file, cleaned; may be empty
	kids   []*part

	encrypted bool // OpenPGP, marked so by the part before it
	marker    bool // that part
}

// tree takes a part apart, down to the limits.
func (r *reading) tree(raw []byte, depth int) *part {
	p := &part{raw: raw}
	p.head, p.body = r.splitHeader(raw)
	r.types(p)
	if !strings.HasPrefix(p.kind, "multipart/") {
		return p
	}
	boundary := p.params["boundary"]
	if boundary == "" {
		r.problem(NoBoundary, "The boundary of the parts is missing.")
		p.kind = "text/plain"
		return p
	}
	if depth == maxDepth {
		r.problem(TooDeep, "Parts are nested too deep.")
		p.kind = "application/octet-stream"
		return p
	}
	pieces, rest := r.pieces(p.body, boundary, maxParts-r.parts)
	if pieces == nil {
		r.problem(NoBoundary, "The boundary of the parts is not in the mail.")
		p.kind = "text/plain"
		return p
	}
	r.parts += len(pieces)
	for _, piece := range pieces {
		p.kids = append(p.kids, r.tree(piece, depth+1))
	}
	if rest != nil {
		r.problem(TooManyParts, "There are more parts than are looked at.")
		p.kids = append(p.kids, &part{raw: rest, body: rest, kind: "application/octet-stream", name: "more-parts.txt"})
	}
	// What says that the next part is encrypted counts wherever it stands: mail
	// servers change the multipart/encrypted of RFC 3156 to multipart/mixed.
	for i := 1; i < len(p.kids); i++ {
		if p.kids[i-1].kind == "application/pgp-encrypted" && !p.kids[i-1].encrypted {
			p.kids[i-1].marker, p.kids[i].encrypted = true, true
		}
	}
	return p
}

// pieces splits a body at its boundary (rfc2046:5.1.1): at most so many, and
// the rest if there are more; nil if there is none.
func (r *reading) pieces(body []byte, boundary string, most int) (out [][]byte, rest []byte) {
	mark := []byte("--" + boundary)
	begin, at := -1, 0
	for at < len(body) {
		i := bytes.Index(body[at:], mark)
		if i < 0 {
			break
		}
		at += i
		if at > 0 && body[at-1] != '\n' {
			at += len(mark)
			continue
		}
		l, after := line(body[at:])
		next := len(body) - len(after)
		tail := bytes.TrimRight(l[len(mark):], " \t")
		if len(tail) > 0 && string(tail) != "--" {
			at += len(mark)
			continue
		}
		if begin < 0 {
			r.around(body[:at])
		} else {
			out = append(out, withoutLineEnd(body[begin:at]))
		}
		if len(tail) > 0 {
			if begin < 0 {
				return nil, nil
			}
			r.around(body[next:])
			return out, nil
		}
		if len(out) >= most {
			return out, body[at:]
		}
		begin, at = next, next
	}
	if begin < 0 {
		return nil, nil
	}
	r.problem(NoEnd, "The last boundary is missing; the mail may have been cut off.")
	return append(out, body[begin:]), nil
}

func withoutLineEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// around notes text that no reader of mail shows.
func (r *reading) around(b []byte) {
	b = bytes.TrimSpace(b)
	if len(b) > 0 && !bytes.HasPrefix(b, []byte("This is a")) && !bytes.HasPrefix(b, []byte("This is an OpenPGP")) {
		r.problem(AroundParts, "There is text around the parts, where it does not show.")
	}
}

// types reads the fields of a part that say what it is.
func (r *reading) types(p *part) {
	p.kind, p.params = "text/plain", map[string]string{}
	if v := p.head.get("content-type"); v != "" {
		var err error
		if p.kind, p.params, err = mime.ParseMediaType(v); err != nil || !strings.Contains(p.kind, "/") {
			r.problem(BadType, "A content type cannot be read.")
			p.kind, p.params = loose(v)
			if !strings.Contains(p.kind, "/") {
				p.kind = "application/octet-stream"
				if strings.EqualFold(strings.TrimSpace(v), "text") { // of mailers older than MIME
					p.kind = "text/plain"
				}
			}
		}
	}
	if v := p.head.get("content-disposition"); v != "" {
		disp, params, err := mime.ParseMediaType(v)
		if err != nil {
			disp, params = loose(v)
		}
		if p.disp = "attachment"; disp == "inline" {
			p.disp = "inline"
		}
		p.name = params["filename"]
	}
	if p.name == "" {
		p.name = p.params["name"]
	}
	p.name = r.fileName(p.name)
}

// loose reads a type and parameters that are not written as they should be;
// the first of each name counts.
func loose(v string) (string, map[string]string) {
	params := map[string]string{}
	kind, rest, _ := strings.Cut(v, ";")
	for rest != "" && len(params) < 20 {
		var name, value string
		name, rest, _ = strings.Cut(rest, "=")
		if rest = strings.TrimLeft(rest, " \t"); strings.HasPrefix(rest, `"`) {
			value, rest, _ = strings.Cut(rest[1:], `"`)
			_, rest, _ = strings.Cut(rest, ";")
		} else {
			value, rest, _ = strings.Cut(rest, ";")
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if _, ok := params[name]; !ok && name != "" {
			params[name] = strings.TrimSpace(value)
		}
	}
	kind = strings.ToLower(strings.TrimSpace(kind))
	if strings.ContainsAny(kind, " \t\r\n\"<>") || len(kind) > 100 || strings.Count(kind, "/") > 1 {
		kind = ""
	}
	return kind, params
}

// fileName cleans a name: no folders, nothing that does not show or turns the
// name around, no dots at its beginning or its end.
func (r *reading) fileName(s string) string {
	if s == "" {
		return ""
	}
	was := s
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "_")
	}
	if strings.Contains(s, "=?") {
		s = r.words(s)
	}
	s = path.Base(strings.ReplaceAll(s, `\`, "/"))
	decoded := s
	s = strings.Join(strings.Fields(r.clean(s)), " ")
	s = strings.Trim(s, ". ")
	for len(s) > maxName {
		cut := maxName - len(path.Ext(s)[:min(20, len(path.Ext(s)))])
		s = strings.ToValidUTF8(s[:max(cut, 1)]+s[len(s)-(maxName-cut):], "")
	}
	if s == "/" {
		s = ""
	}
	if s != decoded || strings.ContainsAny(was, `/\`) && !strings.Contains(was, "=?") {
		r.problem(BadName, "The name of a file was cleaned.")
	}
	return s
}

// attach keeps a part as a file.
func (r *reading) attach(to *Content, p *part) {
	r.file(to, p.name, p.kind, r.decoded(p))
}

// file keeps a file, as far as there may be more.
func (r *reading) file(to *Content, name, kind string, data []byte) {
	if r.files++; r.files > maxAttachments {
		r.problem(ManyAttachments, "There are more attachments than are taken out.")
		return
	}
	if name == "" {
		name = "part-" + strconv.Itoa(r.files) + extension(kind)
	}
	to.Attachments = append(to.Attachments, Attachment{Name: name, Type: kind, Bytes: data})
}

// extension is what a file without a name is called by.
func extension(kind string) string {
	switch kind {
	case "text/plain":
		return ".txt"
	case "text/html":
		return ".html.txt" // nobody shall open it by mistake
	case "message/rfc822":
		return ".eml"
	case "text/calendar":
		return ".ics"
	case "application/pgp-keys", "application/pgp-signature":
		return ".asc"
	}
	return ".bin"
}
