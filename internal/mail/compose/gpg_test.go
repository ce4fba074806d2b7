package compose

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	stdmail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"steward/internal/base/sign"
)

// gpg runs a real GnuPG in a home of its own, and gives what it says of
// itself beside its output.
func gpg(t *testing.T, home string, stdin []byte, args ...string) (out, status string) {
	t.Helper()
	cmd := exec.Command("gpg", append([]string{"--homedir", home, "--batch", "--no-tty", "--trust-model", "always",
		"--pinentry-mode", "loopback", "--passphrase", "", "--status-fd", "2"}, args...)...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("gpg %v: %v\n%s", args, err, &stderr)
	}
	return stdout.String(), stderr.String()
}

func newHome(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("", "gpg") // not t.TempDir: a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
		os.RemoveAll(home)
	})
	return home
}

// rawParts cuts a multipart message by hand at its boundary, so that what is
// signed is seen byte for byte.
func rawParts(t *testing.T, msg []byte) (kind string, parts [][]byte) {
	t.Helper()
	m, err := stdmail.ReadMessage(bytes.NewReader(msg))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := bytes.Cut(msg, []byte("\r\n\r\n"))
	all := bytes.Split(append([]byte("\r\n"), body...), []byte("\r\n--"+params["boundary"]))
	for _, p := range all[1 : len(all)-1] {
		parts = append(parts, bytes.TrimPrefix(p, []byte("\r\n")))
	}
	// The standard library sees the same parts.
	mr := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for _, p := range parts {
		next, err := mr.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(next)
		_, want, _ := bytes.Cut(p, []byte("\r\n\r\n"))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("a part is %q, %v; want %q", got, err, want)
		}
	}
	return kind, parts
}

// GnuPG finds the signature of a signed letter good, over the bytes that stand
// in it, and opens an encrypted one.
func TestGPGReadsMIME(t *testing.T) {
	t.Parallel()
	team, home := newTeam(t), newHome(t)
	gpg(t, home, team.PublicKey(), "--import")
	gpg(t, home, nil, "--faked-system-time", "20261101T000000!", "--quick-generate-key", "Jo <joerg@example.net>", "future-default", "default", "never")
	key, _ := gpg(t, home, nil, "--armor", "--export", "joerg@example.net")
	to, err := sign.ParseRecipient([]byte(key), noon)
	if err != nil {
		t.Fatal(err)
	}
	l := sample()
	l.Text += "tail \nSehr geehrte Damen und Herren, " + strings.Repeat("é", 300) + "\n"
	l.Attachments = []Attachment{{"a.bin", "application/octet-stream", []byte{0, 1, 2, '\n', '\r'}}}

	msg, err := Signed(l, team, newStream("a"))
	if err != nil {
		t.Fatal(err)
	}
	kind, parts := rawParts(t, msg)
	if kind != "multipart/signed" || len(parts) != 2 {
		t.Fatalf("%s of %d parts", kind, len(parts))
	}
	_, sig, _ := bytes.Cut(parts[1], []byte("\r\n\r\n"))
	sigFile, dataFile := filepath.Join(home, "sig"), filepath.Join(home, "data")
	for name, data := range map[string][]byte{sigFile: sig, dataFile: parts[0]} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, status := gpg(t, home, nil, "--verify", sigFile, dataFile); !strings.Contains(status, "GOODSIG") || !strings.Contains(status, team.Fingerprint()) {
		t.Errorf("signed: %s", status)
	}

	if msg, err = Encrypted(l, team, to, "", newStream("a")); err != nil {
		t.Fatal(err)
	}
	kind, parts = rawParts(t, msg)
	if kind != "multipart/encrypted" || len(parts) != 2 {
		t.Fatalf("%s of %d parts", kind, len(parts))
	}
	_, sealed, _ := bytes.Cut(parts[1], []byte("\r\n\r\n"))
	clear, status := gpg(t, home, sealed, "--decrypt")
	if !strings.Contains(status, "GOODSIG") || !strings.Contains(status, "VALIDSIG "+team.Fingerprint()) || !strings.Contains(status, "GOODMDC") {
		t.Errorf("encrypted: %s", status)
	}
	m, err := stdmail.ReadMessage(strings.NewReader(clear))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != l.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
}
