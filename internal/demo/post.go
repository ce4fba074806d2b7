package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"steward/internal/base/db"
	"steward/internal/base/jobs"
	"steward/internal/mail/read"
	"steward/internal/mail/relay"
)

// letters is the world's mail as the replay has it: a real SMTP server on this
// machine that Steward hands its letters to, and that keeps them.
type letters struct {
	mu  sync.Mutex
	all []letter
	dir string // every letter is left here as a file; empty: nowhere
	srv *smtp.Server
	ln  net.Listener
	n   int
}

// letter is one message as it went out.
type letter struct {
	to   string
	raw  []byte
	seen bool // by await
}

func newLetters(dir string) (*letters, error) {
	if dir != "" {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("--mail: %w", err)
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &letters{dir: dir, ln: ln}
	l.srv = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{post: l}, nil }))
	l.srv.Domain = "relay.example"
	go func() { _ = l.srv.Serve(ln) }()
	return l, nil
}

func (l *letters) address() string { return l.ln.Addr().String() }

func (l *letters) close() { _ = l.srv.Close() }

// delivery is one message on its way in.
type delivery struct {
	post *letters
	to   string
}

func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = to
	return nil
}
func (d *delivery) Reset()        { d.to = "" }
func (d *delivery) Logout() error { return nil }

func (d *delivery) Data(r io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(r, 32<<20))
	if err != nil {
		return err
	}
	return d.post.keep(d.to, raw)
}

func (l *letters) keep(to string, raw []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, letter{to: to, raw: raw})
	if l.dir == "" {
		return nil
	}
	l.n++
	name := fmt.Sprintf("%03d-%s.eml", l.n, strings.Map(func(r rune) rune {
		if r == '/' || r == os.PathSeparator {
			return '-'
		}
		return r
	}, to))
	return os.WriteFile(filepath.Join(l.dir, name), raw, 0o644)
}

// await waits for the next letter to an address that nobody has read yet.
func (l *letters) await(ctx context.Context, to string) ([]byte, error) {
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		l.mu.Lock()
		for i := range l.all {
			if m := &l.all[i]; m.to == to && !m.seen {
				m.seen = true
				l.mu.Unlock()
				return m.raw, nil
			}
		}
		l.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil, errors.New("no letter came to " + to)
}

// snapshot gives all letters so far.
func (l *letters) snapshot() []letter {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}

// send hands a mail to the team's own door, as any mail server does.
func (r *replay) send(ctx context.Context, from, to string, raw []byte) error {
	s := relay.Relay{Address: r.door, TLS: relay.None, Helo: "mail.example"}
	return s.Send(ctx, from, to, raw, nil)
}

// plainText is the text of a letter that anyone can read.
func plainText(raw []byte) (string, error) {
	m := read.Reader{}.Read(raw)
	if m.Crypto.Form == read.FormMIMEEncrypted {
		return "", errors.New("it is encrypted")
	}
	return m.Text, nil
}

// allSent waits until no letter is on its way.
func (r *replay) allSent(ctx context.Context) error {
	for range 400 {
		var left int
		err := r.app.DB.Read(ctx, func(q db.Queryer) error {
			counts, err := r.app.Jobs.Counts(ctx, q)
			left = counts[jobs.Waiting] + counts[jobs.Running]
			return err
		})
		if err != nil || left == 0 {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("letters are still on their way")
}

// secrets tries every letter with every key: whoever it was written to opens
// it, and nobody else. What was not encrypted says nothing of the case.
func (r *replay) secrets(ctx context.Context) error {
	if err := r.allSent(ctx); err != nil {
		return err
	}
	sealed, open := 0, 0
	for _, l := range r.post.snapshot() {
		if !strings.Contains(string(l.raw), "BEGIN PGP MESSAGE") {
			open++
			for _, secret := range []string{"SOCKS5", "Heap overflow", "heap buffer", r.jay.email} {
				if strings.Contains(string(l.raw), secret) && l.to != r.jay.email && l.to != subscriber {
					return fmt.Errorf("a letter to %s says %q to anyone on its way", l.to, secret)
				}
			}
			continue
		}
		sealed++
		for _, p := range r.persons {
			_, err := p.opens(ctx, l.raw)
			if (err == nil) != (p.email == l.to) {
				return fmt.Errorf("the letter to %s, tried by %s: %v", l.to, p.email, err)
			}
		}
	}
	r.step("%d letters went out encrypted and were tried with the keys of %d people: each opens for its reader alone.", sealed, len(r.persons))
	r.detail("%d went out in clear and say nothing of what was not public.", open)
	return nil
}
