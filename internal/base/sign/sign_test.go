package sign

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

func TestPrivateRoundTrip(t *testing.T) {
	t.Parallel()
	s := newSignerAt(t, noon)
	private, err := s.Private()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Load(private)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.PublicKey(), again.PublicKey()) || s.Fingerprint() != again.Fingerprint() {
		t.Error("the loaded key has another public part")
	}
	a, errA := s.Detach([]byte("x"), noon)
	b, errB := again.Detach([]byte("x"), noon)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("the same data, key and time give different signatures (%v, %v)", errA, errB)
	}
	if bytes.Contains(s.PublicKey(), []byte("PRIVATE")) {
		t.Error("the public key holds private parts")
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	s := newSignerAt(t, noon)
	g := newGPG(t)
	g.run(nil, "--quick-generate-key", "rsa@example.net", "rsa2048", "sign", "never")
	locked := newSignerAt(t, noon)
	if err := locked.entity.EncryptPrivateKeys([]byte("passphrase"), nil); err != nil {
		t.Fatal(err)
	}
	lockedKey, err := locked.Private()
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string][]byte{
		"public":     s.PublicKey(),
		"rsa":        []byte(g.run(nil, "--armor", "--export-secret-keys")),
		"passphrase": lockedKey,
		"empty":      nil,
		"too large":  make([]byte, maxKey+1),
	} {
		if _, err := Load(key); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
	for _, name := range []string{"", " ", "a<b", "a\x00b"} {
		if _, err := Generate(nil, name, "security@example.org", noon); err == nil {
			t.Errorf("Generate accepts the name %q", name)
		}
	}
}

// Of a signature file, no byte may be altered, taken away or added, although
// OpenPGP as such would let many of these pass.
func TestVerifyRefusesEveryAlteration(t *testing.T) {
	t.Parallel()
	s := newSignerAt(t, noon.Add(-time.Hour))
	data := []byte("An advisory.\n")
	sig, err := s.Detach(data, noon)
	if err != nil {
		t.Fatal(err)
	}
	v, err := NewVerifier(s.PublicKey(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Verify(data, sig); err != nil {
		t.Fatal(err)
	}
	everyAlteration(t, sig, func(altered []byte) error { return v.Verify(data, altered) })
	for i := range data {
		altered := bytes.Clone(data)
		altered[i] ^= 1
		if v.Verify(altered, sig) == nil {
			t.Errorf("data altered at byte %d passes", i)
		}
	}
	if v.Verify(append(data, '\n'), sig) == nil {
		t.Error("longer data passes")
	}
}

// everyAlteration flips every bit of good, removes and doubles every byte, and
// adds junk around it.
func everyAlteration(t *testing.T, good []byte, verify func([]byte) error) {
	t.Helper()
	try := func(what string, at int, altered []byte) {
		if verify(altered) == nil {
			t.Errorf("%s at byte %d of %d passes:\n%s", what, at, len(good), altered)
		}
	}
	for i := range good {
		for bit := range 8 {
			altered := bytes.Clone(good)
			altered[i] ^= 1 << bit
			try("a flipped bit", i, altered)
		}
		if without := append(bytes.Clone(good[:i]), good[i+1:]...); !bytes.Equal(without, good) {
			try("a removed byte", i, without)
		}
		try("a doubled byte", i, append(bytes.Clone(good[:i+1]), good[i:]...))
		try("a space", i, append(append(bytes.Clone(good[:i]), ' '), good[i:]...))
	}
	try("junk before", 0, append([]byte("junk\n"), good...))
	try("junk after", len(good), append(bytes.Clone(good), "junk\n"...))
	try("the same again", len(good), append(bytes.Clone(good), good...))
	try("CRLF", 0, bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")))
	try("a header", 0, bytes.Replace(good, []byte("\n\n"), []byte("\nComment: x\n\n"), 1))
	try("nothing", 0, nil)
}

// A good OpenPGP signature of the right key by other software, or of a form
// that could hide something, is refused.
func TestVerifyRefusesOtherForms(t *testing.T) {
	t.Parallel()
	s := newSignerAt(t, noon.Add(-time.Hour))
	data := []byte("An advisory.\n")
	ours, err := s.Detach(data, noon)
	if err != nil {
		t.Fatal(err)
	}
	salted := config(noon)
	salted.NonDeterministicSignaturesViaNotation = nil
	var other bytes.Buffer
	if err := openpgp.ArmoredDetachSign(&other, []*openpgp.Entity{s.entity}, bytes.NewReader(data), &openpgp.SignParams{Config: salted}); err != nil {
		t.Fatal(err)
	}
	raw := unarmor(t, ours)
	// An unhashed subpacket (here a creation time) after the hashed ones,
	// which start at byte 8 and are 6+10+23 bytes long.
	at := 2 + 6 + 6 + 10 + 23
	unhashed := append(bytes.Clone(raw[:at]), 0, 6, 5, 2, 0, 0, 0, 0)
	unhashed = append(unhashed, raw[at+2:]...)
	unhashed[1] += 6

	text, err := s.Clearsign(data, noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, sig := range map[string][]byte{
		"with a notation":     other.Bytes(),
		"unhashed subpacket":  rearmor(t, unhashed),
		"two packets":         rearmor(t, append(bytes.Clone(raw), raw...)),
		"old packet format":   rearmor(t, append([]byte{0x80 | 2<<2}, raw[1:]...)),
		"five byte length":    rearmor(t, append([]byte{raw[0], 255, 0, 0, 0}, raw[1:]...)),
		"a text signature":    text[bytes.Index(text, []byte("-----BEGIN PGP SIGNATURE")):],
		"another key's":       detach(t, newSignerAt(t, noon.Add(-time.Hour)), data, noon),
		"dated in the future": detach(t, s, data, noon.Add(time.Hour)),
		"much too large":      bytes.Repeat([]byte("A"), 1<<20),
	} {
		if err := Verify(s.PublicKey(), data, sig, noon); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := Verify(s.PublicKey(), data, rearmor(t, raw), noon); err != nil {
		t.Errorf("the unaltered signature, taken apart and put together: %v", err)
	}
}

func TestNewVerifierRefuses(t *testing.T) {
	t.Parallel()
	s := newSignerAt(t, noon)
	g := newGPG(t)
	g.run(nil, "--quick-generate-key", "rsa@example.net", "rsa2048", "sign", "never")
	for name, key := range map[string][]byte{
		"nothing":   nil,
		"rsa":       []byte(g.run(nil, "--armor", "--export")),
		"two keys":  append(s.PublicKey(), newSignerAt(t, noon).PublicKey()...),
		"too large": make([]byte, maxKey+1),
		"cut off":   s.PublicKey()[:200],
		"not a key": detach(t, s, nil, noon),
	} {
		if _, err := NewVerifier(key, noon); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := NewVerifier(s.PublicKey(), noon.Add(-time.Hour)); err == nil {
		t.Error("a key was accepted before it was made")
	}
	if _, err := s.Detach(nil, noon.Add(-time.Hour)); err == nil {
		t.Error("signed before the key was made")
	}
}

func TestClearsign(t *testing.T) {
	t.Parallel()
	s := newSignerAt(t, noon.Add(-time.Hour))
	for _, text := range []string{
		"",
		"one line",
		"Contact: mailto:security@example.org\nExpires: 2027-01-01T00:00:00Z\n",
		"- dash\n-- two\n---\n- - -\nFrom x\n",
		"\n\nempty lines\n\n\n",
		"-----BEGIN PGP SIGNATURE-----\nnot one\n",
		"Grüße\n",
	} {
		signed, err := s.Clearsign([]byte(text), noon)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		plain, err := VerifyClearsigned(s.PublicKey(), signed)
		if want := strings.TrimSuffix(text, "\n") + "\n"; err != nil || string(plain) != want {
			t.Errorf("%q: got %q, %v", text, plain, err)
		}
		if _, err := VerifyClearsigned(newSignerAt(t, noon).PublicKey(), signed); err == nil {
			t.Errorf("%q: another key verifies it", text)
		}
	}
	signed, err := s.Clearsign([]byte("- one\ntwo\n"), noon)
	if err != nil {
		t.Fatal(err)
	}
	everyAlteration(t, signed, func(altered []byte) error {
		_, err := VerifyClearsigned(s.PublicKey(), altered)
		return err
	})
	for _, text := range []string{"space \nx", "tab\t", "return\r\n", "\xff"} {
		if _, err := s.Clearsign([]byte(text), noon); err == nil {
			t.Errorf("%q was signed", text)
		}
	}
}

func detach(t *testing.T, s *Signer, data []byte, at time.Time) []byte {
	t.Helper()
	sig, err := s.Detach(data, at)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func unarmor(t *testing.T, armored []byte) []byte {
	t.Helper()
	block, err := armor.Decode(bytes.NewReader(armored))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(block.Body); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func rearmor(t *testing.T, raw []byte) []byte {
	t.Helper()
	armored, err := enarmor(blockSignature, raw)
	if err != nil {
		t.Fatal(err)
	}
	return armored
}

func BenchmarkDetach(b *testing.B) {
	s, err := Generate(nil, "Example Security Team", "security@example.org", noon)
	if err != nil {
		b.Fatal(err)
	}
	data := bytes.Repeat([]byte("x"), 4<<10)
	for b.Loop() {
		if _, err := s.Detach(data, noon); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	s, err := Generate(nil, "Example Security Team", "security@example.org", noon)
	if err != nil {
		b.Fatal(err)
	}
	data := bytes.Repeat([]byte("x"), 4<<10)
	sig, err := s.Detach(data, noon)
	if err != nil {
		b.Fatal(err)
	}
	v, err := NewVerifier(s.PublicKey(), noon)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := v.Verify(data, sig); err != nil {
			b.Fatal(err)
		}
	}
}
