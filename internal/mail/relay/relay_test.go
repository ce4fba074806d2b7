package relay

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"steward/internal/base/errs"
)

// authority is a certificate authority of a test and a server's certificate.
type authority struct {
	roots  *x509.CertPool
	server *tls.Config
}

func newAuthority(t *testing.T, names ...string) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, n)
		}
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(rootDER)
	if err != nil {
		t.Fatal(err)
	}
	a := authority{x509.NewCertPool(), &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leafDER}, PrivateKey: key}}}}
	a.roots.AddCert(root)
	return a
}

// post is a real server that keeps what it takes.
type post struct {
	mu      sync.Mutex
	from    []string
	to      []string
	bodies  []string
	logins  int
	conns   int
	refuses map[string]*smtp.SMTPError // by recipient
}

func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := c.TLSConnectionState(); ok {
		p.conns++
	}
	return &postSession{post: p}, nil
}

type postSession struct {
	post     *post
	from, to string
	in       bool
}

func (s *postSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *postSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "team" || password != "sesam öffne" {
			return smtp.ErrAuthFailed
		}
		s.post.mu.Lock()
		defer s.post.mu.Unlock()
		s.post.logins++
		s.in = true
		return nil
	}), nil
}

func (s *postSession) Mail(from string, _ *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.post.refuses[to]; err != nil {
		return err
	}
	s.to = to
	return nil
}

func (s *postSession) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.post.from, s.post.to, s.post.bodies = append(s.post.from, s.from), append(s.post.to, s.to), append(s.post.bodies, string(body))
	return nil
}

func (s *postSession) Reset()        { s.from, s.to = "", "" }
func (s *postSession) Logout() error { return nil }

// newPost starts a real server and gives a Relay for it.
func newPost(t *testing.T, way TLS) (*post, Relay) {
	t.Helper()
	ca := newAuthority(t, "127.0.0.1")
	p := &post{refuses: map[string]*smtp.SMTPError{}}
	server := smtp.NewServer(p)
	server.Domain, server.EnableSMTPUTF8, server.MaxMessageBytes = "mail.example.org", true, 100<<10
	server.ErrorLog = log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	switch way {
	case StartTLS:
		server.TLSConfig = ca.server
	case Implicit:
		l = tls.NewListener(l, ca.server)
	case None:
		server.AllowInsecureAuth = true
	}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("sesam öffne\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return p, Relay{Address: address, TLS: way, Roots: ca.roots, Username: "team", PasswordFile: file, Helo: "security.example.org"}
}

const (
	from = "security@example.org"
	jo   = "jo@example.net"
)

func letter(text string) []byte {
	return []byte("From: <security@example.org>\r\nTo: <jo@example.net>\r\nSubject: x\r\n\r\n" + text)
}

// A message arrives byte for byte, each way, and many over one connection.
func TestSendToRealServer(t *testing.T) {
	t.Parallel()
	for _, way := range []TLS{StartTLS, Implicit, None} {
		t.Run(string(way), func(t *testing.T) {
			t.Parallel()
			p, r := newPost(t, way)
			texts := []string{"one\r\n", ".\r\n..\r\n.x\r\n\r\n.\r\n", strings.Repeat(strings.Repeat("x", 900)+"\r\n.\r\n", 90), "Grüße\r\n", ""}
			if err := r.Send(context.Background(), from, jo, letter(texts[0]), nil); err != nil {
				t.Fatal(err)
			}
			s, err := r.Open(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range texts[1:] {
				if err := s.Send(context.Background(), from, "jo@bücher.example", letter(text), nil); err != nil {
					t.Errorf("%.20q: %v", text, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if err := s.Send(context.Background(), from, jo, letter(""), nil); KindOf(err) != Temporary || s.Alive() {
				t.Errorf("after the end: %v", err)
			}
			if len(p.bodies) != len(texts) || p.logins != 2 {
				t.Fatalf("%d messages, %d logins", len(p.bodies), p.logins)
			}
			for i, text := range texts {
				if p.bodies[i] != string(letter(text)) {
					t.Errorf("%.40q arrived as %.100q", text, p.bodies[i])
				}
			}
			if p.to[1] != "jo@xn--bcher-kva.example" || p.from[0] != from {
				t.Errorf("envelopes %q, %q", p.from, p.to)
			}
		})
	}
}

// One refused message does not end a session, and its error tells codes only.
func TestRefusedMessage(t *testing.T) {
	t.Parallel()
	p, r := newPost(t, StartTLS)
	p.refuses["gone@example.net"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no\x07 gone@example.net " + strings.Repeat("y", 500)}
	p.refuses["busy@example.net"] = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	s, err := r.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, tt := range []struct {
		to       string
		kind     Kind
		code     int
		enhanced string
	}{{"gone@example.net", Permanent, 550, "5.1.1"}, {"busy@example.net", Temporary, 451, "4.7.1"}} {
		err := s.Send(context.Background(), from, tt.to, letter("x\r\n"), nil)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != tt.kind || e.Code != tt.code || e.Enhanced != tt.enhanced || e.Step != StepRcpt {
			t.Fatalf("%s: %#v", tt.to, err)
		}
		if strings.Contains(err.Error(), "example.net") || len(e.Answer) > maxAnswer || strings.Contains(e.Answer, "\x07") || e.Answer == "" {
			t.Errorf("%v; answer %q", err, e.Answer)
		}
	}
	if err := s.Send(context.Background(), from, jo, letter("x\r\n"), nil); err != nil || len(p.bodies) != 1 {
		t.Errorf("after the refusals: %v", err)
	}
	err = s.Send(context.Background(), from, jo, letter(strings.Repeat(strings.Repeat("x", 98)+"\r\n", 1100)), nil)
	if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Permanent || e.Enhanced != "5.3.4" || !s.Alive() {
		t.Errorf("too large: %v", err)
	}
}

// Nothing is said to a server that cannot show who it is, and a wrong
// password is no fault of a message.
func TestTrust(t *testing.T) {
	t.Parallel()
	for _, way := range []TLS{StartTLS, Implicit} {
		p, r := newPost(t, way)
		for name, change := range map[string]func(*Relay){
			"another authority": func(r *Relay) { r.Roots = newAuthority(t).roots },
			"another name":      func(r *Relay) { r.Address = strings.Replace(r.Address, "127.0.0.1", "localhost", 1) },
		} {
			bad := r
			change(&bad)
			err := bad.Send(context.Background(), from, jo, letter("x\r\n"), nil)
			if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Temporary || e.Step != StepTLS {
				t.Errorf("%s, %s: %v", way, name, err)
			}
		}
		if p.logins != 0 || len(p.bodies) != 0 {
			t.Errorf("%s: something was said: %d, %q", way, p.logins, p.bodies)
		}
		if err := os.WriteFile(r.PasswordFile, []byte("wrong"), 0o600); err != nil {
			t.Fatal(err)
		}
		err := r.Send(context.Background(), from, jo, letter("x\r\n"), nil)
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Temporary || e.Step != StepAuth || e.Code != 535 {
			t.Errorf("%s: wrong password: %v", way, err)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	good := Relay{Address: "mail.example.org:587", TLS: StartTLS, Helo: "security.example.org"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Relay){
		"no port":                func(r *Relay) { r.Address = "mail.example.org" },
		"clear to elsewhere":     func(r *Relay) { r.TLS = None },
		"clear to a number":      func(r *Relay) { r.TLS, r.Address = None, "192.0.2.1:25" },
		"no way":                 func(r *Relay) { r.TLS = "" },
		"helo injected":          func(r *Relay) { r.Helo = "a\r\nMAIL" },
		"helo empty":             func(r *Relay) { r.Helo = "" },
		"user without password":  func(r *Relay) { r.Username = "x" },
		"password without user":  func(r *Relay) { r.PasswordFile = "x" },
		"user with control char": func(r *Relay) { r.Username, r.PasswordFile = "a\nb", "x" },
	} {
		r := good
		change(&r)
		if err := r.Send(context.Background(), from, jo, letter(""), nil); err == nil {
			t.Errorf("%s: accepted", name)
		} else if _, ok := err.(errs.Problems); !ok {
			t.Errorf("%s: %#v", name, err)
		}
	}
	for _, ok := range []string{"127.0.0.1:25", "[::1]:25", "localhost:25"} {
		r := good
		r.TLS, r.Address, r.Helo = None, ok, "[IPv6:::1]"
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
}
