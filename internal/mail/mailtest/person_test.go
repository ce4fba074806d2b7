package mailtest_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"steward/internal/mail/mailtest"
)

func TestKinds(t *testing.T) {
	t.Parallel()
	for kind, encrypts := range map[mailtest.Kind]bool{
		mailtest.CV25519: true, mailtest.RSA3072: true, mailtest.Expired: false, mailtest.Revoked: false, mailtest.SignOnly: false,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			ada := mailtest.NewPerson(t, "Ada", "ada@people.test", kind)
			bob := mailtest.NewPerson(t, "Bob", "bob@people.test", mailtest.CV25519)
			secret, err := bob.SignEncrypt([]byte("Hello"), ada.PublicKey())
			if (err == nil) != encrypts {
				t.Fatalf("encrypting to the key: %v", err)
			}
			if !encrypts {
				return
			}
			for _, known := range []bool{false, true} {
				if known && ada.Knows(bob.PublicKey()) != bob.Fingerprint {
					t.Error("another key was imported than Bob's")
				}
				plain, err := ada.Decrypt(secret)
				if err != nil || string(plain.Text) != "Hello" || plain.Verified != known || (plain.Signer == bob.Fingerprint) != known {
					t.Errorf("Bob known %v: %+v, %v", known, plain, err)
				}
			}
			if _, err := bob.Decrypt(secret); err == nil {
				t.Error("Bob decrypted what is for Ada only")
			}
		})
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	for _, kind := range []mailtest.Kind{mailtest.CV25519, mailtest.SignOnly} {
		ada := mailtest.NewPerson(t, "Ada", "ada@people.test", kind)
		bob := mailtest.NewPerson(t, "Bob", "bob@people.test", mailtest.CV25519)
		bob.Knows(ada.PublicKey())
		text := []byte("Hello\n")
		if plain, err := bob.Decrypt(ada.ClearSign(text)); err != nil || !plain.Verified || !bytes.Equal(plain.Text, text) {
			t.Errorf("%s: in clear: %+v, %v", kind, plain, err)
		}
		signature := ada.DetachSign(text)
		if ok, by := bob.Verify(text, signature); !ok || by != ada.Fingerprint {
			t.Errorf("%s: apart: %v by %s", kind, ok, by)
		}
		if ok, _ := bob.Verify([]byte("Hallo\n"), signature); ok {
			t.Errorf("%s: another text is verified", kind)
		}
		ada.Revoke()
		bob.Knows(ada.PublicKey())
		if ok, by := bob.Verify(text, signature); ok || by != ada.Fingerprint {
			t.Errorf("%s: the key was taken back, and still: %v by %s", kind, ok, by)
		}
	}
}

var letter = mailtest.Letter{
	To: "Team <team@project.test>", Subject: "Ein Loch — dringend", Body: "Grüße,\n\nthe hole is =3D here.\n-- \nAda\n",
	Attachments: []mailtest.Attachment{
		{Name: "proof.txt", Type: "text/plain", Content: []byte("a\nb\n")},
		{Name: "größe.bin", Type: "application/octet-stream", Content: bytes.Repeat([]byte{0, 1, 254, 255}, 1000)},
	},
}

func TestPGPMIME(t *testing.T) {
	t.Parallel()
	ada := mailtest.NewPerson(t, "Ada", "ada@people.test", mailtest.CV25519)
	bob := mailtest.NewPerson(t, "Bob", "bob@people.test", mailtest.CV25519)
	bob.Knows(ada.PublicKey())
	for name, keys := range map[string][][]byte{"signed": nil, "encrypted": {bob.PublicKey()}} {
		raw, err := ada.WritePGPMIME(letter, keys...)
		if err != nil {
			t.Fatal(err)
		}
		if name == "encrypted" && bytes.Contains(raw, []byte("the hole")) {
			t.Error("the text is not encrypted")
		}
		for _, form := range [][]byte{raw, bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))} {
			read, err := bob.ReadPGPMIME(form)
			if err != nil {
				t.Fatal(err)
			}
			if !read.Verified || read.Signer != ada.Fingerprint || read.Encrypted != (name == "encrypted") {
				t.Errorf("%s: %+v", name, read)
			}
			if !reflect.DeepEqual(read.Letter, letter) {
				t.Errorf("%s: Bob reads %+v", name, read.Letter)
			}
		}
		if name == "signed" {
			read, err := bob.ReadPGPMIME(bytes.Replace(raw, []byte("the hole"), []byte("the pole"), 1))
			if err != nil || read.Verified || !strings.Contains(read.Body, "the pole") {
				t.Errorf("changed: %+v, %v", read, err)
			}
		}
	}
	if _, err := bob.ReadPGPMIME([]byte(plain)); err == nil {
		t.Error("a plain mail was read as PGP/MIME")
	}
}
