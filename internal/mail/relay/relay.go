package relay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"steward/internal/base/errs"
)

// TLS says how the way to the server is encrypted.
type TLS string

const (
	// StartTLS: in clear at first, and encrypted before anything of a message
	// or a password is said; a server that does not offer it is refused
	// (rfc3207, rfc8314:3.3). The port is 587 as a rule.
	StartTLS TLS = "starttls"
	// Implicit: encrypted from the first byte (rfc8314:3). The port is 465.
	Implicit TLS = "implicit"
	// None: never encrypted; to this machine only.
	None TLS = "none"
)

// Relay is the team's mail server. Its fields do not change while it is used.
type Relay struct {
	Address      string // host:port
	TLS          TLS
	Roots        *x509.CertPool // whom to trust for the server's certificate; nil: the system's
	Username     string         // empty: no password is asked for
	PasswordFile string         // holds the password, with or without a newline at its end
	Helo         string         // our name, as the server shall know it

	// Time limits; zero is the default. Command is for each answer but the
	// last, and for each piece of a message to be taken; Submit for the
	// answer to the final dot, which servers take long for (rfc5321:4.5.3.2.6).
	Dial    time.Duration // 30 seconds
	Command time.Duration // 1 minute
	Submit  time.Duration // 10 minutes
}

const (
	defaultDial    = 30 * time.Second
	defaultCommand = time.Minute
	defaultSubmit  = 10 * time.Minute
	maxPassword    = 1024
)

// Check finds every fault of the settings at once, without any network.
func (r Relay) Check() error {
	var ps errs.Problems
	host, port, err := net.SplitHostPort(r.Address)
	if err != nil || host == "" || port == "" || hasControl(r.Address) {
		ps.Add("relay", "The mail server %q is not a host and a port.", r.Address).WithHint("give one such as mail.example.org:587")
	}
	switch r.TLS {
	case StartTLS, Implicit:
	case None:
		if !isLoopback(host) {
			ps.Add("relay_tls", "Mail may go in clear to this machine only.").WithHint("use starttls or implicit")
		}
	default:
		ps.Add("relay_tls", "%q is not a way to encrypt.", string(r.TLS)).WithHint("use starttls or implicit")
	}
	if !isName(r.Helo) {
		ps.Add("relay_helo", "%q is not a name that a mail server is greeted with.", r.Helo).WithHint("give the name of this machine, such as security.example.org")
	}
	if hasControl(r.Username) {
		ps.Add("relay_username", "The user name holds characters that cannot be sent.")
	}
	if (r.Username == "") != (r.PasswordFile == "") {
		ps.Add("relay_username", "A user name and a file with the password go together.")
	}
	return ps.Err()
}

// Send sends one message from one address to one person over a connection of
// its own. msg is a whole message with lines that end in CRLF. last, unless nil,
// is called when all of it has been said but the final dot; if it fails the dot
// is not said, and nothing is delivered. Its error is an *Error, but for settings
// and addresses that are at fault.
func (r Relay) Send(ctx context.Context, from, to string, msg []byte, last func() error) error {
	s, err := r.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Send(ctx, from, to, msg, last)
}

// password reads the password when it is needed, so that a new one counts at
// once.
func (r Relay) password() (string, error) {
	f, err := os.Open(r.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("reading the password of the mail server: %w", err)
	}
	defer f.Close()
	raw := make([]byte, maxPassword+1)
	n, err := f.Read(raw)
	if n == 0 && err != nil {
		return "", fmt.Errorf("reading the password of the mail server: %w", err)
	}
	password := strings.TrimRight(string(raw[:n]), "\r\n")
	if password == "" || n > maxPassword || hasControl(password) {
		return "", fmt.Errorf("reading the password of the mail server: it is empty, too long, or has more than one line")
	}
	return password, nil
}

// tlsConfig demands a certificate of the server's name from someone trusted.
func (r Relay) tlsConfig() *tls.Config {
	host, _, _ := net.SplitHostPort(r.Address)
	return &tls.Config{ServerName: host, RootCAs: r.Roots, MinVersion: tls.VersionTLS12}
}

func (r Relay) withDefaults() Relay {
	if r.Dial <= 0 {
		r.Dial = defaultDial
	}
	if r.Command <= 0 {
		r.Command = defaultCommand
	}
	if r.Submit <= 0 {
		r.Submit = defaultSubmit
	}
	return r
}

// isLoopback tells an address of this machine. Of names, localhost alone: what
// another resolves to is not ours to say.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// isName tells a domain name, or an address in brackets (rfc5321:4.1.3).
func isName(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && net.ParseIP(strings.TrimPrefix(inner, "IPv6:")) != nil
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.') {
			return false
		}
	}
	return s != "" && len(s) <= 253
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}
