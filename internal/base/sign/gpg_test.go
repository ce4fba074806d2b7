package sign

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// noon is when everything happens in these tests unless they say otherwise.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// gpg is a real GnuPG with a key ring of its own.
type gpg struct {
	t    *testing.T
	home string
}

// newGPG starts with an empty key ring. GnuPG is needed, not optional: what
// we publish must be readable for it.
func newGPG(t *testing.T) *gpg {
	t.Helper()
	if _, err := exec.LookPath("gpg"); err != nil {
		t.Fatalf("gpg is needed for this test (Debian: apt-get install gnupg): %v", err)
	}
	// Not t.TempDir: the agent's socket has a path of at most 107 bytes.
	home, err := os.MkdirTemp("", "gpg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
		os.RemoveAll(home)
	})
	return &gpg{t, home}
}

// try runs gpg and gives its output.
func (g *gpg) try(stdin []byte, args ...string) (string, error) {
	args = append([]string{"--homedir", g.home, "--batch", "--no-tty", "--trust-model", "always",
		"--pinentry-mode", "loopback", "--passphrase", ""}, args...)
	cmd := exec.Command("gpg", args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	if err != nil {
		return errOut.String(), err
	}
	return out.String(), nil
}

func (g *gpg) run(stdin []byte, args ...string) string {
	g.t.Helper()
	out, err := g.try(stdin, args...)
	if err != nil {
		g.t.Fatalf("gpg %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (g *gpg) file(name string, data []byte) string {
	g.t.Helper()
	path := filepath.Join(g.home, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		g.t.Fatal(err)
	}
	return path
}

func newSignerAt(t *testing.T, at time.Time) *Signer {
	t.Helper()
	s, err := Generate(nil, "Example Security Team", "security@example.org", at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGPGAcceptsWhatWeSign(t *testing.T) {
	t.Parallel()
	g, s := newGPG(t), newSignerAt(t, noon.Add(-time.Hour))
	g.run(s.PublicKey(), "--import")
	if list := g.run(nil, "--list-keys", "--with-colons"); !strings.Contains(list, s.Fingerprint()) ||
		!strings.Contains(list, "Example Security Team <security@example.org>") {
		t.Errorf("the imported key is not %s:\n%s", s.Fingerprint(), list)
	}
	for name, data := range map[string][]byte{
		"text":   []byte("An advisory.\n"),
		"empty":  nil,
		"binary": {0, 13, 10, 255, 26},
		"large":  bytes.Repeat([]byte("0123456789abcdef"), 1<<16),
	} {
		sig, err := s.Detach(data, noon)
		if err != nil {
			t.Fatal(err)
		}
		g.run(nil, "--verify", g.file(name+".asc", sig), g.file(name, data))
	}
	clear, err := s.Clearsign([]byte("Contact: mailto:security@example.org\n- a dash\n--\n\nFrom here on\n"), noon)
	if err != nil {
		t.Fatal(err)
	}
	g.run(clear, "--verify")
	got := g.run(clear, "--decrypt") // gpg's way of taking the text out
	if want := "Contact: mailto:security@example.org\n- a dash\n--\n\nFrom here on\n"; got != want {
		t.Errorf("gpg reads the signed text as %q, want %q", got, want)
	}
}

func TestGPGEncryptsToUs(t *testing.T) {
	t.Parallel()
	g, s := newGPG(t), newSignerAt(t, noon.Add(-time.Hour))
	g.run(s.PublicKey(), "--import")
	g.run(nil, "--quick-generate-key", "Reporter <r@example.net>", "default", "default", "never")
	secret := []byte("A report in confidence.\n" + strings.Repeat("The stack overflows. ", 500))
	for _, args := range [][]string{
		{"--armor", "--recipient"},
		{"--recipient"},
		{"--armor", "--compress-algo", "zlib", "--recipient"},
		{"--armor", "--sign", "--local-user", "r@example.net", "--recipient"},
		{"--armor", "--hidden-recipient"},
	} {
		message := []byte(g.run(secret, append(append([]string{"--encrypt"}, args...), s.Fingerprint())...))
		plain, err := s.Decrypt(message, 1<<20)
		if err != nil {
			t.Errorf("gpg %v: %v", args, err)
		} else if !bytes.Equal(plain, secret) {
			t.Errorf("gpg %v: %q", args, plain)
		}
		if _, err := s.Decrypt(message, 100); err == nil {
			t.Errorf("gpg %v: a message beyond the limit was opened", args)
		}
		if _, err := newSignerAt(t, noon).Decrypt(message, 1<<20); err == nil {
			t.Errorf("gpg %v: another key opened the message", args)
		}
		message[len(message)/2] ^= 1
		if _, err := s.Decrypt(message, 1<<20); err == nil {
			t.Errorf("gpg %v: an altered message was opened", args)
		}
	}
	if _, err := s.Decrypt(g.signed(secret), 1<<20); err == nil {
		t.Error("a message that is not encrypted was opened")
	}
}

func (g *gpg) signed(data []byte) []byte {
	return []byte(g.run(data, "--armor", "--sign", "--local-user", "r@example.net"))
}

func TestGPGReadsWhatWeEncrypt(t *testing.T) {
	t.Parallel()
	secret := []byte("Grüße, and a plan.\n")
	for _, kind := range []string{"default", "rsa2048", "future-default"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			g := newGPG(t)
			usage := "default"
			g.run(nil, "--quick-generate-key", "Reporter <r@example.net>", kind, usage, "never")
			if kind == "rsa2048" {
				g.run(nil, "--quick-add-key", g.fingerprint(), "rsa2048", "encr", "never")
			}
			key := []byte(g.run(nil, "--armor", "--export", "r@example.net"))
			fpr, err := CheckRecipient(key, time.Now())
			if err != nil || fpr != g.fingerprint() {
				t.Fatalf("CheckRecipient: %s, %v; want %s", fpr, err, g.fingerprint())
			}
			message, err := EncryptTo(key, secret, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if got := g.run(message, "--decrypt"); got != string(secret) {
				t.Errorf("gpg reads %q", got)
			}
		})
	}
}

// fingerprint gives the first fingerprint in the key ring.
func (g *gpg) fingerprint() string {
	g.t.Helper()
	for line := range strings.Lines(g.run(nil, "--list-keys", "--with-colons")) {
		if f := strings.Split(line, ":"); f[0] == "fpr" {
			return f[9]
		}
	}
	g.t.Fatal("no key in the key ring")
	return ""
}

func (g *gpg) readFile(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(g.home, name))
}
