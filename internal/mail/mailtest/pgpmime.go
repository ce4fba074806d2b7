package mailtest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
)

// Read is a mail as a person reads it.
type Read struct {
	Letter
	Encrypted bool
	Plain     // Text is the MIME entity that was encrypted or signed, with its header
	Outer     mail.Header
	Inner     textproto.MIMEHeader // of the entity in Text
}

// WritePGPMIME composes a signed and encrypted mail (rfc3156:6.2) to armoured
// public keys, and to its writer. Keys is empty for a mail that is signed only
// (rfc3156:5). Lines end with CRLF. It fails as GnuPG does.
func (p *Person) WritePGPMIME(l Letter, keys ...[]byte) ([]byte, error) {
	p.t.Helper()
	inner := entity(l)
	if len(keys) == 0 {
		return p.wrap(l, `multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"`,
			string(inner),
			"Content-Type: application/pgp-signature; name=\"signature.asc\"\r\n\r\n"+crlf(p.DetachSign(inner))), nil
	}
	secret, err := p.SignEncrypt(inner, append(keys, p.PublicKey())...)
	if err != nil {
		return nil, err
	}
	return p.wrap(l, `multipart/encrypted; protocol="application/pgp-encrypted"`,
		"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
		"Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n"+
			"Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n"+crlf(secret)), nil
}

// wrap makes a mail of parts that are not to be touched.
func (p *Person) wrap(l Letter, contentType string, parts ...string) []byte {
	boundary := unlike(parts...)
	var b strings.Builder
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s.%s>\r\nMIME-Version: 1.0\r\n",
		&mail.Address{Name: p.Name, Address: p.Email}, l.To, mime.QEncoding.Encode("utf-8", l.Subject),
		time.Now().UTC().Format(time.RFC1123Z), boundary, p.Email)
	fmt.Fprintf(&b, "Content-Type: %s; boundary=\"%s\"\r\n\r\n", contentType, boundary)
	for _, part := range parts {
		fmt.Fprintf(&b, "--%s\r\n%s\r\n", boundary, part)
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return []byte(b.String())
}

// entity is the letter as a MIME entity in 7 bits, with CRLF.
func entity(l Letter) []byte {
	var text bytes.Buffer
	text.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	q := quotedprintable.NewWriter(&text)
	_, _ = q.Write([]byte(l.Body))
	_ = q.Close()
	if len(l.Attachments) == 0 {
		return text.Bytes()
	}
	parts := []string{text.String()}
	for _, a := range l.Attachments {
		parts = append(parts, fmt.Sprintf("Content-Type: %s\r\nContent-Disposition: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s",
			a.Type, mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}), base64Lines(a.Content)))
	}
	boundary := unlike(parts...)
	var b strings.Builder
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n", boundary)
	for _, part := range parts {
		fmt.Fprintf(&b, "--%s\r\n%s\r\n", boundary, part)
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return []byte(b.String())
}

// unlike gives a boundary that is in none of the parts.
func unlike(parts ...string) string {
	all := strings.Join(parts, "")
	for n := len(all); ; n++ {
		if b := fmt.Sprintf("=-boundary-%d", n); !strings.Contains(all, b) {
			return b
		}
	}
}

func base64Lines(b []byte) string {
	s := base64.StdEncoding.EncodeToString(b)
	var out strings.Builder
	for len(s) > 76 {
		out.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	return out.String() + s
}

func crlf(b []byte) string {
	return strings.ReplaceAll(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n", "\r\n")
}

// ReadPGPMIME reads a mail that is encrypted or signed as PGP/MIME, with
// GnuPG and the standard library. A mail that is neither is an error; one
// whose signature is bad is not.
func (p *Person) ReadPGPMIME(raw []byte) (Read, error) {
	p.t.Helper()
	// What came by a mailbox has LF; what is signed has CRLF (rfc3156:5).
	m, err := mail.ReadMessage(strings.NewReader(crlf(raw)))
	if err != nil {
		return Read{}, err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return Read{}, err
	}
	r := Read{Outer: m.Header}
	if err := p.open(&r, m.Header.Get("Content-Type"), body); err != nil {
		return Read{}, err
	}
	header, content, err := split(r.Text)
	if err != nil {
		return Read{}, err
	}
	r.Inner = header
	if err := r.collect(header, content); err != nil {
		return Read{}, err
	}
	subject := header.Get("Subject") // a protected header
	if subject == "" {
		subject = m.Header.Get("Subject")
	}
	r.Subject, err = new(mime.WordDecoder).DecodeHeader(subject)
	r.To = m.Header.Get("To")
	return r, err
}

// open takes off what is around the entity: encryption, a signature, or a
// signature within encryption (rfc3156:6.1).
func (p *Person) open(r *Read, contentType string, body []byte) error {
	p.t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	parts, err := cut(body, params["boundary"])
	if err != nil {
		return err
	}
	switch {
	case kind == "multipart/encrypted" && params["protocol"] == "application/pgp-encrypted" && len(parts) == 2:
		header, control, err := split(parts[0])
		if err != nil || header.Get("Content-Type") != "application/pgp-encrypted" || strings.TrimSpace(string(control)) != "Version: 1" {
			return fmt.Errorf("the first part is not as rfc3156:4 wants it: %q, %w", parts[0], err)
		}
		_, secret, err := split(parts[1])
		if err != nil {
			return err
		}
		if r.Plain, err = p.Decrypt(secret); err != nil {
			return err
		}
		r.Encrypted = true
		r.Text = []byte(crlf(r.Text))
		header, content, err := split(r.Text)
		if err == nil && strings.HasPrefix(strings.ToLower(header.Get("Content-Type")), "multipart/signed") {
			return p.open(r, header.Get("Content-Type"), content)
		}
		return err
	case kind == "multipart/signed" && params["protocol"] == "application/pgp-signature" && len(parts) == 2:
		_, signature, err := split(parts[1])
		if err != nil {
			return err
		}
		r.Text = parts[0]
		r.Verified, r.Signer = p.Verify(parts[0], signature)
		return nil
	}
	return fmt.Errorf("%s with %d parts is no PGP/MIME", contentType, len(parts))
}

// collect reads the text and the attachments of an entity. Lines of text end
// with LF then, since programs may send them either way.
func (r *Read) collect(header textproto.MIMEHeader, content []byte) error {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts, err := cut(content, params["boundary"])
		if err != nil {
			return err
		}
		for _, part := range parts {
			header, content, err := split(part)
			if err != nil {
				return err
			}
			if err := r.collect(header, content); err != nil {
				return err
			}
		}
		return nil
	}
	data, err := decoded(header.Get("Content-Transfer-Encoding"), content)
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "text/") {
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	}
	_, disposition, _ := mime.ParseMediaType(header.Get("Content-Disposition"))
	if name := disposition["filename"]; name != "" {
		r.Attachments = append(r.Attachments, Attachment{Name: name, Type: kind, Content: data})
	} else if kind == "text/plain" {
		r.Body += string(data)
	}
	return nil
}

func decoded(encoding string, content []byte) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "base64":
		return io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(content)))
	case "quoted-printable":
		return io.ReadAll(quotedprintable.NewReader(bytes.NewReader(content)))
	}
	return content, nil
}

// split cuts an entity into header and content.
func split(entity []byte) (textproto.MIMEHeader, []byte, error) {
	if content, ok := bytes.CutPrefix(entity, []byte("\r\n")); ok {
		return textproto.MIMEHeader{}, content, nil
	}
	m, err := mail.ReadMessage(bytes.NewReader(entity))
	if err != nil {
		return nil, nil, err
	}
	content, err := io.ReadAll(m.Body)
	return textproto.MIMEHeader(m.Header), content, err
}

// cut gives the parts of a multipart body byte for byte, since a signature is
// over the bytes (rfc2046:5.1.1: the line end before a boundary is part of it).
func cut(body []byte, boundary string) ([][]byte, error) {
	if boundary == "" {
		return nil, errors.New("a multipart without a boundary")
	}
	// The standard library must find as many parts as we do.
	want := 0
	for r := multipart.NewReader(bytes.NewReader(body), boundary); ; want++ {
		if _, err := r.NextRawPart(); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
	}
	pieces := bytes.Split(append([]byte("\r\n"), body...), []byte("\r\n--"+boundary))
	var parts [][]byte
	for _, piece := range pieces[1:] {
		if bytes.HasPrefix(piece, []byte("--")) {
			break
		}
		if _, part, ok := bytes.Cut(piece, []byte("\r\n")); ok {
			parts = append(parts, part)
		}
	}
	if len(parts) != want {
		return nil, fmt.Errorf("%d parts by the boundary, %d by MIME", len(parts), want)
	}
	return parts, nil
}
