package mailtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Kind is a kind of OpenPGP key.
type Kind string

// The kinds of keys. All but RSA3072 are made in hundredths of a second.
const (
	CV25519  Kind = "cv25519"   // what GnuPG makes today
	RSA3072  Kind = "rsa3072"   // what many still have; takes up to seconds
	Expired  Kind = "expired"   // like CV25519, for a day in 2020
	Revoked  Kind = "revoked"   // like CV25519, and taken back by its owner
	SignOnly Kind = "sign-only" // has no subkey to encrypt to
)

// Person is somebody with a key in a GnuPG of their own, without a
// passphrase. It trusts every key that it knows.
type Person struct {
	Name, Email string
	Fingerprint string // of the primary key, in hexadecimal capitals
	Home        string // what GNUPGHOME says

	t testing.TB
}

// Plain is what a message turned out to be.
type Plain struct {
	Text     []byte
	Verified bool   // it has a good signature, by a key that is neither expired nor revoked
	Signer   string // the fingerprint of the primary key that made it, if the key is known
}

// personKeeper ends the agent, which would outlive us, and removes the keys.
const personKeeper = `read -r _; gpgconf --homedir "$1" --kill all; rm -rf "$1"`

// NewPerson makes a person with a key. It goes with the test.
func NewPerson(t testing.TB, name, email string, kind Kind) *Person {
	t.Helper()
	program(t, "gpg")
	p := &Person{Name: name, Email: email, Home: folder(t, "gpg", false), t: t}
	writeFile(t, p.Home+"/gpg.conf", "no-auto-key-retrieve\nno-auto-key-locate\n")
	t.Cleanup(keep(t, personKeeper, p.Home))
	args := []string{"--passphrase", "", "--quick-gen-key", fmt.Sprintf("%s <%s>", name, email)}
	switch kind {
	case CV25519, Revoked:
		args = append(args, "future-default", "default", "never")
	case RSA3072:
		args = append(args, "rsa3072", "default", "never")
	case Expired:
		args = append([]string{"--faked-system-time", "20200101T000000!"}, append(args, "future-default", "default", "1d")...)
	case SignOnly:
		args = append(args, "ed25519", "sign", "never")
	default:
		t.Fatalf("no kind of key is called %q", kind)
	}
	_, status := p.must(nil, args...)
	for _, s := range status {
		if s[0] == "KEY_CREATED" {
			p.Fingerprint = s[2]
		}
	}
	switch kind {
	case Revoked:
		p.Revoke()
	case RSA3072: // GnuPG makes a subkey by itself for its default only
		p.must(nil, "--passphrase", "", "--quick-add-key", p.Fingerprint, "rsa3072", "encrypt", "never")
	}
	return p
}

// Revoke takes the key back, as its PublicKey tells from then on. It uses the
// certificate that GnuPG made along with the key and broke by a colon, lest it
// be used by mistake.
func (p *Person) Revoke() {
	p.t.Helper()
	cert, err := os.ReadFile(filepath.Join(p.Home, "openpgp-revocs.d", p.Fingerprint+".rev"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.must(bytes.Replace(cert, []byte("\n:-----BEGIN"), []byte("\n-----BEGIN"), 1), "--import")
}

// PublicKey is the armoured public key.
func (p *Person) PublicKey() []byte {
	p.t.Helper()
	out, _ := p.must(nil, "--armor", "--export", p.Fingerprint)
	return out
}

// SecretKey is the armoured private key, for programs that take one.
func (p *Person) SecretKey() []byte {
	p.t.Helper()
	out, _ := p.must(nil, "--armor", "--export-secret-keys", p.Fingerprint)
	return out
}

// Knows imports an armoured public key, so that its signatures can be
// verified, and gives its fingerprint.
func (p *Person) Knows(key []byte) string {
	p.t.Helper()
	_, status := p.must(key, "--import")
	for _, s := range status {
		if s[0] == "IMPORT_OK" && len(s) == 3 {
			p.must([]byte(s[2]+":6:\n"), "--import-ownertrust") // neomutt asks about each key that it does not trust
			return s[2]
		}
	}
	p.t.Fatalf("no key was imported: %v", status)
	return ""
}

// Encrypt encrypts to armoured public keys, which need not be known. It fails
// as GnuPG does, as for a key that is expired, revoked or cannot encrypt.
func (p *Person) Encrypt(text []byte, keys ...[]byte) ([]byte, error) {
	p.t.Helper()
	return p.encrypt(text, keys, "--encrypt")
}

// SignEncrypt signs and encrypts in one, like [Person.Encrypt].
func (p *Person) SignEncrypt(text []byte, keys ...[]byte) ([]byte, error) {
	p.t.Helper()
	return p.encrypt(text, keys, "--local-user", p.Fingerprint, "--sign", "--encrypt")
}

func (p *Person) encrypt(text []byte, keys [][]byte, args ...string) ([]byte, error) {
	p.t.Helper()
	dir := p.t.TempDir()
	args = append([]string{"--armor"}, args...)
	for i, key := range keys {
		path := filepath.Join(dir, fmt.Sprintf("%d.asc", i))
		writeFile(p.t, path, string(key))
		args = append(args, "--recipient-file", path)
	}
	out, _, err := p.gpg(text, args...)
	return out, err
}

// Decrypt decrypts a message, armoured or not, and verifies the signature in
// it if it has one. It reads signed messages and clear text signatures, too.
func (p *Person) Decrypt(message []byte) (Plain, error) {
	p.t.Helper()
	out, status, err := p.gpg(message, "--decrypt")
	plain := Plain{Text: out}
	plain.Verified, plain.Signer = verdict(status)
	// GnuPG fails for a signature by a key that it does not know, though it decrypted.
	if err != nil && !slices.ContainsFunc(status, func(s []string) bool { return s[0] == "DECRYPTION_OKAY" || s[0] == "PLAINTEXT" }) {
		return Plain{}, err
	}
	return plain, nil
}

// ClearSign signs a text that stays legible.
func (p *Person) ClearSign(text []byte) []byte {
	p.t.Helper()
	out, _ := p.must(text, "--local-user", p.Fingerprint, "--clear-sign")
	return out
}

// DetachSign makes an armoured signature apart from the data.
func (p *Person) DetachSign(data []byte) []byte {
	p.t.Helper()
	out, _ := p.must(data, "--armor", "--local-user", p.Fingerprint, "--detach-sign")
	return out
}

// Verify judges a signature apart from the data, like [Plain].
func (p *Person) Verify(data, signature []byte) (verified bool, signer string) {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), "signature.asc")
	writeFile(p.t, path, string(signature))
	_, status, _ := p.gpg(data, "--verify", path, "-") // what is wrong is in the status
	return verdict(status)
}

// verdict reads the status lines about signatures: one good, and nothing else.
func verdict(status [][]string) (verified bool, signer string) {
	signatures, good := 0, 0
	for _, s := range status {
		switch s[0] {
		case "NEWSIG":
			signatures++
		case "GOODSIG":
			good++
		case "VALIDSIG": // its last word is the primary key's fingerprint
			signer = s[len(s)-1]
		case "BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "FAILURE":
			good = -1 << 20
		}
	}
	return signatures == 1 && good == 1 && signer != "", signer
}

// must runs gpg where it cannot fail but by our mistake.
func (p *Person) must(in []byte, args ...string) ([]byte, [][]string) {
	p.t.Helper()
	out, status, err := p.gpg(in, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	return out, status
}

// gpg runs gpg and gives what it printed and its status lines as words.
func (p *Person) gpg(in []byte, args ...string) (out []byte, status [][]string, err error) {
	p.t.Helper()
	lines, give, err := os.Pipe()
	if err != nil {
		p.t.Fatal(err)
	}
	defer lines.Close()
	cmd := exec.Command("gpg", append([]string{
		"--homedir", p.Home, "--batch", "--no-tty", "--pinentry-mode", "loopback", "--trust-model", "always", "--status-fd", "3"}, args...)...)
	cmd.Env = environ()
	cmd.Stdin = bytes.NewReader(in)
	cmd.ExtraFiles = []*os.File{give}
	cmd.WaitDelay = patience
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		_ = give.Close()
		p.t.Fatal(err)
	}
	_ = give.Close()
	status = statusLines(lines)
	if err := cmd.Wait(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			p.t.Fatalf("running gpg: %v", err)
		}
		return stdout.Bytes(), status, fmt.Errorf("gpg: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return stdout.Bytes(), status, nil
}

func statusLines(f *os.File) (status [][]string) {
	var b bytes.Buffer
	_, _ = b.ReadFrom(f)
	for line := range strings.Lines(b.String()) {
		if rest, ok := strings.CutPrefix(line, "[GNUPG:] "); ok {
			if words := strings.Fields(rest); len(words) > 0 {
				status = append(status, words)
			}
		}
	}
	return status
}
