package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"steward/internal/base/sign"
	"steward/internal/mail/read"
)

// person is someone with a key in a GnuPG of their own: nothing that they write
// or read passes through our own OpenPGP.
type person struct {
	name, email string
	home        string
	clock       *clock
	key         []byte // public, armored
}

// gpgProgram is the peer whose word the replay takes.
const gpgProgram = "gpg"

// newPerson makes a person with a key, in a folder below dir.
func newPerson(ctx context.Context, dir string, c *clock, name, email string) (*person, error) {
	if _, err := exec.LookPath(gpgProgram); err != nil {
		return nil, errors.New("the replay needs gpg, to write and read letters as other people do: install gnupg")
	}
	p := &person{name: name, email: email, home: filepath.Join(dir, strings.ToLower(name)), clock: c}
	if err := os.MkdirAll(p.home, 0o700); err != nil {
		return nil, err
	}
	// A day before, so that the key is there when it is first used.
	made := c.now().Add(-24 * time.Hour)
	if _, err := p.gpgAt(ctx, made, nil, "--passphrase", "", "--quick-gen-key", name+" <"+email+">", "ed25519", "default", "never"); err != nil {
		return nil, err
	}
	fingerprint, err := p.fingerprint(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := p.gpgAt(ctx, made, nil, "--passphrase", "", "--quick-add-key", fingerprint, "cv25519", "encr", "never"); err != nil {
		return nil, err
	}
	p.key, err = p.gpg(ctx, nil, "--armor", "--export", email)
	return p, err
}

func (p *person) fingerprint(ctx context.Context) (string, error) {
	out, err := p.gpg(ctx, nil, "--with-colons", "--list-keys", p.email)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(out)) {
		if f := strings.Split(line, ":"); f[0] == "fpr" && len(f) > 9 {
			return f[9], nil
		}
	}
	return "", fmt.Errorf("gpg made no key for %s", p.name)
}

func (p *person) gpg(ctx context.Context, in []byte, args ...string) ([]byte, error) {
	return p.gpgAt(ctx, p.clock.now(), in, args...)
}

// gpgAt runs gpg at a time of the past.
func (p *person) gpgAt(ctx context.Context, at time.Time, in []byte, args ...string) ([]byte, error) {
	args = append([]string{
		"--homedir", p.home, "--batch", "--no-tty", "--yes", "--quiet", "--trust-model", "always", "--pinentry-mode", "loopback",
		"--faked-system-time", at.UTC().Format("20060102T150405") + "!",
	}, args...)
	cmd := exec.CommandContext(ctx, gpgProgram, args...)
	var out, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("gpg for %s: %w: %s", p.name, err, strings.TrimSpace(complaint.String()))
	}
	return out.Bytes(), nil
}

// knows makes a person know someone's key.
func (p *person) knows(ctx context.Context, key []byte) error {
	_, err := p.gpg(ctx, key, "--import")
	return err
}

// leave ends gpg's agent, which would outlive the replay.
func (p *person) leave() {
	_ = exec.Command("gpgconf", "--homedir", p.home, "--kill", "all").Run() // it may have ended by itself
}

// write composes a signed and encrypted mail, as RFC 3156 has it: gpg makes the
// secret of it, and the envelope around tells nothing.
func (p *person) write(ctx context.Context, to, subject, text string, more ...attachment) ([]byte, error) {
	const parts = "=-parts"
	inner := "Content-Type: text/plain; charset=utf-8; protected-headers=v1\r\nSubject: " + subject + "\r\n\r\n" + crlf(text)
	if len(more) > 0 {
		inner = "Content-Type: multipart/mixed; boundary=\"" + parts + "\"; protected-headers=v1\r\nSubject: " + subject + "\r\n\r\n" +
			"--" + parts + "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + crlf(text) + "\r\n"
		for _, a := range more {
			inner += "--" + parts + "\r\nContent-Type: " + a.kind + "\r\nContent-Disposition: attachment; filename=\"" + a.name + "\"\r\n\r\n" + crlf(string(a.data)) + "\r\n"
		}
		inner += "--" + parts + "--\r\n"
	}
	secret, err := p.gpg(ctx, []byte(inner), "--armor", "--local-user", p.email, "--recipient", address(to), "--recipient", p.email, "--sign", "--encrypt")
	if err != nil {
		return nil, err
	}
	const outer = "=-encrypted"
	at := p.clock.now()
	return []byte(fmt.Sprintf("From: %s <%s>\r\nTo: %s\r\nSubject: ...\r\nDate: %s\r\nMessage-ID: <%d.%s>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=\"%s\"\r\n\r\n"+
		"--%s\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"+
		"--%s\r\nContent-Type: application/octet-stream\r\n\r\n%s\r\n--%s--\r\n",
		p.name, p.email, to, at.Format(time.RFC1123Z), at.UnixMicro(), p.email, outer, outer, outer, crlf(string(secret)), outer)), nil
}

type attachment struct {
	name, kind string
	data       []byte
}

// address gives the address that a tag was put into, as keys have it.
func address(to string) string {
	local, domain, _ := strings.Cut(to, "@")
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + domain
}

func crlf(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

// opens tells whether this person's gpg opens a mail, and what it says.
func (p *person) opens(ctx context.Context, raw []byte) (read.Message, error) {
	var failed error
	r := read.Reader{Open: func(secret []byte, _ int64) (sign.Opened, error) {
		plain, err := p.gpg(ctx, secret, "--decrypt")
		failed = err
		return sign.Opened{Plain: plain, Encrypted: err == nil, Protected: err == nil}, err
	}}
	m := r.Read(raw)
	if failed == nil && m.Crypto.Form != read.FormMIMEEncrypted {
		failed = errors.New("it is not encrypted")
	}
	return m, failed
}
