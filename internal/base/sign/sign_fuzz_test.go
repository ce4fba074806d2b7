package sign

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"steward/internal/base/cputime"
	"steward/internal/base/errs"
	"steward/internal/bombs/keybomb"
)

// fuzzSigner is a key made once for these tests, so that inputs that were
// found in one run mean the same in the next.
func fuzzSigner(f *testing.F) *Signer {
	f.Helper()
	text, err := os.ReadFile("testdata/fuzz-signing-key.txt")
	if err != nil {
		f.Fatal(err)
	}
	s, err := Load(text)
	if err != nil {
		f.Fatal(err)
	}
	return s
}

// fuzzData is what the key has signed.
var fuzzData = []byte("An advisory.\n- It has two lines.\n")

// FuzzVerify: of all signatures of a text at a time, one alone is good: the
// one that Detach writes.
func FuzzVerify(f *testing.F) {
	s := fuzzSigner(f)
	good, err := s.Detach(fuzzData, noon)
	if err != nil {
		f.Fatal(err)
	}
	v, err := NewVerifier(s.PublicKey(), noon)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")))
	f.Add(append(bytes.Clone(good), good...))
	f.Add([]byte("-----BEGIN PGP SIGNATURE-----\n\n=AAAA\n-----END PGP SIGNATURE-----\n"))
	f.Fuzz(func(t *testing.T, sig []byte) {
		if err := v.Verify(fuzzData, sig); (err == nil) != bytes.Equal(sig, good) {
			t.Errorf("%q: %v", sig, err)
		}
		if err := v.Verify(append(fuzzData, '!'), sig); err == nil {
			t.Errorf("%q is good for another text", sig)
		}
	})
}

// FuzzVerifyClearsigned: what verifies is byte for byte what Clearsign wrote
// of the text that comes out.
func FuzzVerifyClearsigned(f *testing.F) {
	s := fuzzSigner(f)
	for _, text := range []string{string(fuzzData), "", "- dash\n-----BEGIN PGP SIGNATURE-----\n", "ü\n\n\nend"} {
		signed, err := s.Clearsign([]byte(text), noon)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(signed)
		f.Add(bytes.Replace(signed, []byte("- "), []byte("-"), 1))
	}
	key := s.PublicKey()
	f.Fuzz(func(t *testing.T, signed []byte) {
		plain, err := VerifyClearsigned(key, signed)
		if err != nil {
			return
		}
		again, err := s.Clearsign(plain, noon)
		if err != nil || !bytes.Equal(again, signed) {
			t.Errorf("%q verifies as %q, of which we write %q: %v", signed, plain, again, err)
		}
	})
}

// FuzzClearsign: a text that can be signed in the clear comes out as it went
// in, but for a newline at its end.
func FuzzClearsign(f *testing.F) {
	s := fuzzSigner(f)
	f.Add(fuzzData)
	f.Add([]byte("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n- -x\n"))
	f.Add([]byte("tail \n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		signed, err := s.Clearsign(text, noon)
		if err != nil {
			return
		}
		plain, err := VerifyClearsigned(s.PublicKey(), signed)
		if err != nil || string(plain) != strings.TrimSuffix(string(text), "\n")+"\n" {
			t.Errorf("%q came out as %q: %v", text, plain, err)
		}
	})
}

// FuzzVerifierKey: a key that a directory brings along is read or refused, and
// one that is read has the form that we make.
func FuzzVerifierKey(f *testing.F) {
	s := fuzzSigner(f)
	good, err := s.Detach(fuzzData, noon)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(s.PublicKey())
	private, err := s.Private()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(private)
	f.Fuzz(func(t *testing.T, key []byte) {
		if loaded, err := Load(key); err == nil && len(loaded.Fingerprint()) != 40 {
			t.Errorf("a signing key has the fingerprint %q", loaded.Fingerprint())
		}
		v, err := NewVerifier(key, noon)
		if err != nil {
			return
		}
		if err := v.Verify(fuzzData, good); err == nil && v.Fingerprint() != s.Fingerprint() {
			t.Errorf("key %s verifies what %s signed", v.Fingerprint(), s.Fingerprint())
		}
	})
}

// FuzzRecipient: a key that a reporter pastes is refused with words for that
// person, or a message can be encrypted to it; never does it take long.
func FuzzRecipient(f *testing.F) {
	f.Add(fuzzSigner(f).PublicKey())
	key, err := os.ReadFile("testdata/fuzz-reporter-key.txt")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(key)
	f.Add(keybomb.DSA(512, 3))
	f.Add([]byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n=AAAA\n-----END PGP PUBLIC KEY BLOCK-----\n"))
	f.Fuzz(func(t *testing.T, key []byte) {
		var fingerprint string
		var err error
		if took := cputime.Of(func() { fingerprint, err = CheckRecipient(key, noon) }); took > patience {
			t.Errorf("it took %v", took)
		}
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
			return
		}
		message, err := EncryptTo(key, fuzzData, noon)
		if err != nil || fingerprint == "" || bytes.Contains(message, fuzzData) {
			t.Errorf("a key was accepted; encrypting to it: %v, %q", err, message)
		}
	})
}

// FuzzDecrypt: a message from anyone is opened within a limit, or refused.
func FuzzDecrypt(f *testing.F) {
	s := fuzzSigner(f)
	message, err := EncryptTo(s.PublicKey(), fuzzData, noon)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(message)
	f.Add([]byte{0xc8, 1, 0xff, 0xa3, 2})
	const limit = 1000
	f.Fuzz(func(t *testing.T, message []byte) {
		plain, err := s.Decrypt(message, limit)
		if len(plain) > limit || (err != nil && !errs.Is(err, errs.Invalid)) {
			t.Errorf("%d bytes, %v", len(plain), err)
		}
	})
}
