package sign

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
)

// Each key that cannot be used is refused with words that say what to do.
func TestCheckRecipientRefuses(t *testing.T) {
	t.Parallel()
	g := newGPG(t)
	export := func(address string) []byte { return []byte(g.run(nil, "--armor", "--export", address)) }

	g.run(nil, "--quick-generate-key", "good@example.net", "default", "default", "never")
	good := export("good@example.net")
	goodFPR := g.fingerprint()
	g.run(nil, "--quick-generate-key", "other@example.net", "default", "default", "never")
	g.run(nil, "--quick-generate-key", "signs@example.net", "ed25519", "sign", "never")
	g.run(nil, "--faked-system-time", "20240101T000000", "--quick-generate-key", "old@example.net", "default", "default", "1y")
	g.run(nil, "--faked-system-time", "20240101T000000", "--quick-generate-key", "oldsub@example.net", "ed25519", "sign", "never")
	g.run(nil, "--faked-system-time", "20240102T000000", "--quick-add-key", g.find("oldsub@example.net"), "cv25519", "encr", "1y")
	g.run(nil, "--quick-generate-key", "dsa@example.net", "dsa2048", "default", "never")
	g.run(nil, "--quick-add-key", g.find("dsa@example.net"), "elg2048", "encr", "never")

	g.run(nil, "--quick-generate-key", "revoked@example.net", "default", "default", "never")
	revocation, err := os.ReadFile(filepath.Join(g.home, "openpgp-revocs.d", g.find("revoked@example.net")+".rev"))
	if err != nil {
		t.Fatal(err)
	}
	// GnuPG puts a colon before the block, so that it is not used by mistake.
	g.run([]byte(strings.ReplaceAll(string(revocation), ":-----BEGIN", "-----BEGIN")), "--import")

	tests := []struct {
		name string
		key  []byte
		want string // part of the message; "" for a key that is accepted
	}{
		{"good", good, ""},
		{"good with text around", []byte("Here is my key:\n\n" + string(good) + "\nRegards\n"), ""},
		{"good with CRLF", []byte(strings.ReplaceAll(string(good), "\n", "\r\n")), ""},
		{"expired", export("old@example.net"), "The key has expired."},
		{"expired subkey", export("oldsub@example.net"), "The part of the key that encrypts has expired."},
		{"revoked", export("revoked@example.net"), "The key has been revoked."},
		{"signs only", export("signs@example.net"), "The key can sign but not encrypt."},
		{"too weak", export("dsa@example.net"), "too weak today"},
		{"private", []byte(g.run(nil, "--armor", "--export-secret-keys", "good@example.net")), "This is a private key."},
		{"private that calls itself public", []byte(strings.ReplaceAll(
			g.run(nil, "--armor", "--export-secret-keys", "good@example.net"), "PRIVATE KEY", "PUBLIC KEY")), "This is a private key."},
		{"two keys in one block", []byte(g.run(nil, "--armor", "--export", "good@example.net", "other@example.net")), "more than one key"},
		{"two blocks", append(append([]byte(nil), good...), export("other@example.net")...), "more than one key"},
		{"too large", append(append([]byte(nil), good...), make([]byte, 64<<10)...), "larger than 64 KiB"},
		{"a signature", g.signedBy("good@example.net"), "not an OpenPGP public key"},
		{"empty", nil, "not an OpenPGP public key"},
		{"junk", []byte("ssh-ed25519 AAAAC3Nza r@example.net"), "not an OpenPGP public key"},
		{"cut off", good[:len(good)/2], "damaged"},
		{"frame only", []byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----\n"), "damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fpr, err := CheckRecipient(tt.key, time.Now())
			if tt.want == "" {
				if err != nil || fpr != goodFPR {
					t.Errorf("got %q, %v; want %s", fpr, err, goodFPR)
				}
				return
			}
			if !errs.Is(err, errs.Invalid) || !strings.Contains(errs.Public(err), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if _, err := EncryptTo(tt.key, []byte("text"), time.Now()); err == nil {
				t.Error("a message was encrypted to it all the same")
			}
		})
	}
}

// find gives the fingerprint of the key of an address.
func (g *gpg) find(address string) string {
	g.t.Helper()
	for line := range strings.Lines(g.run(nil, "--list-keys", "--with-colons", address)) {
		if f := strings.Split(line, ":"); f[0] == "fpr" {
			return f[9]
		}
	}
	g.t.Fatalf("no key of %s", address)
	return ""
}

func (g *gpg) signedBy(address string) []byte {
	return []byte(g.run([]byte("text"), "--armor", "--detach-sign", "--local-user", address))
}
