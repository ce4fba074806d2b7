package read

import (
	"bytes"
	"strings"

	"steward/internal/base/sign"
)

// Reader reads mail for one recipient. Its functions are those of package sign
// with the keys and the time filled in; one that is nil opens or knows nothing.
type Reader struct {
	// Own are our addresses, user@host. What comes from them is a loop.
	Own []string
	// Host is the host of the Message-IDs that we make; "" for none.
	Host string
	// Open decrypts a message to at most limit bytes (sign.Signer.Open).
	Open func(ciphertext []byte, limit int64) (sign.Opened, error)
	// Detached checks a detached signature (sign.VerifyDetached).
	Detached func(data, sig []byte) sign.Signature
	// Inline checks a text signed in the clear (sign.VerifyInline).
	Inline func(text []byte) *sign.Inline
}

// reading is the work on one mail.
type reading struct {
	Reader
	m     Message
	at    *Content // where the part in work goes
	parts int
	files int
	kept  map[*part]bool // originals
	texts map[*part]string
	said  map[Problem]bool

	target *part // what is within, nil: the mail is neither encrypted nor signed
	form   Form
	signed *part // multipart/signed
}

func (r *reading) problem(c Code, text string) {
	p := Problem{c, text}
	if !r.said[p] && len(r.said) < maxProblems {
		r.said[p] = true
		r.m.Problems = append(r.m.Problems, p)
	}
}

// Read takes a mail apart. It always gives a message: an empty one of no mail
// at all.
func (rd Reader) Read(raw []byte) Message {
	r := newReading(rd)
	if len(raw) > MaxMail {
		r.problem(TooLarge, "The mail is larger than what is looked at.")
		raw = raw[:MaxMail]
	}
	if bareCR(raw) {
		r.problem(BareLine, "Lines end in a way that mail does not allow.")
	}
	root := r.tree(raw, 0)
	r.fields(root.head)
	var originals Content
	r.at = &originals
	r.choose(root)
	out := &r.m.Content
	if r.target != nil {
		out = &r.m.Outside
	}
	r.walk(root, out)
	out.Attachments = append(out.Attachments, originals.Attachments...)
	if r.target != nil && (strings.TrimSpace(r.m.Outside.Text) != "" || len(r.m.Outside.Attachments) > 0) {
		r.problem(Unprotected, "Something in the mail is outside of what was encrypted or signed; anyone may have put it there.")
	}
	r.keys(root)
	r.kind(root)
	return r.m
}

func newReading(rd Reader) *reading {
	return &reading{
		Reader: rd, m: Message{Kind: KindLetter, Crypto: Crypto{Form: FormNone, Signature: sign.Signature{Verdict: sign.None}}},
		kept: map[*part]bool{}, texts: map[*part]string{}, said: map[Problem]bool{}, form: FormNone,
	}
}

// From gives the address that a mail says it is from, for who must find the
// sender's keys before the mail is read.
func From(raw []byte) Address {
	r := newReading(Reader{})
	h, _ := r.splitHeader(raw[:min(len(raw), 2*maxHeader)])
	r.fields(h)
	return r.m.From
}

func bareCR(raw []byte) bool {
	for {
		i := bytes.IndexByte(raw, '\r')
		if i < 0 || i+1 == len(raw) {
			return false
		}
		if raw[i+1] != '\n' {
			return true
		}
		raw = raw[i+1:]
	}
}

// isText tells parts that are read and not kept as files.
func (p *part) isText() bool {
	return (p.kind == "text/plain" || p.kind == "text/html") && p.disp != "attachment" && p.name == "" && !p.encrypted
}

// textOf gives a part's text, HTML as plain text.
func (r *reading) textOf(p *part) string {
	if s, ok := r.texts[p]; ok {
		return s
	}
	s := r.text(p)
	if p.kind == "text/html" {
		s = r.clean(fromHTML(s))
	}
	r.texts[p] = s
	return s
}

func (r *reading) say(to *Content, s string) {
	if strings.TrimSpace(s) == "" {
		return
	}
	if to.Text != "" {
		to.Text = strings.TrimRight(to.Text, "\n") + "\n\n"
	}
	if room := maxText - len(to.Text); len(s) > room {
		r.problem(TextTooLong, "The text is longer than what is shown.")
		r.file(to, "text.txt", "text/plain", []byte(s))
		s = strings.ToValidUTF8(s[:max(room, 0)], "")
	}
	to.Text += s
}

// walk puts a part where it belongs.
func (r *reading) walk(p *part, to *Content) {
	r.at = to
	switch {
	case p == r.target:
		r.within(p)
	case p.marker, r.signed != nil && len(r.signed.kids) > 1 && p == r.signed.kids[1], p.kind == "text/rfc822-headers" && p.params["protected-headers"] != "":
		// says only what is known already
	case p.kind == "multipart/alternative" && len(p.kids) > 0:
		r.alternative(p, to)
	case strings.HasPrefix(p.kind, "multipart/"):
		for _, kid := range p.kids {
			r.walk(kid, to)
		}
	case p.isText():
		r.say(to, r.textOf(p))
	default:
		r.notice(p)
		r.attach(to, p)
	}
}

// notice tells of files that hold something which is not taken out.
func (r *reading) notice(p *part) {
	switch p.kind {
	case "application/ms-tnef", "application/vnd.ms-tnef":
		r.problem(TNEF, "The mail has a file winmail.dat, in which Outlook hides text and attachments.")
	case "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pkcs7-signature", "application/x-pkcs7-signature":
		if r.m.Crypto.Form == FormNone {
			r.m.Crypto.Form = FormSMIME
		}
	}
	if p.encrypted {
		r.problem(SeveralParts, "There is more than one encrypted part; only the first is opened.")
	}
}

// alternative takes the best of several forms of one text (rfc2046:5.1.4):
// the plain one unless it is empty. Files among them are kept.
func (r *reading) alternative(p *part, to *Content) {
	best := -1
	for i, kid := range p.kids {
		if r.target != nil && kid.contains(r.target) {
			best = i
			break
		}
	}
	for _, kind := range []string{"text/plain", "text/html", "multipart/"} {
		for i, kid := range p.kids {
			if best >= 0 || !strings.HasPrefix(kid.kind, kind) {
				continue
			}
			if kid.isText() && strings.TrimSpace(r.textOf(kid)) != "" || kind == "multipart/" {
				best = i
			}
		}
	}
	for i, kid := range p.kids {
		if i == best {
			r.walk(kid, to)
			r.at = to
		} else {
			r.filesOf(kid, to)
		}
	}
}

// filesOf keeps what is no text of a form that was not taken.
func (r *reading) filesOf(p *part, to *Content) {
	if len(p.kids) > 0 {
		for _, kid := range p.kids {
			r.filesOf(kid, to)
		}
	} else if !p.isText() && !p.marker {
		r.notice(p)
		r.attach(to, p)
	}
}

func (p *part) contains(q *part) bool {
	if p == q {
		return true
	}
	for _, kid := range p.kids {
		if kid.contains(q) {
			return true
		}
	}
	return false
}

// each calls f for a part and all within it, in the order of the mail.
func (p *part) each(f func(*part)) {
	f(p)
	for _, kid := range p.kids {
		kid.each(f)
	}
}
