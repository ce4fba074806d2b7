// Package smtpd takes mail in, by SMTP (RFC 5321) from anyone or by LMTP (RFC
// 2033) from a mail server before it. It takes mail for our own addresses only,
// relays nothing, and says 250 to a mail only once Keep has kept it.
//
// Everyone may connect, so all is bounded: connections, their time and their
// bytes, mails from one network, and the memory of all mails together. What is
// found out about a sender (SPF, DKIM, DMARC) is for people to see and decides
// nothing. The address of the client is not written into the mail.
package smtpd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"

	"steward/internal/base/throttle"
)

// Limits that nobody needs to set.
const (
	slack        = 64 << 10         // bytes around a mail that come with it
	maxPath      = 320              // bytes of an address, and of what a client calls itself
	maxUnknown   = 5                // recipients that do not exist, on one connection
	maxLife      = time.Hour        // of a connection
	commandBytes = 256 << 10        // that commands may take on one connection
	leastRate    = 4 << 10          // bytes a second that a mail must come in with
	dataStart    = time.Minute      // before that counts
	factsTimeout = 20 * time.Second // for all DNS queries of one mail
)

// Config is what a Server is made of. A number that is zero has the default.
type Config struct {
	Host    string      // our name, for the greeting and Received
	Domains []string    // the hosts of our addresses
	Locals  []string    // the local parts that are ours; each also takes +TAG. Postmaster is always ours
	LMTP    bool        // speak LMTP: to be reached by our own mail server only
	TLS     *tls.Config // for STARTTLS; nil: none

	MaxBytes      int64         // of one mail; 25 MiB
	MaxRecipients int           // of one mail; 20
	MaxConns      int           // in all; 100
	ConnsFromOne  int           // from one network; 10
	MailsPerConn  int           // 50
	MailsPerHour  int           // from one network; 300. LMTP has no such limit
	Memory        int64         // bytes of all mails in work; 512 MiB
	IdleTimeout   time.Duration // for one command; 5 minutes (rfc5321:4.5.3.2.7)

	Resolver *net.Resolver // for the facts about senders; nil: none are sought
	Clock    func() time.Time
	Random   io.Reader

	// Keep keeps a mail. Its error of kind Invalid is the sender's fault, who is
	// told so; after all others the sender tries again. It must not hold on to
	// raw when it has returned.
	Keep func(ctx context.Context, e Envelope, raw []byte) error
}

// Envelope is how a mail came.
type Envelope struct {
	From       string     // the reverse path; "" for bounces
	To         []string   // our addresses, as the sender wrote them
	RemoteAddr netip.Addr // zero if it is not known; not to be stored
	TLS        bool
	Helo       string // as the client calls itself
	Facts      Facts
	Trace      int // bytes of raw that are ours: what came begins after them
}

// Server takes mail in on any number of listeners.
type Server struct {
	c       Config
	smtp    *smtp.Server
	conns   *throttle.Conns
	limiter *throttle.Limiter
	memory  atomic.Int64 // bytes in work
	closing atomic.Bool

	mu        sync.Mutex
	open      map[*conn]bool
	listeners []net.Listener
}

// New makes a server. It does not listen yet.
func New(c Config) (*Server, error) {
	if c.Host == "" || len(c.Domains) == 0 || c.Keep == nil || c.Clock == nil || c.Random == nil {
		return nil, errors.New("receiving mail: the host, its domains, or what keeps mail is missing")
	}
	def(&c.MaxBytes, 25<<20)
	def(&c.MaxRecipients, 20)
	def(&c.MaxConns, 100)
	def(&c.ConnsFromOne, 10)
	def(&c.MailsPerConn, 50)
	def(&c.MailsPerHour, 300)
	def(&c.Memory, 512<<20)
	def(&c.IdleTimeout, 5*time.Minute)
	limiter, err := throttle.PerHour(c.MailsPerHour, throttle.DefaultKeys, c.Clock, c.Random)
	if err != nil {
		return nil, fmt.Errorf("receiving mail: %w", err)
	}
	s := &Server{c: c, limiter: limiter, open: map[*conn]bool{}}
	s.conns = throttle.NewConns(c.MaxConns, c.ConnsFromOne, func(a netip.Addr) bool { return c.LMTP || !a.IsValid() })
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.session))
	s.smtp.Domain = c.Host
	s.smtp.LMTP = c.LMTP
	s.smtp.TLSConfig = c.TLS
	s.smtp.MaxRecipients = c.MaxRecipients
	s.smtp.MaxMessageBytes = c.MaxBytes + 1 // the library refuses a mail that is just as large
	s.smtp.MaxLineLength = 0                // it would take the rest of a mail with a long line for commands; ours hold
	s.smtp.ReadTimeout = c.IdleTimeout
	s.smtp.WriteTimeout = time.Minute
	s.smtp.EnableSMTPUTF8 = true
	s.smtp.ErrorLog = silent{}
	return s, nil
}

func def[T int | int64 | time.Duration](v *T, to T) {
	if *v == 0 {
		*v = to
	}
}

// silent logs nothing: what the library logs has the client's words in it.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// Serve takes connections until Shutdown; its error is the listener's.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	s.listeners = append(s.listeners, l)
	closing := s.closing.Load()
	s.mu.Unlock()
	if closing {
		return l.Close()
	}
	err := s.smtp.Serve(&listener{l, s})
	if s.closing.Load() && errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Shutdown takes no more mail. Mails that are coming in are taken to their end,
// until ctx ends; its error is returned then.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closing.Store(true)
	for _, l := range s.listeners {
		_ = l.Close() // one that the library has not seen yet, too
	}
	for k := range s.open {
		k.stop()
	}
	s.mu.Unlock()
	err := s.smtp.Shutdown(ctx)
	if errors.Is(err, net.ErrClosed) || errors.Is(err, smtp.ErrServerClosed) {
		err = nil
	}
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		for k := range s.open {
			_ = k.Conn.Close()
		}
	}
	return err
}

// Refused is how many mails were refused since the start because their network
// sent too many.
func (s *Server) Refused() int64 { return s.limiter.Refused() }

// Cut is how many connections had to give way to others since the start.
func (s *Server) Cut() int64 { return s.conns.Cut() }

type listener struct {
	net.Listener
	s *Server
}

func (l *listener) Accept() (net.Conn, error) {
	n, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	k := &conn{Conn: n, s: l.s, until: time.Now().Add(maxLife)}
	if ap, err := netip.ParseAddrPort(n.RemoteAddr().String()); err == nil {
		k.addr = ap.Addr().Unmap()
	}
	l.s.mu.Lock()
	l.s.open[k] = true
	l.s.mu.Unlock()
	l.s.conns.Watch(k, http.StateNew)
	return k, nil
}

// conn bounds the time and the bytes of a connection. The library sets a
// deadline when it waits for a command; while a mail comes in, ours holds.
type conn struct {
	net.Conn
	s     *Server
	addr  netip.Addr
	until time.Time

	data    atomic.Bool  // a mail is coming in
	began   atomic.Int64 // when, in nanoseconds
	bytes   atomic.Int64 // of it
	command atomic.Int64 // bytes of commands
	last    atomic.Bool  // nothing is taken any more
	closed  atomic.Bool
}

func (k *conn) Read(p []byte) (int, error) {
	if k.data.Load() {
		got := k.bytes.Load()
		if got > 2*k.s.c.MaxBytes+slack {
			return 0, io.ErrUnexpectedEOF
		}
		began := time.Unix(0, k.began.Load())
		k.deadline(began.Add(dataStart + time.Duration(got)*time.Second/leastRate))
		n, err := k.Conn.Read(p)
		k.bytes.Add(int64(n))
		return n, err
	}
	if k.command.Load() > commandBytes || k.s.closing.Load() || k.last.Load() {
		return 0, errEnough{}
	}
	n, err := k.Conn.Read(p)
	k.command.Add(int64(n))
	return n, err
}

// SetReadDeadline is the library's, for commands.
func (k *conn) SetReadDeadline(t time.Time) error {
	if k.data.Load() {
		return nil
	}
	k.deadline(t)
	if k.s.closing.Load() {
		k.stop()
	}
	return nil
}

func (k *conn) deadline(t time.Time) {
	if t.IsZero() || t.After(k.until) {
		t = k.until
	}
	_ = k.Conn.SetReadDeadline(t)
}

// stop ends the waiting for a command.
func (k *conn) stop() {
	if !k.data.Load() {
		_ = k.Conn.SetReadDeadline(time.Unix(1, 0))
	}
}

func (k *conn) begin() {
	k.began.Store(time.Now().UnixNano())
	k.bytes.Store(0)
	k.data.Store(true)
	k.s.conns.Watch(k, http.StateActive)
}

func (k *conn) end() {
	if k.data.CompareAndSwap(true, false) {
		k.s.conns.Watch(k, http.StateIdle)
	}
}

func (k *conn) Close() error {
	if k.closed.CompareAndSwap(false, true) {
		k.s.conns.Watch(k, http.StateClosed)
		k.s.mu.Lock()
		delete(k.s.open, k)
		k.s.mu.Unlock()
	}
	return k.Conn.Close()
}

// errEnough ends a connection as if it had waited too long, which the library
// tells the client with code 421.
type errEnough struct{}

func (errEnough) Error() string   { return "no more is taken on this connection" }
func (errEnough) Timeout() bool   { return true }
func (errEnough) Temporary() bool { return false }

// ours tells whether a recipient is one of ours.
func (s *Server) ours(to string) bool {
	to = strings.ToLower(to)
	if to == "postmaster" { // rfc5321:4.5.1, without a host
		return true
	}
	i := strings.LastIndexByte(to, '@')
	if i < 0 {
		return false
	}
	local, host := to[:i], to[i+1:]
	found := false
	for _, d := range s.c.Domains {
		found = found || strings.EqualFold(d, host)
	}
	if !found {
		return false
	}
	if local == "postmaster" {
		return true
	}
	name, tag, tagged := strings.Cut(local, "+")
	if tagged && (tag == "" || len(tag) > 64 || strings.Trim(tag, "abcdefghijklmnopqrstuvwxyz0123456789-_.=+") != "") {
		return false
	}
	for _, l := range s.c.Locals {
		if strings.EqualFold(l, name) {
			return true
		}
	}
	return false
}
