package compose

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"steward/internal/base/sign"
)

// HiddenSubject is what stands outside of an encrypted letter for its subject,
// as most programs write it (rfc9788 has the same in brackets).
const HiddenSubject = "..."

// maxAutocrypt limits the key that goes along, in bytes: the field may have 10
// KiB (Autocrypt Level 1, section 2.1).
const maxAutocrypt = 7 << 10

// Plain writes a letter that anyone on its way can read. rand gives the
// boundary between its parts.
func Plain(l Letter, rand io.Reader) ([]byte, error) {
	l, err := l.checked()
	if err != nil {
		return nil, err
	}
	content, err := l.content(rand)
	if err != nil {
		return nil, err
	}
	h, err := l.outer(l.Subject, nil)
	if err != nil {
		return nil, err
	}
	return content.message(h), nil
}

// Signed writes a letter with a signature of the team over its content
// (rfc3156:5) and over a copy of its header (rfc9788), dated l.Date.
func Signed(l Letter, team *sign.Signer, rand io.Reader) ([]byte, error) {
	l, err := l.checked()
	if err != nil {
		return nil, err
	}
	content, err := l.content(rand)
	if err != nil {
		return nil, err
	}
	signed := content.protected(l.main(l.Subject), "clear").bytes()
	sig, err := team.Detach(signed, l.Date)
	if err != nil {
		return nil, err
	}
	line, err := boundary(rand)
	if err != nil {
		return nil, err
	}
	var signature part
	signature.header.add("Content-Type", "application/pgp-signature;", `name="signature.asc"`)
	signature.header.add("Content-Description", "OpenPGP", "digital", "signature")
	signature.body = crlf(sig)
	whole := together(line, signed, signature.bytes())
	whole.header.add("Content-Type", "multipart/signed;", "micalg=pgp-sha512;",
		`protocol="application/pgp-signature";`, `boundary="`+line+`"`)
	h, err := l.outer(l.Subject, team)
	if err != nil {
		return nil, err
	}
	return whole.message(h), nil
}

// Encrypted writes a letter that is signed by the team, dated l.Date, and that
// only the owner of the key to can read (rfc3156:6.1, 6.2). It fails as
// sign.Recipient.UsableAt does. outerSubject stands in clear in the place of
// the subject, which is inside (rfc9788); empty is HiddenSubject. Nothing of
// the text, the attachments or their names is outside.
func Encrypted(l Letter, team *sign.Signer, to *sign.Recipient, outerSubject string, rand io.Reader) ([]byte, error) {
	l, err := l.checked()
	if err != nil {
		return nil, err
	}
	if outerSubject = cut(oneLine(outerSubject), maxSubject); outerSubject == "" {
		outerSubject = HiddenSubject
	}
	content, err := l.content(rand)
	if err != nil {
		return nil, err
	}
	inside := l.main(l.Subject)
	for _, f := range l.main(outerSubject) { // what the outside was when it left us, rfc9788
		inside.add("HP-Outer", append([]string{f.name + ":"}, f.words...)...)
	}
	message, err := team.EncryptSigned(content.protected(inside, "cipher").bytes(), []*sign.Recipient{to}, l.Date, nil)
	if err != nil {
		return nil, err
	}
	line, err := boundary(rand)
	if err != nil {
		return nil, err
	}
	var version, sealed part
	version.header.add("Content-Type", "application/pgp-encrypted")
	version.header.add("Content-Description", "PGP/MIME", "version", "identification")
	version.body = []byte("Version: 1\r\n")
	sealed.header.add("Content-Type", "application/octet-stream;", `name="encrypted.asc"`)
	sealed.header.add("Content-Description", "OpenPGP", "encrypted", "message")
	sealed.header.add("Content-Disposition", "inline;", `filename="encrypted.asc"`)
	sealed.body = crlf(message)
	whole := together(line, version.bytes(), sealed.bytes())
	whole.header.add("Content-Type", "multipart/encrypted;", `protocol="application/pgp-encrypted";`, `boundary="`+line+`"`)
	h, err := l.outer(outerSubject, team)
	if err != nil {
		return nil, err
	}
	return whole.message(h), nil
}

// main is the part of the header that is about the letter itself and is
// repeated where it is protected.
func (l Letter) main(subject string) header {
	var h header
	h.add("From", l.From.words()...)
	h.add("To", l.To.words()...)
	if l.ReplyTo != (Address{}) {
		h.add("Reply-To", l.ReplyTo.words()...)
	}
	h.add("Subject", phrase(subject)...)
	h.add("Date", l.Date.UTC().Truncate(time.Second).Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	h.add("Message-ID", ids(l.MessageID)...)
	if l.InReplyTo != "" {
		h.add("In-Reply-To", ids(l.InReplyTo)...)
	}
	if len(l.References) > 0 {
		h.add("References", ids(l.References...)...)
	}
	return h
}

// outer is the header of the whole message but for what tells its form.
func (l Letter) outer(subject string, team *sign.Signer) (header, error) {
	h := l.main(subject)
	if l.Automatic {
		h.add("Auto-Submitted", "auto-generated") // rfc3834:5
		h.add("X-Auto-Response-Suppress", "All")  // what Exchange heeds instead
	}
	if l.List != nil {
		if l.List.ID != "" {
			h.add("List-Id", append(listName(l.List.Name), "<"+l.List.ID+">")...)
		}
		var ways []string
		if l.List.Unsubscribe != "" {
			ways = append(ways, "<"+l.List.Unsubscribe+">")
		}
		if l.List.Mailto != "" {
			ways = append(ways, "<mailto:"+l.List.Mailto+">")
		}
		if len(ways) == 2 {
			ways[0] += ","
		}
		if len(ways) > 0 {
			h.add("List-Unsubscribe", ways...) // rfc2369:3.2
		}
		if l.List.Unsubscribe != "" {
			h.add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") // rfc8058:3.1
		}
	}
	if l.Autocrypt && team != nil {
		words, err := autocrypt(l.From.Email, team)
		if err != nil {
			return nil, err
		}
		h.add("Autocrypt", words...)
	}
	h.add("MIME-Version", "1.0")
	return h, nil
}

// listName writes what a list is called; as a name, it may not look like
// anything else.
func listName(name string) []string {
	words := Address{Name: name}.words()
	return words[:len(words)-1]
}

// autocrypt writes the team's key for programs that keep keys of whom they
// have mail from (Autocrypt Level 1, section 2.1). White space within the key
// is without meaning there.
func autocrypt(from string, team *sign.Signer) ([]string, error) {
	key, err := team.PublicKeyBytes()
	if err != nil {
		return nil, err
	}
	if len(key) > maxAutocrypt {
		return nil, fmt.Errorf("the team's key is too large to go along with letters: %d bytes", len(key))
	}
	words := []string{"addr=" + from + ";", "prefer-encrypt=mutual;", "keydata="}
	for text := base64.StdEncoding.EncodeToString(key); text != ""; {
		n := min(foldAt-1, len(text))
		words = append(words, text[:n])
		text = text[n:]
	}
	return words, nil
}

// boundary draws the line between parts. No text that we encode has "=_" in
// it, and what is not encoded cannot guess the rest.
func boundary(rand io.Reader) (string, error) {
	var raw [16]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return "", fmt.Errorf("drawing a boundary: %w", err)
	}
	return "=_" + hex.EncodeToString(raw[:]), nil
}
