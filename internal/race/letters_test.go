package race

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/base/sign"
)

// letters is how many people are written to, each a letter of their own.
const letters = 500

// BenchmarkLettersAgainstGPG writes an advisory of 20 KB to 500 people, each a
// message that is signed by the team and encrypted to that person's key alone:
// RSA-3072, RSA-4096 and Curve25519 in turn. Steward does it in process with
// keys that it read once, and once more reading each key anew; gpg as one would
// in a script, a process for each message, with the keys in its key ring and a
// warm agent that signs. The text comes from memory and the armored message
// goes there: gpg has pipes. Neither compresses. They take turns of fifty, and
// the median turn counts. Of each kind of key gpg opens a letter and finds the
// signature good.
func BenchmarkLettersAgainstGPG(b *testing.B) {
	for b.Loop() {
		made := time.Now().Add(-time.Hour)
		team, err := sign.Generate(nil, "Example Security Team", "security@example.org", made)
		if err != nil {
			b.Fatal(err)
		}
		gpg := newGPG(b, team)
		gpg.opensLetters(b, team)
		text := bytes.Repeat([]byte("A heap overflow, found by fuzzing.\r\n"), 20<<10/36)
		people, armored := crowd(b, made)
		ring := filepath.Join(b.TempDir(), "ring.asc")
		if err := os.WriteFile(ring, bytes.Join(armored, nil), 0o600); err != nil {
			b.Fatal(err)
		}
		gpg.run(b, "--import", ring)
		gpg.letter(b, text, people[0].Fingerprint()) // the agent starts

		var ours, withKey, theirs []float64
		for turn := range letters / 50 {
			some := people[50*turn : 50*turn+50]
			began := time.Now()
			for _, r := range some {
				if _, err := team.EncryptSigned(text, []*sign.Recipient{r}, time.Now(), nil); err != nil {
					b.Fatal(err)
				}
			}
			ours = append(ours, ms(time.Since(began))/50)
			began = time.Now()
			for _, key := range armored[50*turn : 50*turn+50] {
				r, err := sign.ParseRecipient(key, time.Now())
				if err != nil {
					b.Fatal(err)
				}
				if _, err := team.EncryptSigned(text, []*sign.Recipient{r}, time.Now(), nil); err != nil {
					b.Fatal(err)
				}
			}
			withKey = append(withKey, ms(time.Since(began))/50)
			began = time.Now()
			for _, r := range some {
				gpg.letter(b, text, r.Fingerprint())
			}
			theirs = append(theirs, ms(time.Since(began))/50)
		}
		b.ReportMetric(1000*middle(ours), "ours-µs")
		b.ReportMetric(1000*middle(theirs), "gpg-µs")
		b.ReportMetric(middle(theirs)/middle(ours), "times-faster")
		b.ReportMetric(middle(theirs)/middle(withKey), "with-reading-key-times-faster")
	}
}

// letter writes one message from memory to memory.
func (g gpg) letter(b *testing.B, text []byte, to string) { _ = g.message(b, string(text), to) }

func (g gpg) message(b *testing.B, text, to string) []byte {
	cmd := exec.Command("gpg", "--homedir", g.home, "--batch", "--no-tty", "--trust-model", "always",
		"--compress-algo", "none", "--sign", "--encrypt", "--armor", "--recipient", to)
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil || len(out) < len(text) {
		b.Errorf("gpg: %d bytes, %v", len(out), err)
	}
	return out
}

// opensLetters lets gpg make a key of each kind and open what Steward writes
// to it.
func (g gpg) opensLetters(b *testing.B, team *sign.Signer) {
	for _, kind := range []string{"rsa3072", "rsa4096", "future-default"} {
		address := kind + "@example.net"
		g.run(b, "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", address, kind, "default", "never")
		if strings.HasPrefix(kind, "rsa") {
			fpr, err := exec.Command("gpg", "--homedir", g.home, "--batch", "--with-colons", "--list-keys", address).Output()
			if err != nil {
				b.Fatal(err)
			}
			_, rest, _ := strings.Cut(string(fpr), "\nfpr:::::::::")
			g.run(b, "--pinentry-mode", "loopback", "--passphrase", "", "--quick-add-key", rest[:40], kind, "encr", "never")
		}
		key, err := exec.Command("gpg", "--homedir", g.home, "--batch", "--armor", "--export", address).Output()
		if err != nil {
			b.Fatal(err)
		}
		now := time.Now().Add(time.Second)
		r, err := sign.ParseRecipient(key, now)
		if err != nil {
			b.Fatal(err)
		}
		message, err := team.EncryptSigned([]byte("An advisory."), []*sign.Recipient{r}, time.Now(), nil)
		if err != nil {
			b.Fatal(err)
		}
		cmd := exec.Command("gpg", "--homedir", g.home, "--batch", "--no-tty", "--trust-model", "always", "--status-fd", "2", "--decrypt")
		cmd.Stdin = bytes.NewReader(message)
		var status bytes.Buffer
		cmd.Stderr = &status
		if out, err := cmd.Output(); err != nil || string(out) != "An advisory." || !strings.Contains(status.String(), "GOODSIG") {
			b.Fatalf("gpg reads %q, %v\n%s", out, err, &status)
		}
	}
}

// crowd makes the keys of 500 people. A third encrypt by Curve25519. The RSA
// keys of the others are random numbers of that length: to write to them is the
// same work, and five hundred pairs of primes would take an hour to find.
func crowd(b *testing.B, made time.Time) (people []*sign.Recipient, armored [][]byte) {
	cfg := &packet.Config{
		Algorithm: packet.PubKeyAlgoEdDSA, Curve: packet.Curve25519, DefaultHash: crypto.SHA512,
		DefaultCipher: packet.CipherAES256, Time: func() time.Time { return made },
	}
	for n := range letters {
		e, err := openpgp.NewEntity("", "", fmt.Sprintf("p%03d@example.net", n), cfg)
		if err != nil {
			b.Fatal(err)
		}
		if bits := []int{0, 3072, 4096}[n%3]; bits != 0 {
			sub := &e.Subkeys[0]
			sub.PublicKey = packet.NewRSAPublicKey(made, &rsa.PublicKey{N: oddNumber(b, bits), E: 65537})
			sub.PublicKey.IsSubkey = true
			if err := sub.Bindings[0].Packet.SignKey(sub.PublicKey, e.PrivateKey, cfg); err != nil {
				b.Fatal(err)
			}
		}
		var text bytes.Buffer
		w, err := armor.Encode(&text, openpgp.PublicKeyType, nil)
		if err := errors.Join(err, e.Serialize(w), w.Close()); err != nil {
			b.Fatal(err)
		}
		text.WriteByte('\n')
		r, err := sign.ParseRecipient(text.Bytes(), time.Now())
		if err != nil {
			b.Fatal(err)
		}
		people, armored = append(people, r), append(armored, text.Bytes())
	}
	return people, armored
}

func oddNumber(b *testing.B, bits int) *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), uint(bits-1)))
	if err != nil {
		b.Fatal(err)
	}
	return n.SetBit(n, bits-1, 1).SetBit(n, 0, 1)
}
