package sign

import (
	"bytes"
	"crypto/sha512"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"steward/internal/base/errs"
)

// The frame of a text signed in the clear, RFC 4880 section 7.
const (
	clearStart = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
	clearSig   = "\n-----BEGIN " + blockSignature + "-----\n"
	dashEscape = "- "
)

// Clearsign signs a text so that it stays readable, dated at in whole seconds.
// The text is UTF-8 with newlines; white space at the ends of its lines is
// not covered by such a signature and is therefore refused.
func (s *Signer) Clearsign(text []byte, at time.Time) ([]byte, error) {
	lines, err := clearLines(text)
	if err != nil {
		return nil, err
	}
	h := sha512.New()
	io.WriteString(h, strings.Join(lines, "\r\n"))
	sig, err := s.sign(packet.SigTypeText, h, at)
	if err != nil {
		return nil, err
	}
	return append(clearFrame(lines), sig...), nil
}

// VerifyClearsigned checks a text as Clearsign wrote it and gives the text
// that was signed, with one newline at its end. The key must be valid when
// the signature says that it was made.
func VerifyClearsigned(publicKey, text []byte) (plain []byte, err error) {
	cut := bytes.LastIndex(text, []byte(clearSig))
	if cut < 0 || !bytes.HasPrefix(text, []byte(clearStart)) {
		return nil, fmt.Errorf("the text is not signed in the clear as Steward does")
	}
	frame, sig := text[:cut+1], text[cut+1:]
	if len(frame) < len(clearStart) {
		return nil, fmt.Errorf("the text is not signed in the clear as Steward does")
	}
	lines := strings.Split(strings.TrimSuffix(string(frame[len(clearStart):]), "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, dashEscape)
	}
	if !bytes.Equal(clearFrame(lines), frame) {
		return nil, errForm
	}
	if _, err := clearLines([]byte(strings.Join(lines, "\n"))); err != nil {
		return nil, errForm
	}
	// The date that the key must be valid at is the signature's own, which is
	// worth nothing before it has been checked: so first without a date.
	v, err := NewVerifier(publicKey, time.Time{})
	if err != nil {
		return nil, err
	}
	made, err := v.verify(packet.SigTypeText, []byte(strings.Join(lines, "\r\n")), sig)
	if err != nil {
		return nil, err
	}
	if _, err := NewVerifier(publicKey, made.CreationTime); err != nil {
		return nil, err
	}
	return []byte(strings.Join(lines, "\n") + "\n"), nil
}

// clearLines splits a text into lines that can be signed in the clear without
// losing anything.
func clearLines(text []byte) ([]string, error) {
	if !utf8.Valid(text) {
		return nil, errs.Invalidf("text", "The text to be signed is not UTF-8.")
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i, l := range lines {
		if strings.TrimRight(l, " \t\r") != l {
			return nil, errs.Invalidf("text", "Line %d of the text to be signed ends in white space.", i+1)
		}
	}
	return lines, nil
}

// clearFrame writes all that stands before the signature. Lines that begin
// with a dash are escaped, RFC 4880 section 7.1.
func clearFrame(lines []string) []byte {
	var b bytes.Buffer
	b.WriteString(clearStart)
	for _, l := range lines {
		if strings.HasPrefix(l, "-") {
			b.WriteString(dashEscape)
		}
		b.WriteString(l + "\n")
	}
	return b.Bytes()
}
