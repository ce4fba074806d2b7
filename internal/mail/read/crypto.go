package read

import (
	"bytes"
	"errors"
	"strings"

	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// The lines that frame OpenPGP in a text.
const (
	beginMessage = "-----BEGIN PGP MESSAGE-----"
	endMessage   = "-----END PGP MESSAGE-----"
	beginSigned  = "-----BEGIN PGP SIGNED MESSAGE-----"
	endSigned    = "-----END PGP SIGNATURE-----"
	beginKey     = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
	endKey       = "-----END PGP PUBLIC KEY BLOCK-----"
)

// choose finds the one part that is within: the first that is encrypted, or
// else the first that is signed.
func (r *reading) choose(root *part) {
	var encrypted, inline, clear *part
	n := 0
	root.each(func(p *part) {
		switch {
		case p.encrypted:
			if n++; encrypted == nil {
				encrypted = p
			}
		case p.kind == "multipart/signed" && r.signed == nil && pgpSigned(p):
			r.signed = p
		case p.isText():
			text := r.textOf(p)
			blocks := strings.Count("\n"+text, "\n"+beginMessage)
			if n += blocks; blocks > 0 && inline == nil {
				if _, block, _ := cutBlock(text, beginMessage, endMessage); block != "" {
					inline = p
				}
			}
			if clear == nil && r.Inline != nil {
				if _, block, _ := cutBlock(text, beginSigned, endSigned); block != "" {
					clear = p
				}
			}
		}
	})
	switch {
	case encrypted != nil:
		r.target, r.form = encrypted, FormMIMEEncrypted
	case inline != nil:
		r.target, r.form = inline, FormInlineEncrypted
	case r.signed != nil:
		r.target, r.form = r.signed, FormMIMESigned
	case clear != nil:
		r.target, r.form = clear, FormInlineSigned
	}
	if n > 1 {
		r.problem(SeveralParts, "There is more than one encrypted part; only the first is opened.")
	}
	r.m.Crypto.Form = r.form
}

// pgpSigned tells signatures of OpenPGP from others (rfc3156:5).
func pgpSigned(p *part) bool {
	return len(p.kids) >= 2 && (p.kids[1].kind == "application/pgp-signature" ||
		strings.EqualFold(p.params["protocol"], "application/pgp-signature"))
}

// cutBlock finds the first whole block between two lines.
func cutBlock(text, begin, end string) (before, block, after string) {
	from := lineAt(text, begin)
	if from < 0 {
		return text, "", ""
	}
	to := lineAt(text[from:], end)
	if to < 0 {
		return text, "", ""
	}
	to += from
	if i := strings.IndexByte(text[to:], '\n'); i >= 0 {
		to += i + 1
	} else {
		to = len(text)
	}
	return text[:from], text[from:to], text[to:]
}

// lineAt finds a line, leaving white space at its end out of account.
func lineAt(text, want string) int {
	at := 0
	for at < len(text) {
		i := strings.Index(text[at:], want)
		if i < 0 {
			return -1
		}
		begin, after := at+i, at+i+len(want)
		l, _, _ := strings.Cut(text[after:min(len(text), after+100)], "\n")
		if (begin == 0 || text[begin-1] == '\n') && strings.TrimSpace(l) == "" {
			return begin
		}
		at = after
	}
	return -1
}

// within reads the part that is encrypted or signed.
func (r *reading) within(p *part) {
	switch r.form {
	case FormMIMEEncrypted:
		r.openMIME(p)
	case FormInlineEncrypted:
		r.openInline(p)
	case FormMIMESigned:
		r.m.Crypto.Signature = r.verify(p)
		r.walk(p.kids[0], &r.m.Content)
		r.protected(p.kids[0])
		for _, kid := range p.kids[2:] {
			r.walk(kid, &r.m.Outside)
		}
	case FormInlineSigned:
		r.verifyInline(p)
	}
}

// verify checks a multipart/signed: its first part, as it came, with CRLF.
func (r *reading) verify(p *part) sign.Signature {
	if r.Detached == nil {
		return sign.Signature{Verdict: sign.Unknown}
	}
	return r.Detached(withCRLF(p.kids[0].raw), r.decoded(p.kids[1]))
}

func withCRLF(b []byte) []byte {
	if bytes.Count(b, []byte("\n")) == bytes.Count(b, []byte("\r\n")) {
		return b
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

// unlock decrypts, and notes what that tells.
func (r *reading) unlock(ciphertext []byte) (plain []byte, ok bool) {
	err := errors.New("there is no key")
	var o sign.Opened
	if r.Open != nil {
		o, err = r.Open(ciphertext, MaxMail)
	}
	if err == nil && (!o.Encrypted || !o.Protected) {
		err = errs.Invalidf("message", "The message could have been altered.")
	}
	if err != nil {
		r.m.Crypto.Failed = errs.Public(err)
		r.problem(NotOpened, "The encrypted part could not be opened.")
		return nil, false
	}
	r.m.Crypto.Encrypted, r.m.Crypto.Signature = true, o.Signature
	return o.Plain, true
}

// openMIME opens a part and reads the mail in it (rfc3156:4).
func (r *reading) openMIME(p *part) {
	ciphertext := r.decoded(p)
	plain, ok := r.unlock(ciphertext)
	if !ok {
		r.file(&r.m.Outside, p.name, p.kind, ciphertext)
		return
	}
	root := r.tree(plain, 1)
	r.protected(root)
	none := r.m.Crypto.Signature.Verdict == sign.None
	switch {
	case root.kind == "multipart/signed" && pgpSigned(root):
		if none {
			r.m.Crypto.Signature = r.verify(root)
		}
		for i, kid := range root.kids {
			if i != 1 {
				r.walk(kid, &r.m.Content)
			}
		}
		r.protected(root.kids[0])
		return
	case none && r.signed != nil && r.signed.contains(p):
		r.m.Crypto.Signature = r.verify(r.signed)
	}
	r.walk(root, &r.m.Content)
}

// protected takes the header fields that were protected (rfc9788).
func (r *reading) protected(root *part) {
	if r.form == FormMIMESigned && r.m.Crypto.Signature.Verdict != sign.Good {
		return
	}
	if s := root.head.get("subject"); s != "" {
		r.m.Subject = r.words(s)
	}
	if from := r.addresses(root.head.get("from")); len(from) > 0 && !strings.EqualFold(from[0].Addr, r.m.From.Addr) {
		r.problem(FromDiffers, "The protected part names another sender.")
	}
}

// openInline opens an armored message in a text. What stands around it is
// outside.
func (r *reading) openInline(p *part) {
	before, block, after := cutBlock(r.textOf(p), beginMessage, endMessage)
	r.say(&r.m.Outside, before)
	plain, ok := r.unlock([]byte(block))
	if ok {
		name := ""
		for l := range strings.Lines(block) {
			if v, is := strings.CutPrefix(l, "Charset:"); is {
				name = strings.TrimSpace(v)
			}
			if strings.TrimSpace(l) == "" {
				break
			}
		}
		s, sure := toUTF8(plain, name)
		if !sure {
			r.problem(BadCharset, "A text is not in the character set that it names.")
			r.file(&r.m.Content, "text.txt", "text/plain", plain)
		}
		r.say(&r.m.Content, r.lines(s))
	} else {
		r.say(&r.m.Outside, block)
	}
	r.say(&r.m.Outside, after)
}

func (r *reading) verifyInline(p *part) {
	text := r.textOf(p)
	in := r.Inline([]byte(text))
	if in == nil {
		r.say(&r.m.Outside, text)
		return
	}
	r.m.Crypto.Signature = in.Signature
	r.say(&r.m.Outside, string(in.Before))
	r.say(&r.m.Content, string(in.Plain))
	r.say(&r.m.Outside, string(in.After))
}
