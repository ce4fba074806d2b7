package relay

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"steward/internal/base/errs"
)

// errClosed says that a session has ended; another is to be opened.
var errClosed = errors.New("the connection to the mail server has ended")

// Session is one connection to the server. It is used by one goroutine at a
// time.
type Session struct {
	relay  Relay
	wire   *wire
	offers map[string]string // what the server can do, rfc5321:4.1.1.1
	broken bool              // nothing more can be said
	used   bool              // a transaction was begun and not ended
}

// Open connects, encrypts and signs in. Its error is an *Error, but for
// settings that are at fault.
func (r Relay) Open(ctx context.Context) (*Session, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	r = r.withDefaults()
	dialer := net.Dialer{Timeout: r.Dial}
	conn, err := dialer.DialContext(ctx, "tcp", r.Address)
	if err != nil {
		return nil, &Error{Kind: Temporary, Step: StepDial, Cause: err}
	}
	if remote, ok := conn.RemoteAddr().(*net.TCPAddr); r.TLS == None && (!ok || !remote.IP.IsLoopback()) {
		conn.Close()
		return nil, &Error{Kind: Temporary, Step: StepDial, Cause: fmt.Errorf("%s is not this machine, and mail would go in clear", conn.RemoteAddr())}
	}
	s := &Session{relay: r, wire: newWire(conn)}
	stop := s.wire.during(ctx)
	if err := s.begin(ctx); err != nil {
		stop()
		conn.Close()
		return nil, err
	}
	if !stop() {
		conn.Close()
		return nil, &Error{Kind: Temporary, Step: StepHello, Cause: ctx.Err()}
	}
	return s, nil
}

// begin goes through the dialogue up to where messages can be sent.
func (s *Session) begin(ctx context.Context) error {
	limit := s.relay.Command
	if s.relay.TLS == Implicit {
		if err := s.encrypt(ctx); err != nil {
			return err
		}
	}
	if _, err := s.wire.expect(StepGreeting, limit, 220); err != nil {
		return err
	}
	if err := s.hello(); err != nil {
		return err
	}
	if s.relay.TLS == StartTLS {
		if _, ok := s.offers["STARTTLS"]; !ok {
			return &Error{Kind: Temporary, Step: StepTLS, Cause: errors.New("the server offers no encryption")}
		}
		if _, err := s.wire.ask(StepTLS, "STARTTLS", limit, 220); err != nil {
			return err
		}
		// What was said in clear before may be anyone's, rfc3207:4.2.
		if s.wire.in.Buffered() > 0 {
			return &Error{Kind: Temporary, Step: StepTLS, Cause: errors.New("someone said more in clear after STARTTLS")}
		}
		if err := s.encrypt(ctx); err != nil {
			return err
		}
		if err := s.hello(); err != nil {
			return err
		}
	}
	if s.relay.Username == "" {
		return nil
	}
	return s.auth()
}

// encrypt goes on over TLS and checks whom we speak with.
func (s *Session) encrypt(ctx context.Context) error {
	if err := s.wire.conn.SetDeadline(time.Now().Add(s.relay.Command)); err != nil {
		return &Error{Kind: Temporary, Step: StepTLS, Cause: err}
	}
	conn := tls.Client(s.wire.conn, s.relay.tlsConfig())
	if err := conn.HandshakeContext(ctx); err != nil {
		return &Error{Kind: Temporary, Step: StepTLS, Cause: err}
	}
	s.wire.over(conn)
	return nil
}

// hello greets the server and notes what it offers.
func (s *Session) hello() error {
	r, err := s.wire.ask(StepHello, "EHLO "+s.relay.Helo, s.relay.Command, 250)
	if err != nil {
		return err
	}
	s.offers = map[string]string{}
	for _, line := range r.lines[1:] {
		name, params, _ := strings.Cut(line, " ")
		s.offers[strings.ToUpper(name)] = params
	}
	return nil
}

// auth signs in by PLAIN (rfc4616), or by LOGIN where the server knows no
// other. Both give the password away, so the way is encrypted or ours.
func (s *Session) auth() error {
	password, err := s.relay.password()
	if err != nil {
		return &Error{Kind: Temporary, Step: StepAuth, Cause: err}
	}
	encode := base64.StdEncoding.EncodeToString
	user := s.relay.Username
	mechanisms := strings.Fields(strings.ToUpper(s.offers["AUTH"]))
	for _, m := range mechanisms {
		if m == "PLAIN" {
			return s.secret("AUTH PLAIN "+encode([]byte("\x00"+user+"\x00"+password)), 235)
		}
	}
	for _, m := range mechanisms {
		if m != "LOGIN" {
			continue
		}
		if err := s.secret("AUTH LOGIN", 334); err != nil {
			return err
		}
		if err := s.secret(encode([]byte(user)), 334); err != nil {
			return err
		}
		return s.secret(encode([]byte(password)), 235)
	}
	return &Error{Kind: Temporary, Step: StepAuth, Cause: errors.New("the server offers no way to sign in that we know")}
}

// secret says a line of signing in. No answer to it is kept: a server may
// repeat what it heard. A password that is refused is mended by the operator,
// and no fault of any message: it is never Permanent.
func (s *Session) secret(line string, want int) error {
	_, err := s.wire.ask(StepAuth, line, s.relay.Command, want)
	if e, ok := errors.AsType[*Error](err); ok {
		e.Kind, e.Answer = Temporary, ""
	}
	return err
}

// Alive tells whether another message may be sent over the session.
func (s *Session) Alive() bool { return !s.broken }

// Close takes leave of the server, if that is still possible, and ends the
// connection.
func (s *Session) Close() error {
	if !s.broken {
		s.broken = true
		if s.wire.say("QUIT", time.Second) == nil {
			_, _ = s.wire.hear(time.Second)
		}
	}
	return s.wire.conn.Close()
}

// Send sends one message, as Relay.Send does. After a refusal of this message
// the session goes on; Alive tells.
func (s *Session) Send(ctx context.Context, from, to string, msg []byte, last func() error) error {
	if s.broken {
		return &Error{Kind: Temporary, Step: StepMail, Cause: errClosed}
	}
	from, errFrom := mailbox("from", from)
	to, errTo := mailbox("to", to)
	if err := errors.Join(errFrom, errTo, checkMessage(msg)); err != nil {
		return err
	}
	envelope, err := s.envelope(from, to, msg)
	if err != nil {
		return err
	}
	stop := s.wire.during(ctx)
	err = s.transaction(envelope, to, msg, last)
	if !stop() {
		s.broken = true
	}
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Code == 0 || e.Code == 421 { // it hung up, rfc5321:3.8
			s.broken = true
			s.wire.conn.Close()
		}
		if ctx.Err() != nil && e.Code == 0 {
			e.Cause = ctx.Err()
		}
	}
	return err
}

// envelope gives the MAIL command, or says what the server cannot take.
func (s *Session) envelope(from, to string, msg []byte) (string, error) {
	head, _, _ := bytes.Cut(msg, []byte("\r\n\r\n"))
	line := "MAIL FROM:<" + from + ">"
	refuse := func(enhanced, why string) error {
		return &Error{Kind: Permanent, Step: StepMail, Enhanced: enhanced, Cause: errors.New(why)}
	}
	if size, ok := s.offers["SIZE"]; ok { // rfc1870
		most, err := strconv.ParseInt(size, 10, 64)
		if err == nil && most > 0 && int64(len(msg)) > most {
			return "", refuse("5.3.4", "the message is larger than the server takes")
		}
		line += " SIZE=" + strconv.Itoa(len(msg))
	}
	if !isASCII([]byte(from)) || !isASCII([]byte(to)) || !isASCII(head) { // rfc6531:3.1
		if _, ok := s.offers["SMTPUTF8"]; !ok {
			return "", refuse("5.6.7", "the server takes no addresses that are not ASCII")
		}
		line += " SMTPUTF8"
	}
	if !isASCII(msg) { // rfc6152:2
		if _, ok := s.offers["8BITMIME"]; !ok {
			return "", refuse("5.6.3", "the server takes no text that is not ASCII")
		}
		line += " BODY=8BITMIME"
	}
	return line, nil
}

// transaction says the message, rfc5321:3.3.
func (s *Session) transaction(envelope, to string, msg []byte, last func() error) error {
	limit := s.relay.Command
	if s.used {
		if _, err := s.wire.ask(StepMail, "RSET", limit, 250); err != nil {
			return err
		}
	}
	s.used = true
	if _, err := s.wire.ask(StepMail, envelope, limit, 250); err != nil {
		return err
	}
	if r, err := s.wire.ask(StepRcpt, "RCPT TO:<"+to+">", limit, 250); err != nil && r.code != 251 { // it will forward
		return err
	}
	if _, err := s.wire.ask(StepData, "DATA", limit, 354); err != nil {
		return err
	}
	body := stuffed(msg)
	for len(body) > 0 {
		n := min(len(body), 32<<10)
		if err := s.wire.write(body[:n], limit); err != nil {
			return &Error{Kind: Temporary, Step: StepBody, Cause: err}
		}
		body = body[n:]
	}
	if last != nil {
		if err := last(); err != nil { // the connection ends, and with it the message
			return &Error{Kind: Temporary, Step: StepBody, Cause: err}
		}
	}
	// A write that fails has not handed over the whole of this line, and
	// without all of it no server may take the message.
	if err := s.wire.say(".", limit); err != nil {
		return &Error{Kind: Temporary, Step: StepBody, Cause: err}
	}
	r, err := s.wire.hear(s.relay.Submit)
	if err != nil {
		return &Error{Kind: Unknown, Step: StepEnd, Cause: err}
	}
	s.used = false
	switch {
	case r.code == 250:
		return nil
	case r.code < 400: // an answer to something else: who knows
		e := r.failure(StepEnd)
		e.Kind = Unknown
		return e
	}
	return r.failure(StepEnd)
}

// checkMessage refuses what is not a message of legal lines, rfc5321:2.3.8 and
// 4.5.3.1.6.
func checkMessage(msg []byte) error {
	if !bytes.HasSuffix(msg, []byte("\r\n")) {
		return errs.Invalidf("message", "The message does not end with a line end.")
	}
	for rest := msg; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		line := rest[:end]
		if end == 0 || line[end-1] != '\r' || bytes.IndexByte(line, '\r') != end-1 || bytes.IndexByte(line, 0) >= 0 {
			return errs.Invalidf("message", "The message has lines that do not end as those of mail do.")
		}
		if end > 999 {
			return errs.Invalidf("message", "The message has a line that is longer than 998 bytes.")
		}
		rest = rest[end+1:]
	}
	return nil
}

// mailbox gives an address as it stands in a command, its domain in ASCII
// (rfc5890:2.3.2.1); nothing in it ends the command or the brackets.
func mailbox(field, s string) (string, error) {
	local, domain, _ := strings.Cut(s, "@")
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	out := local + "@" + domain
	if local == "" || domain == "" || len(out) > 254 || hasControl(out) || strings.ContainsAny(out, " <>\"\\") || strings.Contains(domain, "@") {
		return "", errs.Invalidf(field, "This is not a mail address that we can write to.")
	}
	return out, nil
}

func isASCII(s []byte) bool {
	for _, c := range s {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
