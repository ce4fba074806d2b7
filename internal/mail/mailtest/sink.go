package mailtest

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// SinkOptions say what kind of server a [Sink] is. The zero value is plain
// SMTP without TLS.
type SinkOptions struct {
	TLS         *Authority // offers STARTTLS with its certificate
	RequireTLS  bool       // answers MAIL with 530 before STARTTLS
	ImplicitTLS bool       // speaks TLS from the first byte instead (rfc8314:3)
	LMTP        bool       // speaks LMTP (RFC 2033)
	User        string     // with Password: wants AUTH PLAIN before MAIL
	Password    string
}

// Step is the command that a [Fault] befalls.
type Step string

// The steps of a message, in order.
const (
	AtMail Step = "MAIL"
	AtRcpt Step = "RCPT"
	AtData Step = "DATA" // after the final dot
)

// Fault is what goes wrong with one message. With the zero Code nothing does,
// except what Drop says.
type Fault struct {
	At        Step
	Code      int           // the answer: 4xx for later, 5xx for never
	Recipient string        // AtRcpt only: befalls just this one; empty for all
	Delay     time.Duration // before the answer
	Drop      Drop          // AtData: how the connection ends
}

// Drop is how a connection breaks, after the final dot unless it says otherwise.
type Drop int

// The ways to break.
const (
	Stay      Drop = iota
	DropLost       // no answer, and the message is not kept
	DropKept       // no answer, but the message is kept: the sender cannot know
	DropAfter      // just after the answer
	DropHalf       // before the final dot: half of the message has come
	DropMute       // no answer, but the message is kept; the sender has to hang up
)

// Server is a [Sink] that runs.
type Server struct {
	Addr string // as 127.0.0.1:2525
	Dir  string // where each message lies as 1.eml, 2.eml and so on

	options SinkOptions
	server  *smtp.Server

	mu     sync.Mutex
	begun  int // MAIL commands, those that were refused included
	conns  int
	kept   []Message
	faults map[int]Fault
	always Fault
}

// Sink starts a mail server that keeps every message and delivers none. It
// stops when the test ends.
func Sink(t testing.TB, o SinkOptions) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: l.Addr().String(), Dir: t.TempDir(), options: o, faults: map[int]Fault{}}
	s.server = smtp.NewServer(smtp.BackendFunc(s.session))
	s.server.Domain = Host
	s.server.LMTP = o.LMTP
	s.server.AllowInsecureAuth = true
	s.server.EnableSMTPUTF8 = true
	s.server.EnableDSN = true
	s.server.MaxMessageBytes = 64 << 20
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	s.server.ReadTimeout, s.server.WriteTimeout = patience, patience
	if o.TLS != nil {
		s.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{o.TLS.Certificate}}
	}
	l = breakable{l}
	if o.ImplicitTLS {
		l = tls.NewListener(l, s.server.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = s.server.Close()
		<-done
	})
	return s
}

// Fail makes the nth message of the server, the first being 1, fail. Messages
// count from their MAIL command, whatever becomes of them.
func (s *Server) Fail(n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[n] = f
}

// FailAll makes every message fail that has no fault of its own. The zero
// Fault ends that.
func (s *Server) FailAll(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always = f
}

// Begun counts the MAIL commands so far, those that were refused included.
func (s *Server) Begun() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun
}

// Messages gives what was kept, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.kept)
}

// Wait waits until n messages are kept and gives all that are; the test fails
// if they never come.
func (s *Server) Wait(t testing.TB, n int) []Message {
	t.Helper()
	eventually(t, fmt.Sprintf("the sink has %d messages", n), func() bool { return len(s.Messages()) >= n })
	return s.Messages()
}

// For gives the kept messages of one recipient, oldest first.
func (s *Server) For(recipient string) []Message {
	return slices.DeleteFunc(s.Messages(), func(m Message) bool { return !slices.Contains(m.To, recipient) })
}

// begin counts a message and tells what will befall it.
func (s *Server) begin() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun++
	if f, ok := s.faults[s.begun]; ok {
		return f
	}
	return s.always
}

func (s *Server) keep(m Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, m)
	return os.WriteFile(filepath.Join(s.Dir, fmt.Sprintf("%d.eml", len(s.kept))), m.Raw, 0o600)
}

// Connections counts the clients that have said hello.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	s.conns++
	s.mu.Unlock()
	return &session{server: s, conn: c, known: s.options.User == ""}, nil
}

// session is one connection.
type session struct {
	server *Server
	conn   *smtp.Conn
	known  bool // has signed in, or need not
	fault  Fault
	now    Message
}

func (s *session) Reset()        { s.now = Message{} }
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string {
	if s.server.options.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.options.User || password != s.server.options.Password {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.fault = s.server.begin()
	_, encrypted := s.conn.TLSConnectionState()
	switch {
	case s.server.options.RequireTLS && !encrypted:
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Must issue a STARTTLS command first"}
	case !s.known:
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	s.now = Message{From: from, TLS: encrypted}
	return s.suffer(AtMail)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.fault.Recipient == "" || strings.EqualFold(s.fault.Recipient, to) {
		if err := s.suffer(AtRcpt); err != nil {
			return err
		}
	}
	s.now.To = append(s.now.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	if s.fault.At == AtData && s.fault.Drop == DropHalf {
		_, _ = io.ReadFull(r, make([]byte, 64))
		return s.conn.Conn().Close()
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.now.Raw = raw
	if err := s.suffer(AtData); err != nil {
		return err
	}
	drop := Stay
	if s.fault.At == AtData {
		drop = s.fault.Drop
	}
	if drop != DropLost {
		if err := s.server.keep(s.now); err != nil {
			return err
		}
	}
	switch drop {
	case DropLost, DropKept:
		return s.conn.Conn().Close()
	case DropMute:
		_, _ = io.Copy(io.Discard, s.conn.Conn()) // until it ends
		return s.conn.Conn().Close()
	case DropAfter:
		s.wire().breakAfterWrite()
	}
	return nil
}

// suffer does what befalls the message at a step, up to the answer.
func (s *session) suffer(at Step) error {
	if s.fault.At != at {
		return nil
	}
	time.Sleep(s.fault.Delay)
	if s.fault.Code == 0 {
		return nil
	}
	return &smtp.SMTPError{
		Code: s.fault.Code, EnhancedCode: smtp.EnhancedCode{s.fault.Code / 100, 3, 0}, Message: "As the test wants it",
	}
}

// wire is the connection below TLS.
func (s *session) wire() *wire {
	c := s.conn.Conn()
	if encrypted, ok := c.(*tls.Conn); ok {
		c = encrypted.NetConn()
	}
	return c.(*wire)
}

// breakable is a listener whose connections can break.
type breakable struct{ net.Listener }

func (b breakable) Accept() (net.Conn, error) {
	c, err := b.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &wire{Conn: c}, nil
}

// wire is a connection that can break after its next answer. One goroutine
// uses it, that of its session.
type wire struct {
	net.Conn
	last bool
}

func (w *wire) breakAfterWrite() { w.last = true }

func (w *wire) Write(b []byte) (int, error) {
	n, err := w.Conn.Write(b)
	if w.last {
		_ = w.Conn.Close()
	}
	return n, err
}
