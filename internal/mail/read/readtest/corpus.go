// Package readtest holds mails as they come, ordinary and odd, and what becomes
// of them, for tests.
package readtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/base/sign"
	"steward/internal/mail/read"
)

// Noon is when all of it happens.
var Noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// World is our key and that of someone who writes to us.
type World struct {
	Us, Them *sign.Signer
}

// NewWorld makes the keys.
func NewWorld(t testing.TB) *World {
	t.Helper()
	us, err := sign.Generate(nil, "Example Security", "security@example.org", Noon.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	them, err := sign.Generate(nil, "Ann", "ann@example.net", Noon.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return &World{us, them}
}

// Reader reads with our key, and knows theirs.
func (w *World) Reader() read.Reader {
	senders := [][]byte{w.Them.PublicKey()}
	return read.Reader{
		Own: []string{"security@example.org"}, Host: "steward.example.org",
		Open: func(c []byte, limit int64) (sign.Opened, error) { return w.Us.Open(c, limit, senders, Noon) },
		Detached: func(data, sig []byte) sign.Signature {
			return sign.VerifyDetached(data, sig, senders, Noon)
		},
		Inline: func(signed []byte) *sign.Inline { return sign.VerifyInline(signed, senders, Noon) },
	}
}

func must(b []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(b)
}

// to encrypts to us.
func (w *World) to(plain string) string {
	return must(sign.EncryptTo(w.Us.PublicKey(), []byte(plain), Noon))
}

// detach signs a part as it goes into multipart/signed.
func (w *World) detach(part string) string { return must(w.Them.Detach([]byte(CRLF(part)), Noon)) }

func (w *World) clear(text string) string { return must(w.Them.Clearsign([]byte(text), Noon)) }

// unprotected encrypts in the old way without an MDC: the packet that it makes
// is a good one whose tag was changed, which is what an attacker does first.
func (w *World) unprotected(plain string) string {
	raw := w.raw(plain)
	at := 2 + int(raw[1])
	raw[at] = 0xc9 // Symmetrically Encrypted Data
	return armorMessage(raw)
}

func (w *World) raw(plain string) []byte {
	var b bytes.Buffer
	e, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(w.Us.PublicKey()))
	if err != nil {
		panic(err)
	}
	c, err := openpgp.Encrypt(&b, e, nil, nil, nil, &packet.Config{Time: func() time.Time { return Noon }})
	if err != nil {
		panic(err)
	}
	_, _ = c.Write([]byte(plain))
	_ = c.Close()
	return b.Bytes()
}

// bomb encrypts zeros that were compressed.
func (w *World) bomb(n int) string {
	var b bytes.Buffer
	e, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(w.Us.PublicKey()))
	if err != nil {
		panic(err)
	}
	key, cfg := make([]byte, 32), &packet.Config{Time: func() time.Time { return Noon }}
	err = packet.SerializeEncryptedKey(&b, e[0].Subkeys[0].PublicKey, packet.CipherAES256, key, cfg)
	if err != nil {
		panic(err)
	}
	c, err := packet.SerializeSymmetricallyEncrypted(&b, packet.CipherAES256, false, packet.CipherSuite{}, key, cfg)
	if err != nil {
		panic(err)
	}
	z, err := packet.SerializeCompressed(c, packet.CompressionZLIB, nil)
	if err != nil {
		panic(err)
	}
	l, err := packet.SerializeLiteral(z, true, "", 0)
	if err != nil {
		panic(err)
	}
	_, _ = l.Write(make([]byte, n))
	_, _ = l.Close(), c.Close()
	return armorMessage(b.Bytes())
}

func armorMessage(raw []byte) string {
	return "-----BEGIN PGP MESSAGE-----\n\n" + b64(string(raw)) + "-----END PGP MESSAGE-----\n"
}

// CRLF ends each line as in a mail.
func CRLF(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

func b64(s string) string {
	raw := base64.StdEncoding.EncodeToString([]byte(s))
	var b strings.Builder
	for len(raw) > 76 {
		b.WriteString(raw[:76] + "\n")
		raw = raw[76:]
	}
	return b.String() + raw + "\n"
}

// Top is an ordinary header.
const Top = "From: Ann <ann@example.net>\nTo: security@example.org\nSubject: A hole\nDate: Fri, 20 Nov 2026 12:00:00 +0100\nMessage-ID: <1@example.net>\nMIME-Version: 1.0\n"

// Multi makes a part of parts.
func Multi(kind string, parts ...string) string {
	h := fnv.New64()
	_, _ = h.Write([]byte(kind + strings.Join(parts, "")))
	b := fmt.Sprintf("=_%x", h.Sum64())
	out := "Content-Type: multipart/" + kind + "; boundary=\"" + b + "\"\n\n"
	for _, p := range parts {
		out += "--" + b + "\n" + p + "\n"
	}
	return out + "--" + b + "--\n"
}

// Text makes a part of plain text.
func Text(s string) string { return "Content-Type: text/plain; charset=utf-8\n\n" + s }

// Page makes a part of HTML.
func Page(s string) string { return "Content-Type: text/html; charset=utf-8\n\n" + s }

func file(name, kind, content string) string {
	return "Content-Type: " + kind + "\nContent-Disposition: attachment; filename=\"" + name + "\"\nContent-Transfer-Encoding: base64\n\n" + b64(content)
}

func (w *World) pgpMIME(inside string) string {
	return Multi(`encrypted; protocol="application/pgp-encrypted"`,
		"Content-Type: application/pgp-encrypted\n\nVersion: 1\n",
		"Content-Type: application/octet-stream; name=\"encrypted.asc\"\n\n"+w.to(CRLF(inside)))
}

func (w *World) signed(inside string) string {
	return Multi(`signed; micalg=pgp-sha512; protocol="application/pgp-signature"`, inside,
		"Content-Type: application/pgp-signature; name=\"signature.asc\"\n\n"+w.detach(inside))
}

func dsn(reporter, status, returned string) string {
	return "From: Mail Delivery System <MAILER-DAEMON@" + reporter + ">\nTo: security@example.org\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n" +
		Multi("report; report-type=delivery-status", Text("I'm sorry."), "Content-Type: message/delivery-status\n\n"+status, returned)
}

func deep(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=x%d\n\n--x%d\n", i, i)
	}
	return b.String() + Text("the core")
}

const begin = "-----BEGIN PGP MESSAGE-----"
