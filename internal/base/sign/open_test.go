package sign

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/base/cputime"
	"steward/internal/base/errs"
)

// people is a key ring of GnuPG with a reporter's key and ours.
func people(t *testing.T) (*gpg, *Signer, [][]byte) {
	t.Helper()
	g, s := newGPG(t), newSignerAt(t, time.Now().Add(-time.Hour))
	g.run(s.PublicKey(), "--import")
	g.run(nil, "--quick-generate-key", "Reporter <r@example.net>", "default", "default", "never")
	g.run(nil, "--quick-generate-key", "Other <o@example.net>", "rsa2048", "sign", "never")
	g.run(nil, "--quick-add-key", g.fpr("o@example.net"), "rsa2048", "encr", "never")
	return g, s, [][]byte{[]byte("no key"), g.export("o@example.net"), g.export("r@example.net")}
}

func (g *gpg) export(who string) []byte {
	g.t.Helper()
	return []byte(g.run(nil, "--armor", "--export", who))
}

// fpr gives the fingerprint of one person's primary key.
func (g *gpg) fpr(who string) string {
	g.t.Helper()
	for line := range strings.Lines(g.run(nil, "--list-keys", "--with-colons", who)) {
		if f := strings.Split(line, ":"); f[0] == "fpr" {
			return f[9]
		}
	}
	g.t.Fatalf("%s has no key", who)
	return ""
}

// TestOpenWhatGPGWrites: everything that GnuPG can write to us is opened, with
// the right verdict.
func TestOpenWhatGPGWrites(t *testing.T) {
	t.Parallel()
	g, s, senders := people(t)
	long := "A report.\n- dash\nGrüße\n" + strings.Repeat("The stack overflows.\n", 9000)
	by := func(who string) []string { return []string{"--sign", "--local-user", who} }
	for _, tt := range []struct {
		name    string
		args    []string
		senders [][]byte
		want    Verdict
		who     string
	}{
		{"plain", nil, senders, None, ""},
		{"armored", []string{"--armor"}, senders, None, ""},
		{"signed", append(by("r@example.net"), "--armor"), senders, Good, "r@example.net"},
		{"signed by an RSA key", by("o@example.net"), senders, Good, "o@example.net"},
		{"signed by two, one unknown", append(by("r@example.net"), "--local-user", "o@example.net"), senders[2:], Good, "r@example.net"},
		{"unknown", by("r@example.net"), senders[:2], Unknown, ""},
		{"no senders", by("r@example.net"), nil, Unknown, ""},
		{"weak hash", append(by("o@example.net"), "--digest-algo", "SHA1", "--weak-digest", "MD5"), senders, Bad, ""},
		{"not compressed", append(by("r@example.net"), "--compress-algo", "none"), senders, Good, "r@example.net"},
		{"zlib", append(by("r@example.net"), "--compress-algo", "zlib"), senders, Good, "r@example.net"},
		{"bzip2", append(by("r@example.net"), "--compress-algo", "bzip2"), senders, Good, "r@example.net"},
		{"text mode", append(by("r@example.net"), "--textmode"), senders, Good, "r@example.net"},
		{"partial lengths", append(by("r@example.net"), "--compress-algo", "none", "--set-filesize", "0"), senders, Good, "r@example.net"},
		{"to several", append(by("r@example.net"), "--recipient", "o@example.net", "--recipient", "r@example.net"), senders, Good, "r@example.net"},
		{"hidden", append(by("r@example.net"), "--throw-keyids", "--recipient", "o@example.net"), senders, Good, "r@example.net"},
		{"cipher 3DES", []string{"--cipher-algo", "3DES"}, senders, None, ""},
		{"also for a passphrase", []string{"--symmetric", "--passphrase", "x"}, senders, None, ""},
	} {
		args := append([]string{"--encrypt", "--recipient", s.Fingerprint()}, tt.args...)
		o, err := s.Open([]byte(g.run([]byte(long), args...)), 1<<20, tt.senders, time.Now())
		if err != nil {
			t.Errorf("%s: %v (%v)", tt.name, err, errors.Unwrap(err))
			continue
		}
		if string(o.Plain) != long || !o.Encrypted || !o.Protected {
			t.Errorf("%s: %d bytes, encrypted %v, protected %v", tt.name, len(o.Plain), o.Encrypted, o.Protected)
		}
		fpr := ""
		if tt.who != "" {
			fpr = g.fpr(tt.who)
		}
		if o.Signature.Verdict != tt.want || o.Signature.Fingerprint != fpr {
			t.Errorf("%s: the signature is %+v, want %s by %s", tt.name, o.Signature, tt.want, fpr)
		}
		if tt.want == Good && time.Since(o.Signature.Made) > 10*time.Minute {
			t.Errorf("%s: made %v", tt.name, o.Signature.Made)
		}
	}
}

// TestOpenAEAD: GnuPG 2.2 cannot write the newer way of RFC 9580, and our key
// does not ask for it; a sender may nevertheless.
func TestOpenAEAD(t *testing.T) {
	t.Parallel()
	cfg := config(noon)
	cfg.Algorithm, cfg.Curve, cfg.AEADConfig = packet.PubKeyAlgoEdDSA, packet.Curve25519, &packet.AEADConfig{}
	e, err := openpgp.NewEntity("Example", "", "security@example.org", cfg)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := openpgp.Encrypt(&b, []*openpgp.Entity{e}, nil, []*openpgp.Entity{e}, &openpgp.FileHints{}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(fuzzData); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	s, err := newSigner(e)
	if err != nil {
		t.Fatal(err)
	}
	for packets := packet.NewReader(bytes.NewReader(b.Bytes())); ; {
		p, err := packets.Next()
		if err != nil {
			t.Fatalf("this is no AEAD: %v", err)
		}
		if data, ok := p.(*packet.SymmetricallyEncrypted); ok && data.Version == 2 {
			break
		}
	}
	o, err := s.Open(b.Bytes(), 1000, [][]byte{s.PublicKey()}, noon)
	if err != nil || !bytes.Equal(o.Plain, fuzzData) || o.Signature.Verdict != Good {
		t.Errorf("%+v, %v", o, err)
	}
	altered := bytes.Clone(b.Bytes())
	altered[len(altered)-1] ^= 1
	if o, err := s.Open(altered, 1000, nil, noon); err == nil || o.Plain != nil {
		t.Errorf("altered, it opens as %q", o.Plain)
	}
}

// TestOpenRefuses: what is not for us, or could have been altered, is told apart.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	g, s, senders := people(t)
	secret := []byte(strings.Repeat("A secret of some length. ", 40))
	encrypt := func(args ...string) []byte {
		return []byte(g.run(secret, append([]string{"--encrypt"}, args...)...))
	}
	ours := encrypt("--recipient", s.Fingerprint(), "--compress-algo", "none")
	cut := ours[:len(ours)-30]
	for name, tt := range map[string]struct {
		message []byte
		limit   int64
		cause   error
	}{
		"no MDC":             {encrypt("--rfc2440", "--disable-mdc", "--recipient", s.Fingerprint()), 1 << 20, ErrNoIntegrity},
		"for another":        {encrypt("--recipient", "o@example.net"), 1 << 20, ErrNotOurs},
		"for a passphrase":   {[]byte(g.run(secret, "--symmetric", "--passphrase", "x")), 1 << 20, ErrNotOurs},
		"only signed":        {g.signed(secret), 1 << 20, errPlain},
		"cut off":            {cut, 1 << 20, nil},
		"too large":          {ours, 100, nil},
		"much too large":     {make([]byte, 3<<20), 1 << 20, nil},
		"nothing":            {nil, 1 << 20, nil},
		"words":              {[]byte("Hello"), 1 << 20, nil},
		"a key":              {senders[1], 1 << 20, nil},
		"half an armor":      {[]byte("-----BEGIN PGP MESSAGE-----\n\nhQEM"), 1 << 20, nil},
		"no packet is whole": {[]byte{0x85, 0xff, 0xff, 1}, 1 << 20, nil},
	} {
		o, err := s.Open(tt.message, tt.limit, senders, time.Now())
		if !errs.Is(err, errs.Invalid) || (tt.cause != nil && !errors.Is(err, tt.cause)) || o.Plain != nil {
			t.Errorf("%s: %v (cause %v), %d bytes", name, err, errors.Unwrap(err), len(o.Plain))
		}
	}
	for i := range ours { // the whole of it is protected
		altered := bytes.Clone(ours)
		altered[i] ^= 4
		if o, err := s.Open(altered, 1<<20, senders, time.Now()); err == nil && !bytes.Equal(o.Plain, secret) {
			t.Errorf("altered at byte %d of %d it opens as %q", i, len(ours), o.Plain)
		}
	}
}

// TestVerdicts: detached signatures and texts signed in the clear, by keys in
// every state.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	g, _, senders := people(t)
	text := []byte("A report.\r\n- dash   \r\n\r\nGrüße\r\n")
	file := g.file("text", text)
	g.run(nil, "--quick-generate-key", "Short <s@example.net>", "default", "default", "seconds=7200")
	short := g.export("s@example.net")
	sig := []byte(g.run(nil, "--armor", "--detach-sign", "--local-user", "s@example.net", "--output", "-", file))
	expiring := []byte(g.run(nil, "--detach-sign", "--local-user", "r@example.net", "--default-sig-expire", "1d", "--output", "-", file))
	clear := []byte(g.run(text, "--clearsign", "--local-user", "r@example.net"))
	revoke(t, g, "o@example.net")
	other := []byte(g.run(nil, "--armor", "--export", "o@example.net"))
	good := []byte(g.run(nil, "--armor", "--detach-sign", "--textmode", "--local-user", "r@example.net", "--output", "-", file))
	now := time.Now()
	check := func(name string, got Signature, want Verdict) {
		t.Helper()
		if got.Verdict != want {
			t.Errorf("%s: %+v, want %s", name, got, want)
		}
	}
	check("good", VerifyDetached(text, good, senders, now), Good)
	check("its lines end otherwise", VerifyDetached(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), good, senders, now), Good)
	check("another text", VerifyDetached(text[1:], good, senders, now), Bad)
	check("another key", VerifyDetached(text, good, senders[:2], now), Unknown)
	check("of the future", VerifyDetached(text, good, senders, now.Add(-time.Hour)), Bad)
	check("valid key", VerifyDetached(text, sig, [][]byte{short}, now), Good)
	check("expired key", VerifyDetached(text, sig, [][]byte{short}, now.Add(3*time.Hour)), Expired)
	check("valid signature", VerifyDetached(text, expiring, senders, now), Good)
	check("expired signature", VerifyDetached(text, expiring, senders, now.Add(25*time.Hour)), Expired)
	for name, junk := range map[string]string{
		"nothing": "", "words": "hello", "half": string(good[:80]), "a key": string(short), "large": strings.Repeat("x", 1<<20),
	} {
		check(name, VerifyDetached(text, []byte(junk), senders, now), Bad)
	}
	before := revokedBefore(t, g)
	check("revoked key", VerifyDetached(text, before, [][]byte{other}, now), Revoked)

	in := VerifyInline(append([]byte("Hello,\n"), append(clear, "-- \nlist footer\n"...)...), senders, now)
	if in == nil || string(in.Before) != "Hello,\n" || string(in.After) != "-- \nlist footer\n" || string(in.Plain) != "A report.\n- dash\n\nGrüße\n" {
		t.Fatalf("%+v", in)
	}
	check("in the clear", in.Signature, Good)
	for name, altered := range map[string]string{
		"a word":   strings.Replace(string(clear), "A report", "B report", 1),
		"a header": strings.Replace(string(clear), "Hash:", "Comment: signed too\nHash:", 1),
		"no armor": strings.Replace(string(clear), "-----BEGIN PGP SIGNATURE-----\n\n", "-----BEGIN PGP SIGNATURE-----\nX", 1),
	} {
		if in := VerifyInline([]byte(altered), senders, now); in == nil || in.Signature.Verdict != Bad {
			t.Errorf("%s: %+v", name, in)
		}
	}
	if in := VerifyInline(clear[:len(clear)-40], senders, now); in != nil {
		t.Errorf("a text that is not whole is read as %+v", in)
	}
}

// revokedBefore gives what a key signed before it was revoked.
func revokedBefore(t *testing.T, g *gpg) []byte {
	t.Helper()
	sig, err := g.readFile("before.sig")
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// revoke signs the file "text" with a key and then revokes the key.
func revoke(t *testing.T, g *gpg, who string) {
	t.Helper()
	g.run(nil, "--detach-sign", "--local-user", who, "--output", g.home+"/before.sig", g.home+"/text")
	cert, err := g.readFile("openpgp-revocs.d/" + g.fpr(who) + ".rev")
	if err != nil {
		t.Fatal(err)
	}
	g.run(bytes.Replace(cert, []byte("\n:-----"), []byte("\n-----"), 1), "--import")
}

// TestOpenInside: the helper inside makes what opens, so that the refusals below
// are for their contents.
func TestOpenInside(t *testing.T) {
	t.Parallel()
	s := newSignerAt(t, noon)
	o, err := s.Open(inside(t, s, []byte{0xcb, 7, 'b', 0, 0, 0, 0, 0, 'x'}), 10, nil, noon)
	if err != nil || string(o.Plain) != "x" {
		t.Errorf("%q, %v", o.Plain, err)
	}
	// A signature that is announced and does not come is no good one.
	o, err = s.Open(inside(t, s, []byte{0xc4, 13, 3, 0, 10, 22, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0xcb, 7, 'b', 0, 0, 0, 0, 0, 'x'}), 10, nil, noon)
	if err != nil || o.Signature.Verdict != Bad {
		t.Errorf("%+v, %v", o, err)
	}
}

// Messages that grow with the square of their size in the reading of others.
func TestOpenIsQuick(t *testing.T) {
	t.Parallel()
	s := newSignerAt(t, noon)
	message, err := EncryptTo(s.PublicKey(), []byte("x"), noon)
	if err != nil {
		t.Fatal(err)
	}
	raw := mustRaw(t, message)
	key := raw[:2+int(raw[1])] // the packet with the session key
	announce := append([]byte{0xc4, 13, 3, 0, 10, 22}, make([]byte, 9)...)
	nested := []byte{}
	for range 40 { // layers that are not compressed, each with the length to the end
		nested = append(nested, 0xa3, 0)
	}
	for name, in := range map[string][]byte{
		"announced signatures": bytes.Repeat(announce, 1<<20),
		"the same, encrypted":  inside(t, s, bytes.Repeat(announce, 1<<20)),
		"markers, encrypted":   inside(t, s, bytes.Repeat([]byte{0xca, 3, 'P', 'G', 'P'}, 1<<21)),
		"layers":               inside(t, s, append(nested, 0xcb, 6, 'b', 0, 0, 0, 0, 0)),
		"two texts":            inside(t, s, bytes.Repeat([]byte{0xcb, 7, 'b', 0, 0, 0, 0, 0, 'x'}, 2)),
		"no text":              inside(t, s, nil),
		"a message within":     inside(t, s, raw),
		"session keys":         append(bytes.Repeat(key, 1<<17), raw...),
		"markers":              bytes.Repeat([]byte{0xca, 3, 'P', 'G', 'P'}, 1<<21),
		"unknown packets":      bytes.Repeat([]byte{0xff, 0}, 1<<22),
		"a huge length":        binary.BigEndian.AppendUint32([]byte{0xc2, 255}, 1<<31),
	} {
		var err error
		if took := cputime.Of(func() { _, err = s.Open(in, 25<<20, nil, noon) }); took > patience {
			t.Errorf("%s: it took %v", name, took)
		}
		if !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// inside encrypts packets to us as they are.
func inside(t *testing.T, s *Signer, packets []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	key, cfg := make([]byte, 32), config(noon)
	if err := packet.SerializeEncryptedKey(&b, s.entity.Subkeys[0].PublicKey, packet.CipherAES256, key, cfg); err != nil {
		t.Fatal(err)
	}
	w, err := packet.SerializeSymmetricallyEncrypted(&b, packet.CipherAES256, false, packet.CipherSuite{}, key, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(packets); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustRaw(t *testing.T, armored []byte) []byte {
	t.Helper()
	raw, err := dearmor(armored, blockMessage)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// FuzzOpen: a message from anyone, and what it holds once it is opened, is read
// within limits or refused.
func FuzzOpen(f *testing.F) {
	s := fuzzSigner(f)
	message, err := EncryptTo(s.PublicKey(), fuzzData, noon)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(message, []byte{0xcb, 6, 'b', 0, 0, 0, 0, 0})
	f.Add([]byte("-----BEGIN PGP MESSAGE-----\n\n"), bytes.Repeat([]byte{0xc8, 1, 0}, 9))
	const limit = 1000
	f.Fuzz(func(t *testing.T, message, inside []byte) {
		o, err := s.Open(message, limit, [][]byte{s.PublicKey()}, noon)
		if len(o.Plain) > limit || (err != nil && !errs.Is(err, errs.Invalid)) {
			t.Errorf("%d bytes, %v", len(o.Plain), err)
		}
		m := &opening{limit: limit, left: maxPackets}
		if err := m.read(bytes.NewReader(inside), 0); err == nil && len(m.plain) > limit {
			t.Errorf("%d bytes", len(m.plain))
		}
	})
}

// FuzzForeignSignature: what is no signature of the key is never good.
func FuzzForeignSignature(f *testing.F) {
	s := fuzzSigner(f)
	sig, err := s.Detach(fuzzData, noon)
	if err != nil {
		f.Fatal(err)
	}
	clear, err := s.Clearsign(fuzzData, noon)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sig, []byte("other"))
	f.Add(clear, []byte(fmt.Sprintf("x\n%s", clear)))
	senders := [][]byte{s.PublicKey()}
	f.Fuzz(func(t *testing.T, sig, text []byte) {
		if v := VerifyDetached(text, sig, senders, noon); v.Verdict == Good && strings.TrimRight(string(text), "\r\n") != strings.TrimRight(string(fuzzData), "\n") {
			t.Errorf("%q is good for %q", sig, text)
		}
		in := VerifyInline(text, senders, noon)
		if in != nil && len(in.Before)+len(in.After) > len(text) {
			t.Errorf("%+v", in)
		}
		if in != nil && in.Signature.Verdict == Good && string(in.Plain) != string(fuzzData) {
			t.Errorf("%q is good", in.Plain)
		}
	})
}
