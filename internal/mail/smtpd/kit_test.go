package smtpd

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// box keeps mail in memory.
type box struct {
	mu     sync.Mutex
	mails  []kept
	err    error
	panic  bool
	begun  chan bool // told when Keep begins, if not nil
	resume chan bool // waited for
}

type kept struct {
	Envelope
	raw string
}

func (b *box) keep(_ context.Context, e Envelope, raw []byte) error {
	if b.begun != nil {
		b.begun <- true
		<-b.resume
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.panic {
		panic("a secret")
	}
	if b.err == nil {
		b.mails = append(b.mails, kept{e, string(raw)})
	}
	return b.err
}

func (b *box) all() []kept {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.mails
}

// start runs a server and gives its address.
func start(t testing.TB, b *box, change func(*Config)) (*Server, string) {
	t.Helper()
	c := Config{
		Host: "mx.example.org", Domains: []string{"example.org"}, Locals: []string{"security"},
		Clock: func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }, Random: rand.Reader, Keep: b.keep,
	}
	if change != nil {
		change(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
		defer stop()
		_ = s.Shutdown(ctx)
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return s, l.Addr().String()
}

// client writes bytes and reads answers, as no honest library does.
type client struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dial(t testing.TB, addr string) *client {
	t.Helper()
	n, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	_ = n.SetDeadline(time.Now().Add(20 * time.Second))
	c := &client{t, n, bufio.NewReader(n)}
	c.expect("220")
	return c
}

// answer reads one answer, of several lines; "" at the end.
func (c *client) answer() string {
	var all strings.Builder
	for {
		l, err := c.r.ReadString('\n')
		all.WriteString(l)
		if err != nil || len(l) < 4 || l[3] != '-' {
			return all.String()
		}
	}
}

func (c *client) expect(code string) string {
	c.t.Helper()
	got := c.answer()
	if !strings.HasPrefix(got, code) {
		c.t.Errorf("answer %q, want %s", got, code)
	}
	return got
}

// say sends bytes as they are and expects an answer.
func (c *client) say(s, code string) string {
	c.t.Helper()
	c.send(s)
	return c.expect(code)
}

func (c *client) send(s string) {
	c.t.Helper()
	if _, err := c.Write([]byte(s)); err != nil {
		c.t.Errorf("sending: %v", err)
	}
}

// open says all that comes before the mail itself.
func (c *client) open() *client {
	c.t.Helper()
	c.say("EHLO client.example.net\r\n", "250")
	return c.mail()
}

func (c *client) mail() *client {
	c.t.Helper()
	c.say("MAIL FROM:<ann@example.net>\r\n", "250")
	c.say("RCPT TO:<security@example.org>\r\n", "250")
	c.say("DATA\r\n", "354")
	return c
}

func certificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"mx.example.org"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
