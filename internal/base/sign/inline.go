package sign

import (
	"bytes"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Inline is a text in which a part is signed in the clear.
type Inline struct {
	Before    []byte // what stands before it; nobody has signed it
	Plain     []byte // what was signed, with newlines
	After     []byte // what stands after it; nobody has signed it
	Signature Signature
}

// The lines that frame a text signed in the clear, RFC 9580 section 7.
const (
	lineClear  = "-----BEGIN PGP SIGNED MESSAGE-----"
	lineBegins = "-----BEGIN " + blockSignature + "-----"
	lineEnds   = "-----END " + blockSignature + "-----"
)

// VerifyInline finds the first text signed in the clear by any OpenPGP
// software and checks it as VerifyDetached does. Nil: there is none that is
// whole. A header other than Hash, in which words could be hidden that seem
// signed, makes the signature Bad (rfc9580:7.1).
func VerifyInline(text []byte, senders [][]byte, now time.Time) *Inline {
	begin, after := findLine(text, 0, lineClear)
	if begin < 0 {
		return nil
	}
	sig, _ := findLine(text, after, lineBegins)
	if sig < 0 {
		return nil
	}
	end, rest := findLine(text, sig, lineEnds)
	if end < 0 {
		return nil
	}
	in := &Inline{Before: text[:begin], After: text[rest:]}
	lines := strings.Split(strings.TrimSuffix(string(text[after:sig]), "\n"), "\n")
	good := true
	for len(lines) > 0 {
		header := strings.TrimSpace(lines[0])
		lines = lines[1:]
		if header == "" {
			break
		}
		good = good && strings.HasPrefix(header, "Hash: ")
	}
	for i, l := range lines {
		lines[i] = strings.TrimRight(strings.TrimPrefix(l, dashEscape), " \t\r")
	}
	in.Plain = []byte(strings.Join(lines, "\n") + "\n")
	in.Signature = Signature{Verdict: Bad}
	if good {
		in.Signature = verifyText([]byte(strings.Join(lines, "\r\n")), text[sig:rest], senders, now)
	}
	return in
}

// verifyText accepts signatures of the type for texts only.
func verifyText(text, armored []byte, senders [][]byte, now time.Time) Signature {
	raw, err := dearmor(armored, blockSignature)
	if err != nil || len(raw) > maxForeign {
		return Signature{Verdict: Bad}
	}
	m := &opening{left: maxPackets}
	if err := m.read(bytes.NewReader(raw), maxLayers); err != nil || m.literal != nil || len(m.signatures) == 0 {
		return Signature{Verdict: Bad}
	}
	for _, sig := range m.signatures {
		if sig.SigType != packet.SigTypeText {
			return Signature{Verdict: Bad}
		}
	}
	return judge(m.signatures, text, readSenders(senders), now)
}

// findLine finds a line, leaving white space at its end out of account, from
// an offset that begins one: where it begins and where the next one does; -1.
func findLine(text []byte, from int, want string) (begin, next int) {
	for from < len(text) {
		next = len(text)
		if i := bytes.IndexByte(text[from:], '\n'); i >= 0 {
			next = from + i + 1
		}
		if string(bytes.TrimRight(text[from:next], " \t\r\n")) == want {
			return from, next
		}
		from = next
	}
	return -1, -1
}
