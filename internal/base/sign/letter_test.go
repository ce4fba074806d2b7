package sign

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/base/errs"
)

func parseRecipient(t *testing.T, armored []byte, at time.Time) *Recipient {
	t.Helper()
	r, err := ParseRecipient(armored, at)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// decrypt lets gpg open a message and gives the text and what gpg says of it.
func (g *gpg) decrypt(message []byte) (plain, status string) {
	g.t.Helper()
	cmd := exec.Command("gpg", "--homedir", g.home, "--batch", "--no-tty", "--trust-model", "always",
		"--pinentry-mode", "loopback", "--passphrase", "", "--status-fd", "2", "--decrypt")
	cmd.Stdin = bytes.NewReader(message)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		g.t.Fatalf("gpg --decrypt: %v\n%s", err, errOut.String())
	}
	return out.String(), errOut.String()
}

// Keys of every usual kind: gpg opens the message and calls the signature good.
func TestGPGReadsLetters(t *testing.T) {
	t.Parallel()
	team := newSignerAt(t, noon.Add(-time.Hour))
	for _, kind := range []string{"future-default", "rsa3072", "rsa4096", "nistp256"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			g := newGPG(t)
			g.run(team.PublicKey(), "--import")
			g.run(nil, "--faked-system-time", "20261101T000000!", "--quick-generate-key", "Jo Doe <Jo@Example.net>", kind, "default", "never")
			if kind != "future-default" {
				sub := map[string]string{"nistp256": "nistp256"}[kind]
				if sub == "" {
					sub = kind
				}
				g.run(nil, "--faked-system-time", "20261101T000000!", "--quick-add-key", g.find("Jo@Example.net"), sub, "encr", "never")
			}
			r := parseRecipient(t, []byte(g.run(nil, "--armor", "--export", "Jo@Example.net")), noon)
			if r.Fingerprint() != g.find("Jo@Example.net") || !r.Expires().IsZero() {
				t.Errorf("fingerprint %s, expires %v", r.Fingerprint(), r.Expires())
			}
			if !slices.Equal(r.UserIDs(), []string{"Jo Doe <Jo@Example.net>"}) || !slices.Equal(r.Emails(), []string{"Jo@example.net"}) {
				t.Errorf("user ids %q, emails %q", r.UserIDs(), r.Emails())
			}
			for name, text := range map[string]string{
				"empty": "", "text": "Grüße\r\n", "binary": "\x00\xff\n", "large": strings.Repeat("An advisory. ", 20000),
			} {
				message, err := team.EncryptSigned([]byte(text), []*Recipient{r}, noon, nil)
				if err != nil {
					t.Fatal(err)
				}
				plain, status := g.decrypt(message)
				if plain != text {
					t.Errorf("%s: gpg reads %q", name, plain)
				}
				for _, want := range []string{"GOODSIG", "VALIDSIG " + team.Fingerprint(), "GOODMDC"} {
					if !strings.Contains(status, want) {
						t.Errorf("%s: gpg does not say %s:\n%s", name, want, status)
					}
				}
				again, err := team.EncryptSigned([]byte(text), []*Recipient{r}, noon, nil)
				if err != nil || bytes.Equal(again, message) {
					t.Errorf("two messages are the same: %v", err)
				}
			}
		})
	}
}

// One message to several: each opens it with a key of their own, and no one
// else does. A key named twice is written to once.
func TestEncryptSignedToSeveral(t *testing.T) {
	t.Parallel()
	team := newSignerAt(t, noon.Add(-time.Hour))
	a, b, other := newSignerAt(t, noon.Add(-time.Hour)), newSignerAt(t, noon.Add(-time.Hour)), newSignerAt(t, noon.Add(-time.Hour))
	ra, rb := parseRecipient(t, a.PublicKey(), noon), parseRecipient(t, b.PublicKey(), noon)
	message, err := team.EncryptSigned([]byte("text"), []*Recipient{ra, rb, ra}, noon, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Signer{a, b} {
		if plain, err := s.Decrypt(message, 100); err != nil || string(plain) != "text" {
			t.Errorf("got %q, %v", plain, err)
		}
	}
	if _, err := other.Decrypt(message, 100); err == nil {
		t.Error("another key opens it")
	}
	if _, err := team.EncryptSigned([]byte("text"), nil, noon, nil); err == nil {
		t.Error("a message to nobody was written")
	}
	if _, err := team.EncryptSigned([]byte("text"), []*Recipient{ra}, noon.Add(-2*time.Hour), nil); err == nil {
		t.Error("a message was signed before our key was made")
	}
	encrypted := 0
	for packets := packet.NewReader(bytes.NewReader(unarmor(t, message))); ; {
		p, err := packets.Next()
		if err != nil {
			break
		}
		if _, ok := p.(*packet.EncryptedKey); ok {
			encrypted++
		}
		if _, ok := p.(*packet.SymmetricallyEncrypted); ok {
			break
		}
	}
	if encrypted != 2 {
		t.Errorf("the session key is there %d times, want 2", encrypted)
	}
}

// The signature names the recipient, so that the letter cannot be passed on
// under our name.
func TestLetterNamesWhomItIsFor(t *testing.T) {
	t.Parallel()
	team, jo := newSignerAt(t, noon.Add(-time.Hour)), newSignerAt(t, noon.Add(-time.Hour))
	message, err := team.EncryptSigned([]byte("text"), []*Recipient{parseRecipient(t, jo.PublicKey(), noon)}, noon, nil)
	if err != nil {
		t.Fatal(err)
	}
	md, err := openpgp.ReadMessage(bytes.NewReader(unarmor(t, message)), openpgp.EntityList{jo.entity, team.entity}, nil, config(noon))
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(md.UnverifiedBody); err != nil || !md.IsVerified || md.SignatureError != nil {
		t.Fatalf("%v, verified %v, %v", err, md.IsVerified, md.SignatureError)
	}
	to := md.Signature.IntendedRecipients
	if len(to) != 1 || !bytes.Equal(to[0].Fingerprint, jo.entity.PrimaryKey.Fingerprint) {
		t.Errorf("the signature is meant for %v", to)
	}
	if !md.Signature.CreationTime.Equal(noon) {
		t.Errorf("signed at %v", md.Signature.CreationTime)
	}
}

// Only a key that announces version 2 of encrypted data gets it.
func TestEncryptedDataVersion(t *testing.T) {
	t.Parallel()
	team := newSignerAt(t, noon.Add(-time.Hour))
	cfg := config(noon.Add(-time.Hour))
	cfg.Algorithm, cfg.AEADConfig = packet.PubKeyAlgoEd25519, &packet.AEADConfig{}
	modern, err := openpgp.NewEntity("Jo", "", "jo@example.net", cfg)
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if err := modern.Serialize(&raw); err != nil {
		t.Fatal(err)
	}
	armored, err := enarmor(blockPublic, raw.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	old, young := parseRecipient(t, newSignerAt(t, noon.Add(-time.Hour)).PublicKey(), noon), parseRecipient(t, armored, noon)
	for _, tt := range []struct {
		to   []*Recipient
		want int
	}{{[]*Recipient{old}, 1}, {[]*Recipient{young}, 2}, {[]*Recipient{young, old}, 1}} {
		message, err := team.EncryptSigned([]byte("text"), tt.to, noon, nil)
		if err != nil {
			t.Fatal(err)
		}
		for packets := packet.NewReader(bytes.NewReader(unarmor(t, message))); ; {
			p, err := packets.Next()
			if err != nil {
				t.Fatal(err)
			}
			if se, ok := p.(*packet.SymmetricallyEncrypted); ok {
				if se.Version != tt.want {
					t.Errorf("to %d: version %d, want %d", len(tt.to), se.Version, tt.want)
				}
				break
			}
		}
	}
}

// When a key ends, and what is said then.
func TestRecipientExpiry(t *testing.T) {
	t.Parallel()
	g := newGPG(t)
	made := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	year := made.AddDate(1, 0, 0)
	gen := func(args ...string) {
		g.run(nil, append([]string{"--faked-system-time", "20260101T000000!"}, args...)...)
	}
	gen("--quick-generate-key", "never@example.net", "default", "default", "never")
	gen("--quick-generate-key", "primary@example.net", "default", "default", "seconds=31536000")
	gen("--quick-generate-key", "sub@example.net", "ed25519", "sign", "never")
	gen("--quick-add-key", g.find("sub@example.net"), "cv25519", "encr", "seconds=31536000")
	gen("--quick-generate-key", "two@example.net", "ed25519", "sign", "never")
	gen("--quick-add-key", g.find("two@example.net"), "cv25519", "encr", "seconds=86400")
	gen("--quick-add-key", g.find("two@example.net"), "cv25519", "encr", "seconds=31536000")
	gen("--quick-generate-key", "signs@example.net", "ed25519", "sign", "never")
	gen("--quick-generate-key", "revoked@example.net", "default", "default", "never")
	revocation, err := os.ReadFile(filepath.Join(g.home, "openpgp-revocs.d", g.find("revoked@example.net")+".rev"))
	if err != nil {
		t.Fatal(err)
	}
	g.run([]byte(strings.ReplaceAll(string(revocation), ":-----BEGIN", "-----BEGIN")), "--import")

	now := made.AddDate(0, 1, 0)
	team := newSignerAt(t, made)
	for _, tt := range []struct {
		address string
		expires time.Time
		usable  string // what is said now; "" if it can be used
		later   string // and a day after a year
	}{
		{"never", time.Time{}, "", ""},
		{"primary", year, "", "The key expired on 1 January 2027."},
		{"sub", year, "", "The key expired on 1 January 2027."},
		{"two", year, "", "The key expired on 1 January 2027."},
		{"signs", time.Time{}, "can sign but not encrypt", "can sign but not encrypt"},
		{"revoked", time.Time{}, "revoked", "revoked"},
	} {
		t.Run(tt.address, func(t *testing.T) {
			key := []byte(g.run(nil, "--armor", "--export", tt.address+"@example.net"))
			r, err := ParseAnyRecipient(key)
			if err != nil {
				t.Fatal(err)
			}
			facts, err := PeekKey(key)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Expires().Equal(tt.expires) || !facts.Expires.Equal(tt.expires) {
				t.Errorf("expires %v, %v; want %v", r.Expires(), facts.Expires, tt.expires)
			}
			if facts.Fingerprint != g.find(tt.address+"@example.net") || !facts.Created.Equal(made) ||
				facts.Revoked != (tt.address == "revoked") || facts.Encrypts != (tt.usable == "") ||
				!slices.Equal(facts.Emails, []string{tt.address + "@example.net"}) {
				t.Errorf("facts %+v", facts)
			}
			for at, want := range map[time.Time]string{now: tt.usable, year.AddDate(0, 0, 1): tt.later} {
				_, checked := CheckRecipient(key, at)
				err := r.UsableAt(at)
				_, sent := team.EncryptSigned([]byte("text"), []*Recipient{r}, at, nil)
				if want == "" {
					if err != nil || checked != nil || sent != nil {
						t.Errorf("at %v: %v, %v, %v", at, err, checked, sent)
					}
					continue
				}
				if !errs.Is(err, errs.Invalid) || !strings.Contains(errs.Public(err), want) || checked == nil || sent == nil {
					t.Errorf("at %v: %v (%v, %v), want %q", at, err, checked, sent, want)
				}
			}
		})
	}
}

// A recipient and a signer are shared by many who write at once.
func TestLettersAtOnce(t *testing.T) {
	t.Parallel()
	team, jo := newSignerAt(t, noon.Add(-time.Hour)), newSignerAt(t, noon.Add(-time.Hour))
	r, err := ParseAnyRecipient(jo.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				message, err := team.EncryptSigned([]byte("text"), []*Recipient{r}, noon, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if plain, err := jo.Decrypt(message, 100); err != nil || string(plain) != "text" {
					t.Errorf("got %q, %v", plain, err)
				}
			}
		})
	}
	all.Wait()
}

func TestEmails(t *testing.T) {
	t.Parallel()
	got := emails([]string{"a@Example.net", "B <b@example.net>", "no address", "C <<c@example.net>", "<bad", "D <d@example.net> tail",
		"twice <a@example.net>", "x\r\ny <e@example.net\r\nBcc: f@example.net>", ""})
	if want := []string{"a@example.net", "b@example.net", "c@example.net", "d@example.net"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzPeekKey: facts of any key are told or it is refused; what can be written
// to is told the same way by all.
func FuzzPeekKey(f *testing.F) {
	s := fuzzSigner(f)
	f.Add(s.PublicKey())
	key, err := os.ReadFile("testdata/fuzz-reporter-key.txt")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(key)
	f.Fuzz(func(t *testing.T, key []byte) {
		facts, err := PeekKey(key)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
			return
		}
		r, err := ParseAnyRecipient(key)
		if err != nil || r.Fingerprint() != facts.Fingerprint {
			t.Fatalf("%v, %+v", err, facts)
		}
		_, checked := CheckRecipient(key, noon)
		usable := r.UsableAt(noon)
		if (checked == nil) != (usable == nil) {
			t.Errorf("checked: %v; usable: %v", checked, usable)
		}
		if usable == nil && (!facts.Encrypts || (!facts.Expires.IsZero() && facts.Expires.Before(noon))) {
			t.Errorf("it can be used at noon, and yet %+v", facts)
		}
	})
}
